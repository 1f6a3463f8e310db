"""Ordered logit: answers in K ordered categories, with the same shift of the log odds at every threshold.

    P(Y >= c) = L(X b - t_c),  c = 1 ... K-1,   L the logistic distribution, t_1 < ... < t_{K-1}

(McCullagh 1980, Journal of the Royal Statistical Society B 42(2)). The likelihood is concave in thresholds and
coefficients together (Pratt 1981, Journal of the American Statistical Association 76(373)), so that Newton's steps,
halved where they go too far, end at its one maximum. Answers come as weighted counts by row of X and category.

X holds no constant: the thresholds are that. Columns that repeat others, or add up to a constant, share their
coefficients; the leading columns may not. It does not test that the shift is the same at every threshold, and it does
not give a covariance: that is the jackknife of whatever is computed from a fit (`jackknife`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.binomial_regression import LARGEST_INDEX, SLOW, STANDSTILL, STEPS, pseudo_inverse
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HALVINGS = 40
TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedFit:
    """Coefficients (p,), thresholds (K-1,), and what stands beside each of the n rows."""

    coefficients: Floats
    thresholds: Floats
    log_likelihood: float
    top: Floats
    """(n,) probability of the highest category"""
    top_slope: Floats
    """(n,) its derivative to the index"""
    inverse: Floats
    """(p + K-1, p + K-1) pseudo-inverse of the information, coefficients first, then thresholds"""


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """Likelihood (n, K) at parameters, with the logistic distribution at both ends of each category."""

    chance: Floats
    upper: Floats
    lower: Floats


def fit_ordered(counts: Floats, columns: Floats, *, leading: int, start: Floats | None = None) -> OrderedFit:
    """Fit weighted counts (n, K) by category on columns (n, p), of which the first `leading` may not repeat others.

    `start` (p + K-1,) are coefficients and thresholds to begin at. Raises EstimationError for values that make no
    sense, and NotIdentified for an empty category, a leading column that repeats others and perfect prediction.
    """
    refuse_bad_rows(counts, columns)
    _refuse_counts(counts)
    width = columns.shape[1]
    parameters = _start(counts, width) if start is None else start
    value = _value(counts, columns, parameters)
    renew, change, top = True, np.inf, _top(columns, parameters)
    for _ in range(STEPS):
        if renew:
            score, information = _derivatives(counts, columns, parameters)
            inverse = pseudo_inverse(information, leading)
        else:
            score = _score(counts, columns, parameters)
        moved, value = _halved(counts, columns, parameters, inverse @ score, value)
        ahead = np.abs(columns[:, :leading] @ (moved - parameters)[:leading]).max(initial=0.0)
        top, before, last, parameters = _top(columns, moved), top, change, moved
        change = max(float(ahead), float(np.abs(top - before).max()))
        if not np.abs(columns @ parameters[:width]).max() <= LARGEST_INDEX:
            break
        if change < STANDSTILL:
            inverse = pseudo_inverse(_derivatives(counts, columns, parameters)[1], leading)
            return _fit(columns, parameters, value, inverse)
        renew = change > SLOW * last
    message = "the ordered likelihood has no maximum: some answers are predicted perfectly (separation)"
    raise NotIdentified(message)


def category_pull(fit: OrderedFit, columns: Floats, gradient: Floats) -> Floats:
    """Return how much one answer in each category (n, K) moves a quantity with this gradient, to first order.

    `gradient` (p + K-1,) is that in coefficients and thresholds.
    """
    towards = fit.inverse @ gradient
    width = columns.shape[1]
    point = _point(columns @ fit.coefficients, fit.thresholds)
    up, down = _density(point.upper) / point.chance, _density(point.lower) / point.chance
    along = columns @ towards[:width]
    pull = (down - up) * along[:, None]
    pull[:, :-1] += up[:, :-1] * towards[width:]
    pull[:, 1:] -= down[:, 1:] * towards[width:]
    return pull


def _fit(columns: Floats, parameters: Floats, value: float, inverse: Floats) -> OrderedFit:
    width = columns.shape[1]
    top = _top(columns, parameters)
    return OrderedFit(
        coefficients=parameters[:width],
        thresholds=parameters[width:],
        log_likelihood=value,
        top=top,
        top_slope=top * (1 - top),
        inverse=inverse,
    )


def _top(columns: Floats, parameters: Floats) -> Floats:
    """Return the probability (n,) of the highest category."""
    return np.asarray(expit(columns @ parameters[: columns.shape[1]] - parameters[-1]))


def _point(index: Floats, thresholds: Floats) -> _Point:
    inner = expit(thresholds - index[:, None])
    ends = np.zeros((len(index), 1)), np.ones((len(index), 1))
    upper, lower = np.hstack([inner, ends[1]]), np.hstack([ends[0], inner])
    return _Point(np.maximum(upper - lower, TINY), upper, lower)


def _density(distribution: Floats) -> Floats:
    return distribution * (1 - distribution)


def _value(counts: Floats, columns: Floats, parameters: Floats) -> float:
    """Return the log likelihood; minus infinity where thresholds are out of order."""
    width = columns.shape[1]
    if (np.diff(parameters[width:]) <= 0).any():
        return -np.inf
    point = _point(columns @ parameters[:width], parameters[width:])
    return float((counts * np.log(point.chance)).sum())


def _derivatives(counts: Floats, columns: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """Return the score (q,) and the information (q, q), coefficients first, then thresholds."""
    width = columns.shape[1]
    point = _point(columns @ parameters[:width], parameters[width:])
    up, down = _density(point.upper) / point.chance, _density(point.lower) / point.chance
    # Second derivatives of log chance: in the upper end, in both, in the lower end.
    both = counts * up * down
    upper = counts * (up * (1 - 2 * point.upper) - up**2)
    lower = counts * (-down * (1 - 2 * point.lower) - down**2)
    score = _slopes(counts, columns, up, down)
    bend = (upper + 2 * both + lower).sum(axis=1)
    cross = -((upper + both)[:, :-1] + (lower + both)[:, 1:])
    thresholds = np.diag(upper[:, :-1].sum(axis=0) + lower[:, 1:].sum(axis=0))
    beside = both[:, 1:-1].sum(axis=0)
    thresholds += np.diag(beside, 1) + np.diag(beside, -1)
    mixed = columns.T @ cross
    second = np.block([[(columns * bend[:, None]).T @ columns, mixed], [mixed.T, thresholds]])
    return score, -second


def _score(counts: Floats, columns: Floats, parameters: Floats) -> Floats:
    """Return the score (q,) alone."""
    width = columns.shape[1]
    point = _point(columns @ parameters[:width], parameters[width:])
    return _slopes(counts, columns, _density(point.upper) / point.chance, _density(point.lower) / point.chance)


def _slopes(counts: Floats, columns: Floats, up: Floats, down: Floats) -> Floats:
    thresholds = (counts * up)[:, :-1].sum(axis=0) - (counts * down)[:, 1:].sum(axis=0)
    return np.concatenate([columns.T @ (counts * (down - up)).sum(axis=1), thresholds])


def _halved(counts: Floats, columns: Floats, parameters: Floats, step: Floats, value: float) -> tuple[Floats, float]:
    """Return the parameters a step away that are no worse, and their log likelihood."""
    room = 1e-12 * abs(value)
    for halving in range(HALVINGS):
        moved = parameters + step / 2**halving
        better = _value(counts, columns, moved)
        if better >= value - room:
            return moved, better
    return parameters, value


def _start(counts: Floats, width: int) -> Floats:
    below = np.cumsum(counts.sum(axis=0))[:-1] / counts.sum()
    return np.concatenate([np.zeros(width), np.log(below / (1 - below))])


def _refuse_counts(counts: Floats) -> None:
    if counts.ndim != 2 or counts.shape[1] < 2 or (counts < 0).any() or not (counts.sum(axis=1) > 0).all():
        message = "counts need a row with an answer for each row of columns, at least two categories, none negative"
        raise EstimationError(message)
    empty = np.flatnonzero(counts.sum(axis=0) == 0)
    if len(empty):
        message = (
            f"{len(empty)} of {counts.shape[1]} categories hold no answer: {empty.tolist()}; join them with others"
        )
        raise NotIdentified(message)
