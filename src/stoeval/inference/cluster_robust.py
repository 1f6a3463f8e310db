"""One door to the cluster-robust covariances: a kind of residual and a convention for its small-sample factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.errors import EstimationError
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.clustering import Convention, Kind, crv1, crv3

if TYPE_CHECKING:
    from stoeval.inference.clustering import Covariance
    from stoeval.inference.moments import Moments

DEFAULTS = {Kind.CRV1: Convention.FIXEST, Kind.CRV2: Convention.CLUBSANDWICH, Kind.CRV3: Convention.SUMMCLUST}
"""The convention of each kind where none is named."""


def crv(fit: Moments, kind: Kind = Kind.CRV3, convention: Convention | None = None) -> Covariance:
    """Return the cluster-robust covariance of a kind under a convention, by default that of `DEFAULTS`.

    CRV1 knows fixest, stata, linearmodels and clubsandwich; CRV2 clubsandwich alone; CRV3 summclust, clubsandwich
    and fixest. Raises EstimationError for any other pair.
    """
    convention = DEFAULTS[kind] if convention is None else convention
    if kind is Kind.CRV1:
        return crv1(fit, convention)
    if kind is Kind.CRV3:
        return crv3(fit, convention)
    if convention is not Convention.CLUBSANDWICH:
        message = f"convention {convention} has no CRV2: it carries no factor, which is the convention clubsandwich"
        raise EstimationError(message)
    return crv2(fit)
