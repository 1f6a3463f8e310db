"""Which places effects may take."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.rank_confidence import RankSets, rank_confidence_sets

EFFECTS = np.array([3.0, -2.0, 1.0, 0.9])


def sets(effects: np.ndarray, spread: float, seed: int = 1) -> RankSets:
    covariance = spread**2 * np.eye(len(effects))
    return rank_confidence_sets(effects, covariance, generator=np.random.default_rng(seed))


def test_effects_far_apart_have_one_place_each() -> None:
    found = sets(EFFECTS, 0.001)
    assert found.best.tolist() == [1, 4, 2, 3]
    assert found.worst.tolist() == [1, 4, 2, 3]


def test_effects_that_cannot_be_told_apart_may_take_every_place() -> None:
    found = sets(EFFECTS, 50.0)
    assert found.best.tolist() == [1, 1, 1, 1]
    assert found.worst.tolist() == [4, 4, 4, 4]


def test_two_that_are_near_share_their_places() -> None:
    found = sets(EFFECTS, 0.2)
    assert found.best.tolist() == [1, 4, 2, 2]
    assert found.worst.tolist() == [1, 4, 3, 3]


def test_two_effects_are_compared_by_their_z() -> None:
    # One pair, two-sided at 5 %: told apart beyond 1.96 standard errors of the difference, sqrt(2).
    beyond, within = np.array([0.0, 2.2 * np.sqrt(2)]), np.array([0.0, 1.75 * np.sqrt(2)])
    assert sets(beyond, 1.0).best.tolist() == [2, 1]
    assert sets(within, 1.0).best.tolist() == [1, 1]


def test_step_down_finds_more_than_the_first_comparison() -> None:
    # The first critical value is 2.34, that of three pairs; once the far one leaves it is 2.20 (400,000 draws).
    effects = np.array([0.0, 2.27 * np.sqrt(2), 100.0])
    found = rank_confidence_sets(effects, np.eye(3), generator=np.random.default_rng(1), draws=50_000)
    assert found.best.tolist() == [3, 2, 1]
    assert found.worst.tolist() == [3, 2, 1]
    # Nothing is left but the reverse of each pair, whose largest is that of two: 1.96 at most and 1.64 at least.
    assert 1.5 < found.critical < 2.2


def test_correlated_estimates_are_told_apart_by_their_difference() -> None:
    covariance = 25.0 * np.ones((2, 2)) + 0.01 * np.eye(2)
    found = rank_confidence_sets(np.array([0.0, 1.0]), covariance, generator=np.random.default_rng(1))
    assert found.best.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("effects", "covariance", "match"),
    [
        (np.zeros(1), np.eye(1), "need a covariance"),
        (np.zeros(3), np.eye(2), "need a covariance"),
        (np.array([0.0, np.nan]), np.eye(2), "finite"),
        (np.zeros(2), np.array([[1.0, 3.0], [-3.0, 1.0]]), "not one"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(effects: np.ndarray, covariance: np.ndarray, match: str) -> None:
    with pytest.raises(EstimationError, match=match):
        rank_confidence_sets(effects, covariance, generator=np.random.default_rng(1))


def test_variances_of_few_degrees_of_freedom_ask_for_a_larger_difference() -> None:
    # One pair, told apart beyond 1.96 standard errors if the variances are known; the difference of two t(4) has its
    # 97.5 % quantile at 2.79 sqrt(2) (400,000 draws), of two normals at 1.96.
    beyond = np.array([0.0, 2.2 * np.sqrt(2)])
    found = rank_confidence_sets(beyond, np.eye(2), generator=np.random.default_rng(1), df=np.full(2, 4.0))
    assert found.best.tolist() == [1, 1]
    assert sets(beyond, 1.0).best.tolist() == [2, 1]
    with pytest.raises(EstimationError, match="as many degrees of freedom"):
        rank_confidence_sets(beyond, np.eye(2), generator=np.random.default_rng(1), df=np.ones(3))


def test_effects_without_uncertainty_between_them_are_refused() -> None:
    with pytest.raises(NotIdentified, match="1 pairs of effects have no uncertainty"):
        rank_confidence_sets(np.zeros(2), np.ones((2, 2)), generator=np.random.default_rng(1))
