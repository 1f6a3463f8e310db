"""Countries whose regions differ in vestigingen and in noise, and how often what is said of them is wrong.

    PYTHONPATH=tests python tests/recovery/unequal_countries.py

prints the two tables of docs/explanation/for_whom_and_where.md, in twenty minutes of one processor.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from primary_panels import Country, primary, primary_sample
from stoeval.synthesis.moderation import FEWEST_REGIONS, by_category
from stoeval.synthesis.region_effects import region_study

if TYPE_CHECKING:
    from stoeval.synthesis.moderation import Moderated
    from stoeval.vocabulary import Floats, Integers, Sample

NOISE = 0.05
"""Of a vestiging with a hundred pupils, in a year."""
MOST = 31
SLOPE = 0.2
SHOCK = 0.1
"""Of a region, in the table of circumstances."""


class Vestigingen(StrEnum):
    """How many a region has."""

    PANEL = "2 to 31, median 6"
    FEW = "2 to 5"
    EIGHT = "8"


class Noise(StrEnum):
    """How it differs between vestigingen, beside their pupils."""

    EQUAL = "equal"
    BY_REGION = "by region, lognormal (0.5)"
    SMALL = "twice in small regions"
    BY_DOSE = "once to twice with the dose"
    HEAVY = "t(5)"
    SKEWED = "exponential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A kind of country."""

    regions: int
    vestigingen: Vestigingen = Vestigingen.PANEL
    noise: Noise = Noise.EQUAL
    within: bool = False
    """Whether vestigingen of a region have different doses, so that regions have slopes of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of the regions of one country, at 5 %."""

    differ: bool
    differ_by_chi_squared: bool
    covered: float
    """Share of regions whose drawn interval holds the truth."""
    ranked: bool
    """Whether all rank sets hold the true ranks."""


def country_sample(shape: Shape, luck: float, seed: int) -> tuple[Sample, Floats]:
    """Return a sample, and what each region did: its luck, or its own slope."""
    generator = np.random.default_rng([shape.regions, seed])
    sizes = _sizes(shape, generator)
    slopes = SLOPE + luck * generator.normal(size=shape.regions) * shape.within
    plain = Country(regions=shape.regions, each=MOST, slopes=tuple(slopes), luck=luck, noise=0.0, within=shape.within)
    every, drawn = primary_sample(plain, seed)
    sample = every.rows(np.flatnonzero(every.unit % MOST < sizes[every.cluster]))
    spread = NOISE * np.sqrt(100 / sample.weight) * _scale(shape.noise, sizes, sample, generator)
    return replace(sample, outcome=sample.outcome + spread * _chance(shape.noise, sample, generator)), (
        slopes if shape.within else drawn
    )


def _sizes(shape: Shape, generator: np.random.Generator) -> Integers:
    if shape.vestigingen is Vestigingen.FEW:
        return generator.integers(2, 6, shape.regions)
    if shape.vestigingen is Vestigingen.EIGHT:
        return np.full(shape.regions, 8)
    return np.clip(generator.lognormal(np.log(6), 0.6, shape.regions).round(), 2, MOST).astype(np.int64)


def _scale(noise: Noise, sizes: Integers, sample: Sample, generator: np.random.Generator) -> Floats:
    """Return how many times as large the noise of a row is."""
    if noise is Noise.BY_REGION:
        return generator.lognormal(0, 0.5, len(sizes))[sample.cluster]
    if noise is Noise.SMALL:
        return np.where(sizes < np.median(sizes), 2.0, 1.0)[sample.cluster]
    if noise is Noise.BY_DOSE:
        return 1 + (sample.dose - sample.dose.min()) / np.ptp(sample.dose)
    return np.ones(len(sample.dose))


def _chance(noise: Noise, sample: Sample, generator: np.random.Generator) -> Floats:
    if noise is Noise.HEAVY:
        return generator.standard_t(5, len(sample.dose)) / np.sqrt(5 / 3)
    if noise is Noise.SKEWED:
        return generator.exponential(size=len(sample.dose)) - 1
    return generator.normal(size=len(sample.dose))


def said(shape: Shape, luck: float, seed: int) -> Said:
    """Return what is said of the regions of a country."""
    sample, truth = country_sample(shape, luck, seed)
    study = region_study(primary(sample), np.random.default_rng([seed, 1]))
    pooled, ranks = study.pooled, study.ranks
    low, high = (pooled.low, pooled.high) if study.slopes else (pooled.deviation_low, pooled.deviation_high)
    larger, smaller = ((each[None, :] > each[:, None]).sum(axis=1) for each in (truth, -truth))
    return Said(
        differ=study.alike.p_value < 0.05,
        differ_by_chi_squared=stats.chi2.sf(pooled.heterogeneity, len(truth) - len(pooled.coefficients)) < 0.05,
        covered=float(np.mean((low <= truth) & (truth <= high))),
        ranked=bool(((ranks.best <= 1 + larger) & (ranks.worst >= len(truth) - smaller)).all()),
    )


