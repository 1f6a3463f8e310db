"""The difference of mean changes between two groups, given covariates, doubly robust (Sant'Anna and Zhao 2020).

Changes of the comparison are regressed on the covariates, and what is left is weighted by the odds of belonging to
the treated; the estimate is consistent if either model is right (Journal of Econometrics 219(1), section 2; the
panel estimator `drdid_panel` of the R package DRDID). Assumes parallel paths given the covariates and overlap.
Without covariates it is the plain difference of means.

The influence function carries the uncertainty of both models. No propensity is trimmed: a comparison without
overlap is refused where the logit has no maximum, and shows in a large standard error where it barely has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

STEPS = 50
STANDSTILL = 1e-11
"""Largest change of the log odds in the last Newton step."""
SINGULAR = 1e12
"""Beyond this condition number covariates cannot be told apart."""


def doubly_robust_difference(
    change: Floats, treated: Flags, covariates: Floats | None = None, weights: Floats | None = None
) -> tuple[float, Floats]:
    """Return the difference of changes (n,) between treated (n,) and others given covariates (n, q), and its influence.

    A constant is added to the covariates; `weights` (n,) are positive. The influence (n,) has mean zero; its mean
    square over n is the variance. Raises EstimationError for values that are not finite or weights that are not
    positive, NotIdentified where a group is empty, covariates repeat each other in the comparison, or they separate
    the groups.
    """
    X = np.ones((len(change), 1)) if covariates is None else np.column_stack([np.ones(len(change)), covariates])
    sizes = np.ones(len(change)) if weights is None else weights
    refuse_bad_rows(change, treated, X, sizes)
    if not (sizes > 0).all():
        message = f"{int((sizes <= 0).sum())} of {len(sizes)} weights are not positive; leave those units out"
        raise EstimationError(message)
    if not 0 < treated.sum() < len(change):
        message = f"{int(treated.sum())} of {len(change)} units are treated; two groups are needed"
        raise NotIdentified(message)
    beside = ~treated
    odds, score, information = _odds(X, treated, sizes)
    held = sizes * beside
    bread = _inverse((X * held[:, None]).T @ X, "the comparison")
    coefficients = bread @ (X.T @ (held * change))
    left = change - X @ coefficients
    of_regression = (held * left)[:, None] * X @ bread
    of_odds = score @ _inverse(information, "both groups")
    n = len(change)
    effect, influence = 0.0, np.zeros(n)
    for counted, sign in ((sizes * treated, 1), (held * odds, -1)):
        mean = float(counted @ left / counted.sum())
        own = counted * (left - mean) - of_regression @ (counted @ X)
        if sign < 0:
            own = own + of_odds @ ((counted * (left - mean)) @ X)
        effect += sign * mean
        influence += sign * own * n / counted.sum()
    return effect, influence


def _odds(X: Floats, treated: Flags, sizes: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the odds (n,) of a logit of treatment, its scores (n, q) and its information (q, q)."""
    coefficients = np.zeros(X.shape[1])
    coefficients[0] = np.log(sizes[treated].sum() / sizes[~treated].sum())
    for _ in range(STEPS):
        linear = np.clip(X @ coefficients, -30, 30)
        share = 1 / (1 + np.exp(-linear))
        score = (sizes * (treated - share))[:, None] * X
        information = (X * (sizes * share * (1 - share))[:, None]).T @ X
        step = _inverse(information, "both groups") @ score.sum(axis=0)
        if np.abs(X @ step).max() < STANDSTILL:
            return np.exp(linear), score, information
        coefficients = coefficients + step
    message = f"the covariates separate {int(treated.sum())} treated units from the others; there is no overlap"
    raise NotIdentified(message)


def _inverse(cross_product: Floats, where: str) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(cross_product), np.finfo(float).tiny))
    scaled = cross_product / np.outer(scale, scale)
    if not np.isfinite(scaled).all() or np.linalg.cond(scaled) > SINGULAR:
        message = f"covariates cannot be told apart in {where}, or separate the groups; leave some out"
        raise NotIdentified(message)
    return np.asarray(np.linalg.inv(scaled) / np.outer(scale, scale))
