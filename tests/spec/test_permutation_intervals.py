"""What intervals by inversion of the permutation test promise: every value inside is one that the test keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dose_panels import REGIONS, WINDOW, Rows, event_study, lognormal
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.permutation_intervals import PermutationInterval, permutation_interval
from stoeval.inference.permuted_doses import Compared, permuted_doses


def interval(rows: Rows, dose: np.ndarray, **choices: Any) -> PermutationInterval:  # noqa: ANN401
    choices = {"generator": np.random.default_rng(1), "draws": 199, "level": 0.9, "combination": WINDOW} | choices
    return permutation_interval(rows.moments(), dose, **choices)


@pytest.mark.parametrize("compared", Compared)
@pytest.mark.parametrize(
    ("dose", "strata"),
    [(np.arange(REGIONS) ** 1.5, np.arange(REGIONS) % 2), ((np.arange(REGIONS) < 2) * 1.0, None)],
    ids=["drawn", "enumerated"],
)
def test_just_inside_an_end_is_not_rejected_and_everything_outside_is(
    compared: Compared, dose: np.ndarray, strata: np.ndarray | None
) -> None:
    rows, choices = event_study(), {"strata": strata, "compared": compared}
    found = interval(rows, dose, **choices)
    width = found.ci_high - found.ci_low
    assert found.ci_low < found.effect < found.ci_high

    def p_value(effect: float) -> float:
        shift = effect * dose[rows.unit] * (rows.columns @ (WINDOW > 0))
        moments = replace(rows, outcome=rows.outcome - shift).moments()
        generator = np.random.default_rng(1)
        return permuted_doses(moments, dose, combination=WINDOW, generator=generator, draws=199, **choices).p_value

    for end, inwards in ((found.ci_low, 1), (found.ci_high, -1)):
        assert p_value(end + inwards * 1e-6 * width) > 0.1
        assert max(p_value(end - inwards * width * far) for far in (1e-6, 0.01, 0.1, 0.5, 1, 3, 30)) <= 0.1 + 1e-12


def test_the_path_of_the_effect_moves_the_interval_and_not_the_effect() -> None:
    rows, dose = event_study(), lognormal(event_study())
    level, growing = interval(rows, dose), interval(rows, dose, path=np.array([0.0, 0, 1, 3]))
    assert growing.effect == level.effect
    assert growing.ci_high != level.ci_high
    assert interval(rows, dose, path=np.array([0.0, 0, 5, 15])).ci_high == pytest.approx(growing.ci_high, rel=1e-9)


def test_too_few_assignments_for_the_level_have_no_interval() -> None:
    """One of thirteen: the least p-value is 1/13, above .05."""
    with pytest.raises(NotIdentified, match="however large"):
        interval(event_study(), (np.arange(REGIONS) == 4) * 1.0, level=0.95)


OPTIONS = [
    {"strata": np.arange(REGIONS) % 2},
    {"compared": Compared.ESTIMATE},
    {"draws": 99},
    {"level": 0.8},
    {"generator": np.random.default_rng(2)},
    {"combination": np.array([0.0, 0, 0, 1])},
]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: next(iter(option)))
def test_every_option_changes_the_interval(option: dict[str, Any]) -> None:
    rows, dose = event_study(), lognormal(event_study())
    assert interval(rows, dose, **option) != interval(rows, dose)


@pytest.mark.parametrize(
    ("dose", "choice", "words"),
    [
        (np.arange(4.0), {}, "one dose a unit"),
        (np.arange(13.0), {"combination": np.ones(3)}, "one weight a column"),
        (np.arange(13.0), {"combination": np.zeros(4)}, "not all zero"),
        (np.arange(13.0), {"level": 1.0}, "level"),
        (np.arange(13.0), {"draws": 0}, "at least one draw"),
        (np.ones(13), {}, "same in all"),
    ],
)
def test_choices_that_make_no_interval_are_refused(dose: np.ndarray, choice: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        interval(event_study(), dose, **choice)


def test_a_path_without_an_effect_is_refused() -> None:
    for path in (np.ones(4), np.ones(3)):
        with pytest.raises(EstimationError, match="has no effect by the combination"):
            interval(event_study(), np.arange(13.0), path=path)
