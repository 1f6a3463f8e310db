"""Wild cluster bootstrap of a linear combination of coefficients, from the cross-products of a fit.

A draw multiplies the score of each cluster by a random weight. Estimate and standard error of a draw depend on
the G products of weight and score alone (MacKinnon, Nielsen and Webb 2023, Journal of Applied Econometrics
38(5)), so that all draws together cost one product (draws x G) (G x G). Nested effects are absorbed in the
cross-products and crossed effects are columns of them; both are thereby estimated anew in each draw.

Scores under the null are linear in the hypothesised value, so numerators are linear and variances quadratic in
it. These few numbers a draw are all that the inversion of the test needs.

A draw counts against the null when its |t| reaches that of the sample; see `Counting` for ties. On the last step
of a Poisson fit this is the bootstrap of the model linearised at the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import STEADY, crv1
from stoeval.inference.least_squares import FLAT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]

TIE = 1e-9
"""Statistics closer than this share of their size are equal."""
FEW_CLUSTERS = 12
"""Below this number of clusters two-point weights have too few combinations."""
DOUBLINGS = 40
"""How often the search for an end of the interval doubles its distance."""
HALVINGS = 60
"""How often the search then halves the gap that holds the end."""


class Variant(StrEnum):
    """How the scores are made (first digit), and the standard error of each statistic (second digit)."""

    CLASSIC = "11"
    """Scores as they are, CRV1."""
    JACKKNIFE_VARIANCE = "13"
    """Scores as they are, CRV3."""
    JACKKNIFE_SCORES = "31"
    """Scores of each cluster at the coefficients estimated without it, CRV1."""
    JACKKNIFE_BOTH = "33"
    """Scores of each cluster at the coefficients estimated without it, CRV3."""


class Weights(StrEnum):
    """The distribution of the weight of a cluster; mean 0 and variance 1."""

    RADEMACHER = "rademacher"
    """-1 and 1; all combinations where there are no more of them than draws."""
    WEBB = "webb"
    """Six points, for few clusters (Webb 2023, Canadian Journal of Economics 56(3))."""


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
    ci_low: float
    ci_high: float
    ci_level: float
    draws: int
    enumerated: bool
    """Whether the draws are all combinations of weights, so that no chance is left."""
    method: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spread:
    """How scores S (G, P) deviate estimates: deviation g of weights v is (v S) across_g + v_g S_g own_g."""

    combination: Floats
    """(P,) the estimate is (v S) combination."""
    across: Floats
    """(P, G)"""
    own: Floats
    """(P, G)"""
    factor: float
    """The variance is this times the sum of squared deviations."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Draws:
    """Numerators n0 + x n1 and variances q0 + 2 x q1 + x^2 q2 of all draws; x is estimate minus null."""

    numerator: tuple[Floats, Floats]
    variance: tuple[Floats, Floats, Floats]


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
) -> BootstrapTest:
    """Test that a combination (k,) of the coefficients of interest equals `null`, and invert the test.

    `restricted` makes the draws under the null, otherwise around the estimate. Weights are Webb's below 12
    clusters and Rademacher's from there, unless given; where the 2^G Rademacher combinations are no more than
    `draws`, all are taken. Each end of the interval is the crossing that bisection finds outward from the estimate.
    Raises EstimationError for arguments that make no sense and NotIdentified where the sample has no
    statistic, a jackknife has no value, or the interval has no end.
    """
    _refuse_arguments(fit, combination, null, draws, level)
    weights = weights or (Weights.WEBB if fit.n_clusters < FEW_CLUSTERS else Weights.RADEMACHER)
    drawn, enumerated = _weights(fit.n_clusters, draws, weights, generator)
    padded = np.concatenate([combination, np.zeros(len(fit.bread) - fit.k)])
    spread = _spread(fit, padded, jackknife=variant.endswith("3"))
    scores, slope = _scores(fit, padded, jackknife=variant.startswith("3"), restricted=restricted)
    counts = _counter(_draw(drawn, scores, slope, spread), counting, enumerated=enumerated)
    effect = float(combination @ fit.coefficients)
    std_error = _std_error(fit, spread)

    def p_value(value: float) -> float:
        return counts(effect - value, std_error)

    alpha = 1 - level + TIE
    return BootstrapTest(
        effect=effect,
        null=null,
        statistic=(effect - null) / std_error,
        p_value=p_value(null),
        ci_low=_end(p_value, effect, -std_error, alpha),
        ci_high=_end(p_value, effect, std_error, alpha),
        ci_level=level,
        draws=len(drawn),
        enumerated=enumerated,
        method=f"WC{'R' if restricted else 'U'}-{variant}, {weights}, {counting}",
    )


