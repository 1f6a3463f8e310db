"""The page on what open data show: its trap is that of the files, and its words are those of the classes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.inference.clustering import Contrast
from stoeval.runs.read import StoredRun
from stoeval.vocabulary import IdentificationClass

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "analyses"))
from open_data_page.numbers import interval, numbered, probability  # noqa: E402 - a script folder, not a package
from open_data_page.page import NOT_TOLD_APART, page  # noqa: E402
from open_data_page.recounts import Recounts, recounts  # noqa: E402

if TYPE_CHECKING:
    from stoeval.vocabulary import MonitorPanel

PAGE = (ROOT / "docs" / "explanation" / "open_data_results.md").read_text(encoding="utf-8")
WORDS = {one.word for one in IdentificationClass}


def cells(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading, its head first."""
    part = text.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def found(open_panel: MonitorPanel) -> Recounts:
    return recounts(open_panel)


def test_the_table_of_the_page_is_that_of_the_files(found: Recounts) -> None:
    head, *rows = cells(PAGE, "The trap")
    assert head[1:-1] == [str(year) for year in found.exam_years]
    for row, (count, path) in zip(rows, found.paths.items(), strict=False):
        assert row[0].startswith(str(count))
        printed = [float(cell.strip("*")) for cell in row[1:-1]]
        assert printed == pytest.approx([path.get(year, 0.0) for year in found.exam_years], abs=0.0005)
        assert row[-1] == str(found.peak(count))


def test_the_trap_is_seen_and_named(found: Recounts) -> None:
    """Project issue: about -.06 per EUR 1,000 in exam year 2015 and -.04 in 2024, standard error about .02."""
    assert [found.peak(count) for count in found.paths] == [2017, 2019, 2020]
    assert (found.paths[2017][2015], found.paths[2017][2024]) == pytest.approx((-0.06, -0.04), abs=0.005)
    assert list(found.errors.values()) == pytest.approx([0.02] * 9, abs=0.007)  # seen .0136 to .0221
    assert found.alone.p_value < 0.001
    assert found.beside_input.p_value > 0.05
    assert "regression to the mean" in PAGE
    assert "*samenhang*, and no effect is shown in either direction" in PAGE


@pytest.mark.parametrize("measurement", ["interim", "final"])
def test_the_page_says_nothing_stronger_than_the_class_allows(measurement: str) -> None:
    _, *rows = cells(PAGE, f"Estimates at the {measurement} measurement")
    assert len(rows) > 10
    for row in rows:
        letter, said = row[-2], row[-1]
        assert said == NOT_TOLD_APART or said.startswith(f"*{IdentificationClass(letter).word}*")


def test_the_page_contradicts_no_hypothesis_and_names_what_is_missing() -> None:
    assert "tegengesteld" not in PAGE
    _, *rows = cells(PAGE, "What open data cannot say")
    assert [row[0] for row in rows] == [f"H{number}" for number in range(1, 10)]
    assert {row[1] for row in rows} == {"*niet toetsbaar*"}
    assert all(row[2] and row[3] for row in rows)


def stored(p_value: float, letter: str) -> StoredRun:
    """Return a run with one estimate."""
    estimate = {
        "hypothesis": 9,
        "link": "candidates",
        "role": "secondary",
        "outcome": "technical_share_candidates",
        "exposure": "aanloop_dose_2017",
        "expected": "rise",
        "effect": -0.03,
        "ci_low": -0.07,
        "ci_high": 0.01,
        "unit": "share",
        "p_value": p_value,
        "mde": 0.05,
        "bound_low": np.nan,
        "bound_high": np.nan,
        "n_masked": 0,
        "identification_class": letter,
    }
    check = {"hypothesis": 9, "link": "candidates", "check": "pre-trend", "passed": False, "statistic": 0.03}
    verdict = {"hypothesis": 9, "conclusion": "onbeslist"}
    link = {"hypothesis": 9, "link": "total", "role": "primary", "testable": False, "missing": "STO-regiotabel"}
    curve = {"estimated": 0}
    return StoredRun(
        path=Path("final-0"),
        manifest={"measurement": "final"},
        estimates=pd.DataFrame([estimate]),
        robustness=pd.DataFrame(),
        event_study=pd.DataFrame(),
        checks=pd.DataFrame([check | {"detail": "p of the largest |t|"}]),
        verdicts=pd.DataFrame([verdict]),
        links=pd.DataFrame([link]),
        synthesis={"specification_curves": pd.DataFrame([curve])},
    )


def contrast(p_value: float) -> Contrast:
    return Contrast(effect=0.1, std_error=0.1, ci_low=-0.1, ci_high=0.3, ci_level=0.95, p_value=p_value, df=38)


@pytest.mark.parametrize(
    ("p_value", "letter", "words"),
    [(0.2, "A", NOT_TOLD_APART), (0.01, "A", "*effect*, negative"), (0.01, "D", "*samenhang*, negative")],
)
@pytest.mark.parametrize(("moved", "sentence"), [(0.001, "regression to the mean"), (0.5, "does not move")])
def test_a_page_follows_the_runs_that_it_is_made_from(
    p_value: float, letter: str, words: str, moved: float, sentence: str
) -> None:
    path = {2017: 0.1, 2019: -0.1}
    made = Recounts(
        reference=2018,
        paths={2016: path, 2017: path},
        errors=dict.fromkeys(path, 0.02),
        alone=contrast(moved),
        beside_input=contrast(0.5),
    )
    text = page([stored(p_value, letter)], CATALOGUE, made, ["A note."])
    (_, row) = cells(text, "Estimates at the final measurement")
    assert row[-1] == words
    assert sentence in text.partition("\n## Estimates")[0]
    assert "largest \\|t\\|" in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.05678, "-.0568"), (12.345, "12.3"), (1234.5, "1234"), (float("nan"), "")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert numbered(value) == text


def test_an_interval_without_ends_is_empty_and_a_small_p_is_bounded() -> None:
    assert interval(float("nan"), 1.0) == ""
    assert interval(-1.0, 1.0) == "[-1.00, 1.00]"
    assert (probability(0.00001), probability(0.0421), probability(float("nan"))) == ("< .001", ".042", "")
