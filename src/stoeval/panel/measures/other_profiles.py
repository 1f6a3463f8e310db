"""Pupils who did not choose technique, as a number, so that technique need not win what they lose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stoeval.panel.measures.counts import counts, tidy

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

KEYS = ["unit", "school_year"]


def other_number(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the beroepsgericht pupils or entrants outside the technical profiles, by vestiging with any of them."""
    rows = counts(panel, column, technical)
    totals = rows[~rows["technical"]].groupby(KEYS, sort=True)[["low", "high"]].sum().reset_index()
    totals = totals[totals["high"] > 0]
    middle = (totals["low"] + totals["high"]) / 2
    return tidy(totals.assign(value=middle, smallest=middle), panel)


MEASURES: dict[str, Measure] = {"other_pupils": partial(other_number, column="pupils")}
