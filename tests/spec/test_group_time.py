"""What effects by cohort and period promise, on panels that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.doubly_robust import doubly_robust_difference
from stoeval.inference.group_time import (
    Aggregation,
    Comparison,
    GroupTimeEffects,
    Reference,
    aggregate,
    group_time_effects,
    influence_covariance,
)

PERIODS = 4
COHORTS = np.array([2, 2, 3, 3, 3, 0, 0])
"""Two units are treated from period 2, three from 3, two never; periods are 1 to 4."""
PATHS = np.array(
    [
        [0.0, 5, 6, 9],
        [0, 3, 6, 7],
        [1, 1, 4, 5],
        [1, 2, 4, 7],
        [1, 3, 4, 6],
        [0, 1, 2, 3],
        [2, 3, 4, 5],
    ]
)
"""Never treated units rise by 1 a period."""


def panel(paths: np.ndarray = PATHS, cohorts: np.ndarray = COHORTS, **changed: Any) -> GroupTimeEffects:  # noqa: ANN401
    n, T = paths.shape
    parts = {
        "outcome": paths.ravel(),
        "unit": np.repeat(np.arange(n), T),
        "period": np.tile(np.arange(1, T + 1), n),
        "cohort": np.repeat(cohorts, T),
    } | changed
    return group_time_effects(parts.pop("outcome"), **parts)


def random_panel(seed: int = 1, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, PERIODS)).cumsum(axis=1), generator.choice([0, 2, 3, 4], size=n)


def by_cell(found: GroupTimeEffects) -> dict[tuple[int, int], float]:
    cells = zip(found.cohort.tolist(), found.period.tolist(), strict=True)
    return dict(zip(cells, found.effect.tolist(), strict=True))


def overall(paths: np.ndarray, cohorts: np.ndarray, by: Aggregation, **choices: Any) -> float:  # noqa: ANN401
    return aggregate(panel(paths, cohorts, **choices), by).overall


# --- cells --------------------------------------------------------------------------------------------------------


def test_cells_against_never_treated_by_hand() -> None:
    """Cohort 2: 4 - 1, 6 - 2, 8 - 3 since period 1; cohort 3: 2 - 1, 4 - 2 since period 2 and 1 - 1 before."""
    assert by_cell(panel()) == pytest.approx(
        {(2, 2): 3, (2, 3): 4, (2, 4): 5, (3, 2): 0, (3, 3): 1, (3, 4): 2}, abs=1e-12
    )


def test_not_yet_treated_join_the_comparison_until_they_are_treated() -> None:
    """In period 2 cohort 3 (+1 on average) joins, which changes nothing; with +11 it does: 4 - (2 x 1 + 3 x 11) / 5."""
    choice = {"comparison": Comparison.NOT_YET_TREATED}
    assert by_cell(panel(**choice))[2, 2] == pytest.approx(3, abs=1e-12)
    steeper = PATHS.copy()
    steeper[2:5, 1:] += 10
    found, never = by_cell(panel(steeper, **choice)), by_cell(panel(steeper))
    assert found[2, 2] == pytest.approx(4 - 35 / 5, abs=1e-12)
    assert found[2, 3] == never[2, 3] == pytest.approx(4, abs=1e-12)


def test_one_path_has_the_last_untreated_period_as_its_zero() -> None:
    """Cohort 3 in period 1: 1 - 2 against the fall of 1 of the never treated; period 2 is no cell."""
    found = by_cell(panel(reference=Reference.LAST_UNTREATED))
    assert found[3, 1] == pytest.approx(0, abs=1e-12)
    assert (3, 2) not in found
    assert len(found) == 6


def test_cohorts_after_the_panel_are_never_treated_and_those_of_its_first_period_are_left_out() -> None:
    later = np.where(COHORTS == 0, 99, COHORTS)
    assert by_cell(panel(cohorts=later)) == by_cell(panel())
    early = panel(np.vstack([[9.0, 1, 7, 2], PATHS]), np.append(1, COHORTS))
    assert by_cell(early) == by_cell(panel())
    assert early.unit.tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_cells_without_a_comparison_are_named() -> None:
    """Without never treated units nobody is untreated in periods 3 and 4."""
    kept = COHORTS > 0
    found = panel(PATHS[kept], COHORTS[kept], comparison=Comparison.NOT_YET_TREATED)
    assert by_cell(found) == pytest.approx({(2, 2): 3}, abs=1e-12)
    assert found.cells_left_out == ((2, 3), (2, 4), (3, 2), (3, 3), (3, 4))


def test_the_order_of_the_rows_does_not_matter() -> None:
    n = PATHS.size
    order = np.random.default_rng(2).permutation(n)
    rows = {"unit": np.repeat(np.arange(7), 4), "period": np.tile(np.arange(1, 5), 7), "cohort": np.repeat(COHORTS, 4)}
    shuffled = panel(outcome=PATHS.ravel()[order], **{name: values[order] for name, values in rows.items()})
    np.testing.assert_array_equal(shuffled.influence, panel().influence)


# --- aggregates ---------------------------------------------------------------------------------------------------


def test_aggregates_by_hand() -> None:
    """Cells 3, 4, 5 of two units and 1, 2 of three units."""
    found = panel()
    simple = aggregate(found, Aggregation.SIMPLE)
    assert simple.overall == pytest.approx((2 * 12 + 3 * 3) / (2 * 3 + 3 * 2), abs=1e-12)
    assert len(simple.at) == 0
    cohort = aggregate(found, Aggregation.COHORT)
    assert cohort.effect == pytest.approx([4, 1.5], abs=1e-12)
    assert cohort.overall == pytest.approx((2 * 4 + 3 * 1.5) / 5, abs=1e-12)
    event = aggregate(found, Aggregation.EVENT_TIME)
    assert event.at.tolist() == [-1, 0, 1, 2]
    assert event.effect == pytest.approx([0, (2 * 3 + 3 * 1) / 5, (2 * 4 + 3 * 2) / 5, 5], abs=1e-12)
    assert event.overall == pytest.approx((1.8 + 2.8 + 5) / 3, abs=1e-12)
    period = aggregate(found, Aggregation.PERIOD)
    assert period.effect == pytest.approx([3, (2 * 4 + 3 * 1) / 5, (2 * 5 + 3 * 2) / 5], abs=1e-12)
    assert period.overall == pytest.approx((3 + 2.2 + 3.2) / 3, abs=1e-12)


@pytest.mark.parametrize("by", Aggregation)
@pytest.mark.parametrize("comparison", Comparison)
def test_influence_is_what_leaving_out_each_unit_does(by: Aggregation, comparison: Comparison) -> None:
    """Theory: n - 1 times the change is the influence but for terms of order 1/n; weights move with the units."""
    paths, cohorts = random_panel(n=400)
    found = aggregate(panel(paths, cohorts, comparison=comparison), by)
    chosen = np.arange(0, 400, 31)
    moved = [
        399 * (found.overall - overall(np.delete(paths, i, 0), np.delete(cohorts, i), by, comparison=comparison))
        for i in chosen
    ]
    influence = found.overall_influence[chosen]
    assert np.abs(np.array(moved) - influence).max() < 0.03 * np.abs(influence).max()  # worst deviation seen 0.007


def test_the_variance_of_one_cell_is_that_of_two_means() -> None:
    """Changes of cohort 2 in period 2: 5 and 3, variance 1 over 2 units; never treated: no variance."""
    found = panel()
    covariance = influence_covariance(found.influence)
    cell = (found.cohort == 2) & (found.period == 2)
    assert covariance.matrix[cell, cell] == pytest.approx(1 / 2, abs=1e-12)
    assert covariance.df == 6


def test_a_cluster_sums_the_influence_of_its_units() -> None:
    """The two units of cohort 2 deviate by 1 and -1; together they cancel."""
    found = panel()
    covariance = influence_covariance(found.influence, np.array([0, 0, 1, 2, 3, 4, 5]))
    cell = (found.cohort == 2) & (found.period == 2)
    assert covariance.matrix[cell, cell] == pytest.approx(0, abs=1e-12)
    assert covariance.df == 5


# --- covariates ---------------------------------------------------------------------------------------------------


def test_without_covariates_it_is_the_difference_of_means() -> None:
    change, treated = np.array([4.0, 6, 1, 2, 3]), np.array([1, 1, 0, 0, 0], dtype=bool)
    effect, influence = doubly_robust_difference(change, treated)
    assert effect == pytest.approx(5 - 2, abs=1e-12)
    assert influence == pytest.approx([-5 / 2, 5 / 2, 5 / 3, 0, -5 / 3], abs=1e-12)


def test_a_binary_covariate_reweighs_the_comparison_to_the_treated() -> None:
    """Treated: three of kind 1 and one of kind 0; comparison means are 3 and 10, so 8 - (3 x 3 + 10) / 4."""
    kind = np.array([1.0, 1, 1, 0, 1, 1, 0, 0, 0])
    treated = np.arange(9) < 4
    change = np.array([9.0, 8, 7, 8, 2, 4, 9, 10, 11])
    effect, _ = doubly_robust_difference(change, treated, kind[:, None])
    assert effect == pytest.approx(8 - 19 / 4, abs=1e-10)


def test_either_model_is_enough() -> None:
    """With changes linear in the covariates the effect is exact, however unlike the groups; its influence is nil."""
    generator = np.random.default_rng(3)
    covariates = generator.normal(size=(300, 2))
    treated = generator.uniform(size=300) < 1 / (1 + np.exp(-(covariates[:, 0] ** 3)))
    change = 1 + covariates @ np.array([2.0, -1]) + 0.7 * treated
    effect, influence = doubly_robust_difference(change, treated, covariates)
    assert effect == pytest.approx(0.7, abs=1e-10)
    assert np.abs(influence).max() < 1e-9


def test_the_influence_of_covariates_is_what_leaving_out_each_unit_does() -> None:
    generator = np.random.default_rng(4)
    x = generator.normal(size=(400, 1))
    treated = generator.uniform(size=400) < 1 / (1 + np.exp(-x[:, 0]))
    change = x[:, 0] ** 2 + treated + generator.normal(size=400)
    effect, influence = doubly_robust_difference(change, treated, x)
    moved = np.array(
        [
            399 * (effect - doubly_robust_difference(*(np.delete(part, i, 0) for part in (change, treated, x)))[0])
            for i in range(0, 400, 31)
        ]
    )
    deviation = np.abs(moved - influence[::31])
    assert deviation.max() < 0.02 * np.abs(influence).max()  # worst deviation seen 0.002


def test_covariates_are_those_of_the_reference_period() -> None:
    paths, cohorts = random_panel(n=300)
    covariate = np.random.default_rng(5).normal(size=paths.shape)
    found = by_cell(panel(paths, cohorts, covariates=covariate.ravel()))
    used = (cohorts == 3) | (cohorts == 0)
    expected, _ = doubly_robust_difference(
        (paths[:, 3] - paths[:, 1])[used], (cohorts == 3)[used], covariate[used, 1][:, None]
    )
    assert found[3, 4] == pytest.approx(expected, abs=1e-12)


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcome": PATHS.ravel()[1:]}, "equal length"),
        ({"outcome": PATHS.ravel() * np.nan}, "not finite"),
        ({"covariates": np.ones(27)}, "equal length"),
        ({"period": np.tile([1, 2, 3, 3], 7)}, "7 have several"),
        ({"cohort": np.arange(28)}, "7 units change their first treated period"),
        ({"cohort": np.ones(28, dtype=int)}, "none of 0 cells"),
    ],
)
def test_panels_that_cannot_be_compared_are_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        panel(**changed)


def test_treated_cells_are_needed_to_aggregate() -> None:
    """The last cohort without never treated: only its period before treatment has a comparison."""
    cohorts = np.array([4, 4, 4, 4, 4, 3, 3])
    found = panel(cohorts=cohorts, comparison=Comparison.NOT_YET_TREATED)
    kept = found.period < found.cohort
    before = GroupTimeEffects(
        cohort=found.cohort[kept],
        period=found.period[kept],
        effect=found.effect[kept],
        influence=found.influence[:, kept],
        unit=found.unit,
        cohort_of_unit=found.cohort_of_unit,
        weight=found.weight,
        cells_left_out=(),
    )
    with pytest.raises(NotIdentified, match="no treated cell"):
        aggregate(before, Aggregation.SIMPLE)


@pytest.mark.parametrize(("cluster", "words"), [(np.zeros(7, dtype=int), "at least 3"), (np.arange(6), "one cluster")])
def test_clusters_that_make_no_variance_are_refused(cluster: np.ndarray, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        influence_covariance(panel().influence, cluster)


@pytest.mark.parametrize(
    ("treated", "covariates", "words"),
    [
        (np.ones(6, dtype=bool), None, "two groups are needed"),
        (np.arange(6) < 3, np.arange(6.0)[:, None], "separate"),
        (np.arange(6) % 2 == 0, np.ones((6, 1)), "cannot be told apart"),
    ],
    ids=["one group", "no overlap", "constant twice"],
)
def test_comparisons_that_do_not_exist_are_refused(
    treated: np.ndarray, covariates: np.ndarray | None, words: str
) -> None:
    with pytest.raises(NotIdentified, match=words):
        doubly_robust_difference(np.arange(6.0), treated, covariates)
