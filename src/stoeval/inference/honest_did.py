"""Event-study estimates that survive bounded violations of parallel trends (Rambachan and Roth 2023).

`betahat` holds the coefficients in order of time without the reference period: first `n_pre` before it, then
`n_post` since the start; `sigma` is their covariance. The effect is the combination `l_vec` (n_post,) of the true
effects since the start. Three restrictions on the difference in trends are offered. *Relative magnitudes*: no change
since the start is larger than `mbar` times the largest change before it. *Smoothness*: the slope changes by at most
`m` from one period to the next. *Relative smoothness*, both combined: no change of slope since the start is larger
than `mbar` times the largest before it. Restrictions on the sign or the direction of the difference are not offered.
Rambachan and Roth (2023), Review of Economic Studies 90(5), section 2.4.

Draws come from `generator`; without one they come from a new generator with the seed `SEED`, so that equal input
gives equal numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.event_study import event_study
from stoeval.inference.fixed_length import shortest_interval
from stoeval.inference.largest_changes import largest_changes
from stoeval.inference.moment_inequalities import accepted, least_favourable_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from stoeval.inference.event_study import EventStudy
    from stoeval.inference.moment_inequalities import Moments

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

SEED = 2023
"""Of the generator that is made where none is given."""
DRAWS = 10_000
"""For the least-favourable value; fewer move breakdown values in the second decimal."""
UPPER = 10.0
"""Where the search for the breakdown value of a relative restriction ends unless told otherwise."""
COARSE = 401
"""Values at which acceptance is first looked up, between bounds beyond which everything is rejected."""
FINE = 1e-5
"""Ends of intervals are located to this share of the standard error, breakdown values to this share of their range."""
REFINED = 46
"""Values at which acceptance is looked up again between two neighbours."""
SCAN = 101
"""Bounds at which zero is first tested for a breakdown value."""


class Restriction(StrEnum):
    """What is assumed of the difference in trends."""

    RELATIVE_MAGNITUDES = "relative magnitudes"
    """Changes are at most mbar times the largest change before the start."""
    SMOOTHNESS = "smoothness"
    """Changes of slope are at most m, in units of the outcome."""
    RELATIVE_SMOOTHNESS = "relative smoothness"
    """Changes of slope are at most mbar times the largest change of slope before the start."""


ORDER = {Restriction.RELATIVE_MAGNITUDES: 1, Restriction.RELATIVE_SMOOTHNESS: 2}
"""Of the differences that a restriction bounds; as many coefficients are needed before the reference period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustInterval:
    """A confidence interval for the effect under a restriction on the difference in trends."""

    ci_low: float
    ci_high: float
    ci_level: float
    bound: float
    """mbar for the relative restrictions, m for smoothness (in units of the outcome), 0 for the original interval."""
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The largest bound up to which an effect of zero is rejected."""

    bound: float
    """Zero where zero is not rejected under a bound of zero either."""
    restriction: Restriction
    ci_level: float
    upper: float
    is_capped: bool
    """Whether zero is still rejected at `upper`, so that the breakdown value is at least `upper`."""

    @property
    def mbar(self) -> float:
        """The bound, by its name in the relative restrictions."""
        return self.bound


def original(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: ArrayLike, sigma: ArrayLike, n_pre: int, n_post: int, l_vec: ArrayLike, alpha: float = 0.05
) -> RobustInterval:
    """Return the normal interval that assumes parallel trends.

    Raises EstimationError for shapes that do not fit, values that are not finite or a covariance that is none, and
    NotIdentified without a coefficient on either side of the reference period.
    """
    study = event_study(betahat, sigma, n_pre, n_post, l_vec, alpha)
    half = float(stats.norm.ppf(1 - alpha / 2)) * study.std_error
    return _interval(study, study.estimate - half, study.estimate + half, 0.0, "normal, parallel trends")


def relative_magnitudes(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: ArrayLike,
    sigma: ArrayLike,
    n_pre: int,
    n_post: int,
    mbar: float,
    l_vec: ArrayLike,
    alpha: float = 0.05,
    *,
    generator: np.random.Generator | None = None,
    draws: int = DRAWS,
) -> RobustInterval:
    """Return the interval where changes are at most `mbar` times the largest change before the start.

    The conditional least-favourable hybrid test is inverted. Its acceptance region need not be an interval: the
    ends are those of the smallest interval that holds it, as in the R package HonestDiD. Moments on earlier
    periods alone are used only where there is a single later period, as there. The estimate itself is never
    rejected. `draws` from `generator` give the least-favourable value. Raises as `original` does, and
    EstimationError for a negative mbar or too few draws.
    """
    study = event_study(betahat, sigma, n_pre, n_post, l_vec, alpha)
    return _relative(study, Restriction.RELATIVE_MAGNITUDES, mbar, generator, draws)


def relative_smoothness(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: ArrayLike,
    sigma: ArrayLike,
    n_pre: int,
    n_post: int,
    mbar: float,
    l_vec: ArrayLike,
    alpha: float = 0.05,
    *,
    generator: np.random.Generator | None = None,
    draws: int = DRAWS,
) -> RobustInterval:
    """Return the interval where changes of slope are at most `mbar` times the largest before the start.

    As `relative_magnitudes`; what is never rejected is the estimate less the last slope before the reference period,
    extrapolated. Raises NotIdentified for fewer than two coefficients before the reference period too.
    """
    study = event_study(betahat, sigma, n_pre, n_post, l_vec, alpha)
    return _relative(study, Restriction.RELATIVE_SMOOTHNESS, mbar, generator, draws)


def smoothness(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: ArrayLike, sigma: ArrayLike, n_pre: int, n_post: int, m: float, l_vec: ArrayLike, alpha: float = 0.05
) -> RobustInterval:
    """Return the shortest interval of fixed length where the slope changes by at most `m` a period.

    Raises as `original` does, EstimationError for a negative m, and NotIdentified for fewer than two coefficients
    before the reference period: no change of slope is then seen that m could be held against.
    """
    study = event_study(betahat, sigma, n_pre, n_post, l_vec, alpha)
    _refuse_bound("m", m)
    _refuse_no_slope(study, Restriction.SMOOTHNESS)
    low, high = _fixed_length(study, m)
    return _interval(study, low, high, m, "smoothness, FLCI")


def breakdown(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: ArrayLike,
    sigma: ArrayLike,
    n_pre: int,
    n_post: int,
    l_vec: ArrayLike,
    alpha: float = 0.05,
    *,
    restriction: Restriction = Restriction.RELATIVE_MAGNITUDES,
    upper: float | None = None,
    generator: np.random.Generator | None = None,
    draws: int | None = None,
) -> Breakdown:
    """Return the largest bound up to which an effect of zero is rejected, at most `upper`.

    Tests zero alone, first on a grid and then by bisection, so that the first bound which does not reject counts.
    With a generator in the same state this is the test that `restriction` inverts. Without `upper` the search
    ends at `UPPER` for the relative restrictions, and for smoothness where zero is inside, which it is from some m on.
    Raises as the interval does, and EstimationError for an upper that is not positive or draws for smoothness.
    """
    study = event_study(betahat, sigma, n_pre, n_post, l_vec, alpha)
    if restriction not in set(Restriction):
        message = f"there is no restriction {restriction!r}; choose one of {[str(each) for each in Restriction]}"
        raise EstimationError(message)
    restriction = Restriction(restriction)
    if upper is not None and not (np.isfinite(upper) and upper > 0):
        message = f"upper is {upper}: the search for a breakdown value needs a positive end"
        raise EstimationError(message)
    _refuse_no_slope(study, restriction)
    if restriction is Restriction.SMOOTHNESS:
        if generator is not None or draws is not None:
            message = "smoothness is no matter of chance: leave out generator and draws"
            raise EstimationError(message)
        holds_zero = _zero_within_fixed_length(study)
        end = upper or _first_doubling(holds_zero, study.std_error)
    else:
        holds_zero = _zero_accepted(
            study, restriction, _deviations(study, generator, DRAWS if draws is None else draws)
        )
        end = upper or UPPER
    grid = np.linspace(0, end, SCAN)
    first = next((position for position, bound in enumerate(grid) if holds_zero(float(bound))), None)
    found = end if first is None else 0.0
    if first:
        found = _bisected(holds_zero, float(grid[first]), float(grid[first - 1]), FINE * end)
    return Breakdown(bound=found, restriction=restriction, ci_level=1 - alpha, upper=end, is_capped=first is None)


# --- the relative restrictions ---------------------------------------------------------------------------------


def _relative(
    study: EventStudy, restriction: Restriction, mbar: float, generator: np.random.Generator | None, draws: int
) -> RobustInterval:
    _refuse_bound("mbar", mbar)
    _refuse_no_slope(study, restriction)
    deviations = _deviations(study, generator, draws)
    sets = list(largest_changes(study.sigma, study.n_pre, study.l_vec, mbar, ORDER[restriction]))
    # Midway between the bounds lies what no change since the start would make of the effect: never rejected.
    ends = [float((sets[0].directions[:2] @ study.betahat / sets[0].slopes[:2]).mean())]
    for moments in sets:
        ends.extend(_ends(study, moments, deviations))
    return _interval(study, min(ends), max(ends), mbar, f"{restriction}, C-LF")


def _zero_accepted(study: EventStudy, restriction: Restriction, deviations: Floats) -> Callable[[float], bool]:
    """Return whether zero is accepted at mbar, as a function."""

    def holds_under(moments: Moments) -> bool:
        values = moments.values(study.betahat, np.zeros(1))
        covariance = moments.covariance(study.sigma)
        # The limit takes all draws and is not needed where zero is rejected without it.
        if not accepted(values, covariance, np.inf, study.alpha)[0]:
            return False
        limit = least_favourable_limit(moments, deviations, study.alpha)
        return bool(accepted(values, covariance, limit, study.alpha)[0])

    def holds(mbar: float) -> bool:
        changes = largest_changes(study.sigma, study.n_pre, study.l_vec, mbar, ORDER[restriction])
        return any(holds_under(moments) for moments in changes)

    return holds


def _ends(study: EventStudy, moments: Moments, deviations: Floats) -> tuple[float, ...]:
    """Return the lowest and highest accepted value, or nothing where all are rejected."""
    limit = least_favourable_limit(moments, deviations, study.alpha)
    covariance = moments.covariance(study.sigma)

    def test(tested: Floats) -> Truths:
        return accepted(moments.values(study.betahat, tested), covariance, limit, study.alpha)

    low, high = ((moments.directions[:2] @ study.betahat - limit) / moments.slopes[:2]).tolist()
    if low > high:
        return ()
    grid = np.linspace(low, high, COARSE)
    inside = np.flatnonzero(test(grid))
    if len(inside) == 0:
        return ()
    first, last = int(inside[0]), int(inside[-1])
    fine = FINE * study.std_error
    return (
        _outermost(test, float(grid[first]), float(grid[max(first - 1, 0)]), fine),
        _outermost(test, float(grid[last]), float(grid[min(last + 1, COARSE - 1)]), fine),
    )


def _outermost(test: Callable[[Floats], Truths], inside: float, outside: float, fine: float) -> float:
    """Return the accepted value nearest to `outside`, which is rejected, from `inside`, which is accepted."""
    while abs(outside - inside) > fine:
        values = np.linspace(inside, outside, REFINED)
        last = int(np.flatnonzero(test(values[:-1]))[-1])
        inside, outside = float(values[last]), float(values[last + 1])
    return inside


def _deviations(study: EventStudy, generator: np.random.Generator | None, draws: int) -> Floats:
    if draws * study.alpha < 10:
        message = f"{draws} draws cannot place a value that chance passes once in {10 / study.alpha:.0f}; take more"
        raise EstimationError(message)
    generator = np.random.default_rng(SEED) if generator is None else generator
    standard = generator.standard_normal((draws, len(study.betahat)))
    return np.asarray(standard @ np.linalg.cholesky(study.sigma).T)


# --- smoothness ------------------------------------------------------------------------------------------------


def _fixed_length(study: EventStudy, m: float) -> tuple[float, float]:
    found = shortest_interval(study.sigma, study.n_pre, study.l_vec, m, study.alpha)
    centre = float(found.weights @ study.betahat)
    return centre - found.half_length, centre + found.half_length


def _zero_within_fixed_length(study: EventStudy) -> Callable[[float], bool]:
    """Return whether zero is inside the interval at m, as a function."""

    def holds(m: float) -> bool:
        low, high = _fixed_length(study, m)
        return low <= 0 <= high

    return holds


def _first_doubling(holds: Callable[[float], bool], start: float) -> float:
    """Return the first of start, 2 start, 4 start ... where `holds` is true."""
    while not holds(start):
        start *= 2
    return start


# --- both ------------------------------------------------------------------------------------------------------


def _bisected(holds: Callable[[float], bool], inside: float, outside: float, fine: float) -> float:
    """Return where `holds` changes between a value where it is true and one where it is not."""
    while abs(outside - inside) > fine:
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def _interval(study: EventStudy, low: float, high: float, bound: float, method: str) -> RobustInterval:
    return RobustInterval(ci_low=low, ci_high=high, ci_level=1 - study.alpha, bound=bound, method=method)


def _refuse_bound(name: str, bound: float) -> None:
    if not (np.isfinite(bound) and bound >= 0):
        message = f"{name} is {bound}: a bound on violations of parallel trends is zero or more"
        raise EstimationError(message)


def _refuse_no_slope(study: EventStudy, restriction: Restriction) -> None:
    if restriction is not Restriction.RELATIVE_MAGNITUDES and study.n_pre < 2:
        message = (
            f"{restriction} needs 2 coefficients before the reference period and has {study.n_pre}: a change of slope "
            "takes three periods; use relative magnitudes or add an earlier period"
        )
        raise NotIdentified(message)
