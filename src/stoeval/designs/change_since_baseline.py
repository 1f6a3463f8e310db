"""Change since baseline: what happened, without a comparison (doelrealisatie).

Assumes nothing, and therefore says nothing about the programme.

    Y_it = a_i + sum over s != t0 of b_s 1[t = s] + e_it

with the effect the mean of b over the outcome years: the average change within units. For outcomes by
group it follows the entitled groups.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not separate the programme from anything else that happened to the whole country.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.event_time import event_time
from stoeval.inference.absorption import dense_codes
from stoeval.inference.regression import Regression
from stoeval.vocabulary import IdentificationClass, Level, Programme, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSinceBaseline:
    """Mean change within units since the baseline year."""

    name: ClassVar[str] = "change since baseline"
    levels: ClassVar[tuple[Level, ...]] = tuple(Level)
    causes: ClassVar[tuple[type, ...]] = (Programme,)
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.E

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean change over the outcome years."""
        sample = sample.rows(np.flatnonzero(sample.entitlement > 0))
        years = event_time(sample.period, estimand.window)
        combination = years.combination(estimand.window)
        columns = years.columns(np.ones(len(sample.outcome)), sample.period)
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[dense_codes(sample.unit, sample.group)],
            weights=sample.weight,
        )
        names = tuple(str(year) for year in years.years)
        study = reporting.solved(sample, regression, columns, names, combination, confirm=confirm)
        return reporting.plain_finding(estimand, replace(study, years=years), ceiling=self.ceiling, generator=generator)
