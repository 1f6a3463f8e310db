"""A workbook may claim anything; the reader believes only what it finds. Expectations by hand."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duo_files import PACKAGE, RELATIONS, SPREADSHEET, packed, workbook
from stoeval.errors import PanelError
from stoeval.panel.sources import workbook as module
from stoeval.panel.sources.workbook import read_sheet, sheet_names

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "a workbook of staff"
RELATED = f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Target="/xl/worksheets/een.xml"/></Relationships>'
LISTED = (
    f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>'
)


def _sheet(tmp_path: Path, rows: str, shared: str = "", *, sheet: str = "") -> Path:
    content = {
        "xl/workbook.xml": LISTED,
        "xl/_rels/workbook.xml.rels": RELATED,
        "xl/worksheets/een.xml": sheet or f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{shared}</sst>',
    }
    return packed(tmp_path, "boek.xlsx", content)


HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="str"><v>b  b</v></c></row>'


def _cells(tmp_path: Path, row: str, shared: str = "") -> list[str]:
    return read_sheet(_sheet(tmp_path, f"{HEAD}<row>{row}</row>", shared), ["S"], what=WHAT).frame.iloc[0].tolist()


def test_texts_and_numbers_come_back_under_their_headers(tmp_path: Path) -> None:
    rows = [["brin", "aantal  2024"], ["00AH", 12], ["01E5", 40.25], [None, "<5"]]
    for shared in (True, False):
        path = workbook(tmp_path, "boek.xlsx", {"eerst": [["x"], ["y"]], "blad": rows}, shared=shared)
        sheet = read_sheet(path, ["ander", "blad"], what=WHAT)
        assert sheet.frame.to_dict("list") == {"BRIN": ["00AH", "01E5", ""], "AANTAL 2024": ["12", "40.25", "<5"]}
        assert (sheet.name, sheet.sha256) == ("blad", hashlib.sha256(path.read_bytes()).hexdigest())
        assert sheet_names(path) == ("eerst", "blad")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("12", "12"),
        ("007", "7"),
        ("0", "0"),
        ("12.0", "12"),
        ("0.30000000000000004", "0.3"),
        ("1.5E2", "150"),
        ("123456789.123", "123456789.123"),
        ("1.5E-7", "0.00000015"),
        ("-1", "-1"),
    ],
)
def test_a_number_is_told_in_its_shortest_form(tmp_path: Path, stored: str, shown: str) -> None:
    assert _cells(tmp_path, f'<c r="A2"><v>{stored}</v></c>') == [shown, ""]


def test_a_cell_is_placed_by_its_address_and_a_formula_by_its_value(tmp_path: Path) -> None:
    assert _cells(tmp_path, '<c r="B2"><f>SUM(A1:A9)</f><v>7</v></c>') == ["", "7"]
    assert _cells(tmp_path, '<c><v>1</v></c><c t="b"><v>1</v></c>') == ["1", "1"]


def test_formatted_runs_are_joined_and_phonetic_guides_left_out(tmp_path: Path) -> None:
    shared = "<si><r><t>00</t></r><r><t>AH</t></r><rPh><t>uitspraak</t></rPh></si>"
    assert _cells(tmp_path, '<c r="A2" t="s"><v>0</v></c>', shared) == ["00AH", ""]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('<c r="A2" t="s"><v>3</v></c>', "a cell names text '3' of 0"),
        ('<c r="A2" t="s"><v>-1</v></c>', "a cell names text '-1' of 0"),
        ('<c r="A2"><v>veel</v></c>', "a cell of numbers holds 'veel'"),
        ('<c r="A2"><v>1e400</v></c>', "a cell holds the number 1e400; expected one below"),
        ('<c r="A2"><v>NaN</v></c>', "a cell holds the number NaN"),
        ('<c r="XFD2"><v>1</v></c>', "cell 'XFD2' is outside the 4000 columns"),
        ('<c r="2"><v>1</v></c>', "cell '2' is outside"),
        ('<c r="C2"><v>1</v></c>', "1 rows have cells without a header"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_the_sheet(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(PanelError, match=rf"boek\.xlsx, S: {message}"):
        _cells(tmp_path, row)


def test_a_header_that_occurs_twice_and_a_sheet_without_rows_are_refused(tmp_path: Path) -> None:
    twice = workbook(tmp_path, "boek.xlsx", {"S": [["a", "A "], [1, 2]]})
    with pytest.raises(PanelError, match="1 columns occur twice: A; keep one"):
        read_sheet(twice, ["S"], what=WHAT)
    with pytest.raises(PanelError, match="1 rows; expected a header and data"):
        read_sheet(workbook(tmp_path, "boek.xlsx", {"S": [["a"]]}), ["S"], what=WHAT)


def test_no_entity_is_ever_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(PanelError, match=r"xl/worksheets/een\.xml: a document type or NUL bytes"):
        read_sheet(_sheet(tmp_path, HEAD, sheet=bomb), ["S"], what=WHAT)
    wide = _sheet(tmp_path, HEAD, sheet="<worksheet/>".encode("utf-16").decode("latin-1"))
    with pytest.raises(PanelError):
        read_sheet(wide, ["S"], what=WHAT)


def test_more_than_the_limits_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_PART", 2_000)
    path = _sheet(tmp_path, HEAD + "<row/>" * 10_000)
    assert path.stat().st_size < 2_000
    with pytest.raises(PanelError, match=r"60[0-9]{3} bytes unpacked; at most 2000 are read"):
        read_sheet(path, ["S"], what=WHAT)
    monkeypatch.undo()
    monkeypatch.setattr(module, "MOST_CELLS", 3)
    with pytest.raises(PanelError, match="more than 3 cells"):
        read_sheet(workbook(tmp_path, "boek.xlsx", {"S": [["a", "b"], [1, 2], [3, 4]]}), ["S"], what=WHAT)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no whole xlsx workbook"),
        (b"INSTELLINGSCODE;PERSONEN\n", "no whole xlsx workbook"),
        (b"PK\x03\x04" + b"\0" * 100, "no whole xlsx workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "boek.xlsx"
    path.write_bytes(content)
    with pytest.raises(PanelError, match=message):
        read_sheet(path, ["S"], what=WHAT)
    assert sheet_names(path) == ()


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, "boek.xlsx", {"S": [["a"], [1]]})
    raw = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        while at >= 0:
            raw[at + flags] |= 1
            at = raw.find(signature, at + 1)
    path.write_bytes(raw)
    with pytest.raises(PanelError, match=r"the workbook is locked .* save it without a password"):
        read_sheet(path, ["S"], what=WHAT)


def test_a_missing_file_and_missing_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match=r"weg\.xlsx: cannot be read"):
        read_sheet(tmp_path / "weg.xlsx", ["S"], what=WHAT)
    with pytest.raises(PanelError, match="the workbook has no part xl/_rels"):
        read_sheet(packed(tmp_path, "boek.xlsx", {"naam.txt": "x"}), ["S"], what=WHAT)
    with pytest.raises(PanelError, match="no sheet X; found S; expected a workbook of staff"):
        read_sheet(_sheet(tmp_path, HEAD), ["X"], what=WHAT)


def test_a_sheet_may_not_point_outside_the_workbook(tmp_path: Path) -> None:
    related = RELATED.replace("/xl/worksheets/een.xml", "../../../../etc/passwd")
    parts = {"xl/workbook.xml": LISTED, "xl/_rels/workbook.xml.rels": related}
    with pytest.raises(PanelError, match=r"the workbook has no part xl/\.\./"):
        read_sheet(packed(tmp_path, "boek.xlsx", parts), ["S"], what=WHAT)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 5_000), byte=st.integers(0, 255), cut=st.integers(0, 5_000), inside=st.booleans())
def test_a_damaged_workbook_gives_a_typed_error_or_a_sheet(
    tmp_path: Path,
    place: int,
    byte: int,
    cut: int,
    inside: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    path = workbook(tmp_path, "heel.xlsx", {"S": [["a", "b"], ["00AH", 1.5], ["x", 3]]})
    damaged = tmp_path / "stuk.xlsx"
    if inside:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = sorted(parts)[place % len(parts)]
        at = place % len(parts[name])
        parts[name] = parts[name][:at] + bytes([byte]) + parts[name][at + 1 :][: cut or None]
        with zipfile.ZipFile(damaged, "w") as archive:
            for one, content in parts.items():
                archive.writestr(one, content)
    else:
        raw = path.read_bytes()
        at = place % len(raw)
        damaged.write_bytes(raw[:at] + bytes([byte]) + raw[at + 1 :][: cut or None])
    assert _outcome(damaged) in {"refused", "read"}


def _outcome(path: Path) -> str:
    """Return what became of a workbook; any other error than a typed one goes on."""
    try:
        sheet = read_sheet(path, ["S"], what=WHAT)
    except PanelError as error:
        return "refused" if path.name in str(error) else str(error)
    return "read" if len(sheet.frame) else "empty"
