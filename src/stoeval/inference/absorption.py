"""Fixed effects removed from columns, without ever building the dummies.

One effect is removed exactly by subtracting weighted group means, two by their normal equations (`linked_effects`).
More effects are removed by alternating projections (Halperin 1962; Guimarães and Portugal 2010, Stata Journal 10(4)),
swept until no column moves by more than `TOLERANCE` of its own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.linked_effects import LinkedEffects

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
        self.linked = LinkedEffects(effects, weights, self.totals) if len(effects) == 2 else None

    @property
    def rank(self) -> int:
        """Return how many parameters the effects take."""
        repeated = 0 if self.linked is None else self.linked.components
        return sum(len(total) for total in self.totals) - repeated

    def remove(self, columns: Floats) -> None:
        """Take the effects out of columns (K, n), one column a row, in place."""
        levels = self.solve(self.sums(columns))
        for codes, values in zip(self.effects, levels, strict=True):
            for column, value in zip(columns, np.ascontiguousarray(values.T), strict=True):
                np.subtract(column, value[codes], out=column)

    def sums(self, columns: Floats) -> list[Floats]:
        """Return the weighted sums (levels, K) of columns (K, n) over the levels of each effect."""
        found = [np.empty((len(total), len(columns))) for total in self.totals]
        for j, column in enumerate(columns):
            weighted = column if self.weights is None else column * self.weights
            for codes, sums in zip(self.effects, found, strict=True):
                sums[:, j] = np.bincount(codes, weighted)
        return found

    def solve(self, sums: Sequence[Floats]) -> list[Floats]:
        """Return the values (levels, K) of the levels of each effect whose sums are given."""
        if self.linked is not None:
            return self.linked.solve(sums)
        return [group / total[:, None] for group, total in zip(sums, self.totals, strict=True)]

    def squares(self, sums: Sequence[Floats], starts: Sequence[Integers]) -> list[tuple[Floats, Floats, Integers]]:
        """Return pairs of columns (., K), whose products by cluster add up to what the effects hold of columns.

        `sums` (levels, K) are those of the columns, `starts` (G,) the first levels of the clusters, for each effect.
        """
        if self.linked is not None:
            return self.linked.squares(sums, starts)
        roots = [group / np.sqrt(total)[:, None] for group, total in zip(sums, self.totals, strict=True)]
        return [(root, root, first) for root, first in zip(roots, starts, strict=True)]


class Swept:
    """Any number of effects, removed by sweeps over all of them until none moves a column."""

    rank = -1
    """How many parameters the effects take is not known in closed form."""

    def __init__(self, effects: Sequence[Integers], weights: Floats | None) -> None:
        self.single = [Solved([codes], weights) for codes in effects]

    def remove(self, columns: Floats) -> None:
        """Take the effects out of columns (K, n), one column a row, in place."""
        scale = np.maximum(np.sqrt((columns**2).mean(axis=1)), np.finfo(float).tiny)
        for _ in range(SWEEPS):
            largest = 0.0
            for effect in self.single:
                means = effect.solve(effect.sums(columns))[0]
                for column, mean in zip(columns, np.ascontiguousarray(means.T), strict=True):
                    np.subtract(column, mean[effect.effects[0]], out=column)
                largest = max(largest, float(np.max(np.abs(means) / scale, initial=0.0)))
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
    if len(effects) > 2:
        message = f"the rank of {len(effects)} absorbed effects is not known in closed form; absorb at most two"
        raise EstimationError(message)
    return removal(effects, None).rank
