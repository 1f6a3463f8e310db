"""Least squares with absorbed effects: one pass over the rows, then cross-products per cluster.

Effects come in three kinds. *Nested* effects lie inside one cluster (a vestiging in its region) and are absorbed.
*Crossed* effects run across clusters (school years) and enter as columns, so that the cross-products of a cluster
can be taken out and the rest re-solved: the jackknife is then exact. *Absorbed* effects link clusters and are
absorbed all the same (workers and firms): coefficients and CRV1 are right, and the fit says that no cluster can
be taken out of it.

Rows are worked on in blocks of whole clusters. Dummies of crossed effects are never built: their products with
each other and with the columns follow from counts and sums over levels. Regressors and controls are residualised
on effects and dummies row by row and solved by Householder QR, block upon block, with a correction on the
residuals (Björck 1987, Linear Algebra and its Applications 88/89). Small regressions without absorbed effects are
solved in whole numbers instead (`exact`). Everything after the fit works on the record, not on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import solve_triangular

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference import elimination
from stoeval.inference.exact import affordable, solve_exactly
from stoeval.inference.moments import Moments
from stoeval.inference.regression_rows import RegressionRows, finer, refuse_bad_rows, regression_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stoeval.inference.elimination import Accumulated

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Numbers = NDArray[Any]

__all__ = ["FLAT", "Fit", "fit", "fit_many", "refuse_bad_rows"]

COLLINEAR = 1e-10
"""A column that keeps less than this share of its length is a combination of the others."""
FLAT = 1e-12
"""What is left of an outcome beside controls and effects, as a share of its length, is rounding below this."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Shared:
    """What the design of all fits of one call is made of, when somebody asks for it."""

    source: RegressionRows
    controls: Integers
    dummies: Integers

    @cached_property
    def design(self) -> Floats:
        """Return the design."""
        return self.source.design(self.controls, self.dummies)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit(Moments):
    """A fit, reduced to what inference needs, with its residuals and the rows it was made of."""

    residual: Floats
    """(n,) residuals."""
    rows: Integers
    """(n,) positions of the rows that were used, in the arrays that were given."""
    made_of: _Shared

    @property
    def design(self) -> Floats:
        """(n, P) residualised design, times the weights: the rows of X'W."""
        return self.made_of.design


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solution:
    """Coefficients (p, m) of controls and regressors, what they were made with, and the residuals by block."""

    columns: Integers
    """(p,) which controls, then which regressors."""
    coefficients: Floats
    bread: Floats
    """(P, P) regressors first, then controls, then dummies."""
    residuals: list[Floats]
    """(m, n) of each block"""
    within: Floats
    """(D, p) what elimination of the dummies took out of the columns."""


def fit(  # noqa: PLR0913 - the parts of a regression
    outcome: Numbers,
    regressors: Numbers,
    *,
    names: Sequence[str] | None = None,
    cluster: Integers | None = None,
    nested: Sequence[Integers] = (),
    crossed: Sequence[Integers] = (),
    absorbed: Sequence[Integers] = (),
    controls: Numbers | None = None,
    weights: Floats | None = None,
    intercept: bool = True,
) -> Fit:
    """Fit outcome (n,) on regressors (n, k) or (n,) with controls (n, q) and effects, by cluster (n,).

    Regressors are named x0, x1, … without `names`, and each row is its own cluster without `cluster`. `nested`,
    `crossed` and `absorbed` hold one integer code (n,) per effect. Without any effect a constant is added, unless
    a regressor is one or `intercept` is False. A control or a level of a crossed effect that repeats others is
    left out; a regressor never is. Raises EstimationError where a value is not finite, a weight is not positive
    or a nested effect crosses clusters, and NotIdentified where a regressor cannot be told apart from the controls
    and effects, or where these leave nothing of the outcome.
    """
    outcome = np.asarray(outcome)
    if outcome.ndim != 1:
        message = f"one outcome has the shape (rows,), not {outcome.shape}; use fit_many for several"
        raise EstimationError(message)
    return fit_many(
        outcome[:, None],
        regressors,
        names=names,
        cluster=cluster,
        nested=nested,
        crossed=crossed,
        absorbed=absorbed,
        controls=controls,
        weights=weights,
        intercept=intercept,
    )[0]


