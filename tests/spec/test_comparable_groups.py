"""What high against low doses say once the groups looked alike, and what the checks see of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.designs.comparable_groups import ComparableGroups
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.dose_groups import Split, dose_groups
from stoeval.designs.group_comparison import Likeness, Past, balance, effects, units_of, years_before
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.vocabulary import IdentificationClass
from toy_samples import BASELINE, OUTCOME, WINDOW, toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.designs.group_comparison import Units
    from stoeval.vocabulary import Check, Finding, Sample

ESTIMAND = toy_estimand("zeros")


def found_by(design: ComparableGroups, sample: Sample, seed: int | None = None) -> Finding:
    return design.find(ESTIMAND, sample, generator=None if seed is None else np.random.default_rng(seed))


def check(found: Finding, name: str) -> Check:
    return next(one for one in found.checks if one.name == name)


def units(sample: Sample, split: Split = Split.MEDIAN, past: Past = Past.YEARS) -> Units:
    years = (*WINDOW.baseline, *WINDOW.outcome)
    return units_of(sample, years, years_before(sample, WINDOW), split=split, past=past, conditioning=True)


def drifting(seed: int = 1, effect: float = 0.0) -> Sample:
    """Return a sample whose outcomes drift back by a third of their level, with doses of level and luck."""
    sample = toy_sample("zeros", seed=seed, effect=effect)
    level = np.array([sample.outcome[(sample.unit == one) & (sample.period == 2016)][0] for one in range(96)])
    luck = np.random.default_rng(seed + 50).uniform(0, 2, 96)
    dose = (2.0 + 0.5 * level + luck)[sample.unit]
    moved = sample.outcome - level[sample.unit] / 3 * (sample.period >= min(OUTCOME))
    moved = moved + effect * (dose - sample.dose) * (sample.period >= min(OUTCOME))
    return replace(sample, outcome=moved, outcome_low=moved, outcome_high=moved, dose=dose)


def test_a_drift_that_follows_the_level_misleads_a_line_and_not_alike_groups() -> None:
    line = [DoseEventStudy().find(ESTIMAND, drifting(seed, 0.2)).estimate for seed in range(4)]
    alike = [found_by(ComparableGroups(), drifting(seed, 0.2)).estimate for seed in range(4)]
    assert all(abs(one.effect - 0.2) > 0.05 for one in line)  # seen 0.07 to 0.14 too low
    assert all(abs(one.effect - 0.2) < 0.02 for one in alike)  # worst deviation seen 0.009
    assert all(one.ci_low < 0.2 < one.ci_high for one in alike)


def test_the_effect_is_the_difference_of_means_over_that_of_doses() -> None:
    sample = toy_sample("zeros", effect=0.4)
    found = units(sample)
    weights = balance(found, Likeness(neighbours=0, calliper=None))
    high, low = found.high, ~found.high
    late = found.outcome[:, [found.years.index(year) for year in OUTCOME]].mean(axis=1)
    change = late - found.outcome[:, found.years.index(BASELINE)]
    means = [weights.weights[group] @ change[group] for group in (high, low)]
    doses = [weights.weights[group] @ found.dose[group] for group in (high, low)]
    by_hand = (means[0] - means[1]) / (doses[0] - doses[1])
    estimate = found_by(ComparableGroups(), sample).estimate
    assert estimate.effect == pytest.approx(by_hand, rel=1e-9)  # worst deviation seen 1e-15
    own = effects(found, weights, OUTCOME, BASELINE)
    assert own.mean() == pytest.approx(by_hand, rel=1e-9)


def test_the_weights_leave_no_difference_in_any_characteristic() -> None:
    found = found_by(ComparableGroups(), toy_sample("units"))
    assert check(found, "balance of groups").statistic < 1e-8  # seen 4e-15
    assert "it was 0.892 before, in condition 1" in check(found, "balance of groups").detail
    matched = found_by(ComparableGroups(neighbours=1), toy_sample("units"))
    left = check(matched, "balance of groups")
    assert (left.passed, left.cap) == (False, IdentificationClass.D)


def test_leaving_weights_as_they_are_gives_another_error() -> None:
    """The jackknife estimates them again; by hand without one region."""
    sample = toy_sample("zeros")
    whole = found_by(ComparableGroups(), sample)
    without = sample.rows(np.flatnonzero(sample.cluster != 5))
    own = units(sample).without(5)
    refit = effects(own, balance(own, Likeness(neighbours=0, calliper=None)), OUTCOME, BASELINE).mean()
    low, high = whole.robustness.leave_out_low, whole.robustness.leave_out_high
    assert low is not None
    assert high is not None
    assert low <= refit <= high
    split_again = found_by(ComparableGroups(split=Split.ZERO), without).estimate.effect
    own = units(sample, Split.ZERO).without(5)
    kept = effects(own, balance(own, Likeness(neighbours=0, calliper=None)), OUTCOME, BASELINE).mean()
    assert split_again == pytest.approx(kept, rel=1e-9)
    assert whole.estimate.convention == "CRV3 (G-1)/G, weights estimated again without each region, t(23)"


@pytest.mark.parametrize("design", [ComparableGroups(), ComparableGroups(neighbours=3)], ids=repr)
def test_a_true_null_is_rejected_no_more_than_the_level_says(design: ComparableGroups) -> None:
    """Shocks of regions and years; in 300 samples 1.7 % and none rejected; four of 20 have a chance below 2 %."""
    rejected = 0
    for seed in range(20):
        sample = toy_sample("zeros", seed=seed)
        shocks = np.random.default_rng(seed).normal(0, 0.02, (24, 9))
        moved = sample.outcome + shocks[sample.cluster, sample.period - 2014]
        try:
            rejected += found_by(design, replace(sample, outcome=moved)).estimate.p_value < 0.05
        except NotIdentified:
            continue
    assert rejected < 4


def test_doses_dealt_to_others_do_not_show_the_effect() -> None:
    planted = found_by(ComparableGroups(), toy_sample("zeros", effect=0.2), seed=1).robustness
    assert planted.permutation_p == pytest.approx(1 / 200)
    assert planted.permutation_method.endswith("weights estimated again")
    none = found_by(ComparableGroups(), toy_sample("zeros"), seed=1).robustness
    assert none.permutation_p is not None
    assert none.permutation_p > 0.05  # seen 0.51


def test_a_trend_before_the_start_shows_when_the_start_is_moved_back() -> None:
    sample = toy_sample("zeros")
    early = sample.outcome + 0.2 * sample.dose * (sample.period >= BASELINE)
    moved = check(found_by(ComparableGroups(neighbours=3), replace(sample, outcome=early)), "backdated start")
    assert (moved.passed, moved.cap) == (False, IdentificationClass.D)
    short = sample.rows(np.flatnonzero(sample.period >= BASELINE))
    alone = check(found_by(ComparableGroups(), short), "backdated start")
    assert (alone.passed, alone.cap) == (None, IdentificationClass.C)


def test_mean_and_trend_ask_for_fewer_characteristics_than_years() -> None:
    sample = toy_sample("zeros", effect=0.4)
    assert units(sample).names == ("2014", "2015", "2016", "2017", "size", "condition 1")
    fewer = units(sample, past=Past.MEAN_AND_TREND)
    assert fewer.names == ("mean before", "trend before", "size", "condition 1")
    years = sample.outcome[(sample.unit == 0) & (sample.period <= BASELINE)]
    assert fewer.characteristics[0, :2] == pytest.approx(
        [years.mean(), np.polyfit(np.arange(4), years, 1)[0]], rel=1e-9
    )
    assert found_by(ComparableGroups(past=Past.MEAN_AND_TREND), sample).estimate.effect == pytest.approx(0.4, abs=0.03)


def test_the_calliper_leaves_out_high_doses_without_a_like() -> None:
    sample = toy_sample("zeros", effect=0.4)
    odd = sample.outcome + 300 * (sample.unit == int(sample.unit[sample.dose.argmax()]))
    far = replace(sample, outcome=odd, outcome_low=odd, outcome_high=odd)
    with pytest.raises(NotIdentified, match="no positive weights on 48 units"):
        found_by(ComparableGroups(), far)
    kept = found_by(ComparableGroups(calliper=3.0), far).estimate
    assert kept.effect == pytest.approx(0.4, abs=0.03)  # deviation seen 0.004
    with pytest.raises(NotIdentified, match=r"none of 48 high doses lies within 0\.01"):
        found_by(ComparableGroups(calliper=0.01), far)


@pytest.mark.parametrize(
    ("split", "high", "low"),
    [(Split.MEDIAN, {3, 4}, {0, 1, 2}), (Split.THIRDS, {3, 4}, {0, 1}), (Split.ZERO, {1, 2, 3, 4}, {0})],
)
def test_doses_are_split_where_it_says(split: Split, high: set[int], low: set[int]) -> None:
    above, below = dose_groups(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), split)
    assert (set(np.flatnonzero(above)), set(np.flatnonzero(below))) == (high, low)


@pytest.mark.parametrize("split", [Split.MEDIAN, Split.THIRDS])
@pytest.mark.parametrize("treated", [1, 19])
def test_a_dose_of_zero_and_one_splits_into_these(split: Split, treated: int) -> None:
    dose = (np.arange(20) < treated) * 1.0
    high, low = dose_groups(dose, split)
    np.testing.assert_array_equal(high, dose == 1)
    np.testing.assert_array_equal(low, dose == 0)


def test_what_cannot_be_compared_is_refused() -> None:
    sample = toy_sample("zeros")
    with pytest.raises(NotIdentified, match="96 high and 0 low doses by zero"):
        found_by(ComparableGroups(split=Split.ZERO), replace(sample, dose=sample.dose + 0.1))
    with pytest.raises(NotIdentified, match="the dose moves within 96 units"):
        found_by(ComparableGroups(), replace(sample, dose=sample.dose + sample.period))
    with pytest.raises(NotIdentified, match="without cluster 4 of 24"):
        found_by(ComparableGroups(), replace(sample, dose=(sample.cluster == 4) * 1.0))
    condition = (sample.dose > np.median(sample.dose)) * 1.0
    with pytest.raises(NotIdentified, match="all 48 low doses are the same in condition 1, and high ones are not"):
        found_by(ComparableGroups(), replace(sample, conditioning=condition[:, None]))
    with pytest.raises(CatalogueError, match="-1 neighbours"):
        ComparableGroups(neighbours=-1)
    with pytest.raises(CatalogueError, match=r"calliper of 0\.0"):
        ComparableGroups(calliper=0.0)


def test_units_that_miss_a_year_are_left_out_and_counted() -> None:
    sample = toy_sample("zeros")
    holes = sample.rows(np.flatnonzero(~((sample.unit == 7) & (sample.period == 2015))))
    found = found_by(ComparableGroups(), holes)
    assert found.estimate.n_units == 95
    assert "1 between or left out" in check(found, "dose gap").detail
