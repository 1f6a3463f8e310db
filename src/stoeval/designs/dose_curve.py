"""Dose curve: the effect of each dose, and of a little more of it, without a straight line.

Assumes that every dose would have followed the path of the zero doses without the money (parallel trends), and for
the effect of a little more also that units at one dose would have responded as those at the next (strong parallel
trends; Callaway, Goodman-Bacon and Sant'Anna 2024, arXiv:2107.02637).

    ATT(d) = E[Y_s - Y_t0 | D = d] - E[Y_s - Y_t0 | D = 0],   ACRT(d) = the derivative of ATT(d) in d

with E[. | D = d] a B-spline of the positive doses, in one regression with unit and year effects, and with the input
of the formula times year. The effect is the mean of ACRT over the positive doses, by weight of the units, or the
mean of ATT over them. Where nobody got nothing, only the former exists.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1), at the doses as they are.
The permutation test and the placebo doses are those of the straight line.

It does not choose how smooth the curve is: degree and knots are declared. It does not read a difference between two
doses as an effect of the step for anyone in particular, unless strong parallel trends hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval import checks
from stoeval.designs import reporting
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.event_time import event_time
from stoeval.designs.linear_comparison import permuted_as, placebo_checks
from stoeval.designs.robustness import robustness
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.inference.clustering import Contrast, contrast, crv3
from stoeval.inference.dose_basis import dose_basis
from stoeval.inference.regression import Regression, solve
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from stoeval.designs.event_time import EventTime
    from stoeval.inference.dose_basis import DoseBasis
    from stoeval.vocabulary import Estimand, Finding, Floats, Sample


class Parameter(StrEnum):
    """What is averaged over the positive doses."""

    STEP = "step"
    """ACRT: what one unit of dose more does."""
    LEVEL = "level"
    """ATT: what the dose does against none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The curve at one dose; the level is absent where nobody got nothing."""

    dose: float
    level: Contrast | None
    step: Contrast


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCurve:
    """B-spline of the dose on changes since the baseline, and the mean of its slope or height."""

    parameter: Parameter = Parameter.STEP
    degree: int = 3
    knots: int = 0
    """Interior knots; without them the curve is a polynomial."""
    formula_input: bool = True

    name: ClassVar[str] = "dose curve"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def __post_init__(self) -> None:
        if self.degree < 1 or self.knots < 0:
            message = f"a curve of degree {self.degree} with {self.knots} knots has no slope; give at least 1 and 0"
            raise CatalogueError(message)

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean of the curve's slope or height over the outcome years."""
        years = event_time(sample.period, estimand.window)
        own = [None, None] if generator is None else generator.spawn(2)
        basis = dose_basis(sample.dose, degree=self.degree, knots=self.knots)
        summary, rest = self._columns(sample, basis)
        columns = years.columns(summary, sample.period)
        regression = self._regression(sample, years, rest)
        names = tuple(f"{self.parameter} x {year}" for year in years.years)
        combination = years.combination(estimand.window)
        study = reporting.solved(sample, regression, columns, names, combination, confirm=confirm)
        study = replace(study, years=years, spread=lambda _: columns)
        line = DoseEventStudy(formula_input=self.formula_input).find(estimand, sample, generator=own[1])
        opinion = permuted_as(line.robustness, robustness(study, own[0]))
        found = reporting.finding(
            estimand=estimand,
            study=study,
            found=opinion,
            found_checks=[
                checks.pre_trend(study.fit, study.covariance, years.before),
                checks.pre_test_power(opinion),
                checks.leave_one_region_out(study.fit, study.combination, sample.cluster_names),
                checks.breakdown(opinion),
                *reporting.chosen_by_regions(estimand),
                *reporting.formula_input(sample, used=self.formula_input),
                *placebo_checks(line),
            ],
            ceiling=self.ceiling,
            generator=own[0],
        )
        if self.parameter is Parameter.STEP:
            return found
        return replace(found, estimate=replace(found.estimate, unit=estimand.effect.unit))

    def curve(self, estimand: Estimand, sample: Sample, at: Floats) -> tuple[CurvePoint, ...]:
        """Return the curve at positive doses (p,) over the outcome years, with pointwise intervals by region."""
        years = event_time(sample.period, estimand.window)
        basis = dose_basis(sample.dose, degree=self.degree, knots=self.knots)
        zeros = bool((sample.dose == 0).any())
        parts = [basis.values(sample.dose)]
        if zeros:
            parts.insert(0, np.where(sample.dose > 0, 1.0, 0.0)[:, None])
        columns = years.columns(np.column_stack(parts), sample.period)
        fitted = solve(self._regression(sample, years, None), columns, [f"x{j}" for j in range(columns.shape[1])])
        covariance = crv3(fitted)
        over_years = years.combination(estimand.window)

        def combined(weights: Floats) -> Contrast:
            return contrast(fitted.coefficients, covariance, np.outer(over_years, weights).ravel())

        points = []
        for dose in at:
            one = np.array([dose], dtype=np.float64)
            value, slope = basis.values(one)[0], basis.derivatives(one)[0]
            level = combined(np.concatenate([[1.0], value])) if zeros else None
            step = combined(np.concatenate([np.zeros(zeros * 1), slope]))
            points.append(CurvePoint(dose=float(dose), level=level, step=step))
        return tuple(points)

    def _regression(self, sample: Sample, years: EventTime, rest: Floats | None) -> Regression:
        """Return the regression with the rest of the curve (n, q) and the input of the formula times year."""
        beside = [] if rest is None else [rest]
        if self.formula_input and sample.conditioning.shape[1]:
            beside.append(sample.conditioning)
        width = sum(part.shape[1] for part in beside)
        return Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[sample.period],
            controls=years.columns(np.column_stack(beside), sample.period) if width else None,
            weights=sample.weight,
        )

    def _columns(self, sample: Sample, basis: DoseBasis) -> tuple[Floats, Floats]:
        """Return the column (n,) whose coefficient is the mean of the curve, and the rest (n, q) of the curve."""
        got, zeros = np.where(sample.dose > 0, 1.0, 0.0), bool((sample.dose == 0).any())
        functions = basis.values(sample.dose)
        weights = sample.weight * got
        if self.parameter is Parameter.LEVEL:
            if not zeros:
                message = "nobody got a dose of zero, so that no dose has a level; ask for the step"
                raise NotIdentified(message)
            centred = functions - weights @ functions / weights.sum()
            return got, np.asarray(got[:, None] * centred, dtype=np.float64)
        steps = weights @ basis.derivatives(sample.dose) / weights.sum()
        first = int(np.abs(steps).argmax())
        others = np.delete(functions - np.outer(functions[:, first], steps / steps[first]), first, axis=1)
        rest = np.column_stack([others, got]) if zeros else others
        own: Floats = np.asarray(functions[:, first] / steps[first], dtype=np.float64)
        return own, np.asarray(rest, dtype=np.float64)
