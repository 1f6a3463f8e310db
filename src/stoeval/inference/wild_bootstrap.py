"""Wild cluster bootstrap of linear combinations of coefficients, from the cross-products of a fit.

Nested effects are absorbed in the cross-products and crossed effects are columns of them; both are thereby
estimated anew in each draw (MacKinnon, Nielsen and Webb 2023, Journal of Applied Econometrics 38(5); the draws
themselves are made in `wild_draws`). The interval holds the values that the test does not reject (Roodman,
Nielsen, MacKinnon and Webb 2019, Stata Journal 19(1)).

A draw counts against the null when its |t| reaches that of the sample; see `Counting` for ties. On the last step
of a Poisson fit this is the bootstrap of the model linearised at the estimate; `score_bootstrap` refits it under
each null instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.wild_draws import (
    FEW_CLUSTERS,
    TIE,
    Variant,
    Weights,
    draw,
    draw_weights,
    resampling,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = [
    "FEW_CLUSTERS",
    "BootstrapTest",
    "Counting",
    "JointBootstrap",
    "Variant",
    "Weights",
    "joint_wild_bootstrap",
    "share_beyond",
    "wild_cluster_bootstrap",
]

DOUBLINGS = 40
"""How often the search for an end of the interval doubles its distance."""
HALVINGS = 60
"""How often the search then halves the gap that holds the end."""
FEW_DRAWS = 256
"""So few draws are faster compared than sorted out."""


class Counting(StrEnum):
    """Which draws count in a p-value."""

    WITH_SAMPLE = "with the sample"
    """The sample is one of the draws and ties count: never zero, and never too small for want of draws."""
    STRICT = "strict"
    """Draws strictly beyond the sample, as a share of the draws, as boottest counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapTest:
    """A two-sided test of one value of a combination, and the interval of values that it does not reject."""

    effect: float
    null: float
    statistic: float
    """(effect - null) / standard error of the sample; CRV1 as fixest scales it, or CRV3."""
    p_value: float
    ci_low: float | None
    """None, as `ci_high` and `ci_level`, where no interval was asked for."""
    ci_high: float | None
    ci_level: float | None
    draws: int
    enumerated: bool
    """Whether the draws are all combinations of weights, so that no chance is left."""
    method: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointBootstrap:
    """Two-sided tests of several combinations, of one fit or of several, under the same weights of the clusters."""

    effects: tuple[float, ...]
    nulls: tuple[float, ...]
    statistics: tuple[float, ...]
    p_values: tuple[float, ...]
    drawn: Floats
    """(draws, J) statistics of the draws; a row shares its weights."""
    enumerated: bool
    counting: Counting
    method: str


def wild_cluster_bootstrap(  # noqa: PLR0913 - the choices of a bootstrap
    fit: Fit,
    combination: Floats,
    *,
    generator: np.random.Generator,
    null: float = 0.0,
    draws: int = 9_999,
    variant: Variant = Variant.CLASSIC,
    restricted: bool = True,
    weights: Weights | None = None,
    counting: Counting = Counting.WITH_SAMPLE,
    level: float = 0.95,
    interval: bool = True,
) -> BootstrapTest:
    """Test that a combination (k,) of the coefficients of interest equals `null`, and invert the test.

    `restricted` makes the draws under the null, otherwise around the estimate. Weights are Webb's below 12
    clusters and Rademacher's from there, unless given; where the 2^G Rademacher combinations are no more than
    `draws`, all are taken. Each end of the interval is the crossing that bisection finds outward from the estimate.
    Without `interval` there is a p-value only, also where the interval has no end.
    Raises EstimationError for arguments that make no sense and NotIdentified where the sample has no
    statistic, a jackknife has no value, or the interval has no end.
    """
    refuse_choices([null], draws, level if interval else None)
    prepared = resampling(fit, combination, variant=variant, restricted=restricted)
    drawn, enumerated, distribution = draw_weights(fit.n_clusters, draws, weights, generator)
    test = _Inverted(
        parts=draw(drawn, prepared).parts,
        std_error=prepared.std_error,
        strict=counting is Counting.STRICT,
        added=int(
            counting is Counting.WITH_SAMPLE and not (enumerated and _holds_sample(variant, restricted=restricted))
        ),
    )
    alpha = 1 - level + TIE
    effect = prepared.effect
    return BootstrapTest(
        effect=effect,
        null=null,
        statistic=(effect - null) / prepared.std_error,
        p_value=test.p_value(effect - null),
        ci_low=effect - test.end(prepared.std_error, alpha) if interval else None,
        ci_high=effect - test.end(-prepared.std_error, alpha) if interval else None,
        ci_level=level if interval else None,
        draws=len(drawn),
        enumerated=enumerated,
        method=_method(variant, distribution, counting, restricted=restricted),
    )


