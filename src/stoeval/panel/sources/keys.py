"""Keys that deliveries share: the six-character vestiging, the school year in a file name, place names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from stoeval.errors import PanelError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

BRIN_HEADERS = ("BRIN NUMMER", "INSTELLINGSCODE", "INSTELLING", "BRINNUMMER")
NUMBER_HEADERS = ("VESTIGINGSNUMMER", "VESTIGINGSCODE")
_VESTIGING = r"[0-9]{2}[A-Z]{2}[0-9]{2}"
_YEAR = re.compile(r"(20[0-9]{2})")
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


def school_year_in_name(path: Path) -> int:
    """Return the first school year in a file name; raise PanelError where there is none."""
    found = _YEAR.search(path.stem)
    if not found:
        message = f"{path.name}: no school year in the file name; expected such as -2016-2017; keep DUO's own name"
        raise PanelError(message)
    return int(found.group(1))


def folded(names: pd.Series) -> pd.Series:
    """Return place or gemeente names without accents, marks, case and province, to compare by."""
    return names.map(_folded, na_action="ignore")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper().strip()
    return re.sub(r"[^A-Z]", "", _PROVINCE_SUFFIX.sub("", plain))
