"""What holds in every simulated country, and how exactly planted effects reach the tables.

Two truths with one seed share all luck, so a planted effect can be read from the difference between two
panels. Where that difference is exact it is tested to rounding; where pupils choose, to sampling noise.
"""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from stoeval.panel.contract import violations
from stoeval.panel.doses import dose
from stoeval.panel.measures import measured
from stoeval.panel.simulation import DEFAULT_TRUTH, PlantedEffect, Truth, simulate
from stoeval.panel.tables import HARD_TECHNICAL, PROFILES, SOFT_TECHNICAL, TABLES
from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    ExposureRule,
    Level,
    MonitorPanel,
    Payment,
    RegionalBudget,
    SchoolYear,
    TechnicalDefinition,
)

SEED = 11
COUNTED = SchoolYear(start=2018)
AANLOOP = AanloopFormula(
    payments=(
        Payment(year=2018, counted=SchoolYear(start=2017), per_bk=1544.48, per_gl=772.24),
        Payment(year=2019, counted=COUNTED, per_bk=3078.0, per_gl=1539.0),
    )
)
TECHNICAL = (*HARD_TECHNICAL, *SOFT_TECHNICAL)


@cache
def world(*effects: tuple[str, str, float], seed: int = SEED) -> MonitorPanel:
    planted = tuple(PlantedEffect(exposure=cause, indicator=effect, slope=slope) for cause, effect, slope in effects)
    return simulate(Truth(effects=planted), seed=seed)


def line(name: str) -> ActivityLine:
    return ActivityLine(line=name, counted=COUNTED)


def difference(
    effect: tuple[str, str, float], indicator: str, rule: ExposureRule, level: Level = Level.VESTIGING
) -> pd.DataFrame:
    """Return the indicator in the world with the effect minus that without it, beside the dose."""
    with_effect, without = (
        measured(panel, indicator, TechnicalDefinition.HARD_AND_SOFT) for panel in (world(effect), world())
    )
    assert with_effect is not None
    assert without is not None
    keys = ["unit", "group", "school_year"]
    both = with_effect.merge(without, on=keys, suffixes=("", "_without"), validate="one_to_one")
    values = dose(world(), rule, level)
    assert isinstance(values, pd.Series)
    units = both["region"] if values.index.name == "region" else both["unit"]
    both = both.assign(change=both["value"] - both["value_without"], dose=units.map(values).astype(float))
    return both[both["dose"].notna()]


def test_the_contract_holds() -> None:
    assert violations(simulate(seed=SEED)) == ()


def test_the_same_seed_gives_the_same_bytes() -> None:
    def digest(panel: MonitorPanel) -> list[str]:
        found = []
        for name in sorted(panel.tables):
            buffer = BytesIO()
            panel.tables[name].to_parquet(buffer)
            found.append(hashlib.sha256(buffer.getvalue()).hexdigest())
        return found

    assert digest(simulate(seed=5)) == digest(simulate(seed=5))


def test_another_seed_gives_another_country() -> None:
    assert not world().tables["regions"].equals(world(seed=SEED + 1).tables["regions"])


def test_every_table_is_sorted_by_its_key() -> None:
    for table in TABLES:
        frame = world().tables[table.name]
        pd.testing.assert_frame_equal(frame, frame.sort_values(list(table.key), ignore_index=True))


def test_provenance_says_that_nothing_is_real() -> None:
    provenance = world().provenance
    assert provenance.synthetic
    assert provenance.regions == "STO (gesimuleerd)"
    assert provenance.sources == (("simulation", f"seed {SEED}"),)
    assert any("esimuleerd" in note for note in provenance.notes)


def test_an_effect_of_size_zero_is_no_effect() -> None:
    zero = world(*((effect.exposure, effect.indicator, 0.0) for effect in DEFAULT_TRUTH.effects))
    for name, frame in world().tables.items():
        pd.testing.assert_frame_equal(frame, zero.tables[name])


def test_an_effect_on_answers_leaves_all_other_tables_alone() -> None:
    moved = world(("dose_line_7", "knowledge_sharing", -0.8))
    for name, frame in world().tables.items():
        assert frame.equals(moved.tables[name]) == (name != "surveys")


@pytest.mark.parametrize(
    ("table", "name", "since"),
    [
        ("offers", "pupils", 2020),
        ("offers", "entrants", 2020),
        ("offers", "candidates", 2019),
        ("offers", "passes", 2019),
        ("flows", "leavers", 2019),
        ("flows", "good_prospects", 2019),
    ],
)
def test_counts_of_one_to_four_are_hidden_from_the_year_in_which_masking_began(
    table: str, name: str, since: int
) -> None:
    rows = world().tables[table].dropna(subset=[f"{name}_low"])
    low, high = rows[f"{name}_low"].to_numpy(int), rows[f"{name}_high"].to_numpy(int)
    late = (rows["school_year"] >= since).to_numpy(bool)
    assert (low == high)[~late].all()
    assert ((low == high) | ((low == 1) & (high == 4)))[late].all()
    assert not ((low == high) & (low >= 1) & (low <= 4))[late].any()
    assert (low < high)[late].any()


