"""Effects by approval round and year: who is compared with whom, as a stack of rows and by region.

A cell is one round in one year. It compares the change since a reference year of the units admitted in that round
with that of units that had not been admitted by then (Callaway and Sant'Anna 2021, Journal of Econometrics 225(2)).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stoeval.vocabulary import Floats, Integers, Sample, SchoolYear, Window

NEVER = 1 << 40
"""First year of who is never admitted: beyond every year, and exact as a double."""


class Reference(StrEnum):
    """The year that a year is compared with."""

    BASELINE = "baseline"
    """The last year of the baseline, for every round."""
    LAST_UNTREATED = "last untreated"
    """The last year before the round, as Callaway and Sant'Anna take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One round in one year, against a reference year."""

    first: int
    """The first year of the units that were admitted."""
    year: int
    reference: int
    until: int
    """Who was not admitted by this year is compared with."""

    def compared(self, first: Integers) -> tuple[Integers, Integers]:
        """Return the positions of units (n,) in the round, and of those who still waited."""
        waiting = first > self.until
        return np.flatnonzero(first == self.first), np.flatnonzero(waiting & (first != self.first))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stack:
    """Rows of all cells below each other: a unit in two years for each cell that it stands in."""

    cells: tuple[Cell, ...]
    rows: Integers
    """(s,) position in the sample."""
    cell: Integers
    """(s,) position in `cells`."""
    treated: Floats
    """(s,) one for the rows of admitted units in the year of the cell."""
    weight: Floats
    """(cells,) total weight of the admitted units."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """Outcomes and weights of U units in T years, absent where a unit was not observed."""

    years: Integers
    row: Integers
    """(U, T) position in the sample; -1 where there is none."""
    first: Integers
    """(U,) first year of each unit."""
    cluster: Integers
    """(U,) dense code."""
    baseline: int
    """Last year of the baseline."""
    last: int
    """Last year of the window."""
    reference: Reference

    def zero(self, first: Integers) -> int:
        """Return the year at which the path is zero, for first years (n,)."""
        start = first[first > max(self.baseline, self.years[0])].min(initial=NEVER)
        return self.baseline if self.reference is Reference.BASELINE else int(self.years[self.years < start].max())

    def cells(self, first: Integers) -> Iterator[Cell]:
        """Yield the cells that the path is made of, for first years (n,).

        From a round on its units are compared with those not yet admitted in that year. Before the first round the
        comparison is with those who waited the whole window, so that a pre-trend is one between the same units.
        Rounds of the baseline or earlier have no year to be compared with; those after the window only wait.
        """
        zero = self.zero(first)
        rounds = [int(one) for one in np.unique(first) if max(self.baseline, self.years[0]) < one <= self.last]
        for admitted in rounds:
            earlier = int(self.years[self.years < admitted].max())
            against = self.baseline if self.reference is Reference.BASELINE else earlier
            for year in (int(one) for one in self.years):
                if (year >= admitted or year < rounds[0]) and year not in {against, zero}:
                    until = year if year >= admitted else self.last
                    yield Cell(first=admitted, year=year, reference=against, until=until)


def first_years(dose: Floats, rounds: Sequence[SchoolYear]) -> Integers:
    """Return the first year (n,) of each row's round; without rounds the dose is that year, zero for never."""
    codes = dose.astype(np.int64)
    if not rounds:
        return np.where(codes == 0, NEVER, codes)
    unknown = int((~np.isin(dose, np.arange(1, len(rounds) + 1))).sum())
    if unknown:
        message = f"{unknown} rows have a round that is not one of 1 to {len(rounds)}"
        raise NotIdentified(message)
    return np.array([year.start for year in rounds])[codes - 1]


def paths(sample: Sample, first: Integers, *, window: Window, reference: Reference) -> Paths:
    """Return the rows of a sample by unit and year; `first` (n,) is the first year of each row's unit."""
    unit, years = dense_codes(sample.unit), np.unique(sample.period)
    row = np.full((int(unit.max()) + 1, len(years)), -1, dtype=np.int64)
    row[unit, np.searchsorted(years, sample.period)] = np.arange(len(unit))
    if (row >= 0).sum() != len(unit):
        message = f"{len(unit) - int((row >= 0).sum())} rows repeat a unit and year; give one row for each"
        raise NotIdentified(message)
    one = row.max(axis=1)
    return Paths(
        years=years,
        row=row,
        first=first[one],
        cluster=dense_codes(sample.cluster)[one],
        baseline=max(window.baseline).start,
        last=max(window.outcome).start,
        reference=reference,
    )


def stack(sample: Sample, found: Paths) -> Stack:
    """Put the comparisons of cells below each other, leaving out cells without a comparison."""
    kept: list[Cell] = []
    rows, codes, treated, weights = [], [], [], []
    for cell in found.cells(found.first):
        now, before = (found.row[:, np.searchsorted(found.years, year)] for year in (cell.year, cell.reference))
        observed = (now >= 0) & (before >= 0)
        admitted, waiting = (members[observed[members]] for members in cell.compared(found.first))
        if not len(admitted) or not len(waiting):
            continue
        members = np.concatenate([admitted, waiting])
        own = np.concatenate([np.ones(len(admitted)), np.zeros(len(waiting))])
        rows.append(np.concatenate([now[members], before[members]]))
        treated.append(np.concatenate([own, 0 * own]))
        codes.append(np.full(2 * len(members), len(kept)))
        weights.append(float(sample.weight[now[admitted]].sum()))
        kept.append(cell)
    if not kept:
        message = "no round has units that were not admitted yet to be compared with"
        raise NotIdentified(message)
    return Stack(
        cells=tuple(kept),
        rows=np.concatenate(rows),
        cell=np.concatenate(codes),
        treated=np.concatenate(treated),
        weight=np.array(weights),
    )


def year_columns(found: Stack, years: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return the columns (s, years) of the mean effect in each year, and those (s, q) of what rounds deviate.

    The mean over the rounds of a year is by their weights, so that its coefficient is the aggregated effect.
    """
    means, deviations = np.zeros((len(found.rows), len(years))), []
    for place, year in enumerate(years):
        members = [number for number, cell in enumerate(found.cells) if cell.year == year]
        columns = [found.treated * (found.cell == number) for number in members]
        means[:, place] = np.sum(columns, axis=0)
        for number, column in zip(members[1:], columns[1:], strict=True):
            share = found.weight[number] / found.weight[members[0]]
            deviations.append(column - share * columns[0])
    return means, np.column_stack(deviations) if deviations else np.empty((len(found.rows), 0))
