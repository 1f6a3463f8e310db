"""Bounds over masked counts and intervals around bounds, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bounds import imbens_manski, masking_bounds, outcome_weights, ratio_bounds, ratio_interval
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


# --- ratios --------------------------------------------------------------------------------------------------------


def both(*values: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array(values), np.array(values)


def test_a_ratio_is_least_when_the_top_is_low_and_the_bottom_high() -> None:
    """[1, 4] / [8, 10]: from 1/10 to 4/8; minus [1, 4]: from -4/8 to -1/10; no mask: the ratio itself."""
    top, bottom = (np.array([1.0, -4, 3]), np.array([4.0, -1, 3])), (np.array([8.0, 8, 6]), np.array([10.0, 10, 6]))
    low, high = ratio_interval(top, bottom, part_of_whole=False)
    np.testing.assert_allclose(low, [0.1, -0.5, 0.5], rtol=EXACT)
    np.testing.assert_allclose(high, [0.5, -0.1, 0.5], rtol=EXACT)


def test_a_part_is_no_more_than_its_whole() -> None:
    top, bottom = (np.array([1.0]), np.array([4.0])), (np.array([3.0]), np.array([6.0]))
    assert ratio_interval(top, bottom, part_of_whole=True)[1] == [1.0]
    assert ratio_interval(top, bottom, part_of_whole=False)[1] == pytest.approx([4 / 3], rel=EXACT)


def test_every_fill_of_a_share_lies_within_its_outer_bound() -> None:
    """Parts and wholes masked in three of four cells; 4^5 fills, all refitted."""
    part = (np.array([1.0, 6, 1, 5]), np.array([4.0, 6, 4, 5]))
    whole = (np.array([5.0, 9, 5, 8]), np.array([8.0, 9, 8, 11]))
    bounds = ratio_bounds(two_by_two(part[0] / whole[0]), np.ones(1), part, whole, part_of_whole=True)
    tried = []
    cells = [np.arange(low, high + 1) for low, high in zip((*part[0], *whole[0]), (*part[1], *whole[1]), strict=True)]
    for fill in np.array(np.meshgrid(*cells)).reshape(8, -1).T:
        share = fill[:4] / fill[4:]
        tried.append((share[1] - share[0]) - (share[3] - share[2]))
    assert bounds.outer
    assert bounds.low <= min(tried) + EXACT
    assert max(tried) <= bounds.high + EXACT
    assert (bounds.attained_low, bounds.attained_high) == (None, None)


@pytest.mark.parametrize(
    ("top", "bottom", "error", "words"),
    [
        (both(1.0), both(0.0), NotIdentified, "1 denominators may be zero"),
        (both(3.0), both(2.0), EstimationError, "1 parts are larger"),
        ((np.array([2.0]), np.array([1.0])), both(5.0), EstimationError, "1 of 1 intervals"),
        (both(np.nan), both(5.0), EstimationError, "finite"),
        (both(1.0, 1.0), (np.ones(1), np.ones(2)), EstimationError, "equally many"),
    ],
)
def test_counts_that_make_no_ratio_are_refused(
    top: tuple[np.ndarray, np.ndarray], bottom: tuple[np.ndarray, np.ndarray], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ratio_interval(top, bottom, part_of_whole=True)


# --- intervals around bounds ---------------------------------------------------------------------------------------


def test_bounds_that_meet_have_the_two_sided_interval() -> None:
    found = imbens_manski(2, 2, 0.5, 0.5, np.inf)
    assert found.critical == pytest.approx(1.959963984540054, rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx((2 - 0.98, 2 + 0.98), abs=1e-4)


def test_bounds_far_apart_have_one_sided_ends() -> None:
    found = imbens_manski(0, 1_000, 2, 1, np.inf)
    assert found.critical == pytest.approx(1.6448536269514722, rel=1e-9)
    assert (found.ci_low, found.ci_high) == pytest.approx((-2 * 1.64485, 1_000 + 1.64485), abs=1e-4)


@pytest.mark.parametrize("df", [7, 77, np.inf])
@pytest.mark.parametrize("width", [0.1, 0.5, 1.0, 2.0])
def test_the_critical_value_solves_the_equation_of_imbens_and_manski(width: float, df: float) -> None:
    """F(C + width / larger error) - F(-C) = level; the larger error is 0.8."""
    found = imbens_manski(-1, -1 + width, 0.8, 0.4, df, 0.9)
    cover = stats.t.cdf(found.critical + width / 0.8, df) - stats.t.cdf(-found.critical, df)
    assert cover == pytest.approx(0.9, abs=1e-11)  # worst deviation seen 5e-15
    assert (found.ci_low, found.ci_high) == (-1 - found.critical * 0.8, -1 + width + found.critical * 0.4)


def test_the_interval_covers_every_point_between_the_bounds_95_times_in_100() -> None:
    """Theory: bounds with a known width of one error; cover at an end is the level, within five standard errors."""
    noise = np.random.default_rng(3).normal(size=20_000)
    cover = {0.0: 0, 0.5: 0, 1.0: 0}
    critical = imbens_manski(0, 1, 1, 1, np.inf).critical
    for truth in cover:
        cover[truth] = int(((noise - critical <= truth) & (truth <= 1 + noise + critical)).sum())
    allowed = 5 * np.sqrt(0.95 * 0.05 / 20_000)
    assert cover[0.0] / 20_000 == pytest.approx(0.95, abs=allowed)
    assert cover[1.0] / 20_000 == pytest.approx(0.95, abs=allowed)
    assert cover[0.5] / 20_000 > 0.95 + allowed


def test_a_width_within_its_own_error_counts_as_none() -> None:
    """Stoye: below the threshold the two-sided quantile, above it the equation."""
    assert imbens_manski(0, 0.2, 1, 1, np.inf, shrink=0.3).critical == pytest.approx(1.95996, abs=1e-5)
    assert imbens_manski(0, 0.4, 1, 1, np.inf, shrink=0.3) == imbens_manski(0, 0.4, 1, 1, np.inf)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"low": 2.0}, EstimationError),
        ({"high": np.inf}, EstimationError),
        ({"level": 1.0}, EstimationError),
        ({"level": 0.4}, EstimationError),
        ({"df": 0}, EstimationError),
        ({"shrink": -1}, EstimationError),
        ({"se_low": 0.0}, NotIdentified),
        ({"se_high": np.nan}, NotIdentified),
    ],
)
def test_bounds_that_make_no_interval_are_refused(changes: dict[str, float], error: type[Exception]) -> None:
    given = {"low": 0.0, "high": 1.0, "se_low": 0.5, "se_high": 0.5, "df": 10.0}
    with pytest.raises(error):
        imbens_manski(**(given | changes))
