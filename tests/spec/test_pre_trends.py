"""Power of a pre-test and the bias after passing it, where one coefficient has a closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.pre_trends import (
    ExplainingTrend,
    PreTest,
    PreTrendPower,
    explaining_trend,
    pre_trend_power,
    slope_found_with,
)

Z = float(stats.norm.ppf(0.975))
ONE = np.array([[1.0, 0.6], [0.6, 2.0]])
ONE_TIMES = np.array([-1.0, 1.0])
THREE = 0.5 * np.eye(5) + 0.5
THREE_TIMES = np.array([-3.0, -2, -1, 1, 2])


def run(
    covariance: np.ndarray = ONE,
    times: np.ndarray = ONE_TIMES,
    slope: float = 1.2,
    *,
    seed: int = 1,
    **choices: Any,  # noqa: ANN401 - passes options on
) -> PreTrendPower:
    return pre_trend_power(covariance, times, slope, generator=np.random.default_rng(seed), **choices)


# --- one coefficient before the reference -------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.2, -2.0])
def test_power_of_one_coefficient_is_its_two_tails(slope: float) -> None:
    """Normal around -slope with variance 1: beyond -1.96 and 1.96."""
    expected = stats.norm.cdf(-Z - slope) + stats.norm.sf(Z - slope)
    assert run(slope=slope).power == pytest.approx(expected, abs=5 * np.sqrt(expected / 100_000))
    assert run(slope=slope, pre_test=PreTest.JOINT).power == pytest.approx(expected, rel=1e-9)  # seen 2e-15


@pytest.mark.parametrize("pre_test", list(PreTest))
@pytest.mark.parametrize("slope", [0.0, 1.2, -2.0])
def test_bias_after_passing_is_the_line_and_what_the_truncated_normal_adds(slope: float, pre_test: PreTest) -> None:
    """The mean of N(-slope, 1) between -1.96 and 1.96, less -slope, times the regression 0.6 of after on before."""
    shift = stats.truncnorm(-Z + slope, Z + slope).mean()
    found = run(slope=slope, pre_test=pre_test)
    assert found.bias == pytest.approx([slope], rel=1e-12)
    assert found.bias_after_passing == pytest.approx(
        [slope + 0.6 * shift], abs=0.01
    )  # seen 0.004; Monte-Carlo error 0.0015


def test_passing_makes_a_positive_correlation_worsen_the_bias() -> None:
    """Roth's warning: under a monotone trend and equal correlations, the bias grows."""
    found = run(THREE, THREE_TIMES, 0.6)
    assert (found.bias_after_passing > found.bias).all()
    assert found.bias == pytest.approx([0.6, 1.2], rel=1e-12)
    assert found.times.tolist() == [1.0, 2.0]


def test_without_correlation_passing_changes_nothing() -> None:
    found = run(np.eye(5), THREE_TIMES, 0.6)
    assert found.bias_after_passing == pytest.approx(found.bias, rel=1e-12)


def test_bias_of_several_coefficients_is_that_of_draws_of_all_of_them() -> None:
    """The whole vector drawn, and its later part averaged where the earlier passes."""
    drawn = np.random.default_rng(5).multivariate_normal(0.6 * THREE_TIMES, THREE, size=200_000)
    passed = drawn[(np.abs(drawn[:, :3]) <= Z).all(axis=1)]
    error = passed[:, 3:].std(axis=0) / np.sqrt(len(passed))
    gap = np.abs(run(THREE, THREE_TIMES, 0.6).bias_after_passing - passed[:, 3:].mean(axis=0))
    assert (gap < 5 * error).all()


def test_power_without_slope_is_the_size_of_the_test() -> None:
    assert run(THREE, THREE_TIMES, 0.0, pre_test=PreTest.JOINT).power == pytest.approx(0.05, rel=1e-9)


# --- the slope a pre-test finds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pre_test", "tolerance"),
    [(PreTest.ANY, 0.008), (PreTest.JOINT, 1e-8)],  # seen 0.003, Monte-Carlo error 0.0013; 7e-11
)
@pytest.mark.parametrize("power", [0.5, 0.8])
def test_the_slope_found_with_a_power_has_that_power_in_closed_form(
    power: float, pre_test: PreTest, tolerance: float
) -> None:
    slope = slope_found_with(power, ONE, ONE_TIMES, generator=np.random.default_rng(1), pre_test=pre_test)
    assert slope > 0
    found = stats.norm.cdf(-Z - slope) + stats.norm.sf(Z - slope)
    assert found == pytest.approx(power, abs=tolerance)


@pytest.mark.parametrize("power", [0.01, 1.0])
def test_a_power_below_the_size_or_of_one_has_no_slope(power: float) -> None:
    with pytest.raises(EstimationError, match="without any slope"):
        slope_found_with(power, ONE, ONE_TIMES, generator=np.random.default_rng(1))


# --- the trend that would explain the effect away ---------------------------------------------------------------------


