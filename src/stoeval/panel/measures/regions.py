"""Indicators by region: overlap of small offers, closures, reachability and regional shares.

Distances are between vestigingen, where the lessons are, whatever unit they are followed as; closures are of units.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import (
    counts,
    intervals,
    regions_of,
    share_of_technical,
    technical_and_all,
    tidy,
)
from stoeval.panel.supply import near_small_pairs, reachable
from stoeval.panel.tables import HARD_TECHNICAL, PROFILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import Floats, MonitorPanel, TechnicalDefinition

NEAR_KM = 10.0
"""Within ten kilometres counts as near (monitor 2017/18: 93 % of bb and kb pupils within 10 km)."""

SMALL = {"pupils": 30, "entrants": 15, "candidates": 15}
"""An offer of fewer is small: fifteen a leerjaar, far enough above 4 for masking to leave it alone."""


AXES = ["longitude", "latitude"]
PLACED = ["unit", "school_year", "region", *AXES, "low", "high"]


def overlap(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return pairs of near, small offers of the same kind by region, with log offers as offset.

    A pair counts for half in the region of each of its vestigingen.
    """
    offers = _offers(panel, column, technical)
    offers = offers.merge(_places(panel), on=["unit", "school_year"], how="inner", validate="many_to_one")
    blocks = [_pairs(block, SMALL[column]) for _, block in offers.groupby(["school_year", "kind"], sort=True)]
    per_offer = _stacked(blocks, ["region", "school_year", "low", "value", "high", "one"])
    totals = per_offer.groupby(["region", "school_year"])[["low", "value", "high", "one"]].sum().reset_index()
    return tidy(totals.assign(unit=totals["region"], offset=np.log(totals["one"])), panel)


