"""Adjustment of p-values over a family of hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted by the step-down method of Holm (1979, Scandinavian Journal of Statistics 6).

    The order is kept. Raises EstimationError where a value is not a probability.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        message = f"{int((~((p >= 0) & (p <= 1))).sum())} of {len(p)} p-values lie outside [0, 1]"
        raise EstimationError(message)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return tuple(float(value) for value in adjusted)
