"""Event-study estimates that survive bounded violations of parallel trends (Rambachan and Roth 2023).

`betahat` holds the coefficients in order of time without the reference period: first `n_pre` before it, then
`n_post` since the start; `sigma` is their covariance. The effect is the combination `l_vec` (n_post,) of the true
effects since the start. Two restrictions on the difference in trends are offered. *Relative magnitudes*: no change
since the start is larger than `mbar` times the largest change before it. *Smoothness*: the slope changes by at most
`m` from one period to the next. Rambachan and Roth (2023), Review of Economic Studies 90(5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.fixed_length import shortest_interval
from stoeval.inference.largest_changes import largest_changes
from stoeval.inference.moment_inequalities import accepted, least_favourable_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stoeval.inference.moment_inequalities import Moments

    Floats = NDArray[np.float64]

COARSE = 401
"""Values at which acceptance is first looked up, between bounds beyond which everything is rejected."""
FINE = 1e-5
"""Ends of intervals are located to this share of the standard error, breakdown values to this value."""
SCAN = 101
"""Values of mbar at which zero is first tested for a breakdown value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustInterval:
    """A confidence interval for the effect under a restriction on the difference in trends."""

    ci_low: float
    ci_high: float
    ci_level: float
    bound: float
    """mbar for relative magnitudes, m for smoothness (in units of the outcome), 0 for the original interval."""
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The largest mbar up to which an effect of zero is rejected."""

    mbar: float
    """Zero where zero is not rejected under parallel trends either."""
    ci_level: float
    upper: float
    is_capped: bool
    """Whether zero is still rejected at `upper`, so that the breakdown value is at least `upper`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Study:
    """Checked input."""

    betahat: Floats
    sigma: Floats
    n_pre: int
    l_vec: Floats
    alpha: float

    @property
    def estimate(self) -> float:
        return float(self.l_vec @ self.betahat[self.n_pre :])

    @property
    def std_error(self) -> float:
        return float(np.sqrt(self.l_vec @ self.sigma[self.n_pre :, self.n_pre :] @ self.l_vec))


def original(  # noqa: PLR0913 - the parts of an event study
    betahat: Floats, sigma: Floats, *, n_pre: int, n_post: int, l_vec: Floats, alpha: float = 0.05
) -> RobustInterval:
    """Return the normal interval that assumes parallel trends.

    Raises EstimationError for shapes that do not fit, values that are not finite or a covariance that is none.
    """
    study = _checked(betahat, sigma, n_pre, n_post, l_vec, alpha)
    half = float(stats.norm.ppf(1 - alpha / 2)) * study.std_error
    return _interval(study, study.estimate - half, study.estimate + half, 0.0, "normal, parallel trends")


def relative_magnitudes(  # noqa: PLR0913 - the parts of an event study
    betahat: Floats,
    sigma: Floats,
    *,
    n_pre: int,
    n_post: int,
    mbar: float,
    l_vec: Floats,
    generator: np.random.Generator,
    alpha: float = 0.05,
    draws: int = 1000,
) -> RobustInterval:
    """Return the interval where changes are at most `mbar` times the largest change before the start.

    The conditional least-favourable hybrid test is inverted. Its acceptance region need not be an interval: the
    ends are those of the smallest interval that holds it, as in the R package HonestDiD. Moments on earlier
    periods alone are used only where there is a single later period, as there. The estimate itself is never
    rejected. `draws` from `generator` give the least-favourable value. Raises EstimationError as `original` does,
    and for a negative mbar.
    """
    study = _checked(betahat, sigma, n_pre, n_post, l_vec, alpha)
    _refuse_negative("mbar", mbar)
    deviations = _deviations(study, generator, draws)
    ends = [study.estimate]
    for moments in largest_changes(study.sigma, n_pre, study.l_vec, mbar):
        ends.extend(_ends(study, moments, deviations))
    return _interval(study, min(ends), max(ends), mbar, "relative magnitudes, C-LF")


def smoothness(  # noqa: PLR0913 - the parts of an event study
    betahat: Floats, sigma: Floats, *, n_pre: int, n_post: int, m: float, l_vec: Floats, alpha: float = 0.05
) -> RobustInterval:
    """Return the shortest interval of fixed length where the slope changes by at most `m` a period.

    Raises EstimationError as `original` does and for a negative m, and NotIdentified for fewer than two
    coefficients before the reference period: no change of slope is then seen that m could be held against.
    """
    study = _checked(betahat, sigma, n_pre, n_post, l_vec, alpha)
    _refuse_negative("m", m)
    if n_pre < 2:
        message = (
            f"smoothness needs 2 coefficients before the reference period and has {n_pre}: a change of slope "
            "takes three periods; use relative magnitudes or add an earlier period"
        )
        raise NotIdentified(message)
    found = shortest_interval(study.sigma, n_pre, study.l_vec, m, alpha)
    centre = float(found.weights @ study.betahat)
    return _interval(study, centre - found.half_length, centre + found.half_length, m, "smoothness, FLCI")


