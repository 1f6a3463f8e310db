"""What the formal specification asks of hypotheses 1 to 5 (methods, section C), link by link."""

from __future__ import annotations

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.cohort_exposure import BREADTH_EXPOSURE, PRIMARY_SCHOOL_EXPOSURE
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.heterogeneous_adoption import HeterogeneousAdoption
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.share_model import ShareModel
from stoeval.vocabulary import Direction, Hypothesis, Indicator, Link, Role, Threat, Timing, Untestable

FIRST_FIVE = [one for one in CATALOGUE.hypotheses if one.number <= 5]
every_one = pytest.mark.parametrize("hypothesis", FIRST_FIVE, ids=lambda one: f"H{one.number}")


def link_named(number: int, name: str) -> Link:
    hypothesis = next(one for one in FIRST_FIVE if one.number == number)
    return next(link for link in hypothesis.links if link.name == name)


def by_design(hypothesis: Hypothesis, design: type) -> set[str]:
    return {link.name for link in hypothesis.links if isinstance(link.design, design)}


@every_one
def test_every_primary_link_names_its_threats(hypothesis: Hypothesis) -> None:
    assert all(Threat.CHOSEN_BY_REGIONS in link.threats and len(link.threats) > 2 for link in hypothesis.primary)


@every_one
def test_every_primary_link_is_asked_again_beside_the_other_lines(hypothesis: Hypothesis) -> None:
    expected = {f"{link.name}-beside-other-lines" for link in hypothesis.primary}
    assert by_design(hypothesis, JointDoseEventStudy) == expected


@every_one
def test_every_hypothesis_has_an_effect_through_a_mediator(hypothesis: Hypothesis) -> None:
    mediated = [link for link in hypothesis.links if isinstance(link.design, MediatedEffect)]
    assert mediated
    for link in mediated:
        assert link.mediator is not None
        assert link.mediator.level is link.effect.level
        assert set(link.minimal_data) >= {link.mediator.delivery, link.effect.delivery}


@every_one
def test_robustness_asks_what_its_link_asks(hypothesis: Hypothesis) -> None:
    asked = {link.name: link for link in hypothesis.links if link.role in {Role.PRIMARY, Role.SECONDARY}}
    for link in hypothesis.links:
        if link.role is Role.ROBUSTNESS:
            own = asked[max((name for name in asked if link.name.startswith(f"{name}-")), key=len)]
            assert (link.expected, link.threats) == (own.expected, own.threats)


def test_h1_looks_at_reach_profile_by_profile_and_at_number_and_size_apart() -> None:
    held = (Direction.NO_RESPONSE, Direction.NOT_LOWER)
    for profile in ("bwi", "pie", "mt"):
        link = link_named(1, f"reachability-{profile}")
        assert (link.expected.interim, link.expected.final) == held
    models = {link_named(1, name).design for name in ("profile-size", "profiles-offered", "technical-pupils")}
    assert models == {link_named(1, "overlap").design}
    assert by_design(FIRST_FIVE[0], ClosureHazard) == {"profile-closed", "offer-closed-hazard"}
    waits = {f"{name}-delayed-approval" for name in ("overlap", "reachability")}
    assert by_design(FIRST_FIVE[0], DelayedApproval) == waits


def test_h3_is_asked_of_the_aanloop_money_in_the_run_up_too() -> None:
    link = link_named(3, "teachers-by-aanloop-money")
    assert (link.cause.name, link.timing, link.role) == ("aanloop_dose", Timing.RUN_UP, Role.ROBUSTNESS)


def test_h4_splits_good_prospects_into_choice_and_labour_market() -> None:
    names = {"prospects": "good_prospects_share", "prospects-own-year": "good_prospects_current"}
    names["prospects-labour-market"] = "good_prospects_rerated"
    assert {name: link_named(4, name).effect.name for name in names} == names
    assert "2017" in link_named(4, "prospects").effect.source
    assert not isinstance(link_named(4, "mbo-level").design, Untestable)


def test_h5_counts_years_of_exposure_in_each_channel() -> None:
    designs = {name: link_named(5, name).design for name in ("breadth", "primary-school")}
    assert designs == {
        "breadth": ShareModel(exposure_years=BREADTH_EXPOSURE.years),
        "primary-school": ShareModel(exposure_years=PRIMARY_SCHOOL_EXPOSURE.years),
    }
    assert by_design(FIRST_FIVE[4], HeterogeneousAdoption) == {"breadth-no-untreated"}


def test_h5_names_every_definition_of_technical_and_every_way_out() -> None:
    effects = {link.effect.name for link in FIRST_FIVE[4].links if not isinstance(link.cause, Indicator)}
    assert effects >= {"technical_share_hard", "technical_share_hard_and_soft", "technical_share_with_dp"}
    assert effects >= {"dp_share_entrants", *(f"{leerweg}_share_entrants" for leerweg in ("bb", "kb", "gl", "tl"))}
