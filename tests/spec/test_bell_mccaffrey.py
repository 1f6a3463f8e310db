"""CRV2 and its degrees of freedom: by hand, by the theory of two means, and by matrices of all rows.

Of four units in two years (test_clustering) the slope is a mean of rises: each unit has leverage 1/4, so that CRV2 is
4/3 of the plain sandwich 7/8, the textbook variance 7/6 of a mean, with three degrees of freedom.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import NotIdentified
from stoeval.inference.bell_mccaffrey import crv2, satterthwaite
from stoeval.inference.clustering import Convention, Kind, contrast, crv1, crv3, wald
from stoeval.inference.least_squares import Fit, fit

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats

EXACT = 1e-12  # worst deviation seen 3e-15
BY_ROWS = 1e-10  # worst deviation seen 1e-14, of the matrices of all rows
POWERS = {Kind.CRV1: 0.0, Kind.CRV2: -0.5, Kind.CRV3: -1.0}


@pytest.fixture
def rises() -> Fit:
    unit = np.repeat(np.arange(4), 2)
    outcome = np.array([5.0, 6, 1, 3, 0, 3, 2, 8])
    return fit(outcome, np.tile([0.0, 1.0], 4)[:, None], names=("x",), cluster=unit, nested=[unit])


class Panel:
    """Seven clusters of 2 to 8 units in three years, one year seen in one cluster only, with weights."""

    def __init__(self, *, weighted: bool = True) -> None:
        generator = np.random.default_rng(20_261)
        sizes = np.arange(2, 9)
        self.unit = np.repeat(np.arange(sizes.sum()), 3)
        self.cluster = np.repeat(np.repeat(np.arange(7), sizes), 3)
        self.year = np.tile(np.arange(3), sizes.sum())
        self.year[-1] = 3
        n = len(self.unit)
        self.x = generator.normal(size=(n, 2)) + generator.normal(size=(7, 2))[self.cluster] * self.year[:, None]
        self.outcome = generator.normal(size=n) + self.x[:, 0]
        self.weights = generator.uniform(0.5, 4.0, n) if weighted else np.ones(n)
        self.dummies = np.column_stack([np.eye(sizes.sum())[self.unit], np.eye(4)[self.year][:, 1:]])

    def fitted(self) -> Fit:
        return fit(
            self.outcome,
            self.x,
            names=("a", "b"),
            cluster=self.cluster,
            nested=[self.unit],
            crossed=[self.year],
            weights=self.weights,
        )

    def by_rows(self, kind: Kind) -> tuple[Floats, Floats]:
        """Return the covariance without a factor and the terms p_g (2, G, n), from the hat matrix of all dummies."""
        root = np.sqrt(self.weights)[:, None]
        columns = np.column_stack([self.x, self.dummies]) * root
        inverse = np.linalg.inv(columns.T @ columns)
        maker = np.eye(len(columns)) - columns @ inverse @ columns.T
        residual = maker @ (self.outcome * root[:, 0])
        edges = np.searchsorted(self.cluster, np.arange(8))
        scores, terms = [], []
        for start, end in pairwise(edges):
            values, vectors = np.linalg.eigh(maker[start:end, start:end])
            powers = np.where(values > 1e-9, np.maximum(values, 1e-9) ** POWERS[kind], 0.0)
            adjusted = (vectors * powers) @ vectors.T @ columns[start:end] @ inverse[:, :2]
            scores.append(adjusted.T @ residual[start:end])
            terms.append(maker[:, start:end] @ adjusted)
        return np.array(scores).T @ np.array(scores), np.array(terms).transpose(2, 0, 1)


def test_crv2_of_a_mean_is_the_textbook_variance_of_a_mean(rises: Fit) -> None:
    found = crv2(rises)
    assert found.matrix[0, 0] == pytest.approx(7 / 6, rel=EXACT)
    assert found.df_of(np.ones(1)) == pytest.approx(3, rel=EXACT)
    assert (found.df, found.convention) == (3, "CRV2 clubsandwich, t(Satterthwaite)")


@pytest.mark.parametrize("kind", list(Kind))
def test_a_mean_of_equal_clusters_has_one_degree_less_than_clusters(rises: Fit, kind: Kind) -> None:
    assert satterthwaite(rises, np.ones(1), kind) == pytest.approx(3, rel=EXACT)


@pytest.mark.parametrize(("few", "many"), [(2, 5), (3, 40), (7, 7)])
def test_a_difference_of_means_has_the_degrees_of_freedom_of_satterthwaite(few: int, many: int) -> None:
    """(n0 + n1)^2 (n0 - 1) (n1 - 1) / (n1^2 (n1 - 1) + n0^2 (n0 - 1)) for equal variances."""
    x = np.repeat([1.0, 0.0], [few, many])
    outcome = np.random.default_rng(few).normal(size=few + many)
    found = fit(outcome, x, names=("x",), cluster=np.arange(few + many))
    expected = (few + many) ** 2 * (few - 1) * (many - 1) / (few**2 * (few - 1) + many**2 * (many - 1))
    assert satterthwaite(found, np.ones(1)) == pytest.approx(expected, rel=EXACT)
    welch = stats.ttest_ind(outcome[:few], outcome[few:], equal_var=False)
    assert contrast(found.coefficients, crv2(found), np.ones(1)).std_error == pytest.approx(
        found.coefficients[0] / welch.statistic, rel=EXACT
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_crv2_is_that_of_the_hat_matrix_of_all_rows_and_dummies(*, weighted: bool) -> None:
    panel = Panel(weighted=weighted)
    expected, _ = panel.by_rows(Kind.CRV2)
    np.testing.assert_allclose(crv2(panel.fitted()).matrix, expected, rtol=BY_ROWS)


@pytest.mark.parametrize(("kind", "made"), [(Kind.CRV1, crv1), (Kind.CRV3, crv3)])
def test_the_matrices_of_all_rows_give_the_other_kinds_too(kind: Kind, made: object) -> None:
    panel = Panel()
    expected, _ = panel.by_rows(kind)
    factor = 7 / 6 if kind is Kind.CRV1 else 1.0
    assert callable(made)
    np.testing.assert_allclose(made(panel.fitted(), Convention.CLUBSANDWICH).matrix, factor * expected, rtol=BY_ROWS)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("combination", [(1.0, 0.0), (0.0, 1.0), (2.0, -3.0)])
def test_degrees_of_freedom_are_those_of_the_products_of_all_rows(kind: Kind, combination: tuple[float, float]) -> None:
    """df = (tr Q)^2 / tr Q^2 with Q the products p_g'p_h."""
    panel = Panel()
    _, terms = panel.by_rows(kind)
    p = np.tensordot(combination, terms, axes=1)
    Q = p @ p.T
    expected = np.trace(Q) ** 2 / (Q**2).sum()
    assert satterthwaite(panel.fitted(), np.array(combination), kind) == pytest.approx(expected, rel=BY_ROWS)


