"""What a delivery is: its columns as they are published, and who reads it.

One declaration serves four ends: the reader takes the header texts from it, recognition compares a file with it,
the template and the reference page print it, and the simulated twin writes files by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.panel.masking import OPEN, Masking
from stoeval.panel.tables import Kind

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from pathlib import Path

    from stoeval.panel.sources.delimited import Delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """One column of a delivery as it is published."""

    name: str
    """The fixed name that it has after reading."""
    headers: tuple[str, ...]
    """Header texts that stand for it, the newest last."""
    description: str
    example: str
    """A cell of the row that the template shows."""
    kind: Kind = Kind.TEXT
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    pattern: str = ""
    required: bool = True
    """Whether a file without this column is refused."""
    masking: Masking = OPEN
    first_year: int | None = None
    """First and last school year in which it is published; None where it always was."""
    last_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of delivery: how its files are recognised, what they hold, and who reads them."""

    name: str
    description: str
    publisher: str
    licence: str
    """SPDX name where there is one, such as CC0-1.0; "confidential" inside CBS and for survey files."""
    file_name: re.Pattern[str]
    columns: tuple[SourceColumn, ...]
    read: Callable[[Path], Delivered]
    many: bool
    """Whether a delivery may hold several files of this kind."""
    template: str = "csv"
    """Suffix of the files: csv, or xlsx."""

    @property
    def required_headers(self) -> dict[str, tuple[str, ...]]:
        """The header texts of each column that a file must have, by fixed name."""
        return {column.name: column.headers for column in self.columns if column.required}
