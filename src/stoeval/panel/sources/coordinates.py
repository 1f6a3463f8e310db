"""Longitude and latitude of vo vestigingen, one or more locations a vestiging and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a file of coordinates of vo vestigingen"
COLUMNS = {
    "vestiging": ("VESTIGINGSCODE",),
    "year": ("PEILJAAR",),
    "postcode": ("POSTCODE",),
    "place": ("PLAATS",),
    "gemeente": ("GEMEENTE",),
    "longitude": ("LON",),
    "latitude": ("LAT",),
}
BOX = {"longitude": (3.0, 8.0), "latitude": (50.0, 54.0)}


def read_coordinates(path: Path) -> Delivered:
    """Read one row a vestiging: postcode, place, gemeente, longitude and latitude in degrees.

    The first year that holds a vestiging counts, the nearest to the panel's own years; several locations
    are averaged. Raises PanelError at a point outside the Netherlands.
    """
    file = read_delimited(path, COLUMNS, what=WHAT)
    frame = file.frame.copy()
    for name, (lowest, highest) in BOX.items():
        frame[name] = parse_decimals(frame[name], where=f"{path.name}, {name}")
        outside = ~frame[name].between(lowest, highest).fillna(value=False)
        if outside.any():
            message = (
                f"{path.name}, {name}: {int(outside.sum())} values are not between {lowest} and {highest} degrees; "
                f"first for {frame['vestiging'][outside].iloc[0]}; check the order of the columns"
            )
            raise PanelError(message)
    frame["year"] = frame["year"].astype("Int64")
    first = frame[frame["year"] == frame.groupby("vestiging")["year"].transform("min")]
    groups = first.groupby("vestiging", sort=True)
    rows = (
        groups[["postcode", "place", "gemeente"]].first().join(groups[["longitude", "latitude"]].mean()).reset_index()
    )
    places = places_of(rows["vestiging"], place=rows["place"], gemeente=rows["gemeente"])
    return Delivered(name=path.name, sha256=file.sha256, rows=pd.DataFrame(rows), places=places)
