"""Choices by profile, and shifts between technical profiles, D&P, other profiles and TL.

They show whether technique grows at the cost of what: all vmbo is in them, TL too. Pupils and entrants are known by
profile, candidates by sector.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel import masking
from stoeval.panel.measures.counts import (
    TECHNICAL_SECTOR,
    counts,
    intervals,
    share_of_technical,
    smallest,
    technical_and_all,
    tidy,
)
from stoeval.panel.tables import HARD_TECHNICAL, LEERWEGEN, OTHER_PROFILES, SOFT_TECHNICAL

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

TL = "TL"
KINDS = {
    **dict.fromkeys(HARD_TECHNICAL, "hard technical"),
    **dict.fromkeys(SOFT_TECHNICAL, "soft technical"),
    **dict.fromkeys(OTHER_PROFILES, "other profiles"),
    "DP": "D&P",
    TECHNICAL_SECTOR: "technical sector",
    TL: TL,
}
OTHER_SECTORS = "other sectors"


def count_by_profile(
    panel: MonitorPanel, technical: TechnicalDefinition, *, column: str, by_leerweg: bool = False
) -> pd.DataFrame:
    """Return pupils, entrants or candidates by profile or sector, TL as one, and by leerweg too where asked.

    The group is the profile, or profile and leerweg with a space between them.
    """
    rows = _everyone(panel, technical, column)
    group = rows["kind"] + " " + rows["leerweg"] if by_leerweg else rows["kind"]
    totals = rows.assign(group=group).groupby(["unit", "group", "school_year"])[["low", "high"]].sum().reset_index()
    totals = totals[totals["high"] > 0]
    middle = (totals["low"] + totals["high"]) / 2
    return tidy(totals.assign(value=middle, smallest=middle), panel)


def share_by_kind(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the share of all vmbo pupils, entrants or candidates in each kind of choice, with sharp bounds."""
    rows = _everyone(panel, technical, column)
    other = OTHER_SECTORS if column == "candidates" else "other profiles"
    rows = rows.assign(group=rows["kind"].map(KINDS).fillna(other).astype(object))
    keys = ["unit", "school_year"]
    everyone = rows.groupby(keys)[["low", "high"]].sum().add_suffix("_all").reset_index()
    kinds = pd.DataFrame({"group": sorted(set(rows["group"]))}, dtype=object)
    parts = rows.groupby([*keys, "group"])[["low", "high"]].sum().reset_index()
    totals = everyone[everyone["high_all"] > 0].merge(kinds, how="cross").merge(parts, on=[*keys, "group"], how="left")
    totals[["low", "high"]] = totals[["low", "high"]].fillna(0.0)
    rest = {end: totals[f"{end}_all"] - totals[end] for end in ("low", "high")}
    low, high = masking.share(intervals(totals["low"], totals["high"]), intervals(rest["low"], rest["high"]))
    inside, others = (totals["low"] + totals["high"]) / 2, (rest["low"] + rest["high"]) / 2
    total = inside + others
    shares = totals.assign(value=inside / total, low=low, high=high, weight=total)
    return tidy(shares.assign(smallest=smallest(inside, others).where(inside > 0, np.inf)), panel)


def share_in_profile(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str, profile: str) -> pd.DataFrame:
    """Return the share of beroepsgericht pupils or entrants in one profile."""
    rows = counts(panel, column, technical)
    return _share_of(panel, rows.assign(technical=rows["profile"] == profile))


def share_in_leerweg(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str, leerweg: str) -> pd.DataFrame:
    """Return the share of all vmbo pupils or entrants in one leerweg; BB holds the leerwerktraject."""
    rows = counts(panel, column, technical, leerwegen=LEERWEGEN)
    return _share_of(panel, rows.assign(technical=rows["leerweg"] == leerweg))


def _share_of(panel: MonitorPanel, rows: pd.DataFrame) -> pd.DataFrame:
    return tidy(share_of_technical(technical_and_all(rows, ["unit", "school_year"])), panel)


def _everyone(panel: MonitorPanel, technical: TechnicalDefinition, column: str) -> pd.DataFrame:
    rows = counts(panel, column, technical, leerwegen=LEERWEGEN)
    return rows.assign(kind=pd.Series(rows["profile"]).where(rows["leerweg"] != TL, TL))


MEASURES: dict[str, Measure] = {
    **{
        f"{column}_{name}": partial(measure, column=column)
        for column in ("entrants", "pupils", "candidates")
        for name, measure in (
            ("by_profile", count_by_profile),
            ("by_profile_and_leerweg", partial(count_by_profile, by_leerweg=True)),
            ("shift", share_by_kind),
        )
    },
    "dp_share_entrants": partial(share_in_profile, column="entrants", profile="DP"),
    **{
        f"{leerweg.lower()}_share_entrants": partial(share_in_leerweg, column="entrants", leerweg=leerweg)
        for leerweg in ("BB", "KB", "GL", TL)
    },
}
