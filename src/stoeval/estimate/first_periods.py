"""The first treated period of units as files give it: one number a unit, and never in one of its usual spellings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import EstimationError
from stoeval.vocabulary import Check

if TYPE_CHECKING:
    from stoeval.estimate.question import Question
    from stoeval.estimate.rows import Rows
    from stoeval.vocabulary import Floats


def first_periods(rows: Rows, question: Question) -> tuple[Rows, Check]:
    """Return the rows with zero where the exposure says never, and a note on who is when.

    Never is zero, below zero, empty, infinite, or a period after the last. Raises EstimationError where the exposure
    is no whole number, moves within a unit, or is a column of zeros and ones.
    """
    given = rows.frame[question.exposure]
    numbers = pd.to_numeric(given, errors="coerce").astype(float)
    where = f"column {question.exposure}"
    what = "give the first treated period of each unit, and zero or an empty cell for never"
    words = given.notna() & numbers.isna()
    if words.any():
        first = given[words].iloc[0]
        message = f"{where}: {int(words.sum())} of {len(given)} values are no period, first {first!r}; {what}"
        raise EstimationError(message)
    none = (numbers.isna() | np.isinf(numbers)).to_numpy()
    values = np.where(none | (numbers.to_numpy() < 0), 0.0, numbers.to_numpy())
    broken = int((values != np.round(values)).sum())
    if broken:
        message = f"{where}: {broken} of {len(values)} first periods are no whole number; {what}"
        raise EstimationError(message)
    periods = rows.periods(question.time)
    _refuse_indicator(values, int(periods.min()), where, what)
    units = pd.Series(values).groupby(rows.codes(question.unit))
    moving = int((units.max() > units.min()).sum())
    if moving:
        message = f"{where}: {moving} units have several first periods; {what}, in each of its rows"
        raise EstimationError(message)
    found = replace(rows, frame=rows.frame.assign(**{question.exposure: values}))
    first = np.asarray(units.first(), dtype=np.float64)
    return found, _who(first, int(none.sum()), periods.min(), periods.max())


def _refuse_indicator(values: Floats, start: int, where: str, what: str) -> None:
    """Raise where zeros and ones are no periods, and where zero is a period itself."""
    if start < 1:
        message = f"{where}: periods start at {start}, so that zero cannot be never; count periods from one"
        raise EstimationError(message)
    if start > 1 and set(np.unique(values)) <= {0.0, 1.0}:
        message = f"{where}: holds zeros and ones only, which say whether and not when; {what}"
        raise EstimationError(message)


def _who(first: Floats, empty: int, start: int, end: int) -> Check:
    never = (first == 0) | (first > end)
    early = (first > 0) & (first <= start)
    detail = (
        f"{int(never.sum())} of {len(first)} units are never treated by {end} ({empty} rows were empty or infinite); "
        f"{int(early.sum())} are treated from the start and left out"
    )
    return Check(name="never treated", passed=None, statistic=float(never.sum()), threshold=None, detail=detail)