def explained(coefficients: Any, window: Any, *, seed: int = 1, **choices: Any) -> ExplainingTrend:  # noqa: ANN401 - passes them on
    return explaining_trend(coefficients, THREE, THREE_TIMES, window, generator=np.random.default_rng(seed), **choices)


def test_the_explaining_trend_reaches_the_effect_at_the_mean_time_of_the_window() -> None:
    """Effects 2 and 4 one and two periods later: 3 at 1.5 periods is 2 a period."""
    found = explained([0.0, 0.0, 0.0, 2.0, 4.0], [1, 2])
    assert (found.effect, found.mean_time, found.slope) == (3.0, 1.5, 2.0)
    last = explained([0.0, 0.0, 0.0, 2.0, 4.0], [2])
    assert (last.effect, last.mean_time, last.slope) == (4.0, 2.0, 2.0)


def test_the_explaining_trend_is_found_as_often_as_any_trend_with_its_slope() -> None:
    found = explained([9.0, 9.0, 9.0, 0.3, 0.9], [1, 2])
    assert found.slope == pytest.approx(0.4, rel=1e-12)
    assert found.power_any == run(THREE, THREE_TIMES, found.slope).power
    assert found.power_joint == run(THREE, THREE_TIMES, found.slope, pre_test=PreTest.JOINT).power
    falling = explained([9.0, 9.0, 9.0, -0.3, -0.9], [1, 2])
    assert falling.power_joint == pytest.approx(found.power_joint, rel=1e-9)


def test_a_trend_that_no_sample_hides_is_found_for_certain() -> None:
    found = explained([0.0, 0.0, 0.0, 50.0, 100.0], [1, 2])
    assert (found.power_any, found.power_joint) == (1.0, pytest.approx(1.0, rel=1e-12))


@pytest.mark.parametrize("choice", [{"alpha": 0.1}, {"draws": 50_000}, {"seed": 2}, {"window": [2]}], ids=str)
def test_every_choice_changes_the_power_against_the_explaining_trend(choice: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"coefficients": [0.0, 0.0, 0.0, 0.3, 0.9], "window": [1, 2]}
    assert explained(**usual).power_any != explained(**(usual | choice)).power_any


@pytest.mark.parametrize(
    ("coefficients", "window", "words"),
    [
        ([0.0, 0.0, 0.0, 1.0], [1], "as many finite coefficients"),
        ([0.0, 0.0, np.nan, 1.0, 1.0], [1], "as many finite coefficients"),
        ([0.0, 0.0, 0.0, 1.0, 1.0], [1, 3], r"no coefficient after the reference for \[3.0\]"),
        ([0.0, 0.0, 0.0, 1.0, 1.0], [-1], "no coefficient after the reference"),
        ([0.0, 0.0, 0.0, 1.0, 1.0], [], "name some"),
    ],
)
def test_a_window_without_an_effect_is_refused(coefficients: Any, window: Any, words: str) -> None:  # noqa: ANN401 - lists
    with pytest.raises(EstimationError, match=words):
        explained(coefficients, window)


# --- choices and refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choice", [{"pre_test": PreTest.JOINT}, {"alpha": 0.1}, {"draws": 50_000}, {"seed": 2}], ids=str
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    default, other = run(THREE, THREE_TIMES, 0.6), run(THREE, THREE_TIMES, 0.6, **choice)
    assert default.power != other.power
    assert (default.bias_after_passing != other.bias_after_passing).all()
    seed = choice.get("seed", 1)
    rest = {name: value for name, value in choice.items() if name != "seed"}
    slopes = [
        slope_found_with(0.5, THREE, THREE_TIMES, generator=np.random.default_rng(number), **options)
        for number, options in ((1, {}), (seed, rest))
    ]
    assert slopes[0] != slopes[1]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alpha": 0.0}, "alpha"),
        ({"draws": 100}, "draws"),
        ({"slope": np.nan}, "slope"),
        ({"covariance": np.eye(3)}, "2 periods"),
        ({"covariance": np.array([[1.0, np.nan], [np.nan, 1.0]])}, "finite covariance"),
        ({"covariance": np.array([[1.0, 0.6], [0.5, 2.0]])}, "not symmetric"),
        ({"times": np.array([0.0, 1.0])}, "left out"),
        ({"times": np.array([1.0, 2.0])}, "one before"),
        ({"times": np.array([-2.0, -1.0])}, "one after"),
        ({"slope": 8.0}, r"only \d+ of 100000 draws pass"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        run(**given)


def test_coefficients_that_repeat_each_other_cannot_be_tested() -> None:
    covariance = np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])
    with pytest.raises(NotIdentified, match="leave some periods out or cluster on smaller units"):
        run(covariance, np.array([-2.0, -1, 1]), 0.5)


def test_fewer_clusters_than_coefficients_are_seen_behind_rounding() -> None:
    """Three clusters give four coefficients before the reference a covariance of rank three."""
    moments = np.random.default_rng(3).normal(size=(3, 5))
    with pytest.raises(NotIdentified, match="fewer clusters than coefficients"):
        run(moments.T @ moments, np.array([-4.0, -3, -2, -1, 1]), 0.5)
