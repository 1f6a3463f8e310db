"""Robust intervals beside those of moderndid, an independent engine that solves a linear programme for each value.

Its numbers are in `honest_did_by_moderndid.json`, written by the recipe of that name. Differences are in standard
errors of the effect: its ends lie on a grid, and both sides simulate the least-favourable value.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from event_studies import event_studies, growing, single
from stoeval.inference.honest_did import (
    Restriction,
    breakdown,
    original,
    relative_magnitudes,
    relative_smoothness,
    smoothness,
)

if TYPE_CHECKING:
    from event_studies import EventStudy

STORED = json.loads(Path(__file__).with_name("honest_did_by_moderndid.json").read_text())
CASES: list[dict[str, Any]] = STORED["cases"]
TOLERANCE = {"relative magnitudes": 0.03, "relative smoothness": 0.06, "smoothness": 1e-4}
"""In standard errors, beyond a step of the grid; worst deviations seen 0.019, 0.041 and 1.7e-5."""


@pytest.fixture(scope="module")
def studies(validation: Path) -> dict[str, EventStudy]:
    return event_studies(validation)


def found(case: dict[str, Any], study: EventStudy) -> tuple[float, float, float]:
    """Return both ends and the standard error of the effect."""
    parts = (study.betahat, study.sigma, study.n_pre, study.n_post)
    interval = {
        "relative magnitudes": relative_magnitudes,
        "relative smoothness": relative_smoothness,
        "smoothness": smoothness,
    }[case["restriction"]](*parts, case["bound"], case["l_vec"])
    plain = original(*parts, case["l_vec"])
    return interval.ci_low, interval.ci_high, (plain.ci_high - plain.ci_low) / 2 / 1.959963984540054


def test_every_study_restriction_and_combination_is_stored() -> None:
    stored = Counter((case["study"], case["restriction"]) for case in CASES)
    combinations = {"medicaid": 2, "benzarti_carloni": 2, "growing": 2, "single": 1}
    bounds = {Restriction.RELATIVE_MAGNITUDES: 2, Restriction.RELATIVE_SMOOTHNESS: 2, Restriction.SMOOTHNESS: 3}
    assert stored == {
        (study, restriction.value): bounds[restriction] * count
        for study, count in combinations.items()
        for restriction in Restriction
    }
    assert STORED["engine"]["moderndid"] == "0.4.1"


@pytest.mark.parametrize("restriction", Restriction)
@pytest.mark.parametrize("name", ["growing", "single"])
def test_intervals_of_made_up_studies_are_those_of_moderndid(name: str, restriction: Restriction) -> None:
    compare(name, {"growing": growing, "single": single}[name](), restriction)


@pytest.mark.parametrize("restriction", Restriction)
@pytest.mark.parametrize("name", ["medicaid", "benzarti_carloni"])
def test_intervals_of_published_studies_are_those_of_moderndid(
    name: str, restriction: Restriction, studies: dict[str, EventStudy]
) -> None:
    compare(name, studies[name], restriction)


def compare(name: str, study: EventStudy, restriction: Restriction) -> None:
    chosen = [case for case in CASES if (case["study"], case["restriction"]) == (name, restriction)]
    assert chosen
    for case in chosen:
        low, high, spread = found(case, study)
        distance = np.abs([low - case["low"], high - case["high"]]) - case["step"]
        assert distance.max() / spread < TOLERANCE[restriction], case


@pytest.mark.parametrize("restriction", [Restriction.RELATIVE_MAGNITUDES, Restriction.RELATIVE_SMOOTHNESS])
def test_with_one_later_period_intervals_lie_within_those_of_moderndid(restriction: Restriction) -> None:
    """It and the R package do not bound the second stage by the limit of the first, as Andrews, Roth and Pakes do."""
    for case in (each for each in CASES if (each["study"], each["restriction"]) == ("single", restriction)):
        low, high, _ = found(case, single())
        assert case["low"] - case["step"] < low < high < case["high"] + case["step"]


@pytest.mark.parametrize("restriction", Restriction)
def test_breakdown_values_lie_between_the_bounds_where_moderndid_first_holds_zero(restriction: Restriction) -> None:
    """For each combination of the growing study, and where it holds zero at every bound or at none, that too."""
    study = growing()
    for l_vec in ([0, 0.5, 0.5], [-1, 0, 1]):
        cases = [case for case in CASES if case["study"] == "growing" and case["l_vec"] == l_vec]
        rows = sorted((each["bound"], each["low"]) for each in cases if each["restriction"] == restriction)
        value = breakdown(study.betahat, study.sigma, 3, 3, l_vec, restriction=restriction).bound
        below = max((bound for bound, low in rows if low > 0), default=0.0)
        above = min((bound for bound, low in rows if low <= 0), default=np.inf)
        assert below <= value <= above
