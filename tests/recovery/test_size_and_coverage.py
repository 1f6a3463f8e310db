"""Methods of inference are right as often as they say, where they are recommended.

The table is made by `analyses/size_and_coverage.py` in 2,000 draws a cell, which takes forty minutes; here its first
draws are made again. A share of .05 has a Monte-Carlo standard error of .0049 in 2,000 draws, so that the ranges are
three of them to either side: one in four hundred right cells would miss.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "analyses"))
grid, methods, page, regions = (
    import_module(f"monte_carlo.{name}") for name in ("grid", "methods", "page", "simulated_regions")
)

ROWS = grid.read_rows(ROOT / "analyses" / "results" / "size_and_coverage.csv")
PAGE = ROOT / "docs" / "explanation" / "size_and_coverage.md"
FOUND = {(row["part"], row["configuration"], row["errors"], row["method"]): row for row in ROWS}
SMALL = [
    regions.Cell(regions=12, errors=regions.Errors.UNEQUAL),
    regions.Cell(regions=12, model="poisson"),
    regions.Cell(regions=8, limits=True),
]


@pytest.mark.parametrize("cell", SMALL, ids=lambda cell: cell.name)
def test_the_first_draws_of_a_cell_give_the_counts_of_the_table(cell: regions.Cell) -> None:
    for again in grid.rows_of(cell, grid.FIRST):
        row = FOUND[again["part"], again["configuration"], str(again["errors"]), again["method"]]
        assert again["first_rejected"] == row["first_rejected"], row["method"]
        assert again["first_held"] == row["first_held"], row["method"]


def test_the_table_holds_every_method_of_every_cell_once_in_two_thousand_draws() -> None:
    whole = [
        (cell.part, cell.configuration, str(cell.errors), method)
        for cell in grid.CELLS
        for method in methods.METHODS[cell.part]
    ]
    assert [tuple(row[name] for name in ("part", "configuration", "errors", "method")) for row in ROWS] == whole
    assert {row["draws"] for row in ROWS} == {"2000"}
    configurations = {row["configuration"] for row in ROWS if row["part"] == "linear"}
    assert configurations == {"78", "40", "12", "7 of 78"}


@pytest.mark.parametrize(("part", "configuration", "errors"), grid.RECOMMENDED)
def test_a_recommended_method_has_its_size_and_its_coverage(part: str, configuration: str, errors: str) -> None:
    names = grid.RECOMMENDED[part, configuration, errors]
    outside = [name for name in names if not grid.within_ranges(FOUND[part, configuration, errors, name])]
    assert outside == []
    assert {FOUND[part, configuration, errors, name]["absent"] for name in names} == {"0"}


def test_the_ranges_are_three_standard_errors_of_the_simulation_wide() -> None:
    standard_error = np.sqrt(0.05 * 0.95 / grid.DRAWS)
    for low, high in (grid.SIZE, grid.COVERAGE):
        assert (high - low) / 2 == pytest.approx(3.08 * standard_error, rel=1e-3)


def test_the_page_shows_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page.with_tables(text, ROWS) == text
    shown = {mark.groups() for mark in page.MARK.finditer(text)}
    assert shown == {(row["part"], row["errors"]) for row in ROWS} | {("recommended", "methods")}


def test_shocks_have_the_variance_and_the_persistence_that_are_stated() -> None:
    # 78 regions by 8 years by 60 countries: standard errors below .012 and .01; seen: see the tolerances.
    cell = regions.Cell(regions=78)
    shocks = np.concatenate([regions.shocks(78, cell.generator(draw)) for draw in range(60)])
    assert shocks.var() == pytest.approx(1.0, abs=0.03)
    assert np.corrcoef(shocks[:, 3], shocks[:, 4])[0, 1] == pytest.approx(regions.PERSISTENCE, abs=0.03)


def test_an_effect_of_a_share_moves_an_interval_and_nothing_else() -> None:
    cell = regions.Cell(regions=12)
    for draw in range(3):
        country = regions.simulate(cell, cell.generator(draw))
        moved = country.null_outcome + regions.EFFECTS["linear"] * country.exposure
        same = replace(country, outcome=moved)
        answers = methods.examine(same, "linear", methods.BY_COVARIANCE, cell.generator(draw)).answers
        assert all(answer.holds is not answer.rejects for answer in answers.values())
