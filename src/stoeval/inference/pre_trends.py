"""What a test of pre-trends could have found, and what passing it does to the estimates.

Under a linear difference in trends the event-study coefficients are normal around a line through the reference
period. A pre-test finds the line with some power; the samples that pass it are selected, and their later
coefficients are biased by more or less than the line (Roth 2022, American Economic Review: Insights 4(3)).
The trend to hold a pre-test against by default is the one that would explain the whole effect away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.event_study import SINGULAR

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

DRAWS = 100_000
FEWEST = 500
"""Fewer draws than this that pass the pre-test give no mean."""
STEEPEST = 1e3
"""A slope is sought up to this many of the smallest standard errors a period."""


class PreTest(StrEnum):
    """When a pre-test rejects."""

    ANY = "any"
    """When one of the coefficients before the reference period differs from zero by itself."""
    JOINT = "joint"
    """When a chi-squared test of all of them together rejects."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreTrendPower:
    """What a pre-test does under one linear trend; times are periods since the reference period."""

    slope: float
    """Difference in trends a period."""
    power: float
    """Probability that the pre-test finds it."""
    times: Floats
    """(m,) the periods after the reference."""
    bias: Floats
    """(m,) bias of their coefficients in all samples: the line itself."""
    bias_after_passing: Floats
    """(m,) bias in the samples that pass the pre-test."""
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainingTrend:
    """The linear trend that alone would produce an estimated effect, and how likely a pre-test finds it."""

    effect: float
    """Mean coefficient over the window."""
    mean_time: float
    """Mean number of periods between the reference and the window."""
    slope: float
    """Difference in trends a period that reaches the effect by then."""
    power_any: float
    """Probability that one of the earlier coefficients differs from zero by itself."""
    power_joint: float
    """Probability that a chi-squared test of all of them rejects."""
    alpha: float
    draws: int


def explaining_trend(  # noqa: PLR0913 - an event study, a window and a test
    coefficients: ArrayLike,
    covariance: ArrayLike,
    times: ArrayLike,
    window: ArrayLike,
    *,
    generator: np.random.Generator,
    alpha: float = 0.05,
    draws: int = DRAWS,
) -> ExplainingTrend:
    """Return the trend that would explain the effect of a window away, and what a pre-test says of it.

    `coefficients` (k,) are those of all event-study periods with covariance (k, k); `times` (k,) are their periods
    since the reference period and `window` those among them whose mean is the effect. A low power says that the
    pre-test is no argument against that trend. Raises as `pre_trend_power` does, and EstimationError for a window
    without a coefficient.
    """
    effects, matrix, periods, wanted = (
        np.asarray(each, dtype=float) for each in (coefficients, covariance, times, window)
    )
    factor = _refuse_arguments(matrix, periods, alpha, draws)
    if effects.shape != periods.shape or not np.isfinite(effects).all():
        message = f"{len(periods)} periods need as many finite coefficients, not shape {effects.shape}"
        raise EstimationError(message)
    absent = sorted(set(wanted.ravel().tolist()) - set(periods[periods > 0].tolist()))
    if absent or not wanted.size:
        message = f"the window {wanted.ravel().tolist()} has no coefficient after the reference for {absent}; name some"
        raise EstimationError(message)
    chosen = np.isin(periods, wanted)
    effect, mean_time = float(effects[chosen].mean()), float(periods[chosen].mean())
    slope = effect / mean_time
    line = slope * periods[periods < 0]
    deviation = generator.standard_normal((draws, len(factor))) @ factor.T
    return ExplainingTrend(
        effect=effect,
        mean_time=mean_time,
        slope=slope,
        power_any=float(_rejects(deviation + line, factor, PreTest.ANY, alpha).mean()),
        power_joint=_joint_power(factor, periods[periods < 0], slope, alpha),
        alpha=alpha,
        draws=draws,
    )


