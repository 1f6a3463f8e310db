"""The table of STO regions, since their membership is not public: one row a vestiging.

Everything but the vestiging describes the region and is the same on each of its rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from stoeval.errors import PanelError
from stoeval.panel.sources.own_format import EURO, VESTIGING, Extent, own_column, own_source, share_column
from stoeval.panel.tables import BUDGET_YEARS, Kind

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from stoeval.panel.sources.declaration import Source, SourceColumn
    from stoeval.panel.sources.delimited import Delivered

ROUNDING = 1.0
"""Euro by which a total may differ from the sum of its years."""
_YEARS = [f"budget_{year}" for year in BUDGET_YEARS]


def _money(name: str, description: str, example: str) -> SourceColumn:
    extent: Extent = {"kind": Kind.NUMBER, "unit": EURO, "minimum": 0, "maximum": 1e10, "required": False}
    return own_column(name, description, example, **extent)


def _truth(name: str, description: str) -> SourceColumn:
    return own_column(name, description, "nee", kind=Kind.TRUTH, required=False)


_FORMAT = own_source(
    name="STO regions",
    description="Membership of the 78 STO regions, with the approval and the money of each.",
    publisher="Dienst Uitvoering Subsidies aan Instellingen (DUS-I) and the penvoerders",
    file_name=r"sto-?regio",
    key=(),
    filled=("region", "vestiging"),
    many=False,
    columns=(
        own_column(
            "region",
            "registration number of the region at DUS-I, or its name",
            "STO19001",
            headers=("regio", "region"),
        ),
        own_column(
            "vestiging",
            "vestiging that is a member, BRIN and two digits",
            "00AH00",
            headers=("vestigingscode", "vestiging"),
            pattern=VESTIGING,
        ),
        own_column("name", "name of the region", "Voorbeeldregio", required=False),
        own_column("penvoerder", "school that applied for the region", "Het Voorbeeldcollege", required=False),
        own_column(
            "approval_round",
            "1 for July 2019, 2 for December 2019, 3 for September 2020",
            "1",
            kind=Kind.INTEGER,
            unit="round",
            minimum=1,
            maximum=3,
            required=False,
        ),
        own_column(
            "approval_date",
            "day on which the plan was approved, year-month-day",
            "2019-07-01",
            pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}",
            required=False,
        ),
        _money("budget", "subsidy 2020-2023; the sum of its years where only they are given", "4300000"),
        *(_money(name, f"subsidy for {name[-4:]}", "1075000") for name in _YEARS),
        share_column("cofinancing_share", "co-financing as a share of the budget"),
        _truth("techniekarm", "techniekarme regio, below 10 % technical at the count: ja or nee"),
        _truth("prior_cooperation", "took part in TiB or RIF: ja or nee"),
        _truth("shrinking", "krimpregio: ja or nee"),
    ),
)


def read_region_table(path: Path) -> Delivered:
    """Read region, vestiging and what the table says of each region.

    Raises PanelError at a vestiging in two regions, at a value outside its range, at a region with two
    different values, and at a budget that is not the sum of its years.
    """
    delivered = _FORMAT.read(path)
    rows = _with_total(delivered.rows.drop_duplicates(ignore_index=True), path)
    if "approval_date" in rows.columns:
        _refuse_dates(rows, path)
    _refuse_two_values(rows, path)
    _refuse_two_regions(rows, path)
    return replace(delivered, rows=rows)


SOURCE: Source = replace(_FORMAT, read=read_region_table)


def _with_total(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Fill the budget from its years, where all of them are given."""
    if not set(_YEARS) <= set(rows.columns):
        return rows
    total = rows[_YEARS].sum(axis=1, min_count=len(_YEARS))
    if "budget" not in rows.columns:
        return rows.assign(budget=total)
    wrong = ((rows["budget"] - total).abs() > ROUNDING).fillna(value=False)
    if wrong.any():
        regions = rows["region"][wrong]
        message = (
            f"{path.name}: {regions.nunique()} regions have a budget that is not the sum of its years; "
            f"first {regions.iloc[0]}; correct one of them"
        )
        raise PanelError(message)
    return rows.assign(budget=rows["budget"].fillna(total))


def _refuse_dates(rows: pd.DataFrame, path: Path) -> None:
    for text in rows["approval_date"].dropna().unique():
        try:
            date.fromisoformat(str(text))
        except ValueError as error:
            count = int((rows["approval_date"] == text).sum())
            message = f"{path.name}, approval_date: {count} rows have {text!r} ({error}); write such as 2019-07-01"
            raise PanelError(message) from error


def _refuse_two_regions(rows: pd.DataFrame, path: Path) -> None:
    doubled = rows[rows.duplicated("vestiging", keep=False)]
    if len(doubled):
        first = doubled["vestiging"].iloc[0]
        regions = " and ".join(doubled.loc[doubled["vestiging"] == first, "region"].astype(str))
        message = (
            f"{path.name}: {doubled['vestiging'].nunique()} vestigingen are in two regions; "
            f"first {first} in {regions}; give each vestiging one region"
        )
        raise PanelError(message)


def _refuse_two_values(rows: pd.DataFrame, path: Path) -> None:
    properties = [name for name in rows.columns if name not in {"region", "vestiging"}]
    distinct = rows[["region", *properties]].drop_duplicates()
    doubled = distinct[distinct.duplicated("region", keep=False)]
    if len(doubled):
        message = (
            f"{path.name}: {doubled['region'].nunique()} regions have rows that "
            f"differ in {', '.join(sorted(properties))}; first {doubled['region'].iloc[0]}; "
            "repeat the same values on each row of a region"
        )
        raise PanelError(message)
