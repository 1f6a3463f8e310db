"""Variances of groups, each drawn towards what the groups have in common, as far as it rests on few units.

    s_g^2 | sigma_g^2 ~ sigma_g^2 chi^2(d_g) / d_g,    1 / sigma_g^2 ~ chi^2(d_0) / (d_0 s_0^2)

(Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3(1), the method of limma). The moderated
variance (d_0 s_0^2 + d_g s_g^2) / (d_0 + d_g) has d_0 + d_g degrees of freedom: a mean divided by its root follows t.
d_0 and s_0 come from mean and variance of log s_g^2. Where these do not vary more than chance gives, d_0 is infinite
and all groups have one variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST, MOST = 1e-3, 1e6
"""Degrees of freedom between which those of the prior are looked for; beyond the last they are infinite."""
FEWEST = 3
"""Groups whose variances can be seen to differ."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModeratedVariances:
    """Variances (n,) of groups and the degrees of freedom (n,) of each."""

    variances: Floats
    df: Floats
    """At most those of all groups together."""
    prior_df: float
    """d_0, infinite where groups do not differ in variance."""


def moderated_variances(variances: Floats, df: Floats) -> ModeratedVariances:
    """Return variances (n,), each with df (n,) of its own, drawn towards their common distribution.

    A group without degrees of freedom has the prior alone. Raises EstimationError for arguments that make no sense
    and where no group tells a variance.
    """
    if len(variances) != len(df) or not (np.isfinite(variances).all() and (variances >= 0).all() and (df >= 0).all()):
        message = f"{len(variances)} variances need as many degrees of freedom, none of them negative"
        raise EstimationError(message)
    told = (df > 0) & (variances > 0)
    if not told.any():
        message = f"none of {len(df)} groups tells a variance; give groups of two units or more"
        raise EstimationError(message)
    together = float(df.sum())
    excess, centre = _excess(variances[told], df[told])
    if told.sum() < FEWEST or excess <= special.polygamma(1, MOST / 2):
        one = float(variances @ df) / together
        return ModeratedVariances(
            variances=np.full(len(df), one), df=np.full(len(df), together), prior_df=float(np.inf)
        )
    prior = 2 * optimize.brentq(lambda half: float(special.polygamma(1, half)) - excess, LEAST / 2, MOST / 2)
    scale = np.exp(centre + special.digamma(prior / 2) - np.log(prior / 2))
    return ModeratedVariances(
        variances=np.asarray((prior * scale + df * variances) / (prior + df)),
        df=np.minimum(prior + df, together),
        prior_df=float(prior),
    )


def refuse_df(df: Floats | float | None, n: int) -> None:
    """Raise unless degrees of freedom are one for all of n estimates or one for each, positive; none are none."""
    if df is not None and (np.shape(df) not in {(), (n,)} or not (np.asarray(df) > 0).all()):
        message = f"{n} estimates need as many degrees of freedom or one for all, positive"
        raise EstimationError(message)


def _excess(variances: Floats, df: Floats) -> tuple[float, float]:
    """Return how far log variances vary beyond chance, and their mean, freed from what few degrees of freedom do."""
    logs = np.log(variances) - special.digamma(df / 2) + np.log(df / 2)
    if len(logs) < FEWEST:
        return 0.0, float(logs.mean())
    excess = logs.var(ddof=1) - special.polygamma(1, df / 2).mean()
    return float(np.clip(excess, 0.0, special.polygamma(1, LEAST / 2))), float(logs.mean())
