"""Resampling from cross-products against the same worked out row by row, and against other engines.

The wild bootstrap is repeated by refitting every draw on the rows, for every combination of weights on small
panels. Every tolerance stands beside the worst deviation seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from stoeval.inference.clustering import crv1, crv3
from stoeval.inference.equivalence import equivalence_bound, equivalence_test
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.pre_trends import PreTest, pre_trend_power
from stoeval.inference.randomization import randomization_test, studentised_slope
from stoeval.inference.wild_bootstrap import Counting, Variant, Weights, wild_cluster_bootstrap

STATISTIC = 1e-11  # worst deviation seen 9e-16, relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A panel with unit effects within clusters and year effects across them, as rows."""

    outcome: np.ndarray
    regressors: np.ndarray
    cluster: np.ndarray
    unit: np.ndarray
    year: np.ndarray

    def fitted(self) -> Fit:
        return fit(
            self.outcome,
            self.regressors,
            names=("dose", "other"),
            cluster=self.cluster,
            nested=[self.unit],
            crossed=[self.year],
        )


@cache
def rows(clusters: int, seed: int = 3) -> Rows:
    """Return clusters of one to three units in four years, each cluster treated to its own dose."""
    generator = np.random.default_rng(seed)
    home = np.repeat(np.arange(clusters), 1 + np.arange(clusters) % 3)
    unit, year = np.repeat(np.arange(len(home)), 4), np.tile(np.arange(4), len(home))
    cluster = home[unit]
    dose = generator.lognormal(size=clusters)[cluster] * (year > 1)
    regressors = np.column_stack([dose, generator.normal(size=len(unit))])
    shock = generator.normal(size=(clusters, 4))[cluster, year]
    outcome = 0.5 * dose + shock + generator.normal(size=len(unit))
    return Rows(outcome=outcome, regressors=regressors, cluster=cluster, unit=unit, year=year)


