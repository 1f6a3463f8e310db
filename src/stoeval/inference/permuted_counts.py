"""The Poisson model without the dose, as the weighted regression in which doses are permuted.

At its maximum the null model has working outcomes log(mu) - offset + (y - mu)/mu and weights mu (McCullagh and
Nelder 1989, section 2.5). `dose_moments` on these makes the permutation test of a score type: estimates are one
Newton step from the null, means and weights are those of the null in every permutation. Under the sharp null
counts do not depend on the dose, so neither does the null model, and the test is exact. It is not the
test that refits a Poisson model with every permutation, and its estimate is not the Poisson coefficient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.poisson import STANDSTILL, STEPS, fit_poisson
from stoeval.inference.weighted_steps import WeightedSteps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingModel:
    """The last step of a Poisson model without regressors of interest, as a weighted regression."""

    outcome: Floats
    """(m,) working outcomes."""
    weights: Floats
    """(m,) means."""
    rows: Integers
    """(m,) positions of the rows that were used, in the arrays that were given."""


def poisson_null(
    outcome: Floats,
    *,
    nested: Sequence[Integers],
    crossed: Sequence[Integers],
    offset: Floats,
    controls: Floats | None = None,
) -> WorkingModel:
    """Fit E[outcome] = exp(offset + controls c + effects), and return what a dose is tested in.

    Refuses and leaves out the same rows as `fit_poisson`. Units of the dose that lose all their rows have to be left
    out of the dose.
    """
    no_regressors = np.empty((len(outcome), 0))
    null = fit_poisson(
        outcome,
        no_regressors,
        names=(),
        cluster=np.zeros(len(outcome), dtype=np.int64),
        nested=nested,
        crossed=crossed,
        offset=offset,
        controls=controls,
    )
    rows = null.rows
    outcome, offset = outcome[rows], offset[rows]
    columns = no_regressors if controls is None else controls
    steps = WeightedSteps(columns[rows], [codes[rows] for codes in nested], [codes[rows] for codes in crossed])
    linear = np.log(0.9 * outcome + 0.1 * outcome.mean())
    for _ in range(STEPS):
        mean = np.exp(linear)
        working = linear - offset + (outcome - mean) / mean
        moved = offset + working - steps.residual(working, mean)
        if np.abs(moved - linear).max() < STANDSTILL:
            return WorkingModel(outcome=working, weights=mean, rows=rows)
        linear = moved
    message = f"the means of the Poisson model without the dose do not settle in {STEPS} steps"
    raise NotIdentified(message)
