"""Every family of measures on panels of a few vestigingen, counted by hand.

The vestigingen lie on the parallel of 52 degrees, where a degree of longitude is 68.46 km: 0.10 degrees are
6.8 km, 0.14 are 9.6 km, 0.15 are 10.3 km.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.panel.contract import violations
from stoeval.panel.measures import MEASURES, measured
from stoeval.panel.measures.answers import RESPONDENTS_OF
from stoeval.panel.measures.counts import COLUMNS, counts
from stoeval.panel.tables import ITEMS
from stoeval.vocabulary import TechnicalDefinition
from toy_samples import intervals, offer, place, toy_panel

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.vocabulary import MonitorPanel

HARD = TechnicalDefinition.HARD
A, B, C = "01AA00", "02BB00", "03CC00"
EXACT = 1e-14  # worst deviation seen 2e-16
MASKED = (1, 4)


def measure(panel: MonitorPanel, name: str, technical: TechnicalDefinition = HARD) -> pd.DataFrame:
    frame = measured(panel, name, technical)
    assert frame is not None
    assert list(frame.columns) == COLUMNS
    return frame


def values(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def interval(frame: pd.DataFrame, row: int = 0) -> tuple[float, float, float]:
    return tuple(frame.loc[row, ["low", "value", "high"]])


# --- what every measure keeps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_tidy_on_the_twin(twin: MonitorPanel, name: str) -> None:
    frame = measure(twin, name)
    assert not frame.isna().any(axis=None)
    assert (frame["low"] <= frame["value"] + 1e-12).all()
    assert (frame["value"] <= frame["high"] + 1e-12).all()
    assert (frame["weight"] > 0).all()
    assert not frame.duplicated(["unit", "group", "school_year"]).any()


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_without_its_delivery_gives_nothing(name: str) -> None:
    assert measured(toy_panel(vestigingen=[place(A, 2017, "R1")]), name, HARD) is None


def test_a_measure_that_nobody_declared_gives_nothing(twin: MonitorPanel) -> None:
    assert measured(twin, "happiness", HARD) is None


# --- shares of pupils ----------------------------------------------------------------------------------------------


def one_year(*rows: dict[str, object]) -> MonitorPanel:
    panel = toy_panel(offers=list(rows), vestigingen=[place(one, 2017, "R1") for one in (A, B, C)])
    assert violations(panel) == ()
    return panel


def test_a_share_is_technical_pupils_over_all_in_the_beroepsgerichte_leerwegen() -> None:
    """10 of 40; the 99 of TL do not count."""
    panel = one_year(
        offer(A, "BWI", "BB", 2017, pupils=10),
        offer(A, "DP", "KB", 2017, pupils=30),
        offer(A, "TL", "TL", 2017, pupils=99),
    )
    frame = measure(panel, "technical_share_pupils")
    assert values(frame, "unit", "group", "school_year", "region") == [(A, "", 2017, "R1")]
    assert interval(frame) == (0.25, 0.25, 0.25)
    assert values(frame, "weight", "offset") == [(40, 0)]


def test_a_masked_count_lies_in_the_middle_with_sharp_bounds() -> None:
    """[1, 4] of 12 more: 2.5 / 14.5 between 1 / 13 and 4 / 16."""
    panel = one_year(offer(A, "PIE", "BB", 2017, pupils=MASKED), offer(A, "DP", "KB", 2017, pupils=12))
    assert interval(measure(panel, "technical_share_pupils")) == pytest.approx((1 / 13, 2.5 / 14.5, 4 / 16), rel=EXACT)


def test_bounds_of_a_share_take_opposite_ends_of_both_counts() -> None:
    """[1, 4] technical and [1, 4] other: 1 / (1 + 4), 2.5 / 5, 4 / (4 + 1)."""
    panel = one_year(offer(A, "PIE", "BB", 2017, pupils=MASKED), offer(A, "ZW", "KB", 2017, pupils=MASKED))
    assert interval(measure(panel, "technical_share_pupils")) == pytest.approx((0.2, 0.5, 0.8), rel=EXACT)


def test_a_vestiging_without_pupils_has_no_share() -> None:
    panel = one_year(offer(A, "PIE", "BB", 2017, pupils=0), offer(B, "PIE", "BB", 2017, pupils=3))
    assert values(measure(panel, "technical_share_pupils"), "unit") == [(B,)]


@pytest.mark.parametrize(
    ("technical", "share"),
    [
        (TechnicalDefinition.HARD, 10 / 100),
        (TechnicalDefinition.HARD_AND_SOFT, 30 / 100),
        (TechnicalDefinition.WITH_DP, 60 / 100),
    ],
)
def test_the_definition_of_technical_decides_what_counts(technical: TechnicalDefinition, share: float) -> None:
    sizes = {"MT": 10, "MVI": 15, "MAT": 5, "DP": 30, "EO": 25, "GROEN": 15}
    panel = one_year(*(offer(A, profile, "KB", 2017, pupils=size) for profile, size in sizes.items()))
    assert measure(panel, "technical_share_pupils", technical)["value"].tolist() == [share]


def test_entrants_and_pupils_are_counted_apart_and_what_was_not_delivered_is_not_zero() -> None:
    panel = one_year(
        offer(A, "BWI", "BB", 2017, pupils=10, entrants=6),
        offer(A, "DP", "KB", 2017, pupils=30, entrants=6),
        offer(B, "BWI", "BB", 2017, pupils=10),
    )
    assert values(measure(panel, "technical_share_entrants"), "unit", "value", "weight") == [(A, 0.5, 12)]
    assert values(measure(panel, "technical_share_pupils"), "unit", "value") == [(A, 0.25), (B, 1.0)]


def test_candidates_are_known_by_sector_whatever_the_definition() -> None:
    panel = one_year(
        offer(A, "S_TECHNIEK", "BB", 2017, candidates=8),
        offer(A, "S_ECONOMIE", "GL", 2017, candidates=24),
        offer(A, "S_ONBEKEND", "TL", 2017, candidates=50),
        offer(A, "BWI", "BB", 2017, pupils=7),
    )
    for technical in TechnicalDefinition:
        assert interval(measure(panel, "technical_share_candidates", technical)) == (0.25, 0.25, 0.25)


# --- masking alike -------------------------------------------------------------------------------------------------


def two_years(**later: object) -> MonitorPanel:
    """Show 3, 0 and 5 openly in 2018; 2019 as given."""
    rows = [offer(A, profile, "BB", 2018, entrants=count) for profile, count in (("PIE", 3), ("DP", 0), ("ZW", 5))]
    rows += [offer(A, "PIE", "BB", 2019, **later), offer(A, "ZW", "BB", 2019, entrants=20)]
    return toy_panel(offers=rows, vestigingen=[place(A, year, "R1") for year in (2018, 2019)])


def shown(panel: MonitorPanel, column: str = "entrants") -> list[tuple[object, ...]]:
    frame = counts(panel, column, HARD).sort_values(["school_year", "profile"])
    return values(frame, "school_year", "profile", "low", "high")


def test_where_one_year_is_masked_open_years_are_masked_alike() -> None:
    assert shown(two_years(entrants=MASKED)) == [
        (2018, "DP", 0, 0),  # zero was never masked
        (2018, "PIE", 1, 4),
        (2018, "ZW", 5, 5),
        (2019, "PIE", 1, 4),
        (2019, "ZW", 20, 20),
    ]


def test_where_no_year_is_masked_counts_stay_as_they_are() -> None:
    assert (2018, "PIE", 3, 3) in shown(two_years(entrants=4))
    assert (2019, "PIE", 4, 4) in shown(two_years(entrants=4))


def test_masking_of_one_count_leaves_the_others_alone() -> None:
    assert (2018, "PIE", 3, 3) in shown(two_years(entrants=4, candidates=MASKED))


def test_an_open_year_that_is_masked_alike_gets_bounds() -> None:
    """3 of 8 becomes [1, 4] of 6 to 9."""
    frame = measure(two_years(entrants=MASKED), "technical_share_entrants")
    assert interval(frame) == pytest.approx((1 / 6, 2.5 / 7.5, 4 / 9), rel=EXACT)


def test_flows_are_masked_alike_too() -> None:
    open_year = {**intervals({"leavers": 20, "mbo_technical": 3}), "school_year": 2018}
    masked_year = {**intervals({"leavers": 20, "mbo_technical": MASKED}), "school_year": 2019}
    panel = toy_panel(
        flows=[{"vestiging": A, "leerweg": "KB", "origin": "technical", **one} for one in (open_year, masked_year)],
        vestigingen=[place(A, year, "R1") for year in (2018, 2019)],
    )
    frame = measure(panel, "technical_mbo_share")
    assert interval(frame, 0) == interval(frame, 1) == pytest.approx((0.05, 0.125, 0.2), rel=EXACT)


# --- vestigingen ---------------------------------------------------------------------------------------------------


def test_candidates_count_at_vestigingen_that_ever_had_a_technical_one() -> None:
    rows = [
        offer(A, "S_TECHNIEK", "BB", 2017, candidates=8),
        offer(A, "S_TECHNIEK", "LWT", 2017, candidates=2),
        offer(A, "S_ECONOMIE", "BB", 2018, candidates=9),
        offer(B, "S_ECONOMIE", "BB", 2018, candidates=9),
    ]
    panel = toy_panel(offers=rows, vestigingen=[place(one, year, "R1") for one in (A, B) for year in (2017, 2018)])
    frame = measure(panel, "technical_candidates")
    assert values(frame, "unit", "school_year", "low", "value", "high") == [(A, 2017, 10, 10, 10), (A, 2018, 0, 0, 0)]


def test_the_size_of_a_profile_is_the_mean_over_the_technical_profiles_on_offer() -> None:
    """BWI 20 + 10, PIE [1, 4], MT none: (30 + 2.5) / 2 between (30 + 1) / 2 and (30 + 4) / 2."""
    panel = one_year(
        offer(A, "BWI", "BB", 2017, pupils=20),
        offer(A, "BWI", "KB", 2017, pupils=10),
        offer(A, "PIE", "KB", 2017, pupils=MASKED),
        offer(A, "MT", "KB", 2017, pupils=0),
        offer(A, "DP", "KB", 2017, pupils=80),
    )
    assert interval(measure(panel, "technical_profile_size")) == (15.5, 16.25, 17)


def test_profiles_on_offer_are_counted_and_none_is_zero() -> None:
    panel = one_year(
        offer(A, "BWI", "BB", 2017, pupils=20),
        offer(A, "BWI", "KB", 2017, pupils=10),
        offer(A, "PIE", "KB", 2017, pupils=MASKED),
        offer(A, "MT", "KB", 2017, pupils=0),
        offer(B, "DP", "KB", 2017, pupils=80),
    )
    assert values(measure(panel, "technical_profiles_offered"), "unit", "value") == [(A, 2), (B, 0)]


def test_a_pass_rate_rests_on_known_cells_of_the_beroepsgerichte_leerwegen() -> None:
    """18 + 9 of 20 + 10; the masked and the theoretical cell do not count."""
    panel = one_year(
        offer(A, "S_TECHNIEK", "BB", 2017, candidates=20, passes=18),
        offer(A, "S_TECHNIEK", "KB", 2017, candidates=10, passes=9),
        offer(A, "S_TECHNIEK", "GL", 2017, candidates=5, passes=MASKED),
        offer(A, "S_TECHNIEK", "TL", 2017, candidates=50, passes=1),
        offer(A, "S_ECONOMIE", "BB", 2017, candidates=50, passes=1),
        offer(B, "S_TECHNIEK", "BB", 2017, candidates=0, passes=0),
    )
    assert values(measure(panel, "technical_pass_rate"), "unit", "value", "weight") == [(A, 0.9, 30)]


def test_a_pass_rate_leaves_out_small_cells_in_open_years_too_once_a_year_is_masked() -> None:
    """Else 18 + 1 of 23 would become 18 of 20 by the publication alone."""
    rows = [offer(A, "S_TECHNIEK", "BB", year, candidates=20, passes=18) for year in (2018, 2022)]
    rows.append(offer(A, "S_TECHNIEK", "KB", 2018, candidates=3, passes=1))
    rows.append(offer(A, "S_TECHNIEK", "KB", 2022, candidates=MASKED, passes=MASKED))
    panel = toy_panel(offers=rows, vestigingen=[place(A, year, "R1") for year in (2018, 2022)])
    found = values(measure(panel, "technical_pass_rate"), "school_year", "value", "weight")
    assert found == [(2018, 0.9, 20), (2022, 0.9, 20)]


def test_the_central_mark_is_the_mean_over_technical_profiles() -> None:
    panel = one_year(
        offer(A, "BWI", "BB", 2017, pupils=20, mark_central=6.0),
        offer(A, "PIE", "KB", 2017, pupils=20, mark_central=7.0),
        offer(A, "MT", "KB", 2017, pupils=20),
        offer(A, "ZW", "KB", 2017, pupils=20, mark_central=9.0),
    )
    assert values(measure(panel, "central_mark_technical"), "unit", "value", "weight") == [(A, 6.5, 1)]


# --- groups --------------------------------------------------------------------------------------------------------


def test_the_leerwerktraject_counts_as_bb() -> None:
    panel = one_year(
        offer(A, "BWI", "BB", 2017, entrants=6),
        offer(A, "BWI", "LWT", 2017, entrants=2),
        offer(A, "DP", "LWT", 2017, entrants=8),
        offer(A, "DP", "KB", 2017, entrants=9),
        offer(A, "BWI", "KB", 2017, entrants=1),
        offer(A, "DP", "GL", 2017, entrants=7),
    )
    frame = measure(panel, "entrants_share_by_leerweg")
    assert values(frame, "group", "value", "weight") == [("BB", 0.5, 16), ("GL", 0, 7), ("KB", 0.1, 10)]


def test_candidates_have_a_share_by_leerweg() -> None:
    panel = one_year(
        offer(A, "S_TECHNIEK", "KB", 2017, candidates=MASKED), offer(A, "S_ECONOMIE", "KB", 2017, candidates=16)
    )
    frame = measure(panel, "candidates_share_by_leerweg")
    assert values(frame, "group") == [("KB",)]
    assert interval(frame) == pytest.approx((1 / 17, 2.5 / 18.5, 4 / 20), rel=EXACT)


@pytest.mark.parametrize(
    ("name", "column", "kinds"),
    [
        ("entrants_by_group", "entrants", ("PIE", "DP")),
        ("candidates_by_group", "candidates", ("S_TECHNIEK", "S_ZORG")),
    ],
)
def test_choices_are_counted_in_two_groups(name: str, column: str, kinds: tuple[str, str]) -> None:
    panel = one_year(
        offer(A, kinds[0], "BB", 2017, **{column: MASKED}),
        offer(A, kinds[0], "KB", 2017, **{column: 7}),
        offer(A, kinds[1], "KB", 2017, **{column: 30}),
        offer(B, kinds[1], "KB", 2017, **{column: 12}),
    )
    assert values(measure(panel, name), "unit", "group", "low", "value", "high") == [
        (A, "other", 30, 30, 30),
        (A, "technical", 8, 9.5, 11),
        (B, "other", 12, 12, 12),
        (B, "technical", 0, 0, 0),
    ]


# --- regions: overlap ----------------------------------------------------------------------------------------------


def along(*longitudes: float, regions: tuple[str, ...] = ("R1", "R1", "R2"), years: tuple[int, ...] = (2017,)) -> list:
    return [
        place(one, year, region, longitude)
        for one, region, longitude in zip((A, B, C), regions, longitudes, strict=True)
        for year in years
    ]


def test_a_pair_of_near_small_offers_counts_for_half_in_each_region() -> None:
    """A-B and B-C are 6.8 km apart, A-C 13.7: R1 holds three halves, R2 one; log offers is the offset."""
    rows = [offer(one, "PIE", "KB", 2017, pupils=20) for one in (A, B, C)]
    frame = measure(toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 5.2)), "overlap_profiles")
    assert values(frame, "unit", "region", "value") == [("R1", "R1", 1.5), ("R2", "R2", 0.5)]
    assert frame["offset"].tolist() == pytest.approx([np.log(2), np.log(1)], rel=EXACT)


@pytest.mark.parametrize(("longitude", "pairs"), [(5.14, 1.0), (5.15, 0.0)])
def test_near_is_within_ten_kilometres(longitude: float, pairs: float) -> None:
    rows = [offer(one, "PIE", "KB", 2017, pupils=20) for one in (A, B)]
    panel = toy_panel(offers=rows, vestigingen=along(5.0, longitude, 6.9))
    assert measure(panel, "overlap_profiles")["value"].tolist() == [pairs]


@pytest.mark.parametrize(
    ("profile", "size", "pairs"),
    [("PIE", 29, 1.0), ("PIE", 30, 0.0), ("BWI", 20, 0.0), ("DP", 20, 0.0)],
    ids=["small", "not small", "another profile", "not technical"],
)
def test_only_small_offers_of_the_same_technical_profile_overlap(profile: str, size: int, pairs: float) -> None:
    rows = [offer(A, "PIE", "KB", 2017, pupils=20), offer(B, profile, "KB", 2017, pupils=size)]
    panel = toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 6.9))
    assert measure(panel, "overlap_profiles")["value"].tolist() == [pairs]


def test_a_masked_cell_can_make_an_offer_small_or_not() -> None:
    """27 + [1, 4] is between 28 and 31: small in the middle, certain only below 30."""
    rows = [
        offer(A, "PIE", "KB", 2017, pupils=20),
        offer(B, "PIE", "KB", 2017, pupils=27),
        offer(B, "PIE", "BB", 2017, pupils=MASKED),
    ]
    frame = measure(toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 6.9)), "overlap_profiles")
    assert interval(frame) == (0, 1, 1)


def test_candidates_overlap_by_sector_below_fifteen() -> None:
    rows = [offer(A, "S_TECHNIEK", "KB", 2017, candidates=14), offer(B, "S_TECHNIEK", "BB", 2017, candidates=14)]
    near = along(5.0, 5.1, 6.9)
    assert measure(toy_panel(offers=rows, vestigingen=near), "overlap_candidates")["value"].tolist() == [1]
    rows[1] = offer(B, "S_TECHNIEK", "BB", 2017, candidates=15)
    assert measure(toy_panel(offers=rows, vestigingen=near), "overlap_candidates")["value"].tolist() == [0]


def test_years_do_not_overlap_with_each_other() -> None:
    rows = [offer(A, "PIE", "KB", 2017, pupils=20), offer(B, "PIE", "KB", 2018, pupils=20)]
    frame = measure(toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 6.9, years=(2017, 2018))), "overlap_profiles")
    assert values(frame, "school_year", "value") == [(2017, 0), (2018, 0)]


def test_a_vestiging_without_coordinates_is_in_no_pair() -> None:
    places = along(5.0, 5.1, 6.9)
    places[1] |= {"longitude": None, "latitude": None}
    rows = [offer(one, "PIE", "KB", 2017, pupils=20) for one in (A, B)]
    frame = measure(toy_panel(offers=rows, vestigingen=places), "overlap_profiles")
    assert values(frame, "value", "offset") == [(0, 0)]


# --- regions: closures and reachability ------------------------------------------------------------------------------


def test_a_closure_is_an_offer_of_last_year_that_is_gone() -> None:
    """Of A and B in 2017 only A is left in 2018; C starts then and is at risk in 2019, when it is gone."""
    rows = [
        offer(A, "PIE", "KB", 2017, pupils=20),
        offer(B, "PIE", "KB", 2017, pupils=20),
        offer(A, "BWI", "KB", 2018, pupils=20),
        offer(B, "DP", "KB", 2018, pupils=20),
        offer(C, "PIE", "KB", 2018, pupils=20),
        offer(A, "BWI", "KB", 2019, pupils=MASKED),
    ]
    places = [place(A, year, "R1") for year in (2017, 2018, 2019)] + [place(B, 2017, "R1"), place(C, 2018, "R2")]
    frame = measure(toy_panel(offers=rows, vestigingen=places), "technical_profile_closed")
    assert values(frame, "unit", "school_year", "value", "weight") == [
        ("R1", 2018, 0.5, 2),
        ("R1", 2019, 0, 1),
        ("R2", 2019, 1, 1),  # C has no row in 2019; its last known region counts
    ]


def test_years_with_a_gap_between_them_show_no_closure() -> None:
    rows = [offer(A, "PIE", "KB", year, pupils=20) for year in (2016, 2018)]
    panel = toy_panel(offers=rows, vestigingen=[place(A, year, "R1") for year in (2016, 2018)])
    assert measured(panel, "technical_profile_closed", HARD) is None


def test_an_offer_of_candidates_closes_by_sector() -> None:
    rows = [offer(A, "S_TECHNIEK", "KB", 2017, candidates=9), offer(A, "S_ZORG", "KB", 2018, candidates=9)]
    panel = toy_panel(offers=rows, vestigingen=[place(A, year, "R1") for year in (2017, 2018)])
    assert values(measure(panel, "technical_offer_closed"), "school_year", "value") == [(2018, 1)]


def test_a_pupil_reaches_technique_where_every_hard_profile_is_near() -> None:
    """A has BWI and B, near it, PIE and MT: both reach all three. C is too far; R1 has 20 + 60, R2 30 pupils."""
    rows = [
        offer(A, "BWI", "KB", 2017, pupils=20),
        offer(B, "PIE", "KB", 2017, pupils=25),
        offer(B, "MT", "KB", 2017, pupils=35),
        offer(C, "MT", "KB", 2017, pupils=30),
    ]
    frame = measure(toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 5.5)), "reachability_profiles")
    assert values(frame, "unit", "value", "weight") == [("R1", 1, 80), ("R2", 0, 30)]


def test_reachability_weighs_vestigingen_by_pupils() -> None:
    """B has all three profiles and 60 pupils; C, out of reach, 20 in the same region: 60 / 80."""
    rows = [offer(B, profile, "KB", 2017, pupils=20) for profile in ("BWI", "PIE", "MT")]
    rows.append(offer(C, "DP", "KB", 2017, pupils=20))
    panel = toy_panel(offers=rows, vestigingen=along(4.0, 5.1, 5.5, regions=("R1", "R2", "R2")))
    assert values(measure(panel, "reachability_profiles"), "unit", "value", "weight") == [("R2", 0.75, 80)]


def test_candidates_reach_technique_where_any_technical_offer_is_near() -> None:
    rows = [
        offer(A, "S_ZORG", "KB", 2017, candidates=30),
        offer(B, "S_TECHNIEK", "KB", 2017, candidates=10),
        offer(C, "S_ZORG", "KB", 2017, candidates=20),
    ]
    panel = toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 5.5, regions=("R1", "R1", "R1")))
    frame = measure(panel, "reachability_candidates")
    assert frame["value"].tolist() == pytest.approx([40 / 60], rel=EXACT)


@pytest.mark.parametrize(
    ("name", "column", "kinds"),
    [
        ("technical_share_region", "entrants", ("MT", "DP")),
        ("candidates_share_region", "candidates", ("S_TECHNIEK", "S_ZORG")),
    ],
)
def test_a_region_shares_out_over_its_vestigingen(name: str, column: str, kinds: tuple[str, str]) -> None:
    """R1: [1, 4] + 10 of that and 30 more, over two vestigingen."""
    rows = [
        offer(A, kinds[0], "KB", 2017, **{column: MASKED}),
        offer(B, kinds[0], "KB", 2017, **{column: 10}),
        offer(B, kinds[1], "KB", 2017, **{column: 30}),
        offer(C, kinds[1], "KB", 2017, **{column: 9}),
    ]
    frame = measure(toy_panel(offers=rows, vestigingen=along(5.0, 5.1, 5.2)), name)
    assert interval(frame) == pytest.approx((11 / 41, 12.5 / 42.5, 14 / 44), rel=EXACT)
    assert values(frame, "unit", "weight") == [("R1", 42.5), ("R2", 9)]
    assert interval(frame, 1) == (0, 0, 0)


def test_a_vestiging_keeps_its_last_region_after_it_closed_and_drops_out_without_one() -> None:
    rows = [offer(one, "MT", "KB", 2019, entrants=10) for one in (A, B)]
    panel = toy_panel(offers=rows, vestigingen=[place(A, 2016, "R9"), place(A, 2017, "R1")])
    assert values(measure(panel, "technical_share_entrants"), "unit", "region") == [(A, "R1")]


# --- flows ---------------------------------------------------------------------------------------------------------


def flow(leerweg: str, origin: str, **parts: object) -> dict[str, object]:
    return {"vestiging": A, "leerweg": leerweg, "origin": origin, "school_year": 2017, **intervals(parts)}


def with_flows(*rows: dict[str, object]) -> MonitorPanel:
    panel = toy_panel(flows=list(rows), vestigingen=[place(A, 2017, "R1")])
    assert violations(panel) == ()
    return panel


FLOWS = (
    flow("BB", "technical", leavers=10, mbo_entrants=8, mbo_technical=6, good_prospects=2, switched=1, dropped_out=4),
    flow("BB", "other", leavers=30, mbo_entrants=24, mbo_technical=6, good_prospects=6, switched=3, dropped_out=0),
    flow("TL", "other", leavers=60, mbo_entrants=40, mbo_technical=12, good_prospects=30, switched=4, dropped_out=2),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("technical_mbo_share", [("", 24 / 100, 100)]),
        ("tl_technical_mbo_share", [("", 12 / 60, 60)]),
        ("nontechnical_technical_mbo_share", [("", 6 / 30, 30)]),
        ("technical_mbo_by_leerweg", [("BB", 12 / 40, 40), ("TL", 12 / 60, 60)]),
        ("mbo_entry_share", [("BB", 32 / 40, 40), ("TL", 40 / 60, 60)]),
        ("good_prospects_share", [("BB", 8 / 32, 32), ("TL", 30 / 40, 40)]),
        ("mbo_switch_share", [("BB", 4 / 32, 32), ("TL", 4 / 40, 40)]),
        ("mbo_dropout_share", [("BB", 4 / 32, 32), ("TL", 2 / 40, 40)]),
    ],
)
def test_a_flow_is_a_share_of_leavers_or_of_those_who_entered(
    name: str, expected: list[tuple[str, float, float]]
) -> None:
    frame = measure(with_flows(*FLOWS), name)
    assert frame["group"].tolist() == [group for group, _, _ in expected]
    assert frame["value"].tolist() == pytest.approx([share for _, share, _ in expected], rel=EXACT)
    assert frame["weight"].tolist() == [weight for _, _, weight in expected]
    assert (frame["low"] == frame["high"]).all()


def test_a_masked_flow_has_bounds_that_never_pass_one() -> None:
    """[1, 4] of [1, 4]: the middle is 1, the lowest 1 / 4; of 2 known leavers it is [1, 2]; of 8 it is 2.5 / 8."""
    certain = with_flows(flow("BB", "other", leavers=MASKED, mbo_technical=MASKED))
    assert interval(measure(certain, "technical_mbo_share")) == (0.25, 1, 1)
    whole = with_flows(flow("BB", "other", leavers=2, mbo_technical=MASKED))
    assert interval(measure(whole, "technical_mbo_share")) == (0.5, 0.75, 1)
    part = with_flows(flow("BB", "other", leavers=8, mbo_technical=MASKED))
    assert interval(measure(part, "technical_mbo_share")) == (0.125, 0.3125, 0.5)


def test_a_cohort_whose_flow_is_not_yet_known_or_that_is_empty_has_no_share() -> None:
    unknown = flow("BB", "other", leavers=20)
    empty = flow("KB", "other", leavers=0, mbo_technical=0)
    assert measured(with_flows(unknown, empty), "technical_mbo_share", HARD) is None


# --- staff ---------------------------------------------------------------------------------------------------------


def staff(subject_group: str, fte: float, pupils: float, **further: float) -> dict[str, object]:
    return {
        "brin": "01AA",
        "subject_group": subject_group,
        "school_year": 2017,
        "fte": fte,
        "pupils": pupils,
        **further,
    }


def with_staff(*rows: dict[str, object]) -> MonitorPanel:
    places = [place("01AA00", 2017, "R2"), place("01AA01", 2017, "R1"), place("01AA02", 2017, "R1")]
    return toy_panel(staff=list(rows), vestigingen=places)


def test_teachers_are_counted_per_pupil_in_the_region_of_most_vestigingen() -> None:
    frame = measure(with_staff(staff("technical", 4.0, 100), staff("other", 20.0, 400)), "teacher_fte")
    assert values(frame, "unit", "group", "region", "value", "weight") == [
        ("01AA", "other", "R1", 20, 1),
        ("01AA", "technical", "R1", 4, 1),
    ]
    assert frame["offset"].tolist() == pytest.approx([np.log(400), np.log(100)], rel=EXACT)


@pytest.mark.parametrize(
    ("name", "column", "given", "share"),
    [
        ("teacher_inflow_share", "inflow", 1.0, 0.25),
        ("teacher_outflow_share", "outflow", 3.0, 0.75),
        ("share_55_plus", "share_55_plus", 0.4, 0.4),
        ("share_trained", "share_trained", 0.3, 0.3),
        ("share_from_industry", "share_from_industry", 0.2, 0.2),
        ("share_qualified", "share_qualified", 0.9, 0.9),
    ],
)
def test_a_share_of_teachers_is_weighted_by_fte(name: str, column: str, given: float, share: float) -> None:
    """Inflow and outflow are in fte, over 4 fte; without fte or without an answer there is no share."""
    panel = with_staff(staff("technical", 4.0, 100, **{column: given}), staff("other", 0.0, 400, **{column: given}))
    assert values(measure(panel, name), "group", "value", "weight") == [("technical", share, 4)]
    assert measured(with_staff(staff("technical", 4.0, 100)), name, HARD) is None


# --- surveys -------------------------------------------------------------------------------------------------------


def answer(respondent: str, vestiging: str, item: str, value: float | None, weight: float) -> dict[str, object]:
    kind = RESPONDENTS_OF[item][0] if vestiging else "programme leader"
    key = {"respondent": respondent, "kind": kind, "vestiging": vestiging, "region": "R1", "wave": 2018}
    return {**key, "item": item, "value": value, "weight": weight}


@pytest.mark.parametrize("item", ITEMS)
def test_an_answer_is_the_weighted_mean_of_a_vestiging(item: str) -> None:
    """(0.2 x 1 + 0.8 x 3) / 4; no answer, no weight, another item and a programme leader do not count."""
    other = next(one for one in ITEMS if one != item)
    rows = [
        answer("t1", A, item, 0.2, 1.0),
        answer("t2", A, item, 0.8, 3.0),
        answer("t3", A, item, None, 5.0),
        answer("t4", A, other, 0.1, 9.0),
        answer("t5", B, item, 0.9, 0.0),
        answer("p1", "", item, 1.0, 9.0),
    ]
    panel = toy_panel(surveys=rows, vestigingen=[place(one, 2018, "R1") for one in (A, B)])
    frame = measure(panel, item)
    assert values(frame, "unit", "school_year", "weight") == [(A, 2018, 4)]
    assert interval(frame) == pytest.approx((0.65, 0.65, 0.65), rel=EXACT)


# --- deliveries that are there in part -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["overlap_profiles", "reachability_profiles"])
def test_without_any_coordinates_nothing_is_near(name: str) -> None:
    bare = {"longitude": None, "latitude": None}
    rows = [offer(A, "PIE", "KB", 2017, pupils=20)]
    assert measured(toy_panel(offers=rows, vestigingen=[place(A, 2017, "R1") | bare]), name, HARD) is None
