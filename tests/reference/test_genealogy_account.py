"""What became of the real vmbo vestigingen, counted from DUO's exam files and the BRIN file of transitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoeval.panel.genealogy import Account, Genealogy, account, followed

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.vocabulary import MonitorPanel

COUNTS = ("candidates_low", "candidates_high", "pupils_low", "pupils_high", "passes_high")


def with_candidates(panel: MonitorPanel) -> pd.DataFrame:
    """Return vestigingen in the exam years 2015 to 2024, open where they have candidates."""
    offers = panel.tables["offers"]
    seen = offers.loc[offers["candidates_high"].notna(), ["vestiging", "school_year"]].drop_duplicates()
    places = panel.tables["vestigingen"].drop_duplicates("vestiging")[["vestiging", "footprint"]]
    return seen.merge(places, on="vestiging", validate="many_to_one").assign(open=True)


def test_the_1126_vmbo_vestigingen_of_ten_exam_years_are_accounted_for(open_panel: MonitorPanel) -> None:
    """1,126 is counted apart, from the two exam files (data.md, section 1); the parts add up to it."""
    found = account(with_candidates(open_panel))
    assert found == Account(
        total=1_126, stable=733, merged=30, renumbered=110, closed=117, opened=101, opened_and_closed=35
    )
    assert found.total == sum(getattr(found, name) for name in Account.__slots__ if name != "total")


@pytest.mark.parametrize("rule", [Genealogy.FOOTPRINTS, Genealogy.SUCCESSOR])
def test_no_pupil_or_candidate_is_lost_by_linkage_in_any_year(open_panel: MonitorPanel, rule: Genealogy) -> None:
    before, after = (panel.tables["offers"] for panel in (open_panel, followed(open_panel, rule)))
    assert after["unit"].notna().all()
    for column in COUNTS:
        by_unit = after.groupby(["unit", "school_year"])[column].sum().groupby("school_year").sum()
        assert by_unit.equals(before.groupby("school_year")[column].sum())


def test_the_rules_leave_this_many_units(open_panel: MonitorPanel) -> None:
    """1,135 vestigingen with pupils or candidates; 728 of the 1,126 have candidates in each of the ten years."""
    units = {rule: followed(open_panel, rule).tables["vestigingen"]["unit"].nunique() for rule in Genealogy}
    assert units == {Genealogy.FOOTPRINTS: 1_063, Genealogy.SUCCESSOR: 1_065, Genealogy.SURVIVORS: 728}
