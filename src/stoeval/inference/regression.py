"""A regression without its regressors of interest: what every fit of one design shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.errors import EstimationError
from stoeval.inference.least_squares import fit
from stoeval.inference.poisson import fit_poisson

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regression:
    """Outcome (n,), effects, controls and clusters of a model; linear, or Poisson where `offset` is given."""

    outcome: Floats
    cluster: Integers
    nested: Sequence[Integers]
    crossed: Sequence[Integers] = ()
    controls: Floats | None = None
    weights: Floats | None = None
    """Regression weights of a linear model; a Poisson model takes none."""
    offset: Floats | None = None

    def __post_init__(self) -> None:
        if self.weights is not None and self.offset is not None:
            message = "a Poisson model takes no weights; leave them out, or the offset for a linear model"
            raise EstimationError(message)

    @property
    def logarithmic(self) -> bool:
        """Whether effects are on the log scale."""
        return self.offset is not None


def solve(regression: Regression, columns: Floats, names: Sequence[str]) -> Fit:
    """Fit the regression on columns (n, k) of interest."""
    if regression.offset is not None:
        return fit_poisson(
            regression.outcome,
            columns,
            names=names,
            cluster=regression.cluster,
            nested=regression.nested,
            crossed=regression.crossed,
            controls=regression.controls,
            offset=regression.offset,
        )
    return fit(
        regression.outcome,
        columns,
        names=names,
        cluster=regression.cluster,
        nested=regression.nested,
        crossed=regression.crossed,
        controls=regression.controls,
        weights=regression.weights,
    )
