"""The contract of a monitor panel: every violation at once, by the declaration in `panel/tables.py`.

An empty cell is a missing value. An empty text is a value: it says that there is nothing to name, as for the
vestiging of a programme leader; it is never allowed in a key, or where categories or a pattern are declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.tables import TABLES, Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoeval.vocabulary import MonitorPanel

KINDS = {Kind.TEXT: "text", Kind.INTEGER: "whole numbers", Kind.NUMBER: "numbers", Kind.TRUTH: "true or false"}
REGION_TABLES = ("vestigingen", "plans", "surveys", "initiatives", "response")
VESTIGING_TABLES = ("offers", "flows", "surveys", "programmes")


def check(panel: MonitorPanel) -> None:
    """Raise ContractViolated with every violation of a panel; return where there is none."""
    found = violations(panel)
    if found:
        where = "the panel"
        raise ContractViolated(where, found)


def violations(panel: MonitorPanel) -> tuple[str, ...]:
    """Return every violation of a panel, one line each: what, how many, the first case, what to do."""
    declared = {table.name for table in TABLES}
    found = [
        f"{name}: 1 table unknown to the contract; first {name}; leave it out"
        for name in panel.tables
        if name not in declared
    ]
    for table in TABLES:
        if table.name in panel.tables:
            found += _in_table(panel.tables[table.name], table)
        else:
            found.append(f"{table.name}: 1 table is missing; first {table.name}; add it, empty where not delivered")
    return (*found, *_between_tables(panel))


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Cast a frame to its declared columns, kinds and order, sorted by key.

    Columns that no delivery gave are added empty. Raises PanelError at an undeclared column and at a value
    that its kind cannot hold.
    """
    unknown = [str(name) for name in frame.columns if name not in table.names]
    if unknown:
        message = f"{table.name}: {len(unknown)} undeclared columns: {', '.join(unknown)}; drop them or declare them"
        raise PanelError(message)
    columns = {column.name: _cast(frame, column, table) for column in table.columns}
    result = pd.DataFrame(columns, index=frame.index, columns=list(table.names))
    return result.sort_values(list(table.key), kind="stable", ignore_index=True)


def empty(table: Table) -> pd.DataFrame:
    """Return a table without rows, as the contract wants a table that was not delivered."""
    return conform(pd.DataFrame(), table)


def _cast(frame: pd.DataFrame, column: Column, table: Table) -> pd.Series:
    if column.name not in frame.columns:
        return pd.Series(pd.NA, index=frame.index, dtype=str(column.kind))
    try:
        return frame[column.name].astype(pd.api.types.pandas_dtype(str(column.kind)))
    except (TypeError, ValueError) as error:
        message = f"{table.name}.{column.name}: cannot be read as {KINDS[column.kind]} ({error}); correct the delivery"
        raise PanelError(message) from error


