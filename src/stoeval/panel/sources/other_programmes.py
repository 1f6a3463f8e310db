"""Programmes before or beside STO: who took part, with how much money, by draw or not."""

from __future__ import annotations

from stoeval.panel.sources.own_format import EURO, VESTIGING, own_column, own_source, year_column
from stoeval.panel.tables import OTHER_PROGRAMMES, Kind

SOURCE = own_source(
    name="other programmes",
    description="Participation of vestigingen in TiB, RIF, NPO and the pilot of the nieuwe leerweg, by school year.",
    publisher="Ministry of Education, DUS-I and the programmes",
    file_name=r"andere-programma",
    key=("vestiging", "programme", "school_year"),
    columns=(
        own_column("vestiging", "vestiging, BRIN and two digits", "00AH00", pattern=VESTIGING),
        own_column("programme", "programme", "nieuwe leerweg", categories=OTHER_PROGRAMMES),
        year_column("school_year", "school year", "2021/22"),
        own_column(
            "amount",
            "money for the vestiging in this school year",
            "25000",
            kind=Kind.NUMBER,
            unit=EURO,
            minimum=0,
            maximum=1e9,
            required=False,
        ),
        own_column(
            "drawn_by_lot",
            "ja: won the draw for a place; nee: asked for a place and lost; blank: no draw",
            "ja",
            kind=Kind.TRUTH,
            required=False,
        ),
    ),
)
