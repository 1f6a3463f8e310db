"""Indicators on what an exam cohort does next: the step to mbo, job prospects, switching and leaving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.masking import nested, share_within
from stoeval.panel.measures.counts import alike, intervals, smallest, tidy, unit_of

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
    frame = _inside(rows, part, whole).assign(
        unit=unit_of(rows),
        group=rows["leerweg"].to_numpy(dtype=object) if by_leerweg else "",
        school_year=rows["school_year"].to_numpy(dtype=np.int64),
    )
    totals = frame.groupby(["unit", "group", "school_year"]).sum().reset_index()
    middle = {count: (totals[f"{count}_low"] + totals[f"{count}_high"]) / 2 for count in ("part", "whole")}
    some = middle["whole"] > 0
    totals, inside, everyone = totals[some], middle["part"][some], middle["whole"][some]
    low, high = share_within(*(intervals(totals[f"{count}_low"], totals[f"{count}_high"]) for count in middle))
    shares = totals.assign(
        value=inside / everyone, low=low, high=high, weight=everyone, smallest=smallest(inside, everyone - inside)
    )
    return tidy(shares.assign(disclosive=shares["disclosive"] > 0), panel)


def rerated(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the share with good prospects by the ratings of their own year, less that by the fixed vintage.

    The choice of programme is the same in both, so what differs is how the labour market rates it. The bounds
    hold every pair of admissible values.
    """
    own, fixed = (
        flow_share(panel, technical, part=part, whole="mbo_entrants", by_leerweg=True)
        for part in ("good_prospects_current", "good_prospects")
    )
    keys = ["unit", "group", "school_year"]
    beside = fixed[[*keys, "value", "low", "high", "smallest", "disclosive"]]
    both = own.merge(beside, on=keys, how="inner", suffixes=("", "_fixed"), validate="one_to_one")
    return tidy(
        both.assign(
            value=both["value"] - both["value_fixed"],
            low=both["low"] - both["high_fixed"],
            high=both["high"] - both["low_fixed"],
            smallest=np.minimum(both["smallest"], both["smallest_fixed"]),
            disclosive=both["disclosive"] | both["disclosive_fixed"],
        ),
        panel,
    )


def _inside(rows: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Return the bounds of part and whole in each cell, masked alike in all years and one inside the other.

    Leavers of at most two bound a masked number of entrants among them: a cell that becomes known in that way is
    `disclosive`.
    """
    shown = [
        intervals(
            *(pd.Series(end) for end in alike(*(rows[f"{count}_{end}"].to_numpy(float) for end in ("low", "high"))))
        )
        for count in (part, whole)
    ]
    inside = nested(*shown)
    known = [(one.low < one.high) & (two.low == two.high) for one, two in zip(shown, inside, strict=True)]
    return pd.DataFrame(
        {
            "part_low": inside[0].low,
            "part_high": inside[0].high,
            "whole_low": inside[1].low,
            "whole_high": inside[1].high,
            "disclosive": (known[0] | known[1]).astype(np.int64),
        }
    )


MEASURES: dict[str, Measure] = {
    "technical_mbo_share": partial(flow_share, part="mbo_technical", whole="leavers"),
    "tl_technical_mbo_share": partial(flow_share, part="mbo_technical", whole="leavers", leerwegen=("TL",)),
    "nontechnical_technical_mbo_share": partial(
        flow_share, part="mbo_technical", whole="leavers", leerwegen=("BB", "KB", "GL"), origin="other"
    ),
    "technical_mbo_by_leerweg": partial(flow_share, part="mbo_technical", whole="leavers", by_leerweg=True),
    "technical_mbo_by_level": partial(flow_share, part="technical_level_34", whole="leavers", by_leerweg=True),
    "mbo_entry_share": partial(flow_share, part="mbo_entrants", whole="leavers", by_leerweg=True),
    "good_prospects_share": partial(flow_share, part="good_prospects", whole="mbo_entrants", by_leerweg=True),
    "good_prospects_current": partial(flow_share, part="good_prospects_current", whole="mbo_entrants", by_leerweg=True),
    "good_prospects_rerated": rerated,
    "mbo_switch_share": partial(flow_share, part="switched", whole="mbo_entrants", by_leerweg=True),
    "mbo_switch_vestiging": partial(flow_share, part="switched", whole="mbo_entrants"),
    "mbo_dropout_vestiging": partial(flow_share, part="dropped_out", whole="mbo_entrants"),
    "mbo_dropout_share": partial(flow_share, part="dropped_out", whole="mbo_entrants", by_leerweg=True),
}
