"""Treated regions beside their mix of donors: effect, placebos, jackknife, path and checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.designs.reweighted import backdated, carried_by, jackknife_covariance
from stoeval.errors import NotIdentified
from stoeval.inference.assignments import assignments
from stoeval.inference.clustering import Covariance, contrast, refuse_few_clusters
from stoeval.inference.leverage import effective_clusters
from stoeval.inference.randomization import tally
from stoeval.inference.synthetic_difference import (
    Solver,
    SyntheticDifference,
    placebo_effects,
    synthetic_difference,
)
from stoeval.vocabulary import Check, IdentificationClass, PeriodEstimate, SchoolYear

if TYPE_CHECKING:
    from stoeval.designs.region_panel import RegionPanel
    from stoeval.inference.matching import Truths
    from stoeval.inference.randomization import RandomizationTest
    from stoeval.vocabulary import Floats

DRAWS = 499
LEVEL = 0.95
FEWEST_DONORS = 5.0
"""Donors of equal weight that a mix needs."""
TRACKED = 1.0
"""Spreads of a donor's yearly change that a mix may miss the treated path by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """Regions, who of them is treated and who may be in a mix."""

    panel: RegionPanel
    treated: Truths
    """(G,)"""
    donors: Truths
    formula_input: bool

    def compared(self, kept: Truths, solver: Solver = Solver.FRANK_WOLFE) -> Comparison:
        """Return the treated beside their mix among the regions that are kept (G,)."""
        rows = np.flatnonzero(kept)
        part = self.panel.only(rows)
        part = part.adjusted() if self.formula_input else part
        places = np.flatnonzero(self.treated[rows] | self.donors[rows])
        return compared(part.only(places), self.treated[rows][places], solver)

    def whole(self, solver: Solver = Solver.FRANK_WOLFE) -> Comparison:
        """Return the treated beside their mix."""
        return self.compared(np.ones(len(self.treated), dtype=bool), solver)

    def without(self) -> tuple[list[Comparison], tuple[str, ...]]:
        """Return the comparison without each region, everything estimated again, and the names of the regions.

        One treated region stays where it is. Regions between the groups count where they tell what conditions do.
        """
        adjusts = self.formula_input and self.panel.conditioning.shape[1] > 0
        left = self.donors | (self.treated & (self.treated.sum() > 1)) | (adjusts & ~(self.treated | self.donors))
        places = np.flatnonzero(left)
        names = tuple(self.panel.names[place] for place in places)
        return [self.compared(np.arange(len(left)) != place, Solver.EXACT) for place in places], names

    def backdated(self) -> Setting:
        """Return the setting with the start moved one year back."""
        return replace(self, panel=self.panel.backdated())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Treated regions and donors, the weights on them, and the doses between them."""

    panel: RegionPanel
    treated: Truths
    weights: SyntheticDifference
    gap: float

    @property
    def effect(self) -> float:
        """The effect of one unit of dose."""
        return self.weights.effect / self.gap

    @property
    def path(self) -> Floats:
        """The effect (T,) of one unit of dose in each year, against the weighted years before."""
        return self.weights.path / self.gap


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainty:
    """How sure an effect is, and its path."""

    covariance: Covariance
    p_value: float | None
    """None where it is that of the covariance."""
    errors: Floats
    """(T,) of the path."""
    without: Floats
    """(L,) effects without each region."""
    names: tuple[str, ...]
    """(L,)"""


def compared(panel: RegionPanel, treated: Truths, solver: Solver) -> Comparison:
    """Return treated regions beside their mix; raise NotIdentified where the mix has no lower dose."""
    refuse_few_clusters(len(treated))
    found = synthetic_difference(panel.outcome, treated, panel.after, solver=solver)
    gap = float(found.unit_weights @ panel.dose)
    if not gap > 1e-9 * np.abs(panel.dose).max():
        message = f"the treated regions have {gap:.6g} more dose than their mix: there is no effect of a dose to tell"
        raise NotIdentified(message)
    return Comparison(panel=panel, treated=treated, weights=found, gap=gap)


def uncertainty(setting: Setting, found: Comparison) -> Uncertainty:
    """Return the jackknife of several treated regions, or the placebos of one.

    Weights are the minimum itself here: a hundred times as fast as steps of Frank-Wolfe, and the same to four digits.
    """
    others, names = setting.without()
    without = np.array([other.effect for other in others])
    if found.treated.sum() > 1:
        whole = setting.whole(Solver.EXACT)
        words = "weights estimated again without each region"
        covariance = jackknife_covariance(np.array([whole.effect]), without[:, None], words)
        paths = np.array([other.path for other in others]) - whole.path
        errors = np.sqrt((len(paths) - 1) / len(paths) * (paths**2).sum(axis=0))
        return Uncertainty(covariance=covariance, p_value=None, errors=errors, without=without, names=names)
    placebos = _placebos(found)
    count, effects = len(placebos), np.array([one.effect for one in placebos])
    variance = np.array([[effects.var() / found.gap**2]])
    convention = f"placebos over {count} donors, t({count - 1}); p by permutation"
    return Uncertainty(
        covariance=Covariance(matrix=variance, df=count - 1, convention=convention),
        p_value=(1 + int((np.abs(effects) >= abs(found.weights.effect)).sum())) / (1 + count),
        errors=np.std([one.path for one in placebos], axis=0) / found.gap,
        without=without,
        names=names,
    )


def _placebos(found: Comparison) -> list[SyntheticDifference]:
    """Return what each donor would show as the treated one."""
    donors = found.panel.outcome[~found.treated]
    return [
        synthetic_difference(donors, row, found.panel.after, solver=Solver.EXACT, noise=found.weights.noise)
        for row in np.eye(len(donors), dtype=bool)
    ]


def permuted_treated(found: Comparison, generator: np.random.Generator | None) -> tuple[RandomizationTest, str] | str:
    """Return the test that deals treatment to donors, as many as were treated, or why there is none.

    Where every deal is taken, that of the sample is one more.
    """
    donors = found.panel.outcome[~found.treated]
    count = int(found.treated.sum())
    if len(donors) < count + 2:
        return f"{len(donors)} donors cannot stand for {count} treated regions and leave donors"
    if generator is None and count > 1:
        return "no draws were asked for"
    rows, enumerated = np.eye(len(donors), dtype=bool), True
    if generator is not None and count > 1:
        blocks, enumerated = assignments((np.arange(len(donors)) < count).astype(np.float64), None, DRAWS, generator)
        rows = np.concatenate([*blocks]) > 0
    drawn = placebo_effects(donors, found.panel.after, rows, solver=Solver.EXACT, noise=found.weights.noise)
    own = found.weights.effect
    test = tally(own, np.append(drawn, own) if enumerated else drawn, LEVEL, enumerated=enumerated)
    return test, "treatment dealt to donors; weights estimated again"


def curve(found: Comparison, sure: Uncertainty) -> tuple[PeriodEstimate, ...]:
    """Return the effect in each year against the weighted years before, with an interval of its own."""
    half = sure.errors * stats.t.ppf(0.5 + LEVEL / 2, sure.covariance.df)
    return tuple(
        PeriodEstimate(
            period=SchoolYear(start=year),
            effect=float(value),
            std_error=float(error),
            ci_low=float(value - wide),
            ci_high=float(value + wide),
            reference=False,
        )
        for year, value, error, wide in zip(found.panel.years, found.path, sure.errors, half, strict=True)
    )


def synthetic_checks(found: Comparison) -> tuple[Check, Check]:
    """Return the checks on how many donors a mix rests on, and how near it stays to the treated before the start."""
    omega = found.weights.unit_weights[~found.treated]
    before = found.weights.path[~found.panel.after]
    missed = float(np.sqrt(np.mean((before - before.mean()) ** 2)) / found.weights.noise)
    passed = missed <= TRACKED
    tracked = Check(
        name="fit before the start",
        passed=passed,
        statistic=missed,
        threshold=TRACKED,
        detail=f"{missed:.3g} spreads of a donor's yearly change from the treated to their mix, in {len(before)} years",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )
    return carried_by(effective_clusters(omega), FEWEST_DONORS, int((omega < 0).sum())), tracked


def start_moved_back(setting: Setting) -> Check:
    """Return the check of a start one year earlier."""
    earlier = setting.backdated()
    try:
        found = earlier.whole(Solver.EXACT)
        sure = uncertainty(earlier, found)
        own = contrast(np.array([found.effect]), sure.covariance, np.ones(1))
    except NotIdentified as error:
        return backdated(None, str(error))
    p_value = own.p_value if sure.p_value is None else sure.p_value
    words = f"effect {own.effect:.6g} (SE {own.std_error:.6g}) in {found.panel.years[-1]}, by the years before it"
    return backdated(p_value, words)
