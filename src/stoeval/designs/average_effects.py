"""From refits of a probability model to a finding: the same record as from every other design.

What rests on cross-products of a linear regression does not exist here and is absent with its reason. The permutation
test is that of the straight line: under the sharp null of no effect on anyone every statistic has one. So is the
test of a moving dose, which is about data and dose and not about the model.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from stoeval import checks
from stoeval.designs.moving_dose import moving_dose
from stoeval.designs.refits import Refits, refits
from stoeval.designs.refitted_opinion import fill_range, opinion, straight_line
from stoeval.designs.robustness import Study
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bands import simultaneous_band
from stoeval.inference.clustering import contrast
from stoeval.inference.power import minimum_detectable_effect
from stoeval.vocabulary import Estimate, Exposure, Finding, IdentificationClass, PeriodEstimate, SchoolYear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.designs.eras import Eras
    from stoeval.designs.probability_models import ProbabilityModel
    from stoeval.designs.refitted_opinion import FillRange
    from stoeval.inference.bands import Band
    from stoeval.inference.clustering import Contrast
    from stoeval.inference.jackknife import Jackknife
    from stoeval.vocabulary import Check, Estimand, Floats, Integers, Sample

NOTHING = {"effect": 0.0, "std_error": 0.0, "ci_low": 0.0, "ci_high": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What a design asks of a sample."""

    estimand: Estimand
    sample: Sample
    eras: Eras
    controls: Floats
    """(n, q)"""
    model_of: Callable[[Sample, Integers], ProbabilityModel]
    """The model of a sample, given the cell (n,) of each row."""
    target: Floats
    """(n,) the outcome whose mean the model gives."""
    unit: str
    formula_input: bool
    """Whether the input of the formula x era is among the controls."""
    ceiling: IdentificationClass

    def refits(self, *doses: Floats) -> Refits:
        """Return the model solved on these doses (n,)."""
        return refits(self.sample, self.eras, doses, self.controls, self.model_of)


def average_finding(
    question: Question, further_checks: Sequence[Check], generator: np.random.Generator | None, *, confirm: bool
) -> Finding:
    """Estimate the average effect of the dose over the window, with the checks that every dose design reports."""
    sample, eras = question.sample, question.eras
    solved = question.refits(sample.dose)
    found = solved.jackknife()
    if confirm:
        solved.model.confirm(solved.columns, solved.leading, solved.parameters)
    effect = contrast(found.estimate, found.covariance, eras.combination)
    filled = fill_range(solved, eras.combination, sample, effect)
    own: list[np.random.Generator | None] = [None, None] if generator is None else list(generator.spawn(2))
    line = _line(question)
    second = opinion(eras, line, found, effect, filled, own[0])
    all_checks = [
        checks.pre_trend_of_effects(found.estimate, found.covariance, eras.before),
        checks.pre_test_power(second),
        checks.sign_without_each_region(found.without @ eras.combination, effect.effect, sample.cluster_names),
        checks.breakdown(second),
        *further_checks,
        *(_placebo(question, name, values) for name, values in sample.placebo_doses),
        *(moving_dose(line) if isinstance(line, Study) else ()),
        filled.check,
    ]
    return Finding(
        estimate=_estimate(question, effect, found, filled),
        path=_path(eras, found, own[1]),
        checks=tuple(all_checks),
        identification_class=reduce(IdentificationClass.at_most, (one.cap for one in all_checks), question.ceiling),
        robustness=second,
    )


def _line(question: Question) -> Study | NotIdentified:
    """Return the straight line through the same sample, or why there is none."""
    try:
        return straight_line(question.sample, question.estimand.window, formula_input=question.formula_input)
    except NotIdentified as error:
        return error


def _estimate(question: Question, effect: Contrast, found: Jackknife, filled: FillRange) -> Estimate:
    sample, cause = question.sample, question.estimand.cause
    return Estimate(
        **asdict(effect),
        n_obs=len(sample.outcome),
        n_units=len(np.unique(sample.unit)),
        n_clusters=len(found.without),
        unit=f"{question.unit} {cause.unit}" if isinstance(cause, Exposure) else question.unit,
        baseline_mean=_baseline_mean(question),
        mde=minimum_detectable_effect(effect.std_error, effect.df),
        convention=found.covariance.convention,
        bound_low=filled.low,
        bound_high=filled.high,
        n_masked=filled.count,
    )


def conditions(sample: Sample, eras: Eras, *, formula_input: bool) -> Floats:
    """Return the input of the formula and its product with every era, (n, q); no columns where it is left out."""
    given = sample.conditioning if formula_input else np.empty((len(sample.outcome), 0))
    return np.hstack([given, eras.times(given)])


def _placebo(question: Question, name: str, values: Floats) -> Check:
    """Return the check on a placebo dose, estimated beside the dose that was paid."""
    eras = question.eras
    try:
        found = question.refits(question.sample.dose, values).jackknife()
        weights = np.concatenate([np.zeros(len(eras.combination)), eras.combination])
        return checks.placebo_dose(name, contrast(found.estimate, found.covariance, weights))
    except NotIdentified as error:
        return checks.placebo_dose_not_separable(name, str(error))


def _baseline_mean(question: Question) -> float:
    years = [year.start for year in question.estimand.window.baseline]
    rows = np.isin(question.sample.period, years)
    return float(np.average(question.target[rows], weights=question.sample.weight[rows]))


def _path(eras: Eras, found: Jackknife, generator: np.random.Generator | None) -> tuple[PeriodEstimate, ...]:
    """Return the effects of the years, the reference year at zero; nothing where years are pooled."""
    if eras.years is None:
        return ()
    together = _band(found, generator)
    edge = None if together is None else 0.0
    zero = SchoolYear(start=eras.years.reference)
    points = [PeriodEstimate(period=zero, reference=True, band_low=edge, band_high=edge, **NOTHING)]
    for place, year in enumerate(eras.years.years):
        one = contrast(found.estimate, found.covariance, np.eye(len(found.estimate))[place])
        points.append(
            PeriodEstimate(
                period=SchoolYear(start=year),
                effect=one.effect,
                std_error=one.std_error,
                ci_low=one.ci_low,
                ci_high=one.ci_high,
                reference=False,
                band_low=None if together is None else float(together.low[place]),
                band_high=None if together is None else float(together.high[place]),
            )
        )
    return tuple(sorted(points, key=lambda point: point.period))


def _band(found: Jackknife, generator: np.random.Generator | None) -> Band | None:
    if generator is None:
        return None
    try:
        return simultaneous_band(found.estimate, found.covariance.matrix, generator=generator, df=found.covariance.df)
    except EstimationError:
        return None
