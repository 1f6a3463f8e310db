"""Adjustments of p-values by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.errors import EstimationError
from stoeval.inference.multiplicity import holm, intersection_union, serial_gatekeeping, split_alpha

if TYPE_CHECKING:
    from collections.abc import Callable

EXACT = 1e-15  # no deviation seen


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # 4 x .005, 3 x .01, 2 x .03, then not below .06
        ([0.04], [0.04]),
        ([0.5, 0.5, 0.5], [1.0, 1.0, 1.0]),  # 1.5 is no probability
        ([0.02, 0.02], [0.04, 0.04]),
        ([0.0, 1.0], [0.0, 1.0]),
        ([0.001, 1, 1, 1, 1, 1, 1, 1, 1], [0.009, 1, 1, 1, 1, 1, 1, 1, 1]),  # eight that cannot be tested
        ([], []),
    ],
)
def test_p_values_step_down_and_keep_their_order(p_values: list[float], adjusted: list[float]) -> None:
    assert holm(p_values) == pytest.approx(tuple(adjusted), rel=EXACT)


@pytest.mark.parametrize(
    ("p_values", "count"), [([0.1, 1.2], 1), ([-0.1, 0.5, 2.0], 2), ([np.nan], 1), ([0.1, np.inf], 1)]
)
def test_what_is_no_probability_is_counted_and_refused(p_values: list[float], count: int) -> None:
    with pytest.raises(EstimationError, match=rf"^{count} of {len(p_values)} p-values lie outside"):
        holm(p_values)


# --- alpha split over measurements -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p_values", "alphas", "adjusted"),
    [
        ([0.01, 0.04], [0.01, 0.04], [0.05, 0.05]),  # each at its own alpha is at the sum
        ([0.002, 0.1], [0.01, 0.04], [0.01, 0.125]),  # 5 x .002 and 1.25 x .1
        ([0.3, 0.9], [0.01, 0.04], [1.0, 1.0]),  # 1.5 and 1.125 are no probabilities
        ([0.02, 0.02], [0.025, 0.025], [0.04, 0.04]),  # equal shares: Bonferroni
        ([0.03], [0.05], [0.03]),
    ],
)
def test_a_p_value_is_held_against_the_sum_of_alphas(
    p_values: list[float], alphas: list[float], adjusted: list[float]
) -> None:
    assert split_alpha(p_values, alphas) == pytest.approx(tuple(adjusted), rel=1e-12)


@pytest.mark.parametrize("alphas", [[0.05], [0.0, 0.05], [-0.01, 0.06], [0.5, 0.5], [np.nan, 0.04]])
def test_alphas_that_make_no_split_are_refused(alphas: list[float]) -> None:
    with pytest.raises(EstimationError, match="2 p-values take as many positive alphas"):
        split_alpha([0.1, 0.2], alphas)


# --- chains --------------------------------------------------------------------------------------------------------


def test_a_chain_is_as_strong_as_its_weakest_link() -> None:
    assert intersection_union([0.01, 0.2, 0.03]) == 0.2
    assert intersection_union([0.04]) == 0.04


def test_a_chain_without_links_is_refused() -> None:
    with pytest.raises(EstimationError, match="at least one link"):
        intersection_union([])


def test_a_chain_rejects_at_most_one_time_in_twenty_where_one_link_does_not_hold() -> None:
    """Theory: one uniform p beside two that always reject; 10,000 draws, five standard errors of 0.0022."""
    uniform = np.random.default_rng(1).uniform(size=10_000)
    rejected = np.mean([intersection_union([0.001, p, 0.0]) <= 0.05 for p in uniform])
    assert rejected == pytest.approx(0.05, abs=0.011)  # 0.0005 seen


# --- gatekeeping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("families", "expected"),
    [
        ([[0.03], [0.01, 0.2]], ((0.03,), (0.03, 0.2))),
        ([[0.03, 0.2], [0.01]], ((0.03, 0.2), (0.2,))),  # one primary fails: the gate stays shut
        ([[0.01], [0.04], [0.02, 0.03]], ((0.01,), (0.04,), (0.04, 0.04))),
        ([[0.2], [0.01], [0.02]], ((0.2,), (0.2,), (0.2,))),  # shut once is shut for all that follow
        ([[0.01], []], ((0.01,), ())),
        ([], ()),
    ],
)
def test_a_secondary_passes_only_behind_every_primary(
    families: list[list[float]], expected: tuple[tuple[float, ...], ...]
) -> None:
    assert serial_gatekeeping(families) == expected


def test_an_empty_gate_is_refused() -> None:
    with pytest.raises(EstimationError, match="family 1 of 2 is empty"):
        serial_gatekeeping([[], [0.01]])


@pytest.mark.parametrize(
    "adjust", [intersection_union, lambda p: split_alpha(p, [0.01]), lambda p: serial_gatekeeping([p])]
)
def test_no_adjustment_takes_what_is_no_probability(adjust: Callable[[list[float]], object]) -> None:
    with pytest.raises(EstimationError, match="1 of 1 p-values lie outside"):
        adjust([1.2])
