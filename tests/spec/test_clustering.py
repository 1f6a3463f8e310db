"""Standard errors by cluster, worked out by hand on four units in two years.

The outcome of unit u rises by d = 1, 2, 3, 6 while the regressor goes from 0 to 1. The slope is the mean rise 3.
Within units the regressor is -1/2 and 1/2, so the bread is 1 / (8 x 1/4) = 1/2 and the scores are (d - 3)/2 =
-1, -1/2, 0, 3/2, with squares that sum to 7/2. The plain sandwich is 7/2 / 4 = 7/8.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.clustering import Contrast, Convention, Covariance, contrast, crv1, crv3, leave_one_out, wald
from stoeval.inference.least_squares import Fit, fit

if TYPE_CHECKING:
    from collections.abc import Callable

EXACT = 1e-13  # worst deviation seen 2e-15
COUNTING = [Convention.FIXEST, Convention.STATA, Convention.LINEARMODELS]
"""Conventions that count parameters."""


@pytest.fixture
def rises() -> Fit:
    unit = np.repeat(np.arange(4), 2)
    outcome = np.array([5.0, 6, 1, 3, 0, 3, 2, 8])
    return fit(outcome, np.tile([0.0, 1.0], 4)[:, None], names=("x",), cluster=unit, nested=[unit])


def covariance(matrix: list[list[float]], df: float = 10) -> Covariance:
    return Covariance(matrix=np.array(matrix, dtype=float), df=df, convention="by hand")


# --- CRV1 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("convention", "variance"),
    [
        (Convention.FIXEST, 4 / 3 * 7 / 6 * 7 / 8),  # K = 1 slope and 1 for the nested units
        (Convention.STATA, 4 / 3 * 7 / 3 * 7 / 8),  # K = 1 slope and 4 units
        (Convention.LINEARMODELS, 8 / 7 * 7 / 8),  # K = 1 slope; units nested and alone
        (Convention.CLUBSANDWICH, 4 / 3 * 7 / 8),  # nothing is counted
    ],
)
def test_crv1_is_the_sandwich_times_the_factor_of_its_convention(
    rises: Fit, convention: Convention, variance: float
) -> None:
    found = crv1(rises, convention)
    assert found.matrix[0, 0] == pytest.approx(variance, rel=EXACT)
    assert found.df == 3
    assert found.convention == f"CRV1 {convention}, t(3)"


@pytest.mark.parametrize("convention", COUNTING)
def test_without_effects_and_one_row_a_cluster_crv1_is_hc1(convention: Convention) -> None:
    """Groups 1, 3 and 4, 8: residuals 1, 1, 2, 2; variance 2/4 + 8/4, times N/(N-K) = 2."""
    found = fit(np.array([1.0, 3, 4, 8]), np.array([[0.0], [0], [1], [1]]), names=("x",), cluster=np.arange(4))
    assert crv1(found, convention).matrix[0, 0] == pytest.approx(5, rel=EXACT)


def test_crossed_effects_count_in_every_convention_that_counts() -> None:
    """Twelve rows, four units, three years: K is 1 + 3, 1 + 2 + 4 and 1 + 2 + 4."""
    unit, year = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    generator = np.random.default_rng(2)
    found = fit(
        generator.normal(size=12),
        generator.normal(size=(12, 1)),
        names=("x",),
        cluster=unit,
        nested=[unit],
        crossed=[year],
    )
    plain = (found.bread @ found.cluster_score.T @ found.cluster_score @ found.bread)[0, 0]
    factors = [crv1(found, convention).matrix[0, 0] / plain for convention in COUNTING]
    assert factors == pytest.approx([4 / 3 * 11 / 8, 4 / 3 * 11 / 5, 12 / 5], rel=EXACT)


@pytest.mark.parametrize("convention", [Convention.STATA, Convention.LINEARMODELS])
def test_three_nested_effects_leave_only_the_convention_that_does_not_count_them(convention: Convention) -> None:
    cluster = np.repeat(np.arange(4), 12)
    year, kind, place = (np.tile(code, 4) for code in zip(*np.ndindex(3, 2, 2), strict=True))
    nested = [cluster * 10 + code for code in (year, kind, place)]
    generator = np.random.default_rng(2)
    found = fit(generator.normal(size=48), generator.normal(size=(48, 1)), names=("x",), cluster=cluster, nested=nested)
    assert crv1(found, Convention.FIXEST).matrix[0, 0] > 0
    with pytest.raises(EstimationError, match=f"convention {convention} counts every effect"):
        crv1(found, convention)


def test_as_many_parameters_as_rows_leave_no_uncertainty_to_estimate(rises: Fit) -> None:
    unit = np.repeat(np.arange(4), 2)
    x = np.random.default_rng(4).normal(size=(8, 4))
    saturated = fit(rises.residual + 1.0, x, names=tuple("abcd"), cluster=unit, nested=[unit])
    with pytest.raises(NotIdentified, match="8 rows carry 8 parameters"):
        crv1(saturated, Convention.STATA)


def test_the_factor_of_the_jackknife_is_no_convention_of_crv1(rises: Fit) -> None:
    with pytest.raises(EstimationError, match="summclust is a factor of the jackknife"):
        crv1(rises, Convention.SUMMCLUST)


# --- CRV3 ----------------------------------------------------------------------------------------------------


def test_leaving_out_each_cluster_gives_the_mean_of_the_others(rises: Fit) -> None:
    assert leave_one_out(rises)[:, 0] == pytest.approx([11 / 3, 10 / 3, 9 / 3, 6 / 3], rel=EXACT)


def test_crv3_of_a_mean_is_the_textbook_variance_of_a_mean(rises: Fit) -> None:
    """Variance of 1, 2, 3, 6 is 14/3, over four units 7/6: the jackknife with (G-1)/G gives exactly that."""
    found = crv3(rises)
    assert found.matrix[0, 0] == pytest.approx(7 / 6, rel=EXACT)
    assert (found.df, found.convention) == (3, "CRV3 (G-1)/G, t(3)")


@pytest.mark.parametrize(
    ("convention", "variance"),
    [
        (Convention.CLUBSANDWICH, 14 / 9),  # the plain sum of squares of 2/3, 1/3, 0 and -1
        (Convention.FIXEST, 14 / 9 * 4 / 3 * 7 / 6),  # K = 1 slope and 1 for the nested units
    ],
)
def test_the_jackknife_takes_other_factors_by_name(rises: Fit, convention: Convention, variance: float) -> None:
    found = crv3(rises, convention)
    assert found.matrix[0, 0] == pytest.approx(variance, rel=EXACT)
    assert found.convention == f"CRV3 {convention}, t(3)"


@pytest.mark.parametrize("convention", [Convention.STATA, Convention.LINEARMODELS])
def test_conventions_without_a_jackknife_are_refused(rises: Fit, convention: Convention) -> None:
    with pytest.raises(EstimationError, match=f"convention {convention} has no CRV3"):
        crv3(rises, convention)


@pytest.mark.parametrize("estimator", [leave_one_out, crv2, crv3])
def test_effects_that_link_clusters_leave_no_cluster_to_take_out(
    rises: Fit, estimator: Callable[[Fit], object]
) -> None:
    linked = replace(rises, jackknife_exact=False)
    with pytest.raises(EstimationError, match="absorbed effects run across clusters"):
        estimator(linked)


def test_a_crossed_effect_that_one_cluster_holds_alone_does_not_stop_the_jackknife() -> None:
    """The last year is seen in one cluster only; without it the slope still stands."""
    unit = np.array([0, 0, 1, 1, 2, 2, 3, 3, 3])
    year = np.array([0, 1, 0, 1, 0, 1, 0, 1, 2])
    x = np.array([0.0, 1, 0, 2, 0, 3, 0, 5, 1])
    outcome = np.array([1.0, 2, 1, 4, 0, 3, 2, 8, 3])
    whole = fit(outcome, x[:, None], names=("x",), cluster=unit, nested=[unit], crossed=[year])
    keep = unit != 3
    rest = fit(
        outcome[keep], x[keep, None], names=("x",), cluster=unit[keep], nested=[unit[keep]], crossed=[year[keep]]
    )
    assert leave_one_out(whole)[3, 0] == pytest.approx(rest.coefficients[0], rel=1e-12)  # deviation seen 9e-16


@pytest.mark.parametrize("estimator", [crv1, crv3])
def test_two_clusters_are_too_few(estimator: object) -> None:
    unit = np.repeat(np.arange(4), 2)
    found = fit(np.arange(8.0) ** 2, np.tile([0.0, 1], 4)[:, None], names=("x",), cluster=unit // 2, nested=[unit])
    assert callable(estimator)
    with pytest.raises(NotIdentified, match="2 clusters: a cluster-robust standard error needs at least 3"):
        estimator(found)


def test_a_cluster_that_identifies_alone_is_named() -> None:
    """Only the third cluster ever has a dose, so without it there is no slope."""
    unit = np.repeat(np.arange(4), 2)
    x = np.array([0.0, 0, 0, 0, 0, 1, 0, 0])
    outcome = np.array([1.0, 2, 1, 4, 0, 3, 2, 8])
    found = fit(outcome, x[:, None], names=("x",), cluster=unit, nested=[unit])
    with pytest.raises(NotIdentified, match="not identified without cluster 2 of 4"):
        crv3(found)


# --- contrasts -------------------------------------------------------------------------------------------------


def test_a_contrast_carries_its_t_interval(rises: Fit) -> None:
    """Standard error sqrt(7/6); 97.5 % of t(3) is 3.182446 (tables)."""
    found = contrast(rises.coefficients, crv3(rises), np.ones(1))
    half = 3.182446 * np.sqrt(7 / 6)
    assert found.effect == pytest.approx(3, rel=EXACT)
    assert found.std_error == pytest.approx(np.sqrt(7 / 6), rel=EXACT)
    assert (found.ci_low, found.ci_high) == pytest.approx((3 - half, 3 + half), abs=5e-7)  # deviation seen 3e-7
    assert (found.ci_level, found.df) == (0.95, 3)
    assert found.p_value == pytest.approx(2 * stats.t.sf(3 / np.sqrt(7 / 6), 3), rel=EXACT)


def test_a_level_widens_the_interval_and_leaves_the_p_value() -> None:
    """95 % of t(10) is 1.812461, 99.5 % is 3.169273 (tables)."""
    found = {level: contrast(np.array([2.0]), covariance([[1]]), np.ones(1), level=level) for level in (0.90, 0.99)}
    assert found[0.90].ci_high == pytest.approx(3.812461, abs=5e-7)  # deviation seen 1e-7
    assert found[0.99].ci_high == pytest.approx(5.169273, abs=5e-7)  # deviation seen 4e-7
    assert found[0.90].p_value == found[0.99].p_value


def test_a_contrast_weighs_variances_and_covariances() -> None:
    """Var(a/2 + b/2) = (4 + 2 x 1 + 9) / 4; Var(a - b) = 4 - 2 + 9."""
    pair = covariance([[4, 1], [1, 9]])
    mean, gap = (contrast(np.array([1.0, 3.0]), pair, np.array(weights)) for weights in ([0.5, 0.5], [1.0, -1.0]))
    assert (mean.effect, mean.std_error) == pytest.approx((2, np.sqrt(15 / 4)), rel=EXACT)
    assert (gap.effect, gap.std_error) == pytest.approx((-2, np.sqrt(11)), rel=EXACT)


def test_a_combination_without_variance_has_no_standard_error() -> None:
    with pytest.raises(NotIdentified, match="the standard error is zero"):
        contrast(np.ones(2), covariance([[1, -1], [-1, 1]]), np.ones(2))


def test_a_combination_has_the_degrees_of_freedom_that_its_covariance_gives_it() -> None:
    """Two means of 2 and 5 clusters: each alone has n - 1; equal variances are assumed of their difference."""
    group = np.repeat([0.0, 1.0], [5, 2])
    columns = np.column_stack([1 - group, group])
    found = fit(np.array([1.0, 4, 2, 8, 5, 3, 9]), columns, names=("a", "b"), cluster=np.arange(7), intercept=False)
    small = crv2(found)
    degrees = [contrast(found.coefficients, small, np.array(weights)).df for weights in ([1.0, 0], [0, 1.0], [-1.0, 1])]
    assert degrees == pytest.approx([4, 1, 49 * 4 / (4 + 25 * 4)], rel=1e-12)  # worst deviation seen 1e-15
    half = contrast(found.coefficients, small, np.array([0.0, 1])).ci_high - found.coefficients[1]
    assert half == pytest.approx(12.706205 * 3, abs=5e-6)  # 97.5 % of t(1) in tables; (3 - 9) / 2 is the error


# --- Wald ------------------------------------------------------------------------------------------------------


def test_a_wald_test_of_one_coefficient_is_its_t_squared(rises: Fit) -> None:
    found, single = wald(rises.coefficients, crv3(rises), [0]), _single(rises)
    assert found.statistic == pytest.approx((3 / np.sqrt(7 / 6)) ** 2, rel=EXACT)
    assert found.p_value == pytest.approx(single.p_value, rel=1e-12)  # deviation seen 2e-15
    assert (found.restrictions, found.df) == (1, 3)


def _single(fitted: Fit) -> Contrast:
    return contrast(fitted.coefficients, crv3(fitted), np.ones(1))


def test_a_wald_test_of_independent_coefficients_is_their_mean_square() -> None:
    """(1/1 + 4/4 + 9/1) / 3 over the first, second and last of four; F(3, 10)."""
    matrix = np.diag([1.0, 4.0, 5.0, 1.0]).tolist()
    found = wald(np.array([1.0, 2.0, 7.0, 3.0]), covariance(matrix), [0, 1, 3])
    assert found.statistic == pytest.approx(11 / 3, rel=EXACT)
    assert found.p_value == pytest.approx(stats.f.sf(11 / 3, 3, 10), rel=EXACT)


@pytest.mark.parametrize("tested", [[], list(range(4))])
def test_no_restrictions_and_more_than_the_clusters_allow_are_refused(tested: list[int]) -> None:
    with pytest.raises(EstimationError, match=f"{len(tested)} restrictions cannot be tested jointly with 4 clusters"):
        wald(np.ones(4), covariance(np.eye(4).tolist(), df=3), tested)


@pytest.mark.parametrize("matrix", [[[0, 0], [0, 1]], [[1, 1], [1, 1]], [[4, 6], [6, 9]], [[0, 0], [0, 0]]])
def test_a_singular_covariance_holds_no_joint_test(matrix: list[list[float]]) -> None:
    with pytest.raises(NotIdentified, match="covariance of 2 coefficients is singular"):
        wald(np.ones(2), covariance(matrix), [0, 1])


def test_coefficients_on_very_different_scales_can_be_tested_jointly() -> None:
    found = wald(np.array([1e-6, 2e6]), covariance([[1e-12, 0], [0, 1e12]]), [0, 1])
    assert found.statistic == pytest.approx((1 + 4) / 2, rel=EXACT)
