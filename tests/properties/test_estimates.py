"""Laws that hold for every estimate, whatever the numbers: examples are drawn by a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.share_model import ShareModel
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import absorb, dense_codes
from stoeval.inference.bounds import masking_bounds, outcome_weights
from stoeval.inference.clustering import crv1, crv3
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.multiplicity import holm
from stoeval.inference.power import minimum_detectable_effect
from stoeval.panel.measures import measured
from stoeval.vocabulary import TechnicalDefinition
from toy_samples import offer, place, toy_estimand, toy_panel, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Design, Estimate, MonitorPanel, Sample

laws = settings(max_examples=40, deadline=None, derandomize=True, database=None)
few = settings(max_examples=5, deadline=None, derandomize=True, database=None)
"""Whole designs take tens of milliseconds; each law holds for each design."""
seeds = st.integers(0, 2**32 - 1)
CLOSE = 1e-9  # worst deviation seen 3e-12

LINEAR: dict[Design, str] = {
    AanloopDose(): "zeros",
    ChangeSinceBaseline(): "everyone",
    DoseEventStudy(): "units",
    EntitlementTripleDifference(): "gaps",
    PanelRegression(): "moving",
    SurveyPanel(): "units",
}
COUNTED: dict[Design, str] = {DoseEventStudy(outcome_model=OutcomeModel.POISSON): "counts", ShareModel(): "choices"}
every_linear = pytest.mark.parametrize("design", LINEAR, ids=lambda one: one.name)
every_counted = pytest.mark.parametrize("design", COUNTED, ids=lambda one: one.name)
every_design = pytest.mark.parametrize("design", LINEAR | COUNTED, ids=lambda one: one.name)


def drawn(design: Design, seed: int) -> Sample:
    """Return a small sample without placebo doses, which no estimate depends on."""
    shape = (LINEAR | COUNTED)[design]
    return replace(toy_sample(shape, effect=0.3, seed=seed, regions=8), placebo_doses=())


def estimated(design: Design, sample: Sample) -> Estimate:
    return design.find(toy_estimand((LINEAR | COUNTED)[design]), sample).estimate


def moved(sample: Sample, by: np.ndarray) -> Sample:
    outcome = sample.outcome + by
    return replace(sample, outcome=outcome, outcome_low=outcome, outcome_high=outcome)


def scaled(sample: Sample, factor: float) -> Sample:
    outcome = sample.outcome * factor
    return replace(sample, outcome=outcome, outcome_low=outcome, outcome_high=outcome)


def same(one: Estimate, other: Estimate) -> None:
    """Demand the same effect, uncertainty and counts."""
    assert other.effect == pytest.approx(one.effect, rel=CLOSE, abs=1e-12)
    assert other.std_error == pytest.approx(one.std_error, rel=CLOSE)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6, abs=1e-15)
    assert (other.n_obs, other.n_units, other.n_clusters, other.df) == (one.n_obs, one.n_units, one.n_clusters, one.df)


# --- designs -----------------------------------------------------------------------------------------------------


@every_design
@few
@given(seed=seeds)
def test_the_order_of_rows_does_not_matter(design: Design, seed: int) -> None:
    sample = drawn(design, seed)
    order = np.random.default_rng(seed).permutation(len(sample.outcome))
    same(estimated(design, sample), estimated(design, sample.rows(order)))


@every_design
@few
@given(seed=seeds)
def test_names_of_units_regions_groups_and_strata_do_not_matter(design: Design, seed: int) -> None:
    sample = drawn(design, seed)
    generator = np.random.default_rng(seed)
    other = {name: shuffled_codes(generator, getattr(sample, name)) for name in ("unit", "group", "stratum")}
    other["cluster"] = generator.permutation(int(sample.cluster.max()) + 1)[sample.cluster]
    same(estimated(design, sample), estimated(design, replace(sample, **other)))


def shuffled_codes(generator: np.random.Generator, codes: np.ndarray) -> np.ndarray:
    """Return other codes, with gaps between them."""
    return generator.choice(10_000, int(codes.max()) + 1, replace=False)[codes]


@every_linear
@few
@given(seed=seeds, factor=st.floats(0.01, 100), sign=st.sampled_from([1, -1]), shift=st.floats(-100, 100))
def test_an_effect_scales_with_its_outcome_and_a_shift_is_nothing(
    design: Design, seed: int, factor: float, sign: int, shift: float
) -> None:
    sample = drawn(design, seed)
    one, other = estimated(design, sample), estimated(design, moved(scaled(sample, sign * factor), np.array(shift)))
    tolerance = 1e-11 * (abs(shift) + factor)  # a shift of 100 costs two digits of the outcome; worst seen 3e-13
    assert other.effect == pytest.approx(sign * factor * one.effect, rel=CLOSE, abs=tolerance)
    assert other.std_error == pytest.approx(factor * one.std_error, rel=CLOSE, abs=tolerance)
    assert other.mde == pytest.approx(factor * one.mde, rel=CLOSE, abs=3 * tolerance)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-3, abs=1e-9)


@every_counted
@few
@given(seed=seeds, factor=st.floats(0.01, 100))
def test_an_effect_on_the_log_scale_does_not_know_the_unit_of_counting(
    design: Design, seed: int, factor: float
) -> None:
    sample = drawn(design, seed)
    same(estimated(design, sample), estimated(design, scaled(sample, factor)))


@every_counted
@few
@given(seed=seeds)
def test_an_offset_moves_an_estimate_unless_it_is_the_same_for_all(design: Design, seed: int) -> None:
    sample = drawn(design, seed)
    uneven = np.random.default_rng(seed).normal(size=len(sample.outcome))
    one = estimated(design, sample)
    same(one, estimated(design, replace(sample, offset=np.full(len(uneven), 1.5))))
    assert abs(estimated(design, replace(sample, offset=uneven)).effect - one.effect) > 1e-6


@every_linear
@few
@given(seed=seeds)
def test_what_is_constant_within_a_unit_does_not_matter(design: Design, seed: int) -> None:
    sample = drawn(design, seed)
    cell = dense_codes(sample.unit, sample.group)
    levels = np.random.default_rng(seed).normal(0, 3, int(cell.max()) + 1)
    same(estimated(design, sample), estimated(design, moved(sample, levels[cell])))


@pytest.mark.parametrize(
    "design", [one for one in LINEAR if not isinstance(one, ChangeSinceBaseline)], ids=lambda one: one.name
)
@few
@given(seed=seeds)
def test_what_the_whole_country_shares_in_a_year_does_not_matter(design: Design, seed: int) -> None:
    sample = drawn(design, seed)
    year = dense_codes(sample.group, sample.period)
    shocks = np.random.default_rng(seed).normal(0, 3, int(year.max()) + 1)
    same(estimated(design, sample), estimated(design, moved(sample, shocks[year])))


@few
@given(seed=seeds)
def test_what_all_groups_of_a_unit_share_in_a_year_does_not_move_a_triple_difference(seed: int) -> None:
    design = EntitlementTripleDifference()
    sample = drawn(design, seed)
    cell = dense_codes(sample.unit, sample.period)
    shocks = np.random.default_rng(seed).normal(0, 3, int(cell.max()) + 1)
    same(estimated(design, sample), estimated(design, moved(sample, shocks[cell])))


@few
@given(seed=seeds)
def test_what_all_groups_of_a_unit_share_in_a_year_does_not_move_a_share_model(seed: int) -> None:
    design = ShareModel()
    sample = drawn(design, seed)
    cell = dense_codes(sample.unit, sample.period)
    factors = np.random.default_rng(seed).uniform(0.3, 3, int(cell.max()) + 1)
    one, other = estimated(design, sample), estimated(design, replace(sample, offset=np.log(factors)[cell]))
    same(one, other)


@pytest.mark.parametrize(
    "design",
    [one for one in LINEAR | COUNTED if not isinstance(one, (ChangeSinceBaseline, PanelRegression))],
    ids=lambda one: one.name,
)
@few
@given(seed=seeds)
def test_a_placebo_dose_of_nothing_cannot_be_told_apart(design: Design, seed: int) -> None:
    sample = drawn(design, seed)
    nothing = replace(sample, placebo_doses=(("nothing", np.zeros(len(sample.dose))),))
    found = design.find(toy_estimand("units"), nothing)
    check = next(check for check in found.checks if check.name == "placebo dose nothing")
    assert check.passed is None
    assert "nothing x" in check.detail
    with pytest.raises(NotIdentified):
        estimated(design, replace(sample, dose=np.zeros(len(sample.dose))))


# --- least squares -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A weighted regression with unit and year effects on an unbalanced panel."""

    outcome: np.ndarray
    regressors: np.ndarray
    unit: np.ndarray
    year: np.ndarray
    weights: np.ndarray

    @property
    def cluster(self) -> np.ndarray:
        return self.unit // 3

    def solved(self, rows: np.ndarray | None = None, *, weights: np.ndarray | None = None) -> Fit:
        keep = np.arange(len(self.outcome)) if rows is None else rows
        return fit(
            self.outcome[keep],
            self.regressors[keep],
            names=("a", "b"),
            cluster=self.cluster[keep],
            nested=[self.unit[keep]],
            crossed=[self.year[keep]],
            weights=(self.weights if weights is None else weights)[keep],
        )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    generator = np.random.default_rng(draw(seeds))
    units, years = draw(st.integers(12, 30)), draw(st.integers(3, 7))
    unit, year = (code.ravel() for code in np.indices((units, years)))
    kept = generator.random(len(unit)) < draw(st.floats(0.7, 1.0))
    unit, year = unit[kept], year[kept]
    regressors = generator.normal(size=(len(unit), 2))
    outcome = (
        regressors @ generator.normal(size=2) + generator.normal(size=units)[unit] + generator.normal(size=len(unit))
    )
    return Problem(
        outcome=outcome, regressors=regressors, unit=unit, year=year, weights=generator.uniform(0.5, 5, len(unit))
    )


