"""Schools: what a site is like before any year passes. Figures are DUO counts of 2017 and 2019."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.tables import PROFILES
from stoeval.panel.twin.calendar import BB, GL, KB, LWT, N_LEERWEGEN, N_PROFILES, N_TECHNICAL
from stoeval.panel.twin.landscape import N_REGIONS, Landscape, draw_landscape

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers

INITIAL, STARTING, THEORETICAL = 553, 96, 285
"""Sites with beroepsgericht vmbo at first, sites that start it later, and sites with TL only."""
TECHNICAL_AT_FIRST = 303
SHARE_TECHNICAL_STARTERS = 0.15
SHARE_COLLEGES = 0.075
"""Technical sites that teach little else."""
MAINLY_TECHNICAL = 0.9

_TECHNICAL_SETS = (
    (0.270, ("BWI", "PIE")),
    (0.270, ("BWI", "PIE", "MT")),
    (0.150, ("PIE",)),
    (0.085, ("MVI",)),
    (0.055, ("BWI", "PIE", "MVI")),
    (0.045, ("PIE", "MT")),
    (0.035, ("BWI",)),
    (0.019, ("MAT",)),
    (0.020, ("MT",)),
    (0.015, ("PIE", "MVI")),
    (0.020, ("BWI", "MT")),
    (0.026, ("BWI", "PIE", "MT", "MVI")),
)
_OTHER_SETS_TECHNICAL = (
    (0.17, ("EO", "ZW")),
    (0.17, ("DP", "EO", "ZW")),
    (0.17, ("EO", "HBR", "ZW")),
    (0.12, ("DP", "ZW")),
    (0.1, ("ZW",)),
    (0.1, ("DP", "EO", "HBR", "ZW")),
    (0.09, ("DP",)),
    (0.08, ("DP", "GROEN")),
)
_OTHER_SETS = (
    (0.40, ("DP",)),
    (0.21, ("GROEN",)),
    (0.1, ("EO", "ZW")),
    (0.09, ("DP", "EO", "ZW")),
    (0.08, ("ZW",)),
    (0.05, ("EO",)),
    (0.03, ("DP", "EO")),
    (0.04, ("EO", "HBR", "ZW")),
)
_APPEAL = {
    "BWI": 0.85,
    "PIE": 1.05,
    "MT": 0.7,
    "MVI": 1.2,
    "MAT": 2.0,
    "DP": 1.5,
    "EO": 0.75,
    "HBR": 0.65,
    "ZW": 1.15,
    "GROEN": 1.2,
}
"""Relative size of a profile where it is taught."""
_LEERWEG_APPEAL = {"MT": 0.5, "MVI": 1.8, "DP": 2.2, "ZW": 0.5, "HBR": 0.4, "EO": 0.7}
"""Appeal in GL, relative to BB and KB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Schools:
    """Lasting properties of sites; leerwegen and profiles in the order of the tables."""

    land: Landscape
    initial: Integers
    starting: Integers
    size: Floats
    """Relative number of beroepsgericht pupils."""
    mix: Floats
    """Share of each leerweg, sites x leerwegen; zero where a site has TL only."""
    theoretical: Floats
    """Relative number of TL pupils; zero where there is no TL."""
    technical: Floats
    """Inclination to technique as a share; zero where no technical profile is ever taught."""
    offered: Integers
    """One for a profile that belongs to the site, sites x profiles."""
    appeal: Floats
    """Relative size of profiles, sites x profiles x leerwegen."""


def draw_schools(generator: np.random.Generator) -> Schools:
    """Draw a country of schools."""
    land = draw_landscape(generator, (INITIAL, STARTING, THEORETICAL))
    number = np.arange(land.n_sites)
    initial, starting = number[:INITIAL], number[INITIAL : INITIAL + STARTING]
    technical = _inclination(generator, land, initial, starting)
    offered = _offer(generator, technical)
    professional = number < INITIAL + STARTING
    has_tl = np.where(professional, generator.random(land.n_sites) < 0.6, True)  # noqa: FBT003 - an array's value
    return Schools(
        land=land,
        initial=initial,
        starting=starting,
        size=_sizes(generator, technical, starting) * professional,
        mix=_leerweg_mix(generator, technical, offered) * professional[:, None],
        theoretical=has_tl * generator.lognormal(0, 0.55, land.n_sites),
        technical=technical,
        offered=offered * professional[:, None],
        appeal=_appeals(generator, offered),
    )


