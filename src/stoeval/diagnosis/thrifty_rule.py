"""The verdict rule, computed no further than its conclusion depends on.

A check can lower a class and never raise it, and neither mechanism nor placebos can turn a verdict that says nothing
into one that says something. So the rule itself, unchanged, is applied to the strongest case first: estimates and
p-values as they are, in the class that each would have if all checks on data passed. A hypothesis of which even that
says nothing is settled. Of any other the primary links are checked in full, and of one that is then supported also
the links of its mechanism and its controls are estimated; the rule is applied anew each time.

The conclusions are those of `evaluate`. Reasons and classes of settled hypotheses are not computed, nor is anything
that no conclusion reads: the second engine, permutation where it does not decide, paths, other links, syntheses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.designs.reporting import DoseDesign, first_finding, graded_finding
from stoeval.evaluation import answered, judged, rows_of
from stoeval.inference.multiplicity import holm
from stoeval.panel.samples import cut
from stoeval.verdicts import weigh
from stoeval.vocabulary import Conclusion, Direction, Finding, Result, Role, Untestable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np

    from stoeval.evaluation import Answer
    from stoeval.verdicts import Weight
    from stoeval.vocabulary import (
        Catalogue,
        Design,
        Estimand,
        Estimate,
        Hypothesis,
        Link,
        Measurement,
        MonitorPanel,
        Sample,
    )

SAYS_NOTHING = (Conclusion.UNDECIDED, Conclusion.TOO_EARLY, Conclusion.NOT_TESTABLE)
CONTROLS = (Role.PLACEBO, Role.NEGATIVE_CONTROL)
UNASKED = Untestable(reason="hier niet gevraagd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the rule says of one hypothesis, and the estimates on which it rests."""

    hypothesis: int
    conclusion: Conclusion
    seen: bool
    """Whether an effect in the expected direction is significant in the family, whatever the class allows."""
    estimates: tuple[tuple[Link, Estimate], ...]
    """Of the primary links that could respond and be estimated."""


def read_verdicts(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, *, seed: int, wanted: Collection[int] = ()
) -> tuple[Reading, ...]:
    """Return what `evaluate` concludes on each hypothesis that is wanted, by number, or on all."""
    bench = _Bench(panel=cut(panel, measurement.last_year), measurement=measurement, catalogue=catalogue, seed=seed)
    chosen = [one for one in catalogue.hypotheses if not wanted or one.number in wanted]
    first = bench.first(chosen)
    results, concluded = dict(first), bench.conclusions(first)
    claimed = [one for one in chosen if concluded[one.number] not in SAYS_NOTHING]
    results |= {one.number: bench.primary(one, estimate_with_class) for one in claimed}
    concluded = bench.conclusions(results)
    supported = [one for one in claimed if concluded[one.number] is Conclusion.SUPPORTED]
    results |= {one.number: [*results[one.number], *bench.beside(one)] for one in supported}
    concluded = bench.conclusions(results)
    adjusted = judged(first, measurement, catalogue)[1]
    return tuple(
        Reading(
            hypothesis=one.number,
            conclusion=concluded[one.number],
            seen=adjusted[one.number] < measurement.alpha and bench.as_expected(first[one.number]),
            estimates=_estimates(first[one.number]),
        )
        for one in chosen
    )


def estimate_alone(
    design: Design, estimand: Estimand, rows: Sample, *, generator: np.random.Generator | None, confirm: bool
) -> Finding:
    """Return the estimate of a design, in the class that it has if every check on data passes."""
    del confirm
    if isinstance(design, DoseDesign):
        return first_finding(design.ask(estimand, rows), generator)
    return design.find(estimand, rows, generator=generator)


def estimate_with_class(
    design: Design, estimand: Estimand, rows: Sample, *, generator: np.random.Generator | None, confirm: bool
) -> Finding:
    """Return the estimate of a design and the class that its checks leave."""
    del confirm
    if isinstance(design, DoseDesign):
        return graded_finding(design.ask(estimand, rows), generator)
    return design.find(estimand, rows, generator=generator)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """One measurement of one panel, on which links are answered as far as is asked."""

    panel: MonitorPanel
    measurement: Measurement
    catalogue: Catalogue
    seed: int

    def first(self, chosen: Sequence[Hypothesis]) -> dict[int, Sequence[Result]]:
        """Return the estimates of the primary links of the chosen hypotheses, and of others where it matters.

        It does not where nothing of the chosen is significant even if all others are, which makes Holm mildest.
        """
        results: dict[int, Sequence[Result]] = {
            one.number: self.primary(one, estimate_alone) if one in chosen else _unasked(one, one.primary)
            for one in self.catalogue.hypotheses
        }
        others = [one for one in self.catalogue.hypotheses if one not in chosen]
        at_best = [
            0.0 if one in others else self._weight(results[one.number]).p_value for one in self.catalogue.hypotheses
        ]
        adjusted = dict(zip(self.catalogue.hypotheses, holm(at_best), strict=True))
        if others and any(adjusted[one] < self.measurement.alpha for one in chosen):
            results |= {one.number: self.primary(one, estimate_alone) for one in others}
        return results

    def primary(self, one: Hypothesis, answer: Answer) -> list[Result]:
        """Return the results of the primary links; those that cannot respond yet decide nothing and stay unasked."""
        phase = self.measurement.phase
        waiting = [link for link in one.primary if link.expected.at(phase) is Direction.NO_RESPONSE]
        asked = [link for link in one.primary if link not in waiting]
        return [*(self._answered(one, link, answer) for link in asked), *_unasked(one, waiting)]

    def beside(self, one: Hypothesis) -> list[Result]:
        """Return the results of the mechanism and of the controls of a hypothesis."""
        controls = [link for link in one.further if link.role in CONTROLS]
        return [self._answered(one, link, estimate_alone) for link in (*one.chain.links, *controls)]

    def conclusions(self, results: Mapping[int, Sequence[Result]]) -> dict[int, Conclusion]:
        """Return the conclusion of the rule on each hypothesis."""
        verdicts, _ = judged(results, self.measurement, self.catalogue)
        return {one.hypothesis: one.conclusion for one in verdicts}

    def as_expected(self, results: Sequence[Result]) -> bool:
        """Say whether primary links point in the expected direction."""
        weight = self._weight(results)
        return weight.p_for <= weight.p_against

    def _weight(self, results: Sequence[Result]) -> Weight:
        return weigh(results, self.measurement.phase, self.catalogue)

    def _answered(self, one: Hypothesis, link: Link, answer: Answer) -> Result:
        rows = rows_of(self.panel, link, self.measurement, self.catalogue, for_checks=answer is estimate_with_class)
        return answered(one, link, self.measurement, rows, seed=self.seed, answer=answer)


def _unasked(one: Hypothesis, links: Sequence[Link]) -> list[Result]:
    return [Result(hypothesis=one.number, link=link, finding=UNASKED) for link in links]


def _estimates(results: Sequence[Result]) -> tuple[tuple[Link, Estimate], ...]:
    return tuple((one.link, one.finding.estimate) for one in results if isinstance(one.finding, Finding))
