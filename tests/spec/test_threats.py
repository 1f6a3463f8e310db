"""What threatens a link that names no threats of its own: how its cause came about and how its effect is observed."""

from __future__ import annotations

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.exposures import (
    AANLOOP_DOSE,
    APPROVAL_ROUND,
    DOSE_LINE_3,
    ENTITLEMENT,
    PROGRAMME,
    REGIONAL_DOSE,
)
from stoeval.catalogue.indicators import beyond_the_sketch, dekkend, duurzaam, kwalitatief
from stoeval.catalogue.links import RISES, STOCK, negative_control, secondary
from stoeval.catalogue.threats import OF_A_DELIVERY, OF_A_RULE, usual_threats
from stoeval.vocabulary import Exposure, Indicator, Role, Threat, Untestable

NOTHING = Untestable(reason="niet geleverd")


@pytest.mark.parametrize(
    ("cause", "effect", "expected"),
    [
        (
            DOSE_LINE_3,
            beyond_the_sketch.TEACHER_VACANCIES,
            "chosen by regions, regression to the mean, other programmes, labour market, registration",
        ),
        (
            REGIONAL_DOSE,
            kwalitatief.MOTIVATION,
            "chosen by regions, regression to the mean, other programmes, self-report, non-response, covid years",
        ),
        (
            AANLOOP_DOSE,
            kwalitatief.INVESTMENT_PER_TECHNICAL_PUPIL,
            "regression to the mean, other programmes, crowding out, registration",
        ),
        (APPROVAL_ROUND, duurzaam.EXPECTED_PUPILS, "chosen by regions, anticipation, shrinking region"),
        # What happened to everyone is named once, though flows meet two of the three again.
        (PROGRAMME, dekkend.TECHNICAL_MBO_SHARE, "other programmes, labour market, covid years"),
        (
            beyond_the_sketch.COOPERATION_VMBO_REGION,
            dekkend.TECHNICAL_OFFER_REARRANGED,
            "composition, other programmes, self-report, non-response, covid years, spillover, relabelling of profiles",
        ),
    ],
)
def test_a_link_is_threatened_by_how_its_cause_came_about_and_how_its_effect_is_observed(
    cause: Exposure | Indicator, effect: Indicator, expected: str
) -> None:
    """By hand, from the threats that section C of the methods names for links of this kind."""
    assert ", ".join(usual_threats(cause, effect)) == expected


def test_a_link_that_names_its_threats_keeps_those() -> None:
    own = (Threat.CEILING,)
    assert secondary("one", PROGRAMME, kwalitatief.MOTIVATION, RISES, NOTHING, STOCK, own).threats == own


def test_a_negative_control_says_what_could_move_it() -> None:
    link = negative_control("one", REGIONAL_DOSE, dekkend.TECHNICAL_MBO_SHARE, NOTHING, STOCK)
    assert (link.role, link.threats[-2:]) == (Role.NEGATIVE_CONTROL, (Threat.LABOUR_MARKET, Threat.COVID))


def test_an_exposure_that_is_no_cause_has_no_threats() -> None:
    with pytest.raises(KeyError):
        usual_threats(ENTITLEMENT, kwalitatief.MOTIVATION)


def test_every_kind_of_outcome_and_of_cause_in_the_catalogue_has_a_line() -> None:
    assert {one.delivery for one in CATALOGUE.indicators} <= set(OF_A_DELIVERY)
    causes = {link.cause for hypothesis in CATALOGUE.hypotheses for link in hypothesis.links}
    assert {type(one.rule) for one in causes if isinstance(one, Exposure)} == set(OF_A_RULE)


def test_every_link_says_what_threatens_it() -> None:
    assert [link.name for hypothesis in CATALOGUE.hypotheses for link in hypothesis.links if not link.threats] == []


def test_only_answers_of_the_same_people_share_a_source() -> None:
    """School leaders answer both questions of H2; those of H6, H7 and H8 are put to different people."""
    shared = {
        (one.number, link.name)
        for one in CATALOGUE.hypotheses
        for link in one.links
        if Threat.COMMON_SOURCE in link.threats
    }
    assert shared == {(2, "cooperation-to-shared-use"), (2, "shared-use-through-cooperation")}
