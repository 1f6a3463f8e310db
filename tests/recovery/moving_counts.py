"""Countries in which a dose is paid on a count, with or without a falling back to the mean, for the moving-dose test.

Schools have technical pupils in two kinds of leerweg, of which the second earns half. The dose is euro a pupil on the
count of 2017, the input of the formula the share of technical pupils at that count; every count sees the share with
noise that lasts for a while. In `PASSING` the outcome is the share itself, so that it shares the noise of its own year
with the count of that year. Elsewhere the outcome has noise of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stoeval.vocabulary import Sample

REGIONS, EACH = 30, 5
YEARS = np.arange(2014, 2024)
COUNTED = (2016, 2017, 2018, 2019)
PAID = 2017
STARTS = 2018
LASTING = 0.5
"""Share of a year's noise that is left a year later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """What moves the outcome of a school."""

    effect: float = 0.0
    """Of a unit of the dose that was paid, in every year since the first payment."""
    passing: bool = False
    """Whether the outcome shares the noise of the counts."""
    trend: float = 0.0
    """A year, for schools with more technical pupils."""
    counts: bool = False
    """Whether the outcome is a count around fifty, on the log scale."""


def moving_sample(country: Country, generator: np.random.Generator) -> Sample:
    """Return a sample with the dose that was paid and the same dose at each count."""
    units = REGIONS * EACH
    belongs = generator.uniform(0.1, 0.5, (2, units))
    passing = _noise(generator, (2, units))
    seen = {year: belongs + passing[:, :, year - YEARS[0]] for year in COUNTED}
    dose = {year: 3 * (full + half / 2) for year, (full, half) in seen.items()}
    own = passing.sum(axis=0) if country.passing else _noise(generator, (units,))
    shocks = np.repeat(generator.normal(0, 0.02, (REGIONS, len(YEARS))), EACH, axis=0)
    since = np.where(YEARS >= STARTS, 1.0, 0.0)
    level = belongs.sum(axis=0)[:, None] * (1 + country.trend * (YEARS - PAID))
    mean = level + own + shocks + country.effect * dose[PAID][:, None] * since
    outcome = generator.poisson(50 * np.exp(mean)) * 1.0 if country.counts else mean
    return _as_sample(outcome, dose, {year: values.sum(axis=0) for year, values in seen.items()})


def _noise(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return noise by year, of which a part lasts."""
    found = [generator.normal(0, 0.05, shape)]
    for _ in YEARS[1:]:
        found.append(LASTING * found[-1] + np.sqrt(1 - LASTING**2) * generator.normal(0, 0.05, shape))
    return np.stack(found, axis=-1)


def _as_sample(outcome: np.ndarray, dose: dict[int, np.ndarray], share: dict[int, np.ndarray]) -> Sample:
    units = len(outcome)
    unit, when = (code.ravel() for code in np.indices(outcome.shape))
    values, ones = outcome.ravel(), np.ones(outcome.size)
    return Sample(
        outcome=values,
        outcome_low=values,
        outcome_high=values,
        unit=unit,
        group=np.zeros_like(unit),
        period=YEARS[when],
        cluster=unit // EACH,
        stratum=np.zeros_like(unit),
        dose=dose[PAID][unit],
        entitlement=ones,
        conditioning=share[PAID][unit][:, None],
        weight=ones,
        offset=np.zeros(len(unit)),
        placebo_doses=(),
        unit_names=tuple(map(str, range(units))),
        cluster_names=tuple(map(str, range(REGIONS))),
        recounted_doses=tuple((year, one[unit]) for year, one in dose.items()),
        recounted_inputs=tuple((year, one[unit]) for year, one in share.items()),
    )


def without_counts(sample: Sample, *years: int) -> Sample:
    """Return a sample as if the counts of these years had not been delivered."""
    doses, inputs = (
        tuple(one for one in counted if one[0] not in years)
        for counted in (sample.recounted_doses, sample.recounted_inputs)
    )
    return replace(sample, recounted_doses=doses, recounted_inputs=inputs)
