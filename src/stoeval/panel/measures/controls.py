"""Negative controls: what the programme cannot have moved, and what would show that something else did."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import counts, share_of_technical, technical_and_all, tidy
from stoeval.panel.measures.pooled import in_regions
from stoeval.panel.measures.teachers import teacher_share
from stoeval.panel.tables import LEERWEGEN

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

TL = "TL"


def share_of_vmbo(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str, kind: str) -> pd.DataFrame:
    """Return the share of all vmbo, TL included, in one profile or sector of the beroepsgerichte leerwegen."""
    rows = counts(panel, column, technical, leerwegen=LEERWEGEN)
    inside = (rows["profile"] == kind) & (rows["leerweg"] != TL)
    totals = technical_and_all(rows.assign(technical=inside), ["unit", "school_year"])
    return tidy(share_of_technical(totals), panel)


def technical_jobs_share(panel: MonitorPanel, technical: TechnicalDefinition) -> pd.DataFrame:
    """Return the share of technical jobs among all jobs in the gemeenten where a region has its vestigingen."""
    del technical
    context = panel.tables["context"]
    rows = context[context["jobs"].notna() & context["jobs_technical"].notna() & (context["jobs"] > 0)]
    frame = pd.DataFrame(
        {
            "unit": rows["gemeente"].map(_region_of_gemeente(panel)).to_numpy(dtype=object),
            "school_year": rows["school_year"].to_numpy(dtype=np.int64),
            "part": rows["jobs_technical"].to_numpy(dtype=float),
            "weight": rows["jobs"].to_numpy(dtype=float),
        }
    )
    totals = frame.dropna(subset=["unit"]).groupby(["unit", "school_year"])[["part", "weight"]].sum().reset_index()
    return tidy(totals.assign(value=totals["part"] / totals["weight"], region=totals["unit"]), panel)


def _region_of_gemeente(panel: MonitorPanel) -> pd.Series[str]:
    """Return by gemeente the region where most of its vestigingen lie."""
    often = panel.tables["vestigingen"][["gemeente", "region"]].dropna().value_counts().reset_index(name="times")
    often = often.sort_values(["gemeente", "times", "region"], ascending=[True, False, True])
    return often.drop_duplicates("gemeente").set_index("gemeente")["region"]


_OLDER_TEACHERS = partial(teacher_share, column="share_55_plus")

MEASURES: dict[str, Measure] = {
    "care_share_pupils": partial(share_of_vmbo, column="pupils", kind="ZW"),
    "care_share_candidates": partial(share_of_vmbo, column="candidates", kind="S_ZORG"),
    "other_teachers_55_plus": partial(in_regions, measure=_OLDER_TEACHERS, group="other"),
    "technical_jobs_share": technical_jobs_share,
}
