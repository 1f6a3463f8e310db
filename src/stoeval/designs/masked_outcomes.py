"""What masked counts can do to an estimate: its range over all fills, and the interval that covers it.

A linear estimate has sharp bounds in closed form; a Poisson estimate with one nested effect an outer bound, which
says that it is one. The interval is that of Imbens and Manski (2004, Econometrica 72(6)), for linear estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval import checks
from stoeval.errors import NotIdentified
from stoeval.inference.bounds import imbens_manski, masking_bounds, outcome_weights
from stoeval.inference.clustering import contrast, crv3
from stoeval.inference.poisson_bounds import poisson_bounds
from stoeval.inference.regression import solve

if TYPE_CHECKING:
    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Check, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedRange:
    """The range of an estimate over masked counts, and what it says of the claim."""

    count: int
    """Rows that rest on a masked count."""
    low: float | None
    """None where no bound is known."""
    high: float | None
    check: Check | None


def masked_range(study: Study, effect: float) -> MaskedRange:
    """Return the range of an effect over all admissible values of masked counts."""
    rows = study.fit.rows
    low, high = study.sample.outcome_low, study.sample.outcome_high
    count = int((low[rows] != high[rows]).sum())
    if not study.regression.logarithmic:
        ends = masking_bounds(study.fit, study.combination, low[rows], high[rows])
        return MaskedRange(count=count, low=ends[0], high=ends[1], check=checks.masking(effect, *ends, count))
    if not count:
        return MaskedRange(count=0, low=effect, high=effect, check=None)
    try:
        outer = _poisson(study)
    except NotIdentified:
        return MaskedRange(count=count, low=None, high=None, check=checks.masking_unbounded(count))
    return MaskedRange(
        count=count, low=outer[0], high=outer[1], check=checks.masking(effect, *outer, count, outer=True)
    )


def masked_interval(study: Study, level: float) -> tuple[float, float]:
    """Return the interval that covers the effect wherever the masked counts lie; raise NotIdentified without one."""
    rows, low, high = study.fit.rows, study.sample.outcome_low, study.sample.outcome_high
    if study.regression.logarithmic or (low[rows] == high[rows]).all():
        message = "no count is masked, or the estimate is no linear function of the counts"
        raise NotIdentified(message)
    weights = np.zeros(len(low))
    weights[rows] = outcome_weights(study.fit, study.combination)
    ends = [_at_fill(study, np.where(sign * weights > 0, low, high)) for sign in (1, -1)]
    found = imbens_manski(ends[0][0], ends[1][0], ends[0][1], ends[1][1], study.covariance.df, level)
    return found.ci_low, found.ci_high


def _at_fill(study: Study, outcome: Floats) -> tuple[float, float]:
    """Return effect and standard error at one fill of the masked counts."""
    fitted = solve(replace(study.regression, outcome=outcome), study.columns, study.fit.names)
    found = contrast(fitted.coefficients, crv3(fitted), study.combination)
    return found.effect, found.std_error


def _poisson(study: Study) -> tuple[float, float]:
    model = study.regression
    if len(model.nested) != 1:
        message = "an outer bound of a Poisson estimate is known for one nested effect"
        raise NotIdentified(message)
    found = poisson_bounds(
        study.sample.outcome_low,
        study.sample.outcome_high,
        study.columns,
        study.combination,
        unit=model.nested[0],
        crossed=model.crossed,
        controls=model.controls,
        offset=model.offset,
    )
    return found.low, found.high
