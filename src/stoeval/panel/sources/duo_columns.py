"""Columns that DUO's files share, short ways to declare one, and counts read as declared.

DUO gives its open files away under CC0 (duo.nl/open_onderwijsdata, Hergebruik).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import pandas as pd

from stoeval.panel.masking import DUO_FILE, Masking, parse_counts
from stoeval.panel.sources.declaration import SourceColumn
from stoeval.panel.sources.keys import BRIN_HEADERS, BRIN_PATTERN, NUMBER_HEADERS
from stoeval.panel.tables import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Unpack

DUO = "Dienst Uitvoering Onderwijs (DUO)"
CC0 = "CC0-1.0"


class Extent(TypedDict, total=False):
    """What a column may have besides its name, headers, description and example."""

    unit: str
    minimum: float
    maximum: float
    categories: tuple[str, ...]
    pattern: str
    required: bool
    masking: Masking
    first_year: int
    last_year: int


def text(
    name: str, headers: str | tuple[str, ...], description: str, example: str, **more: Unpack[Extent]
) -> SourceColumn:
    """Declare a column of text or of a code."""
    return SourceColumn(name=name, headers=_tuple(headers), description=description, example=example, **more)


def count(
    name: str, headers: str | tuple[str, ...], description: str, example: str, **more: Unpack[Extent]
) -> SourceColumn:
    """Declare a column of counts of 0 or more, in pupils and masked as DUO's files unless said otherwise."""
    extent: Extent = {"unit": "pupils", "minimum": 0, "masking": DUO_FILE, **more}
    return SourceColumn(
        name=name,
        headers=_tuple(headers),
        description=description,
        example=example,
        kind=Kind.INTEGER,
        **extent,
    )


def number(
    name: str, headers: str | tuple[str, ...], description: str, example: str, **more: Unpack[Extent]
) -> SourceColumn:
    """Declare a column of decimals, with a comma or a point."""
    return SourceColumn(
        name=name,
        headers=_tuple(headers),
        description=description,
        example=example,
        kind=Kind.NUMBER,
        **more,
    )


def mark(name: str, headers: str | tuple[str, ...], description: str, example: str = "6,4") -> SourceColumn:
    """Declare a column of mean marks; 0 or a blank means that there was no such exam."""
    return number(name, headers, description, example, unit="mark", minimum=0, maximum=10)


def bounds(
    frame: pd.DataFrame, columns: Sequence[SourceColumn], shown: Masking, *, path: Path, school_year: int | None = None
) -> pd.DataFrame:
    """Return `<name>_low` and `<name>_high` of each column of counts, in the order of the columns.

    Raises PanelError, with file and column, at a text that is neither a whole number nor a symbol.
    """
    sides: dict[str, pd.Series] = {}
    for column in columns:
        where = f"{path.name}, {column.headers[-1]}"
        counts = parse_counts(frame[column.name], shown, where=where, school_year=school_year)
        for side, values in (("low", counts.low), ("high", counts.high)):
            sides[f"{column.name}_{side}"] = pd.Series(values, index=frame.index, dtype="int64")
    return pd.DataFrame(sides)


def _tuple(headers: str | tuple[str, ...]) -> tuple[str, ...]:
    return (headers,) if isinstance(headers, str) else headers


BRIN = text("brin", BRIN_HEADERS, "BRIN of the school", "00AH", pattern=BRIN_PATTERN)
NUMBER_IN_SCHOOL = text(
    "number",
    NUMBER_HEADERS,
    "number of the vestiging within its school, in two digits or one where a zero was lost",
    "07",
    pattern=r"[0-9]{1,2}|[0-9]{2}[A-Z]{2}[0-9]{2}",
)
WHOLE_VESTIGING = text(
    "number",
    NUMBER_HEADERS,
    "BRIN and two digits of the vestiging",
    "00AH07",
    pattern=r"[0-9]{1,2}|[0-9]{2}[A-Z]{2}[0-9]{2}",
)
SCHOOL_NAME = text(
    "school_name", "INSTELLINGSNAAM VESTIGING", "name of the vestiging", "Het Voorbeeldcollege", required=False
)
YEAR_IN_TABLE = text(
    "year",
    ("SCHOOLJAAR", "PEILJAAR"),
    "school year, in DUO's tables of several years; the files have it in their name",
    "2017",
    pattern=r"20[0-9]{2}.*",
    required=False,
)
