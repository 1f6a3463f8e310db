"""Eras: the periods in which a dose may have an effect of its own, beside those in which it is the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.event_time import EventTime, event_time

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers, Window


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Eras:
    """Which rows lie in which era; those of the reference lie in none."""

    names: tuple[str, ...]
    member: Floats
    """(n, k) one where a row lies in an era"""
    combination: Floats
    """(k,) weights of the eras in the effect over the window"""
    before: tuple[int, ...]
    """Positions of the eras before the baseline."""
    years: EventTime | None
    """The years, where each is an era of its own."""

    def times(self, values: Floats) -> Floats:
        """Return values (n,) or (n, q) times each era, as columns (n, k * q)."""
        wide = values.reshape(len(self.member), -1)
        return (self.member[:, :, None] * wide[:, None, :]).reshape(len(self.member), -1)


def yearly(period: Integers, window: Window) -> Eras:
    """Return every year but the last of the baseline as an era of its own."""
    years = event_time(period, window)
    return Eras(
        names=tuple(map(str, years.years)),
        member=np.column_stack([period == year for year in years.years]).astype(np.float64),
        combination=years.combination(window),
        before=tuple(years.before),
        years=years,
    )


def pooled(period: Integers, window: Window) -> Eras:
    """Return the years before the baseline, those between, the outcome years and those after as one era each."""
    event_time(period, window)
    baseline, outcome = ([year.start for year in years] for years in (window.baseline, window.outcome))
    inside = np.isin(period, outcome)
    beside = ~np.isin(period, baseline) & ~inside
    found = {
        "before the baseline": beside & (period < max(baseline)),
        "between baseline and outcome": beside & (period > max(baseline)) & (period < max(outcome)),
        "outcome years": inside,
        "after the outcome": beside & (period > max(outcome)),
    }
    seen = {name: rows for name, rows in found.items() if rows.any()}
    names = tuple(seen)
    return Eras(
        names=names,
        member=np.column_stack(list(seen.values())).astype(np.float64),
        combination=np.array([float(name == "outcome years") for name in names]),
        before=tuple(place for place, name in enumerate(names) if name == "before the baseline"),
        years=None,
    )
