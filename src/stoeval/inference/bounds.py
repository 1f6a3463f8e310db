"""Bounds of an estimate over all admissible values of masked counts, and intervals around bounds.

A least-squares coefficient is linear in the outcome: it is a weighted sum of outcomes whose weights
depend on the design only. Its lowest value over independent intervals puts each outcome at its low end
where the weight is positive and at its high end where it is negative, so the bounds are sharp and need
no search (Manski 2003, chapter 1; Stoye 2009 for estimators linear in the outcome).

Ratios of two masked counts have sharp intervals one by one, yet counts that occur in several ratios are not
independent: their bounds are outer bounds, as are those of Poisson models (`poisson_bounds`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OuterBounds:
    """Bounds that hold for every fill but that no fill may reach, and the range that fills do reach."""

    low: float
    high: float
    attained_low: float | None
    """The lowest and highest estimate at a fill that was tried; None where none was."""
    attained_high: float | None
    outer: bool = True
    """That the true range may be narrower; always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialInterval:
    """A confidence interval for a parameter that lies between two estimated bounds."""

    ci_low: float
    ci_high: float
    ci_level: float
    critical: float
    """Standard errors beyond each bound; from the one-sided to the two-sided quantile as the bounds close in."""


def outcome_weights(fit: Fit, combination: Floats) -> Floats:
    """Return the weight (n,) of each outcome in a combination (k,) of the coefficients."""
    padded = np.zeros(len(fit.bread))
    padded[: fit.k] = combination
    return fit.design @ (fit.bread @ padded)


def masking_bounds(fit: Fit, combination: Floats, low: Floats, high: Floats) -> tuple[float, float]:
    """Return the lowest and highest combination (k,) over outcomes between low and high (n,)."""
    weights = outcome_weights(fit, combination)
    lowest = float(np.where(weights > 0, low, high) @ weights)
    highest = float(np.where(weights > 0, high, low) @ weights)
    return lowest, highest


def ratio_interval(
    numerator: tuple[Floats, Floats], denominator: tuple[Floats, Floats], *, part_of_whole: bool
) -> tuple[Floats, Floats]:
    """Return the lowest and highest ratio (n,) of two counts, each given as low and high (n,).

    Of a `part_of_whole` no more than the whole can lie in the numerator: the ratio is at most 1. Raises
    EstimationError for intervals that make no sense and NotIdentified where a denominator may be zero.
    """
    for low, high in (numerator, denominator):
        refuse_intervals(low, high)
    (top_low, top_high), (bottom_low, bottom_high) = numerator, denominator
    empty = int((bottom_low <= 0).sum())
    if empty:
        message = f"{empty} denominators may be zero or less: their ratio has no bound; drop or join these rows"
        raise NotIdentified(message)
    if part_of_whole:
        more = int((top_low > bottom_high).sum())
        if more:
            message = f"{more} parts are larger than their whole; correct the intervals"
            raise EstimationError(message)
    lowest = np.where(top_low >= 0, top_low / bottom_high, top_low / bottom_low)
    highest = np.where(top_high >= 0, top_high / bottom_low, top_high / bottom_high)
    return lowest, np.minimum(highest, 1.0) if part_of_whole else highest


def ratio_bounds(
    fit: Fit,
    combination: Floats,
    numerator: tuple[Floats, Floats],
    denominator: tuple[Floats, Floats],
    *,
    part_of_whole: bool,
) -> OuterBounds:
    """Bound a combination (k,) of least-squares coefficients of a ratio of two masked counts.

    An outer bound: each ratio has its sharp interval, but a count that occurs in several rows or on both sides
    of the bar is allowed to differ from itself. Weights of the fit are taken as given.
    """
    low, high = masking_bounds(fit, combination, *ratio_interval(numerator, denominator, part_of_whole=part_of_whole))
    return OuterBounds(low=low, high=high, attained_low=None, attained_high=None)


def imbens_manski(  # noqa: PLR0913, PLR0917 - two bounds with their errors, and a level
    low: float,
    high: float,
    se_low: float,
    se_high: float,
    df: float,
    level: float = 0.95,
    *,
    shrink: float = 0.0,
) -> PartialInterval:
    """Return an interval that covers a parameter between two bounds with probability `level`.

    Imbens and Manski (2004, Econometrica 72(6)): C standard errors beyond each bound, where F(C + width / larger
    error) - F(-C) = level, with F of Student. It covers uniformly where the width is known or the estimated
    bounds cannot cross, as over masked counts (Stoye 2009, Econometrica 77(4), lemma 3). Elsewhere give `shrink`:
    a width at or below it is taken for zero, so that C is the two-sided quantile, as Stoye proposes for widths
    that are themselves estimated.
    Raises EstimationError for numbers that make no sense and NotIdentified without standard errors.
    """
    if not (isfinite(low) and isfinite(high) and low <= high) or not 0.5 <= level < 1 or not df > 0 or not shrink >= 0:
        message = (
            f"bounds {low} and {high} must be finite, the lower one first; level {level} in [0.5, 1), df {df} positive "
            f"and shrink {shrink} not negative"
        )
        raise EstimationError(message)
    larger = max(se_low, se_high)
    if not (isfinite(se_low) and isfinite(se_high) and min(se_low, se_high) > 0):
        message = f"standard errors {se_low} and {se_high} must be positive and finite"
        raise NotIdentified(message)
    width = 0.0 if high - low <= shrink else (high - low) / larger

    def excess(critical: float) -> float:
        return float(stats.t.cdf(critical + width, df) - stats.t.cdf(-critical, df)) - level

    two_sided = float(stats.t.ppf((1 + level) / 2, df))
    one_sided = float(stats.t.ppf(level, df))
    critical = two_sided if width == 0 else float(optimize.brentq(excess, one_sided, two_sided, xtol=1e-13))
    return PartialInterval(
        ci_low=low - critical * se_low, ci_high=high + critical * se_high, ci_level=level, critical=critical
    )


def refuse_intervals(low: Floats, high: Floats) -> None:
    """Raise EstimationError where ends are not finite, differ in number, or stand in the wrong order."""
    if len(low) != len(high) or not (np.isfinite(low).all() and np.isfinite(high).all()):
        message = f"{len(low)} low and {len(high)} high ends must be equally many and finite"
        raise EstimationError(message)
    turned = int((low > high).sum())
    if turned:
        message = f"{turned} of {len(low)} intervals have their low end above their high end; correct them"
        raise EstimationError(message)
