"""A panel written out again as deliveries in our own formats, by the declarations that read them.

The simulated twin becomes a delivery folder in this way. What a format does not carry stays behind: the number of
members of a region is counted again when the panel is built.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import HIGHEST_MASKED, LOWEST_MASKED
from stoeval.panel.own_tables import FILLED_BY, REGION_TABLE
from stoeval.panel.recognition import source_named
from stoeval.panel.sources.own_format import SCHOOL_YEAR
from stoeval.panel.tables import REGIONS, VESTIGINGEN, Kind
from stoeval.panel.templates import delimited_text
from stoeval.vocabulary import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stoeval.panel.sources.declaration import Source, SourceColumn
    from stoeval.vocabulary import MonitorPanel


def write_own_deliveries(panel: MonitorPanel, directory: Path) -> tuple[Path, ...]:
    """Write each table that our own formats can carry, one file a delivery, and return the paths.

    Columns and rows of which nothing is known are left out, and so is a delivery without rows. Raises
    PanelError at a masked count that no symbol of its source stands for.
    """
    directory.mkdir(parents=True, exist_ok=True)
    frames = [(source_named(name), panel.tables[table.name]) for table, names in FILLED_BY for name in names]
    written = []
    for source, frame in [(source_named(REGION_TABLE), _members(panel)), *frames]:
        text = _text(source, frame)
        if text:
            path = directory / f"{source.name.lower().replace(' ', '-')}.{source.template}"
            path.write_text(text, encoding="utf-8", newline="")
            written.append(path)
    return tuple(written)


def _members(panel: MonitorPanel) -> pd.DataFrame:
    member = panel.tables[VESTIGINGEN.name][["vestiging", "region"]].drop_duplicates()
    return member.merge(panel.tables[REGIONS.name], on="region", how="left", validate="m:1")


def _text(source: Source, frame: pd.DataFrame) -> str:
    """Return a file with the rows of which this source says anything; an empty text where there are none."""
    shown = pd.DataFrame({column.name: _cells(column, frame) for column in source.columns}, index=frame.index)
    given = [column for column in source.columns if column.required or (shown[column.name] != "").any()]
    rows = shown[_told(source, shown)]
    return "" if rows.empty else delimited_text(_lines(rows, given))


def _told(source: Source, shown: pd.DataFrame) -> pd.Series:
    """Return the rows of which a source says something, where others tell of the same table; else every row."""
    shared = [table for table, names in FILLED_BY if source.name in names and len(names) > 1]
    values = [name for name in shown.columns if name not in {key for table in shared for key in table.key}]
    return (shown[values] != "").any(axis=1) if shared else pd.Series(data=True, index=shown.index)


def _lines(rows: pd.DataFrame, columns: list[SourceColumn]) -> Iterator[list[str]]:
    yield [column.headers[-1] for column in columns]
    yield from rows[[column.name for column in columns]].to_numpy(dtype=object).tolist()


def _cells(column: SourceColumn, frame: pd.DataFrame) -> list[str]:
    """Return the cells of a column as its source shows them; blank where nothing is known."""
    if column.masking.symbols and f"{column.name}_low" in frame.columns:
        pairs = zip(frame[f"{column.name}_low"], frame[f"{column.name}_high"], strict=True)
        return ["" if pd.isna(low) else _count(int(low), int(high), column) for low, high in pairs]
    if column.name not in frame.columns:
        return [""] * len(frame)
    return ["" if pd.isna(value) else _cell(value, column) for value in frame[column.name]]


def _count(low: int, high: int, column: SourceColumn) -> str:
    if low == high:
        return str(low)
    if (low, high) == (LOWEST_MASKED, HIGHEST_MASKED):
        return column.masking.symbols[0]
    message = f"{column.name}: no symbol stands for a count from {low} to {high}; write the cells as published"
    raise PanelError(message)


def _cell(value: object, column: SourceColumn) -> str:
    if column.kind is Kind.TRUTH:
        return "ja" if value else "nee"
    if column.unit == SCHOOL_YEAR:
        return str(SchoolYear(start=int(str(value))))
    if column.kind in {Kind.NUMBER, Kind.INTEGER}:
        return format(Decimal(str(value)), "f").removesuffix(".0").replace(".", ",")
    return str(value)
