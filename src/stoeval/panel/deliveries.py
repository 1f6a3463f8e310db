"""The delivered files of a folder, read: those that its list names, else those that are recognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoeval.errors import PanelError
from stoeval.panel.delivery_list import FILE_NAME, Status, read_delivery_list, unlisted_files
from stoeval.panel.recognition import SOURCES, files_in, recognise, source_named

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from stoeval.panel.delivery_list import ListedFile
    from stoeval.panel.sources.delimited import Delivered
    from stoeval.vocabulary import SchoolYear

__all__ = ["SOURCES", "Deliveries", "read_deliveries"]

COORDINATES = "coordinates"
SIBLING = "geo"
COUNTS = ("exam candidates", "enrolment")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deliveries:
    """What a folder delivers: files by source name, and what must be told about them."""

    files: dict[str, list[Delivered]]
    notes: tuple[str, ...]
    provisional: dict[str, tuple[SchoolYear, ...]]
    """Each file of which figures may still change, by SHA-256, and in which school years; none means in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    paths: dict[str, list[Path]]
    listed: dict[Path, ListedFile] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_deliveries(directory: Path, progress: Callable[[str], None], *, used: Collection[str]) -> Deliveries:
    """Read the deliveries of a folder that the panel uses, files in order of name; note the others.

    Where the folder has a list, the list decides. Without one, coordinates may also lie in the folder `geo`
    beside the directory. Raises PanelError where there are neither exam candidates nor enrolment, or two
    files where one is expected.
    """
    if not directory.is_dir():
        message = f"{directory}: no such directory; expected one with DUO files"
        raise PanelError(message)
    found = _listed(directory) or _recognised(directory)
    if not any(found.paths[name] for name in COUNTS):
        message = f"{directory}: 0 files with exam candidates or enrolment; expected DUO's csv files; see the how-to"
        raise PanelError(message)
    for name, paths in found.paths.items():
        if len(paths) > 1 and not source_named(name).many:
            names = ", ".join(path.name for path in paths)
            message = f"{directory}: {len(paths)} files of {name}: {names}; keep one"
            raise PanelError(message)
    files: dict[str, list[Delivered]] = {}
    for source in SOURCES:
        files[source.name] = []
        for path in found.paths[source.name] if source.name in used else []:
            progress(f"leest {path.name}")
            files[source.name].append(_as_listed(source.read(path), found.listed.get(path)))
    return Deliveries(
        files=files,
        notes=(*found.notes, *_unused(found, used)),
        provisional={
            file.sha256: file.provisional_years for file in found.listed.values() if file.status is Status.PROVISIONAL
        },
    )


def _as_listed(delivered: Delivered, listed: ListedFile | None) -> Delivered:
    """Refuse a file that changed between the check of the list and its reading."""
    if listed and listed.sha256 != delivered.sha256:
        message = f"{listed.file}: 1 file changed while it was read; build again when nobody writes to it"
        raise PanelError(message)
    return delivered


def _listed(directory: Path) -> _Found | None:
    listed = read_delivery_list(directory)
    if listed is None:
        return None
    paths: dict[str, list[Path]] = {source.name: [] for source in SOURCES}
    places = {directory / file.file: file for file in sorted(listed.files, key=lambda one: one.file)}
    for path, file in places.items():
        paths[file.source].append(path)
    others = unlisted_files(listed)
    note = f"Niet in {FILE_NAME} en daarom niet gelezen: {len(others)} bestanden ({_some(others)})."
    return _Found(paths=paths, listed=places, notes=(note,) if others else ())


def _recognised(directory: Path) -> _Found:
    paths: dict[str, list[Path]] = {source.name: [] for source in SOURCES}
    for path in files_in(directory):
        source = recognise(path)
        if source:
            paths[source.name].append(path)
    if not paths[COORDINATES] and (directory.parent / SIBLING).is_dir():
        beside = [(path, recognise(path)) for path in files_in(directory.parent / SIBLING)]
        paths[COORDINATES] = [path for path, source in beside if source and source.name == COORDINATES]
    return _Found(paths=paths)


def _unused(found: _Found, used: Collection[str]) -> tuple[str, ...]:
    names = [path.name for name, paths in found.paths.items() if name not in used for path in paths]
    if not names:
        return ()
    return (f"Herkend, maar in geen tabel van het panel gebruikt: {len(names)} bestanden ({_some(sorted(names))}).",)


def _some(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names[:5]) + (" en andere" if len(names) > 5 else "")
