"""The step-down adjustment from joint draws: by hand, by a loop over refits, and its error rate."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.multiplicity import holm
from stoeval.inference.romano_wolf import StepDown, romano_wolf, step_down
from stoeval.inference.wild_bootstrap import Counting, Variant, Weights

ALONE = np.array([1.0])


def design(clusters: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dose, cluster and year of one unit a cluster in four years."""
    unit, year = np.repeat(np.arange(clusters), 4), np.tile(np.arange(4), clusters)
    return np.random.default_rng(99).lognormal(sigma=0.5, size=clusters)[unit] * (year > 1), unit, year


def outcomes(clusters: int, seed: int, *, alike: float, effects: tuple[float, ...]) -> list[np.ndarray]:
    """Return outcomes that share `alike` of their variance, each with its own effect of the dose."""
    dose, unit, _ = design(clusters)
    generator = np.random.default_rng(seed)
    shared = generator.normal(size=len(unit))
    return [
        effect * dose + np.sqrt(alike) * shared + np.sqrt(1 - alike) * generator.normal(size=len(unit))
        for effect in effects
    ]


def fits(clusters: int, seed: int, *, alike: float = 0.9, effects: tuple[float, ...] = (0.0,) * 4) -> list[Fit]:
    dose, unit, year = design(clusters)
    return [
        fit(outcome, dose[:, None], names=("dose",), cluster=unit, nested=[unit], crossed=[year])
        for outcome in outcomes(clusters, seed, alike=alike, effects=effects)
    ]


def run(given: list[Fit], *, seed: int = 1, **choices: Any) -> StepDown:  # noqa: ANN401 - passes options on
    return romano_wolf(given, [ALONE] * len(given), np.random.default_rng(seed), **({"draws": 499} | choices))


def test_stepping_down_by_hand() -> None:
    """Four draws of statistics 3, 1 and 2: the largest of all reaches 3 once, of the last two 2 twice, then 1."""
    drawn = np.array([[1.0, 3.5, 0.0], [2.0, 0.5, 2.5], [0.5, -0.2, -1.0], [-2.9, 0.1, -2.0]])
    adjusted = step_down([3.0, -1.0, 2.0], drawn, counting=Counting.STRICT)
    # 3.5 > 3; then of the second and third 3.5 and 2.5 > 2; then of the second 3.5 > 1, which may not fall below.
    assert adjusted == (0.25, 0.5, 0.5)
    assert step_down([3.0, -1.0, 2.0], drawn) == (2 / 5, 4 / 5, 4 / 5)  # ties count, and the sample is a draw


def t_by_rows(X: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> float:
    found, bread = np.linalg.lstsq(X, y, rcond=None)[0], np.linalg.inv(X.T @ X)
    residual = y - X @ found
    scores = np.array([bread[0] @ X[cluster == g].T @ residual[cluster == g] for g in range(cluster.max() + 1)])
    return float(found[0] / np.sqrt((scores**2).sum()))


def test_all_combinations_of_weights_give_the_p_values_of_a_loop_over_refits() -> None:
    """Eight clusters, three outcomes, 256 draws, all dummies as columns."""
    dose, unit, year = design(8)
    given = outcomes(8, 4, alike=0.5, effects=(0.0, 1.0, 2.0))
    rest = np.column_stack([np.eye(8)[unit], np.eye(4)[year][:, 1:]])
    X = np.column_stack([dose, rest])
    restricted = [rest @ np.linalg.lstsq(rest, y, rcond=None)[0] for y in given]
    drawn = np.array(
        [
            [t_by_rows(X, r + np.array(v)[unit] * (y - r), unit) for y, r in zip(given, restricted, strict=True)]
            for v in product([-1.0, 1.0], repeat=8)
        ]
    )
    sample = np.array([t_by_rows(X, y, unit) for y in given])
    expected, left, floor = {}, [0, 1, 2], 0.0
    while left:
        top = max(left, key=lambda j: abs(sample[j]))
        reached = [max(abs(row[j]) for j in left) >= abs(sample[top]) * (1 - 1e-8) for row in drawn]
        floor = expected[top] = max(floor, float(np.mean(reached)))
        left.remove(top)
    found = run(fits(8, 4, alike=0.5, effects=(0.0, 1.0, 2.0)), weights=Weights.RADEMACHER)
    assert found.enumerated
    assert found.adjusted == tuple(expected[j] for j in range(3))
    assert len(set(found.adjusted)) > 1


@pytest.mark.parametrize("seed", range(5))
def test_adjusted_p_values_rise_with_the_single_ones_and_never_lie_below_them(seed: int) -> None:
    found = run(fits(20, seed, effects=(0.0, 0.3, 0.6, 0.9)))
    order = np.argsort(-np.abs(found.statistics))
    assert (np.diff(np.array(found.adjusted)[order]) >= 0).all()
    assert (np.array(found.adjusted) >= np.array(found.p_values)).all()
    assert found.adjusted[order[-1]] <= 1


def test_a_family_of_one_is_the_single_test() -> None:
    found = run(fits(20, 1)[:1])
    assert found.adjusted == found.p_values


def test_outcomes_that_are_all_the_same_cost_nothing() -> None:
    """One outcome four times is one hypothesis, which Holm would pay four times for."""
    found = run(fits(20, 3)[:1] * 4)
    assert found.adjusted == found.p_values
    assert holm(found.p_values) > found.adjusted


def test_alike_outcomes_reject_some_true_null_one_time_in_twenty_and_oftener_than_under_holm() -> None:
    """Theory: the count in 300 families of four lies in the central 99.9 % of Binomial(300, 0.05)."""
    families = [run(fits(20, seed), draws=199) for seed in range(300)]
    stepped = sum(min(family.adjusted) <= 0.05 for family in families)
    by_holm = sum(min(holm(family.p_values)) <= 0.05 for family in families)
    low, high = stats.binom.interval(0.999, 300, 0.05)
    assert low <= stepped <= high
    assert by_holm < stepped


@pytest.mark.parametrize(
    "choice",
    [
        {"nulls": [0.5, 0.0, 0.0, 0.0]},
        {"labels": [np.arange(20), np.arange(20) + 1, np.arange(20), np.arange(20)]},
        {"draws": 299},
        {"variant": Variant.JACKKNIFE_BOTH},
        {"restricted": False},
        {"weights": Weights.WEBB},
        {"counting": Counting.STRICT},
        {"seed": 2},
    ],
    ids=lambda choice: next(iter(choice)),
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    given = fits(20, 1, alike=0.2)
    assert run(given).adjusted != run(given, **choice).adjusted


@pytest.mark.parametrize(
    ("statistics", "drawn", "words"),
    [
        ([1.0, 2.0], np.zeros((5, 3)), "need draws of shape"),
        ([1.0], np.zeros((0, 1)), "need draws of shape"),
        ([1.0, np.nan], np.zeros((5, 2)), "1 statistics are not numbers"),
    ],
)
def test_draws_that_do_not_fit_are_refused(statistics: list[float], drawn: np.ndarray, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        step_down(statistics, drawn)
