"""One sheet of an xlsx workbook as text, read without trust in what the workbook says of itself.

An xlsx file is a zip of XML. Nothing larger than the limits is unpacked, no document type is let in, cells
are placed by their own address, and formulas count by their last stored value. Numbers come back as the
shortest text that gives them, so that 12.0 is "12".
"""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.delimited import file_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST_PART = 400_000_000
"""Bytes of one part, unpacked; DUO's largest sheet is about a tenth of it."""
MOST_MARKS = 20_000_000
"""Tags and attributes of one part, three times what DUO's largest sheet has; each costs far more memory than text."""
MOST_COLUMNS = 4_000
MOST_CELLS = 20_000_000
LARGEST_NUMBER = 1e15
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ET.ParseError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
)
"""What the libraries raise at a damaged zip, and at XML in an encoding that is unknown or not what it says."""
_LETTERS = re.compile(r"[A-Z]{1,3}")
_INDEX = re.compile(r"[0-9]{1,9}")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """One sheet as text under the header texts of its first row, and the fingerprint of its file."""

    name: str
    sha256: str
    frame: pd.DataFrame


def read_sheet(path: Path, names: Sequence[str], *, what: str) -> Sheet:
    """Read the first of the named sheets that the workbook has; its first row that is not empty is the header.

    Header texts are in capitals with single spaces, empty cells are "". Raises PanelError, with file and
    sheet, where the file is no workbook, is larger than the limits, has none of the sheets, or has a header
    that is empty or occurs twice.
    """
    raw = file_bytes(path, what)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            sheet, part = _find(parts, names, path, what)
            cells = list(_rows(_xml(parts, part, path), _shared_texts(parts, path), f"{path.name}, {sheet}"))
    except DAMAGE as error:
        message = f"{path.name}: no whole xlsx workbook ({error}); expected {what}; download the file again"
        raise PanelError(message) from error
    except RuntimeError as error:
        message = f"{path.name}: the workbook is locked ({error}); expected {what}; save it without a password"
        raise PanelError(message) from error
    frame = _frame(cells, f"{path.name}, {sheet}")
    return Sheet(name=sheet, sha256=hashlib.sha256(raw).hexdigest(), frame=frame)


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook; none where it is no workbook."""
    try:
        with zipfile.ZipFile(path) as parts:
            return tuple(_parts_of_sheets(parts, path))
    except (*DAMAGE, RuntimeError, PanelError):
        return ()


def _find(parts: zipfile.ZipFile, names: Sequence[str], path: Path, what: str) -> tuple[str, str]:
    found = _parts_of_sheets(parts, path)
    for name in names:
        if name in found:
            return name, found[name]
    message = (
        f"{path.name}: no sheet {' or '.join(names)}; found {', '.join(found) or 'none'}; expected {what}; "
        "give the workbook as it is published"
    )
    raise PanelError(message)


def _parts_of_sheets(parts: zipfile.ZipFile, path: Path) -> dict[str, str]:
    targets = {
        one.get("Id"): one.get("Target", "")
        for one in ET.fromstring(_xml(parts, "xl/_rels/workbook.xml.rels", path))  # noqa: S314 - see _xml
    }
    sheets = {}
    for element in ET.fromstring(_xml(parts, "xl/workbook.xml", path)).iter():  # noqa: S314 - see _xml
        target = targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION))
        if _tag(element) == "sheet" and target:
            sheets[element.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return sheets


def _xml(parts: zipfile.ZipFile, part: str, path: Path) -> bytes:
    try:
        claimed = parts.getinfo(part).file_size
    except KeyError as error:
        message = f"{path.name}: the workbook has no part {part}; download the file again"
        raise PanelError(message) from error
    if claimed > LARGEST_PART:
        message = (
            f"{path.name}, {part}: {claimed} bytes unpacked; at most {LARGEST_PART} are read; "
            "give the workbook as it is published"
        )
        raise PanelError(message)
    raw = parts.read(part)
    if b"<!DOCTYPE" in raw or b"\0" in raw:
        message = f"{path.name}, {part}: a document type or NUL bytes; expected plain XML in UTF-8; save it anew"
        raise PanelError(message)
    marks = raw.count(b"<") + raw.count(b"=")
    if marks > MOST_MARKS:
        message = (
            f"{path.name}, {part}: {marks} tags and attributes; at most {MOST_MARKS} are read; "
            "give the workbook as it is published"
        )
        raise PanelError(message)
    return raw


def _shared_texts(parts: zipfile.ZipFile, path: Path) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in parts.namelist():
        return []
    root = ET.fromstring(_xml(parts, part, path))  # noqa: S314 - see _xml
    return [_text(item) for item in root if _tag(item) == "si"]


def _rows(raw: bytes, shared: list[str], where: str) -> Iterator[dict[int, str]]:
    n_cells = 0
    for _, element in ET.iterparse(io.BytesIO(raw)):  # noqa: S314 - see _xml
        space, _, tag = element.tag.rpartition("}")
        if tag != "row":
            continue
        of_cell, of_value = (f"{space}}}{name}" if space else name for name in ("c", "v"))
        row: dict[int, str] = {}
        for place, cell in enumerate(element.iterfind(of_cell)):
            shown = _value(cell, cell.findtext(of_value, "").strip(), shared, where)
            if shown:
                row[_column(cell.get("r", ""), place, where)] = shown
        n_cells += len(row)
        if n_cells > MOST_CELLS:
            message = f"{where}: more than {MOST_CELLS} cells; give the workbook as it is published"
            raise PanelError(message)
        element.clear()
        if row:
            yield row


def _column(address: str, place: int, where: str) -> int:
    number = _number_of_letters(address.rstrip("0123456789")) if address else place + 1
    if not 1 <= number <= MOST_COLUMNS:
        message = f"{where}: cell {address[:20]!r} is outside the {MOST_COLUMNS} columns that are read; save it anew"
        raise PanelError(message)
    return number - 1


@lru_cache(maxsize=MOST_COLUMNS)
def _number_of_letters(letters: str) -> int:
    number = 0
    for letter in letters if _LETTERS.fullmatch(letters) else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _value(cell: ET.Element, content: str, shared: list[str], where: str) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell).strip()
    if kind == "n" and content:
        return _number(content, where)
    if kind != "s" or not content:
        return content
    if not _INDEX.fullmatch(content) or int(content) >= len(shared):
        message = f"{where}: a cell names text {content[:20]!r} of {len(shared)}; download the file again"
        raise PanelError(message)
    return shared[int(content)].strip()


def _number(content: str, where: str) -> str:
    if _INDEX.fullmatch(content):
        return content.lstrip("0") or "0"
    try:
        value = float(content)
    except ValueError as error:
        message = f"{where}: a cell of numbers holds {content[:20]!r}; download the file again"
        raise PanelError(message) from error
    if not abs(value) < LARGEST_NUMBER:
        message = f"{where}: a cell holds the number {content[:20]}; expected one below 10^15; check the column"
        raise PanelError(message)
    if value == int(value):
        return str(int(value))
    # Fifteen digits are what a double keeps of a decimal, written out without an exponent.
    return format(Decimal(f"{value:.15g}"), "f")


def _text(element: ET.Element) -> str:
    """Return the text of a cell or item, formatted runs joined, phonetic guides left out."""
    for guide in [one for one in element if _tag(one) == "rPh"]:
        element.remove(guide)
    return "".join(one.text or "" for one in element.iter() if _tag(one) == "t")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _frame(cells: list[dict[int, str]], where: str) -> pd.DataFrame:
    if len(cells) < 2:
        message = f"{where}: {len(cells)} rows; expected a header and data; download the file again"
        raise PanelError(message)
    names = {place: " ".join(shown.split()).upper() for place, shown in cells[0].items()}
    doubled = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if doubled:
        message = f"{where}: {len(doubled)} columns occur twice: {', '.join(doubled)}; keep one of each"
        raise PanelError(message)
    nameless = [row for row in cells[1:] if row.keys() - names.keys()]
    if nameless:
        message = f"{where}: {len(nameless)} rows have cells without a header; give the workbook as it is published"
        raise PanelError(message)
    content = {name: [row.get(place, "") for row in cells[1:]] for place, name in names.items()}
    return pd.DataFrame({name: pd.array(shown, dtype="string") for name, shown in content.items()})
