"""What is fuzzed: the reader of every source that is discovered, and the readers of lists, panels and plain files.

A target spoils a small valid file in a directory and reads it. A new reader under `panel/sources` is a target
without being named here.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import damages
import workbook_damages
from damages import Draft

from stoeval.errors import EstimationError, PanelError
from stoeval.estimate.question import Question
from stoeval.estimate.rows import read_rows
from stoeval.panel.contract import empty
from stoeval.panel.delivery_list import FILE_NAME, read_delivery_list
from stoeval.panel.recognition import CSV, SOURCES, recognise
from stoeval.panel.storage import DESCRIPTOR, read_panel, write_panel
from stoeval.panel.tables import TABLES
from stoeval.panel.templates import SHEET
from stoeval.vocabulary import MonitorPanel, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from stoeval.errors import StoevalError
    from stoeval.panel.sources.declaration import Source

    Spoil = Callable[[Path, Random], tuple[Path, tuple[str, ...]]]

YEARS = "2023-2024-tov-2024-2025"
"""Every reader that takes a school year from the file name finds one here."""
PREFIXES = ("", "", "", "", "brin4_", "01_voins-", "=cmd-", "\u00e9-")
PATHS = (
    *("../a.csv", "/etc/passwd", "a/../../b", "..", ".", "", "a\0b", "a" * 5_000, "C:\\a.csv", "..\\a.csv", "~/a.csv"),
    *("a.csv/", "./a.csv", "a.csv ", "\u202ea.csv", "con", "link", "/dev/zero", "/proc/self/mem", "file:///etc/passwd"),
)
TOML = (
    *(
        "1",
        "1.5",
        "true",
        "[]",
        "{}",
        "[[1]]",
        '""',
        '"\\u0000"',
        '"\\ud800"',
        "nan",
        "-inf",
        "1" * 5_000,
        "0x" + "f" * 9_999,
        "'''",
        '"""',
    ),
    *("2026-11-22", "2026-02-30", "0001-01-01", "2026-11-22T10:00:00Z", "10:00:00", '["2023/24"]', '["2023/25"]'),
    *(
        '"final"',
        '"provisional"',
        '"x"',
        "{a.b.c = 1}",
        "[" * 2_000,
        "{a=" * 2_000,
        "=cmd",
        '"=1+1"',
    ),
)
QUESTION = Question(outcome="y", exposure="x", unit="u", time="t", cluster="c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader, the damage that is done to what it reads, and the only error that it may raise."""

    name: str
    spoil: Spoil
    read: Callable[[Path], object]
    refusal: type[StoevalError]
    weight: float
    names_file: bool = True
    """Whether every refusal names the file; that of a stored panel may name the table that the file holds."""


def targets(directory: Path) -> tuple[Target, ...]:
    """Return every target; `directory` is where those that need more than one file keep theirs."""
    own = (
        Target(name="recognition", spoil=_any_file, read=recognise, refusal=PanelError, weight=2),
        Target(name=FILE_NAME, spoil=_delivery_list, read=_read_list, refusal=PanelError, weight=1),
        Target(
            name="stored panel",
            spoil=StoredPanel(directory),
            read=read_panel,
            refusal=PanelError,
            weight=0.03,
            names_file=False,
        ),
        Target(
            name="file to estimate",
            spoil=_plain_file,
            read=_read_plain,
            refusal=EstimationError,
            weight=0.5,
            names_file=False,
        ),
    )
    return (*(_of_source(source) for source in SOURCES), *own)


def _of_source(source: Source) -> Target:
    weight = 1.0 if source.template == CSV else 0.5
    return Target(
        name=source.name, spoil=partial(_delivery, source), read=source.read, refusal=PanelError, weight=weight
    )


def _delivery(source: Source, directory: Path, draw: Random) -> tuple[Path, tuple[str, ...]]:
    path = directory / f"{draw.choice(PREFIXES)}{source.name.replace(' ', '-')}-{YEARS}.{source.template}"
    rows = drawn_rows(source, draw)
    if source.template == CSV:
        delimiter, end = draw.choice((";", ";", ",")), draw.choice(("\r\n", "\n"))
        raw, names = damages.damaged(Draft(lines=rows, delimiter=delimiter, end=end), draw)
    else:
        parts = workbook_damages.workbook(SHEET, rows, shared=draw.random() < 0.5)
        raw, names = workbook_damages.damaged(parts, draw)
    path.write_bytes(raw)
    return path, names


def drawn_rows(source: Source, draw: Random) -> list[list[str]]:
    """Return a header and a row of examples: every required column and few of the others."""
    others = [column for column in source.columns if not column.required]
    kept = {column.name for column in draw.sample(others, min(3, len(others)))}
    lasting = [column for column in others if column.first_year is not None]
    if lasting:
        year = draw.choice(lasting).first_year
        kept = {column.name for column in others if column.first_year == year}
    columns = [column for column in source.columns if column.required or column.name in kept]
    return [
        [draw.choice(column.headers) for column in columns],
        [column.example.replace(";", "/") for column in columns],
    ]


def _any_file(directory: Path, draw: Random) -> tuple[Path, tuple[str, ...]]:
    source = draw.choice(SOURCES)
    path, names = _delivery(source, directory, draw)
    renamed = path.with_name(draw.choice(("a.csv", "a.CSV", "a.xlsx", "a", "a.csv.gz", "a.xlsx.csv", path.name)))
    return path.rename(renamed), names


def _delivery_list(directory: Path, draw: Random) -> tuple[Path, tuple[str, ...]]:
    content = b"a;b\n1;2\n"
    for name in ("a.csv", "b.csv"):
        (directory / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    entry = {"source": '"surveys"', "sha256": f'"{digest}"', "status": '"provisional"', "date": "2026-11-22"}
    entries = [{"file": '"a.csv"', **entry}, {"file": '"b.csv"', **entry, "licence": '"CC0-1.0"'}]
    lines = [[f"{key} = {value}" for key, value in one.items()] for one in entries]
    names = []
    for _ in range(draw.choice((0, 1, 1, 2))):
        line = draw.choice(lines)
        place = draw.randrange(len(line))
        key = line[place].partition(" = ")[0]
        change = draw.choice(("value", "path", "key", "lose", "double"))
        names.append(f"toml {change}")
        if change == "lose":
            line.pop(place)
            line = line or ["x = 1"]
        elif change == "double":
            line.append(line[place])
        elif change == "path":
            line[place] = f'file = "{_escaped(draw.choice(PATHS))}"'
        elif change == "value":
            line[place] = f"{key} = {draw.choice(TOML)}"
        else:
            line[place] = (
                f"{draw.choice(('provisional_years', 'x', 'file.a', '', '[a]', 'sha256'))} = {draw.choice(TOML)}"
            )
    tables = [draw.choice(("[[delivery]]",) * 8 + ("[delivery]", "[[unknown]]", "[x]", "delivery = 1")) for _ in lines]
    raw = "\n".join("\n".join([table, *line]) for table, line in zip(tables, lines, strict=True)).encode()
    if not names or draw.random() < 0.3:
        change = draw.choice(damages.OF_BYTES)
        raw = change(raw, draw)
        names.append(change.__name__)
    (directory / FILE_NAME).write_bytes(raw)
    return directory / FILE_NAME, tuple(names)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\0", "\\u0000")


def _read_list(path: Path) -> object:
    return read_delivery_list(path.parent)


class StoredPanel:
    """Spoils a stored panel: its descriptor, or a table with or without the hash that the descriptor gives."""

    def __init__(self, directory: Path) -> None:
        tables = {table.name: empty(table) for table in TABLES}
        provenance = Provenance(synthetic=True, regions="STO", sources=(("a", "0" * 64),), notes=("b",))
        self.directory = directory / "stored"
        write_panel(MonitorPanel(tables=tables, provenance=provenance), self.directory)
        self.whole = {path.name: path.read_bytes() for path in sorted(self.directory.iterdir())}

    def __call__(self, directory: Path, draw: Random) -> tuple[Path, tuple[str, ...]]:
        """Restore the panel, spoil one file of it, and return where it lies."""
        place = self.directory if directory == self.directory.parent else directory / "stored"
        place.mkdir(exist_ok=True)
        for name, content in self.whole.items():
            (place / name).write_bytes(content)
        name = draw.choice((DESCRIPTOR, *self.whole))
        change = draw.choice(damages.OF_BYTES)
        raw = change(self.whole[name], draw)
        if name != DESCRIPTOR and draw.random() < 0.1:
            raw = self.whole[draw.choice([one for one in self.whole if one != DESCRIPTOR])]
        (place / name).write_bytes(raw)
        if name == DESCRIPTOR:
            return place, (change.__name__, *self._descriptor(place, draw))
        if draw.random() < 0.8:
            old, new = (hashlib.sha256(one).hexdigest().encode() for one in (self.whole[name], raw))
            (place / DESCRIPTOR).write_bytes(self.whole[DESCRIPTOR].replace(old, new))
        return place, (change.__name__,)

    def _descriptor(self, place: Path, draw: Random) -> tuple[str, ...]:
        """Give one value of the descriptor another kind, in half of the draws."""
        if draw.random() < 0.5:
            return ()
        content = json.loads(self.whole[DESCRIPTOR])
        value = draw.choice((None, 1, "x", [], {}, [1], [None], {"a": 1}, True, "\0", [[]], [{"name": 1, "hash": 2}]))
        holder = draw.choice((content, content["sources"][0], *content["resources"]))
        holder[draw.choice(sorted(holder))] = value
        (place / DESCRIPTOR).write_text(json.dumps(draw.choice((content, content, content, value))), encoding="utf-8")
        return ("json value",)


def _plain_file(directory: Path, draw: Random) -> tuple[Path, tuple[str, ...]]:
    rows = [
        ["y", "x", "u", "t", "c"],
        *([f"{unit}.5", "1", f"u{unit}", str(t), "c"] for unit in (1, 2) for t in (1, 2)),
    ]
    raw, names = damages.damaged(Draft(lines=rows, delimiter=draw.choice((",", ";", "\t")), end="\n"), draw)
    path = directory / draw.choice(("a.csv", "a.csv", "a.csv.gz", "a.csv.xz", "a.zip", "a.tar", "a.parquet", "a.txt"))
    raw = gzip.compress(raw, 1, mtime=0) if path.suffix == ".gz" and draw.random() < 0.5 else raw
    raw = raw[: -draw.randrange(1, 20)] if draw.random() < 0.1 else raw
    path.write_bytes(raw)
    return path, names


def _read_plain(path: Path) -> object:
    rows = read_rows(path, QUESTION)
    return rows.numbers("y"), rows.codes("u:t"), rows.periods("t")
