"""Variances of groups are drawn towards each other as far as they rest on few units."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from stoeval.errors import EstimationError
from stoeval.inference.moderated_variances import moderated_variances

UNEQUAL = np.array([0.05, 0.4, 1.0, 2.0, 9.0, 30.0])


def test_variances_as_far_apart_as_chance_gives_are_one_variance() -> None:
    df = np.array([4.0, 4.0, 8.0])
    found = moderated_variances(np.array([1.0, 1.1, 0.9]), df)
    assert found.prior_df == np.inf
    assert found.variances == pytest.approx(np.full(3, (4.0 + 4.4 + 7.2) / 16))  # pooled, by hand
    assert found.df == pytest.approx(np.full(3, 16.0))


def test_the_prior_solves_the_equations_of_smyth() -> None:
    # Smyth (2004), section 6.2: with equal d the sample variance of log s^2 is trigamma(d/2) + trigamma(d_0/2), and
    # its mean log s_0^2 + digamma(d/2) - log(d/2) - digamma(d_0/2) + log(d_0/2).
    d = 5.0
    found = moderated_variances(UNEQUAL, np.full(6, d))
    d_0 = found.prior_df
    assert np.log(UNEQUAL).var(ddof=1) == pytest.approx(special.polygamma(1, d / 2) + special.polygamma(1, d_0 / 2))
    s_0 = np.exp(
        np.log(UNEQUAL).mean() - special.digamma(d / 2) + np.log(d / 2) + special.digamma(d_0 / 2) - np.log(d_0 / 2)
    )
    assert found.variances == pytest.approx((d_0 * s_0 + d * UNEQUAL) / (d_0 + d))
    assert found.df == pytest.approx(np.full(6, d_0 + d))


def test_a_group_that_tells_nothing_has_the_variance_of_the_others() -> None:
    df = np.array([5.0, 5.0, 5.0, 5.0, 5.0, 0.0])
    found = moderated_variances(np.append(UNEQUAL[:5], 7.0), df)
    same = moderated_variances(np.append(UNEQUAL[:5], 0.0), df)
    assert found.variances == pytest.approx(same.variances)
    assert found.df[-1] == pytest.approx(found.prior_df)


def test_degrees_of_freedom_are_never_more_than_all_groups_have_together() -> None:
    found = moderated_variances(np.array([0.7, 1.0, 2.9, 1.3, 0.3]), np.full(5, 4.0))
    assert (found.df <= 20.0).all()


def test_the_prior_that_variances_were_drawn_from_is_recovered() -> None:
    generator = np.random.default_rng(1)
    found = []
    for _ in range(20):
        true = 2.0 * 4.0 / generator.chisquare(4.0, 400)
        found.append(moderated_variances(true * generator.chisquare(6.0, 400) / 6.0, np.full(400, 6.0)).prior_df)
    assert np.median(found) == pytest.approx(4.0, rel=0.1)  # seen 4.0


def test_means_over_moderated_roots_follow_t() -> None:
    generator = np.random.default_rng(2)
    true = 1.0 * 4.0 / generator.chisquare(4.0, 3_000)
    found = moderated_variances(true * generator.chisquare(3.0, 3_000) / 3.0, np.full(3_000, 3.0))
    t = np.sqrt(true) * generator.normal(size=3_000) / np.sqrt(found.variances)
    beyond = np.abs(t) > stats.t.ppf(0.975, found.df)
    assert np.mean(beyond) == pytest.approx(0.05, abs=0.012)  # three standard errors; seen .049


@pytest.mark.parametrize(
    ("variances", "df", "match"),
    [
        (np.ones(3), np.ones(2), "as many degrees of freedom"),
        (-np.ones(3), np.ones(3), "none of them negative"),
        (np.ones(3), np.zeros(3), "none of 3 groups tells a variance"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(variances: np.ndarray, df: np.ndarray, match: str) -> None:
    with pytest.raises(EstimationError, match=match):
        moderated_variances(variances, df)
