"""Pupil records to cells: counted by hand, and against the same cells counted by pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from pupil_files import drawn, entrant, frame_of, record, written
from small_panels import small_panel
from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.contract import violations
from stoeval.panel.pupil_records import TECHNICAL, reduce_pupil_records, with_flow_cells, write_flow_cells
from stoeval.panel.record_engines import duck_engine, parquet_files
from stoeval.panel.tables import FLOWS

if TYPE_CHECKING:
    from pathlib import Path


def reduced(rows: list[dict[str, object]], directory: Path) -> pd.DataFrame:
    return reduce_pupil_records(written(frame_of(rows), directory / "records.parquet"))


def bounds(cells: pd.DataFrame, name: str) -> list[tuple[object, object]]:
    return list(zip(cells[f"{name}_low"], cells[f"{name}_high"], strict=True))


def test_a_cell_counts_graduates_entrants_and_what_became_of_them(tmp_path: Path) -> None:
    cells = reduced(
        [
            record("a"),
            entrant("b", good_prospects=True, switched=True),
            entrant("c", level=2, dropped_out=True),
            entrant("d", sector="economie", level=4, qualified=True),
        ],
        tmp_path,
    )
    assert cells[list(FLOWS.key)].to_numpy().tolist() == [["00AH07", "BB", "technical", 2019]]
    expected = {
        "leavers": 4,
        "mbo_entrants": 3,
        "mbo_technical": 2,
        "technical_level_34": 1,
        "good_prospects": 1,
        "switched": 1,
        "dropped_out": 1,
        "qualified": 1,
    }
    assert {name: bounds(cells, name) for name in expected} == {name: [(n, n)] for name, n in expected.items()}


def test_cells_are_parted_by_vestiging_leerweg_origin_and_cohort_with_lwt_in_bb(tmp_path: Path) -> None:
    rows = [
        record("a"),
        record("b", leerweg="LWT", profile="MAT"),
        record("c", profile="DP"),
        record("d", leerweg="TL", profile="TL"),
        record("a", school_year=2020),
        record("e", vestiging="01AA00"),
    ]
    cells = reduced(rows, tmp_path)
    assert cells[[*FLOWS.key, "leavers_low"]].to_numpy().tolist() == [
        ["00AH07", "BB", "other", 2019, 1],
        ["00AH07", "BB", "technical", 2019, 2],
        ["00AH07", "BB", "technical", 2020, 1],
        ["00AH07", "TL", "other", 2019, 1],
        ["01AA00", "BB", "technical", 2019, 1],
    ]


def test_what_is_unknown_of_an_entrant_is_an_interval(tmp_path: Path) -> None:
    rows = [
        entrant("a", good_prospects=True),
        entrant("b", good_prospects=None),
        entrant("c", sector=None),
        entrant("d", level=None),
    ]
    cells = reduced(rows, tmp_path)
    assert bounds(cells, "good_prospects") == [(1, 2)]
    assert bounds(cells, "mbo_technical") == [(3, 4)]
    assert bounds(cells, "technical_level_34") == [(2, 4)]


def test_what_is_known_of_nobody_in_a_cohort_is_empty_and_not_zero(tmp_path: Path) -> None:
    rows = [
        entrant("a", qualified=None),
        entrant("b", qualified=None, vestiging="01AA00"),
        entrant("c", qualified=True, school_year=2018),
        record("d", school_year=2017),
    ]
    cells = reduced(rows, tmp_path).set_index(["vestiging", "school_year"])
    empty = cells["qualified_high"].isna()
    assert empty[empty].index.tolist() == [("00AH07", 2019), ("01AA00", 2019)]
    assert cells.loc[("00AH07", 2018), "qualified_low"] == 1
    assert cells.loc[("00AH07", 2017), "qualified_low"] == 0
    assert cells.loc[("00AH07", 2019), "switched_high"] == 0


def test_many_records_give_the_cells_that_pandas_counts(tmp_path: Path) -> None:
    frame = drawn(20_000)
    half = len(frame) // 2
    written(frame[:half], tmp_path / "2017" / "one.parquet")
    written(frame[half:], tmp_path / "2018" / "other.parquet")
    cells = reduce_pupil_records(tmp_path)
    assert len(cells) > 1_500
    pd.testing.assert_frame_equal(cells, by_pandas(frame), check_dtype=False)


def by_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the cells without SQL, each flag filled once with False and once with True."""
    frame = frame.assign(
        leerweg=frame["leerweg"].replace("LWT", "BB"),
        origin=frame["profile"].isin(TECHNICAL).map({True: "technical", False: "other"}).astype("string"),
        leavers=True,
        mbo_entrants=frame["entered_mbo"],
        mbo_technical=frame["sector"].eq("techniek"),
        technical_level_34=frame["sector"].eq("techniek") & frame["level"].ge(3),
    )
    names = [name.removesuffix("_low") for name in FLOWS.names if name.endswith("_low")]
    entered = frame["entered_mbo"].astype(bool)
    for name in names:
        inside = frame[name].astype("boolean") if name == "leavers" else frame[name].astype("boolean") & entered
        known = frame[name].notna().groupby(frame["school_year"]).transform("any")
        for bound, filler in (("low", False), ("high", True)):
            frame[f"{name}_{bound}"] = inside.fillna(filler).astype("Int64").where(known)
    columns = [name for name in FLOWS.names if name not in FLOWS.key]
    return frame.groupby(list(FLOWS.key))[columns].sum(min_count=1).reset_index()[list(FLOWS.names)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([record("a"), record("a")], "1 pupils with more than one record in exam cohort 2019; keep one"),
        ([record("a", vestiging=None)], "1 of 1 records with empty vestiging; fill it or drop the records"),
        ([record(None), record("a")], "1 of 2 records with empty pupil"),  # type: ignore[arg-type]
        ([record("a", school_year=None)], "1 of 1 records with empty school_year"),
        ([record("a", entered_mbo=None)], "1 of 1 records with empty entered_mbo"),
        ([record("a", leerweg="HAVO")], "1 of 1 records with leerweg of no known category; use one of BB, KB"),
        ([record("a", vestiging="AH07")], "1 of 1 records with vestiging of the wrong form; write it as"),
        ([record("a", vestiging="")], "1 of 1 records with vestiging of the wrong form; write it as"),
        ([entrant("a", level=5)], "1 of 1 records with level outside its range; give 1 to 4"),
        ([entrant("a", sector="Techniek")], "1 of 1 records with sector of no known category"),
        ([record("a", switched=True)], "1 of 1 records with something in mbo and no entry into mbo; leave"),
        ([record("a", programme="25337")], "1 of 1 records with something in mbo and no entry into mbo; leave"),
    ],
)
def test_a_broken_record_is_told_with_its_count_and_what_to_do(
    rows: list[dict[str, object]], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractViolated) as caught:
        reduced(rows, tmp_path)
    assert len(caught.value.violations) == 1
    assert caught.value.violations[0].startswith(expected)