@pytest.mark.parametrize(
    ("table", "part", "whole"),
    [
        ("offers", "entrants", "pupils"),
        ("offers", "passes", "candidates"),
        ("flows", "mbo_entrants", "leavers"),
        ("flows", "mbo_technical", "mbo_entrants"),
        ("flows", "good_prospects", "mbo_entrants"),
        ("flows", "switched", "mbo_entrants"),
        ("flows", "dropped_out", "mbo_entrants"),
    ],
)
def test_a_part_is_never_more_than_its_whole(table: str, part: str, whole: str) -> None:
    rows = world().tables[table].dropna(subset=[f"{part}_low"])
    assert (rows[f"{part}_low"] <= rows[f"{whole}_high"]).all()


def test_candidates_stand_under_the_sectors_of_their_year() -> None:
    """D&P is intersectoraal until 2016/17; TL has sectors from 2018/19 (DUO exam files)."""
    rows = world().tables["offers"]
    rows = rows[rows["candidates_low"].notna()]
    years = rows.groupby([rows["leerweg"] == "TL", "profile"])["school_year"].agg(["min", "max"])
    assert tuple(years.loc[(False, "S_INTERSECTORAAL")]) == (2012, 2016)
    assert tuple(years.loc[(True, "S_ONBEKEND")]) == (2012, 2017)
    assert tuple(years.loc[(True, "S_TECHNIEK")]) == (2018, 2023)
    assert (False, "S_ONBEKEND") not in years.index


def test_only_2019_20_has_no_central_exam() -> None:
    rows = world().tables["offers"]
    marked = rows[rows["mark_school"].notna()]
    assert set(marked["profile"]) == {*PROFILES, "TL"}
    missing = marked["mark_central"].isna()
    assert missing.equals(marked["school_year"] == 2019)


def test_graduates_are_those_who_passed() -> None:
    """Leavers of BB hold the leerwerktraject, as passes of BB and LWT do; cohorts before masking."""
    offers, flows = world().tables["offers"], world().tables["flows"]
    passes = offers.assign(leerweg=offers["leerweg"].replace("LWT", "BB"))
    passes = passes[passes["school_year"].between(2014, 2018)].groupby(["leerweg", "school_year"])["passes_low"].sum()
    leavers = flows[flows["school_year"] < 2019].groupby(["leerweg", "school_year"])["leavers_low"].sum()
    pd.testing.assert_series_equal(leavers, passes, check_names=False)


def test_plans_are_spent_whole() -> None:
    plans = world().tables["plans"]
    for column in ("share", "share_second_coder"):
        total = plans.groupby("region")[column].sum().to_numpy(float)
        assert total == pytest.approx(np.ones(78), abs=1e-9)


def test_who_starts_and_leaves_explains_the_stock_of_teachers() -> None:
    staff = world().tables["staff"].set_index(["brin", "subject_group", "school_year"]).astype(float)
    before = staff["fte"].groupby(level=[0, 1]).shift()
    consecutive = staff.index.to_frame()["school_year"].groupby(level=[0, 1]).diff() == 1
    gap = (before + staff["inflow"] - staff["outflow"] - staff["fte"])[consecutive]
    # Four numbers rounded to a thousandth.
    assert gap.abs().max() <= 0.0021


def test_names_have_the_declared_form_and_places_lie_in_the_country() -> None:
    places = world().tables["vestigingen"]
    assert places["vestiging"].str[:4].equals(places["brin"])
    assert places["longitude"].between(3.4, 7.2).all()
    assert places["latitude"].between(50.75, 53.5).all()
    schools = places[places["school_year"] == 2018][places["open"]].groupby("brin").size()
    assert schools.max() <= 3


def test_vestigingen_of_a_region_lie_near_each_other() -> None:
    """Regions are drawn with a spread of some ten kilometres; the country is three hundred across."""
    places = world().tables["vestigingen"].drop_duplicates("vestiging")
    spread = places.groupby("region")["latitude"].std().mean() * 111
    assert spread < 20 < places["latitude"].std() * 111


def test_renumbered_and_merged_vestigingen_share_a_footprint() -> None:
    places = world().tables["vestigingen"].drop_duplicates("vestiging")
    sizes = places.groupby("footprint").size()
    assert (places["footprint"] <= places["vestiging"]).all()
    assert sizes.max() >= 2


