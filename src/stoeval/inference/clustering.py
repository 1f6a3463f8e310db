"""Cluster-robust covariance from the cross-products of a fit.

CRV1 is the sandwich of cluster scores times a small-sample factor, which each package chooses for
itself; the choice is named here and printed with every estimate. CRV3 is the cluster jackknife with
the factor (G-1)/G of MacKinnon, Nielsen and Webb (2023, Journal of Applied Econometrics 38(5)).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]


SINGULAR = 1e12
"""Beyond this condition number the correlations of coefficients hold no joint test."""


STEADY = 3e-6
"""Smallest pivot of a scaled cross-product that is not taken for zero."""


class Convention(StrEnum):
    """Whose small-sample factor a CRV1 covariance carries."""

    FIXEST = "fixest"
    """G/(G-1) (N-1)/(N-K), where effects nested in the clusters do not count in K."""
    STATA = "stata"
    """G/(G-1) (N-1)/(N-K), where every absorbed effect counts in K, as areg and dummies do."""
    LINEARMODELS = "linearmodels"
    """N/(N-K) without a factor for the clusters: the default of PanelOLS. Every effect counts in K, except a
    single effect that is nested in the clusters and stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariance:
    """Covariance (k, k) of the regressors of interest, and how it was made."""

    matrix: Floats
    df: float
    convention: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A linear combination of coefficients with its t-based interval."""

    effect: float
    std_error: float
    ci_low: float
    ci_high: float
    ci_level: float
    p_value: float
    df: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldTest:
    """A joint test that some coefficients are zero, against F(restrictions, df)."""

    statistic: float
    restrictions: int
    df: float
    p_value: float


def crv1(fit: Fit, convention: Convention = Convention.FIXEST) -> Covariance:
    """Return the sandwich covariance by cluster under a named small-sample convention."""
    G, N, k = fit.n_clusters, fit.n_obs, fit.k
    _refuse_few_clusters(G)
    if convention is Convention.FIXEST:
        K = k + fit.n_controls + fit.n_crossed_levels
    else:
        if fit.n_nested_effects < 0:
            message = f"convention {convention} counts every effect, and the rank of these is unknown; use fixest"
            raise EstimationError(message)
        alone = convention is Convention.LINEARMODELS and fit.n_crossed_levels == 1 and fit.n_effects == 1
        K = len(fit.bread) + (0 if alone else fit.n_nested_effects)
    if N <= K:
        message = f"{N} rows carry {K} parameters: nothing is left to estimate the uncertainty from"
        raise NotIdentified(message)
    factor = N / (N - K) if convention is Convention.LINEARMODELS else G / (G - 1) * (N - 1) / (N - K)
    meat = fit.cluster_score.T @ fit.cluster_score
    matrix = factor * (fit.bread @ meat @ fit.bread)[:k, :k]
    return Covariance(matrix=matrix, df=G - 1, convention=f"CRV1 {convention}, t({G - 1})")


def leave_one_out(fit: Fit) -> Floats:
    """Return the coefficients (G, k) re-estimated without each cluster in turn.

    Raises NotIdentified where a coefficient has no value without a cluster.
    """
    gram, moment = fit.cluster_gram.sum(axis=0), fit.cluster_moment.sum(axis=0)
    scale = 1 / np.sqrt(np.diag(gram))
    rest = (gram - fit.cluster_gram) * np.outer(scale, scale)
    target = (moment - fit.cluster_moment) * scale
    try:
        factor = np.linalg.cholesky(rest)
        steady = bool(np.diagonal(factor, axis1=1, axis2=2).min() > STEADY)
    except np.linalg.LinAlgError:
        steady = False
    if steady:
        return np.linalg.solve(rest, target[..., None])[:, : fit.k, 0] * scale[: fit.k]
    return np.stack([_without(g, rest[g], target[g], fit) for g in range(fit.n_clusters)]) * scale[: fit.k]


def _without(g: int, rest: Floats, target: Floats, fit: Fit) -> Floats:
    """Return the scaled coefficients without one cluster, where some effects exist in that cluster only."""
    values, vectors = np.linalg.eigh(rest)
    null = values < STEADY**2
    if null.any() and np.abs(vectors[: fit.k, null]).max() > 1e-6:
        message = f"a coefficient is not identified without cluster {g} of {fit.n_clusters}: the jackknife has no value"
        raise NotIdentified(message)
    inverse = (vectors[:, ~null] / values[~null]) @ vectors[:, ~null].T
    return np.asarray((inverse @ target)[: fit.k])


def crv3(fit: Fit) -> Covariance:
    """Return the cluster-jackknife covariance, (G-1)/G times the sum of squared deviations."""
    G = fit.n_clusters
    _refuse_few_clusters(G)
    deviation = leave_one_out(fit) - fit.coefficients
    return Covariance(matrix=(G - 1) / G * deviation.T @ deviation, df=G - 1, convention=f"CRV3 (G-1)/G, t({G - 1})")


def contrast(coefficients: Floats, covariance: Covariance, weights: Floats, *, level: float = 0.95) -> Contrast:
    """Return the combination `weights` (k,) of coefficients with a two-sided t interval."""
    effect = float(weights @ coefficients)
    std_error = float(np.sqrt(weights @ covariance.matrix @ weights))
    if not std_error > 0:
        message = "the standard error is zero: the outcome does not vary between clusters in this sample"
        raise NotIdentified(message)
    half = float(stats.t.ppf(0.5 + level / 2, covariance.df)) * std_error
    return Contrast(
        effect=effect,
        std_error=std_error,
        ci_low=effect - half,
        ci_high=effect + half,
        ci_level=level,
        p_value=float(2 * stats.t.sf(abs(effect) / std_error, covariance.df)),
        df=covariance.df,
    )


def wald(coefficients: Floats, covariance: Covariance, tested: list[int]) -> WaldTest:
    """Test jointly that the coefficients at these positions are zero.

    Raises EstimationError for more restrictions than clusters allow, NotIdentified for a singular covariance.
    """
    restrictions = len(tested)
    if not 0 < restrictions <= covariance.df:
        message = f"{restrictions} restrictions cannot be tested jointly with {covariance.df + 1:.0f} clusters"
        raise EstimationError(message)
    chosen = coefficients[tested]
    block = covariance.matrix[np.ix_(tested, tested)]
    spread = np.sqrt(np.diag(block))
    if not (spread > 0).all() or np.linalg.cond(block / np.outer(spread, spread)) > SINGULAR:
        message = f"the covariance of {restrictions} coefficients is singular: they cannot be tested jointly"
        raise NotIdentified(message)
    statistic = float(chosen @ np.linalg.solve(block, chosen)) / restrictions
    p_value = float(stats.f.sf(statistic, restrictions, covariance.df))
    return WaldTest(statistic=statistic, restrictions=restrictions, df=covariance.df, p_value=p_value)


def _refuse_few_clusters(count: int) -> None:
    if count < 3:
        message = f"{count} clusters: a cluster-robust standard error needs at least 3"
        raise NotIdentified(message)
