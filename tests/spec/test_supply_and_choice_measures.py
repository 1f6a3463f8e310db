"""Supply at other distances, offers that moved, and who chooses what, counted by hand.

The vestigingen lie on the parallel of 52 degrees, where a degree of longitude is 68.46 km: 0.06 degrees are
4.1 km, 0.10 are 6.8 km, 0.20 are 13.7 km.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoeval.panel.measures import measured
from stoeval.vocabulary import TechnicalDefinition
from toy_samples import offer, place, toy_panel

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.vocabulary import MonitorPanel

A, B, C = "01AA00", "02BB00", "03CC00"
EXACT = 1e-14  # worst deviation seen 1e-16
MASKED = (1, 4)


def measure(panel: MonitorPanel, name: str, technical: TechnicalDefinition = TechnicalDefinition.HARD) -> pd.DataFrame:
    frame = measured(panel, name, technical)
    assert frame is not None
    return frame


def placed(*longitudes: float, years: tuple[int, ...] = (2017,), region: str = "R1") -> list[dict[str, object]]:
    return [
        place(one, year, region, longitude)
        for one, longitude in zip((A, B, C), longitudes, strict=False)
        for year in years
    ]


# --- other distances -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pairs"), [("overlap_profiles_5km", 1.0), ("overlap_profiles", 2.0), ("overlap_profiles_15km", 3.0)]
)
def test_more_small_offers_are_near_within_a_larger_radius(name: str, pairs: float) -> None:
    """A-B are 4.1 km apart, B-C 9.6 and A-C 13.7."""
    rows = [offer(one, "PIE", "KB", 2017, pupils=20) for one in (A, B, C)]
    panel = toy_panel(offers=rows, vestigingen=placed(5.0, 5.06, 5.20))
    assert measure(panel, name)["value"].tolist() == [pairs]


@pytest.mark.parametrize(
    ("name", "share"),
    [("reachability_profiles_5km", 0.0), ("reachability_profiles", 20 / 50), ("reachability_profiles_15km", 1.0)],
)
def test_more_pupils_reach_every_profile_within_a_larger_radius(name: str, share: float) -> None:
    """BWI and PIE are taught at A, M&T at B, 6.8 km away; C with 30 pupils lies 6.8 km beyond B."""
    rows = [offer(A, profile, "KB", 2017, pupils=5) for profile in ("BWI", "PIE")]
    rows += [offer(B, "MT", "KB", 2017, pupils=10), offer(C, "DP", "KB", 2017, pupils=30)]
    panel = toy_panel(offers=rows, vestigingen=placed(5.0, 5.1, 5.2))
    assert measure(panel, name)["value"].tolist() == [share]


@pytest.mark.parametrize(("profile", "share"), [("bwi", 1.0), ("pie", 20 / 50), ("mt", 0.0)])
def test_each_hard_profile_has_a_reach_of_its_own(profile: str, share: float) -> None:
    """BWI is taught at B between the others; PIE at A, where 10 pupils are, and near B with 10."""
    rows = [offer(A, "PIE", "KB", 2017, pupils=10), offer(B, "BWI", "KB", 2017, pupils=10)]
    rows.append(offer(C, "DP", "KB", 2017, pupils=30))
    panel = toy_panel(offers=rows, vestigingen=placed(5.0, 5.1, 5.2))
    assert measure(panel, f"reachability_{profile}")["value"].tolist() == [share]


# --- offers that moved ---------------------------------------------------------------------------------------------


def ending(*later: dict[str, object], longitude: float = 5.1) -> pd.DataFrame:
    """A and B both offer PIE in 2017, B also BWI; what 2018 offers is given."""
    rows = [offer(A, "PIE", "KB", 2017, pupils=20), offer(B, "PIE", "KB", 2017, pupils=MASKED)]
    rows += [offer(B, "BWI", "KB", 2017, pupils=20), offer(A, "DP", "KB", 2018, pupils=20), *later]
    panel = toy_panel(offers=rows, vestigingen=placed(5.0, longitude, years=(2017, 2018)))
    return measure(panel, "technical_offer_rearranged")


def test_a_profile_that_ends_while_another_vestiging_near_keeps_it_was_rearranged() -> None:
    """Of three offers PIE at A ended and is still at B, 6.8 km away; BWI at B ended and is nowhere."""
    frame = ending(offer(B, "PIE", "KB", 2018, pupils=35))
    assert frame[["unit", "school_year", "value", "weight"]].to_numpy().tolist() == [["R1", 2018, 1 / 3, 3.0]]


def test_a_profile_that_stays_or_vanishes_from_the_neighbourhood_was_not_rearranged() -> None:
    kept = [offer(one, "PIE", "KB", 2018, pupils=20) for one in (A, B)]
    assert ending(*kept)["value"].tolist() == [0.0]
    assert ending()["value"].tolist() == [0.0]
    assert ending(offer(B, "PIE", "KB", 2018, pupils=35), longitude=5.2)["value"].tolist() == [0.0]


def test_a_profile_can_move_to_a_vestiging_that_did_not_have_it() -> None:
    rows = [offer(A, "MT", "KB", 2017, pupils=20), offer(B, "MT", "KB", 2018, pupils=20)]
    panel = toy_panel(offers=rows, vestigingen=placed(5.0, 5.1, years=(2017, 2018)))
    assert measure(panel, "technical_offer_rearranged")["value"].tolist() == [1.0]


# --- girls and boys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "share", "weight"), [("technical_share_girls", 6 / 26, 26), ("technical_share_boys", 14 / 24, 24)]
)
def test_girls_and_boys_have_a_technical_share_of_their_own(name: str, share: float, weight: float) -> None:
    rows = [
        offer(A, "BWI", "BB", 2017, entrants=20, entrants_girls=6, entrants_boys=14),
        offer(A, "ZW", "KB", 2017, entrants=30, entrants_girls=20, entrants_boys=10),
        offer(A, "TL", "TL", 2017, entrants=50, entrants_girls=30, entrants_boys=20),
    ]
    frame = measure(toy_panel(offers=rows, vestigingen=placed(5.0)), name)
    assert frame[["unit", "value", "weight"]].to_numpy().tolist() == [[A, share, weight]]


# --- who chooses what ----------------------------------------------------------------------------------------------

CHOICES = (
    offer(A, "BWI", "BB", 2017, entrants=6, pupils=14),
    offer(A, "MVI", "KB", 2017, entrants=4, pupils=9),
    offer(A, "DP", "LWT", 2017, entrants=5, pupils=10),
    offer(A, "DP", "GL", 2017, entrants=10, pupils=20),
    offer(A, "ZW", "KB", 2017, entrants=25, pupils=50),
    offer(A, "TL", "TL", 2017, entrants=50, pupils=99),
)


@pytest.mark.parametrize(
    ("name", "share", "weight"),
    [
        ("technical_share_hard", 6 / 50, 50),
        ("technical_share_hard_and_soft", 10 / 50, 50),
        ("technical_share_with_dp", 25 / 50, 50),
        ("dp_share_entrants", 15 / 50, 50),
        ("bb_share_entrants", 11 / 100, 100),
        ("kb_share_entrants", 29 / 100, 100),
        ("gl_share_entrants", 10 / 100, 100),
        ("tl_share_entrants", 50 / 100, 100),
    ],
)
@pytest.mark.parametrize("technical", TechnicalDefinition)
def test_a_share_with_a_definition_in_its_name_is_the_same_under_every_other(
    name: str, share: float, weight: float, technical: TechnicalDefinition
) -> None:
    frame = measure(toy_panel(offers=list(CHOICES), vestigingen=placed(5.0)), name, technical)
    assert frame[["unit", "value", "weight"]].to_numpy().tolist() == [[A, share, weight]]


def test_a_masked_choice_of_d_and_p_has_sharp_bounds() -> None:
    """[1, 4] of 12 more: 1 / 13 to 4 / 16."""
    rows = [offer(A, "DP", "BB", 2017, entrants=MASKED), offer(A, "ZW", "KB", 2017, entrants=12)]
    frame = measure(toy_panel(offers=rows, vestigingen=placed(5.0)), "dp_share_entrants")
    assert tuple(frame.loc[0, ["low", "value", "high"]]) == pytest.approx((1 / 13, 2.5 / 14.5, 4 / 16), rel=EXACT)


def test_technical_pupils_count_at_vestigingen_that_ever_had_one() -> None:
    rows = [offer(A, "BWI", "BB", 2017, pupils=10), offer(A, "MT", "KB", 2017, pupils=4)]
    rows += [offer(A, "DP", "KB", 2018, pupils=30), offer(B, "DP", "KB", 2018, pupils=30)]
    panel = toy_panel(offers=rows, vestigingen=placed(5.0, 5.1, years=(2017, 2018)))
    frame = measure(panel, "technical_pupils")
    assert frame[["unit", "school_year", "value"]].to_numpy().tolist() == [[A, 2017, 14.0], [A, 2018, 0.0]]
