"""Every primary number a second time: the same regression solved by pyfixest.

pyfixest absorbs all effects by its own compiled demeaner and solves linear and Poisson models with code that
shares nothing with this package. Coefficients that differ by more than `AGREEMENT` stop the run.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EnginesDisagree

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit
    from stoeval.inference.regression import Regression

    Floats = NDArray[np.float64]

AGREEMENT = 1e-6
"""Largest difference between two engines, relative to the largest of the coefficients."""


def confirm(regression: Regression, columns: Floats, found: Fit) -> None:
    """Solve a regression again by pyfixest; raise EnginesDisagree where it ends elsewhere."""
    theirs = _coefficients(regression, columns, found)
    gap = np.abs(theirs - found.coefficients) / np.abs(found.coefficients).max()
    if not (gap <= AGREEMENT).all():
        worst = int(np.where(np.isnan(gap), np.inf, gap).argmax())
        message = (
            f"own least squares gives {found.coefficients[worst]:.10g} for {found.names[worst]}, pyfixest "
            f"{theirs[worst]:.10g}; do not use either before the difference is explained"
        )
        raise EnginesDisagree(message)


def _coefficients(regression: Regression, columns: Floats, found: Fit) -> Floats:
    """Return the coefficients (k,) that pyfixest finds; NaN where it drops a column."""
    from pyfixest.demeaners import MapDemeaner  # noqa: PLC0415 - takes seconds to import
    from pyfixest.estimation import feols, fepois  # noqa: PLC0415 - takes seconds to import

    frame, formula = _formula(regression, columns, found)
    settings = {"vcov": "iid", "demeaner": MapDemeaner(fixef_tol=1e-10), "fixef_rm": "none"}
    with warnings.catch_warnings():
        # It says which controls repeat others; leaving those out is what both engines do.
        warnings.filterwarnings("ignore", message="(?s).*collinear", category=UserWarning)
        if regression.logarithmic:
            settings |= {"offset": "o", "iwls_tol": 1e-12, "iwls_maxiter": 200, "separation_check": []}
            model = fepois(formula, data=frame, **settings)
        else:
            model = feols(formula, data=frame, weights="w", **settings)
        named = model.coef()
    return np.asarray(named.reindex([f"x{j}" for j in range(columns.shape[1])]), dtype=np.float64)


def _formula(regression: Regression, columns: Floats, found: Fit) -> tuple[pd.DataFrame, str]:
    """Return the rows that were used and the model in pyfixest's words."""
    import pandas as pd  # noqa: PLC0415 - slow

    rows = found.rows
    controls = np.empty((len(regression.outcome), 0)) if regression.controls is None else regression.controls
    named = {f"x{j}": column for j, column in enumerate(columns[rows].T)}
    named |= {f"c{j}": column for j, column in enumerate(controls[rows].T)}
    right = " + ".join(named)
    effects = {f"e{j}": codes[rows] for j, codes in enumerate([*regression.nested, *regression.crossed])}
    ones = np.ones(len(rows))
    other = {
        "y": regression.outcome[rows],
        "w": ones if regression.weights is None else regression.weights[rows],
        "o": 0 * ones if regression.offset is None else regression.offset[rows],
    }
    return pd.DataFrame(named | effects | other), f"y ~ {right} | {' + '.join(effects)}"
