"""Cluster-robust covariance from the cross-products of a fit.

CRV1 is the sandwich of cluster scores times a small-sample factor, which each package chooses for
itself; the choice is named here and printed with every estimate. CRV3 is the cluster jackknife with
the factor (G-1)/G of MacKinnon, Nielsen and Webb (2023, Journal of Applied Econometrics 38(5)). CRV2 is in
`bell_mccaffrey`; `cluster_robust` holds one door to the three.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stoeval.inference.bell_mccaffrey import WorkingModel
    from stoeval.inference.moments import Moments

    Floats = NDArray[np.float64]


SINGULAR = 1e12
"""Beyond this condition number the correlations of coefficients hold no joint test."""


STEADY = 3e-6
"""Smallest pivot of a scaled cross-product that is not taken for zero."""


class Kind(StrEnum):
    """How the residuals of a cluster enter its score."""

    CRV1 = "CRV1"
    """As they are."""
    CRV2 = "CRV2"
    """Times (I - H_g)^(-1/2), unbiased under a working model (Bell and McCaffrey 2002)."""
    CRV3 = "CRV3"
    """Times (I - H_g)^-1: the jackknife."""


class Convention(StrEnum):
    """Whose small-sample factor a covariance carries."""

    FIXEST = "fixest"
    """G/(G-1) (N-1)/(N-K), where effects nested in the clusters do not count in K; pyfixest puts it on CRV3 too."""
    STATA = "stata"
    """G/(G-1) (N-1)/(N-K), where every absorbed effect counts in K, as areg and dummies do."""
    LINEARMODELS = "linearmodels"
    """N/(N-K) without a factor for the clusters: the default of PanelOLS. Every effect counts in K, except a
    single effect that is nested in the clusters and stands alone."""
    CLUBSANDWICH = "clubsandwich"
    """G/(G-1) on CRV1; no factor on CRV2; none on CRV3, which is the plain sum of squares of Hansen (2025,
    Journal of Applied Econometrics 40)."""
    SUMMCLUST = "summclust"
    """(G-1)/G, on CRV3 alone: the jackknife of MacKinnon, Nielsen and Webb (2023)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariance:
    """Covariance (k, k) of the regressors of interest, and how it was made."""

    matrix: Floats
    df: float
    """Degrees of freedom of every combination, where no working model says otherwise."""
    convention: str
    working: WorkingModel | None = None
    """What gives each combination degrees of freedom of its own."""

    def df_of(self, weights: Floats) -> float:
        """Return the degrees of freedom of the combination `weights` (k,) of coefficients."""
        return self.df if self.working is None else self.working.df(weights)


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


def crv1(fit: Moments, convention: Convention = Convention.FIXEST) -> Covariance:
    """Return the sandwich covariance by cluster under a named small-sample convention.

    Raises EstimationError for a convention that has no CRV1 or needs a rank that is unknown.
    """
    G, k = fit.n_clusters, fit.k
    refuse_few_clusters(G)
    if convention is Convention.SUMMCLUST:
        message = "convention summclust is a factor of the jackknife; for CRV1 name another"
        raise EstimationError(message)
    factor = G / (G - 1) if convention is Convention.CLUBSANDWICH else _counted_factor(fit, convention)
    meat = fit.cluster_score.T @ fit.cluster_score
    matrix = factor * (fit.bread @ meat @ fit.bread)[:k, :k]
    return Covariance(matrix=matrix, df=G - 1, convention=f"CRV1 {convention}, t({G - 1})")


def _counted_factor(fit: Moments, convention: Convention) -> float:
    """Return the factor of a convention that counts parameters."""
    G, N = fit.n_clusters, fit.n_obs
    if convention is Convention.FIXEST:
        K = fit.k + fit.n_controls + fit.n_crossed_levels
    else:
        if fit.n_nested_effects < 0:
            message = f"convention {convention} counts every effect, and the rank of these is unknown; use fixest"
            raise EstimationError(message)
        alone = convention is Convention.LINEARMODELS and fit.n_crossed_levels == 1 and fit.n_effects == 1
        K = len(fit.bread) + (0 if alone else fit.n_nested_effects)
    refuse_saturated(N, K)
    return N / (N - K) if convention is Convention.LINEARMODELS else G / (G - 1) * (N - 1) / (N - K)


def leave_one_out(fit: Moments) -> Floats:
    """Return the coefficients (G, k) re-estimated without each cluster in turn.

    Raises NotIdentified where a coefficient has no value without a cluster, and EstimationError where
    effects run across clusters without being columns of the fit.
    """
    refuse_inexact(fit)
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


