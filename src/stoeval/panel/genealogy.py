"""Constant footprints: vestigingen that mergers, splits and transfers tie together.

Two vestigingen belong to one footprint when a transition that took effect between the first and the last
count of the panel links them, directly or through others. Earlier transitions changed nothing inside the
panel. A transition of a whole school counts for those of its vestigingen that have no transition of their
own on that date: each is tied to the vestiging of the receiving school with the same number, if the panel
knows it. The footprint carries the code of its first vestiging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

COUNT_DAY = (10, 1)


def footprints(
    vestigingen: Collection[str], successions: pd.DataFrame, *, first_year: int, last_year: int
) -> dict[str, str]:
    """Return the footprint of each vestiging.

    `successions` has columns predecessor, successor, date and complete; the years are start years.
    """
    begin = pd.Timestamp(first_year, *COUNT_DAY)
    end = pd.Timestamp(last_year, *COUNT_DAY)
    recent = successions[(successions["date"] > begin) & (successions["date"] <= end)]
    links = [*_vestiging_links(recent), *_school_links(recent, set(vestigingen))]
    component = connected_components([*vestigingen, *(key for link in links for key in link)], links)
    first: dict[str, str] = {}
    for vestiging in sorted(vestigingen):
        first.setdefault(component[vestiging], vestiging)
    return {vestiging: first[component[vestiging]] for vestiging in vestigingen}


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
