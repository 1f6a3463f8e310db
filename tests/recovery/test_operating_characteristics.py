"""The thrifty rule concludes what the whole rule concludes, on countries with and without effects.

The whole rule runs on primary links, mechanisms and controls only: no conclusion reads any other link, and with them
a run takes minutes.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.measurements import FINAL, INTERIM
from stoeval.designs.reporting import DoseDesign
from stoeval.diagnosis.thrifty_rule import CONTROLS, SAYS_NOTHING, estimate_alone, estimate_with_class, read_verdicts
from stoeval.diagnosis.worlds import APART, CHOICES, World, with_norms
from stoeval.evaluation import answered, in_full, judged, rows_of
from stoeval.panel.samples import cut
from stoeval.panel.simulation import simulate
from stoeval.vocabulary import Catalogue, Conclusion, Finding, Hypothesis, Measurement, MonitorPanel

EFFECTS = World(multiple=1.0, references=(*APART, *CHOICES))
DECIDED = (4, 6, 8)
"""Hypotheses whose effects are so large in this world that something is said of them."""


def few(numbers: tuple[int, ...]) -> Catalogue:
    """Return the catalogue with these hypotheses, only with what a verdict may read."""

    def read(one: Hypothesis) -> Hypothesis:
        return replace(one, further=tuple(link for link in one.further if link.role in CONTROLS))

    kept = tuple(read(one) for one in CATALOGUE.hypotheses if one.number in numbers)
    return with_norms(replace(CATALOGUE, hypotheses=kept))


def whole(panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, *, seed: int) -> dict[int, Conclusion]:
    """Return what the whole rule concludes, every finding computed in full."""
    seen = cut(panel, measurement.last_year)
    results = {
        one.number: [
            answered(one, link, measurement, rows_of(seen, link, measurement, catalogue), seed=seed)
            for link in one.links
        ]
        for one in catalogue.hypotheses
    }
    return {one.hypothesis: one.conclusion for one in judged(results, measurement, catalogue)[0]}


def thrifty(panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, *, seed: int) -> dict[int, Conclusion]:
    return {one.hypothesis: one.conclusion for one in read_verdicts(panel, measurement, catalogue, seed=seed)}


@pytest.mark.slow
@pytest.mark.parametrize("measurement", [INTERIM, FINAL], ids=lambda one: one.name)
@pytest.mark.parametrize("seed", [1])
def test_with_effects_both_conclude_the_same(seed: int, measurement: Measurement) -> None:
    panel, catalogue = simulate(EFFECTS.truth, seed=seed), few(DECIDED)
    found = thrifty(panel, measurement, catalogue, seed=seed)
    assert found == whole(panel, measurement, catalogue, seed=seed)
    assert set(found.values()) - set(SAYS_NOTHING)  # something is said, so that every pass was made


@pytest.mark.slow
@pytest.mark.parametrize("measurement", [FINAL], ids=lambda one: one.name)
def test_without_effects_both_conclude_the_same(measurement: Measurement) -> None:
    """With norms a silent hypothesis may have no relevant effect, which its class decides."""
    panel, catalogue = simulate(World(multiple=0.0).truth, seed=3), few((4, 8))
    assert thrifty(panel, measurement, catalogue, seed=3) == whole(panel, measurement, catalogue, seed=3)


def test_estimate_and_class_are_those_of_the_whole_finding_to_the_last_digit() -> None:
    """Every dose design of a primary link, linear and Poisson, with many regions and with few."""
    panel = cut(simulate(EFFECTS.truth, seed=1), INTERIM.last_year)
    compared = 0
    for hypothesis in CATALOGUE.hypotheses:
        for link in hypothesis.primary:
            if (hypothesis.number, link.name) not in COMPARED:
                continue
            assert isinstance(link.design, DoseDesign)
            rows = rows_of(panel, link, INTERIM, CATALOGUE)
            alone, graded, full = (
                answered(hypothesis, link, INTERIM, rows, seed=1, answer=answer).finding
                for answer in (estimate_alone, estimate_with_class, in_full)
            )
            assert isinstance(alone, Finding)
            assert isinstance(graded, Finding)
            assert isinstance(full, Finding)
            assert replace(full.estimate, bound_low=None, bound_high=None, n_masked=0) == alone.estimate
            assert (graded.estimate, graded.checks) == (full.estimate, full.checks)
            assert graded.identification_class is full.identification_class
            assert alone.identification_class <= full.identification_class
            compared += 1
    assert compared == len(COMPARED)


COMPARED = ((2, "shared-use"), (3, "teachers"), (6, "investment"), (8, "training"), (9, "total"))
