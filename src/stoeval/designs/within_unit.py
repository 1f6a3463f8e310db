"""Contrasts between the groups of one unit in one year: columns and effects of a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from stoeval.designs.event_time import EventTime
    from stoeval.vocabulary import Floats, Integers, Sample


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
