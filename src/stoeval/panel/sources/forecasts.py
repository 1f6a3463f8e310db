"""Forecasts of pupils per school, level and year, from DUO's table Prognoses vo.

The table holds only schools that are still open in its last counted year, so it is no frame of all schools.
Its name (brin4_) says that it is one of DUO's tables, in which 4 stands for 1 to 4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, bounds, count, text
from stoeval.panel.sources.keys import DUO_TABLE, checked_brins

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking

WHAT = "DUO's table of forecasts of pupils in vo"
PUPILS = count("pupils", "PROGNOSEAANTALLEN", "pupils expected on 1 October", "312", masking=DUO_TABLE)
DECLARED = (
    BRIN,
    text("level", "ONDERWIJSNIVEAU", "level of education", "VMBO BL"),
    text("year", "JAAR", "year of 1 October", "2027", pattern=r"20[0-9]{2}"),
    PUPILS,
)
KEY = ["brin", "level", "school_year"]


def read_forecasts(path: Path, *, masking: Masking = DUO_TABLE) -> Delivered:
    """Read one row a school, level and school year: pupils expected, as bounds.

    Raises PanelError at a file that is not this delivery, a year that is no year, and doubled rows.
    """
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
    frame = file.frame
    years = frame["year"].str.strip()
    wrong = ~years.str.fullmatch(r"20[0-9]{2}")
    if wrong.any():
        message = (
            f"{path.name}, JAAR: {int(wrong.sum())} values are no year; first is {years[wrong].iloc[0]!r} in data "
            f"row {int(wrong.to_numpy().argmax()) + 1}; expected such as 2027"
        )
        raise PanelError(message)
    brin = checked_brins(frame["brin"], where=path.name)
    rows = pd.DataFrame({"brin": brin, "level": frame["level"].str.strip(), "school_year": years.astype("int64")})
    # Any year will do: this source hides small counts in all of them.
    rows = rows.join(bounds(frame, (PUPILS,), masking, path=path, school_year=int(rows["school_year"].min())))
    doubled = rows[rows.duplicated(KEY)]
    if len(doubled):
        first = " ".join(map(str, doubled.iloc[0][KEY]))
        message = f"{path.name}: {len(doubled)} rows occur twice; first {first}; download the file again"
        raise PanelError(message)
    places = places_of(pd.Series(dtype="string"))
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


SOURCE = Source(
    name="forecasts",
    description="Pupils expected per school, level and year, of schools that are still open.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"prognosesvo"),
    columns=DECLARED,
    read=read_forecasts,
    many=False,
)
