"""From a fit to a finding: the same record from every design."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from stoeval import checks
from stoeval.designs.few_clusters import decisive
from stoeval.designs.masked_outcomes import masked_range
from stoeval.designs.moving_dose import moving_dose
from stoeval.designs.robustness import Study, band, deciding, robustness
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
    estimate = _estimate(estimand, study, found)
    masked = masked_range(study, estimate.effect)
    all_checks = [*found_checks, *([] if masked.check is None else [masked.check])]
    return Finding(
        estimate=replace(estimate, bound_low=masked.low, bound_high=masked.high, n_masked=masked.count),
        path=path(study, generator),
        checks=tuple(all_checks),
        identification_class=_lowest(ceiling, all_checks),
        robustness=found,
    )


def _estimate(estimand: Estimand, study: Study, found: Robustness) -> Estimate:
    """Return the estimate by the inference that decides, as if no count were masked."""
    sample, fit = study.sample, study.fit
    effect, convention = decisive(study, found)
    return Estimate(
        **asdict(effect),
        n_obs=fit.n_obs,
        n_units=len(np.unique(sample.unit[fit.rows])),
        n_clusters=fit.n_clusters,
        unit=unit_of(estimand, logarithmic=study.regression.logarithmic),
        baseline_mean=_baseline_mean(estimand, sample),
        mde=minimum_detectable_effect(effect.std_error, effect.df),
        convention=convention,
    )


def _lowest(ceiling: IdentificationClass, found: Sequence[Check]) -> IdentificationClass:
    return reduce(IdentificationClass.at_most, (check.cap for check in found), ceiling)


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseQuestion:
    """What a dose design asks of a sample: everything but the answer."""

    estimand: Estimand
    sample: Sample
    regression: Regression
    years: EventTime
    spread: Callable[[Floats], Floats]
    """Turns a dose (n,) into one column per year."""
    ceiling: IdentificationClass
    further_checks: tuple[Check, ...] = ()
    """What the question itself says of the claim, whatever the answer is."""
    combination: Floats | None = None
    """(years,) weights of the coefficients; None takes the mean over the window."""
    closing: Callable[[Estimate], Check] | None = None
    """A check of the design's own that reads the estimate."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients of the dose."""
        return tuple(f"dose x {year}" for year in self.years.years)

    def study(self, *, confirm: bool = False) -> Study:
        """Return the solved regression; `confirm` has an independent engine solve it again."""
        mean = self.years.combination(self.estimand.window)
        combination = mean if self.combination is None else self.combination
        own = self.spread(self.sample.dose)
        study = solved(self.sample, self.regression, own, self.names, combination, confirm=confirm)
        return replace(study, years=self.years, spread=self.spread)


@runtime_checkable
class DoseDesign(Protocol):
    """A design whose question is known before it is answered."""

    def ask(self, estimand: Estimand, sample: Sample) -> DoseQuestion:
        """Return what the design asks of a sample."""
        ...


def dose_finding(asked: DoseQuestion, *, generator: np.random.Generator | None, confirm: bool = False) -> Finding:
    """Estimate the effect of a dose over the window, with the checks that every dose design reports."""
    study = asked.study(confirm=confirm)
    found = robustness(study, generator)
    whole = finding(
        estimand=asked.estimand,
        study=study,
        found=found,
        found_checks=_dose_checks(asked, study, found, generator),
        ceiling=asked.ceiling,
        generator=generator,
    )
    return _closed(asked, whole)


def _closed(asked: DoseQuestion, found: Finding) -> Finding:
    """Return a finding with the check that its design adds to an estimate."""
    if asked.closing is None:
        return found
    check = asked.closing(found.estimate)
    lowered = found.identification_class.at_most(check.cap)
    return replace(found, checks=(*found.checks, check), identification_class=lowered)


def _dose_checks(
    asked: DoseQuestion, study: Study, found: Robustness, generator: np.random.Generator | None
) -> list[Check]:
    """Return the checks that every dose design reports."""
    return [
        checks.pre_trend(study.fit, study.covariance, asked.years.before, generator),
        checks.pre_test_power(found),
        checks.leave_one_region_out(study.fit, study.combination, asked.sample.cluster_names),
        checks.breakdown(found),
        *asked.further_checks,
        *_placebos(study, asked.names),
        *moving_dose(study),
    ]


def first_finding(asked: DoseQuestion, generator: np.random.Generator | None) -> Finding:
    """Return the estimate of `dose_finding` by itself, in the class that it has if every check on data passes.

    The estimate is the same to the last digit, without what masked counts could do to it. There is no path, and of
    the second opinion only that on which the inference rests. The class is never below that of `dose_finding`.
    """
    study = asked.study()
    found = deciding(study, generator)
    return Finding(
        estimate=_estimate(asked.estimand, study, found),
        path=(),
        checks=asked.further_checks,
        identification_class=_lowest(asked.ceiling, asked.further_checks),
        robustness=found,
    )


def graded_finding(asked: DoseQuestion, generator: np.random.Generator | None) -> Finding:
    """Return the estimate, the checks and the class of `dose_finding`, from the same draws.

    There is no path, and of the second opinion only what inference and checks rest on.
    """
    study = asked.study()
    found = deciding(study, generator, for_checks=True)
    estimate = _estimate(asked.estimand, study, found)
    masked = masked_range(study, estimate.effect)
    all_checks = [*_dose_checks(asked, study, found, generator), *([] if masked.check is None else [masked.check])]
    graded = Finding(
        estimate=replace(estimate, bound_low=masked.low, bound_high=masked.high, n_masked=masked.count),
        path=(),
        checks=tuple(all_checks),
        identification_class=_lowest(asked.ceiling, all_checks),
        robustness=found,
    )
    return _closed(asked, graded)


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


def unit_of(estimand: Estimand, *, logarithmic: bool) -> str:
    """Return the unit of an effect: that of the outcome per that of the exposure."""
    outcome = LOG_POINTS if logarithmic else estimand.effect.unit
    return f"{outcome} {estimand.cause.unit}".strip() if isinstance(estimand.cause, Exposure) else outcome


def _baseline_mean(estimand: Estimand, sample: Sample) -> float:
    baseline = np.isin(sample.period, [year.start for year in estimand.window.baseline])
    return float(np.average(sample.outcome[baseline], weights=sample.weight[baseline]))
