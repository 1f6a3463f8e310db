"""Least squares in whole numbers, for problems small enough.

A floating-point number is a fraction with a power of two below it. Brought under one denominator a column
holds whole numbers, and the normal equations are solved without any rounding by fraction-free elimination
(Bareiss 1968, Mathematics of Computation 22(103)); each answer is rounded once. However ill-conditioned the
columns are, no digit of theirs is lost. Columns of `fractions.Fraction` or of extended precision keep digits
that a double cannot hold.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[Any]

WORK = 30_000
"""Rows times columns squared, up to which whole numbers take milliseconds."""
COLUMNS = 15
"""Columns up to which they do: with every further one the numbers grow."""


def affordable(rows: int, columns: int) -> bool:
    """Say whether a problem of this size is small enough."""
    return columns <= COLUMNS and rows * columns**2 <= WORK


def solve_exactly(outcomes: Numbers, columns: Numbers, weights: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Return coefficients (P, m), (X'WX)^-1 (P, P) and residuals (n, m) of outcomes (n, m) on columns (n, P).

    The columns must be independent. Numbers may be of any kind that knows its `as_integer_ratio`.
    """
    X, per_column = _whole(columns)
    Y, per_outcome = _whole(outcomes)
    weighted, per_weight = (X, 1) if weights is None else _weighted(X, weights)
    P, m = X.shape[1], Y.shape[1]
    identity = np.array([[int(i == j) for j in range(P)] for i in range(P)], dtype=object).reshape(P, P)
    solved, determinant = _eliminate(np.hstack([weighted.T @ X, weighted.T @ Y, identity]))
    numerators, inverse = solved[:, P : P + m], solved[:, P + m :]
    coefficients = numerators * per_column[:, None]
    bread = inverse * per_column[:, None] * per_column[None, :] * per_weight
    residual = Y * determinant - X @ numerators
    return (
        _rounded(coefficients, determinant * per_outcome),
        _rounded(bread, determinant),
        _rounded(residual, determinant * per_outcome),
    )


def _whole(columns: Numbers) -> tuple[Numbers, Numbers]:
    """Return columns times their denominators as whole numbers, and the denominator of each column."""
    whole, denominators = np.empty(columns.shape, dtype=object), []
    for j, column in enumerate(columns.T):
        ratios = [value.as_integer_ratio() for value in column]
        denominators.append(math.lcm(*(below for _, below in ratios)))
        whole[:, j] = [above * (denominators[j] // below) for above, below in ratios]
    return whole, np.array(denominators, dtype=object)


def _weighted(X: Numbers, weights: Floats) -> tuple[Numbers, int]:
    whole, denominator = _whole(weights[:, None])
    return X * whole, denominator[0]


def _eliminate(system: Numbers) -> tuple[Numbers, int]:
    """Return a system [A B] as [A^-1 A, A^-1 B] times the determinant of A, and that determinant."""
    previous = 1
    for step in range(len(system)):
        pivot = system[step, step]
        for row in range(len(system)):
            if row != step:
                system[row] = (pivot * system[row] - system[row, step] * system[step]) // previous
        previous = pivot
    return system, previous


def _rounded(numerators: Numbers, denominator: Any) -> Floats:  # noqa: ANN401 - one whole number, or one a column
    return np.asarray(numerators / denominator, dtype=np.float64)
