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
SHARE_TECHNICAL_SITES = 0.53
SHARE_TECHNICAL_STARTERS = 0.15
SHARE_COLLEGES = 0.075
"""Technical sites that teach little else."""

_TECHNICAL_SETS = (
    (0.28, ("BWI", "PIE")),
    (0.235, ("BWI", "PIE", "MT")),
    (0.155, ("PIE",)),
    (0.095, ("MVI",)),
    (0.05, ("BWI", "PIE", "MVI")),
    (0.05, ("PIE", "MT")),
    (0.035, ("BWI",)),
    (0.019, ("MAT",)),
    (0.02, ("MT",)),
    (0.02, ("PIE", "MVI")),
    (0.02, ("BWI", "MT")),
    (0.021, ("BWI", "PIE", "MT", "MVI")),
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
    region = generator.normal(0, 0.35, N_REGIONS)[land.region]
    chance = np.zeros(land.n_sites)
    chance[initial] = 1 / (1 + np.exp(-(np.log(SHARE_TECHNICAL_SITES / (1 - SHARE_TECHNICAL_SITES)) + region[initial])))
    chance[starting] = SHARE_TECHNICAL_STARTERS
    is_technical = generator.random(land.n_sites) < chance
    share = np.clip(generator.beta(3.0, 6.0, land.n_sites), 0.06, 0.85)
    college = generator.random(land.n_sites) < SHARE_COLLEGES
    return np.asarray(np.where(college, 0.94, share) * is_technical)


def _draw_sets(generator: np.random.Generator, count: int, sets: tuple[tuple[float, tuple[str, ...]], ...]) -> Integers:
    chances = np.array([chance for chance, _ in sets])
    member = np.array([[profile in names for profile in PROFILES] for _, names in sets], dtype=np.int64)
    return np.asarray(member[generator.choice(len(sets), count, p=chances / chances.sum())])


def _offer(generator: np.random.Generator, technical: Floats) -> Integers:
    count = len(technical)
    own = _draw_sets(generator, count, _TECHNICAL_SETS)
    beside = _draw_sets(generator, count, _OTHER_SETS_TECHNICAL)
    without = _draw_sets(generator, count, _OTHER_SETS)
    # A site that teaches little but technique has one general profile beside it.
    beside[technical > 0.9] = [int(profile == "DP") for profile in PROFILES]
    return np.where((technical > 0)[:, None], own + beside, without)


def _sizes(generator: np.random.Generator, technical: Floats, starting: Integers) -> Floats:
    size = generator.lognormal(0, 0.6, len(technical)) * np.where(technical > 0, 1.35, 1.0)
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
