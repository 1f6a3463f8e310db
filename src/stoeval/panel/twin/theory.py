"""TL: pupils, candidates and passes of the leerweg that has no profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.tables import SECTORS
from stoeval.panel.twin.calendar import COHORTS, N_COHORTS, N_YEARS, YEARS
from stoeval.panel.twin.careers import pass_rates
from stoeval.panel.twin.choices import SHRINKAGE_A_YEAR, SIZE_SHOCK, autoregressive

if TYPE_CHECKING:
    from stoeval.panel.twin.schools import Schools
    from stoeval.vocabulary import Floats, Integers

ENTRANTS_2017, FOURTH_PER_ENTRANT, SITS = 41_000, 1.13, 0.96
"""TL in leerjaar 3 and 4 (DUO enrolment 2017); leerjaar 4 takes pupils from GL."""
SECTOR_SINCE = 2018
_TECHNICAL_SHARE = ((2018, 0.175), (2019, 0.175), (2023, 0.156))
_OTHER_SECTORS = {"S_ECONOMIE": 0.45, "S_ZORG": 0.40, "S_LANDBOUW": 0.15}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TheoreticalLeerweg:
    """Counts of TL by site and school year; candidates and passes also by sector."""

    entrants: Integers
    fourth: Integers
    candidates: Integers
    passes: Integers


def draw_theory(generator: np.random.Generator, schools: Schools) -> TheoreticalLeerweg:
    """Draw the TL pupils of all years; no effect is ever planted here."""
    shape = (schools.land.n_sites, N_COHORTS)
    drift = -SHRINKAGE_A_YEAR * schools.land.shrinking[schools.land.region][:, None] * (COHORTS - 2017)
    level = schools.theoretical[:, None] * np.exp(
        autoregressive(generator, *shape, SIZE_SHOCK, 0.7) + drift - 0.008 * (COHORTS - 2017)
    )
    cohort = generator.poisson(level * ENTRANTS_2017 / level[:, COHORTS == 2017].sum())
    fourth = generator.poisson(cohort[:, :N_YEARS] * FOURTH_PER_ENTRANT)
    candidates = generator.multinomial(generator.binomial(fourth, SITS), _sector_shares())
    passes = generator.binomial(candidates, pass_rates()[3][:, None])
    return TheoreticalLeerweg(entrants=cohort[:, 1:], fourth=fourth, candidates=candidates, passes=passes)


def _sector_shares() -> Floats:
    """Return the chance of each sector, school years x sectors; unknown until published."""
    shares = np.zeros((N_YEARS, len(SECTORS)))
    technical = np.interp(YEARS, *np.array(_TECHNICAL_SHARE).T)
    shares[:, SECTORS.index("S_TECHNIEK")] = technical
    for sector, share in _OTHER_SECTORS.items():
        shares[:, SECTORS.index(sector)] = share * (1 - technical)
    shares[YEARS < SECTOR_SINCE] = np.eye(len(SECTORS))[SECTORS.index("S_ONBEKEND")]
    return shares
