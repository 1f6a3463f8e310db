"""The plan: every estimate before any data, with the class it could reach."""

from __future__ import annotations

from stoeval.catalogue import CATALOGUE
from stoeval.plan import planned_estimates
from stoeval.vocabulary import ActivityLine, Exposure, Level, Role, Untestable
from toy_catalogue import FINAL, INTERIM, UNMEASURED, hypothesis, link, toy_catalogue


def test_the_plan_has_one_row_for_each_link_of_the_catalogue() -> None:
    for measurement in CATALOGUE.measurements:
        rows = planned_estimates(measurement, CATALOGUE)
        expected = [(one.number, link.name) for one in CATALOGUE.hypotheses for link in one.links]
        assert [(row.hypothesis, row.link) for row in rows] == expected


def test_a_row_says_what_is_estimated_and_in_which_family() -> None:
    row = planned_estimates(FINAL, toy_catalogue())[0]
    assert (row.outcome, row.exposure, row.design) == ("technical_share_candidates", "money", "fixed answer")
    assert (row.baseline, row.window) == ("2017/18", "2022/23, 2023/24")
    assert (row.expected, row.family, row.alpha) == ("rise", "Holm over all hypotheses, final", 0.04)
    assert row.highest_class == "A"


def test_only_primary_links_enter_a_family() -> None:
    one = hypothesis(further=(link("more", role=Role.SECONDARY),))
    rows = planned_estimates(INTERIM, toy_catalogue(one))
    assert [row.alpha for row in rows] == [0.01, None, None]


def test_an_untestable_link_is_planned_with_its_reason() -> None:
    row = planned_estimates(FINAL, toy_catalogue(hypothesis(primary=(link(design=UNMEASURED),))))[0]
    assert row.untestable == "praten is niet gemeten"
    assert row.highest_class is None
    assert row.design == ""


def test_a_chosen_exposure_reaches_d_unless_groups_inside_a_unit_are_compared() -> None:
    inside = (Level.LEERWEG, Level.PROFILE_GROUP, Level.SUBJECT_GROUP)
    rows = {(row.hypothesis, row.link): row for row in planned_estimates(FINAL, CATALOGUE)}
    for one in CATALOGUE.hypotheses:
        for each in one.links:
            if isinstance(each.design, Untestable) or not isinstance(each.cause, Exposure):
                continue
            grade = rows[one.number, each.name].highest_class
            if isinstance(each.cause.rule, ActivityLine) and each.effect.level not in inside:
                assert grade == "D", each.name
            else:
                assert grade == each.design.ceiling.value, each.name
