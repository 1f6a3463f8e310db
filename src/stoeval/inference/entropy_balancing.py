"""Entropy balancing: weights as near to given ones as can be under which means are exactly as asked.

    min over w of sum w_i log(w_i / b_i)   subject to   sum w_i x_i = m,  sum w_i = 1,  w_i > 0

(Hainmueller 2012, Political Analysis 20(1)). Its dual, log sum b_i exp((x_i - m)' z), is convex and smooth in as many
unknowns as there are means; Newton steps halved until they descend reach it. Directions in which nothing varies are
left out. It does not choose what is to be balanced, nor say that balanced units are alike in anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS, HALVINGS = 100, 60
BALANCED = 1e-10
"""Largest gap of a mean, in standard deviations, that is taken for none."""
ROUNDED = 1e-8
"""Gap that is taken for none where rounding ends the descent."""
ENOUGH = 1e-4
"""Share of the promised descent that a step has to make."""
NOISE = 1e-14
"""Rounding of the dual, below which a step is not held to descend."""
FLAT = 1e-9
"""Share of the largest spread below which a direction holds no variation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntropyBalance:
    """Weights (n,) that sum to one, and how far from the given ones they are."""

    weights: Floats
    divergence: float
    """sum w_i log(w_i / b_i), zero where the given weights balance already."""


def entropy_balance(characteristics: Floats, target: Floats, given: Floats) -> EntropyBalance:
    """Return the weights on characteristics (n, q) whose means are `target` (q,), nearest to the given ones (n,).

    Raises EstimationError for arrays that do not fit and weights that are not positive, and NotIdentified where no
    positive weights have these means.
    """
    if characteristics.shape != (len(given), len(target)) or not len(given):
        message = f"characteristics of shape {characteristics.shape} for {len(given)} weights and {len(target)} means"
        raise EstimationError(message)
    if not ((given > 0).all() and np.isfinite(characteristics).all() and np.isfinite(target).all()):
        message = "given weights have to be positive, and characteristics and means finite"
        raise EstimationError(message)
    start = given / given.sum()
    gaps = _whitened(characteristics, target, start)
    if gaps.shape[1] == 0:
        return EntropyBalance(weights=start, divergence=0.0)
    weights = _tilted(gaps, start, _multipliers(gaps, start))
    return EntropyBalance(weights=weights, divergence=float(weights @ np.log(weights / start)))


def _whitened(characteristics: Floats, target: Floats, weights: Floats) -> Floats:
    """Return gaps (n, r) to the target along uncorrelated directions of unit spread.

    Raises NotIdentified where the target lies off the directions in which the units vary.
    """
    mean = weights @ characteristics
    centred = characteristics - mean
    spread = np.sqrt(weights @ centred**2)
    size = np.maximum(np.abs(characteristics).max(axis=0), np.abs(target))
    varies = spread > FLAT * size
    off = np.abs(target - mean) > FLAT * size
    if (off & ~varies).any():
        message = f"{int((off & ~varies).sum())} characteristics do not vary and are not as asked: no weights mend that"
        raise NotIdentified(message)
    if not varies.any():
        return np.empty((len(weights), 0))
    scaled, wanted = centred[:, varies] / spread[varies], (target - mean)[varies] / spread[varies]
    _, lengths, directions = np.linalg.svd(np.sqrt(weights)[:, None] * scaled, full_matrices=False)
    kept = lengths > FLAT * lengths[0]
    along = directions[kept].T / lengths[kept]
    rest = wanted - directions[kept].T @ (directions[kept] @ wanted)
    if np.abs(rest).max() > np.sqrt(FLAT):
        message = "the means that are asked break an identity that holds for every unit: no weights have them"
        raise NotIdentified(message)
    return np.asarray(scaled @ along - wanted @ along)


def _multipliers(gaps: Floats, start: Floats) -> Floats:
    """Return the multipliers (r,) at which the tilted weights leave no gap.

    Minus the dual is never above the divergence of weights that balance, which is at most log(1 / least weight):
    where it passes that, there are none.
    """
    found = np.zeros(gaps.shape[1])
    height, lowest = 0.0, float(np.log(start.min()))
    for _ in range(STEPS):
        weights = _tilted(gaps, start, found)
        slope = np.asarray(weights @ gaps, dtype=np.float64)
        if np.abs(slope).max() < BALANCED:
            return found
        curvature = (gaps * weights[:, None]).T @ gaps - np.outer(slope, slope)
        step: Floats = np.asarray(np.linalg.lstsq(curvature, -slope, rcond=None)[0], dtype=np.float64)
        length, height = _line_search(gaps, start, found, step, height, float(slope @ step))
        found = found + length * step
        if length == 0 or height < lowest:
            break
    left = float(np.abs(_tilted(gaps, start, found) @ gaps).max())
    if left < ROUNDED and height >= lowest:
        return found
    message = (
        f"no positive weights on {len(start)} units give the {gaps.shape[1]} means that are asked; ask for fewer "
        "characteristics, or leave out units beyond the reach of the others"
    )
    raise NotIdentified(message)


def _line_search(  # noqa: PLR0913, PLR0917 - a function, a point and a direction
    gaps: Floats, start: Floats, found: Floats, step: Floats, height: float, promised: float
) -> tuple[float, float]:
    """Return the first halving of a step that descends, and the dual there; zero where none does."""
    for halving in range(HALVINGS):
        length = 0.5**halving
        reached = _dual(gaps, start, found + length * step)
        if reached <= height + ENOUGH * length * promised + NOISE * max(1.0, abs(height)):
            return length, reached
    return 0.0, height


def _tilted(gaps: Floats, start: Floats, multipliers: Floats) -> Floats:
    exponent = gaps @ multipliers
    raw = start * np.exp(exponent - exponent.max())
    return np.asarray(raw / raw.sum())


def _dual(gaps: Floats, start: Floats, multipliers: Floats) -> float:
    exponent = gaps @ multipliers
    top = float(exponent.max())
    return top + float(np.log(start @ np.exp(exponent - top)))
