"""From stored runs and a catalogue to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.diagnosis.characteristics import read_characteristics
from stoeval.report.account import method
from stoeval.report.across import across
from stoeval.report.chapters import chapter
from stoeval.report.edition import Edition
from stoeval.report.minutes import banners, minutes
from stoeval.report.model import Report
from stoeval.report.operating import operating
from stoeval.report.overview import untreated, verdict_table
from stoeval.report.paths import coefficient_figure
from stoeval.report.stored import read_runs
from stoeval.report.where import where
from stoeval.report.wording import load_wording, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.diagnosis.characteristics import OperatingCharacteristic
    from stoeval.report.wording import Wording
    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Catalogue


def build_report(
    runs: Sequence[StoredRun],
    catalogue: Catalogue,
    language: str,
    characteristics: tuple[OperatingCharacteristic, ...] | None = None,
) -> Report:
    """Build the report of one or more measurements in one language, `nl` or `en`.

    `characteristics` are those of the decision rule; by default those that come with the package.

    Raises
    ------
    StoevalError
        If the language is unknown.
    CatalogueError
        If there is no run, or a run does not belong to this catalogue.
    VerificationError
        If a run cannot be read.
    """
    wording = load_wording(language)
    known = read_characteristics() if characteristics is None else characteristics
    measured = read_runs(runs, catalogue)
    edition = Edition(wording=wording, catalogue=catalogue, runs=measured, characteristics=known)
    hypotheses = sorted(catalogue.hypotheses, key=lambda one: one.number)
    return Report(
        language=language,
        numbers=wording.numbers,
        labels=_labels(wording),
        title=sentence(wording.counted("report.title", len(hypotheses))),
        subtitle=tuple(_window(edition, position) for position in range(len(edition.runs))),
        about=wording.lines("report.about"),
        banners=banners(edition),
        minutes=minutes(edition),
        verdicts=verdict_table(edition),
        coefficients=coefficient_figure(edition),
        untreated=untreated(edition),
        across=(*across(edition), *where(edition), operating(edition)),
        chapters=tuple(chapter(hypothesis, edition) for hypothesis in hypotheses),
        method=method(edition),
    )


def _labels(wording: Wording) -> dict[str, str]:
    """Return the fixed words of the page."""
    own = {"across_intro": wording.say("across.intro")}
    return {**_words(wording.texts["label"]), **_words(wording.texts["heading"]), **own}


def _words(group: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in group.items()}


def _window(edition: Edition, position: int) -> str:
    run = edition.runs[position]
    window = edition.window(run, None)
    return edition.wording.say(
        "report.windows",
        measurement=edition.measurement(run),
        outcome=edition.years(window.outcome),
        baseline=edition.years(window.baseline),
    )
