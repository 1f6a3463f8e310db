"""Survey panel: the same vestigingen asked in a few waves, weighted for response.

Assumes that, given the input of the formula, vestigingen in regions with more and with less of the
exposure would have answered alike over time, and that who stops answering does not depend on it.

    Y_vw = a_v + l_w + sum over w != w0 of b_w D_r(v) 1[w] + sum over w != w0 of c_w' F_r 1[w] + e_vw

with the first wave as reference. There is no wave before the programme: the first lies in the run-up. The effect is
the mean of b over the outcome waves or, to see what lasts, that mean less a share of the mean over earlier waves:
above zero where at least that share was kept.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not correct for answers that change because the question is about a subsidy. Who stopped answering is not
corrected for either: a check bounds what they could have said, and what those who always answer say.
With few waves no pre-trend can be seen, so it never claims more than an association.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from stoeval.designs import reporting
from stoeval.designs.event_time import event_time
from stoeval.designs.non_response import non_response
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.inference.regression import Regression
from stoeval.vocabulary import DOSES, IdentificationClass, Level, SchoolYear, Timing

if TYPE_CHECKING:
    import numpy as np

    from stoeval.designs.event_time import EventTime
    from stoeval.vocabulary import Check, Estimand, Estimate, Finding, Floats, Sample, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPanel:
    """Linear panel of survey answers with vestiging and wave effects."""

    formula_input: bool = True
    kept_share: float | None = None
    """Ask whether this share of the effect in the waves of `since` was kept; None asks for the effect itself."""
    since: tuple[SchoolYear, ...] = ()

    name: ClassVar[str] = "survey panel"
    levels: ClassVar[tuple[Level, ...]] = (Level.VESTIGING, Level.REGION)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = (Timing.WAVE,)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.D

    def __post_init__(self) -> None:
        if (self.kept_share is None) == bool(self.since) or (self.kept_share is not None and self.kept_share <= 0):
            message = (
                f"a share of {self.kept_share} kept since {len(self.since)} waves; give a share above zero and waves"
            )
            raise CatalogueError(message)

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean association over the outcome waves."""
        return reporting.dose_finding(self.ask(estimand, sample), generator=generator, confirm=confirm)

    def ask(self, estimand: Estimand, sample: Sample) -> reporting.DoseQuestion:
        """Return what the design asks of a sample."""
        years = event_time(sample.period, estimand.window)
        regression = Regression(
            outcome=sample.outcome,
            cluster=sample.cluster,
            nested=[sample.unit],
            crossed=[sample.period],
            controls=years.columns(sample.conditioning, sample.period) if self.formula_input else None,
            weights=sample.weight,
        )
        return reporting.DoseQuestion(
            estimand=estimand,
            sample=sample,
            regression=regression,
            years=years,
            spread=lambda values: years.columns(values, sample.period),
            ceiling=self.ceiling,
            further_checks=(
                *reporting.chosen_by_regions(estimand),
                *reporting.formula_input(sample, used=self.formula_input),
            ),
            combination=None if self.kept_share is None else self._kept(years, estimand.window, self.kept_share),
            closing=partial(self._answered, estimand, sample) if self.kept_share is None else None,
        )

    def _answered(self, estimand: Estimand, sample: Sample, estimate: Estimate) -> Check:
        """Return the check on who stopped answering."""
        return non_response(sample, estimand.window, estimate, formula_input=self.formula_input)

    def _kept(self, years: EventTime, window: Window, share: float) -> Floats:
        """Return weights (years,) of the effect in the window less a share of that in the earlier waves."""
        if min(window.outcome) <= max(self.since):
            message = f"{min(window.outcome)} is no later than {max(self.since)}: it is too early to see what was kept"
            raise NotIdentified(message)
        unseen = [str(year) for year in self.since if year.start not in years.years]
        if unseen:
            message = f"no effect in {', '.join(unseen)} to keep a share of: not observed, or the baseline itself"
            raise NotIdentified(message)
        return years.combination(window) - share * years.combination(replace(window, outcome=self.since))
