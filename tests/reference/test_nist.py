"""Least squares against the certified values of NIST, and against harder sets that are solved in fractions here.

The sets are read where they lie (`STOEVAL_NIST`, see conftest.py); a set that is added there is tested as well.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from nist_sets import correct_digits, read

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.least_squares import fit

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Floats

SETS = ("Longley", "Norris", "Pontius", "Wampler1", "Wampler4")
DIGITS = 13.0  # fewest seen 13.5 (Pontius), of 15 certified
POWERS_IN_DOUBLES = ("Filip",)
"""Powers of a predictor of ten digits do not fit in doubles, and rounding them costs half the digits."""


@pytest.mark.parametrize("name", SETS)
def test_every_certified_coefficient_comes_back_to_thirteen_digits(nist: Path, name: str) -> None:
    one = read(nist / f"{name}.dat")
    found = fit(one.outcome, one.columns, intercept=False)
    assert correct_digits(found.coefficients, one.certified) >= DIGITS


@pytest.mark.parametrize("name", SETS)
def test_a_constant_that_is_added_changes_no_slope(nist: Path, name: str) -> None:
    one = read(nist / f"{name}.dat")
    found = fit(one.outcome, one.columns[:, 1:], cluster=np.arange(len(one.outcome)))
    assert correct_digits(found.coefficients, one.certified[1:]) >= DIGITS


@pytest.mark.parametrize("name", SETS)
def test_classical_standard_errors_come_back_to_thirteen_digits(nist: Path, name: str) -> None:
    one = read(nist / f"{name}.dat")
    found = fit(one.outcome, one.columns)
    degrees = len(one.outcome) - found.k
    errors = np.sqrt(np.diag(found.bread) * (found.residual @ found.residual) / degrees)
    assert correct_digits(errors, one.std_errors) >= DIGITS - 0.5  # fewest seen 12.9 (Pontius)


def test_every_set_that_lies_there_is_solved(nist: Path) -> None:
    names = {path.stem for path in nist.glob("*.dat")}
    assert set(SETS) <= names
    for name in sorted(names - set(SETS) - set(POWERS_IN_DOUBLES)):
        one = read(nist / f"{name}.dat")
        assert correct_digits(fit(one.outcome, one.columns, intercept=False).coefficients, one.certified) >= DIGITS


# --- harder sets, made here ----------------------------------------------------------------------------------


def powers(x: list[Fraction], degree: int) -> np.ndarray:
    return np.array([[value**power for power in range(degree + 1)] for value in x], dtype=object)


def in_fractions(columns: np.ndarray, outcome: list[Fraction]) -> Floats:
    """Solve the normal equations by elimination in fractions."""
    gram = columns.T @ columns
    target = columns.T @ np.array(outcome, dtype=object)
    system = np.column_stack([gram, target])
    for step in range(len(system)):
        for row in range(step + 1, len(system)):
            system[row] = system[row] - system[step] * (system[row, step] / system[step, step])
    solution: list[Fraction] = []
    for row in reversed(range(len(system))):
        rest = sum((system[row, row + 1 + j] * value for j, value in enumerate(solution)), Fraction(0))
        solution.insert(0, (system[row, -1] - rest) / system[row, row])
    return np.array([float(value) for value in solution])


def steep_polynomial() -> tuple[list[Fraction], list[Fraction]]:
    """A predictor of ten digits between -8.8 and -3.1 and an outcome of four: ten powers of it, condition 7e9."""
    generator = np.random.default_rng(1)
    x = [Fraction(int(value), 10**9) for value in np.sort(generator.integers(-8_790_000_000, -3_130_000_000, 82))]
    noise = generator.normal(size=82)
    y = [
        Fraction(round(8_500 + 500 * float(np.sin(float(value))) + 30 * float(shock)), 10**4)
        for value, shock in zip(x, noise, strict=True)
    ]
    return x, y


def test_a_polynomial_of_the_tenth_degree_in_fractions_loses_no_digit() -> None:
    x, y = steep_polynomial()
    found = fit(np.array(y, dtype=object), powers(x, 10))
    assert correct_digits(found.coefficients, in_fractions(powers(x, 10), y)) == 15  # no deviation seen


def test_the_same_powers_rounded_to_doubles_are_solved_without_further_loss() -> None:
    """The doubles are another regression, seven digits off; that one is solved to the last digit."""
    x, y = steep_polynomial()
    rounded, outcome = powers(x, 10).astype(float), np.array([float(value) for value in y])
    again = np.array([[Fraction(value) for value in row] for row in rounded.tolist()], dtype=object)
    found = fit(outcome, rounded)
    exact = in_fractions(again, [Fraction(value) for value in outcome.tolist()])
    assert correct_digits(found.coefficients, exact) == 15  # no deviation seen
    assert 6 < correct_digits(found.coefficients, in_fractions(powers(x, 10), y)) < 8  # seen 7.0


@pytest.mark.parametrize("size", [1, 10**4, 10**8])
def test_large_residuals_leave_whole_coefficients_whole(size: int) -> None:
    """Residuals that every power is orthogonal to: sixth differences of zero, so that all coefficients are 1."""
    x = [Fraction(value) for value in range(21)]
    columns = powers(x, 5)
    outcome = columns.sum(axis=1)
    outcome[3:10] += np.array([1, -6, 15, -20, 15, -6, 1]) * size
    found = fit(outcome.astype(float), columns[:, 1:].astype(float), cluster=np.arange(21))
    np.testing.assert_array_equal(found.coefficients, np.ones(5))
    np.testing.assert_array_equal(found.residual[3:10], np.array([1, -6, 15, -20, 15, -6, 1]) * size)


def test_a_line_through_the_origin_has_no_constant() -> None:
    """60 + 61 + ... + 70 over y = x + 130 - 60 by hand: sum xy over sum xx, and zero rows of a constant."""
    x = np.arange(60.0, 71.0)
    y = x + 70
    found = fit(y, x, intercept=False)
    assert found.coefficients[0] == float(Fraction(int(x @ y), int(x @ x)))
    assert (len(found.bread), found.n_crossed_levels) == (1, 0)
    assert fit(y, x).coefficients[0] == 1


def test_numbers_of_extended_precision_keep_their_digits() -> None:
    """Powers in 64 bits lie eleven bits nearer to the fractions than powers in doubles: four digits more than 7."""
    x, y = steep_polynomial()
    extended = np.array([np.longdouble(value.numerator) / np.longdouble(value.denominator) for value in x])
    found = fit(np.array(y, dtype=object), extended[:, None] ** np.arange(11))
    assert 10 < correct_digits(found.coefficients, in_fractions(powers(x, 10), y)) < 13  # seen 11.3


@pytest.mark.parametrize("further", [{"nested": [np.array([0, 0, 1, 1])]}, {"crossed": [np.array([0, 0, 1, 1])]}])
def test_an_intercept_that_effects_hold_cannot_be_left_out(further: dict[str, object]) -> None:
    with pytest.raises(EstimationError, match="intercept=False would change nothing"):
        fit(np.arange(4.0), np.array([0.0, 1, 0, 2]), cluster=np.array([0, 0, 1, 1]), intercept=False, **further)


def test_fractions_are_refused_where_they_would_be_rounded() -> None:
    unit = np.array([0, 0, 1, 1])
    columns = np.array([Fraction(1, 3), Fraction(2), Fraction(1), Fraction(5)], dtype=object)
    with pytest.raises(EstimationError, match="more digits than a double"):
        fit(np.array([1.0, 3, 2, 4]), columns, cluster=unit, nested=[unit])


def test_columns_that_differ_by_rounding_alone_are_still_told_to_repeat() -> None:
    x = np.array([0.1, 0.2, 0.3, 0.7, 1.1])
    with pytest.raises(NotIdentified, match=r": x1$"):
        fit(np.arange(5.0) ** 2, np.column_stack([x, x * 3 / 3 + 1e-16]))
