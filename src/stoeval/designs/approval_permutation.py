"""Rounds dealt to other regions: the effect of every such deal, from sums by region.

Under the sharp null of no effect a unit would have had the same outcomes whatever its round, so the effect can be
computed for rounds that were never dealt. Only sums over the units of a region are needed. The statistic is the
effect over its standard error from squared influences by region, without a small-sample factor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.assignment import assignment
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.assignments import assignments
from stoeval.inference.randomization import tally

if TYPE_CHECKING:
    from stoeval.designs.approval_rounds import Cell, Paths
    from stoeval.designs.event_time import EventTime
    from stoeval.vocabulary import Floats, Integers, Robustness, Sample

DRAWS = 9_999
LEVEL = 0.95
"""Of the Monte-Carlo interval."""
TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundsByRegion:
    """Sums of G regions over their units, and which combination of years is the effect."""

    weight: tuple[Floats, ...]
    """(G,) for each cell, the weight of units observed in both its years."""
    change: tuple[Floats, ...]
    """(G,) for each cell, their weighted change."""
    first: Integers
    """(G,) first year of each region."""
    cells: tuple[tuple[Cell, float], ...]
    """Cells of the years of the effect, and the weight of their year in it."""

    @classmethod
    def of(cls, sample: Sample, found: Paths, path: EventTime, combination: Floats) -> RoundsByRegion:
        """Return the sums of a sample whose units have the rounds of their regions."""
        wanted = {year: float(weight) for year, weight in zip(path.years, combination, strict=True) if weight}
        cells = tuple((cell, wanted[cell.year]) for cell in found.cells(found.first) if cell.year in wanted)
        weights: list[Floats] = []
        changes: list[Floats] = []
        for cell, _ in cells:
            now, before = (found.row[:, np.searchsorted(found.years, year)] for year in (cell.year, cell.reference))
            weight = np.where((now >= 0) & (before >= 0), sample.weight[now], 0.0)
            weights.append(np.asarray(np.bincount(found.cluster, weight), dtype=np.float64))
            moved = weight * (sample.outcome[now] - sample.outcome[before])
            changes.append(np.asarray(np.bincount(found.cluster, moved), dtype=np.float64))
        regions = np.unique(found.cluster, return_index=True)[1]
        return cls(weight=tuple(weights), change=tuple(changes), first=found.first[regions], cells=cells)

    def effects(self, first: Integers) -> tuple[Floats, Floats]:
        """Return effects (B,) and standard errors (B,) if regions had these first years (B, G).

        A cell in which nobody is admitted or nobody waits adds nothing.
        """
        years: dict[int, list[tuple[Floats, Floats, Floats]]] = {}
        shares = {cell.year: share for cell, share in self.cells}
        for (cell, _), weight, change in zip(self.cells, self.weight, self.change, strict=True):
            years.setdefault(cell.year, []).append(_compared(cell, first, weight, change))
        effect, influence = np.zeros(len(first)), np.zeros(first.shape)
        for year, found in years.items():
            total = np.maximum(np.sum([weight for weight, _, _ in found], axis=0), TINY)
            for weight, value, own in found:
                effect += shares[year] * weight / total * value
                influence += (shares[year] * weight / total)[:, None] * own
        return effect, np.sqrt((influence**2).sum(axis=1))


def _compared(cell: Cell, first: Integers, weight: Floats, change: Floats) -> tuple[Floats, Floats, Floats]:
    """Return weight (B,), effect (B,) and influence (B, G) of a cell."""
    waiting = (first > cell.until) & (first != cell.first)
    value, influence, totals = np.zeros(len(first)), np.zeros(first.shape), []
    for members, sign in ((first == cell.first, 1.0), (waiting, -1.0)):
        total = np.maximum(members @ weight, TINY)
        mean = members @ change / total
        value += sign * mean
        influence += sign * members * (change - mean[:, None] * weight) / total[:, None]
        totals.append(total)
    there = (np.minimum(*totals) > TINY) * 1.0
    return there * totals[0], there * value, there[:, None] * influence


def permuted_rounds(
    found: Robustness, sample: Sample, rounds: RoundsByRegion, generator: np.random.Generator | None
) -> Robustness:
    """Return a second opinion whose permutation test deals the rounds to other regions within strata."""
    absent = [one for one in found.absent if one[0] != "permutation"]
    nothing = replace(found, permutation_p=None, permutation_p_low=None, permutation_p_high=None, permutation_method="")
    try:
        if generator is None:
            message = "no draws were asked for"
            raise NotIdentified(message)
        assigned = assignment(sample)
        if len(assigned.dose) != len(rounds.first):
            message = "rounds differ within regions, so that they were not dealt to regions"
            raise NotIdentified(message)
        blocks, enumerated = assignments(rounds.first.astype(np.float64), assigned.stratum, DRAWS, generator)
        drawn = np.concatenate([_ratio(rounds, block.astype(np.int64)) for block in blocks])
        sample_ratio = float(_ratio(rounds, rounds.first[None])[0])
        test = tally(sample_ratio, drawn, LEVEL, enumerated=enumerated)
    except EstimationError as error:
        return replace(nothing, absent=(*absent, ("permutation", str(error))))
    return replace(
        found,
        permutation_p=test.p_value,
        permutation_p_low=test.p_low,
        permutation_p_high=test.p_high,
        permutation_method=f"rounds of regions{assigned.words.removeprefix('doses of regions')}",
        absent=tuple(absent),
    )


def _ratio(rounds: RoundsByRegion, first: Integers) -> Floats:
    """Return effects (B,) over standard errors; a deal in which every region stands alone has none to speak of."""
    effect, error = rounds.effects(first)
    return np.divide(effect, error, out=np.zeros(len(effect)), where=error > 0)