def _refuse_arguments(fit: Fit, combination: Floats, null: float, draws: int, level: float) -> None:
    """Raise where the arguments make no test."""
    if combination.shape != (fit.k,) or not np.isfinite(combination).all() or not combination.any():
        message = f"a combination of {fit.k} coefficients takes {fit.k} finite weights, not all zero: {combination}"
        raise EstimationError(message)
    if not 0 < level < 1 or not np.isfinite(null):
        message = f"level {level} must lie between 0 and 1 and the null {null} must be finite"
        raise EstimationError(message)
    if (1 + draws) * (1 - level) < 1 - TIE:
        message = f"{draws} draws cannot reject at level {level}; take at least {np.ceil(1 / (1 - level)):.0f}"
        raise EstimationError(message)


def _weights(clusters: int, draws: int, distribution: Weights, generator: np.random.Generator) -> tuple[Floats, bool]:
    """Return weights (draws, G), and whether they are all that exist."""
    if distribution is Weights.WEBB:
        points = np.sqrt([0.5, 1.0, 1.5])
        return generator.choice(np.concatenate([-points, points]), size=(draws, clusters)), False
    if 2.0**clusters <= draws:
        combinations = np.arange(2**clusters)[:, None] >> np.arange(clusters)
        return np.where(combinations & 1, -1.0, 1.0), True
    return generator.choice([-1.0, 1.0], size=(draws, clusters)), False


def _spread(fit: Fit, combination: Floats, *, jackknife: bool) -> _Spread:
    """Return how the standard error of a combination (P,) follows from scores."""
    direction = fit.bread @ combination
    if jackknife:
        without = _without_each(fit, combination[:, None], exact=False)[:, :, 0].T
        return _Spread(
            combination=direction,
            across=without - direction[:, None],
            own=-without,
            factor=(fit.n_clusters - 1) / fit.n_clusters,
        )
    plain = float(((fit.cluster_score @ direction) ** 2).sum())
    scaled = float(combination[: fit.k] @ crv1(fit).matrix @ combination[: fit.k])
    return _Spread(
        combination=direction,
        across=-fit.bread @ (fit.cluster_gram @ direction).T,
        own=np.repeat(direction[:, None], fit.n_clusters, axis=1),
        factor=scaled / plain if plain > 0 else 1.0,
    )


def _std_error(fit: Fit, spread: _Spread) -> float:
    """Return the standard error of the combination in the sample."""
    own = np.einsum("gp,pg->g", fit.cluster_score, spread.own)
    of_outcome = np.einsum("gp,pg->g", fit.cluster_moment, spread.own)
    if np.linalg.norm(own) <= FLAT * np.linalg.norm(of_outcome):
        message = "the standard error is zero: the outcome does not vary between clusters in this sample"
        raise NotIdentified(message)
    return float(np.sqrt(spread.factor) * np.linalg.norm(own))


def _scores(fit: Fit, combination: Floats, *, jackknife: bool, restricted: bool) -> tuple[Floats, Floats]:
    """Return the scores (G, P) that the draws multiply at null = estimate, and what each unit of distance adds."""
    scores, slope = fit.cluster_score, np.zeros_like(fit.cluster_score)
    if restricted:
        direction = fit.bread @ combination
        slope = fit.cluster_gram @ direction / (combination @ direction)
    if not jackknife:
        return scores, slope
    targets = np.stack([scores, slope, np.broadcast_to(combination, scores.shape)], axis=2)
    solved = _without_each(fit, targets, exact=True)
    moves, towards = solved[:, :, :2], solved[:, :, 2]
    if restricted:
        # The step that would leave the null is taken out of each re-estimate.
        off = np.einsum("p,gpj->gj", combination, moves) / (towards @ combination)[:, None]
        moves = moves - towards[:, :, None] * off[:, None, :]
    adjusted = targets[:, :, :2] + fit.cluster_gram @ moves
    return adjusted[:, :, 0], adjusted[:, :, 1]


