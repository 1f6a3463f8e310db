"""Holm's step-down adjustment by hand."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.errors import EstimationError
from stoeval.inference.multiplicity import holm

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
