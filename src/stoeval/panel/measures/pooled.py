"""The panel with regions as units, so that a region is computed from the cells of its vestigingen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.panel.genealogy import FOLLOWED
from stoeval.panel.kept import kept
from stoeval.panel.measures.counts import regions_of, unit_of
from stoeval.panel.measures.teachers import region_of_school

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.panel.measures.counts import Measure
    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition


@kept(4)
def pooled(panel: MonitorPanel) -> MonitorPanel:
    """Return the panel in which the unit of every row is its region."""
    tables = dict(panel.tables)
    for name in FOLLOWED:
        table = tables[name]
        named = table.assign(unit=unit_of(table))
        year = "wave" if "wave" in table.columns else "school_year"
        region = regions_of(panel, named["unit"], named[year]) if len(table) else named["unit"]
        tables[name] = named.assign(unit=region.astype(object))
    staff = tables["staff"]
    tables["staff"] = staff.assign(unit=staff["brin"].map(region_of_school(panel)).astype(object))
    return replace(panel, tables=tables)


def in_regions(
    panel: MonitorPanel, technical: TechnicalDefinition, *, measure: Measure, group: str = ""
) -> pd.DataFrame:
    """Return one group of a measure with regions as units."""
    frame = measure(pooled(panel), technical)
    return frame[frame["group"] == group].assign(group="").reset_index(drop=True)
