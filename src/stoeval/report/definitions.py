"""What the shown estimates are made of: exposures with their definition, indicators with their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.model import Cell, Column, Passage, Row, RowGroup, Table
from stoeval.report.wording import sentence
from stoeval.vocabulary import Exposure, Indicator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoeval.report.edition import Edition


def definitions(edition: Edition) -> Passage:
    """Return the exposures and indicators of all shown estimates, folded."""
    wording = edition.wording
    used = dict.fromkeys(name for run in edition.runs for row in run.estimates for name in (row.exposure, row.outcome))
    nouns = [edition.nouns[name] for name in used if name in edition.nouns]
    exposures = dict.fromkeys(name for noun in nouns if isinstance(noun, Exposure) for name in _with_parts(noun))
    indicators = [noun for noun in nouns if isinstance(noun, Indicator)]
    tables = (
        ("exposures", _exposures([edition.nouns[name] for name in exposures if name in edition.nouns], edition)),
        ("indicators", _indicators(indicators, edition)),
    )
    folded = tuple(
        (wording.count(f"method.{name}", len(table.groups[0].rows)), table) for name, table in tables if table.groups
    )
    return Passage(
        heading=wording.say("heading.definitions"),
        paragraphs=(wording.say("method.definitions" if folded else "method.errors_none"),),
        folded=folded,
    )


def _with_parts(exposure: Exposure) -> Iterator[str]:
    """Return an exposure, the input of its formula and its placebo doses, by name."""
    yield exposure.name
    if exposure.formula_input:
        yield exposure.formula_input.name
    for placebo in exposure.placebos:
        yield placebo.name


def _exposures(exposures: list[Exposure | Indicator], edition: Edition) -> Table:
    rows = [
        Row(
            header=Cell(words=edition.wording.label(one)),
            cells=(_dutch(one.definition, edition), _dutch(one.source, edition)),
        )
        for one in exposures
        if isinstance(one, Exposure)
    ]
    return _table("exposures", ("exposure", "definition", "source"), rows, edition)


def _indicators(indicators: list[Indicator], edition: Edition) -> Table:
    wording = edition.wording
    rows = [
        Row(
            header=Cell(words=wording.label(one)),
            cells=(
                _dutch(sentence(one.source), edition),
                Cell(words=sentence(wording.name("delivery", one.delivery.value))),
            ),
        )
        for one in indicators
    ]
    return _table("indicators", ("indicator", "source", "delivery"), rows, edition)


def _dutch(words: str, edition: Edition) -> Cell:
    text = edition.dutch(words)
    return Cell(words=text.words, language=text.language)


def _table(anchor: str, names: tuple[str, ...], rows: list[Row], edition: Edition) -> Table:
    say = edition.wording.say
    return Table(
        anchor=anchor,
        caption=edition.caption(say(f"method.{anchor}_caption"), edition.runs),
        columns=tuple(Column(heading=say(f"method.{name}")) for name in names),
        groups=(RowGroup(heading="", rows=tuple(rows)),) if rows else (),
    )