def joint_wild_bootstrap(  # noqa: PLR0913 - the choices of a bootstrap
    fits: Sequence[Fit],
    combinations: Sequence[Floats],
    *,
    generator: np.random.Generator,
    nulls: Sequence[float] | None = None,
    labels: Sequence[Integers] | None = None,
    draws: int = 9_999,
    variant: Variant = Variant.CLASSIC,
    restricted: bool = True,
    weights: Weights | None = None,
    counting: Counting = Counting.WITH_SAMPLE,
) -> JointBootstrap:
    """Test a combination (k,) of each of J fits, all under the same draws of weights.

    A cluster has one weight in every fit, which keeps the dependence between outcomes and coefficients. The
    clusters of a fit stand in sorted order of their codes; `labels` holds these codes (G,) for each fit and is
    needed where fits differ in their clusters. `nulls` are zero unless given. A fit may occur more than once.
    Raises EstimationError for arguments that make no sense, NotIdentified where a sample has no statistic.
    """
    nulls = [0.0] * len(fits) if nulls is None else list(nulls)
    if not len(fits) == len(combinations) == len(nulls) or not fits:
        message = f"{len(fits)} fits, {len(combinations)} combinations and {len(nulls)} nulls must be equally many"
        raise EstimationError(message)
    refuse_choices(nulls, draws, None)
    places, clusters = _places(fits, labels)
    drawn, enumerated, distribution = draw_weights(clusters, draws, weights, generator)
    prepared = [
        resampling(f, c, variant=variant, restricted=restricted) for f, c in zip(fits, combinations, strict=True)
    ]
    distances = [each.effect - null for each, null in zip(prepared, nulls, strict=True)]
    observed = np.array([x / each.std_error for each, x in zip(prepared, distances, strict=True)])
    statistics = np.empty((len(drawn), len(fits)))
    for number, (each, place, distance) in enumerate(zip(prepared, places, distances, strict=True)):
        statistics[:, number] = draw(drawn[:, place], each).statistics(distance)
    among = enumerated and _holds_sample(variant, restricted=restricted)
    shares = share_beyond(np.abs(statistics), np.abs(observed), counting, enumerated=among)
    return JointBootstrap(
        effects=tuple(each.effect for each in prepared),
        nulls=tuple(nulls),
        statistics=tuple(observed.tolist()),
        p_values=tuple(shares.tolist()),
        drawn=statistics,
        enumerated=enumerated,
        counting=counting,
        method=_method(variant, distribution, counting, restricted=restricted),
    )


def share_beyond(drawn: Floats, observed: Floats, counting: Counting, *, enumerated: bool) -> Floats:
    """Return the share of draws (draws, J), all of one sign, that count against observed statistics (J,).

    `enumerated` says that the sample is among the draws, since they are all combinations of weights.
    """
    # All combinations of weights include the sample itself; draws by chance do not.
    added = int(counting is Counting.WITH_SAMPLE and not enumerated)
    strict = counting is Counting.STRICT
    beyond = drawn > observed * (1 + TIE) if strict else drawn >= observed * (1 - TIE)
    return np.asarray((beyond.sum(axis=0) + added) / (len(drawn) + added))


def _holds_sample(variant: Variant, *, restricted: bool) -> bool:
    """Say whether weights of one give back the sample: not with jackknifed scores, nor around the estimate."""
    return restricted and variant in {Variant.CLASSIC, Variant.JACKKNIFE_VARIANCE}


def refuse_choices(nulls: Sequence[float], draws: int, level: float | None) -> None:
    """Raise where nulls, draws or the level of an interval, None without one, make no test."""
    if draws < 1 or not np.isfinite(nulls).all():
        message = f"{draws} draws must be at least 1 and the null must be finite: {list(nulls)}"
        raise EstimationError(message)
    if level is None:
        return
    if not 0 < level < 1:
        message = f"level {level} must lie between 0 and 1"
        raise EstimationError(message)
    if (1 + draws) * (1 - level) < 1 - TIE:
        message = f"{draws} draws cannot reject at level {level}; take at least {np.ceil(1 / (1 - level)):.0f}"
        raise EstimationError(message)


