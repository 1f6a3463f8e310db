"""Checks of two groups that were made alike: how alike, by how many, within whose reach, and a year too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.group_comparison import (
    balance,
    effects,
    effects_without,
    equal_low_doses,
    share_within_reach,
    standardised_differences,
)
from stoeval.designs.reweighted import backdated, carried_by, jackknife_covariance, leave_one_out_check
from stoeval.errors import NotIdentified
from stoeval.inference.clustering import contrast
from stoeval.vocabulary import Check, IdentificationClass

if TYPE_CHECKING:
    from stoeval.designs.group_comparison import Balance, Likeness, Units
    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Floats, Sample

ALIKE = 0.1
"""Standard deviations that means may differ, the usual limit (Austin 2009, Statistics in Medicine 28(25))."""
FEWEST = 10.0
"""Low doses of equal weight that a comparison needs."""
REACH = 0.8
"""Share of high doses that has to lie within the range of low ones."""


def group_checks(  # noqa: PLR0913, PLR0917 - what was compared and what came of it
    sample: Sample, units: Units, found: Balance, without: Floats, study: Study, likeness: Likeness
) -> tuple[Check, ...]:
    """Return the checks of a comparison; `without` (G,) is the effect without each region."""
    effect = float(study.combination @ study.fit.coefficients)
    names = [sample.cluster_names[code] for code in np.unique(units.cluster)]
    return (
        leave_one_out_check(effect, without, names),
        _balanced(units, found),
        carried_by(equal_low_doses(units, found.weights), FEWEST, int((found.weights[~units.high] > 0).sum())),
        _overlap(units),
        _backdated(units, likeness),
    )


def _balanced(units: Units, found: Balance) -> Check:
    before, after = (np.abs(standardised_differences(units, one)) for one in (units.weight, found.weights))
    worst, passed = int(after.argmax()), bool(after.max() <= ALIKE)
    return Check(
        name="balance of groups",
        passed=passed,
        statistic=float(after.max()),
        threshold=ALIKE,
        detail=f"largest of {len(after)} differences in standard deviations, that of {units.names[worst]}; "
        f"it was {before.max():.3g} before, in {units.names[int(before.argmax())]}",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def _overlap(units: Units) -> Check:
    share = share_within_reach(units)
    passed = share >= REACH
    return Check(
        name="overlap",
        passed=passed,
        statistic=share,
        threshold=REACH,
        detail=f"{share:.0%} of the high doses lie within the range of the low ones in every characteristic",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def _backdated(units: Units, likeness: Likeness) -> Check:
    """Compare the last year before the start, balanced on the years before it."""
    if len(units.before) < 2:
        return backdated(None, "one year before the start is observed, so that it cannot be moved back")
    moved, (earlier, last) = units.backdated(), units.before[-2:]
    try:
        own = effects(moved, balance(moved, likeness), (last,), earlier)
        without = effects_without(moved, likeness, (last,), earlier)
        found = contrast(own, jackknife_covariance(own, without, "backdated"), np.ones(1))
    except NotIdentified as error:
        return backdated(None, str(error))
    return backdated(
        found.p_value,
        f"effect {found.effect:.6g} (SE {found.std_error:.6g}) in {last}, balanced on the years before it",
    )
