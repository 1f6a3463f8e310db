"""Expectations by hand, on small merger graphs, and what must hold for every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.indicators import duurzaam
from stoeval.errors import PanelError
from stoeval.panel.doses import dose
from stoeval.panel.genealogy import (
    Account,
    Genealogy,
    account,
    connected_components,
    followed,
    footprints,
    same_address,
    units,
)
from stoeval.panel.measures import measured
from stoeval.panel.samples import sample
from stoeval.vocabulary import (
    Estimand,
    Exposure,
    FormulaInput,
    Level,
    MonitorPanel,
    Programme,
    Sample,
    SchoolYear,
    TechnicalDefinition,
    Window,
)
from toy_samples import offer, place, toy_panel

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    for order in (links, links[::-1]):
        component = connected_components("abcdefg", order)
        groups.append({frozenset(node for node in component if component[node] == root) for root in component.values()})
    assert groups[0] == groups[1] == {frozenset("abcd"), frozenset("ef"), frozenset("g")}


# --- addresses -----------------------------------------------------------------------------------------------------


def test_a_vestiging_that_starts_where_another_ended_the_year_before_is_tied_to_it() -> None:
    """B starts at A's postcode when A ends; C starts a year late, D elsewhere, E knows four digits only."""
    lives = {"A": (2015, 2016), "B": (2017, 2019), "C": (2018, 2019), "D": (2017, 2019), "E": (2017, 2019)}
    seen = pd.DataFrame(
        [(name, year) for name, (first, last) in lives.items() for year in range(first, last + 1)],
        columns=["vestiging", "school_year"],
    )
    postcode = pd.Series({"A": "1234AB", "B": "1234AB", "C": "1234AB", "D": "1234AC", "E": "1234", "F": "1234AB"})
    assert same_address(seen, postcode.astype("string")) == [("A", "B")]


def test_a_link_known_otherwise_ties_vestigingen_too() -> None:
    found = footprints(
        ["02BB00", "01AA00"], _successions(), first_year=2014, last_year=2023, more=[("02BB00", "01AA00")]
    )
    assert found == {"01AA00": "01AA00", "02BB00": "01AA00"}


# --- rules ---------------------------------------------------------------------------------------------------------

A, B, C, D, E = "01AA00", "02BB00", "03CC00", "04DD00", "05EE00"
YEARS = range(2016, 2020)


def living(lives: Mapping[str, tuple[str, int, int]], region: str = "R1") -> pd.DataFrame:
    """Return the table of vestigingen; each has a footprint, a first and a last year."""
    rows = [
        place(name, year, region) | {"footprint": footprint, "open": first <= year <= last}
        for name, (footprint, first, last) in lives.items()
        for year in YEARS
    ]
    return toy_panel(vestigingen=rows).tables["vestigingen"]


MERGED = {A: (A, 2016, 2017), B: (A, 2016, 2019), C: (C, 2016, 2017), D: (C, 2018, 2019), E: (E, 2016, 2019)}
"""A merges into B, C becomes D, E stands alone."""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Genealogy.FOOTPRINTS, {A: A, B: A, C: C, D: C, E: E}),
        (Genealogy.SUCCESSOR, {A: B, B: B, C: D, D: D, E: E}),
        (Genealogy.SURVIVORS, {B: B, E: E}),
    ],
)
def test_each_rule_names_the_units(rule: Genealogy, expected: dict[str, str]) -> None:
    assert units(living(MERGED), rule) == expected


def test_of_a_split_the_part_that_starts_and_goes_on_the_longest_inherits() -> None:
    """A ends in 2016; B was there before, C starts after it and ends in 2018, D starts after it and stays."""
    lives = {A: (A, 2016, 2016), B: (A, 2016, 2019), C: (A, 2017, 2018), D: (A, 2017, 2019)}
    assert units(living(lives), Genealogy.SUCCESSOR) == {A: D, B: B, C: B, D: D}


