"""What the formal specification asks of single hypotheses."""

from __future__ import annotations

from stoeval.catalogue import CATALOGUE, measurements
from stoeval.catalogue.indicators import kwalitatief
from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_curve import DoseCurve
from stoeval.designs.heterogeneous_adoption import HeterogeneousAdoption
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.panel.measures.answers import RESPONDENTS_OF
from stoeval.vocabulary import Delivery, Direction, Exposure, Hypothesis, Level, Link, Role, Timing, Untestable


def hypothesis_number(number: int) -> Hypothesis:
    return next(one for one in CATALOGUE.hypotheses if one.number == number)


def link_named(number: int, name: str) -> Link:
    return next(link for link in hypothesis_number(number).links if link.name == name)


def directions(link: Link) -> tuple[Direction, Direction]:
    return link.expected.interim, link.expected.final


def test_h1_wants_less_overlap_without_less_reachability_by_the_final_measurement() -> None:
    assert directions(link_named(1, "overlap")) == (Direction.NO_RESPONSE, Direction.FALL)
    assert directions(link_named(1, "reachability")) == (Direction.NO_RESPONSE, Direction.NOT_LOWER)
    assert [link.name for link in hypothesis_number(1).primary] == ["overlap", "reachability"]


def test_h2_admits_that_there_is_no_indicator_of_use_and_no_data_on_duplication() -> None:
    assert any("benutting" in gap for gap in hypothesis_number(2).gaps)
    design = link_named(2, "duplication").design
    assert isinstance(design, Untestable)
    assert design.missing == (Delivery.INVESTMENT,)


def test_h3_is_a_test_of_non_inferiority() -> None:
    (primary,) = hypothesis_number(3).primary
    assert directions(primary) == (Direction.NOT_LOWER, Direction.NOT_LOWER)
    assert directions(link_named(3, "more-teachers")) == (Direction.RISE, Direction.RISE)


def test_h5_keeps_the_primary_school_channel_silent_at_the_interim_measurement() -> None:
    link = link_named(5, "primary-school")
    assert link.role is Role.PRIMARY
    assert directions(link) == (Direction.NO_RESPONSE, Direction.RISE)
    assert isinstance(link.cause, Exposure)
    assert str(link.cause.responds_from) == "2022/23"
    assert directions(link_named(5, "breadth")) == (Direction.RISE, Direction.RISE)


def test_h6_rests_on_the_formula_money_and_reports_euro_for_euro() -> None:
    assert [(link.cause.name, link.timing) for link in hypothesis_number(6).primary] == [
        ("aanloop_dose", Timing.RUN_UP),
    ]
    first = hypothesis_number(6).chain.links[0]
    assert (first.name, first.cause.name, first.design) == (
        "euro-for-euro",
        "aanloop_per_technical_pupil",
        AanloopDose(every_year=True),
    )
    assert "satisfaction" in [link.name for link in hypothesis_number(6).chain.links]


def test_h7_asks_cause_and_effect_of_different_people() -> None:
    """Programme leaders on cooperation, teachers on sharing, school leaders on renewal."""
    link = link_named(7, "cooperation-to-sharing")
    assert (link.cause.name, link.effect.name) == ("cooperation_by_programme_leader", "knowledge_sharing")
    asked = {name: RESPONDENTS_OF[name] for name in ("knowledge_sharing", "innovation_satisfaction")}
    assert asked == {"knowledge_sharing": ("teacher",), "innovation_satisfaction": ("school leader",)}


def test_h7_calls_sharing_structural_where_half_of_the_interim_effect_is_kept() -> None:
    link = link_named(7, "sharing-kept")
    assert link in hypothesis_number(7).chain.links
    interim = measurements.INTERIM.window(Timing.WAVE).outcome
    assert link.design == SurveyPanel(kept_share=0.5, since=interim)
    assert directions(link) == (Direction.NO_RESPONSE, Direction.RISE)


def test_h8_expects_qualification_to_fall_first_and_to_recover() -> None:
    assert directions(link_named(8, "qualification")) == (Direction.FALL, Direction.NOT_LOWER)


def test_h9_has_a_total_and_a_within_effect() -> None:
    levels = {link.name: link.effect.level for link in hypothesis_number(9).primary}
    assert levels == {"total": Level.VESTIGING, "within": Level.LEERWEG}
    assert directions(link_named(9, "mbo-drop-out")) == (Direction.FALL, Direction.FALL)


def test_h9_runs_through_one_registered_measure_of_quality() -> None:
    first, second = hypothesis_number(9).chain.links
    assert (first.effect, second.cause) == (kwalitatief.QUALITY_COMPOSITE, kwalitatief.QUALITY_COMPOSITE)
    assert link_named(9, "through-quality").mediator == kwalitatief.QUALITY_COMPOSITE


def test_h9_co_reports_other_estimands_of_the_total() -> None:
    designs = {type(link_named(9, f"total-{name}").design) for name in ("adoption", "curve", "delayed-approval")}
    assert designs == {HeterogeneousAdoption, DoseCurve, DelayedApproval}
