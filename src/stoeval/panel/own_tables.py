"""Tables that deliveries in our own formats fill: stacked over files, joined over sources, placed in the panel.

A row about a vestiging, school or region that the panel does not know is left out and counted in a note. A region
that the table of STO regions does not name stops the build, since a misspelt region would vanish in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.contract import conform
from stoeval.panel.sources.keys import folded
from stoeval.panel.tables import (
    CONTEXT,
    FLOWS,
    INITIATIVES,
    PLANS,
    PROGRAMMES,
    PROSPECTS,
    RESPONSE,
    STAFF,
    SURVEYS,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.panel.sources.delimited import Delivered

REGION_TABLE = "STO regions"
FILLED_BY: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (PLANS, ("regional plans", "realised activity")),
    (STAFF, ("staff by subject",)),
    (SURVEYS, ("surveys",)),
    (FLOWS, ("flows to mbo", "mbo careers")),
    (INITIATIVES, ("cooperation initiatives",)),
    (RESPONSE, ("survey response",)),
    (PROSPECTS, ("job prospects",)),
    (CONTEXT, ("population", "regional employment")),
    (PROGRAMMES, ("other programmes",)),
)
"""Each table and the deliveries that fill it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnTables:
    """Filled tables by name, and what was left out of them."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """What the panel knows: its vestigingen with their region, and the regions that its region table names."""

    vestigingen: pd.DataFrame
    named: frozenset[str] | None
    """None where other regions stand in."""
    placed: frozenset[str]
    """Regions in which a vestiging of the panel lies."""


def fill(files: dict[str, list[Delivered]], vestigingen: pd.DataFrame, region_table: Delivered | None) -> OwnTables:
    """Fill every table of which something was delivered; `vestigingen` is that table of the panel.

    Raises PanelError at a row in two files, and at a region that the region table does not name.
    """
    named = None if region_table is None else frozenset(region_table.rows["region"].astype(str))
    places = frozenset(vestigingen["region"].astype(str))
    known = _Known(vestigingen=vestigingen, named=named, placed=places)
    tables, notes = {}, []
    for table, sources in FILLED_BY:
        parts = [_stacked(files[name], table, known) for name in sources if files[name]]
        if parts:
            joined = reduce(lambda one, other: one.merge(other, on=list(table.key), how="outer"), parts)
            placed, told = _placed(joined, table, known)
            tables[table.name] = conform(placed, table)
            notes += told
    return OwnTables(tables=tables, notes=tuple(notes))


def _stacked(files: Sequence[Delivered], table: Table, known: _Known) -> pd.DataFrame:
    """Return the rows of several files of one kind; raise PanelError at a row in two of them."""
    stacked = pd.concat([file.rows.assign(_file=file.name) for file in files], ignore_index=True)
    if table is CONTEXT:
        stacked["gemeente"] = _spelt_as_in(known.vestigingen["gemeente"], stacked["gemeente"])
    doubled = stacked[stacked.duplicated(list(table.key), keep=False)]
    if len(doubled):
        names = " and ".join(sorted(set(doubled["_file"])))
        first = ", ".join(f"{key} {doubled.iloc[0][key]}" for key in table.key)
        message = f"{names}: {len(doubled)} rows for {table.name} have the same key; first {first}; keep one of each"
        raise PanelError(message)
    return stacked.drop(columns="_file")


def _spelt_as_in(known: pd.Series, names: pd.Series) -> pd.Series:
    """Return gemeenten as the panel spells them, in capitals where it does not know them.

    Accents, marks and case do not tell gemeenten apart; names that are alike without them keep their own spelling.
    """
    spelt = pd.Series(sorted(set(known.dropna()))).astype("string")
    alike = folded(spelt)
    by_name = spelt[~alike.duplicated(keep=False)].set_axis(alike[~alike.duplicated(keep=False)])
    return folded(names).map(by_name).astype("string").fillna(names.str.upper())


def _placed(rows: pd.DataFrame, table: Table, known: _Known) -> tuple[pd.DataFrame, list[str]]:
    notes = _unmatched(rows, known) if table is CONTEXT else []
    for column in ("vestiging", "brin"):
        if column in rows.columns and column in table.names:
            outside = rows[column].notna() & ~rows[column].isin(known.vestigingen[column])
            rows, note = _without(rows, outside, table, column)
            notes += note
    if table is SURVEYS:
        rows = _located(rows, known.vestigingen)
    if "region" in rows.columns:
        _refuse_unnamed(rows, table, known)
        rows, note = _without(rows, rows["region"].notna() & ~rows["region"].isin(known.placed), table, "region")
        notes += note
    return rows, notes


def _unmatched(rows: pd.DataFrame, known: _Known) -> list[str]:
    """Tell which gemeenten of the panel have no context, since their rows would find nothing to join."""
    absent = sorted(set(known.vestigingen["gemeente"].dropna()) - set(rows["gemeente"]))
    if not absent:
        return []
    return [f"Zonder {CONTEXT.name}: {len(absent)} gemeenten met vestigingen; de eerste is {absent[0]}."]


def _without(rows: pd.DataFrame, outside: pd.Series, table: Table, column: str) -> tuple[pd.DataFrame, list[str]]:
    if not outside.any():
        return rows, []
    first = rows.loc[outside, column].iloc[0]
    note = (
        f"Weggelaten uit {table.name}: {int(outside.sum())} van {len(rows)} rijen, waarvan {column} niet in het panel "
        f"voorkomt; de eerste is {first}."
    )
    return rows[~outside], [note]


def _located(rows: pd.DataFrame, vestigingen: pd.DataFrame) -> pd.DataFrame:
    """Give answers the region of their vestiging where they name none, and programme leaders no vestiging."""
    region = vestigingen.drop_duplicates("vestiging").set_index("vestiging")["region"]
    own = rows["vestiging"].map(region).astype("string")
    given = rows["region"].fillna(own) if "region" in rows.columns else own
    return rows.assign(region=given, vestiging=rows["vestiging"].fillna(""))


def _refuse_unnamed(rows: pd.DataFrame, table: Table, known: _Known) -> None:
    names = known.placed if known.named is None else known.named
    unknown = rows["region"].notna() & ~rows["region"].isin(names)
    if not unknown.any():
        return
    advice = (
        f"deliver {REGION_TABLE}, since other regions stand in"
        if known.named is None
        else f"use the names of {REGION_TABLE}"
    )
    message = (
        f"{table.name}: {int(unknown.sum())} rows name a region that no vestiging can lie in; first "
        f"{rows.loc[unknown, 'region'].iloc[0]}; {advice}"
    )
    raise PanelError(message)
