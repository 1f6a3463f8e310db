"""Bounds of a Poisson coefficient over all admissible values of masked counts.

A Poisson estimate is no linear function of the outcomes, so that no closed form gives its range and trying all
fills is out of the question. What is returned is an *outer* bound: every fill has its estimate within it, and the
true range is narrower. Beside it stands the range between two fills that push hardest either way: these are
attained, so that the true range is no narrower. The two together say how much the outer bound gives away.

With unit effects concentrated out, the estimate solves sum of y_i (x_i - mean of x in the unit) = 0, where the
mean is weighted by shares w proportional to exp(offset + x b) (the conditional likelihood; Hausman, Hall and
Griliches 1984, Econometrica 52(4)). From the estimate b0 at the middle of all intervals to the one at a fill y,

    J (b - b0) = sum of (y_i - middle_i) (x_i - mean0_i),   J = sum over units of Y_u V_u, averaged along the way.

V_u is a variance under the shares of the unit. Where no share moves by more than a factor k_u, it lies between
V_u(b0) / k_u and k_u V_u(b0) in the order of matrices, and the total Y_u between the sums of its ends. The right
side is linear in the fill, so that its range is exact, and J lies between two known matrices: that bounds b.
The factors follow from the bound itself, and a bound that comes back within what it assumed holds for all fills
(the estimate moves continuously as the outcomes move from the middle to the fill).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.bounds import OuterBounds, refuse_intervals
from stoeval.inference.least_squares import refuse_bad_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

STEPS = 100
STANDSTILL = 1e-11
"""Largest change of a coefficient, times the spread of its column, in the last Newton step."""
COLLINEAR = 1e-9
"""A column that keeps less than this share of its length is a combination of the others."""
ROUNDS = 60
"""How often the bound is put back into its own assumption."""
ROOM = 1.1
"""What is assumed about the coefficients is the last bound times this."""
ROUNDING = 1e-9
"""By this share of its width the bound is widened, for the rounding of the arithmetic."""
FILLS = 8
"""How often the fill that pushes hardest is refitted."""
WIDEST = 10.0
"""Beyond this power of e a factor between shares says nothing."""
TOO_WIDE = (
    "the masked counts are too many or too wide for a bound of this Poisson model; take fewer and larger groups, or "
    "the bounds of a linear model"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Model:
    """Columns (n, P), of interest first, the unit of each row, and half the widest step of each row in a column."""

    columns: Floats
    reach: Floats
    unit: Integers
    offset: Floats

    def shares(self, b: Floats) -> Floats:
        """Return the share (n,) of each row in its unit."""
        linear = self.offset + self.columns @ b
        highest = np.full(int(self.unit.max()) + 1, -np.inf)
        np.maximum.at(highest, self.unit, linear)
        sizes = np.exp(linear - highest[self.unit])
        return np.asarray(sizes / np.bincount(self.unit, weights=sizes)[self.unit])

    def centred(self, shares: Floats) -> Floats:
        """Return the columns less their means by unit under the shares."""
        totals = np.zeros((int(self.unit.max()) + 1, self.columns.shape[1]))
        np.add.at(totals, self.unit, self.columns * shares[:, None])
        return np.asarray(self.columns - totals[self.unit])

    def total(self, values: Floats) -> Floats:
        """Return the sum of values (n,) over the unit of each row."""
        return np.asarray(np.bincount(self.unit, weights=values)[self.unit])


def poisson_bounds(  # noqa: PLR0913 - the parts of a regression
    low: Floats,
    high: Floats,
    regressors: Floats,
    combination: Floats,
    *,
    unit: Integers,
    crossed: Sequence[Integers] = (),
    controls: Floats | None = None,
    offset: Floats | None = None,
) -> OuterBounds:
    """Bound a combination (k,) of Poisson coefficients, on the log scale, over outcomes between low and high (n,).

    `unit` holds the nested effect (n,), `crossed` further effects; a unit without outcomes carries nothing.
    Raises EstimationError for values that make no sense, and NotIdentified where a regressor cannot be told apart
    from the effects, the likelihood has no maximum, or the intervals are too wide for any bound of this kind.
    """
    refuse_intervals(low, high)
    controls = np.empty((len(low), 0)) if controls is None else controls
    offset = np.zeros(len(low)) if offset is None else offset
    refuse_bad_rows(low, high, regressors, controls, offset, unit, *crossed)
    if (low < 0).any() or combination.shape != (regressors.shape[1],) or not combination.any():
        message = f"{int((low < 0).sum())} outcomes are negative, or the combination {combination} fits no regressor"
        raise EstimationError(message)
    model = _model(regressors, controls, dense_codes(unit), [dense_codes(codes) for codes in crossed], offset)
    padded = np.concatenate([combination, np.zeros(model.columns.shape[1] - len(combination))])
    middle = _estimate(model, (low + high) / 2)
    reach = _reach(model, middle, low, high, padded)
    effect = float(padded @ middle)
    ends = [_pushed(model, middle, sign * padded, low, high) for sign in (-1, 1)]
    return OuterBounds(
        low=effect - reach * (1 + ROUNDING),
        high=effect + reach * (1 + ROUNDING),
        attained_low=min(effect, float(padded @ ends[0])),
        attained_high=max(effect, float(padded @ ends[1])),
    )


def _model(regressors: Floats, controls: Floats, unit: Integers, crossed: Sequence[Integers], offset: Floats) -> _Model:
    """Return the columns that can be told apart from the unit effects and from each other."""
    dummies = [np.eye(int(codes.max()) + 1)[codes][:, 1:] for codes in crossed]
    levels = np.column_stack([np.empty((len(unit), 0)), *dummies])
    columns = np.column_stack([regressors, controls, levels])
    k, counts = regressors.shape[1], np.bincount(unit)
    everywhere = _Model(columns=columns, reach=columns, unit=unit, offset=offset)
    within = everywhere.centred(1 / counts[unit])
    triangle: Floats = np.asarray(np.linalg.qr(within, mode="r"))
    kept: list[int] = []
    span = np.empty((len(triangle), 0))
    for column in [*range(k, columns.shape[1]), *range(k)]:
        rest = triangle[:, column] - span @ (span.T @ triangle[:, column])
        rest = rest - span @ (span.T @ rest)
        length = float(np.linalg.norm(rest))
        if length > COLLINEAR * np.linalg.norm(columns[:, column]):
            kept.append(column)
            span = np.column_stack([span, rest / length])
        elif column < k:
            message = f"regressor {column + 1} of {k} cannot be told apart from the effects or from the others"
            raise NotIdentified(message)
    kept.sort()
    own = columns[:, : columns.shape[1] - levels.shape[1]]
    lowest, highest = (np.full((len(counts), own.shape[1]), end) for end in (np.inf, -np.inf))
    np.minimum.at(lowest, unit, own)
    np.maximum.at(highest, unit, own)
    # Shares of a unit depend on differences within it: columns are taken from the middle of their range, dummies
    # as they are, since a row has one of them.
    reach = np.column_stack([np.abs(own - ((lowest + highest) / 2)[unit]), levels])
    return _Model(columns=columns[:, kept], reach=reach[:, kept], unit=unit, offset=offset)


def _estimate(model: _Model, outcome: Floats, start: Floats | None = None) -> Floats:
    """Return the coefficients (P,) that maximise the conditional likelihood, by Newton steps with halving."""
    b = np.zeros(model.columns.shape[1]) if start is None else start
    totals = model.total(outcome)
    moment = model.columns.T @ outcome
    for _ in range(STEPS):
        shares = model.shares(b)
        centred, mean = model.centred(shares), totals * shares
        information = (centred * mean[:, None]).T @ centred
        spread = np.sqrt(np.diag(information))
        scaled = information / np.outer(spread, spread) if spread.all() else information
        if not spread.all() or np.linalg.eigvalsh(scaled)[0] < 1e-12:
            break
        step = np.linalg.solve(scaled, (moment - model.columns.T @ mean) / spread) / spread
        size = float(np.abs(model.reach @ np.abs(step)).max())
        b = b + step * min(1.0, 2 / size if size > 0 else 1.0)
        if size < STANDSTILL:
            return np.asarray(b)
    message = "the Poisson likelihood has no maximum at some fill: some outcomes are predicted perfectly (separation)"
    raise NotIdentified(message)


def _reach(model: _Model, middle: Floats, low: Floats, high: Floats, combination: Floats) -> float:
    """Return how far the combination (P,) can lie from the middle over all fills."""
    shares = model.shares(middle)
    centred, half = model.centred(shares), (high - low) / 2
    if not half.any():
        return 0.0
    masked = centred[half > 0] * half[half > 0, None]
    ends = [(model.total(low) * shares)[:, None] * centred, (model.total(high) * shares)[:, None] * centred]
    directions = np.column_stack([np.eye(len(middle)), combination])

    def bounded(assumed: Floats) -> Floats:
        """Bound each coefficient and the combination (P + 1,) where coefficients move no farther than assumed."""
        rows = 2 * (model.reach @ assumed)
        furthest = np.zeros(int(model.unit.max()) + 1)
        np.maximum.at(furthest, model.unit, rows)
        if furthest.max() > WIDEST:
            raise NotIdentified(TOO_WIDE)
        factor = np.exp(furthest)[model.unit, None]
        return _between(ends[0].T @ (centred / factor), ends[1].T @ (centred * factor), masked, directions)

    bound = bounded(np.zeros(len(middle)))
    for _ in range(ROUNDS):
        assumed = bound[:-1] * ROOM
        bound = bounded(assumed)
        if (bound[:-1] <= assumed).all():
            break
    else:
        raise NotIdentified(TOO_WIDE)
    for _ in range(ROUNDS):
        bound = np.minimum(bound, bounded(bound[:-1]))
    return float(bound[-1])


def _between(least: Floats, most: Floats, masked: Floats, directions: Floats) -> Floats:
    """Bound |c'J^-1 f| for directions c (P, C), with J between two matrices and f = masked' e, |e| <= 1."""
    scale = np.sqrt(np.diag(most))
    if not np.isfinite(scale).all() or np.linalg.eigvalsh(least / np.outer(scale, scale))[0] < 1e-12:
        message = (
            "at the lowest values of the masked counts some level has no outcome left, so that the Poisson model has "
            "no bound; take larger groups, or the bounds of a linear model"
        )
        raise NotIdentified(message)
    upper, lower = np.linalg.inv(least), np.linalg.inv(most)
    centre, radius = (upper + lower) / 2, (upper - lower) / 2
    values, vectors = np.linalg.eigh((radius + radius.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0))
    moved = masked @ root
    farthest = min(float(np.linalg.norm(np.abs(moved).sum(axis=0))), float(np.linalg.norm(moved, axis=1).sum()))
    linear = np.abs(masked @ (centre @ directions)).sum(axis=0)
    return np.asarray(linear + np.linalg.norm(root.T @ directions, axis=0) * farthest)


def _pushed(model: _Model, start: Floats, combination: Floats, low: Floats, high: Floats) -> Floats:
    """Return the coefficients (P,) at the fill that raises the combination most, as far as refits find it."""
    best, fill = start, (low + high) / 2
    for _ in range(FILLS):
        shares = model.shares(best)
        centred, mean = model.centred(shares), model.total(fill) * shares
        weights = centred @ np.linalg.solve((centred * mean[:, None]).T @ centred, combination)
        fill = np.where(weights > 0, high, low)
        try:
            moved = _estimate(model, fill, best)
        except NotIdentified:
            return best
        if combination @ moved <= combination @ best:
            return best
        best = moved
    return best
