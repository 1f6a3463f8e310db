"""The table `flows`: graduates of an exam cohort and their first year in mbo, as cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.twin.calendar import BB, ENTITLEMENT, LWT, N_HARD, N_TECHNICAL, N_YEARS, YEARS
from stoeval.panel.twin.careers import tally
from stoeval.panel.twin.publication import masked, named

if TYPE_CHECKING:
    from stoeval.panel.twin.theory import TheoreticalLeerweg
    from stoeval.panel.twin.world import World
    from stoeval.vocabulary import Floats, Integers

FIRST_COHORT, LAST_COHORT, MASKED_SINCE = 2014, 2022, 2019
LEERWEGEN = ("BB", "KB", "GL", "TL")
ORIGINS = ("technical", "other")
MEASURES = (
    "leavers",
    "mbo_entrants",
    "mbo_technical",
    "good_prospects",
    "switched",
    "dropped_out",
    "technical_level_34",
    "good_prospects_current",
)
ENTERS_MBO = np.array([0.93, 0.93, 0.82, 0.72])
TO_TECHNICAL = np.array([0.70, 0.50, 0.80, 0.10])
"""From hard technical, MVI, MaT and other profiles (nulmeting STO; platform D&P)."""
TL_TO_TECHNICAL = 0.17
GOOD_PROSPECTS = np.array([0.70, 0.52])
"""From technical and other profiles; about .55 over all."""
SWITCHES, DROPS_OUT = 0.12, 0.07
AT_LEVEL_34 = np.array([0.05, 0.75, 0.95, 0.97])
"""Of technical entrants from BB, KB, GL and TL; bb leads to level 2."""
FIXED_VINTAGE = 2017
RATED_UP, RATED_DOWN = 0.04, 0.01
"""Chance a year since 2017 that a programme without good prospects gets them, and that one with them loses them."""
SITE_SPREAD, YEAR_SPREAD = 0.05, 0.015
_KIND = np.array([*([0] * N_HARD), 1, 2, *([3] * 5)])


def flows(generator: np.random.Generator, world: World) -> pd.DataFrame:
    """Return cells of vestiging x leerweg x origin x exam cohort."""
    land, histories = world.land, world.histories
    level = _site_levels(generator, land.n_sites)
    counts = _professional(generator, world, level)
    counts[:, :, 3, 1] = _theoretical(generator, world.theory, level)
    use = (YEARS >= FIRST_COHORT) & (YEARS <= LAST_COHORT)
    site, leerweg, origin, year = np.nonzero((counts[0] > 0) & use)
    frame = pd.DataFrame(
        {
            "vestiging": named(histories.names, histories.vestiging[site, year]),
            "leerweg": named(LEERWEGEN, leerweg),
            "origin": named(ORIGINS, origin),
            "school_year": YEARS[year],
        }
    )
    hidden = YEARS[year] >= MASKED_SINCE
    for name, count in zip(MEASURES, counts, strict=True):
        frame = frame.assign(**masked(name, count[site, leerweg, origin, year], hidden))
    return frame


def _site_levels(generator: np.random.Generator, sites: int) -> Floats:
    """Draw how far a site lies above the national chance of good prospects, sites x cohorts."""
    lasting = np.clip(generator.normal(0, SITE_SPREAD, (sites, 1)), -0.15, 0.15)
    return np.asarray(lasting + generator.normal(0, YEAR_SPREAD, (sites, N_YEARS)))


def _moved(world: World) -> Floats:
    """Return the effect of line 4 before entitlement, sites x cohorts."""
    effect = np.array([world.truth.at("dose_line_4", "good_prospects_share", year) for year in YEARS.tolist()])
    return np.asarray(world.doses.line("4")[world.land.region][:, None] * effect)


def _professional(generator: np.random.Generator, world: World, level: Floats) -> Integers:
    """Follow graduates one by one: measures x sites x leerwegen x origins x cohorts."""
    pupils, moved = world.pupils, _moved(world)
    draws = generator.random((5, len(pupils.third)))[:, pupils.passed]
    further = generator.spawn(1)[0].random((2, len(pupils.third)))[:, pupils.passed]
    site, leerweg, profile, cohort = (
        each[pupils.passed] for each in (pupils.fourth, pupils.leerweg, pupils.profile, pupils.cohort)
    )
    reported = np.where(leerweg == LWT, BB, leerweg)
    origin = (profile >= N_TECHNICAL).astype(np.int64)
    prospects = GOOD_PROSPECTS[origin] + level[site, cohort] + moved[site, cohort] * ENTITLEMENT[leerweg]
    enters = draws[0] < ENTERS_MBO[reported]
    technical, good = enters & (draws[1] < TO_TECHNICAL[_KIND[profile]]), draws[2] < prospects
    up, down = _rerated()
    flags = [
        np.ones_like(enters),
        enters,
        technical,
        enters & good,
        enters & (draws[3] < SWITCHES),
        enters & (draws[4] < DROPS_OUT),
        technical & (further[0] < AT_LEVEL_34[reported]),
        enters & np.where(good, further[1] >= down[cohort], further[1] < up[cohort]),
    ]
    shape = (world.land.n_sites, len(LEERWEGEN), len(ORIGINS), N_YEARS)
    return tally((site, reported, origin, cohort), flags, shape)


def _theoretical(generator: np.random.Generator, theory: TheoreticalLeerweg, level: Floats) -> Integers:
    """Draw the flows of TL: measures x sites x cohorts."""
    leavers = theory.passes.sum(axis=2)
    enters = generator.binomial(leavers, ENTERS_MBO[3])
    shares = (TL_TO_TECHNICAL, GOOD_PROSPECTS[1] + level, SWITCHES, DROPS_OUT)
    drawn = [generator.binomial(enters, share) for share in shares]
    technical, good = drawn[:2]
    further = generator.spawn(1)[0]
    up, down = _rerated()
    current = good - further.binomial(good, down) + further.binomial(enters - good, up)
    return np.stack([leavers, enters, *drawn, further.binomial(technical, AT_LEVEL_34[3]), current])


def _rerated() -> tuple[Floats, Floats]:
    """Return by cohort the chance that a rating rose, and that it fell, since the fixed vintage."""
    since = np.maximum(YEARS - FIXED_VINTAGE, 0)
    return RATED_UP * since, RATED_DOWN * since
