"""Randomization inference for a dose in a regression, without a fit a permutation.

A dose D that is constant within assignment units a enters as D_a Z_i, with Z the columns that it multiplies (the
dummies of the years; entitlement times these). Effects nested in assignment units are absorbed in Z once, since D
is constant there. Everything else is columns, and every cross-product of a permuted dose is a sum over units:

    X'X = sum D_a^2 Z_a'Z_a      X'C = sum D_a Z_a'C_a      X'y = sum D_a Z_a'y_a

with C the controls and crossed effects, made orthonormal, and y free of them. Estimate and CRV1 of a
permutation follow from these by partialling out C (Frisch and Waugh 1933; Lovell 1963), so that a block of
permutations is a few matrix products. The numbers are those of a refit with every permutation.

The input of a dose formula and other controls stay where they are. A control that is itself a function of the dose
would have to move with it: leave it out, or permute by `randomization_test`. A Poisson model is tested on the
working residual of the model without the dose (`poisson_null`): a score-type statistic, exact under the
sharp null as any statistic is, but not the coefficient of a Poisson refit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import absorb, dense_codes
from stoeval.inference.assignments import assignments
from stoeval.inference.clustering import STEADY
from stoeval.inference.least_squares import fit
from stoeval.inference.randomization import ROUNDING, refuse_level, tally
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit
    from stoeval.inference.randomization import RandomizationTest

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

AT_ONCE = 2**22
"""Numbers held for one product over a block of assignments: 32 MB."""
SPANNED = 1e-10
"""Columns that keep less than this share of their length are combinations of controls and effects."""


class Compared(StrEnum):
    """Which statistic of each permutation is compared with that of the sample."""

    STUDENTISED = "studentised"
    """The t by CRV1 with the factor of fixest; keeps the size right under unequal variances."""
    ESTIMATE = "estimate"
    """The estimate itself."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseMoments:
    """A regression on a dose over A units in G clusters, reduced to cross-products.

    q columns that the dose multiplies; p orthonormal columns for controls and crossed effects.
    """

    gram: Floats
    """(A, q, q) cross-products of the columns by unit."""
    link: Floats
    """(A, q, p) cross-products of the columns with controls and crossed effects by unit."""
    moment: Floats
    """(A, q) cross-products of the columns with the outcome by unit."""
    nuisance_gram: Floats
    """(G, p, p) cross-products of controls and crossed effects by cluster."""
    nuisance_moment: Floats
    """(G, p) cross-products of controls and crossed effects with the outcome by cluster."""
    home: Integers
    """(A,) cluster of each unit."""
    factor: float
    """Small-sample factor of CRV1 as fixest has it."""
    shiftable: bool
    """Whether a constant added to the dose of every unit changes nothing."""


def dose_moments(  # noqa: PLR0913 - the parts of a regression
    outcome: Floats,
    columns: Floats,
    *,
    unit: Integers,
    cluster: Integers,
    nested: Sequence[Integers] = (),
    crossed: Sequence[Integers] = (),
    controls: Floats | None = None,
    weights: Floats | None = None,
) -> DoseMoments:
    """Reduce a regression of outcome (n,) on a dose times columns (n, q) to cross-products by unit (n,).

    `unit` holds positions in the dose. Nested effects lie within a unit, units within a cluster (n,). Raises
    EstimationError where they do not, where a unit has no row or a value is not finite, and NotIdentified where
    too few rows or clusters remain.
    """
    weights = np.ones(len(outcome)) if weights is None else weights
    refuse_bad_rows(outcome, columns, unit, cluster)
    home = _homes(unit, dense_codes(cluster), nested)
    null = fit(
        outcome,
        np.empty((len(outcome), 0)),
        names=(),
        cluster=cluster,
        nested=nested,
        crossed=crossed,
        controls=controls,
        weights=weights,
    )
    root = np.sqrt(weights)[:, None]
    Z = root * (absorb(columns, [dense_codes(codes) for codes in nested], weights) if nested else columns)
    Q = np.linalg.qr(null.design / root)[0] if len(null.bread) else np.empty((len(outcome), 0))
    y = root[:, 0] * null.residual
    beside = _by_group(unit, Z, np.column_stack([Z, Q, y]))
    nuisance = _by_group(dense_codes(cluster), Q, np.column_stack([Q, y]))
    q = columns.shape[1]
    left = np.linalg.norm(Z - Q @ (Q.T @ Z), axis=0)
    return DoseMoments(
        gram=np.ascontiguousarray(beside[:, :, :q]),
        link=np.ascontiguousarray(beside[:, :, q:-1]),
        moment=beside[:, :, -1],
        nuisance_gram=np.ascontiguousarray(nuisance[:, :, :-1]),
        nuisance_moment=nuisance[:, :, -1],
        home=home,
        factor=_factor(null, q),
        shiftable=bool((left <= SPANNED * np.linalg.norm(root * columns, axis=0)).all()),
    )


