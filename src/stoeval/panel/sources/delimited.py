"""Delimited files as DUO and others publish them: any of their encodings, everything as text."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DELIMITERS = (";", ",")
LARGEST_FILE = 1_000_000_000
"""Bytes; DUO's largest file is less than a tenth of it."""
LONGEST_HEADER = 65_536
LONGEST_NUMBER = 40
"""Characters; no published number comes near, and a longer one may be too large to be one."""
PLACES = ("place", "gemeente", "province")
_BOM = b"\xef\xbb\xbf"
_DECIMAL = re.compile(r"-?([0-9]+([.,][0-9]*)?|[.,][0-9]+)%?")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?%?")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_GIVEN = ("", "<5", "*", "**", "x", "N.v.t.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DelimitedFile:
    """A file as text: what was read, how it was encoded, and its fingerprint."""

    path: Path
    sha256: str
    encoding: str
    delimiter: str
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivered:
    """What one file delivers: typed rows, and where it places each vestiging.

    `places` has one row a vestiging with columns vestiging, place, gemeente and province, empty where the file
    does not say.
    """

    name: str
    sha256: str
    rows: pd.DataFrame
    places: pd.DataFrame


def places_of(vestiging: pd.Series, **named: pd.Series) -> pd.DataFrame:
    """Return where a file places its vestigingen; `named` holds place, gemeente and province as far as given."""
    columns = {name: named[name].str.strip().str.upper() if name in named else pd.NA for name in PLACES}
    frame = pd.DataFrame({"vestiging": vestiging, **columns}).astype("string")
    return frame.drop_duplicates("vestiging", ignore_index=True)


