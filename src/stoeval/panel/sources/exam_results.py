"""Mean marks per vestiging, leerweg and profile, from DUO's file of passes, failures and marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import parse_counts
from stoeval.panel.sources.crosswalks import LEERWEG_OF_LETTERS
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited
from stoeval.panel.sources.duo_columns import (
    BRIN,
    CC0,
    DUO,
    SCHOOL_NAME,
    WHOLE_VESTIGING,
    YEAR_IN_TABLE,
    count,
    mark,
    text,
)
from stoeval.panel.sources.enrolment import profiles_of
from stoeval.panel.sources.keys import masking_of, school_years, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking
    from stoeval.panel.sources.declaration import SourceColumn

WHAT = "a DUO file of passes, failures and marks"
MARKS = (
    mark("mark_school", "GEMIDDELD CIJFER SCHOOLEXAMEN", "mean mark of the school exam", "6,5"),
    mark("mark_central", "GEMIDDELD CIJFER CENTRAAL EXAMEN", "mean mark of the central exam", "6,2"),
    mark("mark_list", "GEMIDDELD CIJFER CIJFERLIJST", "mean mark on the list of final marks", "6,4"),
)
DECLARED = (
    BRIN,
    WHOLE_VESTIGING,
    SCHOOL_NAME,
    text("gemeente", ("GEMEENTENAAM", "GEMEENTENAAM VESTIGING"), "gemeente of the vestiging", "ENSCHEDE"),
    text("province", "PROVINCIE VESTIGING", "province of the vestiging", "Overijssel"),
    text("type", "ONDERWIJSTYPE VO", "onderwijstype; only VMBO is read", "VMBO"),
    text("leerweg", "LEERWEG VMBO", "leerweg in two letters", "BL", categories=tuple(LEERWEG_OF_LETTERS)),
    text("sector", "VMBO SECTOR", "vmbo sector; empty for TL in the older files", "Techniek"),
    text("afdeling", "AFDELING", "afdeling or profile; see the crosswalk", "PIE"),
    count("candidates", "EXAMENKANDIDATEN", "candidates", "24"),
    count("passes", "GESLAAGDEN", "candidates who passed", "22", required=False),
    count("failures", "GEZAKTEN", "candidates who failed", "<5", required=False),
    *MARKS,
    YEAR_IN_TABLE,
)
KEY = ["vestiging", "profile", "leerweg", "school_year"]


def read_exam_results(path: Path, *, masking: Masking | None = None) -> Delivered:
    """Read mean marks of vmbo, weighted by candidates where several afdelingen form one profile.

    A masked count weighs as the middle of its interval. A mark of zero means that there was no such exam
    and is left empty. The file reports leerwerktrajecten under BL; its name tells how small counts are
    shown unless `masking` says so. Raises PanelError at a file that is not this delivery, an unknown
    leerweg or an unknown afdeling.
    """
    optional = {YEAR_IN_TABLE.name: YEAR_IN_TABLE.headers}
    file = read_delimited(path, SOURCE.required_headers, what=WHAT, optional=optional)
    vmbo = file.frame[file.frame["type"].str.strip() == "VMBO"].reset_index(drop=True)
    leerweg = _leerwegen(vmbo, path)
    theoretical = leerweg == "TL"
    profile = pd.Series("TL", index=vmbo.index, dtype="string")
    rest = vmbo[~theoretical]
    profile[~theoretical] = profiles_of(rest["sector"], rest["afdeling"], where=path.name)
    vestiging = vestiging_keys(vmbo["brin"], vmbo["number"], where=path.name)
    keys = pd.DataFrame({"vestiging": vestiging, "profile": profile, "leerweg": leerweg})
    keys = keys.assign(school_year=school_years(vmbo, path))
    weight = _weights(vmbo["candidates"], keys["school_year"], masking or masking_of(path), path)
    means = {column.name: _weighted_mean(vmbo, column, weight, keys, path) for column in MARKS}
    rows = pd.concat(means, axis=1).dropna(how="all").reset_index()
    places = places_of(vestiging, gemeente=vmbo["gemeente"], province=vmbo["province"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


def _weights(candidates: pd.Series, school_years: pd.Series, shown: Masking, path: Path) -> pd.Series:
    weights = pd.Series(0.0, index=candidates.index)
    for year, part in candidates.groupby(school_years):
        counts = parse_counts(part, shown, where=f"{path.name}, EXAMENKANDIDATEN", school_year=int(str(year)))
        weights[part.index] = (counts.low + counts.high) / 2
    return weights


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


def _weighted_mean(
    vmbo: pd.DataFrame, column: SourceColumn, weight: pd.Series, keys: pd.DataFrame, path: Path
) -> pd.Series:
    shown = parse_decimals(vmbo[column.name], where=f"{path.name}, {column.headers[0]}")
    given = shown.notna() & (shown > 0) & (weight > 0)
    grouping = [keys.loc[given, column] for column in KEY]
    total = (shown[given] * weight[given]).groupby(grouping).sum()
    return total / weight[given].groupby(grouping).sum()


SOURCE = Source(
    name="exam results",
    description="Passes, failures and mean marks per vestiging, leerweg and profile, one school year in a file.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"geslaagden,?-gezakten-en-cijfers"),
    columns=DECLARED,
    read=read_exam_results,
    many=True,
)
