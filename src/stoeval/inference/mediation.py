"""How much unseen common cause an effect through a mediator survives (Imai, Keele and Yamamoto 2010).

In a linear model of mediator and outcome the effect through the mediator is not identified from the data alone: it
moves with the correlation rho of the errors of the two equations (Statistical Science 25(1)),

    ab(rho) = a s_Y / s_M (r - rho sqrt((1 - r^2) / (1 - rho^2)))

with r the correlation of outcome and mediator given the cause, s_Y and s_M what is left of them given the cause, and a
the effect of the cause on the mediator. It vanishes at rho = r. One mediator, linear, without an interaction of cause
and mediator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""A sum of squares below this share of what it came from is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What an effect through a mediator would be under correlated errors."""

    path_a: float
    """Effect of the cause on the mediator."""
    ratio: float
    """Spread of the outcome over that of the mediator, given the cause."""
    vanishing: float
    """The correlation of errors at which the effect through the mediator is zero."""

    def at(self, correlation: float) -> float:
        """Return the effect through the mediator at a correlation of errors."""
        if not -1 < correlation < 1:
            message = f"a correlation of {correlation:.6g} does not lie between -1 and 1"
            raise EstimationError(message)
        shrunk = correlation * np.sqrt((1 - self.vanishing**2) / (1 - correlation**2))
        return float(self.path_a * self.ratio * (self.vanishing - shrunk))


def sensitivity(
    outcome: Floats, mediator: Floats, cause: Floats, *, beside: Floats | None = None, weights: Floats | None = None
) -> Sensitivity:
    """Return the sensitivity of the effect of a cause (n,) on an outcome (n,) through a mediator (n,).

    `beside` (n, q) is held constant in both equations. Raises NotIdentified where the cause leaves nothing of either.
    """
    others = np.empty((len(outcome), 0)) if beside is None else beside.reshape(len(outcome), -1)
    heavy = np.ones(len(outcome)) if weights is None else weights
    refuse_bad_rows(outcome, mediator, cause, others, heavy)
    root = np.sqrt(heavy)
    X = root[:, None] * np.column_stack([cause, np.ones(len(outcome)), others])
    Y = root[:, None] * np.column_stack([outcome, mediator])
    coefficients = np.linalg.lstsq(X, Y, rcond=None)[0]
    left = Y - X @ coefficients
    squares = (left**2).sum(axis=0)
    if (squares <= ROUNDING * (Y**2).sum(axis=0)).any():
        message = "the cause leaves nothing of the outcome or of the mediator, so that no error could be correlated"
        raise NotIdentified(message)
    return Sensitivity(
        path_a=float(coefficients[0, 1]),
        ratio=float(np.sqrt(squares[0] / squares[1])),
        vanishing=float(left[:, 0] @ left[:, 1] / np.sqrt(squares[0] * squares[1])),
    )
