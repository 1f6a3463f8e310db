"""Delayed approval (M3): regions admitted in an early round against regions that still waited.

Assumes that regions of different rounds would have followed parallel paths from the baseline on, and that nobody
acted on an approval before it came. For round g in year t, b the last baseline year,

    ATT(g, t) = E[Y_t - Y_b | round g] - E[Y_t - Y_b | not yet admitted in t]

(Callaway and Sant'Anna 2021, Journal of Econometrics 225(2)). The effect in a year is the mean over the rounds
admitted by then, by the weight of their units; the effect over the window is the mean over its years. No unit is
ever compared with one that was admitted before. Years before the first round compare with those who waited the
whole window.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1), of all cells jointly and
at the weights of the rounds as they are. Seven regions waited for the last round: the squared influences of so
few understate, the jackknife does not. The permutation test deals the rounds to other regions.

It does not speak about a year in which nobody waits any more; such a window is not identified. It does not separate
the money from the quality of a plan, on which the rounds were decided, nor see what regions did ahead of approval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from stoeval.designs import reporting
from stoeval.designs.approval_permutation import RoundsByRegion, permuted_rounds
from stoeval.designs.approval_rounds import Reference, first_years, paths, stack, year_columns
from stoeval.designs.event_time import EventTime, event_time
from stoeval.designs.robustness import robustness
from stoeval.designs.stacking import exact, path_finding
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.regression import Regression
from stoeval.vocabulary import ApprovalRound, IdentificationClass, Level, SchoolYear, Timing

if TYPE_CHECKING:
    import numpy as np

    from stoeval.designs.approval_rounds import Stack
    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Estimand, Finding, Floats, Sample, Window

ROUNDS = (SchoolYear(start=2020), SchoolYear(start=2020), SchoolYear(start=2021))
"""Rounds of July 2019, December 2019 and September 2020; money flowed from January 2020, and a count is on 1 October.
What happened in the month after the last approval is taken for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedApproval:
    """Effects by round and year against regions not yet admitted, over the window."""

    first_years: tuple[SchoolYear, ...] = ROUNDS
    """First school year that each round can show in; empty where the dose is that year itself, zero for never."""
    reference: Reference = Reference.BASELINE

    name: ClassVar[str] = "delayed approval"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = (ApprovalRound,)
    timings: ClassVar[tuple[Timing, ...]] = (Timing.STOCK, Timing.FLOW, Timing.WAVE)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.C

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of being admitted over the outcome years."""
        event_time(sample.period, estimand.window)
        first = first_years(sample.dose, self.first_years)
        found = paths(sample, first, window=estimand.window, reference=self.reference)
        stacked = stack(sample, found)
        years = EventTime(
            reference=found.zero(first),
            years=tuple(sorted({cell.year for cell in stacked.cells})),
        )
        combination = self._combination(years, estimand.window)
        study = _study(sample, stacked, years, combination, confirm=confirm)
        rounds = RoundsByRegion.of(sample, found, years, combination)
        opinion = permuted_rounds(robustness(study, generator), sample, rounds, generator)
        return path_finding(estimand, sample, stacked.rows, study, opinion, ceiling=self.ceiling, generator=generator)

    def _combination(self, years: EventTime, window: Window) -> Floats:
        """Return weights (years,) of the mean over the outcome years; every one of them needs a comparison."""
        without = [str(year) for year in window.outcome if year.start not in years.years]
        if without:
            message = f"no region waited for approval any more in {', '.join(without)}: there is nobody to compare with"
            raise NotIdentified(message)
        if self.reference is Reference.BASELINE:
            return years.combination(window)
        return years.combination(replace(window, baseline=(SchoolYear(start=years.reference),)))


def _study(sample: Sample, stacked: Stack, years: EventTime, combination: Floats, *, confirm: bool) -> Study:
    """Fit all cells in one regression and return it as a study of the path."""
    inner = exact(sample.rows(stacked.rows))
    columns, deviations = year_columns(stacked, years.years)
    regression = Regression(
        outcome=inner.outcome,
        cluster=inner.cluster,
        nested=[dense_codes(inner.unit, stacked.cell)],
        crossed=[dense_codes(inner.period, stacked.cell)],
        controls=deviations,
        weights=inner.weight,
    )
    names = tuple(f"admitted x {year}" for year in years.years)
    study = reporting.solved(inner, regression, columns, names, combination, confirm=confirm)
    return replace(study, years=years, spread=lambda _: columns)
