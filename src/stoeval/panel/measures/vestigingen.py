"""Indicators by vestiging: how many choose technique, and how large the profiles are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.measures.counts import alike, counts, share, technical_and_all, tidy

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

KEYS = ["unit", "school_year"]


def technical_share(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the technical share of pupils, entrants or candidates by vestiging."""
    return tidy(share(technical_and_all(counts(panel, column, technical), KEYS)), panel)


def technical_candidates(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the candidates in sector techniek of vestigingen that ever had one."""
    totals = technical_and_all(counts(panel, "candidates", technical), KEYS)
    ever = totals.groupby("unit")["high_t"].transform("max") > 0
    totals = totals[ever]
    middle = (totals["low_t"] + totals["high_t"]) / 2
    return tidy(totals.assign(value=middle, low=totals["low_t"], high=totals["high_t"]), panel)


def technical_profile_size(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the pupils in leerjaar 3 and 4 per technical profile that is offered."""
    sizes = _technical_profiles(panel, technical).groupby(KEYS).agg(low=("low", "mean"), high=("high", "mean"))
    sizes = sizes.reset_index()
    return tidy(sizes.assign(value=(sizes["low"] + sizes["high"]) / 2), panel)


def technical_profiles_offered(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return how many technical profiles have pupils; a masked count is at least one."""
    everyone = counts(panel, "pupils", technical)[KEYS].drop_duplicates()
    offered = _technical_profiles(panel, technical).groupby(KEYS).size().rename("value").reset_index()
    frame = everyone.merge(offered, on=KEYS, how="left", validate="one_to_one")
    return tidy(frame.assign(value=frame["value"].fillna(0.0)), panel)


def technical_pass_rate(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the share of technical candidates who passed, from cells that no year would have masked."""
    del technical
    offers = panel.tables["offers"]
    rows = offers[(offers["profile"] == "S_TECHNIEK") & (offers["leerweg"] != "TL")]
    rows = rows.dropna(subset=["candidates_low", "passes_low"])
    shown = {
        name: alike(rows[f"{name}_low"].to_numpy(dtype=np.float64), rows[f"{name}_high"].to_numpy(dtype=np.float64))
        for name in ("candidates", "passes")
    }
    known = np.all([low == high for low, high in shown.values()], axis=0)
    totals = (
        rows[known]
        .assign(unit=rows["vestiging"], **{name: low[known] for name, (low, _) in shown.items()})
        .groupby(KEYS)[list(shown)]
        .sum()
        .reset_index()
    )
    totals = totals[totals["candidates"] > 0]
    value = totals["passes"] / totals["candidates"]
    return tidy(totals.assign(value=value, weight=totals["candidates"], school_year=_int(totals)), panel)


def central_mark_technical(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the mean central-exam mark over the technical profiles and leerwegen of a vestiging."""
    profiles = counts(panel, "pupils", technical).loc[lambda rows: rows["technical"], "profile"].unique()
    offers = panel.tables["offers"]
    rows = offers[offers["profile"].isin(list(profiles)) & offers["mark_central"].notna()]
    rows = rows.assign(unit=rows["vestiging"], value=rows["mark_central"].astype(float))
    marks = rows.groupby(KEYS)["value"].mean().reset_index()
    return tidy(marks.assign(school_year=_int(marks)), panel)


def _technical_profiles(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return low and high counts of pupils by vestiging, year and technical profile that is offered."""
    rows = counts(panel, "pupils", technical)
    rows = rows[rows["technical"]].groupby([*KEYS, "profile"])[["low", "high"]].sum().reset_index()
    return rows[rows["high"] > 0]


def _int(frame: pd.DataFrame) -> pd.Series[int]:
    return frame["school_year"].astype(np.int64)


MEASURES: dict[str, Measure] = {
    "technical_share_entrants": partial(technical_share, column="entrants"),
    "technical_share_pupils": partial(technical_share, column="pupils"),
    "technical_share_candidates": partial(technical_share, column="candidates"),
    "technical_candidates": technical_candidates,
    "technical_profile_size": technical_profile_size,
    "technical_profiles_offered": technical_profiles_offered,
    "technical_pass_rate": technical_pass_rate,
    "central_mark_technical": central_mark_technical,
}
