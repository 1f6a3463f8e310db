"""What became of the mbo entrants of an exam cohort; known a year and more after the flows."""

from __future__ import annotations

from stoeval.panel.sources.mbo_flows import CELL, KEY, pupils
from stoeval.panel.sources.own_format import own_source

SOURCE = own_source(
    name="mbo careers",
    description="Switching, dropping out and qualifying among the mbo entrants of an exam cohort.",
    publisher="CBS or DUO, released cells",
    file_name=r"mbo-loopbanen",
    key=KEY,
    columns=(
        *CELL,
        pupils("switched", "mbo entrants who changed programme within a year", "<5"),
        pupils("dropped_out", "mbo entrants who left without a diploma within a year", "0"),
        pupils("qualified", "mbo entrants with an mbo diploma four years after the exam", "17", required=False),
    ),
)
