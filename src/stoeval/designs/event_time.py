"""Event time: an exposure times each year except the reference, and the window as a combination of years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTime:
    """The years of a sample around a reference year, the last of the baseline."""

    reference: int
    years: tuple[int, ...]
    """Observed years except the reference, in order."""

    @property
    def before(self) -> list[int]:
        """Positions of the years before the reference."""
        return [position for position, year in enumerate(self.years) if year < self.reference]

    def columns(self, values: Floats, period: Integers) -> Floats:
        """Return values (n,) or (n, q) times each year, as columns (n, years * q)."""
        wide = values.reshape(len(period), -1)
        return np.column_stack([wide * (period == year)[:, None] for year in self.years])

    def combination(self, window: Window) -> Floats:
        """Return weights (years,) that take the mean of the outcome years minus that of the baseline years."""
        weights = np.zeros(len(self.years))
        for years, sign in ((window.outcome, 1.0), (window.baseline, -1.0)):
            for year in years:
                if year.start in self.years:
                    weights[self.years.index(year.start)] += sign / len(years)
        return weights


def event_time(period: Integers, window: Window) -> EventTime:
    """Return the event time of a sample; every year of the window has to be observed."""
    observed = {int(year) for year in np.unique(period)}
    missing = [str(year) for year in (*window.baseline, *window.outcome) if year.start not in observed]
    if missing:
        message = f"{len(missing)} years of the window are not observed: {', '.join(missing)}"
        raise NotIdentified(message)
    reference = max(window.baseline).start
    return EventTime(reference=reference, years=tuple(sorted(observed - {reference})))
