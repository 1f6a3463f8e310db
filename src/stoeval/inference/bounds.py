"""Bounds of an estimate over all admissible values of masked counts.

A least-squares coefficient is linear in the outcome: it is a weighted sum of outcomes whose weights
depend on the design only. Its lowest value over independent intervals puts each outcome at its low end
where the weight is positive and at its high end where it is negative, so the bounds are sharp and need
no search (Manski 2003, chapter 1; Stoye 2009 for estimators linear in the outcome).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]


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
