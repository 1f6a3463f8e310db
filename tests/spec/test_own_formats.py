"""Cells of our own formats: what each column accepts, and how each wrong cell is told; all by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoeval.errors import PanelError
from stoeval.panel.recognition import SOURCES, source_named
from stoeval.panel.sources.region_table import read_region_table
from stoeval.panel.templates import template

if TYPE_CHECKING:
    from pathlib import Path

OWN = [source for source in SOURCES if source.licence in {"confidential", "CC-BY-4.0"}]


def _read(tmp_path: Path, name: str, *lines: str) -> pd.DataFrame:
    path = tmp_path / "levering.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return source_named(name).read(path).rows


def _records(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False, name=None)]


def test_masked_counts_are_intervals_and_blank_ones_are_missing(tmp_path: Path) -> None:
    header = "vestiging;leerweg;origin;school_year;leavers;mbo_entrants;mbo_technical;good_prospects"
    rows = _read(
        tmp_path, "flows to mbo", header, "00AH00;KB;technical;2020/21;24;22;<5;", "00AH00;kb;Other;2020;1.024;<5;0;3"
    )
    assert _records(rows) == [
        ("00AH00", "KB", "technical", 2020, 24, 24, 22, 22, 1, 4, None, None),
        ("00AH00", "KB", "other", 2020, 1024, 1024, 1, 4, 0, 0, 3, 3),
    ]


def test_a_school_year_is_written_whole_or_by_its_start(tmp_path: Path) -> None:
    header = "gemeente;school_year;jobs;jobs_technical"
    shown = ("2019", "2020/21", "2021/2022", "2022-2023", "1999/00", "2099/00")
    lines = [f"G{number};{year};1.200;" for number, year in enumerate(shown) if year != "1999/00"]
    rows = _read(tmp_path, "regional employment", header, *lines)
    assert rows["school_year"].tolist() == [2019, 2020, 2021, 2022, 2099]
    assert rows["jobs"].tolist() == [1200] * 5
    for wrong in ("1999/00", "2019/21", "2019/19", "19/20", "2019/20/21"):
        with pytest.raises(PanelError, match=r"school_year: 1 values are no school year; first is '.*' in data row 2"):
            _read(tmp_path, "regional employment", header, "G0;2019;1;1", f"G1;{wrong};1;1")


def test_decimals_take_a_comma_or_a_point_and_yes_and_no_are_dutch(tmp_path: Path) -> None:
    header = "programme;school_year;level;technical;prospect"
    rows = _read(tmp_path, "job prospects", header, "25337;2017;3;JA;3,5", "25338;2017;;nee;3.5", "00001;2017;4;;5")
    assert _records(rows) == [
        ("25337", 2017, 3, True, 3.5),
        ("25338", 2017, None, False, 3.5),
        ("00001", 2017, 4, None, 5.0),
    ]


@pytest.mark.parametrize(
    ("name", "header", "row", "message"),
    [
        ("regional plans", "region;activity_line;share", "STO1;10;0,5", "activity_line: 1 values are of no known cat"),
        (
            "regional plans",
            "region;activity_line;share",
            "STO1;1;1,5",
            "share: 1 values are not between 0 and 1; first",
        ),
        ("regional plans", "region;activity_line;share", "STO1;1;veel", "share: 1 of 1 values are no number"),
        (
            "regional plans",
            "region;activity_line;share",
            ";1;0,5",
            "region: 1 values are blank; first is '' in data row 1",
        ),
        ("regional plans", "region;activity_line;share", "STO1;1;", "share: 1 values are blank"),
        (
            "regional plans",
            "region;activity_line;share;shaer",
            "STO1;1;0,5;1",
            "1 columns are not declared: SHAER; known",
        ),
        (
            "regional plans",
            "region;activity_line",
            "STO1;1",
            "1 columns of a delivery of regional plans are missing: share",
        ),
        (
            "regional plans",
            "region;activity_line;share",
            "STO1;1;0,5\nSTO1;1;0,6",
            "1 rows repeat the region and activ",
        ),
        (
            "realised activity",
            "region;activity_line;realised",
            "STO1;1;80%",
            "realised: 1 values are not between 0 and 1",
        ),
        ("job prospects", "programme;school_year;prospect", "2533;2017;3", "programme: 1 values are of the wrong form"),
        ("job prospects", "programme;school_year;prospect;level", "25337;2017;3;2,5", "not between 1 and 4, in whole"),
        ("job prospects", "programme;school_year;prospect;technical", "25337;2017;3;soms", "neither ja nor nee"),
        (
            "staff by subject",
            "brin;subject_group;school_year;fte;pupils",
            "0AH;other;2017;1;1",
            "1 schools are no BRIN;",
        ),
        (
            "staff by subject",
            "brin;subject_group;school_year;fte;pupils",
            "00AH;other;2017;-1;1",
            "fte: 1 values are not",
        ),
        (
            "staff by subject",
            "brin;subject_group;school_year;fte;pupils",
            "00AH;other;2017;1;1e5",
            "1 values are no num",
        ),
        ("other programmes", "vestiging;programme;school_year", "00AH00;TIP;2017", "use one of TiB, RIF, NPO, nieuwe"),
        (
            "other programmes",
            "vestiging;programme;school_year",
            "AH00;TiB;2017",
            "1 vestigingen are no BRIN with two dig",
        ),
        (
            "mbo careers",
            "vestiging;leerweg;origin;school_year;switched;dropped_out",
            "00AH00;KB;other;2017;-1;0",
            "neither",
        ),
        (
            "mbo careers",
            "vestiging;leerweg;origin;school_year;switched;dropped_out",
            f"00AH00;KB;other;2017;{'9' * 400};0",
            "switched: 1 values are too long for a count",
        ),
        (
            "population",
            "gemeente;school_year;population_12_16",
            f"G;2017;{'9' * 400}",
            "population_12_16: 1 of 1 values are no number",
        ),
    ],
)
def test_a_wrong_cell_says_where_how_many_the_first_and_what_to_do(
    tmp_path: Path, name: str, header: str, row: str, message: str
) -> None:
    with pytest.raises(PanelError, match=message) as caught:
        _read(tmp_path, name, header, row)
    assert str(caught.value).startswith("levering.csv")
    assert ";" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "header", "row", "message"),
    [
        ("survey response", "kind;region;wave;invited;answered", "pupil;STO1;2018;7;12", "answered: 1 .* than invited"),
        (
            "regional employment",
            "gemeente;school_year;jobs;jobs_technical",
            "G;2018;1;2",
            "larger than jobs; first is '2'",
        ),
        (
            "flows to mbo",
            "vestiging;leerweg;origin;school_year;leavers;mbo_entrants;mbo_technical;good_prospects",
            "00AH00;KB;other;2018;9;8;9;0",
            "mbo_technical: 1 values are larger than mbo_entrants; first is '9' in data row 1; check the order",
        ),
    ],
)
def test_a_part_that_is_larger_than_its_whole_is_refused(
    tmp_path: Path, name: str, header: str, row: str, message: str
) -> None:
    with pytest.raises(PanelError, match=message):
        _read(tmp_path, name, header, row)


def test_a_masked_part_may_be_as_large_as_its_whole_can_be(tmp_path: Path) -> None:
    header = "vestiging;leerweg;origin;school_year;leavers;mbo_entrants;mbo_technical;good_prospects"
    assert len(_read(tmp_path, "flows to mbo", header, "00AH00;KB;other;2018;<5;4;<5;3")) == 1


def test_the_shares_of_a_plan_add_up_to_its_whole_at_most(tmp_path: Path) -> None:
    header = "region;activity_line;share;share_second_coder"
    assert len(_read(tmp_path, "regional plans", header, "A;1;0,505;", "A;2;0,5;", "B;1;1;1")) == 3
    with pytest.raises(PanelError, match=r"share_second_coder: the shares of 1 regions exceed .* first A with 1\.10"):
        _read(tmp_path, "regional plans", header, "A;1;0,5;0,6", "A;2;0,5;0,5")


@pytest.mark.parametrize("source", OWN, ids=lambda one: one.name)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_delivery_gives_rows_or_a_typed_error(tmp_path: Path, source: object, data: st.DataObject) -> None:
    whole = template(source.name)  # type: ignore[attr-defined]
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    raw = whole[:start] + data.draw(st.binary(max_size=12)) + whole[stop:]
    path = tmp_path / "levering.csv"
    path.write_bytes(raw)
    try:
        rows = source.read(path).rows  # type: ignore[attr-defined]
    except PanelError as error:
        assert path.name in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert len(rows) >= 1


def _regions(tmp_path: Path, header: str, *rows: str) -> pd.DataFrame:
    path = tmp_path / "regios.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return read_region_table(path).rows


def test_a_region_table_tells_who_applied_when_and_with_how_much_a_year(tmp_path: Path) -> None:
    header = "region;vestiging;name;penvoerder;approval_date;budget_2020;budget_2021;budget_2022;budget_2023"
    row = "STO19001;{};Twente;Het College;2019-07-01;1.000.000;1000000;900000,50;1.000.000"
    rows = _regions(tmp_path, header, row.format("00AH00"), row.format("00AH01"), row.format("00AH01"))
    assert rows["vestiging"].tolist() == ["00AH00", "00AH01"]
    assert rows["budget"].tolist() == [3_900_000.5] * 2
    assert rows[["name", "penvoerder", "approval_date"]].iloc[0].tolist() == ["Twente", "Het College", "2019-07-01"]


def test_a_budget_that_is_not_the_sum_of_its_years_is_refused(tmp_path: Path) -> None:
    header = "region;vestiging;budget;budget_2020;budget_2021;budget_2022;budget_2023"
    assert _regions(tmp_path, header, "A;00AH00;4000001;3.999.997;1;1;1")["budget"][0] == 4_000_001
    with pytest.raises(PanelError, match="1 regions have a budget that is not the sum of its years; first A"):
        _regions(tmp_path, header, "A;00AH00;4.000.000;1;1;1;1")


def test_years_of_which_one_is_blank_give_no_total(tmp_path: Path) -> None:
    header = "region;vestiging;budget_2020;budget_2021;budget_2022;budget_2023"
    assert _regions(tmp_path, header, "A;00AH00;1;1;1;")["budget"].isna().all()


@pytest.mark.parametrize("shown", ["1-7-2019", "2019-7-1", "juli 2019"])
def test_an_approval_date_of_another_form_is_refused(tmp_path: Path, shown: str) -> None:
    with pytest.raises(PanelError, match=r"approval_date: 1 values are of the wrong form; .* write such as 2019-07-01"):
        _regions(tmp_path, "region;vestiging;approval_date", f"A;00AH00;{shown}")


def test_a_day_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="approval_date: 1 rows have '2019-02-30'"):
        _regions(tmp_path, "region;vestiging;approval_date", "A;00AH00;2019-02-30")