def test_a_joint_test_has_the_degrees_of_freedom_of_the_products_of_all_rows() -> None:
    """Eta = q (q + 1) / sum of variances of the whitened covariance, by its definition over pairs of clusters."""
    panel = Panel()
    _, terms = panel.by_rows(Kind.CRV2)
    products = np.einsum("sgn,thn->ghst", terms, terms)
    whiten = np.linalg.inv(np.linalg.cholesky(np.einsum("ggst->st", products)))
    products = whiten @ products @ whiten.T
    variance = sum(
        products[g, h, s, s] * products[g, h, t, t] + products[g, h, s, t] * products[g, h, t, s]
        for g, h, s, t in np.ndindex(7, 7, 2, 2)
    )
    eta = 6 / variance
    fitted = panel.fitted()
    covariance = crv2(fitted)
    found = wald(fitted.coefficients, covariance, [0, 1])
    quadratic = fitted.coefficients @ np.linalg.solve(covariance.matrix, fitted.coefficients)
    assert found.df == pytest.approx(eta - 1, rel=BY_ROWS)
    assert found.statistic == pytest.approx((eta - 1) / eta * quadratic / 2, rel=BY_ROWS)
    assert found.p_value == pytest.approx(stats.f.sf(found.statistic, 2, eta - 1), rel=BY_ROWS)


def test_a_joint_test_of_one_coefficient_is_its_t_test() -> None:
    fitted = Panel().fitted()
    joint = wald(fitted.coefficients, crv2(fitted), [1])
    single = contrast(fitted.coefficients, crv2(fitted), np.array([0.0, 1.0]))
    assert joint.p_value == pytest.approx(single.p_value, rel=EXACT)
    assert joint.df == pytest.approx(single.df, rel=EXACT)


def test_crv2_is_unbiased_under_its_working_model() -> None:
    """The expected terms sum to the bread of the regressors of interest."""
    fitted = Panel().fitted()
    working = crv2(fitted).working
    assert working is not None
    expected = (working.own - working.shared @ working.shared.transpose(0, 2, 1)).sum(axis=0)
    np.testing.assert_allclose(expected, fitted.bread[:2, :2], rtol=BY_ROWS)


def test_more_restrictions_than_the_working_model_bears_are_refused() -> None:
    """Four clusters, three coefficients and five years: eta is 1.94, so that eta - q + 1 is negative."""
    generator = np.random.default_rng(14)
    cluster, year = np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4)
    x = generator.normal(size=(20, 3))
    fitted = fit(generator.normal(size=20), x, names=("a", "b", "c"), cluster=cluster, nested=[cluster], crossed=[year])
    with pytest.raises(
        NotIdentified, match=r"3 restrictions leave no degrees of freedom: the working model gives 1\.94"
    ):
        wald(fitted.coefficients, crv2(fitted), [0, 1, 2])


def test_a_cluster_that_identifies_alone_is_named() -> None:
    """Only the third cluster ever has a dose."""
    unit = np.repeat(np.arange(4), 2)
    x = np.array([0.0, 0, 0, 0, 0, 1, 0, 0])
    found = fit(np.array([1.0, 2, 1, 4, 0, 3, 2, 8]), x, names=("x",), cluster=unit, nested=[unit])
    with pytest.raises(NotIdentified, match="cluster 2 of 4 alone identifies a coefficient"):
        crv2(found)
    with pytest.raises(NotIdentified, match="cluster 2 of 4 alone identifies a coefficient"):
        satterthwaite(found, np.ones(1))


def test_a_combination_of_nothing_has_no_degrees_of_freedom(rises: Fit) -> None:
    with pytest.raises(NotIdentified, match="no variance under the working model"):
        satterthwaite(rises, np.zeros(1))


def test_two_clusters_are_too_few() -> None:
    unit = np.repeat(np.arange(4), 2)
    found = fit(np.arange(8.0) ** 2, np.tile([0.0, 1], 4), names=("x",), cluster=unit // 2, nested=[unit])
    for estimate in (crv2, lambda given: satterthwaite(given, np.ones(1))):
        with pytest.raises(NotIdentified, match="2 clusters: a cluster-robust standard error needs at least 3"):
            estimate(found)
