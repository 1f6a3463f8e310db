"""A panel as a folder of DUO files: enrolment of every school year, addresses and coordinates.

Masked counts of a panel cannot be written as cells by leerjaar and sex, so only open school years come back exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.sources.crosswalks import PROFILE_OF_AFDELING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from stoeval.vocabulary import MonitorPanel

ENROLMENT = (
    "BRIN NUMMER;VESTIGINGSNUMMER;PLAATSNAAM VESTIGING;PROVINCIE VESTIGING;"
    "ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR;VMBO SECTOR;AFDELING;OPLEIDINGSNAAM;"
    "LEER- OF VERBLIJFSJAAR 3 - MAN;LEER- OF VERBLIJFSJAAR 3 - VROUW;"
    "LEER- OF VERBLIJFSJAAR 4 - MAN;LEER- OF VERBLIJFSJAAR 4 - VROUW"
)
ADDRESSES = "BRIN NUMMER;VESTIGINGSNUMMER;POSTCODE;PLAATSNAAM;GEMEENTENAAM;PROVINCIE;RMC-REGIO CODE;RMC-REGIO NAAM"
COORDINATES = "VESTIGINGSCODE;PEILJAAR;POSTCODE;PLAATS;GEMEENTE;LON;LAT"
AFDELING = {profile: name for name, profile in reversed(PROFILE_OF_AFDELING.items())} | {"TL": "N.v.t."}
KIND = {"BB": "BL", "LWT": "BL", "KB": "KL", "GL": "GL", "TL": "TL"}
FIRST_MASKED = 2020
"""School year from which the twin hides pupils."""


def write_duo_folder(panel: MonitorPanel, directory: Path, years: range = range(2000, 2101)) -> None:
    """Write the pupils of these school years and the places of a panel in the layouts of DUO."""
    directory.mkdir(parents=True, exist_ok=True)
    offers = panel.tables["offers"].dropna(subset=["pupils_low"])
    offers = offers[offers["school_year"].isin(years)]
    for year, rows in offers.groupby("school_year"):
        name = f"01.-leerlingen-vo-per-vestiging-naar-onderwijstype-{year}-{int(year) + 1}.csv"
        _write(directory / name, ENROLMENT, _enrolment(rows))
    places = panel.tables["vestigingen"].drop_duplicates("vestiging")
    _write(directory / "alle-vestigingen-vo.csv", ADDRESSES, [_address(row) for row in places.itertuples()])
    points = [_point(row) for row in places.itertuples()]
    _write(directory / "vo_vestigingen_geo.csv", COORDINATES, points)


def _enrolment(rows: pd.DataFrame) -> list[str]:
    lines = []
    for row in rows.itertuples():
        third = str(row.entrants_low) if row.entrants_low == row.entrants_high else "<5"
        fourth = str(max(row.pupils_low - row.entrants_low, 0))
        name = "VMBO LWT X" if row.leerweg == "LWT" else "VMBO X"
        kind = f"VMBO {KIND[row.leerweg]} lj 3-4"
        head = f"{row.vestiging[:4]};{row.vestiging[4:]};P;Q;{kind};Techniek;{AFDELING[row.profile]};{name}"
        lines.append(f"{head};{third};0;{fourth};0")
    return lines


def _address(row: tuple[object, ...]) -> str:
    return f"{row.brin};{row.vestiging};1000 AA;P;{row.gemeente};Q;01;Noord"  # type: ignore[attr-defined]


def _point(row: tuple[object, ...]) -> str:
    longitude, latitude = np.format_float_positional(row.longitude), np.format_float_positional(row.latitude)  # type: ignore[attr-defined]
    return f"{row.vestiging};2022;1000AA;P;{row.gemeente};{longitude};{latitude}"  # type: ignore[attr-defined]


def _write(path: Path, header: str, lines: list[str]) -> None:
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
