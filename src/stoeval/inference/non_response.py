"""Non-response: what answers that were not given can do to a comparison of more and less exposed units.

Worst case (Manski 1990, American Economic Review 80(2); Horowitz and Manski 2000, Journal of the American Statistical
Association 95(449)): whoever did not answer later may have answered anything between the ends of the scale. The slope
of changes on exposure is linear in every answer, so its bounds put each missing answer at the end that its weight
asks for; they are sharp and assume nothing.

Trimming (Lee 2009, Review of Economic Studies 76(3)): where exposure moves response in one direction for all, the
group that answers more is cut down to the share of the other, at one end of its answers or at the other,

    p = (q1 - q0) / q1,   E[Y1 | Y1 <= y(1-p)] - E[Y0] <= effect on who always answers <= E[Y1 | Y1 >= y(p)] - E[Y0]

with q the shares that answer. Intervals are those of Imbens and Manski by jackknifed errors (`bounds`, `jackknife`).
It does not find who would have answered, nor does trimming help where exposure makes some answer and others not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bounds import PartialInterval, imbens_manski, outcome_weights
from stoeval.inference.clustering import contrast, crv3
from stoeval.inference.jackknife import jackknife
from stoeval.inference.least_squares import fit
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

SCALE = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCase:
    """The lowest and highest slope over all answers that were not given."""

    low: float
    high: float
    interval: PartialInterval
    missing: int
    """Units with at least one answer missing, of how many."""
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """The lowest and highest difference for units that answer whatever their exposure."""

    low: float
    high: float
    interval: PartialInterval
    share_exposed: float
    """Share that answered, by weight, of exposed and of other units."""
    share_other: float
    trimmed: float
    """Share that is cut from the answers of the group that answers more."""


def worst_case(  # noqa: PLR0913 - the parts of a comparison
    before: Floats,
    after: Floats,
    answered: Truths,
    exposure: Floats,
    *,
    cluster: Integers,
    weights: Floats,
    controls: Floats | None = None,
    scale: tuple[float, float] = SCALE,
    level: float = 0.95,
) -> WorstCase:
    """Bound the slope on exposure (U,) of the change from `before` (U,) to the mean of `after` (U, waves).

    `answered` (U, waves) says which answers of `after` were given; the others are not looked at and lie within the
    `scale`. Raises EstimationError for given answers outside it, and NotIdentified where the slope does not exist.
    """
    lowest, highest = _ends(before, after, answered, scale)
    middle = (lowest + highest) / 2

    def fitted(change: Floats) -> Fit:
        constant = np.zeros(len(before), dtype=np.int64)
        columns = exposure[:, None]
        return fit(change, columns, cluster=cluster, nested=[], crossed=[constant], controls=controls, weights=weights)

    pull = outcome_weights(fitted(middle), np.ones(1))
    found = []
    for sign in (1, -1):
        one = fitted(np.where(sign * pull > 0, lowest, highest))
        found.append(contrast(one.coefficients, crv3(one), np.ones(1)))
    return WorstCase(
        low=found[0].effect,
        high=found[1].effect,
        interval=_interval(found[0].effect, found[1].effect, [one.std_error for one in found], found[0].df, level),
        missing=int((~answered).any(axis=1).sum()),
        units=len(before),
    )


def trimming_bounds(  # noqa: PLR0913 - the parts of a comparison
    outcome: Floats,
    answered: Truths,
    exposed: Truths,
    *,
    cluster: Integers,
    weights: Floats,
    level: float = 0.95,
) -> Trimmed:
    """Bound the difference in mean outcome (U,) between exposed and other units, for those who always answer.

    Outcomes of units that did not answer are not looked at. A boundary unit is cut in part. Raises NotIdentified
    where nobody in a group answered, or without some cluster.
    """
    refuse_bad_rows(np.where(answered, outcome, 0.0), weights, cluster, exposed)

    def bounds(rows: Integers) -> Floats:
        return np.array(_trimmed(outcome[rows], answered[rows], exposed[rows], weights[rows])[:2])

    found = jackknife(bounds, cluster)
    low, high = found.estimate.tolist()
    errors = np.sqrt(np.diag(found.covariance.matrix)).tolist()
    _, _, share_exposed, share_other, trimmed = _trimmed(outcome, answered, exposed, weights)
    return Trimmed(
        low=low,
        high=high,
        interval=_interval(low, high, errors, found.covariance.df, level),
        share_exposed=share_exposed,
        share_other=share_other,
        trimmed=trimmed,
    )


def _ends(before: Floats, after: Floats, answered: Truths, scale: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return the lowest and highest change (U,)."""
    refuse_bad_rows(before, np.where(answered, after, 0.0).sum(axis=1))
    bottom, top = scale
    given = after[answered]
    if not bottom < top or ((given < bottom) | (given > top)).any():
        message = f"answers have to lie within a scale that rises; {bottom} to {top} does not hold all of them"
        raise EstimationError(message)
    low, high = (np.where(answered, after, end).mean(axis=1) - before for end in scale)
    return low, high


def _trimmed(outcome: Floats, answered: Truths, exposed: Truths, weights: Floats) -> tuple[float, ...]:
    """Return both bounds, the shares that answered among exposed and others, and the share that is cut."""
    shares = []
    for group in (exposed, ~exposed):
        if not (answered & group).any():
            message = "nobody answered among the exposed, or among the others"
            raise NotIdentified(message)
        shares.append(float(weights[group & answered].sum() / weights[group].sum()))
    kept = min(shares) / max(shares)
    ends = []
    for group, share in zip((exposed, ~exposed), shares, strict=True):
        values, own = outcome[group & answered], weights[group & answered]
        part = kept if share == max(shares) else 1.0
        ends.append((_lowest_mean(values, own, part), -_lowest_mean(-values, own, part)))
    (exposed_low, exposed_high), (other_low, other_high) = ends
    return exposed_low - other_high, exposed_high - other_low, shares[0], shares[1], 1 - kept


def _lowest_mean(values: Floats, weights: Floats, share: float) -> float:
    """Return the weighted mean of the lowest share of values, the last one in part."""
    order = np.argsort(values, kind="stable")
    room = share * weights.sum() - np.concatenate([[0.0], np.cumsum(weights[order])[:-1]])
    taken = np.clip(room, 0.0, weights[order])
    return float(taken @ values[order] / taken.sum())


def _interval(low: float, high: float, errors: list[float], df: float, level: float) -> PartialInterval:
    return imbens_manski(min(low, high), max(low, high), errors[0], errors[1], df, level)


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value at or below which half of the weight lies."""
    order = np.argsort(values, kind="stable")
    reached = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(values[order][min(int(reached), len(values) - 1)])
