"""From deliveries to a monitor panel: read, join, place in regions, conform, check."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel import own_tables
from stoeval.panel.contract import check, conform, empty
from stoeval.panel.deliveries import read_deliveries
from stoeval.panel.own_tables import REGION_TABLE
from stoeval.panel.places import Places, locate, place_in_regions
from stoeval.panel.plan_coding import coding_agreement
from stoeval.panel.provisional import provisional_note
from stoeval.panel.sources.region_table import read_region_table
from stoeval.panel.tables import OFFERS, PLANS, REGIONS, TABLES, VESTIGINGEN, Table
from stoeval.vocabulary import MonitorPanel, Provenance, SchoolYear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stoeval.panel.deliveries import Deliveries
    from stoeval.panel.sources.delimited import Delivered

KEY = list(OFFERS.key)
STAND_IN = "RMC stand-in"
PROGRAMME = "STO"
FILLED_BY = (
    (OFFERS, ("exam candidates", "enrolment", "exam results")),
    (VESTIGINGEN, ("addresses", "successions", "coordinates")),
    (REGIONS, (REGION_TABLE,)),
    *own_tables.FILLED_BY,
)
"""Each table and the deliveries that fill it."""
DATED = frozenset({"school_year", "wave"})
"""Columns that date a row."""
USED = frozenset(name for _, names in FILLED_BY for name in names)


def build_panel(
    deliveries: Path, *, regions: Path | None = None, progress: Callable[[str], None] = lambda _: None
) -> MonitorPanel:
    """Build the monitor panel from the delivered files in a directory.

    `regions` is the table of STO regions where it lies elsewhere (see `sources/region_table.py`); without
    any, the RMC regions of the address register stand in. `progress` is told, in Dutch, what is being done.
    Raises PanelError at a file that cannot be read, ContractViolated at a panel that breaks its contract.
    """
    delivered = read_deliveries(deliveries, progress, used=USED)
    files = delivered.files
    region_table = _region_table(files, regions, deliveries)
    progress("voegt leerlingen, examens en cijfers samen")
    offers = _offers(files)
    progress("plaatst vestigingen")
    places = place_in_regions(locate(offers, files), region_table)
    offers = conform(offers[offers["vestiging"].isin(places.frame["vestiging"])], OFFERS)
    vestigingen = conform(_years_open(offers, places.frame), VESTIGINGEN)
    own = own_tables.fill(files, vestigingen, region_table)
    filled = {
        OFFERS.name: offers,
        VESTIGINGEN.name: vestigingen,
        REGIONS.name: _regions(region_table, places),
        **own.tables,
    }
    tables = {table.name: filled.get(table.name, empty(table)) for table in TABLES}
    notes = (*_notes(offers), *_coding(tables[PLANS.name]), *delivered.notes, *own.notes, *places.notes)
    provenance = Provenance(
        synthetic=False,
        regions=PROGRAMME if region_table else STAND_IN,
        sources=tuple(sorted((file.name, file.sha256) for source in files.values() for file in source)),
        notes=(*_provisional(delivered), *notes),
    )
    panel = MonitorPanel(tables=tables, provenance=provenance)
    progress("controleert het contract")
    check(panel)
    return panel


def _region_table(files: dict[str, list[Delivered]], regions: Path | None, deliveries: Path) -> Delivered | None:
    """Return the region table of the folder or the one given beside it, and keep it among the files."""
    found = files[REGION_TABLE]
    if regions is not None:
        given = read_region_table(regions)
        if found and found[0].sha256 != given.sha256:
            message = f"{regions}: a second table of STO regions, beside {found[0].name} in {deliveries}; keep one"
            raise PanelError(message)
        files[REGION_TABLE] = [given]
    return files[REGION_TABLE][0] if files[REGION_TABLE] else None


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
    members = region_table.rows["region"].value_counts()
    rows = region_table.rows.drop(columns="vestiging").drop_duplicates("region")
    rows = rows.assign(members=rows["region"].map(members))
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


def _coding(plans: pd.DataFrame) -> tuple[str, ...]:
    """Tell how well the two coders of the plans agree, where there are two."""
    if not plans["share_second_coder"].notna().any():
        return ()
    found = coding_agreement(plans)
    kappa, agreed = (f"{value:.2f}".replace(".", ",") for value in (found.kappa, found.agreed_budget))
    note = (
        f"Codering van de regioplannen: gewogen kappa {kappa}; beide codeurs delen {agreed} van het budget "
        f"gelijk in; {found.n_regions} regio's."
    )
    return (note,)


def _provisional(delivered: Deliveries) -> tuple[str, ...]:
    """Return a note for each table that rests on provisional files."""
    notes = []
    for table, names in FILLED_BY:
        files = [file for name in names for file in delivered.files[name] if file.sha256 in delivered.provisional]
        if files:
            years = {year for file in files for year in _years_of(file, table, delivered.provisional[file.sha256])}
            if years or not DATED & set(table.names):
                notes.append(provisional_note(table.name, years))
    return tuple(notes)


def _years_of(file: Delivered, table: Table, named: tuple[SchoolYear, ...]) -> set[int]:
    """Return the school years of a file, as far as its table has years; of these the named ones, where any is."""
    dated = DATED & set(table.names) & set(file.rows.columns)
    years = {int(year) for column in dated for year in file.rows[column].dropna().unique()}
    return years & {year.start for year in named} if named else years
