"""Twenty million pupil records to cells in little memory: `python -m benchmarks.pupil_records [ROWS]`.

DuckDB writes the records to a directory that is removed at the end. The peak is that of a process of its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.timing import measure, show

if TYPE_CHECKING:
    import pandas as pd

ROWS = 20_000_000
COHORTS = 12
DRAW = "(hash(pupil * 16 + {0}) % 1000003) / 1000003.0"
"""A number between 0 and 1 that depends on the pupil and on what is drawn."""


def generate(file: Path, rows: int) -> None:
    """Write records of 1,000 vestigingen with every column drawn, pseudonyms of 32 characters."""
    profiles = "['BWI', 'PIE', 'MT', 'MVI', 'MAT', 'DP', 'EO', 'HBR', 'ZW', 'GROEN', 'TL']"
    flags = ", ".join(
        f"CASE WHEN entered_mbo AND {DRAW.format(salt)} < 0.97 THEN {DRAW.format(salt + 1)} < 0.3 END AS {name}"
        for salt, name in (
            (6, "good_prospects"),
            (8, "switched"),
            (10, "dropped_out"),
            (12, "qualified"),
            (15, "good_prospects_current"),
        )
    )
    query = f"""
        COPY (
            SELECT md5(CAST(pupil AS VARCHAR)) AS pupil, school_year, vestiging, leerweg, profile, entered_mbo,
                CASE WHEN entered_mbo THEN '25337' END AS programme,
                CASE WHEN entered_mbo THEN 1 + CAST(floor({DRAW.format(4)} * 4) AS INTEGER) END AS level,
                CASE WHEN entered_mbo
                    THEN ['techniek', 'economie', 'zorg en welzijn', 'groen'][1 + CAST(floor({DRAW.format(5)} * 4) AS INTEGER)]
                END AS sector,
                {flags}
            FROM (
                SELECT pupil, 2010 + pupil % {COHORTS} AS school_year,
                    lpad(CAST(CAST(floor({DRAW.format(1)} * 100) AS INTEGER) AS VARCHAR), 2, '0') || 'AH0'
                        || CAST(CAST(floor({DRAW.format(14)} * 10) AS INTEGER) AS VARCHAR) AS vestiging,
                    ['BB', 'KB', 'GL', 'LWT', 'TL'][1 + CAST(floor({DRAW.format(2)} * 5) AS INTEGER)] AS leerweg,
                    {profiles}[1 + CAST(floor({DRAW.format(3)} * 11) AS INTEGER)] AS profile,
                    {DRAW.format(0)} < 0.85 AS entered_mbo
                FROM range({rows}) records(pupil)
            )
        ) TO '{file}' (FORMAT parquet)
    """  # noqa: S608, E501 - numbers and a file of our own
    with duckdb.connect() as source:
        source.execute("SET memory_limit = '1GB'; SET threads = 2")
        source.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        source.execute(query)


def reduced(file: Path) -> tuple[int, int]:
    """Reduce the records; return how many graduates and cells there are."""
    from stoeval.panel.pupil_records import reduce_pupil_records  # noqa: PLC0415 - counts as warming up

    cells: pd.DataFrame = reduce_pupil_records(file)
    return int(cells["leavers_low"].sum()), len(cells)


def here(file: Path) -> Path:
    """Prepare nothing."""
    return file


def main(arguments: list[str]) -> None:
    """Generate the records and measure."""
    rows = next((int(word) for word in arguments if word.isdigit()), ROWS)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "records.parquet"
        generate(file, rows)
        found = measure("stoeval out of core", reduced, prepare=here, arguments=(file,), repeats=1)
        graduates, cells = found.answer
        if graduates != rows:
            message = f"{graduates} graduates in the cells of {rows} records"
            raise AssertionError(message)
        title = f"{rows} records, {file.stat().st_size / 2**20:.0f} MiB of Parquet"
        show(title, [found], answers=lambda _: f"{cells} cells")


if __name__ == "__main__":
    main(sys.argv[1:])
