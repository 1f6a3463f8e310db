"""The reader's units: percentage points, euros and doses of EUR 100, made from what a run stores."""

from __future__ import annotations

OUTCOMES = {"share": 100.0, "EUR 1,000": 1000.0}
"""Shares are read as percentages, their differences as percentage points, and thousands of euros as euros."""
DOSES = {
    "per EUR 1,000 per pupil": 0.1,
    "per EUR 1,000 per pupil and year of exposure": 0.1,
    "per EUR 1,000 per technical pupil and year": 0.001,
}
"""Estimates are read per EUR 100 a pupil: what one line of activity costs, and what regions differ by.

Money spent for money received is read euro for euro.
"""
CAUSES = {"share": 0.01, "EUR 1,000": 0.1}
"""A cause that is itself an indicator is read per percentage point, or per EUR 100."""
LOG_POINTS = "log points"


def split_unit(unit: str) -> tuple[str, str]:
    """Return the unit of the outcome and that of the exposure, empty where there is none."""
    outcome, apart, exposure = unit.partition(" per ")
    return outcome, f"per {exposure}" if apart else ""


def reading_scale(unit: str, cause: str) -> float:
    """Return what turns a number in a stored unit into the reader's; `cause` is the unit of a causing indicator."""
    outcome, exposure = split_unit(unit)
    return OUTCOMES.get(outcome, 1.0) * DOSES.get(exposure, 1.0) * CAUSES.get(cause, 1.0)
