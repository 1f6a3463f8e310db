"""Tables by measurement with words from the texts: what the passages over hypotheses are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.model import Cell, Column, RowGroup, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.report.edition import Edition
    from stoeval.report.model import Row
    from stoeval.report.stored import MeasuredRun

NUMERIC = {
    "inflation",
    "kappa",
    "first",
    "second",
    "correlation",
    "p_joint",
    "p_trade_off",
    "median",
    "range",
    "same_sign",
    "significant",
    "detectable",
    "per_million",
    "interval",
    "effect",
    "p_alike",
    "spread",
    "pooled",
    "ranks",
    "p",
    "rate",
}
"""Columns of numbers."""


def grid(
    name: str,
    columns: Sequence[str],
    rows: Sequence[tuple[MeasuredRun, Sequence[Row]]],
    edition: Edition,
    anchor: str = "",
) -> Table:
    """Return a table with a group for each measurement that has rows."""
    say = edition.wording.say
    seen = [(run, found) for run, found in rows if found]
    return Table(
        anchor=anchor or f"across-{name.replace('_', '-')}",
        caption=edition.caption(say(f"across.caption_{name}"), tuple(run for run, _ in seen)),
        columns=tuple(Column(heading=say(f"across.{one}"), numeric=one in NUMERIC) for one in columns),
        groups=tuple(RowGroup(heading=edition.measurement(run), rows=tuple(found)) for run, found in seen),
    )


def number(value: float | None, edition: Edition, decimals: int) -> Cell:
    """Return a number as a cell, empty where there is none."""
    return Cell(words="" if value is None else edition.wording.numbers.fixed(value, decimals))


def state(word: str, edition: Edition) -> str:
    """Return a word of the runs in the language of the report."""
    return edition.wording.name("state", word)


def yes_or_no(value: bool | None, edition: Edition) -> str:  # noqa: FBT001 - a cell of a table
    """Return a truth in words, empty where it is not known."""
    return "" if value is None else edition.wording.say("across.yes" if value else "across.no")


def cause_of(run: MeasuredRun, hypothesis: int, link: str, what: str, edition: Edition) -> str:
    """Return what is said of a link, and its exposure where it was estimated."""
    row = edition.row_of(run, hypothesis, link)
    return " · ".join([what, *([edition.label(row.exposure)] if row else [])])


def place_of(run: MeasuredRun, hypothesis: int, link: str, edition: Edition) -> str:
    """Return hypothesis and outcome of a link in words."""
    row = edition.row_of(run, hypothesis, link)
    found = next((one for one in edition.catalogue.hypotheses if one.number == hypothesis), None)
    effect = next((one.effect.name for one in found.links if one.name == link), "") if found else ""
    label = edition.label(row.outcome if row else effect) if row or effect else link
    prefix = edition.wording.texts["label"]["hypothesis_short"]
    return f"{prefix}{hypothesis} · {label}"
