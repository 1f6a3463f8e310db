"""Boundaries of looks that share one alpha, beside printed ones and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError
from stoeval.inference.alpha_spending import Spending, spending_boundaries, spent_alpha

PRINTED = 6e-4
"""Boundaries are printed to three or four decimals; worst deviation seen 4e-4."""


@pytest.mark.parametrize(
    ("spending", "boundaries"),
    [
        (Spending.OBRIEN_FLEMING, [2.963, 1.969]),
        (Spending.OBRIEN_FLEMING, [3.710, 2.511, 1.993]),
        (Spending.OBRIEN_FLEMING, [4.333, 2.963, 2.359, 2.014]),
        (Spending.OBRIEN_FLEMING, [4.877, 3.357, 2.680, 2.290, 2.031]),
        (Spending.POCOCK, [2.157, 2.201]),
        (Spending.POCOCK, [2.438, 2.427, 2.410, 2.397, 2.386]),
    ],
)
def test_equal_looks_have_the_boundaries_of_lan_and_demets(spending: Spending, boundaries: list[float]) -> None:
    """Two-sided .05 at equal steps, as ldbounds and gsDesign print them (Reboussin, DeMets, Kim and Lan 2000)."""
    looks = np.arange(1, len(boundaries) + 1) / len(boundaries)
    assert spending_boundaries(looks, spending=spending) == pytest.approx(boundaries, abs=PRINTED)


def test_one_look_with_all_information_is_a_plain_test() -> None:
    for spending in Spending:
        assert spending_boundaries([1.0], spending=spending) == pytest.approx([1.959963984540054], rel=1e-12)


@pytest.mark.parametrize("spending", list(Spending))
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_all_alpha_is_spent_at_the_end_and_less_before(spending: Spending, alpha: float) -> None:
    spent = [spent_alpha(t, alpha=alpha, spending=spending) for t in (0.1, 0.3, 0.6, 1.0)]
    assert spent == sorted(spent)
    assert spent[-1] == pytest.approx(alpha, rel=1e-12)


def test_spent_alpha_by_hand() -> None:
    """Half the information: .05 ln(1 + 1.71828 / 2) = .0310; 4 (1 - Phi(2.2414 / .7071)) = .00305."""
    assert spent_alpha(0.5, spending=Spending.POCOCK) == pytest.approx(0.0310, abs=5e-5)
    assert spent_alpha(0.5) == pytest.approx(0.00305, abs=5e-6)


def test_under_the_null_the_looks_together_reject_alpha_of_the_time() -> None:
    """Simulation: 200,000 walks seen at .2, .5 and 1; five standard errors."""
    times = np.array([0.2, 0.5, 1.0])
    steps = np.random.default_rng(1).normal(size=(200_000, 3)) * np.sqrt(np.diff(times, prepend=0))
    z = np.abs(steps.cumsum(axis=1) / np.sqrt(times))
    for spending in Spending:
        crossed = (z >= spending_boundaries(times, spending=spending)).cumsum(axis=1) > 0
        for look, time in enumerate(times):
            spent = spent_alpha(float(time), spending=spending)
            assert crossed[:, look].mean() == pytest.approx(spent, abs=5 * np.sqrt(spent / 200_000))  # 1.7 seen


def test_a_first_look_spends_its_own_share() -> None:
    first, _ = spending_boundaries([0.3, 1.0], spending=Spending.POCOCK)
    assert 2 * stats.norm.sf(first) == pytest.approx(spent_alpha(0.3, spending=Spending.POCOCK), rel=1e-9)


@pytest.mark.parametrize("fractions", [[], [0.5, 0.5], [0.6, 0.4], [0.0, 1.0], [0.5, 1.1], [np.nan]])
def test_fractions_that_do_not_rise_to_one_are_refused(fractions: list[float]) -> None:
    with pytest.raises(EstimationError, match="fraction"):
        spending_boundaries(fractions)


@pytest.mark.parametrize("alpha", [0.0, 1.0, np.nan])
def test_an_alpha_that_makes_no_sense_is_refused(alpha: float) -> None:
    with pytest.raises(EstimationError, match="alpha"):
        spent_alpha(0.5, alpha=alpha)
