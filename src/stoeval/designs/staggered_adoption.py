"""Staggered adoption: effects by cohort and year as published, put together in four ways.

Assumes that cohorts and those they are compared with would have followed parallel paths from the last year before
treatment on, given the conditions where these are used; that nobody acted ahead; and that treatment lasts.

    ATT(g, t) = E[Y_t - Y_(g-1) | first treated in g] - E[Y_t - Y_(g-1) | never or not yet treated]

(Callaway and Sant'Anna 2021, Journal of Econometrics 225(2)); with conditions doubly robust (Sant'Anna and Zhao
2020). Cells are put together by the weight of their units: over the years of the window, over all treated cells,
over cohorts, or over years since treatment. It is the estimator of the R package did; `delayed approval` is the
same comparison as one regression, with the inference of this package, and is what the evaluation uses.

Standard errors: squared influence functions summed by region, without a factor, against t(G-1), as did prints them.

It does not keep its size with few treated regions, where squared influences understate. It does not take a panel
with holes, and has no bootstrap, permutation or bounds of masked counts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import reduce
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval import checks
from stoeval.designs.approval_rounds import first_years
from stoeval.designs.event_time import event_time
from stoeval.errors import NotIdentified
from stoeval.inference.clustering import contrast
from stoeval.inference.equivalence import equivalence_bound
from stoeval.inference.group_time import (
    Aggregation,
    Comparison,
    Reference,
    aggregate,
    group_time_effects,
    influence_covariance,
)
from stoeval.inference.power import minimum_detectable_effect
from stoeval.vocabulary import (
    ApprovalRound,
    Estimate,
    Finding,
    IdentificationClass,
    Level,
    PeriodEstimate,
    Robustness,
    SchoolYear,
    Timing,
)

if TYPE_CHECKING:
    from stoeval.inference.clustering import Contrast, Covariance
    from stoeval.inference.group_time import Aggregate, GroupTimeEffects
    from stoeval.vocabulary import Check, Estimand, Integers, Sample, Window

ABSENT = ("wild bootstrap", "permutation", "breakdown", "pre-test power", "leave one out", "masked interval")
NOT_MADE = "not made for influence functions; ask for delayed approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaggeredAdoption:
    """Effects by cohort and year, put together."""

    aggregation: Aggregation = Aggregation.PERIOD
    comparison: Comparison = Comparison.NOT_YET_TREATED
    first_years: tuple[SchoolYear, ...] = ()
    """First year of each round; empty where the dose is that year itself, zero for never."""
    conditions: bool = False
    """Whether the comparison is doubly robust given the conditioning columns in the year before treatment."""

    name: ClassVar[str] = "staggered adoption"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = (ApprovalRound,)
    timings: ClassVar[tuple[Timing, ...]] = (Timing.STOCK, Timing.FLOW, Timing.WAVE)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.C

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the effects put together; nothing is drawn, and the second engine is in the reference tests."""
        del generator, confirm
        event_time(sample.period, estimand.window)
        seen = sample.rows(np.flatnonzero(sample.period <= max(estimand.window.outcome).start))
        first = first_years(seen.dose, self.first_years)
        cells = group_time_effects(
            seen.outcome,
            unit=seen.unit,
            period=seen.period,
            cohort=first,
            covariates=seen.conditioning if self.conditions and seen.conditioning.shape[1] else None,
            weights=seen.weight,
            comparison=self.comparison,
            reference=Reference.LAST_UNTREATED,
        )
        units, row = np.unique(seen.unit, return_index=True)
        region = seen.cluster[row[np.searchsorted(units, cells.unit)]]
        effect = self._effect(cells, estimand.window, region)
        shown = aggregate(cells, Aggregation.EVENT_TIME if self.aggregation is Aggregation.SIMPLE else self.aggregation)
        found = [_pre_trend(cells, region), *_masked(seen)]
        return Finding(
            estimate=_estimate(estimand, seen, effect, len(cells.unit), len(np.unique(region))),
            path=_path(shown, influence_covariance(shown.influence, region)),
            checks=tuple(found),
            identification_class=reduce(IdentificationClass.at_most, (check.cap for check in found), self.ceiling),
            robustness=Robustness(
                equivalence_bound=equivalence_bound(effect.effect, effect.std_error, effect.df),
                absent=tuple((name, NOT_MADE) for name in ABSENT),
            ),
        )

    def _effect(self, cells: GroupTimeEffects, window: Window, region: Integers) -> Contrast:
        """Return the effect over the years of the window, or that of the aggregation as a whole."""
        found = aggregate(cells, self.aggregation)
        value, influence = found.overall, found.overall_influence
        if self.aggregation is Aggregation.PERIOD:
            years = np.array([year.start for year in window.outcome])
            missing = [str(year) for year in window.outcome if year.start not in found.at]
            if missing:
                message = f"in {', '.join(missing)} there is nobody to compare with; end the window before"
                raise NotIdentified(message)
            here = np.isin(found.at, years)
            value, influence = float(found.effect[here].mean()), found.influence[:, here].mean(axis=1)
        return contrast(np.array([value]), influence_covariance(influence[:, None], region), np.ones(1))


def _estimate(estimand: Estimand, sample: Sample, effect: Contrast, units: int, regions: int) -> Estimate:
    before = np.isin(sample.period, [year.start for year in estimand.window.baseline])
    return Estimate(
        **asdict(effect),
        n_obs=len(sample.outcome),
        n_units=units,
        n_clusters=regions,
        unit=estimand.effect.unit,
        baseline_mean=float(np.average(sample.outcome[before], weights=sample.weight[before])),
        mde=minimum_detectable_effect(effect.std_error, effect.df),
        convention=f"influence functions, t({regions - 1})",
        n_masked=int((sample.outcome_low != sample.outcome_high).sum()),
    )


def _path(shown: Aggregate, covariance: Covariance) -> tuple[PeriodEstimate, ...]:
    """Return the parts of an aggregation: years, cohorts, or years since treatment from the year before as zero."""
    points = []
    for place, at in enumerate(shown.at):
        one = contrast(shown.effect, covariance, np.eye(len(shown.at))[place])
        points.append(
            PeriodEstimate(
                period=SchoolYear(start=int(at)),
                effect=one.effect,
                std_error=one.std_error,
                ci_low=one.ci_low,
                ci_high=one.ci_high,
                reference=False,
            )
        )
    return tuple(points)


def _pre_trend(cells: GroupTimeEffects, region: Integers) -> Check:
    """Test jointly that the effects before treatment, by years until it, are zero."""
    path = aggregate(cells, Aggregation.EVENT_TIME)
    before = [int(place) for place in np.flatnonzero(path.at < 0)]
    return checks.pre_trend_of_effects(path.effect, influence_covariance(path.influence, region), before)


def _masked(sample: Sample) -> list[Check]:
    masked = int((sample.outcome_low != sample.outcome_high).sum())
    return [checks.masking_unbounded(masked)] if masked else []