def _method(variant: Variant, distribution: Weights, counting: Counting, *, restricted: bool) -> str:
    return f"WC{'R' if restricted else 'U'}-{variant}, {distribution}, {counting}"


def _places(fits: Sequence[Fit], labels: Sequence[Integers] | None) -> tuple[list[Integers], int]:
    """Return the position of each cluster of each fit among all clusters, and how many there are."""
    counts = [fit.n_clusters for fit in fits]
    if labels is None:
        if len(set(counts)) > 1:
            message = f"the fits have {sorted(set(counts))} clusters; give `labels`, so that each keeps one weight"
            raise EstimationError(message)
        return [np.arange(count) for count in counts], counts[0]
    if [len(codes) for codes in labels] != counts or any((np.diff(codes) <= 0).any() for codes in labels):
        message = f"labels must hold the sorted codes of the clusters of each fit, {counts} in number"
        raise EstimationError(message)
    everything = np.unique(np.concatenate(list(labels)))
    return [np.searchsorted(everything, codes) for codes in labels], len(everything)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Inverted:
    """A test as a function of the distance between estimate and null."""

    parts: Floats
    """(5, draws) as in `Draws`."""
    std_error: float
    strict: bool
    added: int

    def p_value(self, distance: float) -> float:
        beyond = self._beyond(self.parts, distance)
        return (beyond + self.added) / (int(self.parts.shape[1]) + self.added)

    def end(self, step: float, alpha: float) -> float:
        """Return the distance in the direction of `step` where the p-value falls to alpha."""
        inside, outside = 0.0, step
        for _ in range(DOUBLINGS):
            if self.p_value(outside) <= alpha:
                break
            inside, outside = outside, 2 * outside
        else:
            message = (
                f"no value is rejected at {alpha:.3g}: the interval has no end, because the clusters have too few "
                "combinations of weights or too few clusters carry the effect; use Webb weights, more clusters or a "
                "lower level, or do without (`interval=False`)"
            )
            raise NotIdentified(message)
        open_parts, settled = self.parts, self.added
        for _ in range(HALVINGS):
            middle, half = (inside + outside) / 2, abs(outside - inside) / 2
            if open_parts.shape[1] > FEW_DRAWS:
                undecided = self._undecided(open_parts, middle, half)
                settled += self._beyond(open_parts[:, ~undecided], middle)
                open_parts = open_parts[:, undecided]
            p_value = (settled + self._beyond(open_parts, middle)) / (self.parts.shape[1] + self.added)
            inside, outside = (inside, middle) if p_value <= alpha else (middle, outside)
        return outside

    def _beyond(self, parts: Floats, distance: float) -> int:
        """Count the draws that lie at least as far out as the sample, or strictly farther."""
        n0, n1, q0, q1, q2 = parts
        squared = (n0 + distance * n1) ** 2
        threshold = (distance / self.std_error) ** 2 * (q0 + distance * (2 * q1 + distance * q2))
        beyond = squared > threshold * (1 + TIE) if self.strict else squared >= threshold * (1 - TIE)
        return int(np.count_nonzero(beyond))

    def _undecided(self, parts: Floats, m: float, h: float) -> NDArray[np.bool_]:
        """Say which draws might count at one distance from m - h to m + h and not at another.

        The excess of a draw over the sample is a quartic in the distance; where it exceeds all that the other
        terms of its Taylor expansion around m can take away, its sign is settled.
        """
        n0, n1, q0, q1, q2 = parts
        k = self.std_error**-2
        u = n0 + m * n1
        squared, threshold = u * u, k * m * m * (q0 + m * (2 * q1 + m * q2))
        slope = np.abs(2 * u * n1 - k * m * (2 * q0 + m * (6 * q1 + m * 4 * q2)))
        bend = np.abs(n1 * n1 - k * (q0 + 6 * m * (q1 + m * q2)))
        higher = k * np.abs(2 * q1 + 4 * m * q2) + k * h * np.abs(q2)
        reach = h * (slope + h * (bend + h * higher))
        return np.asarray(np.abs(squared - threshold) <= reach + 10 * TIE * (squared + np.abs(threshold)))
