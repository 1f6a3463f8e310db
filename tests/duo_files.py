"""Small files in the forms in which DUO publishes them, written for the tests from the documented headers."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def written(tmp_path: Path, name: str, *lines: str, encoding: str = "utf-8", quoted: bool = False) -> Path:
    """Write lines of semicolons as a csv file with CRLF, in an encoding, each field between quotes where asked."""
    told = ['"' + line.replace(";", '";"') + '"' for line in lines] if quoted else list(lines)
    path = tmp_path / name
    path.write_bytes("\r\n".join([*told, ""]).encode(encoding))
    return path


def workbook(tmp_path: Path, name: str, sheets: dict[str, Sequence[Sequence[object]]], *, shared: bool = True) -> Path:
    """Write an xlsx workbook; texts shared as Excel does or in the cells as other programs do; None is no cell."""
    texts: list[str] = []
    parts = {
        f"xl/worksheets/sheet{i}.xml": _sheet(rows, texts if shared else None) for i, rows in enumerate(sheets.values())
    }
    names = "".join(f'<sheet name="{escape(one)}" sheetId="{i + 1}" r:id="rId{i}"/>' for i, one in enumerate(sheets))
    targets = "".join(f'<Relationship Id="rId{i}" Target="worksheets/sheet{i}.xml"/>' for i in range(len(sheets)))
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{PACKAGE}">{targets}</Relationships>'
    if shared:
        items = "".join(f"<si><t>{escape(one)}</t></si>" for one in texts)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SPREADSHEET}">{items}</sst>'
    return packed(tmp_path, name, parts)


def packed(tmp_path: Path, name: str, parts: dict[str, str]) -> Path:
    """Write the parts of a workbook as a zip."""
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


def _sheet(rows: Sequence[Sequence[object]], texts: list[str] | None) -> str:
    told = []
    for i, row in enumerate(rows, start=1):
        cells = [_cell(one, f"{_letters(j)}{i}", texts) for j, one in enumerate(row) if one is not None]
        told.append(f'<row r="{i}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{"".join(told)}</sheetData></worksheet>'


def _cell(value: object, address: str, texts: list[str] | None) -> str:
    if isinstance(value, (int, float)):
        return f'<c r="{address}"><v>{value}</v></c>'
    if texts is None:
        return f'<c r="{address}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
    texts.append(str(value))
    return f'<c r="{address}" t="s"><v>{len(texts) - 1}</v></c>'


def _letters(place: int) -> str:
    return _letters(place // 26 - 1) + chr(65 + place % 26) if place >= 26 else chr(65 + place)
