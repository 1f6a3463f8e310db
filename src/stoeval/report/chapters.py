"""One chapter a hypothesis: statement, mechanism, findings, figures, tables and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.findings import run_sentences
from stoeval.report.missing import waiting
from stoeval.report.model import Badge, ChainStep, Chapter, Expectation, Text
from stoeval.report.overview import badge
from stoeval.report.paths import event_study_figure
from stoeval.report.reasons import absences, said_once
from stoeval.report.second_opinion import second_opinion_table
from stoeval.report.supplement import further
from stoeval.report.tables import check_table, estimate_table
from stoeval.vocabulary import Direction

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.model import EventStudyFigure
    from stoeval.report.stored import LinkRow, MeasuredRun
    from stoeval.vocabulary import Hypothesis, Link

ARROWS = {Direction.RISE: "↑", Direction.FALL: "↓", Direction.NOT_LOWER: "≥", Direction.NO_RESPONSE: "○"}


def chapter(hypothesis: Hypothesis, edition: Edition) -> Chapter:
    """Return everything about one hypothesis."""
    number = hypothesis.number
    tables = [make(number, "primary", edition) for make in (estimate_table, second_opinion_table, check_table)]
    figures = [_figure(link, number, edition) for link in hypothesis.primary]
    return Chapter(
        number=number,
        anchor=f"h{number}",
        title=edition.title(hypothesis),
        statement=hypothesis.statement,
        reference=hypothesis.reference,
        badges=tuple((edition.measurement(run), badge(run.verdict(number), edition)) for run in edition.runs),
        chain=tuple(_step(link, hypothesis, edition) for link in _mechanism(hypothesis)),
        findings=_findings(number, edition),
        figures=tuple(figure for figure in figures if figure),
        tables=tuple(table for table in tables if table),
        further=further(hypothesis, edition),
        gaps=(*_threats(hypothesis, edition), *(edition.dutch(gap) for gap in hypothesis.gaps)),
        waiting=waiting(hypothesis, edition),
    )


def _threats(hypothesis: Hypothesis, edition: Edition) -> tuple[Text, ...]:
    """Return what could make the primary estimates of a hypothesis look like an effect, or hide one."""
    wording = edition.wording
    named = dict.fromkeys(threat.value for link in hypothesis.primary for threat in link.threats)
    listed = wording.listing([wording.name("threat", one) for one in named])
    return (Text(words=wording.say("chain.threats", threats=listed)),) if named else ()


def _findings(number: int, edition: Edition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what each measurement found; once where nothing was estimated at any."""
    said = [(edition.measurement(run), run_sentences(run, number, edition)) for run in edition.runs]
    if len(said) > 1 and not any(run.primary(number) for run in edition.runs):
        return ((edition.every_measurement, said[0][1]),)
    return tuple(said)


def _figure(link: Link, number: int, edition: Edition) -> EventStudyFigure | None:
    """Return the years of a primary link at the last measurement that estimated it."""
    found = [(run, row) for run in edition.runs for row in run.primary(number) if row.link == link.name]
    return event_study_figure(found[-1][1], found[-1][0], edition) if found else None


def _mechanism(hypothesis: Hypothesis) -> tuple[Link, ...]:
    """Return chain and primary links, causes before their effects."""
    links = [*hypothesis.chain.links, *hypothesis.primary]
    ordered: list[Link] = []
    while links:
        effects = {link.effect.name for link in links}
        ready = [link for link in links if link.cause.name not in effects] or links[:1]
        ordered += ready
        links = [link for link in links if link not in ready]
    return tuple(ordered)


def _stored(run: MeasuredRun, number: int, link: Link) -> LinkRow | None:
    return next((row for row in run.links if row.hypothesis == number and row.link == link.name), None)


def _step(link: Link, hypothesis: Hypothesis, edition: Edition) -> ChainStep:
    wording = edition.wording
    stored = [(run, _stored(run, hypothesis.number, link)) for run in edition.runs]
    said: list[tuple[str, tuple[Text, ...]]] = [
        (edition.measurement(run), absences(row.reason, edition) if row and not row.testable else ())
        for run, row in stored
    ]
    return ChainStep(
        cause=wording.label(link.cause),
        effect=wording.label(link.effect),
        role=wording.name("role", link.role.value),
        primary=link in hypothesis.primary,
        expected=_expected(link, stored, edition),
        because=said_once(said, edition.every_measurement),
    )


def _expected(
    link: Link, stored: list[tuple[MeasuredRun, LinkRow | None]], edition: Edition
) -> tuple[Expectation, ...]:
    """Return what was expected at each measurement, once where they are alike."""
    found = {}
    for run, row in stored:
        direction = link.expected.at(run.measurement.phase)
        found[edition.measurement(run)] = (direction, _state(row, edition))
    if len(found) > 1 and len(set(found.values())) == 1:
        found = {edition.every_measurement: next(iter(found.values()))}
    return tuple(
        Expectation(
            measurement=name,
            symbol=ARROWS[direction],
            direction=edition.wording.name("direction", direction.value),
            badge=state,
        )
        for name, (direction, state) in found.items()
    )


def _state(row: LinkRow | None, edition: Edition) -> Badge:
    if row is None:
        return Badge(text=edition.wording.say("chain.not_estimated"), kind="not-testable")
    if row.testable:
        return Badge(text=edition.wording.say("chain.testable"), kind="testable")
    return Badge(text=edition.wording.say("chain.not_testable"), kind="not-testable")
