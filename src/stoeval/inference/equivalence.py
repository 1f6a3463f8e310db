"""Equivalence: what an estimate says about the absence of a relevant effect.

Two one-sided t-tests (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15(6)). Equivalence at
alpha is the same as an interval at level 1 - 2 alpha that lies within the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from scipy import stats

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Two one-sided tests that an effect lies between two bounds."""

    effect: float
    low: float
    high: float
    p_above_low: float
    """p-value of the test that the effect is at or below `low`."""
    p_below_high: float
    """p-value of the test that the effect is at or above `high`."""
    p_value: float
    alpha: float
    concluded: bool
    """Whether the effect is taken to lie between the bounds."""
    ci_low: float
    """Interval at level 1 - 2 alpha."""
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalencePoint:
    """One point of an equivalence curve."""

    alpha: float
    level: float
    """1 - 2 alpha, the level of the interval that the two tests together stand for."""
    bound: float
    """The smallest effect size at which equivalence between minus and plus it is concluded at this alpha."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NonInferiority:
    """A one-sided test that an effect is no worse than a margin."""

    effect: float
    margin: float
    higher_is_better: bool
    p_value: float
    alpha: float
    concluded: bool
    worst: float
    """The one-sided confidence bound on the side of harm."""


def equivalence_test(  # noqa: PLR0913 - an estimate, two bounds and a level
    effect: float, std_error: float, df: float, *, low: float, high: float, alpha: float = 0.05
) -> Equivalence:
    """Test that an effect lies strictly between low and high.

    Raises EstimationError for bounds or a level that make no sense, NotIdentified without a standard error.
    """
    _refuse(effect, std_error, df, alpha)
    if not low < high or not (isfinite(low) and isfinite(high)):
        message = f"equivalence bounds {low} and {high} must be finite, the lower one first"
        raise EstimationError(message)
    above = float(stats.t.sf((effect - low) / std_error, df))
    below = float(stats.t.sf((high - effect) / std_error, df))
    half = float(stats.t.ppf(1 - alpha, df)) * std_error
    return Equivalence(
        effect=effect,
        low=low,
        high=high,
        p_above_low=above,
        p_below_high=below,
        p_value=max(above, below),
        alpha=alpha,
        concluded=max(above, below) <= alpha,
        ci_low=effect - half,
        ci_high=effect + half,
    )


def equivalence_bound(effect: float, std_error: float, df: float, *, alpha: float = 0.05) -> float:
    """Return the smallest effect size at which two one-sided tests between minus and plus it conclude.

    It is |effect| + t[1 - alpha] standard errors: the end farthest from zero of the interval at 1 - 2 alpha.
    """
    _refuse(effect, std_error, df, alpha)
    return abs(effect) + float(stats.t.ppf(1 - alpha, df)) * std_error


def equivalence_curve(
    effect: float, std_error: float, df: float, *, alphas: Sequence[float] = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2)
) -> tuple[EquivalencePoint, ...]:
    """Return the smallest effect size that equivalence can be concluded for, at each alpha in the order given.

    It replaces a verdict where no smallest relevant effect is set: whoever sets one reads off how surely the
    effect is smaller. Raises EstimationError for a level that makes no sense, NotIdentified without a standard
    error.
    """
    return tuple(
        EquivalencePoint(alpha=alpha, level=1 - 2 * alpha, bound=equivalence_bound(effect, std_error, df, alpha=alpha))
        for alpha in alphas
    )


def non_inferiority(  # noqa: PLR0913 - an estimate, a margin, a direction and a level
    effect: float, std_error: float, df: float, *, margin: float, higher_is_better: bool, alpha: float = 0.05
) -> NonInferiority:
    """Test that an effect harms by less than a margin of zero or more.

    Raises EstimationError for a margin or a level that makes no sense, NotIdentified without a standard error.
    """
    _refuse(effect, std_error, df, alpha)
    if not (isfinite(margin) and margin >= 0):
        message = f"margin {margin} must be finite and not negative; `higher_is_better` gives the direction of harm"
        raise EstimationError(message)
    sign = 1 if higher_is_better else -1
    p_value = float(stats.t.sf((sign * effect + margin) / std_error, df))
    return NonInferiority(
        effect=effect,
        margin=margin,
        higher_is_better=higher_is_better,
        p_value=p_value,
        alpha=alpha,
        concluded=p_value <= alpha,
        worst=effect - sign * float(stats.t.ppf(1 - alpha, df)) * std_error,
    )


def _refuse(effect: float, std_error: float, df: float, alpha: float) -> None:
    """Raise where an estimate or a level makes no test."""
    if not 0 < alpha < 0.5 or not df > 0:
        message = f"alpha {alpha} must lie between 0 and 0.5, and df {df} must be positive"
        raise EstimationError(message)
    if not (isfinite(effect) and isfinite(std_error) and std_error > 0):
        message = f"effect {effect} with standard error {std_error} cannot be tested; the error must be positive"
        raise NotIdentified(message)
