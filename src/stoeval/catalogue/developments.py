"""Before and after (class E) for every indicator, so that no hypothesis is silent; they never decide a verdict.

Outcomes of negative controls have none: that they moved by themselves says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoeval.catalogue.indicators import beyond_the_sketch, dekkend, duurzaam, kwalitatief
from stoeval.catalogue.links import FALLS, HOLDS, QUALIFIED_AGAIN, RISES, development
from stoeval.vocabulary import Delivery, Expected, Indicator, Programme, Role, Timing, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Hypothesis, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An indicator that no claim uses, and the hypothesis whose goal it shows nonetheless."""

    hypothesis: int
    effect: Indicator
    expected: Expected
    timing: Timing
    design: Untestable | None = None


_NOT_BY_PLACE = Untestable(
    reason="personeel is niet geregistreerd naar leerweg, profiel of vestiging", missing=(Delivery.STAFF,)
)
_NO_ELECTIVES = Untestable(reason="keuzevakken per vestiging zijn niet geregistreerd", missing=(Delivery.ELECTIVES,))

FOLLOWED = (
    Followed(hypothesis=1, effect=duurzaam.TECHNICAL_SHARE_PUPILS, expected=HOLDS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=duurzaam.CANDIDATES_SHARE_REGION, expected=HOLDS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=dekkend.TECHNICAL_PROFILES_OFFERED, expected=HOLDS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=dekkend.TECHNICAL_PROFILE_CLOSED, expected=FALLS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=duurzaam.OVERLAP_PROFILES_5KM, expected=FALLS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=duurzaam.OVERLAP_PROFILES_15KM, expected=FALLS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=dekkend.REACHABILITY_PROFILES_5KM, expected=HOLDS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=dekkend.REACHABILITY_PROFILES_15KM, expected=HOLDS, timing=Timing.STOCK),
    Followed(hypothesis=3, effect=duurzaam.TEACHER_FTE_REGION, expected=HOLDS, timing=Timing.STOCK),
    Followed(hypothesis=3, effect=duurzaam.TEACHER_INFLOW_REGION, expected=RISES, timing=Timing.STOCK),
    Followed(hypothesis=3, effect=duurzaam.TEACHER_OUTFLOW_REGION, expected=FALLS, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=duurzaam.ELECTIVE_SIZE, expected=RISES, timing=Timing.STOCK, design=_NO_ELECTIVES),
    Followed(hypothesis=4, effect=dekkend.ELECTIVES_REGION, expected=RISES, timing=Timing.STOCK, design=_NO_ELECTIVES),
    Followed(hypothesis=8, effect=kwalitatief.TEACHER_INDEX_REGION, expected=RISES, timing=Timing.STOCK),
    Followed(hypothesis=1, effect=beyond_the_sketch.COOPERATION_VMBO_REGION, expected=RISES, timing=Timing.WAVE),
    Followed(
        hypothesis=8, effect=beyond_the_sketch.SHARE_QUALIFIED_REGION, expected=QUALIFIED_AGAIN, timing=Timing.STOCK
    ),
    Followed(
        hypothesis=3, effect=duurzaam.TEACHER_FTE_BY_LEERWEG, expected=HOLDS, timing=Timing.STOCK, design=_NOT_BY_PLACE
    ),
    Followed(
        hypothesis=3, effect=duurzaam.TEACHER_FTE_BY_PROFILE, expected=HOLDS, timing=Timing.STOCK, design=_NOT_BY_PLACE
    ),
)
"""Indicators that hypotheses leave aside; one that a link takes up is followed there."""


def with_developments(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return hypotheses with the bare change of every outcome of theirs, and of what is followed beside them."""
    claimed = {link.effect for hypothesis in hypotheses for link in hypothesis.links}
    beside = [one for one in FOLLOWED if one.effect not in claimed]
    return tuple(
        replace(
            hypothesis,
            further=(
                *hypothesis.further,
                *_own(hypothesis),
                *(
                    development(one.effect, one.expected, one.timing, one.design)
                    for one in beside
                    if one.hypothesis == hypothesis.number
                ),
            ),
        )
        for hypothesis in hypotheses
    )


def _own(hypothesis: Hypothesis) -> list[Link]:
    """Return the developments that a hypothesis lacks, each as the foremost link to the outcome expects it."""
    seen = {link.effect for link in hypothesis.links if _is_development(link)}
    foremost: dict[Indicator, Link] = {}
    for link in sorted(hypothesis.links, key=_remoteness):
        if link.effect not in seen and link.role is not Role.NEGATIVE_CONTROL:
            foremost.setdefault(link.effect, link)
    return [
        development(effect, link.expected, _timing(link), link.design if isinstance(link.design, Untestable) else None)
        for effect, link in foremost.items()
    ]


def _remoteness(link: Link) -> tuple[bool, bool, bool]:
    """Return how far a link is from saying when its outcome is expected to do what."""
    return isinstance(link.design, Untestable), link.role is Role.PLACEBO, isinstance(link.cause, Indicator)


def _timing(link: Link) -> Timing:
    """Return the window of an outcome by itself, without that of a survey about its cause."""
    if link.timing is not Timing.WAVE or link.effect.delivery is Delivery.SURVEY:
        return link.timing
    return Timing.FLOW if link.effect.delivery is Delivery.FLOWS else Timing.STOCK


def _is_development(link: Link) -> bool:
    if isinstance(link.cause, Indicator) or link.population != "all":
        return False
    return isinstance(link.cause.rule, Programme)