def pre_trend_power(  # noqa: PLR0913 - an event study, a trend and a test
    covariance: Floats,
    times: Floats,
    slope: float,
    *,
    generator: np.random.Generator,
    pre_test: PreTest = PreTest.ANY,
    alpha: float = 0.05,
    draws: int = DRAWS,
) -> PreTrendPower:
    """Return the power of a pre-test against a slope, and the bias after passing it.

    `covariance` (k, k) is that of all event-study coefficients and `times` (k,) their periods since the reference
    period, negative before it. Power of the joint test is exact, of the other the share of draws. Raises
    EstimationError for arguments that make no sense or too few draws that pass, and NotIdentified where the
    coefficients before the reference cannot be tested.
    """
    factor = _refuse_arguments(covariance, times, alpha, draws)
    if not np.isfinite(slope):
        message = f"slope {slope} must be finite; give the difference in trends a period"
        raise EstimationError(message)
    before, after = times < 0, times > 0
    deviation = generator.standard_normal((draws, len(factor))) @ factor.T
    rejected = _rejects(deviation + slope * times[before], factor, pre_test, alpha)
    passed = deviation[~rejected]
    if len(passed) < FEWEST:
        message = f"only {len(passed)} of {draws} draws pass the pre-test at slope {slope:.3g}; take more draws"
        raise EstimationError(message)
    drawn_power = float(rejected.mean())
    joint = pre_test is PreTest.JOINT
    # Later coefficients follow the earlier ones along their regression on them.
    projection = np.linalg.solve(factor.T, np.linalg.solve(factor, covariance[np.ix_(before, after)]))
    line = slope * times[after]
    return PreTrendPower(
        slope=slope,
        power=_joint_power(factor, times[before], slope, alpha) if joint else drawn_power,
        times=times[after],
        bias=line,
        bias_after_passing=line + passed.mean(axis=0) @ projection,
        draws=draws,
    )


def slope_found_with(  # noqa: PLR0913 - an event study, a power and a test
    power: float,
    covariance: Floats,
    times: Floats,
    *,
    generator: np.random.Generator,
    pre_test: PreTest = PreTest.ANY,
    alpha: float = 0.05,
    draws: int = DRAWS,
) -> float:
    """Return the positive slope that a pre-test finds with this power; arguments as for `pre_trend_power`.

    Raises EstimationError for a power that is not between alpha, or the size of the test, and one.
    """
    factor = _refuse_arguments(covariance, times, alpha, draws)
    earlier = times[times < 0]
    deviation = generator.standard_normal((draws, len(factor))) @ factor.T

    def missing(slope: float) -> float:
        if pre_test is PreTest.JOINT:
            return _joint_power(factor, earlier, slope, alpha) - power
        return float(_rejects(deviation + slope * earlier, factor, pre_test, alpha).mean()) - power

    steepest = STEEPEST * float(np.sqrt((factor**2).sum(axis=1)).min())
    if not missing(0.0) < 0 < missing(steepest):
        message = f"a pre-test has power {missing(0.0) + power:.3g} without any slope; ask for more, and less than 1"
        raise EstimationError(message)
    return float(brentq(missing, 0.0, steepest, xtol=1e-9 * steepest))


def _refuse_arguments(covariance: Floats, times: Floats, alpha: float, draws: int) -> Floats:
    """Return the Cholesky factor (p, p) of the covariance before the reference, or raise."""
    if not 0 < alpha < 1 or draws < FEWEST:
        message = f"alpha {alpha} must lie between 0 and 1, and draws {draws} must be at least {FEWEST}"
        raise EstimationError(message)
    if covariance.shape != (len(times), len(times)) or not np.isfinite(covariance).all():
        message = f"{len(times)} periods need a finite covariance of as many rows, not one of shape {covariance.shape}"
        raise EstimationError(message)
    if not np.isfinite(times).all() or (times == 0).any() or not (times < 0).any() or not (times > 0).any():
        message = "periods count from the reference, which is left out; give at least one before and one after it"
        raise EstimationError(message)
    if not np.allclose(covariance, covariance.T, rtol=1e-8, atol=0):
        message = "the covariance is not symmetric; give it as estimated"
        raise EstimationError(message)
    block = covariance[np.ix_(times < 0, times < 0)]
    spread = np.sqrt(np.maximum(np.diag(block), 0.0))
    if not (spread > 0).all() or np.linalg.eigvalsh(block / np.outer(spread, spread))[0] < SINGULAR:
        message = (
            f"the covariance of {len(block)} coefficients before the reference is singular: there are fewer clusters "
            "than coefficients, or one repeats others; leave some periods out or cluster on smaller units"
        )
        raise NotIdentified(message)
    return np.asarray(np.linalg.cholesky(block))


def _rejects(estimates: Floats, factor: Floats, pre_test: PreTest, alpha: float) -> NDArray[np.bool_]:
    """Say for each draw (draws, p) whether the pre-test rejects."""
    if pre_test is PreTest.JOINT:
        standard = np.linalg.solve(factor, estimates.T)
        return np.asarray((standard**2).sum(axis=0) > stats.chi2.ppf(1 - alpha, len(factor)))
    spread = np.sqrt((factor**2).sum(axis=1))
    return np.asarray((np.abs(estimates) > stats.norm.ppf(1 - alpha / 2) * spread).any(axis=1))


def _joint_power(factor: Floats, earlier: Floats, slope: float, alpha: float) -> float:
    """Return the power of the chi-squared test against a slope."""
    distance = float((np.linalg.solve(factor, slope * earlier) ** 2).sum())
    threshold = stats.chi2.ppf(1 - alpha, len(factor))
    return float(stats.ncx2.sf(threshold, len(factor), distance))
