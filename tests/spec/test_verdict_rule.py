"""What a measurement may conclude: the rule of DESIGN.md section 2, case by case."""

from __future__ import annotations

import pytest
from scipy import stats

from stoeval.verdicts import Weight, judge, weigh
from stoeval.vocabulary import (
    CausalChain,
    Conclusion,
    Direction,
    Expected,
    Finding,
    Hypothesis,
    IdentificationClass,
    Measurement,
    Norm,
    Phase,
    Result,
    Role,
    Untestable,
    Verdict,
)
from toy_catalogue import (
    BAKERS,
    FINAL,
    INTERIM,
    UNMEASURED,
    finding,
    hypothesis,
    link,
    result,
    toy_catalogue,
)

A, B, C, D, E = IdentificationClass
STRONG, WEAK = 0.1, 2.0
"""Standard errors of an effect of one: clearly there, and not to be seen."""


def verdict(
    *found: Finding | Untestable,
    measurement: Measurement = FINAL,
    chain: Finding | Untestable | None = None,
    placebo: Finding | None = None,
    negative: Finding | None = None,
    expected: Direction = Direction.RISE,
    norm: Norm | None = None,
) -> Verdict:
    """Judge a hypothesis whose primary links gave these findings, alone in its family."""
    both = Expected(interim=expected, final=expected)
    primary = tuple(link(f"primary-{number}", expected=both) for number, _ in enumerate(found))
    mechanism = link("mechanism", role=Role.SECONDARY)
    control = link("placebo", role=Role.PLACEBO, expected=both)
    still = link("untouched", role=Role.NEGATIVE_CONTROL, expected=both)
    one: Hypothesis = hypothesis(primary=primary, chain=CausalChain(links=(mechanism,)), further=(control, still))
    results: list[Result] = [result(each, answer) for each, answer in zip(primary, found, strict=True)]
    results.append(result(mechanism, chain or finding(1.0, STRONG, B)))
    results.append(result(control, placebo or finding(0.0, 1.0, B)))
    results.append(result(still, negative or finding(0.0, 0.01, B)))
    catalogue = toy_catalogue(norms=(norm,) if norm else ())
    weight = weigh(results, measurement.phase, catalogue)
    return judge(one, results, weight, weight.p_value, measurement, catalogue)


def test_a_clean_effect_with_its_mechanism_is_supported() -> None:
    assert verdict(finding(1.0, STRONG, B)).conclusion is Conclusion.SUPPORTED


def test_the_class_of_a_verdict_is_the_weakest_of_its_primary_links() -> None:
    assert verdict(finding(1.0, STRONG, A), finding(1.0, STRONG, C)).identification_class is C


def test_an_indication_is_partly_supported() -> None:
    found = verdict(finding(1.0, STRONG, C))
    assert found.conclusion is Conclusion.PARTLY_SUPPORTED
    assert any("aanwijzing" in reason for reason in found.because)


@pytest.mark.parametrize("grade", [D, E])
def test_classes_d_and_e_decide_nothing_in_either_direction(grade: IdentificationClass) -> None:
    assert verdict(finding(1.0, STRONG, grade)).conclusion is Conclusion.UNDECIDED
    assert verdict(finding(-1.0, STRONG, grade)).conclusion is Conclusion.UNDECIDED
    assert verdict(finding(1.0, STRONG, grade), measurement=INTERIM).conclusion is Conclusion.TOO_EARLY


def test_a_significant_effect_against_the_expectation_is_contrary() -> None:
    assert verdict(finding(-1.0, STRONG, B)).conclusion is Conclusion.CONTRARY
    assert verdict(finding(1.0, STRONG, B), expected=Direction.FALL).conclusion is Conclusion.CONTRARY


def test_a_fall_that_was_expected_is_supported() -> None:
    assert verdict(finding(-1.0, STRONG, B), expected=Direction.FALL).conclusion is Conclusion.SUPPORTED


def test_one_primary_link_against_the_expectation_is_enough_for_contrary() -> None:
    assert verdict(finding(1.0, STRONG, B), finding(-1.0, STRONG, B)).conclusion is Conclusion.CONTRARY


def test_all_primary_links_must_hold_for_support() -> None:
    assert verdict(finding(1.0, STRONG, B), finding(1.0, WEAK, B)).conclusion is Conclusion.UNDECIDED


