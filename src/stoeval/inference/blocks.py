"""The rows of a regression in blocks of whole clusters, and cross-products cluster by cluster.

Effects that lie inside clusters never link two blocks, so that a block can be worked on by itself and only one
block of temporary columns exists at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

ROWS = 2**15
"""Rows of a block, unless a single cluster has more: its columns then stay in the cache."""
CALL = 1_000
"""Multiplications that take as long as calling for one product."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """A run of whole clusters."""

    rows: slice | Integers
    """Where its rows are in the arrays that were given."""
    clusters: slice
    """Which clusters it holds."""
    groups: Integers
    """(n,) the cluster of each row, from 0 in this block; never falling."""
    starts: Integers
    """(G,) the first row of each cluster."""
    effects: tuple[Integers, ...]
    """(n,) each: levels of the effects, from 0 in this block."""
    level_starts: tuple[Integers, ...]
    """(G,) each: the first level of each cluster, where effects are nested."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Levels:
    """Levels of a nested effect in the order of the clusters they lie in."""

    codes: Integers
    place: Integers | None
    """New number of each code; None where the codes have this order already."""
    edges: Integers
    """(G + 1,) the first level of each cluster, and the end."""


def blocks_of(cluster: Integers, nested: Sequence[Integers]) -> Iterator[Block]:
    """Yield the blocks of a sample; cluster and nested effects hold dense codes (n,).

    Raises EstimationError where a nested effect has a level in more than one cluster.
    """
    levels = [_in_clusters(number, codes, cluster) for number, codes in enumerate(nested, start=1)]
    order, edges = _by_cluster(cluster)
    number = edges[:-1] // ROWS
    breaks = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(number)]
    for first, last in pairwise(breaks):
        rows = slice(int(edges[first]), int(edges[last]))
        chosen = rows if order is None else order[rows]
        parts = [_part(effect, chosen, first, last) for effect in levels]
        yield Block(
            rows=chosen,
            clusters=slice(first, last),
            groups=cluster[chosen] - first,
            starts=edges[first:last] - edges[first],
            effects=tuple(codes for codes, _ in parts),
            level_starts=tuple(starts for _, starts in parts),
        )


def whole(cluster: Integers, effects: Sequence[Integers]) -> Iterator[Block]:
    """Yield the sample as one block, for effects that link its clusters."""
    order, edges = _by_cluster(cluster)
    rows = slice(0, len(cluster)) if order is None else order
    yield Block(
        rows=rows,
        clusters=slice(0, len(edges) - 1),
        groups=cluster[rows],
        starts=edges[:-1],
        effects=tuple(codes[rows] for codes in effects),
        level_starts=(),
    )


def _by_cluster(cluster: Integers) -> tuple[Integers | None, Integers]:
    """Return the order that puts rows by cluster, None where they are, and the edges of the clusters."""
    edges = np.concatenate([[0], np.cumsum(np.bincount(cluster))])
    if (cluster[1:] >= cluster[:-1]).all():
        return None, edges
    # Short codes are sorted by counting, long ones by comparing.
    short = cluster.astype(np.uint16) if len(edges) <= 2**16 else cluster
    return np.argsort(short, kind="stable"), edges


def _in_clusters(number: int, codes: Integers, cluster: Integers) -> _Levels:
    owner = np.empty(int(codes.max()) + 1, dtype=np.int64)
    owner[codes] = cluster
    if not (owner[codes] == cluster).all():
        crossing = int(dense_codes(codes, cluster).max() - codes.max())
        message = (
            f"nested effect {number} has levels in more than one cluster ({crossing} times too many), so that no "
            "cluster can be taken out; give it as a crossed effect, or cluster at a higher level"
        )
        raise EstimationError(message)
    edges = np.concatenate([[0], np.cumsum(np.bincount(owner))])
    if (owner[1:] >= owner[:-1]).all():
        return _Levels(codes=codes, place=None, edges=edges)
    place = np.empty(len(owner), dtype=np.int64)
    place[np.argsort(owner, kind="stable")] = np.arange(len(owner))
    return _Levels(codes=codes, place=place, edges=edges)


