"""Survey panel: the same vestigingen asked in a few waves, weighted for response.

Assumes that, given the input of the formula, vestigingen in regions with more and with less of the
exposure would have answered alike over time, and that who stops answering does not depend on it.

    Y_vw = a_v + l_w + sum over w != w0 of b_w D_r(v) 1[w] + sum over w != w0 of c_w' F_r 1[w] + e_vw

with the first wave as reference. There is no wave before the programme: the first lies in the run-up.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not correct for answers that change because the question is about a subsidy, nor bound non-response.
With few waves no pre-trend can be seen, so it never claims more than an association.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stoeval.designs import reporting
from stoeval.designs.event_time import event_time
from stoeval.inference.regression import Regression
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    import numpy as np

    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPanel:
    """Linear panel of survey answers with vestiging and wave effects."""

    formula_input: bool = True

    name: ClassVar[str] = "survey panel"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING,)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = (Timing.WAVE,)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.D

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean association over the outcome waves."""
        years = event_time(sample.period, estimand.window)
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[sample.period],
            controls=years.columns(sample.conditioning, sample.period) if self.formula_input else None,
            weights=sample.weight,
        )
        return reporting.dose_finding(
            estimand,
            sample,
            regression,
            years=years,
            spread=lambda values: years.columns(values, sample.period),
            ceiling=self.ceiling,
            further_checks=(
                *reporting.chosen_by_regions(estimand),
                *reporting.formula_input(sample, used=self.formula_input),
            ),
            generator=generator,
            confirm=confirm,
        )
