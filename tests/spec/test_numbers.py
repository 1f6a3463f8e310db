"""Numbers as a reader sees them; rounding by hand, or by the decimal arithmetic of the standard library."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoeval.errors import EstimationError
from stoeval.report.numbers import NumberFormat, decimals_for

DUTCH = NumberFormat(decimal=",", thousands=".", interval_separator="; ", percent="%")
ENGLISH = NumberFormat(decimal=".", thousands=",", interval_separator=", ", percent="%")


def test_a_dutch_number_has_a_decimal_comma_a_thousands_point_and_a_true_minus_sign() -> None:
    assert DUTCH.fixed(-1234.567, 2) == "\u22121.234,57"
    assert ENGLISH.fixed(-1234.567, 2) == "\u22121,234.57"


def test_a_semicolon_separates_the_ends_of_a_dutch_interval() -> None:
    assert DUTCH.interval(0.0312, 0.2088, 0.045) == "[0,031; 0,209]"
    assert ENGLISH.interval(0.0312, 0.2088, 0.045) == "[0.031, 0.209]"


@pytest.mark.parametrize(
    ("std_error", "decimals"),
    [(0.0123, 3), (0.45, 2), (1.7, 1), (12.0, 0), (4300.0, 0), (0.0, 3), (float("inf"), 3), (1e-12, 8)],
)
def test_two_digits_of_the_standard_error_decide_the_decimals(std_error: float, decimals: int) -> None:
    assert decimals_for(std_error) == decimals


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert DUTCH.fixed(-0.0004, 2) == "0,00"
    assert DUTCH.fixed(-0.0, 0) == "0"
    assert DUTCH.fixed(-0.006, 2) == "\u22120,01"


def test_an_estimate_is_as_precise_as_its_standard_error_deserves() -> None:
    assert DUTCH.estimate(1.23456, 0.4321) == "1,23"
    assert DUTCH.estimate(-31.6, 12.9) == "\u221232"


@pytest.mark.parametrize(
    ("value", "written"), [(0.0004, "< 0,001"), (0.0014, "0,001"), (0.034, "0,034"), (1.0, "1,000")]
)
def test_a_small_p_value_is_said_to_be_small(value: float, written: str) -> None:
    assert DUTCH.p_value(value) == written


def test_a_small_p_value_needs_no_equals_sign() -> None:
    assert [DUTCH.p_relation(value) for value in (0.0004, 0.034)] == ["< 0,001", "= 0,034"]


@pytest.mark.parametrize(("value", "written"), [(0.95, "95%"), (0.01, "1%"), (0.125, "12,5%"), (1.0, "100%")])
def test_a_share_is_a_percentage_without_needless_zeros(value: float, written: str) -> None:
    assert DUTCH.share(value) == written


def test_a_threshold_keeps_the_digits_it_was_set_with() -> None:
    assert [DUTCH.plain(value) for value in (0.05, 1.0, 0.0125, 200.0)] == ["0,05", "1", "0,0125", "200"]


def test_an_open_interval_is_written_with_infinity() -> None:
    assert DUTCH.interval(float("-inf"), 0.2, 0.1) == "[\u2212\u221e; 0,20]"


def test_a_number_that_is_not_there_is_never_printed() -> None:
    with pytest.raises(EstimationError, match="leave the cell empty"):
        DUTCH.fixed(float("nan"), 2)


@given(
    value=st.floats(min_value=-1e9, max_value=1e9, allow_nan=False),
    decimals=st.integers(min_value=0, max_value=6),
)
def test_rounding_is_that_of_exact_decimal_arithmetic(value: float, decimals: int) -> None:
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    read = DUTCH.fixed(value, decimals).replace(".", "").replace(",", ".").replace("\u2212", "-")
    assert Decimal(read) == exact
