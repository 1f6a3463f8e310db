"""Exam candidates and passes per vestiging, leerweg and sector: five school years in one DUO file.

Both layouts: to 2018/19 (latin-1, men, women, unknown and total, all counts open) and from 2019/20 (UTF-8,
quoted, `<5` for 1 to 4). Only the totals are read. A masked cell is never rebuilt from the sexes or from
SLAAGPERC, which is not masked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import parse_counts
from stoeval.panel.sources.crosswalks import EXAM_LEERWEGEN, EXAM_SECTORS, INSPECTION_CODES
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, SCHOOL_NAME, WHOLE_VESTIGING, count, number, text
from stoeval.panel.sources.keys import masking_of, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking
    from stoeval.panel.sources.declaration import SourceColumn
    from stoeval.panel.sources.duo_columns import Extent

WHAT = "a DUO file of exam candidates and passes"
YEARS = range(2014, 2025)


def _year(start: int) -> tuple[SourceColumn, ...]:
    label = f"SCHOOLJAAR {start}-{start + 1} - TOTAAL"
    only: Extent = {"required": False, "first_year": start, "last_year": start}
    told = f"in school year {start}/{(start + 1) % 100:02d}"
    return (
        count(f"candidates_{start}", f"EXAMENKANDIDATEN {label}", f"candidates {told}", "24", **only),
        count(f"passes_{start}", f"GESLAAGDEN {label}", f"candidates who passed {told}", "22", **only),
        number(
            f"pass_rate_{start}",
            f"SLAAGPERC {label}",
            f"share who passed {told}; not masked, so never read",
            "91.7",
            unit="%",
            minimum=0,
            maximum=100,
            required=False,
            first_year=start,
            last_year=start,
        ),
    )


DECLARED = (
    BRIN,
    WHOLE_VESTIGING,
    SCHOOL_NAME,
    text("gemeente", ("GEMEENTENAAM VESTIGING", "GEMEENTENAAM"), "gemeente of the vestiging", "ENSCHEDE"),
    text("type", "ONDERWIJSTYPE VO", "onderwijstype; only VMBO is read", "VMBO"),
    text("code", "INSPECTIECODE", "code of leerweg and sector", "34", pattern=r"[0-9]{1,2}"),
    text("name", "OPLEIDINGSNAAM", "leerweg and sector in words", "VMBO B - techniek"),
    *(column for start in YEARS for column in _year(start)),
)
KEY = ["vestiging", "profile", "leerweg", "school_year"]
_TOTAL = re.compile(r"EXAMENKANDIDATEN SCHOOLJAAR (20[0-9]{2})-(20[0-9]{2}) - TOTAAL")
_NAME = re.compile(r"VMBO (?P<leerweg>LWT|B|K|G|T)( - (?P<sector>.+))?")


def read_exam_candidates(path: Path, *, masking: Masking | None = None) -> Delivered:
    """Read vmbo rows as one row a vestiging, sector, leerweg and school year.

    The exam year 2015 is school year 2014. Rows in which nobody sat or passed the exam are left out.
    The file name tells how small counts are shown unless `masking` says so. Raises PanelError at a file
    that is not this delivery, an unknown code, a code that contradicts its name, or doubled rows.
    """
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
    vmbo = file.frame[file.frame["type"].str.strip() == "VMBO"].reset_index(drop=True)
    vestiging = vestiging_keys(vmbo["brin"], vmbo["number"], where=path.name)
    leerweg, sector = _programmes(vmbo, path)
    years, shown = _school_years(file.frame, path), masking or masking_of(path)
    parts = []
    for school_year, label in years.items():
        where = f"{path.name}, {label}"
        candidates = parse_counts(vmbo[f"EXAMENKANDIDATEN {label}"], shown, where=where, school_year=school_year)
        passes = parse_counts(vmbo[f"GESLAAGDEN {label}"], shown, where=where, school_year=school_year)
        part = pd.DataFrame({"vestiging": vestiging, "profile": sector, "leerweg": leerweg, "school_year": school_year})
        part = part.assign(candidates_low=candidates.low, candidates_high=candidates.high)
        part = part.assign(passes_low=passes.low, passes_high=passes.high)
        parts.append(part[(candidates.high > 0) | (passes.high > 0)])
    rows = pd.concat(parts, ignore_index=True)
    _refuse_doubles(rows, path)
    places = places_of(vestiging, gemeente=vmbo["gemeente"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


def _school_years(frame: pd.DataFrame, path: Path) -> dict[int, str]:
    found = [match for match in map(_TOTAL.fullmatch, frame.columns) if match]
    years = {int(match.group(1)): f"SCHOOLJAAR {match.group(1)}-{match.group(2)} - TOTAAL" for match in found}
    lacking = [label for label in years.values() if f"GESLAAGDEN {label}" not in frame.columns]
    if not years or lacking:
        expected = ", ".join(f"GESLAAGDEN {label}" for label in lacking) or "EXAMENKANDIDATEN SCHOOLJAAR ... - TOTAAL"
        message = f"{path.name}, line 1: no column {expected}; expected {WHAT}; download the file again"
        raise PanelError(message)
    return years


def _programmes(vmbo: pd.DataFrame, path: Path) -> tuple[pd.Series, pd.Series]:
    pairs = vmbo[["code", "name"]].drop_duplicates()
    meaning = {}
    for code, name in zip(pairs["code"], pairs["name"], strict=True):
        by_code = INSPECTION_CODES.get(code.strip())
        if by_code is None or by_code != _by_name(name):
            n_rows = int((vmbo["code"].eq(code) & vmbo["name"].eq(name)).sum())
            message = (
                f"{path.name}: INSPECTIECODE {code!r} with OPLEIDINGSNAAM {name!r} in {n_rows} rows; expected "
                f"{by_code or 'a known vmbo code'}; add the code to sources/crosswalks.py"
            )
            raise PanelError(message)
        meaning[code] = by_code
    leerweg = vmbo["code"].map({code: both[0] for code, both in meaning.items()})
    return leerweg, vmbo["code"].map({code: both[1] for code, both in meaning.items()})


def _by_name(name: str) -> tuple[str, str] | None:
    match = _NAME.fullmatch(name.strip())
    if not match:
        return None
    sector = EXAM_SECTORS.get(match.group("sector") or "")
    return None if sector is None else (EXAM_LEERWEGEN[match.group("leerweg")], sector)


def _refuse_doubles(rows: pd.DataFrame, path: Path) -> None:
    doubled = rows[rows.duplicated(KEY)]
    if len(doubled):
        first = " ".join(map(str, doubled.iloc[0][KEY]))
        message = f"{path.name}: {len(doubled)} rows occur twice; first {first}; download the file again"
        raise PanelError(message)


SOURCE = Source(
    name="exam candidates",
    description="Exam candidates and passes per vestiging, leerweg and sector, five school years in one file.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"examenkandidaten-en-geslaagden"),
    columns=DECLARED,
    read=read_exam_candidates,
    many=True,
)
