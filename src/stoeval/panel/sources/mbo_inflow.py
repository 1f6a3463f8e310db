"""Students who enter mbo by prior education, per institution and programme, one year in a file.

Shows where vmbo leads to in all of mbo; it does not name the vestiging that the students come from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import Masking
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import CC0, DUO, bounds, count, text
from stoeval.panel.sources.keys import BRIN_HEADERS, school_year_in_name

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a DUO file of new mbo students by prior education"
EITHER = Masking(symbols=("<5", "-1"))
"""The files bear no sign of which of DUO's two symbols they use; neither can be a count."""
TEXTS = (
    text("prior_vo", "VOOROPLEIDING VO", "prior education in vo", "VMBO BL"),
    text("prior_mbo", "VOOROPLEIDING MBO", "prior education in mbo", "Geen"),
    text("small_programme", "INDICATIE KLEINE OPLEIDING", "whether the programme counts as small", "N"),
    text("institution", BRIN_HEADERS, "BRIN of the mbo institution", "25LH"),
    text("institution_name", "INSTELLINGSNAAM", "name of the mbo institution", "ROC Voorbeeld"),
    text("group_code", "HOOFDGROEP CODE", "code of the group of programmes", "12"),
    text("group", "HOOFDGROEP NAAM", "name of the group of programmes", "Metaal en elektro"),
    text("level", "NIVEAU", "level of mbo", "2"),
    text("leerweg", "LEERWEG", "leerweg of mbo", "BBL"),
    text("programme_code", "BEROEPSOPLEIDING CODE", "code of the programme", "25342"),
    text("programme", "BEROEPSOPLEIDING NAAM", "name of the programme", "Monteur"),
)
COUNTED = (
    count("students", "TOTAAL MBO", "all students", "48", unit="students", masking=EITHER),
    count("entrants_mbo", "INSTROOM MBO", "students new in mbo", "21", unit="students", masking=EITHER),
    count(
        "entrants_programme",
        "INSTROOM OPLEIDING",
        "students new in the programme",
        "<5",
        unit="students",
        masking=EITHER,
    ),
)


def read_mbo_inflow(path: Path, *, masking: Masking = EITHER) -> Delivered:
    """Read one row a prior education, institution, programme and leerweg, with bounds of each count.

    The year is the first in the file name. Raises PanelError at a file that is not this delivery, and at
    doubled rows.
    """
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
    year = school_year_in_name(path)
    rows = pd.DataFrame({column.name: file.frame[column.name].str.strip() for column in TEXTS})
    rows.insert(0, "school_year", year)
    doubled = rows[rows.duplicated()]
    if len(doubled):
        first = " ".join(map(str, doubled.iloc[0]))
        message = f"{path.name}: {len(doubled)} rows occur twice; first {first}; download the file again"
        raise PanelError(message)
    rows = rows.join(bounds(file.frame, COUNTED, masking, path=path, school_year=year))
    places = places_of(pd.Series(dtype="string"))
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


SOURCE = Source(
    name="mbo inflow",
    description="Students who enter mbo by prior education, per institution and programme, one year in a file.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"nieuw-instromende-studenten.*vooro"),
    columns=(*TEXTS, *COUNTED),
    read=read_mbo_inflow,
    many=True,
)
