"""The check on non-response: what later answers that were not given could do to the effect of a dose.

Units that answered in the baseline waves are followed; later waves in which they did not answer are missing. The worst
case lets a missing answer be anything between the ends of the scale; trimming asks only of units that always answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.absorption import dense_codes
from stoeval.inference.non_response import SCALE, trimming_bounds, weighted_median, worst_case
from stoeval.vocabulary import Check, IdentificationClass

if TYPE_CHECKING:
    from stoeval.inference.non_response import Truths
    from stoeval.vocabulary import Estimate, Floats, Integers, Sample, Window


def non_response(sample: Sample, window: Window, estimate: Estimate, *, formula_input: bool) -> Check:
    """Look whether the sign survives whatever those who stopped answering would have said."""
    once, before, after, answered = _waves(sample, window)
    missing = int((~answered).sum())
    if not missing:
        detail = f"all {len(once)} units of the baseline answered in every later wave that is used"
        return _check(estimate.effect, detail, passed=True)
    whole = f"{missing} of {answered.size} later answers of {len(once)} units are missing"
    try:
        worst = worst_case(
            before,
            after,
            answered,
            sample.dose[once],
            cluster=dense_codes(sample.cluster[once]),
            weights=sample.weight[once],
            controls=sample.conditioning[once] if formula_input else None,
        )
    except EstimationError as error:
        return _check(None, f"{whole}; no bound on a scale from {SCALE[0]:g} to {SCALE[1]:g}: {error}", passed=None)
    detail = (
        f"{whole}; whatever they were, the estimate lies between {worst.low:.6g} and {worst.high:.6g} "
        f"(interval {worst.interval.ci_low:.6g} to {worst.interval.ci_high:.6g}); "
        f"{_trimming(sample, once, after - before[:, None], answered)}"
    )
    nearest = worst.low if estimate.effect > 0 else worst.high
    return _check(nearest, detail, passed=worst.low * worst.high > 0 and nearest * estimate.effect > 0)


def _check(statistic: float | None, detail: str, *, passed: bool | None) -> Check:
    return Check(
        name="non-response",
        passed=passed,
        statistic=statistic,
        threshold=0.0,
        detail=detail,
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def _trimming(sample: Sample, once: Integers, change: Floats, answered: Truths) -> str:
    """Say between what the difference of more and less exposed units lies, if exposure moves response one way."""
    dose, weight = sample.dose[once], sample.weight[once]
    given: Truths = np.asarray(answered.any(axis=1))
    changed = np.where(answered, change, 0.0).sum(axis=1) / np.maximum(answered.sum(axis=1), 1)
    try:
        found = trimming_bounds(
            changed, given, dose > weighted_median(dose, weight), cluster=sample.cluster[once], weights=weight
        )
    except EstimationError as error:
        return f"trimming gives no bounds: {error}"
    return (
        f"{found.share_exposed:.1%} of the more exposed and {found.share_other:.1%} of the others answered later; "
        f"among those who always answer they differ by {found.low:.6g} to {found.high:.6g} (interval "
        f"{found.interval.ci_low:.6g} to {found.interval.ci_high:.6g})"
    )


def _waves(sample: Sample, window: Window) -> tuple[Integers, Floats, Floats, Truths]:
    """Return a row (U,) of each unit of the baseline, its answer then, those later (U, waves), and which were given."""
    unit = dense_codes(sample.unit, sample.group)
    waves = [*(year.start for year in window.baseline), *(year.start for year in window.outcome)]
    place = np.full((int(unit.max()) + 1, len(waves)), -1, dtype=np.int64)
    for position, wave in enumerate(waves):
        here = np.flatnonzero(sample.period == wave)
        place[unit[here], position] = here
    first = len(window.baseline)
    place = place[(place[:, :first] >= 0).all(axis=1)]
    before = sample.outcome[place[:, :first]].mean(axis=1)
    answered = place[:, first:] >= 0
    after = np.where(answered, sample.outcome[np.maximum(place[:, first:], 0)], 0.0)
    return place[:, 0], before, after, answered
