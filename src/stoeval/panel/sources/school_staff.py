"""Staff per school (BRIN) and function on 1 October, from DUO's workbooks in persons and in fte.

One workbook holds all years from 2011, a column a year and measure. Staff is known per school, not per
vestiging, and not by subject. Both names of the sheet by function are known; a workbook without that sheet
gives all functions together. Staff of the board (`bovenschools`) keeps its board and has no BRIN.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import HIGHEST_MASKED, STAFF_WORKBOOK, Masking, parse_counts
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of
from stoeval.panel.sources.duo_columns import CC0, DUO, Extent, count, number, text
from stoeval.panel.sources.keys import BRIN_HEADERS, checked_brins
from stoeval.panel.sources.workbook import read_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.declaration import SourceColumn

WHAT = "a DUO workbook of staff in vo, in persons or in fte"
BY_FUNCTION = ("owtype-best-instelling-functie", "per owtype-bestuur-brin-functie")
TOGETHER = ("owtype-best-instelling", "per owtype-bestuur-brin")
ALL_FUNCTIONS = "Alle functies"
OF_THE_BOARD = "bovenschools"
LAST_YEAR = 2025
KEY = ["type", "board", "brin", "function", "school_year"]
KEYS = (
    text("type", "ONDERWIJSTYPE", "onderwijstype", "VO", required=False),
    text("board", "BEVOEGD GEZAG", "number of the board", "10053"),
    text("brin", BRIN_HEADERS, "BRIN of the school, or bovenschools", "00AH"),
    text("function", "FUNCTIEGROEP", "group of functions", "Onderwijsgevend personeel", required=False),
)
COUNTS = {"persons": "PERSONEN", "permanent": "PERSONEN IN VASTE DIENST"}
FTE = "FTE'S"
AGE = "GEMIDDELDE LEEFTIJD"
_MEASURE = re.compile(rf"({'|'.join((*COUNTS.values(), FTE, AGE))}) (20[0-9]{{2}})")


def _year(year: int) -> tuple[SourceColumn, ...]:
    only: Extent = {"required": False, "masking": STAFF_WORKBOOK, "first_year": year, "last_year": year}
    persons: Extent = {**only, "unit": "persons"}
    fte: Extent = {**only, "unit": "fte", "minimum": 0}
    years: Extent = {**only, "unit": "years", "minimum": 0}
    return (
        count(f"persons_{year}", f"PERSONEN {year}", f"persons on 1 October {year}", "48", **persons),
        count(f"permanent_{year}", f"PERSONEN IN VASTE DIENST {year}", "of whom permanent", "*", **persons),
        number(f"fte_{year}", f"{FTE} {year}", "full-time equivalents", "40.2", **fte),
        number(f"mean_age_{year}", f"{AGE} {year}", "mean age", "44.1", **years),
    )


DECLARED = (*KEYS, *(column for year in range(2011, LAST_YEAR + 1) for column in _year(year)))


def read_school_staff(path: Path, *, masking: Masking = STAFF_WORKBOOK) -> Delivered:
    """Read one row a school, board, function and school year that the workbook says anything of.

    Columns type, board, brin, function, school_year, bounds of persons, permanent and fte, and mean_age; those
    of the other workbook are empty. A masked number of fte is that of 1 to 4 persons, so between 0 and
    4. Raises PanelError at a file that is not this delivery, a text that is neither number nor symbol, and
    doubled rows.
    """
    sheet = read_sheet(path, (*BY_FUNCTION, *TOGETHER), what=WHAT)
    where = f"{path.name}, {sheet.name}"
    frame = sheet.frame.rename(columns=lambda name: name.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    keys = _keys(frame, where)
    parts = [_one_year(frame, keys, year, masking, where) for year in _years(frame, where)]
    rows = pd.concat(parts, ignore_index=True)
    doubled = rows[rows.duplicated(KEY)]
    if len(doubled):
        first = " ".join(map(str, doubled.iloc[0][KEY].fillna("")))
        message = f"{where}: {len(doubled)} rows occur twice; first {first}; download the file again"
        raise PanelError(message)
    places = places_of(pd.Series(dtype="string"))
    return Delivered(name=path.name, sha256=sheet.sha256, rows=rows, places=places)


def _keys(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    named = {column.name: next((one for one in column.headers if one in frame), None) for column in KEYS}
    missing = [" or ".join(column.headers) for column in KEYS if column.required and named[column.name] is None]
    if missing:
        message = (
            f"{where}: {len(missing)} columns of {WHAT} are missing: {', '.join(missing)}; "
            f"found {', '.join(frame.columns[:6])}; give the workbook as it is published"
        )
        raise PanelError(message)
    keys = pd.DataFrame({name: frame[header] for name, header in named.items() if header}, index=frame.index)
    for name, filler in (("type", ""), ("function", ALL_FUNCTIONS)):
        if name not in keys:
            keys[name] = pd.array([filler] * len(keys), dtype="string")
    of_the_board = keys["brin"].str.casefold() == OF_THE_BOARD
    checked_brins(keys["brin"][~of_the_board], where=where)
    keys["brin"] = keys["brin"].mask(of_the_board)
    return keys[["type", "board", "brin", "function"]]


def _years(frame: pd.DataFrame, where: str) -> tuple[int, ...]:
    years = {int(match.group(2)) for match in map(_MEASURE.fullmatch, frame.columns) if match}
    if not years:
        message = (
            f"{where}: no column PERSONEN or FTE'S with a year; found {', '.join(frame.columns[:6])}; "
            "give the workbook as it is published"
        )
        raise PanelError(message)
    return tuple(sorted(years))


def _one_year(frame: pd.DataFrame, keys: pd.DataFrame, year: int, masking: Masking, where: str) -> pd.DataFrame:
    rows = keys.assign(school_year=year)
    for name, header in COUNTS.items():
        rows[f"{name}_low"], rows[f"{name}_high"] = _counts(frame, f"{header} {year}", masking, where)
    rows["fte_low"], rows["fte_high"] = _fte(frame, f"{FTE} {year}", masking, where)
    rows["mean_age"] = _decimals(frame, f"{AGE} {year}", masking, where)
    said = rows.drop(columns=[*KEY]).notna().any(axis=1)
    return rows[said]


def _counts(frame: pd.DataFrame, header: str, masking: Masking, where: str) -> tuple[pd.Series, pd.Series]:
    """Return lowest and highest admissible counts, empty where the cell is."""
    low = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    high = low.copy()
    if header in frame:
        given = frame[header] != ""
        counts = parse_counts(frame.loc[given, header], masking, where=f"{where}, {header}")
        low[given], high[given] = counts.low, counts.high
    return low, high


def _fte(frame: pd.DataFrame, header: str, masking: Masking, where: str) -> tuple[pd.Series, pd.Series]:
    known = _decimals(frame, header, masking, where)
    hidden = frame[header].isin(masking.symbols) if header in frame else pd.Series(data=False, index=frame.index)
    return known.mask(hidden, 0.0), known.mask(hidden, float(HIGHEST_MASKED))


def _decimals(frame: pd.DataFrame, header: str, masking: Masking, where: str) -> pd.Series:
    if header not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Float64")
    shown = frame[header].mask(frame[header].isin(masking.symbols), "")
    return parse_decimals(shown, where=f"{where}, {header}")


SOURCE = Source(
    name="school staff",
    description="Staff per school and function, in persons or in fte, a column a year and measure.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"onderwijspersoneel-vo-in-(personen|fte)"),
    columns=DECLARED,
    read=read_school_staff,
    many=True,
    template="xlsx",
)
