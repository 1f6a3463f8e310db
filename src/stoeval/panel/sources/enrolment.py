"""Pupils on 1 October per vestiging, profile and leerweg, from DUO's file by onderwijstype.

Every layout so far: 2016-17 (vestigingsnummer without zeros), 2017-18, 2019 (no LWOO INDICATIE) and from
2020 (ERKENDE OPLEIDINGSCODE, `<5`). Leerjaar 3 and 4 of vmbo count; men and women, pupils with and without
lwoo are summed. Left out, because they have no afdeling or are taught elsewhere: pupils sent to vavo and
the experiment VMBO-MBO2 (75 pupils in 2016).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import parse_counts
from stoeval.panel.sources.crosswalks import (
    LEERWEG_OF_LETTERS,
    PROFILE_OF_AFDELING,
    PROFILE_OF_TECHNOLOGIE_ORIENTATIE,
    TECHNOLOGIE_ORIENTATIE,
)
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, NUMBER_IN_SCHOOL, SCHOOL_NAME, YEAR_IN_TABLE, count, text
from stoeval.panel.sources.keys import masking_of, school_years, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking
    from stoeval.panel.sources.declaration import SourceColumn

WHAT = "a DUO file of pupils per vestiging by onderwijstype"
SEXES = ("man", "vrouw")
EXAMPLES = {1: "0", 2: "0", 3: "14", 4: "<5", 5: "0", 6: "0"}


def _counts(year: int) -> tuple[SourceColumn, ...]:
    return tuple(
        count(
            f"year_{year}_{sex}",
            f"LEER- OF VERBLIJFSJAAR {year} - {sex.upper()}",
            f"pupils in leer- of verblijfsjaar {year}, {'men' if sex == 'man' else 'women'}",
            EXAMPLES[year],
            required=year in (3, 4),
        )
        for sex in SEXES
    )


COUNTED = (*_counts(3), *_counts(4))
HEADER_OF_COUNT = {column.name: column.headers[0] for column in COUNTED}
DECLARED = (
    BRIN,
    NUMBER_IN_SCHOOL,
    SCHOOL_NAME,
    text("place", "PLAATSNAAM VESTIGING", "place of the vestiging", "ENSCHEDE"),
    text("province", "PROVINCIE VESTIGING", "province of the vestiging", "Overijssel"),
    text(
        "partnership",
        "SAMENWERKINGSVERBAND PASSEND ONDERWIJS VO",
        "samenwerkingsverband passend onderwijs",
        "VO2302",
        required=False,
        first_year=2020,
    ),
    text(
        "type",
        "ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR",
        "onderwijstype with the years that it spans",
        "VMBO BL lj 3-4",
    ),
    text(
        "lwoo",
        "LWOO INDICATIE",
        "whether the pupils have an lwoo indication",
        "N",
        required=False,
        categories=("J", "N"),
        last_year=2018,
    ),
    text("sector", "VMBO SECTOR", "vmbo sector; N.v.t. outside the beroepsgerichte leerwegen", "Techniek"),
    text(
        "afdeling",
        "AFDELING",
        "afdeling or profile, old or new; see the crosswalk",
        "Produceren, installeren en energie",
    ),
    text("element", "ELEMENTCODE", "code of the programme", "6111", required=False, last_year=2019),
    text(
        "programme",
        "ERKENDE OPLEIDINGSCODE",
        "code of the recognised programme",
        "O1234",
        required=False,
        first_year=2020,
    ),
    text("name", "OPLEIDINGSNAAM", "name of the programme; LWT tells a leerwerktraject", "VMBO BB PIE"),
    *(column for year in EXAMPLES for column in _counts(year)),
    YEAR_IN_TABLE,
)
KEY = ["vestiging", "profile", "leerweg", "school_year"]
_TYPE = re.compile(r"VMBO (BL|BB|KL|KB|GL|TL)\b.*")
_LEFT_OUT = re.compile(r"VMBO uitbest\..*|VMBO-MBO2.*")


def read_enrolment(path: Path, *, masking: Masking | None = None) -> Delivered:
    """Read pupils in leerjaar 3 and 4, and entrants in leerjaar 3 by sex, per vestiging, profile and leerweg.

    The school year is the first year in the file name unless a column tells it; the name also tells how small
    counts are shown unless `masking` says so. Leerwerktrajecten are told by LWT in the name of
    the programme. Rows without pupils in these years are left out. Raises PanelError at a file that is
    not this delivery, an unknown leerweg or an unknown afdeling.
    """
    optional = {YEAR_IN_TABLE.name: YEAR_IN_TABLE.headers}
    file = read_delimited(path, SOURCE.required_headers, what=WHAT, optional=optional)
    vmbo = file.frame[_is_vmbo(file.frame["type"], path)].reset_index(drop=True)
    vmbo = vmbo.assign(
        vestiging=vestiging_keys(vmbo["brin"], vmbo["number"], where=path.name),
        school_year=school_years(vmbo, path),
        leerweg=_leerwegen(vmbo),
    )
    vmbo["profile"] = _profiles(vmbo, vmbo["leerweg"], path)
    shown = masking or masking_of(path)
    parts = [_one_year(part, int(str(year)), shown, path) for year, part in vmbo.groupby("school_year")]
    rows = pd.concat(parts, ignore_index=True) if parts else _one_year(vmbo, 0, shown, path)
    places = places_of(vmbo["vestiging"], place=vmbo["place"], province=vmbo["province"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


def _one_year(vmbo: pd.DataFrame, school_year: int, shown: Masking, path: Path) -> pd.DataFrame:
    cells = {
        name: parse_counts(vmbo[name], shown, where=f"{path.name}, {header}", school_year=school_year)
        for name, header in HEADER_OF_COUNT.items()
    }
    boys, girls = cells["year_3_man"], cells["year_3_vrouw"]
    entrants = boys + girls
    pupils = entrants + cells["year_4_man"] + cells["year_4_vrouw"]
    rows = vmbo[KEY].assign(pupils_low=pupils.low, pupils_high=pupils.high)
    rows = rows.assign(entrants_low=entrants.low, entrants_high=entrants.high)
    rows = rows.assign(entrants_girls_low=girls.low, entrants_girls_high=girls.high)
    rows = rows.assign(entrants_boys_low=boys.low, entrants_boys_high=boys.high)
    return rows[rows["pupils_high"] > 0].groupby(KEY, as_index=False, sort=True).sum()


def profiles_of(sectors: pd.Series, afdelingen: pd.Series, *, where: str) -> pd.Series:
    """Return the profile of each afdeling, by the declared crosswalk.

    Raises PanelError with every afdeling that the crosswalk does not know.
    """
    by_name = {name.casefold(): profile for name, profile in PROFILE_OF_AFDELING.items()}
    by_sector = {name.casefold(): profile for name, profile in PROFILE_OF_TECHNOLOGIE_ORIENTATIE.items()}
    names = afdelingen.str.strip().str.casefold()
    orientation = names == TECHNOLOGIE_ORIENTATIE.casefold()
    profiles = names.map(by_name).where(~orientation, sectors.str.strip().str.casefold().map(by_sector))
    unknown = profiles.isna()
    if unknown.any():
        listed = ", ".join(sorted(set(afdelingen[unknown].fillna("").astype(str))))
        message = (
            f"{where}: {int(unknown.sum())} rows have an afdeling without a profile: {listed}; "
            "add it to sources/crosswalks.py"
        )
        raise PanelError(message)
    return profiles


def _is_vmbo(types: pd.Series, path: Path) -> pd.Series:
    names = types.str.strip()
    wanted = names.str.fullmatch(_TYPE)
    unknown = names.str.startswith("VMBO") & ~wanted & ~names.str.fullmatch(_LEFT_OUT)
    if unknown.any():
        listed = ", ".join(sorted(set(names[unknown].astype(str))))
        message = (
            f"{path.name}: {int(unknown.sum())} rows of an unknown kind of vmbo: {listed}; extend sources/enrolment.py"
        )
        raise PanelError(message)
    return wanted


def _leerwegen(vmbo: pd.DataFrame) -> pd.Series:
    letters = vmbo["type"].str.strip().str.slice(5, 7)
    leerweg = letters.map(LEERWEG_OF_LETTERS)
    return leerweg.mask(vmbo["name"].str.contains(" LWT ", regex=False), "LWT")


def _profiles(vmbo: pd.DataFrame, leerweg: pd.Series, path: Path) -> pd.Series:
    theoretical = leerweg == "TL"
    profiles = pd.Series("TL", index=vmbo.index, dtype="string")
    professional = vmbo[~theoretical]
    profiles[~theoretical] = profiles_of(professional["sector"], professional["afdeling"], where=path.name)
    return profiles


SOURCE = Source(
    name="enrolment",
    description="Pupils on 1 October per vestiging, leerweg, profile and year; the last year is provisional.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"leerlingen-vo-per-vestiging-naar-onderwijstype"),
    columns=DECLARED,
    read=read_enrolment,
    many=True,
)
