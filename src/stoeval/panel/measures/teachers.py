"""Indicators on teachers, by school and subject group: technical against other vmbo subjects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import tidy

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition


def teacher_fte(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return fte of teachers, with log pupils as offset."""
    del technical
    staff = panel.tables["staff"]
    rows = staff[(staff["pupils"] > 0) & staff["fte"].notna()]
    frame = _frame(rows, panel)
    values = rows["fte"].to_numpy(dtype=float)
    return tidy(frame.assign(value=values, offset=np.log(rows["pupils"].to_numpy(dtype=float))), panel)


def teacher_share(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return a share of teachers, weighted by fte; inflow and outflow as a share of fte."""
    del technical
    staff = panel.tables["staff"]
    rows = staff[(staff["fte"] > 0) & staff[column].notna()]
    values, fte = rows[column].to_numpy(dtype=float), rows["fte"].to_numpy(dtype=float)
    if column in {"inflow", "outflow"}:
        values = values / fte
    return tidy(_frame(rows, panel).assign(value=values, weight=fte), panel)


def _frame(rows: pd.DataFrame, panel: MonitorPanel) -> pd.DataFrame:
    """Return keys and region; a school lies where most of its vestigingen lie."""
    known = panel.tables["vestigingen"][["brin", "region"]].dropna()
    often = known.groupby(["brin", "region"]).size().rename("times").reset_index()
    often = often.sort_values(["brin", "times", "region"], ascending=[True, False, True]).drop_duplicates("brin")
    region = often.set_index("brin")["region"]
    return pd.DataFrame(
        {
            "unit": rows["brin"].to_numpy(dtype=object),
            "group": rows["subject_group"].to_numpy(dtype=object),
            "school_year": rows["school_year"].to_numpy(dtype=np.int64),
            "region": rows["brin"].map(region).to_numpy(dtype=object),
        }
    )


MEASURES: dict[str, Measure] = {
    "teacher_fte": teacher_fte,
    "teacher_inflow_share": partial(teacher_share, column="inflow"),
    "teacher_outflow_share": partial(teacher_share, column="outflow"),
    "share_55_plus": partial(teacher_share, column="share_55_plus"),
    "share_trained": partial(teacher_share, column="share_trained"),
    "share_from_industry": partial(teacher_share, column="share_from_industry"),
    "share_qualified": partial(teacher_share, column="share_qualified"),
}
