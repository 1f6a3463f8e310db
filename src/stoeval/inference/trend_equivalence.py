"""Whether differences in trends before the start are shown to be small (Dette and Schumann 2024).

A pre-test that finds nothing shows nothing. Here the null hypothesis is that the coefficients before the reference
period (k,), the true differences in trends, are at least a threshold away from zero: the largest of them, their
mean or their root mean square. The smallest threshold at which that is rejected is what the data show the
differences to be within. Dette and Schumann, Journal of Business and Economic Statistics 42(4).

The coefficients are taken as normal with a known covariance. The maximum and the mean are tested as in the article,
the maximum by intersection and union. The article tests the root mean square by refits on growing parts of the
sample; from a covariance alone it is tested here against the direction in which chance most often brings the
coefficients together, that of their largest variance. In every other direction the test is conservative.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

DRAWS = 10_000
FEWEST = 100
NEGATIVE = 1e-8
"""A covariance with an eigenvalue below minus this share of its largest is none."""


class TrendMeasure(StrEnum):
    """What is to be small."""

    MAXIMUM = "maximum"
    """The largest absolute coefficient."""
    MEAN = "mean"
    """The absolute mean of the coefficients."""
    ROOT_MEAN_SQUARE = "root mean square"
    """The root of the mean squared coefficient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendEquivalence:
    """How small the differences in trends before the start are shown to be."""

    measure: TrendMeasure
    estimate: float
    """The measure of the estimated coefficients."""
    smallest: float
    """The measure is shown to lie below every threshold above this one, in units of the outcome."""
    alpha: float

    def concludes(self, threshold: float) -> bool:
        """Say whether the measure is shown to lie below a threshold."""
        return threshold > self.smallest


def equivalent_maximum(betahat: ArrayLike, sigma: ArrayLike, alpha: float = 0.05) -> TrendEquivalence:
    """Return what the largest of the coefficients before the reference period is shown to be within.

    `betahat` (k,) are those coefficients and `sigma` (k, k) is their covariance. Each has to be within the
    threshold by its own test. Raises EstimationError for arguments that make no sense and NotIdentified for
    a coefficient without variance or none at all.
    """
    coefficients, covariance = _checked(betahat, sigma, alpha)
    spread = np.sqrt(np.diag(covariance))
    smallest = max(
        _smallest(_folded(np.array([abs(each)]), error), alpha, abs(each) + error)
        for each, error in zip(coefficients.tolist(), spread.tolist(), strict=True)
    )
    return _result(TrendMeasure.MAXIMUM, float(np.abs(coefficients).max()), smallest, alpha)


def equivalent_mean(betahat: ArrayLike, sigma: ArrayLike, alpha: float = 0.05) -> TrendEquivalence:
    """Return what the mean of the coefficients before the reference period is shown to be within.

    Coefficients of opposite sign cancel. Arguments and errors as in `equivalent_maximum`.
    """
    coefficients, covariance = _checked(betahat, sigma, alpha)
    estimate = float(abs(coefficients.mean()))
    spread = float(np.sqrt(covariance.mean()))
    if not spread > 0:
        message = "the mean of the coefficients before the reference period has no variance; test their maximum"
        raise NotIdentified(message)
    smallest = _smallest(_folded(np.array([estimate]), spread), alpha, estimate + spread)
    return _result(TrendMeasure.MEAN, estimate, smallest, alpha)


def equivalent_root_mean_square(
    betahat: ArrayLike,
    sigma: ArrayLike,
    alpha: float = 0.05,
    *,
    generator: np.random.Generator,
    draws: int = DRAWS,
) -> TrendEquivalence:
    """Return what the root mean square of the coefficients before the reference period is shown to be within.

    Variation outside the direction of the largest variance is drawn; along it the chance is computed. Arguments and
    errors as in `equivalent_maximum`, and EstimationError for too few draws.
    """
    coefficients, covariance = _checked(betahat, sigma, alpha)
    if draws < FEWEST:
        message = f"{draws} draws are too few to place a chance of {alpha}; take at least {FEWEST}"
        raise EstimationError(message)
    count = len(coefficients)
    variances = np.maximum(np.linalg.eigvalsh(covariance), 0.0)
    beside = generator.standard_normal((draws, count - 1)) ** 2 @ variances[:-1]
    room = coefficients @ coefficients - beside
    estimate = float(np.sqrt(coefficients @ coefficients / count))
    # What the coefficients leave for the direction of the largest variance; none where the rest alone is larger.
    bounds = np.sqrt(room[room >= 0] / count)
    share = len(bounds) / draws
    spread = float(np.sqrt(variances[-1] / count))
    inside = _folded(bounds, spread)
    smallest = _smallest(lambda threshold: share * inside(threshold) if share else 0.0, alpha, estimate + spread)
    return _result(TrendMeasure.ROOT_MEAN_SQUARE, estimate, smallest, alpha)


def _folded(bounds: Floats, spread: float) -> Callable[[float], float]:
    """Return the mean chance that the absolute value of a normal is within bounds, as a function of its mean."""

    def inside(mean: float) -> float:
        return float((ndtr((bounds - mean) / spread) - ndtr((-bounds - mean) / spread)).mean())

    return inside


def _smallest(inside: Callable[[float], float], alpha: float, start: float) -> float:
    """Return the least threshold at which an estimate as near to zero is a chance of at most alpha."""
    if inside(0.0) <= alpha:
        return 0.0
    end = start
    while inside(end) > alpha:
        end *= 2
    return float(brentq(lambda threshold: inside(threshold) - alpha, 0.0, end, xtol=1e-12 * end))


def _result(measure: TrendMeasure, estimate: float, smallest: float, alpha: float) -> TrendEquivalence:
    return TrendEquivalence(measure=measure, estimate=estimate, smallest=smallest, alpha=alpha)


def _checked(betahat: ArrayLike, sigma: ArrayLike, alpha: float) -> tuple[Floats, Floats]:
    coefficients, covariance = np.asarray(betahat, dtype=float), np.asarray(sigma, dtype=float)
    if not 0 < alpha < 0.5:
        message = f"alpha is {alpha}: give a value between 0 and 0.5"
        raise EstimationError(message)
    if coefficients.ndim != 1 or not len(coefficients):
        message = "there is no coefficient before the reference period to test; add an earlier period"
        raise NotIdentified(message)
    if covariance.shape != (len(coefficients), len(coefficients)):
        message = (
            f"{len(coefficients)} coefficients have no covariance of shape {covariance.shape}; give the block of the "
            "periods before the reference"
        )
        raise EstimationError(message)
    if not (np.isfinite(coefficients).all() and np.isfinite(covariance).all()):
        message = "coefficients and covariance must be finite; leave periods without an estimate out"
        raise EstimationError(message)
    variance = np.diag(covariance)
    if not (variance > 0).all():
        message = f"{int((variance <= 0).sum())} of {len(variance)} coefficients have no variance; leave them out"
        raise NotIdentified(message)
    values = np.linalg.eigvalsh(covariance)
    if not np.allclose(covariance, covariance.T, rtol=1e-8, atol=1e-12 * variance.max()):
        message = "the covariance is not symmetric; give it as estimated"
        raise EstimationError(message)
    if values[0] < -NEGATIVE * values[-1]:
        message = f"the covariance has a negative direction ({values[0]:.2g}); give it as estimated"
        raise EstimationError(message)
    return coefficients, covariance
