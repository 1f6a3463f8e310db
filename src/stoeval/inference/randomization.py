"""Randomization inference for a dose that was assigned to clusters.

Under the sharp null the outcomes would have been the same under every assignment that could have happened.
Here these are all permutations of the doses over the clusters within strata; a dose of zeros and ones is
thereby assigned to as many clusters of each stratum as it was.

The seam is a function from a dose (G,) to a t statistic, called once a permutation, so that whatever is
estimated is estimated again in full: a caller with a panel spreads the dose over its rows and fits. The
statistic should be studentised, which keeps the size right under unequal variances as clusters grow in number
(Wu and Ding 2021, Journal of the American Statistical Association 116(536)). `studentised_slope` makes such a
function from one change a unit. Where a dose enters a regression linearly, `permuted_doses` gives the same test
from cross-products, without a fit a permutation.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.assignments import assignments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Statistic = Callable[[Floats], float]

TIE = 1e-9
"""Statistics closer than this share of their size are equal."""
ROUNDING = 1e-12
"""A sum of squares below this share of what it came from is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomizationTest:
    """A two-sided test of no effect on any cluster; permutations as extreme as the sample count against it."""

    statistic: float
    p_value: float
    """(1 + extreme) / (1 + draws); the exact share where all assignments are enumerated."""
    p_low: float
    """Clopper-Pearson interval of the p-value that all assignments together would give."""
    p_high: float
    p_level: float
    draws: int
    enumerated: bool
    """Whether the draws are all assignments, the sample among them, so that no chance is left."""


def randomization_test(  # noqa: PLR0913 - the choices of a test
    dose: Floats,
    statistic: Statistic,
    *,
    generator: np.random.Generator,
    strata: Integers | None = None,
    draws: int = 9_999,
    level: float = 0.95,
) -> RandomizationTest:
    """Permute a dose (G,) over clusters within strata (G,) and compare |statistic| with that of the sample.

    All distinct assignments are taken where there are no more of them than `draws`. `level` is that of the
    Monte-Carlo interval. Raises EstimationError for arguments that make no sense or a statistic that is not
    finite, and NotIdentified where no other assignment exists.
    """
    refuse_level(level)
    blocks, enumerated = assignments(dose, strata, draws, generator)
    sample = _finite(statistic(dose), 0)
    permuted = (other for block in blocks for other in block)
    drawn = np.array([_finite(statistic(other), number) for number, other in enumerate(permuted, start=1)])
    return tally(sample, drawn, level, enumerated=enumerated)


def tally(sample: float, drawn: Floats, level: float, *, enumerated: bool) -> RandomizationTest:
    """Count the statistics (draws,) that are as extreme as that of the sample."""
    draws, extreme = len(drawn), int((np.abs(drawn) >= abs(sample) * (1 - TIE)).sum())
    share = extreme / draws
    exact = stats.binomtest(extreme, draws).proportion_ci(confidence_level=level, method="exact")
    return RandomizationTest(
        statistic=sample,
        p_value=share if enumerated else (1 + extreme) / (1 + draws),
        p_low=share if enumerated else float(exact.low),
        p_high=share if enumerated else float(exact.high),
        p_level=level,
        draws=draws,
        enumerated=enumerated,
    )


def refuse_level(level: float) -> None:
    """Raise EstimationError where a level is no probability."""
    if not 0 < level < 1:
        message = f"level {level} must lie between 0 and 1"
        raise EstimationError(message)


def _finite(value: float, permutation: int) -> float:
    if not isfinite(value):
        message = f"the statistic is {value} in permutation {permutation} (0 is the sample); it must exist in all"
        raise EstimationError(message)
    return value


def studentised_slope(
    change: Floats, cluster: Integers, *, strata: Integers | None = None, weights: Floats | None = None
) -> Statistic:
    """Return the function from a dose (G,) to the t of its slope on changes (n,) of units, by CRV1 over clusters.

    The regression has an effect for each stratum (G,), and weights (n,). `cluster` (n,) holds positions in the
    dose. The t carries the factor of fixest. The function raises NotIdentified where a dose does not vary within
    strata or fits the changes perfectly. Raises EstimationError for arrays that do not belong together.
    """
    weights = np.ones(len(change)) if weights is None else weights
    _refuse_units(change, cluster, weights)
    G, N = int(cluster.max()) + 1, len(change)
    strata = np.zeros(G, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    if len(strata) != G:
        message = f"{len(strata)} strata for {G} clusters: give one stratum a cluster"
        raise EstimationError(message)
    S = int(strata.max()) + 1
    if N <= 1 + S or G <= 1 + S:
        message = (
            f"{G} clusters with {N} units carry {1 + S} parameters: nothing is left to test with; take fewer strata"
        )
        raise NotIdentified(message)
    factor = G / (G - 1) * (N - 1) / (N - 1 - S)
    mass = np.bincount(cluster, weights=weights, minlength=G)
    total = np.bincount(cluster, weights=weights * change, minlength=G)
    whole = np.bincount(strata, weights=mass)
    within = total - mass * (np.bincount(strata, weights=total) / whole)[strata]

    def t_statistic(dose: Floats) -> float:
        centred = dose - (np.bincount(strata, weights=mass * dose) / whole)[strata]
        square = float(mass @ centred**2)
        if square <= ROUNDING * float(mass @ dose**2):
            message = f"the dose does not vary within {S} strata: its slope has no value"
            raise NotIdentified(message)
        slope = float(centred @ within) / square
        score = centred * (within - slope * mass * centred)
        spread = float(score @ score)
        if spread <= ROUNDING**2 * float((centred * within) @ (centred * within)):
            message = "the dose fits the changes perfectly: the slope has no standard error"
            raise NotIdentified(message)
        return slope * square / float(np.sqrt(factor * spread))

    return t_statistic


def _refuse_units(change: Floats, cluster: Integers, weights: Floats) -> None:
    """Raise where the arrays of units do not belong together."""
    if not len(change) == len(cluster) == len(weights) or len(change) == 0:
        message = f"{len(change)} changes, {len(cluster)} clusters, {len(weights)} weights: give one of each a unit"
        raise EstimationError(message)
    if not np.isfinite(change).all() or not np.isfinite(weights).all() or not (weights > 0).all():
        message = "a change or weight is not finite or a weight is not positive; leave those units out"
        raise EstimationError(message)
    empty = int((np.bincount(cluster) == 0).sum())
    if empty:
        message = f"{empty} clusters have no unit; leave them out of the dose and number the others from 0"
        raise EstimationError(message)
