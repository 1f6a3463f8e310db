"""Templates: an empty file of each documented format, with one row of examples."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.recognition import CSV, SOURCES, source_named
from stoeval.panel.sources.school_staff import BY_FUNCTION
from stoeval.panel.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DELIMITER = ";"
SHEET = BY_FUNCTION[0]
"""Sheet of a workbook; the only workbook among the sources is the one of school staff."""


def template_names() -> tuple[str, ...]:
    """Return the name of every delivery; each has a template."""
    return tuple(source.name for source in SOURCES)


def template(name: str) -> bytes:
    """Return the template of a delivery: the newest header of each column, and a row of examples.

    A delimited text in UTF-8, or a workbook where the delivery is one. Raises PanelError at an unknown name,
    naming the known ones.
    """
    source = source_named(name)
    heads = [column.headers[-1] for column in source.columns]
    examples = [column.example for column in source.columns]
    return delimited_text([heads, examples]).encode() if source.template == CSV else _workbook(heads, examples)


def template_file(name: str) -> Path:
    """Return the file name that the template of a delivery has where none is chosen."""
    return Path(f"{name.replace(' ', '-')}.{source_named(name).template}")


def write_template(name: str, path: Path) -> Path:
    """Write the template of a delivery to a new file, and return its path.

    Raises PanelError at an unknown name, at a suffix that is not the one of the delivery, and at a file that exists.
    """
    source = source_named(name)
    if path.suffix.lower() != f".{source.template}":
        message = (
            f"{path}: {name} is delivered as {source.template} and not as {path.suffix or 'a file without suffix'}; "
            f"write to a file that ends in .{source.template}"
        )
        raise PanelError(message)
    content = template(name)
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror}); nothing was written; choose another place"
        raise PanelError(message) from error
    return path


def delimited_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as text of a delimited file: semicolons, quotes where a cell needs them."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=DELIMITER, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _workbook(heads: Sequence[str], examples: Sequence[str]) -> bytes:
    """Return a workbook of one sheet in which every cell is text."""
    table = pd.DataFrame([examples], columns=list(heads), dtype="string")
    with TemporaryDirectory() as directory:
        return write_workbook(Path(directory) / "template.xlsx", {SHEET: table}).read_bytes()