@laws
@given(problem=problems(), times=st.integers(2, 4))
def test_rows_that_come_twice_are_rows_of_double_weight(problem: Problem, times: int) -> None:
    rows = np.arange(len(problem.outcome))
    chosen = rows % 3 == 0
    repeated = np.concatenate([rows, *[rows[chosen]] * (times - 1)])
    one = problem.solved(repeated)
    other = problem.solved(weights=np.where(chosen, times, 1) * problem.weights)
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=CLOSE, atol=1e-12)
    np.testing.assert_allclose(crv3(one).matrix, crv3(other).matrix, rtol=1e-8, atol=1e-14)
    plain = [crv1(each).matrix / _factor(each) for each in (one, other)]
    np.testing.assert_allclose(*plain, rtol=1e-8, atol=1e-14)


def _factor(fitted: Fit) -> float:
    G, N = fitted.n_clusters, fitted.n_obs
    return G / (G - 1) * (N - 1) / (N - fitted.k - fitted.n_crossed_levels)


@laws
@given(problem=problems(), factor=st.floats(0.01, 100))
def test_only_the_ratio_of_weights_matters(problem: Problem, factor: float) -> None:
    one, other = problem.solved(), problem.solved(weights=factor * problem.weights)
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=CLOSE, atol=1e-12)
    np.testing.assert_allclose(crv3(one).matrix, crv3(other).matrix, rtol=1e-8, atol=1e-14)


