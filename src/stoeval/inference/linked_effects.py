"""The normal equations of two effects, solved exactly, each set of linked levels by itself.

The effect with most levels is eliminated. What is left of the other one falls apart into the connected components
of the graph that links the two, with one level dropped in each (Abowd, Creecy and Kramarz 2002). Effects of
vestigingen have thousands of components of some levels: these are factorised together, as one stack of small
matrices. Effects that link many levels are one sparse system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

SMALL = 48
"""Levels of a component up to which a stack of them is faster than one sparse system."""
PADDED = 8
"""A stack may take this many times the numbers that the links themselves are."""


class LinkedEffects:
    """Two effects, dense codes (n,), with the weight of each of their levels."""

    def __init__(self, effects: Sequence[Integers], weights: Floats | None, totals: Sequence[Floats]) -> None:
        self.totals = totals
        self.many = int(len(totals[1]) > len(totals[0]))
        self.few = 1 - self.many
        entries = np.ones(len(effects[0])) if weights is None else weights
        shape = (len(totals[self.many]), len(totals[self.few]))
        self.links = sparse.coo_array((entries, (effects[self.many], effects[self.few])), shape=shape).tocsr()
        self.components, self.label = components(self.links)
        share = np.repeat(1 / np.sqrt(totals[self.many]), np.diff(self.links.indptr))
        self.scaled = sparse.csr_array((self.links.data * share, self.links.indices, self.links.indptr), shape=shape)
        self.system = self._system()

    def solve(self, sums: Sequence[Floats]) -> list[Floats]:
        """Return the values (levels, K) of the levels of each effect whose sums (levels, K) are given."""
        values = list(sums)
        values[self.few] = np.zeros_like(sums[self.few])
        if self.system is not None:
            means = sums[self.many] / self.totals[self.many][:, None]
            values[self.few] = self.system.solve(sums[self.few] - self.links.T @ means)
        explained = self.links @ values[self.few]
        values[self.many] = (sums[self.many] - explained) / self.totals[self.many][:, None]
        return values

    def squares(self, sums: Sequence[Floats], starts: Sequence[Integers]) -> list[tuple[Floats, Floats, Integers]]:
        """Return pairs of columns (., K), whose products by cluster add up to what the effects hold of columns.

        `starts` (G,) are the first levels of the clusters that the effects are nested in, and so are those returned.
        """
        root = sums[self.many] / np.sqrt(self.totals[self.many])[:, None]
        found = [(root, root, starts[self.many])]
        if self.system is None:
            return found
        rest = sums[self.few] - self.scaled.T @ root
        if isinstance(self.system, _Sparse):
            found.append((rest, self.system.solve(rest), starts[self.few]))
        else:
            half = self.system.half(rest)
            # Components are numbered in the order of their first level of the effect with many.
            found.append((half, half, self.label[starts[self.many]] * self.system.size))
        return found

    def _system(self) -> _Stack | _Sparse | None:
        """Return the normal equations of the effect with few levels, factorised; None where each is dropped."""
        held = sparse.coo_array(self.scaled.T @ self.scaled)
        label = self.label[self.links.shape[0] :]
        order = np.argsort(label, kind="stable")
        counts = np.bincount(label, minlength=self.components)
        position = np.empty(len(label), dtype=np.int64)
        position[order] = np.arange(len(label)) - np.repeat(np.cumsum(counts) - counts, counts)
        size = int(counts.max()) - 1
        if not size:
            return None
        total = self.totals[self.few]
        if size < SMALL and self.components * size**2 <= PADDED * (held.nnz + len(label)):
            try:
                return _Stack(total, held, label, position, (self.components, size))
            except np.linalg.LinAlgError:
                # Weights that differ by more than the digits of a double leave less than nothing.
                return _Sparse(total, held, np.flatnonzero(position))
        return _Sparse(total, held, np.flatnonzero(position))


class _Stack:
    """A matrix for each component, all of one size."""

    def __init__(
        self, total: Floats, held: sparse.coo_array, label: Integers, position: Integers, shape: tuple[int, int]
    ) -> None:
        self.count, self.size = shape
        self.levels = len(total)
        self.kept = np.flatnonzero(position)
        place = label * self.size + position - 1
        self.place = place[self.kept]
        stack = np.zeros((self.count * self.size, self.size))
        diagonal = np.ones(self.count * self.size)
        diagonal[self.place] = total[self.kept]
        row, column = held.coords
        inside = (position[row] > 0) & (position[column] > 0)
        stack[place[row[inside]], position[column[inside]] - 1] = -held.data[inside]
        stack[np.arange(len(stack)), np.tile(np.arange(self.size), self.count)] += diagonal
        self.root = np.linalg.inv(np.linalg.cholesky(stack.reshape(self.count, self.size, self.size)))

    def solve(self, rest: Floats) -> Floats:
        """Return the values (levels, K) that solve the equations; zero for the dropped levels."""
        values = np.zeros((self.levels, rest.shape[1]))
        half = self.half(rest).reshape(self.count, self.size, -1)
        solved = np.swapaxes(self.root, 1, 2) @ half
        values[self.kept] = solved.reshape(self.count * self.size, -1)[self.place]
        return values

    def half(self, rest: Floats) -> Floats:
        """Return columns (components x size, K) whose products are those of `rest` with its solution."""
        padded = np.zeros((self.count * self.size, rest.shape[1]))
        padded[self.place] = rest[self.kept]
        return np.asarray(self.root @ padded.reshape(self.count, self.size, -1)).reshape(padded.shape)


class _Sparse:
    """One sparse matrix for all levels that are kept."""

    def __init__(self, total: Floats, held: sparse.coo_array, kept: Integers) -> None:
        self.kept = kept
        whole = sparse.csr_array(sparse.diags_array(total) - held)
        system = sparse.csc_array(whole[kept][:, kept])
        self.solver = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})

    def solve(self, rest: Floats) -> Floats:
        """Return the values (levels, K) that solve the equations; zero for the dropped levels."""
        values = np.zeros_like(rest)
        values[self.kept] = self.solver.solve(np.ascontiguousarray(rest[self.kept]))
        return values


def components(links: sparse.csr_array) -> tuple[int, Integers]:
    """Return how many components two effects form, and the component of each level, first effect first."""
    first, second = links.shape
    ends = np.concatenate([links.indptr, np.full(second, links.indptr[-1], dtype=links.indptr.dtype)])
    parts = (np.ones(links.nnz), links.indices + links.indptr.dtype.type(first), ends)
    count, label = connected_components(sparse.csr_array(parts, shape=(first + second, first + second)), directed=False)
    return int(count), np.asarray(label, dtype=np.int64)
