"""A panel of two vestigingen that can be counted by hand."""

from __future__ import annotations

import pandas as pd

from stoeval.panel.contract import conform, empty
from stoeval.panel.tables import TABLES
from stoeval.vocabulary import MonitorPanel, Provenance

ROWS: dict[str, list[dict[str, object]]] = {
    "vestigingen": [
        {
            "vestiging": vestiging,
            "school_year": year,
            "brin": vestiging[:4],
            "region": region,
            "gemeente": gemeente,
            "footprint": vestiging,
            "open": True,
        }
        for vestiging, region, gemeente in (("00AH07", "Twente", "ENSCHEDE"), ("01AA00", "Zeeland", "GOES"))
        for year in (2017, 2018)
    ],
    "offers": [
        {"vestiging": "00AH07", "profile": "PIE", "leerweg": "BB", "school_year": 2017, "pupils": (12, 12)},
        {"vestiging": "00AH07", "profile": "DP", "leerweg": "BB", "school_year": 2017, "pupils": (1, 4)},
        {"vestiging": "01AA00", "profile": "DP", "leerweg": "KB", "school_year": 2018, "pupils": (1, 4)},
    ],
    "regions": [{"region": "Twente"}, {"region": "Zeeland"}],
    "staff": [{"brin": "01AA", "subject_group": "technical", "school_year": 2018, "fte": 3.0, "pupils": 40.0}],
    "context": [
        {"gemeente": "GOES", "school_year": 2017, "jobs": 9.0},
        {"gemeente": "ELDERS", "school_year": 2017, "jobs": 1.0},
    ],
    "prospects": [{"programme": "25337", "school_year": 2017, "prospect": 4.0}],
}


def small_panel(provenance: Provenance | None = None, **changes: pd.DataFrame) -> MonitorPanel:
    """Return the panel, with some tables replaced."""
    tables = {}
    for table in TABLES:
        rows = [_spread(row) for row in ROWS.get(table.name, [])]
        tables[table.name] = conform(pd.DataFrame(rows), table) if rows else empty(table)
    return MonitorPanel(
        tables={**tables, **changes}, provenance=provenance or Provenance(synthetic=False, regions="STO")
    )


def _spread(row: dict[str, object]) -> dict[str, object]:
    """Return a row with each pair of bounds in its two columns."""
    found = dict(row)
    if "profile" in row:
        found["pupils_low"], found["pupils_high"] = found.pop("pupils")  # type: ignore[misc]
    return found
