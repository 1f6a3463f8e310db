"""Cross-products by one SQL text on two engines, against those of the regression in DuckDB's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.out_of_core import fit_parquet
from stoeval.inference.products_in_sql import ClusterProducts, cluster_products
from stoeval.panel.record_engines import SparkEngine, duck_engine

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.record_engines import Engine

EQUAL = 1e-12  # of the largest product; worst deviation seen 5e-16
SPARK = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PARTS = {"unit": "vestiging", "crossed": "school_year", "cluster": "region"}


def cells(vestigingen: int = 400) -> pd.DataFrame:
    """Cells of vestigingen in 30 uneven regions over nine school years, some lost."""
    generator = np.random.default_rng(11)
    region = np.minimum(generator.geometric(0.08, vestigingen), 30)
    kept = np.flatnonzero(generator.random(vestigingen * 9) < 0.95)
    unit, year = np.divmod(kept, 9)
    dose = generator.uniform(0, 2, 31)[region[unit]] * (year >= 4)
    return pd.DataFrame(
        {
            "vestiging": [f"v{one:04d}" for one in unit],
            "school_year": 2014 + year,
            "region": [f"r{one:02d}" for one in region[unit]],
            "share": 0.2 + 0.05 * dose + 0.01 * unit % 0.7 + generator.normal(0, 0.1, len(unit)),
            "dose": dose,
            "size": generator.integers(5, 900, len(unit)),
        }
    )


def made(frame: pd.DataFrame, directory: Path, engine: Engine | None = None, **further: str) -> ClusterProducts:
    """Return the products of a frame by an engine; DuckDB where none is given."""
    path = directory / "cells.parquet"
    frame.to_parquet(path, index=False)
    if engine is None:
        with duck_engine() as own:
            return made(frame, directory, own, **further)
    engine.open(path, "cells")
    return cluster_products(engine.rows, "cells", columns=("dose", "size", "share"), **PARTS, **further)


def close(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=EQUAL * np.abs(theirs).max())


@pytest.mark.parametrize("weights", [{}, {"weights": "size"}], ids=["plain", "weighted"])
def test_duckdb_makes_the_products_of_the_regression(tmp_path: Path, weights: dict[str, str]) -> None:
    frame = cells()
    found = made(frame, tmp_path, **weights)
    fitted = fit_parquet(tmp_path / "cells.parquet", outcome="share", regressors=("dose", "size"), **PARTS, **weights)
    gram, kept = fitted.cluster_gram, slice(1, None)
    assert found.cluster_names == tuple(sorted(frame["region"].unique()))
    assert found.level_names == tuple(range(2014, 2023))
    close(found.columns[:, :2, :2], gram[:, :2, :2])
    close(found.mixed[:, :2, kept], gram[:, :2, 2:])
    close(found.levels[:, kept, kept], gram[:, 2:, 2:])
    close(found.columns[:, :2, 2], fitted.cluster_moment[:, :2])
    close(found.mixed[:, 2, kept], fitted.cluster_moment[:, 2:])


@pytest.mark.parametrize("weights", [pytest.param({"weights": "size"}, marks=SPARK)])
def test_spark_makes_the_products_that_duckdb_makes(tmp_path: Path, session: object, weights: dict[str, str]) -> None:
    frame = cells()
    ours = made(frame, tmp_path, **weights)
    theirs = made(frame, tmp_path, SparkEngine(session=session), **weights)
    for part in ("columns", "mixed", "levels"):
        close(getattr(theirs, part), getattr(ours, part))
    assert (theirs.cluster_names, theirs.level_names) == (ours.cluster_names, ours.level_names)


@pytest.mark.parametrize("column", ["dose", "size"])
@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_values_that_are_missing_or_not_finite_are_refused(tmp_path: Path, column: str, value: float | None) -> None:
    frame = cells(40).astype({"size": float})
    frame.loc[[2, 7], column] = value
    with pytest.raises(EstimationError, match="2 rows lack a finite value and 0 weights"):
        made(frame, tmp_path)


def test_light_weights_crossing_units_and_no_rows_are_refused(tmp_path: Path) -> None:
    frame = cells(40)
    with pytest.raises(EstimationError, match="1 weights are not positive"):
        made(frame.assign(size=frame["size"].where(frame.index != 3, 0)), tmp_path, weights="size")
    with pytest.raises(EstimationError, match="1 units lie in more than one cluster"):
        made(frame.assign(region=frame["region"].where(frame.index != 3, "r99")), tmp_path)
    with pytest.raises(NotIdentified, match="the sample has 0 rows"):
        made(frame[:0], tmp_path)
