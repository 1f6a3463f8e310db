"""Where a chain breaks, by the results of its links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.synthesis.chain_steps import chain_steps, in_order
from stoeval.verdicts import judge, weigh
from stoeval.vocabulary import (
    CausalChain,
    ChainStep,
    Expected,
    Finding,
    Hypothesis,
    IdentificationClass,
    Measurement,
    Norm,
    Untestable,
)
from toy_catalogue import FINAL, INTERIM, UNMEASURED, finding, hypothesis, result, toy_catalogue
from toy_chain import BREAD_TO_BAKERS, FALLS, HOLDS, LATER, TO_BREAD, TO_FLOUR, TOY


def states(
    found: dict[str, Finding | Untestable],
    toy: Hypothesis = TOY,
    at: Measurement = FINAL,
    *,
    norms: tuple[Norm, ...] = (),
) -> list[ChainStep]:
    results = [result(one, found[one.name]) for one in toy.links if one.name in found]
    return list(chain_steps(at, toy_catalogue(toy, norms=norms), results))


def grade(effect: float) -> Finding:
    return finding(effect, 0.1, IdentificationClass.B)


def test_steps_run_from_cause_to_effect_whatever_the_order_in_the_catalogue() -> None:
    assert [one.name for one in in_order(TOY)] == ["to-flour", "flour-to-bread", "bread-to-bakers"]
    found = states({})
    assert [(one.position, one.link) for one in found] == [
        (1, "to-flour"),
        (2, "flour-to-bread"),
        (3, "bread-to-bakers"),
    ]


def test_links_that_start_at_the_same_place_keep_their_order() -> None:
    both = hypothesis(chain=CausalChain(links=(TO_BREAD, BREAD_TO_BAKERS, TO_FLOUR)))
    assert [one.name for one in in_order(both)] == ["to-bread", "to-flour", "bread-to-bakers"]


def test_the_first_step_that_was_tested_and_not_seen_is_the_break() -> None:
    found = states({"to-flour": grade(1.0), "flour-to-bread": grade(0.01), "bread-to-bakers": grade(-1.0)})
    assert [one.state for one in found] == ["aangetoond", "niet aangetoond", "tegen de verwachting"]
    assert [one.first_break for one in found] == [False, True, False]
    assert found[2].because == "effect tegen de verwachte richting in"


def test_a_step_that_cannot_be_tested_is_a_gap_and_no_break() -> None:
    found = states({"to-flour": UNMEASURED, "flour-to-bread": grade(1.0), "bread-to-bakers": grade(0.0)})
    assert [one.state for one in found] == ["niet toetsbaar", "aangetoond", "niet aangetoond"]
    assert [one.first_break for one in found] == [False, False, True]
    assert found[0].because == "praten is niet gemeten"
    assert found[0].p_value is None


def test_a_chain_that_was_seen_whole_breaks_nowhere() -> None:
    found = states({one.name: grade(1.0) for one in TOY.chain.links})
    assert not any(one.first_break for one in found)


def test_a_step_that_cannot_respond_yet_is_not_tested() -> None:
    toy = hypothesis(chain=CausalChain(links=(replace(TO_FLOUR, expected=LATER),)))
    assert (
        states({"to-flour": grade(1.0)}, toy, INTERIM)[0].because == "deze stap kan bij deze meting nog niet reageren"
    )
    assert states({"to-flour": grade(1.0)}, toy, FINAL)[0].state == "aangetoond"


def test_a_step_without_a_result_says_so() -> None:
    assert states({})[0].because == "deze stap is niet uitgevoerd"


def test_results_of_another_hypothesis_are_not_read() -> None:
    found = chain_steps(FINAL, toy_catalogue(TOY), [result(TO_FLOUR, grade(1.0), 2)])
    assert found[0].state == "niet toetsbaar"


@pytest.mark.parametrize("margin", [None, 0.05, 0.5])
@pytest.mark.parametrize("expected", [LATER, HOLDS, FALLS], ids=["rises", "holds", "falls"])
@pytest.mark.parametrize("effect", [-1.0, -0.25, -0.1, 0.1, 0.21, 1.0])
def test_a_step_is_shown_exactly_where_the_verdict_counts_it(
    effect: float, expected: Expected, margin: float | None
) -> None:
    """The verdict names a chain link among its doubts if and only if the step is not in the state `aangetoond`."""
    toy = hypothesis(chain=CausalChain(links=(replace(TO_FLOUR, expected=expected),)))
    norm = Norm(indicator="flour", smallest_relevant_effect=None, non_inferiority_margin=margin, provenance="by hand")
    results = [result(toy.primary[0], grade(5.0)), result(toy.chain.links[0], grade(effect))]
    catalogue = toy_catalogue(toy, norms=(norm,))
    verdict = judge(toy, results, weigh(results, FINAL.phase, catalogue), 0.001, FINAL, catalogue)
    doubted = any("to-flour" in reason for reason in verdict.because)
    assert (chain_steps(FINAL, catalogue, results)[0].state == "aangetoond") is not doubted
