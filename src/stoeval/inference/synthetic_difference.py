"""Synthetic difference-in-differences: weights on units and on years that make a comparison parallel.

For outcomes Y of N units in T years, some units treated in all years after the first T0,

    effect = (mean of treated - omega' donors), mean of the years after - lambda' of the years before,

with omega and lambda on the simplex, nearest to the treated path before and to the donors' mean after, an intercept
apart, and a ridge on omega of (N1 T1)^(1/4) times the spread of yearly changes (Arkhangelsky, Athey, Hirshberg, Imbens
and Wager 2021, American Economic Review 111(12), algorithm 1). Placebos are those of their algorithm 4. It does not
handle units treated at different times, nor a panel with holes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

STEPS, STEPS_BEFORE = 10_000, 100
"""Most steps of Frank-Wolfe, and those before small weights are set to zero: as R's synthdid."""
SMALL = 4.0
"""A weight that is at most the largest one over this is small."""
STOP, TIME_RIDGE = 1e-5, 1e-6
"""Stop of Frank-Wolfe and ridge on years, times the spread of yearly changes: as R's synthdid."""


class Solver(StrEnum):
    """How weights on the simplex are found."""

    FRANK_WOLFE = "frank-wolfe"
    """The steps of R's synthdid, which may end short of the minimum; its published numbers are these."""
    EXACT = "exact"
    """The minimum itself, by non-negative least squares."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SyntheticDifference:
    """An effect, the weights that it rests on, and its path."""

    effect: float
    unit_weights: Floats
    """(N,) of donors minus omega, of treated units one over their number."""
    time_weights: Floats
    """(T,) of years before minus lambda, of years after one over their number."""
    path: Floats
    """(T,) treated minus donors less the same in the weighted years before; its mean after is the effect."""
    noise: float
    """Spread of the yearly changes of donors before."""


def simplex_weights(
    paths: Floats, target: Floats, *, ridge: float = 0.0, stop: float = STOP, solver: Solver = Solver.FRANK_WOLFE
) -> Floats:
    """Return the weights (N,) on the simplex whose mix of paths (n, N) is nearest to a target (n,), up to a constant.

    Minimises the mean square plus `ridge` squared times the sum of squared weights. `stop` is the root of the decrease
    below which Frank-Wolfe ends. Raises EstimationError for arrays that do not fit or a negative ridge or stop.
    """
    if paths.ndim != 2 or len(paths) != len(target) or not paths.size:
        message = f"paths of shape {paths.shape} and a target of shape {target.shape} do not fit"
        raise EstimationError(message)
    if not (ridge >= 0 and stop >= 0 and np.isfinite(paths).all() and np.isfinite(target).all()):
        message = f"ridge {ridge} and stop {stop} must not be negative, and every value has to be finite"
        raise EstimationError(message)
    centred = paths - paths.mean(axis=0)
    wanted = target - target.mean()
    penalty = len(paths) * ridge**2
    if solver is Solver.EXACT:
        return _exact(centred - wanted[:, None], penalty)
    gram = centred.T @ centred + penalty * np.eye(paths.shape[1])
    moment = centred.T @ wanted
    least = len(paths) * stop**2
    first = _frank_wolfe(gram, moment, np.full(paths.shape[1], 1 / paths.shape[1]), least, STEPS_BEFORE)
    large = np.where(first > first.max() / SMALL, first, 0.0)
    return _frank_wolfe(gram, moment, large / large.sum(), least, STEPS)


def synthetic_difference(
    outcome: Floats, treated: Truths, after: Truths, *, solver: Solver = Solver.FRANK_WOLFE, noise: float | None = None
) -> SyntheticDifference:
    """Return the effect on `treated` (N,) of outcomes (N, T) in the years `after` (T,).

    `noise` replaces the spread of the donors' yearly changes. Raises NotIdentified for fewer than two donors or years
    before, nobody treated, no year after, or donors that never change.
    """
    _refuse_shapes(outcome, treated, after)
    donors, before = np.flatnonzero(~treated), np.flatnonzero(~after)
    early = outcome[np.ix_(donors, before)]
    spread = float(np.std(np.diff(early, axis=1), ddof=1)) if noise is None else noise
    if not spread > 1e-12 * max(float(np.abs(early).max()), 1e-300):
        message = f"the outcomes of {len(donors)} donors do not change in {len(before)} years before"
        raise NotIdentified(message)
    n_treated, n_after = int(treated.sum()), int(after.sum())
    omega = simplex_weights(
        early.T,
        outcome[np.ix_(np.flatnonzero(treated), before)].mean(axis=0),
        ridge=(n_treated * n_after) ** 0.25 * spread,
        stop=STOP * spread,
        solver=solver,
    )
    late = outcome[np.ix_(donors, np.flatnonzero(after))].mean(axis=1)
    share = simplex_weights(early, late, ridge=TIME_RIDGE * spread, stop=STOP * spread, solver=solver)
    units, years = np.full(len(treated), 1 / n_treated), np.full(len(after), 1 / n_after)
    units[donors], years[before] = -omega, -share
    return _with_weights(outcome, units, years, spread)


def placebo_effects(
    outcome: Floats,
    after: Truths,
    assigned: Truths,
    *,
    solver: Solver = Solver.FRANK_WOLFE,
    noise: float | None = None,
) -> Floats:
    """Return the effects (B,) on donors (N, T) if the units of each row of `assigned` (B, N) had been treated."""
    return np.array([synthetic_difference(outcome, row, after, solver=solver, noise=noise).effect for row in assigned])


def _with_weights(outcome: Floats, units: Floats, years: Floats, noise: float) -> SyntheticDifference:
    gap = units @ outcome
    path = gap + gap @ np.minimum(years, 0)
    return SyntheticDifference(
        effect=float(gap @ years), unit_weights=units, time_weights=years, path=np.asarray(path), noise=noise
    )


def _frank_wolfe(gram: Floats, moment: Floats, start: Floats, least: float, steps: int) -> Floats:
    """Return weights after steps of Frank-Wolfe with exact line search; a step gains `least` or ends it."""
    weights = start.copy()
    mixed = gram @ weights
    for count in range(steps):
        slope = mixed - moment
        vertex = int(slope.argmin())
        descent = float(slope[vertex] - weights @ slope)
        if descent >= 0:
            break
        curvature = float(gram[vertex, vertex] - 2 * mixed[vertex] + weights @ mixed)
        step = min(1.0, -descent / curvature) if curvature > 0 else 1.0
        weights *= 1 - step
        weights[vertex] += step
        mixed += step * (gram[:, vertex] - mixed)
        if count and -(2 * step * descent + step**2 * curvature) <= least:
            break
    return weights


def _exact(gaps: Floats, penalty: float) -> Floats:
    """Return the point of the simplex with the least |gaps x|^2 + penalty |x|^2.

    Non-negative least squares on the same rows and one more, sum of x = 1, has that point up to its scale: the
    conditions for a minimum are the same.
    """
    rows = np.vstack([gaps, np.sqrt(penalty) * np.eye(gaps.shape[1])])
    scale = float(np.sqrt((rows**2).sum(axis=0).mean())) or 1.0
    wide = np.vstack([rows / scale, np.ones(gaps.shape[1])])
    found = nnls(wide, np.eye(len(wide))[-1], maxiter=100 * gaps.shape[1])[0]
    return np.asarray(found / found.sum())


def _refuse_shapes(outcome: Floats, treated: Truths, after: Truths) -> None:
    if outcome.shape != (len(treated), len(after)):
        message = f"outcomes of shape {outcome.shape} for {len(treated)} units and {len(after)} years"
        raise EstimationError(message)
    donors, before = int((~treated).sum()), int((~after).sum())
    if donors < 2 or before < 2 or not treated.any() or not after.any():
        message = (
            f"{int(treated.sum())} treated units, {donors} donors, {before} years before and {int(after.sum())} after: "
            "at least one treated unit, two donors, two years before and one after are needed"
        )
        raise NotIdentified(message)
