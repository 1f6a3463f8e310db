"""One chapter a hypothesis: statement, mechanism, findings, figures, tables and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.findings import run_sentences
from stoeval.report.model import Badge, ChainStep, Chapter, Text
from stoeval.report.overview import badge
from stoeval.report.paths import event_study_figure
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
    tables = (estimate_table(number, "primary", edition), check_table(number, edition))
    figures = [_figure(link, number, edition) for link in hypothesis.primary]
    said = [(edition.measurement(run), run_sentences(run, number, edition)) for run in edition.runs]
    return Chapter(
        number=number,
        anchor=f"h{number}",
        title=edition.title(hypothesis),
        statement=hypothesis.statement,
        reference=hypothesis.reference,
        badges=tuple((edition.measurement(run), badge(run.verdict(number), edition)) for run in edition.runs),
        chain=tuple(_step(link, number, edition) for link in _mechanism(hypothesis)),
        findings=tuple(said),
        figures=tuple(figure for figure in figures if figure),
        tables=tuple(table for table in tables if table),
        further=estimate_table(number, "further", edition),
        missing=_missing(hypothesis, edition),
    )


def _figure(link: Link, number: int, edition: Edition) -> EventStudyFigure | None:
    """Return the years of a primary link at the last measurement that estimated it."""
    found = [(run, row) for run in edition.runs for row in run.primary(number) if row.link == link.name]
    return event_study_figure(link, found[-1][1], found[-1][0], edition) if found else None


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


def _step(link: Link, number: int, edition: Edition) -> ChainStep:
    wording = edition.wording
    expected, badges, reasons = [], [], []
    for run in edition.runs:
        measurement = edition.measurement(run)
        direction = link.expected.at(run.measurement.phase)
        expected.append((measurement, ARROWS[direction], wording.name("direction", direction.value)))
        row = _stored(run, number, link)
        badges.append((measurement, _state(row, edition)))
        if row and not row.testable:
            reasons.append(edition.dutch(row.reason))
    return ChainStep(
        cause=wording.label(link.cause),
        effect=wording.label(link.effect),
        role=wording.name("role", link.role.value),
        primary=link in _primary(number, edition),
        expected=tuple(expected),
        badges=tuple(badges),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _primary(number: int, edition: Edition) -> tuple[Link, ...]:
    return next(one.primary for one in edition.catalogue.hypotheses if one.number == number)


def _state(row: LinkRow | None, edition: Edition) -> Badge:
    if row is None:
        return Badge(text=edition.wording.say("chain.not_estimated"), kind="not-testable")
    if row.testable:
        return Badge(text=edition.wording.say("chain.testable"), kind="testable")
    return Badge(text=edition.wording.say("chain.not_testable"), kind="not-testable")


def _missing(hypothesis: Hypothesis, edition: Edition) -> tuple[tuple[Text, ...], ...]:
    """Return what the indicators cannot show, and what each untestable link waits for."""
    said: list[tuple[Text, ...]] = [(edition.dutch(gap),) for gap in hypothesis.gaps]
    closed = {
        row.link: row
        for run in edition.runs
        for row in run.links
        if row.hypothesis == hypothesis.number and not row.testable
    }
    said += [_waiting(link, closed[link.name], edition) for link in hypothesis.links if link.name in closed]
    return tuple(said) or ((Text(words=edition.wording.say("missing.nothing")),),)


def _waiting(link: Link, row: LinkRow, edition: Edition) -> tuple[Text, ...]:
    wording = edition.wording
    cause, effect = wording.label(link.cause), wording.label(link.effect)
    said = (
        Text(words=wording.say("missing.link", cause=cause, effect=effect)),
        edition.dutch(f"{row.reason.rstrip('.')}."),
    )
    if not row.deliveries:
        return said
    listed = wording.listing([wording.name("delivery", one) for one in row.deliveries])
    return (*said, Text(words=wording.say("missing.delivery", deliveries=listed)))
