"""What totals tell about masked counts, against every table that the published bounds allow.

Brute force lists all admissible tables of a few cells. On trees of totals the bounds are its extremes; with totals
on both sides they hold its extremes and are never wider than the published bounds or than interval arithmetic.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoeval.errors import DisclosureError, PanelError
from stoeval.panel.masking import Intervals, release
from stoeval.panel.propagation import Sums, propagate

laws = settings(max_examples=150, deadline=None, derandomize=True, database=None)
Bounds = list[tuple[int, int]]
Listed = list[tuple[int, list[int]]]
counts = st.lists(st.integers(0, 7), min_size=4, max_size=4)
hidden = st.lists(st.booleans(), min_size=9, max_size=9)


def published(true: list[int], mask: list[bool]) -> Intervals:
    """Return counts as DUO shows them: 1 to 4 hidden where the mask says so."""
    secret = [hide and 1 <= count <= 4 for count, hide in zip(true, mask, strict=False)]
    low = [1 if one else count for one, count in zip(secret, true, strict=True)]
    high = [4 if one else count for one, count in zip(secret, true, strict=True)]
    return Intervals(low=np.array(low, dtype=np.int64), high=np.array(high, dtype=np.int64))


def admissible(cells: Intervals, sums: Listed) -> Bounds:
    """Return the extremes of each cell over all tables that add up, by listing them."""
    ranges = [range(low, high + 1) for low, high in zip(cells.low.tolist(), cells.high.tolist(), strict=True)]
    tables = [
        table
        for table in itertools.product(*ranges)
        if all(sum(table[part] for part in parts) == table[total] for total, parts in sums)
    ]
    return [(min(column), max(column)) for column in zip(*tables, strict=True)]


def tightened(cells: Intervals, sums: Listed) -> Bounds:
    inside = propagate(cells, Sums.listed(sums), where="test").inside
    return list(zip(inside.low.tolist(), inside.high.tolist(), strict=True))


ONE_LEVEL: Listed = [(4, [0, 1, 2, 3])]
TREE: Listed = [(4, [0, 1]), (5, [2, 3]), (6, [4, 5])]
TWO_WAY: Listed = [(4, [0, 1]), (5, [2, 3]), (6, [0, 2]), (7, [1, 3]), (8, [4, 5]), (8, [6, 7])]


def completed(inner: list[int], sums: Listed) -> list[int]:
    """Return inner cells followed by the totals that they have."""
    table = dict(enumerate(inner))
    for total, parts in sums:
        table[total] = sum(table[part] for part in parts)
    return [table[position] for position in range(len(table))]


@laws
@given(inner=counts, mask=hidden)
@pytest.mark.parametrize("sums", [ONE_LEVEL, TREE], ids=["one level", "totals of totals"])
def test_on_a_tree_of_totals_the_bounds_are_sharp(sums: Listed, inner: list[int], mask: list[bool]) -> None:
    cells = published(completed(inner, sums), mask)
    assert tightened(cells, sums) == admissible(cells, sums)


@laws
@given(inner=counts, mask=hidden)
def test_with_totals_on_both_sides_the_bounds_hold_every_admissible_table(inner: list[int], mask: list[bool]) -> None:
    true = completed(inner, TWO_WAY)
    cells = published(true, mask)
    found = tightened(cells, TWO_WAY)
    for (low, high), count, (least, most), shown_low, shown_high in zip(
        found, true, admissible(cells, TWO_WAY), cells.low, cells.high, strict=True
    ):
        assert low <= count <= high
        assert low <= least
        assert most <= high
        assert shown_low <= low
        assert high <= shown_high


@laws
@given(inner=counts, mask=hidden)
def test_a_total_is_never_wider_than_the_sum_of_its_parts(inner: list[int], mask: list[bool]) -> None:
    cells = published(completed(inner, TREE), mask)
    found = tightened(cells, TREE)
    for total, parts in TREE:
        assert sum(found[part][0] for part in parts) <= found[total][0]
        assert found[total][1] <= sum(found[part][1] for part in parts)


def test_a_two_way_table_can_hold_more_than_occurs() -> None:
    """Two parts of one total, again in the other total with a third: 4 = a + b = a + c, b + c = 4 gives 2 for each."""
    triangle: Listed = [(3, [0, 1]), (4, [0, 2]), (5, [1, 2])]
    cells = Intervals(low=np.array([1, 1, 1, 4, 4, 4]), high=np.array([4, 4, 4, 4, 4, 4]))
    assert admissible(cells, triangle)[:3] == [(2, 2)] * 3
    assert tightened(cells, triangle)[:3] == [(1, 3)] * 3


def test_a_masked_cell_that_follows_from_its_total_is_a_point_inside_and_never_leaves() -> None:
    """Men <5, women 12, all 15: three men."""
    cells = Intervals(low=np.array([1, 12, 15]), high=np.array([4, 12, 15]))
    found = propagate(cells, Sums.listed([(2, [0, 1])]), where="exam.csv")
    assert (found.inside.low.tolist(), found.inside.high.tolist()) == ([3, 12, 15], [3, 12, 15])
    assert found.disclosive.tolist() == [True, False, False]
    with pytest.raises(DisclosureError, match="1 masked counts would show more"):
        release(found.inside, found.published, where="output")
    assert release(found.published, found.published, where="output") is cells


def test_a_masked_total_is_bounded_by_its_parts() -> None:
    cells = Intervals(low=np.array([1, 2, 1]), high=np.array([1, 2, 4]))
    found = propagate(cells, Sums.listed([(2, [0, 1])]), where="exam.csv")
    assert (found.inside.low[2], found.inside.high[2]) == (3, 3)


def test_cells_that_cannot_add_up_are_refused_with_the_first_sum() -> None:
    cells = Intervals(low=np.array([1, 12, 20, 5, 5]), high=np.array([4, 12, 20, 5, 5]))
    with pytest.raises(PanelError, match=r"exam\.csv: 1 sums .* first sum 1: parts from 13 to 16, total from 20 to 20"):
        propagate(cells, Sums.listed([(4, [3]), (2, [0, 1])]), where="exam.csv")


def test_without_sums_nothing_moves() -> None:
    cells = Intervals(low=np.array([1, 0]), high=np.array([4, 0]))
    found = propagate(cells, Sums.listed([]), where="test")
    assert found.inside.high.tolist() == [4, 0]
    assert not found.disclosive.any()
