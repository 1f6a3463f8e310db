"""Cooperation initiatives: submissions that a researcher has validated."""

from __future__ import annotations

from stoeval.panel.sources.own_format import own_column, own_source
from stoeval.panel.tables import Kind

_COLUMNS = (
    own_column("initiative", "identifier that stays the same over deliveries", "I001"),
    own_column("region", "region, as in the table of STO regions", "STO19001"),
    own_column("name", "name of the initiative", "Techniekweek basisscholen"),
    own_column("partners", "partners, separated by semicolons", "vmbo;po;bedrijf"),
    own_column("content", "what is done", "kennismaking met techniek in groep 7 en 8"),
    own_column("goal", "goal it serves: duurzaam, dekkend or kwalitatief hoogstaand", "dekkend"),
    own_column("place", "place or gemeente", "Voorbeeldstad"),
    own_column("started", "calendar year of start", "2020", kind=Kind.INTEGER, unit="year", minimum=2000, maximum=2100),
)
SOURCE = own_source(
    name="cooperation initiatives",
    description="Who works together on what, with which goal and where.",
    publisher="the regions, validated by the researchers",
    file_name=r"samenwerkingsinitiatieven",
    key=("initiative",),
    filled=tuple(column.name for column in _COLUMNS),
    columns=_COLUMNS,
)
