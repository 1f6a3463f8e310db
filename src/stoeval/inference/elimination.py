"""Effects and dummies eliminated from columns, block by block, and what is left solved by QR.

The dummies D of crossed effects are eliminated by their normal equations after absorption. These are made of
counts and sums over levels, D'MD = D'D - S'(A'A)^-1 S with S = A'D for dummies A of the absorbed effects, and
never of rows. What rounding leaves of a dummy in a column is eliminated again until nothing is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from stoeval.inference.absorption import Solved, Swept, removal
from stoeval.inference.blocks import Dummies, products

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.inference.blocks import Block
    from stoeval.inference.regression_rows import Floats, Integers, RegressionRows

STEEP = 1e-4
"""A column that keeps less than this share of its squared length is absorbed twice."""
EMPTY = 1e-12
"""A dummy that keeps less than this share of its weight repeats others: the rounding of sums of counts."""
LEFT = 1e-13
"""Share of the length of a column that may be left along the dummies."""
PASSES = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A block at work."""

    block: Block
    columns: Floats
    """(K, n) controls, regressors and outcomes, changed in place."""
    remover: Solved | Swept
    dummies: Dummies
    weights: Floats | None

    def weighted(self, columns: Floats) -> Floats:
        """Return columns (K, n) times the weights."""
        return columns if self.weights is None else columns * self.weights

    def chosen(self, places: Integers) -> Floats:
        """Return some of the columns; the first ones without a copy."""
        first = len(places)
        return self.columns[:first] if (places == np.arange(first)).all() else self.columns[places]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accumulated:
    """Cross-products by cluster after absorption, of K columns and of the D dummies that could be told apart."""

    parts: list[Part]
    lengths: Floats
    """(K,) lengths of the columns before absorption."""
    columns: Floats
    """(G, K, K)"""
    mixed: Floats
    """(G, K, D)"""
    dummies: Floats
    """(G, D, D)"""
    kept: Integers
    """(D,) which of all levels they are."""
    triangle: Floats
    """(D, D) upper triangular factor of the cross-products of the dummies."""
    rank: int
    """Parameters of the absorbed effects; -1 where there are too many to know."""


def accumulate(rows: RegressionRows) -> Accumulated:
    """Absorb the effects in every block and return the cross-products."""
    parts = [_part(rows, block) for block in rows.blocks()]
    squares = np.sum([length for _, length in parts], axis=0)
    made = [_products(part) for part, _ in parts]
    columns, mixed, dummies = (np.concatenate([blocks[i] for blocks in made]) for i in range(3))
    weight = np.sum([blocks[3] for blocks in made], axis=0)
    kept, triangle = independent(dummies.sum(axis=0), weight, rows.dummy_columns)
    return Accumulated(
        parts=[part for part, _ in parts],
        lengths=np.sqrt(squares),
        columns=columns,
        mixed=mixed[:, :, kept],
        dummies=dummies[:, kept[:, None], kept],
        kept=kept,
        triangle=triangle,
        rank=max(-1, sum(part.remover.rank for part, _ in parts)),
    )


def _part(rows: RegressionRows, block: Block) -> tuple[Part, Floats]:
    """Return a block with the effects absorbed, and the squared lengths of its columns before."""
    columns = rows.columns(block.rows)
    weights = None if rows.weights is None else rows.weights[block.rows]
    part = Part(
        block=block,
        columns=columns,
        remover=removal(block.effects, weights),
        dummies=rows.dummies.of(block.rows, len(block.groups)),
        weights=weights,
    )
    before = _squares(part)
    part.remover.remove(columns)
    if block.effects and (_squares(part) < STEEP * before).any():
        part.remover.remove(columns)
    return part, before


def _squares(part: Part) -> Floats:
    return np.asarray(np.einsum("kn,kn->k", part.columns, part.weighted(part.columns)))


