"""Which vestigingen are one unit through mergers, splits, transfers, new numbers and new addresses.

Two vestigingen belong to one footprint when a transition that took effect between the first and the last
count of the panel links them, directly or through others. Earlier transitions changed nothing inside the
panel. A transition of a whole school counts for those of its vestigingen that have no transition of their
own on that date: each is tied to the vestiging of the receiving school with the same number, if the panel
knows it. A vestiging that starts at the postcode where another ended the year before is tied to it too,
since not every new number is a registered transition. The footprint carries the code of its first vestiging.

Three registered rules follow units through time (methods.md B.6): see `Genealogy`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.kept import kept

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from stoeval.vocabulary import MonitorPanel

COUNT_DAY = (10, 1)
FOLLOWED = ("offers", "flows", "surveys", "vestigingen")
"""Tables whose rows belong to a vestiging."""


class Genealogy(StrEnum):
    """How a unit is followed where vestigingen merge, split or change number."""

    FOOTPRINTS = "constant footprints"
    """Primary: everything that mergers tie together is one unit in all years."""
    SUCCESSOR = "successor inherits"
    """A vestiging that ends leaves its history to the member of its footprint that goes on."""
    SURVIVORS = "survivors only"
    """Only vestigingen that are open under one number in every year; the rest is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How many vestigingen had which history; each is counted once, so that the parts add up to `total`."""

    total: int
    stable: int
    """Open from the first year to the last, tied to no other."""
    merged: int
    """In a footprint of which at least two members were open in one year: mergers, splits, transfers."""
    renumbered: int
    """In a footprint whose members followed one another: never two open in one year."""
    closed: int
    """Open in the first year, not in the last."""
    opened: int
    """Open in the last year, not in the first."""
    opened_and_closed: int


# --- footprints ----------------------------------------------------------------------------------------------------


def footprints(
    vestigingen: Collection[str],
    successions: pd.DataFrame,
    *,
    first_year: int,
    last_year: int,
    more: Iterable[tuple[str, str]] = (),
) -> dict[str, str]:
    """Return the footprint of each vestiging.

    `successions` has columns predecessor, successor, date and complete; the years are start years; `more`
    are links known otherwise, such as `same_address` finds.
    """
    begin = pd.Timestamp(first_year, *COUNT_DAY)
    end = pd.Timestamp(last_year, *COUNT_DAY)
    recent = successions[(successions["date"] > begin) & (successions["date"] <= end)]
    links = [*_vestiging_links(recent), *_school_links(recent, set(vestigingen)), *more]
    component = connected_components([*vestigingen, *(key for link in links for key in link)], links)
    first: dict[str, str] = {}
    for vestiging in sorted(vestigingen):
        first.setdefault(component[vestiging], vestiging)
    return {vestiging: first[component[vestiging]] for vestiging in vestigingen}


def same_address(seen: pd.DataFrame, postcode: pd.Series) -> list[tuple[str, str]]:
    """Return pairs of a vestiging that ended and one that started there the next year.

    `seen` has columns vestiging and school_year, one row a year with pupils or candidates; `postcode` holds
    six characters by vestiging. A postcode that is not whole ties nothing.
    """
    life = seen.groupby("vestiging")["school_year"].agg(["min", "max"]).astype(int)
    whole = postcode.dropna()
    whole = whole[whole.str.fullmatch(r"[0-9]{4}[A-Z]{2}") & whole.index.isin(life.index)]
    lives = life.loc[whole.index].assign(postcode=whole).reset_index(names="vestiging")
    ended = lives.assign(year=lives["max"] + 1)[["vestiging", "postcode", "year"]]
    began = lives.assign(year=lives["min"])[["vestiging", "postcode", "year"]]
    pairs = ended.merge(began, on=["postcode", "year"], suffixes=("", "_next")).sort_values(
        ["vestiging", "vestiging_next"]
    )
    return list(zip(pairs["vestiging"], pairs["vestiging_next"], strict=True))


def connected_components(nodes: Iterable[str], links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return one representative for every node; linked nodes share it."""
    parent = {node: node for node in nodes}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in links:
        parent[root(other)] = root(one)
    return {node: root(node) for node in parent}


def _vestiging_links(recent: pd.DataFrame) -> list[tuple[str, str]]:
    pairs = recent[(recent["predecessor"].str.len() == 6) & (recent["successor"].str.len() == 6)]
    return list(zip(pairs["predecessor"], pairs["successor"], strict=True))


