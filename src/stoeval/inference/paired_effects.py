"""Two effects tested together, by leaving the same clusters out of both.

Each estimate has its own jackknife. A cluster that both hold is left out of both at once, so that the products of
the two deviations give their covariance; a cluster that one of them does not hold leaves that one as it is. Whether
neither moves is a Wald test against F(2, G-1), with G of the estimate with fewest clusters. That one gains while the
other loses is an intersection-union test: both must differ from zero, in opposite directions, and the larger of the two
two-sided p-values is a p-value for both (Berger 1982, Technometrics 24(4); two-sided, since either may be the one
that loses). It does not see effects on units that are in neither regression.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64] | NDArray[np.str_]

ONE = 1 - 1e-12
"""A correlation beyond this makes one effect of two."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Jackknifed:
    """An effect, and what it is without each cluster."""

    effect: float
    std_error: float
    p_value: float
    """Two-sided."""
    without: Floats
    """(G,) the effect without each cluster."""
    clusters: Labels
    """(G,) names or codes of the clusters, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTest:
    """What two effects say together."""

    correlation: float
    p_value: float
    """That neither differs from zero."""
    p_opposite: float
    """That they do not move in opposite directions, after each is given its sign."""
    p_both: float
    """That they do not both move up, after each is given its sign."""
    df: float


def paired_effects(first: Jackknifed, second: Jackknifed, signs: tuple[int, int] = (1, 1)) -> PairTest:
    """Test two effects together; `signs` (1 or -1 each) turn them so that up is gain.

    Raises EstimationError for signs that are none or clusters that repeat, and NotIdentified where the two effects
    are one.
    """
    if not set(signs) <= {1, -1}:
        message = f"signs {signs}: give 1 or -1 for each effect"
        raise EstimationError(message)
    for one in (first, second):
        if len(np.unique(one.clusters)) != len(one.clusters) or len(one.clusters) != len(one.without):
            message = f"{len(one.without)} re-estimates for {len(one.clusters)} clusters; give each cluster once"
            raise EstimationError(message)
    correlation = _correlation(first, second)
    if abs(correlation) >= ONE:
        message = "the two effects move as one in every cluster, so that they cannot be tested together"
        raise NotIdentified(message)
    df = float(min(len(first.clusters), len(second.clusters)) - 1)
    scaled = np.array([first.effect / first.std_error, second.effect / second.std_error])
    together = np.array([[1.0, correlation], [correlation, 1.0]])
    statistic = float(scaled @ np.linalg.solve(together, scaled)) / 2
    gains = scaled * signs
    larger = max(first.p_value, second.p_value)
    return PairTest(
        correlation=correlation,
        p_value=float(stats.f.sf(statistic, 2, df)),
        p_opposite=larger if gains[0] * gains[1] < 0 else 1.0,
        p_both=larger if (gains > 0).all() else 1.0,
        df=df,
    )


def _correlation(first: Jackknifed, second: Jackknifed) -> float:
    """Return the correlation of two effects from the clusters that both hold."""
    _, own, other = np.intersect1d(first.clusters, second.clusters, return_indices=True)
    deviations = first.without - first.effect, second.without - second.effect
    length = float(np.linalg.norm(deviations[0]) * np.linalg.norm(deviations[1]))
    return float(deviations[0][own] @ deviations[1][other]) / length if length > 0 else 0.0
