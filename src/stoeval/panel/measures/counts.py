"""Counts of pupils and candidates as intervals, alike in every year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel import masking
from stoeval.panel.kept import kept
from stoeval.panel.masking import Intervals, remask
from stoeval.panel.tables import HARD_TECHNICAL, PROFESSIONAL_LEERWEGEN, PROFILES, SECTORS, SOFT_TECHNICAL
from stoeval.vocabulary import TechnicalDefinition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.vocabulary import Floats, MonitorPanel

    Measure = Callable[[MonitorPanel, TechnicalDefinition], pd.DataFrame]

COLUMNS = [
    "unit",
    "group",
    "school_year",
    "region",
    "value",
    "low",
    "high",
    "weight",
    "offset",
    "smallest",
    "disclosive",
]

TECHNICAL_PROFILES = {
    TechnicalDefinition.HARD: HARD_TECHNICAL,
    TechnicalDefinition.HARD_AND_SOFT: (*HARD_TECHNICAL, *SOFT_TECHNICAL),
    TechnicalDefinition.WITH_DP: (*HARD_TECHNICAL, *SOFT_TECHNICAL, "DP"),
}
TECHNICAL_SECTOR = "S_TECHNIEK"
"""Exam counts know the sector only: hard and soft technique together, whatever the definition."""


@kept(8)
def counts(
    panel: MonitorPanel,
    column: str,
    technical: TechnicalDefinition,
    *,
    leerwegen: tuple[str, ...] = PROFESSIONAL_LEERWEGEN,
) -> pd.DataFrame:
    """Return one row per offer in these leerwegen with `low`, `high` and `technical`; TL is never technical.

    `column` is pupils, entrants or candidates; `unit` is whom the row counts for, the vestiging itself where the
    panel follows no genealogy. Where any year of the panel is masked, all years are masked alike and before any
    sum, so that a level break in the publication does not look like a change in the schools. Several measures share
    the frame; do not change it in place.
    """
    offers = panel.tables["offers"]
    by_sector = column == "candidates"
    kinds = SECTORS if by_sector else (*PROFILES, "TL")
    rows = offers[offers["profile"].isin(kinds) & offers["leerweg"].isin(leerwegen) & offers[f"{column}_low"].notna()]
    low: Floats = np.array(rows[f"{column}_low"], dtype=np.float64)
    high: Floats = np.array(rows[f"{column}_high"], dtype=np.float64)
    low, high = alike(low, high)
    chosen = (TECHNICAL_SECTOR,) if by_sector else TECHNICAL_PROFILES[technical]
    return pd.DataFrame(
        {
            "unit": unit_of(rows),
            "vestiging": rows["vestiging"].to_numpy(dtype=object),
            "profile": rows["profile"].to_numpy(dtype=object),
            "leerweg": rows["leerweg"].replace("LWT", "BB").to_numpy(dtype=object),
            "school_year": rows["school_year"].to_numpy(dtype=np.int64),
            "low": low,
            "high": high,
            "technical": (rows["profile"].isin(chosen) & (rows["leerweg"] != "TL")).to_numpy(dtype=bool),
        }
    )


def unit_of(rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return whom each row counts for: its unit under a rule of genealogy, else its vestiging."""
    return rows["unit" if "unit" in rows.columns else "vestiging"].to_numpy(dtype=object)


