"""Defensible choices beside those of the primary estimates, declared once as values and laid over the links.

A fork that preserves the estimand asks for the same number in another way; one that changes it asks for another number.
The two are never pooled. A standard error is no fork. Which link gets which follows from what it measures and by
which design, so that a new hypothesis has its forks without a line here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.catalogue.exposures import AANLOOP_DOSE, AANLOOP_DOSE_2017, REGIONAL_DOSE
from stoeval.catalogue.indicators import dekkend, duurzaam
from stoeval.catalogue.measurements import FINAL
from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.share_model import ShareModel
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import (
    ActivityLine,
    Exposure,
    Following,
    Fork,
    ForkKind,
    Level,
    Role,
    TechnicalDefinition,
    Untestable,
    Weighting,
    require_few,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stoeval.vocabulary import Hypothesis, Link

UNITS = Fork(
    name="units-alike",
    label="Elke eenheid telt even zwaar, niet elke leerling",
    label_en="Every unit counts alike, not every pupil",
    kind=ForkKind.PRESERVING,
    hypothesis=0,
    link="",
    dimension="weights",
    weighting=Weighting.UNITS,
)
SUCCESSORS = Fork(
    name="successors",
    label="De opvolger erft de leerlingen van een gesloten vestiging",
    label_en="The successor inherits the pupils of a closed vestiging",
    kind=ForkKind.PRESERVING,
    hypothesis=0,
    link="",
    dimension="genealogy",
    following=Following.SUCCESSORS,
)
SURVIVORS = replace(
    SUCCESSORS,
    name="survivors",
    label="Alleen vestigingen die in elk jaar open zijn",
    label_en="Only vestigingen that are open in every year",
    following=Following.SURVIVORS,
)
WINDOW_ONLY = Fork(
    name="window-only",
    label="Alleen de jaren van de nulmeting en de uitkomst",
    label_en="Only the years of baseline and outcome",
    kind=ForkKind.PRESERVING,
    hypothesis=0,
    link="",
    dimension="years in the model",
    window_only=True,
)
TECHNICAL = tuple(
    Fork(
        name=definition.value,
        label=label,
        label_en=label_en,
        kind=ForkKind.CHANGING,
        hypothesis=0,
        link="",
        dimension="technical",
        technical=definition,
    )
    for definition, label, label_en in (
        (TechnicalDefinition.HARD_AND_SOFT, "MVI en MaT tellen mee als techniek", "MVI and MaT count as technical"),
        (TechnicalDefinition.WITH_DP, "Ook D&P telt mee als techniek", "D&P counts as technical too"),
    )
)
DEPENDS_ON_TECHNICAL = (
    duurzaam.TECHNICAL_SHARE_ENTRANTS,
    duurzaam.ENTRANTS_BY_GROUP,
    duurzaam.ENTRANTS_SHARE_BY_LEERWEG,
)
"""Outcomes that another definition of technical moves, and that its profiles are known for."""
OTHER_OUTCOMES = {
    duurzaam.TECHNICAL_SHARE_ENTRANTS: (duurzaam.TECHNICAL_SHARE_PUPILS,),
    duurzaam.OVERLAP_PROFILES: (duurzaam.OVERLAP_PROFILES_5KM, duurzaam.OVERLAP_PROFILES_15KM),
    dekkend.REACHABILITY_PROFILES: (dekkend.REACHABILITY_PROFILES_5KM, dekkend.REACHABILITY_PROFILES_15KM),
    dekkend.GOOD_PROSPECTS_SHARE: (dekkend.GOOD_PROSPECTS_CURRENT, dekkend.TECHNICAL_MBO_BY_LEERWEG),
}
"""Indicators of the same thing, expected to move the same way."""
OTHER_CAUSES = {AANLOOP_DOSE: AANLOOP_DOSE_2017}
"""Doses of another part of the money."""
FOLLOWED = (Level.VESTIGING, Level.LEERWEG, Level.PROFILE_GROUP)
"""Units that a rule of genealogy follows; in outcomes of a region a closure is part of the outcome."""


def forks_of(hypotheses: Iterable[Hypothesis]) -> tuple[Fork, ...]:
    """Return the forks of all hypotheses; raise CatalogueError where one has too many ways through them."""
    found = [
        replace(fork, hypothesis=hypothesis.number, link=link.name)
        for hypothesis in hypotheses
        for link in hypothesis.links
        if _forked(link)
        for fork in (*_preserving(link), *_changing(link))
    ]
    return tuple(require_few(found))


def _forked(link: Link) -> bool:
    """Say whether a link is primary, or what open data reach of it."""
    in_open_data = link.role is Role.SECONDARY and link.cause == AANLOOP_DOSE_2017 and link.effect.level in FOLLOWED
    return not isinstance(link.design, Untestable) and (link.role is Role.PRIMARY or in_open_data)


def _preserving(link: Link) -> Iterator[Fork]:
    design = link.design
    linear = isinstance(design, (EntitlementTripleDifference, AanloopDose, SurveyPanel))
    if linear or (isinstance(design, DoseEventStudy) and design.outcome_model is OutcomeModel.LINEAR):
        yield UNITS
    if link.effect.level in FOLLOWED:
        yield from (SUCCESSORS, SURVIVORS)
    yield WINDOW_ONLY
    if isinstance(design, (DoseEventStudy, EntitlementTripleDifference, ShareModel, SurveyPanel)) and not _line(link):
        yield _without_input(link, ForkKind.PRESERVING)
    if isinstance(design, AanloopDose):
        yield Fork(
            name="all-compositions",
            label="Vestigingen worden vergeleken ongeacht hun andere profielen",
            label_en="Vestigingen are compared whatever their other profiles",
            kind=ForkKind.PRESERVING,
            hypothesis=0,
            link="",
            dimension="comparison",
            design=replace(design, strata=False),
        )


def _changing(link: Link) -> Iterator[Fork]:
    if link.effect in DEPENDS_ON_TECHNICAL:
        yield from TECHNICAL
    yield from _one_year(link)
    yield from _other_outcomes(link)
    yield from _other_doses(link)
    if link.effect.level in {Level.VESTIGING, Level.LEERWEG} and not isinstance(link.design, SurveyPanel):
        yield Fork(
            name="technical-at-baseline",
            label="Alleen vestigingen met techniek in het nuljaar",
            label_en="Only vestigingen with technology in the baseline year",
            kind=ForkKind.CHANGING,
            hypothesis=0,
            link="",
            dimension="population",
            population="technical at baseline",
        )


def _one_year(link: Link) -> Iterator[Fork]:
    """Leave out each outcome year of the final measurement where it has more than one."""
    years = FINAL.window(link.timing).outcome
    for year in years if len(years) > 1 else ():
        yield Fork(
            name=f"without-{year.start}",
            label=f"Zonder uitkomstjaar {year}",
            label_en=f"Without outcome year {year}",
            kind=ForkKind.CHANGING,
            hypothesis=0,
            link="",
            dimension="outcome years",
            without=(year,),
        )


def _other_outcomes(link: Link) -> Iterator[Fork]:
    for outcome in OTHER_OUTCOMES.get(link.effect, ()):
        yield Fork(
            name=outcome.name.replace("_", "-"),
            label=outcome.label,
            label_en=outcome.label_en,
            kind=ForkKind.CHANGING,
            hypothesis=0,
            link="",
            dimension="outcome",
            effect=outcome,
        )


def _other_doses(link: Link) -> Iterator[Fork]:
    """Ask for another dose: a line without the whole budget beside it, beside all other lines, or the whole itself."""
    cause = REGIONAL_DOSE if _line(link) else OTHER_CAUSES.get(link.cause) if isinstance(link.cause, Exposure) else None
    if cause is not None:
        yield Fork(
            name=cause.name.replace("_", "-"),
            label=cause.label,
            label_en=cause.label_en,
            kind=ForkKind.CHANGING,
            hypothesis=0,
            link="",
            dimension="dose",
            cause=cause,
        )
    if _line(link) and isinstance(link.design, (DoseEventStudy, EntitlementTripleDifference, SurveyPanel)):
        yield _without_input(link, ForkKind.CHANGING)
    if _line(link) and isinstance(link.design, DoseEventStudy):
        yield Fork(
            name="beside-other-lines",
            label="Het bedrag voor deze lijn, met de bedragen voor alle andere lijnen ernaast",
            label_en="The amount for this line, with the amounts for all other lines beside it",
            kind=ForkKind.CHANGING,
            hypothesis=0,
            link="",
            dimension="dose",
            design=JointDoseEventStudy(outcome_model=link.design.outcome_model),
        )


def _without_input(link: Link, kind: ForkKind) -> Fork:
    """Return the fork without what the dose is a function of; beside a line that is the whole budget too."""
    design = link.design
    if not isinstance(design, (DoseEventStudy, EntitlementTripleDifference, ShareModel, SurveyPanel)):
        message = f"{link.name}: its design has no input of a formula to leave out"
        raise TypeError(message)
    return Fork(
        name="without-formula-input",
        label="Zonder de telling waar de dosis van afhangt",
        label_en="Without the count that the dose depends on",
        kind=kind,
        hypothesis=0,
        link="",
        dimension="dose" if kind is ForkKind.CHANGING else "formula input",
        design=replace(design, formula_input=False),
    )


def _line(link: Link) -> bool:
    return isinstance(link.cause, Exposure) and isinstance(link.cause.rule, ActivityLine)
