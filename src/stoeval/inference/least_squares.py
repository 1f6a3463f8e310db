"""Least squares with absorbed effects: one pass over the rows, then cross-products per cluster.

Effects come in two kinds. *Nested* effects lie inside one cluster (a vestiging in its region) and are
absorbed. *Crossed* effects run across clusters (school years) and enter as columns, so that the
cross-products of a cluster can be taken out and the rest re-solved: the jackknife is then exact.

Solved by the triangular factor of a Householder QR of the residualised, weighted design, with refinement on
the residuals (corrected semi-normal equations; Björck 1987, Linear Algebra and its Applications 88/89). Everything
after the fit works on the record, not on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import absorb, absorbed_rank, dense_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

REFINEMENTS = 3
"""One solution and two corrections of it."""
COLLINEAR = 1e-9
"""A column that keeps less than this share of its length is a combination of the others."""
FLAT = 1e-12
"""What is left of an outcome beside controls and effects, as a share of its length, is rounding below this."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A fit, reduced to what inference needs.

    P columns: first the k regressors of interest, then the controls and crossed effects that could be told apart.
    """

    coefficients: Floats
    """(k,) coefficients of the regressors of interest."""
    names: tuple[str, ...]
    bread: Floats
    """(P, P) inverse of the cross-product of the residualised design."""
    cluster_gram: Floats
    """(G, P, P) cross-products of the design by cluster."""
    cluster_moment: Floats
    """(G, P) cross-products of design and outcome by cluster."""
    cluster_score: Floats
    """(G, P) cross-products of design and residual by cluster."""
    design: Floats
    """(n, P) residualised design, times the weights: the rows of X'W."""
    residual: Floats
    """(n,) residuals."""
    rows: Integers
    """(n,) positions of the rows that were used, in the arrays that were given."""
    n_obs: int
    n_clusters: int
    n_effects: int
    """How many nested effects there are."""
    n_nested_effects: int
    """Parameters of the nested effects; -1 where more than two make the rank unknown."""
    n_controls: int
    """Controls that could be told apart."""
    n_crossed_levels: int
    """Levels of the crossed effects as fixest counts them."""

    @property
    def k(self) -> int:
        """Number of regressors of interest."""
        return len(self.coefficients)


def fit(  # noqa: PLR0913 - the parts of a regression
    outcome: Floats,
    regressors: Floats,
    *,
    names: Sequence[str],
    cluster: Integers,
    nested: Sequence[Integers] = (),
    crossed: Sequence[Integers] = (),
    controls: Floats | None = None,
    weights: Floats | None = None,
) -> Fit:
    """Fit outcome (n,) on regressors (n, k) with controls (n, q), nested and crossed effects, by cluster (n,).

    `nested` and `crossed` hold one integer code (n,) per effect. A control or a level of a crossed effect
    that repeats others is left out; a regressor never is. Raises EstimationError where a value is not
    finite or a weight is not positive, and NotIdentified where a regressor cannot be told apart from the
    controls and effects, or where these leave nothing of the outcome.
    """
    weights = np.ones(len(outcome)) if weights is None else weights
    controls = np.empty((len(outcome), 0)) if controls is None else controls
    refuse_bad_rows(outcome, regressors, controls, weights, cluster, *nested, *crossed)
    _refuse_light_rows(weights)
    nested, crossed = [dense_codes(codes) for codes in nested], [dense_codes(codes) for codes in crossed]
    _refuse_crossing(nested, cluster)
    raw = np.column_stack([outcome, regressors, controls, _dummies(crossed, len(outcome), intercept=not nested)])
    columns = absorb(raw, nested, weights) if nested else raw
    y, X = columns[:, 0], columns[:, 1:]
    kept, R = _independent(X, np.linalg.norm(raw[:, 1:], axis=0), weights, regressors.shape[1], names)
    X = X[:, kept]
    coefficients, bread = _solve(X, y, weights, R)
    weighted = X * weights[:, None]
    residual = y - X @ coefficients
    _refuse_flat(outcome, X[:, : regressors.shape[1]] @ coefficients[: regressors.shape[1]], residual)
    gram, moment, score = _by_cluster(dense_codes(cluster), weighted, X, y, residual)
    return Fit(
        coefficients=coefficients[: regressors.shape[1]],
        names=tuple(names),
        bread=bread,
        cluster_gram=gram,
        cluster_moment=moment,
        cluster_score=score,
        design=weighted,
        residual=residual,
        rows=np.arange(len(outcome)),
        n_obs=len(outcome),
        n_clusters=len(gram),
        n_effects=len(nested),
        n_nested_effects=absorbed_rank(nested) if len(nested) <= 2 else -1,
        n_controls=int((kept < regressors.shape[1] + controls.shape[1]).sum()) - regressors.shape[1],
        n_crossed_levels=_crossed_levels(crossed),
    )


