"""The shortest interval of fixed length around an estimator with bounded curvature bias.

A difference in trends whose slope changes by at most M between periods biases an estimator that is linear in the
event-study coefficients by at most M times a sum of absolute weights, once the weights remove every straight line.
The estimator that trades this bias against variance best is found on the path from least bias to least variance,
which is piecewise linear as in the lasso (Rambachan and Roth 2023; Armstrong and Kolesár 2018,
Econometrica 86(2), for the optimality; Osborne, Presnell and Turlach 2000, IMA Journal 20(3), for the path).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TIE = 1e-12
"""A step along the path shorter than this share of the penalty is rounding."""
NORMAL = NormalDist()
NEWTON = 6
"""Steps to a quantile; the fifth is already exact to the last digits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixedLength:
    """The best linear estimator, and half the length of its interval."""

    weights: Floats
    """(n_pre + n_post,) weights of the coefficients; those after the start are the combination asked for."""
    half_length: float


def folded_normal_quantile(bias: float, alpha: float) -> float:
    """Return the 1 - alpha quantile of the absolute value of a normal with mean `bias` >= 0 and variance 1.

    Newton steps from below: the distribution function is concave beyond the mean, so that they never pass the root.
    """
    if bias < TIE:
        return NORMAL.inv_cdf(1 - alpha / 2)
    value = bias + NORMAL.inv_cdf(1 - alpha)
    for _ in range(NEWTON):
        missing = NORMAL.cdf(bias - value) + NORMAL.cdf(-value - bias) - alpha
        value += missing / (NORMAL.pdf(value - bias) + NORMAL.pdf(value + bias))
    return value


def shortest_interval(sigma: Floats, n_pre: int, l_vec: Floats, m: float, alpha: float) -> FixedLength:
    """Return the estimator with the shortest interval where slopes change by at most m a period.

    The length is convex in the weights, so that it is least next to the best knot of the path.
    """
    start, spans, fixed_bias = _straight_line_free(n_pre, l_vec)

    def half_length(curvature: Floats) -> float:
        weights = start + spans @ curvature
        spread = float(np.sqrt(weights @ sigma @ weights))
        bias = m * (fixed_bias + float(np.abs(curvature).sum()))
        return spread * folded_normal_quantile(bias / spread, alpha)

    knots = penalty_path(spans.T @ sigma @ spans, spans.T @ sigma @ start)
    lengths = [half_length(knot) for knot in knots]
    place = int(np.argmin(lengths))
    best = knots[place]
    for here, there in pairwise(knots[max(place - 1, 0) : place + 2]):
        step = there - here
        found = minimize_scalar(
            lambda share, here=here, step=step: half_length(here + share * step),
            bounds=(0, 1),
            method="bounded",
            options={"xatol": 1e-10},
        )
        best = min(best, here + float(found.x) * step, key=half_length)
    return FixedLength(weights=start + spans @ best, half_length=half_length(best))


def _straight_line_free(n_pre: int, l_vec: Floats) -> tuple[Floats, Floats, float]:
    """Return start (p,), spans (p, n_pre - 1) and a bias: weights are start + spans @ curvature.

    `curvature` holds the weight of each change of slope before the reference period; the bias per unit of M
    is the sum of its absolute values plus that of the changes of slope since the reference period.
    """
    distance = np.arange(1, n_pre + 1)
    to_curvature = np.maximum(distance - np.arange(n_pre)[:, None], 0.0)
    before = np.linalg.inv(to_curvature)[::-1]
    periods = np.arange(1, len(l_vec) + 1)
    changes = np.maximum(periods - np.arange(len(l_vec))[:, None], 0.0) @ l_vec
    start = np.concatenate([before[:, 0] * changes[0], l_vec])
    spans = np.vstack([before[:, 1:], np.zeros((len(l_vec), n_pre - 1))])
    return start, spans, float(np.abs(changes).sum())


def penalty_path(H: Floats, g: Floats) -> list[Floats]:
    """Return the knots of argmin x'Hx/2 + g'x + penalty |x|, from x = 0 to the minimum without penalty."""
    x = np.zeros(len(g))
    knots = [x]
    penalty = float(np.abs(g).max())
    active = np.zeros(len(g), dtype=bool)
    if penalty > 0:
        active[np.abs(g).argmax()] = True
    dropped = -1
    while penalty > 0:
        pull = -(g + H @ x)
        step = np.zeros(len(g))
        step[active] = np.linalg.solve(H[np.ix_(active, active)], np.sign(pull[active]))
        joins = _joining(pull, H @ step, penalty, active, dropped)
        with np.errstate(divide="ignore", invalid="ignore"):
            leaves = np.where(active & (x * step < 0), -x / step, np.inf)
        change = min(penalty, float(joins.min()), float(leaves.min()))
        x = x + change * step
        dropped = -1
        if change == leaves.min():
            dropped = int(leaves.argmin())
            x[dropped] = 0.0
            active[dropped] = False
        elif change == joins.min():
            active[joins.argmin()] = True
        penalty = penalty - change
        knots.append(x)
    return knots


def _joining(pull: Floats, drift: Floats, penalty: float, active: NDArray[np.bool_], dropped: int) -> Floats:
    """Return by how much the penalty falls before each inactive weight joins (infinite: never)."""
    result = np.full(len(pull), np.inf)
    for j in np.flatnonzero(~active):
        for side in (1.0, -1.0):
            rate = 1 - side * drift[j]
            room = (penalty - side * pull[j]) / rate if rate > 0 else np.inf
            if room > TIE * penalty or (j != dropped and rate > 0):
                result[j] = min(result[j], max(room, 0.0))
    return result
