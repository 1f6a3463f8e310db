"""Poisson pseudo maximum likelihood with absorbed effects, reduced to the same record as least squares.

Solved by iterated weighted least squares with weights mu and working outcome eta + (y - mu)/mu (McCullagh and
Nelder 1989, section 2.5). Steps start at the fit of the effects alone, and the last one leaves the
cross-products per cluster, so that CRV1 and the one-step linearised jackknife follow (MacKinnon, Nielsen and
Webb 2024, arXiv:2406.00650). Groups without a positive outcome are left out first (Correia, Guimarães and
Zylkin 2020, Stata Journal 20(1), section 3).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.regression_rows import refuse_bad_rows
from stoeval.inference.weighted_steps import WeightedSteps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

STEPS = 100
STANDSTILL = 1e-9
"""Largest change of a log mean in the last step."""
NEAR = 3e-5
"""Largest change of a log mean from which the next step is as good as the last: each squares the one before."""
LARGEST_PREDICTOR = 50.0
"""A log mean beyond this is on its way to infinity."""
SWEEPS = 5
"""Rounds over the effects, after which columns matter more than what is left of the effects."""
FAR = 1e-6
"""Smallest mean to start at, as a share of the mean outcome."""


def fit_poisson(  # noqa: PLR0913 - the parts of a regression
    outcome: Floats,
    regressors: Floats,
    *,
    names: Sequence[str],
    cluster: Integers,
    nested: Sequence[Integers],
    crossed: Sequence[Integers],
    offset: Floats,
    controls: Floats | None = None,
) -> Fit:
    """Fit E[outcome] = exp(offset + regressors b + controls c + effects), and return its last step.

    Rows in a group without any positive outcome carry no information and are left out (separation); `rows`
    of the fit holds those that remain. Raises EstimationError for negative outcomes and values that are not
    finite, and NotIdentified where the likelihood has no maximum.
    """
    controls = np.empty((len(outcome), 0)) if controls is None else controls
    refuse_bad_rows(outcome, regressors, controls, offset, cluster, *nested, *crossed)
    negative = int((outcome < 0).sum())
    if negative:
        message = f"{negative} outcomes are negative; a Poisson model takes counts and amounts of zero and more"
        raise EstimationError(message)
    rows = _informative(outcome, [np.zeros(len(outcome), dtype=np.int64), *nested, *crossed])
    if len(rows) < len(outcome) * 0.05 or len(rows) <= regressors.shape[1]:
        message = f"only {len(rows)} of {len(outcome)} rows lie in groups with a positive outcome; too few to fit"
        raise NotIdentified(message)
    outcome, regressors, controls, offset = outcome[rows], regressors[rows], controls[rows], offset[rows]
    nested, crossed = [codes[rows] for codes in nested], [codes[rows] for codes in crossed]
    steps = WeightedSteps(np.column_stack([controls, regressors]), nested, crossed)
    last = partial(
        fit,
        regressors=regressors,
        names=names,
        cluster=cluster[rows],
        nested=nested,
        crossed=crossed,
        controls=controls,
    )
    for start in (_effects_alone(outcome, offset, [*nested, *crossed]), np.log(0.9 * outcome + 0.1 * outcome.mean())):
        step = _maximise(outcome, offset, start, steps, last)
        if step is not None:
            return replace(step, rows=rows)
    message = "the Poisson likelihood has no maximum: some outcomes are predicted perfectly (separation)"
    raise NotIdentified(message)


def _maximise(
    outcome: Floats, offset: Floats, linear: Floats, steps: WeightedSteps, last: Callable[..., Fit]
) -> Fit | None:
    """Take weighted least-squares steps until log means stand still; return the last, None where they run away."""
    change = np.inf
    for _ in range(STEPS):
        mean = np.exp(linear)
        working = linear - offset + (outcome - mean) / mean
        step = last(working, weights=mean) if change < NEAR else None
        residual = steps.residual(working, mean) if step is None else step.residual
        moved = offset + working - residual
        change = float(np.abs(moved - linear).max())
        if step is not None and change < STANDSTILL:
            return step
        linear = moved
        if not np.abs(linear).max() <= LARGEST_PREDICTOR:
            return None
    return None


def _effects_alone(outcome: Floats, offset: Floats, effects: Sequence[Integers]) -> Floats:
    """Return log means near those of the effects without any column, by scaling each level to its total in turn."""
    codes = [dense_codes(effect) for effect in effects] or [np.zeros(len(outcome), dtype=np.int64)]
    totals = [np.bincount(effect, outcome) for effect in codes]
    least = FAR * outcome.mean()
    mean = np.maximum(np.exp(offset - offset.max()), np.finfo(float).tiny)
    for _ in range(SWEEPS):
        for effect, total in zip(codes, totals, strict=True):
            mean = np.maximum(mean * (total / np.bincount(effect, mean))[effect], least)
    return np.asarray(np.log(mean))


def _informative(outcome: Floats, effects: Sequence[Integers]) -> Integers:
    """Return the rows whose every group holds a positive outcome, until nothing more falls out."""
    rows = np.arange(len(outcome))
    while True:
        keep = np.ones(len(rows), dtype=bool)
        for codes in effects:
            group = dense_codes(codes[rows])
            keep &= np.bincount(group, weights=outcome[rows])[group] > 0
        if keep.all():
            return rows
        rows = rows[keep]
