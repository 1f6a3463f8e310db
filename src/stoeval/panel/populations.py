"""Populations: which units an estimand is about, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stoeval.panel.measures.counts import unit_of
from stoeval.panel.tables import HARD_TECHNICAL

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, MonitorPanel

EVERYONE = "all"
TECHNICAL_AT_BASELINE = "technical at baseline"
"""Units with hard technique, or with candidates in the technical sector, in the last baseline year."""
SWITCHED = "switched to D&P"
"""Units whose hard-technical pupils at least halved between the two counts of the aanloop while D&P grew."""
POPULATIONS = (EVERYONE, TECHNICAL_AT_BASELINE, SWITCHED)
AANLOOP_COUNTS = {"first": 2017, "second": 2018}
"""Counts on which the aanloop paid 2018 and 2019; neither paid anything for D&P."""


def of_population(frame: pd.DataFrame, panel: MonitorPanel, estimand: Estimand) -> pd.DataFrame:
    """Return the rows of a named population; raise ValueError where there is none of that name."""
    if estimand.population == EVERYONE:
        return frame
    if estimand.population == TECHNICAL_AT_BASELINE:
        return frame[frame["unit"].isin(_technical(panel, max(estimand.window.baseline).start))]
    if estimand.population == SWITCHED:
        return frame[frame["unit"].isin(_switched(panel))]
    message = f"population {estimand.population!r} is unknown; known are {', '.join(POPULATIONS)}"
    raise ValueError(message)


def _technical(panel: MonitorPanel, year: int) -> set[str]:
    rows = panel.tables["offers"]
    some = rows["profile"].isin([*HARD_TECHNICAL, "S_TECHNIEK"]) & (rows["school_year"] == year)
    some &= (rows["pupils_high"].fillna(0) > 0) | (rows["candidates_high"].fillna(0) > 0)
    return set(unit_of(rows[some]))


def _switched(panel: MonitorPanel) -> set[str]:
    first, second = (_kinds(panel, year).add_suffix(f"_{place}") for place, year in AANLOOP_COUNTS.items())
    both = first.join(second, how="inner")
    halved = (both["hard_first"] > 0) & (both["hard_second"] <= both["hard_first"] / 2)
    return set(both.index[halved & (both["dp_second"] > both["dp_first"])])


def _kinds(panel: MonitorPanel, year: int) -> pd.DataFrame:
    """Return pupils in hard-technical profiles and in D&P by unit at the count of a year."""
    offers = panel.tables["offers"]
    rows = offers[(offers["school_year"] == year) & offers["pupils_low"].notna()]
    middle = (rows["pupils_low"].astype(float) + rows["pupils_high"].astype(float)) / 2
    kinds = {"hard": rows["profile"].isin(HARD_TECHNICAL), "dp": rows["profile"] == "DP"}
    columns = {name: middle.where(kind, 0.0) for name, kind in kinds.items()}
    return pd.DataFrame({"unit": unit_of(rows), **columns}).groupby("unit")[list(columns)].sum()
