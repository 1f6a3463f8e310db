"""Context, mechanism, outcome: what was seen of a mechanism and an outcome, in which registered circumstance.

A row says no more than the two questions behind it (`moderation` and `chain_steps`) and claims no more than the class
of its estimate. The mechanism is that of the whole country: no link of a chain is estimated within a circumstance.
Pawson and Tilley (1997, Realistic Evaluation) give the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.synthesis.chain_steps import CONTRARY, NOT_SHOWN, NOT_TESTABLE, SHOWN, in_order
from stoeval.vocabulary import ContextRow, Direction, IdentificationClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Catalogue, ChainStep, Hypothesis, Link, Measurement, Moderation, Phase

LEVEL = 0.05


def context_rows(
    measurement: Measurement,
    catalogue: Catalogue,
    moderations: Sequence[Moderation],
    steps: Sequence[ChainStep],
) -> tuple[ContextRow, ...]:
    """Return one row for every estimate in a registered circumstance, in Dutch."""
    hypotheses = {one.number: one for one in catalogue.hypotheses}
    contexts = {
        (one.name, value): f"{one.label}: {label}" for one in catalogue.moderators for value, label, _ in one.categories
    }
    found = []
    for one in moderations:
        context = contexts.get((one.moderator, one.category))
        if one.effect is None or context is None:
            continue
        hypothesis = hypotheses[one.hypothesis]
        link = next(link for link in hypothesis.primary if link.name == one.link)
        found.append(
            ContextRow(
                hypothesis=one.hypothesis,
                context=context,
                mechanism=_mechanism(hypothesis),
                mechanism_state=mechanism_state(hypothesis, steps),
                outcome=link.effect.label,
                outcome_state=outcome_state(one, link, measurement.phase),
                identification_class=one.identification_class,
            )
        )
    return tuple(found)


def mechanism_state(hypothesis: Hypothesis, steps: Sequence[ChainStep]) -> str:
    """Return in words how far a mechanism was seen."""
    own = [step for step in steps if step.hypothesis == hypothesis.number]
    labels = {link.name: link.effect.label for link in hypothesis.chain.links}
    tested = [step for step in own if step.state != NOT_TESTABLE]
    untested = f"; {len(own) - len(tested)} niet toetsbaar" if len(tested) < len(own) else ""
    if not tested:
        return "geen enkele stap is toetsbaar"
    broken = next((step for step in own if step.first_break), None)
    if broken is None:
        return f"alle {len(tested)} toetsbare stappen aangetoond{untested}"
    shown = sum(step.state == SHOWN for step in tested)
    how = {NOT_SHOWN: "niet aangetoond", CONTRARY: "tegen de verwachting in"}[broken.state]
    return f"{shown} van {len(tested)} toetsbare stappen aangetoond; breekt bij {labels[broken.link]} ({how}){untested}"


def outcome_state(one: Moderation, link: Link, phase: Phase) -> str:
    """Return in words what was seen of an outcome in one circumstance, and whether it differs between them."""
    return f"{_seen(one, link.expected.at(phase))}; {_compared(one)}"


def _mechanism(hypothesis: Hypothesis) -> str:
    return " > ".join(dict.fromkeys(link.effect.label for link in in_order(hypothesis)))


def _seen(one: Moderation, expected: Direction) -> str:
    word = IdentificationClass(one.identification_class).word
    if one.ci_low is None or one.ci_high is None or one.ci_low <= 0 <= one.ci_high:
        return "niet van nul te onderscheiden"
    if expected is Direction.NO_RESPONSE:
        return f"{word}, terwijl deze uitkomst nog niet kan reageren"
    rises, wanted = one.ci_low > 0, expected is not Direction.FALL
    return f"{word} {'in de verwachte richting' if rises is wanted else 'tegen de verwachte richting in'}"


def _compared(one: Moderation) -> str:
    if one.p_adjusted is None:
        return "niet met andere omstandigheden te vergelijken"
    p = f"p = {one.p_adjusted:.2f} na correctie".replace(".", ",")
    if one.p_adjusted < LEVEL:
        return f"verschilt tussen de omstandigheden ({p})"
    return f"een verschil tussen de omstandigheden is niet aangetoond ({p})"
