"""Answers by respondent, composites, negative controls and populations, on panels that can be counted by hand."""

from __future__ import annotations

import pytest

from stoeval.catalogue.exposures import AANLOOP_PER_TECHNICAL_PUPIL
from stoeval.panel.doses import dose
from stoeval.panel.measures import measured
from stoeval.panel.measures.answers import COOPERATION, QUALITY, RESPONDENTS_OF
from stoeval.panel.populations import POPULATIONS, of_population
from stoeval.panel.tables import ITEMS, RESPONDENTS
from stoeval.vocabulary import Estimand, Level, MonitorPanel, SchoolYear, TechnicalDefinition, Untestable, Window
from toy_samples import intervals, offer, place, toy_estimand, toy_panel

A, B, C = "01AA00", "02BB00", "03CC00"
EXACT = 1e-12  # worst deviation seen 2e-16
PLACES = [place(one, year, region) for one, region in ((A, "R1"), (B, "R1"), (C, "R2")) for year in (2017, 2018)]


def found(panel: MonitorPanel, name: str) -> dict[tuple[str, int], float]:
    frame = measured(panel, name, TechnicalDefinition.HARD)
    assert frame is not None
    return {(row.unit, row.school_year): row.value for row in frame.itertuples()}


def answer(  # noqa: PLR0917 - an answer has this many parts, one row of a panel
    kind: str, vestiging: str, region: str, item: str, value: float, weight: float = 1.0
) -> dict[str, object]:
    who = f"{kind}-{vestiging or region}"
    keys = {"respondent": who, "kind": kind, "vestiging": vestiging, "region": region, "wave": 2018}
    return {**keys, "item": item, "value": value, "weight": weight}


# --- who is asked ------------------------------------------------------------------------------------------------


def test_every_item_is_registered_for_respondents_who_have_a_vestiging() -> None:
    assert set(RESPONDENTS_OF) == set(ITEMS)
    asked = {kind for kinds in RESPONDENTS_OF.values() for kind in kinds}
    assert asked == set(RESPONDENTS) - {"programme leader"}


def test_only_teachers_say_whether_knowledge_is_shared() -> None:
    rows = [
        answer("teacher", A, "R1", "knowledge_sharing", 0.4),
        answer("school leader", A, "R1", "knowledge_sharing", 0.9),
        answer("programme leader", "", "R1", "knowledge_sharing", 1.0),
    ]
    assert found(toy_panel(surveys=rows, vestigingen=PLACES), "knowledge_sharing") == {(A, 2018): 0.4}


def test_cooperation_by_the_programme_leader_is_the_mean_of_three_answers_of_a_region() -> None:
    """(0.3 + 0.6 + 0.9) / 3 in R1; R2 left one question open, and a school leader does not count."""
    rows = [
        answer("programme leader", "", "R1", item, value)
        for item, value in zip(COOPERATION, (0.3, 0.6, 0.9), strict=True)
    ]
    rows += [answer("programme leader", "", "R2", item, 0.5) for item in COOPERATION[:2]]
    rows += [answer("school leader", A, "R1", item, 0.0) for item in COOPERATION]
    panel = toy_panel(surveys=rows, vestigingen=PLACES)
    assert found(panel, "cooperation_by_programme_leader") == pytest.approx({("R1", 2018): 0.6}, rel=EXACT)


def test_quality_is_the_mean_of_three_regional_means_by_response_weight() -> None:
    """Facilities (0.2 x 1 + 0.8 x 3) / 4 = 0.65, renewal 0.5, teachers 0.35: 0.5."""
    facilities, renewal, teachers = QUALITY
    rows = [
        answer("school leader", A, "R1", facilities, 0.2, 1.0),
        answer("teacher", B, "R1", facilities, 0.8, 3.0),
        answer("school leader", A, "R1", renewal, 0.5),
        answer("teacher", A, "R1", renewal, 0.9),
        answer("pupil", A, "R1", teachers, 0.35),
        answer("school leader", C, "R2", facilities, 0.7),
    ]
    panel = toy_panel(surveys=rows, vestigingen=PLACES)
    assert found(panel, "quality_composite") == pytest.approx({("R1", 2018): 0.5}, rel=EXACT)


