"""Share model: counts of technical against other choices inside one vestiging and year.

Assumes that the odds of technical against other would have developed alike at every dose.

    E[n_vkt] = exp(a_vk + d_vt + m_kt + sum over s != t0 of b_s E_k D_v 1[t = s] + log offset)

with E = 1 for technical and 0 for other. The vestiging x year effects make this the conditional logit of
the share (Guimarães, Figueirêdo and Woodward 2003, Review of Economics and Statistics 85(1)), so b is a
change in log odds and zero counts need no constant. With an offset of log pupils it is a model of teachers
per pupil.

Standard errors: one-step linearised cluster jackknife by region, factor (G-1)/G, against t(G-1).

Given years of exposure K_t of the cohort of each year, the effect is per full year of it: the slope through zero of
b on K over the outcome years, sum K_t b_t / sum K_t^2 (minimum distance with equal weights). Where no outcome year
has any exposure it stays the mean, which should then be zero: a placebo in time.

Substitution between groups is part of the estimand: a pupil won for technique is a pupil lost elsewhere in
the same vestiging. It does not see pupils who came from another vestiging, and a vestiging without any
technical choice carries no information.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.within_unit import gap_question
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.vocabulary import DOSES, IdentificationClass, Level, SchoolYear, Timing

if TYPE_CHECKING:
    from stoeval.designs.event_time import EventTime
    from stoeval.vocabulary import Estimand, Finding, Floats, Sample, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareModel:
    """Poisson model of counts by group with unit x year, unit x group and group x year effects."""

    formula_input: bool = True
    exposure_years: tuple[tuple[SchoolYear, float], ...] = ()
    """Years of exposure of the cohort of each school year, none where it is not named; empty asks for the mean."""

    name: ClassVar[str] = "share model"
    levels: ClassVar[tuple[Level, ...]] = (Level.PROFILE_GROUP, Level.SUBJECT_GROUP)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def __post_init__(self) -> None:
        years = [year for year, _ in self.exposure_years]
        if len(set(years)) < len(years) or any(exposure <= 0 for _, exposure in self.exposure_years):
            named = ", ".join(f"{year}: {exposure:g}" for year, exposure in self.exposure_years)
            message = f"years of exposure are above zero, one for each school year; given are {named}"
            raise CatalogueError(message)

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the effect of the dose on the log odds, its mean over the outcome years or per year of exposure."""
        asked = self.ask(estimand, sample)
        found = reporting.dose_finding(asked, generator=generator, confirm=confirm)
        if asked.combination is None:
            return found
        return replace(found, estimate=replace(found.estimate, unit=f"{found.estimate.unit} and year of exposure"))

    def ask(self, estimand: Estimand, sample: Sample) -> reporting.DoseQuestion:
        """Return what the design asks of a sample."""
        asked = gap_question(
            estimand,
            sample,
            ceiling=self.ceiling,
            formula_input=self.formula_input,
            offset=sample.offset,
        )
        return replace(asked, combination=self._combination(asked.years, estimand.window))

    def _combination(self, years: EventTime, window: Window) -> Floats | None:
        """Return weights (years,) of the slope on years of exposure, None where no outcome year has any."""
        exposure = dict(self.exposure_years)
        reached = [year for year in window.baseline if year in exposure]
        if reached:
            message = f"the baseline {', '.join(map(str, reached))} had years of exposure; take an earlier one"
            raise NotIdentified(message)
        since = [(exposure[year], replace(window, outcome=(year,))) for year in window.outcome if year in exposure]
        if not since:
            return None
        total = sum(amount**2 for amount, _ in since)
        return np.asarray(np.sum([amount * years.combination(one) / total for amount, one in since], axis=0))
