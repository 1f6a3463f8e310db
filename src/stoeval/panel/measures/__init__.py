"""Indicators as numbers: one tidy frame per indicator from the tables of the panel.

A measured frame has the columns `unit`, `group`, `school_year`, `region`, `value`, `low`, `high`,
`weight`, `offset`, `smallest` and `disclosive`. A value that rests on a masked count lies at the middle of its
bounds. `weight` is the number of pupils behind a share, the response weight of an answer, and one elsewhere.
`smallest` is the smallest group of people that the value tells apart, infinite where it tells nobody apart;
`disclosive` says that it rests on a masked count that a total gives away. Both are for the gate of outputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.panel.kept import kept
from stoeval.panel.measures import (
    answers,
    by_region,
    careers,
    controls,
    leerwegen,
    other_profiles,
    profiles,
    regions,
    teachers,
    vestigingen,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

MEASURES: Mapping[str, Measure] = {
    **vestigingen.MEASURES,
    **regions.MEASURES,
    **leerwegen.MEASURES,
    **profiles.MEASURES,
    **careers.MEASURES,
    **controls.MEASURES,
    **teachers.MEASURES,
    **answers.MEASURES,
    **by_region.MEASURES,
    **other_profiles.MEASURES,
}
"""Every indicator that a delivery can give, by name."""


@kept(128)
def measured(panel: MonitorPanel, indicator: str, technical: TechnicalDefinition) -> pd.DataFrame | None:
    """Return the measured frame of an indicator, None where no table can give it; do not change it in place."""
    measure = MEASURES.get(indicator)
    if measure is None:
        return None
    frame = measure(panel, technical)
    return frame if len(frame) else None
