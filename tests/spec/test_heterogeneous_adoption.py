"""What the change at the lowest dose says about a programme that nobody went without."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.designs.heterogeneous_adoption import Boundary, HeterogeneousAdoption
from stoeval.errors import NotIdentified
from stoeval.inference.heterogeneous_adoption import (
    BOUNDARY_CONSTANT,
    boundary_bandwidth,
    epanechnikov,
    linearity_test,
    quasi_untreated_test,
)
from stoeval.vocabulary import SchoolYear, Window
from toy_samples import OUTCOME, toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimand, Sample

DOSE = np.array(
    [
        0.871,
        1.729,
        0.376,
        1.96,
        0.178,
        0.145,
        1.762,
        0.805,
        1.135,
        1.432,
        0.211,
        1.498,
        0.046,
        0.508,
        0.31,
        1.267,
        0.112,
        1.465,
        1.234,
        1.102,
        1.894,
        1.366,
        0.97,
        0.607,
        1.333,
        1.531,
        1.069,
        1.399,
        0.244,
        1.861,
        0.277,
        1.696,
        0.013,
        1.828,
        1.564,
        1.201,
        0.079,
        0.574,
        0.772,
        1.63,
        1.168,
        0.706,
        0.904,
        0.739,
        1.927,
        0.937,
        0.409,
        0.838,
        1.663,
        1.795,
        0.673,
        1.036,
        0.442,
        1.597,
        0.64,
        1.003,
        0.343,
        1.3,
        0.541,
        0.475,
    ]
)
CHANGE = np.array(
    [
        0.599,
        0.604,
        0.046,
        0.795,
        0.299,
        0.011,
        1.046,
        0.867,
        0.923,
        0.879,
        0.42,
        0.526,
        0.173,
        0.63,
        -0.024,
        0.874,
        0.073,
        0.952,
        0.716,
        0.789,
        0.835,
        0.627,
        0.885,
        0.564,
        0.902,
        0.685,
        1.005,
        0.922,
        0.227,
        0.892,
        0.548,
        1.132,
        -0.3,
        0.943,
        0.879,
        0.784,
        -0.115,
        0.812,
        0.434,
        0.893,
        1.061,
        0.329,
        0.683,
        0.406,
        0.816,
        1.058,
        0.828,
        0.362,
        0.662,
        0.908,
        0.945,
        0.865,
        0.304,
        0.842,
        0.604,
        0.733,
        0.215,
        0.882,
        0.597,
        0.463,
    ]
)
"""Sixty doses and changes with a curve, drawn once."""
AT_ZERO = -0.1438830109060665
"""Their bias-corrected boundary value at zero, bandwidth 1 for line and bias (diff-diff 3.13.0, a port of nprobust)."""
YATCHEW, QUASI_UNTREATED = 1.7410, 0.3939
"""Their tests by the same package, which holds the first against the R package YatchewTest."""
ESTIMAND = toy_estimand("units")


def two_years(dose: np.ndarray, change: np.ndarray) -> tuple[Estimand, Sample]:
    """Return one unit a region, which changes once."""
    sample = toy_sample("units", regions=len(dose))
    one = sample.rows(np.flatnonzero((sample.unit % 4 == 0) & np.isin(sample.period, [2016, 2017, 2020])))
    region = one.cluster
    wobble = np.random.default_rng(1).normal(0, 0.01, len(dose))[region] * (one.period == 2016)
    y = np.where(one.period == 2020, change[region], 0.0) + wobble
    ones = np.ones(len(y))
    window = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2020),))
    made = replace(one, outcome=y, outcome_low=y, outcome_high=y, dose=dose[region], weight=ones, placebo_doses=())
    return replace(ESTIMAND, window=window), made


def drawn(seed: int, *, lowest: float = 0.0, regions: int = 78) -> tuple[Estimand, Sample]:
    """Return regions in which a unit of dose beyond the lowest has a mean effect of one, unequal between them."""
    generator = np.random.default_rng(seed)
    dose = generator.uniform(0, 2, regions)
    effect = dose * (1 + generator.normal(0, 0.2, regions))
    return two_years(lowest + dose, effect + generator.normal(0, 0.3, regions))


def slope(estimand: Estimand, sample: Sample, **options: object) -> float:
    return HeterogeneousAdoption(**options).find(estimand, sample).estimate.effect  # type: ignore[arg-type]


def test_the_slope_rests_on_the_boundary_value_of_another_package() -> None:
    design = HeterogeneousAdoption(formula_input=False, boundary=Boundary.ZERO, bandwidth=1.0)
    found = design.find(*two_years(DOSE, CHANGE), confirm=True).estimate
    expected = (CHANGE.mean() - AT_ZERO) / DOSE.mean()
    assert found.effect == pytest.approx(expected, rel=1e-9)  # worst deviation seen 1e-15


def test_tests_of_linearity_and_of_the_lowest_dose_are_those_of_another_package() -> None:
    """The lowest dose by hand: 0.013 over 0.046 - 0.013."""
    assert linearity_test(DOSE, CHANGE).statistic == pytest.approx(YATCHEW, abs=5e-5)  # printed with 4 digits
    lowest = quasi_untreated_test(DOSE)
    assert lowest.statistic == pytest.approx(QUASI_UNTREATED, abs=5e-5)
    assert lowest.p_value == pytest.approx(0.033 / 0.046, rel=1e-9)


def test_the_constant_of_the_bandwidth_is_that_of_a_boundary_line() -> None:
    """[R(K*) / mu2(K*)^2]^(1/5), K* the equivalent kernel (Fan and Gijbels 1996, sections 3.2 and 4.2)."""
    u = np.linspace(0, 1, 200_001)
    kernel, step = epanechnikov(u), u[1]
    s = [float((u**power * kernel).sum() * step) for power in range(4)]
    equivalent = (s[2] - s[1] * u) * kernel / (s[0] * s[2] - s[1] ** 2)
    roughness, second = float((equivalent**2).sum() * step), float((u**2 * equivalent).sum() * step)
    assert pytest.approx((roughness / second**2) ** 0.2, abs=1e-3) == BOUNDARY_CONSTANT  # worst deviation seen 1e-4


def test_a_curve_narrows_the_bandwidth_and_a_line_does_not() -> None:
    generator = np.random.default_rng(2)
    dose, noise = generator.uniform(1, 3, 400), generator.normal(0, 0.1, 400)
    line, curve = boundary_bandwidth(dose, dose + noise), boundary_bandwidth(dose, np.sin(4 * dose) + noise)
    assert 2 * curve < line
    assert line <= 2.0001 * (1 + 1e-6)


def test_a_mean_effect_of_one_is_recovered_with_its_uncertainty() -> None:
    """78 regions with doses from zero: published simulation mean 1.02, SD .168, mean SE .173 (another process)."""
    found = [HeterogeneousAdoption(formula_input=False).find(*drawn(seed)).estimate for seed in range(40)]
    effects, errors = np.array([one.effect for one in found]), np.array([one.std_error for one in found])
    assert abs(effects.mean() - 1) < 0.08  # seen 0.016
    assert 0.09 < effects.std(ddof=1) < 0.23  # seen 0.14
    assert effects.std(ddof=1) * 0.85 < errors.mean() < effects.std(ddof=1) * 1.8  # seen 1.35
    assert sum(one.ci_low < 1 < one.ci_high for one in found) >= 34  # seen 39


def test_doses_from_three_tenths_on_give_the_slope_beyond_the_lowest() -> None:
    effects = [slope(*drawn(seed, lowest=0.3), formula_input=False) for seed in range(25)]
    assert abs(np.mean(effects) - 1) < 0.12  # seen 0.01


def test_a_curve_of_the_dose_bends_the_straight_line_and_not_the_slope() -> None:
    """Effects of 2 (1 - exp(-3 D)): the mean over the mean dose, with doses even on (0, 2)."""
    dose = np.linspace(0.001, 2, 600)
    change = 2 * (1 - np.exp(-3 * dose)) + np.random.default_rng(3).normal(0, 0.05, 600)
    truth = (2 * (1 - np.exp(-3 * dose))).mean() / dose.mean()
    estimand, sample = two_years(dose, change)
    found = HeterogeneousAdoption(formula_input=False).find(estimand, sample)
    line = np.polyfit(dose, change, 1)[0]
    assert found.estimate.effect == pytest.approx(truth, abs=0.06)  # worst deviation seen 0.015
    assert abs(line - truth) > 0.5
    linear = next(check for check in found.checks if check.name == "linearity")
    assert linear.statistic is not None
    assert linear.statistic < 1e-6


def test_the_input_of_the_formula_is_taken_out_beside_the_dose() -> None:
    """The input moves the outcome by itself and goes with the dose; the planted slope is 0.3."""
    sample = toy_sample("units", effect=0.3)
    formula = sample.conditioning[:, 0]
    dose = 0.2 + formula + np.random.default_rng(4).uniform(0, 1, sample.unit.max() + 1)[sample.unit]
    y = 0.4 * formula * (sample.period - 2017) + 0.3 * dose * (sample.period >= min(OUTCOME)) + 0.0 * sample.outcome
    y = y + np.random.default_rng(5).normal(0, 0.02, len(y))
    made = replace(sample, outcome=y, outcome_low=y, outcome_high=y, dose=dose)
    assert slope(ESTIMAND, made) == pytest.approx(0.3, abs=0.02)  # worst deviation seen 0.002
    assert slope(ESTIMAND, made, formula_input=False) > 0.7


def test_what_a_curve_takes_over_from_the_line_is_said() -> None:
    estimand, sample = drawn(1)
    found = HeterogeneousAdoption(formula_input=False).find(estimand, sample, generator=np.random.default_rng(1))
    assert found.robustness.permutation_p is not None
    assert found.robustness.permutation_p < 0.01
    assert found.robustness.permutation_method.endswith("of the straight line")
    assert {"quasi-untreated", "linearity", "formula input"} <= {check.name for check in found.checks}


def test_masked_counts_are_bounded_once() -> None:
    """A count of the outcome year weighs 1 / (60 x mean dose) in the mean, less its weight at the boundary."""
    estimand, sample = two_years(DOSE, CHANGE)
    far = (sample.dose > 1.5) & (sample.period == 2020)
    wide = replace(sample, outcome_low=sample.outcome - far)
    design = HeterogeneousAdoption(formula_input=False, boundary=Boundary.ZERO, bandwidth=1.0)
    found = design.find(estimand, wide).estimate
    assert found.bound_low is not None
    assert found.n_masked == far.sum()
    width = far.sum() / 60 / DOSE.mean()
    assert found.effect - found.bound_low == pytest.approx(width, rel=1e-9)  # worst deviation seen 3e-15
    assert found.bound_high == pytest.approx(found.effect, rel=1e-9)


def test_two_regions_above_the_lowest_dose_are_not_enough() -> None:
    estimand, sample = two_years(DOSE, CHANGE)
    few = np.where(sample.cluster < 2, 1.0, 0.0)
    with pytest.raises(NotIdentified, match="2 regions have a dose above 0"):
        HeterogeneousAdoption().find(estimand, replace(sample, dose=few))


@pytest.mark.parametrize("bandwidth", [0.0, 0.01])
def test_a_bandwidth_that_holds_no_dose_is_refused(bandwidth: float) -> None:
    with pytest.raises(NotIdentified, match="holds no dose"):
        slope(*two_years(DOSE, CHANGE), boundary=Boundary.ZERO, bandwidth=bandwidth)
