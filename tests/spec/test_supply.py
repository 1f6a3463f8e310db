"""Naburig aanbod and reach, by hand and against every admissible size.

Points lie on the parallel of 52 degrees, where 0.10 degrees are 6.8 km and 0.15 are 10.3 km.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoeval.errors import PanelError
from stoeval.panel.geography import base_year_names, distance_matrix, pairs_within
from stoeval.panel.masking import Intervals
from stoeval.panel.supply import near_small_pairs, reachable

LATITUDES = np.full(4, 52.0)


def sizes(*bounds: tuple[int, int]) -> Intervals:
    low, high = np.array(bounds, dtype=np.int64).T
    return Intervals(low=low, high=high)


masked = st.sampled_from([(1, 4), (4, 4), (5, 5), (5, 8), (6, 6), (7, 10), (3, 3)])


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(bounds=st.lists(masked, min_size=4, max_size=4), places=st.lists(st.floats(5, 5.3), min_size=4, max_size=4))
def test_the_number_of_pairs_is_bounded_by_its_extremes_over_all_admissible_sizes(
    bounds: list[tuple[int, int]], places: list[float]
) -> None:
    longitudes = np.array(places)
    found = near_small_pairs(longitudes, LATITUDES, sizes(*bounds), km=10, small=6)
    near = list(zip(*pairs_within(longitudes, LATITUDES, 10), strict=True))
    every = [
        sum(admissible[one] < 6 and admissible[other] < 6 for one, other in near)
        for admissible in itertools.product(*(range(low, high + 1) for low, high in bounds))
    ]
    assert (found.certain.sum(), len(found.first)) == (min(every), max(every))
    assert found.certain.sum() <= found.middle.sum() <= len(found.first)


def test_a_pair_counts_half_for_each_of_its_offers() -> None:
    found = near_small_pairs(np.array([5.0, 5.1, 5.2, 6.0]), LATITUDES, sizes(*[(3, 3)] * 4), km=10, small=5)
    assert found.each(4, found.certain).tolist() == [0.5, 1, 0.5, 0]


def test_an_offer_is_reached_within_the_distance_and_no_offer_reaches_nobody() -> None:
    homes = np.array([5.0, 5.1, 5.14, 5.15])
    offered = np.array([5.0])
    assert reachable(homes, LATITUDES, offered, LATITUDES[:1], km=10).tolist() == [True, True, True, False]
    assert reachable(homes, LATITUDES, offered[:0], LATITUDES[:0], km=10).tolist() == [False] * 4
    assert reachable(homes[:0], LATITUDES[:0], offered, LATITUDES[:1], km=10).tolist() == []


def test_the_matrix_of_distances_is_symmetric_and_agrees_with_pairs() -> None:
    longitudes = np.array([5.0, 5.1, 5.2, 6.0])
    matrix = distance_matrix(longitudes, LATITUDES)
    assert matrix.shape == (4, 4)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9)  # worst seen 0
    assert np.diag(matrix).tolist() == [0, 0, 0, 0]
    assert matrix[0, 1] == pytest.approx(6.846, abs=0.01)
    near = {(one, other) for one, other in zip(*np.nonzero(matrix <= 10), strict=True) if one < other}
    assert near == set(zip(*pairs_within(longitudes, LATITUDES, 10), strict=True))
    with pytest.raises(PanelError, match="1 points have no coordinates"):
        distance_matrix(np.array([np.nan, 5.0]), LATITUDES[:2])


def test_a_gemeente_is_called_as_in_the_base_year_where_its_vestigingen_say_so() -> None:
    """OUD became NIEUW for two of its three known vestigingen; WEG is nowhere known and keeps its name."""
    base = pd.Series({"a": "NIEUW", "b": "NIEUW", "c": "ELDERS", "d": "BLIJFT"})
    named = pd.DataFrame(
        {"vestiging": ["a", "b", "c", "d", "x", "y"], "gemeente": ["OUD", "OUD", "OUD", "BLIJFT", "OUD", "WEG"]}
    )
    names = pd.Series(["OUD", "BLIJFT", "WEG", "NIEUW"])
    assert base_year_names(names, base, named).tolist() == ["NIEUW", "BLIJFT", "WEG", "NIEUW"]