def _part(effect: _Levels, rows: slice | Integers, first: int, last: int) -> tuple[Integers, Integers]:
    """Return levels of rows and starts of clusters, both counted from the first level of the block."""
    codes = effect.codes[rows]
    begin = effect.edges[first]
    return (codes if effect.place is None else effect.place[codes]) - begin, effect.edges[first:last] - begin


def products(left: Floats, right: Floats, starts: Integers) -> Floats:
    """Return the products (G, a, b) of columns (a, n) and (b, n) within each cluster, none of them empty."""
    n = left.shape[1]
    if len(left) * len(right) * n < CALL * len(starts):
        rowwise = left[:, None, :] * right[None, :, :]
        return np.moveaxis(np.add.reduceat(rowwise, starts, axis=2), 2, 0)
    edges = [*starts.tolist(), n]
    return np.stack([left[:, begin:end] @ right[:, begin:end].T for begin, end in pairwise(edges)])


class Dummies:
    """The dummies of crossed effects, all levels of each, as codes."""

    def __init__(self, effects: Sequence[Integers], levels: Sequence[int], rows: int) -> None:
        self.effects, self.levels, self.rows = effects, levels, rows
        self.offsets = np.concatenate([[0], np.cumsum(levels)]).astype(np.int64)
        self.width = int(self.offsets[-1])

    def of(self, rows: slice | Integers, count: int) -> Dummies:
        """Return the dummies of some rows, `count` in number."""
        return Dummies([codes[rows] for codes in self.effects], self.levels, count)

    def sums(self, groups: Integers, count: int, columns: Floats) -> Floats:
        """Return the sums (K, count, D) of columns (K, n) over groups, level by level."""
        found = np.empty((len(columns), count, self.width))
        for codes, size, offset in zip(self.effects, self.levels, self.offsets, strict=False):
            places = groups * size + codes
            for column, sums in zip(columns, found, strict=True):
                counted = np.bincount(places, column, minlength=count * size)
                sums[:, offset : offset + size] = counted.reshape(count, size)
        return found

    def counts(self, groups: Integers, count: int, weights: Floats | None) -> Floats:
        """Return the weight of each level in each group (count, D)."""
        ones = np.ones(self.rows) if weights is None else weights
        blocks = [
            np.bincount(groups * size + codes, ones, minlength=count * size).reshape(count, size)
            for codes, size in zip(self.effects, self.levels, strict=True)
        ]
        return np.asarray(
            blocks[0] if len(blocks) == 1 else np.hstack([np.empty((count, 0)), *blocks]), dtype=np.float64
        )

    def gram(self, groups: Integers, count: int, weights: Floats | None) -> Floats:
        """Return the cross-products (count, D, D) of the dummies within groups."""
        found = np.zeros((count, self.width, self.width))
        for i, (codes, size) in enumerate(zip(self.effects, self.levels, strict=True)):
            places, here = groups * size + codes, self.offsets[i]
            diagonal = here + np.arange(size)
            counted = np.bincount(places, weights, minlength=count * size)
            found[:, diagonal, diagonal] = counted.reshape(count, size)
            for other, width, there in zip(self.effects[:i], self.levels[:i], self.offsets[:i], strict=True):
                counted = np.bincount(places * width + other, weights, minlength=count * size * width)
                block = counted.reshape(count, size, width)
                found[:, here : here + size, there : there + width] = block
                found[:, there : there + width, here : here + size] = np.swapaxes(block, 1, 2)
        return found

    def times(self, values: Floats) -> Floats:
        """Return the product (n,) of the dummies and one value (D,) a level."""
        rows = np.zeros(self.rows)
        for codes, offset in zip(self.effects, self.offsets, strict=False):
            rows += values[offset:][codes]
        return rows

    def dense(self) -> Floats:
        """Return the dummies as columns (D, n)."""
        dense = np.zeros((self.width, self.rows))
        for codes, offset in zip(self.effects, self.offsets, strict=False):
            dense[offset + codes, np.arange(self.rows)] = 1.0
        return dense
