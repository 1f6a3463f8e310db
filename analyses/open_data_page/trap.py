"""The part of the page on the trap: one table of count year by exam year, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_data_page.numbers import interval, numbered, probability

if TYPE_CHECKING:
    from open_data_page.recounts import Recounts

    from stoeval.inference.clustering import Contrast

PAID = 2017
"""The count on which the money of 2018 was paid."""


def trap(found: Recounts) -> str:
    """Return the section on the moving dose."""
    years = found.exam_years
    head = ["count of 1 October", *map(str, years), "peak"]
    lines = [head, ["---"] * len(head)]
    for count, path in found.paths.items():
        cells = [_cell(path.get(year), peak=year == found.peak(count)) for year in years]
        lines.append([f"{count}{' (paid on)' if count == PAID else ''}", *cells, str(found.peak(count))])
    errors = [numbered(found.errors[year]) if year in found.errors else "" for year in years]
    lines.append([f"*standard error, {PAID}*", *errors, ""])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join([HEADING, QUESTION, table, _answer(found)])


HEADING = "## The trap: a peak that moves with the count"
QUESTION = (
    "The money followed the number of technical pupils at a count, so the dose is itself a measurement of the "
    "outcome, with the noise of that year. Below the dose is rebuilt from every public count, and the technical share "
    "of exam candidates is followed on each, by exam year, per EUR 1,000 a pupil, schools of equal weight, 2018 as the "
    "reference, nothing beside it. Read alone, the row of the count that was paid on is an effect of money that turns "
    "negative. A programme that works would move the outcome in the same years whatever count the dose is built from."
)


def _answer(found: Recounts) -> str:
    moved = "moves with" if found.alone.p_value < found.level else "does not move with"
    beside = "still moves" if found.beside_input.p_value < found.level else "can no longer be told to move"
    return (
        f"The peak {moved} the count. A count one year nearer to the exam goes with {_contrast(found.alone)} more of "
        f"the share per EUR 1,000, beside the dose that was paid and the mean of all counts in every year. With the "
        f"input of the formula beside it, recounted too, the path {beside}: {_contrast(found.beside_input)}. The test "
        "and its error rates are in [decision 20](../decisions/0020-moving-dose-test.md); that the sign turns with "
        "the year from which the share is taken is in `tests/reference/test_mean_reversion.py`."
    )


def _contrast(found: Contrast) -> str:
    return f"{numbered(found.effect)} {interval(found.ci_low, found.ci_high)} (p {probability(found.p_value)})"


def _cell(value: float | None, *, peak: bool) -> str:
    text = "0" if value is None else f"{value:.3f}".replace("0.", ".")
    return f"**{text}**" if peak else text
