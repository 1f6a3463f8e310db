"""Equivalence of trends before the start: one coefficient by hand, and the size of the tests at their boundary."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.trend_equivalence import (
    TrendEquivalence,
    TrendMeasure,
    equivalent_maximum,
    equivalent_mean,
    equivalent_root_mean_square,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BETAHAT = [0.4, -0.3, 0.1]
SIGMA = 0.04 * (0.5 + 0.5 * np.eye(3))
DRAWN = 800


def root_mean_square(betahat: Any, sigma: Any, alpha: float = 0.05, **choices: Any) -> TrendEquivalence:  # noqa: ANN401 - passes them on
    choices = {"generator": np.random.default_rng(1), **choices}
    return equivalent_root_mean_square(betahat, sigma, alpha, **choices)


MEASURES: dict[TrendMeasure, Callable[..., TrendEquivalence]] = {
    TrendMeasure.MAXIMUM: equivalent_maximum,
    TrendMeasure.MEAN: equivalent_mean,
    TrendMeasure.ROOT_MEAN_SQUARE: root_mean_square,
}


# --- one coefficient ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", MEASURES.values())
@pytest.mark.parametrize("estimate", [0.4, -0.4, 0.05])
def test_one_coefficient_is_at_the_quantile_of_the_folded_normal(
    test: Callable[..., TrendEquivalence], estimate: float
) -> None:
    """The square of N(threshold, 0.04) over 0.04 is noncentral chi-squared: its 5 % quantile is the estimate."""
    found = test([estimate], [[0.04]])
    quantile = 0.2 * np.sqrt(stats.ncx2.ppf(0.05, 1, (found.smallest / 0.2) ** 2))
    assert quantile == pytest.approx(abs(estimate), rel=1e-8)  # worst deviation seen 4e-13
    assert found.estimate == pytest.approx(abs(estimate), rel=1e-15)


@pytest.mark.parametrize("test", MEASURES.values())
def test_far_from_zero_the_threshold_is_the_one_sided_bound(test: Callable[..., TrendEquivalence]) -> None:
    assert test([3.0], [[0.04]]).smallest == pytest.approx(3 + 0.2 * 1.6448536269514722, rel=1e-9)  # no deviation seen


@pytest.mark.parametrize("test", MEASURES.values())
def test_an_estimate_nearer_to_zero_than_chance_brings_it_leaves_no_threshold(
    test: Callable[..., TrendEquivalence],
) -> None:
    """P(|Z| < 0.0627) = 0.05."""
    assert test([0.2 * 0.0626], [[0.04]]).smallest == 0.0
    assert test([0.2 * 0.0628], [[0.04]]).smallest > 0


def test_the_threshold_is_where_the_conclusion_turns() -> None:
    found = equivalent_maximum([0.4], [[0.04]])
    assert not found.concludes(found.smallest)
    assert not found.concludes(0.99 * found.smallest)
    assert found.concludes(1.01 * found.smallest)


# --- several coefficients -----------------------------------------------------------------------------------------


def test_the_maximum_is_as_far_as_the_farthest_of_its_coefficients() -> None:
    each = [equivalent_maximum([estimate], [[0.04]]).smallest for estimate in BETAHAT]
    found = equivalent_maximum(BETAHAT, SIGMA)
    assert found.smallest == pytest.approx(max(each), rel=1e-12)
    assert (found.measure, found.estimate) == (TrendMeasure.MAXIMUM, 0.4)


def test_the_mean_is_one_coefficient_with_its_own_variance() -> None:
    """Mean 0.2 / 3; variance 0.04 (3 + 6 / 2) / 9."""
    found = equivalent_mean(BETAHAT, SIGMA)
    assert found.smallest == pytest.approx(equivalent_maximum([0.2 / 3], [[0.24 / 9]]).smallest, rel=1e-9)
    assert (found.measure, found.estimate) == (TrendMeasure.MEAN, pytest.approx(0.2 / 3))


def test_the_root_mean_square_of_equal_variances_is_noncentral_chi_squared() -> None:
    """Three independent coefficients: the sum of squares over 0.04, at a sum of squared means 3 threshold^2 / 0.04."""
    found = root_mean_square(BETAHAT, 0.04 * np.eye(3), draws=100_000)
    chance = stats.ncx2.cdf(0.26 / 0.04, 3, 3 * found.smallest**2 / 0.04)
    assert chance == pytest.approx(0.05, abs=1e-3)  # deviation seen 1.6e-4
    assert (found.measure, found.estimate) == (TrendMeasure.ROOT_MEAN_SQUARE, pytest.approx(np.sqrt(0.26 / 3)))


@pytest.mark.parametrize("test", MEASURES.values())
def test_thresholds_scale_with_the_outcome(test: Callable[..., TrendEquivalence]) -> None:
    larger = test(8 * np.array(BETAHAT), 64 * SIGMA)
    assert larger.smallest == pytest.approx(8 * test(BETAHAT, SIGMA).smallest, rel=1e-9)


# --- size at the boundary -------------------------------------------------------------------------------------------

ROOT = np.random.default_rng(4).normal(size=(3, 5))
UNEQUAL = ROOT @ ROOT.T / 5
"""Variances of 1.0 or so, correlated."""
LARGEST, SMALLEST = np.linalg.eigh(UNEQUAL)[1][:, [2, 0]].T


@pytest.mark.parametrize(
    ("measure", "truth", "threshold", "conservative"),
    [
        (TrendMeasure.MAXIMUM, [8.0, 0.0, 0.0], 8.0, False),
        (TrendMeasure.MAXIMUM, [3.0, 3.0, -3.0], 3.0, True),
        (TrendMeasure.MEAN, [6.0, -2.0, -1.0], 1.0, False),
        (TrendMeasure.MEAN, [0.5, 0.5, 0.5], 0.5, False),
        (TrendMeasure.ROOT_MEAN_SQUARE, (3 * np.sqrt(3) * LARGEST).tolist(), 3.0, False),
        (TrendMeasure.ROOT_MEAN_SQUARE, (3 * np.sqrt(3) * SMALLEST).tolist(), 3.0, True),
        (TrendMeasure.ROOT_MEAN_SQUARE, [1.0, 1.0, 1.0], 1.0, True),
    ],
)
def test_equivalence_is_wrongly_concluded_at_the_boundary_as_often_as_alpha_says(
    measure: TrendMeasure, truth: list[float], threshold: float, *, conservative: bool
) -> None:
    """The count lies within the central 99.9 % of a binomial, or below where the test is conservative."""
    drawn = np.random.default_rng(8).multivariate_normal(truth, UNEQUAL, size=DRAWN)
    wrong = sum(MEASURES[measure](each, UNEQUAL, 0.05, **few(measure)).concludes(threshold) for each in drawn)
    low, high = stats.binom.interval(0.999, DRAWN, 0.05)
    assert wrong <= high
    assert conservative or wrong >= low


def few(measure: TrendMeasure) -> dict[str, int]:
    return {"draws": 500} if measure is TrendMeasure.ROOT_MEAN_SQUARE else {}


# --- choices and refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", MEASURES.values())
def test_a_smaller_alpha_asks_for_a_larger_threshold(test: Callable[..., TrendEquivalence]) -> None:
    found = [test(BETAHAT, SIGMA, alpha) for alpha in (0.01, 0.05, 0.1)]
    assert found[0].smallest > found[1].smallest > found[2].smallest
    assert [each.alpha for each in found] == [0.01, 0.05, 0.1]


@pytest.mark.parametrize("choice", [{"draws": 500}, {"generator": np.random.default_rng(2)}], ids=["draws", "seed"])
def test_draws_change_the_root_mean_square(choice: dict[str, Any]) -> None:
    assert root_mean_square(BETAHAT, SIGMA).smallest != root_mean_square(BETAHAT, SIGMA, **choice).smallest
    assert astuple(root_mean_square(BETAHAT, SIGMA)) == astuple(root_mean_square(BETAHAT, SIGMA))


@pytest.mark.parametrize("test", MEASURES.values())
@pytest.mark.parametrize(
    ("betahat", "sigma", "alpha", "error", "words"),
    [
        (BETAHAT, SIGMA, 0.5, EstimationError, "between 0 and 0.5"),
        ([], np.empty((0, 0)), 0.05, NotIdentified, "add an earlier period"),
        (BETAHAT, SIGMA[:2], 0.05, EstimationError, "give the block"),
        ([0.4, np.nan, 0.1], SIGMA, 0.05, EstimationError, "must be finite"),
        (BETAHAT, np.diag([1.0, 0.0, 1.0]), 0.05, NotIdentified, "1 of 3 coefficients have no variance"),
        (BETAHAT, SIGMA + np.triu(SIGMA, 1), 0.05, EstimationError, "not symmetric"),
        (BETAHAT[:2], [[1.0, 2.0], [2.0, 1.0]], 0.05, EstimationError, "negative direction"),
    ],
)
def test_what_cannot_be_tested_is_refused(  # noqa: PLR0917 - the parts of a refusal
    betahat: Any,  # noqa: ANN401 - lists and arrays
    sigma: Any,  # noqa: ANN401 - lists and arrays
    alpha: float,
    error: type[EstimationError],
    words: str,
    test: Callable[..., TrendEquivalence],
) -> None:
    with pytest.raises(error, match=words):
        test(betahat, sigma, alpha)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(EstimationError, match="take at least 100"):
        root_mean_square(BETAHAT, SIGMA, draws=99)


def test_coefficients_that_cancel_have_no_mean_to_test() -> None:
    with pytest.raises(NotIdentified, match="test their maximum"):
        equivalent_mean([0.1, -0.1], [[1.0, -1.0], [-1.0, 1.0]])
