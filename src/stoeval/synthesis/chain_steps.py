"""Where the chain breaks: the steps of each mechanism in order, from results alone.

A step is a link of the chain, in the state that its own finding gives by the rule of the verdict: every link at full
level, since a mechanism holds only where all its links do (intersection-union). The first break is the first step
that was tested and not shown; a step that could not be tested is a gap, not a break. `region_chains` follows the
same steps by region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.verdicts import LINK_LEVEL, p_values
from stoeval.vocabulary import ChainStep, Direction, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Catalogue, Hypothesis, Link, Measurement, Phase, Result

SHOWN, NOT_SHOWN, CONTRARY, NOT_TESTABLE = "aangetoond", "niet aangetoond", "tegen de verwachting", "niet toetsbaar"


def chain_steps(measurement: Measurement, catalogue: Catalogue, results: Sequence[Result]) -> tuple[ChainStep, ...]:
    """Return the state of every step of every mechanism, in order, with the first break."""
    found: list[ChainStep] = []
    for hypothesis in catalogue.hypotheses:
        own = {one.link.name: one for one in results if one.hypothesis == hypothesis.number}
        broken = False
        for position, link in enumerate(in_order(hypothesis), start=1):
            state, p_value, because = _state(own.get(link.name), link, measurement.phase, catalogue)
            breaks = state in {NOT_SHOWN, CONTRARY} and not broken
            broken = broken or breaks
            found.append(
                ChainStep(
                    hypothesis=hypothesis.number,
                    position=position,
                    link=link.name,
                    state=state,
                    p_value=p_value,
                    first_break=breaks,
                    because=because,
                )
            )
    return tuple(found)


def in_order(hypothesis: Hypothesis) -> tuple[Link, ...]:
    """Return the links of a chain from cause to effect: no link comes before one that leads to its cause."""
    links = hypothesis.chain.links
    depth: dict[str, int] = {}
    for _ in links:
        for link in links:
            depth[link.effect.name] = max(depth.get(link.effect.name, 1), depth.get(link.cause.name, 0) + 1)
    return tuple(sorted(links, key=lambda link: depth.get(link.cause.name, 0)))


def _state(result: Result | None, link: Link, phase: Phase, catalogue: Catalogue) -> tuple[str, float | None, str]:
    """Return the state of a step, the p-value that gives it, and why."""
    expected = link.expected.at(phase)
    if expected is Direction.NO_RESPONSE:
        return NOT_TESTABLE, None, "deze stap kan bij deze meting nog niet reageren"
    if result is None:
        return NOT_TESTABLE, None, "deze stap is niet uitgevoerd"
    if isinstance(result.finding, Untestable):
        return NOT_TESTABLE, None, result.finding.reason
    estimate = result.finding.estimate
    p_for, p_against = p_values(estimate, expected, catalogue.norm(link.effect).non_inferiority_margin or 0.0)
    word = result.finding.identification_class.word
    if p_for < LINK_LEVEL:
        return SHOWN, p_for, f"{word} in de verwachte richting"
    if p_against < LINK_LEVEL:
        return CONTRARY, p_against, f"{word} tegen de verwachte richting in"
    return NOT_SHOWN, p_for, "niet van nul te onderscheiden; zie het minimaal aantoonbare effect"
