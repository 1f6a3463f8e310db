"""Provisional school years, as notes of the provenance: written and read back in one form.

A note travels with the panel into its data package, every manifest and every report, so that a provisional year
can be told wherever a number rests on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stoeval.vocabulary import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOTE = re.compile(r"Voorlopige cijfers in de tabel (?P<table>[a-z]+)(?:: (?P<years>[0-9/, ]+))?\.")


def provisional_note(table: str, years: Iterable[int]) -> str:
    """Return the note that a table rests on provisional figures, in these school years where it has years."""
    listed = ", ".join(str(SchoolYear(start=year)) for year in sorted(set(years)))
    return f"Voorlopige cijfers in de tabel {table}{f': {listed}' if listed else ''}."


def provisional_years(notes: Iterable[str]) -> dict[str, tuple[SchoolYear, ...]]:
    """Return the provisional school years of each table that notes name; none for a table without years."""
    found = {}
    for note in notes:
        match = _NOTE.fullmatch(note)
        if match:
            shown = (match.group("years") or "").split(", ")
            found[match.group("table")] = tuple(SchoolYear(start=int(year[:4])) for year in shown if year)
    return found