# --- circumstances ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A circumstance of some regions, drawn so that it has nothing to do with their dose."""

    few: int
    """Regions in the smaller category."""
    ratio: float = 1.0
    """How many times as large shocks are there."""
    by_dose: bool = False
    """Whether shocks grow from once to twice with the dose instead."""


REGIONS = 78


def split(shape: Split, seed: int) -> Moderated:
    """Return what is said of a country in which the circumstance makes no difference."""
    generator = np.random.default_rng([shape.few, seed])
    category = (generator.permutation(REGIONS) < shape.few).astype(np.int64)
    sample, _ = primary_sample(Country(regions=REGIONS, slopes=SLOPE), seed)
    dose = sample.dose[np.unique(sample.cluster, return_index=True)[1]]
    spread = 1 + (dose - dose.min()) / np.ptp(dose) if shape.by_dose else np.where(category == 1, shape.ratio, 1.0)
    shock = SHOCK * spread * generator.normal(size=REGIONS)
    outcome = sample.outcome + shock[sample.cluster] * (sample.period > sample.period.min())
    rows = primary(replace(sample, outcome=outcome))
    return by_category(rows, category[sample.cluster], ("many", "few"), fewest_regions=min(shape.few, FEWEST_REGIONS))


# --- tables ----------------------------------------------------------------------------------------------------------

SHAPES = (
    *(Shape(regions=78, noise=noise) for noise in Noise),
    *(Shape(regions=78, vestigingen=Vestigingen.FEW, noise=noise) for noise in (Noise.EQUAL, Noise.BY_REGION)),
    *(Shape(regions=40, vestigingen=Vestigingen.EIGHT, noise=noise) for noise in (Noise.EQUAL, Noise.BY_REGION)),
    *(Shape(regions=20, noise=noise) for noise in (Noise.EQUAL, Noise.BY_REGION, Noise.SMALL)),
    *(Shape(regions=12, noise=noise) for noise in (Noise.EQUAL, Noise.BY_REGION)),
    *(Shape(regions=78, noise=noise, within=True) for noise in (Noise.EQUAL, Noise.BY_REGION)),
)
RATIOS = {1.0: "as large", 2.0: "twice", 0.5: "half"}
SPLITS = tuple(
    Split(few=few, ratio=ratio, by_dose=by_dose)
    for few in (8, 10, 13, 20, 39)
    for ratio, by_dose in (*((ratio, False) for ratio in RATIOS), (1.0, True))
)
LUCK = {False: 0.015, True: 0.04}
"""Standard deviation of luck, and of slopes, that a test should see."""


def regions_row(shape: Shape, samples: int) -> str:
    """Return a line of the table of regions."""
    none = [said(shape, 0.0, seed) for seed in range(samples)]
    some = [said(shape, LUCK[shape.within], seed) for seed in range(samples // 2)]
    shares = (
        np.mean([one.differ for one in none]),
        np.mean([one.differ_by_chi_squared for one in none]),
        np.mean([one.differ for one in some]),
        np.mean([one.covered for one in none]),
        np.mean([one.covered for one in some]),
        np.mean([one.ranked for one in none]),
        np.mean([one.ranked for one in some]),
    )
    kind = "slopes" if shape.within else "deviations"
    return f"| {shape.regions}, {kind} | {shape.vestigingen} | {shape.noise} | {' | '.join(map(_share, shares))} |"


def circumstances_row(shape: Split, samples: int) -> str:
    """Return a line of the table of circumstances."""
    found = [split(shape, seed) for seed in range(samples)]
    tested = np.array([one.p_difference for one in found if one.p_difference is not None])
    covered = [
        np.mean([one.ci_low <= SLOPE <= one.ci_high for one in effects if one is not None])
        for effects in ([one.each[code].effect for one in found] for code in (1, 0))
    ]
    shocks = "once to twice with the dose" if shape.by_dose else f"{RATIOS[shape.ratio]} in the few"
    shares = (1 - len(tested) / samples, float(np.mean(tested < 0.05)), *covered)
    return f"| {shape.few} | {shocks} | {' | '.join(map(_share, shares))} |"


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def main() -> None:
    """Print both tables; an argument is the number of samples a line, of which half with luck."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    for row, shapes in ((regions_row, SHAPES), (circumstances_row, SPLITS)):
        for shape in shapes:
            sys.stdout.write(row(shape, samples) + "\n")  # type: ignore[operator]
            sys.stdout.flush()


if __name__ == "__main__":
    main()
