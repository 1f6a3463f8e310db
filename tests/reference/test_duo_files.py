"""National counts of the real DUO files, against independent counts and published figures.

Counted apart, with other code, from the same files: sector techniek among candidates and pupils. Published:
25,500 pupils in technical vmbo in 2017/18 (rijnmond.nl, 167540); 547 vestigingen with beroepsgericht vmbo and
266 with a technical profile in 2017/18 (vmbo-bwi.nl, 2236); 35,286 pupils in D&P of 119,038 in 2019/20
(platformdenp.nl, feiten en cijfers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoeval.panel.contract import violations
from stoeval.panel.sources.delimited import read_delimited
from stoeval.panel.sources.enrolment import SOURCE, WHAT
from stoeval.panel.sources.exam_candidates import read_exam_candidates
from stoeval.panel.storage import panel_sha256, read_panel, write_panel
from stoeval.panel.tables import HARD_TECHNICAL, PROFESSIONAL_LEERWEGEN, SOFT_TECHNICAL

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from stoeval.vocabulary import MonitorPanel

TECHNICAL = (*HARD_TECHNICAL, *SOFT_TECHNICAL)


def _professional(panel: MonitorPanel, school_year: int) -> pd.DataFrame:
    offers = panel.tables["offers"]
    return offers[(offers["school_year"] == school_year) & offers["leerweg"].isin(PROFESSIONAL_LEERWEGEN)]


@pytest.mark.parametrize(
    ("school_year", "with_lwt", "without_lwt"),
    [(2014, (12_175, 56_133), (11_874, 54_870)), (2023, (9_843, 46_970), (9_762, 46_557))],
)
def test_known_candidates_in_techniek_and_in_all_beroepsgerichte_leerwegen(
    open_panel: MonitorPanel, school_year: int, with_lwt: tuple[int, int], without_lwt: tuple[int, int]
) -> None:
    rows = _professional(open_panel, school_year)
    known = rows[rows["candidates_low"] == rows["candidates_high"]]
    for part, expected in ((known, with_lwt), (known[known["leerweg"] != "LWT"], without_lwt)):
        technical = part[part["profile"] == "S_TECHNIEK"]
        assert (technical["candidates_low"].sum(), part["candidates_low"].sum()) == expected


@pytest.mark.parametrize(("school_year", "expected"), [(2014, 306), (2023, 259)])
def test_vestigingen_with_a_technical_candidate_masked_cells_counting_as_one(
    open_panel: MonitorPanel, school_year: int, expected: int
) -> None:
    rows = _professional(open_panel, school_year)
    technical = rows[(rows["profile"] == "S_TECHNIEK") & (rows["candidates_low"] >= 1)]
    assert technical["vestiging"].nunique() == expected


@pytest.mark.parametrize(
    ("school_year", "technical", "total", "vestigingen"),
    [(2016, 26_838, 132_892, 332), (2017, 25_512, 129_131, 308), (2019, 23_474, 119_243, 281)],
)
def test_hard_and_soft_technical_pupils_together_are_the_sector_techniek_of_duo(
    open_panel: MonitorPanel, school_year: int, technical: int, total: int, vestigingen: int
) -> None:
    rows = _professional(open_panel, school_year)
    found = rows[rows["profile"].isin(TECHNICAL)]
    assert (found["pupils_low"].sum(), rows["pupils_low"].sum()) == (technical, total)
    assert (found["pupils_high"].sum(), rows["pupils_high"].sum()) == (technical, total)
    assert found["vestiging"].nunique() == vestigingen


def test_pupils_in_techniek_in_2017_are_the_published_25_500(open_panel: MonitorPanel) -> None:
    rows = _professional(open_panel, 2017)
    technical = rows.loc[rows["profile"].isin(TECHNICAL), "pupils_low"].sum()
    assert technical == pytest.approx(25_500, abs=50)  # deviation seen 12; the figure is rounded to hundreds


def test_pupils_in_dp_in_2019_are_near_the_published_count(open_panel: MonitorPanel) -> None:
    rows = _professional(open_panel, 2019)
    dp = rows.loc[rows["profile"] == "DP", "pupils_low"].sum()
    assert dp == pytest.approx(35_286, rel=0.005)  # deviation seen 0.25 %; provisional against final counts
    assert rows["pupils_low"].sum() == pytest.approx(119_038, rel=0.005)  # deviation seen 0.17 %


def test_most_vestigingen_of_the_first_five_years_recur_in_the_last_five(duo: Path) -> None:
    first, last = (
        set(read_exam_candidates(path).places["vestiging"])
        for path in sorted(duo.rglob("examenkandidaten-en-geslaagden-*.csv"))
    )
    assert (len(first), len(first & last), len(first | last)) == (1_031, 902, 1_126)


def test_dienstverlening_en_producten_is_an_intersectoral_programme_in_enrolment(duo: Path) -> None:
    for path in duo.rglob("*leerlingen-vo-per-vestiging-naar-onderwijstype-*.csv"):
        frame = read_delimited(path, SOURCE.required_headers, what=WHAT).frame
        sectors = frame.loc[frame["afdeling"] == "Dienstverlening en producten", "sector"]
        assert set(sectors) == {"Intersect. programma"}


def test_masked_cells_occur_only_in_the_years_published_with_masking(open_panel: MonitorPanel) -> None:
    offers = open_panel.tables["offers"]
    masked = offers[(offers["candidates_low"] < offers["candidates_high"]).fillna(value=False)]
    assert set(masked["school_year"]) == {2019, 2020, 2021, 2022, 2023}
    assert set(zip(masked["candidates_low"], masked["candidates_high"], strict=True)) == {(1, 4)}


def test_the_real_panel_keeps_its_contract_and_stands_in_39_rmc_regions(open_panel: MonitorPanel) -> None:
    assert violations(open_panel) == ()
    vestigingen = open_panel.tables["vestigingen"]
    assert vestigingen["region"].nunique() == 39
    assert vestigingen["vestiging"].nunique() == 1_135
    assert open_panel.provenance.regions == "RMC stand-in"
    assert len(open_panel.provenance.sources) == 10


def test_a_school_that_was_renumbered_keeps_its_footprint(open_panel: MonitorPanel) -> None:
    footprint = open_panel.tables["vestigingen"].drop_duplicates("vestiging").set_index("vestiging")["footprint"]
    assert footprint["31JW00"] == footprint["00LY00"] == "00LY00"
    assert footprint["20DH10"] == footprint["02VS00"] == "02VS00"


def test_the_real_panel_survives_storage(open_panel: MonitorPanel, tmp_path: Path) -> None:
    write_panel(open_panel, tmp_path / "panel")
    assert panel_sha256(read_panel(tmp_path / "panel")) == panel_sha256(open_panel)
