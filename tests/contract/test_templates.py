"""Every delivery has a template that its own reader recognises and reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoeval.errors import PanelError
from stoeval.panel.recognition import SOURCES, discover, recognise, source_named
from stoeval.panel.sources.workbook import read_sheet
from stoeval.panel.templates import SHEET, template, template_names, write_template

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.declaration import Source

WORKBOOK = "onderwijspersoneel-vo-in-personen-2011-2025.xlsx"
"""A workbook is recognised by its name only."""


def _path(directory: Path, source: Source) -> Path:
    """Return a name that says nothing of the source, and holds the school years that some readers take from it."""
    name = "sjabloon-2023-2024-tov-2024-2025.csv" if source.template == "csv" else WORKBOOK
    return directory / name


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
def test_a_template_is_recognised_and_read_by_its_own_reader(tmp_path: Path, source: Source) -> None:
    path = write_template(source.name, _path(tmp_path, source))
    assert recognise(path) is source
    assert len(source.read(path).rows) >= 1


@pytest.mark.parametrize("source", [one for one in SOURCES if one.licence == "confidential"], ids=lambda one: one.name)
def test_the_example_of_an_own_format_fills_every_column(tmp_path: Path, source: Source) -> None:
    rows = source.read(write_template(source.name, _path(tmp_path, source))).rows
    assert len(rows) == 1
    assert rows.notna().all(axis=None)
    shown = {name.removesuffix("_low").removesuffix("_high") for name in rows.columns}
    assert shown == {column.name for column in source.columns}


def test_every_source_has_a_template_and_a_name_of_its_own() -> None:
    assert template_names() == tuple(source.name for source in discover())
    assert len(set(template_names())) == len(template_names()) >= 25


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PanelError, match=r"no delivery is called 'plannen'; known are .*regional plans"):
        template("plannen")


def test_a_template_of_the_wrong_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match=r"school staff is delivered as xlsx and not as \.csv"):
        write_template("school staff", tmp_path / "personeel.csv")
    with pytest.raises(PanelError, match="surveys is delivered as csv and not as a file without suffix"):
        write_template("surveys", tmp_path / "enquete")
    assert list(tmp_path.iterdir()) == []


def test_a_template_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "enquete.csv"
    path.write_text("van mij", encoding="utf-8")
    with pytest.raises(PanelError, match="nothing was written; choose another place"):
        write_template("surveys", path)
    assert path.read_text(encoding="utf-8") == "van mij"


def test_a_csv_template_has_the_newest_headers_and_one_row() -> None:
    lines = template("regional plans").decode().splitlines()
    assert lines == ["region;activity_line;share;share_second_coder", "STO19001;5_po;0,12;0,10"]


def test_a_workbook_template_has_the_declared_columns_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    path = write_template("school staff", tmp_path / WORKBOOK)
    frame = read_sheet(path, (SHEET,), what="a template").frame
    columns = source_named("school staff").columns
    assert frame.columns.tolist() == [column.headers[-1] for column in columns]
    assert frame.iloc[0].tolist() == [column.example for column in columns]
    assert template("school staff") == path.read_bytes()
