"""Variance inflation: by hand and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.collinearity import variance_inflation


def test_beside_one_other_it_follows_from_the_correlation() -> None:
    first, second = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])
    # Correlation 0.8, so 1 / (1 - 0.64).
    assert variance_inflation(first, second[:, None]) == pytest.approx(1 / 0.36, rel=1e-12)


def test_it_is_that_of_statsmodels() -> None:
    generator = np.random.default_rng(2)
    columns = generator.normal(size=(40, 4)) @ generator.normal(size=(4, 4)) + 5
    with_constant = np.column_stack([np.ones(40), columns])
    for number in range(4):
        own = variance_inflation(columns[:, number], np.delete(columns, number, axis=1))
        # worst seen 6e-15
        assert own == pytest.approx(variance_inflation_factor(with_constant, number + 1), rel=1e-9)


def test_a_column_that_the_others_hold_is_infinite() -> None:
    others = np.random.default_rng(1).normal(size=(12, 3))
    assert variance_inflation(others @ np.array([1.0, 2.0, -1.0]) + 3, others) == float("inf")


def test_a_constant_beside_changes_nothing() -> None:
    first, second = np.array([1.0, 2.0, 3.0, 4.0, 9.0]), np.array([1.0, 3.0, 2.0, 4.0, 4.0])
    alone = variance_inflation(first, second[:, None])
    assert variance_inflation(first, np.column_stack([second, np.full(5, 7.0)])) == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize(
    ("column", "beside", "error", "words"),
    [
        (np.ones(5), np.arange(5.0)[:, None], NotIdentified, "same in all rows"),
        (np.arange(3.0), np.eye(3), NotIdentified, "3 rows cannot tell"),
        (np.arange(4.0), np.eye(3), EstimationError, "same rows"),
        (np.array([1.0, np.nan, 2.0, 3.0]), np.arange(4.0)[:, None], EstimationError, "not finite"),
    ],
)
def test_what_has_no_inflation_is_refused(
    column: np.ndarray, beside: np.ndarray, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        variance_inflation(column, beside)