def fit_many(  # noqa: PLR0913 - the parts of a regression
    outcomes: Numbers,
    regressors: Numbers,
    *,
    names: Sequence[str] | None = None,
    cluster: Integers | None = None,
    nested: Sequence[Integers] = (),
    crossed: Sequence[Integers] = (),
    absorbed: Sequence[Integers] = (),
    controls: Numbers | None = None,
    weights: Floats | None = None,
    intercept: bool = True,
) -> tuple[Fit, ...]:
    """Fit each of the outcomes (n, m) as `fit` does; effects are absorbed and the design is solved once for all."""
    rows = regression_rows(
        outcomes,
        regressors,
        cluster=cluster,
        nested=nested,
        crossed=crossed,
        absorbed=absorbed,
        controls=controls,
        weights=weights,
        intercept=intercept,
    )
    k = rows.regressors.shape[1]
    names = tuple(f"x{j}" for j in range(k)) if names is None else tuple(names)
    if len(names) != k:
        message = f"{len(names)} names for {k} regressors; give one name a regressor"
        raise EstimationError(message)
    accumulated = elimination.accumulate(rows)
    return _records(rows, names, accumulated, _solve(rows, names, accumulated))


def _solve(rows: RegressionRows, names: Sequence[str], accumulated: Accumulated) -> _Solution:
    """Return the solution of the normal equations of all outcomes."""
    q, k, m = (part.shape[1] for part in (rows.controls, rows.regressors, rows.outcomes))
    needed = q + k + len(rows.dummy_columns)
    if len(rows.cluster) < needed:
        message = f"{len(rows.cluster)} rows cannot carry {needed} columns; fewer columns or more rows are needed"
        raise NotIdentified(message)
    within = elimination.residualise(accumulated)
    triangle = elimination.triangle_of(accumulated.parts)
    columns = _independent(triangle[:, : q + k], accumulated.lengths, q, names)
    p = len(columns)
    last = np.arange(q + k, q + k + m)
    triangle = np.asarray(np.linalg.qr(triangle[:, [*columns, *last]], mode="r"))
    R = triangle[:p, :p]
    coefficients = np.asarray(solve_triangular(R, triangle[:p, p:]))
    residuals = elimination.residuals(accumulated.parts, columns, coefficients, R)
    _refuse_flat(triangle[: p + m, p - k : p] @ coefficients[p - k :], triangle[p:, p:], accumulated.lengths[last])
    solution = _Solution(
        columns=columns,
        coefficients=coefficients,
        bread=_bread(R, accumulated.triangle, within[:, columns], k),
        residuals=residuals,
        within=within[:, columns],
    )
    return _in_whole_numbers(rows, accumulated, solution)


def _independent(R: Floats, lengths: Floats, q: int, names: Sequence[str]) -> Integers:
    """Return the columns to keep, q controls before the regressors; a regressor may not be lost."""
    repeated = _combinations_of_earlier(R, lengths[: R.shape[1]])
    lost = [name for name, repeats in zip(names, repeated[q:], strict=True) if repeats]
    if lost:
        message = f"{len(lost)} regressors cannot be told apart from the effects or from each other: {', '.join(lost)}"
        raise NotIdentified(message)
    return np.flatnonzero(~np.array(repeated, dtype=bool))


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


