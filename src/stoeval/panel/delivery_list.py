"""`deliveries.toml`: which file of a delivery folder is which, with its fingerprint, origin, licence and status.

The list is written once by recognising headers, and corrected by hand. Where it exists it decides: a file that
changed, is missing, lies outside the folder or is listed twice stops the build.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.recognition import SOURCES, files_in, recognise, source_named
from stoeval.vocabulary import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from stoeval.panel.fetch import Fetched

FILE_NAME = "deliveries.toml"
MOST_BYTES = 4_000_000
"""A larger list is no list that anyone wrote."""
_HEADING = """\
# Which file is which. Correct what is wrong: the build follows this list and holds every file against its SHA-256.
# A status is "provisional" until the publisher calls the figures final; the report marks provisional school years.
# Where only some years of a file are, name them: provisional_years = ["2023/24"].
"""
_KEYS = ("file", "source", "sha256", "status", "date", "publisher", "address", "licence")
_YEARS = "provisional_years"
_YEAR = re.compile(r"(20[0-9]{2})/([0-9]{2})")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


class Status(StrEnum):
    """Whether a publisher may still change the figures of a file."""

    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One file of a delivery folder, as its list describes it."""

    file: str
    """Path from the folder, with forward slashes."""
    source: str
    sha256: str
    status: Status
    date: date
    """Day on which the file was received."""
    publisher: str = ""
    address: str = ""
    licence: str = ""
    provisional_years: tuple[SchoolYear, ...] = ()
    """The provisional school years of a provisional file; all of them where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryList:
    """What a list says: the files that are read, and those that nobody recognised."""

    path: Path
    files: tuple[ListedFile, ...]
    unknown: tuple[tuple[str, str], ...] = ()
    """Path and SHA-256 of each file without a source."""


def init_deliveries(directory: Path, *, replace: bool = False) -> DeliveryList:
    """Write the list of a delivery folder by recognising its files, and return it.

    Every file starts as provisional, with the day of its last change. Raises PanelError where there is a
    list already and `replace` was not asked, at a folder without files, and at a file that a symbolic link
    takes from outside the folder.
    """
    path = directory / FILE_NAME
    if not directory.is_dir():
        message = f"{directory}: no such directory; expected one with delivered files"
        raise PanelError(message)
    if path.exists() and not replace:
        message = f"{path}: there is a list already, 1 file; nothing was written; ask to replace it or correct it"
        raise PanelError(message)
    found = [one for one in files_in(directory) if one.name != FILE_NAME]
    if not found:
        message = f"{directory}: 0 files to list; put the delivered files in it first"
        raise PanelError(message)
    _refuse_outsiders(found, directory)
    files, unknown = [], []
    for one in found:
        source, name = recognise(one), one.relative_to(directory).as_posix()
        if source is None:
            unknown.append((name, file_sha256(one)))
            continue
        files.append(
            ListedFile(
                file=name,
                source=source.name,
                sha256=file_sha256(one),
                status=Status.PROVISIONAL,
                date=datetime.fromtimestamp(one.stat().st_mtime, UTC).date(),
                publisher=source.publisher,
                licence=source.licence,
            )
        )
    return write_delivery_list(DeliveryList(path=path, files=tuple(files), unknown=tuple(unknown)))


def list_fetched(directory: Path, fetched: Iterable[Fetched]) -> DeliveryList:
    """Add fetched files to the list of their folder, or start one, and return it; listed files stay as they are.

    A fetched file is provisional. Raises PanelError where the list is wrong, and at a file outside the folder.
    """
    listed = read_delivery_list(directory) or DeliveryList(path=directory / FILE_NAME, files=())
    new = {one.path.resolve(): one for one in fetched}
    _refuse_outsiders(new, directory.resolve())
    named = {file.file for file in listed.files}
    files = [
        ListedFile(
            file=path.relative_to(directory.resolve()).as_posix(),
            source=one.source,
            sha256=one.sha256,
            status=Status.PROVISIONAL,
            date=one.date,
            publisher=source_named(one.source).publisher,
            address=one.address,
            licence=source_named(one.source).licence,
        )
        for path, one in new.items()
    ]
    added = [file for file in files if file.file not in named]
    arrived = {file.file for file in added}
    return write_delivery_list(
        replace(
            listed,
            files=tuple(sorted((*listed.files, *added), key=lambda file: file.file)),
            unknown=tuple(pair for pair in listed.unknown if pair[0] not in arrived),
        )
    )


def write_delivery_list(listed: DeliveryList) -> DeliveryList:
    """Write a list in the place it names, whole or not at all, and return it."""
    blocks = [_HEADING]
    for file in listed.files:
        years = ((_YEARS, file.provisional_years),) if file.provisional_years else ()
        blocks.append(_block("delivery", (*((key, getattr(file, key)) for key in _KEYS), *years)))
    blocks += [_block("unknown", (("file", name), ("sha256", digest))) for name, digest in listed.unknown]
    partial = listed.path.with_name(f".{FILE_NAME}.partial")
    try:
        partial.write_text("\n".join(blocks), encoding="utf-8", newline="\n")
    except UnicodeEncodeError as error:
        partial.unlink(missing_ok=True)
        message = f"{listed.path}: a file name is no text ({error.object[error.start :][:40]!r}); rename the file"
        raise PanelError(message) from error
    os.replace(partial, listed.path)  # noqa: PTH105 - one atomic step, also over an older list
    return listed


def read_delivery_list(directory: Path) -> DeliveryList | None:
    """Read and check the list of a delivery folder; None where there is none.

    Raises PanelError at a list that is no TOML or lacks something, and ContractViolated with every file that
    changed, is missing, lies outside the folder, is listed twice, or names an unknown source.
    """
    path = directory / FILE_NAME
    if not path.is_file():
        return None
    content = _parsed(path)
    wrong = [
        *_form(content, "delivery", _KEYS[:5], (*_KEYS, _YEARS)),
        *_form(content, "unknown", ("file",), ("file", "sha256")),
    ]
    wrong += [f"{key}: 1 unknown table; leave it out" for key in content if key not in {"delivery", "unknown"}]
    if wrong:
        raise ContractViolated(str(path), wrong)
    listed = DeliveryList(
        path=path,
        files=tuple(_listed_file(entry) for entry in content.get("delivery", [])),
        unknown=tuple((entry["file"], entry.get("sha256", "")) for entry in content.get("unknown", [])),
    )
    wrong = list(_misfits(listed, directory))
    if wrong:
        raise ContractViolated(str(path), wrong)
    return listed


def unlisted_files(listed: DeliveryList) -> tuple[str, ...]:
    """Return the files of the folder that its list does not name, in order."""
    named = {FILE_NAME, *(file.file for file in listed.files), *(name for name, _ in listed.unknown)}
    directory = listed.path.parent
    found = {one.relative_to(directory).as_posix() for one in files_in(directory)}
    return tuple(sorted(found - named))


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file; raise PanelError where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        message = f"{path.name}: cannot be read ({error.strerror}); give the file its rights or take it away"
        raise PanelError(message) from error


def _refuse_outsiders(found: Iterable[Path], directory: Path) -> None:
    root = directory.resolve()
    outside = [os.path.relpath(one, directory) for one in found if not one.resolve().is_relative_to(root)]
    if outside:
        message = (
            f"{directory}: {len(outside)} files lie outside the folder, or lead out of it; first {outside[0]}; "
            "copy them into the folder"
        )
        raise PanelError(message)


def _listed_file(entry: dict[str, Any]) -> ListedFile:
    years = tuple(SchoolYear(start=int(year[:4])) for year in entry.get(_YEARS, ()))
    return ListedFile(**(entry | {"status": Status(entry["status"]), _YEARS: years}))


def _block(table: str, pairs: Iterable[tuple[str, object]]) -> str:
    return "\n".join([f"[[{table}]]", *(f"{key} = {_value(value)}" for key, value in pairs), ""])


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(quoted(str(one)) for one in value)}]"
    return quoted(str(value))


def quoted(text: str) -> str:
    """Return a text as a basic string of TOML."""
    shown = (_ESCAPES.get(one) or (f"\\u{ord(one):04x}" if ord(one) < 32 or ord(one) == 127 else one) for one in text)
    return f'"{"".join(shown)}"'


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"{path}: more than {MOST_BYTES} bytes; expected a list of files; write it again"
            raise PanelError(message)
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        message = f"{path}: no TOML ({error}); correct it, or make the list again"
        raise PanelError(message) from error


def _form(content: dict[str, Any], table: str, needed: tuple[str, ...], known: tuple[str, ...]) -> Iterator[str]:
    """Return what is wrong with the form of the entries of a table, one line each."""
    entries = content.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield f"{table}: 1 table of the wrong kind; write each entry below [[{table}]]"
        return
    for number, entry in enumerate(entries, start=1):
        named = entry.get("file")
        where = f"{table} {number} ({named if isinstance(named, str) else 'without file'})"
        missing = [key for key in needed if key not in entry]
        unknown = [key for key in entry if key not in known]
        kinds = [key for key, value in entry.items() if not _right_kind(key, value)]
        if missing:
            yield f"{where}: {len(missing)} keys are missing; first {missing[0]}; add it"
        if unknown:
            yield f"{where}: {len(unknown)} keys are unknown; first {unknown[0]}; leave it out"
        if kinds:
            advice = "write a text, a date as 2026-11-22, school years as 2023/24"
            yield f"{where}: {len(kinds)} values of the wrong kind; first {kinds[0]}; {advice}"
        status = entry.get("status", Status.FINAL)
        if isinstance(status, str) and status not in set(Status):
            yield f"{where}: 1 unknown status {status!r}; write provisional or final"
        if status == Status.FINAL and entry.get(_YEARS):
            yield f"{where}: 1 final file with provisional years; make it provisional or leave {_YEARS} out"


def _right_kind(key: str, value: object) -> bool:
    if key == _YEARS:
        return isinstance(value, list) and all(isinstance(one, str) and _is_year(one) for one in value)
    return isinstance(value, date if key == "date" else str)


def _is_year(text: str) -> bool:
    found = _YEAR.fullmatch(text)
    return found is not None and (int(found.group(1)) + 1) % 100 == int(found.group(2))


def _misfits(listed: DeliveryList, directory: Path) -> Iterator[str]:
    """Return each listed file that is not what the list says, one line each."""
    root, known = directory.resolve(), {source.name for source in SOURCES}
    places = [_place(directory, file.file) for file in listed.files]
    times = Counter(places)
    for file, place in zip(listed.files, places, strict=True):
        if place is None or not place.is_relative_to(root):
            yield f"{file.file}: 1 file lies outside the folder; copy it into the folder and list it there"
        elif not os.path.isfile(place):  # noqa: PTH113 - answers no to a name that is too long, and does not raise
            yield f"{file.file}: 1 file is missing; put it back or take it from the list"
        elif times[place] > 1:
            yield f"{file.file}: 1 file is listed {times[place]} times; keep one"
        elif file_sha256(place) != file.sha256:
            yield f"{file.file}: 1 file changed since it was listed; restore it, or list it again"
        if file.source not in known:
            yield f"{file.file}: 1 unknown source {file.source!r}; known are {', '.join(sorted(known))}"


def _place(directory: Path, name: str) -> Path | None:
    """Return where a listed name leads to; None where it is no path."""
    try:
        return (directory / name).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
