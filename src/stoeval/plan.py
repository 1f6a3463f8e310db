"""The plan: every estimate that would be made, before any data are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.vocabulary import ActivityLine, Exposure, IdentificationClass, Level, Role, Untestable

if TYPE_CHECKING:
    from stoeval.vocabulary import Catalogue, Link, Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEstimate:
    """One estimate that would be made, or the reason why none can be."""

    hypothesis: int
    link: str
    role: str
    exposure: str
    outcome: str
    design: str
    population: str
    baseline: str
    window: str
    expected: str
    family: str
    alpha: float | None
    highest_class: str | None
    untestable: str


def planned_estimates(measurement: Measurement, catalogue: Catalogue) -> tuple[PlannedEstimate, ...]:
    """Return every estimate of a measurement in the order of the catalogue; no data are touched."""
    return tuple(
        _planned(hypothesis.number, link, measurement)
        for hypothesis in catalogue.hypotheses
        for link in hypothesis.links
    )


def _planned(number: int, link: Link, measurement: Measurement) -> PlannedEstimate:
    window = measurement.window(link.timing)
    primary = link.role is Role.PRIMARY
    untestable = link.design.reason if isinstance(link.design, Untestable) else ""
    highest = highest_class(link)
    return PlannedEstimate(
        hypothesis=number,
        link=link.name,
        role=link.role.value,
        exposure=link.cause.name,
        outcome=link.effect.name,
        design="" if isinstance(link.design, Untestable) else link.design.name,
        population=link.population,
        baseline=", ".join(map(str, window.baseline)),
        window=", ".join(map(str, window.outcome)),
        expected=link.expected.at(measurement.phase).value,
        family=f"Holm over all hypotheses, {measurement.name}" if primary else "",
        alpha=measurement.alpha if primary else None,
        highest_class=None if highest is None else highest.value,
        untestable=untestable,
    )


def highest_class(link: Link) -> IdentificationClass | None:
    """Return the strongest class that design and exposure leave open; checks on data can only lower it."""
    if isinstance(link.design, Untestable):
        return None
    chosen = isinstance(link.cause, Exposure) and isinstance(link.cause.rule, ActivityLine)
    within = link.effect.level in (Level.LEERWEG, Level.PROFILE_GROUP, Level.SUBJECT_GROUP)
    cap = IdentificationClass.D if chosen and not within else IdentificationClass.A
    return link.design.ceiling.at_most(cap)
