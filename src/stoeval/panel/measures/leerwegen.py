"""Indicators by group inside a vestiging: leerwegen, and technical against other profiles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.measures.counts import counts, share_of_technical, technical_and_all, tidy

if TYPE_CHECKING:
    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition


def share_by_leerweg(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return the technical share by vestiging and leerweg: BB with LWT, KB and GL."""
    totals = technical_and_all(counts(panel, column, technical), ["unit", "leerweg", "school_year"])
    return tidy(share_of_technical(totals).rename(columns={"leerweg": "group"}), panel)


def count_by_group(panel: MonitorPanel, technical: TechnicalDefinition, *, column: str) -> pd.DataFrame:
    """Return counts of technical and of other choices by vestiging."""
    totals = technical_and_all(counts(panel, column, technical), ["unit", "school_year"])
    groups = [
        totals.assign(group=group, low=totals[f"low_{letter}"], high=totals[f"high_{letter}"])
        for group, letter in (("technical", "t"), ("other", "o"))
    ]
    stacked = pd.concat(groups, ignore_index=True)
    middle = (stacked["low"] + stacked["high"]) / 2
    return tidy(stacked.assign(value=middle, smallest=middle.where(middle > 0, np.inf)), panel)


MEASURES: dict[str, Measure] = {
    "entrants_share_by_leerweg": partial(share_by_leerweg, column="entrants"),
    "candidates_share_by_leerweg": partial(share_by_leerweg, column="candidates"),
    "entrants_by_group": partial(count_by_group, column="entrants"),
    "candidates_by_group": partial(count_by_group, column="candidates"),
}
