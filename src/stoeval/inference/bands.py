"""Simultaneous bands: intervals that hold all coefficients of a vector together with the stated probability.

The sup-t band is the narrowest of constant width in standard errors (Montiel Olea and Plagborg-Møller 2019,
Journal of Applied Econometrics 34(1)): its critical value is the quantile of the largest |t| under the
estimated correlations. It lies between the pointwise quantile and that of Šidák (1967, Journal of the American
Statistical Association 62(318)), and is held between them where draws stray.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEGATIVE = 1e-8
"""A correlation matrix whose least eigenvalue lies below minus this is no correlation matrix."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """A simultaneous band around a vector of effects."""

    low: Floats
    """(k,)"""
    high: Floats
    """(k,)"""
    critical: float
    """Half the width in standard errors."""
    pointwise: float
    """What `critical` would be for one coefficient alone."""
    level: float
    draws: int


def simultaneous_band(  # noqa: PLR0913 - the choices of a band
    effects: Floats,
    covariance: Floats,
    *,
    generator: np.random.Generator,
    df: float = inf,
    level: float = 0.95,
    draws: int = 100_000,
) -> Band:
    """Return the sup-t band of effects (k,) with covariance (k, k).

    `df` makes the draws multivariate t, so that one coefficient keeps its t interval; infinite is normal.
    Raises EstimationError for arguments that make no sense and NotIdentified for a coefficient without variance.
    """
    if not 0 < level < 1 or draws < 1 or not df > 0:
        message = f"level {level} must lie between 0 and 1, draws {draws} and df {df} must be positive"
        raise EstimationError(message)
    if covariance.shape != (len(effects), len(effects)) or not len(effects):
        message = f"{len(effects)} effects have no covariance of shape {covariance.shape}; give one row an effect"
        raise EstimationError(message)
    if not np.isfinite(effects).all():
        message = f"{int((~np.isfinite(effects)).sum())} of {len(effects)} effects are not finite; leave them out"
        raise EstimationError(message)
    root, spread = _root(covariance)
    largest = np.abs(generator.standard_normal((draws, root.shape[1])) @ root.T).max(axis=1)
    if np.isfinite(df):
        largest /= np.sqrt(generator.chisquare(df, size=draws) / df)
    pointwise = _quantile(level, df)
    critical = float(np.clip(np.quantile(largest, level), pointwise, _quantile(level ** (1 / len(effects)), df)))
    return Band(
        low=effects - critical * spread,
        high=effects + critical * spread,
        critical=critical,
        pointwise=pointwise,
        level=level,
        draws=draws,
    )


def _quantile(level: float, df: float) -> float:
    """Return the two-sided critical value of one t statistic."""
    return float(stats.t.ppf(0.5 + level / 2, df))


def _root(covariance: Floats) -> tuple[Floats, Floats]:
    """Return a root (k, k) of the correlation matrix, and the standard errors (k,)."""
    if not np.isfinite(covariance).all() or not np.allclose(covariance, covariance.T, rtol=1e-8, atol=0):
        message = "the covariance is not symmetric or not finite; give it as estimated"
        raise EstimationError(message)
    variance = np.diag(covariance)
    if not (variance > 0).all():
        message = f"{int((~(variance > 0)).sum())} of {len(variance)} coefficients have no variance; leave them out"
        raise NotIdentified(message)
    spread = np.sqrt(variance)
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    if values[0] < -NEGATIVE:
        message = f"the covariance has a negative direction ({values[0]:.2g} as a correlation); give it as estimated"
        raise EstimationError(message)
    return vectors * np.sqrt(np.maximum(values, 0)), spread
