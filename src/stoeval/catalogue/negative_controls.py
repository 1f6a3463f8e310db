"""Negative controls: outcomes and windows that the programme cannot have moved, for each hypothesis that they touch.

Where one of them moves with the money, so may the outcome of a hypothesis have done without the programme.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.catalogue.exposures import (
    AANLOOP_DOSE_2017,
    DOSE_LINE_3,
    DOSE_LINE_4,
    DOSE_LINE_5_BREED,
    DOSE_LINE_8,
    REGIONAL_DOSE,
)
from stoeval.catalogue.links import before_the_money, negative_control
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.vocabulary import Delivery, Indicator, Level, Timing, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Hypothesis, Link

_GOAL = "negatieve controle"
_STUDY = DoseEventStudy()

CARE_SHARE_PUPILS = Indicator(
    name="care_share_pupils",
    label="Aandeel vmbo-leerlingen in het profiel Zorg en Welzijn",
    label_en="Share of vmbo pupils in the profile Care and Welfare",
    goal=_GOAL,
    unit="share",
    level=Level.VESTIGING,
    source="DUO-leerlingentelling van 1 oktober; Z&W in leerjaar 3 en 4 als aandeel van heel het vmbo, ook tl",
    delivery=Delivery.ENROLMENT,
)
CARE_SHARE_CANDIDATES = Indicator(
    name="care_share_candidates",
    label="Aandeel vmbo-examenkandidaten in de sector zorg en welzijn",
    label_en="Share of vmbo exam candidates in the sector care and welfare",
    goal=_GOAL,
    unit="share",
    level=Level.VESTIGING,
    source="DUO-examenkandidaten naar leerweg en sector; beroepsgericht zorg en welzijn als aandeel van heel het vmbo",
    delivery=Delivery.EXAM_CANDIDATES,
)
OTHER_TEACHERS_55_PLUS = Indicator(
    name="other_teachers_55_plus",
    label="Aandeel docenten van 55 jaar en ouder in overige vmbo-vakken, per regio",
    label_en="Share of teachers of 55 and older in other vmbo subjects, by region",
    goal=_GOAL,
    unit="share",
    level=Level.REGION,
    source="personeelslevering per school en vakgroep; alle niet-technische vakken, want E&O is er niet apart in",
    delivery=Delivery.STAFF,
)
DUTCH_MARK = Indicator(
    name="dutch_mark",
    label="Gemiddeld examencijfer Nederlands",
    label_en="Mean exam mark in Dutch",
    goal=_GOAL,
    unit="mark",
    level=Level.VESTIGING,
    source="DUO-examencijfers per vak; een vak waarvoor STO niet betaalt",
    delivery=Delivery.EXAM_RESULTS,
)
HAVO_SCIENCE_SHARE = Indicator(
    name="havo_science_share",
    label="Aandeel havisten met een natuurprofiel, per regio",
    label_en="Share of havo pupils with a science profile, by region",
    goal=_GOAL,
    unit="share",
    level=Level.REGION,
    source="DUO-leerlingentelling van het havo naar profiel; STO geldt alleen voor het vmbo",
    delivery=Delivery.ENROLMENT,
)
TECHNICAL_JOBS_SHARE = Indicator(
    name="technical_jobs_share",
    label="Aandeel banen in de techniek, per regio",
    label_en="Share of jobs in technical occupations, by region",
    goal=_GOAL,
    unit="share",
    level=Level.REGION,
    source="banen per gemeente; beweegt dit mee met het geld, dan groeide de techniek daar toch al",
    delivery=Delivery.CONTEXT,
)
INDICATORS = (
    CARE_SHARE_PUPILS,
    CARE_SHARE_CANDIDATES,
    OTHER_TEACHERS_55_PLUS,
    DUTCH_MARK,
    HAVO_SCIENCE_SHARE,
    TECHNICAL_JOBS_SHARE,
)

_NO_DUTCH = Untestable(reason="examencijfers per vak zijn niet geleverd", missing=(Delivery.EXAM_RESULTS,))
_NO_HAVO = Untestable(reason="havoleerlingen naar profiel zijn niet geleverd", missing=(Delivery.ENROLMENT,))

CONTROLS: dict[int, tuple[Link, ...]] = {
    3: (negative_control("other-teachers", DOSE_LINE_3, OTHER_TEACHERS_55_PLUS, _STUDY, Timing.STOCK),),
    4: (negative_control("technical-jobs", DOSE_LINE_4, TECHNICAL_JOBS_SHARE, _STUDY, Timing.STOCK),),
    5: (
        negative_control("care-pupils", DOSE_LINE_5_BREED, CARE_SHARE_PUPILS, _STUDY, Timing.STOCK),
        negative_control("care-candidates", AANLOOP_DOSE_2017, CARE_SHARE_CANDIDATES, _STUDY, Timing.STOCK),
        negative_control("havo-science", DOSE_LINE_5_BREED, HAVO_SCIENCE_SHARE, _NO_HAVO, Timing.STOCK),
    ),
    8: (
        negative_control("other-teachers", DOSE_LINE_8, OTHER_TEACHERS_55_PLUS, _STUDY, Timing.STOCK),
        negative_control("dutch-mark", DOSE_LINE_8, DUTCH_MARK, _NO_DUTCH, Timing.STOCK),
    ),
    9: (
        negative_control("care-pupils", REGIONAL_DOSE, CARE_SHARE_PUPILS, _STUDY, Timing.STOCK),
        negative_control("care-candidates", AANLOOP_DOSE_2017, CARE_SHARE_CANDIDATES, _STUDY, Timing.STOCK),
        negative_control("technical-jobs", REGIONAL_DOSE, TECHNICAL_JOBS_SHARE, _STUDY, Timing.STOCK),
        negative_control("havo-science", REGIONAL_DOSE, HAVO_SCIENCE_SHARE, _NO_HAVO, Timing.STOCK),
        negative_control("dutch-mark", REGIONAL_DOSE, DUTCH_MARK, _NO_DUTCH, Timing.STOCK),
    ),
}
"""Beside these every primary link is asked again over a window that ends before the first payment."""


def with_negative_controls(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return hypotheses with their negative controls; one that a hypothesis names itself stays as it is."""
    return tuple(
        replace(one, further=(*one.further, *(link for link in _controls(one) if link.name not in _names(one))))
        for one in hypotheses
    )


def _controls(hypothesis: Hypothesis) -> list[Link]:
    before = [before_the_money(link) for link in hypothesis.primary if _can_look_back(link)]
    return [*before, *CONTROLS.get(hypothesis.number, ())]


def _can_look_back(link: Link) -> bool:
    """Say whether the outcome was observed before the first payment, in a design that can look there."""
    if isinstance(link.design, Untestable):
        return False
    return link.effect.delivery is not Delivery.SURVEY and Timing.BEFORE in link.design.timings


def _names(hypothesis: Hypothesis) -> set[str]:
    return {link.name for link in hypothesis.links}
