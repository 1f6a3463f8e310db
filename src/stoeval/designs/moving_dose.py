"""Whether the path of a dose moves with the count that the dose was built from: regression to the mean seen at work.

A design that carries the input of the formula is tested with that input recounted as well, since it is what takes the
falling back out; the test is of what is left. Later counts hold ever more pupils whom the programme may have moved, so
that a real effect would move with them; they are left out. A Poisson model is tested in the weighted regression of its
last step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval import checks
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.moving_dose import LinearRows, mean_and_closeness, moving, paths, peaks
from stoeval.vocabulary import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.designs.event_time import EventTime
    from stoeval.designs.robustness import Study
    from stoeval.inference.clustering import Contrast
    from stoeval.vocabulary import Check, Floats

LATEST = 2
"""Years after the baseline up to which counts are used: from a choice of profile to the exam."""


def moving_dose(study: Study) -> tuple[Check, ...]:
    """Return the check on a dose rebuilt from other counts, or none where there are no counts to rebuild it from."""
    if not study.sample.recounted_doses or study.spread is None:
        return ()
    carried = _carried(study)
    try:
        found = moving_test(study, formula_input=carried)
    except NotIdentified as error:
        return (_not_seen(study, str(error), carried=carried),)
    turns = _turns(study, found, formula_input=carried) if checks.moves(found) else ()
    return (checks.moving_dose(found, turns, formula_input=carried),)


def _turns(study: Study, found: Contrast, *, formula_input: bool) -> tuple[tuple[str, str], ...]:
    """Return each count, and the year in which its path peaks, or is lowest where near counts mean less.

    Empty where the doses of a count cannot be told apart by themselves.
    """
    try:
        by_count = recounted_paths(study, formula_input=formula_input)
    except NotIdentified:
        return ()
    at = peaks(by_count, _years(study).reference, highest=found.effect > 0)
    return tuple((str(SchoolYear(start=count)), str(SchoolYear(start=year))) for count, year in at.items())


def moving_test(study: Study, *, formula_input: bool) -> Contrast:
    """Return how much more the outcome of a year goes with the dose of a count one year nearer.

    `formula_input` has the input of the formula enter, as it was and rebuilt from the same counts. Raises
    NotIdentified where fewer than two counts differ from the one that was paid on, or where the input leaves nothing
    of the dose.
    """
    mean, closeness = _mean_and_closeness(study, study.sample.recounted_doses)
    beside = [study.columns[study.fit.rows], mean]
    if formula_input:
        inputs, near = _mean_and_closeness(study, study.sample.recounted_inputs)
        beside += [study.fit.made_of.source.controls, inputs, near[:, None]]
    return moving(_rows(study), closeness, np.column_stack(beside))


def recounted_paths(study: Study, *, formula_input: bool) -> dict[int, dict[int, float]]:
    """Return by count the path by year of the outcome on the dose of that count.

    Nothing stands beside it, or with `formula_input` what the same count says of the input of the formula.
    """
    unit = dense_codes(study.sample.unit[study.fit.rows])
    first = study.fit.rows[np.unique(unit, return_index=True)[1]]
    counted = _counts(study.sample.recounted_doses, study)
    inputs = dict(_counts(study.sample.recounted_inputs, study)) if formula_input else {}
    doses = np.array([[values[first], *([inputs[count][first]] if formula_input else [])] for count, values in counted])
    found = paths(_rows(study), unit, _columns(study, np.ones(len(study.sample.dose))), doses)
    years = _years(study).years
    return {
        count: dict(zip(years, map(float, path), strict=True)) for (count, _), path in zip(counted, found, strict=True)
    }


def _not_seen(study: Study, reason: str, *, carried: bool) -> Check:
    """Return the check of a test that does not exist; harmless where the input of the formula is all that moves."""
    if carried and _identified_alone(study):
        return checks.moving_dose_within_formula_input()
    return checks.moving_dose_not_seen(reason)


def _identified_alone(study: Study) -> bool:
    try:
        moving_test(study, formula_input=False)
    except NotIdentified:
        return False
    return True


def _carried(study: Study) -> bool:
    """Say whether the regression holds the input of the formula and the sample can rebuild it."""
    if not study.sample.recounted_inputs:
        return False
    in_a_year = _columns(study, study.sample.conditioning[:, 0])[:, :1]
    return bool((study.fit.made_of.source.controls == in_a_year).all(axis=0).any())


def _counts(counted: Sequence[tuple[int, Floats]], study: Study) -> list[tuple[int, Floats]]:
    """Return the counts that the regional plans cannot have moved."""
    last = _years(study).reference + LATEST
    return [(year, values) for year, values in counted if year <= last]


def _mean_and_closeness(study: Study, counted: Sequence[tuple[int, Floats]]) -> tuple[Floats, Floats]:
    """Return the mean and the closeness of values at each count, times year."""
    years = _years(study)
    columns = {year: _columns(study, values) for year, values in _counts(counted, study)}
    return mean_and_closeness(columns, years.years, years.reference)


def _years(study: Study) -> EventTime:
    if study.years is None or study.spread is None:
        message = "the cause is no dose with a path of years"
        raise NotIdentified(message)
    return study.years


def _columns(study: Study, values: Floats) -> Floats:
    """Return values (n,) times year in the rows that were used."""
    if study.spread is None:
        message = "the cause is no dose that could have been counted otherwise"
        raise NotIdentified(message)
    return study.spread(values)[study.fit.rows]


def _rows(study: Study) -> LinearRows:
    """Return the rows of the regression, of its last step where it is a Poisson model."""
    source = study.fit.made_of.source
    return LinearRows(
        outcome=np.asarray(source.outcomes[:, 0], dtype=np.float64),
        cluster=source.cluster,
        nested=source.nested,
        crossed=source.crossed,
        weights=source.weights,
    )
