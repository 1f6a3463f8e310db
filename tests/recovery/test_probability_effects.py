"""Designs on probabilities find the average effect of a simulation whose truth is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.fractional_outcome import FractionalOutcome
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.vocabulary import Design, Sample
from toy_samples import BASELINE, OUTCOME, toy_estimand

REGIONS, EACH = 40, 12
SEEN = (2016, 2017, 2018, 2020, 2021)
UNITS = REGIONS * EACH


def index_of(
    generator: np.random.Generator, effect: float, *, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return unit, year, dose, formula input and index (n,) of every unit in every year."""
    unit, when = (codes.ravel() for codes in np.indices((UNITS, len(SEEN))))
    formula = generator.uniform(0, 1, UNITS)
    dose = np.where(generator.random(UNITS) < 0.25, 0.0, 0.3 + formula + generator.uniform(0, 1, UNITS))
    year = np.array(SEEN)[when]
    own = level + 0.3 * dose + 0.5 * formula
    index = own[unit] + 0.1 * formula[unit] * (year - BASELINE) + 0.05 * np.sin(when)
    return unit, year, dose[unit], formula[unit], index + effect * dose[unit] * (year >= min(OUTCOME))


def sample_of(  # noqa: PLR0917 - a drawing and who is in it
    outcome: np.ndarray, unit: np.ndarray, year: np.ndarray, dose: np.ndarray, formula: np.ndarray, keep: np.ndarray
) -> Sample:
    whole = Sample(
        outcome=outcome,
        outcome_low=outcome,
        outcome_high=outcome,
        unit=unit,
        group=np.zeros(len(unit), dtype=np.int64),
        period=year,
        cluster=unit // EACH,
        stratum=np.zeros(len(unit), dtype=np.int64),
        dose=dose,
        entitlement=np.ones(len(unit)),
        conditioning=formula[:, None],
        weight=np.ones(len(unit)),
        offset=np.zeros(len(unit)),
        placebo_doses=(),
        unit_names=tuple(map(str, range(UNITS))),
        cluster_names=tuple(map(str, range(REGIONS))),
    )
    return whole.rows(np.flatnonzero(keep))


def errors_off(design: Design, sample: Sample, truth: float) -> float:
    """Return by how many standard errors the estimate lies from the truth."""
    found = design.find(toy_estimand("units"), sample).estimate
    return (found.effect - truth) / found.std_error


def test_offers_that_leave_after_closing_give_the_effect_on_the_hazard() -> None:
    off = []
    for seed in range(4):
        generator = np.random.default_rng(seed)
        unit, year, dose, formula, index = index_of(generator, 0.4, level=-3.0)
        hazard = 1 - np.exp(-np.exp(index))
        closed = generator.random(len(unit)) < hazard
        first = np.full(UNITS, 9999)
        np.minimum.at(first, unit[closed], year[closed])
        at_risk = year <= first[unit]
        after = at_risk & (year >= min(OUTCOME)) & (year <= max(OUTCOME))
        truth = 0.4 * (np.exp(index) * (1 - hazard))[after].mean()
        off.append(errors_off(ClosureHazard(), sample_of(closed * 1.0, unit, year, dose, formula, at_risk), truth))
    # Four draws: the mean of their t has an error of 0.5; seen -0.75.
    assert abs(np.mean(off)) < 1.3
    assert max(map(abs, off)) < 3.5


def fractional(seed: int, effect: float) -> tuple[Sample, float]:
    """Return shares near a floor, with units that differ unseen and with their dose, and the true average effect."""
    generator = np.random.default_rng(seed)
    unit, year, dose, formula, index = index_of(generator, effect, level=-2.2)
    index = index + generator.normal(0, 0.5, UNITS)[unit]
    mean = 1 / (1 + np.exp(-index))
    share = generator.beta(20 * mean, 20 * (1 - mean))
    after = (year >= min(OUTCOME)) & (year <= max(OUTCOME))
    truth = effect * (mean * (1 - mean))[after].mean()
    return sample_of(share, unit, year, dose, formula, np.ones(len(unit), dtype=bool)), truth


def test_shares_near_a_floor_give_the_average_effect() -> None:
    off = [errors_off(FractionalOutcome(), *fractional(seed, 0.3)) for seed in range(4)]
    assert abs(np.mean(off)) < 1.3  # seen 0.89
    assert max(map(abs, off)) < 3.5


def test_a_straight_line_sees_an_effect_where_a_floor_lets_go_and_a_fractional_model_sees_none() -> None:
    """Everybody rises alike on the index; those with a high dose are further from the floor and rise by more."""
    generator = np.random.default_rng(11)
    unit, year, dose, formula, index = index_of(generator, 0.0, level=-3.2)
    index = index + 1.2 * (year >= min(OUTCOME)) + 0.7 * dose
    mean = 1 / (1 + np.exp(-index))
    share = generator.beta(200 * mean, 200 * (1 - mean))
    sample = sample_of(share, unit, year, dose, formula, np.ones(len(unit), dtype=bool))
    assert errors_off(DoseEventStudy(), sample, 0.0) > 5
    assert abs(errors_off(FractionalOutcome(), sample, 0.0)) < 3.5


@pytest.mark.parametrize("effect", [0.3, 0.0])
def test_answers_in_five_categories_give_the_effect_on_the_highest(effect: float) -> None:
    off = []
    for seed in range(3):
        generator = np.random.default_rng(seed)
        unit, year, dose, formula, index = index_of(generator, effect, level=0.0)
        category = np.digitize(index + generator.logistic(size=len(unit)), [-1.5, -0.5, 0.8, 2.0])
        top = 1 / (1 + np.exp(2.0 - index))
        after = (year >= min(OUTCOME)) & (year <= max(OUTCOME))
        truth = effect * (top * (1 - top))[after].mean()
        sample = sample_of(category / 4, unit, year, dose, formula, np.ones(len(unit), dtype=bool))
        off.append(errors_off(OrderedOutcome(cuts=(0.25, 0.5, 0.75, 1.0)), sample, truth))
    assert abs(np.mean(off)) < 1.6  # seen 0.46
    assert max(map(abs, off)) < 3.5
