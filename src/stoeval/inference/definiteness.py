"""What to do with a covariance that is not positive semidefinite.

Sums of covariances minus others, and kernels that are cut off, can give a negative variance to some combination of
coefficients. Truncation sets the negative eigenvalues to zero (Cameron, Gelbach and Miller 2011, Journal of
Business & Economic Statistics 29(2)); it acts on the coefficients of interest together, so it depends on which are.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""A negative eigenvalue below this share of the largest is rounding."""


class Indefinite(StrEnum):
    """What happens to a covariance with a negative eigenvalue."""

    REFUSE = "refuse"
    """An error."""
    TRUNCATE = "truncate"
    """Negative eigenvalues become zero, which raises the variances."""


def settle(matrix: Floats, choice: Indefinite) -> Floats:
    """Return the covariance (k, k), truncated where it is indefinite and that was chosen.

    Eigenvalues are those of the matrix with each row and column divided by the root of its diagonal, as units of
    coefficients differ. Raises NotIdentified for an indefinite matrix that may not be truncated.
    """
    spread = np.sqrt(np.abs(np.diag(matrix)))
    spread[spread == 0] = 1.0
    values, vectors = np.linalg.eigh(matrix / np.outer(spread, spread))
    if values[0] >= -ROUNDING * max(values[-1], 0.0):
        return matrix
    if choice is Indefinite.REFUSE:
        negative = int((values < 0).sum())
        message = (
            f"{negative} of {len(values)} eigenvalues of the covariance are negative: it gives a negative variance to "
            "a combination of coefficients; have them truncated, or choose another covariance"
        )
        raise NotIdentified(message)
    scaled = vectors * spread[:, None]
    return np.asarray((scaled * np.maximum(values, 0.0)) @ scaled.T)
