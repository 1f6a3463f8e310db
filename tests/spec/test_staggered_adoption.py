"""Staggered adoption is what the R package did prints, put to any panel; weights are numbers of copies of a unit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.staggered_adoption import StaggeredAdoption
from stoeval.errors import NotIdentified
from stoeval.inference.group_time import Aggregation, Comparison
from stoeval.vocabulary import SchoolYear, Window
from toy_samples import ADMITTED, toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Sample

ROUNDS = tuple(SchoolYear(start=year) for year in ADMITTED)
ESTIMAND = toy_estimand("rounds")


def even(sample: Sample) -> Sample:
    return replace(sample, weight=np.ones(len(sample.weight)))


def test_over_the_window_it_is_the_delayed_approval_where_all_waited_until_the_baseline() -> None:
    """One round in 2020 against those never admitted: both are the same two by two comparisons from one reference."""
    sample = even(toy_sample("rounds", effect=0.3))
    sample = sample.rows(np.flatnonzero(sample.dose != 2))
    estimand = replace(ESTIMAND, window=Window(baseline=(SchoolYear(start=2019),), outcome=ESTIMAND.window.outcome))
    here = StaggeredAdoption(first_years=ROUNDS).find(estimand, sample).estimate
    there = DelayedApproval(first_years=ROUNDS).find(estimand, sample).estimate
    assert here.effect == pytest.approx(there.effect, rel=1e-9)  # worst deviation seen 4e-15
    assert 0.8 < here.std_error / there.std_error < 1  # squared influences have no jackknife's factor


def test_a_weight_of_two_is_a_unit_twice() -> None:
    sample = even(toy_sample("rounds", effect=0.3))
    heavy = sample.unit % 5 == 0
    weighted = replace(sample, weight=np.where(heavy, 2.0, 1.0))
    rows = np.concatenate([np.arange(len(heavy)), np.flatnonzero(heavy)])
    twice = sample.rows(rows)
    copies = np.where(np.arange(len(rows)) >= len(heavy), twice.unit + 1000, twice.unit)
    twice = replace(twice, unit=copies)
    for conditions in (False, True):
        design = StaggeredAdoption(first_years=ROUNDS, conditions=conditions)
        one, other = (design.find(ESTIMAND, which).estimate for which in (weighted, twice))
        assert one.effect == pytest.approx(other.effect, rel=1e-9)  # worst deviation seen 2e-15
        assert one.std_error == pytest.approx(other.std_error, rel=1e-9)  # worst deviation seen 1e-14


@pytest.mark.parametrize("aggregation", Aggregation)
def test_each_aggregation_has_its_own_path(aggregation: Aggregation) -> None:
    found = StaggeredAdoption(first_years=ROUNDS, aggregation=aggregation).find(
        ESTIMAND, toy_sample("rounds", effect=0.3)
    )
    at = [point.period.start for point in found.path]
    expected = {
        Aggregation.PERIOD: [2020, 2021],
        Aggregation.COHORT: [2020, 2021],
        Aggregation.SIMPLE: [-7, -6, -5, -4, -3, -2, 0, 1],
        Aggregation.EVENT_TIME: [-7, -6, -5, -4, -3, -2, 0, 1],
    }
    assert at == expected[aggregation]
    assert found.estimate.effect == pytest.approx(0.3, abs=0.02)  # worst deviation seen 0.011


def test_a_window_without_anybody_who_waits_is_refused() -> None:
    sample = toy_sample("rounds")
    sample = sample.rows(np.flatnonzero(sample.dose < 3))
    with pytest.raises(NotIdentified, match="in 2021/22 there is nobody to compare with"):
        StaggeredAdoption(first_years=ROUNDS).find(ESTIMAND, sample)


def test_a_round_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotIdentified, match="a round that is not one of 1 to 2"):
        StaggeredAdoption(first_years=ROUNDS[:2]).find(ESTIMAND, toy_sample("rounds"))


def test_masked_counts_keep_the_claim_at_an_indication() -> None:
    sample = toy_sample("rounds")
    masked = replace(sample, outcome_high=sample.outcome + (sample.unit == 3))
    found = StaggeredAdoption(first_years=ROUNDS).find(ESTIMAND, masked)
    assert "masked counts" in {check.name for check in found.checks}


def test_only_those_never_treated_can_be_compared_with() -> None:
    sample = toy_sample("rounds", effect=0.3)
    one, other = (
        StaggeredAdoption(first_years=ROUNDS, comparison=comparison).find(ESTIMAND, sample).estimate.effect
        for comparison in Comparison
    )
    assert one != other
