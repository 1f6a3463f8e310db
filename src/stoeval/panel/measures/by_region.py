"""Indicators of whole regions: teachers, answers and mbo entrants as one, and how entrants match regional demand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.answers import mean_of_items
from stoeval.panel.measures.careers import flow_share
from stoeval.panel.measures.counts import tidy
from stoeval.panel.measures.pooled import in_regions, pooled
from stoeval.panel.measures.teachers import teacher_fte, teacher_index, teacher_share, teachers_per_pupil

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

DEMAND_YEAR = 2017
"""Regional demand is held at the zero situation, so that a boom does not look like a better match."""


def regional_match(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return 1 - 1/2 sum over j of |s_j - d_j| by region and exam cohort, with bounds.

    s_j is the share of mbo entrants in a technical or another programme, d_j the share of jobs in technical or
    other occupations in the region in 2017; with two kinds of work the index is 1 - |s - d| of the technical one.
    """
    entrants = flow_share(pooled(panel), technical, part="mbo_technical", whole="mbo_entrants")
    demand = entrants["unit"].map(technical_demand(panel)).astype(np.float64)
    away = {end: (entrants[end] - demand).abs() for end in ("value", "low", "high")}
    outside = (entrants["low"] > demand) | (demand > entrants["high"])
    nearest = np.minimum(away["low"], away["high"]) * outside
    furthest = np.maximum(away["low"], away["high"])
    return tidy(entrants.assign(value=1 - away["value"], low=1 - furthest, high=1 - nearest), panel)


def technical_demand(panel: MonitorPanel) -> pd.Series[float]:
    """Return the share of jobs in technical occupations by region; a gemeente lies where most of its vestigingen do."""
    context = panel.tables["context"]
    jobs = context[context["school_year"] == DEMAND_YEAR].dropna(subset=["jobs", "jobs_technical"])
    often = panel.tables["vestigingen"][["gemeente", "region"]].dropna().value_counts().reset_index()
    often = often.sort_values(["gemeente", "count", "region"], ascending=[True, False, True])
    region = often.drop_duplicates("gemeente").set_index("gemeente")["region"].astype(object)
    totals = pd.DataFrame(
        {
            "region": jobs["gemeente"].astype(object).map(region),
            "jobs": jobs["jobs"].astype(np.float64),
            "technical": jobs["jobs_technical"].astype(np.float64),
        }
    )
    totals = totals.groupby("region")[["jobs", "technical"]].sum()
    totals = totals[totals["jobs"] > 0]
    return totals["technical"] / totals["jobs"]


_TEACHERS: dict[str, Measure] = {
    "teacher_fte": teacher_fte,
    "teachers_per_pupil": teachers_per_pupil,
    "teacher_index": teacher_index,
    "teacher_inflow": partial(teacher_share, column="inflow"),
    "teacher_outflow": partial(teacher_share, column="outflow"),
    "share_qualified": partial(teacher_share, column="share_qualified"),
}
_GOOD_PROSPECTS = partial(flow_share, part="good_prospects", whole="mbo_entrants")

MEASURES: dict[str, Measure] = {
    **{f"{name}_region": partial(in_regions, measure=one, group="technical") for name, one in _TEACHERS.items()},
    "cooperation_vmbo_region": partial(mean_of_items, items=("cooperation_vmbo",)),
    "shared_facilities_region": partial(mean_of_items, items=("shared_facilities",)),
    "good_prospects_region": partial(in_regions, measure=_GOOD_PROSPECTS),
    "regional_match": regional_match,
}
