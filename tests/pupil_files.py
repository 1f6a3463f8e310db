"""Pupil records for tests: a handful written by hand, and many drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.pupil_records import COLUMNS, SECTORS, TECHNICAL
from stoeval.panel.tables import OTHER_PROFILES, Kind

if TYPE_CHECKING:
    from pathlib import Path

TYPES = {Kind.TEXT: "string", Kind.INTEGER: "Int64", Kind.TRUTH: "boolean"}


def record(pupil: str, **changes: object) -> dict[str, object]:
    """Return one graduate who did not enter mbo, changed in the columns named."""
    return {
        "pupil": pupil,
        "school_year": 2019,
        "vestiging": "00AH07",
        "leerweg": "BB",
        "profile": "PIE",
        "entered_mbo": False,
        **changes,
    }


def entrant(pupil: str, **changes: object) -> dict[str, object]:
    """Return one graduate in a technical programme at level 3 of whom everything is known."""
    in_mbo: dict[str, object] = {"entered_mbo": True, "programme": "25337", "level": 3, "sector": "techniek"}
    known = dict.fromkeys(("good_prospects", "good_prospects_current", "switched", "dropped_out", "qualified"), False)
    return {**record(pupil), **in_mbo, **known, **changes}


def frame_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return records with every declared column and kind."""
    return typed(pd.DataFrame(rows, columns=[column.name for column in COLUMNS]))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its columns of the declared kinds."""
    return frame.astype({column.name: TYPES[column.kind] for column in COLUMNS})


def drawn(rows: int, seed: int = 3) -> pd.DataFrame:
    """Draw records of 40 vestigingen in six cohorts; some flags unknown, and the last cohort not yet qualified."""
    generator = np.random.default_rng(seed)
    enters = generator.random(rows) < 0.85
    year = generator.integers(2017, 2023, rows)
    columns = {
        "pupil": [f"p{number:07d}" for number in range(rows)],
        "school_year": year,
        "vestiging": [f"{number:02d}AH0{number % 3}" for number in generator.integers(0, 40, rows)],
        "leerweg": generator.choice(["BB", "KB", "GL", "LWT", "TL"], rows),
        "profile": generator.choice([*TECHNICAL, *OTHER_PROFILES, "TL"], rows),
        "entered_mbo": enters,
        "programme": np.where(enters, "25337", None),
        "level": np.where(enters & (generator.random(rows) < 0.97), generator.integers(1, 5, rows), None),
        "sector": np.where(enters & (generator.random(rows) < 0.95), generator.choice(SECTORS, rows), None),
    }
    for name in ("good_prospects", "switched", "dropped_out", "qualified", "good_prospects_current"):
        unknown = (generator.random(rows) < 0.1) | ((name == "qualified") & (year == 2022))
        columns[name] = np.where(enters & ~unknown, generator.random(rows) < 0.4, None)
    return typed(pd.DataFrame(columns))


def written(frame: pd.DataFrame, path: Path) -> Path:
    """Write records, shuffled, to a Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.sample(frac=1, random_state=1).to_parquet(path, index=False)
    return path
