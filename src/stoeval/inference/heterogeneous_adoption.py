"""Pieces of designs in which everybody adopts and doses differ: bandwidth at the lowest dose, and two tests.

The mean change at the lowest dose is the boundary value of a local polynomial with the Epanechnikov kernel. Its
bandwidth is the rule of thumb of Fan and Gijbels (1996, Local Polynomial Modelling, section 4.2) with the constant of
a boundary point; it shrinks with the fifth root of the number of units. Whether there are units with next to no dose,
and whether the mean change is linear in the dose, are the tests of de Chaisemartin, Ciccia, D'Haultfœuille and Knau
(2024, arXiv:2405.04465), the latter after Yatchew (1997). Units are independent in all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import NotIdentified
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BOUNDARY_CONSTANT = 3.1999
"""Of a local linear fit with the Epanechnikov kernel at a boundary."""
PILOT_DEGREE = 4
FEWEST = 10
"""Units that a local fit needs within its bandwidth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSidedTest:
    """A test that rejects for large statistics."""

    statistic: float
    p_value: float


def epanechnikov(distance: Floats) -> Floats:
    """Return the kernel (n,) at distances (n,) in bandwidths."""
    return np.asarray(np.where(np.abs(distance) < 1, 0.75 * (1 - distance**2), 0.0))


def boundary_bandwidth(dose: Floats, change: Floats) -> float:
    """Return the bandwidth above the lowest dose for the mean of changes (n,) at it.

    At least ten units lie within it, and it never exceeds the range of doses. Raises NotIdentified for fewer units or
    a dose that does not vary.
    """
    refuse_bad_rows(change, dose)
    ranked = np.sort(dose)
    width = float(ranked[-1] - ranked[0])
    if len(dose) < FEWEST + 2 or width == 0:
        message = f"{len(dose)} units over a dose range of {width:.6g}: a local fit needs {FEWEST + 2} with doses apart"
        raise NotIdentified(message)
    scaled = (dose - ranked[0]) / width
    degree = min(PILOT_DEGREE, len(np.unique(dose)) - 1)
    pilot = np.polynomial.Polynomial.fit(scaled, change, degree, domain=[0, 1], window=[0, 1])
    variance = float(((change - pilot(scaled)) ** 2).sum()) / (len(dose) - degree - 1)
    curvature = float((pilot.deriv(2)(scaled) ** 2).sum())
    ratio = variance / curvature if curvature > 0 else 1.0
    fewest = float(np.nextafter(ranked[FEWEST] - ranked[0], width))
    return float(np.clip(BOUNDARY_CONSTANT * ratio**0.2 * width, max(fewest, 0.0), width * (1 + 1e-9)))


def quasi_untreated_test(dose: Floats) -> OneSidedTest:
    """Test that the lowest of positive doses (n,) is zero up to chance, from the two lowest.

    The statistic is the lowest over its distance to the next. Raises NotIdentified for fewer than two different doses.
    """
    ranked = np.unique(dose)
    if len(ranked) < 2 or ranked[0] < 0:
        message = f"{len(ranked)} different doses from {ranked[0]:.6g}: the test needs two that are not negative"
        raise NotIdentified(message)
    statistic = float(ranked[0] / (ranked[1] - ranked[0]))
    return OneSidedTest(statistic=statistic, p_value=1 / (1 + statistic))


def linearity_test(dose: Floats, change: Floats) -> OneSidedTest:
    """Test that the mean of changes (n,) is linear in the dose, whatever their variance.

    Compares the variance beside a line with that of neighbours in the dose; equal doses keep the order given. Raises
    NotIdentified where neighbours leave no variance.
    """
    refuse_bad_rows(change, dose)
    order = np.argsort(dose, kind="stable")
    x, y = dose[order], change[order]
    if len(x) < 4 or x[0] == x[-1]:
        message = f"{len(x)} units with doses from {x[0]:.6g} to {x[-1]:.6g}: a line needs four with doses apart"
        raise NotIdentified(message)
    left = y - np.polynomial.Polynomial.fit(x, y, 1)(x)
    of_line, of_neighbours = float((left**2).mean()), float((np.diff(y) ** 2).sum() / (2 * len(y)))
    spread = float(np.sqrt((left[1:] ** 2 * left[:-1] ** 2).mean()))
    if not spread > 0:
        message = "changes lie on a line but for rounding: linearity cannot be tested"
        raise NotIdentified(message)
    statistic = float(np.sqrt(len(y)) * (of_line - of_neighbours) / spread)
    return OneSidedTest(statistic=statistic, p_value=float(stats.norm.sf(statistic)))
