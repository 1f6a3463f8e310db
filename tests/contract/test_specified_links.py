"""Section C of the methods, item by item: each is a link with this cause and outcome, or waits for a named delivery."""

from __future__ import annotations

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.panel.measures import MEASURES
from stoeval.vocabulary import ApprovalRound, Delivery, Direction, Exposure, Indicator, Level, Link, Role, Untestable

LINKS = {(one.number, link.name): link for one in CATALOGUE.hypotheses for link in one.links}

ESTIMATED = {
    1: {
        "overlap": "primary: PPML on overlap",
        "reachability": "co-primary: reachability",
        "agreements": "chain: afspraken",
        "rearranged": "chain: herinrichting",
        "profile-size": "chain: size",
        "region-share": "chain: technical share",
        "profiles-offered": "robustness: the extensive margin",
        "profile-closed": "robustness: closure hazard",
        "overlap-delayed-approval": "robustness: M3",
        "agreements-to-rearranged": "exposure: agreement index from survey",
    },
    2: {
        "shared-use": "primary: use of facilities of others",
        "investment": "secondary: investment per technical pupil",
        "cooperation-to-shared-use": "chain: afspraken to gedeeld gebruik",
        "shared-use-fractional": "robustness: fractional logit with Mundlak",
        "shared-use-ordered": "robustness: ordered logit with Mundlak",
        "shared-use-by-region": "robustness: region-level M1",
    },
    3: {
        "teachers": "primary: fte by subject group",
        "inflow": "chain: inflow",
        "outflow": "chain: outflow",
        "more-teachers": "superiority, secondary",
        "age": "robustness: share of 55 and older",
        "teachers-by-aanloop-money": "robustness: M5 on the aanloop dose",
        "teachers-per-hundred-pupils": "robustness: linear DDD",
        "exit-hazard": "robustness: exit hazard",
        "other-teachers": "negative control: age of other teachers",
    },
    4: {
        "prospects": "primary: job prospects at the vintage of 2017",
        "prospects-labour-market": "shift-share: changing labour market",
        "prospects-fractional": "robustness: logit",
        "match": "robustness: regional match index",
        "mbo-switch": "robustness: switch",
        "mbo-drop-out": "robustness: drop-out",
        "consultation": "chain: overleg",
        "preparation": "chain: voorbereiding",
        "technical-jobs": "negative control: regional employment",
    },
    5: {
        "breadth": "primary: breadth line",
        "primary-school": "primary: primary-school line",
        "tl-to-technical-mbo": "second primary",
        "breadth-by-leerweg": "robustness: M2",
        "breadth-no-untreated": "robustness: M4",
        "girls": "robustness: girls",
        "boys": "robustness: boys",
        "primary-school-too-early": "timing placebo",
        "care-pupils": "negative control: Z&W share of all vmbo",
    },
    6: {
        "investment": "primary: M5",
        "investment-curve": "ATT(d) curve",
        "investment-afterwards-beside-other-lines": "M1h afterwards",
        "euro-for-euro": "chain: first stage",
        "investment-to-satisfaction": "chain: satisfaction",
        "satisfaction-to-judgement": "chain: judgement",
        "satisfaction-run-up-money": "satisfaction on the aanloop dose",
        "switchers-investment-per-technical-pupil": "sub-experiment: D&P switchers",
    },
    7: {
        "knowledge-sharing": "primary: knowledge-sharing index",
        "cooperation-to-sharing": "cause and effect from different respondents",
        "knowledge-sharing-ordered": "robustness: ordered logit",
        "sharing-kept": "chain: persistence",
        "sharing-to-innovation": "chain: innovation",
    },
    8: {
        "training": "primary: bijscholing",
        "from-industry": "primary: from companies",
        "index": "index of both",
        "expertise": "quality end-point: rated by pupils",
        "qualification": "chain: kwalificatie, a sign a window",
        "qualification-to-expertise": "chain: kwalificatie to oordeel",
        "training-run-up-money": "robustness: M5",
        "pass-rate": "robustness: exams outside the covid years",
        "other-teachers": "negative control: age of other teachers",
    },
    9: {
        "total": "primary: total",
        "within": "primary: within",
        "to-technical-mbo": "technical-mbo entry rate",
        "total-adoption": "M4",
        "total-curve": "CGBS",
        "motivation": "secondary: motivation",
        "nontechnical-to-mbo": "secondary: technical mbo from other profiles",
        "quality": "chain: D to Q",
        "quality-to-choice": "chain: Q to Y",
        "through-quality": "chain: ab",
        "care-candidates": "negative control: Z&W share of all vmbo",
    },
}
AWAITED = {
    (1, "overlap-electives"): ("overlap_electives", Delivery.ELECTIVES),
    (1, "expected-pupils"): ("expected_pupils", Delivery.FORECASTS),
    (1, "announced"): ("moves_announced", Delivery.PLANS),
    (1, "elective-size-development"): ("elective_size", Delivery.ELECTIVES),
    (2, "duplication"): ("duplicated_investment", Delivery.INVESTMENT),
    (3, "expected-teachers"): ("expected_teachers", Delivery.FORECASTS),
    (3, "vacancies"): ("teacher_vacancies", Delivery.STAFF),
    (4, "electives"): ("electives_offered", Delivery.ELECTIVES),
    (4, "electives-region-development"): ("electives_region", Delivery.ELECTIVES),
    (5, "electives"): ("elective_followers", Delivery.ELECTIVES),
    (5, "tl-electives"): ("tl_elective_followers", Delivery.ELECTIVES),
    (5, "havo-science"): ("havo_science_share", Delivery.ENROLMENT),
    (6, "satisfaction-in-the-run-up"): ("facility_satisfaction", Delivery.SURVEY),
    (7, "network"): ("network_density", Delivery.SURVEY),
    (8, "science-mark"): ("central_mark_science", Delivery.EXAM_RESULTS),
    (8, "dutch-mark"): ("dutch_mark", Delivery.EXAM_RESULTS),
    (9, "havo-science"): ("havo_science_share", Delivery.ENROLMENT),
    (9, "dutch-mark"): ("dutch_mark", Delivery.EXAM_RESULTS),
    (9, "vmbo-drop-out"): ("vmbo_dropout_share", Delivery.FLOWS),
    (9, "vmbo-switch"): ("vmbo_switch_share", Delivery.FLOWS),
    (9, "from-elsewhere"): ("technical_pupils_from_elsewhere", Delivery.ENROLMENT),
}
"""What no delivery holds: the outcome, and the delivery that it waits for."""


