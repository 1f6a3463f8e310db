"""Closure hazard: whether an offer that was there at one count is gone at the next, among offers at risk.

Assumes that, given the year, the composition of profiles and the input of the formula, offers that have survived so
far would have closed at hazards that differ between doses by the same ratio in every era (proportional hazards).

    P(closes in t | there in t-1) = 1 - exp(-exp(l_t + m_q + a D + c' F + sum over e (b_e D + d_e' F) 1[t in e]))

(Prentice and Gloeckler 1978, Biometrics 34(1)), with e the eras outside the baseline years, q the composition and F
the input of the formula. Closures are rare, so years are pooled into eras unless `every_year` is asked for. The
effect is the derivative of the mean hazard in the outcome years to the dose (`refits`), on the scale of the hazard.
Rows are offers at risk with 0 or 1, which leave after closing, or shares closed of the offers at risk in a region.

Standard errors: cluster jackknife by region with exact refits, CRV3 with factor (G-1)/G, against t(G-1).

It does not have unit effects: an offer closes once, so its own level is fixed by when it closes. Offers that differ
unseen in how long they last make the survivors differ between doses over time (frailty), which looks like an effect.
It does not tell a closure from a merger; that is for the panel to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.average_effects import Question, average_finding, conditions
from stoeval.designs.eras import pooled, yearly
from stoeval.designs.probability_models import share_of_cells
from stoeval.inference.binomial_regression import Link
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureHazard:
    """Discrete-time hazard of closing, with dose x era and composition, year and formula input x era beside it."""

    link: Link = Link.COMPLEMENTARY_LOG_LOG
    every_year: bool = False
    """Make each year an era of its own, so that there is a path."""
    formula_input: bool = True

    name: ClassVar[str] = "closure hazard"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = (Timing.STOCK, Timing.FLOW, Timing.RUN_UP)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.C

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the dose on the hazard in the outcome years."""
        eras = (yearly if self.every_year else pooled)(sample.period, estimand.window)
        strata = (sample.stratum[:, None] == np.unique(sample.stratum)).astype(np.float64)
        question = Question(
            estimand=estimand,
            sample=sample,
            eras=eras,
            controls=np.hstack([conditions(sample, eras, formula_input=self.formula_input), strata]),
            model_of=lambda rows, cell: share_of_cells(rows, cell, self.link),
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
