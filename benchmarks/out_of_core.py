"""Twenty million rows from a Parquet file in little memory: `python -m benchmarks.out_of_core [ROWS] [--check]`.

With `--check` the same rows are fitted in memory as well and the largest difference is printed.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from benchmarks.timing import measure, show

if TYPE_CHECKING:
    from stoeval.inference.moments import Moments

ROWS = 20_000_000
REGRESSORS = ("d", "x1", "x2")
FRACTION = "(hash({0}) % 1000003) / 1000003.0"
"""A number between 0 and 1 that depends on its arguments alone."""


def generate(file: Path, rows: int) -> None:
    """Write a panel of units in 78 uneven regions over nine years, 3% of the rows lost."""
    x1, x2, luck, kept, shock = (FRACTION.format(f"unit * 9 + year + {salt}00000000000") for salt in (1, 2, 3, 4, 5))
    size = FRACTION.format("unit // 10 + 600000000000")
    query = f"""
        COPY (
            SELECT *, 0.2 * d + 0.5 * x1 - 0.3 * x2 + 0.05 * year + unit % 7 + {luck} + {shock} AS y
            FROM (
                SELECT unit, year, region, CAST(year >= 3 + region % 5 AS DOUBLE) AS d, {x1} AS x1, {x2} AS x2
                FROM (
                    SELECT unit, year, CAST(floor(78 * pow({size}, 1.7)) AS BIGINT) AS region
                    FROM range({round(rows / 9 / 0.97)}) u(unit), range(9) t(year)
                )
                WHERE {kept} < 0.97
            )
        ) TO '{file}' (FORMAT parquet)
    """  # noqa: S608 - numbers and a file of our own
    with duckdb.connect() as source:
        source.execute("SET memory_limit = '1GB'; SET threads = 2")
        source.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        source.execute(query)


def reduced(file: Path) -> dict[str, Any]:
    """Fit from the file; return coefficients, standard errors and the size."""
    from stoeval.inference.out_of_core import fit_parquet  # noqa: PLC0415 - counts as warming up

    found = fit_parquet(file, outcome="y", regressors=REGRESSORS, unit="unit", crossed="year", cluster="region")
    return summary(found)


def in_memory(file: Path) -> dict[str, Any]:
    """Fit the same rows in memory."""
    from stoeval.inference.least_squares import fit  # noqa: PLC0415 - counts as warming up

    names = ("y", *REGRESSORS, "unit", "year", "region")
    with duckdb.connect() as source:
        held = source.read_parquet(str(file)).project(", ".join(names)).fetchnumpy()
    columns = np.column_stack([held.pop(name) for name in REGRESSORS])
    found = fit(
        np.asarray(held["y"]),
        columns,
        names=REGRESSORS,
        cluster=np.asarray(held["region"]),
        nested=[np.asarray(held["unit"])],
        crossed=[np.asarray(held["year"])],
    )
    return summary(found)


def summary(found: Moments) -> dict[str, Any]:
    """Return what is compared."""
    from stoeval.inference.clustering import crv1, crv3  # noqa: PLC0415 - counts as warming up

    errors = [np.sqrt(np.diag(covariance(found).matrix)) for covariance in (crv1, crv3)]
    return {"rows": found.n_obs, "values": np.concatenate([found.coefficients, *errors])}


def here(file: Path) -> Path:
    """Prepare nothing."""
    return file


def answer(found: dict[str, Any]) -> str:
    """Return the size, the first coefficient and its standard errors as a row prints them."""
    values = found["values"]
    return f"{found['rows']} rows: {values[0]:.12f} ({values[3]:.12f}, jackknife {values[6]:.12f})"


def main(arguments: list[str]) -> None:
    """Generate the rows and measure."""
    rows = next((int(word) for word in arguments if word.isdigit()), ROWS)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "rows.parquet"
        generate(file, rows)
        measuring = partial(measure, prepare=here, arguments=(file,), repeats=1)
        found = [measuring("stoeval out of core", reduced)]
        if "--check" in arguments:
            found.append(measuring("stoeval in memory", in_memory))
        show(f"{rows} rows, {file.stat().st_size / 2**20:.0f} MiB of Parquet", found, answers=answer)
        if len(found) > 1:
            ours, theirs = (one.answer["values"] for one in found)
            sys.stdout.write(f"largest relative difference {np.abs(ours / theirs - 1).max():.1e}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
