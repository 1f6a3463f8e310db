"""Longitude and latitude of vo vestigingen, one or more locations a vestiging and year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited
from stoeval.panel.sources.duo_columns import number, text
from stoeval.panel.sources.keys import school_years

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a file of coordinates of vo vestigingen"
BOX = {"longitude": (3.0, 8.0), "latitude": (50.0, 54.0)}
DECLARED = (
    text("vestiging", "VESTIGINGSCODE", "BRIN and two digits of the vestiging", "00AH07"),
    text("year", "PEILJAAR", "year of the register", "2022", pattern=r"20[0-9]{2}"),
    text("postcode", "POSTCODE", "postcode", "7511AA"),
    text("place", "PLAATS", "place", "Enschede"),
    text("gemeente", "GEMEENTE", "gemeente", "ENSCHEDE"),
    number(
        "longitude",
        "LON",
        "longitude of the address",
        "6.89",
        unit="degrees",
        minimum=BOX["longitude"][0],
        maximum=BOX["longitude"][1],
    ),
    number(
        "latitude",
        "LAT",
        "latitude of the address",
        "52.22",
        unit="degrees",
        minimum=BOX["latitude"][0],
        maximum=BOX["latitude"][1],
    ),
)


def read_coordinates(path: Path) -> Delivered:
    """Read one row a vestiging: postcode, place, gemeente, longitude and latitude in degrees.

    The first year that holds a vestiging counts, the nearest to the panel's own years; several locations
    are averaged. Raises PanelError at a point outside the Netherlands.
    """
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
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
    frame["year"] = school_years(frame, path)
    first = frame[frame["year"] == frame.groupby("vestiging")["year"].transform("min")]
    groups = first.groupby("vestiging", sort=True)
    rows = (
        groups[["postcode", "place", "gemeente"]].first().join(groups[["longitude", "latitude"]].mean()).reset_index()
    )
    places = places_of(rows["vestiging"], place=rows["place"], gemeente=rows["gemeente"])
    return Delivered(name=path.name, sha256=file.sha256, rows=pd.DataFrame(rows), places=places)


SOURCE = Source(
    name="coordinates",
    description="Places of vo vestigingen on the map, from the addresses of the register.",
    publisher="third parties, from the addresses of DUO",
    licence="not stated",
    file_name=re.compile(r"vo_vestigingen_geo"),
    columns=DECLARED,
    read=read_coordinates,
    many=False,
)
