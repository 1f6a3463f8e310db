"""What the designs on probabilities say beside their estimate: eras, paths, bounds, and what does not exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.eras import pooled, yearly
from stoeval.designs.fractional_outcome import FractionalOutcome
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.designs.probability_models import ordered_of_cells, share_of_cells
from stoeval.errors import NotIdentified
from stoeval.inference.binomial_regression import Link
from stoeval.vocabulary import IdentificationClass, Sample, SchoolYear, Window
from toy_samples import BASELINE, OUTCOME, WINDOW, toy_estimand, toy_sample

SHARES = toy_sample("shares", effect=0.3)
ESTIMAND = toy_estimand("shares")


def check(found: object, name: str) -> object:
    return next(one for one in found.checks if one.name == name)


def test_years_are_pooled_around_baseline_and_outcome() -> None:
    period = np.array([2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022])
    window = Window(
        baseline=(SchoolYear(start=2016), SchoolYear(start=2017)),
        outcome=(SchoolYear(start=2020), SchoolYear(start=2021)),
    )
    found = pooled(period, window)
    assert found.names == ("before the baseline", "between baseline and outcome", "outcome years", "after the outcome")
    assert found.member.T.tolist() == [
        [1, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 1],
    ]
    assert (found.combination.tolist(), found.before, found.years) == ([0, 0, 1, 0], (0,), None)
    assert pooled(period[1:7], window).names == ("between baseline and outcome", "outcome years")


def test_columns_of_an_era_are_zero_outside_it() -> None:
    eras = yearly(np.array([2016, 2017, 2020, 2021]), WINDOW)
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    assert eras.times(values).tolist() == [[1, 2, 0, 0, 0, 0], [0] * 6, [0, 0, 5, 6, 0, 0], [0, 0, 0, 0, 7, 8]]
    assert eras.times(np.empty((4, 0))).shape == (4, 0)


def test_a_linear_hazard_on_a_balanced_panel_is_the_dose_event_study() -> None:
    """Without effects of units, but these do not depend on the year: the same differences over time."""
    even = replace(SHARES, weight=np.ones(len(SHARES.outcome)), stratum=np.zeros(len(SHARES.outcome), dtype=np.int64))
    line = DoseEventStudy().find(ESTIMAND, even).estimate
    hazard = ClosureHazard(link=Link.LINEAR, every_year=True).find(ESTIMAND, even).estimate
    assert hazard.effect == pytest.approx(line.effect, rel=1e-9)  # worst deviation seen 2e-16
    assert hazard.std_error == pytest.approx(line.std_error, rel=1e-9)  # worst deviation seen 8e-14


def test_pooled_years_have_no_path_and_say_what_that_costs() -> None:
    found = ClosureHazard().find(ESTIMAND, SHARES, generator=np.random.default_rng(1))
    assert found.path == ()
    absent = dict(found.robustness.absent)
    assert "pooled" in absent["breakdown"]
    assert "pooled" in absent["pre-test power"]
    assert "cross-products" in absent["wild bootstrap"]
    assert found.robustness.permutation_p is not None
    assert found.robustness.permutation_method.endswith("of the straight line")
    assert found.robustness.leave_out_low < found.estimate.effect < found.robustness.leave_out_high


@pytest.mark.parametrize("design", [ClosureHazard(every_year=True), FractionalOutcome()], ids=repr)
def test_a_path_has_every_year_a_band_and_a_breakdown_value(design: object) -> None:
    found = design.find(ESTIMAND, SHARES, generator=np.random.default_rng(1))
    assert [point.period.start for point in found.path] == sorted(set(SHARES.period.tolist()))
    (reference,) = (point for point in found.path if point.reference)
    assert (reference.period.start, reference.effect) == (BASELINE, 0.0)
    after = [point.effect for point in found.path if point.period.start in OUTCOME]
    assert np.mean(after) == pytest.approx(found.estimate.effect, rel=1e-9)
    for point in found.path:
        assert point.reference or point.band_low < point.ci_low < point.effect < point.ci_high < point.band_high
    assert found.robustness.breakdown > 0
    assert 0 <= found.robustness.pre_test_power <= 1
    assert check(found, "breakdown").statistic == found.robustness.breakdown


def test_nothing_is_drawn_without_a_generator() -> None:
    found = FractionalOutcome().find(ESTIMAND, SHARES)
    absent = dict(found.robustness.absent)
    assert absent["permutation"] == absent["breakdown"] == "no draws were asked for"
    assert all(point.band_low is None for point in found.path)


def masked(sample: Sample, rows: int, width: float) -> Sample:
    some = np.arange(len(sample.outcome)) < rows
    return replace(sample, outcome_low=sample.outcome - width * some, outcome_high=sample.outcome + width * some)


def test_the_search_finds_the_sharp_bounds_of_a_linear_model() -> None:
    """Of a linear estimate the closed form of the dose event study is exact."""
    even = replace(SHARES, weight=np.ones(len(SHARES.outcome)), stratum=np.zeros(len(SHARES.outcome), dtype=np.int64))
    wide = masked(even, 300, 0.05)
    line = DoseEventStudy().find(ESTIMAND, wide)
    found = ClosureHazard(link=Link.LINEAR, every_year=True).find(ESTIMAND, wide)
    assert found.estimate.bound_low == pytest.approx(line.estimate.bound_low, rel=1e-9)  # worst seen 2e-15
    assert found.estimate.bound_high == pytest.approx(line.estimate.bound_high, rel=1e-9)  # worst seen 2e-16
    assert found.robustness.masked_low == pytest.approx(line.robustness.masked_low, rel=1e-6)
    assert check(found, "masked counts").cap is IdentificationClass.B


def test_no_fill_of_a_few_masked_shares_goes_further_than_the_search() -> None:
    wide = masked(SHARES, 6, 0.2)
    found = FractionalOutcome().find(ESTIMAND, wide).estimate
    for fill in np.random.default_rng(4).integers(0, 2, (6, 6)):
        outcome = SHARES.outcome.copy()
        outcome[:6] = np.clip(np.where(fill == 1, wide.outcome_high[:6], wide.outcome_low[:6]), 0, 1)
        one = replace(SHARES, outcome=outcome, outcome_low=outcome, outcome_high=outcome)
        effect = FractionalOutcome().find(ESTIMAND, one).estimate.effect
        assert found.bound_low - 1e-12 <= effect <= found.bound_high + 1e-12


def test_an_outcome_outside_zero_to_one_is_refused() -> None:
    for design in (ClosureHazard(), FractionalOutcome()):
        with pytest.raises(NotIdentified, match="outside 0 to 1"):
            design.find(toy_estimand("units"), toy_sample("units"))


def test_an_outcome_year_in_which_nothing_closes_is_not_identified() -> None:
    quiet = np.where(np.isin(SHARES.period, OUTCOME), 0.0, SHARES.outcome)
    sample = replace(SHARES, outcome=quiet, outcome_low=quiet, outcome_high=quiet)
    with pytest.raises(NotIdentified):
        ClosureHazard().find(ESTIMAND, sample)


# --- categories ----------------------------------------------------------------------------------------------------

ANSWERS = toy_sample("answers", effect=0.3)


def test_categories_without_an_answer_are_joined() -> None:
    sample = SHARES.rows(np.arange(6))
    outcome = np.array([0.1, 0.5, 0.5, 0.9, 0.9, 0.9])
    sample = replace(sample, outcome=outcome, outcome_low=outcome - 0.45, outcome_high=outcome, weight=np.ones(6))
    found = ordered_of_cells(sample, np.zeros(6, dtype=np.int64), (0.05, 0.3, 0.4, 0.8))
    assert found.counts.tolist() == [[1, 2, 3]]
    assert found.low.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.high.tolist() == [0, 1, 1, 2, 2, 2]


def test_the_highest_category_has_to_hold_answers() -> None:
    with pytest.raises(NotIdentified, match="highest category is empty"):
        OrderedOutcome(cuts=(0.5, 1.5)).find(ESTIMAND, ANSWERS)
    for cuts in ((0.6, 0.4), (0.5, 0.5)):
        with pytest.raises(NotIdentified, match="rising order"):
            OrderedOutcome(cuts=cuts).find(ESTIMAND, ANSWERS)
    with pytest.raises(NotIdentified, match="give 1 to 9"):
        OrderedOutcome(cuts=()).find(ESTIMAND, ANSWERS)


def test_two_categories_are_a_fractional_logit_of_reaching_the_cut() -> None:
    found = OrderedOutcome(cuts=(0.6,)).find(ESTIMAND, ANSWERS).estimate
    reached = (ANSWERS.outcome >= 0.6) * 1.0
    sample = replace(ANSWERS, outcome=reached, outcome_low=reached, outcome_high=reached)
    plain = FractionalOutcome().find(ESTIMAND, sample).estimate
    assert found.effect == pytest.approx(plain.effect, rel=1e-7)  # worst deviation seen 2e-15
    assert found.std_error == pytest.approx(plain.std_error, rel=1e-6)  # worst deviation seen 2e-15
    assert found.baseline_mean == plain.baseline_mean


def test_without_cuts_the_values_are_the_categories() -> None:
    rounded = np.round(ANSWERS.outcome * 4) / 4
    sample = replace(ANSWERS, outcome=rounded, outcome_low=rounded, outcome_high=rounded)
    values = tuple(np.unique(rounded)[1:].tolist())
    assert OrderedOutcome(cuts=()).find(ESTIMAND, sample) == OrderedOutcome(cuts=values).find(ESTIMAND, sample)


def test_the_sweep_fails_where_thresholds_disagree() -> None:
    """The dose draws answers to the middle: fewer low ones and fewer high ones."""
    after = np.isin(ANSWERS.period, OUTCOME) & (ANSWERS.dose > 0.25)
    drawn = np.where(after, 0.5 + 0.2 * (ANSWERS.outcome - 0.5), ANSWERS.outcome)
    sample = replace(ANSWERS, outcome=drawn, outcome_low=drawn, outcome_high=drawn)
    found = OrderedOutcome().find(ESTIMAND, sample)
    sweep = check(found, "threshold sweep")
    assert (sweep.passed, sweep.cap) == (False, IdentificationClass.C)
    assert check(OrderedOutcome().find(ESTIMAND, ANSWERS), "threshold sweep").passed is True


def test_masked_outcomes_of_a_cell_are_held_within_zero_and_one() -> None:
    sample = masked(SHARES, 50, 5.0)
    found = share_of_cells(sample, np.arange(len(sample.outcome)), Link.LOGIT)
    assert (found.low[:50].tolist(), found.high[:50].tolist()) == ([0.0] * 50, [1.0] * 50)
