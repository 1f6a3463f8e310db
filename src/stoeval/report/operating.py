"""How often the decision rule is wrong, and how often it sees what is there, beside the verdicts it gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.diagnosis.characteristics import COVERAGE, FAMILY, SEEN
from stoeval.report.grids import grid
from stoeval.report.model import Because, Cell, Passage, Row, Text
from stoeval.vocabulary import Conclusion, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoeval.diagnosis.characteristics import OperatingCharacteristic
    from stoeval.report.edition import Edition
    from stoeval.report.stored import MeasuredRun

FAVOURABLE = {Phase.INTERIM: Conclusion.ON_COURSE, Phase.FINAL: Conclusion.SUPPORTED}


def beside(hypothesis: int, edition: Edition) -> tuple[Because, ...]:
    """Return how often a hypothesis would get a favourable verdict without any effect, by measurement."""
    found = []
    for run in edition.runs:
        one = _one(_of(run, hypothesis, 0.0, edition), FAVOURABLE[run.measurement.phase])
        if one:
            words = edition.wording.say("across.operating_beside", **_words(one, edition))
            found.append(Because(measurement=edition.measurement(run), reasons=(Text(words=words),)))
    return tuple(found)


def operating(edition: Edition) -> Passage:
    """Return the passage on the decision rule, also where nobody simulated it for this catalogue."""
    say, wording = edition.wording.say, edition.wording
    said, rows = [say("across.operating")], []
    for run in edition.runs:
        favourable = FAVOURABLE[run.measurement.phase]
        family = _one(_of(run, FAMILY, 0.0, edition), favourable)
        if family:
            name = wording.name("conclusion", favourable.value)
            said.append(say("across.operating_family", conclusion=edition.quoted(name), **_words(family, edition)))
        rows.append((run, [_row(run, number, size, edition) for number, size in _asked(run, edition)]))
    if not any(found for _, found in rows):
        return Passage(heading=say("heading.operating"), paragraphs=(said[0], say("across.operating_unknown")))
    names = ("hypothesis", "size", "wrong", "seen", "covers")
    table = grid("operating", names, rows, edition)
    return Passage(heading=say("heading.operating"), paragraphs=tuple(said), tables=(table,))


def _asked(run: MeasuredRun, edition: Edition) -> list[tuple[int, float]]:
    """Return every hypothesis and size of effect that was simulated."""
    known = {one.number for one in edition.catalogue.hypotheses}
    asked = (run.measurement.name, run.facts.catalogue_sha256)
    found = {
        (one.hypothesis, one.multiple)
        for one in edition.characteristics
        if (one.measurement, one.catalogue_sha256) == asked
    }
    return sorted(one for one in found if one[0] in known)


def _row(run: MeasuredRun, hypothesis: int, size: float, edition: Edition) -> Row:
    records = list(_of(run, hypothesis, size, edition))
    wording = edition.wording
    multiple = wording.numbers.plain(size)
    favourable = _one(records, FAVOURABLE[run.measurement.phase])
    seen = next((one for one in records if one.outcome == SEEN and not one.link), None)
    covered = min((one for one in records if one.outcome == COVERAGE), key=lambda one: one.rate, default=None)
    return Row(
        header=Cell(words=f"{wording.texts['label']['hypothesis_short']}{hypothesis}"),
        cells=(
            Cell(words=wording.say("across.times", multiple=multiple) if size else wording.say("across.none_true")),
            *(_cell(one, edition) for one in (favourable, seen, covered)),
        ),
    )


def _cell(one: OperatingCharacteristic | None, edition: Edition) -> Cell:
    if one is None:
        return Cell(words="")
    words = _words(one, edition)
    return Cell(words=words["rate"], note=words["interval"])


def _of(run: MeasuredRun, hypothesis: int, size: float, edition: Edition) -> Iterable[OperatingCharacteristic]:
    """Return what was counted under the catalogue of a run; another catalogue makes another rule."""
    asked = (run.measurement.name, hypothesis, size, run.facts.catalogue_sha256)
    return (
        one
        for one in edition.characteristics
        if (one.measurement, one.hypothesis, one.multiple, one.catalogue_sha256) == asked
    )


def _one(records: Iterable[OperatingCharacteristic], conclusion: Conclusion) -> OperatingCharacteristic | None:
    return next((one for one in records if one.outcome == conclusion.value and not one.link), None)


def _words(one: OperatingCharacteristic, edition: Edition) -> dict[str, str]:
    numbers = edition.wording.numbers
    low, high = (numbers.fixed(100 * value, 1) for value in (one.ci_low, one.ci_high))
    return {
        "rate": numbers.fixed(100 * one.rate, 1) + numbers.percent,
        "interval": f"{low}\N{EN DASH}{high}{numbers.percent}",
        "draws": numbers.count(one.draws),
    }
