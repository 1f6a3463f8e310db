"""Mergers, splits and transfers of schools and vestigingen in vo, from BRIN's OVERGANGEN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "the BRIN file OVERGANGEN"
COLUMNS = {
    "predecessor": ("NR_ADMIN_VAN",),
    "successor": ("NR_ADMIN_NAAR",),
    "law_before": ("CODE_WET_VAN",),
    "law_after": ("CODE_WET_NAAR",),
    "date": ("DT_OVERGANG",),
    "kind": ("CODE_OVERGANG",),
    "complete": ("IND_VOLLEDIG",),
}
LAW = "WVO"


def read_successions(path: Path) -> Delivered:
    """Read transitions within vo: predecessor, successor, date, kind (F, S or V), complete.

    A key of four characters is a school, of six a vestiging. Raises PanelError at a date that is not
    day-month-year.
    """
    file = read_delimited(path, COLUMNS, what=WHAT)
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
