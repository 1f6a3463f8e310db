"""From deliveries to a monitor panel: read, join, place in regions, conform, check."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.contract import check, conform, empty
from stoeval.panel.deliveries import read_deliveries
from stoeval.panel.places import Places, locate, place_in_regions
from stoeval.panel.sources.region_table import read_region_table
from stoeval.panel.tables import OFFERS, REGIONS, TABLES, VESTIGINGEN
from stoeval.vocabulary import MonitorPanel, Provenance, SchoolYear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stoeval.panel.sources.delimited import Delivered

KEY = list(OFFERS.key)
STAND_IN = "RMC stand-in"
PROGRAMME = "STO"


def build_panel(
    deliveries: Path, *, regions: Path | None = None, progress: Callable[[str], None] = lambda _: None
) -> MonitorPanel:
    """Build the monitor panel from the delivered files in a directory.

    `regions` is the user's own table of STO regions (see `sources/region_table.py`); without it the RMC
    regions of the address register stand in. `progress` is told, in Dutch, what is being done. Raises
    PanelError at a file that cannot be read, ContractViolated at a panel that breaks its contract.
    """
    delivered = read_deliveries(deliveries, progress)
    region_table = read_region_table(regions) if regions else None
    progress("voegt leerlingen, examens en cijfers samen")
    offers = _offers(delivered)
    progress("plaatst vestigingen")
    places = place_in_regions(locate(offers, delivered), region_table)
    offers = offers[offers["vestiging"].isin(places.frame["vestiging"])]
    filled = {
        OFFERS.name: conform(offers, OFFERS),
        VESTIGINGEN.name: conform(_years_open(offers, places.frame), VESTIGINGEN),
        REGIONS.name: _regions(region_table, places),
    }
    tables = {table.name: filled.get(table.name, empty(table)) for table in TABLES}
    files = [file for source in delivered.values() for file in source] + ([region_table] if region_table else [])
    provenance = Provenance(
        synthetic=False,
        regions=PROGRAMME if region_table else STAND_IN,
        sources=tuple(sorted((file.name, file.sha256) for file in files)),
        notes=(*_notes(tables[OFFERS.name]), *places.notes),
    )
    panel = MonitorPanel(tables=tables, provenance=provenance)
    progress("controleert het contract")
    check(panel)
    return panel


def _offers(delivered: dict[str, list[Delivered]]) -> pd.DataFrame:
    candidates = _newest_per_year([file.rows for file in delivered["exam candidates"]])
    enrolment = _one_per_year(delivered["enrolment"])
    results = _one_per_year(delivered["exam results"])
    parts = [part for part in (enrolment, results, candidates) if len(part)]
    return reduce(lambda one, other: one.merge(other, on=KEY, how="outer", validate="1:1"), parts)


def _newest_per_year(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Keep each school year from the delivery that runs furthest, since DUO corrects earlier years."""
    ordered = sorted(parts, key=lambda part: int(part["school_year"].max()))
    source = {int(year): number for number, part in enumerate(ordered) for year in part["school_year"].unique()}
    kept = [part[part["school_year"].map(source) == number] for number, part in enumerate(ordered)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=KEY)


def _one_per_year(files: Sequence[Delivered]) -> pd.DataFrame:
    seen: dict[int, str] = {}
    for file in files:
        for year in map(int, file.rows["school_year"].unique()):
            if year in seen:
                message = (
                    f"{file.name}: school year {SchoolYear(start=year)} is also in {seen[year]}; keep one of the two"
                )
                raise PanelError(message)
            seen[year] = file.name
    return pd.concat([file.rows for file in files], ignore_index=True) if files else pd.DataFrame(columns=KEY)


def _years_open(offers: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Give each vestiging a row for every school year from its first to its last in vmbo."""
    seen = offers.groupby("vestiging")["school_year"].agg(["min", "max"])
    span = [range(int(first), int(last) + 1) for first, last in zip(seen["min"], seen["max"], strict=True)]
    years = (
        pd.DataFrame({"vestiging": seen.index, "school_year": span}).explode("school_year").astype({"school_year": int})
    )
    active = offers[["vestiging", "school_year"]].drop_duplicates().assign(open=True)
    rows = years.merge(active, on=["vestiging", "school_year"], how="left").merge(
        places, on="vestiging", validate="m:1"
    )
    rows["open"] = rows["open"].astype("boolean").fillna(value=False)
    rows["brin"] = rows["vestiging"].str.slice(0, 4)
    return rows[list(VESTIGINGEN.names)]


def _regions(region_table: Delivered | None, places: Places) -> pd.DataFrame:
    """Fill the table of regions where the user's table says more than membership."""
    if region_table is None or len(region_table.rows.columns) == 2:
        return empty(REGIONS)
    rows = region_table.rows.drop(columns="vestiging").drop_duplicates("region")
    return conform(rows[rows["region"].isin(places.frame["region"])], REGIONS)


def _notes(offers: pd.DataFrame) -> tuple[str, ...]:
    subjects = (("pupils_high", "Leerlingen"), ("candidates_high", "Examenkandidaten"), ("mark_list", "Cijfers"))
    notes = []
    for column, subject in subjects:
        years = sorted(set(offers.loc[offers[column].notna(), "school_year"]))
        listed = ", ".join(str(SchoolYear(start=int(year))) for year in years)
        notes.append(f"{subject}: {listed or 'niet geleverd'}.")
    for low, high, subject in (
        ("pupils_low", "pupils_high", "leerlingen"),
        ("candidates_low", "candidates_high", "kandidaten"),
    ):
        masked = int((offers[low] < offers[high]).fillna(value=False).sum())
        notes.append(f"Afgeschermde aantallen {subject}: {masked} van {int(offers[high].notna().sum())} cellen.")
    return tuple(notes)
