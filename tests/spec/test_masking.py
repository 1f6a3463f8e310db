"""Expectations by hand, from the meaning of `<5` in DUO's files: 1, 2, 3 or 4, never 0."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoeval.errors import DisclosureError, PanelError
from stoeval.panel.masking import (
    DUO_API,
    DUO_FILE,
    OPEN,
    STAFF_WORKBOOK,
    Intervals,
    Masking,
    leaks,
    nested,
    parse_counts,
    release,
    remask,
    share,
    share_within,
    sum_by,
)


def _bounds(*texts: str | None, masking: Masking = DUO_FILE, school_year: int | None = None) -> list[tuple[int, int]]:
    counts = parse_counts(pd.Series(list(texts)), masking, where="test.csv, AANTAL", school_year=school_year)
    return list(zip(counts.low.tolist(), counts.high.tolist(), strict=True))


def _intervals(*bounds: tuple[int, int]) -> Intervals:
    low, high = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    return Intervals(low=low, high=high)


def test_a_shown_count_is_an_interval_of_one_integer() -> None:
    assert _bounds("0", "1", "4", "5", " 127 ") == [(0, 0), (1, 1), (4, 4), (5, 5), (127, 127)]


def test_fewer_than_five_is_one_to_four_and_zero_stays_zero() -> None:
    assert _bounds("<5", "0") == [(1, 4), (0, 0)]


def test_a_point_before_three_digits_separates_thousands() -> None:
    assert _bounds("1.001", "12.345.678") == [(1001, 1001), (12_345_678, 12_345_678)]


@pytest.mark.parametrize("symbol", ["*", "**", "x", "<5"])
def test_the_staff_workbook_hides_small_counts_with_its_own_symbols(symbol: str) -> None:
    assert _bounds(symbol, masking=STAFF_WORKBOOK) == [(1, 4)]


def test_the_api_hides_small_counts_as_minus_one() -> None:
    assert _bounds("-1", "0", "7", masking=DUO_API) == [(1, 4), (0, 0), (7, 7)]


def test_a_four_is_open_before_masking_began_and_hidden_after() -> None:
    assert _bounds("4", "3", "5", masking=DUO_API, school_year=2019) == [(4, 4), (3, 3), (5, 5)]
    assert _bounds("4", "5", masking=DUO_API, school_year=2020) == [(1, 4), (5, 5)]
    assert _bounds("4", masking=DUO_FILE, school_year=2023) == [(4, 4)]


@pytest.mark.parametrize("text", ["-1", "*", "x", "<10", "4,5", "4.5", "vier", "-3"])
def test_a_symbol_that_the_source_does_not_use_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PanelError, match=r"test\.csv, AANTAL: 1 of 2 counts .* in data row 2"):
        _bounds("3", text)


def test_a_blank_is_refused_unless_the_source_means_zero_by_it() -> None:
    with pytest.raises(PanelError, match="2 of 3 counts"):
        _bounds("3", "", None)
    assert _bounds("3", "", None, masking=Masking(blank_is_zero=True)) == [(3, 3), (0, 0), (0, 0)]


def test_no_counts_give_no_intervals() -> None:
    assert _bounds(masking=OPEN) == []


def test_sum_and_difference_keep_every_admissible_value() -> None:
    one, other = _intervals((1, 4), (7, 7)), _intervals((10, 10), (1, 4))
    total, difference = one + other, other - one
    assert (total.low.tolist(), total.high.tolist()) == ([11, 8], [14, 11])
    assert (difference.low.tolist(), difference.high.tolist()) == ([6, -6], [9, -3])


def test_sum_by_adds_the_bounds_of_each_group() -> None:
    total = sum_by(_intervals((1, 4), (7, 7), (1, 4)), np.array([1, 0, 1]), 3)
    assert (total.low.tolist(), total.high.tolist()) == ([7, 2, 0], [7, 8, 0])


small = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda pair: (min(pair), max(pair)))


@given(part=small, rest=small)
def test_the_bounds_of_a_share_are_the_extremes_over_all_admissible_counts(
    part: tuple[int, int], rest: tuple[int, int]
) -> None:
    if part[1] + rest[1] == 0:
        with pytest.raises(PanelError, match="total of zero"):
            share(_intervals(part), _intervals(rest))
        return
    every = [one / (one + other) for one, other in _pairs(part, rest) if one + other > 0]
    low, high = share(_intervals(part), _intervals(rest))
    assert (low[0], high[0]) == (min(every), max(every))


@given(part=small, whole=small)
def test_the_bounds_of_a_share_of_a_whole_are_the_extremes_over_parts_inside_it(
    part: tuple[int, int], whole: tuple[int, int]
) -> None:
    inside = [(one, all_) for one, all_ in _pairs(part, whole) if one <= all_]
    if whole[1] == 0 or not inside:
        with pytest.raises(PanelError, match=r"total of zero|larger than their whole"):
            share_within(_intervals(part), _intervals(whole))
        return
    every = [one / all_ for one, all_ in inside if all_ > 0]
    low, high = share_within(_intervals(part), _intervals(whole))
    assert (low[0], high[0]) == (min(every), max(every))
    tight_part, tight_whole = nested(_intervals(part), _intervals(whole))
    assert (tight_part.low[0], tight_part.high[0]) == (min(inside)[0], max(inside)[0])
    assert {tight_whole.low[0], tight_whole.high[0]} == {min(a for _, a in inside), max(a for _, a in inside)}


def _pairs(one: tuple[int, int], other: tuple[int, int]) -> list[tuple[int, int]]:
    return list(itertools.product(range(one[0], one[1] + 1), range(other[0], other[1] + 1)))


def test_a_masked_count_with_narrower_bounds_than_published_leaks_and_is_refused() -> None:
    published = _intervals((1, 4), (1, 4), (7, 7), (1, 4))
    shown = _intervals((1, 4), (3, 3), (7, 7), (1, 3))
    assert leaks(shown, published).tolist() == [False, True, False, True]
    assert release(published, published, where="monitor") is published
    with pytest.raises(DisclosureError, match=r"monitor: 2 masked counts .* first at position 1"):
        release(shown, published, where="monitor")


def test_open_years_can_be_hidden_as_the_later_years_are() -> None:
    counts = remask(_intervals((0, 0), (1, 1), (4, 4), (5, 5), (1, 4), (2, 9)))
    assert counts.low.tolist() == [0, 1, 1, 5, 1, 2]
    assert counts.high.tolist() == [0, 4, 4, 5, 4, 9]
    assert counts.masked == 4


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PanelError, match=r"first at position 1: \[5, 4\]"):
        _intervals((1, 4), (5, 4))
    with pytest.raises(PanelError, match="two bounds"):
        Intervals(low=np.array([1]), high=np.array([1, 2]))
