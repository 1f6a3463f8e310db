"""What the page about a panel says, in words and rounded figures."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING

from stoeval.report.edition import Edition
from stoeval.report.model import Badge, Cell, Column, Row, RowGroup, Table
from stoeval.report.reasons import absences, joined
from stoeval.report.wording import Wording, load_wording, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stoeval.panel.coverage import Coverage, Covered, Testability
    from stoeval.vocabulary import Catalogue, Hypothesis, Phase, SchoolYear

OWN_REGIONS = "STO"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """Everything that the page shows, in its order."""

    language: str
    labels: Mapping[str, str]
    subtitle: str
    simulated: bool
    summary: tuple[str, ...]
    violations: tuple[str, ...]
    by_year: Table
    by_region: tuple[Table, ...]
    links: Table | None
    """None where the contract is broken."""
    waiting: Table | None
    sources: Table | None
    notes: tuple[str, ...]
    notes_language: str


def check_page(coverage: Coverage, catalogue: Catalogue, language: str) -> CheckPage:
    """Put what a panel covers into the words of a language; StoevalError where the page does not speak it."""
    wording = _wording(language)
    provenance = coverage.provenance
    regions = wording.numbers.count(len(coverage.regions))
    own = provenance.regions == OWN_REGIONS
    named = wording.name("regions", provenance.regions)
    return CheckPage(
        language=language,
        labels=_labels(wording),
        subtitle=wording.say(f"check.regions_{'sto' if own else 'other'}", regions=named, count=regions),
        simulated=provenance.synthetic,
        summary=_summary(coverage, wording),
        violations=coverage.violations,
        by_year=_by_year(coverage, wording),
        by_region=tuple(_by_region(coverage, wording)),
        links=_links(coverage, catalogue, wording),
        waiting=_waiting(coverage, wording),
        sources=_sources(coverage, wording),
        notes=provenance.notes,
        notes_language="" if language == "nl" else "nl",
    )


def _wording(language: str) -> Wording:
    wording = load_wording(language)
    text = files("stoeval.report").joinpath("texts", f"check_{language}.toml").read_text(encoding="utf-8")
    return replace(wording, texts={**wording.texts, **tomllib.loads(text)})


def _labels(wording: Wording) -> dict[str, str]:
    shared = {key: wording.say(f"label.{key}") for key in ("kicker", "skip", "no_value")}
    return shared | {key: str(value) for key, value in wording.texts["check"].items()}


def _summary(coverage: Coverage, wording: Wording) -> tuple[str, ...]:
    said = [
        wording.counted("check.broken", len(coverage.violations)) if coverage.violations else _say(wording, "sound")
    ]
    delivered = {cell.table for cell in coverage.cells}
    said.append(wording.say("check.delivered", all=len(wording.texts["check_table"]), some=len(delivered)))
    share = coverage.masked_share
    said.append(
        _say(wording, "no_counts") if share is None else wording.say("check.masked", share=_share(share, wording))
    )
    for phase in _phases(coverage):
        links = [one for one in coverage.links or () if one.phase is phase]
        some = sum(one.untestable is None for one in links)
        name = wording.name("measurement", phase.value)
        said.append(wording.say("check.testable", measurement=name, some=some, all=len(links)))
    return tuple(said)


def _by_year(coverage: Coverage, wording: Wording) -> Table:
    years = _years(coverage.cells)
    rows = []
    for name, label in wording.texts["check_table"].items():
        cells = [cell for cell in coverage.cells if cell.table == name]
        header = Cell(words=str(label), note=name if cells else f"{name}; {_say(wording, 'absent')}")
        shown = [_in_year([cell for cell in cells if cell.school_year == year], wording) for year in years]
        rows.append(Row(header=header, cells=(*shown, _masked(cells, wording))))
    columns = (
        _heading(wording, "table"),
        *_year_columns(years, wording),
        _heading(wording, "masked_share", numeric=True),
    )
    return Table(
        anchor="by-year",
        caption=_say(wording, "by_year"),
        columns=columns,
        groups=(RowGroup(heading="", rows=tuple(rows)),),
        note=_say(wording, "by_year_note"),
    )


def _by_region(coverage: Coverage, wording: Wording) -> Iterable[Table]:
    for name, label in wording.texts["check_table"].items():
        cells = [cell for cell in coverage.cells if cell.table == name]
        if not any(cell.region for cell in cells):
            continue
        years = _years(cells)
        rows = []
        for region in sorted({cell.region for cell in cells} | set(coverage.regions), key=lambda one: (not one, one)):
            here = [cell for cell in cells if cell.region == region]
            shown = [_rows([cell for cell in here if cell.school_year == year], wording) for year in years]
            header = Cell(words=region or _say(wording, "no_region"))
            rows.append(Row(header=header, cells=(*shown, _masked(here, wording))))
        masked = _heading(wording, "masked_share", numeric=True)
        yield Table(
            anchor=f"by-region-{name}",
            caption=wording.say("check.by_region", table=label),
            columns=(_heading(wording, "region"), *_year_columns(years, wording), masked),
            groups=(RowGroup(heading="", rows=tuple(rows)),),
        )


def _links(coverage: Coverage, catalogue: Catalogue, wording: Wording) -> Table | None:
    if coverage.links is None:
        return None
    edition = Edition(wording=wording, catalogue=catalogue, runs=())
    phases = _phases(coverage)
    return Table(
        anchor="testable",
        caption=_say(wording, "links_caption"),
        columns=(
            _heading(wording, "link"),
            *(Column(heading=wording.name("measurement", one.value)) for one in phases),
        ),
        groups=tuple(_of_hypothesis(one, coverage.links, phases, edition) for one in catalogue.hypotheses),
    )


def _of_hypothesis(
    hypothesis: Hypothesis, links: tuple[Testability, ...], phases: tuple[Phase, ...], edition: Edition
) -> RowGroup:
    wording = edition.wording
    rows = []
    for link in hypothesis.links:
        label = f"{wording.label(link.cause)} → {wording.label(link.effect)}"
        asked = {one.phase: one for one in links if one.hypothesis == hypothesis.number and one.link.name == link.name}
        header = Cell(words=label, note=wording.name("role", link.role.value))
        rows.append(Row(header=header, cells=tuple(_verdict(asked[phase], edition) for phase in phases)))
    title = wording.name("title", hypothesis.slug)
    heading = f"{wording.say('label.hypothesis_short')}{hypothesis.number} {title}"
    return RowGroup(heading=heading, rows=tuple(rows))


def _verdict(one: Testability, edition: Edition) -> Cell:
    if one.untestable is None:
        return Cell(words="", badge=Badge(text=_say(edition.wording, "can"), kind="testable"))
    reason = joined(absences(one.untestable.reason, edition))
    badge = Badge(text=_say(edition.wording, "cannot"), kind="not-testable")
    return Cell(words="", badge=badge, note=reason.words, note_language=reason.language)


def _waiting(coverage: Coverage, wording: Wording) -> Table | None:
    closed = [one for one in coverage.links or () if one.untestable is not None]
    if not closed:
        return None
    phases = _phases(coverage)
    by_delivery: dict[str, list[Phase]] = {}
    for one in closed:
        missing = one.untestable.missing if one.untestable else ()
        for delivery in missing or ("",):
            by_delivery.setdefault(str(delivery), []).append(one.phase)
    rows = []
    for delivery, found in sorted(by_delivery.items(), key=lambda item: (not item[0], -len(item[1]), item[0])):
        label = wording.name("delivery", delivery) if delivery else wording.say("missing.no_delivery")
        counts = (Cell(words=wording.numbers.count(found.count(phase))) for phase in phases)
        rows.append(Row(header=Cell(words=sentence(label)), cells=tuple(counts)))
    columns = (Column(heading=wording.name("measurement", one.value), numeric=True) for one in phases)
    return Table(
        anchor="waiting",
        caption=_say(wording, "waiting_caption"),
        columns=(_heading(wording, "delivery"), *columns),
        groups=(RowGroup(heading="", rows=tuple(rows)),),
    )


def _sources(coverage: Coverage, wording: Wording) -> Table | None:
    sources = coverage.provenance.sources
    if not sources:
        return None
    rows = (Row(header=Cell(words=name), cells=(Cell(words=digest, code=True),)) for name, digest in sources)
    return Table(
        anchor="files",
        caption=_say(wording, "sources_caption"),
        columns=(_heading(wording, "source"), _heading(wording, "fingerprint")),
        groups=(RowGroup(heading="", rows=tuple(rows)),),
    )


def _phases(coverage: Coverage) -> tuple[Phase, ...]:
    return tuple(dict.fromkeys(one.phase for one in coverage.links or ()))


def _years(cells: Iterable[Covered]) -> list[SchoolYear | None]:
    """Return the school years of cells in order, and None at the end where some have none."""
    found = {cell.school_year for cell in cells}
    return [*sorted(year for year in found if year is not None), *([None] if None in found else [])]


def _year_columns(years: Iterable[SchoolYear | None], wording: Wording) -> list[Column]:
    return [Column(heading=str(year) if year else _say(wording, "no_year"), numeric=True) for year in years]


def _in_year(cells: list[Covered], wording: Wording) -> Cell:
    """Say how many rows there are, and in how many regions where they lie in any."""
    regions = len({cell.region for cell in cells if cell.region})
    note = wording.say("check.in_regions", count=wording.numbers.count(regions))
    return replace(_rows(cells, wording), note=note if regions else "")


def _rows(cells: list[Covered], wording: Wording) -> Cell:
    rows = sum(cell.rows for cell in cells)
    return Cell(words=wording.numbers.count(rows) if rows else "")


def _masked(cells: list[Covered], wording: Wording) -> Cell:
    counts = sum(cell.counts for cell in cells)
    return Cell(words=_share(sum(cell.masked for cell in cells) / counts, wording) if counts else "")


def _share(value: float, wording: Wording) -> str:
    return wording.numbers.fixed(value * 100, 1) + wording.numbers.percent


def _heading(wording: Wording, key: str, *, numeric: bool = False) -> Column:
    return Column(heading=_say(wording, key), numeric=numeric)


def _say(wording: Wording, key: str) -> str:
    return wording.say(f"check.{key}")