def _school_links(recent: pd.DataFrame, vestigingen: set[str]) -> list[tuple[str, str]]:
    schools = recent[(recent["predecessor"].str.len() == 4) & (recent["successor"].str.len() == 4) & recent["complete"]]
    listed = set(zip(recent["predecessor"], recent["date"], strict=True))
    links = []
    for school, successor, date in zip(schools["predecessor"], schools["successor"], schools["date"], strict=True):
        own = [key for key in vestigingen if key[:4] == school and (key, date) not in listed]
        links += [(key, successor + key[4:]) for key in own if successor + key[4:] in vestigingen]
    return links


# --- rules ---------------------------------------------------------------------------------------------------------


@kept(8)
def followed(panel: MonitorPanel, rule: Genealogy) -> MonitorPanel:
    """Return the panel with a column `unit` beside `vestiging`: whom each row counts for under a rule.

    Counts stay as published, one row a vestiging, so that small cells are masked before they are summed.
    Rows of vestigingen that the rule leaves out are gone. Raises PanelError where the rule leaves nothing.
    """
    unit = units(panel.tables["vestigingen"], rule)
    if not unit:
        message = f"no vestiging is left under the rule {rule.value!r}; choose another rule or check the column open"
        raise PanelError(message)
    tables = dict(panel.tables)
    for name in FOLLOWED:
        table = tables[name]
        of = table["vestiging"].map(unit)
        stays = of.notna() | table["vestiging"].isna() | (table["vestiging"] == "")
        tables[name] = table[stays].assign(unit=of[stays].astype(object))
    return replace(panel, tables=tables)


def units(vestigingen: pd.DataFrame, rule: Genealogy) -> dict[str, str]:
    """Return the unit of each vestiging that a rule keeps, from the panel's table of vestigingen."""
    distinct = vestigingen.drop_duplicates("vestiging")
    footprint = {str(key): str(value) for key, value in zip(distinct["vestiging"], distinct["footprint"], strict=True)}
    if rule is Genealogy.FOOTPRINTS:
        return footprint
    years = _years_open(vestigingen)
    if rule is Genealogy.SUCCESSOR:
        return _heirs(footprint, years)
    every = set().union(*years.values())
    return {vestiging: vestiging for vestiging in footprint if years.get(vestiging, set()) == every and every}


def account(vestigingen: pd.DataFrame) -> Account:
    """Count what happened to the vestigingen of a table, from their footprints and the years they are open."""
    years = _years_open(vestigingen)
    footprint = vestigingen.drop_duplicates("vestiging").set_index("vestiging")["footprint"]
    members: dict[str, list[str]] = {}
    for vestiging in sorted(years):
        members.setdefault(str(footprint[vestiging]), []).append(vestiging)
    every = set().union(*years.values()) if years else {0}
    first, last = min(every), max(every)
    found = dict.fromkeys(("stable", "merged", "renumbered", "closed", "opened", "opened_and_closed"), 0)
    for group in members.values():
        if len(group) > 1:
            together = sum(len(years[one]) for one in group) > len(set().union(*(years[one] for one in group)))
            found["merged" if together else "renumbered"] += len(group)
            continue
        begin, end = first in years[group[0]], last in years[group[0]]
        kind = ("stable" if end else "closed") if begin else ("opened" if end else "opened_and_closed")
        found[kind] += 1
    return Account(total=len(years), **found)


def _years_open(vestigingen: pd.DataFrame) -> dict[str, set[int]]:
    rows = vestigingen[vestigingen["open"].fillna(value=False).astype(bool)]
    return {str(key): set(map(int, years)) for key, years in rows.groupby("vestiging")["school_year"]}


def _heirs(footprint: Mapping[str, str], years: Mapping[str, set[int]]) -> dict[str, str]:
    """Let each vestiging that ended go to the member of its footprint that goes on the longest after it.

    Of members that go on as long, one that starts when it ends comes first, then the first by code.
    """
    members: dict[str, list[str]] = {}
    for vestiging in sorted(years):
        members.setdefault(footprint[vestiging], []).append(vestiging)
    heir = {vestiging: vestiging for vestiging in footprint}
    for group in members.values():
        for one in group:
            end = max(years[one])
            later = [other for other in group if max(years[other]) > end]
            if later:
                heir[one] = min(later, key=lambda other: (-max(years[other]), min(years[other]) <= end, other))
    return heir
