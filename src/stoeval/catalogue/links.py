"""Expectations and rows that hypotheses share, so that a hypothesis file reads as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.catalogue.exposures import PROGRAMME
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.vocabulary import Direction, Expected, Link, Role, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import Design, Exposure, Indicator, Untestable

RISES = Expected(interim=Direction.RISE, final=Direction.RISE)
FALLS = Expected(interim=Direction.FALL, final=Direction.FALL)
HOLDS = Expected(interim=Direction.NOT_LOWER, final=Direction.NOT_LOWER)
RISES_LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE)
FALLS_LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.FALL)
HOLDS_LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.NOT_LOWER)
CANNOT_RESPOND = Expected(interim=Direction.NO_RESPONSE, final=Direction.NO_RESPONSE)


def secondary(  # noqa: PLR0913, PLR0917 - a link has this many parts, one row in a hypothesis file
    name: str,
    cause: Exposure | Indicator,
    effect: Indicator,
    expected: Expected,
    design: Design | Untestable,
    timing: Timing,
) -> Link:
    """Return a link that is reported and does not decide a verdict."""
    return Link(
        name=name,
        cause=cause,
        effect=effect,
        expected=expected,
        design=design,
        timing=timing,
        role=Role.SECONDARY,
    )


def development(effect: Indicator, expected: Expected, timing: Timing) -> Link:
    """Return the bare change of an indicator since the baseline, which no design ascribes to the programme."""
    name = f"{effect.name.replace('_', '-')}-development"
    return secondary(name, PROGRAMME, effect, expected, ChangeSinceBaseline(), timing)


def too_early(link: Link) -> Link:
    """Return the timing placebo of a link: the same estimate at the end of the run-up, when nothing could respond.

    Pupils who were counted on 1 October 2019 chose before the regional plans; those who sat their exam in
    2019/20 chose before the first payment of the aanloop.
    """
    return replace(
        link, name=f"{link.name}-too-early", expected=CANNOT_RESPOND, timing=Timing.RUN_UP, role=Role.PLACEBO
    )
