"""Synthetic weights against mixes by hand, another solver and the regression that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.least_squares import fit
from stoeval.inference.synthetic_difference import (
    Solver,
    placebo_effects,
    simplex_weights,
    synthetic_difference,
)

YEARS, UNITS = 10, 16
AFTER = np.arange(YEARS) >= 7
TREATED = np.arange(UNITS) >= 13


def panel(seed: int = 1, effect: float = 0.0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(UNITS, 2)) @ generator.normal(size=(2, YEARS)).cumsum(axis=1)
    return factors + generator.normal(0, 0.2, (UNITS, YEARS)) + effect * np.outer(TREATED, AFTER)


def objective(paths: np.ndarray, target: np.ndarray, ridge: float, weights: np.ndarray) -> float:
    left = paths @ weights - target
    return float(np.mean((left - left.mean()) ** 2) + ridge**2 * weights @ weights)


@pytest.mark.parametrize("solver", Solver)
def test_a_path_in_the_middle_of_two_is_their_mean_up_to_a_constant(solver: Solver) -> None:
    paths = np.array([[0.0, 4.0, 9.0], [2.0, 4.0, 1.0], [1.0, 7.0, 5.0], [6.0, 5.0, 0.0]])
    found = simplex_weights(paths, paths[:, :2].mean(axis=1) + 100, stop=1e-9, solver=solver)
    tolerance = 1e-9 if solver is Solver.EXACT else 0.01  # deviation seen 0 and 0.0035
    assert found == pytest.approx([0.5, 0.5, 0.0], abs=tolerance)


def test_a_heavy_ridge_makes_weights_equal() -> None:
    found = simplex_weights(panel().T, np.arange(YEARS) * 1.0, ridge=1e4, solver=Solver.EXACT)
    assert found == pytest.approx(np.full(UNITS, 1 / UNITS), abs=1e-6)  # seen 4e-8


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ridge", [0.0, 0.7])
def test_the_exact_minimum_is_that_of_another_solver(seed: int, ridge: float) -> None:
    """SLSQP of scipy; Frank-Wolfe ends no lower."""
    values = panel(seed)
    paths, target = values[~TREATED].T, values[TREATED].mean(axis=0)
    exact = simplex_weights(paths, target, ridge=ridge, solver=Solver.EXACT)
    other = minimize(
        lambda x: objective(paths, target, ridge, x),
        np.full(13, 1 / 13),
        bounds=[(0, 1)] * 13,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 2000},
    )
    least = objective(paths, target, ridge, exact)
    assert least <= other.fun + 1e-12  # never above
    assert least == pytest.approx(other.fun, rel=1e-7)  # worst deviation seen 8e-10
    steps = objective(paths, target, ridge, simplex_weights(paths, target, ridge=ridge))
    assert least <= steps + 1e-12
    assert steps == pytest.approx(least, abs=2e-3)  # seen 6e-4
    assert exact.sum() == pytest.approx(1, abs=1e-12)
    assert exact.min() >= 0


@pytest.mark.parametrize("solver", Solver)
def test_the_effect_is_the_coefficient_of_the_weighted_regression(solver: Solver) -> None:
    """Equation (1) of the paper: unit and year effects, weights omega times lambda."""
    values = panel(effect=0.5)
    found = synthetic_difference(values, TREATED, AFTER, solver=solver)
    weights = np.abs(np.outer(found.unit_weights, found.time_weights)).ravel()
    unit, year = (codes.ravel() for codes in np.indices(values.shape))
    kept = np.flatnonzero(weights > 0)
    own = fit(
        values.ravel()[kept],
        np.outer(TREATED, AFTER).ravel()[kept, None] * 1.0,
        cluster=unit[kept],
        nested=[unit[kept]],
        crossed=[year[kept]],
        weights=weights[kept],
    )
    assert found.effect == pytest.approx(own.coefficients[0], rel=1e-9)  # worst deviation seen 2e-16
    assert found.path[AFTER].mean() == pytest.approx(found.effect, rel=1e-9)
    assert found.path[~AFTER] @ -found.time_weights[~AFTER] == pytest.approx(0, abs=1e-12)


def test_a_planted_effect_moves_the_estimate_by_itself() -> None:
    """Weights look at treated units before and at donors only, so the estimate is linear in the effect."""
    none, some = (synthetic_difference(panel(effect=one), TREATED, AFTER).effect for one in (0.0, 2.5))
    assert some - none == pytest.approx(2.5, rel=1e-9)  # worst deviation seen 2e-16
    assert abs(none) < 0.5  # seen 0.08


def test_levels_of_units_and_years_do_not_matter() -> None:
    values = panel()
    moved = values + np.arange(UNITS)[:, None] * 3 + np.sin(np.arange(YEARS)) * 5
    found = [
        synthetic_difference(one, TREATED, AFTER, solver=Solver.EXACT, noise=0.4).effect for one in (values, moved)
    ]
    assert found[1] == pytest.approx(found[0], rel=1e-7)  # worst deviation seen 3e-14


def test_placebos_are_the_effects_that_donors_would_show() -> None:
    donors = panel()[~TREATED]
    rows = np.eye(13, dtype=bool)[:3]
    found = placebo_effects(donors, AFTER, rows, solver=Solver.EXACT, noise=0.4)
    own = [synthetic_difference(donors, row, AFTER, solver=Solver.EXACT, noise=0.4).effect for row in rows]
    assert found == pytest.approx(own, rel=1e-12)


def test_what_cannot_be_compared_is_refused() -> None:
    values = panel()
    with pytest.raises(NotIdentified, match="0 treated units, 16 donors"):
        synthetic_difference(values, TREATED & False, AFTER)
    with pytest.raises(NotIdentified, match="1 years before"):
        synthetic_difference(values, TREATED, np.arange(YEARS) >= 1)
    with pytest.raises(NotIdentified, match="do not change in 7 years"):
        synthetic_difference(np.where(TREATED[:, None], values, 0.3), TREATED, AFTER)
    with pytest.raises(EstimationError, match="for 15 units and 10 years"):
        synthetic_difference(values, TREATED[1:], AFTER)
    with pytest.raises(EstimationError, match="do not fit"):
        simplex_weights(values, np.ones(3))
    with pytest.raises(EstimationError, match="must not be negative"):
        simplex_weights(values, np.ones(UNITS), ridge=-1.0)
