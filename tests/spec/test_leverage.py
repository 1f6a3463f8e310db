"""Leverage and effective clusters: by hand on means of unequal clusters, and by the hat matrix of all dummies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.errors import EstimationError
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.leverage import diagnose, effective_clusters

EXACT = 1e-12  # worst deviation seen 3e-16


def mean_of(sizes: tuple[int, ...], weights: list[float] | None = None) -> Fit:
    """Return the mean of outcomes 0, 1, 2, … over clusters of these sizes."""
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    n = len(cluster)
    chosen = None if weights is None else np.array(weights)
    return fit(np.arange(n) * 1.0, np.ones(n), names=("mean",), cluster=cluster, weights=chosen)


def test_of_a_mean_leverage_is_the_share_of_the_rows() -> None:
    """Sizes 1, 2, 3: shares 1/6, 1/3, 1/2 with standard deviation half their mean; G* = 36/14 and 14^2/98."""
    found = diagnose(mean_of((1, 2, 3)), np.ones(1))
    assert found.leverage == pytest.approx([1 / 6, 1 / 3, 1 / 2], rel=EXACT)
    assert found.partial_leverage == pytest.approx([1 / 6, 1 / 3, 1 / 2], rel=EXACT)
    assert (found.leverage_variation, found.partial_leverage_variation) == pytest.approx((0.5, 0.5), rel=EXACT)
    assert found.effective_clusters == pytest.approx(36 / 14, rel=EXACT)
    assert found.effective_clusters_correlated == pytest.approx(2, rel=EXACT)
    assert found.n_clusters == 3


def test_of_a_mean_influence_is_what_moves_without_a_cluster() -> None:
    """The mean of 0 to 5 is 2.5; without each cluster 3, 3 and 1, with standard deviation 2 / sqrt(3)."""
    found = diagnose(mean_of((1, 2, 3)), np.ones(1))
    assert found.effect == pytest.approx(2.5, rel=EXACT)
    assert found.without == pytest.approx([3, 3, 1], rel=EXACT)
    assert found.influence == pytest.approx([-0.5, -0.5, 1.5], rel=EXACT)
    assert found.influence_variation == pytest.approx(np.sqrt(4 / 3) / 2.5, rel=EXACT)


def test_equal_clusters_are_all_effective() -> None:
    found = diagnose(mean_of((4, 4, 4, 4, 4)), np.ones(1))
    assert found.effective_clusters == pytest.approx(5, rel=EXACT)
    assert found.effective_clusters_correlated == pytest.approx(5, rel=EXACT)
    assert found.partial_leverage_variation == pytest.approx(0, abs=EXACT)


def test_one_cluster_with_everything_is_one_effective_cluster() -> None:
    assert effective_clusters(np.array([0.0, 7.0, 0.0])) == pytest.approx(1, rel=EXACT)


def test_effective_clusters_are_the_clusters_deflated_by_their_variation() -> None:
    """G / (1 + V) with V the squared coefficient of variation (Carter, Schnepel and Steigerwald 2017)."""
    variances = np.random.default_rng(1).gamma(0.7, size=78)
    expected = 78 / (1 + variances.var() / variances.mean() ** 2)
    assert effective_clusters(variances) == pytest.approx(expected, rel=EXACT)


def test_weights_count_as_rows_in_leverage_and_leave_the_correlated_count_undefined() -> None:
    found = diagnose(mean_of((1, 1, 1), [1.0, 2.0, 3.0]), np.ones(1))
    assert found.leverage == pytest.approx([1 / 6, 1 / 3, 1 / 2], rel=EXACT)
    assert found.effective_clusters_correlated is None


def test_leverage_beside_absorbed_effects_is_that_of_all_dummies_less_their_own() -> None:
    """The trace of the hat matrix over a cluster, less one for each of its units; partial leverage by residualising."""
    generator = np.random.default_rng(4)
    unit, year = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    cluster = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 3])[unit]
    x = generator.normal(size=(40, 2))
    found = fit(generator.normal(size=40), x, names=("a", "b"), cluster=cluster, nested=[unit], crossed=[year])
    columns = np.column_stack([x, np.eye(10)[unit], np.eye(4)[year][:, 1:]])
    hat = np.diag(columns @ np.linalg.solve(columns.T @ columns, columns.T))
    own = np.bincount(cluster, weights=hat) - [4, 3, 2, 1]
    rest = np.delete(columns, 1, axis=1)
    cleaned = x[:, 1] - rest @ np.linalg.lstsq(rest, x[:, 1])[0]
    partial = np.bincount(cluster, weights=cleaned**2) / (cleaned @ cleaned)
    diagnosed = diagnose(found, np.array([0.0, 1.0]))
    assert diagnosed.leverage == pytest.approx(own, rel=1e-10)  # worst deviation seen 2e-15
    assert diagnosed.partial_leverage == pytest.approx(partial, rel=1e-10)  # worst deviation seen 2e-15
    assert diagnosed.effective_clusters_correlated is None
    refits = []
    for left_out in range(4):
        kept = cluster != left_out
        solution = np.linalg.lstsq(columns[kept], (found.residual + x @ found.coefficients)[kept])[0]
        refits.append(solution[1])
    assert diagnosed.without == pytest.approx(refits, rel=1e-10)  # worst deviation seen 2e-15


def test_correlated_clusters_count_by_the_sums_of_the_cleaned_regressor() -> None:
    """Without absorbed effects: (sum over the rows of a cluster of the cleaned regressor)^2."""
    generator = np.random.default_rng(5)
    cluster = np.repeat(np.arange(5), [2, 4, 6, 8, 10])
    x, control = generator.normal(size=(2, 30))
    found = fit(generator.normal(size=30), x, names=("x",), cluster=cluster, controls=control)
    rest = np.column_stack([np.ones(30), control])
    cleaned = x - rest @ np.linalg.lstsq(rest, x)[0]
    expected = effective_clusters(np.bincount(cluster, weights=cleaned) ** 2)
    assert diagnose(found, np.ones(1)).effective_clusters_correlated == pytest.approx(
        expected, rel=1e-10
    )  # deviation seen 1e-16


def test_a_cluster_that_identifies_alone_has_all_the_leverage_and_no_jackknife() -> None:
    unit = np.repeat(np.arange(4), 2)
    x = np.array([0.0, 0, 0, 0, 0, 1, 0, 0])
    found = fit(np.array([1.0, 2, 1, 4, 0, 3, 2, 8]), x, names=("x",), cluster=unit, nested=[unit])
    diagnosed = diagnose(found, np.ones(1))
    assert diagnosed.partial_leverage == pytest.approx([0, 0, 1, 0], abs=EXACT)
    assert diagnosed.effective_clusters == pytest.approx(1, rel=EXACT)
    assert (diagnosed.without, diagnosed.influence, diagnosed.influence_variation) == (None, None, None)


def test_nothing_to_diagnose_and_effects_that_link_clusters_are_refused() -> None:
    found = mean_of((1, 2, 3))
    with pytest.raises(EstimationError, match="all 1 weights of the combination are zero"):
        diagnose(found, np.zeros(1))
    with pytest.raises(EstimationError, match="absorbed effects run across clusters"):
        diagnose(replace(found, jackknife_exact=False), np.ones(1))
