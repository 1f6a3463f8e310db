"""Variance of an effect when the regions of the sample are all the regions there are.

Then only the assignment of doses is random: had the doses fallen otherwise, other outcomes of the same regions would
have been seen. With s_g the score of region g (its residualised dose times its residual), the variance is
M [sum over g of Var(s_g)] M, where the sandwich has E[s_g s_g'] and is too large by E[s_g] E[s_g]': with effects that
differ between regions these means are not zero. They are not seen either; what fixed attributes z_g of a region
predict of them is. With G_hat = (sum s_g z_g') (sum z_g z_g')^-1,

    V = M { (1 - share) sum s_g s_g' + share sum (s_g - G_hat z_g) (s_g - G_hat z_g)' } M

(Abadie, Athey, Imbens and Wooldridge 2020, Econometrica 88(1), the estimator with Delta^Z of "Sampling-based versus
design-based uncertainty in regression analysis", with the region as the unit). It lies between the true variance
and the sandwich, and is the true one where the attributes predict the mean scores wholly. `share` is the part of
all regions that was observed. Three things are not in the source. Residuals from z_g take degrees of freedom, hence
the factor G/(G-q) on their part and t(G-q), q the rank of the attributes with a constant. And the residuals in s_g
are adjusted for leverage as in CRV2, which the plain scores of CRV1 are not: with 78 regions their variance is some
six percent too small.

It asks that doses were assigned independently between regions given the attributes, that the mean dose is linear
in attributes that stand (times the years) in the regression, and that no region's outcome moves with the dose of
another. It does not do a fixed budget shared between few regions, nor doses that copy a baseline outcome which the
regression leaves out. In the last step of a Poisson fit it is that of the linearised model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bell_mccaffrey import influences
from stoeval.inference.clustering import Covariance, Kind, refuse_few_clusters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.moments import Moments

    Floats = NDArray[np.float64]


def design_based(fit: Moments, attributes: Floats, *, share: float = 1.0, kind: Kind = Kind.CRV2) -> Covariance:
    """Return the variance over assignments of the dose, for attributes (G, q) of the clusters in order of their codes.

    A constant is added. `kind` says how the residuals in the scores are adjusted. Raises EstimationError for
    attributes of another length or not finite and a share outside [0, 1], NotIdentified for fewer than three
    clusters or no more clusters than attributes, and as `influences` does.
    """
    G = fit.n_clusters
    refuse_few_clusters(G)
    if attributes.ndim != 2 or len(attributes) != G or not np.isfinite(attributes).all():
        message = f"attributes of shape {attributes.shape} are not {G} rows of finite numbers, one a cluster"
        raise EstimationError(message)
    if not 0 <= share <= 1:
        message = f"a share of {share} of all clusters cannot be observed; give a number from 0 to 1"
        raise EstimationError(message)
    predictors = np.column_stack([np.ones(G), attributes])
    scores = influences(fit, kind)
    unexplained, rank = _residuals(scores, predictors)
    if rank >= G:
        message = f"{rank} attributes, with a constant, explain everything of {G} clusters; give fewer"
        raise NotIdentified(message)
    assigned = G / (G - rank) * unexplained.T @ unexplained
    matrix = (1 - share) * scores.T @ scores + share * assigned
    name = f"design-based {kind}, {rank} attributes, share {share:g}, t({G - rank})"
    return Covariance(matrix=matrix, df=G - rank, convention=name)


def _residuals(values: Floats, predictors: Floats) -> tuple[Floats, int]:
    """Return what the predictors leave of the values, and their rank."""
    lengths = np.linalg.norm(predictors, axis=0)
    scaled = predictors / np.where(lengths > 0, lengths, 1.0)
    left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
    basis = left[:, singular > 1e-10 * singular[0]]
    return values - basis @ (basis.T @ values), basis.shape[1]
