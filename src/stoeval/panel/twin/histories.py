"""Histories: which site teaches what in which year, and under which number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.twin.calendar import COHORTS, N_COHORTS, N_TECHNICAL, N_YEARS, YEARS
from stoeval.panel.twin.schools import weighted_draw

if TYPE_CHECKING:
    from stoeval.panel.twin.schools import Schools
    from stoeval.vocabulary import Integers

STARTS_A_YEAR, STOPS_A_YEAR, RENUMBERED_A_YEAR = 8, 10, 8
SHARE_MERGED = 0.5
TECHNICAL_CLOSINGS = {year: 3 if year < 2017 else 2 for year in range(2012, 2024)}
TECHNICAL_OPENINGS_A_YEAR = 2
PROFILE_CLOSING_CHANCE = 0.008
NEVER = 9999


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Histories:
    """Places of pupils and numbers of vestigingen through the years."""

    at: Integers
    """Site where the pupils of a site enter leerjaar 3, sites x cohorts; -1 where nobody enters."""
    taught: Integers
    """One where a profile takes new pupils, sites x profiles x cohorts."""
    vestiging: Integers
    """Number of the vestiging of a site, sites x school years."""
    names: tuple[str, ...]
    footprints: tuple[str, ...]
    site: Integers
    """Site of each vestiging."""


def draw_histories(generator: np.random.Generator, schools: Schools) -> Histories:
    """Let schools start, stop, merge, renumber, and open or close profiles."""
    begin, stop = _lifetimes(generator, schools)
    partner = _partners(generator, schools, stop)
    site = np.arange(schools.land.n_sites)[:, None]
    open_now = (begin[:, None] <= COHORTS) & (stop[:, None] > COHORTS)
    merged = (stop[:, None] <= COHORTS) & (partner[:, None] >= 0)
    at = np.where(open_now, site, np.where(merged, partner[:, None], -1))
    taught = _teaching(generator, schools, stop)
    vestiging, names, owner = _numbers(generator, schools, stop)
    return Histories(
        at=at,
        taught=taught,
        vestiging=vestiging,
        names=names,
        footprints=_footprints(names, owner, partner),
        site=owner,
    )


def _lifetimes(generator: np.random.Generator, schools: Schools) -> tuple[Integers, Integers]:
    begin = np.full(schools.land.n_sites, NEVER)
    stop = np.full(schools.land.n_sites, NEVER)
    begin[schools.initial] = COHORTS[0]
    begin[schools.starting] = np.repeat(YEARS, STARTS_A_YEAR)
    # Small sites stop, and sites without technique rather than with it.
    weight = schools.size[schools.initial] ** -1.5 * np.where(schools.technical[schools.initial] > 0, 0.45, 1.0)
    stopping = weighted_draw(generator, schools.initial, weight, STOPS_A_YEAR * N_YEARS)
    stop[stopping] = generator.permutation(np.repeat(YEARS, STOPS_A_YEAR))
    return begin, stop


def _partners(generator: np.random.Generator, schools: Schools, stop: Integers) -> Integers:
    """Let half of the stopping sites merge into the nearest lasting site of their region."""
    partner = np.full(schools.land.n_sites, -1)
    lasting = schools.initial[stop[schools.initial] == NEVER]
    for site in schools.initial[stop[schools.initial] < NEVER]:
        near = lasting[schools.land.region[lasting] == schools.land.region[site]]
        if generator.random() < SHARE_MERGED and len(near):
            partner[site] = near[np.argmin(schools.land.distances(np.array([site]), near)[0])]
    return partner


def _teaching(generator: np.random.Generator, schools: Schools, stop: Integers) -> Integers:
    """Open and close technique as a whole, and single technical profiles beside others."""
    taught = np.repeat(schools.offered[:, :, None], N_COHORTS, axis=2)
    lasting = schools.initial[(schools.technical[schools.initial] > 0) & (stop[schools.initial] == NEVER)]
    small = 1 / (schools.size[lasting] * schools.technical[lasting]) ** 2
    changes = np.repeat(list(TECHNICAL_CLOSINGS), list(TECHNICAL_CLOSINGS.values()))
    openings = np.repeat(YEARS, TECHNICAL_OPENINGS_A_YEAR)
    moving = generator.permutation(weighted_draw(generator, lasting, small, len(changes) + len(openings)))
    closing, opening = moving[: len(changes)], moving[len(changes) :]
    for site, year in zip(closing, changes, strict=True):
        taught[site, :N_TECHNICAL, year <= COHORTS] = 0
    for site, year in zip(opening, openings, strict=True):
        taught[site, :N_TECHNICAL, year > COHORTS] = 0
    ends = generator.geometric(PROFILE_CLOSING_CHANCE, (schools.land.n_sites, N_TECHNICAL)) + COHORTS[0]
    # The first technical profile of a site only ends with technique as a whole.
    first = np.argmax(schools.offered[:, :N_TECHNICAL], axis=1)
    ends[np.arange(len(first)), first] = NEVER
    taught[:, :N_TECHNICAL] *= ends[:, :, None] > COHORTS
    return np.asarray(taught)


def _numbers(
    generator: np.random.Generator, schools: Schools, stop: Integers
) -> tuple[Integers, tuple[str, ...], Integers]:
    """Give sites their vestigingsnummers; a few get a new one each year."""
    lasting = schools.initial[stop[schools.initial] == NEVER]
    renumbered = generator.permutation(lasting)[: RENUMBERED_A_YEAR * (N_YEARS - 1)]
    since = np.full(schools.land.n_sites, NEVER)
    since[renumbered] = np.repeat(YEARS[1:], RENUMBERED_A_YEAR)
    owner = np.concatenate([np.arange(schools.land.n_sites), renumbered])
    brin = schools.land.brin[owner]
    following: dict[int, int] = {}
    names = []
    for number in brin:
        following[int(number)] = following.get(int(number), -1) + 1
        names.append(f"{brin_code(int(number))}{following[int(number)]:02d}")
    second = np.arange(schools.land.n_sites)
    second[renumbered] = schools.land.n_sites + np.arange(len(renumbered))
    vestiging = np.where(since[:, None] <= YEARS, second[:, None], np.arange(schools.land.n_sites)[:, None])
    return vestiging, tuple(names), owner


def brin_code(number: int) -> str:
    """Return a BRIN of two digits and two letters."""
    letters = number // 32
    return f"{number % 32:02d}{chr(65 + letters // 26)}{chr(65 + letters % 26)}"


def _footprints(names: tuple[str, ...], owner: Integers, partner: Integers) -> tuple[str, ...]:
    """Name each set of merged or renumbered vestigingen by the first of them."""
    root = np.where(partner >= 0, partner, np.arange(len(partner)))[owner]
    first: dict[int, str] = {}
    for name, key in zip(names, root, strict=True):
        first[int(key)] = min(name, first.get(int(key), name))
    return tuple(first[int(key)] for key in root)
