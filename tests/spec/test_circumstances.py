"""The category of each region, by hand on small panels and by its size on the twin."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from stoeval.catalogue import CATALOGUE, moderators
from stoeval.catalogue.exposures import AANLOOP_DOSE, REGIONAL_DOSE
from stoeval.catalogue.indicators import dekkend, duurzaam
from stoeval.catalogue.links import RISES, secondary
from stoeval.catalogue.measurements import FINAL
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.errors import CatalogueError
from stoeval.panel.circumstances import circumstance
from stoeval.panel.simulation import simulate
from stoeval.vocabulary import Delivery, Link, Moderator, MonitorPanel, Timing, Untestable
from toy_samples import offer, place, toy_panel

TOTAL = secondary("total", REGIONAL_DOSE, duurzaam.TECHNICAL_SHARE_ENTRANTS, RISES, DoseEventStudy(), Timing.STOCK)
BY_LEERWEG = secondary(
    "by-leerweg", REGIONAL_DOSE, dekkend.GOOD_PROSPECTS_SHARE, RISES, EntitlementTripleDifference(), Timing.FLOW
)


def categories(panel: MonitorPanel, moderator: Moderator, link: Link = TOTAL) -> dict[str, str]:
    found = circumstance(panel, moderator, link, FINAL)
    assert not isinstance(found, Untestable), found
    return {str(key): str(value) for key, value in found.items()}


def missing(panel: MonitorPanel, moderator: Moderator, link: Link = TOTAL) -> tuple[Delivery, ...]:
    found = circumstance(panel, moderator, link, FINAL)
    assert isinstance(found, Untestable), found
    assert found.reason
    return found.missing


def region(name: str, **values: object) -> dict[str, object]:
    return {"region": name, **values}


FLAGGED = [
    region("A", shrinking=True, prior_cooperation=False, techniekarm=True, budget=4_000_000.0),
    region("B", shrinking=False, prior_cooperation=True, techniekarm=False, budget=2_000_000.0),
    region("C", shrinking=None, prior_cooperation=None, techniekarm=None, budget=1_000_000.0),
]


@pytest.mark.parametrize(
    ("moderator", "expected"),
    [
        (moderators.SHRINKING, {"A": "yes", "B": "no"}),
        (moderators.PRIOR_COOPERATION, {"A": "no", "B": "yes"}),
        (moderators.TECHNIEKARM, {"A": "yes", "B": "no"}),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_flags_of_the_region_table_are_categories_and_what_is_empty_is_not_known(
    moderator: Moderator, expected: dict[str, str]
) -> None:
    assert categories(toy_panel(regions=FLAGGED), moderator) == expected


def test_prior_cooperation_without_a_flag_is_taking_part_before_the_baseline_ended() -> None:
    programmes = [
        {"vestiging": "01AA00", "programme": "TiB", "school_year": 2014},
        {"vestiging": "02BB00", "programme": "RIF", "school_year": 2018},
        {"vestiging": "03CC00", "programme": "NPO", "school_year": 2015},
    ]
    places = [place("01AA00", 2017, "A"), place("02BB00", 2017, "B"), place("03CC00", 2017, "C")]
    panel = toy_panel(programmes=programmes, vestigingen=places)
    assert categories(panel, moderators.PRIOR_COOPERATION) == {"A": "yes", "B": "no", "C": "no"}


def staff(brin: str, fte: float, year: int = 2017, group: str = "technical") -> dict[str, object]:
    return {"brin": brin, "subject_group": group, "school_year": year, "fte": fte, "pupils": 100.0}


def test_regions_with_fewer_technical_teachers_a_pupil_than_the_median_have_few() -> None:
    rows = [staff("01AA", 2.0), staff("02BB", 5.0), staff("03CC", 9.0)]
    later_and_other = [staff("01AA", 90.0, 2018), staff("01AA", 90.0, group="other")]
    places = [place("01AA00", 2017, "A"), place("02BB00", 2017, "B"), place("03CC00", 2017, "C")]
    panel = toy_panel(staff=[*rows, *later_and_other], vestigingen=places)
    assert categories(panel, moderators.TEACHER_SHORTAGE) == {"A": "few", "B": "many", "C": "many"}


def test_urbanity_is_how_many_vestigingen_lie_within_ten_kilometres() -> None:
    # A: three at one place (two others each); B: two, 5 km apart; C: one alone; 0.1 degree of latitude is 11 km.
    spots = {"A": [(52.0, 4.0)] * 3, "B": [(53.0, 6.0), (53.045, 6.0)], "C": [(51.0, 5.5)]}
    places = [
        place(f"{number:02d}{name}{name}00", 2017, name, longitude=east, latitude=north)
        for name, points in spots.items()
        for number, (north, east) in enumerate(points)
    ]
    assert categories(toy_panel(vestigingen=places), moderators.URBANITY) == {"A": "high", "B": "middle", "C": "low"}


def test_the_tercile_of_the_dose_is_that_of_the_link_itself() -> None:
    places = [place(f"0{number}AA00", 2018, name) for number, name in enumerate("ABC")]
    pupils = [offer(f"0{number}AA00", "EO", "BB", 2018, pupils=100) for number in range(3)]
    panel = toy_panel(regions=FLAGGED, vestigingen=places, offers=pupils)
    assert categories(panel, moderators.DOSE_TERCILE) == {"A": "high", "B": "middle", "C": "low"}
    on_aanloop = secondary("a", AANLOOP_DOSE, duurzaam.TECHNICAL_SHARE_ENTRANTS, RISES, DoseEventStudy(), Timing.STOCK)
    assert missing(panel, moderators.DOSE_TERCILE, on_aanloop) == (Delivery.ENROLMENT,)


def test_leerweg_belongs_to_outcomes_by_leerweg() -> None:
    assert categories(toy_panel(), moderators.LEERWEG, BY_LEERWEG) == {"BB": "BB", "KB": "KB", "GL": "GL"}
    assert missing(toy_panel(), moderators.LEERWEG) == ()


@pytest.mark.parametrize(
    ("moderator", "delivery"),
    [
        (moderators.SHRINKING, Delivery.REGIONS),
        (moderators.PRIOR_COOPERATION, Delivery.REGIONS),
        (moderators.TECHNIEKARM, Delivery.REGIONS),
        (moderators.TEACHER_SHORTAGE, Delivery.STAFF),
        (moderators.URBANITY, Delivery.ADDRESSES),
        (moderators.NETWORK_FORM, Delivery.PLANS),
        (moderators.SEX, Delivery.ENROLMENT),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_what_was_not_delivered_is_named(moderator: Moderator, delivery: Delivery) -> None:
    assert missing(toy_panel(), moderator) == (delivery,)


def test_a_moderator_without_a_rule_is_refused() -> None:
    unknown = Moderator(name="weather", label="", label_en="", unit="region", source="", categories=())
    with pytest.raises(CatalogueError, match="no rule gives the categories of moderator weather; known are dose_ter"):
        circumstance(toy_panel(), unknown, TOTAL, FINAL)


def test_the_catalogue_holds_the_registered_moderators_and_no_other() -> None:
    assert CATALOGUE.moderators == moderators.ALL
    assert len({one.name for one in moderators.ALL}) == 9


@cache
def twin() -> MonitorPanel:
    return simulate(seed=1)


@pytest.mark.parametrize("moderator", moderators.ALL, ids=lambda one: one.name)
def test_on_the_twin_every_category_is_declared(moderator: Moderator) -> None:
    found = circumstance(twin(), moderator, BY_LEERWEG, FINAL)
    if isinstance(found, Untestable):
        assert moderator in {moderators.NETWORK_FORM, moderators.SEX}
        return
    assert set(found) <= {value for value, _, _ in moderator.categories}
    if moderator.unit == "region":
        assert len(found) == 78


def test_on_the_twin_the_sizes_of_categories_are_those_it_was_drawn_with() -> None:
    assert Counter(categories(twin(), moderators.SHRINKING).values()) == {"yes": 15, "no": 63}
    assert Counter(categories(twin(), moderators.URBANITY).values()) == {"low": 26, "middle": 26, "high": 26}
    assert Counter(categories(twin(), moderators.TEACHER_SHORTAGE).values()) == {"few": 39, "many": 39}
    assert Counter(categories(twin(), moderators.TECHNIEKARM).values())["yes"] in {12, 13}
