"""What regions that were admitted later say about those admitted earlier, on rounds planted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.designs.approval_permutation import RoundsByRegion
from stoeval.designs.approval_rounds import Reference, paths
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.event_time import EventTime
from stoeval.errors import NotIdentified
from stoeval.inference.group_time import Aggregation, Comparison, aggregate, group_time_effects, influence_covariance
from stoeval.inference.group_time import Reference as Against
from stoeval.inference.randomization import randomization_test
from stoeval.vocabulary import IdentificationClass, SchoolYear, Window
from toy_samples import ADMITTED, BASELINE, OUTCOME, toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Finding, Sample

FIRST = tuple(SchoolYear(start=year) for year in ADMITTED)
DESIGN = DelayedApproval(first_years=FIRST)
ESTIMAND = toy_estimand("rounds")


def window(baseline: int, *outcome: int) -> Window:
    years = [SchoolYear(start=year) for year in outcome]
    return Window(baseline=(SchoolYear(start=baseline),), outcome=tuple(years))


def found(sample: Sample, design: DelayedApproval = DESIGN, **changed: Window) -> Finding:
    return design.find(replace(ESTIMAND, **changed), sample)


def even(sample: Sample) -> Sample:
    return replace(sample, weight=np.ones(len(sample.weight)))


def test_four_regions_by_hand() -> None:
    """Of four regions two are admitted in 2020 and change by 3 and 5; two wait and change by 1 and 2: 4 - 1.5."""
    sample = toy_sample("rounds", regions=4)
    sample = sample.rows(np.flatnonzero(np.isin(sample.period, [2017, 2020])))
    one = sample.rows(np.unique(sample.cluster * 10_000 + sample.period, return_index=True)[1])
    change = np.array([3.0, 1, 5, 2])
    y = np.where(one.period == 2020, change[one.cluster], 0.0) + one.cluster
    one = replace(even(one), outcome=y, outcome_low=y, outcome_high=y, dose=np.where(one.cluster % 2 == 0, 1.0, 3.0))
    result = found(one, window=window(2017, 2020)).estimate
    assert result.effect == pytest.approx(2.5, abs=1e-12)  # worst deviation seen 0
    assert result.n_clusters == 4


@pytest.mark.parametrize("reference", list(Reference))
def test_cells_are_those_of_callaway_and_santanna(reference: Reference) -> None:
    """Without weights on a balanced panel; the mean over calendar years is their aggregate by period."""
    sample = even(toy_sample("rounds", effect=0.3))
    cohort = np.array(ADMITTED)[sample.dose.astype(int) - 1]
    own = sample.rows(np.flatnonzero((sample.period >= BASELINE) & (sample.period <= max(OUTCOME))))
    kept = cohort[(sample.period >= BASELINE) & (sample.period <= max(OUTCOME))]
    if reference is Reference.BASELINE:
        years = np.isin(own.period, [BASELINE, *OUTCOME])
        own, kept = own.rows(np.flatnonzero(years)), kept[years]
        kept = np.where(kept == 2021, 2020, kept)
        own = replace(own, dose=np.where(kept == 2020, 1.0, 3.0))
    theirs = group_time_effects(
        own.outcome,
        unit=own.unit,
        period=own.period,
        cohort=kept,
        comparison=Comparison.NOT_YET_TREATED,
        reference=Against.LAST_UNTREATED,
    )
    whole = aggregate(theirs, Aggregation.PERIOD)
    result = found(own, replace(DESIGN, reference=reference)).estimate
    assert result.effect == pytest.approx(whole.overall, abs=1e-12)  # worst deviation seen 2e-16
    codes = own.cluster[np.unique(own.unit, return_index=True)[1]]
    error = np.sqrt(influence_covariance(whole.overall_influence[:, None], codes).matrix[0, 0])
    assert error < result.std_error < 1.25 * error  # 24 regions: worst ratio seen 1.12


def test_the_two_references_differ_where_something_happened_in_between() -> None:
    sample = toy_sample("rounds", effect=0.3)
    moved = sample.outcome + 0.2 * ((sample.dose == 1) & np.isin(sample.period, [2018, 2019]))
    ahead = replace(sample, outcome=moved, outcome_low=moved, outcome_high=moved)
    late = found(ahead, replace(DESIGN, reference=Reference.LAST_UNTREATED)).estimate.effect
    assert found(ahead).estimate.effect == pytest.approx(0.3, abs=0.03)  # worst deviation seen 0.008
    assert late < found(ahead).estimate.effect - 0.1


def test_nobody_to_compare_with_is_not_identified() -> None:
    sample = toy_sample("rounds")
    with pytest.raises(NotIdentified, match="no region waited for approval any more in 2021/22"):
        found(sample, DelayedApproval())
    with pytest.raises(NotIdentified, match="no round has units"):
        found(replace(sample, dose=np.ones(len(sample.dose))))


def test_a_window_before_the_last_round_is_identified_by_the_rounds_as_they_were() -> None:
    sample = toy_sample("rounds", effect=0.4)
    assert found(sample, DelayedApproval(), window=window(2017, 2020)).estimate.n_clusters == 24


def test_a_round_that_does_not_exist_is_refused() -> None:
    sample = toy_sample("rounds")
    with pytest.raises(NotIdentified, match="512 rows have a round that is not one of 1 to 1"):
        found(sample.rows(np.flatnonzero(sample.period != 2022)), replace(DESIGN, first_years=FIRST[:1]))


def test_the_dose_may_be_the_first_year_itself() -> None:
    sample = toy_sample("rounds", effect=0.3)
    years = np.array([2020.0, 2021, 0])[sample.dose.astype(int) - 1]
    itself = found(replace(sample, dose=years), DelayedApproval(first_years=())).estimate
    assert itself.effect == pytest.approx(found(sample).estimate.effect, abs=1e-12)  # worst deviation seen 0


def test_no_unit_is_compared_with_one_admitted_before() -> None:
    """What happens to the first round in 2021 leaves the cell of the second round as it was."""
    sample = even(toy_sample("rounds"))
    later = sample.outcome + 9.0 * ((sample.dose == 1) & (sample.period == 2021))
    moved = replace(sample, outcome=later, outcome_low=later, outcome_high=later)
    change = found(moved).estimate.effect - found(sample).estimate.effect
    assert change == pytest.approx(9 * 0.5 / 2, abs=1e-9)  # half of the admitted in one of two years; seen 4e-16


def test_masked_counts_are_bounded_once_though_they_stand_in_several_comparisons() -> None:
    """The bounds are attained: the estimate at the extreme fills is the bound itself."""
    sample = toy_sample("rounds", effect=0.2)
    low = sample.outcome - 0.1 * (sample.unit % 5 == 0)
    result = found(replace(sample, outcome_low=low)).estimate
    fills = []
    for year_sign in (1, -1):
        early = (sample.period <= BASELINE) == (year_sign > 0)
        treated = np.where(sample.dose == 1, early, ~early)
        y = np.where(treated & (sample.dose != 2), low, sample.outcome)
        fills.append(found(replace(sample, outcome=y, outcome_low=y, outcome_high=y)).estimate.effect)
    assert result.n_masked == int((low != sample.outcome)[np.isin(sample.period, range(2014, 2023))].sum())
    assert result.bound_low is not None
    assert result.bound_high is not None
    assert result.bound_low <= min(fills) < result.effect < max(fills) <= result.bound_high


def test_the_permuted_statistic_is_the_effect_of_the_fit() -> None:
    sample = toy_sample("rounds", effect=0.3)
    first = np.array(ADMITTED)[sample.dose.astype(int) - 1]
    rows = paths(sample, first, window=ESTIMAND.window, reference=Reference.BASELINE)
    path = EventTime(reference=BASELINE, years=OUTCOME)
    rounds = RoundsByRegion.of(sample, rows, path, np.array([0.5, 0.5]))
    effect, error = (float(values[0]) for values in rounds.effects(rounds.first[None]))
    result = found(sample).estimate
    assert effect == pytest.approx(result.effect, abs=1e-12)  # worst deviation seen 6e-17
    assert error < result.std_error < 1.25 * error  # worst ratio seen 1.12


def test_the_permutation_test_deals_the_rounds_within_strata() -> None:
    """The p-value of the finding is that of the same draws on the same strata, computed here again."""
    sample = toy_sample("rounds", effect=0.02)
    result = DESIGN.find(ESTIMAND, sample, generator=np.random.default_rng(3)).robustness
    assert result.permutation_p is not None
    assert result.permutation_method.startswith("rounds of regions, within terciles")
    strong = DESIGN.find(ESTIMAND, toy_sample("rounds", effect=0.4), generator=np.random.default_rng(3)).robustness
    assert strong.permutation_p == pytest.approx(1e-4, rel=1e-9)
    assert strong.breakdown is not None


def test_where_nothing_happened_the_permutation_test_holds_its_size() -> None:
    """60 samples without an effect: at 10 % more than 14 rejections have a chance below 1 in 1,000."""
    generator, rejected = np.random.default_rng(5), 0
    for seed in range(60):
        sample = toy_sample("rounds", seed=seed, regions=12)
        first = np.array(ADMITTED)[sample.dose.astype(int) - 1]
        rows = paths(sample, first, window=ESTIMAND.window, reference=Reference.BASELINE)
        rounds = RoundsByRegion.of(sample, rows, EventTime(reference=BASELINE, years=OUTCOME), np.array([0.5, 0.5]))
        test = randomization_test(
            rounds.first.astype(float),
            lambda dealt, rounds=rounds: float(np.divide(*rounds.effects(dealt[None].astype(int)))[0]),
            generator=generator,
            draws=99,
        )
        rejected += test.p_value <= 0.1
    assert 0 < rejected <= 14  # seen 6


def test_a_trend_that_follows_the_rounds_lowers_the_class() -> None:
    sample = toy_sample("rounds")
    drift = 0.02 * (sample.dose - 2) * (sample.period - BASELINE)
    moved = replace(sample, outcome=sample.outcome + drift)
    result = found(replace(moved, outcome_low=moved.outcome, outcome_high=moved.outcome))
    assert next(check for check in result.checks if check.name == "pre-trend").passed is False
    assert result.identification_class is IdentificationClass.D


def test_it_never_claims_more_than_an_indication() -> None:
    assert found(toy_sample("rounds", effect=0.4)).identification_class.at_most(IdentificationClass.C) in {
        IdentificationClass.C,
        IdentificationClass.D,
    }
