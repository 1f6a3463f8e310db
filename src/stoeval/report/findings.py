"""What a number may be called: sentences in the words that its identification class allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.edition import for_reader

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun
    from stoeval.vocabulary import IdentificationClass

KINDS = {"A": "effect", "B": "effect", "C": "indication", "D": "association", "E": "development"}


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
    numbers = edition.wording.numbers
    shown = for_reader(row)
    key = f"{KINDS[strongest.value]}_{certainty(row, alpha)}"
    if row.waits:
        key = "waits_still" if row.ci_low <= 0 <= row.ci_high else "waits_moved"
    return edition.wording.say(
        f"finding.{key}",
        cause=edition.label(row.exposure),
        outcome=edition.label(row.outcome),
        estimate=numbers.estimate(shown.effect, shown.std_error),
        unit=edition.unit(row.unit),
        level=numbers.share(row.ci_level),
        interval=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error),
        mde=numbers.estimate(shown.mde, shown.std_error),
        p=numbers.p_value(row.p_value if row.p_adjusted is None else row.p_adjusted),
    )


def run_sentences(run: MeasuredRun, hypothesis: int, edition: Edition) -> tuple[str, ...]:
    """Say what the primary estimates of a hypothesis show at one measurement, and whether placebos hold."""
    alpha = run.measurement.alpha
    said = [finding_sentence(row, row.identification_class, alpha, edition) for row in run.primary(hypothesis)]
    if not said:
        said.append(edition.wording.say("finding.none"))
    placebos = [row for row in run.estimates if row.hypothesis == hypothesis and row.role == "placebo"]
    if placebos:
        moved = sum(certainty(row, alpha) != "unclear" for row in placebos)
        said.append(placebo_sentence(moved, len(placebos), edition))
    return tuple(said)


def placebo_sentence(moved: int, total: int, edition: Edition) -> str:
    """Say how many placebos moved that should not have."""
    wording = edition.wording
    if moved == 0:
        return wording.counted("finding.placebo_clean", total)
    text = wording.counted("finding.placebo_warning", moved, total=wording.numeral(total))
    return text[:1].upper() + text[1:]
