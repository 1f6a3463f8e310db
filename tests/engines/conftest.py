"""Tests of the second engine run where pyspark and Java are; elsewhere they are deselected, and counted as such.

The choice is made when tests are collected, never when one fails. STOEVAL_SPARK=required selects them always, so that
a machine that has to have Spark cannot lose it unseen.
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    present = find_spec("pyspark") is not None and shutil.which("java") is not None
    if present or os.environ.get("STOEVAL_SPARK") == "required":
        return
    left = [item for item in items if item.get_closest_marker("spark")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


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
