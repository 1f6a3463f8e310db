"""Mergers of small technical profiles that lie near each other: the effect of line 1.

A small profile has fewer than `SMALL` pupils in leerjaar 3 and 4 at its site; two of the same kind within
`NEAR_KM` are a pair. A profile in a pair survives a school year with chance sqrt(exp(effect of its region)),
by a uniform that it keeps through the years. Survivals are independent, so a pair inside a region survives
with chance exp(effect), and the expected number of pairs is multiplied by exactly that, for every smaller
threshold and radius as well: an indicator may draw the line anywhere below. Pupils move to the nearest site
that teaches the profile and is not small; it cannot enter a pair. Two approximations remain: a pair across
a border takes the mean of two effects, and the number of offers falls a little too, which an offset by
offers reads as a smaller effect.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.twin.calendar import N_TECHNICAL, N_YEARS, YEARS

if TYPE_CHECKING:
    from stoeval.panel.twin.calendar import Truths
    from stoeval.panel.twin.careers import Pupils
    from stoeval.panel.twin.funding import Doses
    from stoeval.panel.twin.landscape import Landscape
    from stoeval.panel.twin.truth import Truth
    from stoeval.vocabulary import Integers

SMALL, NEAR_KM = 35, 10.0


def merge_small(generator: np.random.Generator, land: Landscape, pupils: Pupils, truth: Truth, doses: Doses) -> Pupils:
    """Move the pupils of small near profiles that do not survive."""
    luck = generator.random((land.n_sites, N_TECHNICAL))
    effects = np.array([truth.at("dose_line_1", "overlap_profiles", year) for year in YEARS.tolist()])
    if not effects.any():
        return pupils
    survival = np.exp(0.5 * doses.line("1")[land.region][:, None] * effects)
    taught = pupils.taught(land.n_sites).sum(axis=2)
    moved = np.broadcast_to(np.arange(land.n_sites)[:, None, None], (land.n_sites, N_TECHNICAL, N_YEARS)).copy()
    for year in np.flatnonzero(effects):
        for profile in range(N_TECHNICAL):
            closing = luck[:, profile] >= survival[:, year]
            moved[:, profile, year] = _destinations(land, taught[:, profile, year], closing)
    return replace(
        pupils,
        third=_move(moved, pupils, pupils.third, pupils.cohort - 1),
        fourth=_move(moved, pupils, pupils.fourth, pupils.cohort),
    )


def near_pairs(land: Landscape, sites: Integers) -> Integers:
    """Return the number of others among these sites within the radius, by site."""
    return np.asarray((land.distances(sites, sites) <= NEAR_KM).sum(axis=1) - 1)


def _destinations(land: Landscape, pupils: Integers, closing: Truths) -> Integers:
    """Return where the pupils of each site go: mostly where they are."""
    target = np.arange(land.n_sites)
    small = np.flatnonzero((pupils > 0) & (pupils < SMALL))
    large = np.flatnonzero(pupils >= SMALL)
    if not len(small) or not len(large):
        return target
    leaving = small[(near_pairs(land, small) > 0) & closing[small]]
    target[leaving] = large[land.distances(leaving, large).argmin(axis=1)]
    return target


def _move(moved: Integers, pupils: Pupils, site: Integers, year: Integers) -> Integers:
    inside = (pupils.profile < N_TECHNICAL) & (year >= 0) & (year < N_YEARS)
    profile, when = np.where(inside, pupils.profile, 0), np.where(inside, year, 0)
    return np.where(inside, moved[site, profile, when], site)
