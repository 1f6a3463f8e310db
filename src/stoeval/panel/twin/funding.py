"""Money: regional budgets, plans, and the doses exactly as the evaluation computes them.

D_r = budget_r / 4 / (beroepsgericht pupils of r in leerjaar 3-4 on 1-10-2018) / 1000, in euro 1,000 a
pupil-year, BB + KB + GL + LWT over all profiles. The dose of a line is D_r times the first coder's share.
A_v = (1544.48 n_BK(2017) + 772.24 n_GL(2017) + 3078 n_BK(2018) + 1539 n_GL(2018)) / (beroepsgericht pupils
of v on 1-10-2017) / 1000, with n the pupils of leerjaar 3-4 in BWI, PIE and MT and LWT counted as BB. It is
zero without such pupils and where a site had no pupils in 2017. It is kept by site, so that a renumbered
vestiging keeps the dose of its footprint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.tables import ACTIVITY_LINES
from stoeval.panel.twin.calendar import GL, N_HARD, N_TECHNICAL, YEARS
from stoeval.panel.twin.landscape import N_REGIONS

if TYPE_CHECKING:
    from stoeval.panel.twin.calendar import Truths
    from stoeval.panel.twin.landscape import Landscape
    from stoeval.vocabulary import Floats, Integers

TECHNIEKREGIO_BUDGET, TECHNIEKARM_BUDGET = 335.5e6, 90e6
"""Euro over 2020-2023 (Subsidieregeling STO 2020-2023)."""
SMALLEST_BUDGET, LARGEST_BUDGET = 1e6, 22e6
"""Each region spends between these (SEO, analyse van de regioplannen)."""
ROUNDS = (45, 26, 7)
TECHNIEKARM_SHARE, TECHNIEKARM_FEWEST, TECHNIEKARM_MOST = 0.10, 12, 13
_PLAN_MEAN = {
    "1": 0.09,
    "2": 0.13,
    "3": 0.08,
    "4": 0.09,
    "5_po": 0.12,
    "5_breed": 0.14,
    "6": 0.13,
    "7": 0.08,
    "8": 0.09,
    "9": 0.05,
}
PLAN_CONCENTRATION = 12.0
CODERS_AGREE = 0.86
POSTS_A_PLAN = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doses:
    """Exposures: regional and by line in euro 1,000 a pupil-year, aanloop in euro 1,000 a pupil."""

    regional: Floats
    shares: Floats
    """Shares of the plan, regions x lines."""
    aanloop: Floats
    """By site."""

    def line(self, name: str) -> Floats:
        """Return the dose of an activity line, by region."""
        return np.asarray(self.regional * self.shares[:, ACTIVITY_LINES.index(name)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Funding:
    """The region and plan tables and the doses that follow from them."""

    regions: pd.DataFrame
    plans: pd.DataFrame
    doses: Doses


def region_names() -> list[str]:
    """Return the names of the regions."""
    return [f"R{number:02d}" for number in range(1, N_REGIONS + 1)]


def fund(generator: np.random.Generator, land: Landscape, pupils: Integers) -> Funding:
    """Fund regions by their count of 1-10-2018; `pupils` are sites x profiles x leerwegen x school years."""
    count = pupils[:, :, :, _index(2018)]
    everyone = _by_region(land, count.sum(axis=(1, 2)))
    hard = _by_region(land, count[:, :N_HARD].sum(axis=(1, 2)))
    technical = _by_region(land, count[:, :N_TECHNICAL].sum(axis=(1, 2)))
    arm = _techniekarm(_for_each(technical, everyone, otherwise=1.0))
    budget = _budgets(generator, hard, everyone, arm)
    shares = generator.dirichlet(
        PLAN_CONCENTRATION * np.array([_PLAN_MEAN[line] for line in ACTIVITY_LINES]), N_REGIONS
    )
    shares = _to_one(shares.round(4))
    regions = pd.DataFrame(
        {
            "region": region_names(),
            "approval_round": generator.permutation(np.repeat([1, 2, 3], ROUNDS)),
            "budget": budget,
            "cofinancing_share": (0.075 + 0.225 * generator.beta(1.3, 4.0, N_REGIONS)).round(3),
            "techniekarm": arm,
            "prior_cooperation": generator.random(N_REGIONS) < 0.36,
            "shrinking": land.shrinking.astype(bool),
        }
    )
    regional = _for_each(budget / 4, everyone, otherwise=0.0) / 1000
    doses = Doses(regional=regional, shares=shares, aanloop=_aanloop(pupils))
    return Funding(regions=regions, plans=_plans(generator, shares), doses=doses)


def _index(year: int) -> int:
    return int(np.flatnonzero(year == YEARS)[0])


def _by_region(land: Landscape, value: Integers) -> Floats:
    return np.bincount(land.region, value, minlength=N_REGIONS).astype(np.float64)


def _for_each(amount: Floats, pupils: Floats, *, otherwise: float) -> Floats:
    """Return an amount a pupil by region; a few countries have a region without pupils in the count."""
    return np.asarray(np.divide(amount, pupils, out=np.full(len(pupils), otherwise), where=pupils > 0))


def _techniekarm(share: Floats) -> Truths:
    """Mark regions below a tenth, or the lowest where too few or too many are."""
    below = int(np.sum(share < TECHNIEKARM_SHARE))
    number = min(max(below, TECHNIEKARM_FEWEST), TECHNIEKARM_MOST)
    arm = np.zeros(N_REGIONS, dtype=bool)
    arm[np.argsort(share)[:number]] = True
    return arm


def _budgets(generator: np.random.Generator, hard: Floats, everyone: Floats, arm: Truths) -> Floats:
    """Share the national budget by hard-technical pupils and use, and the extra by size and plan score."""
    claim = hard * generator.uniform(0.85, 1.0, N_REGIONS)
    extra = everyone**0.8 * generator.uniform(0.5, 1.5, N_REGIONS) * arm
    total = TECHNIEKREGIO_BUDGET * claim / claim.sum() + TECHNIEKARM_BUDGET * extra / extra.sum()
    return np.asarray(np.clip(total, SMALLEST_BUDGET, LARGEST_BUDGET).round(0))


def _aanloop(pupils: Integers) -> Floats:
    hard = pupils[:, :N_HARD].sum(axis=1)
    total = np.zeros(len(pupils))
    for year, per_pupil in ((2017, 1544.48), (2018, 3078.0)):
        counted = hard[:, :, _index(year)]
        total += per_pupil * (counted.sum(axis=1) - 0.5 * counted[:, GL])
    everyone = pupils[:, :, :, _index(2017)].sum(axis=(1, 2))
    return np.where(everyone > 0, total / np.maximum(everyone, 1) / 1000, 0.0)


def _to_one(shares: Floats) -> Floats:
    """Let rounded shares sum to one by giving the rest to the largest."""
    rest = 1 - shares.sum(axis=1)
    shares[np.arange(len(shares)), shares.argmax(axis=1)] += rest
    return np.asarray(shares.round(4))


def _plans(generator: np.random.Generator, shares: Floats) -> pd.DataFrame:
    """Let a second coder read posts of equal size and sometimes choose another line."""
    posts = generator.multinomial(POSTS_A_PLAN, shares)
    kept = generator.binomial(posts, CODERS_AGREE)
    mean = np.array([_PLAN_MEAN[line] for line in ACTIVITY_LINES])
    moved = generator.multinomial((posts - kept).sum(axis=1), mean)
    realised = 0.5 + 0.5 * generator.beta(3.0, 1.6, shares.shape)
    return pd.DataFrame(
        {
            "region": np.repeat(region_names(), len(ACTIVITY_LINES)),
            "activity_line": np.tile(ACTIVITY_LINES, N_REGIONS),
            "share": shares.ravel(),
            "share_second_coder": ((kept + moved) / POSTS_A_PLAN).ravel(),
            "realised": realised.round(3).ravel(),
        }
    )