def _inclination(generator: np.random.Generator, land: Landscape, initial: Integers, starting: Integers) -> Floats:
    """Draw who is technical and how much; regions differ a little."""
    region = generator.normal(0, 0.2, N_REGIONS)[land.region]
    drawn = weighted_draw(generator, initial, np.exp(region[initial]), TECHNICAL_AT_FIRST)
    is_technical = np.zeros(land.n_sites, dtype=bool)
    is_technical[drawn] = True
    is_technical[starting] = generator.random(len(starting)) < SHARE_TECHNICAL_STARTERS
    share = np.clip(generator.beta(3.0, 6.0, land.n_sites), 0.08, 0.85)
    college = generator.random(land.n_sites) < SHARE_COLLEGES
    return np.asarray(np.where(college, 0.94, share) * is_technical)


def weighted_draw(generator: np.random.Generator, pool: Integers, weight: Floats, count: int) -> Integers:
    """Draw from a pool without replacement, with chances by weight."""
    keys = generator.exponential(size=len(pool)) / weight
    return np.asarray(pool[np.argsort(keys)[:count]])


def _draw_sets(generator: np.random.Generator, count: int, sets: tuple[tuple[float, tuple[str, ...]], ...]) -> Integers:
    """Draw sets of profiles in fixed proportions, so that rare profiles are as rare in every country."""
    reach = np.cumsum([chance for chance, _ in sets])
    member = np.array([[profile in names for profile in PROFILES] for _, names in sets], dtype=np.int64)
    positions = generator.permutation((np.arange(count) + 0.5) / count)
    return np.asarray(member[np.searchsorted(reach / reach[-1], positions)])


def _offer(generator: np.random.Generator, technical: Floats) -> Integers:
    has = technical > 0
    offered = np.zeros((len(technical), N_PROFILES), dtype=np.int64)
    beside = _draw_sets(generator, int(has.sum()), _OTHER_SETS_TECHNICAL)
    # A site that teaches little but technique has one general profile beside it.
    beside[technical[has] > MAINLY_TECHNICAL] = [int(profile == "DP") for profile in PROFILES]
    offered[has] = _draw_sets(generator, int(has.sum()), _TECHNICAL_SETS) + beside
    offered[~has] = _draw_sets(generator, int((~has).sum()), _OTHER_SETS)
    return offered


def _sizes(generator: np.random.Generator, technical: Floats, starting: Integers) -> Floats:
    size = generator.lognormal(0, 0.42, len(technical)) * np.where(technical > 0, 1.3, 1.0)
    size[technical > MAINLY_TECHNICAL] *= 0.45
    size[starting] *= 0.5
    return np.asarray(np.maximum(size, 0.12))


def _leerweg_mix(generator: np.random.Generator, technical: Floats, offered: Integers) -> Floats:
    """Draw shares of BB, KB, GL and LWT; many sites lack GL, a few have nothing else."""
    count = len(technical)
    mix = np.zeros((count, N_LEERWEGEN))
    mix[:, [BB, KB, GL]] = generator.dirichlet((3.6, 5.4, 3.6), count)
    mix[generator.random(count) < 0.35, GL] = 0
    general = offered[:, PROFILES.index("DP")] + offered[:, PROFILES.index("GROEN")] > 0
    only_gl = (technical == 0) & general & (generator.random(count) < 0.16)
    mix[only_gl] = [0, 0, 1, 0]
    apart = (generator.random(count) < 0.22) * 0.12 * mix[:, BB]
    mix[:, LWT] = apart
    mix[:, BB] -= apart
    return np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _appeals(generator: np.random.Generator, offered: Integers) -> Floats:
    level = np.array([_APPEAL[profile] for profile in PROFILES])
    in_gl = np.array([_LEERWEG_APPEAL.get(profile, 1.0) for profile in PROFILES])
    own = generator.gamma(9.0, 1 / 9.0, (len(offered), N_PROFILES)) * offered * level
    appeal = np.repeat(own[:, :, None], N_LEERWEGEN, axis=2)
    appeal[:, :, GL] *= in_gl
    appeal[:, N_TECHNICAL:, LWT] *= 0.9
    return np.asarray(appeal)
