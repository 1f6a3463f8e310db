"""Teachers by school and subject group, with diploma and origin; a restricted delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.panel.sources.own_format import BRIN, own_column, own_source, share_column, year_column
from stoeval.panel.tables import SUBJECT_GROUPS, Kind

if TYPE_CHECKING:
    from stoeval.panel.sources.declaration import SourceColumn


def _amount(name: str, description: str, example: str, *, required: bool = False) -> SourceColumn:
    return own_column(
        name, description, example, kind=Kind.NUMBER, unit="fte", minimum=0, maximum=1e6, required=required
    )


SOURCE = own_source(
    name="staff by subject",
    description="Teachers of technical and of other vmbo subjects: how many, how old, how trained, from where.",
    publisher="the schools or DUO, restricted",
    file_name=r"personeel-per-vak",
    key=("brin", "subject_group", "school_year"),
    filled=("fte", "pupils"),
    columns=(
        own_column("brin", "school, by BRIN", "00AH", pattern=BRIN),
        own_column("subject_group", "technical or other vmbo subjects", "technical", categories=SUBJECT_GROUPS),
        year_column("school_year", "school year"),
        _amount("fte", "teachers", "7,475", required=True),
        own_column(
            "pupils",
            "pupils taught in these subjects",
            "147",
            kind=Kind.INTEGER,
            unit="pupils",
            minimum=0,
            maximum=1e6,
        ),
        _amount("inflow", "teachers who started this year", "1,2"),
        _amount("outflow", "teachers who left this year", "0,7"),
        share_column("share_55_plus", "teachers of 55 and older", "0,36"),
        share_column("share_trained", "teachers with the registered hours of training", "0,45"),
        share_column("share_from_industry", "teachers who came from a company", "0,30"),
        share_column("share_qualified", "teachers with a full qualification", "0,78"),
    ),
)
