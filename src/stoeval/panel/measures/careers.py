"""Indicators on what an exam cohort does next: the step to mbo, job prospects, switching and leaving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import alike, tidy

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition


def flow_share(  # noqa: PLR0913 - what a share is of, and for whom
    panel: MonitorPanel,
    technical: TechnicalDefinition,
    *,
    part: str,
    whole: str,
    by_leerweg: bool = False,
    leerwegen: tuple[str, ...] = ("BB", "KB", "GL", "TL"),
    origin: str | None = None,
) -> pd.DataFrame:
    """Return a share of leavers or entrants by vestiging (and leerweg), with bounds."""
    del technical
    flows = panel.tables["flows"]
    rows = flows[flows["leerweg"].isin(leerwegen)]
    if origin is not None:
        rows = rows[rows["origin"] == origin]
    rows = rows.dropna(subset=[f"{part}_low", f"{whole}_low"])
    columns = {}
    for count in (part, whole):
        shown = [rows[f"{count}_{end}"].to_numpy(dtype=float) for end in ("low", "high")]
        columns[f"{count}_low"], columns[f"{count}_high"] = alike(*shown)
    frame = pd.DataFrame(
        {
            "unit": rows["vestiging"].to_numpy(dtype=object),
            "group": rows["leerweg"].to_numpy(dtype=object) if by_leerweg else "",
            "school_year": rows["school_year"].to_numpy(dtype=np.int64),
            **columns,
        }
    )
    totals = frame.groupby(["unit", "group", "school_year"]).sum().reset_index()
    whole_middle = (totals[f"{whole}_low"] + totals[f"{whole}_high"]) / 2
    totals, whole_middle = totals[whole_middle > 0], whole_middle[whole_middle > 0]
    middle = (totals[f"{part}_low"] + totals[f"{part}_high"]) / 2 / whole_middle
    low = totals[f"{part}_low"] / totals[f"{whole}_high"]
    high = totals[f"{part}_high"] / totals[f"{whole}_low"].clip(lower=1)
    # The part is inside the whole, so no share exceeds one whatever the masks hide.
    shares = totals.assign(value=middle.clip(upper=1.0), low=low, high=high.clip(upper=1.0), weight=whole_middle)
    return tidy(shares, panel)


MEASURES: dict[str, Measure] = {
    "technical_mbo_share": partial(flow_share, part="mbo_technical", whole="leavers"),
    "tl_technical_mbo_share": partial(flow_share, part="mbo_technical", whole="leavers", leerwegen=("TL",)),
    "nontechnical_technical_mbo_share": partial(
        flow_share, part="mbo_technical", whole="leavers", leerwegen=("BB", "KB", "GL"), origin="other"
    ),
    "technical_mbo_by_leerweg": partial(flow_share, part="mbo_technical", whole="leavers", by_leerweg=True),
    "mbo_entry_share": partial(flow_share, part="mbo_entrants", whole="leavers", by_leerweg=True),
    "good_prospects_share": partial(flow_share, part="good_prospects", whole="mbo_entrants", by_leerweg=True),
    "mbo_switch_share": partial(flow_share, part="switched", whole="mbo_entrants", by_leerweg=True),
    "mbo_dropout_share": partial(flow_share, part="dropped_out", whole="mbo_entrants", by_leerweg=True),
}
