"""Tables of the twin around the schools: what they must hold, and that no planted effect runs through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stoeval.panel.simulation import PlantedEffect, Truth, simulate
from stoeval.panel.twin.answers import PROGRAMME_LEADERS

if TYPE_CHECKING:
    from stoeval.vocabulary import MonitorPanel

UNMOVED = ("prospects", "context")


@pytest.fixture(scope="module")
def moved() -> MonitorPanel:
    """Return the same country with large effects on choice and supply."""
    planted = (("dose_line_1", "overlap_profiles", -12.0), ("dose_line_5_breed", "entrants", 2.0))
    effects = tuple(PlantedEffect(exposure=cause, indicator=effect, slope=slope) for cause, effect, slope in planted)
    return simulate(Truth(effects=effects), seed=1)


def test_nobody_answers_who_was_not_asked(twin: MonitorPanel) -> None:
    response = twin.tables["response"]
    assert (response["answered"] <= response["invited"]).all()
    schools = response[response["kind"] == "school leader"]
    assert 0.4 < schools["answered"].sum() / schools["invited"].sum() < 0.7


def test_programme_leaders_answer_as_often_as_published(twin: MonitorPanel) -> None:
    response = twin.tables["response"]
    leaders = response[response["kind"] == "programme leader"]
    assert leaders.groupby("wave")["answered"].sum().to_dict() == PROGRAMME_LEADERS
    assert set(leaders.groupby("wave")["invited"].sum()) == {78}


def test_each_answer_of_the_surveys_is_counted_once_as_a_place(twin: MonitorPanel) -> None:
    response = twin.tables["response"].set_index(["kind", "region", "wave"])["answered"]
    surveys = twin.tables["surveys"]
    asked = surveys[(surveys["kind"] == "teacher") & surveys["wave"].isin(PROGRAMME_LEADERS)]
    places = asked[["region", "wave", "vestiging"]].drop_duplicates().groupby(["region", "wave"]).size()
    assert {key: int(response["teacher", *key]) for key in places.index} == places.to_dict()


@pytest.mark.parametrize("name", UNMOVED)
def test_an_effect_on_pupils_leaves_the_surroundings_alone(twin: MonitorPanel, moved: MonitorPanel, name: str) -> None:
    pd.testing.assert_frame_equal(moved.tables[name], twin.tables[name])


def test_context_covers_the_gemeenten_of_the_country_in_all_years(twin: MonitorPanel) -> None:
    context, places = twin.tables["context"], twin.tables["vestigingen"]
    assert set(places["gemeente"]) <= set(context["gemeente"])
    assert context.groupby("gemeente").size().eq(context["school_year"].nunique()).all()
    total = context.groupby("school_year")["population_12_16"].sum()
    assert total.between(0.95e6, 1.05e6).all()
    later = context["school_year"] > 2017
    assert context["forecast_12_16"].notna().tolist() == later.tolist()
    assert (context["jobs_technical"] <= context["jobs"]).all()


def test_programmes_name_vestigingen_that_have_pupils_that_year(twin: MonitorPanel) -> None:
    programmes, offers = twin.tables["programmes"], twin.tables["offers"]
    seen = offers[offers["pupils_high"] > 0][["vestiging", "school_year"]].drop_duplicates()
    joined = programmes.merge(seen, on=["vestiging", "school_year"], how="left", indicator=True)
    assert (joined["_merge"] == "both").all()
    draws = programmes[programmes["programme"] == "nieuwe leerweg"]
    assert draws["drawn_by_lot"].notna().all()
    assert draws.loc[~draws["drawn_by_lot"], "amount"].isna().all()
    assert draws.loc[draws["drawn_by_lot"], "amount"].notna().all()


def test_prospects_have_a_vintage_of_the_baseline_for_every_programme(twin: MonitorPanel) -> None:
    prospects = twin.tables["prospects"]
    assert 2017 in set(prospects["school_year"])
    assert len(prospects) == prospects["programme"].nunique() * prospects["school_year"].nunique()
    assert prospects.groupby("programme")["technical"].nunique().eq(1).all()