def _by_cluster(
    groups: Integers, weighted: Floats, X: Floats, y: Floats, residual: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the cross-products of design with design, outcome and residual, one block a cluster."""
    order = np.argsort(groups, kind="stable")
    edges = np.searchsorted(groups[order], np.arange(int(groups.max()) + 2))
    left, right = weighted[order], np.column_stack([X, y, residual])[order]
    blocks = np.stack([left[start:end].T @ right[start:end] for start, end in pairwise(edges)])
    return blocks[:, :, :-2], blocks[:, :, -2], blocks[:, :, -1]


def refuse_bad_rows(outcome: Floats, *others: Floats | Integers) -> None:
    """Raise EstimationError where arrays differ in length or hold a value that is not finite.

    Raises NotIdentified where there are no rows.
    """
    rows = len(outcome)
    lengths = {len(other) for other in others} | {rows}
    if lengths != {rows}:
        message = f"outcome has {rows} rows, the arrays together {sorted(lengths)}; give arrays of equal length"
        raise EstimationError(message)
    if rows == 0:
        message = "the sample has 0 rows; widen the population or the years"
        raise NotIdentified(message)
    bad = sum(int((~np.isfinite(values)).sum()) for values in (outcome, *others))
    if bad:
        message = f"{bad} values are not finite; drop these rows or fill them before fitting"
        raise EstimationError(message)


def _refuse_light_rows(weights: Floats) -> None:
    light = int((weights <= 0).sum())
    if light:
        message = f"{light} weights are zero or negative; drop these rows before fitting"
        raise EstimationError(message)


def _refuse_flat(outcome: Floats, explained: Floats, residual: Floats) -> None:
    if max(np.linalg.norm(explained), np.linalg.norm(residual)) <= FLAT * np.linalg.norm(outcome):
        message = "controls and effects leave nothing of the outcome: it does not vary between the rows to compare"
        raise NotIdentified(message)


def _refuse_crossing(nested: Sequence[Integers], cluster: Integers) -> None:
    for number, codes in enumerate(nested, start=1):
        crossing = int(dense_codes(codes, cluster).max() - codes.max())
        if crossing:
            message = (
                f"nested effect {number} has levels in more than one cluster ({crossing} times too many), so that no "
                "cluster can be taken out; give it as a crossed effect, or cluster at a higher level"
            )
            raise EstimationError(message)


def _dummies(crossed: Sequence[Integers], rows: int, *, intercept: bool) -> Floats:
    """Return the dummies of the crossed effects without their first levels, and a constant if asked."""
    blocks = [np.eye(int(codes.max()) + 1)[codes][:, 1:] for codes in crossed]
    if intercept:
        blocks.insert(0, np.ones((rows, 1)))
    return np.column_stack(blocks) if blocks else np.empty((rows, 0))


def _crossed_levels(crossed: Sequence[Integers]) -> int:
    levels = sum(int(codes.max()) + 1 for codes in crossed)
    return levels - (len(crossed) - 1) if crossed else 1


def _independent(X: Floats, lengths: Floats, weights: Floats, k: int, names: Sequence[str]) -> tuple[Integers, Floats]:
    """Return the columns to keep and their triangular factor R.

    A nuisance column that repeats others goes; a regressor of interest may not.
    """
    order = [*range(k, X.shape[1]), *range(k)]
    if len(X) < len(order):
        message = f"{len(X)} rows cannot carry {len(order)} columns; fewer columns or more rows are needed"
        raise NotIdentified(message)
    R = np.asarray(np.linalg.qr(X[:, order] * np.sqrt(weights)[:, None], mode="r"))
    repeated = _combinations_of_earlier(R, lengths[order] * np.sqrt(weights.mean()))
    lost = [names[column] for column, repeats in zip(order, repeated, strict=True) if repeats and column < k]
    if lost:
        message = f"{len(lost)} regressors cannot be told apart from the effects or from each other: {', '.join(lost)}"
        raise NotIdentified(message)
    place = {column: position for position, column in enumerate(order)}
    kept = [column for column in range(X.shape[1]) if not repeated[place[column]]]
    factor = np.asarray(np.linalg.qr(R[:, [place[column] for column in kept]], mode="r"))
    return np.array(kept, dtype=np.int64), factor


def _combinations_of_earlier(R: Floats, scale: Floats) -> list[bool]:
    """Say which columns are combinations of earlier ones, by Gram-Schmidt, twice for the rounding."""
    # The diagonal of R cannot tell: a repeated column takes a row of R too, and what a later column has along
    # that row is missing from its diagonal.
    span, repeated = np.empty((len(R), 0)), []
    for column, full in zip(R.T, scale, strict=True):
        rest = column - span @ (span.T @ column)
        rest -= span @ (span.T @ rest)
        length = float(np.linalg.norm(rest))
        repeated.append(length <= COLLINEAR * full)
        if not repeated[-1]:
            span = np.column_stack([span, rest / length])
    return repeated


def _solve(X: Floats, y: Floats, weights: Floats, R: Floats) -> tuple[Floats, Floats]:
    """Return coefficients and (X'WX)^-1 by corrected semi-normal equations (Björck 1987)."""
    coefficients = np.zeros(X.shape[1])
    for _ in range(REFINEMENTS):
        gradient = X.T @ (weights * (y - X @ coefficients))
        coefficients = coefficients + solve_triangular(R, solve_triangular(R, gradient, trans="T"))
    inverse = solve_triangular(R, np.eye(len(R)))
    return coefficients, inverse @ inverse.T
