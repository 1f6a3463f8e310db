"""What DUO's sources declare of themselves: true of their own examples, and enough to write a file that they read."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from duo_files import workbook, written
from stoeval.panel.duo_addresses import PUBLISHED
from stoeval.panel.masking import OPEN, parse_counts
from stoeval.panel.sources.delimited import header_names, parse_decimals
from stoeval.panel.tables import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.declaration import Source, SourceColumn

NAMES = {
    "addresses": "02.-alle-vestigingen-vo.csv",
    "coordinates": "vo_vestigingen_geo_2022_2024.csv",
    "early_school_leaving": "vsv-per-swv-2015.csv",
    "enrolment": "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-2023.csv",
    "exam_candidates": "examenkandidaten-en-geslaagden-2020-2025.csv",
    "exam_results": "geslaagden,-gezakten-en-cijfers-2021-2022.csv",
    "forecasts": "brin4_prognosesvo.csv",
    "mbo_inflow": "2023-nieuw-instromende-studenten-per-instelling-hoofdgroep-leerweg-niveau-vooropleiding.csv",
    "school_staff": "01.-onderwijspersoneel-vo-in-personen-2011-2025.xlsx",
    "subject_marks": "examenkandidaten-vmbo-en-examencijfers-2018-2019.csv",
    "successions": "overgangen_20250113.csv",
    "zittenblijven": "05.-zittenblijvers-niveau-vestiging-2023-2024-tov-2024-2025.csv",
}
"""A name under which DUO publishes each source, in small letters."""
SOURCES: dict[str, Source] = {name: importlib.import_module(f"stoeval.panel.sources.{name}").SOURCE for name in NAMES}
COLUMNS = [
    pytest.param(column, id=f"{name}-{column.name}") for name, source in SOURCES.items() for column in source.columns
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_of_duo_is_told_as_one_source_only(name: str) -> None:
    assert [one for one, source in SOURCES.items() if source.file_name.search(NAMES[name])] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_a_header_of_duo_is_told_as_one_source_only(name: str) -> None:
    header = {column.headers[-1].upper() for column in SOURCES[name].columns}
    told = [
        one
        for one, source in SOURCES.items()
        if all(header & {text.upper() for text in texts} for texts in source.required_headers.values())
    ]
    assert told == [name]


def test_every_published_address_is_told_as_its_own_source() -> None:
    by_source = {source.name: source for source in SOURCES.values()}
    for one in PUBLISHED:
        source = by_source[one.source]
        for address in one.addresses:
            name = address.rpartition("/")[2].rpartition("#")[2].lower()
            assert source.file_name.search(name), address
            assert name.endswith(f".{source.template}")


@pytest.mark.parametrize("name", NAMES)
def test_a_declaration_is_whole(name: str) -> None:
    source = SOURCES[name]
    names = [column.name for column in source.columns]
    headers = [header.upper() for column in source.columns for header in column.headers]
    assert len(set(names)) == len(names)
    assert len(set(headers)) == len(headers)
    assert source.required_headers
    assert source.licence
    assert source.description.endswith(".")
    assert all(column.description for column in source.columns)


@pytest.mark.parametrize("column", COLUMNS)
def test_an_example_keeps_what_its_column_declares(column: SourceColumn) -> None:
    if column.pattern:
        assert re.fullmatch(column.pattern, column.example)
    if column.categories:
        assert column.example in column.categories
    if column.kind is Kind.INTEGER:
        counts = parse_counts(_cell(column), column.masking, where="example")
        assert counts.low[0] >= (column.minimum or 0)
    if column.kind is Kind.NUMBER:
        value = float(parse_decimals(_cell(column), where="example").iloc[0])
        assert (column.minimum or 0) <= value <= (column.maximum or 1e9)
    if column.first_year and column.last_year:
        assert column.first_year <= column.last_year


def _cell(column: SourceColumn) -> pd.Series:
    return pd.Series([column.example], dtype="string")


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_the_declared_headers_and_examples_is_read(tmp_path: Path, name: str, *, newest: bool) -> None:
    source = SOURCES[name]
    columns = [column for column in source.columns if column.required or newest]
    header = [column.headers[-1 if newest else 0] for column in columns]
    row = [column.example for column in columns]
    if source.template == "xlsx":
        header, row = (header, row) if newest else ([*header, "PERSONEN 2020"], [*row, "12"])
        sheet = "owtype-best-instelling-functie" if newest else "per owtype-bestuur-brin"
        path = workbook(tmp_path, NAMES[name], {sheet: [header, row]})
    elif name == "exam_candidates" and not newest:
        header += [f"{one} SCHOOLJAAR 2014-2015 - TOTAAL" for one in ("EXAMENKANDIDATEN", "GESLAAGDEN")]
        path = written(tmp_path, NAMES[name], ";".join(header), ";".join([*row, "9", "8"]))
    else:
        path = written(tmp_path, NAMES[name], ";".join(header), ";".join(row))
        assert all(header_names(path) & {text.upper() for text in texts} for texts in source.required_headers.values())
    delivered = source.read(path)
    assert len(delivered.rows) >= 1
    assert len(delivered.sha256) == 64


def test_a_count_that_is_hidden_somewhere_declares_how() -> None:
    counted = [column for source in SOURCES.values() for column in source.columns if column.kind is Kind.INTEGER]
    assert len(counted) > 50
    assert all(column.masking != OPEN for column in counted)