def _bread(R: Floats, dummies: Floats, within: Floats, k: int) -> Floats:
    """Return (X'WX)^-1 from the factors of dummies and of columns, regressors first."""
    D, p = len(dummies), len(R)
    whole = np.block([[dummies, dummies @ within], [np.zeros((p, D)), R]])
    inverse = solve_triangular(whole, np.eye(D + p))
    order = [*range(D + p - k, D + p), *range(D, D + p - k), *range(D)]
    return np.asarray((inverse @ inverse.T)[np.ix_(order, order)])


def _in_whole_numbers(rows: RegressionRows, accumulated: Accumulated, solution: _Solution) -> _Solution:
    """Return the solution without rounding where the regression is small and absorbs nothing."""
    k, q, n = rows.regressors.shape[1], rows.controls.shape[1], len(rows.cluster)
    P = len(solution.bread)
    if rows.absorbed or not affordable(n, P):
        if any(finer(part) for part in (rows.outcomes, rows.regressors, rows.controls)):
            message = (
                f"numbers of more digits than a double are kept in small regressions without absorbed effects only, "
                f"not with {n} rows and {P} columns; give doubles"
            )
            raise EstimationError(message)
        return solution
    controls = rows.controls[:, solution.columns[solution.columns < q]]
    columns = np.concatenate([rows.regressors, controls, rows.dummies.dense()[accumulated.kept].T], axis=1)
    coefficients, bread, residual = solve_exactly(rows.outcomes, columns, rows.weights)
    return _Solution(
        columns=solution.columns,
        coefficients=np.concatenate([coefficients[k : P - len(accumulated.kept)], coefficients[:k]]),
        bread=bread,
        residuals=[residual[part.block.rows].T for part in accumulated.parts],
        within=solution.within,
    )


def _refuse_flat(explained: Floats, left: Floats, lengths: Floats) -> None:
    """Raise where neither regressors (., m) nor residuals (., m) hold anything of an outcome of some length (m,)."""
    largest = np.maximum(np.linalg.norm(explained, axis=0), np.linalg.norm(left, axis=0))
    if (largest <= FLAT * lengths).any():
        message = "controls and effects leave nothing of the outcome: it does not vary between the rows to compare"
        raise NotIdentified(message)


def _records(
    rows: RegressionRows, names: tuple[str, ...], accumulated: Accumulated, solution: _Solution
) -> tuple[Fit, ...]:
    """Return one fit an outcome; everything but outcome and residual is shared."""
    k, q = rows.regressors.shape[1], rows.controls.shape[1]
    p = len(solution.columns)
    order = np.concatenate([np.arange(p - k, p), np.arange(p - k)])
    columns = solution.columns[order]
    scores = elimination.scores(accumulated, solution.columns, solution.within, solution.residuals)
    gram = accumulated.columns[:, columns[:, None], columns]
    mixed = accumulated.mixed[:, columns]
    shared = _Shared(source=rows, controls=solution.columns[: p - k], dummies=accumulated.kept)
    residual = np.empty((rows.outcomes.shape[1], len(rows.cluster)))
    for part, values in zip(accumulated.parts, solution.residuals, strict=True):
        residual[:, part.block.rows] = values
    gram = np.block([[gram, mixed], [np.swapaxes(mixed, 1, 2), accumulated.dummies]])
    return tuple(
        Fit(
            coefficients=solution.coefficients[p - k :, j].copy(),
            names=names,
            bread=solution.bread,
            cluster_gram=gram,
            cluster_moment=np.hstack([accumulated.columns[:, columns, q + k + j], accumulated.mixed[:, q + k + j]]),
            cluster_score=np.hstack([scores[0][j][:, order], scores[1][j]]),
            residual=residual[j],
            rows=np.arange(len(rows.cluster)),
            made_of=shared,
            n_obs=len(rows.cluster),
            n_clusters=len(gram),
            n_effects=len(rows.nested),
            n_nested_effects=accumulated.rank,
            n_controls=p - k,
            n_crossed_levels=rows.n_crossed_levels,
            jackknife_exact=not rows.linking,
        )
        for j in range(rows.outcomes.shape[1])
    )
