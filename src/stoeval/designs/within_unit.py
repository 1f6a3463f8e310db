"""Contrasts between the groups of one unit in one year: columns, effects and finding of a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.designs import reporting
from stoeval.designs.event_time import event_time
from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.regression import Regression

if TYPE_CHECKING:
    from stoeval.designs.event_time import EventTime
    from stoeval.vocabulary import Estimand, Floats, IdentificationClass, Integers, Sample


def gap_columns(sample: Sample, years: EventTime, values: Floats) -> Floats:
    """Return values (n,) or (n, q) times entitlement times each year."""
    wide = values.reshape(len(sample.period), -1) * sample.entitlement[:, None]
    return years.columns(wide, sample.period)


def gap_effects(sample: Sample) -> tuple[list[Integers], list[Integers]]:
    """Return the nested effects (unit x year, unit x group) and the crossed effect (group x year)."""
    if sample.group.max() == sample.group.min():
        message = "a triple difference needs at least two groups in a unit; this sample holds one"
        raise NotIdentified(message)
    nested = [dense_codes(sample.unit, sample.period), dense_codes(sample.unit, sample.group)]
    return nested, [dense_codes(sample.group, sample.period)]


def gap_question(  # noqa: PLR0913 - what two designs on gaps differ in
    estimand: Estimand,
    sample: Sample,
    *,
    ceiling: IdentificationClass,
    formula_input: bool,
    weights: Floats | None = None,
    offset: Floats | None = None,
) -> reporting.DoseQuestion:
    """Ask for the effect of a dose on the gap between entitled and other groups over the window."""
    years = event_time(sample.period, estimand.window)
    nested, crossed = gap_effects(sample)
    regression = Regression(
        outcome=sample.outcome,
        cluster=sample.cluster,
        nested=nested,
        crossed=crossed,
        controls=gap_columns(sample, years, sample.conditioning) if formula_input else None,
        weights=weights,
        offset=offset,
    )
    return reporting.DoseQuestion(
        estimand=estimand,
        sample=sample,
        regression=regression,
        years=years,
        spread=lambda values: gap_columns(sample, years, values),
        ceiling=ceiling,
        further_checks=reporting.formula_input(sample, used=formula_input),
    )
