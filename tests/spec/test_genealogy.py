"""Expectations by hand, on small merger graphs."""

from __future__ import annotations

import pandas as pd

from stoeval.panel.genealogy import connected_components, footprints


def _successions(*rows: tuple[str, str, str, bool]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["predecessor", "successor", "date", "complete"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def _footprints(vestigingen: list[str], *rows: tuple[str, str, str, bool]) -> dict[str, str]:
    return footprints(vestigingen, _successions(*rows), first_year=2014, last_year=2023)


def test_a_vestiging_without_transitions_stands_alone() -> None:
    assert _footprints(["00AA00", "00BB00"]) == {"00AA00": "00AA00", "00BB00": "00BB00"}


def test_a_merger_and_a_later_transfer_chain_into_one_footprint_named_by_its_first() -> None:
    found = _footprints(
        ["03CC00", "02BB00", "01AA05", "09ZZ00"],
        ("03CC00", "02BB00", "2016-08-01", True),
        ("02BB00", "01AA05", "2019-08-01", False),
    )
    assert found == {"03CC00": "01AA05", "02BB00": "01AA05", "01AA05": "01AA05", "09ZZ00": "09ZZ00"}


def test_a_split_ties_all_its_parts() -> None:
    rows = [("01AA00", "02BB00", "2018-08-01", True), ("01AA00", "03CC00", "2018-08-01", True)]
    assert set(_footprints(["01AA00", "02BB00", "03CC00"], *rows).values()) == {"01AA00"}


def test_a_link_through_a_vestiging_outside_the_panel_counts_and_does_not_name_it() -> None:
    rows = [("05EE00", "01AA00", "2016-08-01", True), ("06FF00", "01AA00", "2017-08-01", True)]
    assert _footprints(["05EE00", "06FF00"], *rows) == {"05EE00": "05EE00", "06FF00": "05EE00"}


def test_transitions_before_the_first_or_after_the_last_count_are_left_out() -> None:
    rows = [("01AA00", "02BB00", "2014-08-01", True), ("01AA00", "03CC00", "2024-08-01", True)]
    found = _footprints(["01AA00", "02BB00", "03CC00"], *rows)
    assert found == {"01AA00": "01AA00", "02BB00": "02BB00", "03CC00": "03CC00"}


def test_a_merger_of_whole_schools_ties_vestigingen_of_the_same_number_unless_listed_apart() -> None:
    found = _footprints(
        ["01AA00", "01AA01", "01AA02", "02BB00", "02BB01", "02BB07"],
        ("01AA", "02BB", "2018-08-01", True),
        ("01AA01", "02BB07", "2018-08-01", True),
    )
    assert found["01AA00"] == found["02BB00"] == "01AA00"
    assert found["01AA01"] == found["02BB07"] == "01AA01"
    assert (found["01AA02"], found["02BB01"]) == ("01AA02", "02BB01")


def test_an_incomplete_transition_of_a_school_ties_nothing() -> None:
    assert _footprints(["01AA00", "02BB00"], ("01AA", "02BB", "2018-08-01", False))["02BB00"] == "02BB00"


def test_components_are_the_same_in_whatever_order_links_are_given() -> None:
    links = [("a", "b"), ("c", "d"), ("b", "c"), ("e", "f")]
    groups = []
    for given in (links, links[::-1]):
        component = connected_components("abcdefg", given)
        groups.append({frozenset(node for node in component if component[node] == root) for root in component.values()})
    assert groups[0] == groups[1] == {frozenset("abcd"), frozenset("ef"), frozenset("g")}
