"""What the dose of one line of activity says beside those of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy, separability
from stoeval.errors import NotIdentified
from stoeval.vocabulary import ActivityLine, IdentificationClass, Sample, SchoolYear
from toy_samples import MONEY, OUTCOME, toy_estimand, toy_sample

ESTIMAND = toy_estimand("units")
LINE = replace(ESTIMAND, cause=replace(MONEY, rule=ActivityLine(line="1", counted=SchoolYear(start=2018))))


def lines(*, own: float, other: float, fixed: float = 0.0) -> Sample:
    """Return a sample with another line with an effect of its own.

    `fixed` is the part of the other line that follows the first one.
    """
    sample = toy_sample("units", effect=own)
    drawn = np.random.default_rng(7).uniform(0, 1, sample.unit.max() + 1)[sample.unit]
    beside = fixed * sample.dose + (1 - min(fixed, 0.99)) * drawn + 0.3 * sample.dose
    outcome = sample.outcome + other * beside * (sample.period >= min(OUTCOME))
    seen = {"outcome": outcome, "outcome_low": outcome, "outcome_high": outcome}
    whole = np.column_stack([sample.conditioning, sample.dose + beside])
    return replace(sample, **seen, conditioning=whole, other_lines=beside[:, None])


def test_a_line_is_freed_of_what_another_line_did() -> None:
    """The other line takes 0.3 of the own dose with it: alone, the estimate is 0.2 + 0.3 x 0.5."""
    sample = lines(own=0.2, other=0.5)
    joint = JointDoseEventStudy().find(LINE, sample).estimate
    alone = DoseEventStudy().find(LINE, replace(sample, conditioning=sample.formula_input, other_lines=None)).estimate
    assert joint.effect == pytest.approx(0.2, abs=0.02)  # worst deviation seen 0.007
    assert alone.effect == pytest.approx(0.35, abs=0.05)  # worst deviation seen 0.022


def test_the_inflation_is_that_of_the_regression_of_one_dose_on_the_rest() -> None:
    """By hand: doses 0, 1, 2, 3 on 0, 1, 1, 2 leave 1 - r^2 = 1 - 0.9 of the variation, so the factor is 10."""
    sample = toy_sample("units")
    once = sample.rows(np.unique(sample.unit, return_index=True)[1][:4])
    four = replace(
        once,
        dose=np.array([0.0, 1, 2, 3]),
        conditioning=np.zeros((4, 1)),
        other_lines=np.array([[0.0], [1], [1], [2]]),
        weight=np.ones(4),
    )
    assert separability(four).statistic == pytest.approx(10, rel=1e-9)  # worst deviation seen 0


def test_lines_in_nearly_fixed_proportions_are_said_not_to_be_separable() -> None:
    found = JointDoseEventStudy().find(ESTIMAND, lines(own=0.2, other=0.0, fixed=2.0))
    check = next(check for check in found.checks if check.name == "separability")
    assert check.passed is False
    assert found.identification_class is IdentificationClass.D


def test_lines_that_sum_to_the_whole_leave_no_room_for_the_whole() -> None:
    sample = lines(own=0.2, other=0.5)
    beside = replace(sample, other_lines=np.column_stack([sample.other_lines, sample.conditioning[:, 1]]))
    with pytest.raises(NotIdentified, match="cannot be told apart from the 3 columns beside it"):
        JointDoseEventStudy().find(LINE, beside)


def test_a_sample_without_other_lines_is_refused() -> None:
    sample = toy_sample("units")
    with pytest.raises(NotIdentified, match="no other line"):
        JointDoseEventStudy().find(LINE, sample)


def test_a_line_that_regions_chose_is_never_more_than_an_association() -> None:
    found = JointDoseEventStudy().find(LINE, lines(own=0.4, other=0.5))
    assert {"chosen exposure", "separability"} <= {check.name for check in found.checks}
    assert found.identification_class is IdentificationClass.D
