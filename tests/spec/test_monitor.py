"""The monitor on panels of a few vestigingen, counted by hand, and what may never leave in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pandas as pd
import pytest

from stoeval.catalogue.indicators import dekkend, duurzaam, kwalitatief
from stoeval.errors import PanelError
from stoeval.panel import workbook
from stoeval.panel.monitor import BESIDE, COLUMNS, COUNTRY, NUMBERS, monitor, unmeasured, withhold, write_monitor
from stoeval.panel.workbook import write_workbook
from stoeval.vocabulary import SchoolYear, TechnicalDefinition
from toy_samples import intervals, offer, place, toy_panel

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Indicator, MonitorPanel

HARD = TechnicalDefinition.HARD
A, B, C = "01AA00", "02BB00", "03CC00"
EXACT = 1e-14  # worst deviation seen 1e-16


def shown(panel: MonitorPanel, *indicators: Indicator, fewest: int = 1, **further: SchoolYear) -> pd.DataFrame:
    return monitor(panel, indicators, technical=HARD, fewest=fewest, **further)


def row(frame: pd.DataFrame, name: str, unit: str, year: str, *, profile: str = "", leerweg: str = "") -> pd.Series:
    found = frame[
        (frame["indicator"] == name)
        & (frame["unit"] == unit)
        & (frame["school_year"] == year)
        & (frame["profile"] == profile)
        & (frame["leerweg"] == leerweg)
    ]
    assert len(found) == 1
    return found.iloc[0]


def choices(*, a: int = 20, b: int = 30, c: int = 40) -> MonitorPanel:
    """Three vestigingen in two regions; A has 20 of 80 technical entrants in 2017 and 25 of 80 in 2018."""
    rows = []
    for year, more in ((2017, 0), (2018, 5)):
        for name, technical, other in ((A, a, 60), (B, b, 70), (C, c, 40)):
            rows += [
                offer(name, "BWI", "KB", year, entrants=technical + more, pupils=2 * technical),
                offer(name, "DP", "BB", year, entrants=other - more, pupils=2 * other),
                offer(name, "TL", "TL", year, entrants=100, pupils=200),
            ]
    regions = {A: "R1", B: "R1", C: "R2"}
    return toy_panel(
        offers=rows,
        vestigingen=[place(name, year, region) for name, region in regions.items() for year in (2017, 2018)],
    )


def test_an_indicator_stands_at_every_level_with_its_change_since_the_baseline() -> None:
    frame = shown(choices(), duurzaam.TECHNICAL_SHARE_ENTRANTS)
    expected = {A: (20 / 80, 25 / 80), "R1": (50 / 180, 60 / 180), COUNTRY: (90 / 260, 105 / 260)}
    for unit, (before, after) in expected.items():
        one = row(frame, "technical_share_entrants", unit, "2018/19")
        assert [one["value"], one["change"], one["change_low"], one["change_high"]] == pytest.approx(
            [after, after - before, after - before, after - before], rel=EXACT
        )
        assert one["since"] == "2017/18"
        assert pd.isna(row(frame, "technical_share_entrants", unit, "2017/18")["change"])


def test_the_baseline_of_a_change_can_be_another_year() -> None:
    frame = shown(choices(), duurzaam.TECHNICAL_SHARE_ENTRANTS, since=SchoolYear(start=2018))
    one = row(frame, "technical_share_entrants", A, "2017/18")
    assert (one["since"], one["change"]) == ("2018/19", pytest.approx(-5 / 80, rel=EXACT))


def test_shifts_hold_all_profiles_and_tl_and_add_up() -> None:
    frame = shown(choices())
    kinds = frame[(frame["indicator"] == "entrants_shift") & (frame["unit"] == COUNTRY)]
    values = kinds[kinds["school_year"] == "2018/19"].set_index("profile")["value"]
    assert values.to_dict() == pytest.approx(
        {"hard technical": 105 / 560, "D&P": 155 / 560, "TL": 300 / 560}, rel=EXACT
    )
    assert row(frame, "entrants_by_profile", COUNTRY, "2018/19", profile="TL")["value"] == 300
    assert row(frame, "entrants_by_profile_and_leerweg", "R1", "2017/18", profile="BWI", leerweg="KB")["value"] == 50


def test_leerwegen_and_groups_of_profiles_have_columns_of_their_own() -> None:
    frame = shown(choices(), duurzaam.ENTRANTS_SHARE_BY_LEERWEG, duurzaam.ENTRANTS_BY_GROUP)
    assert row(frame, "entrants_share_by_leerweg", A, "2017/18", leerweg="KB")["value"] == 1
    assert row(frame, "entrants_by_group", "R1", "2017/18", profile="technical")["value"] == 50


def test_a_mean_over_vestigingen_stays_one() -> None:
    """BWI has 40, 60 and 80 pupils: 60 on average, not 180."""
    frame = shown(choices(), duurzaam.TECHNICAL_PROFILE_SIZE)
    assert row(frame, "technical_profile_size", COUNTRY, "2017/18")["value"] == 60


def test_a_masked_count_gives_bounds_to_value_and_change() -> None:
    """A has [1, 4] of 61 to 64 in 2018; 2017 is open at 20 of 80."""
    panel = choices()
    offers = panel.tables["offers"]
    small = (offers["vestiging"] == A) & (offers["profile"] == "BWI") & (offers["school_year"] == 2018)
    offers.loc[small, ["entrants_low", "entrants_high"]] = (1, 4)
    one = row(shown(panel, duurzaam.TECHNICAL_SHARE_ENTRANTS), "technical_share_entrants", A, "2018/19")
    assert (one["low"], one["high"]) == pytest.approx((1 / 56, 4 / 59), rel=EXACT)
    assert (one["change_low"], one["change_high"]) == pytest.approx((1 / 56 - 0.25, 4 / 59 - 0.25), rel=EXACT)


def test_there_are_no_norms_and_no_columns_but_the_declared() -> None:
    frame = shown(choices(), duurzaam.TECHNICAL_SHARE_ENTRANTS)
    assert tuple(frame.columns) == COLUMNS
    assert not [name for name in COLUMNS if re.search("norm|target|streef|p_value|effect", name)]


def test_what_was_not_delivered_has_no_rows_and_is_named() -> None:
    panel = choices()
    asked = (duurzaam.TECHNICAL_SHARE_ENTRANTS, kwalitatief.MOTIVATION, dekkend.ELECTIVES_OFFERED)
    assert set(shown(panel, *asked)["indicator"]) & {one.name for one in asked} == {asked[0].name}
    assert [one.name for one in unmeasured(panel, asked, HARD)] == ["motivation", "electives_offered"]
    with pytest.raises(PanelError, match="none of 1 indicators"):
        shown(toy_panel(vestigingen=[place(A, 2017, "R1")]), kwalitatief.MOTIVATION)


# --- what may not leave --------------------------------------------------------------------------------------------


def test_a_group_of_fewer_people_is_withheld_with_its_change_and_its_smallest_neighbour() -> None:
    """A has 7 technical entrants in 2017 and 12 in 2018; B, with 30, would give A away with R1."""
    frame = shown(choices(a=7), duurzaam.ENTRANTS_BY_GROUP, fewest=10)

    def one(unit: str, year: str) -> pd.Series:
        return row(frame, "entrants_by_group", unit, year, profile="technical")

    assert one(A, "2017/18")["withheld"]
    assert one(A, "2017/18")[list(NUMBERS)].isna().all()
    assert one(B, "2017/18")["withheld"]
    assert not one(A, "2018/19")["withheld"]
    assert one(A, "2018/19")["value"] == 12
    assert pd.isna(one(A, "2018/19")["change"])
    assert not one("R1", "2017/18")["withheld"]
    assert not one(C, "2017/18")["withheld"]


def test_no_row_that_leaves_tells_fewer_people_apart_than_asked() -> None:
    frame = shown(choices(a=3, b=11), duurzaam.ENTRANTS_BY_GROUP, fewest=10)
    counts = frame[(frame["measure"] == "pupils") & ~frame["withheld"]]
    assert (counts["value"] >= 10).all()
    assert frame.loc[frame["withheld"], list(NUMBERS)].isna().all(axis=None)


def test_a_flow_that_a_total_gives_away_is_withheld_whatever_the_threshold() -> None:
    """Of one leaver a masked number goes on in technique: it is that one, and nobody may read so."""

    def flow(name: str, leavers: int | tuple[int, int], technical: int | tuple[int, int]) -> dict[str, object]:
        keys = {"vestiging": name, "leerweg": "BB", "origin": "technical", "school_year": 2017}
        return keys | intervals({"leavers": leavers, "mbo_technical": technical})

    panel = toy_panel(
        flows=[flow(A, 1, (1, 4)), flow(B, 80, 40), flow(C, 90, 30)],
        vestigingen=[place(name, 2017, region) for name, region in ((A, "R1"), (B, "R2"), (C, "R2"))],
    )
    frame = shown(panel, dekkend.TECHNICAL_MBO_SHARE)
    assert row(frame, "technical_mbo_share", A, "2017/18")["withheld"]
    assert row(frame, "technical_mbo_share", "R1", "2017/18")["withheld"]
    assert not row(frame, "technical_mbo_share", B, "2017/18")["withheld"]


def test_answers_of_few_respondents_are_withheld() -> None:
    answer = {"kind": "pupil", "vestiging": A, "region": "R1", "wave": 2018, "item": "motivation", "weight": 1.0}
    rows = [answer | {"respondent": f"t{number}", "value": 0.5} for number in range(9)]
    panel = toy_panel(surveys=rows, vestigingen=[place(A, 2018, "R1")])
    assert row(shown(panel, kwalitatief.MOTIVATION, fewest=10), "motivation", A, "2018/19")["withheld"]
    assert not row(shown(panel, kwalitatief.MOTIVATION, fewest=9), "motivation", A, "2018/19")["withheld"]


def test_withholding_goes_on_until_nothing_follows() -> None:
    """In the country R1 is hidden, so R2, its smallest neighbour, is; each region has one vestiging of its own."""
    keys = {"indicator": "x", "group": "", "school_year": 2017, "disclosive": False, "base": None}
    rows = [("region", "R1", "R1", 4), ("region", "R2", "R2", 20), ("region", "R3", "R3", 50)]
    frame = pd.DataFrame([keys | dict(zip(("level", "unit", "region", "smallest"), one, strict=True)) for one in rows])
    frame = frame.assign(**dict.fromkeys(NUMBERS, 1.0))
    assert withhold(frame, fewest=5)["withheld"].tolist() == [True, True, False]


# --- files ---------------------------------------------------------------------------------------------------------

NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheet(path: Path, number: int) -> list[list[str | None]]:
    """Return the texts of a sheet, read from its XML."""
    with ZipFile(path) as archive:
        root = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314 - our own file
    rows = root.findall(".//m:row", NAMESPACE)
    return [["".join(cell.itertext()) or None for cell in line.findall("m:c", NAMESPACE)] for line in rows]


def test_parquet_and_excel_hold_the_same_rows(tmp_path: Path) -> None:
    frame = shown(choices(a=7), duurzaam.TECHNICAL_SHARE_ENTRANTS, fewest=10)
    stored = pd.read_parquet(write_monitor(frame, tmp_path / "monitor.parquet"))
    pd.testing.assert_frame_equal(stored.astype(frame.dtypes), frame)
    path = write_monitor(frame, tmp_path / "monitor.xlsx", notes=("Gesimuleerd.",))
    levels = list(dict.fromkeys(frame["level"]))
    for number, level in enumerate(levels, start=1):
        header, *rows = sheet(path, number)
        assert header == list(COLUMNS)
        part = frame[frame["level"] == level]
        assert [line[COLUMNS.index("unit")] for line in rows] == part["unit"].tolist()
        values = [line[COLUMNS.index("value")] for line in rows]
        assert [None if one is None else float(one) for one in values] == [
            None if pd.isna(one) else one for one in part["value"]
        ]
    assert sheet(path, len(levels) + 1)[1] == ["Gesimuleerd."]


def test_the_same_monitor_gives_the_same_bytes(tmp_path: Path) -> None:
    frame = shown(choices(), duurzaam.TECHNICAL_SHARE_ENTRANTS)
    for suffix in ("parquet", "xlsx"):
        one, other = (write_monitor(frame, tmp_path / f"{name}.{suffix}").read_bytes() for name in ("one", "other"))
        assert one == other


def test_a_text_is_never_a_formula_and_marks_survive(tmp_path: Path) -> None:
    table = pd.DataFrame({"naam": ["=1+1", "<b> & 'x'", "\x01tab\tok", None], "aantal": [1.5, None, 3.0, 0.1]})
    path = write_workbook(tmp_path / "t.xlsx", {"blad": table})
    assert sheet(path, 1)[1:] == [["=1+1", "1.5"], ["<b> & 'x'", None], ["tab\tok", "3.0"], [None, "0.1"]]
    with ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_another_suffix_a_wrong_name_and_too_many_rows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(PanelError, match=r"monitor\.csv: .* as \.parquet or \.xlsx"):
        write_monitor(table, tmp_path / "monitor.csv")
    with pytest.raises(PanelError, match="cannot be called 'a/b'"):
        write_workbook(tmp_path / "t.xlsx", {"a/b": table})
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(PanelError, match="2 rows for sheet blad, which holds 1"):
        write_workbook(tmp_path / "t.xlsx", {"blad": table})


def test_what_stands_beside_the_catalogue_is_measured() -> None:
    frame = shown(choices())
    assert {one.name for one in BESIDE if not one.name.startswith("candidates")} == set(frame["indicator"])