def test_a_chain_link_that_is_not_shown_makes_support_partial_and_is_named() -> None:
    for broken in (finding(1.0, WEAK, B), finding(-1.0, STRONG, B), UNMEASURED):
        found = verdict(finding(1.0, STRONG, B), chain=broken)
        assert found.conclusion is Conclusion.PARTLY_SUPPORTED
        assert any("mechanism" in reason for reason in found.because)


def test_a_placebo_that_moves_makes_support_partial_and_is_named() -> None:
    found = verdict(finding(1.0, STRONG, B), placebo=finding(1.0, STRONG, B))
    assert found.conclusion is Conclusion.PARTLY_SUPPORTED
    assert any("placebo" in reason for reason in found.because)


def test_a_negative_control_that_moves_makes_support_partial_and_is_named() -> None:
    found = verdict(finding(1.0, STRONG, B), negative=finding(1.0, STRONG, B))
    assert found.conclusion is Conclusion.PARTLY_SUPPORTED
    assert found.because.count("een negatieve controle beweegt mee: untouched") == 1


def test_a_negative_control_that_moves_is_named_whatever_is_concluded() -> None:
    for measurement, conclusion in ((INTERIM, Conclusion.ON_COURSE), (FINAL, Conclusion.CONTRARY)):
        sign = 1.0 if measurement is INTERIM else -1.0
        found = verdict(finding(sign, STRONG, B), negative=finding(1.0, STRONG, B), measurement=measurement)
        assert found.conclusion is conclusion
        assert "een negatieve controle beweegt mee: untouched" in found.because


def test_with_a_norm_a_negative_control_has_to_lie_within_it() -> None:
    """By hand: t(77) leaves 5 % above 1.665, so the 90 % interval of 0 reaches 0.167 at an error of 0.1."""
    relevant = Norm(
        indicator=BAKERS.name, smallest_relevant_effect=0.2, non_inferiority_margin=None, provenance="by hand"
    )
    said = "een negatieve controle ligt niet binnen het kleinste relevante effect: untouched"
    still, moved_a_little, vague = finding(0.0, 0.1, B), finding(0.1, 0.02, B), finding(0.0, 0.15, B)
    for negative, full in ((still, True), (moved_a_little, True), (vague, False)):
        found = verdict(finding(1.0, STRONG, B), negative=negative, norm=relevant)
        assert (found.conclusion is Conclusion.SUPPORTED) is full
        assert (said in found.because) is not full


def test_a_primary_link_without_data_makes_support_partial() -> None:
    found = verdict(finding(1.0, STRONG, B), UNMEASURED)
    assert found.conclusion is Conclusion.PARTLY_SUPPORTED
    assert any("praten is niet gemeten" in reason for reason in found.because)


def test_without_any_primary_estimate_a_hypothesis_is_not_testable_and_says_what_is_missing() -> None:
    found = verdict(UNMEASURED)
    assert found.conclusion is Conclusion.NOT_TESTABLE
    assert found.identification_class is None
    assert found.because == ("primary-0: praten is niet gemeten",)


def test_no_relevant_effect_cannot_be_said_until_the_commission_sets_a_norm() -> None:
    precise = finding(0.0, 0.001, B)
    assert verdict(precise).conclusion is Conclusion.UNDECIDED
    assert any("commissie" in reason for reason in verdict(precise).because)
    norm = Norm(indicator=BAKERS.name, smallest_relevant_effect=0.01, non_inferiority_margin=None, provenance="by hand")
    assert verdict(precise, norm=norm).conclusion is Conclusion.NO_RELEVANT_EFFECT
    assert verdict(finding(0.0, 0.01, B), norm=norm).conclusion is Conclusion.UNDECIDED
    assert verdict(finding(0.0, 0.001, D), norm=norm).conclusion is Conclusion.UNDECIDED


def test_the_equivalence_limit_is_the_ninety_percent_interval() -> None:
    """By hand: the interval of 0.002 with t(77) has a half-width of t(.95, 77) * 0.002."""
    half = float(stats.t.ppf(0.95, 77)) * 0.002
    for limit, conclusion in ((half * 1.001, Conclusion.NO_RELEVANT_EFFECT), (half * 0.999, Conclusion.UNDECIDED)):
        norm = Norm(
            indicator=BAKERS.name, smallest_relevant_effect=limit, non_inferiority_margin=None, provenance="by hand"
        )
        assert verdict(finding(0.0, 0.002, B), norm=norm).conclusion is conclusion


def test_not_lower_without_a_margin_asks_for_a_rise() -> None:
    assert verdict(finding(0.0, STRONG, B), expected=Direction.NOT_LOWER).conclusion is Conclusion.UNDECIDED
    assert verdict(finding(1.0, STRONG, B), expected=Direction.NOT_LOWER).conclusion is Conclusion.SUPPORTED