# --- teachers ----------------------------------------------------------------------------------------------------


def staffed(**columns: tuple[float, float]) -> MonitorPanel:
    """Return two schools of region R1, of 1 and 3 fte technical and other teachers."""
    rows = [
        {"brin": brin, "subject_group": group, "school_year": 2017, "fte": fte, "pupils": 50.0}
        | {name: pair[place] for name, pair in columns.items()}
        for place, (brin, fte) in enumerate((("01AA", 1.0), ("02BB", 3.0)))
        for group in ("technical", "other")
    ]
    return toy_panel(staff=rows, vestigingen=PLACES)


def test_the_teacher_index_is_the_mean_of_training_and_origin() -> None:
    """01AA (0.5 + 0.1) / 2 = 0.3 and 02BB (0.7 + 0.5) / 2 = 0.6; by fte (0.3 x 1 + 0.6 x 3) / 4 in the region."""
    panel = staffed(share_trained=(0.5, 0.7), share_from_industry=(0.1, 0.5))
    assert found(panel, "teacher_index") == pytest.approx({("01AA", 2017): 0.3, ("02BB", 2017): 0.6}, rel=EXACT)
    assert found(panel, "teacher_index_region") == pytest.approx({("R1", 2017): 0.525}, rel=EXACT)


def test_the_age_of_other_teachers_is_that_of_the_region_by_fte() -> None:
    """(0.2 x 1 + 0.4 x 3) / 4; technical teachers do not count."""
    panel = staffed(share_55_plus=(0.2, 0.4))
    staff = panel.tables["staff"]
    technical = staff["subject_group"] == "technical"
    staff.loc[technical, "share_55_plus"] = 0.9
    assert found(panel, "other_teachers_55_plus") == pytest.approx({("R1", 2017): 0.35}, rel=EXACT)


# --- negative controls -------------------------------------------------------------------------------------------


def test_care_and_welfare_is_a_share_of_all_vmbo() -> None:
    """30 + 10 of 30 + 10 + 60 + 100; TL is no care, and neither is a unit without it."""
    rows = [
        offer(A, "ZW", "BB", 2017, pupils=30),
        offer(A, "ZW", "GL", 2017, pupils=10),
        offer(A, "PIE", "KB", 2017, pupils=60),
        offer(A, "TL", "TL", 2017, pupils=100),
        offer(B, "PIE", "KB", 2017, pupils=60),
    ]
    panel = toy_panel(offers=rows, vestigingen=PLACES)
    assert found(panel, "care_share_pupils") == pytest.approx({(A, 2017): 0.2, (B, 2017): 0.0}, rel=EXACT)


def test_the_care_sector_of_theoretical_candidates_is_no_care() -> None:
    """12 of 12 + 8 + 40."""
    rows = [
        offer(A, "S_ZORG", "KB", 2017, candidates=12),
        offer(A, "S_TECHNIEK", "KB", 2017, candidates=8),
        offer(A, "S_ZORG", "TL", 2017, candidates=40),
    ]
    panel = toy_panel(offers=rows, vestigingen=PLACES)
    assert found(panel, "care_share_candidates") == pytest.approx({(A, 2017): 0.2}, rel=EXACT)


def test_technical_jobs_are_a_share_of_the_jobs_of_a_region() -> None:
    """ALFA lies where two of its three vestigingen do: (30 + 10) / (100 + 100); BETA has no vestiging."""
    where = ((A, "R1", "ALFA"), (B, "R1", "ALFA"), (C, "R2", "ALFA"), ("04DD00", "R1", "GAMMA"))
    places = [place(one, 2017, region) | {"gemeente": gemeente} for one, region, gemeente in where]
    jobs = [("ALFA", 100.0, 30.0), ("GAMMA", 100.0, 10.0), ("BETA", 100.0, 90.0)]
    rows = [
        {"gemeente": one, "school_year": 2017, "jobs": all_jobs, "jobs_technical": few} for one, all_jobs, few in jobs
    ]
    panel = toy_panel(context=rows, vestigingen=places)
    assert found(panel, "technical_jobs_share") == pytest.approx({("R1", 2017): 0.2}, rel=EXACT)


