"""Tests of Spark and Dask run where these are; elsewhere they are deselected, and counted as such.

The choice is made when tests are collected, never when one fails. STOEVAL_SPARK=required selects those of Spark
always, and STOEVAL_DASK=required those of Dask, so that a machine that has to have them cannot lose them unseen.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "spark: needs pyspark and Java")
    config.addinivalue_line("markers", "dask: needs dask and distributed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    present = {
        "spark": find_spec("pyspark") is not None and shutil.which("java") is not None,
        "dask": find_spec("distributed") is not None,
    }
    absent = [name for name, there in present.items() if not there and not _required(name)]
    left = [item for item in items if any(item.get_closest_marker(name) for name in absent)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _required(name: str) -> bool:
    return os.environ.get(f"STOEVAL_{name.upper()}") == "required"


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """Return a session of Spark on two threads of this machine, which listens to nobody else."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where Spark is

    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    made = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield made
    made.stop()
