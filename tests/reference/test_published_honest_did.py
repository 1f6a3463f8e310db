"""Robust intervals of the Medicaid expansion as the README of HonestDiD prints them, and a second event study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import event_studies
from stoeval.inference.honest_did import breakdown, original, relative_magnitudes, smoothness

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stoeval.inference.honest_did import RobustInterval

    Floats = NDArray[np.float64]

FIRST_YEAR: dict[str, Any] = {"n_pre": 5, "n_post": 2, "l_vec": np.array([1.0, 0.0])}


@pytest.fixture(scope="module")
def medicaid(validation: Path) -> tuple[Floats, Floats]:
    """Return coefficients and CRV1 by state: expansion in 2014 against none before 2016, reference 2013."""
    study = event_studies.medicaid(validation)
    return study.betahat, study.sigma


@pytest.fixture(scope="module")
def second_study(validation: Path) -> tuple[Floats, Floats]:
    """Return the event study with which HonestDiD is delivered: four years before the reference, four after."""
    study = event_studies.benzarti_carloni(validation)
    return study.betahat, study.sigma


def ends(interval: RobustInterval) -> tuple[float, float]:
    return interval.ci_low, interval.ci_high


def test_the_event_study_is_the_published_one(medicaid: tuple[Floats, Floats]) -> None:
    betahat, sigma = medicaid
    np.testing.assert_allclose(betahat[5:], [0.046447, 0.069206], atol=5.1e-7)  # half a printed digit
    np.testing.assert_allclose(np.sqrt(np.diag(sigma))[5:], [0.009152, 0.010350], atol=5.1e-7)


def test_the_original_interval_comes_back_in_the_printed_digits(medicaid: tuple[Floats, Floats]) -> None:
    assert ends(original(*medicaid, **FIRST_YEAR)) == pytest.approx((0.029, 0.064), abs=5e-4)  # deviation seen 5e-4


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("mbar", "low", "high"),
    [(0.5, 0.0241, 0.0673), (1, 0.0171, 0.0720), (1.5, 0.00859, 0.0796), (2, -0.00107, 0.0883)],
)
def test_relative_magnitudes_are_those_published(
    medicaid: tuple[Floats, Floats], mbar: float, low: float, high: float, seed: int
) -> None:
    """The published ends lie on a grid of 3.7e-4 and both sides simulate the least-favourable value."""
    found = relative_magnitudes(*medicaid, mbar=mbar, generator=np.random.default_rng(seed), **FIRST_YEAR)
    assert ends(found) == pytest.approx((low, high), abs=1e-3)  # worst deviation seen 5.1e-4


@pytest.mark.parametrize(
    ("m", "low", "high"),
    [
        (0.0, 0.0259, 0.0607),
        (0.01, 0.0132, 0.0787),
        (0.02, 0.00286, 0.0907),
        (0.03, -0.00714, 0.101),
        (0.04, -0.0171, 0.111),
        (0.05, -0.0271, 0.121),
    ],
)
def test_smoothness_intervals_are_those_published(
    medicaid: tuple[Floats, Floats], m: float, low: float, high: float
) -> None:
    """The published quantile of the folded normal is simulated, and three digits are printed."""
    assert ends(smoothness(*medicaid, m=m, **FIRST_YEAR)) == pytest.approx((low, high), abs=3e-4)  # worst seen 2.6e-4


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_breakdown_value_is_about_two(medicaid: tuple[Floats, Floats], seed: int) -> None:
    """Published: zero is outside at 1.5 and just inside at 2."""
    found = breakdown(*medicaid, generator=np.random.default_rng(seed), **FIRST_YEAR)
    assert found.mbar == pytest.approx(2, abs=0.1)  # seen 1.944 to 1.947
    assert not found.is_capped


@pytest.mark.parametrize("l_vec", [(1.0, 0.0, 0.0, 0.0), (0.25, 0.25, 0.25, 0.25)])
def test_a_second_study_behaves(second_study: tuple[Floats, Floats], l_vec: tuple[float, ...]) -> None:
    study: dict[str, Any] = {"n_pre": 4, "n_post": 4, "l_vec": np.array(l_vec)}
    low, high = ends(original(*second_study, **study))
    robust = np.array(
        [
            ends(relative_magnitudes(*second_study, mbar=mbar, generator=np.random.default_rng(0), **study))
            for mbar in (0, 0.5, 1, 1.5, 2)
        ]
    )
    assert (np.diff(robust[:, 0]) < 0).all()
    assert (np.diff(robust[:, 1]) > 0).all()
    # The least-favourable value is simulated: worst deviation seen 0.22% of the length.
    np.testing.assert_allclose(robust[0], [low, high], atol=0.01 * (high - low))
    lengths = np.diff([ends(smoothness(*second_study, m=m, **study)) for m in (0, 0.01, 0.1, 0.3)])[:, 0]
    assert (np.diff(lengths) > 0).all()
    found = breakdown(*second_study, generator=np.random.default_rng(0), **study)
    first_with_zero = int(np.flatnonzero(robust[:, 0] <= 0)[0])
    assert 0.5 * (first_with_zero - 1) < found.mbar < 0.5 * first_with_zero