@laws
@given(problem=problems())
def test_residuals_are_orthogonal_to_everything_in_the_model(problem: Problem) -> None:
    found = problem.solved()
    weighted = problem.weights * found.residual
    for sums in (
        weighted @ problem.regressors,
        np.bincount(problem.unit, weighted),
        np.bincount(problem.year, weighted),
    ):
        assert np.abs(sums).max() < 1e-9  # worst deviation seen 3e-14


@laws
@given(problem=problems())
def test_an_estimate_is_the_weighted_sum_of_its_outcomes(problem: Problem) -> None:
    found = problem.solved()
    for combination in np.eye(2):
        weights = outcome_weights(found, combination)
        assert weights @ problem.outcome == pytest.approx(combination @ found.coefficients, rel=CLOSE, abs=1e-11)


@laws
@given(problem=problems(), share=st.floats(0.05, 1.0))
def test_masking_bounds_hold_the_estimate_from_the_unmasked_counts(problem: Problem, share: float) -> None:
    generator = np.random.default_rng(len(problem.outcome))
    counts = generator.integers(0, 12, len(problem.outcome)).astype(float)
    masked = (counts >= 1) & (counts <= 4) & (generator.random(len(counts)) < share)
    low, high = np.where(masked, 1.0, counts), np.where(masked, 4.0, counts)
    shown, hidden = replace(problem, outcome=(low + high) / 2), replace(problem, outcome=counts)
    for combination in (np.array([1.0, 0.0]), np.array([0.5, -0.5])):
        true = combination @ hidden.solved().coefficients
        lowest, highest = masking_bounds(shown.solved(), combination, low, high)
        assert lowest - 1e-12 <= true <= highest + 1e-12
        assert lowest - 1e-12 <= combination @ shown.solved().coefficients <= highest + 1e-12


