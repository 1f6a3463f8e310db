"""Equivalence by hand; two one-sided tests of another engine are in tests/reference/test_resampling.py."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.equivalence import equivalence_bound, equivalence_curve, equivalence_test, non_inferiority

NORMAL_90 = 1.2815515655446004
NORMAL_95 = 1.6448536269514722


def test_the_p_values_are_the_tails_beyond_each_bound() -> None:
    """Effect 1, error 1, bounds -1 and 4: t = 2 from the low bound, 3 from the high one."""
    found = equivalence_test(1, 1, inf, low=-1, high=4)
    assert found.p_above_low == pytest.approx(stats.norm.sf(2), rel=1e-12)
    assert found.p_below_high == pytest.approx(stats.norm.sf(3), rel=1e-12)
    assert found.p_value == found.p_above_low
    assert found.concluded
    assert (found.ci_low, found.ci_high) == pytest.approx((1 - NORMAL_95, 1 + NORMAL_95), rel=1e-12)


@pytest.mark.parametrize(("low", "high"), [(-0.5, 4.0), (-4.0, 2.5), (1.5, 6.0), (-0.7, 2.7)])
def test_equivalence_is_an_interval_within_the_bounds(low: float, high: float) -> None:
    found = equivalence_test(1, 1, 20, low=low, high=high)
    assert found.concluded == (low < found.ci_low and found.ci_high < high)


@pytest.mark.parametrize("effect", [1.0, -1.0])
def test_the_equivalence_bound_is_where_the_tests_start_to_conclude(effect: float) -> None:
    bound = equivalence_bound(effect, 0.5, 77)
    assert bound == pytest.approx(1 + 0.5 * stats.t.ppf(0.95, 77), rel=1e-12)
    wider, narrower = bound * (1 + 1e-9), bound * (1 - 1e-9)
    assert equivalence_test(effect, 0.5, 77, low=-wider, high=wider).concluded
    assert not equivalence_test(effect, 0.5, 77, low=-narrower, high=narrower).concluded


@pytest.mark.parametrize(
    ("effect", "higher_is_better", "t", "worst"),
    [(-1.0, True, 2, -1 - NORMAL_95), (-1.0, False, 4, -1 + NORMAL_95), (1.0, False, 2, 1 + NORMAL_95)],
)
def test_non_inferiority_looks_on_the_side_of_harm(
    effect: float, t: float, worst: float, *, higher_is_better: bool
) -> None:
    """Error 1, margin 3: the distance between effect and harm of 3."""
    found = non_inferiority(effect, 1, inf, margin=3, higher_is_better=higher_is_better)
    assert found.p_value == pytest.approx(stats.norm.sf(t), rel=1e-12)
    assert found.worst == pytest.approx(worst, rel=1e-12)
    assert found.concluded


def test_a_margin_of_zero_is_a_one_sided_test_of_benefit() -> None:
    found = non_inferiority(1.5, 1, inf, margin=0, higher_is_better=True)
    assert found.p_value == pytest.approx(stats.norm.sf(1.5), rel=1e-12)
    assert not found.concluded


@pytest.mark.parametrize("choice", [{"df": 5}, {"alpha": 0.1}], ids=str)
def test_every_choice_changes_the_results(choice: dict[str, Any]) -> None:
    given = {"effect": 1.0, "std_error": 1.0, "df": inf}
    assert equivalence_bound(**given) != equivalence_bound(**(given | choice))
    assert equivalence_test(**given, low=-3, high=3) != equivalence_test(**(given | choice), low=-3, high=3)
    plain = non_inferiority(**given, margin=1, higher_is_better=True)
    assert plain != non_inferiority(**(given | choice), margin=1, higher_is_better=True)


def test_alpha_is_the_level_of_each_one_sided_test() -> None:
    assert equivalence_bound(0, 1, inf, alpha=0.1) == pytest.approx(NORMAL_90, rel=1e-12)


@pytest.mark.parametrize(
    ("effect", "std_error", "df", "alpha", "error"),
    [
        (nan, 1, 10, 0.05, NotIdentified),
        (1, 0, 10, 0.05, NotIdentified),
        (1, inf, 10, 0.05, NotIdentified),
        (1, 1, 0, 0.05, EstimationError),
        (1, 1, nan, 0.05, EstimationError),
        (1, 1, 10, 0.5, EstimationError),
        (1, 1, 10, 0.0, EstimationError),
    ],
)
def test_estimates_and_levels_that_make_no_test_are_refused(
    effect: float, std_error: float, df: float, alpha: float, error: type[EstimationError]
) -> None:
    with pytest.raises(error):
        equivalence_bound(effect, std_error, df, alpha=alpha)
    with pytest.raises(error):
        equivalence_test(effect, std_error, df, low=-1, high=1, alpha=alpha)
    with pytest.raises(error):
        non_inferiority(effect, std_error, df, margin=1, higher_is_better=True, alpha=alpha)


@pytest.mark.parametrize(("low", "high"), [(1, -1), (0, 0), (-inf, 1), (nan, 1)])
def test_bounds_must_be_finite_and_in_order(low: float, high: float) -> None:
    with pytest.raises(EstimationError, match="lower one first"):
        equivalence_test(0, 1, 10, low=low, high=high)


@pytest.mark.parametrize("margin", [-1, inf, nan])
def test_a_margin_must_be_finite_and_not_negative(margin: float) -> None:
    with pytest.raises(EstimationError, match="direction of harm"):
        non_inferiority(0, 1, 10, margin=margin, higher_is_better=True)


# --- the curve -----------------------------------------------------------------------------------------------------


def test_the_curve_is_the_bound_at_each_alpha() -> None:
    """Effect -1, error .5, normal: 1 + .5 x 1.6449 at .05, and 1 + .5 x 1.2816 at .1."""
    strict, lenient = equivalence_curve(-1, 0.5, inf, alphas=(0.05, 0.1))
    assert (strict.alpha, strict.level, lenient.alpha, lenient.level) == (0.05, 0.9, 0.1, 0.8)
    assert strict.bound == pytest.approx(1 + 0.5 * NORMAL_95, rel=1e-12)
    assert lenient.bound == pytest.approx(1 + 0.5 * NORMAL_90, rel=1e-12)


def test_each_point_is_where_the_two_tests_start_to_conclude() -> None:
    curve = equivalence_curve(0.3, 0.2, 30)
    for point in curve:
        wide, narrow = point.bound * (1 + 1e-9), point.bound * (1 - 1e-9)
        assert equivalence_test(0.3, 0.2, 30, low=-wide, high=wide, alpha=point.alpha).concluded
        assert not equivalence_test(0.3, 0.2, 30, low=-narrow, high=narrow, alpha=point.alpha).concluded
    bounds = [point.bound for point in curve]
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("alphas", [(0.0,), (0.05, 0.5), (-0.1,)])
def test_a_curve_takes_alphas_below_a_half(alphas: tuple[float, ...]) -> None:
    with pytest.raises(EstimationError, match="alpha"):
        equivalence_curve(0, 1, 10, alphas=alphas)
