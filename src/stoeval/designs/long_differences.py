"""Long differences: the mean of the outcome years less that of the baseline years, a unit a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.event_time import event_time
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Floats, Integers, Sample, Window


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongDifferences:
    """Rows of the units that were observed in every year that is used."""

    before: Integers
    """(U, baseline years) position in the sample."""
    after: Integers
    """(U, outcome years)"""

    @property
    def once(self) -> Integers:
        """Return one row (U,) of each unit, in the first of its baseline years."""
        return self.before[:, 0]

    def of(self, values: Floats) -> Floats:
        """Return the change (U,) of values (n,)."""
        return np.asarray(values[self.after].mean(axis=1) - values[self.before].mean(axis=1))

    def bounds(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return the lowest and highest change (U,) of values between low and high (n,)."""
        lowest = low[self.after].mean(axis=1) - high[self.before].mean(axis=1)
        return lowest, high[self.after].mean(axis=1) - low[self.before].mean(axis=1)


def long_differences(sample: Sample, window: Window, *, years_earlier: int = 0) -> LongDifferences:
    """Return the rows of a window, its outcome years taken some years earlier.

    Raises NotIdentified where a year is not observed, or no unit is observed in all of them.
    """
    event_time(sample.period, window)
    before = [year.start for year in window.baseline]
    after = [year.start - years_earlier for year in window.outcome]
    unit = dense_codes(sample.unit, sample.group)
    rows = _rows(unit, sample.period, [*before, *after])
    kept = rows[(rows >= 0).all(axis=1)]
    if not len(kept):
        message = f"no unit is observed in all of {', '.join(map(str, [*before, *after]))}"
        raise NotIdentified(message)
    return LongDifferences(before=kept[:, : len(before)], after=kept[:, len(before) :])


def _rows(unit: Integers, period: Integers, years: Sequence[int]) -> Integers:
    """Return the position (U, years) of each unit's row in each year, -1 where there is none."""
    rows = np.full((int(unit.max()) + 1, len(years)), -1, dtype=np.int64)
    for place, year in enumerate(years):
        here = np.flatnonzero(period == year)
        refuse_repeated(unit[here], year)
        rows[unit[here], place] = here
    return rows


def refuse_repeated(unit: Integers, year: int) -> None:
    """Raise NotIdentified where units (n,) stand in a year more than once."""
    repeated = len(unit) - len(np.unique(unit))
    if repeated:
        message = f"{repeated} rows of {year} repeat a unit; give one row for each unit, and group in it, and year"
        raise NotIdentified(message)
