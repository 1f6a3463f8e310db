"""Files that are, or claim to be, larger than any delivery are refused before they fill the memory."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

import pytest
import workbook_damages
from targets import YEARS, drawn_rows

from stoeval.errors import PanelError
from stoeval.panel.recognition import SOURCES, recognise, source_named
from stoeval.panel.sources import workbook as module
from stoeval.panel.templates import SHEET

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.declaration import Source

TEN_GIGABYTES = 10 * 2**30


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
def test_a_file_of_ten_gigabytes_is_refused_by_its_size(source: Source, tmp_path: Path) -> None:
    """A sparse file takes no room on disk and all of it in memory."""
    path = tmp_path / f"{source.name}.{source.template}"
    path.touch()
    os.truncate(path, TEN_GIGABYTES)
    with pytest.raises(PanelError, match=rf"{path.name}: 10737418240 bytes; .*at most 1000000000"):
        source.read(path)
    recognise(path)


def _workbook(path: Path) -> dict[str, bytes]:
    rows = drawn_rows(source_named("school staff"), Random(1))  # noqa: S311 - repeatable on purpose
    parts = workbook_damages.workbook(SHEET, rows, shared=True)
    path.write_bytes(workbook_damages.packed(parts))
    return parts


def test_a_part_that_claims_ten_gigabytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / f"staff-{YEARS}.xlsx"
    _workbook(path)
    whole = path.read_bytes()
    said = set()
    for seed in range(20):
        path.write_bytes(workbook_damages.huge_claim(whole, Random(seed)))  # noqa: S311 - repeatable on purpose
        with pytest.raises(PanelError, match=rf"{path.name}, xl/.*: 10737418240 bytes unpacked; at most") as refusal:
            source_named("school staff").read(path)
        said.add(str(refusal.value))
    assert len(said) == 4  # each of the four parts


def test_more_tags_than_the_limit_are_refused_before_they_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seventy-eight million empty texts are 390 MB of XML, 2 MB of zip and many gigabytes of elements."""
    path = tmp_path / f"staff-{YEARS}.xlsx"
    parts = _workbook(path)
    marks = max(content.count(b"<") + content.count(b"=") for content in parts.values())
    monkeypatch.setattr(module, "MOST_MARKS", marks)
    source_named("school staff").read(path)
    parts[workbook_damages.TEXTS] = parts[workbook_damages.TEXTS].replace(b"</sst>", b"<si/>" * marks + b"</sst>")
    path.write_bytes(workbook_damages.packed(parts))
    with pytest.raises(PanelError, match=rf"sharedStrings.xml: [0-9]+ tags and attributes; at most {marks} are read"):
        source_named("school staff").read(path)
