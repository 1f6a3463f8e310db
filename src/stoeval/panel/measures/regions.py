"""Indicators by region: overlap of small offers, closures, reachability and regional shares.

Distances are between vestigingen, where the lessons are, whatever unit they are followed as; closures are of units.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import (
    TECHNICAL_SECTOR,
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
OTHER_RADII = (5.0, 15.0)

SMALL = {"pupils": 30, "entrants": 15, "candidates": 15}
"""An offer of fewer is small: fifteen a leerjaar, far enough above 4 for masking to leave it alone."""


AXES = ["longitude", "latitude"]
PLACED = ["unit", "school_year", "region", *AXES, "low", "high"]


def overlap(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str, km: float = NEAR_KM) -> pd.DataFrame:
    """Return pairs of near, small offers of the same kind by region, with log offers as offset.

    A pair counts for half in the region of each of its vestigingen.
    """
    offers = _offers(panel, column, technical)
    offers = offers.merge(_places(panel), on=["unit", "school_year"], how="inner", validate="many_to_one")
    blocks = [_pairs(block, SMALL[column], km) for _, block in offers.groupby(["school_year", "kind"], sort=True)]
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


def rearranged(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the share of last year's technical offers that ended while the same profile stayed near, by region.

    Such an offer moved or merged rather than vanished. An offer is a profile of a unit; it lies where its
    vestiging lay in its last year. Only pairs of consecutive years are compared.
    """
    rows = counts(panel, "pupils", technical).rename(columns={"profile": "kind"})
    observed = set(rows["school_year"])
    rows = rows[rows["technical"] & (rows["high"] > 0)]
    offered = rows[["unit", "vestiging", "kind", "school_year"]].drop_duplicates()
    places = _places(panel).rename(columns={"unit": "vestiging"})[["vestiging", "school_year", *AXES]]
    placed = offered.merge(places, on=["vestiging", "school_year"], how="inner", validate="many_to_one")
    now = dict(list(offered.groupby(["school_year", "kind"])))
    near = dict(list(placed.groupby(["school_year", "kind"])))
    at_risk = placed.assign(school_year=placed["school_year"] + 1)
    blocks = [
        _moved(block, now.get(key, offered[:0]), near.get(key, placed[:0]))
        for key, block in at_risk[at_risk["school_year"].isin(observed)].groupby(["school_year", "kind"], sort=True)
    ]
    keys = ["unit", "kind", "school_year"]
    moved = _stacked(blocks, [*keys, "moved"]).groupby(keys)["moved"].any().reset_index()
    moved = moved.assign(region=regions_of(panel, moved["unit"], moved["school_year"]), value=moved["moved"] * 1.0)
    shares = moved.groupby(["region", "school_year"])["value"].agg(value="mean", weight="size").reset_index()
    return tidy(shares.assign(unit=shares["region"], weight=shares["weight"].astype(float)), panel)


def _moved(ending: pd.DataFrame, now: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Say of last year's offers of one profile whether they ended while the profile stayed near."""
    within = reachable(_axis(ending, 0), _axis(ending, 1), _axis(near, 0), _axis(near, 1), km=NEAR_KM)
    return ending.assign(moved=~ending["unit"].isin(now["unit"]) & within)


def reachability(
    panel: MonitorPanel,
    technical: TechnicalDefinition,
    *,
    column: str,
    kinds: tuple[str, ...] = HARD_TECHNICAL,
    km: float = NEAR_KM,
) -> pd.DataFrame:
    """Return the share of beroepsgericht pupils with every one of these technical offers near their school.

    Pupils are offered profiles; candidates are known by sector.
    """
    offers = _offers(panel, column, technical)
    blocks = [
        _reached(block, offers[offers["school_year"] == year], kinds, km)
        for year, block in _pupils_placed(panel, column, technical).groupby("school_year", sort=True)
    ]
    totals = _share_reached(_stacked(blocks, [*PLACED, "reached"]), ["region", "school_year"])
    return tidy(totals.assign(unit=totals["region"], smallest=np.inf), panel)


def reachability_by_profile(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return for each of the ten profiles the share of beroepsgericht pupils with it near their school."""
    rows = counts(panel, "pupils", technical)
    rows = rows[rows["high"] > 0].assign(unit=rows["vestiging"])
    blocks = [
        _reached(
            block, rows[rows["school_year"] == year].rename(columns={"profile": "kind"}), (profile,), NEAR_KM
        ).assign(group=profile)
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


def _pairs(block: pd.DataFrame, small: int, km: float) -> pd.DataFrame:
    """Return for each offer of one kind and year half the number of near small pairs it is in."""
    sizes = intervals(block["low"], block["high"])
    pairs = near_small_pairs(_axis(block, 0), _axis(block, 1), sizes, km=km, small=small)
    chosen = {"low": pairs.certain, "value": pairs.middle, "high": np.ones(len(pairs.first), dtype=bool)}
    found = {name: pairs.each(len(block), which) for name, which in chosen.items()}
    return block[["region", "school_year"]].assign(one=1.0, **found)


def _near(places: pd.DataFrame, offers: pd.DataFrame, km: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each vestiging of one year whether one of these offers is near it or its own."""
    there = places[places["unit"].isin(offers["unit"])]
    return reachable(_axis(places, 0), _axis(places, 1), _axis(there, 0), _axis(there, 1), km=km)


def _axis(block: pd.DataFrame, number: int) -> Floats:
    return np.asarray(block[AXES[number]], dtype=np.float64)


def _reached(block: pd.DataFrame, offers: pd.DataFrame, kinds: tuple[str, ...], km: float) -> pd.DataFrame:
    """Return for each vestiging of one year whether all kinds are offered near it, itself included."""
    each = [_near(block, offers[offers["kind"] == kind], km) for kind in kinds]
    return block.assign(reached=np.all(each, axis=0))


def _share_reached(reached: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the share of pupils that is reached by keys, with sharp bounds under masking."""
    pupils = reached.assign(technical=reached["reached"].astype(bool))
    return share_of_technical(technical_and_all(pupils, keys))


MEASURES: dict[str, Measure] = {
    "overlap_profiles": partial(overlap, column="pupils"),
    **{f"overlap_profiles_{km:.0f}km": partial(overlap, column="pupils", km=km) for km in OTHER_RADII},
    "overlap_candidates": partial(overlap, column="candidates"),
    "technical_profile_closed": partial(closed, column="pupils"),
    "technical_offer_closed": partial(closed, column="candidates"),
    "technical_offer_rearranged": rearranged,
    "reachability_profiles": partial(reachability, column="pupils"),
    **{
        f"reachability_{profile.lower()}": partial(reachability, column="pupils", kinds=(profile,))
        for profile in HARD_TECHNICAL
    },
    **{f"reachability_profiles_{km:.0f}km": partial(reachability, column="pupils", km=km) for km in OTHER_RADII},
    "reachability_candidates": partial(reachability, column="candidates", kinds=(TECHNICAL_SECTOR,)),
    "reachability_by_profile": reachability_by_profile,
    "technical_share_region": partial(regional_share, column="entrants"),
    "candidates_share_region": partial(regional_share, column="candidates"),
}
