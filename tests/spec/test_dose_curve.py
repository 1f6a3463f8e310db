"""What a curve of the dose says, against a cubic by hand and another package."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.designs.dose_curve import DoseCurve, Parameter
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.inference.dose_basis import dose_basis
from stoeval.vocabulary import Estimand, IdentificationClass, Sample, SchoolYear, Window
from toy_samples import OUTCOME, toy_estimand, toy_sample

DOSE = np.array(
    [
        0.0,
        1.291,
        1.478,
        0.0,
        1.335,
        1.965,
        0.0,
        0.402,
        1.925,
        0.0,
        0.555,
        1.41,
        0.0,
        0.577,
        1.737,
        0.0,
        0.599,
        0.533,
        0.0,
        0.813,
        0.995,
        0.0,
        0.993,
        0.2,
        0.0,
        1.05,
        1.57,
        0.0,
        0.974,
        0.544,
        0.0,
        0.537,
        1.503,
        0.0,
        1.194,
        0.891,
        0.0,
        0.506,
        1.355,
        0.0,
        0.226,
        0.547,
        0.0,
        1.481,
        1.244,
        0.0,
        1.672,
        0.674,
        0.0,
        0.222,
        1.362,
        0.0,
        1.475,
        0.338,
        0.0,
        0.77,
        1.855,
        0.0,
        0.221,
        0.373,
    ]
)
CHANGE = np.array(
    [
        0.428,
        2.202,
        2.355,
        0.436,
        2.317,
        2.971,
        0.494,
        0.972,
        2.849,
        0.455,
        1.124,
        2.24,
        0.565,
        1.197,
        2.684,
        0.52,
        1.288,
        1.287,
        0.473,
        1.496,
        1.813,
        0.415,
        1.917,
        0.811,
        0.569,
        1.858,
        2.602,
        0.605,
        1.814,
        1.132,
        0.331,
        1.245,
        2.418,
        0.416,
        2.155,
        1.68,
        0.358,
        1.098,
        2.249,
        0.599,
        0.56,
        1.125,
        0.486,
        2.57,
        2.024,
        0.206,
        2.497,
        1.366,
        0.581,
        0.918,
        2.324,
        0.42,
        2.509,
        0.886,
        0.48,
        1.477,
        2.926,
        0.41,
        0.641,
        0.926,
    ]
)
"""Sixty changes around 0.5 + d + 0.5 d^2 - 0.2 d^3, a third of the doses zero, drawn once."""
MEAN_LEVEL, MEAN_STEP = 1.300725, 1.2833842653443583
AT = np.array([0.5, 1.0, 1.5])
LEVELS = (0.656055864436601, 1.3542838723250816, 1.9947554694956737)
STEPS = (1.4028717527524381, 1.364369941930278, 1.1718461098808866)
"""Of the same draws by diff-diff 3.13.0 (ContinuousDiD, degree 3, no knots), which moderndid equals to 8 digits."""
STEP_ERRORS = (0.1155075036425573, 0.05118107513705901, 0.04552326426981522)
"""Its standard errors of the steps, without a small-sample factor."""
BARE = DoseCurve(formula_input=False)


def two_years(dose: np.ndarray, change: np.ndarray) -> tuple[Estimand, Sample]:
    """Return one unit a region, which changes once."""
    sample = toy_sample("units", regions=len(dose))
    one = sample.rows(np.flatnonzero((sample.unit % 4 == 0) & np.isin(sample.period, [2016, 2017, 2020])))
    region = one.cluster
    wobble = np.random.default_rng(1).normal(0, 0.01, len(dose))[region] * (one.period == 2016)
    y = np.where(one.period == 2020, change[region], 0.0) + wobble
    window = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2020),))
    ones = np.ones(len(y))
    made = replace(one, outcome=y, outcome_low=y, outcome_high=y, dose=dose[region], weight=ones, placebo_doses=())
    return replace(toy_estimand("units"), window=window), made


def test_the_mean_step_and_the_mean_level_are_those_of_another_package() -> None:
    estimand, sample = two_years(DOSE, CHANGE)
    step = BARE.find(estimand, sample, confirm=True).estimate
    level = replace(BARE, parameter=Parameter.LEVEL).find(estimand, sample, confirm=True).estimate
    assert step.effect == pytest.approx(MEAN_STEP, rel=1e-9)  # worst deviation seen 7e-16
    assert level.effect == pytest.approx(MEAN_LEVEL, rel=1e-9)  # worst deviation seen 2e-16
    assert level.effect == pytest.approx(CHANGE[DOSE > 0].mean() - CHANGE[DOSE == 0].mean(), rel=1e-9)
    assert (step.unit, level.unit) == ("share per coin", "share")


def test_the_curve_is_that_of_another_package() -> None:
    points = BARE.curve(*two_years(DOSE, CHANGE), AT)
    assert [point.step.effect for point in points] == pytest.approx(STEPS, rel=1e-9)  # worst deviation seen 1e-15
    assert [point.level.effect for point in points if point.level] == pytest.approx(LEVELS, rel=1e-9)
    ratios = np.array([point.step.std_error for point in points]) / STEP_ERRORS
    assert ((ratios > 1) & (ratios < 1.4)).all()  # jackknife over plain influences: seen 1.11 to 1.24


def test_a_cubic_by_hand_is_found() -> None:
    """ATT(d) = d + 0.5 d^2 - 0.2 d^3 and ACRT(d) = 1 + d - 0.6 d^2, but for noise of 1e-4."""
    dose = np.where(np.arange(90) % 3 == 0, 0.0, np.linspace(0.1, 2, 90))
    change = 0.5 + dose + 0.5 * dose**2 - 0.2 * dose**3 + np.random.default_rng(2).normal(0, 1e-4, 90)
    estimand, sample = two_years(dose, change)
    for point in BARE.curve(estimand, sample, AT):
        d = point.dose
        assert point.step.effect == pytest.approx(1 + d - 0.6 * d**2, abs=3e-4)  # worst deviation seen 3e-5
        assert point.level is not None
        assert point.level.effect == pytest.approx(d + 0.5 * d**2 - 0.2 * d**3, abs=7e-4)  # worst deviation seen 7e-5
    got = dose[dose > 0]
    mean = BARE.find(estimand, sample).estimate.effect
    assert mean == pytest.approx((1 + got - 0.6 * got**2).mean(), abs=3e-4)  # worst deviation seen 3e-5


def test_weights_make_the_mean_that_of_pupils() -> None:
    """Twice the weight on doses above one, with effects d^2: the mean step is the weighted mean of 2 d."""
    dose = np.where(np.arange(90) % 3 == 0, 0.0, np.linspace(0.1, 2, 90))
    estimand, sample = two_years(dose, dose**2 + np.random.default_rng(3).normal(0, 1e-4, 90))
    weight = np.where(sample.dose > 1, 2.0, 1.0)
    got = dose > 0
    expected = np.average(2 * dose[got], weights=np.where(dose > 1, 2.0, 1.0)[got])
    found = BARE.find(estimand, replace(sample, weight=weight)).estimate.effect
    assert found == pytest.approx(expected, abs=5e-4)  # worst deviation seen 5e-5


def test_where_nobody_got_nothing_there_are_steps_and_no_levels() -> None:
    dose = np.linspace(0.5, 2, 60)
    estimand, sample = two_years(dose, 1.0 + dose**2 + np.random.default_rng(4).normal(0, 1e-4, 60))
    assert BARE.find(estimand, sample).estimate.effect == pytest.approx(2 * dose.mean(), abs=1e-4)  # seen 7e-6
    (point,) = BARE.curve(estimand, sample, np.array([1.0]))
    assert point.level is None
    assert point.step.effect == pytest.approx(2.0, abs=2e-4)  # worst deviation seen 2e-5
    with pytest.raises(NotIdentified, match="nobody got a dose of zero"):
        replace(BARE, parameter=Parameter.LEVEL).find(estimand, sample)


def test_splines_without_knots_are_polynomials_and_derivatives_are_differences() -> None:
    dose = np.linspace(0.2, 2, 40)
    basis = dose_basis(dose, degree=3, knots=0)
    cubic = 1 - 2 * dose + dose**3
    fitted = np.column_stack([np.ones(40), basis.values(dose)])
    left = cubic - fitted @ np.linalg.lstsq(fitted, cubic, rcond=None)[0]
    assert np.abs(left).max() < 1e-12  # worst deviation seen 4e-15
    knotted, step = dose_basis(dose, degree=3, knots=2), 1e-6
    inner = dose[1:-1]
    slopes = (knotted.values(inner + step) - knotted.values(inner - step)) / (2 * step)
    np.testing.assert_allclose(knotted.derivatives(inner), slopes, atol=1e-8)  # worst deviation seen 3e-10
    assert not knotted.values(np.zeros(2)).any()


def test_the_input_of_the_formula_is_taken_out_beside_the_curve() -> None:
    sample = toy_sample("units", effect=0.3)
    assert DoseCurve().find(toy_estimand("units"), sample).estimate.effect == pytest.approx(0.3, abs=0.04)  # seen 0.017
    trending = sample.outcome + 0.3 * sample.conditioning[:, 0] * (sample.period >= min(OUTCOME))
    moved = replace(sample, outcome=trending, outcome_low=trending, outcome_high=trending)
    assert DoseCurve().find(toy_estimand("units"), moved).estimate.effect == pytest.approx(0.3, abs=0.04)  # seen 0.017
    assert BARE.find(toy_estimand("units"), moved).estimate.effect > 0.35


def test_a_trend_that_follows_the_dose_lowers_the_class() -> None:
    sample = toy_sample("zeros")
    y = sample.outcome + 0.05 * sample.dose * (sample.period - 2017)
    found = BARE.find(toy_estimand("zeros"), replace(sample, outcome=y, outcome_low=y, outcome_high=y))
    assert next(check for check in found.checks if check.name == "pre-trend").passed is False
    assert found.identification_class is IdentificationClass.D


def test_a_curve_has_no_value_where_nobody_got_a_dose() -> None:
    with pytest.raises(NotIdentified, match="1 doses lie outside"):
        BARE.curve(*two_years(DOSE, CHANGE), np.array([9.0]))


def test_four_doses_carry_no_curve_of_five_functions() -> None:
    estimand, sample = two_years(np.tile([0.0, 1, 2, 3, 4], 12), np.arange(60) / 60)
    with pytest.raises(NotIdentified, match="4 different positive doses carry no curve of 5"):
        replace(BARE, knots=1).find(estimand, sample)


@pytest.mark.parametrize(("degree", "knots"), [(0, 0), (3, -1)])
def test_a_curve_without_a_slope_is_refused_at_declaration(degree: int, knots: int) -> None:
    with pytest.raises(CatalogueError, match="has no slope"):
        DoseCurve(degree=degree, knots=knots)
