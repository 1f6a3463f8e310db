"""From a fit to a finding: the same record from every design."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from stoeval import checks
from stoeval.designs.few_clusters import decisive
from stoeval.designs.masked_outcomes import masked_range
from stoeval.designs.robustness import Study, band, robustness
from stoeval.errors import NotIdentified
from stoeval.inference import second_engine
from stoeval.inference.clustering import Contrast, contrast, crv3
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
    from stoeval.inference.bands import Band
    from stoeval.inference.regression import Regression
    from stoeval.vocabulary import Estimand, Floats, Robustness, Sample

LOG_POINTS = "log points"


def finding(  # noqa: PLR0913 - what a finding is made of
    *,
    estimand: Estimand,
    study: Study,
    found: Robustness,
    found_checks: Sequence[Check],
    ceiling: IdentificationClass,
    generator: np.random.Generator | None,
) -> Finding:
    """Assemble estimate, path, checks, second opinion and identification class of a solved study."""
    sample, fit = study.sample, study.fit
    effect, convention = decisive(study, found)
    masked = masked_range(study, effect.effect)
    all_checks = [*found_checks, *([] if masked.check is None else [masked.check])]
    return Finding(
        estimate=Estimate(
            **asdict(effect),
            n_obs=fit.n_obs,
            n_units=len(np.unique(sample.unit[fit.rows])),
            n_clusters=fit.n_clusters,
            unit=_unit(estimand, logarithmic=study.regression.logarithmic),
            baseline_mean=_baseline_mean(estimand, sample),
            mde=minimum_detectable_effect(effect.std_error, effect.df),
            convention=convention,
            bound_low=masked.low,
            bound_high=masked.high,
            n_masked=masked.count,
        ),
        path=path(study, generator),
        checks=tuple(all_checks),
        identification_class=reduce(IdentificationClass.at_most, (check.cap for check in all_checks), ceiling),
        robustness=found,
    )


def path(study: Study, generator: np.random.Generator | None) -> tuple[PeriodEstimate, ...]:
    """Return the first coefficients of a study as an event study, the reference year at zero."""
    if study.years is None:
        return ()
    together = band(study, generator)
    points = [_reference(study.years.reference, together)]
    for position, year in enumerate(study.years.years):
        weights = np.zeros(study.fit.k)
        weights[position] = 1.0
        points.append(_point(year, position, contrast(study.fit.coefficients, study.covariance, weights), together))
    return tuple(sorted(points, key=lambda point: point.period))


def dose_finding(  # noqa: PLR0913 - what a dose design differs in
    estimand: Estimand,
    sample: Sample,
    regression: Regression,
    *,
    years: EventTime,
    spread: Callable[[Floats], Floats],
    ceiling: IdentificationClass,
    generator: np.random.Generator | None,
    further_checks: Sequence[Check] = (),
    confirm: bool = False,
) -> Finding:
    """Estimate the effect of a dose over the window, with the checks that every dose design reports.

    `spread` turns a dose (n,) into one column per year; `confirm` computes the estimate a second time.
    """
    names = tuple(f"dose x {year}" for year in years.years)
    study = solved(sample, regression, spread(sample.dose), names, years.combination(estimand.window), confirm=confirm)
    study = replace(study, years=years, spread=spread)
    found = robustness(study, generator)
    return finding(
        estimand=estimand,
        study=study,
        found=found,
        found_checks=[
            checks.pre_trend(study.fit, study.covariance, years.before, generator),
            checks.pre_test_power(found),
            checks.leave_one_region_out(study.fit, study.combination, sample.cluster_names),
            checks.breakdown(found),
            *further_checks,
            *_placebos(study, names),
        ],
        ceiling=ceiling,
        generator=generator,
    )


def solved(  # noqa: PLR0913 - a regression and what is asked of it
    sample: Sample,
    regression: Regression,
    columns: Floats,
    names: Sequence[str],
    combination: Floats,
    *,
    confirm: bool,
) -> Study:
    """Fit a regression on columns (n, k) and return it as a study of the combination (k,)."""
    fitted = solve(regression, columns, names)
    if confirm:
        second_engine.confirm(regression, columns, fitted)
    return Study(
        sample=sample,
        regression=regression,
        columns=columns,
        fit=fitted,
        covariance=crv3(fitted),
        combination=combination,
    )


def plain_finding(
    estimand: Estimand, study: Study, *, ceiling: IdentificationClass, generator: np.random.Generator | None
) -> Finding:
    """Assemble the finding of a study whose cause is no dose."""
    return finding(
        estimand=estimand,
        study=study,
        found=robustness(study, generator),
        found_checks=[checks.leave_one_region_out(study.fit, study.combination, study.sample.cluster_names)],
        ceiling=ceiling,
        generator=generator,
    )


def _placebos(study: Study, names: Sequence[str]) -> list[Check]:
    """Return the check on each placebo dose of a sample."""
    if study.years is None or study.spread is None:
        return []
    own, found = study.spread(study.sample.dose), []
    for name, values in study.sample.placebo_doses:
        labels = (*names, *(f"{name} x {year}" for year in study.years.years))
        columns = np.column_stack([own, study.spread(values)])
        found.append(_placebo(name, study.regression, columns, labels, study.combination))
    return found


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


def _reference(year: int, together: Band | None) -> PeriodEstimate:
    edge = None if together is None else 0.0
    return PeriodEstimate(
        period=SchoolYear(start=year),
        effect=0.0,
        std_error=0.0,
        ci_low=0.0,
        ci_high=0.0,
        reference=True,
        band_low=edge,
        band_high=edge,
    )


def _point(year: int, position: int, found: Contrast, together: Band | None) -> PeriodEstimate:
    return PeriodEstimate(
        period=SchoolYear(start=year),
        effect=found.effect,
        std_error=found.std_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        reference=False,
        band_low=None if together is None else float(together.low[position]),
        band_high=None if together is None else float(together.high[position]),
    )


def _unit(estimand: Estimand, *, logarithmic: bool) -> str:
    outcome = LOG_POINTS if logarithmic else estimand.effect.unit
    return f"{outcome} {estimand.cause.unit}".strip() if isinstance(estimand.cause, Exposure) else outcome


def _baseline_mean(estimand: Estimand, sample: Sample) -> float:
    baseline = np.isin(sample.period, [year.start for year in estimand.window.baseline])
    return float(np.average(sample.outcome[baseline], weights=sample.weight[baseline]))
