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
from stoeval.panel.masking import DUO_FILE, Masking, parse_counts
from stoeval.panel.sources.crosswalks import (
    LEERWEG_OF_LETTERS,
    PROFILE_OF_AFDELING,
    PROFILE_OF_TECHNOLOGIE_ORIENTATIE,
    TECHNOLOGIE_ORIENTATIE,
)
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.keys import BRIN_HEADERS, NUMBER_HEADERS, school_year_in_name, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a DUO file of pupils per vestiging by onderwijstype"
COUNTS = {
    f"year_{year}_{sex}": (f"LEER- OF VERBLIJFSJAAR {year} - {sex.upper()}",)
    for year in (3, 4)
    for sex in ("man", "vrouw")
}
COLUMNS = {
    "brin": BRIN_HEADERS,
    "number": NUMBER_HEADERS,
    "place": ("PLAATSNAAM VESTIGING",),
    "province": ("PROVINCIE VESTIGING",),
    "type": ("ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR",),
    "sector": ("VMBO SECTOR",),
    "afdeling": ("AFDELING",),
    "name": ("OPLEIDINGSNAAM",),
} | COUNTS
KEY = ["vestiging", "profile", "leerweg", "school_year"]
_TYPE = re.compile(r"VMBO (BL|BB|KL|KB|GL|TL)\b.*")
_LEFT_OUT = re.compile(r"VMBO uitbest\..*|VMBO-MBO2.*")


def read_enrolment(path: Path, *, masking: Masking = DUO_FILE) -> Delivered:
    """Read pupils in leerjaar 3 and 4, and entrants in leerjaar 3, per vestiging, profile and leerweg.

    The school year is the first year in the file name. Leerwerktrajecten are told by LWT in the name of
    the programme. Rows without pupils in these years are left out. Raises PanelError at a file that is
    not this delivery, an unknown leerweg or an unknown afdeling.
    """
    file = read_delimited(path, COLUMNS, what=WHAT)
    school_year = school_year_in_name(path)
    vmbo = file.frame[_is_vmbo(file.frame["type"], path)].reset_index(drop=True)
    cells = {
        name: parse_counts(vmbo[name], masking, where=f"{path.name}, {COUNTS[name][0]}", school_year=school_year)
        for name in COUNTS
    }
    entrants = cells["year_3_man"] + cells["year_3_vrouw"]
    pupils = entrants + cells["year_4_man"] + cells["year_4_vrouw"]
    leerweg = _leerwegen(vmbo)
    vestiging = vestiging_keys(vmbo["brin"], vmbo["number"], where=path.name)
    rows = pd.DataFrame({"vestiging": vestiging, "profile": _profiles(vmbo, leerweg, path), "leerweg": leerweg})
    rows = rows.assign(school_year=school_year, pupils_low=pupils.low, pupils_high=pupils.high)
    rows = rows.assign(entrants_low=entrants.low, entrants_high=entrants.high)
    rows = rows[rows["pupils_high"] > 0].groupby(KEY, as_index=False, sort=True).sum()
    places = places_of(vestiging, place=vmbo["place"], province=vmbo["province"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


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
