"""Draws of estimates and standard errors under random weights of the clusters, from the cross-products of a fit.

A draw multiplies the score of each cluster by a random weight. Estimate and standard error of a draw depend on
the G products of weight and score alone (MacKinnon, Nielsen and Webb 2023, Journal of Applied Econometrics
38(5)). Scores S (G, P) have fewer columns than there are clusters, as a rule; a deviation is then the product
(v S) across and not v (S across), which for ten columns and eighty clusters is a quarter of the work.

Scores under the null are linear in the hypothesised value, so numerators are linear and variances quadratic in
it. These five numbers a draw are all that a test of any value needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import STEADY, crv1, refuse_inexact
from stoeval.inference.least_squares import FLAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]

TIE = 1e-9
"""Statistics closer than this share of their size are equal."""
FEW_CLUSTERS = 12
"""Below this number of clusters two-point weights have too few combinations."""
BLOCK = 128
"""So many draws at once stay in the cache of a core, and their products too small to be spread over threads."""
SIGNS = 2.0 * np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) - 1
"""The eight signs that a byte holds."""


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
    NORMAL = "normal"
    """Standard normal."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """How scores S (G, P) deviate estimates: deviation g of weights v is (v S) across_g + v_g S_g own_g."""

    direction: Floats
    """(P,) the estimate is (v S) direction."""
    across: Floats
    """(P, G)"""
    own: Floats
    """(P, G)"""
    factor: float
    """The variance is this times the sum of squared deviations."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampling:
    """A combination of coefficients, made ready to be drawn."""

    effect: float
    std_error: float
    """Of the sample, by the covariance that the variant names."""
    scores: Floats
    """(G, P) scores at the estimate, which the weights multiply."""
    slope: Floats | None
    """(G, P) what a unit of distance between estimate and null adds to them; None for draws around the estimate."""
    spread: Spread


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Numerators n0 + x n1 and variances q0 + 2 x q1 + x^2 q2 of all draws; x is estimate minus null."""

    parts: Floats
    """(5, draws): n0, n1, q0, q1, q2."""

    def statistics(self, distance: float) -> Floats:
        """Return the t statistic (draws,) of each draw; infinite where a draw has no standard error."""
        n0, n1, q0, q1, q2 = self.parts
        variance = q0 + distance * (2 * q1 + distance * q2)
        scaled = np.full(len(n0), np.inf)
        np.divide(n0 + distance * n1, np.sqrt(np.maximum(variance, 0)), out=scaled, where=variance > 0)
        return scaled


def draw_weights(
    clusters: int, draws: int, weights: Weights | None, generator: np.random.Generator
) -> tuple[Floats, bool, Weights]:
    """Return weights (draws, clusters), whether they are all that exist, and their distribution."""
    chosen = weights or (Weights.WEBB if clusters < FEW_CLUSTERS else Weights.RADEMACHER)
    if chosen is Weights.NORMAL:
        return generator.standard_normal((draws, clusters)), False, chosen
    if chosen is Weights.WEBB:
        points = np.sqrt([0.5, 1.0, 1.5])
        return generator.choice(np.concatenate([-points, points]), size=(draws, clusters)), False, chosen
    if 2.0**clusters <= draws:
        combinations = np.arange(2**clusters)[:, None] >> np.arange(clusters)
        return np.where(combinations & 1, -1.0, 1.0), True, chosen
    octets = np.frombuffer(generator.bytes(-(-draws * clusters // 8)), dtype=np.uint8)
    signs = np.asarray(SIGNS[octets], dtype=np.float64).ravel()[: draws * clusters]
    return signs.reshape(draws, clusters), False, chosen


def resampling(fit: Fit, combination: Floats, *, variant: Variant, restricted: bool) -> Resampling:
    """Make a combination (k,) of the coefficients of interest ready to be drawn.

    Raises EstimationError for a combination that makes no sense and NotIdentified where the sample has no
    statistic or a jackknife has no value.
    """
    if combination.shape != (fit.k,) or not np.isfinite(combination).all() or not combination.any():
        message = f"a combination of {fit.k} coefficients takes {fit.k} finite weights, not all zero: {combination}"
        raise EstimationError(message)
    refuse_inexact(fit)
    padded = np.concatenate([combination, np.zeros(len(fit.bread) - fit.k)])
    spread = spread_of(fit, padded, jackknife=variant.endswith("3"))
    scores, slope = _scores(fit, padded, jackknife=variant.startswith("3"), restricted=restricted)
    return Resampling(
        effect=float(combination @ fit.coefficients),
        std_error=_std_error(fit, spread),
        scores=scores,
        slope=slope if restricted else None,
        spread=spread,
    )


def draw(drawn: Floats, prepared: Resampling) -> Draws:
    """Return numerators and variances of draws with weights (draws, G)."""
    spread = prepared.spread
    each = [prepared.scores] if prepared.slope is None else [prepared.scores, prepared.slope]
    few = 2 * len(spread.across) < drawn.shape[1]
    left = [scores if few else scores @ spread.across for scores in each]
    stacked = np.column_stack([*left, *(scores @ spread.direction for scores in each)])
    own = [np.einsum("gp,pg->g", scores, spread.own) for scores in each]
    parts = np.zeros((5, len(drawn)))
    for start in range(0, len(drawn), BLOCK):
        rows = slice(start, start + BLOCK)
        products = drawn[rows] @ stacked
        parts[: len(each), rows] = products[:, -len(each) :].T
        deviation = []
        for number, alone in enumerate(own):
            across = products[:, number * left[0].shape[1] : (number + 1) * left[0].shape[1]]
            deviation.append((across @ spread.across if few else across) + drawn[rows] * alone)
        parts[2, rows] = np.einsum("dg,dg->d", deviation[0], deviation[0])
        if len(deviation) == 2:
            parts[3, rows] = np.einsum("dg,dg->d", deviation[0], deviation[1])
            parts[4, rows] = np.einsum("dg,dg->d", deviation[1], deviation[1])
    parts[2:] *= spread.factor
    return Draws(parts=parts)


def spread_of(fit: Fit, combination: Floats, *, jackknife: bool) -> Spread:
    """Return how the standard error of a combination (P,) follows from scores."""
    direction = fit.bread @ combination
    if jackknife:
        without = _without_each(fit, combination[:, None], exact=False)[:, :, 0].T
        return Spread(
            direction=direction,
            across=without - direction[:, None],
            own=-without,
            factor=(fit.n_clusters - 1) / fit.n_clusters,
        )
    plain = float(((fit.cluster_score @ direction) ** 2).sum())
    scaled = float(combination[: fit.k] @ crv1(fit).matrix @ combination[: fit.k])
    return Spread(
        direction=direction,
        across=-fit.bread @ (fit.cluster_gram @ direction).T,
        own=np.repeat(direction[:, None], fit.n_clusters, axis=1),
        factor=scaled / plain if plain > 0 else 1.0,
    )


def _std_error(fit: Fit, spread: Spread) -> float:
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
    inverse = _steady_inverse(rest)
    if inverse is not None:
        return np.asarray((inverse @ scaled) * scale[:, None])
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


def _steady_inverse(rest: Floats) -> Floats | None:
    """Return the inverses of matrices (G, P, P), or None where one of them might be singular.

    An eigenvalue is at least one over the Frobenius norm of the inverse: where that is far from zero, no direction
    is lost and the eigenvalues, which cost several times as much, need not be known.
    """
    try:
        inverse = np.asarray(np.linalg.inv(rest), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return inverse if (np.linalg.norm(inverse, axis=(1, 2)) * STEADY < 1).all() else None
