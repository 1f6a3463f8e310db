"""Marks per vestiging, leerweg and subject, from DUO's file of vmbo exam marks.

Both spellings of the header, `GEM.` and `GEM`. Only exams that count for the diploma are read. A subject that
is judged (O, V, G) and not marked has a row a judgement, without marks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.crosswalks import LEERWEG_OF_LETTERS
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, SCHOOL_NAME, WHOLE_VESTIGING, bounds, count, mark, text
from stoeval.panel.sources.keys import masking_of, school_year_in_name, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking
    from stoeval.panel.sources.declaration import SourceColumn

WHAT = "a DUO file of vmbo exam marks per subject"
COUNTING = "MEETELLEND VOOR DIPLOMA"


def _mean(name: str, rest: str, description: str) -> SourceColumn:
    return mark(name, (f"GEM. CIJFER {rest}", f"GEM CIJFER {rest}"), description)


COUNTED = (
    count("candidates_school", f"AANTAL SCHOOLEXAMENS MET CIJFER {COUNTING}", "school exams with a mark", "24"),
    count("candidates_central", f"AANTAL CENTRALE EXAMENS {COUNTING}", "central exams", "24"),
)
MARKS = (
    _mean("mark_school", f"SCHOOLEXAMENS MET CIJFER {COUNTING}", "mean mark of the school exam"),
    _mean("mark_central", f"CENTRALE EXAMENS MET CIJFER {COUNTING}", "mean mark of the central exam"),
    _mean("mark_list", "CIJFERLIJST", "mean final mark"),
)
DECLARED = (
    BRIN,
    WHOLE_VESTIGING,
    SCHOOL_NAME,
    text("type", "ONDERWIJSTYPE VO", "onderwijstype", "VMBO", required=False),
    text("leerweg", ("LEERWEG VMBO", "LEERWEG"), "leerweg in two letters", "BL", categories=tuple(LEERWEG_OF_LETTERS)),
    text("subject_code", "VAKCODE", "code of the subject", "0153"),
    text("abbreviation", "AFKORTING VAKNAAM", "short name of the subject", "wi", required=False),
    text("subject", "VAKNAAM", "name of the subject", "wiskunde"),
    text("judgement", "SCHOOLEXAMEN BEOORDELING", "judgement, where the subject has no mark", "", required=False),
    *COUNTED,
    *MARKS,
)
KEY = ["vestiging", "leerweg", "subject_code", "judgement", "school_year"]


def read_subject_marks(path: Path, *, masking: Masking | None = None) -> Delivered:
    """Read one row a vestiging, leerweg, subject and judgement: exams that count, and mean marks.

    A blank count is zero; rows without exams are left out; a mark of zero is left empty. The file name tells
    the school year, and how small counts are shown unless `masking` says so. Raises PanelError at a file that
    is not this delivery, an unknown leerweg, and doubled rows.
    """
    optional = {column.name: column.headers for column in DECLARED if not column.required}
    file = read_delimited(path, SOURCE.required_headers, what=WHAT, optional=optional)
    frame, school_year = file.frame, school_year_in_name(path)
    vestiging = vestiging_keys(frame["brin"], frame["number"], where=path.name)
    rows = pd.DataFrame({"vestiging": vestiging, "leerweg": _leerwegen(frame, path), "school_year": school_year})
    for name in ("subject_code", "subject"):
        rows[name] = frame[name].str.strip()
    rows["judgement"] = frame["judgement"].str.strip() if "judgement" in frame else ""
    shown = replace(masking or masking_of(path), blank_is_zero=True)
    rows = rows.join(bounds(frame, COUNTED, shown, path=path, school_year=school_year))
    for column in MARKS:
        given = parse_decimals(frame[column.name], where=f"{path.name}, {column.headers[0]}")
        rows[column.name] = given.where(given > 0)
    rows = rows[(rows["candidates_school_high"] > 0) | (rows["candidates_central_high"] > 0)].reset_index(drop=True)
    doubled = rows[rows.duplicated(KEY)]
    if len(doubled):
        first = " ".join(map(str, doubled.iloc[0][KEY]))
        message = f"{path.name}: {len(doubled)} rows occur twice; first {first}; download the file again"
        raise PanelError(message)
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places_of(vestiging))


def _leerwegen(frame: pd.DataFrame, path: Path) -> pd.Series:
    leerweg = frame["leerweg"].str.strip().str.removeprefix("VMBO").str.strip().map(LEERWEG_OF_LETTERS)
    unknown = leerweg.isna()
    if unknown.any():
        listed = ", ".join(sorted(set(frame["leerweg"][unknown].astype(str))))
        message = (
            f"{path.name}: {int(unknown.sum())} rows of an unknown leerweg: {listed}; extend sources/crosswalks.py"
        )
        raise PanelError(message)
    return leerweg


SOURCE = Source(
    name="subject marks",
    description="Mean marks per vestiging, leerweg and subject, one school year in a file.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"examenkandidaten-vmbo-en-examencijfers"),
    columns=DECLARED,
    read=read_subject_marks,
    many=True,
)