def breakdown(  # noqa: PLR0913 - the parts of an event study
    betahat: Floats,
    sigma: Floats,
    *,
    n_pre: int,
    n_post: int,
    l_vec: Floats,
    generator: np.random.Generator,
    alpha: float = 0.05,
    upper: float = 10.0,
    draws: int = 1000,
) -> Breakdown:
    """Return the largest mbar up to which an effect of zero is rejected, at most `upper`.

    Tests zero alone, first on a grid and then by bisection, so that the first mbar which does not reject counts.
    With a generator in the same state this is the test that `relative_magnitudes` inverts.
    Raises EstimationError as `original` does, and for an upper that is not positive.
    """
    study = _checked(betahat, sigma, n_pre, n_post, l_vec, alpha)
    if not (np.isfinite(upper) and upper > 0):
        message = f"upper is {upper}: the search for a breakdown value needs a positive end"
        raise EstimationError(message)
    deviations = _deviations(study, generator, draws)

    def holds_zero(mbar: float) -> bool:
        changes = largest_changes(study.sigma, n_pre, study.l_vec, mbar)
        return any(bool(_test(study, moments, deviations)[0](np.zeros(1))[0]) for moments in changes)

    grid = np.linspace(0, upper, SCAN)
    first = next((position for position, mbar in enumerate(grid) if holds_zero(float(mbar))), None)
    if first is None:
        found = upper
    else:
        found = _boundary(holds_zero, float(grid[first]), float(grid[first - 1]), FINE) if first else 0.0
    return Breakdown(mbar=found, ci_level=1 - alpha, upper=upper, is_capped=first is None)


def _test(study: _Study, moments: Moments, deviations: Floats) -> tuple[Callable[[Floats], NDArray[np.bool_]], float]:
    """Return which tested values (m,) are accepted, as a function, and the least-favourable limit."""
    limit = least_favourable_limit(moments, deviations, study.alpha)
    covariance = moments.directions @ study.sigma @ moments.directions.T

    def test(tested: Floats) -> NDArray[np.bool_]:
        return accepted(moments.values(study.betahat, tested), covariance, limit, study.alpha)

    return test, limit


def _ends(study: _Study, moments: Moments, deviations: Floats) -> tuple[float, ...]:
    """Return the lowest and highest accepted value, or nothing where all are rejected."""
    test, limit = _test(study, moments, deviations)
    low, high = ((moments.directions[:2] @ study.betahat - limit) / moments.slopes[:2]).tolist()
    if low > high:
        return ()
    grid = np.linspace(low, high, COARSE)
    inside = np.flatnonzero(test(grid))
    if len(inside) == 0:
        return ()

    def holds(value: float) -> bool:
        return bool(test(np.array([value]))[0])

    first, last = int(inside[0]), int(inside[-1])
    fine = FINE * study.std_error
    return (
        _boundary(holds, float(grid[first]), float(grid[max(first - 1, 0)]), fine),
        _boundary(holds, float(grid[last]), float(grid[min(last + 1, COARSE - 1)]), fine),
    )


def _boundary(holds: Callable[[float], bool], inside: float, outside: float, fine: float) -> float:
    """Return where `holds` changes between a value where it is true and one where it is not."""
    while abs(outside - inside) > fine:
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def _deviations(study: _Study, generator: np.random.Generator, draws: int) -> Floats:
    if draws * study.alpha < 10:
        message = f"{draws} draws cannot place a value that chance passes once in {10 / study.alpha:.0f}; take more"
        raise EstimationError(message)
    standard = generator.standard_normal((draws, len(study.betahat)))
    return np.asarray(standard @ np.linalg.cholesky(study.sigma).T)


def _interval(study: _Study, low: float, high: float, bound: float, method: str) -> RobustInterval:
    return RobustInterval(ci_low=low, ci_high=high, ci_level=1 - study.alpha, bound=bound, method=method)


def _refuse_negative(name: str, bound: float) -> None:
    if not (np.isfinite(bound) and bound >= 0):
        message = f"{name} is {bound}: a bound on violations of parallel trends is zero or more"
        raise EstimationError(message)


def _checked(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: Floats, sigma: Floats, n_pre: int, n_post: int, l_vec: Floats, alpha: float
) -> _Study:
    betahat, sigma, l_vec = (np.asarray(part, dtype=float) for part in (betahat, sigma, l_vec))
    if n_pre < 1 or n_post < 1:
        message = (
            f"{n_pre} coefficients before the reference period and {n_post} since the start: violations of parallel "
            "trends are bounded by what was seen before, so at least one of each is needed"
        )
        raise NotIdentified(message)
    size = n_pre + n_post
    wanted = {"betahat": (size,), "sigma": (size, size), "l_vec": (n_post,)}
    given = {"betahat": betahat, "sigma": sigma, "l_vec": l_vec}
    for name, shape in wanted.items():
        if given[name].shape != shape:
            message = f"{name} has shape {given[name].shape}; {n_pre} before and {n_post} after ask for {shape}"
            raise EstimationError(message)
        if not np.isfinite(given[name]).all():
            message = f"{int((~np.isfinite(given[name])).sum())} values of {name} are not finite"
            raise EstimationError(message)
    if not l_vec.any():
        message = f"l_vec holds {n_post} zeros: it combines no effects"
        raise EstimationError(message)
    if not 0 < alpha < 0.5:
        message = f"alpha is {alpha}: it lies between 0 and 0.5"
        raise EstimationError(message)
    _refuse_no_covariance(sigma)
    return _Study(betahat=betahat, sigma=sigma, n_pre=n_pre, l_vec=l_vec, alpha=alpha)


def _refuse_no_covariance(sigma: Floats) -> None:
    spread = np.sqrt(np.maximum(np.diag(sigma), 0.0))
    lowest = 0.0
    if (spread > 0).all():
        correlation = sigma / np.outer(spread, spread)
        if np.abs(correlation - correlation.T).max() > 1e-8:
            message = "sigma is not symmetric: it is no covariance"
            raise EstimationError(message)
        lowest = float(np.linalg.eigvalsh(correlation)[0])
    if lowest < 1e-12:
        message = (
            f"sigma of {len(sigma)} coefficients is not positive definite (smallest eigenvalue of the correlations "
            f"{lowest:.1e}): there are fewer clusters than coefficients, or a coefficient repeats others"
        )
        raise EstimationError(message)
