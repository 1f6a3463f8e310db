"""Entitlement triple difference (M2): entitled against less entitled groups inside one unit and year.

Assumes that the *gap* between entitled and other groups of a unit would have developed alike at every
dose (Olden and Møen 2022, Econometrics Journal 25(3)). Levels of the unit may move freely.

    Y_vkt = a_vk + d_vt + m_kt + sum over s != t0 of b_s E_k D_v 1[t = s] + e_vkt

with E the entitlement (1 for BB and KB, 1/2 for GL, 0 for TL; 1 for technical subjects, 0 for others) and D
the dose. The input of the formula enters as E_k F_v 1[t = s], since the dose is a function of it.

Standard errors: cluster jackknife by region, CRV3 with factor (G-1)/G, against t(G-1).

It does not see an effect that reaches all groups of a unit alike: spillovers to the groups without
entitlement pull the estimate to zero. With common timing the saturated regression is right; it is not made
for staggered starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stoeval.designs import reporting
from stoeval.designs.within_unit import gap_question
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    import numpy as np

    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementTripleDifference:
    """Linear triple difference with unit x year, unit x group and group x year effects."""

    formula_input: bool = True

    name: ClassVar[str] = "entitlement triple difference"
    levels: ClassVar[tuple[Level, ...]] = (Level.LEERWEG, Level.SUBJECT_GROUP)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the dose on the gap over the outcome years."""
        return reporting.dose_finding(self.ask(estimand, sample), generator=generator, confirm=confirm)

    def ask(self, estimand: Estimand, sample: Sample) -> reporting.DoseQuestion:
        """Return what the design asks of a sample."""
        return gap_question(
            estimand,
            sample,
            ceiling=self.ceiling,
            formula_input=self.formula_input,
            weights=sample.weight,
        )
