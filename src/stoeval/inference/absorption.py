"""Fixed effects removed from columns, without ever building the dummies.

One effect is removed exactly by subtracting weighted group means. Two effects are removed exactly by the
sparse normal equations of their dummies, one level dropped in each connected component of the graph that
links them (Abowd, Creecy and Kramarz 2002). More effects are removed by alternating projections (Halperin
1962; Guimarães and Portugal 2010, Stata Journal 10(4)), swept until no column moves by more than
`TOLERANCE` of its own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    if len(effects) == 2:
        project = _two_effects(effects[0], effects[1], weights)
        residual -= project(residual)
        # A second pass removes the rounding that the first one left.
        return np.asarray(residual - project(residual))
    averages = [_averager(codes, weights) for codes in effects]
    if len(averages) == 1:
        spread, average = averages[0]
        residual -= spread @ (average @ residual)
        return np.asarray(residual - spread @ (average @ residual))
    return _alternate(residual, averages)


def _two_effects(first: Integers, second: Integers, weights: Floats) -> Callable[[Floats], Floats]:
    """Return the weighted projection of columns on the dummies of two effects."""
    rows, size = np.arange(len(first)), int(first.max()) + 1
    levels = size + int(second.max()) + 1
    _, label = _components(first, second)
    _, dropped = np.unique(label[size:], return_index=True)
    kept = np.setdiff1d(np.arange(levels), size + dropped)
    entries = (np.ones(2 * len(rows)), (np.tile(rows, 2), np.concatenate([first, second + size])))
    dummies = sparse.csc_array(entries, shape=(len(rows), levels))[:, kept]
    weighted = sparse.csr_array(dummies.multiply(weights[:, None])).T
    solver = splu(sparse.csc_array(weighted @ dummies))
    rowwise = sparse.csr_array(dummies)
    return lambda columns: rowwise @ solver.solve(weighted @ columns)


def _alternate(residual: Floats, averages: Sequence[tuple[sparse.csr_array, sparse.csr_array]]) -> Floats:
    """Return the columns after sweeps over all effects until none moves them."""
    scale = np.maximum(np.sqrt((residual**2).mean(axis=0)), np.finfo(float).tiny)
    for _ in range(SWEEPS):
        largest = 0.0
        for spread, average in averages:
            means = average @ residual
            residual = residual - spread @ means
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
    _, codes = np.unique(keys[0], return_inverse=True)
    for key in keys[1:]:
        _, inner = np.unique(key, return_inverse=True)
        _, codes = np.unique(codes * (int(inner.max()) + 1) + inner, return_inverse=True)
    return np.asarray(codes, dtype=np.int64)


def absorbed_rank(effects: Sequence[Integers]) -> int:
    """Return how many parameters the effects take; exact for at most two effects."""
    levels = [int(codes.max()) + 1 for codes in effects]
    if len(effects) <= 1:
        return sum(levels)
    if len(effects) > 2:
        message = f"the rank of {len(effects)} absorbed effects is not known in closed form; absorb at most two"
        raise EstimationError(message)
    count, _ = _components(effects[0], effects[1])
    return sum(levels) - count


def _components(first: Integers, second: Integers) -> tuple[int, Integers]:
    """Return how many components two effects form, and the component of each level, first effect first."""
    shift = int(first.max()) + 1
    size = shift + int(second.max()) + 1
    links = sparse.coo_array((np.ones(len(first)), (first, second + shift)), shape=(size, size))
    count, label = connected_components(links, directed=False)
    return int(count), label
