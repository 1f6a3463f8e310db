"""The decision rule: from what was found to what may be said, as pure functions.

Each primary link gives a p-value for the expected direction and one against it. A hypothesis is supported
only if all its primary links are (intersection-union: the largest p counts), and contradicted if any is
(Bonferroni within the hypothesis). The smaller of the two enters Holm over the whole family, in which a
hypothesis that cannot be tested keeps its place. Identification classes D and E decide nothing, in either
direction. A placebo or a negative control that moves keeps support from being full; once the commission has set a
smallest relevant effect for its outcome, a negative control has to lie within it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import stats

from stoeval.vocabulary import (
    Conclusion,
    Direction,
    Finding,
    IdentificationClass,
    Phase,
    Role,
    Untestable,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Catalogue, Estimate, Hypothesis, Link, Measurement, Norm, Result

DECISIVE = (IdentificationClass.A, IdentificationClass.B, IdentificationClass.C)
CAUSAL = (IdentificationClass.A, IdentificationClass.B)
LINK_LEVEL = 0.05
"""A chain link is shown below this p-value; an intersection-union test needs no correction."""
EQUIVALENCE_LEVEL = 0.90
"""Two one-sided tests at 5 % are a 90 % interval inside the smallest relevant effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What the primary links of one hypothesis weigh together."""

    p_for: float
    p_against: float
    identification_class: IdentificationClass | None
    tested: tuple[str, ...]
    untested: tuple[tuple[str, str], ...]
    """Primary links without an estimate, with the reason."""
    waiting: tuple[str, ...]
    """Primary links that cannot respond yet."""

    @property
    def p_value(self) -> float:
        """The p-value with which the hypothesis enters its family."""
        return min(self.p_for, self.p_against)


def weigh(results: Sequence[Result], phase: Phase, catalogue: Catalogue) -> Weight:
    """Return what the primary links of one hypothesis weigh together at a measurement."""
    primary = [result for result in results if result.link.role is Role.PRIMARY]
    waiting = [result for result in primary if result.link.expected.at(phase) is Direction.NO_RESPONSE]
    asked = [result for result in primary if result not in waiting]
    tested = [(one.link, one.finding) for one in asked if isinstance(one.finding, Finding)]
    untested = [(one.link.name, one.finding.reason) for one in asked if isinstance(one.finding, Untestable)]
    sides = [_sides(finding.estimate, link, phase, catalogue) for link, finding in tested]
    classes = [finding.identification_class for _, finding in tested]
    return Weight(
        p_for=max((p_for for p_for, _ in sides), default=1.0),
        p_against=min([1.0, *(len(sides) * p_against for _, p_against in sides)]),
        identification_class=max(classes, key=lambda one: one.value, default=None),
        tested=tuple(link.name for link, _ in tested),
        untested=tuple(untested),
        waiting=tuple(one.link.name for one in waiting),
    )


def judge(  # noqa: PLR0913, PLR0917 - everything a verdict may depend on, and nothing else
    hypothesis: Hypothesis,
    results: Sequence[Result],
    weight: Weight,
    p_adjusted: float,
    measurement: Measurement,
    catalogue: Catalogue,
) -> Verdict:
    """Return the verdict on one hypothesis at one measurement."""
    if not weight.tested:
        return _without_test(hypothesis.number, weight, measurement.phase)
    conclusion, because = _direction(weight, p_adjusted, measurement)
    if measurement.phase is Phase.FINAL:
        conclusion, because = _final(conclusion, because, hypothesis, results, weight, catalogue)
    controls = [one for one in _controls(results, catalogue) if one not in because]
    reasons = [*because, *controls, *_left_out(weight), *_warnings(results, measurement.phase)]
    return Verdict(
        hypothesis=hypothesis.number,
        conclusion=conclusion,
        identification_class=weight.identification_class,
        because=tuple(reasons),
    )


def p_values(estimate: Estimate, expected: Direction, margin: float) -> tuple[float, float]:
    """Return the p-values for and against the expected direction, both at the two-sided level."""
    shift = margin if expected is Direction.NOT_LOWER else 0.0
    sign = -1.0 if expected is Direction.FALL else 1.0
    if shift == 0:
        toward = sign * estimate.effect > 0
        return (estimate.p_value, 1.0) if toward else (1.0, estimate.p_value)
    t = (sign * estimate.effect + shift) / estimate.std_error
    one_sided = float(stats.t.sf(t, estimate.df))
    return min(1.0, 2 * one_sided), min(1.0, 2 * (1 - one_sided))


def _sides(estimate: Estimate, link: Link, phase: Phase, catalogue: Catalogue) -> tuple[float, float]:
    margin = catalogue.norm(link.effect).non_inferiority_margin or 0.0
    return p_values(estimate, link.expected.at(phase), margin)


def _without_test(number: int, weight: Weight, phase: Phase) -> Verdict:
    if weight.untested:
        because = tuple(f"{link}: {reason}" for link, reason in weight.untested)
        conclusion = Conclusion.NOT_TESTABLE
    else:
        because = ("de primaire uitkomsten kunnen op dit moment nog niet reageren",)
        conclusion = Conclusion.TOO_EARLY if phase is Phase.INTERIM else Conclusion.NOT_TESTABLE
    return Verdict(hypothesis=number, conclusion=conclusion, identification_class=None, because=because)


def _direction(weight: Weight, p_adjusted: float, measurement: Measurement) -> tuple[Conclusion, list[str]]:
    """Return the conclusion that direction, uncertainty and class allow by themselves."""
    interim = measurement.phase is Phase.INTERIM
    undecided = Conclusion.TOO_EARLY if interim else Conclusion.UNDECIDED
    if p_adjusted >= measurement.alpha:
        reason = "niet van nul te onderscheiden na correctie over alle hypothesen; zie het minimaal aantoonbare effect"
        return undecided, [reason]
    expected = weight.p_for <= weight.p_against
    side = "in de verwachte richting" if expected else "tegen de verwachte richting in"
    if weight.identification_class not in DECISIVE:
        return undecided, [f"een samenhang {side}; de identificatie laat geen conclusie over een effect toe"]
    if expected:
        return Conclusion.ON_COURSE if interim else Conclusion.SUPPORTED, [f"significant {side}"]
    return Conclusion.OFF_COURSE if interim else Conclusion.CONTRARY, [f"significant {side}"]


def _final(  # noqa: PLR0913, PLR0917 - see judge
    conclusion: Conclusion,
    because: list[str],
    hypothesis: Hypothesis,
    results: Sequence[Result],
    weight: Weight,
    catalogue: Catalogue,
) -> tuple[Conclusion, list[str]]:
    """Return the final conclusion: full or partial support, or no relevant effect."""
    if conclusion is Conclusion.SUPPORTED:
        doubts = _doubts(hypothesis, results, weight, catalogue)
        return (Conclusion.PARTLY_SUPPORTED if doubts else Conclusion.SUPPORTED), [*because, *doubts]
    if conclusion is Conclusion.UNDECIDED and weight.identification_class in DECISIVE:
        norms = [catalogue.norm(one.link.effect) for one in results if one.link.role is Role.PRIMARY]
        if any(norm.smallest_relevant_effect is None for norm in norms):
            return conclusion, [*because, "de commissie heeft geen kleinste relevante effect vastgesteld"]
        if _equivalent(results, norms):
            return Conclusion.NO_RELEVANT_EFFECT, ["het 90%-interval ligt binnen het kleinste relevante effect"]
    return conclusion, because


def _doubts(hypothesis: Hypothesis, results: Sequence[Result], weight: Weight, catalogue: Catalogue) -> list[str]:
    """Return what keeps support from being full."""
    found = []
    if weight.identification_class not in CAUSAL:
        found.append("de gevoeligheid voor afwijkende trends laat alleen een aanwijzing toe")
    if weight.untested:
        found.append("niet elke primaire uitkomst is toetsbaar")
    chain = {link.name for link in hypothesis.chain.links}
    broken = [one.link.name for one in results if one.link.name in chain and not _shown(one, catalogue)]
    if broken:
        found.append(f"niet elke schakel van het mechanisme is aangetoond: {', '.join(broken)}")
    failed = [one.link.name for one in results if one.link.role is Role.PLACEBO and _moved(one)]
    if failed:
        found.append(f"een placebo beweegt mee: {', '.join(failed)}")
    return [*found, *_controls(results, catalogue)]


def _controls(results: Sequence[Result], catalogue: Catalogue) -> list[str]:
    """Return negative controls that moved, or that the commission's norm cannot call still."""
    moved, beyond = [], []
    for one in results:
        if one.link.role is not Role.NEGATIVE_CONTROL or isinstance(one.finding, Untestable):
            continue
        limit = catalogue.norm(one.link.effect).smallest_relevant_effect
        if limit is None and _moved(one):
            moved.append(one.link.name)
        if limit is not None and not _within(one.finding.estimate, limit):
            beyond.append(one.link.name)
    said = (
        ("een negatieve controle beweegt mee", moved),
        ("een negatieve controle ligt niet binnen het kleinste relevante effect", beyond),
    )
    return [f"{words}: {', '.join(names)}" for words, names in said if names]