@pytest.mark.parametrize("number", ESTIMATED)
def test_what_the_specification_names_is_a_link_with_a_design(number: int) -> None:
    open_items = {
        item: name
        for name, item in ESTIMATED[number].items()
        if (number, name) not in LINKS or isinstance(LINKS[number, name].design, Untestable)
    }
    assert open_items == {}


@pytest.mark.parametrize(("number", "name"), AWAITED, ids=str)
def test_what_no_delivery_holds_is_a_link_that_names_it(number: int, name: str) -> None:
    link = LINKS[number, name]
    effect, delivery = AWAITED[number, name]
    assert isinstance(link.design, Untestable)
    assert link.effect.name == effect
    assert delivery in link.design.missing


def test_nothing_waits_that_is_not_listed() -> None:
    """Bare changes of awaited outcomes wait with them."""
    waiting = {key for key, link in LINKS.items() if isinstance(link.design, Untestable)}
    beside = {key for key in waiting if key[1].endswith("-development") and key not in AWAITED}
    assert waiting - beside == set(AWAITED)
    awaited = {effect for effect, _ in AWAITED.values()} | {"teacher_fte_by_leerweg", "teacher_fte_by_profile"}
    assert {LINKS[key].effect.name for key in beside} <= awaited


def test_every_item_of_section_c_has_the_part_it_has_there() -> None:
    primary = {(n, name) for n, items in ESTIMATED.items() for name, item in items.items() if "primary" in item[:14]}
    assert primary == {key for key, link in LINKS.items() if link.role is Role.PRIMARY}
    chained = {
        (n, name) for n, items in ESTIMATED.items() for name, item in items.items() if item.startswith("negative")
    }
    assert {LINKS[key].role for key in chained} == {Role.NEGATIVE_CONTROL}


def test_the_first_half_of_a_mechanism_may_be_asked_of_schools_themselves() -> None:
    """H1: what school leaders say of cooperation; H8: diplomas; both of the region where the outcome is counted."""
    first: Link = LINKS[1, "agreements-to-rearranged"]
    second: Link = LINKS[8, "qualification-to-expertise"]
    for link, name in ((first, "cooperation_vmbo_region"), (second, "share_qualified_region")):
        assert isinstance(link.cause, Indicator)
        assert (link.cause.name, link.cause.level) == (name, Level.REGION)
        assert name in MEASURES
        assert f"{name.replace('_', '-')}-development" in {other for number, other in LINKS if number in {1, 8}}


def test_the_persistence_of_sharing_is_no_claim_before_the_final_measurement() -> None:
    link = LINKS[7, "sharing-kept"]
    assert (link.expected.interim, link.expected.final) == (Direction.NO_RESPONSE, Direction.RISE)


def test_a_later_plan_is_compared_by_its_round() -> None:
    late = {
        key for key, link in LINKS.items() if isinstance(link.cause, Exposure) and link.cause.rule == ApprovalRound()
    }
    assert {number for number, _ in late} == {1, 6, 7, 9}