def _without_each(fit: Fit, targets: Floats, *, exact: bool) -> Floats:
    """Solve the normal equations without each cluster for targets (G, P, J) or (P, J).

    A direction that exists in one cluster only is left at zero, unless `exact`, which refuses it.
    """
    gram = fit.cluster_gram.sum(axis=0)
    scale = 1 / np.sqrt(np.diag(gram))
    rest = (gram - fit.cluster_gram) * np.outer(scale, scale)
    scaled = np.broadcast_to(targets * scale[:, None], (fit.n_clusters, len(gram), targets.shape[-1]))
    values, vectors = np.linalg.eigh(rest)
    null = values < STEADY**2
    along = np.swapaxes(vectors, 1, 2) @ scaled
    lost = null.any(axis=1) if exact else (null[:, :, None] & (np.abs(along) > 1e-6 * np.abs(scaled).max())).any((1, 2))
    if lost.any():
        advice = "use variant 11 or 13" if exact else "use variant 11"
        message = f"{int(lost.sum())} of {fit.n_clusters} clusters cannot be left out of the regression; {advice}"
        raise NotIdentified(message)
    shrunk = np.where(null[:, :, None], 0.0, along / np.where(null, 1.0, values)[:, :, None])
    return np.asarray((vectors @ shrunk) * scale[:, None])


def _draw(drawn: Floats, scores: Floats, slope: Floats, spread: _Spread) -> _Draws:
    """Return numerators and variances of all draws (draws, G) as functions of estimate minus null."""

    def estimate(part: Floats) -> Floats:
        return np.asarray(drawn @ (part @ spread.combination))

    def deviation(part: Floats) -> Floats:
        own = np.einsum("gp,pg->g", part, spread.own)
        return np.asarray(drawn @ (part @ spread.across + np.diag(own)))

    at_estimate, added = deviation(scores), deviation(slope)
    products = [(at_estimate, at_estimate), (at_estimate, added), (added, added)]
    q0, q1, q2 = (spread.factor * np.einsum("dg,dg->d", left, right) for left, right in products)
    return _Draws(numerator=(estimate(scores), estimate(slope)), variance=(q0, q1, q2))


def _counter(draws: _Draws, counting: Counting, *, enumerated: bool) -> Callable[[float, float], float]:
    """Return the function from estimate minus null, and its standard error, to the p-value."""
    (n0, n1), (q0, q1, q2) = draws.numerator, draws.variance
    strict = counting is Counting.STRICT
    # All combinations of weights include the sample itself; draws by chance do not.
    added = 0 if strict or enumerated else 1

    def p_value(distance: float, std_error: float) -> float:
        squared = (n0 + distance * n1) ** 2
        threshold = (distance / std_error) ** 2 * (q0 + 2 * distance * q1 + distance**2 * q2)
        beyond = squared > threshold * (1 + TIE) if strict else squared >= threshold * (1 - TIE)
        return (int(beyond.sum()) + added) / (len(n0) + added)

    return p_value


def _end(p_value: Callable[[float], float], effect: float, step: float, alpha: float) -> float:
    """Return the value in the direction of `step` where the p-value falls to alpha."""
    inside, outside = effect, effect + step
    for _ in range(DOUBLINGS):
        if p_value(outside) <= alpha:
            break
        inside, outside = outside, effect + 2 * (outside - effect)
    else:
        message = (
            f"no value is rejected at {alpha:.3g}: the interval has no end, because the clusters have too few "
            "combinations of weights or too few clusters carry the effect; use Webb weights, more clusters or a "
            "lower level"
        )
        raise NotIdentified(message)
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if p_value(middle) <= alpha else (middle, outside)
    return outside
