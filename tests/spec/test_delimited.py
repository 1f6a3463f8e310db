"""Expectations by hand, from the kinds of file that DUO publishes and the ways in which they arrive broken."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stoeval.errors import PanelError
from stoeval.panel.sources.delimited import header_names, parse_decimals, read_delimited

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {"brin": ("BRIN NUMMER", "INSTELLINGSCODE"), "number": ("VESTIGINGSNUMMER",), "name": ("NAAM",)}
WHAT = "a list of vestigingen"
HEADER = "BRIN NUMMER;VESTIGINGSNUMMER;NAAM;EXTRA\n"


def _written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "lijst.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252")],
)
def test_each_encoding_in_use_is_told_by_its_bytes(tmp_path: Path, encoded: str, encoding: str) -> None:
    file = read_delimited(_written(tmp_path, f"{HEADER}00AH;0;Één;x\n".encode(encoded)), COLUMNS, what=WHAT)
    assert file.encoding == encoding
    assert file.frame["name"].tolist() == ["Één"]


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    content = f"{HEADER}00AH;0;Een;x\n".encode()
    assert read_delimited(_written(tmp_path, content), COLUMNS, what=WHAT).sha256 == hashlib.sha256(content).hexdigest()


def test_everything_stays_text_so_that_leading_zeros_survive(tmp_path: Path) -> None:
    frame = read_delimited(_written(tmp_path, f"{HEADER}00AH;00;0046;NA\n".encode()), COLUMNS, what=WHAT).frame
    assert frame.iloc[0].tolist() == ["00AH", "00", "0046", "NA"]
    assert frame.columns.tolist() == ["brin", "number", "name", "EXTRA"]


@pytest.mark.parametrize(
    "content",
    [
        "BRIN NUMMER;VESTIGINGSNUMMER;NAAM\r\n00AH;0;Een\r\n",
        '"INSTELLINGSCODE";"VESTIGINGSNUMMER";"NAAM"\r\n"00AH";"0";"Een"\r\n',
        "brin nummer,Vestigingsnummer, naam \n00AH,0,Een\n",
        "NAAM;VESTIGINGSNUMMER;BRIN  NUMMER\rEen;0;00AH\r",
        "BRIN NUMMER;VESTIGINGSNUMMER;NAAM\n\n00AH;0;Een\n\n",
    ],
)
def test_columns_are_found_by_name_whatever_quotes_order_case_delimiter_and_line_ends(
    tmp_path: Path, content: str
) -> None:
    frame = read_delimited(_written(tmp_path, content.encode()), COLUMNS, what=WHAT).frame
    assert frame[["brin", "number", "name"]].to_numpy().tolist() == [["00AH", "0", "Een"]]


def test_a_quoted_field_may_hold_the_delimiter(tmp_path: Path) -> None:
    frame = read_delimited(_written(tmp_path, f'{HEADER}00AH;0;"a;b";x\n'.encode()), COLUMNS, what=WHAT).frame
    assert frame["name"].tolist() == ["a;b"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lijst.csv: the file is empty; expected a list of vestigingen"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
        (HEADER.encode(), "0 rows below the header"),
        (b"BRIN NUMMER\tVESTIGINGSNUMMER\tNAAM\n00AH\t0\tEen\n", "line 1: one column .* separated by ; or ,"),
        (b"NAAM;PLAATS\nEen;Assen\n", "2 columns of a list of vestigingen are missing: BRIN NUMMER or INSTELLINGSCODE"),
        (b"A;B;C;D\n1;2;3;4\n", "line 1: not a list of vestigingen; .* found A, B, C, D"),
        (b"BRIN NUMMER;INSTELLINGSCODE;VESTIGINGSNUMMER;NAAM\na;b;c;d\n", "1 columns occur twice: brin"),
        (f"{HEADER}00AH;0;\0;x\n".encode(), "line 2: 1 NUL bytes"),
        (HEADER.encode("utf-16"), "line 1: [0-9]+ NUL bytes"),
        (f"{HEADER}00AH;0;Een;x\n00AH;1;Twee\n".encode(), "line 3: 3 fields; expected 4 .* found '00AH;1;Twee'"),
        (f"{HEADER}00AH;0;Een;x;y\n".encode(), "line 2: 5 fields; expected 4"),
        (f'{HEADER}00AH;0;"Een;x\n'.encode(), "line 2: .*expected whole quotes"),
        (f"{HEADER}00AH;0;".encode() + b"\x81;x\n", "line 2: byte 0x81 is no text in utf-8 or cp1252"),
        (b"\xef\xbb\xbf" + f"{HEADER}00AH;0;".encode() + b"\xe9;x\n", "line 2: byte 0xe9 is no text in utf-8;"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_place_and_what_was_expected(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(PanelError, match=message):
        read_delimited(_written(tmp_path, content), COLUMNS, what=WHAT)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match=r"weg\.csv: cannot be read \(No such file"):
        read_delimited(tmp_path / "weg.csv", COLUMNS, what=WHAT)


def test_the_header_alone_can_be_read_to_recognise_a_file(tmp_path: Path) -> None:
    assert header_names(_written(tmp_path, b'\xef\xbb\xbf"a","b c"\n1,2\n')) == {"A", "B C"}


def test_decimals_take_a_comma_a_point_and_a_percentage() -> None:
    shown = pd.Series(["6,4", "90.9", "100,0%", ",0%", "1.001", "7", "", "<5", "-2,5"])
    values = parse_decimals(shown, where="test")
    assert values.isna().tolist() == [False] * 6 + [True, True, False]
    assert values.dropna().tolist() == [6.4, 90.9, 100.0, 0.0, 1.001, 7.0, -2.5]


def test_a_point_separates_thousands_where_the_column_says_so() -> None:
    values = parse_decimals(pd.Series(["1.001", "4.300.000,50", "900000", "12.5"]), where="test", thousands_point=True)
    assert values.tolist() == [1001.0, 4_300_000.5, 900_000.0, 12.5]


@pytest.mark.parametrize("text", ["zes", "6,4,1", "1.2.3", "%", ",", "1e5", "NaN"])
def test_what_is_no_number_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(PanelError, match=r"cijfers: 1 of 2 values are no number; .* in data row 2"):
        parse_decimals(pd.Series(["6,4", text]), where="cijfers")
