"""What surrounds the schools: who was asked, job prospects, population and jobs, and other programmes.

No planted effect runs through these tables; they have the form and the size of real ones, and their own luck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.tables import RESPONDENTS
from stoeval.panel.twin.answers import WAVES
from stoeval.panel.twin.calendar import YEARS
from stoeval.panel.twin.choices import SHRINKAGE_A_YEAR
from stoeval.panel.twin.funding import region_names
from stoeval.panel.twin.landscape import N_REGIONS

if TYPE_CHECKING:
    from stoeval.panel.twin.landscape import Landscape
    from stoeval.panel.twin.world import World
    from stoeval.vocabulary import Floats, Integers

N_MBO_PROGRAMMES = 48
VINTAGES = (2015, 2017, 2019, 2021)
FIRST_CREBO = 25_001
SECTORS = ("techniek en gebouwde omgeving", "mobiliteit en logistiek", "zorg en welzijn", "handel en ondernemen")
N_TECHNICAL_SECTORS = 2
YOUNG = 1_000_000
"""Inhabitants of 12 up to and including 16, of the order of the Netherlands."""
JOBS_PER_YOUNG, TECHNICAL_JOBS = 8.5, 0.15
FORECAST_MADE, FORECAST_ERROR = 2017, 0.01
"""School year of the forecast, and the standard deviation of its error for each year ahead, in log points."""
TIB_YEARS, NPO_YEARS, PILOT_YEARS = (2012, 2013, 2014, 2015), (2021, 2022, 2023), (2021, 2022, 2023)
PILOT_PLACES, PILOT_LOSERS = 136, 60
"""Vestigingen that won and lost the draw for the nieuwe leerweg (100 and 36 places); some have closed by then."""
NPO_PER_PUPIL, PILOT_AMOUNT = 700.0, 25_000.0


def response(world: World, surveys: pd.DataFrame) -> pd.DataFrame:
    """Count vestigingen asked and heard by kind, region and wave; a programme leader stands for a region."""
    region, years = world.land.region, np.searchsorted(YEARS, WAVES)
    present = world.taught.sum(axis=(1, 2))[:, years] > 0
    asked = np.zeros((N_REGIONS, len(WAVES)), dtype=np.int64)
    np.add.at(asked, region, present.astype(np.int64))
    places = surveys.assign(place=surveys["vestiging"].where(surveys["vestiging"] != "", surveys["region"]))
    heard = places.groupby(["kind", "region", "wave"])["place"].nunique()
    names = region_names()
    rows = [
        (kind, names[one], wave, 1 if kind == "programme leader" else int(asked[one, number]))
        for kind in RESPONDENTS
        for one in range(N_REGIONS)
        for number, wave in enumerate(WAVES)
    ]
    frame = pd.DataFrame(rows, columns=["kind", "region", "wave", "invited"])
    keys = pd.MultiIndex.from_frame(frame[["kind", "region", "wave"]])
    return frame.assign(answered=heard.reindex(keys, fill_value=0).to_numpy())


def prospects(generator: np.random.Generator) -> pd.DataFrame:
    """Draw how good the prospects of each mbo programme were, by vintage."""
    number = np.arange(N_MBO_PROGRAMMES)
    sector = number % len(SECTORS)
    lasting = 3.2 + 0.6 * (sector < N_TECHNICAL_SECTORS) + generator.normal(0, 0.7, N_MBO_PROGRAMMES)
    score = lasting[:, None] + generator.normal(0, 0.3, (N_MBO_PROGRAMMES, len(VINTAGES)))
    of, vintage = (axis.ravel() for axis in np.indices(score.shape))
    return pd.DataFrame(
        {
            "programme": [f"{FIRST_CREBO + one}" for one in of],
            "school_year": np.array(VINTAGES)[vintage],
            "name": [f"Opleiding {one + 1:02d}" for one in of],
            "level": of // len(SECTORS) % 4 + 1,
            "sector": np.array(SECTORS)[sector[of]],
            "technical": sector[of] < N_TECHNICAL_SECTORS,
            "prospect": np.clip(score, 1, 5).round(1).ravel(),
        }
    )


def context(generator: np.random.Generator, land: Landscape, size: Floats) -> pd.DataFrame:
    """Draw young inhabitants, their forecast and jobs by gemeente; `size` says how large the school of a site is."""
    young = generator.poisson(_expected_young(land, size)).astype(np.float64)
    growth = 1.01 ** (YEARS - FORECAST_MADE)
    jobs = generator.poisson(young.mean(axis=1, keepdims=True) * JOBS_PER_YOUNG * growth)
    gemeente, year = (axis.ravel() for axis in np.indices(young.shape))
    ahead = YEARS - FORECAST_MADE
    error = generator.normal(0, 1, young.shape) * FORECAST_ERROR * np.maximum(ahead, 0)
    later = (ahead > 0)[year]
    return pd.DataFrame(
        {
            "gemeente": [f"Gemeente {one + 1:03d}" for one in gemeente],
            "school_year": YEARS[year],
            "population_12_16": young.ravel(),
            "forecast_12_16": np.where(later, (young * np.exp(error)).round().ravel(), np.nan),
            "forecast_made": pd.array([FORECAST_MADE if one else None for one in later], dtype="Int64"),
            "jobs": jobs.ravel().astype(np.float64),
            "jobs_technical": generator.binomial(jobs, TECHNICAL_JOBS).ravel().astype(np.float64),
        }
    )


def _expected_young(land: Landscape, size: Floats) -> Floats:
    """Spread the young over gemeenten by the size of their schools, fewer each year where the region shrinks."""
    by_gemeente = np.bincount(land.gemeente, size)
    shrinking = np.zeros(len(by_gemeente))
    shrinking[land.gemeente] = land.shrinking[land.region]
    drift = np.exp(-SHRINKAGE_A_YEAR * shrinking[:, None] * (YEARS - FORECAST_MADE))
    return np.asarray(YOUNG * by_gemeente[:, None] / by_gemeente.sum() * drift)


def programmes(generator: np.random.Generator, world: World) -> pd.DataFrame:
    """Draw who took part in TiB, NPO and the pilot of the nieuwe leerweg; no vestiging of the twin has RIF."""
    pupils = world.taught.sum(axis=(1, 2)) + world.theory.entrants + world.theory.fourth
    earlier = world.funding.regions["prior_cooperation"].to_numpy(dtype=bool)[world.land.region]
    everyone = np.arange(world.land.n_sites)
    drawn = generator.permutation(everyone)[: PILOT_PLACES + PILOT_LOSERS]
    technical = np.flatnonzero(earlier & (world.schools.technical > 0))
    parts = [
        _taking_part(world, pupils, technical, "TiB", TIB_YEARS),
        _taking_part(world, pupils, everyone, "NPO", NPO_YEARS),
        _taking_part(world, pupils, drawn[:PILOT_PLACES], "nieuwe leerweg", PILOT_YEARS).assign(drawn_by_lot=True),
        _taking_part(world, pupils, drawn[PILOT_PLACES:], "nieuwe leerweg", PILOT_YEARS).assign(drawn_by_lot=False),
    ]
    frame = pd.concat([part.astype({"drawn_by_lot": "boolean"}) for part in parts], ignore_index=True)
    won = frame["drawn_by_lot"].fillna(value=False).to_numpy(dtype=bool)
    money = np.select([frame["programme"] == "NPO", won], [NPO_PER_PUPIL * frame["pupils"], PILOT_AMOUNT], np.nan)
    return frame.drop(columns="pupils").assign(amount=money).drop_duplicates(["vestiging", "programme", "school_year"])


def _taking_part(
    world: World, pupils: Integers, sites: Integers, programme: str, years: tuple[int, ...]
) -> pd.DataFrame:
    """Return a row for each of these sites and years in which it has pupils."""
    at = np.searchsorted(YEARS, years)
    site, year = np.nonzero(pupils[sites][:, at] > 0)
    return pd.DataFrame(
        {
            "vestiging": np.array(world.histories.names)[world.histories.vestiging[sites[site], at[year]]],
            "programme": programme,
            "school_year": YEARS[at[year]],
            "pupils": pupils[sites[site], at[year]],
            "drawn_by_lot": pd.array([None] * len(site), dtype="boolean"),
        }
    )
