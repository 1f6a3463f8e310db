"""Fixed effects removed from columns, without ever building the dummies.

One effect is removed exactly by subtracting weighted group means. Several effects are removed by
alternating projections (Halperin 1962; Guimarães and Portugal 2010, Stata Journal 10(4)), swept until no
column moves by more than `TOLERANCE` of its own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

TOLERANCE = 1e-13
SWEEPS = 20_000


def absorb(columns: Floats, effects: Sequence[Integers], weights: Floats) -> Floats:
    """Return the columns (n, K) with the group means of every effect removed.

    `effects` holds one code (n,) per effect, `weights` (n,) the regression weights.
    Raises EstimationError where the sweeps do not converge.
    """
    residual = np.array(columns, dtype=np.float64)
    averages = [_averager(codes, weights) for codes in effects]
    if len(averages) <= 1:
        for spread, average in averages:
            residual -= spread @ (average @ residual)
        # A second pass removes the rounding that the first one left.
        for spread, average in averages:
            residual -= spread @ (average @ residual)
        return residual
    scale = np.maximum(np.sqrt((residual**2).mean(axis=0)), np.finfo(float).tiny)
    for _ in range(SWEEPS):
        largest = 0.0
        for spread, average in averages:
            means = average @ residual
            residual -= spread @ means
            largest = max(largest, float(np.max(np.abs(means) / scale, initial=0.0)))
        if largest < TOLERANCE:
            return residual
    message = (
        f"fixed effects did not converge in {SWEEPS} sweeps over {len(averages)} effects and {len(residual)} rows; "
        "check for units that are linked by very few rows"
    )
    raise EstimationError(message)


def _averager(codes: Integers, weights: Floats) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return the matrix that spreads group values over rows, and the one that averages rows by group."""
    n, levels = len(codes), int(codes.max()) + 1
    rows = np.arange(n)
    spread = sparse.csr_array((np.ones(n), (rows, codes)), shape=(n, levels))
    total = np.bincount(codes, weights=weights, minlength=levels)
    average = sparse.csr_array((weights / total[codes], (codes, rows)), shape=(levels, n))
    return spread, average


def dense_codes(*keys: Integers) -> Integers:
    """Return one code from 0 for each combination of keys that occurs, in sorted order."""
    stacked = np.column_stack(keys)
    _, codes = np.unique(stacked, axis=0, return_inverse=True)
    return codes.reshape(-1).astype(np.int64)


def absorbed_rank(effects: Sequence[Integers]) -> int:
    """Return how many parameters the effects take; exact for at most two effects."""
    levels = [int(codes.max()) + 1 for codes in effects]
    if len(effects) <= 1:
        return sum(levels)
    if len(effects) > 2:
        message = f"the rank of {len(effects)} absorbed effects is not known in closed form; absorb at most two"
        raise EstimationError(message)
    first, second = effects
    size = sum(levels)
    links = sparse.coo_array((np.ones(len(first)), (first, second + levels[0])), shape=(size, size))
    components, _ = connected_components(links, directed=False)
    return size - int(components)
