"""Jobs by gemeente, all and in technical occupations."""

from __future__ import annotations

from stoeval.panel.sources.own_format import Extent, own_column, own_source, year_column
from stoeval.panel.tables import Kind

_JOBS: Extent = {"kind": Kind.INTEGER, "unit": "jobs", "minimum": 0, "maximum": 1e8}
SOURCE = own_source(
    name="regional employment",
    description="Jobs by gemeente and school year, all and technical.",
    publisher="CBS or LISA",
    licence="CC-BY-4.0",
    file_name=r"werkgelegenheid",
    key=("gemeente", "school_year"),
    filled=("jobs",),
    within=(("jobs_technical", "jobs"),),
    columns=(
        own_column("gemeente", "name of the gemeente, geography of the base year", "Enschede"),
        year_column("school_year", "school year that the December lies in"),
        own_column("jobs", "jobs in the gemeente", "91000", **_JOBS),
        own_column("jobs_technical", "of which in technical occupations", "13500", **_JOBS),
    ),
)