def _shown(result: Result, catalogue: Catalogue) -> bool:
    """Say whether a mechanism link moved, or held, as expected."""
    if isinstance(result.finding, Untestable):
        return False
    p_for, _ = _sides(result.finding.estimate, result.link, Phase.FINAL, catalogue)
    return p_for < LINK_LEVEL


def _moved(result: Result) -> bool:
    return isinstance(result.finding, Finding) and result.finding.estimate.p_value < LINK_LEVEL


def _compared(result: Result) -> bool:
    """Say whether a finding rests on any comparison."""
    return isinstance(result.finding, Finding) and result.finding.identification_class is not IdentificationClass.E


def _equivalent(results: Sequence[Result], norms: Sequence[Norm]) -> bool:
    """Say whether every tested primary effect lies within its smallest relevant effect."""
    relevant = {norm.indicator: norm.smallest_relevant_effect or 0.0 for norm in norms}
    tested = [
        (one.finding.estimate, relevant[one.link.effect.name])
        for one in results
        if one.link.role is Role.PRIMARY and isinstance(one.finding, Finding)
    ]
    return all(_within(estimate, limit) for estimate, limit in tested)


def _within(estimate: Estimate, limit: float) -> bool:
    """Say whether two one-sided tests place an effect inside a limit on both sides."""
    reach = float(stats.t.ppf(0.5 + EQUIVALENCE_LEVEL / 2, estimate.df)) * estimate.std_error
    return abs(estimate.effect) + reach < limit


def _left_out(weight: Weight) -> list[str]:
    found = [f"niet toetsbaar: {link} ({reason})" for link, reason in weight.untested]
    return [*found, *(f"kan nog niet reageren: {link}" for link in weight.waiting)]


def _warnings(results: Sequence[Result], phase: Phase) -> list[str]:
    """Return outcomes that moved although their cohort was not reached yet; a bare development is no warning."""
    early = [
        one.link.name
        for one in results
        if one.link.expected.at(phase) is Direction.NO_RESPONSE
        and one.link.role not in {Role.PLACEBO, Role.NEGATIVE_CONTROL}
        and _moved(one)
        and _compared(one)
    ]
    return [f"beweegt voordat het kan: {', '.join(early)}"] if early else []