def _without(g: int, rest: Floats, target: Floats, fit: Moments) -> Floats:
    """Return the scaled coefficients without one cluster, where some effects exist in that cluster only."""
    values, vectors = np.linalg.eigh(rest)
    null = values < STEADY**2
    if null.any() and np.abs(vectors[: fit.k, null]).max() > 1e-6:
        message = f"a coefficient is not identified without cluster {g} of {fit.n_clusters}: the jackknife has no value"
        raise NotIdentified(message)
    inverse = (vectors[:, ~null] / values[~null]) @ vectors[:, ~null].T
    return np.asarray((inverse @ target)[: fit.k])


def crv3(fit: Moments, convention: Convention = Convention.SUMMCLUST) -> Covariance:
    """Return the cluster-jackknife covariance: a factor times the sum of squared deviations from the estimate.

    The factor is (G-1)/G, or that of `fixest` or `clubsandwich`. Raises EstimationError for other conventions.
    """
    G = fit.n_clusters
    refuse_few_clusters(G)
    factors: dict[Convention, Callable[[], float]] = {
        Convention.SUMMCLUST: lambda: (G - 1) / G,
        Convention.CLUBSANDWICH: lambda: 1.0,
        Convention.FIXEST: lambda: _counted_factor(fit, Convention.FIXEST),
    }
    if convention not in factors:
        message = f"convention {convention} has no CRV3; use {', '.join(factors)}"
        raise EstimationError(message)
    deviation = leave_one_out(fit) - fit.coefficients
    name = "(G-1)/G" if convention is Convention.SUMMCLUST else str(convention)
    matrix = factors[convention]() * deviation.T @ deviation
    return Covariance(matrix=matrix, df=G - 1, convention=f"CRV3 {name}, t({G - 1})")


def contrast(coefficients: Floats, covariance: Covariance, weights: Floats, *, level: float = 0.95) -> Contrast:
    """Return the combination `weights` (k,) of coefficients with a two-sided t interval.

    The degrees of freedom are those that the covariance gives this combination. Raises EstimationError for a level
    that is no probability, and NotIdentified where the standard error is zero.
    """
    if not 0 < level < 1:
        message = f"level {level} must lie between 0 and 1"
        raise EstimationError(message)
    effect = float(weights @ coefficients)
    std_error = float(np.sqrt(weights @ covariance.matrix @ weights))
    if not std_error > 0:
        message = "the standard error is zero: the outcome does not vary between clusters in this sample"
        raise NotIdentified(message)
    df = covariance.df_of(weights)
    half = float(stats.t.ppf(0.5 + level / 2, df)) * std_error
    return Contrast(
        effect=effect,
        std_error=std_error,
        ci_low=effect - half,
        ci_high=effect + half,
        ci_level=level,
        p_value=float(2 * stats.t.sf(abs(effect) / std_error, df)),
        df=df,
    )


def wald(coefficients: Floats, covariance: Covariance, tested: list[int]) -> WaldTest:
    """Test jointly that the coefficients at these positions are zero.

    With a working model the statistic is that of an approximate Hotelling T-squared (Pustejovsky and Tipton
    2018). Raises EstimationError for more restrictions than clusters allow, NotIdentified for a singular covariance.
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
    statistic, df = float(chosen @ np.linalg.solve(block, chosen)) / restrictions, covariance.df
    if covariance.working is not None:
        eta = covariance.working.joint_df(np.eye(len(coefficients))[tested])
        df = eta - restrictions + 1
        if df <= 0:
            message = f"{restrictions} restrictions leave no degrees of freedom: the working model gives {eta:.2f}"
            raise NotIdentified(message)
        statistic *= df / eta
    p_value = float(stats.f.sf(statistic, restrictions, df))
    return WaldTest(statistic=statistic, restrictions=restrictions, df=df, p_value=p_value)


def refuse_inexact(fit: Moments) -> None:
    """Raise EstimationError where taking a cluster's cross-products out does not take its rows out."""
    if not fit.jackknife_exact:
        message = (
            "absorbed effects run across clusters, so that no cluster can be taken out of the cross-products; "
            "give these effects as columns, or use CRV1"
        )
        raise EstimationError(message)


def refuse_few_clusters(count: int) -> None:
    """Raise NotIdentified for fewer than three clusters."""
    if count < 3:
        message = f"{count} clusters: a cluster-robust standard error needs at least 3"
        raise NotIdentified(message)


def refuse_saturated(rows: int, parameters: int) -> None:
    """Raise NotIdentified where the parameters leave no rows over."""
    if rows <= parameters:
        message = f"{rows} rows carry {parameters} parameters: nothing is left to estimate the uncertainty from"
        raise NotIdentified(message)
