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

from stoeval import checks
from stoeval.designs import reporting
from stoeval.inference import second_engine
from stoeval.inference.clustering import crv3
from stoeval.inference.regression import Regression, solve
from stoeval.vocabulary import IdentificationClass, Level

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRegression:
    """Two-way fixed-effects regression of the effect on the cause, both indicators."""

    name: ClassVar[str] = "panel regression"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.D

    def find(self, estimand: Estimand, sample: Sample, *, confirm: bool = False) -> Finding:
        """Estimate how the two indicators move together."""
        columns = sample.dose[:, None]
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[sample.period],
            weights=sample.weight,
        )
        fitted = solve(regression, columns, (estimand.cause.name,))
        if confirm:
            second_engine.confirm(regression, columns, fitted)
        combination = np.ones(1)
        return reporting.finding(
            estimand=estimand,
            sample=sample,
            fit=fitted,
            covariance=crv3(fitted),
            combination=combination,
            years=None,
            found_checks=[checks.leave_one_region_out(fitted, combination, sample.cluster_names)],
            ceiling=self.ceiling,
        )
