"""How much each cluster decides: leverage, influence, and the number of equal clusters that carry as much.

MacKinnon, Nielsen and Webb (2023, Stata Journal 23(4), "summclust"), from the cross-products of a fit. The leverage
of a cluster is the trace of its block of the hat matrix; its partial leverage for a combination c is
c'M X_g'X_g M c / c'M c, which for one coefficient is its share of the regressor cleaned of all other columns. The
effective number of clusters is G* = G / (1 + V), V the squared coefficient of variation over clusters of the
variance c'M X_g' O_g X_g M c, where O_g has equal correlation rho (Carter, Schnepel and Steigerwald 2017, Review of
Economics and Statistics 99(4)). With rho = 0 that variance is proportional to the partial leverage. With rho = 1 it
is (c'M X_g'1)^2, which vanishes once absorbed effects take out the mean of each cluster, and which unequal weights
leave undefined.

Leverage of absorbed effects themselves is left out: each belongs to one cluster wholly. Sizes of clusters are not
part of a fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import leave_one_out, refuse_inexact
from stoeval.inference.least_squares import Fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.moments import Moments

    Floats = NDArray[np.float64]

CONSTANT = 1e-8
"""Largest deviation from one of a combination of columns that is the constant."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterDiagnostics:
    """What each of G clusters contributes to one combination of coefficients, in the order of the cluster codes."""

    n_clusters: int
    leverage: Floats
    """(G,) sums to the number of columns of the fit."""
    partial_leverage: Floats
    """(G,) sums to one; a cluster with one holds all that identifies the combination."""
    leverage_variation: float
    """Standard deviation over mean, with G - 1."""
    partial_leverage_variation: float
    effective_clusters: float
    """G* for independent errors."""
    effective_clusters_correlated: float | None
    """G* for errors that are equal within a cluster; None with absorbed effects, with weights and without rows."""
    effect: float
    without: Floats | None
    """(G,) the combination without each cluster; None where one cluster alone identifies it."""
    influence: Floats | None
    """(G,) the effect minus the effect without the cluster."""
    influence_variation: float | None
    """Standard deviation of `without` over the effect, unsigned; None where the effect is zero."""


def diagnose(fit: Moments, combination: Floats) -> ClusterDiagnostics:
    """Return leverage, influence and effective number of clusters for a combination (k,) of coefficients.

    Raises EstimationError where effects run across clusters without being columns of the fit, and for a
    combination that is zero.
    """
    refuse_inexact(fit)
    _refuse_nothing(combination)
    leverage = np.einsum("gij,ji->g", fit.cluster_gram, fit.bread)
    direction = fit.bread[:, : fit.k] @ combination
    partial = _partial(fit, direction)
    effect = float(combination @ fit.coefficients)
    without = _without(fit, combination)
    return ClusterDiagnostics(
        n_clusters=fit.n_clusters,
        leverage=leverage,
        partial_leverage=partial,
        leverage_variation=float(leverage.std(ddof=1) / leverage.mean()),
        partial_leverage_variation=float(partial.std(ddof=1) / partial.mean()),
        effective_clusters=effective_clusters(partial),
        effective_clusters_correlated=_correlated(fit, direction),
        effect=effect,
        without=without,
        influence=None if without is None else effect - without,
        influence_variation=None if without is None or effect == 0 else float(without.std(ddof=1) / abs(effect)),
    )


def effective_number(fit: Moments, combination: Floats) -> float:
    """Return how many clusters of equal weight carry as much of a combination (k,); `diagnose` says which do.

    Raises as `diagnose` does.
    """
    refuse_inexact(fit)
    _refuse_nothing(combination)
    return effective_clusters(_partial(fit, fit.bread[:, : fit.k] @ combination))


def _partial(fit: Moments, direction: Floats) -> Floats:
    """Return the share (G,) of each cluster in the variance along a direction (P,)."""
    parts = np.einsum("i,gij,j->g", direction, fit.cluster_gram, direction)
    return np.asarray(parts / parts.sum())


def _refuse_nothing(combination: Floats) -> None:
    if not combination.any():
        message = f"all {len(combination)} weights of the combination are zero; name a coefficient"
        raise EstimationError(message)


def effective_clusters(variances: Floats) -> float:
    """Return how many clusters of equal variance carry as much as these (G,): (sum V)^2 / sum V^2.

    Equals G / (1 + squared coefficient of variation).
    """
    return float(variances.sum() ** 2 / (variances @ variances))


def _correlated(fit: Moments, direction: Floats) -> float | None:
    if not isinstance(fit, Fit):
        return None
    constant = fit.bread @ fit.design.sum(axis=0)
    if np.abs(fit.design @ constant - 1).max() > CONSTANT:
        return None
    return effective_clusters((fit.cluster_gram @ constant @ direction) ** 2)


def _without(fit: Moments, combination: Floats) -> Floats | None:
    try:
        return np.asarray(leave_one_out(fit) @ combination)
    except NotIdentified:
        return None
