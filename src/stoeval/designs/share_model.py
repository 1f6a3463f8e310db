"""Share model: counts of technical against other choices inside one vestiging and year.

Assumes that the odds of technical against other would have developed alike at every dose.

    E[n_vkt] = exp(a_vk + d_vt + m_kt + sum over s != t0 of b_s E_k D_v 1[t = s] + log offset)

with E = 1 for technical and 0 for other. The vestiging x year effects make this the conditional logit of
the share (Guimarães, Figueirêdo and Woodward 2003, Review of Economics and Statistics 85(1)), so b is a
change in log odds and zero counts need no constant. With an offset of log pupils it is a model of teachers
per pupil.

Standard errors: one-step linearised cluster jackknife by region, factor (G-1)/G, against t(G-1).

Substitution between groups is part of the estimand: a pupil won for technique is a pupil lost elsewhere in
the same vestiging. It does not see pupils who came from another vestiging, and a vestiging without any
technical choice carries no information.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stoeval.designs.within_unit import gap_finding
from stoeval.vocabulary import DOSES, IdentificationClass, Level, Timing

if TYPE_CHECKING:
    import numpy as np

    from stoeval.vocabulary import Estimand, Finding, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareModel:
    """Poisson model of counts by group with unit x year, unit x group and group x year effects."""

    formula_input: bool = True

    name: ClassVar[str] = "share model"
    levels: ClassVar[tuple[Level, ...]] = (Level.PROFILE_GROUP, Level.SUBJECT_GROUP)
    causes: ClassVar[tuple[type, ...]] = DOSES
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.B

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the mean effect of the dose on the log odds over the outcome years."""
        return gap_finding(
            estimand,
            sample,
            ceiling=self.ceiling,
            formula_input=self.formula_input,
            generator=generator,
            confirm=confirm,
            offset=sample.offset,
        )
