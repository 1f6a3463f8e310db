"""A plain Excel workbook: one table a sheet, texts as texts and numbers as numbers.

Office Open XML (ECMA-376) with inline strings, so that no text is ever read as a formula. The same tables give
the same bytes. No styles, formulas or charts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from stoeval.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_ROWS = 1_048_576
"""Rows of a sheet in Excel, the header among them."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET_NAME = re.compile(r"[^\[\]:*?/\\']{1,31}")


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """Write each table to a sheet of its name; a missing value is an empty cell.

    Raises PanelError at a name that Excel does not take and at a table with too many rows for a sheet.
    """
    for name, table in sheets.items():
        if not _SHEET_NAME.fullmatch(name):
            message = f"{path.name}: a sheet cannot be called {name!r}; use at most 31 characters without []:*?/\\'"
            raise PanelError(message)
        if len(table) >= MOST_ROWS:
            message = (
                f"{path.name}: {len(table)} rows for sheet {name}, which holds {MOST_ROWS - 1}; write Parquet instead"
            )
            raise PanelError(message)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in _parts(sheets):
            archive.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, ZIP_DEFLATED)
    return path


def _parts(sheets: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for number in numbers
    )
    types = (
        f'{_HEAD}<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
        f"{kinds}</Types>"
    )
    yield "[Content_Types].xml", types
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield "xl/_rels/workbook.xml.rels", _relations([("worksheet", f"worksheets/sheet{one}.xml") for one in numbers])
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    for number, table in zip(numbers, sheets.values(), strict=True):
        yield f"xl/worksheets/sheet{number}.xml", _sheet(table)


def _relations(targets: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{listed}</Relationships>'


def _sheet(table: pd.DataFrame) -> str:
    cells = [_cells(table[name]) for name in table.columns]
    header = "".join(_text(str(name)) for name in table.columns)
    rows = "".join(f"<row>{''.join(row)}</row>" for row in zip(*cells, strict=True))
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData><row>{header}</row>{rows}</sheetData></worksheet>'


def _cells(column: pd.Series) -> list[str]:
    if pd.api.types.is_bool_dtype(column.dtype):
        return [f'<c t="b"><v>{int(value)}</v></c>' for value in column]
    if pd.api.types.is_numeric_dtype(column.dtype):
        return ["<c/>" if missing else f"<c><v>{float(value)!r}</v></c>" for value, missing in _values(column)]
    known: dict[object, str] = {}
    return ["<c/>" if missing else known.setdefault(value, _text(str(value))) for value, missing in _values(column)]


def _values(column: pd.Series) -> Iterator[tuple[float, bool]]:
    return zip(column, column.isna(), strict=True)


def _text(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_UNPRINTABLE.sub("", value))}</t></is></c>'
