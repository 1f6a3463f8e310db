"""The table `staff`: teachers of technical and other vmbo subjects by school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.tables import SUBJECT_GROUPS
from stoeval.panel.twin.calendar import N_TECHNICAL, N_YEARS, YEARS
from stoeval.panel.twin.choices import autoregressive
from stoeval.panel.twin.histories import brin_code

if TYPE_CHECKING:
    from stoeval.panel.twin.funding import Doses
    from stoeval.panel.twin.landscape import Landscape
    from stoeval.panel.twin.truth import Truth
    from stoeval.panel.twin.world import World
    from stoeval.vocabulary import Floats, Integers

FIRST_YEAR = 2014
TEACHERS_PER_PUPIL = (0.039, 0.047)
"""Fte a pupil in leerjaar 3-4: about 1,000 fte technical in 2017/18 (SEO monitor 2020)."""
DECLINE_A_YEAR = 0.012
_SHARES = {
    "share_55_plus": (0.36, 0.30, 0.0),
    "share_trained": (0.45, 0.50, 0.01),
    "share_from_industry": (0.30, 0.12, 0.004),
    "share_qualified": (0.78, 0.85, -0.004),
}
"""Level of technical and other teachers and the change a year."""
SCHOOL_SPREAD, YEAR_SPREAD = 0.07, 0.04


def staff(generator: np.random.Generator, world: World) -> pd.DataFrame:
    """Draw teachers by school, subject group and school year."""
    land, truth, doses = world.land, world.truth, world.doses
    taught = _by_school(land, world.taught)
    schools = len(taught)
    region = np.zeros(schools, dtype=np.int64)
    region[land.brin] = land.region
    fte = _teachers(generator, taught, truth, doses, region)
    columns = {
        "fte": fte,
        "pupils": taught.astype(np.float64),
        **_movements(generator, fte),
        **{name: _share(generator, name, taught.shape, truth, doses.line("8")[region]) for name in _SHARES},
    }
    shown = (taught > 0) & (YEARS >= FIRST_YEAR)
    school, group, year = np.nonzero(shown)
    frame = pd.DataFrame(
        {
            "brin": np.array([brin_code(number) for number in range(schools)])[school],
            "subject_group": np.array(SUBJECT_GROUPS)[group],
            "school_year": YEARS[year],
        }
    )
    return frame.assign(**{name: values[shown].round(3) for name, values in columns.items()})


def _by_school(land: Landscape, pupils: Integers) -> Integers:
    by_site = pupils.sum(axis=2)
    groups = np.stack([by_site[:, :N_TECHNICAL].sum(axis=1), by_site[:, N_TECHNICAL:].sum(axis=1)], axis=1)
    by_school = np.zeros((int(land.brin.max()) + 1, len(SUBJECT_GROUPS), N_YEARS), dtype=np.int64)
    np.add.at(by_school, land.brin, groups)
    return by_school


def _teachers(generator: np.random.Generator, taught: Integers, truth: Truth, doses: Doses, region: Integers) -> Floats:
    schools, groups, years = taught.shape
    lasting = generator.normal(0, 0.18, (schools, groups, 1))
    common = autoregressive(generator, schools, years, 0.05, 0.6)[:, None, :]
    own = autoregressive(generator, schools * groups, years, 0.08, 0.6).reshape(taught.shape)
    trend = -DECLINE_A_YEAR * (YEARS - 2017) * np.array([1.0, 0.3])[:, None]
    logs = lasting + common + own + trend
    effect = np.array([truth.at("dose_line_3", "teacher_fte", year) for year in YEARS.tolist()])
    logs[:, 0] += doses.line("3")[region][:, None] * effect
    return np.asarray(taught * np.array(TEACHERS_PER_PUPIL)[:, None] * np.exp(logs))


def _movements(generator: np.random.Generator, fte: Floats) -> dict[str, Floats]:
    """Draw who leaves; who starts follows, so that both explain the change of the stock."""
    before = np.concatenate([np.full((*fte.shape[:2], 1), np.nan), fte[:, :, :-1]], axis=2)
    leaving = before * generator.beta(4.0, 46.0, fte.shape)
    inflow = np.maximum(fte - before + leaving, 0)
    outflow = before + inflow - fte
    first = YEARS <= FIRST_YEAR
    return {"inflow": np.where(first, np.nan, inflow), "outflow": np.where(first, np.nan, np.maximum(outflow, 0))}


def _share(generator: np.random.Generator, name: str, shape: tuple[int, ...], truth: Truth, dose: Floats) -> Floats:
    technical, other, change = _SHARES[name]
    lasting = generator.normal(0, SCHOOL_SPREAD, (*shape[:2], 1))
    common = generator.normal(0, YEAR_SPREAD / 2, (shape[0], 1, shape[2]))
    own = generator.normal(0, YEAR_SPREAD, shape)
    share = np.array([technical, other])[:, None] + change * (YEARS - 2017) + lasting + common + own
    if name != "share_55_plus":
        effect = np.array([truth.at("dose_line_8", name, year) for year in YEARS.tolist()])
        share[:, 0] += dose[:, None] * effect
    return np.asarray(np.clip(share, 0, 1))
