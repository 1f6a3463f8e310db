"""The conditional least-favourable test that no moment is positive.

Normal moments with a known covariance are tested against "every mean is at most zero" by the largest of them.
First against the largest value that chance gives where all means are zero, at a tenth of the size. What
passes is tested against the normal distribution of the largest moment, truncated to where it remains the largest
given the rest of the data (Andrews, Roth and Pakes 2023, Review of Economic Studies 90(6)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

FIRST_STAGE = 0.1
"""Share of the size that the least-favourable first stage takes: kappa = alpha / 10."""
PARALLEL = 1e-9
"""Two moments whose regression slope is this near to one move together and do not truncate each other."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Moments that are linear in the coefficients and in the tested value."""

    directions: Floats
    """(k, p) weights of the p coefficients in each moment."""
    slopes: Floats
    """(k,) what a moment loses when the tested value rises by one."""

    def values(self, coefficients: Floats, tested: Floats) -> Floats:
        """Return the moments (k, m) at m tested values."""
        return (self.directions @ coefficients)[:, None] - np.outer(self.slopes, tested)

    def covariance(self, sigma: Floats) -> Floats:
        """Return the covariance (k, k) of the moments where the coefficients have covariance sigma (p, p)."""
        return np.asarray(self.directions @ sigma @ self.directions.T)


def least_favourable_limit(moments: Moments, draws: Floats, alpha: float) -> float:
    """Return the value that the largest moment passes with chance kappa where all means are zero.

    `draws` (n, p) are deviations of the coefficients from their mean.
    """
    largest = (moments.directions @ draws.T).max(axis=0)
    return float(np.quantile(largest, 1 - FIRST_STAGE * alpha))


def accepted(values: Floats, covariance: Floats, limit: float, alpha: float) -> Truths:
    """Return at which of m tested values (k, m) "no mean is positive" is not rejected.

    The largest moment at or below zero never rejects. A moment without variance is zero by construction. What is
    rejected without a first stage, under an infinite limit, is rejected under every limit.
    """
    position = values.argmax(axis=0)
    largest = values[position, np.arange(values.shape[1])]
    result = largest <= 0
    uncertain = (largest > 0) & (largest <= limit) & (np.diag(covariance)[position] > 0)
    if uncertain.any():
        tail = _conditional_tail(values[:, uncertain], covariance, position[uncertain], limit)
        kappa = FIRST_STAGE * alpha
        result[uncertain] = tail >= (alpha - kappa) / (1 - kappa)
    return np.asarray(result)


def _conditional_tail(values: Floats, covariance: Floats, position: NDArray[np.intp], limit: float) -> Floats:
    """Return the chance (m,) of a largest moment above the one seen, given the part it does not explain."""
    variance = covariance[position, position]
    largest = values[position, np.arange(len(position))]
    slope = covariance[:, position] / variance
    rest = values - slope * largest
    gap = 1 - slope
    crossing = rest / np.where(np.abs(gap) > PARALLEL, gap, 1.0)
    low = np.where(gap > PARALLEL, crossing, -np.inf).max(axis=0)
    high = np.where(gap < -PARALLEL, crossing, np.inf).min(axis=0)
    spread = np.sqrt(variance)
    beyond = log_ndtr(-largest / spread)
    above_low = log_ndtr(-np.minimum(low, largest) / spread)
    above_high = log_ndtr(-np.maximum(np.minimum(high, limit), largest) / spread)
    room = -np.expm1(above_high - above_low)
    reached = np.exp(beyond - above_low) - np.exp(above_high - above_low)
    return np.asarray(np.divide(reached, room, out=np.ones_like(room), where=room > 0))
