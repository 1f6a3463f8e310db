"""Choices: how many pupils enter leerjaar 3 where, and which profile each of them takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.twin.calendar import BB, COHORTS, ENTITLEMENT, GL, KB, LWT, N_COHORTS, N_LEERWEGEN, N_TECHNICAL, PIE
from stoeval.panel.twin.landscape import N_REGIONS

if TYPE_CHECKING:
    from stoeval.panel.twin.funding import Doses
    from stoeval.panel.twin.histories import Histories
    from stoeval.panel.twin.schools import Schools
    from stoeval.panel.twin.truth import Truth
    from stoeval.vocabulary import Floats, Integers

ENTRANTS_2017 = {BB: 19_900, KB: 30_000, GL: 16_900}
"""Pupils in leerjaar 3, 1 October 2017 (DUO enrolment); BB holds the leerwerktraject."""
_ENTRANTS_INDEX = (1.06, 1.065, 1.06, 1.045, 1.03, 1.015, 1.0, 0.955, 0.925, 0.90, 0.885, 0.890, 0.915)
"""Entrants by cohort since 2011, 2017 = 1: the course of DUO enrolment and exam candidates."""
_TECHNICAL_SHARE = {
    BB: ((2011, 0.250), (2017, 0.240), (2018, 0.243), (2019, 0.240), (2022, 0.232), (2023, 0.232)),
    KB: ((2011, 0.225), (2017, 0.220), (2018, 0.222), (2019, 0.219), (2022, 0.215), (2023, 0.215)),
    GL: ((2011, 0.105), (2017, 0.090), (2018, 0.093), (2022, 0.093), (2023, 0.095)),
}
"""Technical share of entrants by leerweg without any effect (monitor Techniekpact until 2017)."""
SHRINKAGE_A_YEAR = 0.012
PERSISTENCE = 0.75
SCHOOL_SHOCK, REGION_SHOCK, SIZE_SHOCK = 0.19, 0.04, 0.07
"""Standard deviations of the shocks, in log-odds of technique and in log points of size."""
OPENED_SHARE = 0.2
"""Share of a technical profile that a site opens because of an effect; large enough not to be masked."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """Cells of entrants (site x leerweg x cohort), their chances, and two uniforms a pupil.

    The uniforms belong to the pupil and not to the truth, so that two truths with the same seed
    differ only in the pupils whom the effects move.
    """

    site: Integers
    region: Integers
    leerweg: Integers
    cohort: Integers
    count: Integers
    share: Floats
    """Technical share by cell in a world without effects."""
    technical_mix: Floats
    """Cumulative chances of technical profiles, given technique, by cell."""
    other_mix: Floats
    technical_draw: Floats
    profile_draw: Floats
    opening_luck: Floats
    """Uniform of the site, by cell."""

    @property
    def cell(self) -> Integers:
        """Cell of each pupil."""
        return np.repeat(np.arange(len(self.count)), self.count)


def autoregressive(generator: np.random.Generator, units: int, periods: int, spread: float, keep: float) -> Floats:
    """Draw stationary AR(1) paths, units x periods, with standard deviation `spread`."""
    noise = generator.normal(size=(units, periods)) * spread
    path = np.empty_like(noise)
    path[:, 0] = noise[:, 0]
    for period in range(1, periods):
        path[:, period] = keep * path[:, period - 1] + np.sqrt(1 - keep**2) * noise[:, period]
    return path


def draw_entry(generator: np.random.Generator, schools: Schools, histories: Histories) -> Entry:
    """Draw the entrants of all cohorts and what moves their choices."""
    expected = _expected_entrants(generator, schools, histories)
    drawn = generator.poisson(expected)
    origin, leerweg, cohort = np.nonzero(drawn)
    count = drawn[origin, leerweg, cohort]
    site = histories.at[origin, cohort]
    region = schools.land.region[site]
    possible = histories.taught[site, :N_TECHNICAL, cohort].sum(axis=1) > 0
    school = autoregressive(generator, schools.land.n_sites, N_COHORTS, SCHOOL_SHOCK, PERSISTENCE)
    regional = autoregressive(generator, N_REGIONS, N_COHORTS, REGION_SHOCK, PERSISTENCE)
    inclination = np.clip(schools.technical[site], 0.01, 0.99)
    log_odds = np.log(inclination / (1 - inclination)) + school[site, cohort] + regional[region, cohort]
    level = _national_level(log_odds, possible, expected[origin, leerweg, cohort], leerweg, cohort)
    weight = schools.appeal[site, :, leerweg] * histories.taught[site, :, cohort]
    return Entry(
        site=site,
        region=region,
        leerweg=leerweg,
        cohort=cohort,
        count=count,
        share=_logistic(log_odds + level) * possible,
        technical_mix=_cumulative(weight[:, :N_TECHNICAL], PIE),
        other_mix=_cumulative(weight[:, N_TECHNICAL:], 0),
        technical_draw=generator.random(int(count.sum())),
        profile_draw=generator.random(int(count.sum())),
        opening_luck=generator.random(schools.land.n_sites)[site],
    )


def choose(entry: Entry, share: Floats) -> Integers:
    """Return the profile of each pupil, given the technical share of each cell."""
    cell = entry.cell
    technical = entry.technical_draw < share[cell]
    profile = np.empty(len(cell), dtype=np.int64)
    for of_these, mix, first in ((technical, entry.technical_mix, 0), (~technical, entry.other_mix, N_TECHNICAL)):
        passed = entry.profile_draw[of_these, None] >= mix[cell[of_these], :-1]
        profile[of_these] = first + passed.sum(axis=1)
    return profile


def moved_share(entry: Entry, truth: Truth, doses: Doses) -> Floats:
    """Return technical shares by cell: log-odds moved by the lines of hypothesis 5, points by the regional dose.

    A site that teaches technique moves by the points. Of the sites that do not, as many open a profile as the
    points ask for on average; they have nothing to lose, so a negative effect reaches only the others. Points
    that would take a share beyond zero or one are lost.
    """
    odds = np.zeros((N_REGIONS, N_COHORTS))
    points = np.zeros((N_REGIONS, N_COHORTS))
    for number, year in enumerate(COHORTS.tolist()):
        for line in ("5_breed", "5_po"):
            odds[:, number] += truth.at(f"dose_line_{line}", "entrants", year) * doses.line(line)
        points[:, number] = truth.at("regional_dose", "technical_share_entrants", year) * doses.regional
    if not odds.any() and not points.any():
        return entry.share
    ratio = entry.share / (1 - entry.share) * np.exp(odds[entry.region, entry.cohort])
    asked = points[entry.region, entry.cohort]
    opened = OPENED_SHARE * (entry.opening_luck < asked / OPENED_SHARE)
    added = np.where(entry.share > 0, asked, opened) * ENTITLEMENT[entry.leerweg]
    return np.asarray(np.clip(ratio / (1 + ratio) + added, 0, 1))


def _logistic(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-value)))


def _cumulative(weight: Floats, fallback: int) -> Floats:
    """Return cumulative chances by row; a row without weight puts all on one profile."""
    filled = weight.copy()
    filled[weight.sum(axis=1) == 0, fallback] = 1
    return np.asarray(np.cumsum(filled / filled.sum(axis=1, keepdims=True), axis=1))


def _expected_entrants(generator: np.random.Generator, schools: Schools, histories: Histories) -> Floats:
    """Return expected entrants, sites x leerwegen x cohorts, at the national numbers."""
    shock = autoregressive(generator, schools.land.n_sites, N_COHORTS, SIZE_SHOCK, PERSISTENCE)
    drift = -SHRINKAGE_A_YEAR * schools.land.shrinking[schools.land.region][:, None] * (COHORTS - 2017)
    level = schools.size[:, None] * np.exp(shock + drift) * (histories.at >= 0)
    expected = level[:, None, :] * schools.mix[:, :, None]
    for leerweg, entrants in ENTRANTS_2017.items():
        part = [BB, LWT] if leerweg == BB else [leerweg]
        national = expected[:, part].sum(axis=(0, 1))
        expected[:, part] *= entrants * np.array(_ENTRANTS_INDEX) / national
    return np.asarray(expected)


def _national_level(
    log_odds: Floats, possible: Integers, weight: Floats, leerweg: Integers, cohort: Integers
) -> Floats:
    """Find the level by leerweg and cohort at which the national technical share is the target."""
    low, high = np.full((N_LEERWEGEN, N_COHORTS), -4.0), np.full((N_LEERWEGEN, N_COHORTS), 4.0)
    knots = {part: np.array(path).T for part, path in _TECHNICAL_SHARE.items()}
    paths = {part: np.interp(COHORTS, years, shares) for part, (years, shares) in knots.items()}
    target = np.array([paths[BB], paths[KB], paths[GL], paths[BB]])
    index = leerweg * N_COHORTS + cohort
    total = np.bincount(index, weight, minlength=target.size)
    for _ in range(40):
        middle = (low + high) / 2
        share = _logistic(log_odds + middle.ravel()[index]) * possible
        reached = (np.bincount(index, weight * share, minlength=target.size) / total).reshape(target.shape)
        low, high = np.where(reached < target, middle, low), np.where(reached < target, high, middle)
    return np.asarray(((low + high) / 2).ravel()[index])
