"""Robust intervals by hand, by their properties, and against linear programmes solved by another engine."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linprog, minimize

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.fixed_length import folded_normal_quantile, penalty_path, shortest_interval
from stoeval.inference.honest_did import DRAWS, breakdown, original, relative_magnitudes, smoothness
from stoeval.inference.largest_changes import largest_changes
from stoeval.inference.moment_inequalities import Moments, accepted, least_favourable_limit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.honest_did import RobustInterval

    Floats = NDArray[np.float64]

BETAHAT = np.array([-0.3, 0.4, -0.2, 2.0, 2.6])
SIGMA = 0.09 * (0.5 + 0.5 * np.eye(5))
STUDY: dict[str, Any] = {"n_pre": 3, "n_post": 2, "l_vec": np.array([0.5, 0.5])}
CONDITIONAL = (0.05 - 0.005) / (1 - 0.005)
"""Size of the second stage after a first stage of 0.005."""


def seeded() -> np.random.Generator:
    return np.random.default_rng(7)


def magnitudes(mbar: float, betahat: Floats = BETAHAT, sigma: Floats = SIGMA, **study: Any) -> RobustInterval:  # noqa: ANN401 - the parts of a study
    return relative_magnitudes(betahat, sigma, mbar=mbar, generator=seeded(), **(STUDY | study))


def ends(interval: RobustInterval) -> Floats:
    return np.array([interval.ci_low, interval.ci_high])


def random_covariance(generator: np.random.Generator, size: int) -> Floats:
    root = generator.normal(size=(size, size + 2))
    return np.asarray(root @ root.T / size)


# --- by hand -------------------------------------------------------------------------------------------------


def test_the_original_interval_is_the_normal_one() -> None:
    """Mean of 2.0 and 2.6; variance (0.09 + 0.09 + 2 x 0.045) / 4."""
    expected = 2.3 + stats.norm.ppf([0.025, 0.975]) * np.sqrt(0.0675)
    np.testing.assert_allclose(ends(original(BETAHAT, SIGMA, **STUDY)), expected, rtol=1e-12)  # no deviation seen


@pytest.mark.parametrize("mbar", [0.5, 1.0, 2.0])
def test_one_period_on_either_side_widens_by_mbar_times_the_earlier_change(mbar: float) -> None:
    """The earlier change is 10 +- 1, so its sign is certain and only one bound is near each end.

    That bound, (beta - theta) - mbar change, has variance 1 + mbar^2; its second stage is cut off at the
    least-favourable value c: P(Z > z) = P(Z > c) + size (1 - P(Z > c)).
    """
    found = magnitudes(mbar, np.array([-10.0, 3.0]), np.eye(2), n_pre=1, n_post=1, l_vec=np.ones(1))
    before, after = seeded().standard_normal((DRAWS, 2)).T
    spread = np.sqrt(1 + mbar**2)
    largest = np.max([(after + mbar * before) / spread, (-after + mbar * before) / spread, before], axis=0)
    beyond = stats.norm.sf(np.quantile(largest, 0.995))
    half = mbar * 10 + spread * stats.norm.isf(beyond + CONDITIONAL * (1 - beyond))
    np.testing.assert_allclose(ends(found), [3 - half, 3 + half], atol=3e-5)  # worst deviation seen 9e-6


def test_without_violations_the_interval_is_the_original_one_up_to_the_first_stage() -> None:
    """Both bounds are one statistic with either sign, so z solves P(|Z| > z) = k + size (1 - k), k = P(|Z| > c)."""
    weights = {"l_vec": np.array([1.0, 0.0])}
    after = (seeded().standard_normal((DRAWS, 5)) @ np.linalg.cholesky(SIGMA).T)[:, 3] / 0.3
    beyond = 2 * stats.norm.sf(np.quantile(np.abs(after), 0.995))
    half = 0.3 * stats.norm.isf((beyond + CONDITIONAL * (1 - beyond)) / 2)
    found = ends(magnitudes(0.0, **weights))
    np.testing.assert_allclose(found, [2 - half, 2 + half], atol=1e-5)  # worst deviation seen 2e-6
    np.testing.assert_allclose(found, ends(original(BETAHAT, SIGMA, **(STUDY | weights))), atol=0.02)  # seen 0.010


def test_a_straight_line_is_extrapolated_with_least_variance() -> None:
    """Minimise a^2 + b^2 where 2a + b = 1: weights 0.4 and 0.2, variance 1 + 0.16 + 0.04."""
    study: dict[str, Any] = {"n_pre": 2, "n_post": 1, "l_vec": np.ones(1)}
    found = smoothness(np.array([5.0, 2.0, 7.0]), np.eye(3), m=0.0, **study)
    half = stats.norm.ppf(0.975) * np.sqrt(1.2)
    np.testing.assert_allclose(ends(found), [9.4 - half, 9.4 + half], rtol=1e-10)  # no deviation seen


def test_a_large_change_of_slope_leaves_the_last_slope_and_a_one_sided_error() -> None:
    """Only 7 + 2 has the least bias, m itself; variance 2, and the far side of the error is out of reach."""
    study: dict[str, Any] = {"n_pre": 2, "n_post": 1, "l_vec": np.ones(1)}
    found = smoothness(np.array([5.0, 2.0, 7.0]), np.eye(3), m=100.0, **study)
    half = 100 + stats.norm.ppf(0.95) * np.sqrt(2)
    np.testing.assert_allclose(ends(found), [9 - half, 9 + half], rtol=1e-9)  # no deviation seen


# --- properties ----------------------------------------------------------------------------------------------


def test_intervals_scale_with_the_outcome_and_breakdown_values_do_not() -> None:
    betahat, sigma = 8 * BETAHAT, 64 * SIGMA
    np.testing.assert_allclose(
        ends(magnitudes(1.0, betahat, sigma)), 8 * ends(magnitudes(1.0)), rtol=1e-10
    )  # none seen
    np.testing.assert_allclose(
        ends(smoothness(betahat, sigma, m=0.8, **STUDY)),
        8 * ends(smoothness(BETAHAT, SIGMA, m=0.1, **STUDY)),
        rtol=1e-9,
    )
    there, here = (breakdown(b, s, generator=seeded(), **STUDY) for b, s in ((betahat, sigma), (BETAHAT, SIGMA)))
    assert there.mbar == pytest.approx(here.mbar, abs=2e-5)  # the bisection stops at 1e-5; no deviation seen


def test_intervals_turn_round_with_the_combination() -> None:
    turned = {"l_vec": -STUDY["l_vec"]}
    np.testing.assert_allclose(ends(magnitudes(1.0, **turned)), -ends(magnitudes(1.0))[::-1], atol=1e-5)  # 1e-16 seen
    found = smoothness(BETAHAT, SIGMA, m=0.1, **(STUDY | turned))
    np.testing.assert_allclose(ends(found), -ends(smoothness(BETAHAT, SIGMA, m=0.1, **STUDY))[::-1], rtol=1e-8)


@pytest.mark.parametrize("l_vec", [(1.0, 0.0), (0.5, 0.5), (1.0, -1.0)])
def test_intervals_widen_with_the_bound_and_hold_the_estimate(l_vec: tuple[float, float]) -> None:
    study = {"l_vec": np.array(l_vec)}
    estimate = study["l_vec"] @ BETAHAT[3:]
    robust = np.array([ends(magnitudes(mbar, **study)) for mbar in (0, 0.5, 1, 1.5, 2, 4)])
    smooth = np.array([ends(smoothness(BETAHAT, SIGMA, m=m, **(STUDY | study))) for m in (0, 0.05, 0.1, 0.5, 2)])
    assert (robust[:, 0] < estimate).all()
    assert (robust[:, 1] > estimate).all()
    assert (np.diff(robust[:, 0]) < 0).all()
    assert (np.diff(robust[:, 1]) > 0).all()
    assert (np.diff(smooth[:, 1] - smooth[:, 0]) > 0).all()


def test_a_smaller_alpha_gives_a_wider_interval() -> None:
    wide, narrow = magnitudes(1.0, alpha=0.01), magnitudes(1.0, alpha=0.1)
    assert wide.ci_low < narrow.ci_low < narrow.ci_high < wide.ci_high
    assert (wide.ci_level, narrow.ci_level) == (0.99, 0.9)


def test_the_breakdown_value_is_where_the_interval_reaches_zero() -> None:
    found = breakdown(BETAHAT, SIGMA, generator=seeded(), **STUDY)
    assert not found.is_capped
    assert magnitudes(found.mbar - 1e-3).ci_low > 0 > magnitudes(found.mbar + 1e-3).ci_low


def test_a_breakdown_value_says_where_it_stopped() -> None:
    found = breakdown(BETAHAT, SIGMA, generator=seeded(), upper=0.2, **STUDY)
    assert (found.mbar, found.upper, found.is_capped) == (0.2, 0.2, True)
    assert magnitudes(0.2).ci_low > 0


def test_an_effect_that_is_not_significant_breaks_down_at_zero() -> None:
    found = breakdown(BETAHAT * [1, 1, 1, 0.05, 0.05], SIGMA, generator=seeded(), **STUDY)
    assert (found.mbar, found.is_capped) == (0.0, False)


def test_the_same_generator_gives_the_same_interval() -> None:
    assert astuple(magnitudes(1.3)) == astuple(magnitudes(1.3))


# --- against other engines and theory --------------------------------------------------------------------------


def inequalities(n_pre: int, n_post: int, s: int, sign: float, mbar: float) -> Floats:
    """Return A of A delta <= 0, rises first: changes since the start within mbar times the s-th earlier one."""
    changes = np.delete(np.diff(np.eye(n_pre + n_post + 1), axis=0), n_pre, axis=1)
    largest = mbar * sign * changes[s]
    return np.vstack([changes[n_pre:] - largest, -changes[n_pre:] - largest])


@pytest.mark.parametrize("seed", range(6))
def test_the_largest_moment_is_the_optimum_of_the_linear_programme(seed: int) -> None:
    """Minimise eta over the differences in trends that leave the effect at theta, with HiGHS."""
    generator = np.random.default_rng(seed)
    n_pre, n_post = int(generator.integers(1, 4)), int(generator.integers(2, 5))
    betahat, sigma = generator.normal(size=n_pre + n_post), random_covariance(generator, n_pre + n_post)
    l_vec = generator.normal(size=n_post) if seed % 2 else np.eye(n_post)[seed % n_post]
    mbar = (0.0, 0.5, 1.7)[seed % 3]
    sets = list(largest_changes(sigma, n_pre, l_vec, mbar))
    pairs = [(s, sign) for s in range(n_pre) for sign in (1.0, -1.0)]
    assert len(sets) == len(pairs)
    for moments, (s, sign) in zip(sets, pairs, strict=True):
        A = inequalities(n_pre, n_post, s, sign, mbar)
        scale = np.sqrt(np.diag(A @ sigma @ A.T))
        for theta in (-1.0, 0.0, 2.0):
            solved = linprog(
                np.eye(1 + n_post)[0],
                A_ub=np.column_stack([-scale, -A[:, n_pre:]]),
                b_ub=-A @ betahat,
                A_eq=np.concatenate([[0.0], l_vec])[None],
                b_eq=[theta],
                bounds=(None, None),
            )
            assert moments.values(betahat, np.array([theta])).max() == pytest.approx(solved.fun, abs=1e-9)  # 4e-16 seen


def test_with_one_later_period_every_inequality_is_a_moment() -> None:
    """Nothing is nuisance then: earlier changes within the largest, the later one within mbar times it."""
    sigma, betahat = random_covariance(np.random.default_rng(3), 3), np.array([0.4, -0.7, 1.1])
    first, second, third = np.array([[-1, 1, 0], [0, -1, 0], [0, 0, 1.0]])
    sets = list(largest_changes(sigma, 2, np.array([2.0]), 0.5))
    assert len(sets) == 4
    for moments, largest in zip(sets, (first, -first, second, -second), strict=True):
        rows = [sign * row - largest for row in (first, second) for sign in (1, -1)]
        rows += [sign * third - 0.5 * largest for sign in (1, -1)]
        A = np.array([row for row in rows if row.any()])
        expected = A @ (betahat - [0, 0, 0.25]) / np.sqrt(np.diag(A @ sigma @ A.T))
        found = moments.values(betahat, np.array([0.5]))[:, 0]
        np.testing.assert_allclose(np.sort(found), np.sort(expected), rtol=1e-12)  # worst deviation seen 2e-16


def test_the_test_rejects_as_often_as_it_says_and_never_more() -> None:
    """At the edge of the restriction the chance is alpha, with both bounds or all moments at zero below it."""
    sigma = random_covariance(np.random.default_rng(2), 4)
    draws = seeded().standard_normal((40_000, 4)) @ np.linalg.cholesky(sigma).T
    shares = {}
    for case, trend in {"edge": [-40.0, -20.0, 20.0, 40.0], "centre": [0.0, 0.0, 0.0, 0.0]}.items():
        moments = next(largest_changes(sigma, 2, np.array([0.5, 0.5]), 1.0))
        limit = least_favourable_limit(moments, draws, 0.05)
        values = moments.directions @ (draws + trend).T - np.outer(moments.slopes, np.zeros(len(draws)))
        covariance = moments.directions @ sigma @ moments.directions.T
        shares[case] = 1 - accepted(values, covariance, limit, 0.05).mean()
    assert shares["edge"] == pytest.approx(0.05, abs=0.004)  # deviation seen 0.0013; standard error 0.0011
    assert 0 < shares["centre"] < 0.054


@pytest.mark.parametrize(
    ("covariance", "values", "alpha", "expected"),
    [
        ([[1, 0], [0, 1]], (2.0, -0.05), 0.05, False),  # P(Z > 2) / P(Z > -0.05) = 0.0437, below 0.0452
        ([[1, 0], [0, 1]], (2.0, 0.03), 0.05, True),  # P(Z > 2) / P(Z > 0.03) = 0.0466
        ([[1, 0.5], [0.5, 1]], (2.0, 0.98), 0.05, False),  # the second is largest below (0.98 - 1) / 0.5
        ([[1, 0.5], [0.5, 1]], (2.0, 1.01), 0.05, True),  # below (1.01 - 1) / 0.5: 0.0459
        ([[1, 2], [2, 5]], (2.0, -9.0), 0.0225, True),  # the second is largest above 4 + 9: 0.0228, above 0.0203
        ([[1, 2], [2, 5]], (2.0, 1.8), 0.0225, False),  # above 4 - 1.8: P(2 < Z < 2.2) / P(Z < 2.2) = 0.0090
        ([[1, 0], [0, 1]], (-0.1, -1.0), 0.05, True),  # nothing above zero
        ([[1, 0], [0, 1]], (9.0, -3.0), 0.05, False),  # beyond the first stage
    ],
)
def test_the_largest_moment_is_judged_where_it_would_stay_the_largest(
    covariance: list[list[float]], values: tuple[float, float], alpha: float, *, expected: bool
) -> None:
    found = accepted(np.array([values]).T, np.array(covariance, dtype=float), 8.0, alpha)
    assert found.tolist() == [expected]


def test_a_moment_without_variance_never_rejects() -> None:
    moments = Moments(directions=np.array([[0.0], [1.0]]), slopes=np.zeros(2))
    values = moments.values(np.array([-2.0]), np.zeros(1))
    assert accepted(values, np.diag([0.0, 1.0]), 3.0, 0.05).all()


@pytest.mark.parametrize("bias", [0.0, 1e-6, 0.3, 1.0, 2.5, 6.0])
def test_the_folded_normal_quantile_is_the_root_of_a_noncentral_chi_squared(bias: float) -> None:
    expected = np.sqrt(stats.ncx2.ppf(0.95, 1, bias**2)) if bias else stats.norm.ppf(0.975)
    assert folded_normal_quantile(bias, 0.05) == pytest.approx(expected, rel=1e-8)  # worst deviation seen 3e-15


@pytest.mark.parametrize("seed", range(5))
def test_the_penalty_path_is_optimal_at_every_knot(seed: int) -> None:
    """A minimum of x'Hx/2 + g'x + penalty |x|: each pull is the penalty with the sign of x, or less where x = 0."""
    generator = np.random.default_rng(seed)
    H, g = random_covariance(generator, 6), generator.normal(size=6)
    knots = penalty_path(H, g)
    assert len(knots) > 6
    np.testing.assert_allclose(knots[-1], -np.linalg.solve(H, g), rtol=1e-8)  # worst deviation seen 1e-14
    for x in knots:
        pull = -(g + H @ x)
        penalty = np.abs(pull).max()
        np.testing.assert_allclose(pull[x != 0], penalty * np.sign(x[x != 0]), atol=1e-9)  # worst deviation seen 7e-15


@pytest.mark.parametrize("m", [0.0, 0.05, 0.3, 2.0])
@pytest.mark.parametrize("n_pre", [2, 4])
def test_no_estimator_has_a_shorter_interval(n_pre: int, m: float) -> None:
    """The worst bias is a linear programme over differences in trends; the search starts from other weights."""
    generator = np.random.default_rng(n_pre)
    l_vec = np.array([1.0, -0.4, 0.7])
    sigma = random_covariance(generator, n_pre + 3) / 10
    found = shortest_interval(sigma, n_pre, l_vec, m, 0.05)
    trend = np.arange(-n_pre, 4)[np.arange(-n_pre, 4) != 0]
    assert found.weights @ trend == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(found.weights[n_pre:], l_vec)
    assert half_length(found.weights, sigma, n_pre, m) == pytest.approx(found.half_length, rel=1e-7)  # 2e-14 seen
    free = np.linalg.svd(np.abs(trend[None, :n_pre]))[2][1:].T
    for _ in range(3):
        begin = generator.normal(size=n_pre - 1) / 5
        other = minimize(
            lambda x: half_length(found.weights + np.append(free @ x, np.zeros(3)), sigma, n_pre, m),
            begin,
            method="Nelder-Mead",
            options={"maxfev": 120},
        )
        assert other.fun >= found.half_length * (1 - 1e-7)


def half_length(weights: Floats, sigma: Floats, n_pre: int, m: float) -> float:
    """Return half the interval around these weights, the worst bias found over differences in trends."""
    size = len(weights)
    curves = np.delete(np.diff(np.eye(size + 1), n=2, axis=0), n_pre, axis=1)
    worst = linprog(-weights, A_ub=np.vstack([curves, -curves]), b_ub=np.full(2 * len(curves), 1.0), bounds=(-1e3, 1e3))
    spread = float(np.sqrt(weights @ sigma @ weights))
    return spread * folded_normal_quantile(-m * worst.fun / spread, 0.05)


# --- refusals ------------------------------------------------------------------------------------------------

REPEATED = SIGMA.copy()
REPEATED[1] = REPEATED[0]
REPEATED[:, 1] = REPEATED[:, 0]
CROOKED = SIGMA + np.triu(np.full((5, 5), 0.01), 1)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"betahat": BETAHAT[:4]}, EstimationError, r"betahat has shape \(4,\)"),
        ({"sigma": SIGMA[:4]}, EstimationError, r"sigma has shape \(4, 5\)"),
        ({"l_vec": np.ones(3)}, EstimationError, r"l_vec has shape \(3,\)"),
        ({"l_vec": np.zeros(2)}, EstimationError, "2 zeros"),
        ({"betahat": BETAHAT * [1, np.nan, 1, 1, 1]}, EstimationError, "1 values of betahat are not finite"),
        ({"sigma": REPEATED}, EstimationError, "not positive definite"),
        ({"sigma": np.zeros((5, 5))}, EstimationError, "not positive definite"),
        ({"sigma": CROOKED}, EstimationError, "not symmetric"),
        ({"alpha": 0.0}, EstimationError, "alpha is 0"),
        ({"n_pre": 0}, NotIdentified, "0 coefficients before"),
        ({"n_post": 0}, NotIdentified, "0 since the start"),
        ({"mbar": -0.1}, EstimationError, "mbar is -0.1"),
        ({"mbar": np.inf}, EstimationError, "mbar is inf"),
        ({"draws": 199}, EstimationError, "199 draws"),
    ],
)
def test_what_cannot_be_computed_is_refused(changed: dict[str, Any], error: type[EstimationError], words: str) -> None:
    arguments = {"betahat": BETAHAT, "sigma": SIGMA, "mbar": 1.0, "generator": seeded(), **STUDY, **changed}
    with pytest.raises(error, match=words):
        relative_magnitudes(**arguments)


def test_smoothness_needs_a_change_of_slope_before_the_start() -> None:
    with pytest.raises(NotIdentified, match="needs 2 coefficients before the reference period and has 1"):
        smoothness(BETAHAT[:3], SIGMA[:3, :3], n_pre=1, n_post=2, m=0.1, l_vec=np.ones(2))


def test_smoothness_refuses_a_negative_bound() -> None:
    with pytest.raises(EstimationError, match="m is -1"):
        smoothness(BETAHAT, SIGMA, m=-1.0, **STUDY)


@pytest.mark.parametrize("upper", [0.0, -1.0, np.inf])
def test_a_breakdown_value_needs_an_end_of_its_search(upper: float) -> None:
    with pytest.raises(EstimationError, match="needs a positive end"):
        breakdown(BETAHAT, SIGMA, generator=seeded(), upper=upper, **STUDY)
