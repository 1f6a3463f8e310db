"""Every design, found by itself and not by a list, keeps the contract of designs."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import numpy as np
import pytest

from design_shapes import DOSES, GAPS, LINES, ROUNDS, SHAPES, UNBOUNDED, WITH_PLACEBO, WITHIN_WINDOW
from stoeval import designs
from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.comparable_groups import ComparableGroups
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_curve import DoseCurve
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.fractional_outcome import FractionalOutcome
from stoeval.designs.heterogeneous_adoption import HeterogeneousAdoption
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.share_model import ShareModel
from stoeval.designs.staggered_adoption import StaggeredAdoption
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.designs.synthetic_difference_in_differences import SyntheticDifferenceInDifferences
from stoeval.errors import NotIdentified
from stoeval.vocabulary import ActivityLine, IdentificationClass, Level, SchoolYear
from toy_samples import BASELINE, MONEY, OUTCOME, toy_estimand, toy_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoeval.vocabulary import Design, Estimand, Finding, Sample


def design_classes() -> Iterator[type]:
    for module in iter_modules(designs.__path__, f"{designs.__name__}."):
        for _, one in getmembers(import_module(module.name), isclass):
            if one.__module__ == module.name and is_dataclass(one) and hasattr(one, "find"):
                yield one


CLASSES = tuple(design_classes())
every_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
every_design = pytest.mark.parametrize("design", SHAPES, ids=repr)


def finding(design: Design, sample: Sample | None = None, *, confirm: bool = False) -> Finding:
    shape = SHAPES[design]
    return design.find(toy_estimand(shape), toy_sample(shape) if sample is None else sample, confirm=confirm)


def numbers(found: Finding) -> list[float]:
    """Return every number of a finding that an estimate, its path or its checks hold."""
    one = found.estimate
    path = [value for point in found.path for value in (point.effect, point.std_error)]
    statistics = [check.statistic for check in found.checks if check.statistic is not None]
    return [one.effect, one.std_error, one.p_value, one.mde, one.baseline_mean, *path, *statistics]


# --- discovery and words -----------------------------------------------------------------------------------------


def test_every_design_in_the_package_is_put_to_the_test() -> None:
    assert {type(one) for one in SHAPES} == set(CLASSES)


@every_class
def test_a_design_is_frozen_and_says_what_it_is(kind: type) -> None:
    assert kind.__dataclass_params__.frozen
    assert kind.name
    assert set(kind.levels) <= set(Level)
    assert isinstance(kind.ceiling, IdentificationClass)
    assert kind() == kind()


def test_no_two_designs_share_a_name() -> None:
    assert len({kind.name for kind in CLASSES}) == len(CLASSES)


@every_class
def test_a_design_opens_with_assumption_equation_standard_error_and_limits(kind: type) -> None:
    text = import_module(kind.__module__).__doc__ or ""
    assert re.search(r"^Assumes ", text, re.MULTILINE), "the assumption"
    assert re.search(r"^    \S.* = ", text, re.MULTILINE), "the equation, indented"
    assert re.search(r"^Standard errors: .* by region", text, re.MULTILINE), "the standard error"
    assert re.search(r"\b[Ii]t does not\b", text), "what it does not do"


# --- numbers -----------------------------------------------------------------------------------------------------


@every_design
@pytest.mark.parametrize("effect", [0.4, -0.4])
def test_a_planted_effect_is_found_with_its_sign(design: Design, effect: float) -> None:
    found = finding(design, toy_sample(SHAPES[design], effect=effect)).estimate
    assert abs(found.effect - effect) < 3 * found.std_error  # worst deviation seen 1.8 standard errors
    assert abs(found.effect - effect) < 0.03  # worst deviation seen 0.024
    assert found.p_value < 1e-6
    assert found.ci_low < effect < found.ci_high
    assert np.sign(found.effect) == np.sign(effect)


@every_design
def test_where_nothing_is_planted_nothing_is_found(design: Design) -> None:
    """Over eight seeds at 5 %: three or more rejections have a chance below 6 in 1,000."""
    shape = SHAPES[design]
    found = [finding(design, toy_sample(shape, seed=seed)).estimate for seed in range(8)]
    assert sum(one.p_value < 0.05 for one in found) < 3


@every_design
def test_an_independent_engine_confirms_it(design: Design) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    assert numbers(finding(design, sample, confirm=True)) == numbers(finding(design, sample))


@every_design
def test_the_same_sample_gives_the_same_finding(design: Design) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    assert finding(design, sample) == finding(design, sample)


@every_design
def test_a_sample_is_left_as_it_was(design: Design) -> None:
    sample, copy = toy_sample(SHAPES[design]), toy_sample(SHAPES[design])
    finding(design, sample, confirm=True)
    for one in fields(sample):
        kept, given = getattr(copy, one.name), getattr(sample, one.name)
        if isinstance(given, np.ndarray):
            np.testing.assert_array_equal(given, kept)
    for (_, given), (_, kept) in zip(sample.placebo_doses, copy.placebo_doses, strict=True):
        np.testing.assert_array_equal(given, kept)


@every_design
def test_the_order_of_rows_does_not_matter(design: Design) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    shuffled = sample.rows(np.random.default_rng(9).permutation(len(sample.outcome)))
    found, again = finding(design, sample), finding(design, shuffled)
    np.testing.assert_allclose(numbers(again), numbers(found), rtol=1e-7, atol=1e-12)  # worst deviation seen 3e-13
    assert [(check.name, check.passed) for check in again.checks] == [
        (check.name, check.passed) for check in found.checks
    ]


@every_design
def test_a_linear_design_weighs_its_rows_and_a_model_of_counts_does_not(design: Design) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    found = finding(design, sample).estimate
    even = finding(design, replace(sample, weight=np.ones(len(sample.weight)))).estimate
    assert (abs(found.effect - even.effect) > 1e-6) is not found.unit.startswith("log points")


@pytest.mark.parametrize("design", WITHIN_WINDOW, ids=repr)
def test_years_outside_the_window_do_not_move_a_balanced_panel(design: Design) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    within = sample.rows(np.flatnonzero(np.isin(sample.period, [BASELINE, *OUTCOME])))
    whole, part = finding(design, sample).estimate, finding(design, within).estimate
    assert part.n_obs < whole.n_obs
    assert part.effect == pytest.approx(whole.effect, rel=1e-9)  # worst deviation seen 4e-14
    assert part.std_error == pytest.approx(whole.std_error, rel=1e-9)  # worst deviation seen 4e-14


@pytest.mark.parametrize("strata", [True, False])
def test_the_aanloop_design_looks_at_no_year_after_its_window(*, strata: bool) -> None:
    sample = toy_sample("zeros", effect=0.3)
    later = sample.period > max(OUTCOME)
    poisoned = replace(sample, outcome=np.where(later, 1e9, sample.outcome))
    assert later.any()
    design = AanloopDose(strata=strata)
    assert finding(design, poisoned) == finding(design, sample)


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if fields(kind)], ids=lambda kind: kind.__name__)
def test_every_option_of_a_design_changes_the_result(kind: type) -> None:
    shapes = {ShareModel: "choices", EntitlementTripleDifference: "gaps", DelayedApproval: "rounds"}
    shapes |= {ClosureHazard: "shares", FractionalOutcome: "shares", OrderedOutcome: "answers"}
    shapes |= {MediatedEffect: "chain", StaggeredAdoption: "rounds", ComparableGroups: "zeros"}
    shapes |= {JointDoseEventStudy: "lines of counts"}
    sample, estimand = toy_sample(shapes.get(kind, "counts")), toy_estimand("units")
    if kind is HeterogeneousAdoption:
        sample = replace(sample, dose=sample.dose + 0.1)
    if kind in {ClosureHazard, FractionalOutcome}:  # without an effect every curve is the same straight line
        sample = toy_sample("shares", effect=0.3)
    if kind is ClosureHazard:  # years are pooled, which is the same on a balanced panel
        sample = sample.rows(np.flatnonzero((sample.period != max(OUTCOME)) | (sample.unit % 5 == 1)))
    given = {"first_years": ROUNDS} if kind in {DelayedApproval, StaggeredAdoption} else {}
    given |= {"regions": ("r20",)} if kind is SyntheticDifferenceInDifferences else {}
    given |= {"exposure_years": ((SchoolYear(start=max(OUTCOME)), 0.5),)} if kind is ShareModel else {}
    given |= {"kept_share": 0.5, "since": (SchoolYear(start=2018),)} if kind is SurveyPanel else {}
    earlier = {name: [(SchoolYear(start=2019),)] for name in ("since", "mediator_years")}
    usual = kind(**given).find(estimand, sample).estimate.effect
    for option in fields(kind):
        for value in earlier.get(option.name, other_values(option.default)):
            other = answer(kind(**given | {option.name: value}), estimand, sample)
            assert other is None or abs(other - usual) > 1e-4, f"{option.name} = {value} changes nothing"


def answer(design: Design, estimand: Estimand, sample: Sample) -> float | None:
    """Return the effect, or None where a design says that these data cannot give it."""
    try:
        return design.find(estimand, sample).estimate.effect
    except NotIdentified:
        return None


def other_values(default: object) -> list[object]:
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, int):
        return [default + 1]
    if default is None or isinstance(default, tuple):
        return [0.6 if default is None else ()]
    assert isinstance(default, Enum), f"say here how an option like {default!r} can be varied"
    return [value for value in type(default) if value is not default]


# --- classes and checks --------------------------------------------------------------------------------------------


@every_design
def test_the_class_is_the_ceiling_lowered_by_its_checks(design: Design) -> None:
    found = finding(design)
    caps = [check.cap for check in found.checks]
    assert found.identification_class == max([design.ceiling, *caps], key=lambda one: one.value)
    assert found.identification_class.value >= design.ceiling.value
    assert all(check.detail for check in found.checks)


@every_design
def test_a_check_that_fails_never_leaves_the_strongest_class(design: Design) -> None:
    for seed in range(3):
        for check in finding(design, toy_sample(SHAPES[design], seed=seed)).checks:
            if check.passed is not True:
                assert check.cap is not IdentificationClass.A, check.name


@pytest.mark.parametrize("design", [one for one in WITH_PLACEBO if not isinstance(one, DoseCurve)], ids=repr)
def test_a_trend_that_follows_the_dose_lowers_the_class(design: Design) -> None:
    """The planted trend is multiplied in, so that counts stay counts."""
    sample = toy_sample(SHAPES[design])
    drift = 1 + 0.05 * sample.dose * sample.entitlement * (sample.period - BASELINE)
    found = finding(design, replace(sample, outcome=np.abs(sample.outcome) * drift))
    check = next(check for check in found.checks if check.name == "pre-trend")
    assert check.passed is False
    assert found.identification_class.value >= IdentificationClass.D.value


@pytest.mark.parametrize("design", WITH_PLACEBO, ids=repr)
def test_an_outcome_that_follows_a_placebo_dose_lowers_the_class(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    (_, placebo), after = sample.placebo_doses[0], sample.period >= min(OUTCOME)
    moved = np.abs(sample.outcome) * (1 + placebo * sample.entitlement * after)
    found = finding(design, replace(sample, outcome=moved))
    check = next(check for check in found.checks if check.name == "placebo dose luck")
    assert check.passed is False
    assert found.identification_class.value >= IdentificationClass.D.value


@pytest.mark.parametrize("design", WITH_PLACEBO, ids=repr)
def test_a_placebo_dose_that_repeats_the_dose_is_reported_as_not_separable(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    found = finding(design, replace(sample, placebo_doses=(("again", 2 * sample.dose),)))
    check = next(check for check in found.checks if check.name == "placebo dose again")
    assert check.passed is None
    assert check.cap is IdentificationClass.C


@pytest.mark.parametrize("design", [DoseEventStudy(), SurveyPanel(), JointDoseEventStudy()], ids=repr)
def test_an_exposure_that_regions_chose_is_capped_at_association(design: Design) -> None:
    line = replace(MONEY, rule=ActivityLine(line="1", counted=SchoolYear(start=2018)))
    shape = "lines" if isinstance(design, JointDoseEventStudy) else "units"
    found = design.find(replace(toy_estimand("units"), cause=line), toy_sample(shape))
    assert "chosen exposure" in {check.name for check in found.checks}
    assert found.identification_class is IdentificationClass.D


@pytest.mark.parametrize(
    "kind",
    [kind for kind in CLASSES if "formula_input" in {one.name for one in fields(kind)}],
    ids=lambda kind: kind.__name__,
)
def test_a_dose_without_the_input_of_its_formula_is_capped_at_association(kind: type) -> None:
    shape = SHAPES[kind()]
    found = kind(formula_input=False).find(toy_estimand(shape), toy_sample(shape))
    assert "formula input" in {check.name for check in found.checks}
    assert found.identification_class is IdentificationClass.D


@every_design
def test_masked_counts_give_bounds_or_say_that_there_are_none(design: Design) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    masked = np.arange(len(sample.outcome)) % 7 == 0
    wide = replace(sample, outcome_low=sample.outcome - 0.1 * masked, outcome_high=sample.outcome + 0.1 * masked)
    plain, found = finding(design, sample), finding(design, wide)
    assert found.estimate.n_masked > 0
    assert found.estimate.effect == plain.estimate.effect
    check = next(check for check in found.checks if check.name == "masked counts")
    if found.estimate.bound_low is None:
        assert found.estimate.unit.startswith("log points") or isinstance(design, UNBOUNDED)
        assert (check.passed, check.cap) == (None, IdentificationClass.C)
    else:
        assert found.estimate.bound_low < found.estimate.effect < found.estimate.bound_high
        assert plain.estimate.bound_low == pytest.approx(plain.estimate.effect, rel=1e-9)  # worst deviation seen 2e-15


# --- refusals ------------------------------------------------------------------------------------------------------


@every_design
def test_a_sample_without_rows_is_not_identified(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    with pytest.raises(NotIdentified):
        finding(design, sample.rows(np.empty(0, dtype=np.int64)))


@every_design
def test_two_regions_are_not_enough(design: Design) -> None:
    with pytest.raises(NotIdentified):
        finding(design, toy_sample(SHAPES[design], regions=2))


@every_design
def test_an_outcome_that_never_varies_is_not_identified(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    for value in (0.0, 0.3, 1.0):
        flat = np.full(len(sample.outcome), value)
        with pytest.raises(NotIdentified):
            finding(design, replace(sample, outcome=flat, outcome_low=flat, outcome_high=flat), confirm=True)


@pytest.mark.parametrize("design", DOSES, ids=repr)
@pytest.mark.parametrize("amount", [0.0, 1.5])
def test_a_dose_that_is_the_same_for_everyone_is_not_identified(design: Design, amount: float) -> None:
    sample = toy_sample(SHAPES[design])
    with pytest.raises(NotIdentified):
        finding(design, replace(sample, dose=np.full(len(sample.dose), amount)))


@pytest.mark.parametrize("design", LINES, ids=repr)
def test_a_dose_in_one_region_only_is_not_identified(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    with pytest.raises(NotIdentified, match="not identified without cluster 4 of 24"):
        finding(design, replace(sample, dose=np.where(sample.cluster == 4, sample.dose + 0.5, 0.0)))


@pytest.mark.parametrize("design", GAPS, ids=repr)
def test_one_group_in_a_unit_makes_no_gap(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    with pytest.raises(NotIdentified, match="at least two groups"):
        finding(design, sample.rows(np.flatnonzero(sample.group == 0)))


@pytest.mark.parametrize("design", GAPS, ids=repr)
@pytest.mark.parametrize("entitled", [0.0, 1.0])
def test_groups_that_are_entitled_alike_make_no_gap(design: Design, entitled: float) -> None:
    sample = toy_sample(SHAPES[design])
    with pytest.raises(NotIdentified, match="cannot be told apart"):
        finding(design, replace(sample, entitlement=np.full(len(sample.dose), entitled)))


def test_a_change_without_entitled_rows_is_not_identified() -> None:
    sample = toy_sample("everyone")
    with pytest.raises(NotIdentified, match="not observed"):
        finding(ChangeSinceBaseline(), replace(sample, entitlement=np.zeros(len(sample.dose))))


@pytest.mark.parametrize("strata", [True, False])
def test_the_aanloop_design_needs_vestigingen_that_got_nothing(*, strata: bool) -> None:
    sample = toy_sample("zeros")
    with pytest.raises(NotIdentified, match="0 of 768 rows have a zero dose"):
        finding(AanloopDose(strata=strata), replace(sample, dose=sample.dose + 0.1))


@pytest.mark.parametrize("design", [one for one in SHAPES if not isinstance(one, PanelRegression)], ids=repr)
def test_a_year_of_the_window_that_was_not_observed_is_named(design: Design) -> None:
    sample = toy_sample(SHAPES[design])
    with pytest.raises(NotIdentified, match="2021/22"):
        finding(design, sample.rows(np.flatnonzero(sample.period != 2021)))
