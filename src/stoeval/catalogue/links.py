"""Expectations and rows that hypotheses share, so that a hypothesis file reads as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.catalogue.exposures import PROGRAMME
from stoeval.catalogue.threats import usual_threats
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.dose_event_study import OutcomeModel
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.share_model import ShareModel
from stoeval.vocabulary import Direction, Expected, Link, Role, Timing, Untestable

if TYPE_CHECKING:
    from stoeval.vocabulary import Design, Exposure, Indicator, Threat

RISES = Expected(interim=Direction.RISE, final=Direction.RISE)
FALLS = Expected(interim=Direction.FALL, final=Direction.FALL)
HOLDS = Expected(interim=Direction.NOT_LOWER, final=Direction.NOT_LOWER)
RISES_LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE)
FALLS_LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.FALL)
HOLDS_LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.NOT_LOWER)
QUALIFIED_AGAIN = Expected(interim=Direction.FALL, final=Direction.NOT_LOWER)
"""Who comes from a company is not qualified yet."""
CANNOT_RESPOND = Expected(interim=Direction.NO_RESPONSE, final=Direction.NO_RESPONSE)

STOCK, FLOW, WAVE, RUN_UP = Timing.STOCK, Timing.FLOW, Timing.WAVE, Timing.RUN_UP


def primary(  # noqa: PLR0913, PLR0917 - a link has this many parts, one row in a hypothesis file
    name: str,
    cause: Exposure | Indicator,
    effect: Indicator,
    expected: Expected,
    design: Design | Untestable,
    timing: Timing,
    threats: tuple[Threat, ...],
) -> Link:
    """Return a link that decides a verdict, with what threatens it."""
    return replace(secondary(name, cause, effect, expected, design, timing, threats), role=Role.PRIMARY)


def secondary(  # noqa: PLR0913, PLR0917 - a link has this many parts, one row in a hypothesis file
    name: str,
    cause: Exposure | Indicator,
    effect: Indicator,
    expected: Expected,
    design: Design | Untestable,
    timing: Timing,
    threats: tuple[Threat, ...] = (),
    mediator: Indicator | None = None,
) -> Link:
    """Return a link that is reported and decides no verdict, with the threats of its kind where none are given."""
    return Link(
        name=name,
        cause=cause,
        effect=effect,
        expected=expected,
        design=design,
        timing=timing,
        role=Role.SECONDARY,
        mediator=mediator,
        threats=threats or usual_threats(cause, effect),
    )


def robust(  # noqa: PLR0913 - what may differ from the link, one row in a hypothesis file
    link: Link,
    name: str,
    design: Design | Untestable,
    cause: Exposure | None = None,
    *,
    effect: Indicator | None = None,
    timing: Timing | None = None,
) -> Link:
    """Return a link answered by another design; by another dose, outcome or window where one is given."""
    return replace(
        link,
        name=f"{link.name}-{name}",
        design=design,
        cause=link.cause if cause is None else cause,
        effect=link.effect if effect is None else effect,
        timing=link.timing if timing is None else timing,
        role=Role.ROBUSTNESS,
    )


def joint(link: Link) -> Link:
    """Return the link of a line of activity with the money for all other lines held as it is."""
    counted = isinstance(link.design, ShareModel)
    model = OutcomeModel.POISSON if counted else getattr(link.design, "outcome_model", OutcomeModel.LINEAR)
    return robust(link, "beside-other-lines", JointDoseEventStudy(outcome_model=model))


def negative_control(  # noqa: PLR0913, PLR0917 - a link has this many parts, one row in a table
    name: str,
    cause: Exposure | Indicator,
    effect: Indicator,
    design: Design | Untestable,
    timing: Timing,
    population: str = "all",
) -> Link:
    """Return a link to an outcome, or in a window, that the programme cannot have moved."""
    return Link(
        name=name,
        cause=cause,
        effect=effect,
        expected=CANNOT_RESPOND,
        design=design,
        timing=timing,
        role=Role.NEGATIVE_CONTROL,
        population=population,
        threats=usual_threats(cause, effect),
    )


def before_the_money(link: Link) -> Link:
    """Return the negative control of a link: the same estimate over a window that ends before the first payment."""
    return replace(
        link,
        name=f"{link.name}-before-the-money",
        expected=CANNOT_RESPOND,
        timing=Timing.BEFORE,
        role=Role.NEGATIVE_CONTROL,
    )


def development(effect: Indicator, expected: Expected, timing: Timing, design: Untestable | None = None) -> Link:
    """Return the bare change of an indicator since the baseline, which no design ascribes to the programme."""
    name = f"{effect.name.replace('_', '-')}-development"
    return secondary(name, PROGRAMME, effect, expected, design or ChangeSinceBaseline(), timing)


def switchers(effect: Indicator, expected: Expected, timing: Timing) -> Link:
    """Return the bare change of an indicator among those who left hard technique for D&P between the two counts.

    They were paid on the first count and not on the second: what they kept spending was not bought with it.
    """
    link = development(effect, expected, timing)
    return replace(link, name=f"switchers-{link.name.removesuffix('-development')}", population="switched to D&P")


def too_early(link: Link) -> Link:
    """Return the timing placebo of a link: the same estimate at the end of the run-up, when nothing could respond.

    Pupils who were counted on 1 October 2019 chose before the regional plans; those who sat their exam in
    2019/20 chose before the first payment of the aanloop.
    """
    return replace(
        link, name=f"{link.name}-too-early", expected=CANNOT_RESPOND, timing=Timing.RUN_UP, role=Role.PLACEBO
    )
