"""Panel regression: one indicator on another within units, for the links inside a causal chain.

Assumes nothing that would make the number an effect; it measures whether two indicators move together
within units, once the national year is taken out.

    Y_it = a_i + l_t + b M_it + e_it

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not handle a common cause of both indicators, nor the reverse direction. A chain that rests on it
shows that its links are compatible with the mechanism, not that the mechanism works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.inference.regression import Regression
from stoeval.vocabulary import IdentificationClass, Indicator, Level, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRegression:
    """Two-way fixed-effects regression of the effect on the cause, both indicators."""

    name: ClassVar[str] = "panel regression"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = (Indicator,)
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.D

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate how the two indicators move together."""
        columns = sample.dose[:, None]
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[sample.period],
            weights=sample.weight,
        )
        study = reporting.solved(sample, regression, columns, (estimand.cause.name,), np.ones(1), confirm=confirm)
        return reporting.plain_finding(estimand, study, ceiling=self.ceiling, generator=generator)
