"""Indicators from surveys: mean answers by response weight, each from the respondents that it is registered for.

What a cause and its effect are asked of differs wherever it can, so that one mood does not answer both.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import tidy, unit_of

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

LEADER, TEACHER, PUPIL, PROGRAMME_LEADER = "school leader", "teacher", "pupil", "programme leader"
RESPONDENTS_OF = {
    "shared_facilities": (LEADER,),
    "facility_satisfaction": (LEADER, TEACHER),
    "investment_per_technical_pupil": (LEADER,),
    "innovation_satisfaction": (LEADER,),
    "knowledge_sharing": (TEACHER,),
    "cooperation_vmbo": (LEADER,),
    "cooperation_mbo": (LEADER,),
    "cooperation_business": (LEADER,),
    "education_judgement": (PUPIL,),
    "preparation_judgement": (PUPIL,),
    "motivation": (PUPIL,),
    "teacher_expertise": (PUPIL,),
}
"""Whose answers make up the indicator of each registered item of a vestiging."""
COOPERATION = ("cooperation_vmbo", "cooperation_mbo", "cooperation_business")
QUALITY = ("facility_satisfaction", "innovation_satisfaction", "teacher_expertise")
"""Facilities, responsiveness and teachers: the three parts of quality in hypothesis 9."""
KEYS = ["unit", "school_year"]


def mean_answer(panel: MonitorPanel, technical: TechnicalDefinition, *, item: str) -> pd.DataFrame:
    """Return the weighted mean answer to an item by vestiging and wave."""
    del technical
    rows = _answers(panel, item, RESPONDENTS_OF[item])
    rows = rows[rows["vestiging"].notna()]
    return tidy(_mean(rows, unit_of(rows)), panel)


def mean_of_items(
    panel: MonitorPanel,
    technical: TechnicalDefinition,
    *,
    items: tuple[str, ...],
    respondents: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return the plain mean over items of their weighted mean answer by region and wave, where all were answered.

    Without `respondents` each item is answered by those that it is registered for.
    """
    del technical
    parts = []
    for item in items:
        rows = _answers(panel, item, respondents or RESPONDENTS_OF[item])
        parts.append(_mean(rows, rows["region"].to_numpy(dtype=object)))
    grouped = pd.concat(parts, ignore_index=True).groupby(KEYS)
    whole = grouped.agg(value=("value", "mean"), smallest=("smallest", "min"), items=("value", "size")).reset_index()
    whole = whole[whole["items"] == len(items)]
    return tidy(whole.assign(region=whole["unit"]), panel)


def _answers(panel: MonitorPanel, item: str, respondents: tuple[str, ...]) -> pd.DataFrame:
    surveys = panel.tables["surveys"]
    return surveys[(surveys["item"] == item) & surveys["kind"].isin(respondents) & surveys["value"].notna()]


def _mean(rows: pd.DataFrame, unit: np.ndarray[tuple[int], np.dtype[np.object_]]) -> pd.DataFrame:
    """Return the weighted mean answer by unit and wave, with the weight and the number of answers behind it."""
    weight = rows["weight"].to_numpy(dtype=float)
    frame = pd.DataFrame(
        {
            "unit": unit,
            "school_year": rows["wave"].to_numpy(dtype=np.int64),
            "weighted": rows["value"].to_numpy(dtype=float) * weight,
            "weight": weight,
            "smallest": 1.0,
        }
    )
    totals = frame.groupby(KEYS).sum().reset_index()
    totals = totals[totals["weight"] > 0]
    return totals.assign(value=totals["weighted"] / totals["weight"]).drop(columns="weighted")


MEASURES: dict[str, Measure] = {
    **{item: partial(mean_answer, item=item) for item in RESPONDENTS_OF},
    "cooperation_by_programme_leader": partial(mean_of_items, items=COOPERATION, respondents=(PROGRAMME_LEADER,)),
    "quality_composite": partial(mean_of_items, items=QUALITY),
}
