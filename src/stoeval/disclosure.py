"""The last gate: no report on numbers that rest on a handful of schools.

Two rules of thumb of official statistics, both on counts that stand in every run: at least ten units behind
an estimate, and at least ten degrees of freedom (ESSnet guidelines for output checking; the defaults of the
checker ACRO). The rules of Remote Access at CBS go further; this gate does not replace the check there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.errors import DisclosureError
from stoeval.vocabulary import FEWEST_UNITS

if TYPE_CHECKING:
    from stoeval.runs.read import StoredRun

FEWEST_DEGREES_OF_FREEDOM = 10


def violations(stored: StoredRun) -> tuple[str, ...]:
    """Return every estimate of a run that rests on too little to be shown."""
    rows = stored.estimates
    found = [
        (rows["n_units"] < FEWEST_UNITS, "n_units", FEWEST_UNITS),
        (rows["n_clusters"] - 1 < FEWEST_DEGREES_OF_FREEDOM, "n_clusters", FEWEST_DEGREES_OF_FREEDOM + 1),
    ]
    return tuple(
        f"H{row['hypothesis']} {row['link']}: {column} is {row[column]}, at least {fewest} are needed"
        for few, column, fewest in found
        for _, row in rows[few].iterrows()
    )


def release(stored: StoredRun) -> None:
    """Let a run pass, or raise DisclosureError with every estimate that may not be shown."""
    found = violations(stored)
    if found:
        lines = "\n".join(f"  {line}" for line in found)
        message = (
            f"{len(found)} estimates in {stored.path.name} rest on too few schools or regions to be shown\n{lines}\n"
            "widen the population or drop the link before reporting"
        )
        raise DisclosureError(message)
