"""What a hypothesis waits for: its untestable links by the delivery that would make them testable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.model import Text, Waiting
from stoeval.report.reasons import absences, joined
from stoeval.report.wording import sentence
from stoeval.vocabulary import Untestable

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import LinkRow
    from stoeval.vocabulary import Hypothesis, Link

Closed = tuple["Link", "LinkRow"]


def waiting(hypothesis: Hypothesis, edition: Edition) -> tuple[Waiting, ...]:
    """Return each missing delivery with the links that wait for it, the most wanted first."""
    by_delivery: dict[str, list[Closed]] = {}
    for link in hypothesis.links:
        row = _closed(link, hypothesis.number, edition)
        if row is not None:
            for delivery in row.deliveries or ("",):
                by_delivery.setdefault(delivery, []).append((link, row))
    ordered = sorted(by_delivery.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    return tuple(_waiting(delivery, links, edition) for delivery, links in ordered)


def _closed(link: Link, number: int, edition: Edition) -> LinkRow | None:
    """Return the last measurement's reason why a link could not be tested; None where it always could."""
    rows = [row for run in edition.runs for row in run.links if row.hypothesis == number and row.link == link.name]
    return next((row for row in reversed(rows) if not row.testable), None)


def _waiting(delivery: str, links: list[Closed], edition: Edition) -> Waiting:
    wording = edition.wording
    by_cause: dict[str, dict[tuple[Text, ...], None]] = {}
    for link, row in links:
        told = [Text(words=wording.label(link.effect)), *_told(link, row, delivery, edition)]
        by_cause.setdefault(wording.label(link.cause), {})[tuple(told)] = None
    return Waiting(
        delivery=sentence(wording.name("delivery", delivery)) if delivery else wording.say("missing.no_delivery"),
        links=tuple((cause, tuple(effects)) for cause, effects in by_cause.items()),
    )


def _told(link: Link, row: LinkRow, delivery: str, edition: Edition) -> list[Text]:
    """Return at which measurement a link was closed, where it was not at all, and a reason of its own."""
    measurements = [
        edition.within(run)
        for run in edition.runs
        if any(not one.testable and (one.hypothesis, one.link) == (row.hypothesis, row.link) for one in run.links)
    ]
    said = []
    if len(measurements) < len(edition.runs):
        listed = edition.wording.listing(measurements)
        said.append(Text(words=edition.wording.say("missing.only_at", measurements=listed)))
    if isinstance(link.design, Untestable) or not delivery:
        reason = joined(absences(row.reason, edition))
        said.append(Text(words=f"({reason.words})", language=reason.language))
    return said
