"""The moving-dose test sees falling back to the mean, and leaves a real effect alone.

Theory: the test is at 5 %, so of 40 countries without falling back it flags 2 on average and more than 6 in 3 of 1,000
tries. In 1,000 countries a case, by the same code, it flags the shares that docs/decisions/0020-moving-dose-test.md
gives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from moving_counts import Country, moving_sample, without_counts

from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.moving_dose import moving_dose
from stoeval.inference.clustering import contrast
from stoeval.vocabulary import Check, IdentificationClass
from toy_samples import toy_estimand

if TYPE_CHECKING:
    from stoeval.designs.robustness import Study

NAIVE, OWN = DoseEventStudy(formula_input=False), DoseEventStudy()
COUNTS = DoseEventStudy(outcome_model=OutcomeModel.POISSON, formula_input=False)
DRAWS, MANY, FEW = 40, 6, 8
EFFECT = 0.05


def solved(country: Country, design: DoseEventStudy, draws: int, *missing: int) -> list[Study]:
    """Return the study of each of some countries that differ by chance."""
    samples = [moving_sample(country, one) for one in np.random.default_rng(20).spawn(draws)]
    return [design.ask(toy_estimand("units"), without_counts(one, *missing)).study() for one in samples]


def flagged(studies: list[Study]) -> int:
    return sum(moving_dose(study)[0].passed is False for study in studies)


@pytest.mark.parametrize(
    ("country", "design"),
    [
        (Country(effect=EFFECT), NAIVE),
        (Country(effect=EFFECT), OWN),
        (Country(effect=EFFECT, trend=0.02), NAIVE),
        (Country(effect=EFFECT, passing=True), OWN),
        (Country(effect=EFFECT, counts=True), COUNTS),
    ],
    ids=[
        "effect",
        "effect beside the input",
        "effect and trend",
        "passing, taken out by the input",
        "effect on counts",
    ],
)
def test_an_effect_without_falling_back_is_left_alone(country: Country, design: DoseEventStudy) -> None:
    assert flagged(solved(country, design, DRAWS)) <= MANY


@pytest.mark.parametrize("effect", [0.0, EFFECT, -EFFECT])
@pytest.mark.parametrize("missing", [(), (2018,)], ids=["all counts", "no count of 2018, as in open data"])
def test_falling_back_is_seen_whatever_the_effect(effect: float, missing: tuple[int, ...]) -> None:
    assert flagged(solved(Country(effect=effect, passing=True), NAIVE, FEW, *missing)) == FEW


def test_falling_back_of_counts_is_seen_in_a_poisson_model() -> None:
    assert flagged(solved(Country(passing=True, counts=True), COUNTS, FEW)) == FEW


def test_without_any_effect_the_naive_study_finds_a_negative_one_and_the_check_lowers_it() -> None:
    """Over 1,000 countries the naive effect is -.058 on average, and significant in nine of ten."""
    studies = solved(Country(passing=True), NAIVE, FEW)
    naive = [contrast(one.fit.coefficients, one.covariance, one.combination) for one in studies]
    assert np.mean([one.effect for one in naive]) == pytest.approx(-0.058, abs=0.015)  # deviation seen .0008
    assert sum(one.p_value < 0.05 for one in naive) >= FEW * 2 / 3
    assert {moving_dose(study)[0].cap for study in studies} == {IdentificationClass.D}


def test_the_check_says_where_the_peaks_lie() -> None:
    """The passing noise of a count lies in its own year; neighbours of 2017 share half of it."""
    check = moving_dose(solved(Country(passing=True), NAIVE, 1)[0])[0]
    counted = check.detail.partition("by count: ")[2].split(", ")
    assert [one.partition(" in ")[0] for one in counted] == ["2016/17", "2017/18", "2018/19", "2019/20"]
    moved = [one.partition(" in ")[2] for one in counted]
    assert moved == sorted(moved)
    assert len(set(moved)) > 1


def only(study: Study) -> Check:
    (found,) = moving_dose(study)
    return found


def test_one_count_beside_the_paid_one_shows_nothing_and_lowers_the_claim() -> None:
    found = only(solved(Country(effect=EFFECT), NAIVE, 1, 2018, 2019)[0])
    assert (found.passed, found.cap) == (None, IdentificationClass.C)


def test_a_dose_that_is_its_formula_input_has_nothing_left_to_move() -> None:
    """Three thousand euro a technical pupil of a region is three times the share, at every count."""
    sample = moving_sample(Country(passing=True), np.random.default_rng(1))
    rebuilt = tuple((year, 3 * values) for year, values in sample.recounted_inputs)
    paid = sample.dose + np.random.default_rng(2).normal(0, 0.1, 150)[sample.unit]
    study = OWN.ask(toy_estimand("units"), replace(sample, dose=paid, recounted_doses=rebuilt)).study()
    found = only(study)
    assert (found.name, found.passed, found.cap) == ("moving dose within formula input", None, IdentificationClass.A)


def test_a_dose_without_other_counts_is_not_asked() -> None:
    study = solved(Country(effect=EFFECT), NAIVE, 1, 2016, 2017, 2018, 2019)[0]
    assert moving_dose(study) == ()
