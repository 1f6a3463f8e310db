"""Engines that answer a query over files of records: DuckDB on this machine, Spark on a cluster.

A query is plain SQL that both accept. Only where the files are opened, and by which name an engine calls a kind of
column, do they differ. Spark's session is made by whoever runs the cluster and given; nothing here distributes work.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import glob
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from stoeval.errors import PanelError
from stoeval.panel.tables import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MEMORY = "1GB"
"""What DuckDB may hold before it spills to disk; the process takes up to half as much again."""
THREADS = 2
KINDS = {
    Kind.TEXT: ("VARCHAR", "string"),
    Kind.INTEGER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "tinyint", "smallint", "int", "bigint"),
    Kind.TRUTH: ("BOOLEAN", "boolean"),
}
"""By which names the engines call the kinds of columns that records have."""


class Engine(Protocol):
    """What answers a query over records."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What the engine raises where it cannot read or answer."""

    def open(self, files: str | Path, name: str) -> dict[str, str]:
        """Name the rows of Parquet files, so that queries can use them, and return each column's type."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckEngine:
    """DuckDB, out of core."""

    source: duckdb.DuckDBPyConnection = field(repr=False)
    failures: tuple[type[Exception], ...] = (duckdb.Error,)

    def open(self, files: str | Path, name: str) -> dict[str, str]:
        """Name the rows of a Parquet file, of those that a pattern finds, or of all in a directory."""
        relation = self.source.read_parquet([str(path) for path in parquet_files(files)])
        relation.create_view(name)
        return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of an answer."""
        return self.source.execute(query).fetchall()


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkEngine:
    """A session of Spark, which finds files by its own rules: local or on a cluster's storage."""

    session: Any = field(repr=False)

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What Spark raises, and what its bridge to Java does."""
        return import_module("pyspark.errors").PySparkException, import_module("py4j.protocol").Py4JError

    def open(self, files: str | Path, name: str) -> dict[str, str]:
        """Name the rows of a Parquet file, pattern or directory."""
        relation = self.session.read.parquet(str(files))
        relation.createOrReplaceTempView(name)
        return dict(relation.dtypes)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of an answer."""
        return [tuple(row) for row in self.session.sql(query).collect()]


@contextmanager
def duck_engine(*, memory: str = MEMORY, threads: int = THREADS, spill: Path | None = None) -> Iterator[DuckEngine]:
    """Open DuckDB within a memory; what does not fit goes to a directory in `spill`, removed at the end.

    Raises PanelError where DuckDB does not accept the settings.
    """
    with tempfile.TemporaryDirectory(dir=spill) as directory, duckdb.connect() as source:
        settings = {"memory_limit": memory, "threads": threads, "temp_directory": directory}
        try:
            for name, value in settings.items():
                source.execute(f"SET {name} = ?", [value])
            source.execute("SET preserve_insertion_order = false")
            source.execute("SET enable_progress_bar = false")
        except duckdb.Error as error:
            message = f"DuckDB does not accept memory {memory!r} with {threads} threads ({error}); write 1GB and 2"
            raise PanelError(message) from error
        yield DuckEngine(source=source)


def parquet_files(files: str | Path) -> list[Path]:
    """Return the Parquet files that a path, a directory or a pattern means, in order of name."""
    path = Path(files)
    if path.is_dir():
        found = [one for one in path.rglob("*.parquet") if one.is_file()]
    else:
        found = [path] if path.is_file() else [Path(one) for one in glob(str(files), recursive=True)]  # noqa: PTH207 - a pattern may be absolute
    if not found:
        message = f"{files}: 0 Parquet files; name a file, a directory or a pattern such as records/*.parquet"
        raise PanelError(message)
    return sorted(found)
