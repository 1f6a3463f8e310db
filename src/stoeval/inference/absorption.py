"""Fixed effects removed from columns, without ever building the dummies.

One effect is removed exactly by subtracting weighted group means. Two effects are removed exactly: those with
most levels are eliminated from the normal equations of the dummies, and the rest is a sparse system with one
level dropped in each connected component of the graph that links them (Abowd, Creecy and Kramarz 2002). More
effects are removed by alternating projections (Halperin 1962; Guimarães and Portugal 2010, Stata Journal 10(4)),
swept until no column moves by more than `TOLERANCE` of its own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

TOLERANCE = 1e-13
SWEEPS = 20_000
SPARE = 2
"""Codes up to this many times the rows are numbered by counting instead of sorting."""


class Removal(Protocol):
    """What takes effects out of columns."""

    def remove(self, columns: Floats) -> None:
        """Take the effects out of columns (K, n), one column a row, in place."""


class Solved:
    """At most two effects, removed by the solution of their normal equations."""

    def __init__(self, effects: Sequence[Integers], weights: Floats | None) -> None:
        self.effects, self.weights = effects, weights
        self.totals = [np.bincount(codes, weights).astype(np.float64) for codes in effects]
        if len(effects) == 2:
            self.many = int(len(self.totals[1]) > len(self.totals[0]))
            self.few = 1 - self.many
            self._factorise()

    def remove(self, columns: Floats) -> None:
        """Take the effects out of columns (K, n), one column a row, in place."""
        levels = self.solve(self.sums(columns))
        for codes, values in zip(self.effects, levels, strict=True):
            for column, value in zip(columns, values, strict=True):
                np.subtract(column, value[codes], out=column)

    def sums(self, columns: Floats) -> list[Floats]:
        """Return the weighted sums (K, levels) of columns (K, n) over the levels of each effect."""
        weighted = columns if self.weights is None else columns * self.weights
        return [np.stack([np.bincount(codes, column) for column in weighted]) for codes in self.effects]

    def solve(self, sums: Sequence[Floats]) -> list[Floats]:
        """Return the values (K, levels) of the levels of each effect whose sums are given."""
        if len(sums) < 2:
            return [group / total for group, total in zip(sums, self.totals, strict=True)]
        few, many = self.few, self.many
        values = [np.zeros_like(group) for group in sums]
        if len(self.kept):
            rest = sums[few] - (self.links.T @ (sums[many] / self.totals[many]).T).T
            values[few][:, self.kept] = self.solver.solve(np.ascontiguousarray(rest[:, self.kept].T)).T
        values[many] = (sums[many] - (self.links @ values[few].T).T) / self.totals[many]
        return values

    def _factorise(self) -> None:
        """Eliminate the effect with many levels and factorise what the other one keeps."""
        few, many = self.effects[self.few], self.effects[self.many]
        shape = (len(self.totals[self.many]), len(self.totals[self.few]))
        entries = np.ones(len(few)) if self.weights is None else self.weights
        self.links = sparse.coo_array((entries, (many, few)), shape=shape).tocsr()
        _, label = _linked(self.links)
        _, dropped = np.unique(label[shape[0] :], return_index=True)
        self.kept = np.setdiff1d(np.arange(shape[1]), dropped)
        if len(self.kept):
            share = sparse.diags_array(1 / self.totals[self.many])
            rest = sparse.diags_array(self.totals[self.few]) - self.links.T @ share @ self.links
            system = sparse.csc_array(sparse.csr_array(rest)[self.kept][:, self.kept])
            self.solver = splu(
                system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
            )


class Swept:
    """Any number of effects, removed by sweeps over all of them until none moves a column."""

    def __init__(self, effects: Sequence[Integers], weights: Floats | None) -> None:
        self.single = [Solved([codes], weights) for codes in effects]

    def remove(self, columns: Floats) -> None:
        """Take the effects out of columns (K, n), one column a row, in place."""
        scale = np.maximum(np.sqrt((columns**2).mean(axis=1)), np.finfo(float).tiny)
        for _ in range(SWEEPS):
            largest = 0.0
            for effect in self.single:
                means = effect.solve(effect.sums(columns))[0]
                for column, mean in zip(columns, means, strict=True):
                    np.subtract(column, mean[effect.effects[0]], out=column)
                largest = max(largest, float(np.max(np.abs(means) / scale[:, None], initial=0.0)))
            if largest < TOLERANCE:
                return
        message = (
            f"fixed effects did not converge in {SWEEPS} sweeps over {len(self.single)} effects and "
            f"{columns.shape[1]} rows; check for units that are linked by very few rows"
        )
        raise EstimationError(message)


def removal(effects: Sequence[Integers], weights: Floats | None) -> Solved | Swept:
    """Return what takes effects, each a dense code (n,), out of columns."""
    return Solved(effects, weights) if len(effects) <= 2 else Swept(effects, weights)


def absorb(columns: Floats, effects: Sequence[Integers], weights: Floats | None) -> Floats:
    """Return the columns (n, K) with the group means of every effect removed.

    `effects` holds one code (n,) per effect, `weights` (n,) the regression weights.
    Raises EstimationError where the sweeps do not converge.
    """
    residual = np.array(columns.T, dtype=np.float64, order="C")
    remover = removal(effects, weights)
    remover.remove(residual)
    # A second pass removes the rounding that the first one left.
    remover.remove(residual)
    return residual.T


def dense_codes(*keys: Integers) -> Integers:
    """Return one code from 0 for each combination of keys that occurs, in sorted order."""
    codes = _numbered(np.asarray(keys[0]))
    for key in keys[1:]:
        inner = _numbered(np.asarray(key))
        codes = _numbered(codes * (int(inner.max()) + 1) + inner)
    return codes


def _numbered(key: Integers) -> Integers:
    """Return codes from 0 in the order of the values of a key; the key itself where it is that already."""
    low, high = (int(key.min()), int(key.max())) if len(key) and key.dtype.kind == "i" else (0, -1)
    if high < low or high - low >= SPARE * len(key):
        return np.asarray(np.unique(key, return_inverse=True)[1], dtype=np.int64)
    shifted = key - low if low else key
    present = np.bincount(shifted) > 0
    if present.all():
        return np.asarray(shifted, dtype=np.int64)
    return np.asarray((np.cumsum(present) - 1)[shifted], dtype=np.int64)


def absorbed_rank(effects: Sequence[Integers]) -> int:
    """Return how many parameters the effects take; exact for at most two effects."""
    levels = [int(codes.max()) + 1 for codes in effects]
    if len(effects) <= 1:
        return sum(levels)
    if len(effects) > 2:
        message = f"the rank of {len(effects)} absorbed effects is not known in closed form; absorb at most two"
        raise EstimationError(message)
    entries = np.ones(len(effects[0]), dtype=np.int8), (effects[0], effects[1])
    count, _ = _linked(sparse.coo_array(entries, shape=(levels[0], levels[1])))
    return sum(levels) - count


def _linked(links: sparse.sparray) -> tuple[int, Integers]:
    """Return how many components two effects form, and the component of each level, first effect first."""
    first, second = links.shape
    entries = links.tocoo()
    places = (entries.coords[0], entries.coords[1] + first)
    graph = sparse.coo_array((np.ones(len(entries.data)), places), shape=(first + second, first + second))
    count, label = connected_components(graph, directed=False)
    return int(count), label
