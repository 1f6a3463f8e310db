"""Bounds of Poisson coefficients over masked counts, beside the refit of every fill."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.poisson_bounds import poisson_bounds

if TYPE_CHECKING:
    from stoeval.inference.bounds import OuterBounds

ALONE = np.array([1.0])
REFIT = 1e-7  # two engines on one fill; worst deviation seen 2e-15


def panel(seed: int, *, units: int = 8, masked: int = 5) -> dict[str, Any]:
    """Return counts of about twelve in three years, every second unit dosed, some cells masked as 1 to 4."""
    generator = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(units), 3), np.tile(np.arange(3), units)
    dose = (unit % 2) * generator.uniform(0.5, 1.5, size=units)[unit] * (year > 0)
    outcome = 1.0 + generator.poisson(np.exp(2.5 + 0.3 * generator.normal(size=units)[unit] - 0.3 * dose))
    low, high = outcome.copy(), outcome.copy()
    chosen = generator.choice(len(outcome), masked, replace=False)
    low[chosen], high[chosen] = 1, 4
    return {
        "low": low,
        "high": high,
        "regressors": dose[:, None],
        "unit": unit,
        "year": year,
        "offset": 0.2 * generator.normal(size=len(outcome)),
    }


def run(given: dict[str, Any], combination: np.ndarray = ALONE) -> OuterBounds:
    effects = {"crossed": [given["year"]]} if "year" in given else {}
    parts = {name: value for name, value in given.items() if name != "year"}
    return poisson_bounds(combination=combination, **effects, **parts)


def refit(given: dict[str, Any], outcome: np.ndarray) -> np.ndarray:
    """Return the coefficients of one fill, by plain Newton steps with all effects as columns."""
    effects = [
        np.eye(codes.max() + 1)[codes][:, number:] for number, codes in enumerate((given["unit"], given["year"]))
    ]
    X = np.column_stack([given["regressors"], given.get("controls", np.empty((len(outcome), 0))), *effects])
    b = np.linalg.lstsq(X, np.log(outcome + 0.5) - given["offset"], rcond=None)[0]
    for _ in range(100):
        mean = np.exp(given["offset"] + X @ b)
        step = np.linalg.solve(X.T @ (mean[:, None] * X), X.T @ (outcome - mean))
        b = b + step
        if np.abs(step).max() < 1e-10:
            return b[: given["regressors"].shape[1]]
    message = "Newton steps do not end"
    raise AssertionError(message)


def every_fill(given: dict[str, Any], combination: np.ndarray, values: tuple[float, ...]) -> np.ndarray:
    """Return the combination at every fill with these values, which lie from 0 (low) to 1 (high)."""
    low, high = given["low"], given["high"]
    cells = np.flatnonzero(high > low)
    found = []
    for fill in product(values, repeat=len(cells)):
        outcome = low.copy()
        outcome[cells] += np.array(fill) * (high - low)[cells]
        found.append(float(combination @ refit(given, outcome)))
    return np.array(found)


@pytest.mark.parametrize("seed", range(6))
def test_every_fill_lies_within_the_outer_bound_and_the_attained_ends_are_fills(seed: int) -> None:
    """32 corners of five masked cells, all refitted; the attained range is the range of the corners here."""
    given = panel(seed)
    bounds, tried = run(given), every_fill(panel(seed), ALONE, (0, 1))
    assert bounds.outer
    assert bounds.low <= tried.min() <= tried.max() <= bounds.high
    assert bounds.attained_low == pytest.approx(tried.min(), abs=REFIT)
    assert bounds.attained_high == pytest.approx(tried.max(), abs=REFIT)


def test_whole_counts_between_the_corners_lie_within_too() -> None:
    """1, 2, 3 or 4 in each of four cells: 256 fills."""
    given = panel(11, masked=4)
    bounds, tried = run(given), every_fill(given, ALONE, (0, 1 / 3, 2 / 3, 1))
    assert bounds.low <= tried.min() <= tried.max() <= bounds.high


@pytest.mark.parametrize("combination", [(1.0, 0.0), (0.0, 1.0), (0.5, -2.0)])
def test_every_fill_lies_within_the_bound_of_a_combination(combination: tuple[float, float]) -> None:
    """Two regressors, a control beside the years."""
    given = panel(4, units=20)
    generator = np.random.default_rng(1)
    given["regressors"] = np.column_stack([given["regressors"], generator.normal(size=60)])
    given["controls"] = generator.normal(size=(60, 1))
    weights = np.array(combination)
    bounds, tried = run(given, weights), every_fill(given, weights, (0, 1))
    assert bounds.low <= tried.min() <= tried.max() <= bounds.high


def test_a_mask_that_reaches_zero_keeps_every_fill_within() -> None:
    """Cells of 0 to 4, as years in which a vestiging may have none."""
    given = panel(5, masked=4)
    given["low"] = np.where(given["high"] > given["low"], 0.0, given["low"])
    bounds, tried = run(given), every_fill(given, ALONE, (0, 0.5, 1))
    assert bounds.low <= tried.min() <= tried.max() <= bounds.high


def test_without_masked_cells_the_bounds_are_the_estimate() -> None:
    given = panel(1)
    given["low"] = given["high"]
    bounds, estimate = run(given), refit(given, given["high"])[0]
    assert (bounds.low, bounds.high) == pytest.approx((estimate, estimate), abs=REFIT)
    assert (bounds.attained_low, bounds.attained_high) == pytest.approx((estimate, estimate), abs=REFIT)


def test_narrow_masks_leave_little_between_the_outer_and_the_attained_range() -> None:
    """A linear range as masks shrink: the gap falls with the square of their width."""
    gaps = []
    for width in (0.1, 0.01):
        given = panel(2)
        given["high"] = np.where(given["high"] > given["low"], given["low"] + width, given["high"])
        bounds = run(given)
        assert bounds.attained_low is not None
        assert bounds.attained_high is not None
        gaps.append((bounds.high - bounds.low) - (bounds.attained_high - bounds.attained_low))
    assert 0 < gaps[1] < gaps[0] / 50  # ratio 101 seen


def test_a_mirrored_combination_mirrors_the_bounds() -> None:
    plus, minus = run(panel(3)), run(panel(3), -ALONE)
    assert (minus.low, minus.high) == pytest.approx((-plus.high, -plus.low), rel=1e-9)


def test_a_large_panel_with_few_masks_has_a_useful_bound() -> None:
    """200 units, 60 masked cells of 600: the outer bound is at most twice as wide as what fills reach."""
    bounds = run(panel(6, units=200, masked=60))
    assert bounds.attained_low is not None
    assert bounds.attained_high is not None
    assert bounds.high - bounds.low < 2 * (bounds.attained_high - bounds.attained_low)  # 1.24 seen


@pytest.mark.parametrize("part", ["year", "controls", "offset"])
def test_every_part_changes_the_bounds(part: str) -> None:
    given = panel(7, units=20) | {"controls": np.random.default_rng(1).normal(size=(60, 1))}
    other = {name: value for name, value in given.items() if name != part}
    assert run(given) != run(other)


def test_masks_that_hide_nearly_everything_have_no_bound() -> None:
    given = panel(8)
    given["low"], given["high"] = np.ones(24), np.full(24, 40.0)
    with pytest.raises(NotIdentified, match="too many or too wide"):
        run(given)


def test_a_year_that_may_be_empty_has_no_bound() -> None:
    given = panel(9)
    last = given["year"] == 2
    given["low"] = np.where(last, 0.0, given["low"])
    with pytest.raises(NotIdentified, match=r"no bound|too many or too wide"):
        run(given)


def test_a_dose_that_is_a_unit_effect_cannot_be_told_apart() -> None:
    given = panel(1)
    given["regressors"] = (given["unit"] % 2)[:, None] * 1.0
    with pytest.raises(NotIdentified, match="regressor 1 of 1"):
        run(given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"low": np.full(24, -1.0)}, "24 outcomes are negative"),
        ({"low": np.full(24, 99.0)}, "24 of 24 intervals"),
        ({"high": np.full(24, np.nan)}, "finite"),
    ],
)
def test_values_that_make_no_sense_are_refused(changes: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        run(panel(1) | changes)


@pytest.mark.parametrize("combination", [(0.0,), (1.0, 1.0)])
def test_a_combination_takes_one_weight_a_regressor(combination: tuple[float, ...]) -> None:
    with pytest.raises(EstimationError, match="fits no regressor"):
        run(panel(1), np.array(combination))
