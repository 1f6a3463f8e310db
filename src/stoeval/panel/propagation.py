"""What totals tell about masked counts: integer constraint propagation over sums of cells.

Each sum says that its parts add up to its total. A total lies within the sum of the bounds of its parts, and a
part within its total less the bounds of the other parts; both are applied until nothing moves. Where the sums
form a tree (no two cells meet in two ways, as with one level of totals or totals of totals) every value that is
left can occur and the bounds are sharp. In a table with totals on both sides they contain every value that can
occur and may contain others: an outer bound.

A masked count that follows from its totals is a point for the estimation. It is disclosive and never leaves in
an output: outputs show `published`, and `masking.release` refuses anything narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import PanelError
from stoeval.panel.masking import Intervals, sum_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.panel.masking import Truths
    from stoeval.vocabulary import Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """Which cells add up to which: `part[i]` is a part of sum `of[i]`, and `total[s]` is the total of sum s."""

    total: Integers
    part: Integers
    of: Integers

    @classmethod
    def listed(cls, sums: Sequence[tuple[int, Sequence[int]]]) -> Sums:
        """Return sums given as total and parts, each cell by its position."""
        return cls(
            total=np.array([total for total, _ in sums], dtype=np.int64),
            part=np.array([part for _, parts in sums for part in parts], dtype=np.int64),
            of=np.array([number for number, (_, parts) in enumerate(sums) for _ in parts], dtype=np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tightened:
    """Counts as published, for outputs, and with what totals tell about them, for the estimation alone."""

    published: Intervals
    inside: Intervals

    @property
    def disclosive(self) -> Truths:
        """Which masked counts follow exactly from their totals."""
        return np.asarray((self.published.low < self.published.high) & (self.inside.low == self.inside.high))


def propagate(cells: Intervals, sums: Sums, *, where: str) -> Tightened:
    """Tighten masked cells by the totals they add up to.

    `where` names the table in errors. Raises PanelError where cells cannot add up to their total.
    """
    low, high = cells.low.copy(), cells.high.copy()
    while True:
        before = low.copy(), high.copy()
        _tighten(low, high, sums)
        if (low > high).any():
            raise PanelError(_contradiction(cells, sums, low > high, where))
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            return Tightened(published=cells, inside=Intervals(low=low, high=high))


def _tighten(low: Integers, high: Integers, sums: Sums) -> None:
    """Apply every sum once, in place, both ways."""
    parts = sum_by(Intervals(low=low[sums.part], high=high[sums.part]), sums.of, len(sums.total))
    others_low, others_high = parts.low[sums.of] - low[sums.part], parts.high[sums.of] - high[sums.part]
    lowest, highest = low[sums.total][sums.of] - others_high, high[sums.total][sums.of] - others_low
    np.maximum.at(low, sums.total, parts.low)
    np.minimum.at(high, sums.total, parts.high)
    np.maximum.at(low, sums.part, lowest)
    np.minimum.at(high, sums.part, highest)


def _contradiction(cells: Intervals, sums: Sums, wrong: Truths, where: str) -> str:
    touched = np.union1d(np.flatnonzero(wrong[sums.total]), sums.of[wrong[sums.part]])
    first = int(touched[0])
    parts = sums.part[sums.of == first]
    total = int(sums.total[first])
    return (
        f"{where}: {len(touched)} sums have cells that cannot add up to their total; first sum {first}: parts from "
        f"{cells.low[parts].sum()} to {cells.high[parts].sum()}, total from {cells.low[total]} to {cells.high[total]}; "
        "correct the delivery or leave these totals out"
    )
