"""Event time: which columns a dose becomes, and which combination of years a window asks for."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.designs.event_time import event_time
from stoeval.errors import NotIdentified
from stoeval.vocabulary import SchoolYear, Window


def window(baseline: list[int], outcome: list[int]) -> Window:
    return Window(
        baseline=tuple(SchoolYear(start=year) for year in baseline),
        outcome=tuple(SchoolYear(start=year) for year in outcome),
    )


PERIOD = np.array([2020, 2016, 2017, 2018, 2016, 2020])


def test_the_reference_is_the_last_year_of_the_baseline() -> None:
    years = event_time(PERIOD, window([2016, 2017], [2020]))
    assert years.reference == 2017
    assert years.years == (2016, 2018, 2020)
    assert years.before == [0]


def test_nothing_lies_before_a_baseline_that_is_the_first_year() -> None:
    assert event_time(PERIOD, window([2016], [2020])).before == []


def test_a_dose_becomes_one_column_a_year() -> None:
    dose = np.array([1.0, 2, 3, 4, 5, 6])
    found = event_time(PERIOD, window([2017], [2020])).columns(dose, PERIOD)
    by_hand = [[0, 0, 1], [2, 0, 0], [0, 0, 0], [0, 4, 0], [5, 0, 0], [0, 0, 6]]
    np.testing.assert_array_equal(found, by_hand)


def test_several_values_stay_together_within_a_year() -> None:
    values = np.column_stack([np.arange(1.0, 7), np.arange(11.0, 17)])
    found = event_time(PERIOD, window([2017], [2020])).columns(values, PERIOD)
    assert found.shape == (6, 6)
    np.testing.assert_array_equal(found[0], [0, 0, 0, 0, 1, 11])
    np.testing.assert_array_equal(found[3], [0, 0, 4, 14, 0, 0])
    np.testing.assert_array_equal(found[2], np.zeros(6))


def test_no_values_become_no_columns() -> None:
    assert event_time(PERIOD, window([2017], [2020])).columns(np.empty((6, 0)), PERIOD).shape == (6, 0)


@pytest.mark.parametrize(
    ("baseline", "outcome", "weights"),
    [
        ([2017], [2020], [0, 0, 1]),
        ([2017], [2018, 2020], [0, 0.5, 0.5]),
        ([2016, 2017], [2020], [-0.5, 0, 1]),  # the reference is zero, so half of the mean baseline is 2016
        ([2016], [2017, 2018, 2020], [1 / 3, 1 / 3, 1 / 3]),
    ],
)
def test_a_window_is_mean_outcome_less_mean_baseline(
    baseline: list[int], outcome: list[int], weights: list[float]
) -> None:
    asked = window(baseline, outcome)
    assert event_time(PERIOD, asked).combination(asked) == pytest.approx(np.array(weights), rel=1e-15)  # exact


def test_years_of_the_window_that_were_not_observed_are_all_named() -> None:
    with pytest.raises(NotIdentified, match=r"^2 years of the window are not observed: 2015/16, 2019/20$"):
        event_time(PERIOD, window([2015, 2016], [2019, 2020]))
