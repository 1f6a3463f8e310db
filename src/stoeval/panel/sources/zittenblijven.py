"""Pupils who repeat a year, move down or move up a leerweg, per vestiging, from DUO's file Zittenblijven.

A file compares two school years, named in its file name, and counts the pupils of the first: how many sit in
the same year again, on a lower or on a higher level in the second. Headers with spaces (2016) and with
underscores (from 2018). Percentages are not read: they are not masked and follow from the counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, NUMBER_IN_SCHOOL, SCHOOL_NAME, bounds, count, text
from stoeval.panel.sources.keys import compared_year_in_name, masking_of, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking

WHAT = "a DUO file of zittenblijvers per vestiging"
COUNTED = (
    count("pupils", ("TOTAAL LEERLINGEN", "AANTAL LEERLINGEN", "AANTAL_LEERLINGEN"), "pupils", "1.001"),
    count("repeaters", ("AANTAL ZITTENBLIJVERS", "AANTAL_ZITTENBLIJVERS"), "pupils who repeat the year", "84"),
    count("moved_down", ("AANTAL AFSTROMERS", "AANTAL_AFSTROMERS"), "pupils who go on at a lower level", "25"),
    count("moved_up", ("AANTAL OPSTROMERS", "AANTAL_OPSTROMERS"), "pupils who go on at a higher level", "<5"),
)
DECLARED = (
    BRIN,
    NUMBER_IN_SCHOOL,
    SCHOOL_NAME,
    text("place", "PLAATSNAAM VESTIGING", "place of the vestiging", "ENSCHEDE", required=False),
    text("gemeente", "GEMEENTENAAM VESTIGING", "gemeente of the vestiging", "ENSCHEDE", required=False),
    text("province", "PROVINCIE VESTIGING", "province of the vestiging", "Overijssel", required=False),
    *COUNTED,
)


def read_zittenblijven(path: Path, *, masking: Masking | None = None) -> Delivered:
    """Read one row a vestiging: pupils of the first school year, and who repeat, move down and move up.

    The file name tells the school years, and how small counts are shown unless `masking` says so. Raises
    PanelError at a file that is not this delivery, doubled vestigingen, or more repeaters than pupils.
    """
    optional = {column.name: column.headers for column in DECLARED if not column.required}
    file = read_delimited(path, SOURCE.required_headers, what=WHAT, optional=optional)
    frame, school_year = file.frame, compared_year_in_name(path)
    rows = pd.DataFrame({"vestiging": vestiging_keys(frame["brin"], frame["number"], where=path.name)})
    rows["school_year"] = school_year
    rows = rows.join(bounds(frame, COUNTED, masking or masking_of(path), path=path, school_year=school_year))
    _refuse_doubles(rows, path)
    _refuse_more_than_all(rows, path)
    told = {name: frame[name] for name in ("place", "gemeente", "province") if name in frame}
    places = places_of(rows["vestiging"], **told)
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


def _refuse_doubles(rows: pd.DataFrame, path: Path) -> None:
    doubled = rows.loc[rows.duplicated("vestiging"), "vestiging"]
    if len(doubled):
        message = (
            f"{path.name}: {len(doubled)} vestigingen occur twice; first {doubled.iloc[0]}; download the file again"
        )
        raise PanelError(message)


def _refuse_more_than_all(rows: pd.DataFrame, path: Path) -> None:
    parts = ("repeaters", "moved_down", "moved_up")
    wrong = pd.concat([rows[f"{part}_low"] > rows["pupils_high"] for part in parts], axis=1).any(axis=1)
    if wrong.any():
        message = (
            f"{path.name}: {int(wrong.sum())} vestigingen have more zittenblijvers, afstromers or opstromers than "
            f"pupils; first {rows['vestiging'][wrong].iloc[0]}; check the order of the columns"
        )
        raise PanelError(message)


SOURCE = Source(
    name="zittenblijven",
    description="Pupils per vestiging who repeat a year, move down or move up, two school years compared in a file.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"zittenblijv(en|ers).*vestiging|zittenblijven.*brinvest"),
    columns=DECLARED,
    read=read_zittenblijven,
    many=True,
)
