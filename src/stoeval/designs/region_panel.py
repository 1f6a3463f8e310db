"""One path a region: means over the units that were observed in every year that is used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.group_comparison import complete_rows
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from stoeval.inference.matching import Truths
    from stoeval.vocabulary import Floats, Integers, Sample, Window

SPARE = 5
"""Regions beyond the number of conditions that a regression on conditions and a dose needs."""
RANK = 1e-10
SEPARATE = 1e-6
"""Share of the variance of the dose that conditions have to leave."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionPanel:
    """G regions in T years."""

    outcome: Floats
    """(G, T) weighted means of units."""
    low: Floats
    high: Floats
    dose: Floats
    """(G,)"""
    conditioning: Floats
    """(G, q)"""
    cluster: Integers
    """(G,) code in the sample."""
    names: tuple[str, ...]
    years: tuple[int, ...]
    after: Truths
    """(T,)"""
    units: int
    rows: int

    def only(self, kept: Integers) -> RegionPanel:
        """Return the panel of these regions, in this order."""
        arrays = {
            name: getattr(self, name)[kept] for name in ("outcome", "low", "high", "dose", "conditioning", "cluster")
        }
        return replace(self, **arrays, names=tuple(self.names[place] for place in kept))

    def backdated(self) -> RegionPanel:
        """Return the panel up to the last year before the start, which stands for the year after it."""
        places = np.flatnonzero(~self.after)
        arrays = {name: getattr(self, name)[:, places] for name in ("outcome", "low", "high")}
        years = tuple(self.years[place] for place in places)
        return replace(self, **arrays, years=years, after=np.arange(len(places)) == len(places) - 1)

    def adjusted(self) -> RegionPanel:
        """Return the panel without what conditions do in each year beside a straight line of the dose.

        Raises NotIdentified for too few regions, and where the dose is a straight line of the conditions.
        """
        count, wide = self.conditioning.shape
        if not wide:
            return self
        if count < wide + SPARE:
            message = f"{count} regions for {wide} conditions and a dose: {wide + SPARE} are needed"
            raise NotIdentified(message)
        centred = self.conditioning - self.conditioning.mean(axis=0)
        dose = self.dose - self.dose.mean()
        own = dose - centred @ np.linalg.lstsq(centred, dose, rcond=RANK)[0]
        if not own @ own > SEPARATE * (dose @ dose):
            message = (
                f"over {count} regions the dose is a straight line of its formula input: they cannot be told apart"
            )
            raise NotIdentified(message)
        change = self.outcome - self.outcome[:, ~self.after].mean(axis=1, keepdims=True)
        beside = np.column_stack([np.ones(count), dose, centred])
        moved = centred @ np.linalg.lstsq(beside, change, rcond=RANK)[0][2:]
        return replace(self, outcome=self.outcome - moved, low=self.low - moved, high=self.high - moved)

    def sample(self, pattern: Sample) -> Sample:
        """Return the panel as a sample of one row a region and year."""
        place, when = (codes.ravel() for codes in np.indices(self.outcome.shape))
        ones = np.ones(len(place))
        return replace(
            pattern,
            outcome=self.outcome.ravel(),
            outcome_low=self.low.ravel(),
            outcome_high=self.high.ravel(),
            unit=place,
            group=0 * place,
            period=np.array(self.years)[when],
            cluster=self.cluster[place],
            stratum=0 * place,
            dose=self.dose[place],
            entitlement=ones,
            conditioning=self.conditioning[place],
            weight=ones,
            offset=0 * ones,
            placebo_doses=(),
            recounted_doses=(),
            other_lines=None,
            mediator=None,
            unit_names=self.names,
        )


def region_panel(sample: Sample, window: Window) -> RegionPanel:
    """Return the paths of regions over the years up to the last baseline year and the outcome years."""
    last = max(window.baseline).start
    outcome_years = {year.start for year in window.outcome}
    years = tuple(int(one) for one in np.unique(sample.period) if one <= last or int(one) in outcome_years)
    rows = complete_rows(sample, years)
    codes, region = np.unique(sample.cluster[rows[:, 0]], return_inverse=True)
    weight = sample.weight[rows]
    total = _sums(region, weight)
    before = [place for place, year in enumerate(years) if year <= last]
    size = weight[:, before].mean(axis=1)

    def mean(values: Floats) -> Floats:
        return _sums(region, weight * values[rows]) / total

    def trait(values: Floats) -> Floats:
        own = values[rows][:, before].mean(axis=1)
        return _sums(region, size * own) / _sums(region, size)

    conditions = [trait(column) for column in sample.conditioning.T]
    return RegionPanel(
        outcome=mean(sample.outcome),
        low=mean(sample.outcome_low),
        high=mean(sample.outcome_high),
        dose=trait(sample.dose),
        conditioning=np.column_stack(conditions) if conditions else np.empty((len(codes), 0)),
        cluster=codes,
        names=tuple(sample.cluster_names[code] for code in codes),
        years=years,
        after=np.array([year in outcome_years for year in years]),
        units=len(np.unique(dense_codes(sample.unit, sample.group)[rows[:, 0]])),
        rows=rows.size,
    )


def _sums(region: Integers, values: Floats) -> Floats:
    """Return sums (G,) or (G, T) over the units (U,) of regions."""
    found = np.zeros((int(region.max()) + 1, *values.shape[1:]))
    np.add.at(found, region, values)
    return found
