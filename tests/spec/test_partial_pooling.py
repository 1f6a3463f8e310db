"""Effects of groups, drawn towards what the groups have in common."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.partial_pooling import Between, group_means, pool

EQUAL = np.full(8, 4.0)
SCHOOLS = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
SCHOOL_ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
"""Eight schools (Rubin 1981, Journal of Educational Statistics 6(4), table 1)."""


def test_eight_schools_are_drawn_in_wholly() -> None:
    found = pool(SCHOOLS, SCHOOL_ERRORS**2)
    assert found.variance == 0.0  # the restricted likelihood is largest at zero (Gelman et al., section 5.5)
    assert found.coefficients[0] == pytest.approx(7.69, abs=0.005)  # published pooled mean 7.7, standard error 4.1
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(4.07, abs=0.005)
    assert found.effects == pytest.approx(np.full(8, found.coefficients[0]))


@pytest.mark.parametrize("between", Between)
def test_with_equal_variances_the_spread_is_what_is_left_of_the_variance_of_the_estimates(between: Between) -> None:
    estimates = np.array([1.0, 2.0, 4.0, 8.0, 10.0, 12.0, 14.0, 15.0])
    found = pool(estimates, EQUAL, between=between)
    assert found.variance == pytest.approx(estimates.var(ddof=1) - 4.0, rel=1e-10)  # by hand; worst seen 1e-14
    assert found.coefficients[0] == pytest.approx(estimates.mean())
    share = 4.0 / (4.0 + found.variance)
    assert found.effects == pytest.approx(share * estimates.mean() + (1 - share) * estimates)


def test_with_equal_variances_the_interval_is_that_of_morris() -> None:
    estimates = np.array([1.0, 2.0, 4.0, 8.0, 10.0, 12.0, 14.0, 15.0])
    found = pool(estimates, EQUAL)
    n, rest = 8, estimates - estimates.mean()
    reduced = (n - 3) / (n - 1) * 4.0 / (4.0 + found.variance)
    # Morris (1983), section 3: V (1 - (k - 1)/k B) + 2/(k - 3) B^2 (y - mean)^2
    expected = 4.0 * (1 - (n - 1) / n * reduced) + 2 / (n - 3) * reduced**2 * rest**2
    assert (found.high - found.effects) / 1.959963985 == pytest.approx(np.sqrt(expected))


def test_estimates_nearer_than_chance_have_no_spread() -> None:
    found = pool(np.array([0.1, 0.2, 0.15, 0.12, 0.18, 0.11]), np.ones(6))
    assert found.variance == 0.0
    assert found.p_alike is not None
    assert found.p_alike > 0.99


def test_deviations_are_what_effects_are_beyond_the_expected() -> None:
    x = np.arange(8.0)
    found = pool(SCHOOLS * 3, SCHOOL_ERRORS**2, np.column_stack([np.ones(8), x]))
    assert found.deviations == pytest.approx(found.effects - found.expected)
    assert found.residual == pytest.approx(SCHOOLS * 3 - found.expected)
    assert (found.deviation_low < found.deviations).all()
    weighted = found.residual / (SCHOOL_ERRORS**2 + found.variance)
    assert weighted.sum() == pytest.approx(0.0, abs=1e-9)
    assert weighted @ x == pytest.approx(0.0, abs=1e-9)


def test_the_noise_of_residuals_leaves_out_what_the_regression_takes() -> None:
    X = np.column_stack([np.ones(8), np.arange(8.0)])
    found = pool(SCHOOLS * 3, EQUAL, X)
    makes = np.eye(8) - X @ np.linalg.inv(X.T @ X) @ X.T
    assert found.residual_covariance == pytest.approx(4.0 * makes, abs=1e-12)


def test_group_means_are_weighted_and_their_variance_follows_from_the_units() -> None:
    values = np.array([1.0, 3.0, 10.0, 14.0, 5.0, 5.5, 6.0])
    precision, group = np.ones(7), np.array([0, 0, 1, 1, 2, 2, 2])
    found = group_means(values, precision, group)
    assert found.means == pytest.approx([2.0, 12.0, 5.5])
    # With equal precisions the noise is the pooled variance within groups: (2 + 8 + 0.5) / 4 degrees of freedom.
    # The equations are weighted alike, so a group of three counts by its units; by hand 10.5 / 4 = 2.625.
    total = found.shared_noise + found.noise_by_precision
    assert total == pytest.approx(2.625, rel=0.25)  # worst seen 0.2
    # Each group's own variance, 2, 8 and 0.25, draws what it has from the common one towards itself.
    own = found.variances * [2, 2, 3]
    assert own[2] < own[0] < own[1]
    assert ((own > 0.25) & (own < 8.0)).all()
    assert (found.df <= 4.0).all()
    assert found.largest == pytest.approx([1 / 2, 1 / 2, 1 / 3])
    assert found.units.tolist() == [2, 2, 3]


def test_parameters_that_each_group_spent_make_its_variance_larger() -> None:
    generator = np.random.default_rng(1)
    group = np.repeat(np.arange(20), 5)
    values, precision = generator.normal(size=100), generator.uniform(0.5, 2, 100)
    plain = group_means(values, precision, group)
    spent = group_means(values, precision, group, nuisances=1)
    assert spent.variances == pytest.approx(plain.variances * 80 / 60)


def test_groups_as_noisy_as_chance_gives_share_one_noise() -> None:
    generator = np.random.default_rng(1)
    found = group_means(generator.normal(size=120), np.ones(120), np.repeat(np.arange(20), 6))
    total = found.shared_noise + found.noise_by_precision
    assert found.variances == pytest.approx(np.full(20, total / 6), rel=1e-3)
    assert found.df == pytest.approx(np.full(20, 100.0))


def test_intervals_take_t_where_variances_have_degrees_of_freedom() -> None:
    known, estimated = pool(SCHOOLS * 3, SCHOOL_ERRORS**2), pool(SCHOOLS * 3, SCHOOL_ERRORS**2, df=np.full(8, 4.0))
    widened = (estimated.high - estimated.effects) / (known.high - known.effects)
    assert widened == pytest.approx(np.full(8, 2.776445 / 1.959964), rel=1e-6)  # printed quantiles of t(4) and normal
    assert estimated.effects == pytest.approx(known.effects)
    assert estimated.p_alike is None
    with pytest.raises(EstimationError, match="as many degrees of freedom"):
        pool(SCHOOLS, SCHOOL_ERRORS**2, df=np.ones(3))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((SCHOOLS, SCHOOL_ERRORS[:-1]), "as many variances"),
        ((SCHOOLS, SCHOOL_ERRORS * 0), "must be finite and their variances positive"),
        ((SCHOOLS * np.inf, SCHOOL_ERRORS), "must be finite"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: tuple[np.ndarray, np.ndarray], match: str) -> None:
    with pytest.raises(EstimationError, match=match):
        pool(*arguments)


def test_too_few_groups_and_columns_that_repeat_each_other_are_refused() -> None:
    with pytest.raises(NotIdentified, match="at least 4 are needed"):
        pool(SCHOOLS[:3], SCHOOL_ERRORS[:3])
    with pytest.raises(NotIdentified, match="combinations of each other"):
        pool(SCHOOLS, SCHOOL_ERRORS, np.ones((8, 2)))


def test_groups_without_noise_to_tell_are_refused() -> None:
    with pytest.raises(NotIdentified, match="do not differ within any group"):
        group_means(np.arange(3.0), np.ones(3), np.arange(3))
    with pytest.raises(NotIdentified, match="no degree of freedom"):
        group_means(np.array([1.0, 2.0]), np.ones(2), np.zeros(2, dtype=np.int64), nuisances=1)
    with pytest.raises(EstimationError, match="have no unit"):
        group_means(np.arange(4.0), np.ones(4), np.array([0, 0, 2, 2]))
    with pytest.raises(EstimationError, match="positive precisions"):
        group_means(np.arange(4.0), np.zeros(4), np.array([0, 0, 1, 1]))
