"""Heterogeneous adoption (M4): no unit without a dose, so the change at the lowest dose stands for no programme.

Assumes that at every dose the mean change without the programme would have been the same, and that the mean effect
is continuous where the doses begin: nothing about a straight line in the dose, nor about who chose which dose.

    WAS = (E[Y_s - Y_t0] - m_s(d)) / E[D - d],   m_s(d) = the limit of E[Y_s - Y_t0 | D] where D falls to d

with d the lowest dose, or zero (de Chaisemartin, Ciccia, D'Haultfœuille and Knau 2024, arXiv:2405.04465). It is the
mean effect of a dose beyond the lowest, a unit of dose, weighted by dose. The limit is the boundary value of a local
quadratic with the Epanechnikov kernel, which is the local line of that bandwidth freed of its bias (Calonico,
Cattaneo and Titiunik 2014, Econometrica 82(6)). Input of the formula times year enters linearly. Both means and the
limit are one regression with unit and year effects, for every year of the path.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1), at the bandwidth and the
doses as they are. The permutation test and the placebo doses are those of the straight line.

It does not give the effect of the lowest dose itself unless that is zero: with a lowest dose above zero it needs the
effect of a unit of dose to be alike for all, or a dose to be read from the lowest on. It is noisy with few regions
near the lowest dose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.adoption_checks import adoption_checks
from stoeval.designs.assignment import assignment
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.event_time import event_time
from stoeval.designs.linear_comparison import permuted_as, placebo_checks
from stoeval.designs.long_differences import long_differences
from stoeval.designs.robustness import robustness
from stoeval.designs.stacking import exact, path_finding
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.heterogeneous_adoption import boundary_bandwidth, epanechnikov
from stoeval.inference.regression import Regression
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from stoeval.designs.event_time import EventTime
    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Estimand, Finding, Floats, Integers, Sample, Window

CURVE = 3
"""Degree of the dose beside which the input of the formula is taken out."""
FEWEST_REGIONS = 3
"""Regions with more than the lowest dose, without which there is no mean to speak of."""


class Boundary(StrEnum):
    """Where the doses are taken to begin."""

    LOWEST = "lowest"
    """At the lowest dose that was given."""
    ZERO = "zero"
    """At zero, to which the local fit is drawn on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeterogeneousAdoption:
    """Weighted average slope against the change at the lowest dose."""

    formula_input: bool = True
    boundary: Boundary = Boundary.LOWEST
    bandwidth: float | None = None
    """In the unit of the dose; None is the rule of thumb."""

    name: ClassVar[str] = "heterogeneous adoption"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the weighted average slope over the outcome years."""
        years = event_time(sample.period, estimand.window)
        own = [None, None] if generator is None else generator.spawn(2)
        dose = self._beyond(sample)
        kernel = epanechnikov(dose / self._bandwidth(sample, estimand.window, dose))
        rows, near = _blocks(kernel)
        study = self._study(
            exact(sample.rows(rows)),
            near,
            dose[rows],
            np.where(near, kernel[rows], 1.0),
            years,
            years.combination(estimand.window),
            confirm=confirm,
        )
        line = DoseEventStudy(formula_input=self.formula_input).find(estimand, sample, generator=own[1])
        return path_finding(
            estimand,
            sample,
            rows,
            study,
            permuted_as(line.robustness, robustness(study, own[0])),
            further_checks=(
                *reporting.chosen_by_regions(estimand),
                *reporting.formula_input(sample, used=self.formula_input),
                *adoption_checks(sample, estimand.window, formula_input=self.formula_input),
                *placebo_checks(line),
            ),
            ceiling=self.ceiling,
            generator=own[0],
        )

    def _beyond(self, sample: Sample) -> Floats:
        """Return doses (n,) beyond where they begin."""
        lowest = float(sample.dose.min()) if self.boundary is Boundary.LOWEST else 0.0
        above = len(np.unique(sample.cluster[sample.dose > lowest]))
        if above < FEWEST_REGIONS or lowest < 0 or sample.dose.min() == sample.dose.max():
            message = f"{above} regions have a dose above {lowest:.6g}; {FEWEST_REGIONS} with doses apart are needed"
            raise NotIdentified(message)
        return sample.dose - lowest

    def _bandwidth(self, sample: Sample, window: Window, dose: Floats) -> float:
        """Return the bandwidth from where the doses begin, which has to reach some of them."""
        start = float(dose.min())
        if self.bandwidth is not None:
            if not self.bandwidth > start:
                message = f"a bandwidth of {self.bandwidth:.6g} holds no dose; the first lies at {start:.6g}"
                raise NotIdentified(message)
            return self.bandwidth
        assigned = assignment(sample)
        rows = long_differences(sample, window)
        groups, codes = np.unique(assigned.unit[rows.once], return_inverse=True)
        weight = sample.weight[rows.once]
        mean = np.bincount(codes, weight * rows.of(sample.outcome)) / np.bincount(codes, weight)
        return start + boundary_bandwidth(assigned.dose[groups], mean)

    def _study(  # noqa: PLR0913, PLR0917 - the parts of two fits in one
        self,
        sample: Sample,
        near: Floats,
        dose: Floats,
        kernel: Floats,
        years: EventTime,
        combination: Floats,
        *,
        confirm: bool,
    ) -> Study:
        """Fit the mean over all units (`near` is zero) and the local curve (`near` is one) as one regression."""
        weights = sample.weight * kernel
        far = 1.0 - near
        mean = float(np.average(dose, weights=weights * far))
        curves = [near * dose, near * dose**2]
        if self.formula_input and sample.conditioning.shape[1]:
            powers = np.column_stack([dose**degree for degree in range(1, CURVE + 1)])
            curves += list(((powers - _mean(powers, weights * far)) * far[:, None]).T)
            curves += list((sample.conditioning - _mean(sample.conditioning, weights * far)).T)
        columns = years.columns(far * mean, sample.period)
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[dense_codes(sample.unit, near.astype(np.int64))],
            crossed=[sample.period],
            controls=years.columns(np.column_stack(curves), sample.period),
            weights=weights,
        )
        names = tuple(f"slope x {year}" for year in years.years)
        study = reporting.solved(sample, regression, columns, names, combination, confirm=confirm)
        return replace(study, years=years, spread=lambda _: columns)


def _blocks(kernel: Floats) -> tuple[Integers, Floats]:
    """Return the rows of all units with those near the lowest dose below them, and one for the latter."""
    near = np.flatnonzero(kernel > 0)
    rows = np.concatenate([np.arange(len(kernel)), near])
    return rows, np.concatenate([np.zeros(len(kernel)), np.ones(len(near))])


def _mean(columns: Floats, weights: Floats) -> Floats:
    """Return the weighted mean (q,) of columns (n, q)."""
    return np.asarray(weights @ columns / weights.sum())