def closed(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the share of technical offers of last year that are gone, by region.

    A vestiging that disappears closes its offer, unless another of its unit goes on with it: a merger or a new
    number is no closure. Only pairs of consecutive years are compared.
    """
    totals = technical_and_all(counts(panel, column, technical), ["unit", "school_year"])
    offered = totals.loc[totals["high_t"] > 0, ["unit", "school_year"]]
    observed = set(totals["school_year"])
    at_risk = offered.assign(school_year=offered["school_year"] + 1)
    at_risk = at_risk[at_risk["school_year"].isin(observed)]
    still = at_risk.merge(offered, on=["unit", "school_year"], how="left", indicator=True, validate="one_to_one")
    still = still.assign(
        gone=(still["_merge"] == "left_only").astype(float),
        region=regions_of(panel, still["unit"], still["school_year"]),
    )
    hazard = still.groupby(["region", "school_year"]).agg(value=("gone", "mean"), weight=("gone", "size")).reset_index()
    return tidy(hazard.assign(unit=hazard["region"], weight=hazard["weight"].astype(float)), panel)


def reachability(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the share of beroepsgericht pupils with every hard-technical profile near their school.

    For candidates, who are known by sector, the share with any technical offer near their school.
    """
    offers = _offers(panel, column, technical)
    kinds = HARD_TECHNICAL if column != "candidates" else ("S_TECHNIEK",)
    blocks = [
        _reached(block, offers[offers["school_year"] == year], kinds)
        for year, block in _pupils_placed(panel, column, technical).groupby("school_year", sort=True)
    ]
    totals = _share_reached(_stacked(blocks, [*PLACED, "reached"]), ["region", "school_year"])
    return tidy(totals.assign(unit=totals["region"], smallest=np.inf), panel)


def reachability_by_profile(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return for each of the ten profiles the share of beroepsgericht pupils with it near their school."""
    rows = counts(panel, "pupils", technical)
    rows = rows[rows["high"] > 0].assign(unit=rows["vestiging"])
    blocks = [
        _reached(block, rows[rows["school_year"] == year].rename(columns={"profile": "kind"}), (profile,)).assign(
            group=profile
        )
        for year, block in _pupils_placed(panel, "pupils", technical).groupby("school_year", sort=True)
        for profile in PROFILES
    ]
    totals = _share_reached(_stacked(blocks, [*PLACED, "reached", "group"]), ["region", "group", "school_year"])
    return tidy(totals.assign(unit=totals["region"], smallest=np.inf), panel)


def _pupils_placed(panel: MonitorPanel, column: str, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the columns `PLACED`: pupils by vestiging and year, with its region and coordinates."""
    rows = counts(panel, column, technical)
    pupils = rows.assign(unit=rows["vestiging"]).groupby(["unit", "school_year"])[["low", "high"]].sum().reset_index()
    return pupils.merge(_places(panel), on=["unit", "school_year"], how="inner", validate="one_to_one")[PLACED]


def regional_share(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the technical share of entrants or candidates by region."""
    rows = counts(panel, column, technical)
    rows = rows.assign(region=regions_of(panel, rows["unit"], rows["school_year"]))
    totals = share_of_technical(technical_and_all(rows, ["region", "school_year"]))
    return tidy(totals.assign(unit=totals["region"]), panel)


def _stacked(blocks: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Return blocks below each other, and empty columns where there is no block."""
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=list(columns), dtype=np.float64)


def _offers(panel: MonitorPanel, column: str, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return technical offers: one row per vestiging, year and profile, or sector for candidates."""
    rows = counts(panel, column, technical)
    rows = rows[rows["technical"]].assign(unit=rows["vestiging"]).rename(columns={"profile": "kind"})
    totals = rows.groupby(["unit", "school_year", "kind"])[["low", "high"]].sum().reset_index()
    return totals[totals["high"] > 0]


def _places(panel: MonitorPanel) -> pd.DataFrame:
    known = panel.tables["vestigingen"].dropna(subset=["longitude", "latitude", "region"])
    return pd.DataFrame(
        {
            "unit": known["vestiging"].to_numpy(dtype=object),
            "school_year": known["school_year"].to_numpy(dtype=np.int64),
            "region": known["region"].to_numpy(dtype=object),
            "longitude": known["longitude"].to_numpy(dtype=float),
            "latitude": known["latitude"].to_numpy(dtype=float),
        }
    )


def _pairs(block: pd.DataFrame, small: int) -> pd.DataFrame:
    """Return for each offer of one kind and year half the number of near small pairs it is in."""
    sizes = intervals(block["low"], block["high"])
    pairs = near_small_pairs(_axis(block, 0), _axis(block, 1), sizes, km=NEAR_KM, small=small)
    chosen = {"low": pairs.certain, "value": pairs.middle, "high": np.ones(len(pairs.first), dtype=bool)}
    found = {name: pairs.each(len(block), which) for name, which in chosen.items()}
    return block[["region", "school_year"]].assign(one=1.0, **found)


def _near(places: pd.DataFrame, offers: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each vestiging of one year whether one of these offers is near it or its own."""
    there = places[places["unit"].isin(offers["unit"])]
    return reachable(_axis(places, 0), _axis(places, 1), _axis(there, 0), _axis(there, 1), km=NEAR_KM)


def _axis(block: pd.DataFrame, number: int) -> Floats:
    return np.asarray(block[AXES[number]], dtype=np.float64)


def _reached(block: pd.DataFrame, offers: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return for each vestiging of one year whether all kinds are offered near it, itself included."""
    each = [_near(block, offers[offers["kind"] == kind]) for kind in kinds]
    return block.assign(reached=np.all(each, axis=0))


def _share_reached(reached: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the share of pupils that is reached by keys, with sharp bounds under masking."""
    pupils = reached.assign(technical=reached["reached"].astype(bool))
    return share_of_technical(technical_and_all(pupils, keys))


MEASURES: dict[str, Measure] = {
    "overlap_profiles": partial(overlap, column="pupils"),
    "overlap_candidates": partial(overlap, column="candidates"),
    "technical_profile_closed": partial(closed, column="pupils"),
    "technical_offer_closed": partial(closed, column="candidates"),
    "reachability_profiles": partial(reachability, column="pupils"),
    "reachability_candidates": partial(reachability, column="candidates"),
    "reachability_by_profile": reachability_by_profile,
    "technical_share_region": partial(regional_share, column="entrants"),
    "candidates_share_region": partial(regional_share, column="candidates"),
}
