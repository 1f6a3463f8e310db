"""Whether many specifications of one question say more together than no effect would, from one set of draws.

Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour 4, 1208-1214): a statistic over all specifications, such as
their median or how many are significant, is held against its distribution when the effect is zero in each of them.
Here the draws are those of the restricted wild cluster bootstrap (MacKinnon, Nielsen and Webb 2023): every cluster has
one random weight, the same in all specifications, so that they hang together in the draws as they do in the data.
Effects are counted in their own standard errors, so that specifications in different units can stand side by side.

Doses are not permuted: they follow from the input of a formula, given which clusters cannot change places. On
the last step of a Poisson fit the draws are those of the model linearised at its estimate. A bias that all
specifications share, such as regression to the mean, is in the data and not in the draws: the test does not see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.wild_bootstrap import Counting, share_beyond
from stoeval.inference.wild_draws import Resampling, Variant, Weights, draw, draw_weights, resampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64] | NDArray[np.str_]

VARIANT = Variant.JACKKNIFE_VARIANCE
"""Its statistic is the effect over its CRV3 standard error, which is what is reported of each specification."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawable:
    """One specification, reduced to what the draws need."""

    prepared: Resampling
    clusters: Labels
    """(G,) names or codes of the clusters, rising; the same name is the same cluster in every specification."""
    critical: float
    """|t| from which the specification is significant."""

    @property
    def statistic(self) -> float:
        """Return the effect in standard errors."""
        return self.prepared.effect / self.prepared.std_error


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationTest:
    """What the specifications say together, and how likely that is where no effect exists."""

    median: float
    """Median t."""
    p_median: float
    """Two-sided."""
    significant: float
    """Share that is significant on the side where most are."""
    p_significant: float
    draws: int
    method: str


def drawable(fit: Fit, combination: Floats, clusters: Labels, critical: float) -> Drawable:
    """Reduce a fit and the combination (k,) that is its effect to what the draws need.

    Raises EstimationError where `clusters` (G,) do not rise or are not one a cluster, and NotIdentified where the
    jackknife has no value.
    """
    if len(clusters) != fit.n_clusters or not np.array_equal(np.unique(clusters), clusters):
        message = (
            f"{len(clusters)} names for {fit.n_clusters} clusters; give the names of the clusters of the fit, rising"
        )
        raise EstimationError(message)
    return Drawable(
        prepared=resampling(fit, combination, variant=VARIANT, restricted=True), clusters=clusters, critical=critical
    )


def specification_test(
    specifications: Sequence[Drawable],
    *,
    generator: np.random.Generator,
    draws: int = 999,
    weights: Weights | None = None,
) -> SpecificationTest:
    """Test the specifications together, under the same weights of the clusters.

    Weights are Webb's below 12 clusters and Rademacher's from there, unless given. Raises EstimationError without
    specifications or draws.
    """
    if not specifications or draws < 1:
        message = f"{len(specifications)} specifications and {draws} draws: a joint test takes at least one of each"
        raise EstimationError(message)
    every = np.unique(np.concatenate([one.clusters for one in specifications]))
    drawn, enumerated, distribution = draw_weights(len(every), draws, weights, generator)
    statistics = np.empty((len(drawn), len(specifications)))
    for number, one in enumerate(specifications):
        place = np.searchsorted(every, one.clusters)
        statistics[:, number] = draw(drawn[:, place], one.prepared).statistics(one.prepared.effect)
    sample = np.array([[one.statistic for one in specifications]])
    critical = np.array([one.critical for one in specifications])
    median, significant = _median(sample), _significant(sample, critical)
    p_values = [
        share_beyond(many[:, None], own, Counting.WITH_SAMPLE, enumerated=enumerated)[0]
        for many, own in (
            (np.abs(_median(statistics)), np.abs(median)),
            (_significant(statistics, critical), significant),
        )
    ]
    return SpecificationTest(
        median=float(median[0]),
        p_median=float(p_values[0]),
        significant=float(significant[0]),
        p_significant=float(p_values[1]),
        draws=len(drawn),
        method=f"WCR-{VARIANT}, {distribution}, {len(drawn)} draws, {len(every)} clusters",
    )


def _median(statistics: Floats) -> Floats:
    return np.asarray(np.median(statistics, axis=1))


def _significant(statistics: Floats, critical: Floats) -> Floats:
    """Return the share (draws,) of statistics (draws, J) beyond their critical value, on the side with most."""
    above, below = (statistics >= critical).mean(axis=1), (statistics <= -critical).mean(axis=1)
    return np.asarray(np.maximum(above, below))
