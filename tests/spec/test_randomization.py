"""What randomization inference promises, on numbers that can be counted by hand."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.assignments import BLOCK, assignments
from stoeval.inference.randomization import RandomizationTest, randomization_test, studentised_slope

SEVEN = (np.arange(78) < 7).astype(float)


def run(dose: np.ndarray, statistic: Any, *, seed: int = 1, **choices: Any) -> RandomizationTest:  # noqa: ANN401
    return randomization_test(dose, statistic, generator=np.random.default_rng(seed), **choices)


def sum_of_places(dose: np.ndarray) -> float:
    return float(dose @ np.arange(len(dose)))


# --- counting by hand -------------------------------------------------------------------------------------------


def test_one_treated_cluster_of_five_at_the_far_end_has_p_one_fifth() -> None:
    """The statistic is the place 0 to 4 of the treated cluster; only place 4 reaches 4."""
    found = run(np.array([0.0, 0, 0, 0, 1]), sum_of_places)
    assert (found.p_value, found.draws, found.enumerated) == (1 / 5, 5, True)
    assert (found.p_low, found.p_high) == (1 / 5, 1 / 5)


def test_strata_keep_their_own_doses() -> None:
    """One treated of three and one of two: six assignments, sums 0..2 + 3..4; only 2 + 4 reaches 6."""
    seen = []

    def recorded(dose: np.ndarray) -> float:
        seen.append(tuple(dose))
        return sum_of_places(dose)

    found = run(np.array([0.0, 0, 1, 0, 1]), recorded, strata=np.array([1, 1, 1, 8, 8]))
    assert (found.p_value, found.draws) == (1 / 6, 6)
    assert len(set(seen)) == 6
    assert all(sum(dose[:3]) == 1 and sum(dose[3:]) == 1 for dose in seen)


def test_equal_doses_are_one_assignment_and_different_doses_are_all_orders() -> None:
    """4!/2! orders of 1, 1, 2, 3 and 4! of 1, 2, 3, 4."""
    assert run(np.array([1.0, 1, 2, 3]), sum_of_places).draws == 12
    assert run(np.array([1.0, 2, 3, 4]), sum_of_places).draws == 24


def test_both_signs_count_as_extreme() -> None:
    """Deviations -2 to 2 of the place of the treated cluster: two of five lie two away."""
    found = run(np.array([0.0, 0, 0, 0, 1]), lambda dose: sum_of_places(dose) - 2)
    assert found.p_value == 2 / 5


# --- drawing ----------------------------------------------------------------------------------------------------


def test_seven_of_seventy_eight_is_drawn_and_keeps_seven() -> None:
    assert comb(78, 7) > 9_999
    treated = []

    def recorded(dose: np.ndarray) -> float:
        treated.append(dose.sum())
        return sum_of_places(dose)

    found = run(SEVEN, recorded, draws=499)
    assert (found.draws, found.enumerated) == (499, False)
    assert set(treated) == {7.0}


def test_draws_stay_within_their_stratum() -> None:
    dose, strata = np.arange(40.0), np.repeat([3, 5], 20)
    sums = set()

    def recorded(assigned: np.ndarray) -> float:
        sums.add(assigned[strata == 3].sum())
        return sum_of_places(assigned)

    run(dose, recorded, strata=strata, draws=99)
    assert sums == {sum(range(20))}


def test_no_draw_as_extreme_gives_one_in_draws_plus_one_and_the_interval_of_zero() -> None:
    """Clopper-Pearson for 0 of 99: from 0 to 1 - 0.025^(1/99)."""
    dose = np.arange(40.0)
    found = run(dose, sum_of_places, draws=99)
    assert found.p_value == 1 / 100
    assert found.p_low == 0
    assert found.p_high == pytest.approx(1 - 0.025 ** (1 / 99), rel=1e-10)  # worst deviation seen 1e-12


def test_assignments_come_in_blocks_that_are_the_ones_permuted() -> None:
    """2,500 draws of 40 doses in blocks of at most 1,024; the test permutes the same ones."""
    dose, strata, seen = np.arange(40.0), np.arange(40) % 3, []

    def recorded(assigned: np.ndarray) -> float:
        seen.append(assigned)
        return sum_of_places(assigned)

    run(dose, recorded, strata=strata, draws=2_500)
    blocks, enumerated = assignments(dose, strata, 2_500, np.random.default_rng(1))
    drawn = [*blocks]
    assert ([len(block) for block in drawn], enumerated) == ([BLOCK, BLOCK, 2_500 - 2 * BLOCK], False)
    np.testing.assert_array_equal(seen[1:], np.concatenate(drawn))


def test_draws_agree_with_all_assignments_within_their_interval() -> None:
    change = np.random.default_rng(2).normal(size=12)
    dose = (np.arange(12) < 5).astype(float)
    statistic = studentised_slope(change, np.arange(12))
    exact = run(dose, statistic)
    drawn = run(dose, statistic, draws=700, level=0.999)
    assert (exact.draws, drawn.draws) == (comb(12, 5), 700)
    assert drawn.p_low < exact.p_value < drawn.p_high


def test_the_studentised_statistic_does_not_move_with_scale_or_shift() -> None:
    generator = np.random.default_rng(3)
    change, cluster, dose = generator.normal(size=30), np.arange(30) % 10, generator.normal(size=10)
    t = studentised_slope(change, cluster)(dose)
    assert studentised_slope(7 * change + 4, cluster)(3 * dose - 1) == pytest.approx(t, rel=1e-11)  # seen 3e-16


@pytest.mark.parametrize(
    "choice", [{"strata": np.arange(20) % 2}, {"draws": 299}, {"level": 0.5}, {"seed": 2}], ids=lambda c: next(iter(c))
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    generator = np.random.default_rng(4)
    statistic, dose = studentised_slope(generator.normal(size=20), np.arange(20)), generator.normal(size=20)
    assert run(dose, statistic, draws=199) != run(dose, statistic, **({"draws": 199} | choice))


@pytest.mark.parametrize("choice", [{"strata": np.arange(20) % 2}, {"weights": np.arange(1.0, 41)}])
def test_strata_and_weights_change_the_slope(choice: dict[str, Any]) -> None:
    generator = np.random.default_rng(5)
    change, cluster, dose = generator.normal(size=40), np.arange(40) % 20, generator.normal(size=20)
    assert studentised_slope(change, cluster)(dose) != studentised_slope(change, cluster, **choice)(dose)


def test_under_the_null_one_test_in_twenty_rejects() -> None:
    """Theory: exact size 0.05 for 199 draws; the count lies in the central 99.9 % of Binomial(400, 0.05)."""
    rejections = 0
    for seed in range(400):
        generator = np.random.default_rng(seed)
        dose, cluster = generator.lognormal(size=20), np.repeat(np.arange(20), 1 + np.arange(20) % 3)
        change = generator.normal(size=20)[cluster] + generator.normal(size=len(cluster))
        rejections += run(dose, studentised_slope(change, cluster), draws=199, seed=seed).p_value <= 0.05
    low, high = stats.binom.interval(0.999, 400, 0.05)
    assert low <= rejections <= high


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dose", "choice", "words"),
    [
        (np.arange(5.0), {"strata": np.arange(4)}, "one stratum a cluster"),
        (np.array([1.0, np.nan, 2]), {}, "finite dose"),
        (np.arange(5.0), {"draws": 0}, "at least one draw"),
        (np.arange(5.0), {"level": 1.0}, "level"),
    ],
)
def test_arguments_that_make_no_test_are_refused(dose: np.ndarray, choice: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        run(dose, sum_of_places, **choice)


def test_a_dose_without_another_assignment_is_refused() -> None:
    with pytest.raises(NotIdentified, match="same in all clusters of each of 5 strata"):
        run(np.arange(5.0), sum_of_places, strata=np.arange(5))


def test_a_statistic_without_a_value_is_refused() -> None:
    with pytest.raises(EstimationError, match=r"nan in permutation 0"):
        run(np.arange(5.0), lambda _: np.nan)


@pytest.mark.parametrize(
    ("change", "cluster", "choice", "error"),
    [
        (np.arange(5.0), np.arange(4), {}, EstimationError),
        (np.array([1.0, np.inf, 2, 3]), np.arange(4), {}, EstimationError),
        (np.arange(4.0), np.arange(4), {"weights": np.array([1.0, 0, 1, 1])}, EstimationError),
        (np.arange(4.0), np.array([0, 1, 3, 4]), {}, EstimationError),
        (np.arange(4.0), np.arange(4), {"strata": np.arange(3)}, EstimationError),
        (np.arange(4.0), np.arange(4), {"strata": np.arange(4)}, NotIdentified),
    ],
    ids=["lengths", "infinite", "weightless", "empty cluster", "strata of others", "too many strata"],
)
def test_units_that_do_not_belong_together_are_refused(
    change: np.ndarray, cluster: np.ndarray, choice: dict[str, Any], error: type[EstimationError]
) -> None:
    with pytest.raises(error):
        studentised_slope(change, cluster, **choice)


def test_a_dose_that_does_not_vary_has_no_slope() -> None:
    with pytest.raises(NotIdentified, match="does not vary"):
        studentised_slope(np.arange(6.0), np.arange(6))(np.full(6, 0.1))


def test_a_perfect_fit_has_no_standard_error() -> None:
    dose = np.array([0.3, 1.7, 2.1, 4.4, 5.9, 7.2])
    with pytest.raises(NotIdentified, match="perfectly"):
        studentised_slope(2 * dose, np.arange(6))(dose)
