"""The verdicts of all measurements side by side, and why nobody is untreated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.model import (
    Badge,
    Because,
    Cell,
    Column,
    Row,
    RowGroup,
    Table,
    Text,
    Untreated,
    VerdictEntry,
    VerdictLine,
    VerdictTable,
)
from stoeval.report.operating import beside
from stoeval.report.reasons import reasons, said_once
from stoeval.report.tables import level_of
from stoeval.vocabulary import IdentificationClass

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun, VerdictRow
    from stoeval.vocabulary import Hypothesis, Link


def badge(verdict: VerdictRow | None, edition: Edition) -> Badge:
    """Return the judgement of a verdict."""
    if verdict is None:
        return Badge(text=edition.wording.say("conclusion.none"), kind="none")
    text = edition.wording.name("conclusion", verdict.conclusion.value)
    return Badge(text=text, kind=verdict.conclusion.name.lower().replace("_", "-"))


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
    said = [(edition.measurement(run), reasons(verdict, hypothesis, edition)) for run, verdict in verdicts if verdict]
    return VerdictEntry(
        number=number,
        anchor=f"h{number}",
        title=edition.title(hypothesis),
        badges=tuple(badge(verdict, edition) for _, verdict in verdicts),
        lines=tuple(_lines(hypothesis, edition)),
        because=(*said_once(said, edition.every_measurement), *_further(number, edition), *beside(number, edition)),
    )


def _further(number: int, edition: Edition) -> tuple[Because, ...]:
    """Return what there is where a hypothesis has no primary estimate but has others."""
    wording = edition.wording
    found = [rows for run in edition.runs if (rows := run.further(number))]
    if not found or any(run.primary(number) for run in edition.runs):
        return ()
    letter = min(row.identification_class.value for row in found[-1])
    words = wording.counted("verdicts.further", len(found[-1]), letter=letter)
    return (Because(measurement=wording.say("verdicts.besides"), reasons=(Text(words=words),)),)


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
    numbers, shown = edition.wording.numbers, edition.shown(row)
    strongest = row.identification_class.value
    detectable, comes_to = edition.detectable(row)
    return VerdictLine(
        outcome=edition.label(row.outcome),
        exposure=edition.label(row.exposure),
        letter=strongest,
        word=edition.wording.name("class_word", strongest),
        mde=detectable,
        mde_note=comes_to,
        estimate=numbers.estimate(shown.effect, shown.std_error),
        interval=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error),
        unit=edition.unit(row),
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
        mde_note="",
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
            caption=edition.caption(wording.say("untreated.caption"), edition.runs),
            columns=tuple(Column(heading=wording.say(f"untreated.{name}")) for name in ("class", "demand", "word")),
            groups=(RowGroup(heading="", rows=rows),),
        ),
    )
