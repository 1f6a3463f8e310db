"""Regression of a share or of yes and no on columns through a link, by quasi-likelihood.

    E[y] = G(X b),   0 = X' diag(w G'(Xb) / V) (y - G(Xb)),   V = G (1 - G), or one for the straight line

Only the mean has to be right: y is 0 or 1, or any share in between (Papke and Wooldridge 1996, Journal of Applied
Econometrics 11(6)). The complementary log-log link makes b the log hazard ratio of a process in continuous time that
is looked at once a period (Prentice and Gloeckler 1978, Biometrics 34(1)). Solved by Fisher scoring (McCullagh and
Nelder 1989, section 2.5).

Columns that repeat others share their coefficient with them; the leading columns may not. Rows in which nothing ever
happens, such as a year, tell nothing of the leading columns; their own index may run away. It does not give a
covariance: that is the jackknife of whatever is computed from a fit (`jackknife`). It has no unit effects to absorb,
as these would be biased in short panels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import qr
from scipy.special import expit, ndtr, ndtri

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS = 100
STANDSTILL = 1e-10
"""Largest change in the last step of a mean, and of what the leading columns add to an index."""
SLOW = 0.2
"""A step that is more than this share of the last one asks for the information anew."""
NOTHING_ADDED = 1e-7
"""A column that keeps less than this share of its length beside the others repeats them."""
LARGEST_INDEX = 500.0
"""An index beyond this is on its way to infinity, and not only that of rows in which nothing ever happens."""
LARGEST_STEP = 3.0
"""Of an index at once."""
LARGEST_EXPONENT = 30.0
"""Of the complementary log-log, beyond which a mean is one to the last digit."""
REPEATED = 1e-11
"""An eigenvalue of the scaled information below this share of the largest belongs to columns that repeat others."""
EDGE = 1e-12
"""Shares nearer to zero or one than this are taken for this far from them, within a step."""


class Link(StrEnum):
    """How the mean follows from the index."""

    COMPLEMENTARY_LOG_LOG = "complementary log-log"
    LOGIT = "logit"
    PROBIT = "probit"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinomialFit:
    """Coefficients (p,), and what stands beside each of the n rows."""

    coefficients: Floats
    mean: Floats
    """(n,)"""
    slope: Floats
    """(n,) derivative of the mean to the index"""
    link: Link


def fit_binomial(  # noqa: PLR0913 - the parts of a regression
    outcome: Floats,
    columns: Floats,
    *,
    weights: Floats,
    link: Link,
    leading: int,
    start: Floats | None = None,
) -> BinomialFit:
    """Fit outcomes (n,) from 0 to 1 on columns (n, p), of which the first `leading` may not repeat the others.

    `start` (p,) are coefficients to begin at. Raises EstimationError for values that make no sense, and NotIdentified
    where outcomes do not vary, a leading column repeats others or some rows are predicted perfectly (separation).
    """
    refuse_bad_rows(outcome, columns, weights)
    _refuse_outcomes(outcome, weights)
    coefficients = _first(outcome, columns, weights, link, leading) if start is None else start
    mean, slope = response(columns @ coefficients, link)
    renew, change = True, np.inf
    for _ in range(STEPS):
        pull = weights * slope / _variance(mean, link)
        if renew:
            inverse = pseudo_inverse((columns * (pull * slope)[:, None]).T @ columns, leading)
        moved = coefficients + _held_back(inverse @ (columns.T @ (pull * (outcome - mean))), columns, link)
        index, before, last = columns @ moved, mean, change
        if not np.abs(index).max() <= LARGEST_INDEX:
            break
        mean, slope = response(index, link)
        ahead = np.abs(columns[:, :leading] @ (moved - coefficients)[:leading]).max(initial=0.0)
        coefficients, change = moved, max(float(ahead), float(np.abs(mean - before).max()))
        if change < STANDSTILL:
            return BinomialFit(coefficients=coefficients, mean=mean, slope=slope, link=link)
        renew = change > SLOW * last
    message = f"the {link} likelihood has no maximum: some outcomes are predicted perfectly (separation)"
    raise NotIdentified(message)


def outcome_pull(fit: BinomialFit, columns: Floats, weights: Floats, gradient: Floats) -> Floats:
    """Return how much each outcome (n,) moves a quantity with this gradient (p,) in coefficients, to first order.

    By expected information, which for the logit and the straight line is that of the sample.
    """
    pull = weights * fit.slope / _variance(fit.mean, fit.link)
    inverse = pseudo_inverse((columns * (pull * fit.slope)[:, None]).T @ columns, 0)
    return np.asarray(pull * (columns @ (inverse @ gradient)))


def response(index: Floats, link: Link) -> tuple[Floats, Floats]:
    """Return the mean (n,) at an index (n,) and its derivative."""
    if link is Link.LINEAR:
        return index, np.ones(len(index))
    if link is Link.PROBIT:
        return _inside(ndtr(index)), np.maximum(np.exp(-(index**2) / 2) / np.sqrt(2 * np.pi), EDGE)
    if link is Link.LOGIT:
        mean = _inside(expit(index))
        return mean, mean * (1 - mean)
    hazard = np.exp(np.minimum(index, LARGEST_EXPONENT))
    return _inside(-np.expm1(-hazard)), np.maximum(hazard * np.exp(-hazard), EDGE)


def pseudo_inverse(information: Floats, leading: int) -> Floats:
    """Return the inverse (p, p) of an information matrix, of least length where columns repeat each other.

    Raises NotIdentified where that touches one of the first `leading` columns.
    """
    spread = np.sqrt(np.diag(information))
    spread[spread == 0] = 1.0
    values, vectors = np.linalg.eigh(information / np.outer(spread, spread))
    repeated = values < REPEATED * max(float(values[-1]), np.finfo(float).tiny)
    touched = np.flatnonzero(np.abs(vectors[:leading, repeated]).max(axis=1, initial=0.0) > 1e-4)
    if len(touched):
        raise NotIdentified(_cannot_be_told_apart(len(touched), leading))
    kept = vectors[:, ~repeated] / spread[:, None]
    return np.asarray((kept / values[~repeated]) @ kept.T)


def _variance(mean: Floats, link: Link) -> Floats:
    return np.ones(len(mean)) if link is Link.LINEAR else mean * (1 - mean)


def _inside(mean: Floats) -> Floats:
    return np.clip(mean, EDGE, 1 - EDGE)


def _held_back(step: Floats, columns: Floats, link: Link) -> Floats:
    """Return a step (p,) that moves no index by more than the largest step; a straight line is there in one."""
    furthest = float(np.abs(columns @ step).max())
    return step if link is Link.LINEAR or furthest <= LARGEST_STEP else step * (LARGEST_STEP / furthest)


def _first(outcome: Floats, columns: Floats, weights: Floats, link: Link, leading: int) -> Floats:
    """Return coefficients (p,) near the index of outcomes drawn towards their mean."""
    index = _index_near(outcome, link, weights)
    mean, slope = response(index, link)
    pull = weights * slope / _variance(mean, link)
    inverse = pseudo_inverse((columns * (pull * slope)[:, None]).T @ columns, leading)
    return np.asarray(inverse @ (columns.T @ (pull * (slope * index + outcome - mean))))


def independent_columns(columns: Floats, leading: int) -> list[int]:
    """Return positions of the leading columns and, of the others, of as many as add something.

    Raises NotIdentified where a leading column repeats the other columns.
    """
    length = np.sqrt((columns**2).sum(axis=0))
    scaled = columns / np.where(length > 0, length, 1.0)
    basis, triangle, order = qr(scaled[:, leading:], mode="economic", pivoting=True)
    steady = np.flatnonzero(np.abs(np.diag(triangle)) > NOTHING_ADDED)
    left = scaled[:, :leading] - basis[:, steady] @ (basis[:, steady].T @ scaled[:, :leading])
    repeated = np.abs(np.diag(qr(left, mode="r", pivoting=True)[0])) <= NOTHING_ADDED
    if repeated.any():
        raise NotIdentified(_cannot_be_told_apart(int(repeated.sum()), leading))
    return [*range(leading), *sorted((leading + order[steady]).tolist())]


def _cannot_be_told_apart(count: int, leading: int) -> str:
    return f"{count} of {leading} columns of interest cannot be told apart from the other columns"


def _index_near(outcome: Floats, link: Link, weights: Floats) -> Floats:
    """Return the index of outcomes drawn towards their mean."""
    mean = 0.5 * (outcome + np.average(outcome, weights=weights))
    if link is Link.LINEAR:
        return mean
    if link is Link.PROBIT:
        return np.asarray(ndtri(mean))
    return np.log(mean / (1 - mean)) if link is Link.LOGIT else np.log(-np.log1p(-mean))


def _refuse_outcomes(outcome: Floats, weights: Floats) -> None:
    outside = int(((outcome < 0) | (outcome > 1)).sum())
    if outside:
        message = f"{outside} of {len(outcome)} outcomes lie outside 0 to 1; this model takes shares, or yes and no"
        raise NotIdentified(message)
    if not (weights > 0).all():
        message = f"{int((weights <= 0).sum())} weights are zero or less; leave these rows out"
        raise EstimationError(message)
    if len(outcome) == 0 or np.ptp(outcome) == 0:
        message = f"the outcome does not vary over {len(outcome)} rows"
        raise NotIdentified(message)
