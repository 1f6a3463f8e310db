"""Bias-reduced cluster covariance with degrees of freedom for each combination, from the cross-products of a fit.

Bell and McCaffrey (2002, Survey Methodology 28(2)) multiply the residuals of cluster g by the symmetric root
(I - H_g)^(-1/2), so that the covariance is unbiased under a working model; degrees of freedom follow from the
variance of the covariance under that model (Satterthwaite). Working model: errors are independent with variance
1/weight, so equal variances without weights, and those of the Poisson law in the last step of a Poisson fit. The
root is taken of rows times the root of their weight, so that it equals clubSandwich on those rows. clubSandwich on
weighted rows takes another root of the same condition (`inverse_var = TRUE`), or by default another working model,
equal variances under unequal weights, which needs squares of the weights that a fit does not hold.

With L L' the bread and K_g = L' X_g'W X_g L, a function f of I - H_g meets the design as L' X_g'W^(1/2) f(I - H_g) =
f(I - K_g) L' X_g'W^(1/2), so that P x P blocks are all that is needed. Effects nested in the clusters are
orthogonal to the residualised design within each cluster and drop out (Pustejovsky and Tipton 2018, Journal of
Business & Economic Statistics 36(4), theorem 2, for weights that are the inverse of the working variances).

It does not put correlation within clusters in the working model, and has no value for a coefficient that one
cluster alone identifies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from stoeval.errors import NotIdentified
from stoeval.inference.clustering import Covariance, Kind, refuse_few_clusters, refuse_inexact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.moments import Moments

    Floats = NDArray[np.float64]

FULL_LEVERAGE = 1e-10
"""A cluster whose leverage in some direction is this close to one determines that direction alone."""
ALONE = 1e-6
"""Smallest share of a coefficient's standard error that lies in such a direction and is not rounding."""
POWERS = {Kind.CRV1: 0.0, Kind.CRV2: -0.5, Kind.CRV3: -1.0}
"""The power of I - H_g by which the residuals of a cluster are multiplied."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingModel:
    """How the terms of a covariance vary together under the working model.

    The term of cluster g for combination c is a square (p_g'e)^2 of independent errors e, where
    p_g'p_h = c' own_g c [g = h] - (c' shared_g) (c' shared_h)'.
    """

    own: Floats
    """(G, k, k)"""
    shared: Floats
    """(G, k, P)"""

    def df(self, weights: Floats) -> float:
        """Return the Satterthwaite degrees of freedom of the combination `weights` (k,)."""
        own = np.einsum("i,gij,j->g", weights, self.own, weights)
        shared = weights @ self.shared
        square = np.einsum("gp,gp->g", shared, shared)
        expected = float((own - square).sum())
        if not expected > 0:
            message = "this combination of coefficients has no variance under the working model; give other weights"
            raise NotIdentified(message)
        return expected**2 / float((own**2 - 2 * own * square).sum() + ((shared.T @ shared) ** 2).sum())

    def joint_df(self, combinations: Floats) -> float:
        """Return the degrees of freedom of the Wishart law that approximates the covariance of (q, k) combinations.

        Equation 13 ff. of Pustejovsky and Tipton (2018), "HTZ" of clubSandwich.
        """
        own = combinations @ self.own @ combinations.T
        shared = combinations @ self.shared
        expected = (own - shared @ shared.transpose(0, 2, 1)).sum(axis=0)
        whiten = np.linalg.inv(np.linalg.cholesky(expected))
        own, shared = whiten @ own @ whiten.T, whiten @ shared
        variance = 0.0
        for g, block in enumerate(shared):
            product = -np.einsum("sp,htp->hst", block, shared)
            product[g] += own[g]
            traces = np.einsum("hss->h", product)
            variance += float((traces**2).sum() + np.einsum("hst,hts->", product, product))
        q = len(combinations)
        return q * (q + 1) / variance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Leverage:
    """The eigenvalues (G, P) and eigenvectors (G, P, P) of K_g, and the root L (P, P) of the bread."""

    values: Floats
    vectors: Floats
    root: Floats

    def adjustment(self, power: float) -> Floats:
        """Return (I - K_g)^power (G, P, P), zero in directions that a cluster determines alone."""
        rest = 1 - self.values
        scaled = np.where(rest > FULL_LEVERAGE, np.maximum(rest, FULL_LEVERAGE) ** power, 0.0)
        return np.asarray((self.vectors * scaled[:, None, :]) @ self.vectors.transpose(0, 2, 1))

    def gram(self) -> Floats:
        return np.asarray((self.vectors * self.values[:, None, :]) @ self.vectors.transpose(0, 2, 1))


def crv2(fit: Moments) -> Covariance:
    """Return the bias-reduced covariance by cluster, with Satterthwaite degrees of freedom for each combination.

    Raises NotIdentified for fewer than three clusters and where one cluster alone identifies a coefficient,
    EstimationError where effects run across clusters without being columns of the fit.
    """
    refuse_few_clusters(fit.n_clusters)
    leverage = _leverage(fit)
    adjustment = leverage.adjustment(POWERS[Kind.CRV2])
    scores = _influences(fit, leverage, adjustment)
    return Covariance(
        matrix=scores.T @ scores,
        df=fit.n_clusters - 1,
        convention="CRV2 clubsandwich, t(Satterthwaite)",
        working=_working_model(leverage, adjustment, fit.k),
    )


def satterthwaite(fit: Moments, combination: Floats, kind: Kind = Kind.CRV2) -> float:
    """Return the degrees of freedom of a combination (k,) under CRV1, CRV2 or CRV3.

    They do not depend on the factor of a convention. Errors as for `crv2`.
    """
    refuse_few_clusters(fit.n_clusters)
    leverage = _leverage(fit)
    return _working_model(leverage, leverage.adjustment(POWERS[kind]), fit.k).df(combination)


def influences(fit: Moments, kind: Kind) -> Floats:
    """Return what the adjusted residuals of each cluster add to the error of each coefficient (G, k).

    Their cross-product is the covariance of that kind without a factor. Errors as for `crv2`, except that CRV1
    knows no leverage and takes any fit.
    """
    if kind is Kind.CRV1:
        return fit.cluster_score @ fit.bread[:, : fit.k]
    leverage = _leverage(fit)
    return _influences(fit, leverage, leverage.adjustment(POWERS[kind]))


def _influences(fit: Moments, leverage: _Leverage, adjustment: Floats) -> Floats:
    adjusted = np.einsum("gij,gj->gi", adjustment, fit.cluster_score @ leverage.root)
    return np.asarray(adjusted @ leverage.root[: fit.k].T)


def _leverage(fit: Moments) -> _Leverage:
    """Return the leverage of each cluster in the coordinates in which the bread is the identity."""
    refuse_inexact(fit)
    total = fit.cluster_gram.sum(axis=0)
    scale = 1 / np.sqrt(np.diag(total))
    try:
        factor = np.linalg.cholesky(total * np.outer(scale, scale))
    except np.linalg.LinAlgError as error:
        message = f"{len(total)} columns are too nearly collinear for CRV2; leave out a control or use CRV1"
        raise NotIdentified(message) from error
    root = scale[:, None] * solve_triangular(factor, np.eye(len(factor)), lower=True).T
    values, vectors = np.linalg.eigh(root.T @ fit.cluster_gram @ root)
    _refuse_alone(fit, root, 1 - values < FULL_LEVERAGE, vectors)
    return _Leverage(values=np.clip(values, 0.0, 1.0), vectors=vectors, root=root)


def _refuse_alone(fit: Moments, root: Floats, full: NDArray[np.bool_], vectors: Floats) -> None:
    std_errors = np.sqrt(np.diag(fit.bread))[: fit.k, None]
    for g in np.flatnonzero(full.any(axis=1)):
        if (np.abs(root[: fit.k] @ vectors[g][:, full[g]]) > ALONE * std_errors).any():
            message = f"cluster {g} of {fit.n_clusters} alone identifies a coefficient: CRV2 has no value for it"
            raise NotIdentified(message)


def _working_model(leverage: _Leverage, adjustment: Floats, k: int) -> WorkingModel:
    adjusted = leverage.root[:k] @ adjustment
    shared = adjusted @ leverage.gram()
    return WorkingModel(own=shared @ adjusted.transpose(0, 2, 1), shared=shared)
