"""Damages to an xlsx workbook: to its cells, its XML, the parts of its zip, what the zip says of them, its bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from damages import CELLS, FORMULAS, OF_BYTES, PIECES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SHEET = "xl/worksheets/sheet0.xml"
BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
TEXTS = "xl/sharedStrings.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CELLS_OF_XML = (
    *(f'<c r="A2" t="s"><v>{index}</v></c>' for index in ("0", "1", "99", "-1", "", "x", "1e3", "9" * 400)),
    *(f"<c><v>{shown}</v></c>" for shown in ("nan", "inf", "1e999", "-0", "1_0", "0x1", "9" * 5_000, "1e-300")),
    *(f'<c r="{place}"><v>1</v></c>' for place in ("A0", "XFD1", "XFE1", "ZZZ1", "AAAA1", "a1", "1", "\u00c91")),
    *(f'<c t="{kind}"><v>1</v></c>' for kind in ("b", "e", "d", "str", "s", "n", "", "inlineStr", "zzz")),
    *("<c/>", "<c><v/></c>", "<c><f>1/0</f><v>#DIV/0!</v></c>", '<c t="inlineStr"><is><t/></is></c>', "<row/>"),
    *(
        '<c t="e"><v>#REF!</v></c>',
        "<c><v>12.000000000000001</v></c>",
        "<c><v>123456789012345.6</v></c>",
        "&#0;",
        "&x;",
    ),
)
NAMES = (
    *("../../etc/passwd", "/etc/passwd", "..\\..\\x", "xl/../xl/workbook.xml", "", "\0", "a" * 60_000, "C:/x", "xl//a"),
    *(BOOK, SHEET, RELATIONS, TEXTS, "\u00e9"),
)
CLAIMS = (0, 1, 400_000_000, 400_000_001, 2**31, 2**32 - 2, 10 * 2**30 % 2**32)
BOMB = '<!DOCTYPE x [<!ENTITY a "{}">{}]>'.format(
    "a" * 10, "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
)


def workbook(sheet: str, rows: Sequence[Sequence[str]], *, shared: bool) -> dict[str, bytes]:
    """Return the parts of a workbook of one sheet; texts shared or in the cells, numbers as numbers."""
    texts: list[str] = []
    shown = "".join(f"<row>{''.join(_cell(cell, texts if shared else None) for cell in row)}</row>" for row in rows)
    relation, listed = (
        '<Relationship Id="r" Target="worksheets/sheet0.xml"/>',
        f'<sheet name="{escape(sheet)}" r:id="r"/>',
    )
    parts = {
        RELATIONS: f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>',
        BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{shown}</sheetData></worksheet>',
    }
    if shared:
        parts[TEXTS] = f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{escape(one)}</t></si>" for one in texts)}</sst>'
    return {name: text.encode() for name, text in parts.items()}


def packed(parts: dict[str, bytes]) -> bytes:
    """Return parts as a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def damaged(parts: dict[str, bytes], draw: Random) -> tuple[bytes, tuple[str, ...]]:
    """Return a workbook as bytes with one to three damages, and the names of these."""
    names = []
    for _ in range(1 if draw.random() < 0.7 else 2):
        damage = draw.choice(OF_PARTS)
        damage(parts, draw)
        names.append(damage.__name__)
    raw = packed(parts)
    for _ in range(draw.choice((0, 1, 1, 2))):
        change = draw.choice(OF_ZIP)
        raw = change(raw, draw)
        names.append(change.__name__)
    return raw, tuple(names)


def _cell(shown: str, texts: list[str] | None) -> str:
    if shown.replace(".", "", 1).isdigit() and shown.isascii():
        return f"<c><v>{shown}</v></c>"
    if texts is None:
        return f'<c t="inlineStr"><is><t>{escape(shown)}</t></is></c>'
    texts.append(shown)
    return f'<c t="s"><v>{len(texts) - 1}</v></c>'


def xml_cell(parts: dict[str, bytes], draw: Random) -> None:
    _replace_one(parts, SHEET, b"<c", draw.choice(CELLS_OF_XML).encode() + b"<c", draw)