def permuted_doses(  # noqa: PLR0913 - the choices of a test
    moments: DoseMoments,
    dose: Floats,
    *,
    combination: Floats,
    generator: np.random.Generator,
    strata: Integers | None = None,
    compared: Compared = Compared.STUDENTISED,
    draws: int = 9_999,
    level: float = 0.95,
) -> RandomizationTest:
    """Permute a dose (A,) over units within strata (A,) and compare |combination (q,) of coefficients|.

    All distinct assignments are taken where there are no more of them than `draws`. `level` is that of the
    Monte-Carlo interval. Raises EstimationError for arguments that make no sense, and NotIdentified where no other
    assignment exists or an assignment has no estimate or standard error.
    """
    refuse_level(level)
    refuse_mismatch(moments, dose, combination)
    blocks, enumerated = assignments(dose, strata, draws, generator)
    sample = _compare(moments, dose[None], combination, compared)
    drawn = np.concatenate([_compare(moments, part, combination, compared) for part in parts(moments, blocks)])
    return tally(float(sample[0]), drawn, level, enumerated=enumerated)


def parts(moments: DoseMoments, blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield the blocks in parts small enough for the products that they enter."""
    _, q, p = moments.link.shape
    size = max(1, AT_ONCE // max(q * q, q * p, p * p))
    for block in blocks:
        yield from (block[first : first + size] for first in range(0, len(block), size))


def _compare(moments: DoseMoments, doses: Floats, combination: Floats, compared: Compared) -> Floats:
    """Return the statistic of each assignment (B, A)."""
    effect, score = estimates(moments, doses, combination, moments.moment, moments.nuisance_moment)
    if compared is Compared.ESTIMATE:
        return effect
    variance = moments.factor * (score**2).sum(axis=1)
    perfect = int((variance <= ROUNDING**2 * effect**2).sum())
    if perfect:
        message = f"{perfect} assignments fit the outcome perfectly: their estimate has no standard error"
        raise NotIdentified(message)
    return np.asarray(effect / np.sqrt(variance))


def estimates(
    moments: DoseMoments, doses: Floats, combination: Floats, moment: Floats, nuisance_moment: Floats
) -> tuple[Floats, Floats]:
    """Return the estimate (B,) and its score by cluster (B, G) for each assignment (B, A).

    `moment` (A, q) and `nuisance_moment` (G, p) are the cross-products with the outcome, free of controls and
    effects. Raises NotIdentified where an assignment has no estimate.
    """
    if moments.shiftable:
        doses = doses - doses.mean(axis=1, keepdims=True)
    squared, (A, q, p), G = doses**2, moments.link.shape, len(moments.nuisance_gram)
    gram = _sums(squared, moments.gram)
    link = _sums(doses, moments.link)
    partial = gram - link @ link.transpose(0, 2, 1)
    _refuse_inseparable(partial, gram)
    target = np.stack([doses @ moment, np.broadcast_to(combination, (len(doses), q))], axis=2)
    b, w = np.moveaxis(np.linalg.solve(partial, target), 2, 0)
    v, u = (np.einsum("bqp,bq->bp", link, each) for each in (b, w))
    cross = (_outer(w, v) + _outer(b, u)) @ moments.link.reshape(A, q * p).T
    by_unit = doses * (w @ moment.T + cross) - squared * (_outer(w, b) @ moments.gram.reshape(A, q * q).T)
    members = moments.home[:, None] == np.arange(G)
    beside = u @ nuisance_moment.T + _outer(u, v) @ moments.nuisance_gram.reshape(G, p * p).T
    return b @ combination, by_unit @ members - beside


def _sums(multiples: Floats, blocks: Floats) -> Floats:
    """Return the sums over units of blocks (A, r, c), each unit times its multiple (B, A)."""
    units, rows, columns = blocks.shape
    return np.asarray(multiples @ blocks.reshape(units, rows * columns)).reshape(len(multiples), rows, columns)


def _outer(left: Floats, right: Floats) -> Floats:
    """Return the products (B, r * c) of vectors (B, r) and (B, c)."""
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def _by_group(groups: Integers, left: Floats, right: Floats) -> Floats:
    """Return left'right of each group."""
    order = np.argsort(groups, kind="stable")
    edges = np.searchsorted(groups[order], np.arange(int(groups.max()) + 2))
    left, right = left[order], right[order]
    return np.stack([left[start:end].T @ right[start:end] for start, end in pairwise(edges)])


def _homes(unit: Integers, cluster: Integers, nested: Sequence[Integers]) -> Integers:
    """Return the cluster of each unit; raise where effects, units and clusters do not lie within each other."""
    empty = int(unit.min() < 0) or int((np.bincount(unit) == 0).sum())
    if empty:
        message = f"{empty} units of the dose have no row; leave them out of the dose and number the others from 0"
        raise EstimationError(message)
    home = np.zeros(int(unit.max()) + 1, dtype=np.int64)
    home[unit] = cluster
    if (home[unit] != cluster).any():
        message = "a unit that has one dose lies in more than one cluster; cluster at the level of the doses or above"
        raise EstimationError(message)
    for number, codes in enumerate(nested, start=1):
        crossing = int(dense_codes(codes, unit).max() - dense_codes(codes).max())
        if crossing:
            message = (
                f"nested effect {number} has levels in more than one unit of the dose; give it as a crossed effect"
            )
            raise EstimationError(message)
    return home


def _factor(null: Fit, q: int) -> float:
    """Return the factor of CRV1 in the convention of fixest, for the model with q more columns."""
    G, N = null.n_clusters, null.n_obs
    K = q + null.n_controls + null.n_crossed_levels
    if G < 3 or N <= K:
        message = f"{G} clusters with {N} rows carry {K} parameters: nothing is left to test with"
        raise NotIdentified(message)
    return G / (G - 1) * (N - 1) / (N - K)


def _refuse_inseparable(partial: Floats, gram: Floats) -> None:
    """Raise where an assignment's columns (B, q, q) are combinations of controls, effects or each other."""
    length = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
    scaled = partial / np.maximum(length[:, :, None] * length[:, None, :], np.finfo(float).tiny)
    try:
        pivots = np.diagonal(np.linalg.cholesky(scaled), axis1=1, axis2=2)
        lost = int((pivots.min(axis=1) <= STEADY).sum())
    except np.linalg.LinAlgError:
        lost = max(1, int((np.linalg.eigvalsh(scaled)[:, 0] <= STEADY**2).sum()))
    if lost:
        message = (
            f"{lost} of {len(gram)} assignments cannot be told apart from controls and effects; use fewer strata, or "
            "leave out columns that the dose multiplies"
        )
        raise NotIdentified(message)


def refuse_mismatch(moments: DoseMoments, dose: Floats, combination: Floats) -> None:
    """Raise EstimationError where a dose or a combination does not belong to the moments."""
    if dose.shape != (len(moments.home),) or combination.shape != (moments.gram.shape[1],) or not combination.any():
        message = (
            f"{dose.shape} doses and a combination {combination.shape} for {len(moments.home)} units and "
            f"{moments.gram.shape[1]} columns; give one dose a unit and one weight a column, not all zero"
        )
        raise EstimationError(message)
