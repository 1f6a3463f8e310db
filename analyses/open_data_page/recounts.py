"""The paths of the trap: the technical share of candidates on the dose of each public count, by exam year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.measurements import FINAL
from stoeval.checks import MOVING_LEVEL
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.moving_dose import moving_test, recounted_paths
from stoeval.panel.samples import cut, sample
from stoeval.vocabulary import Sample

if TYPE_CHECKING:
    from stoeval.inference.clustering import Contrast
    from stoeval.vocabulary import MonitorPanel

HYPOTHESIS, LINK = 9, "candidates-without-formula-input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounts:
    """Paths by count and exam year, schools of equal weight, and what the test says with and without the input."""

    reference: int
    paths: dict[int, dict[int, float]]
    errors: dict[int, float]
    """Standard errors of the path on the dose that was paid, by exam year."""
    alone: Contrast
    beside_input: Contrast
    level: float = MOVING_LEVEL

    @property
    def exam_years(self) -> list[int]:
        """Every exam year, the reference included."""
        return sorted({self.reference, *self.errors})

    def peak(self, count: int) -> int:
        """Return the exam year in which the path of a count is highest."""
        return max(self.exam_years, key=lambda year: self.paths[count].get(year, 0.0))


def recounts(panel: MonitorPanel) -> Recounts:
    """Return the paths on a panel of open data; a school year is named by its exam, a year later."""
    hypothesis = next(one for one in CATALOGUE.hypotheses if one.number == HYPOTHESIS)
    estimand = next(one for one in hypothesis.links if one.name == LINK).estimand(FINAL)
    rows = sample(cut(panel, FINAL.last_year), estimand, CATALOGUE)
    if not isinstance(rows, Sample):
        raise TypeError(rows.reason)
    rows = replace(rows, weight=np.ones(len(rows.weight)))
    study = DoseEventStudy(formula_input=False).ask(estimand, rows).study()
    beside = DoseEventStudy().ask(estimand, rows).study()
    found = recounted_paths(study, formula_input=False)
    years = next(iter(found.values()))
    errors = np.sqrt(np.diag(study.covariance.matrix))
    return Recounts(
        reference=max(estimand.window.baseline).start + 1,
        paths={count: {year + 1: effect for year, effect in path.items()} for count, path in found.items()},
        errors={year + 1: float(error) for year, error in zip(years, errors, strict=True)},
        alone=moving_test(study, formula_input=False),
        beside_input=moving_test(beside, formula_input=True),
    )
