"""A count that a source may hide, as a closed interval of integers.

`<5` is [1, 4] and never 2 or 0; a shown count is an interval of one integer. Arithmetic on intervals
keeps every admissible value and no other. What totals tell about masked counts is in `propagation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import DisclosureError, PanelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.vocabulary import Floats, Integers

    Truths = NDArray[np.bool_]

LOWEST_MASKED = 1
HIGHEST_MASKED = 4
_SHOWN = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(\.[0-9]{3}){1,4}")
"""A whole number of at most fifteen digits; a longer one is no count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """How one source shows a count of 1 to 4."""

    symbols: tuple[str, ...] = ()
    fours_from: int | None = None
    """First school year in which the source shows every count of 1 to 4 as 4."""
    blank_is_zero: bool = False


OPEN = Masking()
DUO_FILE = Masking(symbols=("<5",))
"""The files on duo.nl; those published before 2021 show every count."""
DUO_API = Masking(symbols=("-1",), fours_from=2020)
"""The tables on onderwijsdata.duo.nl."""
STAFF_WORKBOOK = Masking(symbols=("*", "**", "x", "<5"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intervals:
    """Lowest and highest admissible value of each count, as two arrays of equal length."""

    low: Integers
    high: Integers

    def __post_init__(self) -> None:
        if self.low.shape != self.high.shape:
            message = (
                f"an interval needs two bounds; {self.low.shape} lowest and {self.high.shape} highest values given"
            )
            raise PanelError(message)
        wrong = np.flatnonzero(self.low > self.high)
        if wrong.size:
            first = int(wrong[0])
            message = (
                f"{wrong.size} intervals end before they begin; first at position {first}: "
                f"[{self.low[first]}, {self.high[first]}]; give the lowest value first"
            )
            raise PanelError(message)

    def __add__(self, other: Intervals) -> Intervals:
        """Return the interval of each sum."""
        return Intervals(low=self.low + other.low, high=self.high + other.high)

    def __sub__(self, other: Intervals) -> Intervals:
        """Return the interval of each difference of counts that vary freely."""
        return Intervals(low=self.low - other.high, high=self.high - other.low)

    @property
    def masked(self) -> int:
        """How many counts are not known exactly."""
        return int(np.count_nonzero(self.low < self.high))


def parse_counts(shown: pd.Series, masking: Masking, *, where: str, school_year: int | None = None) -> Intervals:
    """Read shown counts as intervals.

    `where` names file and column in errors. Raises PanelError at a text that is neither a whole number
    nor a symbol of this source, and at a blank unless the source means zero by it.
    """
    codes, texts = pd.factorize(shown.astype("string").fillna("").str.strip().to_numpy(dtype=object))
    bounds = [_bounds(str(text), masking, school_year) for text in texts]
    unread = {code for code, bound in enumerate(bounds) if bound is None}
    if unread:
        positions = np.flatnonzero(np.isin(codes, list(unread)))
        first = int(positions[0])
        message = (
            f"{where}: {positions.size} of {len(codes)} counts are neither a whole number nor one of "
            f"{list(masking.symbols)}; first is {texts[codes[first]]!r} in data row {first + 1}; "
            "give the file as DUO publishes it"
        )
        raise PanelError(message)
    table = np.array([bound for bound in bounds if bound is not None], dtype=np.int64).reshape(-1, 2)
    return Intervals(low=table[codes, 0], high=table[codes, 1])


def remask(counts: Intervals) -> Intervals:
    """Hide counts of 1 to 4 in years that show them, as the later years do.

    Apply to cells as published, before any sum.
    """
    small = (counts.low >= LOWEST_MASKED) & (counts.high <= HIGHEST_MASKED)
    return Intervals(
        low=np.where(small, LOWEST_MASKED, counts.low),
        high=np.where(small, HIGHEST_MASKED, counts.high),
    )


def sum_by(counts: Intervals, group: Integers, n_groups: int) -> Intervals:
    """Return the interval of the sum of each group; `group` numbers from 0."""
    low, high = np.zeros(n_groups, dtype=np.int64), np.zeros(n_groups, dtype=np.int64)
    np.add.at(low, group, counts.low)
    np.add.at(high, group, counts.high)
    return Intervals(low=low, high=high)


def share(part: Intervals, rest: Intervals) -> tuple[Floats, Floats]:
    """Return the sharp bounds of part / (part + rest), both free within their intervals.

    They are the extremes over all admissible counts of which the total is not zero. Raises PanelError
    where nobody can be there, since a share of nothing is no number.
    """
    _refuse_empty(part.high + rest.high)
    lowest, highest = part.low + rest.high, part.high + rest.low
    low = np.divide(part.low, lowest, out=np.ones(part.low.shape), where=lowest > 0)
    high = np.divide(part.high, highest, out=np.zeros(part.high.shape), where=highest > 0)
    return low, high


def share_within(part: Intervals, whole: Intervals) -> tuple[Floats, Floats]:
    """Return the sharp bounds of part / whole, where the part is inside the whole.

    Raises PanelError where nobody can be in the whole, and where the part cannot be inside it.
    """
    _refuse_empty(whole.high)
    part, whole = nested(part, whole)
    low = part.low / np.maximum(whole.high, 1)
    high = np.divide(part.high, whole.low, out=np.ones(part.high.shape), where=whole.low > 0)
    return low, np.where(part.high == 0, 0.0, np.minimum(high, 1.0))


def nested(part: Intervals, whole: Intervals) -> tuple[Intervals, Intervals]:
    """Return both counts with the bounds that follow from the part being inside the whole.

    Raises PanelError where every admissible part is larger than every admissible whole.
    """
    wrong = np.flatnonzero(part.low > whole.high)
    if wrong.size:
        message = (
            f"{wrong.size} parts are larger than their whole; first at position {wrong[0]}: at least "
            f"{part.low[wrong[0]]} of at most {whole.high[wrong[0]]}; correct the delivery"
        )
        raise PanelError(message)
    inside = Intervals(low=part.low, high=np.minimum(part.high, whole.high))
    return inside, Intervals(low=np.maximum(whole.low, part.low), high=whole.high)


def leaks(shown: Intervals, published: Intervals) -> Truths:
    """Return which counts would show more than was published: a masked count with narrower bounds.

    What totals tell about a masked count serves the estimation and never leaves in an output.
    """
    hidden = published.low < published.high
    return np.asarray(hidden & ((shown.low > published.low) | (shown.high < published.high)))


def release(shown: Intervals, published: Intervals, *, where: str) -> Intervals:
    """Return counts that may leave; raise DisclosureError where one shows more than was published."""
    found = np.flatnonzero(leaks(shown, published))
    if found.size:
        message = (
            f"{where}: {found.size} masked counts would show more than was published; first at position {found[0]}; "
            "give the published bounds"
        )
        raise DisclosureError(message)
    return shown


def _refuse_empty(most: Integers) -> None:
    empty = np.flatnonzero(most == 0)
    if empty.size:
        message = f"{empty.size} shares have a total of zero; first at position {empty[0]}; leave these rows out"
        raise PanelError(message)


def _bounds(text: str, masking: Masking, school_year: int | None) -> tuple[int, int] | None:
    if text in masking.symbols:
        return LOWEST_MASKED, HIGHEST_MASKED
    if not text:
        return (0, 0) if masking.blank_is_zero else None
    if not _SHOWN.fullmatch(text):
        return None
    count = int(text.replace(".", ""))
    hides = masking.fours_from is not None and school_year is not None and school_year >= masking.fours_from
    return (LOWEST_MASKED, HIGHEST_MASKED) if hides and count == HIGHEST_MASKED else (count, count)
