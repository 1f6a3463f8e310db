"""Nearest neighbours against distances and weights by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.matching import mahalanobis, nearest_neighbours

DISTANCE = np.array([[1.0, 2.0, 3.0], [4.0, 0.5, 0.5]])


def test_every_treated_unit_shares_its_weight_over_its_matches() -> None:
    """The first takes unit 0, the second shares between units 1 and 2, which lie as far."""
    found = nearest_neighbours(DISTANCE, 1, weights=np.array([1.0, 3.0]))
    assert found.treated == pytest.approx([0.25, 0.75])
    assert found.others == pytest.approx([0.25, 0.375, 0.375])
    assert found.nearest == pytest.approx([1.0, 0.5])


def test_more_neighbours_share_evenly() -> None:
    found = nearest_neighbours(DISTANCE, 2, weights=np.ones(2))
    assert found.others == pytest.approx([0.25, 0.5, 0.25])


def test_who_has_no_match_within_the_calliper_is_left_out() -> None:
    found = nearest_neighbours(DISTANCE, 1, weights=np.ones(2), calliper=0.6)
    assert found.treated == pytest.approx([0.0, 1.0])
    assert found.others == pytest.approx([0.0, 0.5, 0.5])
    with pytest.raises(NotIdentified, match=r"none of 2 units has a match within 0\.4; the nearest lies at 0\.5"):
        nearest_neighbours(DISTANCE, 1, weights=np.ones(2), calliper=0.4)


def test_distance_is_that_of_scipy_in_the_covariance_within_groups() -> None:
    generator = np.random.default_rng(4)
    one, other = generator.normal(2, 1, (8, 3)), generator.normal(size=(20, 3))
    within = np.vstack([one - one.mean(axis=0), other - other.mean(axis=0)])
    inverse = np.linalg.inv(within.T @ within / 26)
    found = mahalanobis(one, other)
    assert found == pytest.approx(cdist(one, other, "mahalanobis", VI=inverse), rel=1e-9)  # worst deviation seen 9e-16


def test_distance_knows_no_units_of_measurement_and_no_repetition() -> None:
    generator = np.random.default_rng(5)
    one, other = generator.normal(size=(8, 3)), generator.normal(size=(20, 3))
    turn = np.array([[2.0, 0.0, 1.0], [0.0, 1e-4, 0.0], [1.0, 0.0, 50.0]])
    plain = mahalanobis(one, other)
    assert mahalanobis(one @ turn, other @ turn) == pytest.approx(plain, rel=1e-9)  # worst deviation seen 1e-15
    wide = [np.column_stack([part, part[:, 0] + part[:, 1], np.full(len(part), 3.0)]) for part in (one, other)]
    assert mahalanobis(*wide) == pytest.approx(plain, rel=1e-9)  # worst deviation seen 7e-16


def test_a_characteristic_that_sets_the_groups_apart_cannot_be_matched_on() -> None:
    generator = np.random.default_rng(6)
    one, other = (np.column_stack([generator.normal(size=9), np.full(9, value)]) for value in (1.0, 0.0))
    with pytest.raises(NotIdentified, match="sets the groups apart"):
        mahalanobis(one, other)
    with pytest.raises(NotIdentified, match="no characteristic varies"):
        mahalanobis(one[:, 1:], other[:, 1:])


def test_arguments_that_make_no_sense_are_refused() -> None:
    with pytest.raises(NotIdentified, match="3 units to match with, and 4 neighbours"):
        nearest_neighbours(DISTANCE, 4, weights=np.ones(2))
    with pytest.raises(EstimationError, match="both have to be positive"):
        nearest_neighbours(DISTANCE, 0, weights=np.ones(2))
    with pytest.raises(EstimationError, match="for 3 treated units"):
        nearest_neighbours(DISTANCE, 1, weights=np.ones(3))
    with pytest.raises(EstimationError, match="do not fit"):
        mahalanobis(np.ones((2, 3)), np.ones((2, 2)))
