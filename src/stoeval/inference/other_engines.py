"""Probability models a second time, by statsmodels: its own solution, or its own likelihood at the maximum found.

Binomial models are solved again by `GLM`. statsmodels has no weights in `OrderedModel`: its likelihood of each answer
is weighted here, and how far the maximum of that lies from the one found follows from its slope there; the ordered
likelihood has one maximum. A difference beyond `AGREEMENT` stops the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EnginesDisagree
from stoeval.inference.binomial_regression import Link, independent_columns, response
from stoeval.inference.ordered_logit import fit_ordered
from stoeval.inference.second_engine import AGREEMENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CERTAIN = 1e-9
"""A mean nearer to zero or one than this is that of rows predicted perfectly."""
STEP = 1e-5
"""Of the central differences; their error is of the order of its square."""


def confirm_binomial(  # noqa: PLR0913 - the parts of a regression
    outcome: Floats, columns: Floats, *, weights: Floats, link: Link, leading: int, coefficients: Floats
) -> None:
    """Solve a binomial model again; raise EnginesDisagree where the leading coefficients of (p,) differ."""
    import statsmodels.api as sm  # noqa: PLC0415 - slow to import

    links = sm.families.links
    mean = response(columns @ coefficients, link)[0]
    # What is predicted perfectly tells nothing, and sends the other engine off to infinity.
    kept = (link is Link.LINEAR) | ((mean > CERTAIN) & (mean < 1 - CERTAIN))
    outcome, weights = outcome[kept], weights[kept]
    columns = columns[kept][:, independent_columns(columns[kept], leading)]
    if link is Link.LINEAR:
        theirs = sm.WLS(outcome, columns, weights=weights).fit().params
    else:
        named = {
            Link.LOGIT: links.Logit(),
            Link.PROBIT: links.Probit(),
            Link.COMPLEMENTARY_LOG_LOG: links.CLogLog(),
        }
        model = sm.GLM(outcome, columns, family=sm.families.Binomial(named[link]), var_weights=weights)
        theirs = model.fit(maxiter=200, tol=1e-12, tol_criterion="params").params
    _refuse_difference(coefficients[:leading], np.asarray(theirs, dtype=np.float64)[:leading], f"binomial {link}")


def confirm_ordered(counts: Floats, columns: Floats, *, leading: int, parameters: Floats) -> None:
    """Judge coefficients and thresholds (q,) of an ordered logit by the slope of statsmodels' likelihood.

    Raises EnginesDisagree where a Newton step along that slope moves the leading coefficients.
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415 - slow to import

    rows, category = np.nonzero(counts)
    width = columns.shape[1]
    model = OrderedModel(category, columns[rows], distr="logit", hasconst=False)
    weights = counts[rows, category]

    def each(at: Floats) -> Floats:
        increments = np.log(np.diff(at[width:]))
        return np.asarray(model.loglikeobs(np.concatenate([at[: width + 1], increments])), dtype=np.float64)

    # Differences of single answers and not of their sum, which would lose the digits that count.
    shifts = np.eye(len(parameters)) * STEP
    slope = np.array([weights @ (each(parameters + one) - each(parameters - one)) for one in shifts]) / (2 * STEP)
    found = fit_ordered(counts, columns, leading=leading, start=parameters)
    theirs = parameters + found.inverse @ slope
    _refuse_difference(parameters[:leading], theirs[:leading], "ordered logit")


def _refuse_difference(own: Floats, theirs: Floats, model: str) -> None:
    gap = np.abs(theirs - own) / np.abs(own).max()
    if not (gap <= AGREEMENT).all():
        worst = int(np.where(np.isnan(gap), np.inf, gap).argmax())
        message = (
            f"own {model} gives {own[worst]:.10g} for coefficient {worst}, statsmodels {theirs[worst]:.10g}; "
            "do not use either before the difference is explained"
        )
        raise EnginesDisagree(message)
