"""Keys that deliveries share: the six-character vestiging, the school year in a file name, place names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import DUO_API, DUO_FILE, Masking

if TYPE_CHECKING:
    from pathlib import Path

BRIN_HEADERS = ("BRINNUMMER", "BRIN NUMMER", "INSTELLING", "INSTELLINGSCODE")
"""The newest last, as in every declaration."""
NUMBER_HEADERS = ("VESTIGINGSNUMMER", "VESTIGINGSCODE")
BRIN_PATTERN = r"[0-9]{2}[A-Z]{2}"
DUO_TABLE = replace(DUO_API, fours_from=0)
"""The tables that onderwijsdata.duo.nl gives as files hide in every year (onderwijsdata.duo.nl/dataset/01voins-v1)."""
_VESTIGING = BRIN_PATTERN + r"[0-9]{2}"
_YEAR = re.compile(r"(20[0-9]{2})")
_STARTS_WITH_YEAR = r"^(20[0-9]{2})(?![0-9])"
_COMPARED = re.compile(r"(?:20)?(?P<first>[0-9]{2})-?(?:20)?(?P<next>[0-9]{2})-tov-(?:20)?(?P<second>[0-9]{2})")
_TABLE_NAME = re.compile(r"0[1-4]_?vo(ins|ex)|brin[46]_")
_PROVINCE_SUFFIX = re.compile(r" (GN|FR|DR|OV|GLD|GD|UT|NH|ZH|ZLD|ZL|NB|LB|LIM)$")


def vestiging_keys(brin: pd.Series, number: pd.Series, *, where: str) -> pd.Series:
    """Return six-character vestigingen from a BRIN and a number of one, two or six characters."""
    short = brin.str.strip() + number.str.strip().str.zfill(2)
    return checked_keys(number.str.strip().where(number.str.strip().str.len() == 6, short), where=where)


def checked_keys(keys: pd.Series, *, where: str) -> pd.Series:
    """Return keys that are each a vestiging; raise PanelError at one that is not."""
    wrong = ~keys.str.fullmatch(_VESTIGING)
    if wrong.any():
        message = (
            f"{where}: {int(wrong.sum())} vestigingen are no BRIN with two digits; first is {keys[wrong].iloc[0]!r} "
            f"in data row {int(wrong.to_numpy().argmax()) + 1}; expected such as 00AH00; keep leading zeros"
        )
        raise PanelError(message)
    return keys


def checked_brins(brins: pd.Series, *, where: str) -> pd.Series:
    """Return keys that are each a BRIN; raise PanelError at one that is not."""
    keys = brins.str.strip()
    wrong = ~keys.str.fullmatch(BRIN_PATTERN).fillna(value=False).astype(bool)
    if wrong.any():
        message = (
            f"{where}: {int(wrong.sum())} schools are no BRIN; first is {keys[wrong].iloc[0]!r} in data row "
            f"{int(wrong.to_numpy().argmax()) + 1}; expected such as 00AH; keep leading zeros"
        )
        raise PanelError(message)
    return keys


def masking_of(path: Path) -> Masking:
    """Return how DUO shows small counts in a file: as its tables do where the file bears a table's name."""
    return DUO_TABLE if _TABLE_NAME.match(path.name.lower()) else DUO_FILE


def compared_year_in_name(path: Path) -> int:
    """Return the first of two school years that a file compares, such as 2015 for -1516-tov-1617.

    Raises PanelError where the name has no two school years in a row.
    """
    found = _COMPARED.search(path.stem)
    years = [int(found.group(name)) for name in ("first", "next", "second")] if found else []
    if not years or not years[0] + 1 == years[1] == years[2]:
        message = (
            f"{path.name}: no two school years in a row in the file name; expected such as "
            "-2023-2024-tov-2024-2025 or -1516-tov-1617; keep DUO's own name"
        )
        raise PanelError(message)
    return 2000 + years[0]


def school_year_in_name(path: Path) -> int:
    """Return the first school year in a file name; raise PanelError where there is none."""
    found = _YEAR.search(path.stem)
    if not found:
        message = f"{path.name}: no school year in the file name; expected such as -2016-2017; keep DUO's own name"
        raise PanelError(message)
    return int(found.group(1))


def school_years(frame: pd.DataFrame, path: Path) -> pd.Series:
    """Return the school year of each row: from a column `year` where there is one, else from the file name.

    Raises PanelError at a text that does not begin with a year, and where neither says it.
    """
    if "year" not in frame:
        return pd.Series(school_year_in_name(path), index=frame.index, dtype="int64")
    years = frame["year"].str.strip().str.extract(_STARTS_WITH_YEAR, expand=False)
    wrong = years.isna()
    if wrong.any():
        message = (
            f"{path.name}: {int(wrong.sum())} rows have no school year; first is {frame['year'][wrong].iloc[0]!r} in "
            f"data row {int(wrong.to_numpy().argmax()) + 1}; expected such as 2017 or 2017-2018"
        )
        raise PanelError(message)
    return years.astype("int64")


def folded(names: pd.Series) -> pd.Series:
    """Return place or gemeente names without accents, marks, case and province, to compare by."""
    return names.map(_folded, na_action="ignore")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper().strip()
    return re.sub(r"[^A-Z]", "", _PROVINCE_SUFFIX.sub("", plain))