# --- exams -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["technical_pass_rate", "central_mark_technical"])
def test_the_covid_years_have_no_comparable_exam(name: str) -> None:
    rows = [
        part
        for year in range(2017, 2024)
        for part in (
            offer(A, "S_TECHNIEK", "KB", year, candidates=20, passes=18),
            offer(A, "PIE", "KB", year, pupils=20, mark_central=6.0),
        )
    ]
    panel = toy_panel(offers=rows, vestigingen=[place(A, year, "R1") for year in range(2017, 2024)])
    assert [year for _, year in found(panel, name)] == [2017, 2018, 2022, 2023]


@pytest.mark.parametrize(
    ("name", "part"), [("mbo_switch_vestiging", "switched"), ("mbo_dropout_vestiging", "dropped_out")]
)
def test_switching_and_leaving_of_a_vestiging_pool_its_leerwegen(name: str, part: str) -> None:
    """8 + 12 of 40 + 60, whatever the profile at the exam."""
    rows = [
        {"vestiging": A, "leerweg": leerweg, "origin": origin, "school_year": 2017}
        | intervals({"mbo_entrants": entrants, part: some})
        for leerweg, origin, entrants, some in (("BB", "technical", 40, 8), ("TL", "other", 60, 12))
    ]
    assert found(toy_panel(flows=rows, vestigingen=PLACES), name) == pytest.approx({(A, 2017): 0.2}, rel=EXACT)


# --- doses and populations ---------------------------------------------------------------------------------------


def test_money_a_technical_pupil_is_the_mean_of_two_payments() -> None:
    """A: (1544.48 x 30 + 772.24 x 10) / 40 over 2018 and all at 3078 over 2019; B had technique in 2018 only."""
    rows = [
        offer(A, "PIE", "KB", 2017, pupils=30),
        offer(A, "PIE", "GL", 2017, pupils=10),
        offer(A, "DP", "KB", 2017, pupils=60),
        offer(A, "PIE", "KB", 2018, pupils=25),
        offer(B, "DP", "KB", 2017, pupils=80),
        offer(B, "PIE", "GL", 2018, pupils=5),
        offer(C, "DP", "KB", 2017, pupils=80),
    ]
    given = dose(toy_panel(offers=rows, vestigingen=PLACES), AANLOOP_PER_TECHNICAL_PUPIL.rule, Level.VESTIGING)
    assert not isinstance(given, Untestable)
    first = (1544.48 * 30 + 772.24 * 10) / 40
    by_hand = {A: (first + 3078) / 2000, B: 1539 / 2000, C: 0.0}
    assert given.to_dict() == pytest.approx(by_hand, rel=EXACT)


def of(population: str) -> Estimand:
    asked = toy_estimand("units")
    window = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2018),))
    return Estimand(cause=asked.cause, effect=asked.effect, population=population, window=window)


def test_who_switched_halved_its_technique_while_dp_grew() -> None:
    """A went from 40 to 20 with more D&P; B halved too but D&P fell; C lost less than half."""
    rows = [
        offer(one, profile, "KB", year, pupils=pupils)
        for one, profile, counts in (
            (A, "PIE", (40, 20)),
            (A, "DP", (10, 30)),
            (B, "PIE", (40, 20)),
            (B, "DP", (30, 10)),
            (C, "PIE", (40, 21)),
            (C, "DP", (10, 30)),
        )
        for year, pupils in zip((2017, 2018), counts, strict=True)
    ]
    panel = toy_panel(offers=rows, vestigingen=PLACES)
    frame = measured(panel, "technical_share_pupils", TechnicalDefinition.HARD)
    assert frame is not None
    assert set(of_population(frame, panel, of("switched to D&P"))["unit"]) == {A}
    assert set(of_population(frame, panel, of("all"))["unit"]) == {A, B, C}


def test_an_unknown_population_is_refused_with_those_that_are_known() -> None:
    panel = toy_panel(
        flows=[{"vestiging": A, "leerweg": "BB", "origin": "other", "school_year": 2017} | intervals({"leavers": 9})]
    )
    with pytest.raises(ValueError, match=f"'girls' is unknown; known are {', '.join(POPULATIONS)}"):
        of_population(panel.tables["flows"], panel, of("girls"))