def test_everything_broken_is_told_at_once_and_without_a_pseudonym(tmp_path: Path) -> None:
    rows = [record("secret-7", leerweg="HAVO"), record("secret-7", vestiging=None), entrant("secret-8", level=9)]
    with pytest.raises(ContractViolated) as caught:
        reduced(rows, tmp_path)
    assert len(caught.value.violations) == 4
    assert "secret" not in str(caught.value)


def test_missing_and_mistyped_columns_are_told_at_once(tmp_path: Path) -> None:
    frame = frame_of([record("a")]).drop(columns=["sector", "level"]).astype({"school_year": "string"})
    with pytest.raises(ContractViolated) as caught:
        reduce_pupil_records(written(frame, tmp_path / "records.parquet"))
    assert caught.value.violations == (
        "2 columns are missing: level, sector; add them, empty where unknown",
        (
            "column school_year holds VARCHAR, not integer; write it as one of TINYINT, SMALLINT, INTEGER, BIGINT, "
            "tinyint, smallint, int, bigint"
        ),
    )


def test_no_file_no_records_and_no_parquet_are_typed_errors(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="0 Parquet files"):
        reduce_pupil_records(tmp_path / "none.parquet")
    with pytest.raises(PanelError, match="0 pupil records"):
        reduced([], tmp_path)
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"PAR1 and then nothing of the kind PAR1")
    with pytest.raises(PanelError, match="cannot be read or reduced"):
        reduce_pupil_records(damaged)


def test_too_little_memory_is_a_typed_error_and_leaves_no_spilled_file(tmp_path: Path) -> None:
    records = written(drawn(20_000), tmp_path / "records.parquet")
    spill = tmp_path / "spill"
    spill.mkdir()
    with pytest.raises(PanelError, match="cannot be read or reduced"), duck_engine(memory="2MB", spill=spill) as engine:
        reduce_pupil_records(records, engine=engine)
    assert list(spill.iterdir()) == []
    with pytest.raises(PanelError, match="does not accept memory 'plenty'"), duck_engine(memory="plenty"):
        pass


def test_cells_are_written_whole_or_not_at_all_and_equal_records_give_equal_bytes(tmp_path: Path) -> None:
    frame = drawn(3_000)
    records = written(frame, tmp_path / "records.parquet")
    turned = tmp_path / "turned.parquet"
    frame[::-1].to_parquet(turned, index=False)
    one = write_flow_cells(records, tmp_path / "out" / "one.parquet")
    other = write_flow_cells(turned, tmp_path / "out" / "other.parquet")
    assert one.read_bytes() == other.read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(one), reduce_pupil_records(records), check_dtype=False)
    before = one.read_bytes()
    broken = written(frame_of([record("a"), record("a")]), tmp_path / "broken.parquet")
    with pytest.raises(ContractViolated):
        write_flow_cells(broken, one)
    assert one.read_bytes() == before
    assert sorted(path.name for path in one.parent.iterdir()) == ["one.parquet", "other.parquet"]


def test_files_are_found_by_name_pattern_and_directory_in_order(tmp_path: Path) -> None:
    for name in ("b/2.parquet", "a/1.parquet", "a/1.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    both = [tmp_path / "a" / "1.parquet", tmp_path / "b" / "2.parquet"]
    assert parquet_files(tmp_path) == both
    assert parquet_files(f"{tmp_path}/*/*.parquet") == both
    assert parquet_files(both[1]) == both[1:]


def test_cells_become_the_flows_of_a_panel_and_what_it_does_not_know_is_told(tmp_path: Path) -> None:
    cells = reduced([entrant("a"), entrant("b", vestiging="99ZZ99"), record("c", leerweg="KB")], tmp_path)
    before = small_panel()
    panel = with_flow_cells(before, cells)
    assert violations(panel) == ()
    assert panel.tables["flows"]["vestiging"].tolist() == ["00AH07", "00AH07"]
    assert panel.provenance.notes == (
        "Doorstroom uit leerlingrecords: 3 geslaagden in 3 cellen.",
        ("Weggelaten uit flows: 1 van 3 rijen, waarvan vestiging niet in het panel voorkomt; de eerste is 99ZZ99."),
    )
    other = with_flow_cells(before, cells[1:])
    assert [name for name, _ in panel.provenance.sources] == ["pupil records, as cells"]
    assert panel.provenance.sources != other.provenance.sources
    with pytest.raises(PanelError, match="flows: 2 rows were delivered as cells; keep those or the pupil records"):
        with_flow_cells(panel, cells)