@laws
@given(problem=problems())
def test_absorbing_twice_is_absorbing_once(problem: Problem) -> None:
    for effects in ([problem.unit], [problem.unit, problem.year]):
        codes = [dense_codes(each) for each in effects]
        once = absorb(problem.regressors, codes, problem.weights)
        np.testing.assert_allclose(absorb(once, codes, problem.weights), once, atol=1e-12)  # worst deviation seen 5e-16
        for each in codes:
            sums = np.bincount(each, problem.weights * once[:, 0])
            assert np.abs(sums).max() < 1e-10  # worst deviation seen 9e-15


# --- what is measured under masking --------------------------------------------------------------------------------

MEASURED = (
    "technical_share_pupils",
    "technical_profile_size",
    "technical_share_entrants",
    "entrants_share_by_leerweg",
    "entrants_by_group",
    "overlap_profiles",
    "technical_share_region",
)


def province(counts: np.ndarray, hidden: np.ndarray) -> MonitorPanel:
    """Return six near vestigingen with these counts by vestiging, profile and leerweg, the hidden ones masked."""
    rows = []
    for (number, profile, leerweg), count in np.ndenumerate(counts):
        shown = (1, 4) if hidden[number, profile, leerweg] and 1 <= count <= 4 else int(count)
        kinds = ("BWI", "PIE", "DP")[profile], ("BB", "GL")[leerweg]
        rows.append(offer(f"{number:02d}AA00", *kinds, 2017, pupils=shown, entrants=shown))
    places = [place(f"{number:02d}AA00", 2017, f"R{number % 2}", 5 + number / 20) for number in range(len(counts))]
    return toy_panel(offers=rows, vestigingen=places)


@pytest.mark.parametrize("name", MEASURED)
@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(seed=seeds)
def test_a_measure_under_masking_holds_the_value_of_the_true_counts(name: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    counts = generator.choice([0, 1, 2, 3, 4, 5, 9, 28], (6, 3, 2))
    hidden = generator.random(counts.shape) < 0.7
    assume((hidden & (counts >= 1) & (counts <= 4)).any())
    keys = ["unit", "group", "school_year"]
    true = measured(province(counts, np.zeros_like(hidden)), name, TechnicalDefinition.HARD)
    seen = measured(province(counts, hidden), name, TechnicalDefinition.HARD)
    assert true is not None
    assert seen is not None
    both = true.merge(seen, on=keys, suffixes=("", "_seen"), validate="one_to_one")
    assert len(both) == len(true) == len(seen)
    assert (both["low_seen"] <= both["value"] + 1e-12).all()
    assert (both["value"] <= both["high_seen"] + 1e-12).all()


# --- p-values and power --------------------------------------------------------------------------------------------

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@laws
@given(p_values=probabilities)
def test_holm_never_lowers_a_p_value_and_never_changes_their_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(raw <= after <= 1 for raw, after in zip(p_values, adjusted, strict=True))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert all(one <= other for (_, one), (_, other) in pairwise(pairs))
    assert min(adjusted) <= min(1, len(p_values) * min(p_values)) + 1e-15


@laws
@given(p_values=probabilities, seed=seeds)
def test_holm_does_not_know_the_order_of_hypotheses(p_values: list[float], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(p_values))
    shuffled = holm([p_values[position] for position in order])
    assert shuffled == tuple(holm(p_values)[position] for position in order)


@laws
@given(std_error=st.floats(1e-6, 1e3), df=st.floats(2, 500), power=st.floats(0.5, 0.95), alpha=st.floats(0.001, 0.2))
def test_more_power_and_a_stricter_test_need_a_larger_effect(
    std_error: float, df: float, power: float, alpha: float
) -> None:
    usual = minimum_detectable_effect(std_error, df, alpha=alpha, power=power)
    assert usual > 0
    assert minimum_detectable_effect(std_error, df, alpha=alpha, power=power + 0.04) > usual
    assert minimum_detectable_effect(std_error, df, alpha=alpha / 2, power=power) > usual
    assert minimum_detectable_effect(std_error, df + 100, alpha=alpha, power=power) < usual
    assert minimum_detectable_effect(2 * std_error, df, alpha=alpha, power=power) == pytest.approx(2 * usual, rel=1e-14)
