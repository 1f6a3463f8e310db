"""Job prospects of mbo programmes, one vintage a school year of publication."""

from __future__ import annotations

from stoeval.panel.sources.own_format import own_column, own_source, year_column
from stoeval.panel.tables import Kind

SOURCE = own_source(
    name="job prospects",
    description="How good the prospects of an mbo programme were said to be, by vintage.",
    publisher="ROA or SBB",
    file_name=r"baankansen",
    key=("programme", "school_year"),
    filled=("prospect",),
    columns=(
        own_column("programme", "mbo programme, crebo code of five digits", "25337", pattern=r"[0-9]{5}"),
        year_column("school_year", "vintage: school year in which the prospects were published", "2017/18"),
        own_column("name", "name of the programme", "Eerste monteur", required=False),
        own_column("level", "mbo level", "3", kind=Kind.INTEGER, unit="level", minimum=1, maximum=4, required=False),
        own_column("sector", "sector of the programme", "Techniek en gebouwde omgeving", required=False),
        own_column("technical", "technical programme: ja or nee", "ja", kind=Kind.TRUTH, required=False),
        own_column(
            "prospect", "from 1, poor, to 5, very good", "4", kind=Kind.NUMBER, unit="score", minimum=1, maximum=5
        ),
    ),
)
