"""What a number may be called: sentences in the words that its identification class allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.wording import sentence
from stoeval.vocabulary import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun
    from stoeval.vocabulary import IdentificationClass

KINDS = {"A": "effect", "B": "effect", "C": "indication", "D": "association", "E": "development"}
AGAINST = {Direction.RISE: -1.0, Direction.NOT_LOWER: -1.0, Direction.FALL: 1.0}
"""The sign that contradicts an expected direction."""
FORMULA_INPUT, PLACEBO_DOSE = "formula input", "placebo dose"
CONTROLS = {"placebo": "placebo", "negative control": "control"}
"""Roles of links that should not move, and how their texts begin."""


def certainty(row: EstimateRow, alpha: float) -> str:
    """Return whether an estimate is clear, weak after adjustment, or unclear.

    Clear needs an interval without zero and, where there is one, an adjusted p-value below alpha.
    """
    if row.ci_low <= 0 <= row.ci_high:
        return "unclear"
    if row.p_adjusted is not None and row.p_adjusted >= alpha:
        return "weak"
    return "clear"


def finding_sentence(row: EstimateRow, strongest: IdentificationClass, alpha: float, edition: Edition) -> str:
    """Say what an estimate shows in the strongest words that a class allows, and no stronger."""
    numbers, shown = edition.wording.numbers, edition.shown(row)
    found = certainty(row, alpha)
    key = f"{KINDS[strongest.value]}_{found}"
    if row.waits:
        key = "waits_still" if found == "unclear" else "waits_moved"
    detectable, comes_to = edition.detectable(row)
    said = edition.wording.say(
        f"finding.{key}",
        cause=edition.label(row.exposure),
        outcome=edition.label(row.outcome),
        place=edition.place(row),
        estimate=numbers.estimate(shown.effect, shown.std_error),
        unit=edition.unit(row),
        level=numbers.share(row.ci_level),
        interval=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error),
        mde=f"{detectable} ({comes_to})" if comes_to else detectable,
        p=numbers.p_value(row.p_value if row.p_adjusted is None else row.p_adjusted),
    )
    if found == "unclear" or row.effect * AGAINST.get(row.expected, 0.0) <= 0:
        return said
    expected = edition.wording.name("direction", row.expected.value)
    return f"{said} {edition.wording.say('finding.against', direction=expected)}"


def run_sentences(run: MeasuredRun, hypothesis: int, edition: Edition) -> tuple[str, ...]:
    """Say what the primary estimates of a hypothesis show at one measurement, and whether placebos hold."""
    alpha, rows = run.measurement.alpha, run.primary(hypothesis)
    if not rows:
        return (edition.wording.say("finding.none"),)
    said = [finding_sentence(row, row.identification_class, alpha, edition) for row in rows]
    return (*said, *_doubts(run, hypothesis, rows, edition))


def further_sentences(run: MeasuredRun, hypothesis: int, edition: Edition) -> tuple[str, ...]:
    """Say what the estimates that decide nothing show at one measurement, and whether placebos hold."""
    rows = [row for row in run.further(hypothesis) if row.role not in CONTROLS]
    said = []
    for row in rows:
        words = finding_sentence(row, row.identification_class, run.measurement.alpha, edition)
        naive = run.failed(row, FORMULA_INPUT)
        said.append(f"{words} {edition.wording.say('finding.naive')}" if naive else words)
    return (*said, *_doubts(run, hypothesis, rows, edition))


def _doubts(run: MeasuredRun, hypothesis: int, rows: Sequence[EstimateRow], edition: Edition) -> list[str]:
    """Say whether placebos in time and negative controls moved, and placebo doses beside these estimates."""
    said = []
    for role, key in CONTROLS.items():
        still = [row for row in run.estimates if row.hypothesis == hypothesis and row.role == role]
        if still:
            moved = sum(certainty(row, run.measurement.alpha) != "unclear" for row in still)
            said.append(control_sentence(key, moved, len(still), edition))
    dosed = [row for row in rows if any(one.check.startswith(PLACEBO_DOSE) for one in run.checks_of(row))]
    moved = sum(run.failed(row, PLACEBO_DOSE) for row in dosed)
    if moved:
        said.append(_of_how_many("finding.placebo_dose", moved, len(dosed), edition))
    return said


def control_sentence(key: str, moved: int, total: int, edition: Edition) -> str:
    """Say how many placebos in time, or negative controls, moved that should not have."""
    if moved == 0:
        return edition.wording.counted(f"finding.{key}_clean", total)
    return _of_how_many(f"finding.{key}_warning", moved, total, edition)


def _of_how_many(key: str, count: int, total: int, edition: Edition) -> str:
    """Say that this many of a total did something; a total of one has its own text."""
    wording = edition.wording
    if total == 1:
        return wording.say(f"{key}_only")
    return sentence(wording.counted(key, count, total=wording.numeral(total)))
