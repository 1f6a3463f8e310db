"""The first pages: warnings, five minutes, the verdicts side by side, and why nobody is untreated."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stoeval.report.edition import cautious, for_reader
from stoeval.report.findings import certainty, finding_sentence
from stoeval.report.model import (
    Badge,
    Banner,
    Because,
    Cell,
    Column,
    Passage,
    Row,
    RowGroup,
    Table,
    Text,
    Untreated,
    VerdictEntry,
    VerdictLine,
    VerdictTable,
)
from stoeval.report.tables import level_of
from stoeval.report.wording import sentence
from stoeval.vocabulary import Conclusion, IdentificationClass

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun, VerdictRow
    from stoeval.vocabulary import Hypothesis

CAUSAL = (IdentificationClass.A, IdentificationClass.B)


def banners(edition: Edition) -> tuple[Banner, ...]:
    """Return a warning for every kind of run that says nothing about STO."""
    say = edition.wording.say
    return tuple(
        Banner(
            heading=say(f"banner.{status}_heading"),
            text=say(f"banner.{status}_text", regions=edition.wording.name("regions", regions)),
        )
        for status, regions in cautious(edition.runs)
    )


def badge(verdict: VerdictRow | None, edition: Edition) -> Badge:
    """Return the judgement of a verdict."""
    if verdict is None:
        return Badge(text=edition.wording.say("conclusion.none"), kind="none")
    text = edition.wording.name("conclusion", verdict.conclusion.value)
    return Badge(text=text, kind=verdict.conclusion.name.lower().replace("_", "-"))


def minutes(edition: Edition) -> tuple[Passage, ...]:
    """Return what was found, how sure that is and what could not be known."""
    say = edition.wording.say
    found = tuple(_counts(run, edition) for run in edition.runs)
    clear = tuple(Text(words=words) for words in _clear_findings(edition.runs[-1], edition))
    if not clear:
        found += (say("minutes.no_clear", measurement=edition.within(edition.runs[-1])),)
    return (
        Passage(heading=say("heading.found"), paragraphs=found, points=clear),
        Passage(heading=say("heading.certainty"), paragraphs=_certainty(edition)),
        _unknown(edition),
    )


def _counts(run: MeasuredRun, edition: Edition) -> str:
    wording = edition.wording
    counted = Counter(row.conclusion for row in run.verdicts)
    parts = [
        wording.say(
            "minutes.count_part",
            count=wording.numeral(counted[one]),
            conclusion=wording.name("conclusion", one.value),
        )
        for one in Conclusion
        if counted[one]
    ]
    return wording.say(
        "minutes.counts",
        measurement=edition.within(run),
        total=wording.numeral(len(run.verdicts)),
        parts=wording.listing(parts),
    )


def _primaries(run: MeasuredRun) -> tuple[EstimateRow, ...]:
    return tuple(row for row in run.estimates if row.role == "primary")


def _clear_findings(run: MeasuredRun, edition: Edition) -> list[str]:
    alpha = run.measurement.alpha
    prefix = edition.wording.texts["label"]["hypothesis_short"]
    return [
        f"{prefix}{row.hypothesis} · {finding_sentence(row, run.class_of(row), alpha, edition)}"
        for row in _primaries(run)
        if certainty(row, alpha) == "clear"
    ]


def _certainty(edition: Edition) -> tuple[str, ...]:
    wording = edition.wording
    paragraphs = [_class_reached(run, edition) for run in edition.runs]
    classes = [run.class_of(row) for run in edition.runs for row in _primaries(run)]
    causal = sum(one in CAUSAL for one in classes)
    if classes:
        key = "minutes.some_effect_word" if causal else "minutes.no_effect_word"
        paragraphs.append(wording.say(key, count=wording.numeral(causal), total=wording.numeral(len(classes))))
    paragraphs += [_power(run, edition) for run in edition.runs if _primaries(run)]
    return tuple(paragraphs)


def _class_reached(run: MeasuredRun, edition: Edition) -> str:
    wording, measurement = edition.wording, edition.within(run)
    letters = [run.class_of(row).value for row in _primaries(run)]
    if not letters:
        return wording.say("minutes.class_none", measurement=measurement)
    best = min(letters)
    word = wording.name("class_word", best)
    return wording.say("minutes.class_reached", measurement=measurement, letter=best, word=word)


def _power(run: MeasuredRun, edition: Edition) -> str:
    wording, measurement = edition.wording, edition.within(run)
    rows = _primaries(run)
    thin = sum(abs(row.effect) < row.mde for row in rows)
    if thin == 0:
        return wording.say("minutes.power_none", measurement=measurement)
    total = wording.numeral(len(rows))
    return wording.counted("minutes.power", thin, measurement=measurement, total=total)


def _unknown(edition: Edition) -> Passage:
    wording = edition.wording
    paragraphs = []
    for run in edition.runs:
        closed = [row for row in run.links if not row.testable]
        total = wording.numeral(len(run.links))
        key, measurement = "minutes.untestable", edition.within(run)
        if closed:
            paragraphs.append(wording.counted(key, len(closed), measurement=measurement, total=total))
        else:
            paragraphs.append(wording.say(f"{key}_none", measurement=measurement, total=total))
    waiting = Counter(delivery for row in edition.runs[-1].links if not row.testable for delivery in row.deliveries)
    if waiting:
        paragraphs.append(wording.say("minutes.waiting"))
    ordered = sorted(waiting.items(), key=lambda item: (-item[1], item[0]))
    points = [
        wording.counted("minutes.delivery", count, delivery=wording.name("delivery", delivery))
        for delivery, count in ordered
    ]
    return Passage(
        heading=wording.say("heading.unknown"),
        paragraphs=tuple(paragraphs),
        points=tuple(Text(words=sentence(point)) for point in points),
    )


def verdict_table(edition: Edition) -> VerdictTable:
    """Return the verdicts of all measurements side by side, with what could and what was seen."""
    say = edition.wording.say
    last = edition.runs[-1]
    rows = tuple(row for run in edition.runs for row in _primaries(run))
    names = [say("verdicts.hypothesis"), *(edition.measurement(run) for run in edition.runs)]
    names += [say(f"verdicts.{name}", level=level_of(rows, edition)) for name in _LINE_COLUMNS]
    return VerdictTable(
        caption=edition.caption(say("verdicts.caption"), edition.runs),
        note=say("verdicts.note", measurement=edition.within(last)),
        columns=tuple(Column(heading=name) for name in names),
        entries=tuple(_entry(hypothesis, edition) for hypothesis in edition.catalogue.hypotheses),
    )


_LINE_COLUMNS = ("outcome", "class", "mde", "estimate")


def _entry(hypothesis: Hypothesis, edition: Edition) -> VerdictEntry:
    number = hypothesis.number
    verdicts = [(run, run.verdict(number)) for run in edition.runs]
    return VerdictEntry(
        number=number,
        anchor=f"h{number}",
        title=edition.title(hypothesis),
        badges=tuple(badge(verdict, edition) for _, verdict in verdicts),
        lines=tuple(_lines(hypothesis, edition)),
        because=tuple(
            Because(measurement=edition.measurement(run), reasons=tuple(map(edition.dutch, verdict.reasons)))
            for run, verdict in verdicts
            if verdict
        ),
    )


def _lines(hypothesis: Hypothesis, edition: Edition) -> list[VerdictLine]:
    lines = []
    for link in hypothesis.primary:
        found = [
            (run, row) for run in edition.runs for row in run.primary(hypothesis.number) if row.link == link.name
        ]
        if found:
            lines.append(_line(*found[-1], edition))
        else:
            lines.append(_empty_line(edition.wording.label(link.effect), edition))
    return lines


def _line(run: MeasuredRun, row: EstimateRow, edition: Edition) -> VerdictLine:
    numbers = edition.wording.numbers
    shown = for_reader(row)
    strongest = run.class_of(row).value
    return VerdictLine(
        outcome=edition.label(row.outcome),
        letter=strongest,
        word=edition.wording.name("class_word", strongest),
        mde=numbers.estimate(shown.mde, shown.std_error),
        estimate=numbers.estimate(shown.effect, shown.std_error),
        interval=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error),
        unit=edition.unit(row.unit),
        remark="" if run is edition.runs[-1] else edition.measurement(run),
    )


def _empty_line(outcome: str, edition: Edition) -> VerdictLine:
    remark = edition.wording.say("verdicts.not_estimated")
    return VerdictLine(
        outcome=outcome, letter="", word="", mde="", estimate="", interval="", unit="", remark=remark
    )


def untreated(edition: Edition) -> Untreated:
    """Return the three traps and the words that each class allows."""
    wording = edition.wording
    rows = tuple(
        Row(
            header=Cell(words=one.value),
            cells=(
                Cell(words=wording.name("class_demand", one.value)),
                Cell(words=wording.name("class_word", one.value)),
            ),
        )
        for one in IdentificationClass
    )
    return Untreated(
        lead=wording.say("untreated.lead"),
        traps=tuple(zip(wording.lines("untreated.traps"), wording.lines("untreated.trap_texts"), strict=True)),
        classes=Table(
            anchor="classes",
            caption=wording.say("untreated.caption"),
            columns=tuple(Column(heading=wording.say(f"untreated.{name}")) for name in ("class", "demand", "word")),
            groups=(RowGroup(heading="", rows=rows),),
        ),
    )
