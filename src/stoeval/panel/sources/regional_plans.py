"""Regional plans, coded by activity line by two coders who do not know each other's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.errors import PanelError
from stoeval.panel.sources.own_format import own_column, own_source, share_column
from stoeval.panel.tables import ACTIVITY_LINES

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.delimited import Delivered

ROUNDING = 0.01
"""By which the rounded shares of a plan may exceed the whole of it."""
_FORMAT = own_source(
    name="regional plans",
    description="Shares of the plan budget by line of activity, as each of two coders read the plan.",
    publisher="the researchers, from the plans of the regions",
    file_name=r"regioplannen",
    key=("region", "activity_line"),
    filled=("share",),
    columns=(
        own_column("region", "region, as in the table of STO regions", "STO19001"),
        own_column("activity_line", "line of activity, by the hypothesis it serves", "5_po", categories=ACTIVITY_LINES),
        share_column("share", "share of the plan budget, first coder", "0,12", required=True),
        share_column("share_second_coder", "share of the plan budget, second coder", "0,10"),
    ),
)


def read_regional_plans(path: Path) -> Delivered:
    """Read region, activity_line, share and share_second_coder.

    Raises PanelError at a cell that its column cannot hold, and at a plan of which the shares exceed the whole.
    """
    delivered = _FORMAT.read(path)
    for coder in {"share", "share_second_coder"} & set(delivered.rows.columns):
        total = delivered.rows.groupby("region")[coder].sum()
        above = total[total > 1 + ROUNDING]
        if len(above):
            message = (
                f"{path.name}, {coder}: the shares of {len(above)} regions exceed the whole plan; first "
                f"{above.index[0]} with {above.iloc[0]:.2f}; give shares from 0 to 1 that add up to 1 at most"
            )
            raise PanelError(message)
    return delivered


SOURCE = replace(_FORMAT, read=read_regional_plans)
