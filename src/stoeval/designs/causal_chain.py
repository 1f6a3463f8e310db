"""Causal chain (M6): how much of what a dose did went through a mediator.

Assumes that, given the dose and the input of the formula, nothing unseen moves both mediator and outcome, and that
the dose is as good as given (sequential ignorability; Imai, Keele and Yamamoto 2010, Statistical Science 25(1)).
Changes are of outcome years against baseline years, those of the mediator some years earlier where it comes first.

    dM_i = m + a D_i + g' F_i + u_i,   dY_i = n + c' D_i + b dM_i + h' F_i + e_i,   effect through the mediator = ab

With both equations linear and on the same units ab = c - c', where c is the coefficient of D without the mediator.
The two models of dY are one regression, so that the uncertainty of both is joint.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1), of c - c'. That a product is
not normal where a path is weak is what the check on both paths is for: it takes the larger of their p-values.

It does not identify a mechanism: a common cause of mediator and outcome gives the same numbers. The correlation of
errors at which ab vanishes says how strong it would have to be. It does not know of a second mediator, nor of a
mediator that works differently at another dose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval import checks
from stoeval.designs import reporting
from stoeval.designs.long_differences import LongDifferences, long_differences
from stoeval.designs.robustness import robustness
from stoeval.designs.stacking import counted_once, exact, with_baseline
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.inference.clustering import Contrast, contrast
from stoeval.inference.mediation import sensitivity
from stoeval.inference.regression import Regression
from stoeval.vocabulary import DOSES, Check, IdentificationClass, Level, SchoolYear, Timing

if TYPE_CHECKING:
    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Estimand, Finding, Floats, Sample, Window

LEVEL = 0.05
"""Both paths have to be seen at this level (intersection-union: no correction)."""
THROUGH = np.array([1.0, -1.0, 0.0])
"""c - c' of the coefficients c, c' and b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatedEffect:
    """Effect of a dose through a mediator, with both paths and what common cause it survives."""

    years_earlier: int = 0
    """How many years the mediator is measured before the outcome."""
    mediator_years: tuple[SchoolYear, ...] = ()
    """Years in which the mediator is read instead; empty for those of the outcome, less `years_earlier`."""
    formula_input: bool = True

    name: ClassVar[str] = "causal chain"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.D

    def __post_init__(self) -> None:
        if self.years_earlier < 0:
            message = f"a mediator {-self.years_earlier} years after the outcome mediates nothing; give zero or more"
            raise CatalogueError(message)
        if self.years_earlier and self.mediator_years:
            message = (
                f"the mediator is read {self.years_earlier} years earlier and in years of its own; give one of both"
            )
            raise CatalogueError(message)

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the effect of the dose on the outcome through the mediator."""
        changed, mediator, conditions = self._changes(sample, estimand.window)
        first = _first_path(changed, mediator, conditions, confirm=confirm)
        rows = np.tile(np.arange(len(mediator)), 2)
        study = _both_models(exact(changed.rows(rows)), mediator[rows], conditions[rows], confirm=confirm)
        a = contrast(first.fit.coefficients, first.covariance, np.ones(1))
        direct, b = (contrast(study.fit.coefficients, study.covariance, np.eye(3)[place]) for place in (1, 2))
        found = reporting.finding(
            estimand=estimand,
            study=study,
            found=robustness(study, generator),
            found_checks=[
                checks.leave_one_region_out(study.fit, study.combination, sample.cluster_names),
                _path("path a", a),
                _path("path b", b),
                _direct(direct),
                _both(a, b),
                _vanishing(changed, mediator, conditions),
                *reporting.chosen_by_regions(estimand),
                *([] if self.formula_input or not sample.conditioning.size else [checks.formula_input_left_out()]),
            ],
            ceiling=self.ceiling,
            generator=generator,
        )
        return with_baseline(counted_once(found, study, changed, rows, ceiling=self.ceiling), estimand, sample)

    def _changes(self, sample: Sample, window: Window) -> tuple[Sample, Floats, Floats]:
        """Return one row a unit with its change, the change of the mediator (U,) and the conditions (U, q)."""
        if sample.mediator is None:
            message = "the sample holds no mediator; name one in the link"
            raise NotIdentified(message)
        if min(window.outcome).start - self.years_earlier <= max(window.baseline).start:
            message = f"{self.years_earlier} years before {min(window.outcome)} the mediator is still at its baseline"
            raise NotIdentified(message)
        if self.mediator_years and max(self.mediator_years) > min(window.outcome):
            message = f"the mediator is read in {max(self.mediator_years)}, after the outcome of {min(window.outcome)}"
            raise NotIdentified(message)
        read = replace(window, outcome=self.mediator_years) if self.mediator_years else window
        own = long_differences(sample, window)
        earlier = long_differences(sample, read, years_earlier=self.years_earlier)
        _, left, right = np.intersect1d(sample.unit[own.once], sample.unit[earlier.once], return_indices=True)
        if not len(left):
            message = "no unit has both mediator and outcome in the years that are compared"
            raise NotIdentified(message)
        own = LongDifferences(before=own.before[left], after=own.after[left])
        low, high = own.bounds(sample.outcome_low, sample.outcome_high)
        units = sample.rows(own.once)
        units = replace(units, outcome=own.of(sample.outcome), outcome_low=low, outcome_high=high)
        conditions = units.conditioning if self.formula_input else np.empty((len(left), 0))
        return units, earlier.of(sample.mediator)[right], conditions


def _first_path(changed: Sample, mediator: Floats, conditions: Floats, *, confirm: bool) -> Study:
    """Fit the mediator on the dose."""
    regression = Regression(
        outcome=mediator,
        cluster=changed.cluster,
        nested=[],
        crossed=[np.zeros(len(mediator), dtype=np.int64)],
        controls=conditions,
        weights=changed.weight,
    )
    return reporting.solved(changed, regression, changed.dose[:, None], ("a",), np.ones(1), confirm=confirm)


def _both_models(stacked: Sample, mediator: Floats, conditions: Floats, *, confirm: bool) -> Study:
    """Fit the outcome on the dose, and below it on the dose beside the mediator."""
    half = len(mediator) // 2
    beside = np.repeat([0.0, 1.0], half)
    columns = np.column_stack([stacked.dose * (1 - beside), stacked.dose * beside, mediator * beside])
    regression = Regression(
        outcome=stacked.outcome,
        cluster=stacked.cluster,
        nested=[],
        crossed=[beside.astype(np.int64)],
        controls=np.column_stack([conditions * (1 - beside)[:, None], conditions * beside[:, None]]),
        weights=stacked.weight,
    )
    return reporting.solved(stacked, regression, columns, ("c", "c'", "b"), THROUGH, confirm=confirm)


def _path(name: str, found: Contrast) -> Check:
    """Look whether one path of the chain is there."""
    return Check(
        name=name,
        passed=found.p_value < LEVEL,
        statistic=found.p_value,
        threshold=LEVEL,
        detail=f"{found.effect:.6g} (SE {found.std_error:.6g})",
        cap=IdentificationClass.D,
    )


def _direct(found: Contrast) -> Check:
    """Say what the dose did beside the mediator."""
    return Check(
        name="direct effect",
        passed=None,
        statistic=found.p_value,
        threshold=LEVEL,
        detail=f"c' = {found.effect:.6g} (SE {found.std_error:.6g}) goes past the mediator",
        cap=IdentificationClass.D,
    )


def _both(a: Contrast, b: Contrast) -> Check:
    """Look whether both paths are there: the larger of their p-values."""
    p_value = max(a.p_value, b.p_value)
    return Check(
        name="both paths",
        passed=p_value < LEVEL,
        statistic=p_value,
        threshold=LEVEL,
        detail=f"a b = {a.effect * b.effect:.6g}; the chain is as strong as its weaker path",
        cap=IdentificationClass.D,
    )


def _vanishing(changed: Sample, mediator: Floats, conditions: Floats) -> Check:
    """Say at which correlation of errors the effect through the mediator is zero."""
    found = sensitivity(changed.outcome, mediator, changed.dose, beside=conditions, weights=changed.weight)
    return Check(
        name="unseen common cause",
        passed=None,
        statistic=found.vanishing,
        threshold=None,
        detail=f"the effect through the mediator vanishes where the errors correlate at {found.vanishing:.3f}",
        cap=IdentificationClass.D,
    )
