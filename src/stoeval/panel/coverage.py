"""What a panel covers: rows by table, school year and region, masked counts, and which links can be tested.

A link counts as testable where its rows exist. Whether its design identifies the effect in these rows is only known
when it is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.panel.contract import violations
from stoeval.panel.samples import cut, sample
from stoeval.panel.tables import TABLES, Table
from stoeval.vocabulary import Phase, Provenance, SchoolYear, Untestable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoeval.vocabulary import Catalogue, Hypothesis, Link, Measurement, MonitorPanel

YEARS = ("school_year", "wave", "started")
"""Columns that date a row."""
PLACES = ("vestiging", "brin", "gemeente")
"""Columns by which a row that names no region is placed, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The rows of a table in one school year and region."""

    table: str
    school_year: SchoolYear | None
    """None where the table has no years, or the row names none."""
    region: str
    """Empty where the table has no regions, or the panel does not know where the row lies."""
    rows: int
    counts: int
    """Delivered counts that a source may mask."""
    masked: int
    """Of which with more than one admissible value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testability:
    """Whether the rows of a link exist at a measurement, and if not, why."""

    measurement: str
    phase: Phase
    hypothesis: int
    link: Link
    untestable: Untestable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a panel holds, what breaks its contract and what can be tested with it."""

    provenance: Provenance
    violations: tuple[str, ...]
    cells: tuple[Covered, ...]
    """In the order of the tables, then by school year and region; a table without rows has none."""
    regions: tuple[str, ...]
    """Regions in which a vestiging of the panel lies."""
    links: tuple[Testability, ...] | None
    """None where the contract is broken: no sample can be trusted."""

    @property
    def masked_share(self) -> float | None:
        """Share of the delivered counts that are masked; None where no counts were delivered."""
        counts = sum(cell.counts for cell in self.cells)
        return sum(cell.masked for cell in self.cells) / counts if counts else None


def panel_coverage(panel: MonitorPanel, catalogue: Catalogue) -> Coverage:
    """Return what a panel covers and which links of a catalogue it can test, at each measurement.

    A panel that breaks its contract is described as far as its tables have their declared columns.
    """
    found = violations(panel)
    sound = [table for table in TABLES if _has_its_columns(panel, table)]
    regions = _regions_of(panel)
    return Coverage(
        provenance=panel.provenance,
        violations=found,
        cells=tuple(cell for table in sound for cell in _covered(panel.tables[table.name], table, regions)),
        regions=tuple(sorted(map(str, regions["region"].dropna().unique()))),
        links=None if found else tuple(_testable(panel, catalogue)),
    )


def _has_its_columns(panel: MonitorPanel, table: Table) -> bool:
    """Tell whether a table is there with every declared column, each of its kind."""
    frame = panel.tables.get(table.name)
    if frame is None or not set(table.names) <= set(frame.columns):
        return False
    return all(str(frame[column.name].dtype) == str(column.kind) for column in table.columns)


def _regions_of(panel: MonitorPanel) -> pd.DataFrame:
    """Return vestigingen with brin, gemeente and region; no rows where the table is not sound."""
    table = next(one for one in TABLES if one.name == "vestigingen")
    if not _has_its_columns(panel, table):
        return pd.DataFrame(columns=[*PLACES, "region"])
    return panel.tables["vestigingen"][[*PLACES, "region"]].drop_duplicates()


def _covered(frame: pd.DataFrame, table: Table, regions: pd.DataFrame) -> list[Covered]:
    year = next((name for name in YEARS if name in table.names), None)
    intervals = [name.removesuffix("_low") for name in table.names if name.endswith("_low")]
    counts = sum((frame[f"{name}_low"].notna().astype(int) for name in intervals), pd.Series(0, index=frame.index))
    hidden = (frame[f"{name}_low"].lt(frame[f"{name}_high"]).fillna(value=False).astype(int) for name in intervals)
    rows = pd.DataFrame(
        {
            "year": frame[year].fillna(0).astype(int) if year else 0,
            "region": _placed(frame, regions),
            "rows": 1,
            "counts": counts,
            "masked": sum(hidden, pd.Series(0, index=frame.index)),
        },
        index=frame.index,
    )
    grouped = rows.groupby(["year", "region"])[["rows", "counts", "masked"]].sum().reset_index()
    return [
        Covered(
            table=table.name,
            school_year=SchoolYear(start=start) if start else None,
            region=region,
            rows=rows_here,
            counts=counts_here,
            masked=masked_here,
        )
        for start, region, rows_here, counts_here, masked_here in grouped.to_numpy(dtype=object).tolist()
    ]


def _placed(frame: pd.DataFrame, regions: pd.DataFrame) -> pd.Series:
    """Return the region of each row: its own, else that of its vestiging, school or gemeente; empty where unknown.

    A school or gemeente in several regions is placed where most of its vestigingen lie, the first by name of equals.
    """
    placed = pd.Series("", index=frame.index, dtype="object")
    if "region" in frame.columns:
        placed = frame["region"].astype("object").fillna("")
    for name in PLACES:
        if name in frame.columns and "region" not in frame.columns:
            sizes = regions.groupby([name, "region"]).size().reset_index(name="size")
            most = sizes.sort_values(["size", "region"], ascending=[False, True]).drop_duplicates(name)
            return frame[name].map(most.set_index(name)["region"]).astype("object").fillna("")
    return placed


def _testable(panel: MonitorPanel, catalogue: Catalogue) -> Iterator[Testability]:
    for measurement in catalogue.measurements:
        seen = cut(panel, measurement.last_year)
        for hypothesis in catalogue.hypotheses:
            for link in hypothesis.links:
                yield _of_link(seen, hypothesis, link, measurement, catalogue)


def _of_link(
    seen: MonitorPanel, hypothesis: Hypothesis, link: Link, measurement: Measurement, catalogue: Catalogue
) -> Testability:
    design = link.design
    found = design if isinstance(design, Untestable) else sample(seen, link.estimand(measurement), catalogue)
    return Testability(
        measurement=measurement.name,
        phase=measurement.phase,
        hypothesis=hypothesis.number,
        link=link,
        untestable=found if isinstance(found, Untestable) else None,
    )