def _in_table(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    missing = [name for name in table.names if name not in frame.columns]
    unknown = [str(name) for name in frame.columns if name not in table.names]
    if missing:
        yield f"{table.name}: {len(missing)} columns are missing; first {missing[0]}; add them empty"
    if unknown:
        yield f"{table.name}: {len(unknown)} columns are unknown; first {unknown[0]}; drop them or declare them"
    for column in table.columns:
        if column.name in frame.columns:
            yield from _in_column(frame, column, table)
    if not set(table.key) - set(frame.columns):
        doubled = frame.duplicated(list(table.key))
        yield from _line(frame, doubled, table, "doubled keys", "keep one row a key")
    yield from _in_bounds(frame, table)


def _in_column(frame: pd.DataFrame, column: Column, table: Table) -> Iterator[str]:
    values = frame[column.name]
    name = f"{table.name}.{column.name}"
    if str(values.dtype) != str(column.kind):
        yield f"{name}: holds {values.dtype}, not {KINDS[column.kind]} ({column.kind}); conform the table first"
        return
    if column.required:
        yield from _line(frame, values.isna(), table, f"empty {column.name}", "give each row a value")
    if column.kind is Kind.TEXT:
        yield from _in_text(frame, column, table)
    if column.kind in {Kind.INTEGER, Kind.NUMBER}:
        yield from _in_numbers(frame, column, table)


def _in_text(frame: pd.DataFrame, column: Column, table: Table) -> Iterator[str]:
    values = frame[column.name]
    given = values.notna()
    if column.categories:
        wrong = given & ~values.isin(column.categories)
        listed = ", ".join(column.categories)
        yield from _line(frame, wrong, table, f"{column.name} of no known category", f"use one of {listed}")
    if column.pattern:
        wrong = given & ~values.str.fullmatch(column.pattern).fillna(value=True)
        yield from _line(frame, wrong, table, f"{column.name} of the wrong form", f"write it as {column.pattern}")
    if column.name in table.key:
        yield from _line(frame, given & (values == ""), table, f"blank {column.name}", "a key needs a text")


def _in_numbers(frame: pd.DataFrame, column: Column, table: Table) -> Iterator[str]:
    values = frame[column.name]
    plain = values.to_numpy(dtype=np.float64, na_value=0.0)
    given = values.notna().to_numpy()
    finite = np.isfinite(plain)
    yield from _line(frame, given & ~finite, table, f"{column.name} that is no finite number", "leave the cell empty")
    lowest = -np.inf if column.minimum is None else column.minimum
    highest = np.inf if column.maximum is None else column.maximum
    outside = given & finite & ((plain < lowest) | (plain > highest))
    advice = f"give {column.unit or 'values'} from {lowest:g} to {highest:g}"
    yield from _line(frame, outside, table, f"{column.name} outside its range", advice)


def _in_bounds(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    names = [name.removesuffix("_low") for name in table.names if name.endswith("_low")]
    for name in names:
        low, high = f"{name}_low", f"{name}_high"
        if not {low, high} <= set(frame.columns):
            continue
        one = frame[low].isna() != frame[high].isna()
        yield from _line(frame, one, table, f"{name} with one bound empty", "give both bounds or neither")
        if all(pd.api.types.is_numeric_dtype(frame[bound]) for bound in (low, high)):
            reversed_ = (frame[low] > frame[high]).fillna(value=False)
            yield from _line(frame, reversed_, table, f"{name} with low above high", "give the lowest count as low")


def _between_tables(panel: MonitorPanel) -> Iterator[str]:
    places = panel.tables.get("vestigingen")
    if places is not None and {"vestiging", "school_year", "region"} <= set(places.columns):
        distinct = places[["vestiging", "school_year", "region"]].drop_duplicates()
        doubled = distinct.duplicated(["vestiging", "school_year"])
        yield from _line(
            distinct, doubled, _table("vestigingen"), "vestigingen in two regions in one year", "choose one"
        )
        for name in VESTIGING_TABLES:
            yield from _unknown(
                panel, name, "vestiging", places["vestiging"], "add them to vestigingen or drop the rows"
            )
    regions = panel.tables.get("regions")
    if regions is not None and "region" in regions.columns and len(regions):
        for name in REGION_TABLES:
            yield from _unknown(panel, name, "region", regions["region"], "use the names of the table regions")


def _unknown(panel: MonitorPanel, name: str, column: str, known: pd.Series, advice: str) -> Iterator[str]:
    frame = panel.tables.get(name)
    if frame is None or column not in frame.columns:
        return
    values = frame[column]
    unknown = values.notna() & (values != "") & ~values.isin(known)
    yield from _line(frame, unknown, _table(name), f"a {column} that its own table does not know", advice)


def _line(frame: pd.DataFrame, wrong: pd.Series | np.ndarray, table: Table, what: str, advice: str) -> Iterator[str]:
    mask = np.asarray(wrong, dtype=bool)
    if mask.any():
        row = frame[mask].iloc[0]
        first = ", ".join(f"{key} {row[key]}" for key in table.key if key in frame.columns)
        yield f"{table.name}: {int(mask.sum())} rows with {what}; first {first}; {advice}"


def _table(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)
