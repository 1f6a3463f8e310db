"""The tables `offers` and `vestigingen`: counts by site become rows by vestiging, masked as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.tables import PROFESSIONAL_LEERWEGEN, PROFILES, SECTORS
from stoeval.panel.twin.calendar import N_LEERWEGEN, N_TECHNICAL, N_YEARS, YEARS
from stoeval.panel.twin.careers import tally
from stoeval.panel.twin.funding import region_names
from stoeval.panel.twin.histories import brin_code
from stoeval.panel.twin.publication import masked, named

if TYPE_CHECKING:
    from stoeval.panel.twin.histories import Histories
    from stoeval.panel.twin.world import World
    from stoeval.vocabulary import Floats, Integers

PUPILS_MASKED_SINCE, EXAMS_MASKED_SINCE = 2020, 2019
"""School years from which counts of 1 to 4 are hidden."""
INTERSECTORAL_UNTIL = 2016
"""D&P candidates stand under intersectoraal until this school year and under economie after it."""
NO_CENTRAL_EXAM = 2019
_SECTOR_OF = {"ZW": "S_ZORG", "GROEN": "S_LANDBOUW", "EO": "S_ECONOMIE", "HBR": "S_ECONOMIE"}
GIRLS = np.array([0.03, 0.03, 0.04, 0.55, 0.10, 0.42, 0.48, 0.55, 0.85, 0.60])
"""Share of girls by profile, in the order of PROFILES: an assumption of the twin, few in hard technique."""
GIRLS_TL = 0.52
_MEAN_MARK = np.array([6.7, 6.45, 6.4, 6.7, 6.35])
"""Mean mark by leerweg, in the order BB, KB, GL, LWT, TL."""


def offers(generator: np.random.Generator, world: World) -> pd.DataFrame:
    """Return profile rows and sector rows of all leerwegen."""
    frames = [*_professional(generator, world), *_theoretical(generator, world)]
    return pd.concat(frames, ignore_index=True)


def _professional(generator: np.random.Generator, world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    pupils, histories, sites = world.pupils, world.histories, world.land.n_sites
    entrants, (fourth, candidates, passes) = pupils.entrants(sites), pupils.upper(sites)
    present = entrants + fourth > 0
    site, profile, leerweg, year = np.nonzero(present)
    rows = _rows(histories, site, year, named(PROFILES, profile), named(PROFESSIONAL_LEERWEGEN, leerweg))
    hidden = YEARS[year] >= PUPILS_MASKED_SINCE
    third, girls = entrants[present], _girls(generator, world)[present]
    marks = _draw_marks(generator, sites)
    frame = rows.assign(
        **masked("pupils", third + fourth[present], hidden),
        **masked("entrants", third, hidden),
        **masked("entrants_girls", girls, hidden),
        **masked("entrants_boys", third - girls, hidden),
        **_marks(marks[site, profile, leerweg, year], leerweg, year, candidates[present]),
    )
    sectors = _sector_rows(histories, _by_sector(candidates), _by_sector(passes), PROFESSIONAL_LEERWEGEN)
    return frame, sectors


def _girls(generator: np.random.Generator, world: World) -> Integers:
    """Count girls among entrants: sites x profiles x leerwegen x school years; the draw belongs to the pupil."""
    pupils = world.pupils
    girl = generator.spawn(1)[0].random(len(pupils.third)) < GIRLS[pupils.profile]
    shape = (world.land.n_sites, len(PROFILES), N_LEERWEGEN, N_YEARS)
    return np.asarray(tally((pupils.third, pupils.profile, pupils.leerweg, pupils.cohort - 1), (girl,), shape)[0])


def _theoretical(generator: np.random.Generator, world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    theory, histories = world.theory, world.histories
    present = theory.entrants + theory.fourth > 0
    site, year = np.nonzero(present)
    names = named(("TL",), np.zeros(len(site), dtype=np.int64))
    hidden = YEARS[year] >= PUPILS_MASKED_SINCE
    third = theory.entrants[present]
    girls = generator.spawn(1)[0].binomial(theory.entrants, GIRLS_TL)[present]
    deviation = generator.normal(size=(*present.shape, 3))[present]
    frame = _rows(histories, site, year, names, names).assign(
        **masked("pupils", third + theory.fourth[present], hidden),
        **masked("entrants", third, hidden),
        **masked("entrants_girls", girls, hidden),
        **masked("entrants_boys", third - girls, hidden),
        **_marks(deviation, np.full(len(site), N_LEERWEGEN), year, theory.candidates.sum(axis=2)[present]),
    )
    candidates, passes = (np.moveaxis(count, 2, 1)[:, :, None, :] for count in (theory.candidates, theory.passes))
    return frame, _sector_rows(histories, candidates, passes, ("TL",))


def vestigingen(world: World) -> pd.DataFrame:
    """Return every vestiging in every school year, open or not."""
    land, histories = world.land, world.histories
    present = world.taught.sum(axis=(1, 2)) + world.theory.entrants + world.theory.fourth
    site = np.repeat(histories.site, N_YEARS)
    year = np.tile(np.arange(N_YEARS), len(histories.site))
    number = np.repeat(np.arange(len(histories.site)), N_YEARS)
    open_now = (histories.vestiging[site, year] == number) & (present[site, year] > 0)
    return pd.DataFrame(
        {
            "vestiging": named(histories.names, number),
            "school_year": YEARS[year],
            "brin": named([brin_code(int(brin)) for brin in land.brin], site),
            "region": named(region_names(), land.region[site]),
            "gemeente": [f"Gemeente {gemeente + 1:03d}" for gemeente in land.gemeente[site]],
            "footprint": np.array(histories.footprints)[number],
            "longitude": land.longitude[site],
            "latitude": land.latitude[site],
            "open": open_now,
        }
    )


def _rows(
    histories: Histories, site: Integers, year: Integers, profile: pd.Series[str], leerweg: pd.Series[str]
) -> pd.DataFrame:
    vestiging = named(histories.names, histories.vestiging[site, year])
    return pd.DataFrame({"vestiging": vestiging, "profile": profile, "leerweg": leerweg, "school_year": YEARS[year]})


def _by_sector(count: Integers) -> Integers:
    """Sum profiles into the sectors under which exams are published."""
    sites, _, leerwegen, years = count.shape
    by_sector = np.zeros((sites, len(SECTORS), leerwegen, years), dtype=np.int64)
    by_sector[:, SECTORS.index("S_TECHNIEK")] = count[:, :N_TECHNICAL].sum(axis=1)
    for profile, sector in _SECTOR_OF.items():
        by_sector[:, SECTORS.index(sector)] += count[:, PROFILES.index(profile)]
    general = count[:, PROFILES.index("DP")]
    early = YEARS <= INTERSECTORAL_UNTIL
    by_sector[:, SECTORS.index("S_INTERSECTORAAL")] += general * early
    by_sector[:, SECTORS.index("S_ECONOMIE")] += general * ~early
    return by_sector


def _sector_rows(
    histories: Histories, candidates: Integers, passes: Integers, leerwegen: tuple[str, ...]
) -> pd.DataFrame:
    present = candidates > 0
    site, sector, leerweg, year = np.nonzero(present)
    hidden = YEARS[year] >= EXAMS_MASKED_SINCE
    rows = _rows(histories, site, year, named(SECTORS, sector), named(leerwegen, leerweg))
    return rows.assign(**masked("candidates", candidates[present], hidden), **masked("passes", passes[present], hidden))


def _draw_marks(generator: np.random.Generator, sites: int) -> Floats:
    """Draw standard deviations from the mean mark, for school, central and lasting part."""
    shape = (sites, len(PROFILES), N_LEERWEGEN, N_YEARS, 3)
    draws = generator.normal(size=shape)
    draws[..., 2] = generator.normal(size=(sites, 1, 1, 1))
    return draws


def _marks(draws: Floats, leerweg: Integers, year: Integers, candidates: Integers) -> dict[str, Floats]:
    """Return mean marks to one decimal; empty without candidates, the central exam also in 2019/20."""
    none = candidates == 0
    noise = 0.6 / np.sqrt(np.maximum(candidates, 1))
    level = _MEAN_MARK[leerweg] + 0.12 * draws[:, 2]
    school = np.clip(level + noise * draws[:, 0], 1, 10)
    central = np.clip(level - 0.15 + noise * draws[:, 1], 1, 10)
    skipped = YEARS[year] == NO_CENTRAL_EXAM
    final = np.where(skipped, school, (school + central) / 2)
    columns = {
        "mark_school": np.where(none, np.nan, school),
        "mark_central": np.where(none | skipped, np.nan, central),
        "mark_list": np.where(none, np.nan, final),
    }
    return {name: np.asarray(np.round(mark, 1)) for name, mark in columns.items()}