def without_unit_means(panel: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return outcome and design, years as dummies, less their unit means."""
    raw = np.column_stack([panel.outcome, panel.regressors, np.eye(4)[panel.year][:, 1:]])
    means = np.array([raw[panel.unit == unit].mean(axis=0) for unit in range(panel.unit.max() + 1)])
    centred = raw - means[panel.unit]
    return centred[:, 0], centred[:, 1:]


def least_squares(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(X, y, rcond=None)[0]


def restricted_coefficients(X: np.ndarray, y: np.ndarray, c: tuple[float, float], null: float) -> np.ndarray:
    """Solve c0 b0 + c1 b1 = null for b0 and regress on what is left."""
    rest = np.column_stack([X[:, 1] - c[1] / c[0] * X[:, 0], X[:, 2:]])
    found = least_squares(rest, y - null / c[0] * X[:, 0])
    return np.concatenate([[(null - c[1] * found[0]) / c[0]], found])


def t_by_rows(
    X: np.ndarray, y: np.ndarray, cluster: np.ndarray, c: tuple[float, float], null: float, *, jackknife: bool
) -> float:
    """Return the t statistic of a combination; CRV1 without its factor, or the sum of the jackknife."""
    weights = np.array([*c, *[0.0] * (X.shape[1] - 2)])
    found = least_squares(X, y)
    groups = range(int(cluster.max()) + 1)
    if jackknife:
        others = [least_squares(X[cluster != g], y[cluster != g]) for g in groups]
        variance = sum(float(weights @ (other - found)) ** 2 for other in others)
    else:
        residual, bread = y - X @ found, np.linalg.inv(X.T @ X)
        variance = sum(float(weights @ bread @ X[cluster == g].T @ residual[cluster == g]) ** 2 for g in groups)
    return float((weights @ found - null) / np.sqrt(variance))


def t_of_all_draws(
    panel: Rows, c: tuple[float, float], null: float, variant: Variant, *, restricted: bool
) -> tuple[float, np.ndarray]:
    """Return the t of the sample and of each combination of Rademacher weights, every draw refitted on rows."""
    y, X = without_unit_means(panel)
    groups = range(int(panel.cluster.max()) + 1)

    def estimated(keep: np.ndarray) -> np.ndarray:
        return restricted_coefficients(X[keep], y[keep], c, null) if restricted else least_squares(X[keep], y[keep])

    start = estimated(np.ones(len(y), dtype=bool))
    residual = y - X @ start
    if variant.startswith("3"):
        left_out = np.array([estimated(panel.cluster != g) for g in groups])
        residual = y - (X * left_out[panel.cluster]).sum(axis=1)
    jackknife = variant.endswith("3")
    centre = null if restricted else float(np.dot(c, start[:2]))
    drawn = [
        t_by_rows(X, X @ start + np.array(v)[panel.cluster] * residual, panel.cluster, c, centre, jackknife=jackknife)
        for v in product([-1.0, 1.0], repeat=len(groups))
    ]
    return t_by_rows(X, y, panel.cluster, c, null, jackknife=jackknife), np.array(drawn)


def shares(sample: float, drawn: np.ndarray) -> tuple[float, float]:
    """Return the share of draws at least as far as the sample, which is one of them, and strictly farther.

    Weights of one give back the sample where scores are plain and made under the null; otherwise it is added.
    """
    beyond = np.abs(drawn) >= abs(sample) * (1 - 1e-8)
    added = int(not np.isclose(drawn, sample, rtol=1e-8, atol=0).any())
    strictly = np.abs(drawn) > abs(sample) * (1 + 1e-8)
    return float((beyond.sum() + added) / (len(drawn) + added)), float(strictly.mean())


# --- wild cluster bootstrap -----------------------------------------------------------------------------------


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize(("combination", "null"), [((1.0, 0.0), 0.0), ((1.0, -2.0), 0.3)])
def test_all_combinations_of_weights_give_the_p_value_of_every_refit(
    variant: Variant, combination: tuple[float, float], null: float, *, restricted: bool
) -> None:
    panel = rows(7)
    sample, drawn = t_of_all_draws(panel, combination, null, variant, restricted=restricted)
    found = [
        wild_cluster_bootstrap(
            panel.fitted(),
            np.array(combination),
            generator=np.random.default_rng(1),
            null=null,
            variant=variant,
            restricted=restricted,
            weights=Weights.RADEMACHER,
            counting=counting,
            level=0.8,
        )
        for counting in (Counting.WITH_SAMPLE, Counting.STRICT)
    ]
    assert [test.p_value for test in found] == list(shares(sample, drawn))
    assert all(test.enumerated and test.draws == 128 for test in found)


def test_absorbed_unit_effects_are_the_dummies_refitted_in_every_draw() -> None:
    """Unit and year dummies as columns, nothing absorbed: the answer may not change."""
    panel = rows(6)
    X = np.column_stack([panel.regressors, np.eye(panel.unit.max() + 1)[panel.unit], np.eye(4)[panel.year][:, 1:]])
    start = restricted_coefficients(X, panel.outcome, (1.0, 0.0), 0.0)
    residual = panel.outcome - X @ start
    drawn = [
        t_by_rows(X, X @ start + np.array(v)[panel.cluster] * residual, panel.cluster, (1.0, 0.0), 0.0, jackknife=False)
        for v in product([-1.0, 1.0], repeat=6)
    ]
    sample = t_by_rows(X, panel.outcome, panel.cluster, (1.0, 0.0), 0.0, jackknife=False)
    found = wild_cluster_bootstrap(
        panel.fitted(),
        np.array([1.0, 0.0]),
        generator=np.random.default_rng(1),
        weights=Weights.RADEMACHER,
        level=0.8,
    )
    assert found.p_value == shares(sample, np.array(drawn))[0]


def test_ten_clusters_differ_between_the_two_ways_of_counting_by_the_sample_and_its_mirror() -> None:
    """1,024 combinations, of which all plus and all minus repeat the sample under the null."""
    panel = rows(10)
    sample, drawn = t_of_all_draws(panel, (1.0, 0.0), 0.0, Variant.CLASSIC, restricted=True)
    with_sample, strict = (
        wild_cluster_bootstrap(
            panel.fitted(),
            np.array([1.0, 0.0]),
            generator=np.random.default_rng(1),
            weights=Weights.RADEMACHER,
            counting=counting,
        ).p_value
        for counting in (Counting.WITH_SAMPLE, Counting.STRICT)
    )
    assert (with_sample, strict) == shares(sample, drawn)
    assert with_sample - strict == 2 / 1024


@pytest.mark.parametrize("variant", list(Variant))
def test_the_statistic_is_the_one_of_the_covariance_it_names(variant: Variant) -> None:
    found = rows(14).fitted()
    covariance = crv3(found) if variant.endswith("3") else crv1(found)
    combination = np.array([1.0, -2.0])
    expected = combination @ found.coefficients / np.sqrt(combination @ covariance.matrix @ combination)
    test = wild_cluster_bootstrap(found, combination, generator=np.random.default_rng(1), draws=199, variant=variant)
    assert test.statistic == pytest.approx(expected, rel=STATISTIC)


# --- randomization --------------------------------------------------------------------------------------------


def test_the_slope_on_changes_is_the_regression_with_stratum_effects_and_its_crv1() -> None:
    generator = np.random.default_rng(5)
    cluster = np.repeat(np.arange(12), 1 + np.arange(12) % 4)
    strata = np.arange(12) % 3
    change, weights = generator.normal(size=len(cluster)), generator.uniform(1, 9, size=len(cluster))
    dose = generator.lognormal(size=12)
    found = fit(
        change,
        dose[cluster][:, None],
        names=("dose",),
        cluster=cluster,
        crossed=[strata[cluster]],
        weights=weights,
    )
    expected = found.coefficients[0] / np.sqrt(crv1(found).matrix[0, 0])
    assert studentised_slope(change, cluster, strata=strata, weights=weights)(dose) == pytest.approx(
        expected, rel=STATISTIC
    )


def test_choosing_three_of_eight_is_the_permutation_test_over_all_56_choices() -> None:
    """Refits by hand for each choice: the Welch-like t of two groups of clusters, one unit each."""
    change = np.random.default_rng(8).normal(size=8)
    t_of = studentised_slope(change, np.arange(8))
    statistics = []
    for chosen in combinations(range(8), 3):
        treated = np.isin(np.arange(8), chosen)
        here, there = change[treated], change[~treated]
        variance = here.var() / 3 + there.var() / 5
        statistics.append((here.mean() - there.mean()) / np.sqrt(variance * 8 / 7 * 7 / 6))
    sample = np.isin(np.arange(8), (0, 1, 2)).astype(float)
    found = randomization_test(sample, t_of, generator=np.random.default_rng(1))
    assert found.draws == comb(8, 3)
    assert found.statistic == pytest.approx(statistics[0], rel=STATISTIC)
    assert found.p_value == np.mean(np.abs(statistics) >= abs(statistics[0]) * (1 - 1e-9))


# --- equivalence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [(-0.5, 0.5), (-0.1, 0.2), (0.3, 0.9)])
def test_two_one_sided_tests_are_those_of_statsmodels(low: float, high: float) -> None:
    sample = DescrStatsW(np.random.default_rng(4).normal(0.1, 1, size=40))
    p_value, (t_low, p_low, df), (_, p_high, _) = sample.ttost_mean(low, high)
    found = equivalence_test(float(sample.mean), float(sample.std_mean), df, low=low, high=high)
    assert [found.p_value, found.p_above_low, found.p_below_high] == pytest.approx(
        [p_value, p_low, p_high],
        rel=1e-9,  # none seen
    )
    assert (found.effect - low) / float(sample.std_mean) == pytest.approx(t_low, rel=1e-12)


def test_statsmodels_concludes_at_the_equivalence_bound_and_not_below_it() -> None:
    sample = DescrStatsW(np.random.default_rng(4).normal(0.1, 1, size=40))
    bound = equivalence_bound(float(sample.mean), float(sample.std_mean), 39)
    assert sample.ttost_mean(-bound, bound)[0] == pytest.approx(0.05, rel=1e-9)  # worst deviation seen 1e-15


# --- pre-trends -----------------------------------------------------------------------------------------------


def test_power_of_several_pre_coefficients_is_one_minus_the_mass_of_the_acceptance_box() -> None:
    """Box probability by scipy's integration of the multivariate normal; within five Monte-Carlo errors."""
    times = np.array([-3.0, -2.0, -1.0, 1.0])
    covariance = 0.5 * np.eye(4) + 0.5
    half = stats.norm.ppf(0.975) * np.ones(3)
    normal = stats.multivariate_normal(0.6 * times[:3], covariance[:3, :3])
    expected = 1 - normal.cdf(half, lower_limit=-half)
    found = pre_trend_power(covariance, times, 0.6, generator=np.random.default_rng(1))
    assert found.power == pytest.approx(expected, abs=5 * np.sqrt(expected * (1 - expected) / found.draws))


def test_power_of_the_joint_pre_test_is_the_share_of_draws_that_its_own_region_rejects() -> None:
    times = np.array([-3.0, -2.0, -1.0, 1.0])
    covariance = 0.5 * np.eye(4) + 0.5
    found = pre_trend_power(covariance, times, 0.6, generator=np.random.default_rng(1), pre_test=PreTest.JOINT)
    drawn = np.random.default_rng(2).multivariate_normal(0.6 * times[:3], covariance[:3, :3], size=100_000)
    inverse = np.linalg.inv(covariance[:3, :3])
    share = (np.einsum("di,ij,dj->d", drawn, inverse, drawn) > stats.chi2.ppf(0.95, 3)).mean()
    assert found.power == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / 100_000))
