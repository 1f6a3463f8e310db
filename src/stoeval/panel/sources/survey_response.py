"""How many were asked and how many answered, for bounds on what non-response may hide."""

from __future__ import annotations

from stoeval.panel.sources.own_format import Extent, own_column, own_source, year_column
from stoeval.panel.tables import RESPONDENTS, Kind

_PLACES: Extent = {"kind": Kind.INTEGER, "unit": "places", "minimum": 0, "maximum": 1e6}
SOURCE = own_source(
    name="survey response",
    description="Vestigingen that were asked and that answered, by kind of respondent, region and wave.",
    publisher="the researchers, STO surveys",
    file_name=r"sto-respons",
    key=("kind", "region", "wave"),
    filled=("invited", "answered"),
    within=(("answered", "invited"),),
    columns=(
        own_column("kind", "kind of respondent", "school leader", categories=RESPONDENTS),
        own_column("region", "region, as in the table of STO regions", "STO19001"),
        year_column("wave", "school year of the wave", "2018/19"),
        own_column("invited", "vestigingen asked; one for a programme leader", "12", **_PLACES),
        own_column("answered", "of which anyone answered", "7", **_PLACES),
    ),
)
