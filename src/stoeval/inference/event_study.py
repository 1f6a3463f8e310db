"""The coefficients of an event study, checked before anything is inferred from them.

`betahat` holds the coefficients in order of time without the reference period: first `n_pre` before it, then
`n_post` since the start; `sigma` is their covariance. The effect is the combination `l_vec` (n_post,) of the true
effects since the start. Periods are taken to follow each other at equal distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

SINGULAR = 1e-12
"""A correlation matrix whose least eigenvalue lies below this has no inverse to rely on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStudy:
    """Checked coefficients, and the effect that is asked for."""

    betahat: Floats
    sigma: Floats
    n_pre: int
    l_vec: Floats
    alpha: float

    @property
    def estimate(self) -> float:
        """The effect under parallel trends."""
        return float(self.l_vec @ self.betahat[self.n_pre :])

    @property
    def std_error(self) -> float:
        """The standard error of `estimate`."""
        return float(np.sqrt(self.l_vec @ self.sigma[self.n_pre :, self.n_pre :] @ self.l_vec))


def event_study(  # noqa: PLR0913, PLR0917 - the parts of an event study
    betahat: ArrayLike, sigma: ArrayLike, n_pre: int, n_post: int, l_vec: ArrayLike, alpha: float
) -> EventStudy:
    """Return the study, or raise.

    Lists, rows and columns are taken for vectors.
    Raises EstimationError for shapes that do not fit, values that are not finite, an effect of nothing, an alpha
    outside (0, 0.5) or a covariance that is none, and NotIdentified without a coefficient on either side.
    """
    betahat, l_vec = (np.ravel(np.asarray(part, dtype=float)) for part in (betahat, l_vec))
    sigma = np.asarray(sigma, dtype=float)
    if n_pre < 1 or n_post < 1:
        message = (
            f"{n_pre} coefficients before the reference period and {n_post} since the start: violations of parallel "
            "trends are bounded by what was seen before, so at least one of each is needed; add a period"
        )
        raise NotIdentified(message)
    size = n_pre + n_post
    wanted = {"betahat": (size,), "sigma": (size, size), "l_vec": (n_post,)}
    given = {"betahat": betahat, "sigma": sigma, "l_vec": l_vec}
    for name, shape in wanted.items():
        if given[name].shape != shape:
            message = (
                f"{name} has shape {given[name].shape}; {n_pre} before and {n_post} after ask for {shape}: give the "
                "coefficients in order of time, without the reference period"
            )
            raise EstimationError(message)
        if not np.isfinite(given[name]).all():
            count = int((~np.isfinite(given[name])).sum())
            message = f"{count} values of {name} are not finite; leave periods without an estimate out of the study"
            raise EstimationError(message)
    if not l_vec.any():
        message = f"l_vec holds {n_post} zeros: it combines no effects; give the weight of each period since the start"
        raise EstimationError(message)
    if not 0 < alpha < 0.5:
        message = f"alpha is {alpha}: give a value between 0 and 0.5, such as 0.05 for an interval of 95 percent"
        raise EstimationError(message)
    _refuse_no_covariance(sigma)
    return EventStudy(betahat=betahat, sigma=sigma, n_pre=n_pre, l_vec=l_vec, alpha=alpha)


def _refuse_no_covariance(sigma: Floats) -> None:
    spread = np.sqrt(np.maximum(np.diag(sigma), 0.0))
    lowest = 0.0
    if (spread > 0).all():
        correlation = sigma / np.outer(spread, spread)
        if np.abs(correlation - correlation.T).max() > 1e-8:
            message = "sigma is not symmetric: it is no covariance; give it as estimated"
            raise EstimationError(message)
        lowest = float(np.linalg.eigvalsh(correlation)[0])
    if lowest < SINGULAR:
        message = (
            f"sigma of {len(sigma)} coefficients is not positive definite (smallest eigenvalue of the correlations "
            f"{lowest:.1e}): there are fewer clusters than coefficients, or a coefficient repeats others; study fewer "
            "periods or cluster on smaller units"
        )
        raise EstimationError(message)
