"""Indicators on teachers, by school and subject group: technical against other vmbo subjects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.kept import kept
from stoeval.panel.measures.counts import tidy

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition


KEYS = ["unit", "group", "school_year"]


def teacher_fte(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return fte of teachers, with log pupils as offset."""
    del technical
    staff = panel.tables["staff"]
    rows = staff[(staff["pupils"] > 0) & staff["fte"].notna()]
    totals = _summed(rows, fte=rows["fte"], pupils=rows["pupils"])
    frame = totals.assign(value=totals["fte"], offset=np.log(totals["pupils"]), smallest=totals["fte"])
    return tidy(_placed(frame, panel), panel)


def teacher_share(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return a share of teachers, weighted by fte; inflow and outflow as a share of fte."""
    del technical
    staff = panel.tables["staff"]
    rows = staff[(staff["fte"] > 0) & staff[column].notna()]
    part = rows[column] if column in {"inflow", "outflow"} else rows[column] * rows["fte"]
    totals = _summed(rows, fte=rows["fte"], part=part)
    frame = totals.assign(value=totals["part"] / totals["fte"], weight=totals["fte"], smallest=totals["fte"])
    return tidy(_placed(frame, panel), panel)


def teacher_index(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the mean of the shares of teachers who were trained and who came from a company, weighted by fte."""
    del technical
    staff = panel.tables["staff"]
    rows = staff[(staff["fte"] > 0) & staff["share_trained"].notna() & staff["share_from_industry"].notna()]
    part = (rows["share_trained"] + rows["share_from_industry"]) / 2 * rows["fte"]
    totals = _summed(rows, fte=rows["fte"], part=part)
    frame = totals.assign(value=totals["part"] / totals["fte"], weight=totals["fte"], smallest=totals["fte"])
    return tidy(_placed(frame, panel), panel)


def teachers_per_pupil(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return fte of teachers per hundred pupils, weighted by pupils."""
    del technical
    staff = panel.tables["staff"]
    rows = staff[(staff["pupils"] > 0) & staff["fte"].notna()]
    totals = _summed(rows, fte=rows["fte"], pupils=rows["pupils"])
    value = 100 * totals["fte"] / totals["pupils"]
    return tidy(_placed(totals.assign(value=value, weight=totals["pupils"], smallest=totals["fte"]), panel), panel)


def teacher_exits(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return fte of teachers who left, with log fte of last year, who could leave, as offset."""
    del technical
    staff = panel.tables["staff"]
    rows = staff.dropna(subset=["fte", "inflow", "outflow"])
    before = rows["fte"] - rows["inflow"] + rows["outflow"]
    totals = _summed(rows, outflow=rows["outflow"], before=before)
    totals = totals[totals["before"] > 0]
    exits = totals.assign(value=totals["outflow"], offset=np.log(totals["before"]), smallest=totals["outflow"])
    return tidy(_placed(exits.assign(smallest=exits["smallest"].where(exits["value"] > 0, np.inf)), panel), panel)


def _summed(rows: pd.DataFrame, **columns: pd.Series[float]) -> pd.DataFrame:
    """Return columns summed by unit, subject group and year; a unit is a school, or a region where those are named."""
    unit = rows["unit" if "unit" in rows.columns else "brin"].to_numpy(dtype=object)
    keys = {"unit": unit, "group": rows["subject_group"].to_numpy(dtype=object)}
    numbers = {name: values.to_numpy(dtype=float) for name, values in columns.items()}
    frame = pd.DataFrame({**keys, "school_year": rows["school_year"].to_numpy(dtype=np.int64), **numbers})
    return frame.groupby(KEYS)[list(columns)].sum().reset_index()


def _placed(frame: pd.DataFrame, panel: MonitorPanel) -> pd.DataFrame:
    if "unit" in panel.tables["staff"].columns:
        return frame.assign(region=frame["unit"])
    return frame.assign(region=frame["unit"].map(region_of_school(panel)))


@kept(8)
def region_of_school(panel: MonitorPanel) -> pd.Series[str]:
    """Return by school the region where most of its vestigingen lie."""
    known = panel.tables["vestigingen"][["brin", "region"]].dropna()
    often = known.groupby(["brin", "region"]).size().rename("times").reset_index()
    often = often.sort_values(["brin", "times", "region"], ascending=[True, False, True]).drop_duplicates("brin")
    return often.set_index("brin")["region"].astype(object)


MEASURES: dict[str, Measure] = {
    "teacher_fte": teacher_fte,
    "teachers_per_pupil": teachers_per_pupil,
    "teacher_exits": teacher_exits,
    "teacher_inflow_share": partial(teacher_share, column="inflow"),
    "teacher_outflow_share": partial(teacher_share, column="outflow"),
    "share_55_plus": partial(teacher_share, column="share_55_plus"),
    "share_trained": partial(teacher_share, column="share_trained"),
    "share_from_industry": partial(teacher_share, column="share_from_industry"),
    "teacher_index": teacher_index,
    "share_qualified": partial(teacher_share, column="share_qualified"),
}
