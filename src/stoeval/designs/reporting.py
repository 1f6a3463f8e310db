"""From a fit to a finding: the same record from every design."""

from __future__ import annotations

from dataclasses import asdict
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from stoeval import checks
from stoeval.errors import NotIdentified
from stoeval.inference import second_engine
from stoeval.inference.bounds import masking_bounds
from stoeval.inference.clustering import Contrast, Covariance, contrast, crv3
from stoeval.inference.power import minimum_detectable_effect
from stoeval.inference.regression import solve
from stoeval.vocabulary import (
    ActivityLine,
    Check,
    Estimate,
    Exposure,
    Finding,
    IdentificationClass,
    PeriodEstimate,
    SchoolYear,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.designs.event_time import EventTime
    from stoeval.inference.least_squares import Fit
    from stoeval.inference.regression import Regression
    from stoeval.vocabulary import Estimand, Floats, Sample

LOG_POINTS = "log points"


def finding(  # noqa: PLR0913 - what a finding is made of
    *,
    estimand: Estimand,
    sample: Sample,
    fit: Fit,
    covariance: Covariance,
    combination: Floats,
    years: EventTime | None,
    found_checks: Sequence[Check],
    ceiling: IdentificationClass,
    logarithmic: bool = False,
) -> Finding:
    """Assemble estimate, path, checks and identification class.

    `combination` (k,) turns coefficients into the effect; `years` gives the path, None where there is none.
    """
    effect = contrast(fit.coefficients, covariance, combination)
    masked = int((sample.outcome_low[fit.rows] != sample.outcome_high[fit.rows]).sum())
    low, high = None, None
    all_checks = list(found_checks)
    if not logarithmic:
        low, high = masking_bounds(fit, combination, sample.outcome_low[fit.rows], sample.outcome_high[fit.rows])
        all_checks.append(checks.masking(effect.effect, low, high, masked))
    elif masked:
        all_checks.append(checks.masking_unbounded(masked))
    return Finding(
        estimate=Estimate(
            **asdict(effect),
            n_obs=fit.n_obs,
            n_units=len(np.unique(sample.unit[fit.rows])),
            n_clusters=fit.n_clusters,
            unit=_unit(estimand, logarithmic=logarithmic),
            baseline_mean=_baseline_mean(estimand, sample),
            mde=minimum_detectable_effect(effect.std_error, effect.df),
            convention=covariance.convention,
            bound_low=low,
            bound_high=high,
            n_masked=masked,
        ),
        path=() if years is None else path(fit, covariance, years),
        checks=tuple(all_checks),
        identification_class=reduce(IdentificationClass.at_most, (check.cap for check in all_checks), ceiling),
    )


def path(fit: Fit, covariance: Covariance, years: EventTime) -> tuple[PeriodEstimate, ...]:
    """Return the first coefficients of a fit as an event study, the reference year at zero."""
    points = [_reference(years.reference)]
    for position, year in enumerate(years.years):
        weights = np.zeros(fit.k)
        weights[position] = 1.0
        points.append(_point(year, contrast(fit.coefficients, covariance, weights)))
    return tuple(sorted(points, key=lambda point: point.period))


def dose_finding(  # noqa: PLR0913 - what a dose design differs in
    estimand: Estimand,
    sample: Sample,
    regression: Regression,
    *,
    years: EventTime,
    spread: Callable[[Floats], Floats],
    ceiling: IdentificationClass,
    further_checks: Sequence[Check] = (),
    confirm: bool = False,
) -> Finding:
    """Estimate the effect of a dose over the window, with the checks that every dose design reports.

    `spread` turns a dose (n,) into one column per year; `confirm` computes the estimate a second time.
    """
    combination = years.combination(estimand.window)
    names = tuple(f"dose x {year}" for year in years.years)
    own = spread(sample.dose)
    fitted = solve(regression, own, names)
    if confirm:
        second_engine.confirm(regression, own, fitted)
    covariance = crv3(fitted)
    found = [
        checks.pre_trend(fitted, covariance, years.before),
        checks.leave_one_region_out(fitted, combination, sample.cluster_names),
        checks.breakdown_unknown(),
        *further_checks,
    ]
    for name, values in sample.placebo_doses:
        labels = (*names, *(f"{name} x {year}" for year in years.years))
        found.append(_placebo(name, regression, np.column_stack([own, spread(values)]), labels, combination))
    return finding(
        estimand=estimand,
        sample=sample,
        fit=fitted,
        covariance=covariance,
        combination=combination,
        years=years,
        found_checks=found,
        ceiling=ceiling,
        logarithmic=regression.logarithmic,
    )


def _placebo(name: str, regression: Regression, columns: Floats, labels: tuple[str, ...], combination: Floats) -> Check:
    """Return the check on a placebo dose, estimated beside the dose that was paid."""
    try:
        beside = solve(regression, columns, labels)
        weights = np.concatenate([np.zeros(len(combination)), combination])
        return checks.placebo_dose(name, contrast(beside.coefficients, crv3(beside), weights))
    except NotIdentified as error:
        return checks.placebo_dose_not_separable(name, str(error))


def chosen_by_regions(estimand: Estimand) -> tuple[Check, ...]:
    """Return the check on an exposure that regions chose themselves, or none."""
    chosen = isinstance(estimand.cause, Exposure) and isinstance(estimand.cause.rule, ActivityLine)
    return (checks.endogenous_intensity(),) if chosen else ()


def formula_input(sample: Sample, *, used: bool) -> tuple[Check, ...]:
    """Return the check on a dose without the input of its formula, or none."""
    return () if used or sample.conditioning.shape[1] == 0 else (checks.formula_input_left_out(),)


def _reference(year: int) -> PeriodEstimate:
    period = SchoolYear(start=year)
    return PeriodEstimate(period=period, effect=0.0, std_error=0.0, ci_low=0.0, ci_high=0.0, reference=True)


def _point(year: int, found: Contrast) -> PeriodEstimate:
    return PeriodEstimate(
        period=SchoolYear(start=year),
        effect=found.effect,
        std_error=found.std_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        reference=False,
    )


def _unit(estimand: Estimand, *, logarithmic: bool) -> str:
    outcome = LOG_POINTS if logarithmic else estimand.effect.unit
    return f"{outcome} {estimand.cause.unit}".strip() if isinstance(estimand.cause, Exposure) else outcome


def _baseline_mean(estimand: Estimand, sample: Sample) -> float:
    baseline = np.isin(sample.period, [year.start for year in estimand.window.baseline])
    return float(np.average(sample.outcome[baseline], weights=sample.weight[baseline]))
