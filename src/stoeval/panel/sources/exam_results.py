"""Mean marks per vestiging, leerweg and profile, from DUO's file of passes, failures and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import DUO_FILE, Masking, parse_counts
from stoeval.panel.sources.crosswalks import LEERWEG_OF_LETTERS
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited
from stoeval.panel.sources.enrolment import profiles_of
from stoeval.panel.sources.keys import BRIN_HEADERS, NUMBER_HEADERS, school_year_in_name, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a DUO file of passes, failures and marks"
MARKS = {
    "mark_school": ("GEMIDDELD CIJFER SCHOOLEXAMEN",),
    "mark_central": ("GEMIDDELD CIJFER CENTRAAL EXAMEN",),
    "mark_list": ("GEMIDDELD CIJFER CIJFERLIJST",),
}
COLUMNS = {
    "brin": BRIN_HEADERS,
    "number": NUMBER_HEADERS,
    "gemeente": ("GEMEENTENAAM VESTIGING", "GEMEENTENAAM"),
    "province": ("PROVINCIE VESTIGING",),
    "type": ("ONDERWIJSTYPE VO",),
    "leerweg": ("LEERWEG VMBO",),
    "sector": ("VMBO SECTOR",),
    "afdeling": ("AFDELING",),
    "candidates": ("EXAMENKANDIDATEN",),
} | MARKS
KEY = ["vestiging", "profile", "leerweg", "school_year"]


def read_exam_results(path: Path, *, masking: Masking = DUO_FILE) -> Delivered:
    """Read mean marks of vmbo, weighted by candidates where several afdelingen form one profile.

    A masked count weighs as the middle of its interval. A mark of zero means that there was no such exam
    and is left empty. The file reports leerwerktrajecten under BL. Raises PanelError at a file that is not
    this delivery, an unknown leerweg or an unknown afdeling.
    """
    file = read_delimited(path, COLUMNS, what=WHAT)
    vmbo = file.frame[file.frame["type"].str.strip() == "VMBO"].reset_index(drop=True)
    leerweg = _leerwegen(vmbo, path)
    theoretical = leerweg == "TL"
    profile = pd.Series("TL", index=vmbo.index, dtype="string")
    rest = vmbo[~theoretical]
    profile[~theoretical] = profiles_of(rest["sector"], rest["afdeling"], where=path.name)
    vestiging = vestiging_keys(vmbo["brin"], vmbo["number"], where=path.name)
    keys = pd.DataFrame({"vestiging": vestiging, "profile": profile, "leerweg": leerweg})
    keys = keys.assign(school_year=school_year_in_name(path))
    counts = parse_counts(vmbo["candidates"], masking, where=f"{path.name}, EXAMENKANDIDATEN")
    weight = pd.Series((counts.low + counts.high) / 2, index=vmbo.index)
    means = {name: _weighted_mean(vmbo, name, weight, keys, path) for name in MARKS}
    rows = pd.concat(means, axis=1).dropna(how="all").reset_index()
    places = places_of(vestiging, gemeente=vmbo["gemeente"], province=vmbo["province"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


def _leerwegen(vmbo: pd.DataFrame, path: Path) -> pd.Series:
    letters = vmbo["leerweg"].str.strip()
    leerweg = letters.map(LEERWEG_OF_LETTERS)
    unknown = leerweg.isna()
    if unknown.any():
        listed = ", ".join(sorted(set(letters[unknown].fillna("").astype(str))))
        message = (
            f"{path.name}: {int(unknown.sum())} rows of an unknown leerweg: {listed}; extend sources/crosswalks.py"
        )
        raise PanelError(message)
    return leerweg


def _weighted_mean(vmbo: pd.DataFrame, name: str, weight: pd.Series, keys: pd.DataFrame, path: Path) -> pd.Series:
    mark = parse_decimals(vmbo[name], where=f"{path.name}, {MARKS[name][0]}")
    given = mark.notna() & (mark > 0) & (weight > 0)
    grouping = [keys.loc[given, column] for column in KEY]
    total = (mark[given] * weight[given]).groupby(grouping).sum()
    return total / weight[given].groupby(grouping).sum()
