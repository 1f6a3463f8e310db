"""Joint dose event study (M1h): one line of activity of the plans beside all other lines.

Assumes that, given the input of the formula and the money for the other lines, units of regions that put more
money into this line would have followed parallel paths, at every dose.

    Y_it = a_i + l_t + sum over s != t0 of (b_s D_r I_rh + sum over j != h of d_sj D_r I_rj + c_s' F_r) 1[t = s] + e_it

with D the dose in EUR 1,000 per pupil, I the share of a plan that goes to a line, and F what the dose is a function
of; the effect is the mean of b over the outcome years: a euro more for this line, the other lines held as they are
(Callaway, Goodman-Bacon and Sant'Anna 2024, arXiv:2107.02637, for what a dose needs). For outcomes by group every
dose is times the entitlement of the group, with unit x year, unit x group and group x year effects. Lines that sum
to the whole budget leave no room for the whole, so it is not beside them.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not make a choice of regions random: what a region spends on may follow from what it needs. It does not tell
lines apart that the plans give in fixed proportions; the variance inflation of each line's own dose says how far it
can. It does not see money that went elsewhere than the plan said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stoeval.designs import reporting
from stoeval.designs.dose_event_study import OutcomeModel
from stoeval.designs.event_time import event_time
from stoeval.designs.within_unit import gap_columns, gap_effects
from stoeval.errors import NotIdentified
from stoeval.inference.regression import Regression
from stoeval.vocabulary import ActivityLine, Check, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Finding, Floats, Sample

LARGEST_INFLATION = 10.0
"""Above this variance inflation a dose is not told apart from the others (Marquardt 1970, Technometrics 12(3))."""
NOTHING_LEFT = 1e-10
"""Share of a dose that is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointDoseEventStudy:
    """Event study on the dose of one line, with those of all other lines times year."""

    outcome_model: OutcomeModel = OutcomeModel.LINEAR

    name: ClassVar[str] = "joint dose event study"
    levels: ClassVar[tuple[Level, ...]] = tuple(Level)
    causes: ClassVar[tuple[type, ...]] = (ActivityLine,)
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the line's own dose over the outcome years."""
        return reporting.dose_finding(self.ask(estimand, sample), generator=generator, confirm=confirm)

    def ask(self, estimand: Estimand, sample: Sample) -> reporting.DoseQuestion:
        """Return what the design asks of a sample."""
        years = event_time(sample.period, estimand.window)
        poisson = self.outcome_model is OutcomeModel.POISSON
        separable = separability(sample)
        by_group = estimand.effect.level not in {Level.VESTIGING, Level.REGION}
        nested, crossed = gap_effects(sample) if by_group else ([sample.unit], [sample.period])

        def spread(values: Floats) -> Floats:
            return gap_columns(sample, years, values) if by_group else years.columns(values, sample.period)

        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=nested,
            crossed=crossed,
            controls=spread(_beside(sample)),
            weights=None if poisson else sample.weight,
            offset=sample.offset if poisson else None,
        )
        return reporting.DoseQuestion(
            estimand=estimand,
            sample=sample,
            regression=regression,
            years=years,
            spread=spread,
            ceiling=self.ceiling,
            further_checks=(separable, *reporting.chosen_by_regions(estimand)),
        )


def separability(sample: Sample) -> Check:
    """Look how much of a line's dose the other lines leave, as a variance inflation factor over units.

    Raises NotIdentified where there are no other lines, or where they leave nothing.
    """
    others = _beside(sample)
    once = np.unique(sample.unit, return_index=True)[1]
    root = np.sqrt(sample.weight[once])[:, None]
    beside = root * np.column_stack([np.ones(len(once)), others[once]])
    dose = root[:, 0] * sample.dose[once]
    of_mean = dose - root[:, 0] * (root[:, 0] @ dose) / (root[:, 0] @ root[:, 0])
    left = dose - beside @ np.linalg.lstsq(beside, dose, rcond=None)[0]
    total, remaining = float(of_mean @ of_mean), float(left @ left)
    if remaining <= NOTHING_LEFT * max(total, float(dose @ dose) * NOTHING_LEFT):
        columns = others.shape[1]
        message = f"the dose of this line cannot be told apart from the {columns} columns beside it; leave one out"
        raise NotIdentified(message)
    inflation = total / remaining
    passed = inflation <= LARGEST_INFLATION
    return Check(
        name="separability",
        passed=passed,
        statistic=inflation,
        threshold=LARGEST_INFLATION,
        detail=f"{remaining / total:.1%} of the variation of this dose is left beside the other lines",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def _beside(sample: Sample) -> Floats:
    """Return the columns (n, q) beside the own dose: the input of the formula and the other lines."""
    if sample.other_lines is None or sample.other_lines.shape[1] == 0:
        message = "the sample holds no other line to set beside this one; use a dose event study"
        raise NotIdentified(message)
    return np.column_stack([sample.formula_input, sample.other_lines])
