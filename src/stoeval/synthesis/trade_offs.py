"""Whether one end of the programme gains while another loses: the tensions of the background sketch, paragraph 2.2.

Each trade-off is two links of one cause. Both are estimated with the error of their own cluster jackknife; the same
regions left out of both give their covariance. The conclusion follows from declared signs and one level:

    afruil zichtbaar                  both move, one the right way and the other the wrong way
    beide bewegen de goede kant op    both move the right way
    geen afruil zichtbaar             something moves, and the two do not point in opposite ways
    onbeslist                         neither of these

"Not visible" is no proof that there is none. Nothing of this decides a verdict; the class says how far it may be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.paired_effects import Jackknifed, PairTest, paired_effects
from stoeval.panel.doses import together
from stoeval.panel.samples import sample
from stoeval.synthesis.solving import solved
from stoeval.vocabulary import Direction, Finding, IdentificationClass, TradeOffFinding, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Catalogue, Link, Measurement, MonitorPanel, Result, TradeOff

LEVEL = 0.05
NOT_TESTABLE = "niet toetsbaar"
VISIBLE, BOTH, NOT_VISIBLE, UNDECIDED = (
    "afruil zichtbaar",
    "beide bewegen de goede kant op",
    "geen afruil zichtbaar",
    "onbeslist",
)
GAINS = {Direction.RISE: 1, Direction.NOT_LOWER: 1, Direction.FALL: -1}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _End:
    """One of the two ends."""

    found: Jackknifed
    sign: int
    identification_class: IdentificationClass


def trade_offs(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, results: Sequence[Result]
) -> tuple[TradeOffFinding, ...]:
    """Return what each declared trade-off shows; the panel is cut at the last year of the measurement.

    The class of a link that was evaluated is that of its finding; one that was not is read as an association.
    """
    return tuple(_found(panel, measurement, catalogue, results, one) for one in catalogue.trade_offs)


def _found(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, results: Sequence[Result], asked: TradeOff
) -> TradeOffFinding:
    ends = [_end(panel, measurement, catalogue, results, link) for link in (asked.first, asked.second)]
    blank = TradeOffFinding(
        trade_off=asked.name,
        hypothesis=asked.hypothesis,
        first=asked.first.effect.name,
        second=asked.second.effect.name,
        first_effect=None,
        first_error=None,
        second_effect=None,
        second_error=None,
        correlation=None,
        p_value=None,
        p_trade_off=None,
        identification_class="",
        conclusion=NOT_TESTABLE,
        because="",
    )
    first, second = ends
    if isinstance(first, Untestable) or isinstance(second, Untestable):
        return replace(blank, because=together([one for one in ends if isinstance(one, Untestable)]).reason)
    row = replace(
        blank,
        first_effect=first.found.effect,
        first_error=first.found.std_error,
        second_effect=second.found.effect,
        second_error=second.found.std_error,
        identification_class=first.identification_class.at_most(second.identification_class),
    )
    try:
        test = paired_effects(first.found, second.found, (first.sign, second.sign))
    except NotIdentified as error:
        return replace(row, because=f"niet samen te toetsen: {error}")
    return _concluded(row, first, second, test)


def _end(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, results: Sequence[Result], link: Link
) -> _End | Untestable:
    """Return one end of a trade-off, or why it cannot be had."""
    sign = GAINS.get(link.expected.at(measurement.phase))
    if sign is None:
        label = f"{link.effect.label[:1].lower()}{link.effect.label[1:]}"
        return Untestable(reason=f"{label} kan bij deze meting nog niet reageren")
    if isinstance(link.design, Untestable):
        return link.design
    estimand = link.estimand(measurement)
    rows = sample(panel, estimand, catalogue, for_checks=False)
    if isinstance(rows, Untestable):
        return rows
    try:
        answer = solved(link.design, estimand, rows)
        if answer is None:
            return Untestable(reason=f"het ontwerp {link.design.name} is niet een enkele regressie")
        found = Jackknifed(
            effect=answer.effect.effect,
            std_error=answer.effect.std_error,
            p_value=answer.effect.p_value,
            without=answer.without_each(),
            clusters=np.array(answer.regions),
        )
    except NotIdentified as error:
        return Untestable(reason=f"niet te schatten met dit ontwerp en deze gegevens: {error}")
    except EstimationError as error:
        message = f"trade-off, {link.name} ({link.design.name}, {measurement.name}): {error}"
        raise type(error)(message) from error
    return _End(found=found, sign=sign, identification_class=_class_of(link, results))


def _class_of(link: Link, results: Sequence[Result]) -> IdentificationClass:
    """Return the class of the finding that asked the same, else that of an association."""
    asked = (link.cause, link.effect, link.design, link.population, link.timing)
    for result in results:
        own = result.link
        same = (own.cause, own.effect, own.design, own.population, own.timing) == asked
        if same and isinstance(result.finding, Finding):
            return result.finding.identification_class
    return IdentificationClass.D


def _concluded(row: TradeOffFinding, first: _End, second: _End, test: PairTest) -> TradeOffFinding:
    """Return a row with its tests, its conclusion and the reason for it."""
    ways = [("de goede" if one.sign * one.found.effect > 0 else "de verkeerde") + " kant op" for one in (first, second)]
    if test.p_opposite < LEVEL:
        conclusion = VISIBLE
    elif test.p_both < LEVEL:
        conclusion = BOTH
    elif test.p_value < LEVEL and ways[0] == ways[1]:
        conclusion = NOT_VISIBLE
    else:
        conclusion = UNDECIDED
    because = (
        f"het eerste wijst {ways[0]} (p = {_shown(first.found.p_value)}) en het tweede {ways[1]} "
        f"(p = {_shown(second.found.p_value)}); samen verschillen ze {'' if test.p_value < LEVEL else 'niet '}"
        f"aantoonbaar van nul (p = {_shown(test.p_value)})"
    )
    return replace(
        row,
        correlation=test.correlation,
        p_value=test.p_value,
        p_trade_off=test.p_opposite,
        conclusion=conclusion,
        because=because,
    )


def _shown(p_value: float) -> str:
    return f"{p_value:.3f}".replace(".", ",")
