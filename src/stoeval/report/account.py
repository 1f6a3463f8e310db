"""How the numbers were made, in which words, from what, and how to make them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.definitions import definitions
from stoeval.report.model import Cell, Column, Passage, Row, RowGroup, Table, Text

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import MeasuredRun

JACKKNIFE = "CRV3"


def method(edition: Edition) -> tuple[Passage, ...]:
    """Return the passages of the method page."""
    say = edition.wording.say
    return (
        _technical(edition),
        Passage(heading=say("heading.errors"), paragraphs=_errors(edition)),
        Passage(heading=say("heading.units"), paragraphs=edition.wording.lines("method.units")),
        Passage(heading=say("heading.families"), paragraphs=(*_families(edition), _norms(edition))),
        Passage(heading=say("heading.checks"), paragraphs=(say("method.checks"), *_breakdown(edition))),
        Passage(heading=say("heading.masking"), paragraphs=edition.wording.lines("method.masking")),
        definitions(edition),
        _provisional(edition),
        Passage(heading=say("heading.sources"), tables=_sources(edition)),
        Passage(heading=say("heading.versions"), tables=(_versions(edition),)),
        _reproduce(edition),
    )


def _technical(edition: Edition) -> Passage:
    wording = edition.wording
    used = dict.fromkeys(run.facts.technical for run in edition.runs)
    return Passage(
        heading=wording.say("heading.technical"),
        paragraphs=(wording.say("technical.intro"),),
        points=tuple(Text(words=wording.name("technical", one)) for one in used),
    )


def _errors(edition: Edition) -> tuple[str, ...]:
    say = edition.wording.say
    conventions = sorted({row.convention.partition(", t(")[0] for run in edition.runs for row in run.estimates})
    if not conventions:
        return (say("method.errors_none"),)
    said = [say("method.errors", conventions=edition.wording.listing(conventions))]
    if any(one.startswith(JACKKNIFE) for one in conventions):
        said.append(say("method.jackknife", convention=JACKKNIFE))
    return tuple(said)


def _families(edition: Edition) -> tuple[str, ...]:
    wording = edition.wording
    alphas = [
        wording.say(
            "method.alpha",
            measurement=wording.name("measurement", one.phase.value).lower(),
            alpha=wording.numbers.plain(one.alpha),
        )
        for one in edition.catalogue.measurements
    ]
    total = wording.numeral(len(edition.catalogue.hypotheses))
    return (wording.say("method.families", total=total), wording.say("method.alphas", alphas=wording.listing(alphas)))


def _breakdown(edition: Edition) -> tuple[str, ...]:
    """Say what a breakdown value is, and whether this report has any."""
    say = edition.wording.say
    asked = [one for run in edition.runs for one in run.checks if one.check.startswith("breakdown")]
    unknown = bool(asked) and all(one.statistic is None for one in asked)
    return (say("method.breakdown"), *((say("method.breakdown_unknown"),) if unknown else ()))


def _norms(edition: Edition) -> str:
    wording, catalogue = edition.wording, edition.catalogue
    filled = sum(norm.smallest_relevant_effect is not None for norm in catalogue.norms)
    if not filled:
        return wording.say("method.norms_none")
    total = wording.numeral(len(catalogue.indicators))
    return wording.say("method.norms_some", count=wording.numeral(filled), total=total)


def _provisional(edition: Edition) -> Passage:
    say = edition.wording.say
    notes = dict.fromkeys(note for run in edition.runs for note in run.facts.notes)
    return Passage(
        heading=say("heading.provisional"),
        paragraphs=(say("method.provisional" if notes else "method.notes_none"),),
        points=tuple(edition.dutch(note) for note in notes),
    )


def _sources(edition: Edition) -> tuple[Table, ...]:
    say = edition.wording.say
    runs = [run for run in edition.runs if run.facts.sources]
    alike = len(runs) > 1 and len({run.facts.sources for run in runs}) == 1
    named = [(edition.every_measurement, runs[0])] if alike else [(edition.measurement(run), run) for run in runs]
    if not named:
        return (_registered(edition),)
    columns = (Column(heading=say("method.file")), Column(heading=say("method.hash")))
    caption = edition.caption(say("method.sources_caption"), edition.runs)
    groups = tuple(_files(name, run) for name, run in named)
    return (_registered(edition), Table(anchor="sources", caption=caption, columns=columns, groups=groups))


def _files(heading: str, run: MeasuredRun) -> RowGroup:
    rows = tuple(Row(header=Cell(words=name), cells=(_code(value),)) for name, value in run.facts.sources)
    return RowGroup(heading=heading, rows=rows)


def _registered(edition: Edition) -> Table:
    wording = edition.wording
    facts = [run.facts for run in edition.runs]
    values = {
        "panel": [_code(one.panel_sha256) for one in facts],
        "catalogue": [_code(one.catalogue_sha256) for one in facts],
        "technical": [Cell(words=one.technical) for one in facts],
        "regions": [Cell(words=wording.name("regions", one.regions)) for one in facts],
        "seed": [Cell(words=str(one.seed)) for one in facts],
    }
    return Table(
        anchor="registered",
        caption=edition.caption(wording.say("method.runs_caption"), edition.runs),
        columns=(
            Column(heading=wording.say("method.item")),
            *(Column(heading=edition.measurement(run)) for run in edition.runs),
        ),
        groups=(
            RowGroup(
                heading="",
                rows=tuple(
                    Row(header=Cell(words=wording.say(f"method.{name}")), cells=tuple(cells))
                    for name, cells in values.items()
                ),
            ),
        ),
    )


def _versions(edition: Edition) -> Table:
    say = edition.wording.say
    packages = sorted({name for run in edition.runs for name, _ in run.facts.versions})
    by_run = [dict(run.facts.versions) for run in edition.runs]
    rows = tuple(
        Row(header=Cell(words=name), cells=tuple(Cell(words=versions.get(name, "")) for versions in by_run))
        for name in packages
    )
    return Table(
        anchor="versions",
        caption=edition.caption(say("method.versions_caption"), edition.runs),
        columns=(
            Column(heading=say("method.package")),
            *(Column(heading=edition.measurement(run)) for run in edition.runs),
        ),
        groups=(RowGroup(heading="", rows=rows),),
    )


def _reproduce(edition: Edition) -> Passage:
    say = edition.wording.say
    return Passage(
        heading=say("heading.reproduce"),
        paragraphs=(say("method.reproduce"),),
        commands=tuple(say("method.command", run=run.facts.folder) for run in edition.runs),
    )


def _code(words: str) -> Cell:
    return Cell(words=words, code=True)
