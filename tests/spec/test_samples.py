"""Doses by the rules of the subsidy, and samples, worked out by hand on small panels."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.exposures import (
    AANLOOP_DOSE,
    APPROVAL_ROUND,
    DOSE_LINE_1,
    ENTITLEMENT,
    FORMULA_INPUT,
    PROGRAMME,
    REGIONAL_DOSE,
    REGIONAL_FORMULA_2016,
)
from stoeval.catalogue.indicators import dekkend, duurzaam, kwalitatief
from stoeval.panel.doses import dose, techniekarm
from stoeval.panel.samples import FEWEST_REGIONS, cut, sample
from stoeval.vocabulary import (
    Delivery,
    Entitlement,
    Estimand,
    Exposure,
    Indicator,
    Level,
    MonitorPanel,
    Sample,
    SchoolYear,
    Untestable,
    Window,
)
from toy_samples import offer, place, toy_panel

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B, C = "01AA00", "02BB00", "03CC00"
EXACT = 1e-13  # worst deviation seen 2e-16
YEARS = (2016, 2017, 2018, 2019)


# --- doses by hand -------------------------------------------------------------------------------------------------


def country() -> MonitorPanel:
    """Return two regions: A and B in R1, C in R2; money and plans for both.

    2017: A has 40 hard-technical in BB and KB with the leerwerktraject, 20 in GL, of 200; B none of 100. 2018: A
    has 30 and 10 of 160, B 5 masked between 1 and 4 of 90; C has 60 in KB of 60 in each year.
    """
    rows = [
        offer(A, "BWI", "BB", 2017, pupils=25),
        offer(A, "PIE", "LWT", 2017, pupils=15),
        offer(A, "MT", "GL", 2017, pupils=20),
        offer(A, "MVI", "KB", 2017, pupils=40),
        offer(A, "DP", "KB", 2017, pupils=100),
        offer(A, "TL", "TL", 2017, pupils=500),
        offer(B, "ZW", "KB", 2017, pupils=100),
        offer(A, "BWI", "KB", 2018, pupils=30),
        offer(A, "BWI", "GL", 2018, pupils=10),
        offer(A, "DP", "KB", 2018, pupils=120),
        offer(B, "PIE", "KB", 2018, pupils=(1, 4)),
        offer(B, "ZW", "KB", 2018, pupils=(87, 88)),
        offer(A, "BWI", "KB", 2016, pupils=50),
        offer(A, "DP", "KB", 2016, pupils=50),
    ]
    rows += [offer(C, "PIE", "KB", year, pupils=60) for year in YEARS]
    places = [place(one, year, region) for one, region in ((A, "R1"), (B, "R1"), (C, "R2")) for year in YEARS]
    regions = [
        {"region": "R1", "budget": 2e6, "approval_round": 1, "techniekarm": False},
        {"region": "R2", "budget": 1.2e6, "approval_round": 3, "techniekarm": True},
    ]
    plans = [
        {"region": region, "activity_line": line, "share": share}
        for region, line, share in (("R1", "1", 0.25), ("R2", "1", 0.1), ("R1", "2", 0.75))
    ]
    return toy_panel(offers=rows, vestigingen=places, regions=regions, plans=plans)


COUNTRY = country()


def doses(exposure: Exposure, level: Level = Level.VESTIGING) -> dict[str, float]:
    found = dose(COUNTRY, exposure.rule, level)
    assert isinstance(found, pd.Series)
    return {str(unit): float(value) for unit, value in found.items()}


def test_the_aanloop_pays_whole_for_bb_and_kb_and_half_for_gl() -> None:
    """A: 1544.48 x 40 + 772.24 x 20 over 2017, 3078 x 30 + 1539 x 10 over 2018, by 200 pupils; B: 3078 x 2.5 by 100."""
    first, second = 1544.48 * 40 + 772.24 * 20, 3078 * 30 + 1539 * 10
    by_hand = {A: (first + second) / 200 / 1000, B: 3078 * 2.5 / 100 / 1000, C: (1544.48 + 3078) / 1000}
    assert doses(AANLOOP_DOSE) == pytest.approx(by_hand, rel=EXACT)
    assert by_hand[A] == pytest.approx(0.92477, rel=EXACT)


@pytest.mark.parametrize("level", [Level.REGION, Level.SUBJECT_GROUP])
def test_the_aanloop_of_a_region_sums_money_and_pupils_of_its_vestigingen(level: Level) -> None:
    """R1: A and B together, by their 300 pupils of 2017."""
    euro = 1544.48 * 40 + 772.24 * 20 + 3078 * 32.5 + 1539 * 10
    by_hand = {"R1": euro / 300 / 1000, "R2": (1544.48 + 3078) / 1000}
    assert doses(AANLOOP_DOSE, level) == pytest.approx(by_hand, rel=EXACT)


def test_the_formula_input_is_the_hard_technical_share_at_the_count() -> None:
    assert doses(FORMULA_INPUT) == pytest.approx({A: 60 / 200, B: 0, C: 1}, rel=EXACT)
    assert doses(FORMULA_INPUT, Level.REGION) == pytest.approx({"R1": 60 / 300, "R2": 1}, rel=EXACT)


def test_the_regional_dose_is_budget_a_year_and_pupil() -> None:
    """2,000,000 over four years by 160 + 90 pupils of 2018 in R1; 1,200,000 by 60 in R2."""
    by_hand = {"R1": 2e6 / 4 / 250 / 1000, "R2": 1.2e6 / 4 / 60 / 1000}
    assert by_hand == pytest.approx({"R1": 2, "R2": 5}, rel=EXACT)
    for level in Level:
        assert doses(REGIONAL_DOSE, level) == pytest.approx(by_hand, rel=EXACT)


def test_the_dose_of_a_line_is_its_share_of_the_regional_dose() -> None:
    assert doses(DOSE_LINE_1) == pytest.approx({"R1": 0.5, "R2": 0.5}, rel=EXACT)


def test_the_regional_formula_pays_every_hard_technical_pupil_the_same() -> None:
    """On the count of 2016: A 50 of 100, C 60 of 60; B has no pupils then."""
    assert doses(REGIONAL_FORMULA_2016) == pytest.approx({"R1": 1.5, "R2": 3}, rel=EXACT)


def test_the_programme_is_one_everywhere_and_the_round_is_its_number() -> None:
    assert doses(PROGRAMME) == {"R1": 1, "R2": 1}
    assert doses(APPROVAL_ROUND) == {"R1": 1, "R2": 3}
    assert techniekarm(COUNTRY).to_dict() == {"R1": 0, "R2": 1}


def test_a_rule_that_is_no_amount_is_refused() -> None:
    with pytest.raises(TypeError, match="no rule turns Entitlement into a dose"):
        dose(COUNTRY, ENTITLEMENT.rule, Level.VESTIGING)


# --- samples -------------------------------------------------------------------------------------------------------

WINDOW = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2019),))
REGIONS = tuple(f"R{number:02d}" for number in range(12))


def brin(number: int) -> str:
    return f"{number:02d}AA00"


def province(years: Sequence[int] = YEARS, *, without: Sequence[str] = ()) -> MonitorPanel:
    """Return twelve regions of two vestigingen; the second has no hard-technical profile before 2018."""
    rows = []
    for number in range(24):
        for year in years:
            technical = 10 + number if number % 2 == 0 or year >= 2018 else 0
            rows += [
                offer(brin(number), "BWI", "KB", year, pupils=technical, entrants=technical // 2),
                offer(brin(number), "DP" if number % 3 else "ZW", "KB", year, pupils=60 + year - 2016, entrants=30),
                offer(brin(number), "EO", "GL", year, pupils=8 * (number % 4), entrants=4 * (number % 4)),
            ]
    places = [place(brin(number), year, REGIONS[number // 2]) for number in range(24) for year in YEARS]
    tables = {
        "offers": rows,
        "vestigingen": places,
        "regions": [
            {"region": region, "budget": 1e6 + 1e5 * number, "techniekarm": number < 3}
            for number, region in enumerate(REGIONS)
        ],
        "plans": [
            {"region": region, "activity_line": "1", "share": 0.1 + 0.02 * (number % 5)}
            for number, region in enumerate(REGIONS)
        ],
    }
    return toy_panel(**{name: table for name, table in tables.items() if name not in without})


def ask(
    cause: Exposure | Indicator, effect: Indicator = duurzaam.TECHNICAL_SHARE_PUPILS, **further: object
) -> Estimand:
    settings: dict[str, object] = {"population": "all", "window": WINDOW, **further}
    return Estimand(cause=cause, effect=effect, **settings)


def drawn(panel: MonitorPanel, estimand: Estimand) -> Sample:
    found = sample(panel, estimand, CATALOGUE)
    assert isinstance(found, Sample), found
    return found


def refused(panel: MonitorPanel, estimand: Estimand) -> Untestable:
    found = sample(panel, estimand, CATALOGUE)
    assert isinstance(found, Untestable)
    return found


def test_a_sample_has_one_row_a_unit_and_year_with_its_region_as_cluster() -> None:
    found = drawn(province(), ask(AANLOOP_DOSE))
    assert len(found.outcome) == 24 * 4
    assert found.unit_names == tuple(brin(number) for number in range(24))
    assert found.cluster_names == REGIONS
    np.testing.assert_array_equal(found.cluster, found.unit // 2)
    assert set(found.period) == set(YEARS)
    arrays = [getattr(found, one.name) for one in fields(found)]
    assert {len(each) for each in arrays if isinstance(each, np.ndarray)} == {96}


def test_the_dose_and_its_formula_input_stand_in_every_row_of_a_unit() -> None:
    """The first vestiging has 10 of 70 in 2017 and 10 of 72 in 2018, all in KB."""
    found = drawn(province(), ask(AANLOOP_DOSE))
    first = found.unit == 0
    everyone = 10 + 61
    assert found.dose[first] == pytest.approx((1544.48 * 10 + 3078 * 10) / everyone / 1000, rel=EXACT)
    assert found.conditioning[first, 0] == pytest.approx(10 / everyone, rel=EXACT)
    assert found.conditioning.shape == (96, 1)
    assert [name for name, _ in found.placebo_doses] == ["aanloop_dose_2016", "aanloop_dose_2019"]


def test_a_line_of_activity_is_conditional_on_input_techniekarm_and_the_whole_dose() -> None:
    panel = province()
    line, whole = drawn(panel, ask(DOSE_LINE_1)), drawn(panel, ask(REGIONAL_DOSE))
    assert line.conditioning.shape[1] == 3
    assert whole.conditioning.shape[1] == 2
    np.testing.assert_array_equal(line.conditioning[:, 1], line.cluster < 3)
    np.testing.assert_allclose(line.conditioning[:, 2], whole.dose, rtol=EXACT)
    np.testing.assert_allclose(line.dose, whole.dose * (0.1 + 0.02 * (line.cluster % 5)), rtol=EXACT)


def test_a_unit_that_a_placebo_count_does_not_know_has_no_placebo_dose() -> None:
    panel = province()
    offers = panel.tables["offers"]
    gone = (offers["vestiging"] == brin(0)) & (offers["school_year"] == 2016)
    found = drawn(replace(panel, tables={**panel.tables, "offers": offers[~gone]}), ask(AANLOOP_DOSE))
    assert set(found.placebo_doses[0][1][found.unit == 0]) == {0.0}


def test_rows_without_a_dose_are_left_out_and_counted() -> None:
    """The last region has no budget: eight rows of its two vestigingen."""
    panel = province()
    regions = panel.tables["regions"].copy()
    regions.loc[regions["region"] == REGIONS[-1], "budget"] = pd.NA
    found = drawn(replace(panel, tables={**panel.tables, "regions": regions}), ask(REGIONAL_DOSE))
    assert dict(found.dropped) == {"geen dosis of conditie bekend": 8}
    assert found.cluster_names == REGIONS[:-1]


def test_weights_are_the_size_at_the_baseline_whatever_happens_later() -> None:
    panel = province()
    offers = panel.tables["offers"].copy()
    later = offers["school_year"] > 2017
    for end in ("low", "high"):
        offers.loc[later, f"pupils_{end}"] = offers.loc[later, f"pupils_{end}"] * 7
    grown = drawn(replace(panel, tables={**panel.tables, "offers": offers}), ask(PROGRAMME))
    found = drawn(panel, ask(PROGRAMME))
    np.testing.assert_array_equal(grown.weight, found.weight)
    assert set(found.weight[found.unit == 0]) == {10.0 + 61}
    assert set(found.weight[found.unit == 2]) == {12.0 + 61 + 16}


def test_a_unit_that_is_not_observed_at_the_baseline_weighs_its_mean() -> None:
    """Vestiging 0 has 70, 72 and 73 pupils in the other years."""
    panel = province()
    offers = panel.tables["offers"]
    gone = (offers["vestiging"] == brin(0)) & (offers["school_year"] == 2017)
    found = drawn(replace(panel, tables={**panel.tables, "offers": offers[~gone]}), ask(PROGRAMME))
    assert found.weight[found.unit == 0] == pytest.approx((70 + 72 + 73) / 3, rel=EXACT)


def test_answers_keep_their_response_weight() -> None:
    rows = [
        {
            "respondent": f"{number}-{year}",
            "kind": "pupil",
            "vestiging": brin(number),
            "region": REGIONS[number // 2],
            "wave": year,
            "item": "motivation",
            "value": 0.5,
            "weight": float(year - 2010 + number),
        }
        for number in range(24)
        for year in (2017, 2019)
    ]
    panel = province()
    tables = {**panel.tables, "surveys": toy_panel(surveys=rows).tables["surveys"]}
    found = drawn(replace(panel, tables=tables), ask(PROGRAMME, kwalitatief.MOTIVATION))
    np.testing.assert_array_equal(found.weight, found.period - 2010 + found.unit)


def test_strata_are_dp_times_the_number_of_other_profiles_at_the_baseline() -> None:
    """EO counts where it has pupils. With ZW beside it there are two others, with DP one and DP."""
    found = drawn(province(), ask(AANLOOP_DOSE))
    strata = {int(unit): int(code) for unit, code in zip(found.unit, found.stratum, strict=True)}
    assert strata[0] == 1 * 2 + 0  # ZW; number 0 has no pupils in EO
    assert strata[1] == 1 * 2 + 1  # DP and EO
    assert strata[3] == 2 * 2 + 0  # ZW and EO
    assert strata[4] == 1 * 2 + 1  # DP alone


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (duurzaam.ENTRANTS_SHARE_BY_LEERWEG, {"KB": 1.0, "GL": 0.5}),
        (duurzaam.ENTRANTS_BY_GROUP, {"technical": 1.0, "other": 0.0}),
        (duurzaam.TECHNICAL_SHARE_PUPILS, {"": 1.0}),
    ],
)
def test_groups_are_entitled_as_the_catalogue_says(effect: Indicator, expected: dict[str, float]) -> None:
    found = drawn(province(), ask(REGIONAL_DOSE, effect))
    names = sorted(expected)  # groups are numbered in this order
    assert {names[group]: share for group, share in zip(found.group, found.entitlement, strict=True)} == expected


def test_an_outcome_by_leerweg_needs_an_entitlement_in_the_catalogue() -> None:
    bare = replace(
        CATALOGUE, exposures=tuple(one for one in CATALOGUE.exposures if not isinstance(one.rule, Entitlement))
    )
    with pytest.raises(ValueError, match="needs an exposure whose rule is Entitlement"):
        sample(province(), ask(REGIONAL_DOSE, duurzaam.ENTRANTS_SHARE_BY_LEERWEG), bare)


def test_one_indicator_on_another_meets_in_unit_and_year() -> None:
    found = drawn(province(), ask(duurzaam.TECHNICAL_SHARE_ENTRANTS, duurzaam.TECHNICAL_SHARE_PUPILS))
    first = (found.unit == 0) & (found.period == 2017)
    assert found.dose[first].tolist() == [5 / 35]
    assert found.outcome[first].tolist() == [10 / 71]


def test_a_regional_cause_of_a_vestiging_is_that_of_its_region() -> None:
    found = drawn(province(), ask(duurzaam.TECHNICAL_SHARE_REGION, duurzaam.TECHNICAL_SHARE_PUPILS))
    first = (found.unit <= 1) & (found.period == 2019)
    assert found.dose[first] == pytest.approx((5 + 5) / (5 + 5 + 60 + 4), rel=EXACT)


# --- populations ---------------------------------------------------------------------------------------------------


def test_a_population_can_be_the_vestigingen_that_are_technical_at_the_baseline() -> None:
    found = drawn(province(), ask(PROGRAMME, population="technical at baseline"))
    assert found.unit_names == tuple(brin(number) for number in range(0, 24, 2))


def test_an_unknown_population_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'girls' is unknown; known are all, technical at baseline"):
        sample(province(), ask(PROGRAMME, population="girls"), CATALOGUE)


# --- what is missing -----------------------------------------------------------------------------------------------


def test_every_missing_delivery_is_named_at_once() -> None:
    """Neither outcome, nor plan, nor budget, nor count."""
    bare = toy_panel(vestigingen=[place(A, 2017, "R1")])
    found = refused(bare, ask(DOSE_LINE_1, kwalitatief.MOTIVATION))
    assert set(found.missing) == {Delivery.SURVEY, Delivery.PLANS, Delivery.REGIONS, Delivery.ENROLMENT}
    assert len(set(found.missing)) == len(found.missing)
    parts = found.reason.split("; ")
    assert len(parts) == len(set(parts)) == 4


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        (("plans",), (Delivery.PLANS,)),
        (("regions",), (Delivery.REGIONS,)),
        (("plans", "regions"), (Delivery.PLANS, Delivery.REGIONS)),
    ],
)
def test_a_dose_names_the_tables_that_it_misses(without: tuple[str, ...], missing: tuple[Delivery, ...]) -> None:
    assert refused(province(without=without), ask(DOSE_LINE_1)).missing == missing


def test_a_count_that_was_not_delivered_is_named_with_its_year() -> None:
    found = refused(province((2016, 2017, 2019)), ask(AANLOOP_DOSE))
    assert found.missing == (Delivery.ENROLMENT,)
    assert "2018/19" in found.reason


def test_a_formula_input_that_is_missing_beside_the_budget_is_named_too() -> None:
    found = refused(province((2016, 2017, 2019), without=("regions",)), ask(REGIONAL_DOSE))
    assert found.missing == (Delivery.REGIONS, Delivery.ENROLMENT)


def test_cause_and_effect_that_are_both_missing_are_both_named() -> None:
    found = refused(province(), ask(kwalitatief.MOTIVATION, dekkend.TECHNICAL_MBO_SHARE))
    assert found.missing == (Delivery.FLOWS, Delivery.SURVEY)


def test_an_outcome_year_that_was_not_observed_is_named() -> None:
    found = refused(province((2016, 2017, 2018)), ask(AANLOOP_DOSE))
    assert found.missing == (duurzaam.TECHNICAL_SHARE_PUPILS.delivery,)
    assert "2019/20" in found.reason


def test_a_cause_and_an_effect_that_never_meet_cannot_be_tested() -> None:
    panel = province()
    offers = panel.tables["offers"].copy()
    for end in ("low", "high"):
        offers.loc[offers["school_year"] == 2019, f"entrants_{end}"] = pd.NA
    estimand = ask(duurzaam.TECHNICAL_SHARE_ENTRANTS, duurzaam.TECHNICAL_SHARE_PUPILS)
    found = refused(replace(panel, tables={**panel.tables, "offers": offers}), estimand)
    assert "2019/20" in found.reason


@pytest.mark.parametrize(("regions", "testable"), [(FEWEST_REGIONS, True), (FEWEST_REGIONS - 1, False)])
def test_fewer_than_ten_regions_are_too_few(regions: int, *, testable: bool) -> None:
    panel = province()
    places = panel.tables["vestigingen"]
    kept = places[places["region"].isin(REGIONS[:regions])]
    found = sample(replace(panel, tables={**panel.tables, "vestigingen": kept}), ask(AANLOOP_DOSE), CATALOGUE)
    assert isinstance(found, Sample) is testable
    if isinstance(found, Untestable):
        assert "9" in found.reason


# --- the cut -------------------------------------------------------------------------------------------------------


def test_a_cut_panel_holds_nothing_after_its_last_year() -> None:
    panel = province()
    seen = cut(panel, SchoolYear(start=2018))
    assert set(seen.tables["offers"]["school_year"]) == {2016, 2017, 2018}
    assert set(seen.tables["vestigingen"]["school_year"]) == {2016, 2017, 2018}
    assert len(seen.tables["regions"]) == len(REGIONS)
    assert len(panel.tables["offers"]) > len(seen.tables["offers"])
    assert seen.provenance == panel.provenance
