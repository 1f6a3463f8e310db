"""Countries of regions with a known effect, of the shape that the evaluation meets.

Vestigingen lie in regions, lognormal in number; years 0 to 7, of which the last three have the dose of the region.
A region has a shock a year, autoregressive over the years, and a vestiging noise that shrinks with its pupils, so
that rows of a region hang together. Shocks are equal in size over regions, or up to twice as large where the dose
is high: the case in which regions are not exchangeable. Outcomes are a share (linear) or a count (Poisson).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

SEED = 20_264
YEARS, FIRST_DOSED = 8, 5
REFERENCE = 4
OTHER_YEARS = np.array([year for year in range(YEARS) if year != REFERENCE])
MEDIAN_VESTIGINGEN, MOST_VESTIGINGEN = 3, 10
PERSISTENCE = 0.6
"""Correlation of the shocks of one region in successive years."""
EFFECTS = {"linear": 0.5, "poisson": 0.1}
"""For coverage; in standard deviations of a shock and on the log scale, a unit of dose."""
LOG_SHOCK = 0.1
"""Standard deviation of a shock to a count, on the log scale."""


class Errors(StrEnum):
    """How large the shocks of a region are."""

    EQUAL = "equal"
    """The same in all regions."""
    UNEQUAL = "unequal"
    """From one at the lowest dose to two at the highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One configuration of regions, errors and outcome: a cell of the grid."""

    regions: int
    treated: int | None = None
    """Regions with dose one, the others having zero; None where all regions have a dose of their own."""
    errors: Errors = Errors.EQUAL
    model: str = "linear"
    limits: bool = False
    """Whether the cell only serves to find where a method begins to fail."""

    @property
    def part(self) -> str:
        """Return the part of the grid that the cell is in, which decides its methods."""
        return "limits" if self.limits else self.model

    @property
    def configuration(self) -> str:
        """Return the number of regions, and of those treated where that is another."""
        return str(self.regions) if self.treated is None else f"{self.treated} of {self.regions}"

    @property
    def name(self) -> str:
        """Return what tells this cell from the others."""
        return f"{self.part}, {self.configuration} regions, {self.errors} errors"

    def generator(self, draw: int) -> np.random.Generator:
        """Return the random numbers of one draw; no two draws of any cells share them."""
        place = (self.regions, self.treated or 0, list(Errors).index(self.errors), len(self.model))
        return np.random.default_rng([SEED, *place, draw])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Country:
    """The rows of one draw, with an outcome without effect and one with the effect of its model."""

    region: Integers
    vestiging: Integers
    year: Integers
    dose: Floats
    """(G,)"""
    null_outcome: Floats
    outcome: Floats
    others: Floats
    """(n, 2) further outcomes without effect, that share half of the variance of their shocks with the first."""

    @property
    def exposure(self) -> Floats:
        """Return the dose (n,) of each row, zero before it is paid."""
        return np.asarray(self.dose[self.region] * (self.year >= FIRST_DOSED))

    @property
    def path(self) -> Floats:
        """Return the dose times the dummies of all years but the reference."""
        return np.asarray(self.dose[self.region, None] * (self.year[:, None] == OTHER_YEARS))


def simulate(cell: Cell, generator: np.random.Generator) -> Country:
    """Return one country of a cell."""
    sizes = np.round(MEDIAN_VESTIGINGEN * generator.lognormal(sigma=0.5, size=cell.regions))
    homes = np.repeat(np.arange(cell.regions), np.clip(sizes, 1, MOST_VESTIGINGEN).astype(np.int64))
    vestiging, year = np.repeat(np.arange(len(homes)), YEARS), np.tile(np.arange(YEARS), len(homes))
    region, dose = homes[vestiging], _doses(cell, generator)
    pupils = generator.lognormal(mean=4.0, sigma=0.6, size=len(homes))
    spread = _spread(cell, dose)
    first, *more = [spread[:, None] * shocks(cell.regions, generator) for _ in range(4)]
    exposed = EFFECTS[cell.model] * dose[region] * (year >= FIRST_DOSED)

    def outcome(shock: Floats, effect: Floats | float = 0.0) -> Floats:
        if cell.model == "poisson":
            means = pupils[vestiging] * np.exp(LOG_SHOCK * shock[region, year] + effect)
            return generator.poisson(means).astype(np.float64)
        noise = generator.standard_normal(len(year)) * np.sqrt(60 / pupils[vestiging])
        return np.asarray(shock[region, year] + noise + effect)

    return Country(
        region=region,
        vestiging=vestiging,
        year=year,
        dose=dose,
        null_outcome=outcome(first),
        outcome=outcome(more[0], exposed),
        others=np.column_stack([outcome(np.sqrt(0.5) * (first + other)) for other in more[1:]]),
    )


def _doses(cell: Cell, generator: np.random.Generator) -> Floats:
    if cell.treated is None:
        return generator.lognormal(sigma=0.5, size=cell.regions)
    return generator.permutation((np.arange(cell.regions) < cell.treated).astype(np.float64))


def _spread(cell: Cell, dose: Floats) -> Floats:
    """Return the standard deviation (G,) of the shocks of each region."""
    if cell.errors is Errors.EQUAL:
        return np.ones(len(dose))
    if cell.treated is not None:
        return 1 + dose
    return np.asarray(1 + dose.argsort().argsort() / (len(dose) - 1))


def shocks(regions: int, generator: np.random.Generator) -> Floats:
    """Return autoregressive shocks (G, T) of variance one."""
    found = generator.standard_normal((regions, YEARS))
    for year in range(1, YEARS):
        found[:, year] = PERSISTENCE * found[:, year - 1] + np.sqrt(1 - PERSISTENCE**2) * found[:, year]
    return found
