"""The check on non-response of a survey panel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import Check, IdentificationClass, Sample
from toy_samples import BASELINE, OUTCOME, toy_estimand, toy_sample

ESTIMAND = toy_estimand("shares")
WHOLE = toy_sample("shares", effect=0.3)


def check_of(sample: Sample) -> Check:
    found = SurveyPanel().find(ESTIMAND, sample)
    (check,) = (one for one in found.checks if one.name == "non-response")
    assert check.passed or found.identification_class is IdentificationClass.D
    return check


def without(units: np.ndarray) -> Sample:
    """Return the sample in which these units did not answer in the outcome waves."""
    gone = np.isin(WHOLE.unit, units) & np.isin(WHOLE.period, OUTCOME)
    return WHOLE.rows(np.flatnonzero(~gone))


def test_where_everybody_answered_nothing_is_missing() -> None:
    check = check_of(WHOLE)
    assert (check.passed, check.cap) == (True, IdentificationClass.A)
    assert "all 96 units" in check.detail


def test_a_few_missing_answers_leave_the_sign_and_many_do_not() -> None:
    few, many = check_of(without(np.array([4]))), check_of(without(np.arange(0, 96, 4)))
    assert few.passed is True
    assert few.statistic > 0
    assert "2 of 192 later answers of 96 units are missing" in few.detail
    assert (many.passed, many.cap) == (False, IdentificationClass.D)
    assert many.statistic < 0
    assert "answered later; among those who always answer they differ by" in many.detail


def test_the_bound_is_reached_when_the_missing_answer_as_badly_as_they_can() -> None:
    """Rows for the missing, at the end of the scale that their weight asks for, give the bound as an estimate."""
    units = np.array([4, 9, 50])
    bound = check_of(without(units)).statistic
    baseline, later = WHOLE.period == BASELINE, np.isin(WHOLE.period, OUTCOME)
    rows = WHOLE.rows(np.flatnonzero(baseline | later))
    lowest = np.inf
    for ends in np.ndindex(2, 2, 2):
        filled = rows.outcome.copy()
        for unit, end in zip(units, ends, strict=True):
            filled[(rows.unit == unit) & (rows.period != BASELINE)] = end
        one = replace(rows, outcome=filled, outcome_low=filled, outcome_high=filled)
        lowest = min(lowest, SurveyPanel().find(ESTIMAND, one).estimate.effect)
    assert abs(bound - lowest) < 1e-10  # worst deviation seen 1e-15


def test_a_scale_without_ends_has_no_bounds() -> None:
    sample = without(np.array([4, 9]))
    outcome = sample.outcome * 100
    check = check_of(replace(sample, outcome=outcome, outcome_low=outcome, outcome_high=outcome))
    assert (check.passed, check.statistic, check.cap) == (None, None, IdentificationClass.D)
    assert "no bound on a scale from 0 to 1" in check.detail
