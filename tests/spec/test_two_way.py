"""Two-way clusters: the sum over all pairs of rows that share either code, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import Convention, crv1
from stoeval.inference.definiteness import Indefinite, settle
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.two_way import two_way

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers

EXACT = 1e-10  # worst deviation seen 2e-14


class Shops:
    """Sixteen shops in six towns, sold by four or more kinds of goods, over five years."""

    def __init__(self, seed: int = 3) -> None:
        generator = np.random.default_rng(seed)
        self.shop = np.repeat(np.arange(16), 5)
        self.year = np.tile(np.arange(5), 16)
        self.town = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5])[self.shop]
        self.goods = generator.integers(0, 7, 80)
        self.x = generator.normal(size=(80, 2)) + self.year[:, None] * generator.normal(size=(6, 2))[self.town]
        self.outcome = generator.normal(size=80) + generator.normal(size=7)[self.goods] + self.x[:, 0]

    def fitted(self, crossed: list[Integers]) -> Fit:
        return fit(
            self.outcome,
            self.x,
            names=("a", "b"),
            cluster=self.town,
            nested=[self.shop] if crossed else [],
            crossed=crossed,
        )


@pytest.fixture
def shops() -> Shops:
    return Shops()


def over_pairs(found: Fit, first: Integers, second: Integers) -> Floats:
    """Return the sandwich over all pairs of rows that share a code."""
    scores = found.design * found.residual[:, None]
    shared = (first[:, None] == first) | (second[:, None] == second)
    return (found.bread @ scores.T @ shared @ scores @ found.bread)[: found.k, : found.k]


def test_it_is_the_sum_over_pairs_of_rows_that_share_a_town_or_a_kind(shops: Shops) -> None:
    """G/(G-1) with the smaller number, six towns; K is 2 and five years."""
    found = shops.fitted([shops.year])
    covariance = two_way(found, shops.town, shops.goods, crossed=[shops.year])
    expected = 6 / 5 * 79 / (80 - 7) * over_pairs(found, shops.town, shops.goods)
    np.testing.assert_allclose(covariance.matrix, expected, rtol=EXACT)
    assert (covariance.df, covariance.convention) == (5, "two-way CRV1 fixest, 6 x 7 clusters, t(5)")


def test_an_effect_that_is_nested_in_the_second_cluster_is_not_counted(shops: Shops) -> None:
    """By town and year the years do not count: K is 2 and one for all nested effects."""
    found = shops.fitted([shops.year])
    covariance = two_way(found, shops.town, shops.year, crossed=[shops.year], indefinite=Indefinite.TRUNCATE)
    expected = 5 / 4 * 79 / (80 - 3) * over_pairs(found, shops.town, shops.year)
    np.testing.assert_allclose(covariance.matrix, settle(expected, Indefinite.TRUNCATE), rtol=EXACT)


@pytest.mark.parametrize("convention", [Convention.FIXEST, Convention.STATA])
def test_effects_that_are_absorbed_across_clusters_give_the_same(shops: Shops, convention: Convention) -> None:
    absorbed = [shops.shop, shops.year]
    linked = fit(shops.outcome, shops.x, names=("a", "b"), cluster=shops.town, absorbed=absorbed)
    expected = two_way(shops.fitted([shops.year]), shops.town, shops.goods, crossed=[shops.year], convention=convention)
    found = two_way(linked, shops.town, shops.goods, crossed=absorbed, convention=convention)
    np.testing.assert_allclose(found.matrix, expected.matrix, rtol=EXACT)


def test_under_stata_each_part_has_its_own_number_of_clusters() -> None:
    shops = Shops(seed=0)
    found = shops.fitted([])
    both = shops.town * 7 + shops.goods
    none = np.arange(80)
    parts = [(shops.town, 6), (shops.goods, 7), (both, len(np.unique(both)))]
    town, goods, shared = (G / (G - 1) * over_pairs(found, codes, none) for codes, G in parts)
    covariance = two_way(found, shops.town, shops.goods, convention=Convention.STATA)
    np.testing.assert_allclose(covariance.matrix, 79 / 77 * (town + goods - shared), rtol=EXACT)


def test_a_second_cluster_that_repeats_the_first_changes_nothing(shops: Shops) -> None:
    found = shops.fitted([])
    again = two_way(found, shops.town, shops.town * 10)
    np.testing.assert_allclose(again.matrix, crv1(found).matrix, rtol=EXACT)


def test_a_second_cluster_that_holds_the_first_is_the_second_alone(shops: Shops) -> None:
    """Six towns in three provinces: only the factor is that of the three."""
    found = shops.fitted([])
    coarse = two_way(found, shops.town, shops.town // 2)
    alone = fit(shops.outcome, shops.x, names=("a", "b"), cluster=shops.town // 2)
    np.testing.assert_allclose(coarse.matrix, crv1(alone).matrix, rtol=EXACT)


# --- indefinite covariances --------------------------------------------------------------------------------------


def test_an_indefinite_covariance_is_refused_unless_it_may_be_truncated() -> None:
    shops = Shops(seed=8)
    found = shops.fitted([shops.year])
    raw = over_pairs(found, shops.town, shops.year)
    assert np.linalg.eigvalsh(raw)[0] < 0
    with pytest.raises(NotIdentified, match="1 of 2 eigenvalues of the covariance are negative"):
        two_way(found, shops.town, shops.year, crossed=[shops.year])
    settled = two_way(found, shops.town, shops.year, crossed=[shops.year], indefinite=Indefinite.TRUNCATE).matrix
    assert np.linalg.eigvalsh(settled)[0] == pytest.approx(0, abs=1e-12 * np.abs(settled).max())
    assert (np.diag(settled) > np.diag(5 / 4 * 79 / 77 * raw)).all()


def test_truncation_sets_the_negative_eigenvalue_of_the_correlations_to_zero() -> None:
    """Variances 1 and 4 with covariance 4 are a correlation of 2, with eigenvalues 3 and -1; 3/2 everywhere is left."""
    settled = settle(np.array([[1.0, 4.0], [4.0, 4.0]]), Indefinite.TRUNCATE)
    np.testing.assert_allclose(settled, [[1.5, 3.0], [3.0, 6.0]], rtol=EXACT)


def test_a_covariance_without_negative_eigenvalues_is_left_as_it_is() -> None:
    matrix = np.array([[1.0, 2.0], [2.0, 4.0]])
    for choice in Indefinite:
        np.testing.assert_array_equal(settle(matrix, choice), matrix)


def test_a_negative_variance_is_indefinite() -> None:
    with pytest.raises(NotIdentified, match="1 of 1 eigenvalues"):
        settle(np.array([[-1e-9]]), Indefinite.REFUSE)
    assert settle(np.array([[-1e-9]]), Indefinite.TRUNCATE)[0, 0] == 0


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("convention", [Convention.LINEARMODELS, Convention.CLUBSANDWICH, Convention.SUMMCLUST])
def test_other_conventions_have_no_two_way_covariance(shops: Shops, convention: Convention) -> None:
    with pytest.raises(EstimationError, match=f"convention {convention} has no two-way covariance"):
        two_way(shops.fitted([]), shops.town, shops.goods, convention=convention)


def test_first_codes_that_are_not_those_of_the_fit_are_refused(shops: Shops) -> None:
    with pytest.raises(EstimationError, match="the first clusters are not those of the fit, which has 6"):
        two_way(shops.fitted([]), shops.goods, shops.town)
    with pytest.raises(EstimationError, match="the first clusters are not those of the fit, which has 6"):
        two_way(shops.fitted([]), np.roll(shops.town, 1), shops.goods)


def test_crossed_effects_that_are_not_those_of_the_fit_are_refused(shops: Shops) -> None:
    found = shops.fitted([shops.year])
    with pytest.raises(EstimationError, match="these 0 crossed effects have 1 levels and those of the fit 5"):
        two_way(found, shops.town, shops.goods)
    with pytest.raises(EstimationError, match="these 1 crossed effects have 7 levels and those of the fit 5"):
        two_way(found, shops.town, shops.goods, crossed=[shops.goods])


def test_codes_of_other_rows_are_refused(shops: Shops) -> None:
    with pytest.raises(EstimationError, match=r"codes have \[79, 80\] rows and the fit 80"):
        two_way(shops.fitted([]), shops.town, shops.goods[:-1])


def test_two_clusters_one_way_are_too_few(shops: Shops) -> None:
    with pytest.raises(NotIdentified, match="2 clusters"):
        two_way(shops.fitted([]), shops.town, shops.goods // 4)


def test_effects_of_unknown_rank_leave_the_convention_that_does_not_count_them(shops: Shops) -> None:
    nested = [shops.shop * 10 + part for part in (shops.year % 2, shops.year // 3, shops.year // 4)]
    found = fit(shops.outcome, shops.x, names=("a", "b"), cluster=shops.town, nested=nested)
    assert (np.diag(two_way(found, shops.town, shops.goods, indefinite=Indefinite.TRUNCATE).matrix) > 0).all()
    with pytest.raises(EstimationError, match="convention stata counts every effect"):
        two_way(found, shops.town, shops.goods, convention=Convention.STATA)
