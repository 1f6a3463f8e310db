"""Weighted least squares on one design with ever other weights and outcomes, of which only residuals are wanted.

These are the steps on the way to a maximum of a likelihood (McCullagh and Nelder 1989, section 2.5). They are solved
by normal equations, dummies of crossed effects and columns together, without cross-products by cluster and without
refinement: the last step is one for `fit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from stoeval.inference.absorption import Swept, dense_codes, removal
from stoeval.inference.blocks import Dummies, products
from stoeval.inference.elimination import independent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stoeval.inference.absorption import Solved

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

EXACT = 2
"""Effects up to which sums of dummies give their cross-products; beyond that they are columns."""


class WeightedSteps:
    """Columns (n, K) with nested effects, which are absorbed, and crossed ones, which enter as dummies."""

    def __init__(self, columns: Floats, nested: Sequence[Integers], crossed: Sequence[Integers]) -> None:
        rows = len(columns)
        self.nested = [dense_codes(codes) for codes in nested]
        # Without any effect a constant takes their place.
        across = [dense_codes(codes) for codes in crossed] or [np.zeros(rows, dtype=np.int64)] * (not nested)
        self.dummies = Dummies(across, [int(codes.max()) + 1 for codes in across], rows)
        self.columns = np.ascontiguousarray(columns.T, dtype=np.float64)
        if len(self.nested) > EXACT:
            self.columns = np.concatenate([self.dummies.dense(), self.columns])
            self.dummies = Dummies([], [], rows)
        self.everywhere = np.zeros(rows, dtype=np.int64)

    def residual(self, outcome: Floats, weights: Floats) -> Floats:
        """Return the residual (n,) of an outcome (n,) under weights (n,)."""
        remover = removal(self.nested, weights)
        columns = np.concatenate([self.columns, outcome[None, :]])
        remover.remove(columns)
        weighted = columns * weights
        mixed = self.dummies.sums(self.everywhere, 1, weighted)[:, 0].T
        dummies, weight = self._dummies(remover, weights)
        gram = np.block([[dummies, mixed[:, :-1]], [mixed[:, :-1].T, columns[:-1] @ weighted[:-1].T]])
        scale = np.concatenate([weight, self.columns**2 @ weights])
        kept, triangle = independent(gram, scale, np.arange(len(gram)))
        values = np.zeros(len(gram))
        if len(kept):
            moment = np.concatenate([mixed[:, -1], columns[:-1] @ weighted[-1]])[kept]
            values[kept] = solve_triangular(triangle, solve_triangular(triangle, moment, trans="T"))
        width = self.dummies.width
        left = outcome - self.dummies.times(values[:width]) - values[width:] @ self.columns
        remover.remove(left[None, :])
        return np.asarray(left)

    def _dummies(self, remover: Solved | Swept, weights: Floats) -> tuple[Floats, Floats]:
        """Return the cross-products of the dummies after absorption, and the weight of each level."""
        gram = self.dummies.gram(self.everywhere, 1, weights)[0]
        weight = np.diag(gram).copy()
        if self.dummies.width and not isinstance(remover, Swept):
            sums = [
                self.dummies.counts(codes, len(total), weights)
                for codes, total in zip(self.nested, remover.totals, strict=True)
            ]
            first = np.zeros(1, dtype=np.int64)
            for left, right, starts in remover.squares(sums, [first] * len(sums)):
                gram -= products(left.T, right.T, starts)[0]
        return gram, weight
