"""Mergers, splits and transfers of schools and vestigingen in vo, from BRIN's OVERGANGEN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import CC0, DUO, text

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "the BRIN file OVERGANGEN"
KEY_PATTERN = r"[0-9]{2}[A-Z]{2}([0-9]{2})?"
DECLARED = (
    text("predecessor", "NR_ADMIN_VAN", "school or vestiging that hands over", "01AA00", pattern=KEY_PATTERN),
    text("law_before", "CODE_WET_VAN", "education act before; only WVO is read", "WVO"),
    text("successor", "NR_ADMIN_NAAR", "school or vestiging that takes over", "02BB00", pattern=KEY_PATTERN),
    text("law_after", "CODE_WET_NAAR", "education act after; only WVO is read", "WVO"),
    text("date", "DT_OVERGANG", "date of the transition, day-month-year", "1-8-2018"),
    text("kind", "CODE_OVERGANG", "F merger, S split, V transfer", "F", categories=("F", "S", "V")),
    text("complete", "IND_VOLLEDIG", "whether all of it goes over", "J", categories=("J", "N")),
)
LAW = "WVO"


def read_successions(path: Path) -> Delivered:
    """Read transitions within vo: predecessor, successor, date, kind (F, S or V), complete.

    A key of four characters is a school, of six a vestiging. Raises PanelError at a date that is not
    day-month-year.
    """
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
    frame = file.frame
    within = frame[(frame["law_before"] == LAW) & (frame["law_after"] == LAW)].reset_index(drop=True)
    date = pd.to_datetime(within["date"], format="%d-%m-%Y", errors="coerce")
    wrong = date.isna()
    if wrong.any():
        message = (
            f"{path.name}, DT_OVERGANG: {int(wrong.sum())} dates are not day-month-year; first is "
            f"{within['date'][wrong].iloc[0]!r}; download the file again"
        )
        raise PanelError(message)
    rows = within[["predecessor", "successor", "kind"]].assign(date=date, complete=within["complete"] == "J")
    places = places_of(pd.Series(dtype="string"))
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


SOURCE = Source(
    name="successions",
    description="Mergers, splits and transfers of schools and vestigingen, from the register BRIN.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"overgangen"),
    columns=DECLARED,
    read=read_successions,
    many=False,
)
