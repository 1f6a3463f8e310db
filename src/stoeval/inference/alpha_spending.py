"""Boundaries for several looks at growing data that share one alpha.

Lan and DeMets (1983, Biometrika 70(3)): a function of the share of information says how much alpha is spent by
each look. Statistics of the looks are normal with independent increments, correlation root(t_i / t_j), and the
two-sided boundary of each look spends exactly what its share allows, by the recursive integration of Armitage,
McPherson and Rowe (1969, Journal of the Royal Statistical Society A 132(2)). A split of alpha, `split_alpha`, needs
no such model and gives up a little power.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from math import e, log1p, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NODES = 400
"""Points of the Gauss-Legendre rule between the boundaries of a look."""
FARTHEST = 38.0
"""No boundary lies beyond this: the normal tail is zero in double precision."""


class Spending(StrEnum):
    """How fast alpha is spent."""

    OBRIEN_FLEMING = "O'Brien-Fleming"
    """2 - 2 Phi(z[1 - a/2] / root t) on each side, with a = alpha/2: almost nothing early."""
    POCOCK = "Pocock"
    """alpha ln(1 + (e - 1) t): nearly even."""


def spent_alpha(fraction: float, *, alpha: float = 0.05, spending: Spending = Spending.OBRIEN_FLEMING) -> float:
    """Return the alpha, two-sided, that is spent when this fraction of the information is in.

    Raises EstimationError where fraction or alpha lies outside (0, 1].
    """
    if not 0 < fraction <= 1 or not 0 < alpha < 1:
        message = f"fraction {fraction} must lie in (0, 1] and alpha {alpha} between 0 and 1"
        raise EstimationError(message)
    if spending is Spending.POCOCK:
        return alpha * log1p((e - 1) * fraction)
    # Half of alpha is spent on each side by the one-sided function, as printed boundaries do.
    return float(4 * stats.norm.sf(stats.norm.isf(alpha / 4) / sqrt(fraction)))


def spending_boundaries(
    fractions: Sequence[float], *, alpha: float = 0.05, spending: Spending = Spending.OBRIEN_FLEMING
) -> tuple[float, ...]:
    """Return the value that |z| must reach at each look, after these rising fractions of the information.

    Raises EstimationError for fractions that do not rise within (0, 1] or an alpha that makes no sense.
    """
    times = np.asarray(fractions, dtype=np.float64)
    if not len(times) or (np.diff(times) <= 0).any():
        message = f"fractions of the information must rise from look to look: {list(fractions)}"
        raise EstimationError(message)
    spent = [0.0, *(spent_alpha(float(t), alpha=alpha, spending=spending) for t in times)]
    boundaries: list[float] = []
    points, mass, last = np.zeros(1), np.ones(1), 0.0
    for time, (before, after) in zip(times.tolist(), pairwise(spent), strict=True):
        scale = sqrt(time - last)
        limit = _limit(points, mass, scale, sqrt(time), after - before)
        boundaries.append(limit / sqrt(time))
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        inside = limit * nodes
        density = stats.norm.pdf((inside[:, None] - points) / scale) @ mass / scale
        points, mass, last = inside, limit * weights * density, time
    return tuple(boundaries)


def _limit(points: Floats, mass: Floats, scale: float, size: float, share: float) -> float:
    """Return where the walk at `points` with `mass` lands at or beyond, on either side, with this probability."""

    def excess(limit: float) -> float:
        beyond = stats.norm.sf((limit - points) / scale) + stats.norm.sf((limit + points) / scale)
        return float(mass @ beyond) - share

    return float(optimize.brentq(excess, 0.0, FARTHEST * size, xtol=1e-12))
