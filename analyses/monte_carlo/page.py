"""The tables of the page on size and coverage, put in place between their marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monte_carlo.grid import COVERAGE, RECOMMENDED, SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monte_carlo.grid import Row

MARK = re.compile(r"<!-- table: (\w+), (\w+) -->\n.*?<!-- end of table -->", re.DOTALL)


def with_tables(text: str, rows: Sequence[Row]) -> str:
    """Return a page with a table of the part and errors that each mark names."""

    def table(mark: re.Match[str]) -> str:
        part, errors = mark.groups()
        chosen = [row for row in rows if row["part"] == part and row["errors"] == errors]
        made = _table(chosen) if chosen else _recommended()
        return f"<!-- table: {part}, {errors} -->\n\n{made}\n\n<!-- end of table -->"

    return MARK.sub(table, text)


def _table(rows: Sequence[Row]) -> str:
    """Return methods down and configurations across, with size, coverage and width in each cell."""
    configurations = list(dict.fromkeys(row["configuration"] for row in rows))
    effective = {row["configuration"]: row["effective_regions"] for row in rows}
    lines = [
        "| method | " + " | ".join(f"{name} regions" for name in configurations) + " |",
        "| --- |" + " --- |" * len(configurations),
        "| *effective regions, median* | " + " | ".join(f"*{effective[name]}*" for name in configurations) + " |",
    ]
    for method in dict.fromkeys(row["method"] for row in rows):
        found = {row["configuration"]: row for row in rows if row["method"] == method}
        lines.append(f"| {method} | " + " | ".join(_cell(found[name]) for name in configurations) + " |")
    return "\n".join(lines)


def _recommended() -> str:
    """Return the methods that are recommended, a line a configuration and kind of errors."""
    lines = ["| outcome | regions | errors | recommended |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {part} | {configuration} | {errors} | {'; '.join(methods)} |"
        for (part, configuration, errors), methods in RECOMMENDED.items()
    ]
    return "\n".join(lines)


def _cell(row: Row) -> str:
    parts = [_share(row["size"], SIZE)]
    if row["coverage"]:
        parts.append(_share(row["coverage"], COVERAGE))
    if row["width"]:
        parts.append(row["width"])
    absent = f" ({100 * int(row['absent']) / int(row['draws']):.1f} % absent)" if row["absent"] != "0" else ""
    return " · ".join(parts) + absent


def _share(value: str, bounds: tuple[float, float]) -> str:
    """Return a share of three digits, bold where it lies outside its bounds."""
    number = f"{float(value):.3f}".removeprefix("0")
    return number if bounds[0] <= float(value) <= bounds[1] else f"**{number}**"
