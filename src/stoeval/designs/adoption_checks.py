"""Checks of a dose that everybody got: whether it starts at zero, and whether a straight line would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.assignment import assignment
from stoeval.designs.long_differences import long_differences
from stoeval.errors import NotIdentified
from stoeval.inference.heterogeneous_adoption import linearity_test, quasi_untreated_test
from stoeval.vocabulary import Check, IdentificationClass

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Sample, Window

LEVEL = 0.05
CURVE = 3


def adoption_checks(sample: Sample, window: Window, *, formula_input: bool) -> tuple[Check, ...]:
    """Return the checks on the lowest dose and on linearity, over regions or vestigingen as the dose was given."""
    assigned = assignment(sample)
    rows = long_differences(sample, window)
    groups, codes = np.unique(assigned.unit[rows.once], return_inverse=True)
    dose = assigned.dose[groups]
    change = rows.of(sample.outcome)
    if formula_input:
        change = change - _of_formula(sample.dose[rows.once], sample.conditioning[rows.once], change)
    weight = sample.weight[rows.once]
    return quasi_untreated(dose), linear(dose, np.bincount(codes, weight * change) / np.bincount(codes, weight))


def quasi_untreated(dose: Floats) -> Check:
    """Look whether the lowest dose may be taken for none."""
    test = quasi_untreated_test(dose)
    return Check(
        name="quasi-untreated",
        passed=None,
        statistic=test.p_value,
        threshold=LEVEL,
        detail=f"p of a lowest dose of zero, from the two lowest; the lowest is {dose.min():.6g}",
        cap=IdentificationClass.B,
    )


def linear(dose: Floats, change: Floats) -> Check:
    """Look whether the mean change is a straight line in the dose, so that a dose event study would say the same."""
    try:
        found = linearity_test(dose, change)
        p_value, detail = found.p_value, f"statistic {found.statistic:.3f} of variance beside a line over neighbours"
    except NotIdentified as error:
        p_value, detail = None, str(error)
    return Check(
        name="linearity",
        passed=None,
        statistic=p_value,
        threshold=LEVEL,
        detail=detail,
        cap=IdentificationClass.B,
    )


def _of_formula(dose: Floats, conditioning: Floats, change: Floats) -> Floats:
    """Return the part (U,) of changes that follows the input of the formula beside a curve of the dose."""
    curve = np.column_stack([dose**degree for degree in range(CURVE + 1)])
    beside = np.column_stack([curve, conditioning])
    return np.asarray(conditioning @ np.linalg.lstsq(beside, change, rcond=None)[0][curve.shape[1] :])
