"""Bounds over masked counts, by hand: a difference of differences adds and subtracts single cells."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.inference.bounds import masking_bounds, outcome_weights
from stoeval.inference.least_squares import Fit, fit

EXACT = 1e-12  # worst deviation seen 2e-15


def two_by_two(outcome: np.ndarray, copies: int = 1, weights: np.ndarray | None = None) -> Fit:
    """Fit (treated after - before) - (other after - before), over so many pairs of units."""
    unit = np.repeat(np.arange(2 * copies), 2)
    year = np.tile([0, 1], 2 * copies)
    treated = (unit % 2 == 0) * (year == 1) * 1.0
    return fit(outcome, treated[:, None], names=("x",), cluster=unit, nested=[unit], crossed=[year], weights=weights)


def test_the_weights_of_a_difference_in_differences_are_plus_and_minus_one() -> None:
    fitted = two_by_two(np.array([10.0, 14, 8, 9]))
    np.testing.assert_allclose(outcome_weights(fitted, np.ones(1)), [-1, 1, 1, -1], rtol=EXACT)


def test_a_masked_cell_moves_the_estimate_by_its_own_width() -> None:
    """(14 - [1, 4]) - (9 - 8): from 9 to 12."""
    low, high = np.array([1.0, 14, 8, 9]), np.array([4.0, 14, 8, 9])
    fitted = two_by_two((low + high) / 2)
    assert fitted.coefficients[0] == pytest.approx(10.5, rel=EXACT)
    assert masking_bounds(fitted, np.ones(1), low, high) == pytest.approx((9, 12), rel=EXACT)


def test_masked_cells_on_both_sides_take_the_end_that_hurts_most() -> None:
    """([5, 9] - [1, 4]) - ([1, 4] - 8): lowest (5 - 4) - (4 - 8), highest (9 - 1) - (1 - 8)."""
    low, high = np.array([1.0, 5, 8, 1]), np.array([4.0, 9, 8, 4])
    fitted = two_by_two((low + high) / 2)
    assert masking_bounds(fitted, np.ones(1), low, high) == pytest.approx((5, 15), rel=EXACT)


def test_two_pairs_of_units_halve_what_one_cell_can_do() -> None:
    low = np.array([1.0, 14, 8, 9, 3, 5, 2, 2])
    high = low.copy()
    high[0] = 4.0
    bounds = masking_bounds(two_by_two((low + high) / 2, copies=2), np.ones(1), low, high)
    assert bounds[1] - bounds[0] == pytest.approx(3 / 2, rel=EXACT)


def test_without_masked_cells_both_bounds_are_the_estimate() -> None:
    outcome = np.array([10.0, 14, 8, 9])
    fitted = two_by_two(outcome)
    assert masking_bounds(fitted, np.ones(1), outcome, outcome) == pytest.approx((3, 3), rel=EXACT)


def test_bounds_follow_the_combination_of_coefficients() -> None:
    """Two outcome years: their mean takes half of each cell, and minus one turns the bounds round."""
    unit, year = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    treated = unit % 2 == 0
    columns = np.column_stack([treated & (year == 1), treated & (year == 2)]).astype(float)
    low = np.arange(12.0) ** 2
    high = low + np.where(np.arange(12) == 1, 3.0, 0.0)
    fitted = fit(low, columns, names=("one", "two"), cluster=unit, nested=[unit], crossed=[year])
    first = masking_bounds(fitted, np.array([1.0, 0.0]), low, high)
    mean = masking_bounds(fitted, np.array([0.5, 0.5]), low, high)
    turned = masking_bounds(fitted, np.array([-1.0, 0.0]), low, high)
    assert first[1] - first[0] == pytest.approx(3 / 2, rel=EXACT)
    assert mean[1] - mean[0] == pytest.approx(3 / 4, rel=EXACT)
    assert turned == pytest.approx((-first[1], -first[0]), rel=EXACT)