def alike(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return counts masked alike in every year, where any of them is masked."""
    if not (low < high).any():
        return low, high
    hidden = remask(Intervals(low=np.asarray(low, dtype=np.int64), high=np.asarray(high, dtype=np.int64)))
    return hidden.low.astype(np.float64), hidden.high.astype(np.float64)


def technical_and_all(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return technical and other counts by keys: `low_t`, `high_t`, `low_o`, `high_o`."""
    parts = rows.assign(
        low_t=rows["low"].where(rows["technical"], 0.0),
        high_t=rows["high"].where(rows["technical"], 0.0),
        low_o=rows["low"].where(~rows["technical"], 0.0),
        high_o=rows["high"].where(~rows["technical"], 0.0),
    )
    return parts.groupby(list(keys), sort=True)[["low_t", "high_t", "low_o", "high_o"]].sum().reset_index()


def share_of_technical(totals: pd.DataFrame) -> pd.DataFrame:
    """Return the technical share with sharp bounds, weighted by the pupils behind it."""
    everyone = (totals["low_t"] + totals["high_t"] + totals["low_o"] + totals["high_o"]) / 2
    kept = totals[everyone > 0]
    everyone = everyone[everyone > 0]
    technical, other = (intervals(kept[f"low_{letter}"], kept[f"high_{letter}"]) for letter in "to")
    low, high = masking.share(technical, other)
    part = (kept["low_t"] + kept["high_t"]) / 2
    return kept.assign(
        value=part / everyone, low=low, high=high, weight=everyone, smallest=smallest(part, everyone - part)
    )


def intervals(low: pd.Series[float], high: pd.Series[float]) -> Intervals:
    """Return two columns of counts as intervals."""
    return Intervals(low=np.array(low, dtype=np.int64), high=np.array(high, dtype=np.int64))


def smallest(part: pd.Series[float], rest: pd.Series[float]) -> pd.Series[float]:
    """Return the smaller of two groups of people, of which an empty one tells nobody apart."""
    return part.where((rest <= 0) | ((part > 0) & (part < rest)), rest)


def tidy(frame: pd.DataFrame, panel: MonitorPanel) -> pd.DataFrame:
    """Return a measured frame: fill in what a frame leaves out, add regions, keep complete rows."""
    for name, default in (("group", ""), ("weight", 1.0), ("offset", 0.0), ("smallest", np.inf), ("disclosive", False)):
        if name not in frame.columns:
            frame = frame.assign(**{name: default})
    if "low" not in frame.columns:
        frame = frame.assign(low=frame["value"], high=frame["value"])
    if "region" not in frame.columns:
        frame = frame.assign(region=regions_of(panel, frame["unit"], frame["school_year"]))
    frame = frame[COLUMNS].dropna(subset=["unit", "region", "value", "low", "high", "weight", "offset"])
    return frame.sort_values(["unit", "group", "school_year"], kind="stable").reset_index(drop=True)


def regions_of(panel: MonitorPanel, units: pd.Series[str], years: pd.Series[int]) -> pd.Series[str]:
    """Return the region of each unit in each year, from the last known year where it has closed.

    A unit of several vestigingen lies where the one lies that is open in most years.
    """
    names, known_years, table = _known_regions(panel)
    row = names.get_indexer(pd.Index(units, dtype=object))
    column = known_years.get_indexer(pd.Index(years, dtype=np.int64))
    return pd.Series(table[row, column], index=units.index, dtype=object)


@kept(8)
def _known_regions(panel: MonitorPanel) -> tuple[pd.Index[str], pd.Index[int], np.ndarray[tuple[int, int]]]:
    """Return units, years, and the region of each unit in each year.

    The last row of the regions is of no known unit, the last column of any other year: that of the last known one.
    """
    known = _leading(panel.tables["vestigingen"]).astype({"unit": object, "school_year": np.int64, "region": object})
    exact = known.pivot(index="unit", columns="school_year", values="region")  # noqa: PD010 - keys are unique
    latest = known.sort_values("school_year").drop_duplicates("unit", keep="last").set_index("unit")["region"]
    last = latest.reindex(exact.index)
    table = np.full((len(exact) + 1, len(exact.columns) + 1), np.nan, dtype=object)
    table[:-1, :-1] = exact.apply(lambda regions: regions.fillna(last))
    table[:-1, -1] = last
    return exact.index.astype(object), pd.Index(exact.columns, dtype=np.int64), table


def _leading(places: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one vestiging for each unit: the one that is open in most years, then the first by code."""
    if "unit" not in places.columns:
        return places[["vestiging", "school_year", "region"]].rename(columns={"vestiging": "unit"})
    open_years = places["open"].fillna(value=False).astype(int).groupby(places["vestiging"]).transform("sum")
    ordered = places.assign(years=open_years).sort_values(["unit", "years", "vestiging"], ascending=[True, False, True])
    leading = ordered.drop_duplicates("unit").set_index("unit")["vestiging"]
    rows = places[places["unit"].map(leading) == places["vestiging"]]
    return rows[["unit", "school_year", "region"]]
