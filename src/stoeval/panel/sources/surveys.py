"""Answers to the STO surveys: one row a respondent, wave and registered item."""

from __future__ import annotations

from stoeval.panel.sources.own_format import VESTIGING, own_column, own_source, year_column
from stoeval.panel.tables import ITEMS, RESPONDENTS, Kind

SOURCE = own_source(
    name="surveys",
    description="Answers of school leaders, teachers, pupils and programme leaders, with response weights.",
    publisher="the researchers, STO surveys",
    file_name=r"sto-enquete",
    key=("respondent", "wave", "item"),
    filled=("kind", "weight"),
    columns=(
        own_column("respondent", "pseudonym that stays the same over waves", "L-00AH00-1"),
        own_column("kind", "kind of respondent", "school leader", categories=RESPONDENTS),
        own_column("vestiging", "vestiging; blank for a programme leader", "00AH00", pattern=VESTIGING),
        own_column("region", "region; may be blank where the vestiging is given", "STO19001", required=False),
        year_column("wave", "school year of the wave", "2018/19"),
        own_column("item", "registered item", "shared_facilities", categories=ITEMS),
        own_column(
            "value",
            "answer, from 0 to 1; investment in euro 1,000; blank where the respondent passed the item over",
            "0,75",
            kind=Kind.NUMBER,
            unit="scale",
            minimum=0,
            maximum=1e6,
        ),
        own_column("weight", "response weight", "1,584", kind=Kind.NUMBER, unit="weight", minimum=0, maximum=1e6),
    ),
)
