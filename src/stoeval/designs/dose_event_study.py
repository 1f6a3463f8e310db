"""Dose event study (M1): units that got more money per pupil against units that got less.

Assumes that, given the input of the formula, units with different doses would have followed parallel
paths, at every dose (strong parallel trends; Callaway, Goodman-Bacon and Sant'Anna 2024, arXiv:2107.02637).

    Y_it = a_i + l_t + sum over s != t0 of b_s D_i 1[t = s] + sum over s != t0 of c_s' F_i 1[t = s] + e_it

with D the dose in EUR 1,000 per pupil, F what the dose is a function of, t0 the baseline year; the effect
is the mean of b over the outcome years. As a Poisson model E[Y] = exp(same + log offset) for counts.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not recover the effect of the programme on the average unit, since nobody got nothing; only
differences between doses are compared. Without F it is biased by regression to the mean, because the dose
is computed from the outcome of an earlier year. It does not see spillovers between regions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from stoeval.designs import reporting
from stoeval.designs.event_time import event_time
from stoeval.inference.regression import Regression
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    import numpy as np

    from stoeval.vocabulary import Estimand, Finding, Sample


class OutcomeModel(StrEnum):
    """How the mean of the outcome depends on the columns."""

    LINEAR = "linear"
    POISSON = "poisson"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEventStudy:
    """Event study on a dose, with the formula's own input times year."""

    outcome_model: OutcomeModel = OutcomeModel.LINEAR
    formula_input: bool = True

    name: ClassVar[str] = "dose event study"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the dose over the outcome years."""
        return reporting.dose_finding(self.ask(estimand, sample), generator=generator, confirm=confirm)

    def ask(self, estimand: Estimand, sample: Sample) -> reporting.DoseQuestion:
        """Return what the design asks of a sample."""
        years = event_time(sample.period, estimand.window)
        poisson = self.outcome_model is OutcomeModel.POISSON
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[sample.period],
            controls=years.columns(sample.conditioning, sample.period) if self.formula_input else None,
            weights=None if poisson else sample.weight,
            offset=sample.offset if poisson else None,
        )
        return reporting.DoseQuestion(
            estimand=estimand,
            sample=sample,
            regression=regression,
            years=years,
            spread=lambda values: years.columns(values, sample.period),
            ceiling=self.ceiling,
            further_checks=(
                *reporting.chosen_by_regions(estimand),
                *reporting.formula_input(sample, used=self.formula_input),
            ),
        )
