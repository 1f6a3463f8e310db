"""Distances between vestigingen, coordinates for those that have none of their own, and gemeenten of a base year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from stoeval.errors import PanelError

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def distance_km(
    longitude: Floats | float, latitude: Floats | float, other_longitude: Floats | float, other_latitude: Floats | float
) -> Floats:
    """Return great-circle distances in kilometres between points in degrees, by the haversine formula."""
    east = np.radians(np.subtract(other_longitude, longitude))
    north = np.radians(np.subtract(other_latitude, latitude))
    across = np.cos(np.radians(latitude)) * np.cos(np.radians(other_latitude)) * np.sin(east / 2) ** 2
    half = np.sin(north / 2) ** 2 + across
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=np.float64)


def pairs_within(longitudes: Floats, latitudes: Floats, km: float) -> tuple[Integers, Integers]:
    """Return the positions of all pairs at most `km` apart, the lower position first, in order.

    Raises PanelError where a coordinate is no number.
    """
    _refuse_missing(longitudes, latitudes)
    if len(longitudes) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    tree = cKDTree(_on_sphere(longitudes, latitudes))
    candidates = tree.query_pairs(_chord(km * 1.001 + 1e-6), output_type="ndarray").astype(np.int64).reshape(-1, 2)
    one, other = candidates.min(axis=1), candidates.max(axis=1)
    near = distance_km(longitudes[one], latitudes[one], longitudes[other], latitudes[other]) <= km
    order = np.lexsort((other[near], one[near]))
    return one[near][order], other[near][order]


def distance_matrix(longitudes: Floats, latitudes: Floats) -> Floats:
    """Return the great-circle distance in kilometres of every point to every other: points x points.

    Raises PanelError where a coordinate is no number. For pairs within a radius `pairs_within` needs no matrix.
    """
    _refuse_missing(longitudes, latitudes)
    return distance_km(longitudes[:, None], latitudes[:, None], longitudes[None, :], latitudes[None, :])


def nearest(longitudes: Floats, latitudes: Floats, other_longitudes: Floats, other_latitudes: Floats) -> Integers:
    """Return for each point the position of the nearest other point; raise PanelError where there is none."""
    _refuse_missing(longitudes, latitudes)
    _refuse_missing(other_longitudes, other_latitudes)
    if not len(other_longitudes):
        message = f"{len(longitudes)} points have no other point to be near to; give coordinates of vestigingen"
        raise PanelError(message)
    tree = cKDTree(_on_sphere(other_longitudes, other_latitudes))
    return np.asarray(tree.query(_on_sphere(longitudes, latitudes))[1], dtype=np.int64)


def base_year_names(names: pd.Series, base: pd.Series, named: pd.DataFrame) -> pd.Series:
    """Return names of gemeenten as they are in the base year; a name that cannot be traced stays.

    `base` holds the gemeente of each vestiging that the base year knows, by vestiging; `named` has columns
    vestiging and gemeente from deliveries of other years. A name that the base year does not have becomes the
    one that most of its vestigingen have there; of as many, the first by alphabet.
    """
    pairs = named.assign(base=named["vestiging"].map(base)).dropna(subset=["gemeente", "base"])
    counted = pairs.groupby(["gemeente", "base"]).size().rename("times").reset_index()
    ordered = counted.sort_values(["gemeente", "times", "base"], ascending=[True, False, True])
    traced = ordered.drop_duplicates("gemeente").set_index("gemeente")["base"]
    known = names.isin(set(base))
    return names.where(known, names.map(traced).astype("string").fillna(names)).astype("string")


def fill_coordinates(wanted: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Give each wanted vestiging coordinates, and say in `origin` where they come from.

    `wanted` has columns vestiging, postcode4, place and gemeente; `known` the same with longitude and
    latitude. Own coordinates come first, then the mean of the vestigingen with the same four postcode digits,
    the same place, the same gemeente. `origin` is empty where none of these exists.
    """
    result = wanted.merge(known[["vestiging", "longitude", "latitude"]], on="vestiging", how="left", validate="1:1")
    result["origin"] = pd.Series("own", index=result.index, dtype="string").where(result["longitude"].notna())
    for column in ("postcode4", "place", "gemeente"):
        means = known.dropna(subset=[column]).groupby(column)[["longitude", "latitude"]].mean()
        found = result["origin"].isna() & result[column].isin(means.index)
        for axis in ("longitude", "latitude"):
            result[axis] = result[axis].mask(found, result[column].map(means[axis]))
        result["origin"] = result["origin"].mask(found, column)
    return result


def _refuse_missing(longitudes: Floats, latitudes: Floats) -> None:
    missing = np.flatnonzero(~(np.isfinite(longitudes) & np.isfinite(latitudes)))
    if missing.size:
        message = f"{missing.size} points have no coordinates; first at position {missing[0]}; leave them out"
        raise PanelError(message)


def _on_sphere(longitudes: Floats, latitudes: Floats) -> Floats:
    east, north = np.radians(longitudes), np.radians(latitudes)
    return np.column_stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)))


def _chord(km: float) -> float:
    return float(2 * np.sin(min(km / (2 * EARTH_RADIUS_KM), np.pi / 2)))
