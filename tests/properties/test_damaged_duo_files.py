"""However a DUO file is damaged, its reader gives rows or one typed error that names the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoeval.errors import PanelError
from stoeval.panel.recognition import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.declaration import Source

NAMES = {
    "addresses": "02.-alle-vestigingen-vo.csv",
    "coordinates": "vo_vestigingen_geo_2022.csv",
    "early school leaving": "vsv-per-swv-2015.csv",
    "enrolment": "leerlingen-vo-per-vestiging-naar-onderwijstype-2023.csv",
    "exam candidates": "examenkandidaten-en-geslaagden-2020-2025.csv",
    "exam results": "geslaagden-gezakten-en-cijfers-2021-2022.csv",
    "forecasts": "brin4_prognosesvo.csv",
    "mbo inflow": "2023-nieuw-instromende-studenten-vooropleiding.csv",
    "subject marks": "examenkandidaten-vmbo-en-examencijfers-2018-2019.csv",
    "successions": "overgangen.csv",
    "zittenblijven": "05.-zittenblijvers-niveau-vestiging-2023-2024-tov-2024-2025.csv",
}
CELLS = (
    "",
    "-1",
    "<5",
    "*",
    "=1+1",
    "@SUM(A1)",
    '"',
    "\0",
    "NaN",
    "1e999",
    "12,5",
    "1.001",
    "100,0%",
    "31-2-2018",
    "1-1-99999",
    "20",
    "0AH",
    "00AH0",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "\N{ZERO WIDTH SPACE}",
    "\ufeff",
    "x" * 140_000,
    "9" * 15,
)


@st.composite
def damaged(draw: st.DrawFn, source: Source) -> bytes:
    """Write a file of a source with cells changed, swapped, doubled or lost, and perhaps cut short."""
    lines = [[draw(st.sampled_from(column.headers)) for column in source.columns]]
    lines += [[column.example for column in source.columns] for _ in range(3)]
    for _ in range(draw(st.integers(1, 3))):
        line = draw(st.sampled_from(lines))
        first, second = (draw(st.integers(0, len(line) - 1)) for _ in range(2))
        change = draw(st.sampled_from(["cell", "swap", "double", "lose"]))
        if change == "cell":
            line[first] = draw(st.one_of(st.sampled_from(CELLS), st.text(max_size=4)))
        elif change == "swap":
            line[first], line[second] = line[second], line[first]
        elif change == "double":
            line.insert(first, line[second])
        elif len(line) > 1:
            line.pop(first)
    delimiter, end = draw(st.sampled_from([";", ",", "\t"])), draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(delimiter.join(line) for line in lines)
    raw = text.encode(draw(st.sampled_from(["utf-8", "cp1252", "utf-16"])), errors="replace")
    return raw[: draw(st.one_of(st.none(), st.integers(0, len(raw))))]


def _outcome(source: Source, path: Path) -> str:
    """Return what became of a file; any other error than a typed one goes on."""
    try:
        source.read(path)
    except PanelError as error:
        return "refused" if path.name in str(error) else str(error)
    return "read"


@pytest.mark.parametrize("source", [one for one in SOURCES if one.name in NAMES], ids=lambda one: one.name)
def test_a_damaged_file_is_read_or_refused_by_name(source: Source, tmp_path: Path) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(raw=damaged(source))
    def holds(raw: bytes) -> None:
        path = tmp_path / NAMES[source.name]
        path.write_bytes(raw)
        assert _outcome(source, path) in {"refused", "read"}

    holds()