def test_every_vestiging_is_accounted_for_once() -> None:
    lives = MERGED | {
        "06FF00": ("06FF00", 2016, 2018),
        "07GG00": ("07GG00", 2017, 2019),
        "08HH00": ("08HH00", 2017, 2018),
    }
    assert account(living(lives)) == Account(
        total=8, stable=1, merged=2, renumbered=2, closed=1, opened=1, opened_and_closed=1
    )


def test_a_rule_that_leaves_nobody_is_refused() -> None:
    panel = toy_panel(vestigingen=[place(A, 2016, "R1"), place(B, 2017, "R1")])
    with pytest.raises(PanelError, match="no vestiging is left under the rule 'survivors only'"):
        followed(panel, Genealogy.SURVIVORS)


def country(lives: Mapping[str, tuple[str, int, int]], generator: np.random.Generator) -> MonitorPanel:
    rows = [
        offer(name, profile, "KB", year, pupils=int(generator.integers(0, 30)), candidates=None)
        for name, (_, first, last) in lives.items()
        for year in range(first, last + 1)
        for profile in ("BWI", "DP")
    ]
    for row in rows:
        row |= {"candidates_low": None, "candidates_high": None}
    return toy_panel(offers=rows, vestigingen=living(lives).to_dict("records"))


spans = st.tuples(st.integers(2016, 2019), st.integers(0, 3)).map(lambda one: (one[0], min(one[0] + one[1], 2019)))


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(given_spans=st.lists(spans, min_size=5, max_size=5), ties=st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_no_pupil_is_lost_or_counted_twice_by_linkage(given_spans: list[tuple[int, int]], ties: list[int]) -> None:
    names = (A, B, C, D, E)
    component = connected_components(names, [(names[one], names[other]) for one, other in enumerate(ties)])
    first = {root: min(name for name in names if component[name] == root) for root in set(component.values())}
    lives = {name: (first[component[name]], begin, end) for name, (begin, end) in zip(names, given_spans, strict=True)}
    panel = country(lives, np.random.default_rng(1))
    before = panel.tables["offers"].groupby("school_year")["pupils_low"].sum()
    for rule in (Genealogy.FOOTPRINTS, Genealogy.SUCCESSOR):
        offers = followed(panel, rule).tables["offers"]
        assert offers["unit"].notna().all()
        assert offers.groupby("school_year")["pupils_low"].sum().equals(before)
        by_unit = offers.groupby(["unit", "school_year"])["pupils_low"].sum()
        assert by_unit.groupby("school_year").sum().equals(before)
        assert set(offers["unit"]) <= set(names)


# --- what rules do to measures and samples --------------------------------------------------------------------------


def merging(rule: Genealogy) -> MonitorPanel:
    """A with 10 of 40 technical merges into B with 20 of 80: 30 of 120 from 2018 on."""
    rows = []
    for year in YEARS:
        both = {A: (10, 30), B: (20, 60)} if year < 2018 else {B: (30, 90)}
        for name, (technical, other) in both.items():
            rows += [offer(name, "BWI", "KB", year, pupils=technical), offer(name, "DP", "KB", year, pupils=other)]
    lives = {A: (A, 2016, 2017), B: (A, 2016, 2019)}
    return followed(toy_panel(offers=rows, vestigingen=living(lives).to_dict("records")), rule)


HARD = TechnicalDefinition.HARD


@pytest.mark.parametrize(
    ("rule", "weights"),
    [
        (Genealogy.FOOTPRINTS, {(A, year): 120 for year in YEARS}),
        (Genealogy.SUCCESSOR, {(B, year): 120 for year in YEARS}),
        (Genealogy.SURVIVORS, {(B, 2016): 80, (B, 2017): 80, (B, 2018): 120, (B, 2019): 120}),
    ],
)
def test_a_share_is_that_of_the_unit_under_the_rule(rule: Genealogy, weights: dict[tuple[str, int], int]) -> None:
    frame = measured(merging(rule), "technical_share_pupils", HARD)
    assert frame is not None
    assert dict(zip(zip(frame["unit"], frame["school_year"], strict=True), frame["weight"], strict=True)) == weights
    assert set(frame["value"]) == {0.25}


def test_a_merger_is_no_closure_and_without_linkage_it_was_one() -> None:
    apart = toy_panel(
        **{
            name: table.drop(columns="unit", errors="ignore").to_dict("records")
            for name, table in merging(Genealogy.FOOTPRINTS).tables.items()
            if len(table)
        }
    )
    tied = measured(merging(Genealogy.FOOTPRINTS), "technical_profile_closed", HARD)
    loose = measured(apart, "technical_profile_closed", HARD)
    assert tied is not None
    assert loose is not None
    assert tied["value"].tolist() == [0, 0, 0]
    assert loose.loc[loose["school_year"] == 2018, "value"].tolist() == [0.5]


def test_a_dose_is_that_of_the_unit() -> None:
    found = dose(merging(Genealogy.FOOTPRINTS), FormulaInput(counted=SchoolYear(start=2016)), Level.VESTIGING)
    assert isinstance(found, pd.Series)
    assert found.to_dict() == {A: 0.25}


def test_small_cells_are_hidden_before_they_are_summed() -> None:
    """Two open cells of 3 in 2016 are [1, 4] each once 2019 is masked: [2, 8] together, not 6."""
    lives = {A: (A, 2016, 2019), B: (A, 2016, 2019)}
    rows = [offer(name, "BWI", "KB", 2016, pupils=3) for name in (A, B)]
    rows += [offer(A, "BWI", "KB", 2019, pupils=(1, 4))]
    rows += [offer(A, "DP", "KB", year, pupils=20) for year in (2016, 2019)]
    panel = followed(toy_panel(offers=rows, vestigingen=living(lives).to_dict("records")), Genealogy.FOOTPRINTS)
    frame = measured(panel, "technical_share_pupils", HARD)
    assert frame is not None
    assert tuple(frame.loc[0, ["low", "high"]]) == (2 / 22, 8 / 28)


def test_a_unit_that_closed_has_no_technical_candidates_left() -> None:
    rows = [offer(A, "S_TECHNIEK", "KB", year, candidates=9) for year in (2016, 2017)]
    rows += [offer(B, "S_TECHNIEK", "KB", year, candidates=12) for year in (2017, 2018)]
    lives = {A: (A, 2016, 2017), B: (B, 2017, 2018)}
    frame = measured(toy_panel(offers=rows, vestigingen=living(lives).to_dict("records")), "technical_candidates", HARD)
    assert frame is not None
    assert frame["value"].tolist() == [9, 9, 0, 0, 12, 12]


def test_the_rule_decides_which_units_a_sample_holds() -> None:
    """Twelve regions of A, which merges into B in 2018, and E, which stands alone."""
    rows, places = [], []
    for number in range(12):
        names = [f"{number:02d}{letters}00" for letters in ("AA", "BB", "EE")]
        lives = {names[0]: (2016, 2017), names[1]: (2016, 2019), names[2]: (2016, 2019)}
        for name, (first, last) in lives.items():
            footprint = names[0] if name == names[1] else name
            for year in YEARS:
                there = first <= year <= last
                places.append(place(name, year, f"R{number:02d}") | {"footprint": footprint, "open": there})
                if there:
                    rows += [offer(name, "BWI", "KB", year, pupils=10), offer(name, "DP", "KB", year, pupils=30)]
    panel = toy_panel(offers=rows, vestigingen=places)
    window = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2019),))
    programme = next(one for one in CATALOGUE.exposures if isinstance(one.rule, Programme))
    assert isinstance(programme, Exposure)
    estimand = Estimand(cause=programme, effect=duurzaam.TECHNICAL_SHARE_PUPILS, population="all", window=window)
    found = {rule: sample(panel, estimand, CATALOGUE, genealogy=rule) for rule in Genealogy}
    assert {rule: len(one.unit_names) for rule, one in found.items() if isinstance(one, Sample)} == dict.fromkeys(
        Genealogy, 24
    )
    primary, heirs, survivors = (found[rule] for rule in Genealogy)
    assert "00AA00" in primary.unit_names
    assert "00BB00" not in primary.unit_names
    assert heirs.unit_names == survivors.unit_names
    assert heirs.weight.sum() > survivors.weight.sum()
    assert sample(panel, estimand, CATALOGUE).unit_names == primary.unit_names