def xml_text(parts: dict[str, bytes], draw: Random) -> None:
    text = escape(draw.choice((*CELLS, *FORMULAS))).encode("utf-8", errors="replace")
    part = draw.choice(sorted(parts))
    _replace_one(parts, part, b"</t>", text + b"</t>", draw)


def xml_formula(parts: dict[str, bytes], draw: Random) -> None:
    _replace_one(parts, SHEET, b"<v>", f"<f>{escape(draw.choice(FORMULAS))}</f><v>".encode(), draw)


def xml_piece(parts: dict[str, bytes], draw: Random) -> None:
    part = draw.choice(sorted(parts))
    place = draw.randrange(len(parts[part]) + 1)
    parts[part] = parts[part][:place] + draw.choice(PIECES) + parts[part][place:]


def xml_bytes(parts: dict[str, bytes], draw: Random) -> None:
    part = draw.choice(sorted(parts))
    parts[part] = draw.choice(OF_BYTES)(parts[part], draw)


def document_type(parts: dict[str, bytes], draw: Random) -> None:
    part = draw.choice(sorted(parts))
    head = draw.choice((BOMB, '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!doctype x>")).encode()
    parts[part] = head + parts[part].replace(b"<t>", b"<t>&i;", 1)


def other_declaration(parts: dict[str, bytes], draw: Random) -> None:
    part = draw.choice(sorted(parts))
    encoding = draw.choice(("utf-16", "utf-7", "cp037", "latin-1", "no-such", "base64", "rot13", "idna", "utf-8\0", ""))
    text = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + parts[part]
    parts[part] = text.decode().encode("utf-16") if encoding == "utf-16" and draw.random() < 0.5 else text


def deep(parts: dict[str, bytes], draw: Random) -> None:
    times = draw.choice((10, 300, 3_000))
    part = draw.choice(sorted(parts))
    _replace_one(parts, part, b"<sheetData>", b"<sheetData>" + b"<row><c>" * times + b"</c></row>" * times, draw)


def lost_part(parts: dict[str, bytes], draw: Random) -> None:
    parts.pop(draw.choice(sorted(parts)), None)


def renamed_part(parts: dict[str, bytes], draw: Random) -> None:
    parts[draw.choice(NAMES) or "x"] = parts.pop(draw.choice(sorted(parts)))


def other_target(parts: dict[str, bytes], draw: Random) -> None:
    target = escape(draw.choice((*NAMES, "../xl/worksheets/sheet0.xml", "/xl/worksheets/sheet0.xml", "http://x/")))
    _replace_one(parts, RELATIONS, b"worksheets/sheet0.xml", target.replace("\0", "&#0;").encode(), draw)


def other_sheet(parts: dict[str, bytes], draw: Random) -> None:
    name = draw.choice(('name=""', 'name="x"', 'title="x"', "", 'name="a" name="b"')).encode()
    parts[BOOK] = parts.get(BOOK, b"").replace(b"name=", name + b" old=", 1)


def repeated_row(parts: dict[str, bytes], draw: Random) -> None:
    raw = parts.get(SHEET, b"")
    first, last = raw.rfind(b"<row>"), raw.rfind(b"</row>") + len(b"</row>")
    parts[SHEET] = raw[:last] + raw[first:last] * draw.choice((1, 1, 30)) + raw[last:]


def _replace_one(parts: dict[str, bytes], part: str, old: bytes, new: bytes, draw: Random) -> None:
    raw = parts.get(part, b"")
    times = raw.count(old)
    if times:
        pieces = raw.split(old)
        place = draw.randrange(times) + 1
        parts[part] = old.join(pieces[:place]) + new + old.join(pieces[place:])


def as_it_is(raw: bytes, draw: Random) -> bytes:  # noqa: ARG001 - one shape for all changes
    return raw


def other_bytes_of_zip(raw: bytes, draw: Random) -> bytes:
    return draw.choice(OF_BYTES)(raw, draw)


def other_claim(raw: bytes, draw: Random) -> bytes:
    """Change one field of one entry of the central directory: sizes, checksum, method, flags, offset, lengths."""
    place = _entry(raw, draw)
    if place < 0:
        return raw
    offset, form, values = draw.choice(
        (
            *((24, "<I", CLAIMS), (24, "<I", CLAIMS), (20, "<I", CLAIMS), (16, "<I", (0, 1))),
            *((10, "<H", (0, 1, 6, 8, 9, 12, 14, 93, 95, 99, 65_535)), (8, "<H", (1, 8, 64, 2_048, 8_192, 65_535))),
            *((42, "<I", CLAIMS), (28, "<H", (0, 1, 65_535)), (30, "<H", (0, 20, 65_535)), (6, "<H", (0, 45, 99, 255))),
        )
    )
    content = bytearray(raw)
    struct.pack_into(form, content, place + offset, draw.choice(values))
    return bytes(content)


def huge_claim(raw: bytes, draw: Random) -> bytes:
    """Let an entry claim ten gigabytes in a ZIP64 field, as only a real one of that size would."""
    place = _entry(raw, draw)
    if place < 0 or place + 46 > len(raw):
        return raw
    n_name, n_extra = struct.unpack_from("<HH", raw, place + 28)
    field = struct.pack("<HHQ", 1, 8, 10 * 2**30)
    content = bytearray(raw)
    struct.pack_into("<I", content, place + 24, 2**32 - 1)
    struct.pack_into("<H", content, place + 30, n_extra + len(field))
    content[place + 46 + n_name : place + 46 + n_name] = field
    end = content.rfind(b"PK\x05\x06")
    if end >= 0 and end + 16 <= len(content):
        size = struct.unpack_from("<I", content, end + 12)[0]
        struct.pack_into("<I", content, end + 12, (size + len(field)) % 2**32)
    return bytes(content)


def other_end_of_zip(raw: bytes, draw: Random) -> bytes:
    place = raw.rfind(b"PK\x05\x06")
    if place < 0:
        return raw
    content = bytearray(raw)
    offset, form = draw.choice(((8, "<H"), (10, "<H"), (12, "<I"), (16, "<I"), (20, "<H"), (4, "<H")))
    struct.pack_into(form, content, place + offset, draw.choice((0, 1, 2, 255, 65_535)))
    return bytes(content)


def zip_bomb(raw: bytes, draw: Random) -> bytes:
    """Return a workbook in which one part unpacks to fifty times what it claims, or claims what it is."""
    content, size = _zeros()
    claim = draw.choice((size, 1_000, 10))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(draw.choice((SHEET, BOOK, RELATIONS))), content)
    made = bytearray(stream.getvalue())
    place = made.rfind(b"PK\x01\x02")
    struct.pack_into("<H", made, 8, 8)
    struct.pack_into("<H", made, place + 10, 8)
    struct.pack_into("<I", made, place + 24, claim)
    return bytes(made) if draw.random() < 0.9 else bytes(made) + raw


@lru_cache(maxsize=1)
def _zeros() -> tuple[bytes, int]:
    size = 500_000
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    return pack.compress(b" " * size) + pack.flush(), size


def _entry(raw: bytes, draw: Random) -> int:
    """Return where one entry of the central directory begins."""
    places = []
    place = raw.find(b"PK\x01\x02")
    while place >= 0 and place + 46 <= len(raw):
        places.append(place)
        place = raw.find(b"PK\x01\x02", place + 1)
    return draw.choice(places) if places else -1


OF_PARTS = (
    *(xml_cell, xml_cell, xml_text, xml_formula, xml_piece, xml_bytes, document_type, other_declaration, deep),
    *(lost_part, renamed_part, other_target, other_sheet, repeated_row),
)
OF_ZIP = (
    as_it_is,
    as_it_is,
    as_it_is,
    other_bytes_of_zip,
    other_claim,
    other_claim,
    huge_claim,
    other_end_of_zip,
    zip_bomb,
)
