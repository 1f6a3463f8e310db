"""Deliveries in a format of our own: every cell is read by the column that declares it.

No format of these deliveries is public, so the declaration is the format. A cell may be blank unless it belongs
to the key or the declaration says that it is always given. A count that a source may hide comes back as two
columns, `<name>_low` and `<name>_high`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.masking import Masking, parse_counts
from stoeval.panel.sources.declaration import Source, SourceColumn
from stoeval.panel.sources.delimited import Delivered, parse_decimals, places_of, read_delimited
from stoeval.panel.tables import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Unpack

SCHOOL_YEAR = "school year"
"""Unit of a column that holds a school year: 2019/20, or the year in which it starts."""
EURO = "euro"
"""Unit of a column in which a point may separate thousands, as it may in every whole number."""
CONFIDENTIAL = "confidential"
VESTIGING = r"[0-9]{2}[A-Z]{2}[0-9]{2}"
BRIN = r"[0-9]{2}[A-Z]{2}"
MOST_DIGITS = 15
"""A longer whole number is no count and no amount of money."""
_FORMS = {VESTIGING: ("no BRIN with two digits", "vestigingen"), BRIN: ("no BRIN", "schools")}
_TRUTHS = {"ja": True, "true": True, "1": True, "nee": False, "false": False, "0": False}
_SCHOOL_YEAR = re.compile(r"(20[0-9]{2})(?:[/-](?:20)?([0-9]{2}))?")


class Extent(TypedDict, total=False):
    """What a column may have besides its name, description and example."""

    headers: tuple[str, ...]
    kind: Kind
    unit: str
    minimum: float
    maximum: float
    categories: tuple[str, ...]
    pattern: str
    required: bool
    masking: Masking


def own_column(name: str, description: str, example: str, **more: Unpack[Extent]) -> SourceColumn:
    """Declare a column that its own name heads, unless headers are given."""
    extent: Extent = {"headers": (name,), **more}
    return SourceColumn(name=name, description=description, example=example, **extent)


def share_column(name: str, description: str, example: str = "0,13", *, required: bool = False) -> SourceColumn:
    """Declare a share from 0 to 1."""
    extent: Extent = {"kind": Kind.NUMBER, "unit": "share", "minimum": 0, "maximum": 1, "required": required}
    return own_column(name, description, example, **extent)


def year_column(name: str, description: str, example: str = "2019/20", *, required: bool = True) -> SourceColumn:
    """Declare a school year."""
    return own_column(name, description, example, kind=Kind.INTEGER, unit=SCHOOL_YEAR, required=required)


def own_source(  # noqa: PLR0913 - a source has this many properties
    *,
    name: str,
    description: str,
    publisher: str,
    file_name: str,
    columns: tuple[SourceColumn, ...],
    key: tuple[str, ...],
    filled: tuple[str, ...] = (),
    within: tuple[tuple[str, str], ...] = (),
    licence: str = CONFIDENTIAL,
    many: bool = True,
) -> Source:
    """Declare a delivery in our own format; `key` and `filled` name the columns that are never blank.

    `within` names pairs of a part and its whole: no part is larger than its whole.

    A file is recognised by `file_name`, a pattern for its Dutch name, or by the name of the source with hyphens.
    """
    never_blank = ", ".join(dict.fromkeys((*key, *filled)))
    return Source(
        name=name,
        description=f"{description} Never blank: {never_blank}.",
        publisher=publisher,
        licence=licence,
        file_name=re.compile(rf"{file_name}|^{name.lower().replace(' ', '-')}"),
        columns=columns,
        read=partial(
            read_own_format, columns=columns, key=key, filled=filled, within=within, what=f"a delivery of {name}"
        ),
        many=many,
    )


def read_own_format(  # noqa: PLR0913 - what a declaration says
    path: Path,
    *,
    columns: tuple[SourceColumn, ...],
    key: tuple[str, ...],
    what: str,
    filled: tuple[str, ...] = (),
    within: tuple[tuple[str, str], ...] = (),
) -> Delivered:
    """Read a delimited file by its declared columns, one typed column each.

    Raises PanelError, with file, column, number of rows and the first of them, at a column that is not declared,
    a cell that its column cannot hold, a blank in `key` or `filled`, a part larger than its whole, and
    rows with the same key.
    """
    required = {column.name: column.headers for column in columns if column.required}
    optional = {column.name: column.headers for column in columns if not column.required}
    file = read_delimited(path, required, what=what, optional=optional)
    declared = [column for column in columns if column.name in file.frame.columns]
    _refuse_undeclared(file.frame, columns, path)
    typed: dict[str, pd.Series] = {}
    for column in declared:
        shown = file.frame[column.name].str.strip()
        where = f"{path.name}, {column.name}"
        if column.name in {*key, *filled}:
            _refuse_blanks(shown, where)
        typed |= typed_cells(shown, column, where=where)
    rows = pd.DataFrame(typed)
    for part, whole in within:
        _refuse_larger(rows, part, whole, path)
    _refuse_doubles(rows, key, path)
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places_of(pd.Series(dtype="string")))


def typed_cells(shown: pd.Series, column: SourceColumn, *, where: str) -> dict[str, pd.Series]:
    """Return the cells of a column by its kind, under its name or as two bounds; a blank is a missing value.

    Raises PanelError at a cell that is not of its kind, outside its range, or in no declared category.
    """
    if column.kind is Kind.INTEGER and column.masking.symbols:
        return _bounds(shown, column, where)
    if column.kind is Kind.TEXT:
        values = _texts(shown, column, where)
    elif column.kind is Kind.TRUTH:
        values = _truths(shown, where)
    elif column.unit == SCHOOL_YEAR:
        values = _school_years(shown, where)
    else:
        values = _numbers(shown, column, where)
    return {column.name: values}


def refuse(  # noqa: PLR0913 - the parts of a message
    shown: pd.Series, wrong: pd.Series, *, where: str, what: str, advice: str, noun: str = "values"
) -> None:
    """Raise PanelError where a cell is wrong: where, how many, the first, and what to do."""
    mask = wrong.to_numpy(dtype=bool, na_value=False)
    if mask.any():
        position = int(mask.argmax())
        message = (
            f"{where}: {int(mask.sum())} {noun} are {what}; first is {str(shown.iloc[position])[:60]!r} in data row "
            f"{position + 1}; {advice}"
        )
        raise PanelError(message)


def _texts(shown: pd.Series, column: SourceColumn, where: str) -> pd.Series:
    given = shown != ""
    if column.pattern:
        wrong = given & ~shown.str.fullmatch(column.pattern)
        what, noun = _FORMS.get(column.pattern, ("of the wrong form", "values"))
        refuse(shown, wrong, where=where, what=what, advice=f"write such as {column.example}", noun=noun)
    if column.categories:
        known = {category.casefold(): category for category in column.categories}
        named = shown.str.casefold().map(known).astype("string")
        advice = f"use one of {', '.join(column.categories)}"
        refuse(shown, given & named.isna(), where=where, what="of no known category", advice=advice)
        return named
    return shown.mask(~given)


def _truths(shown: pd.Series, where: str) -> pd.Series:
    words = shown.str.casefold()
    wrong = (words != "") & ~words.isin(list(_TRUTHS))
    refuse(shown, wrong, where=where, what="neither ja nor nee", advice="write ja or nee")
    return words.map(_TRUTHS).astype("boolean")


def _school_years(shown: pd.Series, where: str) -> pd.Series:
    starts = {text: _start(text) for text in shown.unique() if text != ""}
    wrong = shown.isin([text for text, start in starts.items() if start is None])
    advice = "write 2019/20 or the year in which it starts"
    refuse(shown, wrong, where=where, what="no school year", advice=advice)
    return shown.map(starts).astype("Int64")


def _start(text: str) -> int | None:
    found = _SCHOOL_YEAR.fullmatch(text)
    if not found:
        return None
    start, following = int(found.group(1)), found.group(2)
    return start if following is None or int(following) == (start + 1) % 100 else None


def _numbers(shown: pd.Series, column: SourceColumn, where: str) -> pd.Series:
    whole = column.kind is Kind.INTEGER
    values = parse_decimals(shown, where=where, thousands_point=whole or column.unit == EURO)
    lowest = -np.inf if column.minimum is None else column.minimum
    highest = np.inf if column.maximum is None else column.maximum
    wrong = values.notna() & (~values.between(lowest, highest) | (shown.str.len() > MOST_DIGITS + 1))
    if whole:
        wrong |= values.notna() & (values % 1 != 0)
    what = f"not between {lowest:g} and {highest:g}{', in whole numbers' if whole else ''}"
    refuse(shown, wrong, where=where, what=what, advice=f"give {column.unit or 'values'} such as {column.example}")
    return values.astype("Int64") if whole else values


def _bounds(shown: pd.Series, column: SourceColumn, where: str) -> dict[str, pd.Series]:
    given = shown != ""
    long = shown.str.len() > MOST_DIGITS
    refuse(shown, long, where=where, what="too long for a count", advice=f"write such as {column.example}")
    counts = parse_counts(shown[given], column.masking, where=where)
    bounds = ((f"{column.name}_low", counts.low), (f"{column.name}_high", counts.high))
    index = shown.index[given]
    return {
        name: pd.Series(values, index=index, dtype="Int64").reindex(shown.index).astype("Int64")
        for name, values in bounds
    }


def _refuse_undeclared(frame: pd.DataFrame, columns: Sequence[SourceColumn], path: Path) -> None:
    names = [column.name for column in columns]
    unknown = [str(name) for name in frame.columns if name not in names]
    if unknown:
        message = (
            f"{path.name}, line 1: {len(unknown)} columns are not declared: {', '.join(unknown)}; known are "
            f"{', '.join(names)}; correct the name or leave the column out"
        )
        raise PanelError(message)


def _refuse_blanks(shown: pd.Series, where: str) -> None:
    refuse(shown, shown == "", where=where, what="blank", advice="give each row a value")


def _refuse_larger(rows: pd.DataFrame, part: str, whole: str, path: Path) -> None:
    """Refuse a part of which the least is more than the most that its whole can be."""
    least, most = (
        next((name for name in (f"{column}_{end}", column) if name in rows.columns), None)
        for column, end in ((part, "low"), (whole, "high"))
    )
    if least is None or most is None:
        return
    wrong = (rows[least] > rows[most]).fillna(value=False)
    advice = "check the order of the columns"
    refuse(rows[least], wrong, where=f"{path.name}, {part}", what=f"larger than {whole}", advice=advice)


def _refuse_doubles(rows: pd.DataFrame, key: tuple[str, ...], path: Path) -> None:
    doubled = rows[rows.duplicated(list(key))] if key else rows[:0]
    if len(doubled):
        first = ", ".join(f"{name} {doubled.iloc[0][name]}" for name in key)
        message = (
            f"{path.name}: {len(doubled)} rows repeat the {' and '.join(key)} of an earlier row; first {first}; "
            "keep one row each"
        )
        raise PanelError(message)