def read_delimited(
    path: Path,
    columns: Mapping[str, tuple[str, ...]],
    *,
    what: str,
    optional: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> DelimitedFile:
    """Read a delimited file as text, with the columns that it must have, or may have, under fixed names.

    `columns` and `optional` map each fixed name to the header texts that stand for it, old and new. Other
    columns keep their header text. Raises PanelError, with file and place, at an empty file, NUL bytes, an unknown
    encoding or delimiter, missing or doubled columns, no rows, and rows of
    the wrong length.
    """
    raw = _bytes(path, what)
    text, encoding = _decode(raw, path)
    delimiter, header = _header(text, columns, path, what)
    rows = _rows(text, delimiter, len(header), path)
    names = _fixed_names(header, columns, optional, path, what)
    content = dict(zip(names, zip(*rows, strict=True), strict=True))
    frame = pd.DataFrame({name: pd.array(list(cells), dtype="string") for name, cells in content.items()})
    digest = hashlib.sha256(raw).hexdigest()
    return DelimitedFile(path=path, sha256=digest, encoding=encoding, delimiter=delimiter, frame=frame)


def header_names(path: Path) -> frozenset[str]:
    """Return the column names of a delimited file, in capitals; none where it is no such file."""
    with path.open("rb") as stream:
        text = stream.readline(LONGEST_HEADER).removeprefix(_BOM).decode("cp1252", errors="replace")
    line = _first_line(text)
    return max((frozenset(_split(line, delimiter)) for delimiter in DELIMITERS), key=len)


def file_bytes(path: Path, what: str) -> bytes:
    """Return a file as bytes; raise PanelError where it cannot be read, or is larger than any delivery."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            message = (
                f"{path.name}: {size} bytes; expected {what}, at most {LARGEST_FILE} bytes; "
                "give the file as it is published"
            )
            raise PanelError(message)
        return path.read_bytes()
    except OSError as error:
        message = f"{path.name}: cannot be read ({error.strerror}); expected {what}"
        raise PanelError(message) from error


def parse_decimals(shown: pd.Series, *, where: str, thousands_point: bool = False) -> pd.Series:
    """Read decimals with a comma or a point, and percentages, as numbers; empty where none is given.

    With `thousands_point`, a point before three digits separates thousands ("1.001" is 1001).
    Raises PanelError at any other text.
    """
    texts = shown.astype("string").fillna("").str.strip()
    values = {
        text: _decimal(text, thousands_point=thousands_point) for text in texts.unique() if text not in _NOT_GIVEN
    }
    unread = [text for text, value in values.items() if value is None]
    if unread:
        position = int(texts.isin(unread).to_numpy().argmax())
        message = (
            f"{where}: {int(texts.isin(unread).sum())} of {len(texts)} values are no number; first is "
            f"{texts.iloc[position]!r} in data row {position + 1}; write 6,4 or 6.4"
        )
        raise PanelError(message)
    return texts.map(values).astype("Float64")


def _decimal(text: str, *, thousands_point: bool) -> float | None:
    if thousands_point and _THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    if not _DECIMAL.fullmatch(text) or len(text) > LONGEST_NUMBER:
        return None
    return float(text.rstrip("%").replace(",", "."))


def _bytes(path: Path, what: str) -> bytes:
    raw = file_bytes(path, what)
    if not raw.removeprefix(_BOM).strip():
        message = f"{path.name}: the file is empty; expected {what}; download it again"
        raise PanelError(message)
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        message = f"{path.name}, line {line}: {raw.count(bytes(1))} NUL bytes; expected text; save it as csv in UTF-8"
        raise PanelError(message)
    return raw


def _decode(raw: bytes, path: Path) -> tuple[str, str]:
    marked, content = raw.startswith(_BOM), raw.removeprefix(_BOM)
    candidates = ("utf-8",) if marked else ("utf-8", "cp1252")
    for encoding in candidates:
        try:
            return content.decode(encoding), "utf-8-sig" if marked else encoding
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            found = f"byte {content[error.start]:#04x}"
    message = f"{path.name}, line {line}: {found} is no text in {' or '.join(candidates)}; save it as csv in UTF-8"
    raise PanelError(message)


def _first_line(text: str) -> str:
    return _LINE_END.split(text, maxsplit=1)[0]


def _split(line: str, delimiter: str) -> list[str]:
    fields = next(csv.reader([line[:LONGEST_HEADER]], delimiter=delimiter), [])
    return [" ".join(field.split()).upper() for field in fields]


def _header(text: str, columns: Mapping[str, tuple[str, ...]], path: Path, what: str) -> tuple[str, list[str]]:
    line = _first_line(text)
    headers = {delimiter: _split(line, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: len(headers[one]))
    header = headers[delimiter]
    if len(header) == 1 and len(columns) > 1:
        message = (
            f"{path.name}, line 1: one column {line[:60]!r}; expected {what} with {len(columns)} or more columns "
            f"separated by {' or '.join(DELIMITERS)}; save it with semicolons"
        )
        raise PanelError(message)
    return delimiter, header


def _fixed_names(
    header: list[str],
    columns: Mapping[str, tuple[str, ...]],
    optional: Mapping[str, tuple[str, ...]],
    path: Path,
    what: str,
) -> list[str]:
    fixed = {text.upper(): name for name, texts in {**columns, **optional}.items() for text in texts}
    names = [fixed.get(text, text) for text in header]
    missing = [" or ".join(texts) for name, texts in columns.items() if name not in names]
    if len(missing) == len(columns):
        message = (
            f"{path.name}, line 1: not {what}; expected columns {', '.join(missing)}; "
            f"found {', '.join(header[:6])}; give the file under its own name"
        )
        raise PanelError(message)
    if missing:
        message = (
            f"{path.name}, line 1: {len(missing)} columns of {what} are missing: {', '.join(missing)}; "
            f"found {', '.join(header)}; download the file again"
        )
        raise PanelError(message)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        message = f"{path.name}, line 1: {len(doubled)} columns occur twice: {', '.join(doubled)}; keep one of each"
        raise PanelError(message)
    return names


def _rows(text: str, delimiter: str, width: int, path: Path) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        next(reader)
        for row in reader:
            if len(row) != width and row:
                message = (
                    f"{path.name}, line {reader.line_num}: {len(row)} fields; expected {width} as in the header; "
                    f"found {delimiter.join(row)[:80]!r}; download the file again"
                )
                raise PanelError(message)
            if row:
                rows.append(row)
    except csv.Error as error:
        message = f"{path.name}, line {reader.line_num}: {error}; expected whole quotes; download the file again"
        raise PanelError(message) from error
    if not rows:
        message = f"{path.name}: 0 rows below the header; expected data; download the file again"
        raise PanelError(message)
    return rows
