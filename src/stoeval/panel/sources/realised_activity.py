"""What of the regional plans was carried out, by the process evaluation."""

from __future__ import annotations

from stoeval.panel.sources.own_format import own_column, own_source, share_column
from stoeval.panel.tables import ACTIVITY_LINES

SOURCE = own_source(
    name="realised activity",
    description="Share of the planned activity that was carried out, by region and line of activity.",
    publisher="the researchers, from the process evaluation",
    file_name=r"uitgevoerde-activiteiten",
    key=("region", "activity_line"),
    filled=("realised",),
    columns=(
        own_column("region", "region, as in the table of STO regions", "STO19001"),
        own_column("activity_line", "line of activity, by the hypothesis it serves", "5_po", categories=ACTIVITY_LINES),
        share_column("realised", "share of the planned activity that was carried out", "0,75", required=True),
    ),
)
