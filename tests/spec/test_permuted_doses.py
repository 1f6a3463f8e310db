"""What permutation from cross-products promises: the numbers of a refit with every permuted dose.

A refit is `least_squares.fit` on the rows with the standard error of `crv1`; tolerances stand beside the worst
deviation seen.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from math import comb
from typing import Any

import numpy as np
import pytest

from dose_panels import (
    REGIONS,
    WINDOW,
    YEARS,
    Rows,
    event_study,
    gap_within_vestigingen,
    lognormal,
    years_only,
)
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.assignments import assignments
from stoeval.inference.permuted_counts import poisson_null
from stoeval.inference.permuted_doses import Compared, dose_moments, permuted_doses
from stoeval.inference.poisson import fit_poisson
from stoeval.inference.randomization import RandomizationTest, randomization_test

REFIT = 1e-10  # worst deviation seen 2e-13, relative
CASES = {
    "event study": (event_study, WINDOW),
    "event study without weights": (lambda: event_study(weighted=False), WINDOW),
    "gap within vestigingen": (gap_within_vestigingen, WINDOW),
    "changes": (years_only, np.ones(1)),
}


def run(rows: Rows, dose: np.ndarray, combination: np.ndarray, **choices: Any) -> RandomizationTest:  # noqa: ANN401
    choices = {"generator": np.random.default_rng(1), "draws": 199} | choices
    return permuted_doses(rows.moments(), dose, combination=combination, **choices)


# --- the same as a refit ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compared", Compared)
@pytest.mark.parametrize("case", CASES)
def test_every_permutation_gives_the_statistic_of_its_refit(case: str, compared: Compared) -> None:
    rows, combination = CASES[case][0](), CASES[case][1]
    blocks, _ = assignments(lognormal(rows), None, 15, np.random.default_rng(2))
    doses = np.concatenate([*blocks])
    for dose in doses:
        found = run(rows, dose, combination, draws=1, compared=compared).statistic
        assert found == pytest.approx(rows.refit(dose, combination, compared), rel=REFIT)


def test_a_dose_far_from_nil_keeps_its_digits() -> None:
    """Years are absorbed, so that 1e6 more for everybody changes nothing; six digits go."""
    rows, dose = event_study(), lognormal(event_study())
    found = run(rows, dose + 1e6, WINDOW, draws=1).statistic
    assert found == pytest.approx(rows.refit(dose, WINDOW), rel=1e-8)  # seen 6e-12


@pytest.mark.parametrize("strata", [None, np.arange(REGIONS) % 3])
def test_the_test_is_that_of_refits_with_the_same_permutations(strata: np.ndarray | None) -> None:
    rows, dose = event_study(), lognormal(event_study())
    found = run(rows, dose, WINDOW, strata=strata, draws=99)
    refits = randomization_test(
        dose, lambda other: rows.refit(other, WINDOW), generator=np.random.default_rng(1), strata=strata, draws=99
    )
    assert replace(found, statistic=0.0) == replace(refits, statistic=0.0)
    assert found.statistic == pytest.approx(refits.statistic, rel=REFIT)


def test_choosing_three_of_thirteen_takes_all_286_choices() -> None:
    rows, dose = event_study(), (np.arange(REGIONS) < 3) * 1.0
    found = run(rows, dose, WINDOW, draws=300)
    refits = randomization_test(
        dose, lambda other: rows.refit(other, WINDOW), generator=np.random.default_rng(1), draws=300
    )
    assert (found.draws, found.enumerated) == (comb(13, 3), True)
    assert found.p_value == refits.p_value


def test_work_in_small_parts_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, dose = event_study(), lognormal(event_study())
    whole = run(rows, dose, WINDOW)
    monkeypatch.setattr(import_module(permuted_doses.__module__), "AT_ONCE", 2_000)
    assert run(rows, dose, WINDOW) == whole


# --- counts -----------------------------------------------------------------------------------------------------


@cache
def counts() -> tuple[Rows, np.ndarray]:
    """Return counts of vestigingen, two of them without any, and the log of their size."""
    rows, generator = event_study(weighted=False), np.random.default_rng(11)
    vestiging = rows.nested[0]
    size = generator.uniform(1, 6, size=int(vestiging.max()) + 1) * ~np.isin(np.arange(vestiging.max() + 1), [5, 9])
    counted = generator.poisson(size[vestiging]) * 1.0
    return replace(rows, outcome=counted), np.log(np.maximum(size, 1))[vestiging]


def without_cluster(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if name != "cluster"}


@pytest.mark.parametrize("part", ["nested", "crossed", "controls", "offset"])
def test_every_part_of_the_null_changes_its_means(part: str) -> None:
    rows, offset = counts()
    parts = {"nested": rows.nested, "crossed": rows.crossed, "controls": rows.controls, "offset": offset}
    changed = {
        "nested": [rows.cluster],
        "crossed": [rows.crossed[0] // 2],
        "controls": None,
        "offset": offset * np.arange(len(offset)) / len(offset),
    }[part]
    null, other = poisson_null(rows.outcome, **parts), poisson_null(rows.outcome, **(parts | {part: changed}))
    assert null.weights[:50].tolist() != pytest.approx(other.weights[:50].tolist(), rel=1e-4)


def test_counts_are_tested_in_the_working_model_of_the_null() -> None:
    rows, offset = counts()
    parts = {"cluster": rows.cluster, "nested": rows.nested, "crossed": rows.crossed, "controls": rows.controls}
    null = poisson_null(rows.outcome, offset=offset, **without_cluster(parts))
    assert len(null.rows) == len(rows.outcome) - 2 * YEARS
    found = fit_poisson(rows.outcome, np.empty((len(offset), 0)), names=(), offset=offset, **parts)
    score = rows.outcome[null.rows] - null.weights
    # At the maximum the working residual is (y - mu) / mu; worst deviation seen 1e-12.
    np.testing.assert_allclose(found.residual, score / null.weights, rtol=1e-9, atol=1e-9)
    kept = null.rows
    working = replace(
        rows,
        outcome=null.outcome,
        weights=null.weights,
        columns=rows.columns[kept],
        unit=rows.unit[kept],
        cluster=rows.cluster[kept],
        nested=[codes[kept] for codes in rows.nested],
        crossed=[codes[kept] for codes in rows.crossed],
        controls=None if rows.controls is None else rows.controls[kept],
    )
    dose = lognormal(rows)
    assert run(working, dose, WINDOW).statistic == pytest.approx(working.refit(dose, WINDOW), rel=REFIT)


def test_one_step_from_the_null_is_near_the_poisson_coefficient_of_a_small_dose() -> None:
    """Newton's step is exact but for the square of the distance: near the null little is left."""
    rows, offset = counts()
    parts = {"cluster": rows.cluster, "nested": rows.nested, "crossed": rows.crossed}
    dose, later = lognormal(rows), (rows.crossed[0] >= 3)[:, None] * 1.0
    null = poisson_null(rows.outcome, offset=offset, **without_cluster(parts))
    kept = null.rows
    one_step = dose_moments(
        null.outcome,
        later[kept],
        unit=rows.unit[kept],
        cluster=rows.cluster[kept],
        nested=[codes[kept] for codes in rows.nested],
        crossed=[codes[kept] for codes in rows.crossed],
        weights=null.weights,
    )
    found = permuted_doses(
        one_step,
        dose,
        combination=np.ones(1),
        generator=np.random.default_rng(1),
        compared=Compared.ESTIMATE,
        draws=1,
    )
    full = fit_poisson(rows.outcome, dose[rows.unit][:, None] * later, names=("dose",), offset=offset, **parts)
    assert found.statistic == pytest.approx(full.coefficients[0], rel=0.01)  # seen 0.0014


