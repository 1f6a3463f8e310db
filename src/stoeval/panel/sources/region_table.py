"""The user's own table of STO regions, since their membership is not public.

A csv with one row a vestiging, separated by semicolons or commas:

| column              | holds                                                          | needed |
|---------------------|----------------------------------------------------------------|--------|
| region              | registration number or name of the region                      | yes    |
| vestiging           | six characters, such as 00AH00                                 | yes    |
| approval_round      | 1 (July 2019), 2 (December 2019) or 3 (September 2020)         | no     |
| budget              | subsidy 2020-2023 in euro, such as 4300000 or 4.300.000        | no     |
| cofinancing_share   | co-financing as a share of the budget, such as 0,13            | no     |
| techniekarm         | ja or nee                                                      | no     |
| prior_cooperation   | ja or nee: took part in TiB or RIF                             | no     |
| shrinking           | ja or nee: krimpregio                                          | no     |

The last six describe the region and are the same on each of its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited
from stoeval.panel.sources.keys import checked_keys

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a table of STO regions with columns region and vestiging"
COLUMNS = {"region": ("REGION", "REGIO"), "vestiging": ("VESTIGING", "VESTIGINGSCODE")}
NUMBERS = {"APPROVAL_ROUND": (1.0, 3.0), "BUDGET": (0.0, 1e10), "COFINANCING_SHARE": (0.0, 1.0)}
TRUTHS = ("TECHNIEKARM", "PRIOR_COOPERATION", "SHRINKING")
WORDS = {"ja": True, "true": True, "1": True, "nee": False, "false": False, "0": False, "": pd.NA}


def read_region_table(path: Path) -> Delivered:
    """Read region, vestiging and what the table says of each region.

    Raises PanelError at a vestiging in two regions, at a value outside its range, and at a region with
    two different values.
    """
    file = read_delimited(path, COLUMNS, what=WHAT)
    frame = file.frame.apply(lambda column: column.str.strip())
    nameless = frame["region"] == ""
    if nameless.any():
        first = frame["vestiging"][nameless].iloc[0]
        message = f"{path.name}: {int(nameless.sum())} rows have no region; first {first}; name it or leave the row out"
        raise PanelError(message)
    vestiging = checked_keys(frame["vestiging"], where=path.name)
    rows = pd.DataFrame({"region": frame["region"], "vestiging": vestiging})
    for name in NUMBERS.keys() & set(frame.columns):
        rows[name.lower()] = _numbers(frame[name], name, path)
    for name in set(TRUTHS) & set(frame.columns):
        rows[name.lower()] = _truths(frame[name], name, path)
    rows = rows.drop_duplicates(ignore_index=True)
    _refuse_two_values(rows, path)
    _refuse_two_regions(rows, path)
    places = places_of(pd.Series(dtype="string"))
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


def _numbers(shown: pd.Series, name: str, path: Path) -> pd.Series:
    where = f"{path.name}, {name.lower()}"
    values = parse_decimals(shown, where=where, thousands_point=name == "BUDGET")
    lowest, highest = NUMBERS[name]
    outside = values.notna() & ~values.between(lowest, highest).fillna(value=False)
    if name == "APPROVAL_ROUND":
        outside |= values.notna() & (values % 1 != 0)
    if outside.any():
        message = (
            f"{where}: {int(outside.sum())} values are not between {lowest:g} and {highest:g}; first is "
            f"{shown[outside].iloc[0]!r} in data row {int(outside.to_numpy().argmax()) + 1}; "
            "see the format of this table"
        )
        raise PanelError(message)
    return values


def _truths(shown: pd.Series, name: str, path: Path) -> pd.Series:
    words = shown.str.casefold()
    unknown = ~words.isin(list(WORDS))
    if unknown.any():
        message = (
            f"{path.name}, {name.lower()}: {int(unknown.sum())} values are neither ja nor nee; first is "
            f"{shown[unknown].iloc[0]!r}; write ja or nee"
        )
        raise PanelError(message)
    return pd.Series([WORDS[word] for word in words], index=shown.index, dtype="boolean")


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
    if not properties:
        return
    distinct = rows[["region", *properties]].drop_duplicates()
    doubled = distinct[distinct.duplicated("region", keep=False)]
    if len(doubled):
        message = (
            f"{path.name}: {doubled['region'].nunique()} regions have rows that "
            f"differ in {', '.join(sorted(properties))}; first {doubled['region'].iloc[0]}; "
            "repeat the same values on each row of a region"
        )
        raise PanelError(message)
