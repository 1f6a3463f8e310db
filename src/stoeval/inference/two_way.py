"""Covariance for errors that correlate within either of two clusters, nested or not.

V = V(first) + V(second) - V(first and second), each a sandwich of scores summed over the clusters (Cameron, Gelbach
and Miller 2011, Journal of Business & Economic Statistics 29(2), equation 2.11), against t(min(G1, G2) - 1). Scores
by the second cluster come from the rows of design and residual that the fit holds: the cross-products do not know
it. Absorbed effects are orthogonal to the residualised design row by row, so they need not be nested in the second
cluster; they only decide how many parameters a convention counts.

It says nothing of correlation between clusters that share neither code, and both numbers of clusters must be large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.absorption import dense_codes
from stoeval.inference.clustering import Convention, Covariance, refuse_few_clusters, refuse_saturated
from stoeval.inference.definiteness import Indefinite, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

SAME_SCORES = 1e-6
"""Scores summed anew may differ this much, as a share of the largest, from those of the fit."""


def two_way(  # noqa: PLR0913 - two clusters, and the choices of a covariance
    fit: Fit,
    first: Integers,
    second: Integers,
    *,
    crossed: Sequence[Integers] = (),
    convention: Convention = Convention.FIXEST,
    indefinite: Indefinite = Indefinite.REFUSE,
) -> Covariance:
    """Return the covariance for clusters `first`, those of the fit, and `second`; codes (n_obs,) of the rows used.

    `crossed` holds the crossed and absorbed effects of the fit; `fixest` does not count those nested in either code.
    The factor is (N-1)/(N-K) times G/(G-1), with the smaller G for all three parts under `fixest` and the own G of
    each under `stata`. Raises EstimationError for other conventions and for codes that are not those of the fit, and
    NotIdentified for fewer than three clusters and, as `indefinite` says, for a covariance that is indefinite.
    """
    _refuse_other_codes(fit, first, second, crossed)
    parameters = _parameters(fit, first, second, crossed, convention)
    refuse_saturated(fit.n_obs, parameters)
    parts = [scores_by(fit, dense_codes(*keys)) for keys in ((first,), (second,), (first, second))]
    fewest = min(len(parts[0]), len(parts[1]))
    refuse_few_clusters(fewest)
    counts = [fewest] * 3 if convention is Convention.FIXEST else [len(part) for part in parts]
    meat = sum(
        sign * G / (G - 1) * part.T @ part for sign, G, part in zip((1.0, 1.0, -1.0), counts, parts, strict=True)
    )
    scale = (fit.n_obs - 1) / (fit.n_obs - parameters)
    matrix = scale * (fit.bread @ meat @ fit.bread)[: fit.k, : fit.k]
    return Covariance(
        matrix=settle(matrix, indefinite),
        df=fewest - 1,
        convention=f"two-way CRV1 {convention}, {len(parts[0])} x {len(parts[1])} clusters, t({fewest - 1})",
    )


def scores_by(fit: Fit, groups: Integers) -> Floats:
    """Return the products of design and residual, summed over rows of the same group (groups, P)."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(int(groups.max()) + 1))
    return np.asarray(np.add.reduceat((fit.design * fit.residual[:, None])[order], starts, axis=0))


def _parameters(
    fit: Fit, first: Integers, second: Integers, crossed: Sequence[Integers], convention: Convention
) -> int:
    if convention is Convention.FIXEST:
        counted = [codes for codes in crossed if not (_nested(codes, first) or _nested(codes, second))]
        return fit.k + fit.n_controls + (_levels(counted) if crossed else fit.n_crossed_levels)
    if convention is not Convention.STATA:
        message = f"convention {convention} has no two-way covariance here; use fixest or stata"
        raise EstimationError(message)
    if fit.n_nested_effects < 0:
        message = f"convention {convention} counts every effect, and the rank of these is unknown; use fixest"
        raise EstimationError(message)
    return len(fit.bread) + fit.n_nested_effects


def _levels(effects: Sequence[Integers]) -> int:
    return sum(len(np.unique(codes)) for codes in effects) - len(effects) + 1


def _nested(codes: Integers, cluster: Integers) -> bool:
    return len(np.unique(codes)) == int(dense_codes(codes, cluster).max()) + 1


def _refuse_other_codes(fit: Fit, first: Integers, second: Integers, crossed: Sequence[Integers]) -> None:
    lengths = {len(codes) for codes in (first, second, *crossed)}
    if lengths != {fit.n_obs}:
        message = f"codes have {sorted(lengths)} rows and the fit {fit.n_obs}; give the codes of the rows it used"
        raise EstimationError(message)
    if (_levels(crossed) != fit.n_crossed_levels) if crossed else fit.n_crossed_levels > 1:
        message = (
            f"these {len(crossed)} crossed effects have {_levels(crossed)} levels and those of the fit "
            f"{fit.n_crossed_levels}; give the crossed effects of the fit"
        )
        raise EstimationError(message)
    scores = scores_by(fit, dense_codes(first))
    largest = float(np.abs(fit.cluster_score).max())
    if scores.shape != fit.cluster_score.shape or np.abs(scores - fit.cluster_score).max() > SAME_SCORES * largest:
        message = f"the first clusters are not those of the fit, which has {fit.n_clusters}; give its own codes first"
        raise EstimationError(message)