# --- options and refusals ---------------------------------------------------------------------------------------

OPTIONS = [
    {"strata": np.arange(REGIONS) % 2},
    {"compared": Compared.ESTIMATE},
    {"draws": 99},
    {"level": 0.8},
    {"generator": np.random.default_rng(2)},
    {"combination": np.array([0.0, 0, 0, 1])},
]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: next(iter(option)))
def test_every_option_changes_the_test(option: dict[str, Any]) -> None:
    rows, dose = event_study(), lognormal(event_study())
    assert run(rows, dose, **({"combination": WINDOW} | option)) != run(rows, dose, WINDOW)


@pytest.mark.parametrize("part", ["cluster", "nested", "crossed", "controls", "weights"])
def test_every_part_of_the_regression_changes_the_statistic(part: str) -> None:
    rows, dose = gap_within_vestigingen(), lognormal(gap_within_vestigingen())
    changed = {
        "cluster": rows.unit,
        "nested": rows.nested[:1],
        "crossed": [rows.crossed[0] % YEARS],
        "controls": rows.columns * np.arange(len(rows.unit))[:, None],
        "weights": 1.0 + np.arange(len(rows.unit)),
    }[part]
    tests = [
        permuted_doses(moments, dose, combination=WINDOW, generator=np.random.default_rng(1), draws=1)
        for moments in (rows.moments(), rows.moments(**{part: changed}))
    ]
    assert tests[0].statistic != pytest.approx(tests[1].statistic, rel=1e-6)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"unit": event_study().unit + 1}, "1 units of the dose have no row"),
        ({"cluster": event_study().nested[0]}, "more than one cluster"),
        ({"nested": [event_study().crossed[0]]}, "nested effect 1 has levels in more than one unit"),
        ({"cluster": event_study().cluster[1:]}, "equal length"),
        ({"columns": event_study().columns * np.nan}, "not finite"),
    ],
    ids=["empty", "finer clusters", "crossing effect", "lengths", "not a number"],
)
def test_parts_that_do_not_belong_together_are_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        event_study().moments(**changed)


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
def test_choices_that_make_no_test_are_refused(dose: np.ndarray, choice: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        run(event_study(), dose, **({"combination": WINDOW} | choice))


def test_a_dose_that_the_controls_hold_already_is_refused() -> None:
    """The control is the dose of one region times year: the assignment to that region alone is not identified."""
    rows = event_study()
    first = (rows.unit == 0)[:, None] * rows.columns
    moments = rows.moments(controls=np.column_stack([first]))
    with pytest.raises(NotIdentified, match="1 of 13 assignments"):
        permuted_doses(moments, (np.arange(13) == 4) * 1.0, combination=WINDOW, generator=np.random.default_rng(1))


def test_a_perfect_fit_is_refused() -> None:
    rows, dose = years_only(), np.arange(20.0)
    perfect = replace(rows, outcome=dose[rows.unit] * 1.0, cluster=rows.unit)
    with pytest.raises(NotIdentified, match="perfectly"):
        run(perfect, dose, np.ones(1))
