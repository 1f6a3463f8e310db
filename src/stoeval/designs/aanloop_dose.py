"""Aanloop dose (M5): formula money with true zeros, before the regional plans began.

In 2018 and 2019 vestigingen with hard-technical profiles were paid by formula and all others got nothing.
Assumes that vestigingen with the same composition of profiles would have followed parallel paths whatever
their dose.

    Y_vt = a_v + l_c(v),t + sum over s != t0 of b_s A_v 1[t = s] + e_vt,   years up to the end of the window

with A the euro (in thousands) a beroepsgericht pupil that the formula paid and c the composition stratum
(methods of the domain: Callaway, Goodman-Bacon and Sant'Anna 2024, arXiv:2107.02637, for a dose with zeros).
The effect is b in the outcome year, or the mean of b over all years since the baseline for what is spent year by
year: with both spent and received an amount a pupil and year, that mean is euro spent for each euro received.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not speak about outcomes that follow a profile choice, which the money came too late for, and it
does not separate the dose from being technical where a stratum holds no variation in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.event_time import event_time
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.regression import Regression
from stoeval.vocabulary import AanloopFormula, IdentificationClass, Level, SchoolYear, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class AanloopDose:
    """Event study on the aanloop dose with composition x year effects."""

    strata: bool = True
    every_year: bool = False
    """Take the mean over all years since the baseline and not the outcome year alone."""

    name: ClassVar[str] = "aanloop dose"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING,)
    causes: ClassVar[tuple[type, ...]] = (AanloopFormula,)
    timings: ClassVar[tuple[Timing, ...]] = (Timing.RUN_UP, Timing.BEFORE)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.A

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the effect of the aanloop dose at the end of the run-up, or over it."""
        return reporting.dose_finding(self.ask(estimand, sample), generator=generator, confirm=confirm)

    def ask(self, estimand: Estimand, sample: Sample) -> reporting.DoseQuestion:
        """Return what the design asks of a sample."""
        sample = sample.rows(np.flatnonzero(sample.period <= max(estimand.window.outcome).start))
        zeros = int((sample.dose == 0).sum())
        if zeros == 0 or zeros == len(sample.dose):
            message = f"{zeros} of {len(sample.dose)} rows have a zero dose; this design compares zeros with doses"
            raise NotIdentified(message)
        years = event_time(sample.period, estimand.window)
        since = tuple(SchoolYear(start=year) for year in years.years if year > years.reference)
        window = replace(estimand.window, outcome=since) if self.every_year else estimand.window
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[dense_codes(sample.stratum, sample.period)] if self.strata else [sample.period],
            weights=sample.weight,
        )
        return reporting.DoseQuestion(
            estimand=replace(estimand, window=window),
            sample=sample,
            regression=regression,
            years=years,
            spread=lambda values: years.columns(values, sample.period),
            ceiling=self.ceiling,
        )
