"""Every hypothesis keeps the rules of the catalogue."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from stoeval.catalogue import CATALOGUE, exposures, hypotheses, indicators, measurements, negative_controls
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.panel_regression import PanelRegression
from stoeval.panel.measures import MEASURES
from stoeval.panel.monitor import BESIDE
from stoeval.panel.tables import ACTIVITY_LINES, ITEMS
from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    Delivery,
    Direction,
    Entitlement,
    Exposure,
    Hypothesis,
    Indicator,
    Level,
    Link,
    Phase,
    Role,
    Timing,
    Untestable,
)

FILES = sorted(Path(hypotheses.__file__).parent.glob("h*.py"))
LINKS = [(hypothesis, link) for hypothesis in CATALOGUE.hypotheses for link in hypothesis.links]
GOALS = {
    *(f"duurzaam {number}" for number in range(1, 6)),
    *(f"dekkend {number}" for number in range(1, 5)),
    *(f"kwalitatief {number}" for number in range(1, 7)),
}
"""The numbered indicators of paragraph 4.2 of the background sketch."""
YEAR = re.compile(r"\b(19|20)\d\d\b")

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
every_hypothesis = pytest.mark.parametrize("hypothesis", CATALOGUE.hypotheses, ids=lambda one: f"H{one.number}")
every_link = pytest.mark.parametrize(
    ("hypothesis", "link"), LINKS, ids=[f"H{hypothesis.number}-{link.name}" for hypothesis, link in LINKS]
)


def developments(hypothesis: Hypothesis) -> list[Link]:
    return [link for link in hypothesis.links if link.name.endswith("-development")]


def directions(link: Link) -> tuple[Direction, Direction]:
    return link.expected.interim, link.expected.final


# --- files ---------------------------------------------------------------------------------------------------


def test_there_are_nine_hypotheses_in_nine_files() -> None:
    assert [one.number for one in CATALOGUE.hypotheses] == list(range(1, 10))
    assert len(FILES) == 9


@every_file
def test_a_hypothesis_file_has_at_most_120_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


@every_file
def test_a_hypothesis_file_defines_no_function_and_no_class(path: Path) -> None:
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, defining)]


@every_file
def test_a_hypothesis_file_writes_no_year(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert not [value for value in constants if isinstance(value, int) and value > 99]
    assert not [value for value in constants if isinstance(value, str) and YEAR.search(value)]
    assert "SchoolYear" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


# --- words ---------------------------------------------------------------------------------------------------


@every_hypothesis
def test_a_hypothesis_says_what_its_indicators_cannot_show(hypothesis: Hypothesis) -> None:
    assert hypothesis.goal in {"duurzaam", "dekkend", "kwalitatief hoogstaand"}
    assert hypothesis.gaps
    assert all(gap.endswith(".") and len(gap) > 20 for gap in hypothesis.gaps)


@pytest.mark.parametrize(
    ("goal", "numbers"), [("duurzaam", {1, 2, 3}), ("dekkend", {4, 5}), ("kwalitatief hoogstaand", {6, 7, 8, 9})]
)
def test_a_hypothesis_serves_the_goal_that_paragraph_4_2_gives_it(goal: str, numbers: set[int]) -> None:
    assert {one.number for one in CATALOGUE.hypotheses if one.goal == goal} == numbers


@pytest.mark.parametrize("indicator", CATALOGUE.indicators, ids=lambda one: one.name)
def test_an_indicator_is_labelled_in_two_languages_with_its_source(indicator: Indicator) -> None:
    assert indicator.label[0].isupper()
    assert indicator.label_en[0].isupper()
    assert indicator.label != indicator.label_en
    assert indicator.unit
    of_the_sketch = "Achtergrondschets, paragraaf 4.2 (vanaf p. 26)" in indicator.source
    assert of_the_sketch is (indicator in indicators.ALL)
    assert "; " in indicator.source


@pytest.mark.parametrize("exposure", CATALOGUE.exposures, ids=lambda one: one.name)
def test_an_exposure_is_defined_in_words_with_its_source(exposure: Exposure) -> None:
    assert exposure.label[0].isupper()
    assert exposure.label_en[0].isupper()
    assert exposure.unit.startswith("per ") or exposure.name == "programme"
    assert exposure.definition.endswith(".")
    assert exposure.source


@every_link
def test_a_link_has_a_short_kebab_case_name(hypothesis: Hypothesis, link: Link) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", link.name), hypothesis.number
    assert len(link.name) <= 45


# --- indicators, exposures and measurements --------------------------------------------------------------------


def test_every_goal_of_paragraph_4_2_is_covered() -> None:
    assert {indicator.goal for indicator in indicators.ALL} == GOALS
    assert {indicator.goal for indicator in negative_controls.INDICATORS} == {"negatieve controle"}
    assert {*indicators.ALL, *negative_controls.INDICATORS} <= set(CATALOGUE.indicators)


@pytest.mark.parametrize("name", ["duurzaam", "dekkend", "kwalitatief"])
def test_no_indicator_is_left_out_of_its_module(name: str) -> None:
    module = import_module(f"stoeval.catalogue.indicators.{name}")
    declared = [value for value in vars(module).values() if isinstance(value, Indicator)]
    assert list(module.ALL) == declared
    assert {indicator.goal.split()[0] for indicator in declared} == {name}
    assert set(declared) <= set(indicators.ALL)


def test_no_exposure_is_left_out() -> None:
    declared = {value for value in vars(exposures).values() if isinstance(value, Exposure)}
    assert set(exposures.ALL) == declared
    behind = {one.formula_input for one in declared} | {placebo for one in declared for placebo in one.placebos}
    assert behind - {None} <= declared


def test_every_measured_column_is_declared() -> None:
    declared = {indicator.name for indicator in (*CATALOGUE.indicators, *BESIDE)}
    assert set(MEASURES) <= declared


def test_every_survey_item_is_an_indicator() -> None:
    asked = {Delivery.SURVEY, Delivery.INVESTMENT}
    items = {one.name for one in CATALOGUE.indicators if one.delivery in asked and one.level is Level.VESTIGING}
    assert items == set(ITEMS)


def test_there_is_one_dose_for_each_coded_line_of_activity() -> None:
    rules = {one.name: one.rule.line for one in CATALOGUE.exposures if isinstance(one.rule, ActivityLine)}
    assert rules == {f"dose_line_{line}": line for line in ACTIVITY_LINES}


def test_the_aanloop_pays_the_amounts_of_the_regulation() -> None:
    """Amounts after adjustment: Stcrt. 2018, 34118 and 63519; sterktechniekonderwijs.nl, veelgestelde vragen."""
    rule = exposures.AANLOOP_DOSE.rule
    assert isinstance(rule, AanloopFormula)
    paid = [(one.year, str(one.counted), one.per_bk, one.per_gl) for one in rule.payments]
    assert paid == [(2018, "2017/18", 1544.48, 772.24), (2019, "2018/19", 3078.0, 1539.0)]


def test_the_dose_of_open_data_needs_the_count_of_2017_only() -> None:
    rule = exposures.AANLOOP_DOSE_2017.rule
    assert isinstance(rule, AanloopFormula)
    assert [str(payment.counted) for payment in rule.payments] == ["2017/18"]


@pytest.mark.parametrize("exposure", [exposures.AANLOOP_DOSE, exposures.AANLOOP_DOSE_2017], ids=lambda one: one.name)
def test_a_placebo_dose_pays_the_same_on_other_counts(exposure: Exposure) -> None:
    assert isinstance(exposure.rule, AanloopFormula)
    amounts = [(one.year, one.per_bk, one.per_gl) for one in exposure.rule.payments]
    counted = []
    for placebo in exposure.placebos:
        assert isinstance(placebo.rule, AanloopFormula)
        assert [(one.year, one.per_bk, one.per_gl) for one in placebo.rule.payments] == amounts
        counted.append({str(one.counted) for one in placebo.rule.payments})
    assert counted == [{"2016/17"}, {"2019/20"}]


def test_the_entitlement_is_whole_half_or_none() -> None:
    rules = [one.rule for one in CATALOGUE.exposures if isinstance(one.rule, Entitlement)]
    assert rules == [Entitlement(bb=1.0, kb=1.0, gl=0.5, tl=0.0)]


@pytest.mark.parametrize(
    ("timing", "baseline", "interim", "final"),
    [
        (Timing.STOCK, "2017/18", ["2020/21"], ["2022/23", "2023/24"]),
        (Timing.FLOW, "2017/18", ["2020/21"], ["2022/23"]),
        (Timing.RUN_UP, "2017/18", ["2019/20"], ["2019/20"]),
        (Timing.BEFORE, "2016/17", ["2017/18"], ["2017/18"]),
        (Timing.WAVE, "2018/19", ["2020/21"], ["2022/23", "2023/24"]),
    ],
)
def test_a_measurement_looks_at_the_years_of_the_design(
    timing: Timing, baseline: str, interim: list[str], final: list[str]
) -> None:
    for measurement, outcome in ((measurements.INTERIM, interim), (measurements.FINAL, final)):
        window = measurement.window(timing)
        assert [str(year) for year in window.baseline] == [baseline]
        assert [str(year) for year in window.outcome] == outcome


def test_the_two_measurements_spend_five_percent_together() -> None:
    assert [(one.phase, one.alpha) for one in CATALOGUE.measurements] == [(Phase.INTERIM, 0.01), (Phase.FINAL, 0.04)]


def test_no_norm_is_set_before_the_commission_sets_one() -> None:
    assert CATALOGUE.norms == ()
    assert CATALOGUE.norm(CATALOGUE.indicators[0]).smallest_relevant_effect is None


# --- links -----------------------------------------------------------------------------------------------------


@every_link
def test_cause_and_effect_of_a_link_are_declared(hypothesis: Hypothesis, link: Link) -> None:
    declared = {*CATALOGUE.indicators, *CATALOGUE.exposures}
    assert {link.cause, link.effect} <= declared, hypothesis.number


@every_link
def test_a_link_with_a_design_has_a_measured_effect(hypothesis: Hypothesis, link: Link) -> None:
    assert isinstance(link.design, Untestable) or link.effect.name in MEASURES, hypothesis.number


def test_an_untestable_link_names_a_reason_and_the_missing_delivery() -> None:
    untestable = [(link, link.design) for _, link in LINKS if isinstance(link.design, Untestable)]
    assert len(untestable) >= 5
    assert all(len(design.reason) > 20 for _, design in untestable)
    assert all(link.effect.delivery in design.missing for link, design in untestable)
    assert {link.role for link, _ in untestable} == {Role.SECONDARY, Role.NEGATIVE_CONTROL}


@every_link
def test_only_a_panel_regression_takes_an_indicator_as_cause(hypothesis: Hypothesis, link: Link) -> None:
    assert isinstance(link.cause, Indicator) == isinstance(link.design, PanelRegression), hypothesis.number
    if isinstance(link.cause, Indicator):
        assert link.cause.level in {link.effect.level, Level.REGION}


@every_link
def test_a_mediated_effect_has_a_mediator_of_the_same_unit_or_its_region(hypothesis: Hypothesis, link: Link) -> None:
    assert (link.mediator is None) != isinstance(link.design, MediatedEffect), hypothesis.number
    if link.mediator is not None:
        assert link.mediator.level in {link.effect.level, Level.REGION}
        assert link.mediator not in {link.cause, link.effect}


@every_link
def test_the_timing_of_a_link_follows_what_is_measured(hypothesis: Hypothesis, link: Link) -> None:
    parts = {link.effect, link.cause, link.mediator}
    asked = any(isinstance(one, Indicator) and one.delivery is Delivery.SURVEY for one in parts)
    allowed = {Timing.WAVE} if asked else {Timing.BEFORE, Timing.RUN_UP, Timing.STOCK, Timing.FLOW}
    assert link.timing in allowed or (asked and isinstance(link.design, Untestable)), hypothesis.number
    assert link.timing is not Timing.FLOW or link.effect.delivery is Delivery.FLOWS


@every_link
def test_placebos_and_negative_controls_cannot_respond_at_any_measurement(hypothesis: Hypothesis, link: Link) -> None:
    silent = directions(link) == (Direction.NO_RESPONSE, Direction.NO_RESPONSE)
    assert (link.role in {Role.PLACEBO, Role.NEGATIVE_CONTROL}) == silent, hypothesis.number


@every_hypothesis
def test_every_primary_link_says_what_threatens_it(hypothesis: Hypothesis) -> None:
    assert [link.name for link in hypothesis.primary if not link.threats] == []


@every_hypothesis
def test_the_money_for_a_primary_line_is_also_held_beside_the_other_lines(hypothesis: Hypothesis) -> None:
    lines = {link.name for link in hypothesis.primary if isinstance(link.cause.rule, ActivityLine)}
    beside = {link.name for link in hypothesis.links if isinstance(link.design, JointDoseEventStudy)}
    assert {f"{name}-beside-other-lines" for name in lines} <= beside


@every_hypothesis
def test_what_was_seen_before_the_money_is_a_negative_control_of_each_primary_link(hypothesis: Hypothesis) -> None:
    seen = {link.name for link in hypothesis.primary if link.effect.delivery is not Delivery.SURVEY}
    early = {link.name for link in hypothesis.links if link.timing is Timing.BEFORE}
    assert {f"{name}-before-the-money" for name in seen} <= early


def test_every_outcome_has_a_before_and_after_in_its_own_hypothesis() -> None:
    for hypothesis in CATALOGUE.hypotheses:
        claimed = {link.effect for link in hypothesis.links if link.role is not Role.NEGATIVE_CONTROL}
        assert claimed == {link.effect for link in developments(hypothesis)}, hypothesis.number


def test_every_indicator_of_the_sketch_has_a_before_and_after() -> None:
    followed = {link.effect for hypothesis in CATALOGUE.hypotheses for link in developments(hypothesis)}
    assert {one.name for one in indicators.ALL} - {one.name for one in followed} == set()


@every_hypothesis
def test_a_hypothesis_follows_its_indicators_without_a_comparison_as_well(hypothesis: Hypothesis) -> None:
    followed = [link for link in hypothesis.links if isinstance(link.design, ChangeSinceBaseline)]
    assert {link.role for link in followed} == {Role.SECONDARY}
    assert {link.cause for link in developments(hypothesis)} == {exposures.PROGRAMME}


@every_hypothesis
def test_a_hypothesis_has_a_placebo_in_time_or_says_why_not(hypothesis: Hypothesis) -> None:
    placebos = [link for link in hypothesis.links if link.role is Role.PLACEBO]
    assert placebos or any("placebo in de tijd" in gap for gap in hypothesis.gaps)
    assert {link.timing for link in placebos} <= {Timing.RUN_UP}


@every_hypothesis
def test_a_hypothesis_has_a_mechanism(hypothesis: Hypothesis) -> None:
    assert hypothesis.chain.links
