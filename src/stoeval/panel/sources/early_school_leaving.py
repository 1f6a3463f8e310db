"""Early school leavers (voortijdig schoolverlaters) per vestiging and samenwerkingsverband.

The file does not say which school year its year is; it is kept as the year in the file name. All leavers are
those of vmbo, of mbo and others together.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, NUMBER_IN_SCHOOL, bounds, count, text
from stoeval.panel.sources.keys import masking_of, school_year_in_name, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.masking import Masking

WHAT = "a DUO file of early school leavers per vestiging"
COUNTED = (
    count("pupils", "AANTAL_LEERLINGEN", "pupils", "1714"),
    count("leavers", "VSV_TOTAAL", "early school leavers", "6"),
    count("leavers_vmbo", "VSV_VMBO", "early school leavers from vmbo", "<5"),
    count("leavers_mbo", "VSV_MBO", "early school leavers from mbo", "0"),
    count("leavers_other", "VSV_OVERIG", "other early school leavers", "<5"),
)
DECLARED = (
    text("partnership", "SAMENWERKINGSVERBAND_NUMMER", "samenwerkingsverband passend onderwijs", "VO2302"),
    replace(BRIN, headers=("BRIN_NUMMER",)),
    replace(NUMBER_IN_SCHOOL, headers=("VESTIGINGS_NUMMER",)),
    *COUNTED,
)


def read_early_school_leaving(path: Path, *, masking: Masking | None = None) -> Delivered:
    """Read one row a vestiging and samenwerkingsverband: pupils, and early leavers by where they were.

    The file name tells the year, and how small counts are shown unless `masking` says so. Raises PanelError
    at a file that is not this delivery, and where the parts cannot add up to all leavers.
    """
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
    frame, year = file.frame, school_year_in_name(path)
    vestiging = vestiging_keys(frame["brin"], frame["number"], where=path.name)
    rows = pd.DataFrame({"vestiging": vestiging, "partnership": frame["partnership"].str.strip(), "year": year})
    rows = rows.join(bounds(frame, COUNTED, masking or masking_of(path), path=path, school_year=year))
    parts = ("leavers_vmbo", "leavers_mbo", "leavers_other")
    low, high = (rows[[f"{part}_{side}" for part in parts]].sum(axis=1) for side in ("low", "high"))
    wrong = (low > rows["leavers_high"]) | (high < rows["leavers_low"])
    if wrong.any():
        message = (
            f"{path.name}: {int(wrong.sum())} rows where vmbo, mbo and other leavers are not all leavers; first "
            f"{rows['vestiging'][wrong].iloc[0]}; check the order of the columns"
        )
        raise PanelError(message)
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places_of(rows["vestiging"]))


SOURCE = Source(
    name="early school leaving",
    description="Early school leavers per vestiging, by where they left from.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"vsv-per-swv"),
    columns=DECLARED,
    read=read_early_school_leaving,
    many=True,
)
