"""Small panels with a dose a unit: the parts of a regression as rows, and its refit on the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from stoeval.inference.clustering import crv1
from stoeval.inference.least_squares import fit
from stoeval.inference.permuted_doses import Compared, DoseMoments, dose_moments

REGIONS, YEARS = 13, 5
OTHER_YEARS = np.array([0, 1, 3, 4])
WINDOW = np.array([-0.5, -0.5, 0.5, 0.5])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A panel as rows: the parts of a regression, the columns that a dose multiplies and the unit that has one."""

    outcome: np.ndarray
    columns: np.ndarray
    unit: np.ndarray
    cluster: np.ndarray
    nested: list[np.ndarray]
    crossed: list[np.ndarray]
    controls: np.ndarray | None
    weights: np.ndarray | None

    def moments(self, **changed: Any) -> DoseMoments:  # noqa: ANN401 - any part of the record
        parts = {name: getattr(self, name) for name in self.__slots__} | changed
        return dose_moments(parts.pop("outcome"), parts.pop("columns"), **parts)

    def refit(self, dose: np.ndarray, combination: np.ndarray, compared: Compared = Compared.STUDENTISED) -> float:
        found = fit(
            self.outcome,
            dose[self.unit][:, None] * self.columns,
            names=[f"column {number}" for number in range(self.columns.shape[1])],
            cluster=self.cluster,
            nested=self.nested,
            crossed=self.crossed,
            controls=self.controls,
            weights=self.weights,
        )
        effect = float(combination @ found.coefficients)
        if compared is Compared.ESTIMATE:
            return effect
        return effect / float(np.sqrt(combination @ crv1(found).matrix @ combination))


@cache
def event_study(*, weighted: bool = True) -> Rows:
    """Return vestigingen in regions, the dose of a region times year, the formula's input times year."""
    generator = np.random.default_rng(7)
    home = np.repeat(np.arange(REGIONS), 1 + np.arange(REGIONS) % 4)
    vestiging, year = np.repeat(np.arange(len(home)), YEARS), np.tile(np.arange(YEARS), len(home))
    columns = (year[:, None] == OTHER_YEARS) * 1.0
    formula_input = generator.lognormal(size=len(home))[vestiging]
    return Rows(
        outcome=generator.normal(size=(REGIONS, YEARS))[home[vestiging], year] + generator.normal(size=len(year)),
        columns=columns,
        unit=home[vestiging],
        cluster=home[vestiging],
        nested=[vestiging],
        crossed=[year],
        controls=formula_input[:, None] * columns,
        weights=generator.uniform(1, 9, size=len(home))[vestiging] if weighted else None,
    )


@cache
def gap_within_vestigingen() -> Rows:
    """Return entitled and other leerwegen of vestigingen that each have a dose, standard errors by region."""
    generator = np.random.default_rng(8)
    vestigingen, groups = 24, 3
    shape = (vestigingen, groups, YEARS)
    vestiging, group, year = (axis.ravel() for axis in np.indices(shape))
    kept = generator.uniform(size=vestiging.size) > 0.1
    vestiging, group, year = vestiging[kept], group[kept], year[kept]
    return Rows(
        outcome=generator.normal(size=len(year)) + generator.normal(size=shape[:2])[vestiging, group],
        columns=(year[:, None] == OTHER_YEARS) * (group == 0)[:, None] * 1.0,
        unit=vestiging,
        cluster=vestiging // 3,
        nested=[vestiging * YEARS + year, vestiging * groups + group],
        crossed=[group * YEARS + year],
        controls=None,
        weights=None,
    )


@cache
def years_only() -> Rows:
    """Return changes of units in clusters, without effects, controls or weights."""
    generator = np.random.default_rng(9)
    unit = np.arange(60) % 20
    return Rows(
        outcome=generator.normal(size=60),
        columns=np.ones((60, 1)),
        unit=unit,
        cluster=unit // 2,
        nested=[],
        crossed=[],
        controls=None,
        weights=None,
    )


def lognormal(rows: Rows) -> np.ndarray:
    return np.random.default_rng(10).lognormal(size=int(rows.unit.max()) + 1)
