"""Indicators from surveys: the mean answer of a vestiging in a wave, by response weight."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import tidy, unit_of
from stoeval.panel.tables import ITEMS

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition


def mean_answer(panel: MonitorPanel, technical: TechnicalDefinition, *, item: str) -> pd.DataFrame:
    """Return the weighted mean answer to an item by vestiging and wave."""
    del technical
    surveys = panel.tables["surveys"]
    rows = surveys[(surveys["item"] == item) & surveys["value"].notna() & surveys["vestiging"].notna()]
    weight = rows["weight"].to_numpy(dtype=float)
    frame = pd.DataFrame(
        {
            "unit": unit_of(rows),
            "school_year": rows["wave"].to_numpy(dtype=np.int64),
            "weighted": rows["value"].to_numpy(dtype=float) * weight,
            "weight": weight,
            "smallest": 1.0,
        }
    )
    totals = frame.groupby(["unit", "school_year"]).sum().reset_index()
    totals = totals[totals["weight"] > 0]
    return tidy(totals.assign(value=totals["weighted"] / totals["weight"]), panel)


MEASURES: dict[str, Measure] = {item: partial(mean_answer, item=item) for item in ITEMS}
