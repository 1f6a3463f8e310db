"""Primary links on samples drawn by hand: regions with one dose each, or with a dose for every vestiging.

A baseline and two outcome years. The outcome of a vestiging moves with its dose after the baseline, by a slope that may
differ between regions, and by luck of the region and of the vestiging; the dose depends on a formula input that has a
trend of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.synthesis.primary_rows import PrimaryRows
from stoeval.vocabulary import Direction, Expected, Level, Link, Role, Sample, SchoolYear, Timing, Window
from toy_samples import MONEY, RESULT, toy_estimand

if TYPE_CHECKING:
    from stoeval.vocabulary import Finding, Floats

YEARS = (2017, 2020, 2021)
WINDOW = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2020), SchoolYear(start=2021)))
RISES = Expected(interim=Direction.RISE, final=Direction.RISE)
LINK = Link(
    name="money-to-result",
    cause=MONEY,
    effect=RESULT,
    expected=RISES,
    design=DoseEventStudy(),
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
BY_LEERWEG = replace(
    LINK, name="by-leerweg", effect=replace(RESULT, level=Level.LEERWEG), design=EntitlementTripleDifference()
)
COUNTS = replace(LINK, name="counts", design=DoseEventStudy(outcome_model=OutcomeModel.POISSON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """How the regions of a sample differ."""

    regions: int = 78
    each: int = 6
    slopes: float | tuple[float, ...] = 0.0
    """Of every region, or of each region in turn."""
    luck: float = 0.0
    """Standard deviation of what moves a region besides its dose."""
    noise: float = 0.05
    within: bool = False
    """Whether vestigingen of a region have different doses."""
    entitled: tuple[float, ...] = (1.0,)
    """Weight of each group of a vestiging."""


def primary_sample(country: Country, seed: int) -> tuple[Sample, Floats]:
    """Return a sample and the luck (regions,) of each region."""
    generator = np.random.default_rng(seed)
    groups, units = len(country.entitled), country.regions * country.each
    unit, group, when = (code.ravel() for code in np.indices((units, groups, len(YEARS))))
    region = unit // country.each
    formula = generator.uniform(0.1, 0.9, country.regions)
    dose = (0.2 + formula + generator.lognormal(-1, 0.5, country.regions))[region]
    if country.within:
        dose = generator.uniform(0, 2, units)[unit]
    luck = country.luck * generator.normal(size=country.regions)
    slope = np.broadcast_to(np.array(country.slopes), country.regions)[region]
    share, after = np.array(country.entitled)[group], (when > 0) * 1.0
    size = generator.uniform(20, 200, units)[unit]
    level = generator.normal(0, 0.5, (units, groups))[unit, group] + generator.normal(0, 0.3, (units, len(YEARS)))[
        unit, when
    ] * (groups > 1)
    moved = share * after * (slope * dose + luck[region] + 0.1 * formula[region])
    outcome = level + 0.02 * when + moved + country.noise * generator.normal(size=len(unit)) * np.sqrt(100 / size)
    codes = unit, group, np.array(YEARS)[when], region
    return _sample(outcome, codes, dose, share, formula[region], size), luck


def _sample(  # noqa: PLR0917 - the columns of a sample
    outcome: Floats, codes: tuple[np.ndarray, ...], dose: Floats, share: Floats, formula: Floats, size: Floats
) -> Sample:
    unit, group, period, region = codes
    return Sample(
        outcome=outcome,
        outcome_low=outcome,
        outcome_high=outcome,
        unit=unit,
        group=group,
        period=period,
        cluster=region,
        stratum=np.zeros(len(unit), dtype=np.int64),
        dose=dose,
        entitlement=share,
        conditioning=formula[:, None],
        weight=size,
        offset=np.zeros(len(unit)),
        placebo_doses=(),
        unit_names=tuple(f"v{number:03d}" for number in range(unit.max() + 1)),
        cluster_names=tuple(f"r{number:02d}" for number in range(region.max() + 1)),
    )


@cache
def some_finding() -> Finding:
    """Return a finding to stand in where its numbers do not matter."""
    sample, _ = primary_sample(Country(regions=12), 1)
    return LINK.design.find(replace(toy_estimand("units"), window=WINDOW), sample)  # type: ignore[union-attr]


def primary(sample: Sample, link: Link = LINK, groups: tuple[str, ...] = ("",)) -> PrimaryRows:
    """Return a primary link on a sample."""
    return PrimaryRows(
        hypothesis=1,
        link=link,
        finding=some_finding(),
        estimand=replace(toy_estimand("units"), effect=link.effect, window=WINDOW),
        rows=sample,
        groups=groups,
    )
