"""Units with a high and a low dose, made alike on what they were before: weights, contrasts and what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.dose_groups import dose_groups, refuse_one_region
from stoeval.designs.long_differences import refuse_repeated
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.entropy_balancing import entropy_balance
from stoeval.inference.leverage import effective_clusters
from stoeval.inference.matching import mahalanobis, nearest_neighbours

if TYPE_CHECKING:
    from stoeval.designs.dose_groups import Split
    from stoeval.inference.matching import Truths
    from stoeval.vocabulary import Floats, Integers, Sample, SchoolYear, Window


class Past(StrEnum):
    """What of the outcome before the start is made alike."""

    YEARS = "years"
    """Its level in every year."""
    MEAN_AND_TREND = "mean and trend"
    """Its mean and its straight line over the years, where the years are many for the units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How units are made alike."""

    neighbours: int
    """Zero where all low doses are weighted."""
    calliper: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """U units of two groups, observed in every year that is used."""

    rows: Integers
    """(U, T) position in the sample."""
    years: tuple[int, ...]
    outcome: Floats
    """(U, T)"""
    dose: Floats
    high: Truths
    weight: Floats
    """(U,) how much a unit counts, by its size before the start."""
    before: tuple[int, ...]
    """Years in which units are made alike."""
    past: Past
    beside: Floats
    """(U, q) what else is made alike."""
    beside_names: tuple[str, ...]
    cluster: Integers
    """(U,) code in the sample."""
    left_out: int
    """Units that miss a year or lie between the groups."""

    def changes(self, years: tuple[int, ...], reference: int) -> Floats:
        """Return the change (U, k) of the outcome to each year since the reference."""
        places = [self.years.index(year) for year in years]
        return np.asarray(self.outcome[:, places] - self.outcome[:, [self.years.index(reference)]])

    @property
    def characteristics(self) -> Floats:
        """Return what is made alike (U, q)."""
        past = self.outcome[:, [self.years.index(year) for year in self.before]]
        if self.past is Past.MEAN_AND_TREND and len(self.before) > 1:
            time = np.array(self.before) - np.mean(self.before)
            past = np.column_stack([past.mean(axis=1), past @ time / (time @ time)])
        return np.column_stack([past, self.beside])

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of what is made alike."""
        if self.past is Past.MEAN_AND_TREND and len(self.before) > 1:
            return ("mean before", "trend before", *self.beside_names)
        return (*map(str, self.before), *self.beside_names)

    def backdated(self) -> Units:
        """Return the units made alike on all years before but the last."""
        return replace(self, before=self.before[:-1])

    def without(self, cluster: int) -> Units:
        """Return the units outside one region."""
        return self.only(self.cluster != cluster)

    def only(self, kept: Truths) -> Units:
        """Return the units that are kept (U,)."""
        arrays = ("rows", "outcome", "dose", "high", "weight", "beside", "cluster")
        return replace(self, **{name: getattr(self, name)[kept] for name in arrays})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Balance:
    """What each unit weighs, and how alike the groups are by then."""

    weights: Floats
    """(U,) of high doses and of low doses each sum to one."""
    gap: float
    """Mean high dose less mean low dose, so weighted."""


def years_before(sample: Sample, window: Window) -> tuple[int, ...]:
    """Return the years up to the last of the baseline, in order."""
    return tuple(int(year) for year in np.unique(sample.period) if year <= max(window.baseline).start)


def units_of(  # noqa: PLR0913 - who is compared and on what
    sample: Sample,
    years: tuple[SchoolYear, ...],
    before: tuple[int, ...],
    *,
    split: Split,
    past: Past,
    conditioning: bool,
) -> Units:
    """Return the two groups of units observed in all years, and what they were in the years before.

    Raises NotIdentified where a dose moves within a unit, nobody is observed throughout, or a group is empty or in
    one region.
    """
    used = tuple(sorted({*before, *(year.start for year in years)}))
    rows = complete_rows(sample, used)
    dose = sample.dose[rows]
    if (dose != dose[:, :1]).any():
        message = f"the dose moves within {int((dose != dose[:, :1]).any(axis=1).sum())} units: no group is theirs"
        raise NotIdentified(message)
    high, low = dose_groups(dose[:, 0], split)
    earlier = rows[:, [used.index(year) for year in before]]
    size = sample.weight[earlier].mean(axis=1)
    columns, names = [np.log(size)[:, None]], ["size"]
    if conditioning:
        columns.append(sample.conditioning[earlier].mean(axis=1))
        names += [f"condition {number}" for number in range(1, sample.conditioning.shape[1] + 1)]
    everyone = len(np.unique(dense_codes(sample.unit, sample.group)))
    found = Units(
        rows=rows,
        years=used,
        outcome=sample.outcome[rows],
        dose=dose[:, 0],
        high=high,
        weight=size,
        before=before,
        past=past,
        beside=np.column_stack(columns),
        beside_names=tuple(names),
        cluster=sample.cluster[rows[:, 0]],
        left_out=everyone - int((high | low).sum()),
    ).only(high | low)
    refuse_one_region((found.high, ~found.high), found.cluster, len(sample.cluster_names))
    return found


