"""Spark against DuckDB: the same text gives the same cells and the same errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from pupil_files import drawn, entrant, frame_of, record, written
from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.pupil_records import reduce_pupil_records
from stoeval.panel.record_engines import SparkEngine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.spark,
    # pyspark 4.3 warns that it was not tried with pandas 3; no frame of its own is used here.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    # The bridge to Java leaves its sockets to the end of the process.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_both_engines_give_the_same_cells(session: object, tmp_path: Path) -> None:
    frame = drawn(20_000)
    written(frame[::2], tmp_path / "records" / "even.parquet")
    written(frame[1::2], tmp_path / "records" / "odd.parquet")
    ours = reduce_pupil_records(tmp_path / "records")
    theirs = reduce_pupil_records(tmp_path / "records", engine=SparkEngine(session=session))
    assert len(ours) > 1_500
    assert ours["qualified_low"].isna().any()
    assert (ours["good_prospects_low"] < ours["good_prospects_high"]).any()
    pd.testing.assert_frame_equal(theirs, ours)


def test_both_engines_find_the_same_broken_records(session: object, tmp_path: Path) -> None:
    rows = [
        record("a"),
        record("a", leerweg="HAVO"),
        record("b", vestiging=None, switched=True),
        record("c", vestiging="AH07", profile="techniek"),
        entrant("d", level=9, programme="1", sector="ict"),
        record("e", school_year=1999, entered_mbo=None),
    ]
    records = written(frame_of(rows), tmp_path / "records.parquet")
    found = []
    for engine in (None, SparkEngine(session=session)):
        with pytest.raises(ContractViolated) as caught:
            reduce_pupil_records(records, engine=engine)
        found.append(caught.value.violations)
    assert len(found[0]) == 11
    assert found[0] == found[1]


def test_a_column_of_the_wrong_kind_and_a_file_that_is_none_are_typed_errors(session: object, tmp_path: Path) -> None:
    engine = SparkEngine(session=session)
    frame = frame_of([record("a")]).drop(columns="sector").astype({"school_year": "string"})
    with pytest.raises(ContractViolated, match=r"(?s)1 columns are missing: sector.*school_year holds string"):
        reduce_pupil_records(written(frame, tmp_path / "records.parquet"), engine=engine)
    with pytest.raises(PanelError, match="cannot be read or reduced"):
        reduce_pupil_records(tmp_path / "none.parquet", engine=engine)
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"PAR1 and then nothing of the kind PAR1")
    with pytest.raises(PanelError, match="cannot be read or reduced"):
        reduce_pupil_records(damaged, engine=engine)
