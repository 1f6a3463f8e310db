"""Residuals of the quick steps equal those of the full fit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stoeval.inference.absorption import dense_codes
from stoeval.inference.least_squares import fit
from stoeval.inference.weighted_steps import WeightedSteps

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROWS = 400


def sample() -> tuple[Floats, Floats, Floats, list[Integers], list[Integers]]:
    """Return outcome, columns of which one repeats another, weights, nested effects and crossed ones."""
    generator = np.random.default_rng(7)
    vestiging = generator.integers(0, 20, ROWS)
    year, profiel, group = (generator.integers(0, count, ROWS) for count in (5, 3, 2))
    columns = generator.normal(size=(ROWS, 3))
    nested = [dense_codes(vestiging, year), dense_codes(vestiging, profiel), dense_codes(vestiging, group)]
    crossed = [dense_codes(year, profiel), group]
    return (
        generator.normal(size=ROWS) + 0.1 * vestiging,
        np.column_stack([columns, columns[:, 0] - columns[:, 1]]),
        generator.lognormal(0, 1, ROWS),
        nested,
        crossed,
    )


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize("across", [0, 1, 2])
def test_a_step_leaves_the_residual_of_the_full_fit(number: int, across: int) -> None:
    """Three nested effects are removed by sweeps; worst deviation seen 2e-12 with sweeps, 2e-14 without."""
    outcome, columns, weights, nested, crossed = sample()
    steps = WeightedSteps(columns, nested[:number], crossed[:across])
    full = fit(
        outcome,
        np.empty((ROWS, 0)),
        controls=columns,
        nested=nested[:number],
        crossed=crossed[:across],
        cluster=np.zeros(ROWS, dtype=np.int64),
        weights=weights,
    )
    np.testing.assert_allclose(steps.residual(outcome, weights), full.residual, atol=1e-11)


def test_a_step_forgets_the_one_before() -> None:
    """Other weights and the first ones again."""
    outcome, columns, weights, nested, crossed = sample()
    steps = WeightedSteps(columns, nested[:2], crossed[:1])
    first = steps.residual(outcome, weights)
    assert np.abs(steps.residual(outcome, 1 / weights) - first).max() > 0.01
    np.testing.assert_array_equal(steps.residual(outcome, weights), first)
