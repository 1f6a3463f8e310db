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
from stoeval.report.reasons import reasons
from stoeval.report.tables import level_of
from stoeval.report.wording import sentence
from stoeval.vocabulary import Conclusion, IdentificationClass

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun, VerdictRow
    from stoeval.vocabulary import Hypothesis, Link

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
    say, last = edition.wording.say, edition.runs[-1]
    clear = tuple(Text(words=words) for words in _clear_findings(last, edition))
    lead = say("minutes.clear" if clear else "minutes.no_clear", measurement=edition.within(last))
    counts = tuple(_counts(run, edition) for run in edition.runs)
    return (
        Passage(heading=say("heading.found"), paragraphs=(*counts, lead), points=clear),
        Passage(heading=say("heading.certainty"), paragraphs=_certainty(edition)),
        _unknown(edition),
    )


def _counts(run: MeasuredRun, edition: Edition) -> str:
    wording = edition.wording
    counted = Counter(row.conclusion for row in run.verdicts)
    parts = [
        wording.say("minutes.count_part", count=counted[one], conclusion=wording.name("conclusion", one.value))
        for one in Conclusion
        if counted[one]
    ]
    return wording.say(
        "minutes.counts",
        measurement=edition.within(run),
        total=wording.numeral(len(run.verdicts)),
        parts=wording.listing(parts),
    )


def _clear_findings(run: MeasuredRun, edition: Edition) -> list[str]:
    alpha = run.measurement.alpha
    prefix = edition.wording.texts["label"]["hypothesis_short"]
    return [
        f"{prefix}{row.hypothesis} · {finding_sentence(row, row.identification_class, alpha, edition)}"
        for row in run.decisive
        if certainty(row, alpha) == "clear"
    ]


def _certainty(edition: Edition) -> tuple[str, ...]:
    wording = edition.wording
    paragraphs = _classes_reached(edition)
    classes = [row.identification_class for run in edition.runs for row in run.decisive]
    causal = sum(one in CAUSAL for one in classes)
    if classes:
        key = "minutes.some_effect_word" if causal else "minutes.no_effect_word"
        paragraphs.append(wording.say(key, count=wording.numeral(causal), total=wording.numeral(len(classes))))
    thin = [_power(run, edition) for run in edition.runs if run.decisive]
    if any(abs(row.effect) < row.mde for run in edition.runs for row in run.decisive):
        thin.append(wording.say("minutes.power_warning"))
    return (*paragraphs, " ".join(thin)) if thin else tuple(paragraphs)


def _classes_reached(edition: Edition) -> list[str]:
    """Say the strongest class of each measurement, those with the same class together."""
    wording = edition.wording
    by_letter: dict[str, list[str]] = {}
    for run in edition.runs:
        best = min((row.identification_class.value for row in run.decisive), default="")
        named = wording.say("minutes.the", measurement=edition.within(run))
        by_letter.setdefault(best, []).append(named)
    said = []
    for letter, together in by_letter.items():
        measurements = wording.listing(together)
        word = wording.name("class_word", letter)
        key = "minutes.class_reached" if letter else "minutes.class_none"
        said.append(wording.say(key, measurements=measurements, letter=letter, word=word))
    return said


def _power(run: MeasuredRun, edition: Edition) -> str:
    wording, measurement = edition.wording, edition.within(run)
    rows = run.decisive
    thin = sum(abs(row.effect) < row.mde for row in rows)
    if thin == 0:
        return wording.say("minutes.power_none", measurement=measurement)
    total = wording.numeral(len(rows))
    return wording.counted("minutes.power", thin, measurement=measurement, total=total)


def _unknown(edition: Edition) -> Passage:
    wording, last = edition.wording, edition.runs[-1]
    paragraphs = [" ".join(_untestable(run, edition) for run in edition.runs)]
    waiting = Counter(delivery for row in last.links if not row.testable for delivery in row.deliveries)
    if waiting:
        paragraphs.append(wording.say("minutes.waiting", measurement=edition.within(last)))
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


def _untestable(run: MeasuredRun, edition: Edition) -> str:
    wording, measurement = edition.wording, edition.within(run)
    closed = sum(not row.testable for row in run.links)
    total = wording.numeral(len(run.links))
    if closed == 0:
        return wording.say("minutes.untestable_none", measurement=measurement, total=total)
    return wording.counted("minutes.untestable", closed, measurement=measurement, total=total)


def verdict_table(edition: Edition) -> VerdictTable:
    """Return the verdicts of all measurements side by side, with what could and what was seen."""
    say = edition.wording.say
    last = edition.runs[-1]
    rows = tuple(row for run in edition.runs for row in run.estimates if row.role == "primary")
    names = [say("verdicts.hypothesis"), *(edition.measurement(run) for run in edition.runs)]
    names += [say(f"verdicts.{name}", level=level_of(rows, edition)) for name in _LINE_COLUMNS]
    return VerdictTable(
        caption=edition.caption(say("verdicts.caption"), edition.runs),
        note=say("verdicts.note", measurement=edition.within(last)),
        columns=(
            *(Column(heading=name) for name in names[:-2]),
            *(Column(heading=name, numeric=True) for name in names[-2:]),
        ),
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
            Because(measurement=edition.measurement(run), reasons=reasons(verdict, hypothesis, edition))
            for run, verdict in verdicts
            if verdict
        ),
    )


def _lines(hypothesis: Hypothesis, edition: Edition) -> list[VerdictLine]:
    lines = []
    for link in hypothesis.primary:
        found = [(run, row) for run in edition.runs for row in run.primary(hypothesis.number) if row.link == link.name]
        if found:
            lines.append(_line(*found[-1], edition))
        else:
            lines.append(_empty_line(link, edition))
    return lines


def _line(run: MeasuredRun, row: EstimateRow, edition: Edition) -> VerdictLine:
    numbers = edition.wording.numbers
    shown = for_reader(row)
    strongest = row.identification_class.value
    return VerdictLine(
        outcome=edition.label(row.outcome),
        exposure=edition.label(row.exposure),
        letter=strongest,
        word=edition.wording.name("class_word", strongest),
        mde=numbers.estimate(shown.mde, shown.std_error),
        estimate=numbers.estimate(shown.effect, shown.std_error),
        interval=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error),
        unit=edition.unit(row.unit),
        remark=_remark(run, row, edition),
    )


def _remark(run: MeasuredRun, row: EstimateRow, edition: Edition) -> str:
    remarks = [] if run is edition.runs[-1] else [edition.measurement(run)]
    if row.waits:
        remarks.append(edition.wording.say("verdicts.waits"))
    return " · ".join(remarks)


def _empty_line(link: Link, edition: Edition) -> VerdictLine:
    return VerdictLine(
        outcome=edition.wording.label(link.effect),
        exposure=edition.wording.label(link.cause),
        letter="",
        word="",
        mde="",
        estimate="",
        interval="",
        unit="",
        remark=edition.wording.say("verdicts.not_estimated"),
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
