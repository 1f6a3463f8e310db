"""What inference by cluster needs of a fit: coefficients and cross-products, without any row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """A fit, reduced to cross-products by cluster.

    P columns: first the k regressors of interest, then the controls and crossed effects that could be told apart.
    """

    coefficients: Floats
    """(k,) coefficients of the regressors of interest."""
    names: tuple[str, ...]
    bread: Floats
    """(P, P) inverse of the cross-product of the residualised design."""
    cluster_gram: Floats
    """(G, P, P) cross-products of the design by cluster."""
    cluster_moment: Floats
    """(G, P) cross-products of design and outcome by cluster."""
    cluster_score: Floats
    """(G, P) cross-products of design and residual by cluster."""
    n_obs: int
    n_clusters: int
    n_effects: int
    """How many nested effects there are."""
    n_nested_effects: int
    """Parameters of the absorbed effects; -1 where more than two make the rank unknown."""
    n_controls: int
    """Controls that could be told apart."""
    n_crossed_levels: int
    """Levels of the crossed effects as fixest counts them."""
    jackknife_exact: bool
    """Whether the cross-products of a cluster can be taken out: not where absorbed effects link clusters."""

    @property
    def k(self) -> int:
        """Number of regressors of interest."""
        return len(self.coefficients)
