"""Numbers as the page prints them: three significant digits, no more than the data carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoeval.vocabulary import SchoolYear

LEAST = 0.001


def numbered(value: float) -> str:
    """Return a number with three significant digits and no exponent, empty where there is none."""
    if math.isnan(value) or value == 0:
        return "" if math.isnan(value) else "0"
    digits = max(0, 2 - _order(abs(value)))
    return f"{value:.{digits}f}".replace("-0.", "-.").removeprefix("0") if abs(value) < 1 else f"{value:.{digits}f}"


def _order(size: float) -> int:
    """Return the power of ten of a positive number."""
    return int(f"{size:e}".partition("e")[2])


def interval(low: float, high: float) -> str:
    """Return an interval, empty where it has no ends."""
    return "" if math.isnan(low) or math.isnan(high) else f"[{numbered(low)}, {numbered(high)}]"


def probability(value: float) -> str:
    """Return a p-value with three decimals, empty where there is none."""
    if math.isnan(value):
        return ""
    return f"< {LEAST}".replace("0.", ".") if value < LEAST else f"{value:.3f}".removeprefix("0")


def school_years(years: Iterable[SchoolYear]) -> str:
    """Return school years in words."""
    return " and ".join(map(str, years))
