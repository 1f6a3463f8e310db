"""Indicators by region: overlap of small offers, closures, reachability and regional shares."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.geography import pairs_within
from stoeval.panel.measures.counts import counts, regions_of, share, technical_and_all, tidy
from stoeval.panel.tables import HARD_TECHNICAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

NEAR_KM = 10.0
"""Within ten kilometres counts as near (monitor 2017/18: 93 % of bb and kb pupils within 10 km)."""

SMALL = {"pupils": 30, "entrants": 15, "candidates": 15}
"""An offer of fewer is small: fifteen a leerjaar, far enough above 4 for masking to leave it alone."""


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

    A vestiging that disappears closes its offer. Only pairs of consecutive years are compared.
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
    rows = counts(panel, column, technical)
    middle = rows.assign(pupils=(rows["low"] + rows["high"]) / 2)
    pupils = middle.groupby(["unit", "school_year"])["pupils"].sum().reset_index()
    places = pupils.merge(_places(panel), on=["unit", "school_year"], how="inner", validate="one_to_one")
    kinds = HARD_TECHNICAL if column != "candidates" else ("S_TECHNIEK",)
    blocks = [
        _reached(block, offers[offers["school_year"] == year], kinds)
        for year, block in places.groupby("school_year", sort=True)
    ]
    reached = _stacked(blocks, ["region", "school_year", "reached", "pupils"])
    reached = reached.assign(reached=reached["reached"] * reached["pupils"])
    totals = reached.groupby(["region", "school_year"])[["reached", "pupils"]].sum().reset_index()
    value = totals["reached"] / totals["pupils"]
    return tidy(totals.assign(unit=totals["region"], value=value, weight=totals["pupils"]), panel)


def regional_share(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the technical share of entrants or candidates by region."""
    rows = counts(panel, column, technical)
    rows = rows.assign(region=regions_of(panel, rows["unit"], rows["school_year"]))
    totals = share(technical_and_all(rows, ["region", "school_year"]))
    return tidy(totals.assign(unit=totals["region"]), panel)


def _stacked(blocks: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Return blocks below each other, and empty columns where there is no block."""
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=list(columns), dtype=np.float64)


def _offers(panel: MonitorPanel, column: str, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return technical offers: one row per vestiging, year and profile, or sector for candidates."""
    rows = counts(panel, column, technical)
    rows = rows[rows["technical"]].rename(columns={"profile": "kind"})
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
    first, second = pairs_within(block["longitude"].to_numpy(), block["latitude"].to_numpy(), NEAR_KM)
    low, high = block["low"].to_numpy(), block["high"].to_numpy()
    found = {}
    for name, size in (("low", high), ("value", (low + high) / 2), ("high", low)):
        both = (size[first] < small) & (size[second] < small)
        found[name] = np.bincount(np.concatenate([first[both], second[both]]), minlength=len(block)) / 2
    return block[["region", "school_year"]].assign(one=1.0, **found)


def _reached(block: pd.DataFrame, offers: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return for each vestiging of one year whether all kinds are offered near it, itself included."""
    first, second = pairs_within(block["longitude"].to_numpy(), block["latitude"].to_numpy(), NEAR_KM)
    everywhere = np.ones(len(block), dtype=bool)
    for kind in kinds:
        own = block["unit"].isin(offers.loc[offers["kind"] == kind, "unit"]).to_numpy()
        near = own.copy()
        near[first[own[second]]] = True
        near[second[own[first]]] = True
        everywhere &= near
    return block.assign(reached=everywhere.astype(float))


MEASURES: dict[str, Measure] = {
    "overlap_profiles": partial(overlap, column="pupils"),
    "overlap_candidates": partial(overlap, column="candidates"),
    "technical_profile_closed": partial(closed, column="pupils"),
    "technical_offer_closed": partial(closed, column="candidates"),
    "reachability_profiles": partial(reachability, column="pupils"),
    "reachability_candidates": partial(reachability, column="candidates"),
    "technical_share_region": partial(regional_share, column="entrants"),
    "candidates_share_region": partial(regional_share, column="candidates"),
}
