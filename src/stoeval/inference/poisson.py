"""Poisson pseudo maximum likelihood with absorbed effects, reduced to the same record as least squares.

Solved by iterated weighted least squares with weights mu and working outcome eta + (y - mu)/mu (McCullagh and
Nelder 1989, section 2.5), each step with the package's own least squares; the last step leaves the
cross-products per cluster, so that CRV1 and the one-step linearised jackknife follow (MacKinnon, Nielsen and
Webb 2024, arXiv:2406.00650). pyfixest (after Correia, Guimarães and Zylkin 2020, Stata Journal 20(1)) solves
the same model independently, and two engines that end at different coefficients stop the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EnginesDisagree, EstimationError, NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.least_squares import Fit, fit, refuse_bad_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

AGREEMENT = 1e-6
"""Largest difference between the two engines, relative to the coefficient or to 1."""
STEPS = 100
STANDSTILL = 1e-9
"""Largest change of a log mean in the last step."""
LARGEST_PREDICTOR = 50.0
"""A log mean beyond this is on its way to infinity."""


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
    finite, NotIdentified where the likelihood has no maximum, and EnginesDisagree where two engines end at
    different ones.
    """
    controls = np.empty((len(outcome), 0)) if controls is None else controls
    refuse_bad_rows(outcome, regressors, controls, offset, cluster, *nested, *crossed)
    negative = int((outcome < 0).sum())
    if negative:
        message = f"{negative} outcomes are negative; a Poisson model takes counts and amounts of zero and more"
        raise EstimationError(message)
    rows = _informative(outcome, [*nested, *crossed])
    if len(rows) < len(outcome) * 0.05 or len(rows) <= regressors.shape[1]:
        message = f"only {len(rows)} of {len(outcome)} rows lie in groups with a positive outcome; too few to fit"
        raise NotIdentified(message)
    outcome, regressors, controls, offset = outcome[rows], regressors[rows], controls[rows], offset[rows]
    nested, crossed = [codes[rows] for codes in nested], [codes[rows] for codes in crossed]
    step = _maximise(
        outcome,
        offset,
        lambda working, weights: fit(
            working,
            regressors,
            names=names,
            cluster=cluster[rows],
            nested=nested,
            crossed=crossed,
            controls=controls,
            weights=weights,
        ),
    )
    second = _pyfixest(outcome, regressors, controls, [*nested, *crossed], offset)
    _require_agreement(names, step.coefficients, second)
    return replace(step, rows=rows)


def _maximise(outcome: Floats, offset: Floats, weighted_fit: Callable[[Floats, Floats], Fit]) -> Fit:
    """Take weighted least-squares steps until the linear predictor stands still, and return the last one.

    Raises NotIdentified where it does not: the likelihood then has no maximum.
    """
    linear = np.log((outcome + outcome.mean()) / 2)
    for _ in range(STEPS):
        mean = np.exp(linear)
        working = linear - offset + (outcome - mean) / mean
        step = weighted_fit(working, mean)
        moved = offset + working - step.residual
        if np.abs(moved - linear).max() < STANDSTILL:
            return step
        linear = moved
        if np.abs(linear).max() > LARGEST_PREDICTOR:
            break
    message = "the Poisson likelihood has no maximum: some outcomes are predicted perfectly (separation)"
    raise NotIdentified(message)


def _require_agreement(names: Sequence[str], own: Floats, theirs: Floats) -> None:
    """Raise EnginesDisagree where own steps and pyfixest end at different coefficients."""
    gap = np.abs(own - theirs) / np.maximum(1, np.abs(own))
    if gap.max() > AGREEMENT:
        worst = int(gap.argmax())
        message = (
            f"own least squares gives {own[worst]:.10g} for {names[worst]}, pyfixest {theirs[worst]:.10g}; "
            "do not use either before the difference is explained"
        )
        raise EnginesDisagree(message)


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


def _pyfixest(
    outcome: Floats, regressors: Floats, controls: Floats, effects: Sequence[Integers], offset: Floats
) -> Floats:
    """Return the coefficients (k,) of the regressors as pyfixest finds them."""
    import pandas as pd  # noqa: PLC0415 - slow
    from pyfixest.demeaners import MapDemeaner  # noqa: PLC0415 - takes seconds to import
    from pyfixest.estimation import fepois  # noqa: PLC0415 - takes seconds to import

    frame = pd.DataFrame({f"x{j}": column for j, column in enumerate(regressors.T)})
    frame = frame.assign(**{f"c{j}": column for j, column in enumerate(controls.T)})
    right = " + ".join(frame.columns)
    frame = frame.assign(y=outcome, o=offset, **{f"e{j}": codes for j, codes in enumerate(effects)})
    absorbed = " + ".join(f"e{j}" for j in range(len(effects)))
    model = fepois(
        f"y ~ {right} | {absorbed}" if effects else f"y ~ {right}",
        data=frame,
        vcov="iid",
        offset="o",
        iwls_tol=1e-12,
        iwls_maxiter=200,
        demeaner=MapDemeaner(fixef_tol=1e-10),
        fixef_rm="none",
        separation_check=[],
        copy_data=False,
    )
    found = model.coef()
    wanted = [f"x{j}" for j in range(regressors.shape[1])]
    missing = [name for name in wanted if name not in found.index]
    if missing or len(outcome) != model._N:  # noqa: SLF001 - no public accessor
        message = f"the Poisson model lost {len(missing)} of {len(wanted)} regressors to collinearity"
        raise NotIdentified(message)
    return np.asarray(found[wanted], dtype=np.float64)
