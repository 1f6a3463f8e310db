"""Teachers, answers and mbo entrants of whole regions, and what the labour market adds to job prospects, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.panel.contract import violations
from stoeval.panel.measures import measured
from stoeval.vocabulary import TechnicalDefinition
from toy_samples import intervals, place, toy_panel

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.vocabulary import MonitorPanel

HARD = TechnicalDefinition.HARD
A, B, C = "01AA00", "02BB00", "03CC00"
EXACT = 1e-14  # worst deviation seen 2e-16
MASKED = (1, 4)
PLACES = [place(A, 2017, "R1"), place(B, 2017, "R1"), place(C, 2017, "R2")]


def measure(panel: MonitorPanel, name: str) -> pd.DataFrame:
    assert violations(panel) == ()
    frame = measured(panel, name, HARD)
    assert frame is not None
    return frame


# --- teachers ------------------------------------------------------------------------------------------------------


def staff(brin: str, subject_group: str, fte: float, pupils: float, **further: float) -> dict[str, object]:
    key = {"brin": brin, "subject_group": subject_group, "school_year": 2017}
    return {**key, "fte": fte, "pupils": pupils, **further}


STAFF = [
    staff("01AA", "technical", 4.0, 100, inflow=1.0, outflow=0.5),
    staff("02BB", "technical", 6.0, 100, inflow=1.0, outflow=2.0),
    staff("02BB", "other", 20.0, 400, inflow=2.0, outflow=1.0),
    staff("03CC", "technical", 3.0, 50, inflow=0.0, outflow=0.0),
]


def test_teachers_per_hundred_pupils_are_weighted_by_pupils() -> None:
    frame = measure(toy_panel(staff=STAFF, vestigingen=PLACES), "teachers_per_pupil")
    assert frame[["unit", "group", "value", "weight"]].to_numpy().tolist() == [
        ["01AA", "technical", 4.0, 100.0],
        ["02BB", "other", 5.0, 400.0],
        ["02BB", "technical", 6.0, 100.0],
        ["03CC", "technical", 6.0, 50.0],
    ]


def test_who_leaves_is_counted_on_the_teachers_of_a_year_before() -> None:
    """4 now, less 1 who came, plus half who left: 3.5 could leave. Nobody left at the last school."""
    frame = measure(toy_panel(staff=STAFF, vestigingen=PLACES), "teacher_exits")
    assert frame["value"].tolist() == [0.5, 1.0, 2.0, 0.0]
    assert frame["offset"].tolist() == pytest.approx(np.log([3.5, 19.0, 7.0, 3.0]), rel=EXACT)
    assert frame["smallest"].tolist() == [0.5, 1.0, 2.0, np.inf]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("teacher_fte_region", (10.0, 1.0, np.log(200)), (3.0, 1.0, np.log(50))),
        ("teachers_per_pupil_region", (5.0, 200.0, 0.0), (6.0, 50.0, 0.0)),
        ("teacher_inflow_region", (2 / 10, 10.0, 0.0), (0.0, 3.0, 0.0)),
        ("teacher_outflow_region", (2.5 / 10, 10.0, 0.0), (0.0, 3.0, 0.0)),
    ],
)
def test_technical_teachers_of_a_region_are_those_of_its_schools_together(
    name: str, first: tuple[float, float, float], second: tuple[float, float, float]
) -> None:
    frame = measure(toy_panel(staff=STAFF, vestigingen=PLACES), name)
    assert frame[["unit", "group", "region"]].to_numpy().tolist() == [["R1", "", "R1"], ["R2", "", "R2"]]
    found = frame[["value", "weight", "offset"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, [first, second], rtol=EXACT)


# --- answers -------------------------------------------------------------------------------------------------------


def test_shared_use_of_a_region_is_the_weighted_mean_of_its_school_leaders() -> None:
    """(0.2 x 1 + 0.8 x 3) / 4; a teacher is not asked."""
    rows = [
        {"respondent": name, "kind": kind, "vestiging": where, "region": "R1", "wave": 2018, "value": value}
        | {"item": "shared_facilities", "weight": weight}
        for name, kind, where, value, weight in (
            ("l1", "school leader", A, 0.2, 1.0),
            ("l2", "school leader", B, 0.8, 3.0),
            ("t1", "teacher", B, 0.0, 9.0),
        )
    ]
    frame = measure(toy_panel(surveys=rows, vestigingen=PLACES), "shared_facilities_region")
    assert frame[["unit", "school_year"]].to_numpy().tolist() == [["R1", 2018]]
    assert frame["value"].tolist() == pytest.approx([0.65], rel=EXACT)


# --- entrants of mbo -----------------------------------------------------------------------------------------------


def flow(vestiging: str, leerweg: str, **parts: object) -> dict[str, object]:
    key = {"vestiging": vestiging, "leerweg": leerweg, "origin": "other", "school_year": 2017}
    return {**key, **intervals(parts)}


def job(gemeente: str, jobs: float, technical: float, year: int = 2017) -> dict[str, object]:
    return {"gemeente": gemeente, "school_year": year, "jobs": jobs, "jobs_technical": technical}


FLOWS = [
    flow(A, "KB", leavers=20, mbo_entrants=16, mbo_technical=5, good_prospects=8, good_prospects_current=10),
    flow(B, "TL", leavers=60, mbo_entrants=24, mbo_technical=5, good_prospects=6, good_prospects_current=5),
    flow(C, "KB", leavers=30, mbo_entrants=20, mbo_technical=MASKED, good_prospects=7, good_prospects_current=7),
]
REGIONS = [place(A, 2017, "R1"), place(B, 2017, "R1"), place(C, 2017, "R2") | {"gemeente": "Elders"}]


def test_good_prospects_of_a_region_are_those_of_all_its_entrants() -> None:
    frame = measure(toy_panel(flows=FLOWS, vestigingen=REGIONS), "good_prospects_region")
    assert frame[["unit", "value", "weight"]].to_numpy().tolist() == [["R1", 14 / 40, 40.0], ["R2", 7 / 20, 20.0]]


def test_ratings_of_the_own_year_split_into_choice_and_labour_market() -> None:
    """At A 8 of 16 by the fixed vintage and 10 by that of the year: 2 / 16 is the labour market; at B -1 / 24."""
    panel = toy_panel(flows=FLOWS, vestigingen=REGIONS)
    names = ("good_prospects_current", "good_prospects_share", "good_prospects_rerated")
    own, fixed, rerated = (measure(panel, name)["value"].to_numpy() for name in names)
    assert own.tolist() == [10 / 16, 5 / 24, 7 / 20]
    np.testing.assert_allclose(rerated, [2 / 16, -1 / 24, 0.0], rtol=EXACT, atol=EXACT)
    np.testing.assert_allclose(own, fixed + rerated, rtol=EXACT)


def test_what_the_labour_market_adds_is_bounded_by_every_pair_of_admissible_counts() -> None:
    """[1, 4] by the fixed vintage and 10 by the own of 16: between 6 / 16 and 9 / 16."""
    rows = [flow(A, "KB", leavers=20, mbo_entrants=16, good_prospects=MASKED, good_prospects_current=10)]
    frame = measure(toy_panel(flows=rows, vestigingen=REGIONS), "good_prospects_rerated")
    assert tuple(frame.loc[0, ["low", "value", "high"]]) == pytest.approx((6 / 16, 7.5 / 16, 9 / 16), rel=EXACT)


def test_where_the_own_year_was_not_delivered_there_is_no_split() -> None:
    rows = [flow(A, "KB", leavers=20, mbo_entrants=16, good_prospects=8)]
    panel = toy_panel(flows=rows, vestigingen=REGIONS)
    assert measured(panel, "good_prospects_rerated", HARD) is None
    assert measured(panel, "good_prospects_current", HARD) is None


def test_technical_entrants_of_level_three_or_four_are_a_share_of_leavers() -> None:
    rows = [flow(A, "KB", leavers=20, mbo_entrants=16, mbo_technical=8, technical_level_34=5)]
    frame = measure(toy_panel(flows=rows, vestigingen=REGIONS), "technical_mbo_by_level")
    assert frame[["group", "value", "weight"]].to_numpy().tolist() == [["KB", 5 / 20, 20.0]]


def test_entrants_match_demand_as_far_as_their_technical_share_is_that_of_the_jobs() -> None:
    """R1: 10 of 40 entrants against 30 of 200 jobs, so 1 - |0.25 - 0.15|; later jobs do not count.

    R2: [1, 4] of 20, so 0.05 to 0.20 around 0.10: 1 is possible, 0.125 in the middle gives 0.975, 0.20 gives 0.9.
    """
    context = [job("Ergens", 200, 30), job("Ergens", 200, 150, 2020), job("Elders", 50, 5), job("Ver", 9, 9)]
    frame = measure(toy_panel(flows=FLOWS, vestigingen=REGIONS, context=context), "regional_match")
    assert frame[["unit", "weight"]].to_numpy().tolist() == [["R1", 40.0], ["R2", 20.0]]
    found = frame[["low", "value", "high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, [[0.9, 0.9, 0.9], [0.9, 0.975, 1.0]], rtol=EXACT)


def test_a_gemeente_lies_in_the_region_of_most_of_its_vestigingen() -> None:
    """Two of three rows of Ergens lie in R1; R2 has no gemeente of its own and no match."""
    places = [place(A, 2017, "R1"), place(B, 2017, "R1"), place(C, 2017, "R2")]
    panel = toy_panel(flows=FLOWS, vestigingen=places, context=[job("Ergens", 200, 50)])
    frame = measure(panel, "regional_match")
    assert frame[["unit", "value"]].to_numpy().tolist() == [["R1", 1.0]]


def test_without_jobs_of_the_zero_situation_there_is_no_match() -> None:
    panel = toy_panel(flows=FLOWS, vestigingen=REGIONS, context=[job("Ergens", 200, 50, 2020)])
    assert measured(panel, "regional_match", HARD) is None


# --- what stands behind the mechanisms of H1 and H8 ----------------------------------------------------------------


def test_qualified_technical_teachers_of_a_region_are_weighted_by_fte() -> None:
    """(0.5 x 4 + 1.0 x 6) / 10 in R1; teachers of other subjects do not count."""
    rows = [
        staff("01AA", "technical", 4.0, 100, share_qualified=0.5),
        staff("02BB", "technical", 6.0, 100, share_qualified=1.0),
        staff("02BB", "other", 20.0, 400, share_qualified=0.1),
    ]
    frame = measure(toy_panel(staff=rows, vestigingen=PLACES), "share_qualified_region")
    assert frame[["unit", "value", "weight"]].to_numpy().tolist() == [["R1", 0.8, 10.0]]


def test_cooperation_in_a_region_is_what_its_school_leaders_say_by_response_weight() -> None:
    """(0.2 x 1 + 0.6 x 3) / 4 in R1; what a teacher says does not count."""
    said = (("school leader", A, "R1", 0.2, 1.0), ("school leader", B, "R1", 0.6, 3.0), ("teacher", A, "R1", 0.9, 1.0))
    rows = [
        {"respondent": f"{kind} {one}", "kind": kind, "vestiging": one, "region": region, "wave": 2018}
        | {"item": "cooperation_vmbo", "value": value, "weight": weight}
        for kind, one, region, value, weight in said
    ]
    frame = measure(toy_panel(surveys=rows, vestigingen=PLACES), "cooperation_vmbo_region")
    assert frame[["unit", "school_year"]].to_numpy().tolist() == [["R1", 2018]]
    assert frame["value"].tolist() == pytest.approx([0.5], rel=EXACT)
