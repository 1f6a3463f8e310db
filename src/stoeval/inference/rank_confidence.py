"""Confidence sets for ranks: which places each of n effects may take, jointly over all of them.

Mogstad, Romano, Shaikh and Wilhelm (2024, Review of Economic Studies 91(1)). Every pair is compared; the critical
value is the quantile of the largest studentised difference over all pairs, from normal draws with the covariance of
the estimates, or from t where their variances were estimated: the largest of some thousand differences is apt to be
one whose variance came out too small. Pairs that are told apart leave, and the others are compared again (step-down of
Romano and Wolf 2005). The best place of an effect is one plus the number of effects that are surely larger, the worst
is n minus the number that are surely smaller. All n sets hold the true ranks together with at least the stated
probability; with true ties a rank is any of the places that tied effects share.

An order of raw estimates says where effects lie only if these sets are short; with noisy estimates they span all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.moderated_variances import refuse_df

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

NEGATIVE = 1e-8
"""A covariance whose least eigenvalue lies below minus this, as a share of the largest, is no covariance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankSets:
    """The lowest and highest place (n,) that each effect may take; one is the largest effect."""

    best: Integers
    worst: Integers
    critical: float
    """How many standard errors two effects have to lie apart, after the pairs that were told apart left."""
    level: float
    draws: int


def rank_confidence_sets(  # noqa: PLR0913 - estimates, what is known of them, and the draws
    effects: Floats,
    covariance: Floats,
    *,
    generator: np.random.Generator,
    df: Floats | float | None = None,
    level: float = 0.95,
    draws: int = 1_000,
) -> RankSets:
    """Return the places that effects (n,) with covariance (n, n) of their estimates may take.

    `df` (n,), or one for all, are degrees of freedom of their variances, where these were estimated.
    Raises EstimationError for arguments that make no sense, NotIdentified where two effects have no uncertainty
    between them.
    """
    n = len(effects)
    if not 0 < level < 1 or draws < 1 or n < 2 or covariance.shape != (n, n):
        message = f"{n} effects need a covariance of their own, not {covariance.shape}, a level in (0, 1) and draws"
        raise EstimationError(message)
    if not (np.isfinite(effects).all() and np.isfinite(covariance).all()):
        message = "effects and their covariance must be finite; leave the others out"
        raise EstimationError(message)
    refuse_df(df, n)
    spread = _spread_of_differences(covariance)
    statistic = (effects[:, None] - effects[None, :]) / spread
    chance = generator.standard_normal((draws, n)) if df is None else generator.standard_t(df, (draws, n))
    drawn = chance @ _root(covariance)
    larger = np.zeros((n, n), dtype=bool)
    while True:
        undecided = ~larger & ~np.eye(n, dtype=bool)
        limit = float(np.quantile(_largest(drawn, spread, undecided), level, method="higher"))
        found = undecided & (statistic > limit)
        if not found.any():
            break
        larger |= found
    return RankSets(
        best=1 + larger.sum(axis=0, dtype=np.int64),
        worst=n - larger.sum(axis=1, dtype=np.int64),
        critical=limit,
        level=level,
        draws=draws,
    )


def _spread_of_differences(covariance: Floats) -> Floats:
    """Return the standard error (n, n) of each difference; infinite on the diagonal."""
    variance = np.diag(covariance)
    squared = variance[:, None] + variance[None, :] - covariance - covariance.T
    np.fill_diagonal(squared, np.inf)
    if not (squared > 0).all():
        message = f"{int((squared <= 0).sum() / 2)} pairs of effects have no uncertainty between them; leave one out"
        raise NotIdentified(message)
    return np.sqrt(squared)


def _root(covariance: Floats) -> Floats:
    """Return the symmetric root, in which an effect stays beside its own chance."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    if values[0] < -NEGATIVE * values[-1] or not np.allclose(covariance, covariance.T, rtol=1e-6, atol=0):
        message = f"the covariance is not one: its least eigenvalue is {values[0]:.2g}; give it as estimated"
        raise EstimationError(message)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)


def _largest(drawn: Floats, spread: Floats, pairs: Truths) -> Floats:
    """Return in each draw the largest studentised difference over ordered pairs."""
    largest = np.full(len(drawn), -np.inf)
    for one in range(drawn.shape[1]):
        others = np.flatnonzero(pairs[one])
        if len(others):
            each = (drawn[:, [one]] - drawn[:, others]) / spread[one, others]
            np.maximum(largest, each.max(axis=1), out=largest)
    return largest
