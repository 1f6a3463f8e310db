"""The grid of the simulation: its cells, a table a cell, and the ranges in which a method is recommended."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from monte_carlo.methods import METHODS, examine
from monte_carlo.simulated_regions import Cell, Errors, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from monte_carlo.methods import Answer

Row = dict[str, str]

DRAWS = 2_000
FIRST = 20
"""Draws whose counts stand in the table by themselves, so that a test can make them again."""
SIZE, COVERAGE = (0.035, 0.065), (0.935, 0.965)
"""Within which a method of level .05 is recommended; three Monte-Carlo standard errors to either side."""
YARDSTICK = "CRV3, t(G-1)"
"""The method whose interval is one wide."""
CONFIGURATIONS = ((78, None), (40, None), (12, None), (78, 7))
"""Regions, and how many of them are treated; None where each has a dose of its own."""
CELLS = (
    *(
        Cell(regions=regions, treated=treated, errors=errors)
        for errors in Errors
        for regions, treated in CONFIGURATIONS
    ),
    Cell(regions=12, model="poisson"),
    *(Cell(regions=78, treated=treated, limits=True) for treated in (3, 5, 10, 15, 25)),
    *(Cell(regions=regions, limits=True) for regions in (20, 8)),
)

RECOMMENDED: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("linear", "78", "equal"): (
        "CRV2, t(Satterthwaite)",
        "CRV3, t(G-1)",
        "wild WCR-11",
        "wild WCR-31",
        "permutation",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "40", "equal"): (
        "CRV2, t(Satterthwaite)",
        "CRV3, t(G-1)",
        "wild WCR-11",
        "wild WCR-31",
        "permutation",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "12", "equal"): (
        "CRV3, t(G-1)",
        "wild WCR-11",
        "wild WCR-31",
        "permutation",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "7 of 78", "equal"): (
        "CRV2, t(Satterthwaite)",
        "wild WCR-11",
        "wild WCR-31",
        "permutation",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "78", "unequal"): (
        "CRV2, t(Satterthwaite)",
        "CRV3, t(Satterthwaite)",
        "wild WCR-11",
        "wild WCR-31",
        "permutation",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "40", "unequal"): (
        "CRV2, t(Satterthwaite)",
        "wild WCR-11",
        "wild WCR-31",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "12", "unequal"): (
        "CRV2, t(Satterthwaite)",
        "permutation",
        "Romano-Wolf of three",
        "sup-t band, CRV2 t(least Satterthwaite)",
        "pre-test, wild max-t",
    ),
    ("linear", "7 of 78", "unequal"): (
        "CRV3, t(Satterthwaite)",
        "wild WCR-11",
        "wild WCR-31",
        "Romano-Wolf of three",
        "pre-test, wild max-t",
    ),
    ("poisson", "12", "equal"): (
        "score bootstrap",
        "permutation",
    ),
}
"""The methods that are recommended for a part, configuration and errors."""


def rows_of(cell: Cell, draws: int) -> list[Row]:
    """Return what every method did in the draws of a cell, a row a method."""
    found: dict[str, list[Answer]] = {name: [] for name in METHODS[cell.part]}
    effective = []
    for number in range(draws):
        generator = cell.generator(number)
        examined = examine(simulate(cell, generator), cell.model, METHODS[cell.part], generator)
        effective.append(examined.effective_clusters)
        for name, answer in examined.answers.items():
            found[name].append(answer)
    yardstick = _median_width(found[YARDSTICK])
    return [
        {
            "part": cell.part,
            "configuration": cell.configuration,
            "errors": cell.errors,
            "effective_regions": f"{np.median(effective):.1f}",
            "method": name,
            "draws": str(draws),
            **_counts(answers),
            "width": _width(_median_width(answers), yardstick),
        }
        for name, answers in found.items()
    ]


def _counts(answers: Sequence[Answer]) -> Row:
    """Return size, coverage and counts; a method without a value rejects nothing, and its interval has no ends."""
    absent = [answer.rejects is None for answer in answers]
    rejected = [bool(answer.rejects) for answer in answers]
    held = [bool(answer.holds) or missing for answer, missing in zip(answers, absent, strict=True)]
    covers = any(answer.holds is not None for answer in answers)
    return {
        "size": f"{np.mean(rejected):.4f}",
        "coverage": f"{np.mean(held):.4f}" if covers else "",
        "absent": str(sum(absent)),
        "first_rejected": str(sum(rejected[:FIRST])),
        "first_held": str(sum(held[:FIRST])) if covers else "",
    }


def _median_width(answers: Sequence[Answer]) -> float:
    if all(answer.width is None for answer in answers):
        return 0.0
    return float(np.median([np.inf if answer.width is None else answer.width for answer in answers]))


def _width(width: float, yardstick: float) -> str:
    return f"{width / yardstick:.2f}" if 0 < width < np.inf else ""


def within_ranges(row: Row) -> bool:
    """Say whether size, and coverage where there is an interval, lie in the ranges."""
    covered = not row["coverage"] or COVERAGE[0] <= float(row["coverage"]) <= COVERAGE[1]
    return SIZE[0] <= float(row["size"]) <= SIZE[1] and covered


def read_rows(path: Path) -> list[Row]:
    """Read a table of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a table of rows, whole or not at all."""
    rows, unfinished = list(rows), path.with_suffix(".unfinished")
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    unfinished.replace(path)
