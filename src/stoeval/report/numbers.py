"""Numbers as a reader sees them: the only place where anything is rounded."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stoeval.errors import EstimationError

MINUS = "\N{MINUS SIGN}"
INFINITY = "\N{INFINITY}"
MOST_DECIMALS = 8
SMALLEST_P = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """How one language writes a number."""

    decimal: str
    thousands: str
    interval_separator: str
    percent: str

    def fixed(self, value: float, decimals: int) -> str:
        """Write a number with this many decimals, a true minus sign and no negative zero."""
        if math.isnan(value):
            message = "cannot print a number that is not there; leave the cell empty where the run has no value"
            raise EstimationError(message)
        if math.isinf(value):
            return INFINITY if value > 0 else MINUS + INFINITY
        plain = f"{abs(value):,.{decimals}f}"
        sign = MINUS if value < 0 and plain.strip("0,.") else ""
        return sign + plain.translate(str.maketrans(",.", self.thousands + self.decimal))

    def estimate(self, value: float, std_error: float) -> str:
        """Write an estimate as precisely as its standard error deserves."""
        return self.fixed(value, decimals_for(std_error))

    def interval(self, low: float, high: float, std_error: float) -> str:
        """Write an interval, such as [0,03; 0,21]."""
        decimals = decimals_for(std_error)
        return f"[{self.fixed(low, decimals)}{self.interval_separator}{self.fixed(high, decimals)}]"

    def p_value(self, value: float) -> str:
        """Write a p-value with three decimals, or that it is below the smallest of those."""
        if value < SMALLEST_P:
            return f"< {self.fixed(SMALLEST_P, 3)}"
        return self.fixed(value, 3)

    def p_relation(self, value: float) -> str:
        """Write what stands after p, such as "= 0,017" or "< 0,001"."""
        return self.p_value(value) if value < SMALLEST_P else f"= {self.p_value(value)}"

    def significant(self, value: float, digits: int = 3) -> str:
        """Write a number with this many significant digits."""
        return self.fixed(value, decimals_for(abs(value), digits))

    def plain(self, value: float) -> str:
        """Write a set number, such as a threshold, without needless zeros."""
        decimals = next((one for one in range(MOST_DECIMALS) if math.isclose(round(value, one), value)), MOST_DECIMALS)
        return self.fixed(value, decimals)

    def count(self, value: int) -> str:
        """Write a count with thousands apart."""
        return self.fixed(value, 0)

    def share(self, value: float) -> str:
        """Write a share as a percentage without needless zeros."""
        return self.plain(value * 100) + self.percent


def decimals_for(std_error: float, digits: int = 2) -> int:
    """Return how many decimals show this many significant digits of a standard error."""
    if not math.isfinite(std_error) or std_error <= 0:
        return 3
    return min(MOST_DECIMALS, max(0, digits - 1 - math.floor(math.log10(std_error))))
