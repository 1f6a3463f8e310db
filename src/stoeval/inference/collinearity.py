"""How much of a column other columns leave: the variance inflation factor.

The factor is 1 / (1 - R^2) of the column on the others and a constant (Marquardt 1970, Technometrics 12(3)): so many
times larger is the variance of its coefficient than if it stood alone. It says what these rows can tell apart, not
what is true: columns that move together by design stay together however many rows there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NOTHING_LEFT = 1e-10
"""Share of the variation of a column that is rounding."""


def variance_inflation(column: Floats, beside: Floats) -> float:
    """Return the variance inflation factor of a column (n,) beside others (n, q); infinite where they leave nothing.

    Raises EstimationError where shapes differ or a value is not finite, and NotIdentified where the column does not
    vary or the others are as many as the rows.
    """
    if column.ndim != 1 or beside.ndim != 2 or len(column) != len(beside):
        message = f"a column {column.shape} and others {beside.shape} must have the same rows"
        raise EstimationError(message)
    if not (np.isfinite(column).all() and np.isfinite(beside).all()):
        message = "a column holds values that are not finite; leave those rows out"
        raise EstimationError(message)
    if len(column) <= beside.shape[1] + 1:
        message = f"{len(column)} rows cannot tell a column apart from {beside.shape[1]} others"
        raise NotIdentified(message)
    of_mean = column - column.mean()
    total = float(of_mean @ of_mean)
    if total <= NOTHING_LEFT * float(column @ column):
        message = "the column is the same in all rows, so that there is nothing to tell apart"
        raise NotIdentified(message)
    centred = beside - beside.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    scaled = centred[:, length > 0] / length[length > 0]
    left = of_mean - scaled @ np.linalg.lstsq(scaled, of_mean, rcond=None)[0]
    remaining = float(left @ left)
    return total / remaining if remaining > NOTHING_LEFT * total else float("inf")
