"""The combined restriction, breakdown values of every restriction, and the interface on plain arrays."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linprog

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.honest_did import (
    DRAWS,
    SEED,
    UPPER,
    Restriction,
    breakdown,
    original,
    relative_magnitudes,
    relative_smoothness,
    smoothness,
)
from stoeval.inference.largest_changes import largest_changes
from stoeval.inference.moment_inequalities import accepted, least_favourable_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stoeval.inference.honest_did import RobustInterval

    Floats = NDArray[np.float64]

BETAHAT = [-0.3, 0.4, -0.2, 2.0, 2.6]
SIGMA = (0.09 * (0.5 + 0.5 * np.eye(5))).tolist()
STUDY: dict[str, Any] = {"betahat": BETAHAT, "sigma": SIGMA, "n_pre": 3, "n_post": 2, "l_vec": [0.5, 0.5]}
CONDITIONAL = (0.05 - 0.005) / (1 - 0.005)
RELATIVE: dict[Restriction, Callable[..., RobustInterval]] = {
    Restriction.RELATIVE_MAGNITUDES: relative_magnitudes,
    Restriction.RELATIVE_SMOOTHNESS: relative_smoothness,
}


def ends(interval: RobustInterval) -> Floats:
    return np.array([interval.ci_low, interval.ci_high])


# --- both combined, by hand and by a programme --------------------------------------------------------------------


@pytest.mark.parametrize("mbar", [0.5, 1.0, 2.0])
def test_a_bent_start_widens_the_extrapolation_by_mbar_times_the_bend(mbar: float) -> None:
    """Coefficients 10 and 0 bend by 10 at the period before the reference; the slope into it is 0.

    The bend before is b = b1 - 2 b2, that at the start a = theta-free b3 + b2; the upper bound a - theta <= mbar b
    has direction (-mbar, 1 + 2 mbar, 1). Its sign is certain, so the second stage is cut off at c as in one period.
    """
    betahat, sigma = np.array([10.0, 0.0, 3.0]), 0.01 * np.eye(3)
    found = relative_smoothness(betahat, sigma, 2, 1, mbar, [1.0])
    low, high = np.array([-mbar, 1 + 2 * mbar, 1.0]), np.array([-mbar, -1 + 2 * mbar, -1.0])
    draws = np.random.default_rng(SEED).standard_normal((DRAWS, 3)) / 10
    further = np.array([-2.0, 4, 0])
    rows = np.array([low, high, further])
    scale = np.sqrt((rows**2).sum(axis=1)) / 10
    beyond = stats.norm.sf(np.quantile((draws @ rows.T / scale).max(axis=1), 0.995))
    half = stats.norm.isf(beyond + CONDITIONAL * (1 - beyond)) * scale
    expected = [3 - mbar * 10 - half[0], 3 + mbar * 10 + half[1]]
    np.testing.assert_allclose(ends(found), expected, atol=3e-6)  # worst deviation seen 5e-7


def test_a_straight_start_alone_leaves_the_extrapolation() -> None:
    """At mbar zero no slope changes: the effect in the first period is b3 - (-b2), that in the second b4 - (-2 b2)."""
    betahat, sigma = np.array([4.0, 2.0, 5.0, 9.0]), 1e-8 * np.eye(4)
    for weights, effect in (([1.0, 0.0], 5 + 2), ([0.0, 1.0], 9 + 4), ([0.5, 0.5], 10)):
        found = relative_smoothness(betahat, sigma, 2, 2, 0.0, weights)
        np.testing.assert_allclose(ends(found), [effect, effect], atol=1e-3)  # standard errors up to 2.2e-4


@pytest.mark.parametrize("seed", range(6))
def test_the_largest_moment_is_the_optimum_of_the_linear_programme(seed: int) -> None:
    """Minimise eta over the differences in trends that leave the effect at theta, with HiGHS."""
    generator = np.random.default_rng(seed)
    n_pre, n_post = int(generator.integers(2, 5)), int(generator.integers(2, 5))
    size = n_pre + n_post
    root = generator.normal(size=(size, size + 2))
    betahat, sigma = generator.normal(size=size), root @ root.T / size
    l_vec = generator.normal(size=n_post) if seed % 2 else np.eye(n_post)[seed % n_post]
    mbar = (0.0, 0.5, 1.7)[seed % 3]
    bends = np.delete(np.diff(np.eye(size + 1), n=2, axis=0), n_pre, axis=1)
    sets = list(largest_changes(sigma, n_pre, l_vec, mbar, 2))
    pairs = [(s, sign) for s in range(n_pre - 1) for sign in (1.0, -1.0)]
    assert len(sets) == len(pairs)
    for moments, (s, sign) in zip(sets, pairs, strict=True):
        largest = mbar * sign * bends[s]
        A = np.vstack([bends[n_pre - 1 :] - largest, -bends[n_pre - 1 :] - largest])
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
            assert moments.values(betahat, np.array([theta])).max() == pytest.approx(solved.fun, abs=1e-9)


def test_the_test_rejects_as_often_as_it_says_at_the_edge_of_the_combined_restriction() -> None:
    """A line with one large bend before the start, and two as large since: one bound alone is near its edge.

    It passes the limit, made for all moments together, with chance k, and the second stage with size (1 - k).
    """
    root = np.random.default_rng(2).normal(size=(5, 7))
    sigma = root @ root.T / 5
    draws = np.random.default_rng(7).standard_normal((40_000, 5)) @ np.linalg.cholesky(sigma).T
    moments = next(largest_changes(sigma, 3, np.array([0.5, 0.5]), 1.0, 2))
    limit = least_favourable_limit(moments, draws, 0.05)
    # Periods -3 to 2: bends of 40 at -2, none at -1, 40 at 0 and 40 at 1, the reference at zero.
    values = moments.values(np.array([40.0, 0.0, 0.0, 40.0, 120.0]), np.zeros(1)) + moments.directions @ draws.T
    share = 1 - accepted(values, moments.covariance(sigma), limit, 0.05).mean()
    beyond = stats.norm.sf(limit / np.sqrt(moments.covariance(sigma)[0, 0]))
    expected = beyond + CONDITIONAL * (1 - beyond)
    assert share == pytest.approx(expected, abs=0.004)  # deviation seen 0.0010; standard error 0.0011


# --- properties of every restriction ------------------------------------------------------------------------------


def test_a_straight_difference_in_trends_changes_the_combined_interval_by_nothing_but_itself() -> None:
    """A line through the reference added to all coefficients leaves every bend as it was."""
    line = 0.8 * np.array([-3, -2, -1, 1, 2])
    moved = relative_smoothness(np.array(BETAHAT) + line, SIGMA, 3, 2, 1.0, [0.5, 0.5])
    np.testing.assert_allclose(ends(moved), ends(relative_smoothness(mbar=1.0, **STUDY)), atol=1e-5)


@pytest.mark.parametrize("interval", RELATIVE.values())
def test_relative_intervals_scale_and_turn_with_the_outcome(interval: Callable[..., RobustInterval]) -> None:
    here = ends(interval(mbar=1.0, **STUDY))
    turned = interval(mbar=1.0, **{**STUDY, "l_vec": [-0.5, -0.5]})
    np.testing.assert_allclose(ends(turned), -here[::-1], atol=1e-5)
    larger = interval(mbar=1.0, **{**STUDY, "betahat": 8 * np.array(BETAHAT), "sigma": 64 * np.array(SIGMA)})
    np.testing.assert_allclose(ends(larger), 8 * here, rtol=1e-8)


@pytest.mark.parametrize("l_vec", [[1.0, 0.0], [0.5, 0.5], [-1.0, 1.0]])
def test_combined_intervals_widen_with_the_bound(l_vec: list[float]) -> None:
    found = np.array([ends(relative_smoothness(BETAHAT, SIGMA, 3, 2, mbar, l_vec)) for mbar in (0, 0.5, 1, 2)])
    assert (np.diff(found[:, 0]) < 0).all()
    assert (np.diff(found[:, 1]) > 0).all()


# --- breakdown values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restriction", RELATIVE)
def test_a_relative_breakdown_value_is_where_its_interval_reaches_zero(restriction: Restriction) -> None:
    study = {**STUDY, "betahat": [-0.3, 0.0, -0.2, 4.0, 7.0]}
    found = breakdown(**study, restriction=restriction)
    assert found.restriction is restriction
    assert found.bound == found.mbar > 0
    assert (found.upper, found.is_capped) == (UPPER, False)
    low = [RELATIVE[restriction](mbar=found.bound + step, **study).ci_low for step in (-1e-3, 1e-3)]
    assert low[0] > 0 > low[1]


@pytest.mark.parametrize("sign", [1, -1])
def test_the_breakdown_value_of_smoothness_is_where_its_interval_reaches_zero(sign: int) -> None:
    study = {**STUDY, "betahat": sign * np.array(BETAHAT)}
    found = breakdown(**study, restriction=Restriction.SMOOTHNESS)
    assert not found.is_capped
    inner, outer = (smoothness(m=found.bound * share, **study) for share in (0.999, 1.001))
    assert inner.ci_low * inner.ci_high > 0 > outer.ci_low * outer.ci_high


def test_the_breakdown_value_of_smoothness_is_in_units_of_the_outcome() -> None:
    larger = {**STUDY, "betahat": 8 * np.array(BETAHAT), "sigma": 64 * np.array(SIGMA)}
    here, there = (breakdown(**study, restriction=Restriction.SMOOTHNESS).bound for study in (STUDY, larger))
    assert there == pytest.approx(8 * here, rel=1e-6)


@pytest.mark.parametrize("restriction", Restriction)
def test_a_search_that_ends_early_says_so(restriction: Restriction) -> None:
    study = {**STUDY, "betahat": [-0.3, 0.0, -0.2, 4.0, 7.0]}
    found = breakdown(**study, restriction=restriction, upper=0.01)
    assert (found.bound, found.upper, found.is_capped) == (0.01, 0.01, True)


@pytest.mark.parametrize("restriction", Restriction)
def test_an_effect_that_is_not_significant_breaks_down_at_zero(restriction: Restriction) -> None:
    found = breakdown([-0.3, 0.4, -0.2, 0.02, 0.02], SIGMA, 3, 2, [0.5, 0.5], restriction=restriction)
    assert (found.bound, found.is_capped) == (0.0, False)


# --- the interface ----------------------------------------------------------------------------------------------


def test_lists_by_position_and_arrays_by_name_give_the_same() -> None:
    arrays = {name: np.array(part) if isinstance(part, list) else part for name, part in STUDY.items()}
    assert astuple(relative_magnitudes(BETAHAT, SIGMA, 3, 2, 1.0, [0.5, 0.5], 0.1)) == astuple(
        relative_magnitudes(mbar=1.0, alpha=0.1, **arrays)
    )
    assert astuple(relative_smoothness(BETAHAT, SIGMA, 3, 2, 1.0, [0.5, 0.5], 0.1)) == astuple(
        relative_smoothness(mbar=1.0, alpha=0.1, **arrays)
    )
    assert astuple(smoothness(BETAHAT, SIGMA, 3, 2, 0.1, [0.5, 0.5], 0.1)) == astuple(
        smoothness(m=0.1, alpha=0.1, **arrays)
    )
    assert astuple(original(BETAHAT, SIGMA, 3, 2, [0.5, 0.5], 0.1)) == astuple(original(alpha=0.1, **arrays))
    assert astuple(breakdown(BETAHAT, SIGMA, 3, 2, [0.5, 0.5], 0.1)) == astuple(breakdown(alpha=0.1, **arrays))


def test_a_column_is_a_vector() -> None:
    column = np.array([[0.5], [0.5]])
    assert astuple(original(**{**STUDY, "l_vec": column})) == astuple(original(**STUDY))


def test_without_a_generator_numbers_come_back() -> None:
    """Whatever else draws in between, and equal to a generator with the documented seed."""
    first = relative_magnitudes(mbar=1.0, **STUDY)
    np.random.default_rng().standard_normal(10)
    seeded = relative_magnitudes(mbar=1.0, generator=np.random.default_rng(SEED), **STUDY)
    assert astuple(first) == astuple(relative_magnitudes(mbar=1.0, **STUDY)) == astuple(seeded)


CHOICES: list[dict[str, Any]] = [
    {"alpha": 0.1},
    {"generator": 5},
    {"draws": 2000},
    {"l_vec": [1.0, 0.0]},
    {"mbar": 0.7},
]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
@pytest.mark.parametrize("interval", RELATIVE.values())
def test_every_choice_changes_the_interval(interval: Callable[..., RobustInterval], choice: dict[str, Any]) -> None:
    if "generator" in choice:
        choice = {"generator": np.random.default_rng(choice["generator"])}
    default, other = interval(**STUDY, mbar=1.0), interval(**{**STUDY, "mbar": 1.0, **choice})
    assert (ends(default) != ends(other)).all()


@pytest.mark.parametrize("choice", [{"alpha": 0.1}, {"l_vec": [1.0, 0.0]}, {"m": 0.2}], ids=str)
def test_every_choice_changes_the_interval_of_smoothness(choice: dict[str, Any]) -> None:
    default, other = smoothness(**STUDY, m=0.1), smoothness(**{**STUDY, "m": 0.1, **choice})
    assert (ends(default) != ends(other)).all()


@pytest.mark.parametrize("choice", [{"alpha": 0.1}, {"l_vec": [1.0, 0.0]}], ids=str)
def test_every_choice_changes_the_original_interval(choice: dict[str, Any]) -> None:
    assert (ends(original(**STUDY)) != ends(original(**{**STUDY, **choice}))).all()


@pytest.mark.parametrize("restriction", RELATIVE)
def test_every_choice_changes_the_breakdown_value(restriction: Restriction) -> None:
    study = {**STUDY, "betahat": [-0.3, 0.0, -0.2, 4.0, 7.0], "restriction": restriction}
    found = {breakdown(**study).bound}
    for choice in ({"alpha": 0.1}, {"generator": np.random.default_rng(5)}, {"draws": 2000}, {"upper": 0.01}):
        found.add(breakdown(**study, **choice).bound)
    assert len(found) == 5


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"generator": np.random.default_rng(1)}, "no matter of chance"),
        ({"draws": 1000}, "no matter of chance"),
        ({"upper": -1.0}, "positive end"),
        ({"restriction": "monotonicity"}, "no restriction 'monotonicity'; choose one of"),
    ],
)
def test_a_choice_that_would_do_nothing_is_refused(choice: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        breakdown(**{**STUDY, "restriction": Restriction.SMOOTHNESS, **choice})


def test_no_draws_are_too_few() -> None:
    with pytest.raises(EstimationError, match="0 draws"):
        breakdown(**STUDY, draws=0)


def test_the_combined_restriction_needs_a_change_of_slope_before_the_start() -> None:
    short: dict[str, Any] = {"betahat": [0.1, 1.0], "sigma": np.eye(2), "n_pre": 1, "n_post": 1, "l_vec": [1.0]}
    with pytest.raises(NotIdentified, match="relative smoothness needs 2 coefficients"):
        relative_smoothness(mbar=1.0, **short)
    for restriction in (Restriction.SMOOTHNESS, Restriction.RELATIVE_SMOOTHNESS):
        with pytest.raises(NotIdentified, match="or add an earlier period"):
            breakdown(**short, restriction=restriction)
    assert breakdown(**short).bound == 0.0


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"n_pre": 0}, "add a period"),
    ({"betahat": BETAHAT[:3]}, "give the coefficients in order of time"),
    ({"betahat": [np.nan, 0.4, -0.2, 2.0, 2.6]}, "leave periods without an estimate out"),
    ({"sigma": np.triu(SIGMA)}, "give it as estimated"),
    ({"sigma": np.ones((5, 5))}, "study fewer periods or cluster on smaller units"),
    ({"l_vec": [0.0, 0.0]}, "give the weight of each period"),
    ({"alpha": 1.0}, "give a value between"),
]


@pytest.mark.parametrize(("changed", "words"), REFUSALS)
def test_every_refusal_says_what_to_do(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        original(**{**STUDY, **changed})


def test_fewer_clusters_than_coefficients_are_seen_behind_rounding() -> None:
    """Four clusters give five coefficients a covariance of rank four, up to rounding."""
    moments = np.random.default_rng(3).normal(size=(4, 5))
    with pytest.raises(EstimationError, match="fewer clusters than coefficients"):
        original(**{**STUDY, "sigma": moments.T @ moments})