def complete_rows(sample: Sample, years: tuple[int, ...]) -> Integers:
    """Return the rows (U, T) of the units that were observed in every year with a positive weight."""
    unit = dense_codes(sample.unit, sample.group)
    rows = np.full((int(unit.max()) + 1, len(years)), -1, dtype=np.int64)
    for place, year in enumerate(years):
        here = np.flatnonzero((sample.period == year) & (sample.weight > 0))
        refuse_repeated(unit[here], year)
        rows[unit[here], place] = here
    found = rows[(rows >= 0).all(axis=1)]
    if not len(found):
        message = f"no unit is observed in all of {', '.join(map(str, years))}"
        raise NotIdentified(message)
    return found


def balance(units: Units, likeness: Likeness) -> Balance:
    """Return weights that make low doses like high ones; high doses keep the weight of their size.

    Raises NotIdentified where there are none.
    """
    _refuse_set_apart(units)
    high, low = np.flatnonzero(units.high), np.flatnonzero(~units.high)
    weights = np.zeros(len(units.high))
    traits = units.characteristics
    reach = likeness.calliper
    if likeness.neighbours or reach is not None:
        distance = mahalanobis(traits[high], traits[low])
    if likeness.neighbours:
        found = nearest_neighbours(distance, likeness.neighbours, weights=units.weight[high], calliper=reach)
        weights[high], weights[low] = found.treated, found.others
    else:
        if reach is not None:
            high = high[_within(distance, reach)]
        weights[high] = units.weight[high] / units.weight[high].sum()
        means = weights[high] @ traits[high]
        weights[low] = entropy_balance(traits[low], means, units.weight[low]).weights
    gap = float(weights[units.high] @ units.dose[units.high] - weights[~units.high] @ units.dose[~units.high])
    return Balance(weights=weights, gap=gap)


def _refuse_set_apart(units: Units) -> None:
    """Name the characteristics in which low doses are all the same, and high doses are not."""
    high, low = units.characteristics[units.high], units.characteristics[~units.high]
    apart = (low == low[:1]).all(axis=0) & (high != low[:1]).any(axis=0)
    if apart.any():
        named = ", ".join(name for name, one in zip(units.names, apart, strict=True) if one)
        message = f"all {len(low)} low doses are the same in {named}, and high ones are not: nobody is comparable in it"
        raise NotIdentified(message)


def _within(distance: Floats, reach: float) -> Truths:
    near = distance.min(axis=1) <= reach
    if not near.any():
        message = (
            f"none of {len(near)} high doses lies within {reach} of a low one; the nearest at {distance.min():.4g}"
        )
        raise NotIdentified(message)
    return np.asarray(near)


def effects(units: Units, found: Balance, years: tuple[int, ...], reference: int) -> Floats:
    """Return the effect (k,) of one unit of dose on the change to each year."""
    signed = np.where(units.high, found.weights, -found.weights)
    return np.asarray(signed @ units.changes(years, reference) / found.gap)


def effects_without(units: Units, likeness: Likeness, years: tuple[int, ...], reference: int) -> Floats:
    """Return the effects (G, k) without each region, the weights estimated again."""
    found = []
    for cluster in np.unique(units.cluster):
        rest = units.without(int(cluster))
        found.append(effects(rest, balance(rest, likeness), years, reference))
    return np.array(found)


def standardised_differences(units: Units, weights: Floats) -> Floats:
    """Return the difference (q,) of weighted means between the groups, in standard deviations within them."""
    high, low = units.characteristics[units.high], units.characteristics[~units.high]
    plain = [np.average(part, axis=0, weights=units.weight[group]) for part, group in _groups(units, high, low)]
    spread = [
        np.average((part - mean) ** 2, axis=0, weights=units.weight[group])
        for (part, group), mean in zip(_groups(units, high, low), plain, strict=True)
    ]
    scale = np.sqrt((spread[0] + spread[1]) / 2)
    mean = [np.average(part, axis=0, weights=weights[group]) for part, group in _groups(units, high, low)]
    return np.divide(mean[0] - mean[1], scale, out=np.zeros(len(scale)), where=scale > 0)


def _groups(units: Units, high: Floats, low: Floats) -> tuple[tuple[Floats, Truths], tuple[Floats, Truths]]:
    return (high, units.high), (low, ~units.high)


def share_within_reach(units: Units) -> float:
    """Return the share of the weight of high doses that lies within the range of low ones in every characteristic."""
    high, low = units.characteristics[units.high], units.characteristics[~units.high]
    within = ((high >= low.min(axis=0)) & (high <= low.max(axis=0))).all(axis=1)
    return float(units.weight[units.high] @ within / units.weight[units.high].sum())


def equal_low_doses(units: Units, weights: Floats) -> float:
    """Return how many low doses of equal weight the comparison rests on."""
    return effective_clusters(weights[~units.high])
