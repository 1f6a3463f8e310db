"""Simultaneous bands where theory knows their width."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bands import Band, simultaneous_band

MIXED = 0.5 * np.eye(6) + 0.5


def band(covariance: np.ndarray, *, seed: int = 1, **choices: Any) -> Band:  # noqa: ANN401 - passes options on
    effects = np.arange(len(covariance), dtype=float)
    return simultaneous_band(effects, covariance, generator=np.random.default_rng(seed), **choices)


@pytest.mark.parametrize(("df", "expected"), [(inf, 1.959963984540054), (77, float(stats.t.ppf(0.975, 77)))])
def test_one_coefficient_keeps_its_own_interval(df: float, expected: float) -> None:
    found = band(np.array([[4.0]]), df=df)
    assert found.critical == pytest.approx(expected, rel=1e-12)
    assert found.high[0] == pytest.approx(2 * expected, rel=1e-12)
    assert found.low[0] == pytest.approx(-2 * expected, rel=1e-12)


def test_independent_coefficients_have_the_width_of_sidak() -> None:
    """Normal quantile at 0.95^(1/6)."""
    sidak = float(stats.norm.ppf(0.5 + 0.95 ** (1 / 6) / 2))
    assert band(np.diag(np.arange(1.0, 7))).critical == pytest.approx(
        sidak, abs=0.01
    )  # held at it; Monte-Carlo error 0.003


@pytest.mark.parametrize("sign", [1, -1])
def test_perfectly_correlated_coefficients_have_the_pointwise_width(sign: int) -> None:
    spread = np.array([1.0, 2.0 * sign, 3.0])
    found = band(np.outer(spread, spread))
    assert found.critical == pytest.approx(1.959963984540054, abs=0.02)  # seen 0.004; Monte-Carlo error 0.006
    assert found.pointwise == pytest.approx(1.959963984540054, rel=1e-12)


def test_correlated_coefficients_have_the_width_of_the_integrated_normal() -> None:
    """Equal correlations 1/2 are a shared normal: P(max |z| <= c) is one integral over it."""
    shared, weights = np.polynomial.hermite_e.hermegauss(80)
    critical = band(MIXED, draws=400_000).critical
    half = np.sqrt(0.5)
    inside = stats.norm.cdf((critical - half * shared) / half) - stats.norm.cdf((-critical - half * shared) / half)
    assert weights @ inside**6 / np.sqrt(2 * np.pi) == pytest.approx(0.95, abs=0.002)  # Monte-Carlo error 0.0003


@pytest.mark.parametrize("df", [inf, 10])
def test_the_band_holds_all_coefficients_as_often_as_it_says(df: float) -> None:
    """Fresh draws of the whole vector; the count lies in the central 99.9 % of a binomial."""
    found = band(MIXED, df=df)
    generator = np.random.default_rng(9)
    drawn = generator.multivariate_normal(np.zeros(6), MIXED, size=20_000)
    scale = np.sqrt(generator.chisquare(df, size=20_000) / df) if np.isfinite(df) else np.ones(20_000)
    held = int((np.abs(drawn).max(axis=1) / scale <= found.critical).sum())
    low, high = stats.binom.interval(0.999, 20_000, 0.95)
    assert low <= held <= high


@pytest.mark.parametrize("choice", [{"df": 12}, {"level": 0.9}, {"draws": 50_000}, {"seed": 2}], ids=str)
def test_every_choice_changes_the_width(choice: dict[str, Any]) -> None:
    assert band(MIXED).critical != band(MIXED, **choice).critical


@pytest.mark.parametrize(
    ("covariance", "choice", "words"),
    [
        (MIXED, {"level": 1.0}, "level"),
        (MIXED, {"draws": 0}, "draws"),
        (MIXED, {"df": 0}, "df"),
        (np.eye(3)[:, :2], {}, "no covariance of shape"),
        (np.array([[1.0, 0.5], [0.4, 1]]), {}, "not symmetric"),
        (np.array([[1.0, np.nan], [np.nan, 1]]), {}, "not finite"),
        (np.array([[1.0, 2.0], [2.0, 1]]), {}, "negative direction"),
        (np.diag([1.0, 0.0]), {}, "1 of 2 coefficients have no variance"),
        (np.empty((0, 0)), {}, "0 effects"),
    ],
)
def test_what_has_no_band_is_refused(covariance: np.ndarray, choice: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        band(covariance, **choice)


def test_a_coefficient_without_variance_is_not_identified() -> None:
    with pytest.raises(NotIdentified):
        band(np.diag([1.0, 0.0]))


def test_an_effect_without_a_value_is_refused() -> None:
    with pytest.raises(EstimationError, match="1 of 2 effects"):
        simultaneous_band(np.array([1.0, np.nan]), np.eye(2), generator=np.random.default_rng(1))