def test_not_lower_holds_once_the_effect_lies_above_the_margin() -> None:
    norm = Norm(indicator=BAKERS.name, smallest_relevant_effect=None, non_inferiority_margin=0.5, provenance="by hand")
    assert verdict(finding(-0.1, STRONG, B), expected=Direction.NOT_LOWER, norm=norm).conclusion is Conclusion.SUPPORTED
    assert verdict(finding(-1.0, STRONG, B), expected=Direction.NOT_LOWER, norm=norm).conclusion is Conclusion.CONTRARY


def test_the_interim_says_on_course_off_course_or_too_early() -> None:
    assert verdict(finding(1.0, STRONG, C), measurement=INTERIM).conclusion is Conclusion.ON_COURSE
    assert verdict(finding(-1.0, STRONG, C), measurement=INTERIM).conclusion is Conclusion.OFF_COURSE
    assert verdict(finding(1.0, WEAK, C), measurement=INTERIM).conclusion is Conclusion.TOO_EARLY


def test_an_outcome_that_cannot_respond_yet_is_too_early_and_not_tested() -> None:
    found = verdict(finding(1.0, STRONG, B), measurement=INTERIM, expected=Direction.NO_RESPONSE)
    assert found.conclusion is Conclusion.TOO_EARLY
    later = verdict(finding(1.0, STRONG, B), measurement=FINAL, expected=Direction.NO_RESPONSE)
    assert later.conclusion is Conclusion.NOT_TESTABLE


def test_a_link_that_moves_before_it_can_is_named() -> None:
    early = link("early", expected=Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE))
    one = hypothesis(primary=(link(), early), chain=CausalChain(links=()))
    results = [result(one.primary[0], finding(1.0, STRONG, C)), result(early, finding(1.0, STRONG, C))]
    catalogue = toy_catalogue()
    weight = weigh(results, Phase.INTERIM, catalogue)
    found = judge(one, results, weight, weight.p_value, INTERIM, catalogue)
    assert found.conclusion is Conclusion.ON_COURSE
    assert "kan nog niet reageren: early" in found.because
    assert "beweegt voordat het kan: early" in found.because


def test_a_bare_development_that_moves_early_is_no_warning() -> None:
    early = link("early", role=Role.SECONDARY, expected=Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE))
    one = hypothesis(primary=(link(),), chain=CausalChain(links=()), further=(early,))
    results = [result(one.primary[0], finding(1.0, STRONG, C)), result(early, finding(1.0, STRONG, E))]
    weight = weigh(results, Phase.INTERIM, toy_catalogue())
    found = judge(one, results, weight, weight.p_value, INTERIM, toy_catalogue())
    assert not any("early" in reason for reason in found.because)


def test_alpha_is_that_of_the_measurement() -> None:
    """By hand: t = 2.4 with 77 degrees of freedom has p = .019, below .04 and above .01."""
    between = finding(2.4, 1.0, C)
    assert verdict(between).conclusion is Conclusion.PARTLY_SUPPORTED
    assert verdict(between, measurement=INTERIM).conclusion is Conclusion.TOO_EARLY


def test_weights_take_the_largest_p_for_and_a_bonferroni_p_against() -> None:
    """By hand, from the t distribution with 77 degrees of freedom."""
    one = hypothesis(primary=(link("a"), link("b")))
    results = [result(one.primary[0], finding(2.0, 1.0, B)), result(one.primary[1], finding(-1.0, 1.0, B))]
    weight = weigh(results, Phase.FINAL, toy_catalogue())
    assert weight.p_for == 1.0
    assert weight.p_against == pytest.approx(2 * 2 * stats.t.sf(1.0, 77), rel=1e-12)
    assert weight.p_value == weight.p_against


def test_a_hypothesis_without_a_test_keeps_its_place_in_the_family() -> None:
    weight = weigh([result(link(), UNMEASURED)], Phase.FINAL, toy_catalogue())
    assert weight == Weight(
        p_for=1.0,
        p_against=1.0,
        identification_class=None,
        tested=(),
        untested=(("bakers", "praten is niet gemeten"),),
        waiting=(),
    )


def test_a_verdict_without_a_reason_is_refused() -> None:
    with pytest.raises(Exception, match="needs a reason"):
        Verdict(hypothesis=1, conclusion=Conclusion.UNDECIDED, identification_class=None, because=())
