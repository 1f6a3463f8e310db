"""Expectations by spherical geometry: quarter and half circles, a degree of latitude, and brute force."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoeval.errors import PanelError
from stoeval.panel.geography import EARTH_RADIUS_KM, distance_km, fill_coordinates, nearest, pairs_within

points = st.lists(
    st.tuples(st.floats(3.4, 7.2, allow_nan=False), st.floats(50.8, 53.5, allow_nan=False)), min_size=0, max_size=12
)


def test_a_degree_of_latitude_and_quarter_and_half_circles_have_their_length() -> None:
    radians = [math.pi / 180, math.pi / 2, math.pi]
    found = distance_km(
        np.array([5.0, 0.0, 0.0]), np.array([52.0, 0.0, 0.0]), np.array([5.0, 90.0, 180.0]), np.array([53.0, 0.0, 0.0])
    )
    np.testing.assert_allclose(found, np.multiply(radians, EARTH_RADIUS_KM), rtol=1e-12)  # worst seen 2e-14


def test_the_towers_of_utrecht_and_groningen_are_as_far_apart_as_the_law_of_cosines_says() -> None:
    dom, martini = (5.12139, 52.09072), (6.56806, 53.21944)
    (east, north), (east2, north2) = [tuple(map(math.radians, place)) for place in (dom, martini)]
    angle = math.sin(north) * math.sin(north2) + math.cos(north) * math.cos(north2) * math.cos(east2 - east)
    expected = EARTH_RADIUS_KM * math.acos(angle)
    np.testing.assert_allclose(distance_km(*dom, *martini), expected, rtol=1e-10)  # worst seen 2e-14
    assert 155 < expected < 165


@given(places=points, km=st.floats(0.1, 120))
@settings(max_examples=60, deadline=None)
def test_pairs_within_a_distance_are_those_that_brute_force_finds(places: list[tuple[float, float]], km: float) -> None:
    longitudes, latitudes = np.array(places, dtype=float).reshape(-1, 2).T
    expected = [
        (one, other)
        for one in range(len(places))
        for other in range(one + 1, len(places))
        if distance_km(longitudes[one], latitudes[one], longitudes[other], latitudes[other]) <= km
    ]
    found = pairs_within(longitudes, latitudes, km)
    assert list(zip(*map(np.ndarray.tolist, found), strict=True)) == expected


def test_two_vestigingen_in_one_building_are_a_pair_at_distance_zero() -> None:
    one, other = pairs_within(np.array([5.0, 5.0]), np.array([52.0, 52.0]), 0.0)
    assert (one.tolist(), other.tolist()) == ([0], [1])


def test_a_point_without_coordinates_is_refused() -> None:
    with pytest.raises(PanelError, match="1 points have no coordinates; first at position 1"):
        pairs_within(np.array([5.0, np.nan]), np.array([52.0, 52.0]), 10.0)


def test_the_nearest_point_is_the_one_at_the_smallest_distance() -> None:
    found = nearest(
        np.array([5.0, 6.4]), np.array([52.0, 53.0]), np.array([6.5, 5.1, 4.0]), np.array([53.2, 52.1, 51.0])
    )
    assert found.tolist() == [1, 0]
    with pytest.raises(PanelError, match="no other point"):
        nearest(np.array([5.0]), np.array([52.0]), np.array([]), np.array([]))


def test_missing_coordinates_come_from_postcode_then_place_then_gemeente() -> None:
    known = pd.DataFrame(
        {
            "vestiging": ["a", "b", "c"],
            "postcode4": ["9401", "9401", "9402"],
            "place": ["ASSEN", "ASSEN", "ROLDE"],
            "gemeente": ["ASSEN", "ASSEN", "AAENHUNZE"],
            "longitude": [6.0, 6.2, 6.6],
            "latitude": [53.0, 53.2, 53.4],
        }
    )
    wanted = pd.DataFrame(
        {
            "vestiging": ["a", "p", "q", "r", "s"],
            "postcode4": ["1234", "9401", "9999", pd.NA, pd.NA],
            "place": ["ROLDE", "ROLDE", "ASSEN", pd.NA, pd.NA],
            "gemeente": ["ASSEN", "AAENHUNZE", "AAENHUNZE", "AAENHUNZE", "HATTEM"],
        }
    ).astype("string")
    filled = fill_coordinates(wanted, known)
    assert filled["origin"].fillna("none").tolist() == ["own", "postcode4", "place", "gemeente", "none"]
    np.testing.assert_allclose(
        filled["longitude"].to_numpy(dtype=float, na_value=0), [6.0, 6.1, 6.1, 6.6, 0], rtol=1e-12
    )
    np.testing.assert_allclose(
        filled["latitude"].to_numpy(dtype=float, na_value=0), [53.0, 53.1, 53.1, 53.4, 0], rtol=1e-12
    )