def _products(part: Part) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the cross-products of a block by cluster: columns, mixed, dummies; and the weight of each level."""
    block, count = part.block, len(part.block.starts)
    weighted = part.weighted(part.columns)
    columns = products(part.columns, weighted, block.starts)
    mixed = np.swapaxes(part.dummies.sums(block.groups, count, weighted), 0, 1)
    gram = part.dummies.gram(block.groups, count, part.weights)
    weight = np.einsum("gdd->d", gram)
    if not part.dummies.width:
        return columns, mixed, gram, weight
    if isinstance(part.remover, Swept):
        dense = part.dummies.dense()
        part.remover.remove(dense)
        return columns, mixed, products(dense, part.weighted(dense), block.starts), weight
    sums = [
        part.dummies.counts(codes, len(total), part.weights)
        for codes, total in zip(block.effects, part.remover.totals, strict=True)
    ]
    for left, right, starts in part.remover.squares(sums, block.level_starts):
        gram -= products(left.T, right.T, starts)
    return columns, mixed, gram, weight


def independent(gram: Floats, weight: Floats, candidates: Integers) -> tuple[Integers, Floats]:
    """Return the columns that no earlier one repeats, and the triangular factor of their cross-products.

    A column repeats others where it keeps less than `EMPTY` of its weight.
    """
    scale = np.sqrt(np.where(weight > 0, weight, 1.0)[candidates])
    rest = gram[candidates[:, None], candidates] / np.outer(scale, scale)
    kept = []
    for j in range(len(candidates)):
        if rest[j, j] > EMPTY:
            kept.append(j)
            rest[j + 1 :, j + 1 :] -= np.outer(rest[j + 1 :, j], rest[j, j + 1 :]) / rest[j, j]
    chosen = candidates[np.array(kept, dtype=np.int64)]
    if not kept:
        return chosen, np.empty((0, 0))
    return chosen, np.asarray(np.linalg.cholesky(gram[chosen[:, None], chosen]).T, dtype=np.float64)


def residualise(accumulated: Accumulated) -> Floats:
    """Eliminate the dummies from all columns in place; return what of each dummy was in each column, (D, K)."""
    found = np.zeros((len(accumulated.kept), len(accumulated.lengths)))
    left = accumulated.mixed.sum(axis=0).T
    for _ in range(PASSES):
        along = solve_triangular(accumulated.triangle, left, trans="T") if len(left) else left
        step = solve_triangular(accumulated.triangle, along) if len(left) else left
        found += step
        left = np.sum([_eliminate(part, step, accumulated.kept) for part in accumulated.parts], axis=0)
        if not len(left):
            break
        rest = np.linalg.norm(solve_triangular(accumulated.triangle, left, trans="T"), axis=0)
        if (rest <= LEFT * accumulated.lengths).all():
            break
    return found


def _eliminate(part: Part, step: Floats, kept: Integers) -> Floats:
    """Take dummies times `step` (D, K) out of the columns of a block; return their products (D, K) with the rest."""
    values = np.zeros((part.dummies.width, len(part.columns)))
    values[kept] = step
    if len(kept):
        for column, value in zip(part.columns, values.T, strict=True):
            np.subtract(column, part.dummies.times(value), out=column)
    part.remover.remove(part.columns)
    everywhere = np.zeros(part.columns.shape[1], dtype=np.int64)
    return part.dummies.sums(everywhere, 1, part.weighted(part.columns))[:, 0, kept].T


def triangle_of(parts: Sequence[Part]) -> Floats:
    """Return the triangular factor (K, K) of the columns by QR of each block, then of all their factors."""
    blocks = []
    for part in parts:
        scaled = part.columns if part.weights is None else part.columns * np.sqrt(part.weights)
        blocks.append(np.linalg.qr(scaled.T, mode="r"))
    return np.asarray(np.linalg.qr(np.vstack(blocks), mode="r"))


def residuals(parts: Sequence[Part], design: Integers, coefficients: Floats, triangle: Floats) -> list[Floats]:
    """Return the residuals (m, n) of each block at coefficients (p, m), which are corrected in place.

    The outcomes are the last m columns; `design` names the p columns with triangular factor `triangle`.
    """
    m = coefficients.shape[1]
    found = [part.columns[-m:] - coefficients.T @ part.chosen(design) for part in parts]
    gradient = np.zeros_like(coefficients)
    for part, residual in zip(parts, found, strict=True):
        gradient += part.chosen(design) @ part.weighted(residual).T
    correction = solve_triangular(triangle, solve_triangular(triangle, gradient, trans="T"))
    coefficients += correction
    for part, residual in zip(parts, found, strict=True):
        np.subtract(residual, correction.T @ part.chosen(design), out=residual)
    return found


def scores(
    accumulated: Accumulated, design: Integers, within: Floats, residuals: Sequence[Floats]
) -> tuple[Floats, Floats]:
    """Return the cross-products by cluster of residuals (m, n) with p columns, (m, G, p), and dummies, (m, G, D).

    `within` (D, p) is what elimination took out of the columns; the scores are those of the columns before it.
    """
    columns, dummies = [], []
    for part, residual in zip(accumulated.parts, residuals, strict=True):
        block, weighted = part.block, part.weighted(residual)
        columns.append(products(weighted, part.chosen(design), block.starts))
        dummies.append(part.dummies.sums(block.groups, len(block.starts), weighted)[:, :, accumulated.kept])
    mixed = np.concatenate(dummies, axis=1)
    return np.swapaxes(np.concatenate(columns), 0, 1) + mixed @ within, mixed
