"""Careers: who reaches leerjaar 4, sits the exam and passes, counted by site, profile, leerweg and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.twin.calendar import COHORTS, GL, N_LEERWEGEN, N_PROFILES, N_TECHNICAL, N_YEARS, YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.panel.twin.calendar import Truths
    from stoeval.panel.twin.choices import Entry
    from stoeval.vocabulary import Floats, Integers

STAYS, STAYS_GL_OTHER = 0.965, 0.72
"""Chance to reach leerjaar 4 in the same leerweg; in GL many without technique go on to TL."""
SITS, SITS_GL_OTHER = 0.90, 0.84
"""Chance to sit the exam at this level; calibrated on exam candidates against enrolment, DUO 2017-2024."""
PASS_RATES = {
    2019: (0.994, 0.995, 0.997, 0.992),
    2020: (0.994, 0.990, 0.985, 0.975),
    2021: (0.991, 0.989, 0.985, 0.970),
    2022: (0.962, 0.941, 0.909, 0.916),
    2023: (0.975, 0.957, 0.905, 0.919),
}
"""Passes of BB, KB, GL and TL (DUO exam file 2019-2024); 2019/20 to 2021/22 under covid rules."""
USUAL_PASS_RATES = (0.975, 0.955, 0.935, 0.925)


def pass_rates() -> Floats:
    """Return pass rates of BB, KB, GL and TL, leerwegen x school years."""
    return np.array([PASS_RATES.get(year, USUAL_PASS_RATES) for year in YEARS.tolist()]).T


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fates:
    """Uniforms of each pupil for what follows the choice."""

    stays: Floats
    sits: Floats
    passes: Floats


def draw_fates(generator: np.random.Generator, pupils: int) -> Fates:
    """Draw the uniforms of all pupils."""
    return Fates(stays=generator.random(pupils), sits=generator.random(pupils), passes=generator.random(pupils))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pupils:
    """Pupils one by one. `third` and `fourth` are the sites where they are taught in those leerjaren."""

    third: Integers
    fourth: Integers
    leerweg: Integers
    cohort: Integers
    """Index of the cohort; the index of the school year of leerjaar 3 is one less, that of 4 the same."""
    profile: Integers
    stayed: Truths
    sat: Truths
    passed: Truths

    def entrants(self, sites: int) -> Integers:
        """Count pupils in leerjaar 3: sites x profiles x leerwegen x school years."""
        return np.asarray(self._counts((np.ones(len(self.third), dtype=bool),), self.third, self.cohort - 1, sites)[0])

    def upper(self, sites: int) -> Integers:
        """Count fourth-years, candidates and passes: three x sites x profiles x leerwegen x school years."""
        return self._counts((self.stayed, self.sat, self.passed), self.fourth, self.cohort, sites)

    def taught(self, sites: int) -> Integers:
        """Count pupils in leerjaar 3 and 4: sites x profiles x leerwegen x school years."""
        fourth = self._counts((self.stayed,), self.fourth, self.cohort, sites)[0]
        return np.asarray(self.entrants(sites) + fourth)

    def _counts(self, flags: Sequence[Truths], site: Integers, year: Integers, sites: int) -> Integers:
        return tally((site, self.profile, self.leerweg, year), flags, (sites, N_PROFILES, N_LEERWEGEN, N_YEARS))


def tally(codes: tuple[Integers, ...], flags: Sequence[Truths], shape: tuple[int, ...]) -> Integers:
    """Count the rows of each flag by codes (flags, *shape); codes of the last axis outside the shape are left out."""
    inside = (codes[-1] >= 0) & (codes[-1] < shape[-1])
    index = np.ravel_multi_index(codes, shape, mode="clip")
    size = int(np.prod(shape))
    return np.stack([np.bincount(index[flag & inside], minlength=size).reshape(shape) for flag in flags])


def follow(entry: Entry, profile: Integers, fates: Fates) -> Pupils:
    """Follow pupils from their choice to the exam."""
    cell = entry.cell
    leerweg, cohort = entry.leerweg[cell], entry.cohort[cell]
    leaky = (leerweg == GL) & (profile >= N_TECHNICAL)
    stayed = (fates.stays < np.where(leaky, STAYS_GL_OTHER, STAYS)) & (cohort < len(COHORTS) - 1)
    sat = stayed & (fates.sits < np.where(leaky, SITS_GL_OTHER, SITS))
    rate = pass_rates()[np.where(leerweg > GL, 0, leerweg), np.minimum(cohort, N_YEARS - 1)]
    site = entry.site[cell]
    return Pupils(
        third=site,
        fourth=site,
        leerweg=leerweg,
        cohort=cohort,
        profile=profile,
        stayed=stayed,
        sat=sat,
        passed=sat & (fates.passes < rate),
    )
