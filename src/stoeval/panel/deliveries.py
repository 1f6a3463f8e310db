"""Which files in a directory are which delivery, by name or else by header; everything else is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.errors import PanelError
from stoeval.panel.sources import addresses, coordinates, enrolment, exam_candidates, exam_results, successions
from stoeval.panel.sources.delimited import header_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from stoeval.panel.sources.delimited import Delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of delivery: how its files are recognised, and who reads them."""

    name: str
    file_name: re.Pattern[str]
    columns: Mapping[str, tuple[str, ...]]
    read: Callable[[Path], Delivered]
    many: bool


SOURCES = (
    Source(
        name="exam candidates",
        file_name=re.compile(r"examenkandidaten-en-geslaagden"),
        columns=exam_candidates.COLUMNS,
        read=exam_candidates.read_exam_candidates,
        many=True,
    ),
    Source(
        name="enrolment",
        file_name=re.compile(r"leerlingen-vo-per-vestiging-naar-onderwijstype"),
        columns=enrolment.COLUMNS,
        read=enrolment.read_enrolment,
        many=True,
    ),
    Source(
        name="exam results",
        file_name=re.compile(r"geslaagden,?-gezakten-en-cijfers"),
        columns=exam_results.COLUMNS,
        read=exam_results.read_exam_results,
        many=True,
    ),
    Source(
        name="addresses",
        file_name=re.compile(r"alle-vestigingen-vo"),
        columns=addresses.COLUMNS,
        read=addresses.read_addresses,
        many=False,
    ),
    Source(
        name="successions",
        file_name=re.compile(r"overgangen"),
        columns=successions.COLUMNS,
        read=successions.read_successions,
        many=False,
    ),
    Source(
        name="coordinates",
        file_name=re.compile(r"vo_vestigingen_geo"),
        columns=coordinates.COLUMNS,
        read=coordinates.read_coordinates,
        many=False,
    ),
)
COORDINATES = "coordinates"
SIBLING = "geo"


def read_deliveries(directory: Path, progress: Callable[[str], None]) -> dict[str, list[Delivered]]:
    """Read every delivery under a directory, by source name, files in order of name.

    Coordinates may also lie in the folder `geo` beside the directory. Raises PanelError where there are
    neither exam candidates nor enrolment, or two files where one is expected.
    """
    if not directory.is_dir():
        message = f"{directory}: no such directory; expected one with DUO files"
        raise PanelError(message)
    found = _find(directory)
    if not found[COORDINATES] and (directory.parent / SIBLING).is_dir():
        found[COORDINATES] = _find(directory.parent / SIBLING)[COORDINATES]
    if not found["exam candidates"] and not found["enrolment"]:
        message = f"{directory}: 0 files with exam candidates or enrolment; expected DUO's csv files; see the how-to"
        raise PanelError(message)
    for source in SOURCES:
        if len(found[source.name]) > 1 and not source.many:
            names = ", ".join(path.name for path in found[source.name])
            message = f"{directory}: {len(found[source.name])} files of {source.name}: {names}; keep one"
            raise PanelError(message)
    deliveries: dict[str, list[Delivered]] = {}
    for source in SOURCES:
        deliveries[source.name] = []
        for path in found[source.name]:
            progress(f"leest {path.name}")
            deliveries[source.name].append(source.read(path))
    return deliveries


def _find(directory: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {source.name: [] for source in SOURCES}
    paths = (path for path in directory.rglob("*") if path.suffix.lower() == ".csv" and path.is_file())
    for path in sorted(paths, key=lambda one: (one.name, str(one))):
        source = _recognise(path)
        if source:
            found[source.name].append(path)
    return found


def _recognise(path: Path) -> Source | None:
    for source in SOURCES:
        if source.file_name.search(path.name.lower()):
            return source
    header = header_names(path)
    for source in SOURCES:
        if all(header & {text.upper() for text in texts} for texts in source.columns.values()):
            return source
    return None
