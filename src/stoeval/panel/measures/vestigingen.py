"""Indicators by vestiging: how many choose technique, and how large the profiles are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import alike, counts, share_of_technical, smallest, technical_and_all, tidy, unit_of
from stoeval.vocabulary import TechnicalDefinition

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel

KEYS = ["unit", "school_year"]
INCOMPARABLE_EXAMS = (2019, 2020, 2021)
"""School years without a central exam (2019/20), or with one under other rules (2020/21 and 2021/22)."""


def technical_share(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the technical share of pupils, entrants or candidates by vestiging."""
    return tidy(share_of_technical(technical_and_all(counts(panel, column, technical), KEYS)), panel)


def share_under(
    panel: MonitorPanel, technical: TechnicalDefinition, *, column: str, definition: TechnicalDefinition
) -> pd.DataFrame:
    """Return the technical share under one definition of technical, whatever that of the catalogue."""
    del technical
    return technical_share(panel, definition, column=column)


def technical_number(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return technical pupils, or candidates in sector techniek, of vestigingen that ever had one.

    A vestiging that is not yet or no longer there has none: closure and opening are outcomes.
    """
    totals = technical_and_all(counts(panel, column, technical), KEYS)
    ever = totals.groupby("unit")["high_t"].transform("max") > 0
    totals = _in_every_year(totals[ever][[*KEYS, "low_t", "high_t"]], totals["school_year"])
    middle = (totals["low_t"] + totals["high_t"]) / 2
    return tidy(totals.assign(value=middle, low=totals["low_t"], high=totals["high_t"], smallest=_some(middle)), panel)


def technical_profile_size(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the pupils in leerjaar 3 and 4 per technical profile that is offered."""
    sizes = _technical_profiles(panel, technical).groupby(KEYS).agg(low=("low", "mean"), high=("high", "mean"))
    sizes = sizes.reset_index()
    middle = (sizes["low"] + sizes["high"]) / 2
    return tidy(sizes.assign(value=middle, smallest=middle), panel)


def technical_profiles_offered(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return how many technical profiles have pupils; a masked count is at least one.

    A vestiging that is not yet or no longer there offers none: closure and opening are outcomes.
    """
    everyone = counts(panel, "pupils", technical)[KEYS].drop_duplicates()
    offered = _technical_profiles(panel, technical).groupby(KEYS).size().rename("value").reset_index()
    frame = everyone.merge(offered, on=KEYS, how="left", validate="one_to_one")
    return tidy(_in_every_year(frame.assign(value=frame["value"].fillna(0.0)), everyone["school_year"]), panel)


def technical_pass_rate(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the share of technical candidates who passed, from cells that no year would have masked.

    Years without a comparable exam are left out.
    """
    del technical
    offers = _examined(panel)
    rows = offers[(offers["profile"] == "S_TECHNIEK") & (offers["leerweg"] != "TL")]
    rows = rows.dropna(subset=["candidates_low", "passes_low"])
    shown = {
        name: alike(rows[f"{name}_low"].to_numpy(dtype=np.float64), rows[f"{name}_high"].to_numpy(dtype=np.float64))
        for name in ("candidates", "passes")
    }
    known = np.all([low == high for low, high in shown.values()], axis=0)
    totals = (
        rows[known]
        .assign(unit=unit_of(rows)[known], **{name: low[known] for name, (low, _) in shown.items()})
        .groupby(KEYS)[list(shown)]
        .sum()
        .reset_index()
    )
    totals = totals[totals["candidates"] > 0]
    value = totals["passes"] / totals["candidates"]
    fewest = smallest(totals["passes"], totals["candidates"] - totals["passes"])
    shares = totals.assign(value=value, weight=totals["candidates"], smallest=fewest, school_year=_int(totals))
    return tidy(shares, panel)


def central_mark_technical(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the mean central-exam mark over the technical profiles and leerwegen of a vestiging.

    Years without a comparable exam are left out.
    """
    profiles = counts(panel, "pupils", technical).loc[lambda rows: rows["technical"], "profile"].unique()
    offers = _examined(panel)
    rows = offers[offers["profile"].isin(list(profiles)) & offers["mark_central"].notna()]
    rows = rows.assign(unit=unit_of(rows), value=rows["mark_central"].astype(float))
    marks = rows.groupby(KEYS)["value"].mean().reset_index()
    return tidy(marks.assign(school_year=_int(marks)), panel)


def _examined(panel: MonitorPanel) -> pd.DataFrame:
    """Return the offers of the years with a comparable exam."""
    offers = panel.tables["offers"]
    return offers[~offers["school_year"].isin(INCOMPARABLE_EXAMS)]


def _technical_profiles(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return low and high counts of pupils by vestiging, year and technical profile that is offered."""
    rows = counts(panel, "pupils", technical)
    rows = rows[rows["technical"]].groupby([*KEYS, "profile"])[["low", "high"]].sum().reset_index()
    return rows[rows["high"] > 0]


def _in_every_year(frame: pd.DataFrame, years: pd.Series[int]) -> pd.DataFrame:
    """Give every unit a row in every observed year: closure and opening are outcomes, so what is not there is zero."""
    every = pd.MultiIndex.from_product([frame["unit"].unique(), np.sort(years.unique())], names=KEYS)
    return frame.set_index(KEYS).reindex(every, fill_value=0.0).reset_index()


def _some(counted: pd.Series[float]) -> pd.Series[float]:
    """Return a count of people as what tells them apart; nobody tells nothing."""
    return counted.where(counted > 0, np.inf)


def _int(frame: pd.DataFrame) -> pd.Series[int]:
    return frame["school_year"].astype(np.int64)


MEASURES: dict[str, Measure] = {
    "technical_share_entrants": partial(technical_share, column="entrants"),
    "technical_share_pupils": partial(technical_share, column="pupils"),
    "technical_share_candidates": partial(technical_share, column="candidates"),
    **{
        f"technical_share_{definition.replace('-', '_')}": partial(
            share_under, column="entrants", definition=definition
        )
        for definition in TechnicalDefinition
    },
    "technical_share_girls": partial(technical_share, column="entrants_girls"),
    "technical_share_boys": partial(technical_share, column="entrants_boys"),
    "technical_pupils": partial(technical_number, column="pupils"),
    "technical_candidates": partial(technical_number, column="candidates"),
    "technical_profile_size": technical_profile_size,
    "technical_profiles_offered": technical_profiles_offered,
    "technical_pass_rate": technical_pass_rate,
    "central_mark_technical": central_mark_technical,
}
