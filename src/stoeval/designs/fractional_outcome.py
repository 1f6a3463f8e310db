"""Fractional outcome: a share that stays between zero and one, with dose x year and the means of each unit.

Assumes that, given the means of its columns over time, units with different doses would have followed parallel paths
on the scale of the index, and that unit effects depend on the columns through those means (Mundlak 1978,
Econometrica 46(1)), which makes up for the unit effects that a nonlinear model cannot have.

    E[Y_it] = G(l_t + a D_i + c' F_i + sum over s != t0 of (b_s D_i + d_s' F_i) 1[t = s] + g' mean over t of x_it)

with G logistic or normal, fitted by quasi-likelihood (Papke and Wooldridge 1996, Journal of Applied Econometrics 11(6);
2008, Journal of Econometrics 145(1-2)), and F what the dose is a function of. The effect is the mean over outcome
years of the derivative of the average structural function to the dose (`refits`): percentage points, as in a linear
model.

Standard errors: cluster jackknife by region with exact refits, CRV3 with factor (G-1)/G, against t(G-1).

It does not keep parallel trends of the share itself: paths that are parallel on the index are not so on the share.
Beside the linear dose event study it says whether the floor and the ceiling of a share decide the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.average_effects import Question, average_finding
from stoeval.designs.eras import yearly
from stoeval.designs.probability_models import share_of_cells
from stoeval.designs.unit_means import unit_means
from stoeval.inference.binomial_regression import Link
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Sample


class Curve(StrEnum):
    """How a share follows from the index."""

    LOGIT = "logit"
    PROBIT = "probit"


@dataclass(frozen=True, slots=True, kw_only=True)
class FractionalOutcome:
    """Fractional logit or probit with dose x year, formula input x year and unit means."""

    curve: Curve = Curve.LOGIT
    formula_input: bool = True

    name: ClassVar[str] = "fractional outcome"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the dose on the share over the outcome years."""
        eras = yearly(sample.period, estimand.window)
        given = sample.conditioning if self.formula_input else np.empty((len(sample.outcome), 0))
        question = Question(
            estimand=estimand,
            sample=sample,
            eras=eras,
            controls=np.hstack([given, eras.times(given), unit_means(sample, estimand.window, given)]),
            model_of=lambda rows, cell: share_of_cells(rows, cell, Link(self.curve.value)),
            target=sample.outcome,
            unit=estimand.effect.unit,
            formula_input=self.formula_input,
            ceiling=self.ceiling,
        )
        further = (
            *reporting.chosen_by_regions(estimand),
            *reporting.formula_input(sample, used=self.formula_input),
        )
        return average_finding(question, further, generator, confirm=confirm)