@pytest.mark.parametrize(
    ("cause", "indicator", "slope", "rule"),
    [
        ("dose_line_2", "shared_facilities", 0.4, line("2")),
        ("dose_line_6", "facility_satisfaction", 0.4, line("6")),
        ("dose_line_7", "knowledge_sharing", -0.8, line("7")),
        ("aanloop_dose", "facility_satisfaction", 0.06, AANLOOP),
        ("aanloop_dose", "investment_per_technical_pupil", 0.2, AANLOOP),
    ],
)
def test_answers_move_by_slope_times_dose_times_ramp(
    cause: str, indicator: str, slope: float, rule: ExposureRule
) -> None:
    """Answers are rounded to a thousandth and kept on their scale: 1 % of the slope covers both."""
    planted = PlantedEffect(exposure=cause, indicator=indicator, slope=slope)
    moved = difference((cause, indicator, slope), indicator, rule)
    expected = moved["dose"] * moved["school_year"].map(planted.at)
    assert np.median(np.abs(moved["change"] - expected)) < 0.001
    fitted = (moved["change"] * expected).sum() / (expected**2).sum()
    assert fitted == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("indicator", ["share_trained", "share_from_industry", "share_qualified"])
def test_shares_of_technical_teachers_move_and_those_of_others_do_not(indicator: str) -> None:
    """Shares are rounded to a thousandth and stay between zero and one: 1 % of the slope covers both."""
    planted = PlantedEffect(exposure="dose_line_8", indicator=indicator, slope=-0.3)
    moved = difference(("dose_line_8", indicator, -0.3), indicator, line("8"), Level.SUBJECT_GROUP)
    expected = moved["dose"] * moved["school_year"].map(planted.at) * (moved["group"] == "technical")
    assert moved.loc[moved["group"] == "other", "change"].abs().max() == 0
    assert (moved["change"] * expected).sum() / (expected**2).sum() == pytest.approx(1, abs=0.01)


def test_technical_teachers_move_by_log_points() -> None:
    """Fte are rounded to a thousandth; of schools with one fte or more, 0.002 log points covers that."""
    planted = PlantedEffect(exposure="dose_line_3", indicator="teacher_fte", slope=0.5)
    moved = difference(("dose_line_3", "teacher_fte", 0.5), "teacher_fte", line("3"), Level.SUBJECT_GROUP)
    moved = moved[moved["value_without"] >= 1]
    expected = moved["dose"] * moved["school_year"].map(planted.at) * (moved["group"] == "technical")
    assert np.abs(np.log(moved["value"] / moved["value_without"]) - expected).max() < 0.002


def test_good_prospects_move_by_points_times_entitlement() -> None:
    """Over all cells the change is the planted one within its own noise; at slope 0.5 off by 2 % at most."""
    effect = ("dose_line_4", "good_prospects_share", 0.5)
    planted = PlantedEffect(exposure=effect[0], indicator=effect[1], slope=effect[2])
    moved = difference(effect, "good_prospects_share", line("4"))
    entitlement = moved["group"].map({"BB": 1.0, "KB": 1.0, "GL": 0.5, "TL": 0.0})
    expected = moved["dose"] * moved["school_year"].map(planted.at) * entitlement
    assert moved.loc[expected == 0, "change"].abs().max() == 0
    fitted = (moved["weight"] * moved["change"] * expected).sum() / (moved["weight"] * expected**2).sum()
    assert fitted == pytest.approx(1, abs=0.05)


def test_the_technical_share_moves_by_points_times_entitlement() -> None:
    effect = ("regional_dose", "technical_share_entrants", 0.04)
    planted = PlantedEffect(exposure=effect[0], indicator=effect[1], slope=effect[2])
    moved = difference(effect, "entrants_share_by_leerweg", RegionalBudget(counted=COUNTED))
    entitlement = moved["group"].map({"BB": 1.0, "KB": 1.0, "GL": 0.5})
    expected = moved["dose"] * moved["school_year"].map(planted.at) * entitlement
    fitted = (moved["weight"] * moved["change"] * expected).sum() / (moved["weight"] * expected**2).sum()
    assert moved.loc[moved["school_year"] < 2020, "change"].abs().max() == 0
    assert fitted == pytest.approx(1, abs=0.06)


def test_a_share_effect_reaches_candidates_a_year_after_entrants() -> None:
    effect = ("regional_dose", "technical_share_entrants", 0.04)
    moved = difference(effect, "technical_share_candidates", RegionalBudget(counted=COUNTED))
    by_year = moved.groupby("school_year")["change"].apply(lambda change: change.abs().sum())
    assert by_year.loc[:2020].sum() == 0
    assert (by_year.loc[2021:] > 0).all()
