"""Ordered outcome: answers in ordered categories, and what a dose does to the share in the highest.

Assumes that, given the means of its columns over time (Mundlak 1978, Econometrica 46(1)), units with different doses
would have followed parallel paths on the scale of the index, and that a dose shifts the log odds alike at every
threshold between categories (proportional odds; McCullagh 1980, JRSS B 42(2)).

    P(Y_it >= c) = L(l_t + a D_i + c' F_i + sum over s != t0 of (b_s D_i + d_s' F_i) 1[t = s] + g' mean_i - t_c)

The categories lie between declared `cuts` of the scale; without cuts the values that occur are the categories. The
effect is the mean over outcome years of the derivative of the average structural function of the highest category,
P(Y >= last cut), to the dose (`refits`): percentage points of units that reach it. The sweep over thresholds takes
each cut in turn, by a logit of its own, and so without proportional odds.

Standard errors: cluster jackknife by region with exact refits, CRV3 with factor (G-1)/G, against t(G-1).

It does not say by how much an answer rises, only how many reach the highest category, and depends on where that
begins. The mean answer of a vestiging is not the answer of a person: many who differ give a middling mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.average_effects import Question, average_finding
from stoeval.designs.eras import yearly
from stoeval.designs.probability_models import MOST_CATEGORIES, ordered_of_cells, share_of_cells
from stoeval.designs.unit_means import unit_means
from stoeval.errors import NotIdentified
from stoeval.inference.binomial_regression import Link
from stoeval.vocabulary import DOSES, Check, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Floats, Sample

MEANS = (0.4, 0.5, 0.6)
"""For means of many answers on a scale from 0 to 1, which gather around its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedOutcome:
    """Ordered logit with dose x year, formula input x year and unit means."""

    cuts: tuple[float, ...] = MEANS
    """Where each category but the lowest begins, in order; empty where the values are the categories."""
    formula_input: bool = True

    name: ClassVar[str] = "ordered outcome"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING,)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.C

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the dose on the share in the highest category over the outcome years."""
        eras = yearly(sample.period, estimand.window)
        given = sample.conditioning if self.formula_input else np.empty((len(sample.outcome), 0))
        cuts = self._cuts(sample.outcome)
        question = Question(
            estimand=estimand,
            sample=sample,
            eras=eras,
            controls=np.hstack([given, eras.times(given), unit_means(sample, estimand.window, given)]),
            model_of=lambda rows, cell: ordered_of_cells(rows, cell, cuts),
            target=_reaching(sample.outcome, cuts[-1]),
            unit="share",
            formula_input=self.formula_input,
            ceiling=self.ceiling,
        )
        further = (
            *reporting.chosen_by_regions(estimand),
            *reporting.formula_input(sample, used=self.formula_input),
            _sweep(question, cuts),
        )
        return average_finding(question, further, generator, confirm=confirm)

    def _cuts(self, outcome: Floats) -> tuple[float, ...]:
        """Return where categories begin; raise NotIdentified where nothing separates answers."""
        cuts = self.cuts or tuple(np.unique(outcome)[1:].tolist())
        rising = all(later > earlier for earlier, later in pairwise(cuts))
        if not rising or not 0 < len(cuts) < MOST_CATEGORIES:
            said = f"{len(cuts)} cuts make no categories" if self.cuts else f"the outcome takes {len(cuts) + 1} values"
            message = f"{said}; give 1 to {MOST_CATEGORIES - 1} cuts, in rising order"
            raise NotIdentified(message)
        return cuts


def _reaching(outcome: Floats, cut: float) -> Floats:
    return np.where(outcome >= cut, 1.0, 0.0)


def _sweep(question: Question, cuts: tuple[float, ...]) -> Check:
    """Look whether the effect has the same sign at every threshold, each with a logit of its own."""
    found: list[tuple[float, float]] = []
    for cut in cuts:
        sample = replace(
            question.sample,
            outcome=_reaching(question.sample.outcome, cut),
            outcome_low=_reaching(question.sample.outcome_low, cut),
            outcome_high=_reaching(question.sample.outcome_high, cut),
        )
        try:
            asked = replace(question, sample=sample, model_of=lambda rows, cell: share_of_cells(rows, cell, Link.LOGIT))
            effect = asked.refits(sample.dose).value(question.eras.combination)
        except NotIdentified:
            continue
        found.append((cut, effect))
    effects = [effect for _, effect in found]
    kept = bool(effects) and (min(effects) > 0 or max(effects) < 0)
    words = ", ".join(f"{effect:.6g} from {cut:.6g}" for cut, effect in found)
    return Check(
        name="threshold sweep",
        passed=kept if effects else None,
        statistic=min(effects, key=abs) if effects else None,
        threshold=0.0,
        detail=f"at {len(found)} of {len(cuts)} thresholds: {words or 'no effect can be computed'}",
        cap=IdentificationClass.A if kept else IdentificationClass.C,
    )
