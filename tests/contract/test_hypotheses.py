"""Every hypothesis keeps the rules of the catalogue, and the catalogue refuses what breaks them."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import replace
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoeval.catalogue import CATALOGUE, assemble_catalogue, exposures, hypotheses, indicators, measurements
from stoeval.catalogue.discovery import discover, require_consistent
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.panel_regression import PanelRegression
from stoeval.errors import CatalogueError
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
    Norm,
    Phase,
    Role,
    TechnicalDefinition,
    Timing,
    Untestable,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

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


def hypothesis_number(number: int) -> Hypothesis:
    return next(one for one in CATALOGUE.hypotheses if one.number == number)


def link_named(number: int, name: str) -> Link:
    return next(link for link in hypothesis_number(number).links if link.name == name)


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
    assert "Achtergrondschets, paragraaf 4.2 (vanaf p. 26)" in indicator.source
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
    assert {indicator.goal for indicator in CATALOGUE.indicators} == GOALS


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
    assert {link.role for link, _ in untestable} == {Role.SECONDARY}


@every_link
def test_only_a_panel_regression_takes_an_indicator_as_cause(hypothesis: Hypothesis, link: Link) -> None:
    assert isinstance(link.cause, Indicator) == isinstance(link.design, PanelRegression), hypothesis.number
    if isinstance(link.cause, Indicator):
        assert link.cause.level is link.effect.level


@every_link
def test_the_timing_of_a_link_follows_what_is_measured(hypothesis: Hypothesis, link: Link) -> None:
    asked = Delivery.SURVEY in {link.effect.delivery, getattr(link.cause, "delivery", None)}
    allowed = {Timing.WAVE} if asked else {Timing.RUN_UP, Timing.STOCK, Timing.FLOW}
    assert link.timing in allowed, hypothesis.number
    assert link.timing is not Timing.FLOW or link.effect.delivery is Delivery.FLOWS


@every_link
def test_a_placebo_cannot_respond_at_any_measurement(hypothesis: Hypothesis, link: Link) -> None:
    silent = directions(link) == (Direction.NO_RESPONSE, Direction.NO_RESPONSE)
    assert (link.role is Role.PLACEBO) == silent, hypothesis.number


@every_hypothesis
def test_a_hypothesis_follows_its_indicators_without_a_comparison_as_well(hypothesis: Hypothesis) -> None:
    followed = [link for link in hypothesis.links if isinstance(link.design, ChangeSinceBaseline)]
    assert {link.role for link in followed} == {Role.SECONDARY}


@every_hypothesis
def test_a_hypothesis_has_a_placebo_in_time_or_says_why_not(hypothesis: Hypothesis) -> None:
    placebos = [link for link in hypothesis.links if link.role is Role.PLACEBO]
    assert placebos or any("placebo in de tijd" in gap for gap in hypothesis.gaps)
    assert {link.timing for link in placebos} <= {Timing.RUN_UP}


@every_hypothesis
def test_a_hypothesis_has_a_mechanism(hypothesis: Hypothesis) -> None:
    assert hypothesis.chain.links


# --- what the formal specification asks of single hypotheses -----------------------------------------------------


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


def test_h6_uses_the_formula_money_for_the_investment_only() -> None:
    assert [(link.cause.name, link.timing) for link in hypothesis_number(6).primary] == [
        ("aanloop_dose", Timing.RUN_UP),
    ]
    assert "satisfaction" in [link.name for link in hypothesis_number(6).chain.links]


def test_h7_writes_down_when_knowledge_sharing_is_structural() -> None:
    assert any("minstens half zo groot" in gap for gap in hypothesis_number(7).gaps)


def test_h8_expects_qualification_to_fall_first_and_to_recover() -> None:
    assert directions(link_named(8, "qualification")) == (Direction.FALL, Direction.NOT_LOWER)


def test_h9_has_a_total_and_a_within_effect() -> None:
    levels = {link.name: link.effect.level for link in hypothesis_number(9).primary}
    assert levels == {"total": Level.VESTIGING, "within": Level.LEERWEG}
    assert directions(link_named(9, "mbo-drop-out")) == (Direction.FALL, Direction.FALL)


# --- discovery and consistency -----------------------------------------------------------------------------------

_PACKAGES = count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], ModuleType]:
    """Return a function that writes a package of hypothesis files and imports it."""

    def write(files: dict[str, str]) -> ModuleType:
        name = f"package_of_hypotheses_{next(_PACKAGES)}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text('"""Hypotheses of a test."""\n')
        for file, text in files.items():
            (folder / file).write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        return import_module(name)

    return write


def file_of(number: int, slug: str) -> str:
    return textwrap.dedent(
        f"""
        from dataclasses import replace
        from stoeval.catalogue.hypotheses.h1_profile_agreements import HYPOTHESIS as MODEL
        HYPOTHESIS = replace(MODEL, number={number}, slug="{slug}")
        """
    )


def test_a_tenth_hypothesis_is_one_more_file(package: Callable[[dict[str, str]], ModuleType]) -> None:
    folder = package({"h10_parents.py": file_of(10, "parents"), "h9_girls.py": file_of(9, "girls")})
    assert [(one.number, one.slug) for one in discover(folder)] == [(9, "girls"), (10, "parents")]


@pytest.mark.parametrize("name", ["parents.py", "h10.py", "h_parents.py", "h01_parents.py", "H10_parents.py"])
def test_a_file_with_another_name_is_refused(package: Callable[[dict[str, str]], ModuleType], name: str) -> None:
    folder = package({name: file_of(10, "parents")})
    with pytest.raises(CatalogueError, match=r"h<number>_<slug>\.py"):
        discover(folder)


def test_a_file_without_a_hypothesis_is_refused(package: Callable[[dict[str, str]], ModuleType]) -> None:
    folder = package({"h10_parents.py": "HYPOTHESIS = 10\n"})
    with pytest.raises(CatalogueError, match="h10_parents: define HYPOTHESIS as a Hypothesis; found int"):
        discover(folder)


@pytest.mark.parametrize("text", [file_of(11, "parents"), file_of(10, "ouders")])
def test_a_file_that_disagrees_with_its_name_is_refused(
    package: Callable[[dict[str, str]], ModuleType], text: str
) -> None:
    folder = package({"h10_parents.py": text})
    with pytest.raises(CatalogueError, match="file name, number and slug must agree"):
        discover(folder)


def test_two_hypotheses_with_one_number_are_refused(package: Callable[[dict[str, str]], ModuleType]) -> None:
    folder = package({"h10_parents.py": file_of(10, "parents"), "h10_girls.py": file_of(10, "girls")})
    with pytest.raises(CatalogueError, match=r"1 hypothesis numbers occur twice \(10\)"):
        discover(folder)


def test_a_link_to_something_undeclared_is_refused() -> None:
    some = tuple(one for one in CATALOGUE.indicators if one.name != "shared_facilities")
    with pytest.raises(CatalogueError, match=r"in 3 places:(\n  H2 .*: shared_facilities is undeclared.*){3}"):
        require_consistent(replace(CATALOGUE, indicators=some))


def test_a_second_declaration_of_a_name_is_refused() -> None:
    with pytest.raises(CatalogueError, match="regional_dose is declared twice"):
        require_consistent(replace(CATALOGUE, exposures=(*CATALOGUE.exposures, exposures.REGIONAL_DOSE)))


def test_a_norm_for_an_unknown_indicator_is_refused() -> None:
    norm = Norm(indicator="happiness", smallest_relevant_effect=0.1, non_inferiority_margin=None, provenance="toets")
    with pytest.raises(CatalogueError, match="norm for happiness: there is no such indicator"):
        require_consistent(replace(CATALOGUE, norms=(norm,)))


def test_a_norm_for_a_known_indicator_is_kept() -> None:
    norm = Norm(indicator="teacher_fte", smallest_relevant_effect=0.1, non_inferiority_margin=0.05, provenance="toets")
    kept = require_consistent(replace(CATALOGUE, norms=(norm,)))
    assert [kept.norm(one) for one in kept.indicators if one.name == "teacher_fte"] == [norm]


@pytest.mark.parametrize("technical", TechnicalDefinition)
def test_another_definition_of_technical_changes_nothing_else(technical: TechnicalDefinition) -> None:
    assert assemble_catalogue(technical) == replace(CATALOGUE, technical=technical)
