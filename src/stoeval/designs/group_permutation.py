"""The doses of two groups dealt to other regions or vestigingen, and everything estimated again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.assignment import assignment
from stoeval.designs.group_comparison import balance, effects
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.assignments import assignments
from stoeval.inference.randomization import tally

if TYPE_CHECKING:
    from stoeval.designs.event_time import EventTime
    from stoeval.designs.group_comparison import Likeness, Units
    from stoeval.inference.randomization import RandomizationTest
    from stoeval.vocabulary import Floats, Sample

DRAWS = 199
LEVEL = 0.95
"""Of the Monte-Carlo interval."""


def permuted_groups(  # noqa: PLR0913, PLR0917 - an estimate and its draws
    sample: Sample,
    units: Units,
    likeness: Likeness,
    years: EventTime,
    combination: Floats,
    generator: np.random.Generator | None,
) -> tuple[RandomizationTest, str] | str:
    """Return the test that deals the doses of the compared units to others of them, or why there is none.

    A deal under which no weights balance counts as more extreme than the sample.
    """
    if generator is None:
        return "no draws were asked for"
    lowest = float(units.dose[units.high].min())

    def statistic(dose: Floats) -> float:
        dealt = replace(units, dose=dose, high=dose >= lowest)
        try:
            return float(effects(dealt, balance(dealt, likeness), years.years, years.reference) @ combination)
        except NotIdentified:
            return np.inf

    try:
        assigned = assignment(sample.rows(units.rows[:, 0]))
        blocks, enumerated = assignments(assigned.dose, assigned.stratum, DRAWS, generator)
        drawn = np.array([statistic(dose[assigned.unit]) for block in blocks for dose in block])
        test = tally(statistic(units.dose), drawn, LEVEL, enumerated=enumerated)
    except EstimationError as error:
        return str(error)
    return test, f"{assigned.words}; weights estimated again"
