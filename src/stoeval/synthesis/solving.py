"""The answer of a design without its checks, so that many can be had in the time of one finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from stoeval.inference.clustering import contrast, leave_one_out

if TYPE_CHECKING:
    from stoeval.designs.reporting import DoseDesign
    from stoeval.designs.robustness import Study
    from stoeval.inference.clustering import Contrast
    from stoeval.vocabulary import Design, Estimand, Floats, Sample


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """One regression of a design and its effect, with the covariance of the study: CRV3 against t(G-1)."""

    study: Study
    effect: Contrast

    @property
    def regions(self) -> tuple[str, ...]:
        """Return the name of each cluster of the fit, in its order."""
        codes = np.unique(self.study.regression.cluster[self.study.fit.rows])
        return tuple(self.study.sample.cluster_names[code] for code in codes)

    def without_each(self) -> Floats:
        """Return the effect (G,) without each region in turn; raise NotIdentified where one has no value."""
        return np.asarray(leave_one_out(self.study.fit) @ self.study.combination)


def solved(design: Design, estimand: Estimand, sample: Sample) -> Solved | None:
    """Return the effect of a design on a sample; None for a design that does not say what it asks in one regression.

    Raises EstimationError where the design would.
    """
    if not hasattr(design, "ask"):
        return None
    study = cast("DoseDesign", design).ask(estimand, sample).study()
    return Solved(study=study, effect=contrast(study.fit.coefficients, study.covariance, study.combination))
