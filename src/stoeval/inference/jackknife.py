"""Jackknife by cluster of any statistic: computed again, from the start, without each cluster in turn.

    V = (G - 1) / G  sum over g of (s_g - s)(s_g - s)'

as CRV3 of MacKinnon, Nielsen and Webb (2023, Journal of Applied Econometrics 38(5)), with exact refits instead of the
one linearised step of their arXiv:2406.00650. Inference is against t(G - 1).

It does not remove bias, and it is no help where a statistic jumps, as a median does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.clustering import Covariance, refuse_few_clusters

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Jackknife:
    """A statistic (k,), and what it is without each of G clusters, in the order of their codes."""

    estimate: Floats
    without: Floats
    """(G, k)"""

    @property
    def covariance(self) -> Covariance:
        """Return the covariance (k, k) of the statistic."""
        G = len(self.without)
        deviation = self.without - self.estimate
        matrix = (G - 1) / G * deviation.T @ deviation
        return Covariance(matrix=matrix, df=G - 1, convention=f"CRV3 (G-1)/G, exact refits, t({G - 1})")


def jackknife(statistic: Callable[[Integers], Floats], cluster: Integers) -> Jackknife:
    """Return a statistic of rows, given as positions (m,), of all rows (n,) and without each cluster.

    Raises NotIdentified for fewer than three clusters, and where the statistic does not exist without one of them.
    """
    codes = dense_codes(cluster)
    count = int(codes.max(initial=-1)) + 1
    refuse_few_clusters(count)
    estimate = statistic(np.arange(len(codes)))
    without = []
    for g in range(count):
        try:
            without.append(statistic(np.flatnonzero(codes != g)))
        except NotIdentified as error:
            message = f"the effect is not identified without cluster {g} of {count}: {error}"
            raise NotIdentified(message) from error
    return Jackknife(estimate=estimate, without=np.stack(without))
