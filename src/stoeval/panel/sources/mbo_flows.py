"""Flows from vmbo to mbo in the October after the exam, as cells outside CBS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.panel.masking import DUO_FILE
from stoeval.panel.sources.own_format import VESTIGING, own_column, own_source, year_column
from stoeval.panel.tables import Kind

if TYPE_CHECKING:
    from stoeval.panel.sources.declaration import SourceColumn

KEY = ("vestiging", "leerweg", "origin", "school_year")
CELL = (
    own_column("vestiging", "vestiging of the exam, BRIN and two digits", "00AH00", pattern=VESTIGING),
    own_column("leerweg", "leerweg of the exam", "KB", categories=("BB", "KB", "GL", "TL")),
    own_column(
        "origin",
        "technical: exam in a technical profile; other: in any other",
        "technical",
        categories=("technical", "other"),
    ),
    year_column("school_year", "school year of the exam", "2020/21"),
)
"""The columns that say which cell a row is."""


def pupils(name: str, description: str, example: str, *, required: bool = True) -> SourceColumn:
    """Declare a count of pupils, with <5 for 1 to 4."""
    return own_column(
        name,
        description,
        example,
        kind=Kind.INTEGER,
        unit="pupils",
        minimum=0,
        masking=DUO_FILE,
        required=required,
    )


SOURCE = own_source(
    name="flows to mbo",
    description="Graduates of an exam cohort and where they are in mbo the next October.",
    publisher="CBS or DUO, released cells",
    file_name=r"doorstroom-vmbo-mbo",
    key=KEY,
    filled=("leavers", "mbo_entrants"),
    within=(
        ("mbo_entrants", "leavers"),
        ("mbo_technical", "mbo_entrants"),
        ("technical_level_34", "mbo_technical"),
        ("good_prospects", "mbo_entrants"),
        ("good_prospects_current", "mbo_entrants"),
    ),
    columns=(
        *CELL,
        pupils("leavers", "graduates of the exam cohort", "24"),
        pupils("mbo_entrants", "of whom entered mbo the next October", "22"),
        pupils("mbo_technical", "of whom in a technical programme", "15"),
        pupils("technical_level_34", "of whom in a technical programme at level 3 or 4", "8", required=False),
        pupils("good_prospects", "mbo entrants in a programme with good job prospects, vintage 2017", "<5"),
        pupils(
            "good_prospects_current",
            "mbo entrants in a programme with good job prospects, vintage of the year in which they entered",
            "7",
            required=False,
        ),
    ),
)
