"""Inhabitants of 12 up to and including 16 by gemeente, and what a forecast expected."""

from __future__ import annotations

from stoeval.panel.sources.own_format import Extent, own_column, own_source, year_column
from stoeval.panel.tables import Kind

_PERSONS: Extent = {"kind": Kind.INTEGER, "unit": "persons", "minimum": 0, "maximum": 1e8}
_FORECAST: Extent = {**_PERSONS, "required": False}
SOURCE = own_source(
    name="population",
    description="Young inhabitants by gemeente and school year, counted and forecast.",
    publisher="CBS, bevolking and PBL/CBS regionale bevolkingsprognose",
    licence="CC-BY-4.0",
    file_name=r"bevolking-12-16",
    key=("gemeente", "school_year"),
    columns=(
        own_column("gemeente", "name of the gemeente, geography of the base year", "Enschede"),
        year_column("school_year", "school year that the 1 January lies in"),
        own_column(
            "population_12_16", "inhabitants of 12 up to and including 16; blank in a later year", "9150", **_PERSONS
        ),
        own_column("forecast_12_16", "the same number as a forecast expected it", "9200", **_FORECAST),
        year_column("forecast_made", "school year in which the forecast was made", "2017/18", required=False),
    ),
)
