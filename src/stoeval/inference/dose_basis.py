"""Smooth functions of a dose: B-splines with their derivatives.

Boundary knots lie at the lowest and highest positive dose, interior knots at quantiles of positive doses (Callaway,
Goodman-Bacon and Sant'Anna 2024, arXiv:2107.02637). Without interior knots the splines of a degree are
the polynomials of that degree. The first spline is left out, since a constant goes beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import BSpline

from stoeval.errors import NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseBasis:
    """B-splines of positive doses; a dose of zero has none of them."""

    splines: BSpline
    """With one column of coefficients a function."""
    lowest: float
    highest: float

    def values(self, dose: Floats) -> Floats:
        """Return the functions (n, m) at doses (n,); those of a zero dose are zero."""
        return np.where((dose > 0)[:, None], self.splines(self._inside(dose))[:, 1:], 0.0)

    def derivatives(self, dose: Floats) -> Floats:
        """Return the derivatives (n, m) at doses (n,); those of a zero dose are zero."""
        return np.where((dose > 0)[:, None], self.splines.derivative()(self._inside(dose))[:, 1:], 0.0)

    def _inside(self, dose: Floats) -> Floats:
        outside = int(((dose > 0) & ((dose < self.lowest) | (dose > self.highest))).sum())
        if outside:
            message = f"{outside} doses lie outside {self.lowest:.6g} to {self.highest:.6g}, where nobody got a dose"
            raise NotIdentified(message)
        return np.where(dose > 0, dose, self.lowest)


def dose_basis(dose: Floats, *, degree: int, knots: int) -> DoseBasis:
    """Return splines over the positive ones of doses (n,), with interior knots at their quantiles.

    Raises NotIdentified where there are fewer different positive doses than functions.
    """
    positive = np.unique(dose[dose > 0])
    needed = degree + knots + 1
    if len(positive) < needed:
        message = f"{len(positive)} different positive doses carry no curve of {needed} functions"
        raise NotIdentified(message)
    inner = np.quantile(dose[dose > 0], np.linspace(0, 1, knots + 2)[1:-1])
    ends = [positive[0]] * (degree + 1), [positive[-1]] * (degree + 1)
    vector = np.concatenate([ends[0], inner, ends[1]])
    return DoseBasis(
        splines=BSpline(vector, np.eye(needed), degree), lowest=float(positive[0]), highest=float(positive[-1])
    )
