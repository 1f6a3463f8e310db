"""A name from a delivery that a spreadsheet would take for a formula is never one in what we write."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval import checks
from stoeval.errors import PanelError
from stoeval.evaluation import evaluate
from stoeval.panel.monitor import write_monitor
from stoeval.panel.sources.surveys import SOURCE as SURVEYS
from stoeval.panel.templates import template, template_names
from stoeval.runs.write import write_run
from toy_catalogue import FINAL, toy_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel

FORMULA = "=HYPERLINK(A1)"
LOOKS_LIKE_ONE = re.compile(r"[=+@\t\r]|-(?![0-9.])")
"""What a spreadsheet takes for a formula; a minus before a digit begins a number."""


@pytest.fixture(scope="module")
def hostile(twin: MonitorPanel) -> MonitorPanel:
    """Return the twin in which every region and gemeente has a formula for a name."""
    tables = {
        name: table.assign(**{one: FORMULA + table[one] for one in ("region", "gemeente") if one in table})
        for name, table in twin.tables.items()
    }
    return replace(twin, tables=tables)


def test_no_cell_of_a_run_is_a_formula(hostile: MonitorPanel, tmp_path: Path) -> None:
    place = write_run(evaluate(hostile, FINAL, toy_catalogue(), seed=1), tmp_path)
    cells = []
    for path in place.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            cells += [cell for row in csv.reader(stream) for cell in row]
    assert len(cells) > 100
    assert [cell for cell in cells if LOOKS_LIKE_ONE.match(cell)] == []


def test_a_check_names_a_region_within_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one text of a run that repeats a name from a delivery."""
    monkeypatch.setattr(checks, "leave_one_out", lambda _: np.array([[1.0], [2.0]]))
    fit = SimpleNamespace(coefficients=np.array([1.1]))
    detail = checks.leave_one_region_out(fit, np.array([1.0]), ["A", FORMULA]).detail
    assert detail.endswith(FORMULA)
    assert not LOOKS_LIKE_ONE.match(detail)


def test_a_workbook_of_the_monitor_holds_texts_and_no_formulas(tmp_path: Path) -> None:
    frame = pd.DataFrame({"level": ["region"], "unit": [FORMULA], "value": [0.5]})
    with zipfile.ZipFile(write_monitor(frame, tmp_path / "monitor.xlsx", notes=(FORMULA,))) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "/worksheets/" in name]
    assert [sheet.count(f'<c t="inlineStr"><is><t xml:space="preserve">{FORMULA}') for sheet in sheets] == [1, 1]
    assert not any("<f" in sheet or FORMULA in re.sub(r'<c t="inlineStr">.*?</c>', "", sheet) for sheet in sheets)


@pytest.mark.parametrize("name", template_names())
def test_no_cell_of_a_template_is_a_formula(name: str) -> None:
    if template(name).startswith(b"PK"):
        return
    cells = [cell for row in csv.reader(template(name).decode().splitlines(), delimiter=";") for cell in row]
    assert [cell for cell in cells if LOOKS_LIKE_ONE.match(cell)] == []


def test_a_reader_takes_a_formula_for_the_text_that_it_is(tmp_path: Path) -> None:
    """A text column keeps it, unevaluated; a column of numbers or codes refuses it."""
    heads = [column.headers[-1] for column in SURVEYS.columns]
    cells = {column.headers[-1]: column.example for column in SURVEYS.columns}
    path = tmp_path / "sto-enquete.csv"
    for head, kept in (("region", True), ("value", False), ("vestiging", False)):
        shown = cells | {head: FORMULA}
        path.write_text("\n".join(";".join(line) for line in (heads, [shown[one] for one in heads])), encoding="utf-8")
        if kept:
            assert SURVEYS.read(path).rows[head].tolist() == [FORMULA]
        else:
            with pytest.raises(PanelError, match=rf"{path.name}, {head}"):
                SURVEYS.read(path)
