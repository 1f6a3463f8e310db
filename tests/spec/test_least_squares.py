"""Least squares with absorbed effects on tables small enough to solve by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.errors import EnginesDisagree, EstimationError, NotIdentified
from stoeval.inference import absorption, second_engine
from stoeval.inference.absorption import absorb, absorbed_rank, dense_codes
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.regression import Regression, solve

EXACT = 1e-13  # worst deviation seen 3e-15


def columns(*values: list[float]) -> np.ndarray:
    return np.column_stack([np.array(one, dtype=float) for one in values])


def simple(outcome: list[float], regressor: list[float], **further: object) -> Fit:
    rows = len(outcome)
    settings: dict[str, object] = {"names": ("x",), "cluster": np.arange(rows), **further}
    return fit(np.array(outcome, dtype=float), columns(regressor), **settings)


# --- coefficients by hand ------------------------------------------------------------------------------------


def test_a_slope_through_three_points() -> None:
    """Means 1 and 7/3; (-1)(-4/3) + (1)(5/3) = 3 over 2."""
    assert simple([1, 2, 4], [0, 1, 2]).coefficients[0] == pytest.approx(1.5, rel=EXACT)


def test_a_slope_within_units() -> None:
    """Within A: 1 over 1/2; within B: 2 over 2; together 3 over 5/2."""
    unit = np.array([0, 0, 1, 1])
    found = simple([1, 3, 5, 7], [0, 1, 0, 2], cluster=unit, nested=[unit])
    assert found.coefficients[0] == pytest.approx(1.2, rel=EXACT)


def test_two_units_and_two_years_give_the_difference_in_differences() -> None:
    """(14 - 10) - (9 - 8) = 3."""
    unit, year = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    found = simple([10, 14, 8, 9], [0, 1, 0, 0], cluster=unit, nested=[unit], crossed=[year])
    assert found.coefficients[0] == pytest.approx(3, rel=EXACT)


def test_two_units_two_groups_and_two_years_give_the_triple_difference() -> None:
    """The gap between groups widens by 5 - 1 = 4 in one unit and by 2 - 1 = 1 in the other: 3."""
    unit, group, year = (np.array(code) for code in zip(*np.ndindex(2, 2, 2), strict=True))
    outcome = [20, 21, 30, 35, 7, 8, 9, 11]
    found = simple(
        outcome,
        ((1 - unit) * group * year).tolist(),
        cluster=unit,
        nested=[dense_codes(unit, year), dense_codes(unit, group)],
        crossed=[dense_codes(group, year)],
    )
    assert found.coefficients[0] == pytest.approx(3, rel=EXACT)


def test_a_weight_counts_a_row_that_many_times() -> None:
    """Weights 1, 1, 2: mean x 5/4 and y 11/4; sums 9/4 + 1/4 - ... = 19/4 over 11/4."""
    found = simple([1, 2, 4], [0, 1, 2], weights=np.array([1.0, 1.0, 2.0]))
    repeated = simple([1, 2, 4, 4], [0, 1, 2, 2])
    by_hand = (1.25 * 1.75 + 0.25 * 0.75 + 2 * 0.75 * 1.25) / (1.25**2 + 0.25**2 + 2 * 0.75**2)
    assert found.coefficients[0] == pytest.approx(by_hand, rel=EXACT)
    assert found.coefficients[0] == pytest.approx(repeated.coefficients[0], rel=EXACT)


def test_a_control_takes_its_part_out() -> None:
    """The outcome is 2 x + 3 c + 1 exactly."""
    x, c = [0.0, 1.0, 2.0, 5.0], [1.0, 0.0, 4.0, 2.0]
    outcome = [2 * one + 3 * other + 1 for one, other in zip(x, c, strict=True)]
    found = simple(outcome, x, controls=columns(c))
    assert found.coefficients[0] == pytest.approx(2, rel=EXACT)
    assert found.n_controls == 1


def test_the_residual_is_what_the_coefficients_leave() -> None:
    found = simple([1, 3, 4, 8], [0, 0, 1, 1])
    np.testing.assert_allclose(found.residual, [-1, 1, -2, 2], atol=1e-14)  # worst deviation seen 2e-15
    assert found.cluster_score.sum(axis=0) == pytest.approx([0, 0], abs=1e-14)  # worst deviation seen 1e-15


def test_it_counts_rows_clusters_and_parameters() -> None:
    unit, year = np.repeat(np.arange(6), 3), np.tile(np.arange(3), 6)
    x = np.random.default_rng(1).normal(size=18)
    found = fit(
        x**2,
        x[:, None],
        names=("x",),
        cluster=unit // 2,
        nested=[unit],
        crossed=[year],
        controls=columns(list(year * unit)),
    )
    counted = (found.k, found.n_obs, found.n_clusters, found.n_effects, found.n_nested_effects, found.n_controls)
    assert counted == (1, 18, 3, 1, 6, 1)
    assert found.n_crossed_levels == 3
    np.testing.assert_array_equal(found.rows, np.arange(18))


def test_nothing_that_is_given_changes() -> None:
    unit = np.array([0, 0, 1, 1, 2, 2])
    outcome, x, weights = np.arange(6.0) ** 2, columns([0, 1, 0, 2, 0, 4]), np.array([1.0, 2, 3, 1, 2, 3])
    copies = [each.copy() for each in (unit, outcome, x, weights)]
    fit(outcome, x, names=("x",), cluster=unit, nested=[unit], weights=weights)
    for given, copy in zip((unit, outcome, x, weights), copies, strict=True):
        np.testing.assert_array_equal(given, copy)


# --- columns that repeat others ------------------------------------------------------------------------------


def test_a_control_that_repeats_another_is_left_out() -> None:
    x, c = [0.0, 1.0, 2.0, 5.0, 3.0], [1.0, 0.0, 4.0, 2.0, 2.0]
    once = simple([1, 2, 4, 3, 0], x, controls=columns(c))
    twice = simple([1, 2, 4, 3, 0], x, controls=columns(c, [2 * one for one in c], [7.0] * 5))
    assert (once.n_controls, twice.n_controls) == (1, 1)
    assert len(twice.bread) == len(once.bread)
    np.testing.assert_allclose(twice.coefficients, once.coefficients, rtol=EXACT)


@pytest.mark.parametrize("empty", [0, 1, 3])
def test_an_empty_control_takes_nothing_from_a_regressor(empty: int) -> None:
    """The only row that differs from the rest is the row that an unpivoted QR gives to the empty control."""
    x = np.zeros(12)
    x[1] = 1.0
    outcome = np.arange(12.0)
    found = fit(outcome, x[:, None], names=("x",), cluster=np.arange(12), controls=np.zeros((12, empty)))
    assert found.coefficients[0] == pytest.approx(1 - (66 - 1) / 11, rel=EXACT)
    assert found.n_controls == 0


def test_collinear_regressors_are_named() -> None:
    x = np.array([0.0, 1, 2, 5, 3])
    with pytest.raises(NotIdentified, match=r"1 regressors cannot be told apart .*: twice$"):
        fit(x, np.column_stack([x**2, x, 2 * x]), names=("square", "once", "twice"), cluster=np.arange(5))


def test_a_regressor_that_an_effect_holds_is_named() -> None:
    unit = np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(NotIdentified, match="from the effects or from each other: size"):
        fit(np.arange(6.0), columns([4, 4, 7, 7, 9, 9]), names=("size",), cluster=unit, nested=[unit])


def test_a_regressor_that_a_control_repeats_is_named() -> None:
    with pytest.raises(NotIdentified, match=r": x$"):
        simple([1, 2, 4, 3], [0, 1, 2, 5], controls=columns([0, 2, 4, 10]))


@pytest.mark.parametrize("moving", [0.0, 0.1])
def test_an_outcome_that_effects_explain_whole_leaves_nothing_to_estimate(moving: float) -> None:
    """Without the refusal, rounding of 1e-17 would get a coefficient, a standard error and a p-value."""
    unit, year = np.repeat(np.arange(6), 3), np.tile(np.arange(3), 6)
    x = np.random.default_rng(4).normal(size=(18, 1))
    with pytest.raises(NotIdentified, match="leave nothing of the outcome"):
        fit(0.3 + moving * year + 0.7 * unit, x, names=("x",), cluster=unit // 2, nested=[unit], crossed=[year])


def test_an_outcome_that_the_regressor_explains_whole_is_not_refused() -> None:
    unit = np.repeat(np.arange(6), 3)
    x = np.random.default_rng(4).normal(size=(18, 1))
    found = fit(0.3 + 2 * x[:, 0], x, names=("x",), cluster=unit // 2, nested=[unit])
    assert found.coefficients[0] == pytest.approx(2, rel=EXACT)


def test_fewer_rows_than_columns_are_refused() -> None:
    with pytest.raises(NotIdentified, match="3 rows cannot carry 5 columns"):
        fit(np.arange(3.0), np.arange(12.0).reshape(3, 4) ** 2, names=tuple("abcd"), cluster=np.arange(3))


# --- rows that cannot be used ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["outcome", "regressor", "control", "weight"])
def test_values_that_are_not_finite_are_counted_and_refused(where: str, value: float) -> None:
    arrays = {name: np.array([1.0, 2, 4, 3]) for name in ("outcome", "regressor", "control", "weight")}
    arrays[where][[1, 3]] = value
    with pytest.raises(EstimationError, match=r"^2 values are not finite"):
        fit(
            arrays["outcome"],
            arrays["regressor"][:, None],
            names=("x",),
            cluster=np.arange(4),
            controls=arrays["control"][:, None] ** 2,
            weights=arrays["weight"],
        )


@pytest.mark.parametrize("weight", [0.0, -1.0])
def test_weights_of_zero_and_less_are_counted_and_refused(weight: float) -> None:
    with pytest.raises(EstimationError, match=r"^1 weights are zero or negative"):
        simple([1, 2, 4], [0, 1, 2], weights=np.array([1.0, weight, 1.0]))


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(EstimationError, match=r"outcome has 3 rows, the arrays together \[2, 3\]"):
        simple([1, 2, 4], [0, 1, 2], cluster=np.arange(2))


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(NotIdentified, match="the sample has 0 rows"):
        simple([], [])


def test_an_effect_that_runs_across_clusters_is_refused_as_nested() -> None:
    """The second unit moves to another cluster: taking one cluster out would leave half of it."""
    unit, cluster = np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 0, 0, 1, 1, 1, 2, 2])
    with pytest.raises(EstimationError, match=r"nested effect 1 has levels in more than one cluster \(1 times"):
        simple([1, 2, 4, 3, 0, 1, 1, 5], [0, 1, 0, 2, 0, 3, 0, 4], cluster=cluster, nested=[unit])


# --- absorption ------------------------------------------------------------------------------------------------


def test_one_effect_is_absorbed_by_group_means() -> None:
    found = absorb(columns([1, 3, 10, 20]), [np.array([0, 0, 1, 1])], np.array([1.0, 3.0, 1.0, 1.0]))
    np.testing.assert_allclose(found[:, 0], [-1.5, 0.5, -5, 5], atol=1e-14)  # worst deviation seen 0


def test_two_effects_are_absorbed_by_double_differences() -> None:
    """In a two-by-two table only the interaction is left: (1 - 2 - 4 + 9) / 4 = 1, with signs."""
    found = absorb(columns([1, 2, 4, 9]), [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])], np.ones(4))
    np.testing.assert_allclose(found[:, 0], [1, -1, -1, 1], atol=1e-13)  # worst deviation seen 9e-16


def test_three_effects_are_absorbed_as_their_dummies_do() -> None:
    generator = np.random.default_rng(8)
    effects = [generator.integers(0, levels, 80) for levels in (9, 5, 4)]
    weights, column = generator.uniform(0.5, 2, 80), generator.normal(size=(80, 1))
    dummies = np.column_stack([np.eye(int(codes.max()) + 1)[codes] for codes in effects])
    root = np.sqrt(weights)[:, None]
    solved = np.linalg.lstsq(dummies * root, column * root, rcond=None)[0]
    found = absorb(column, effects, weights)
    np.testing.assert_allclose(found, column - dummies @ solved, atol=1e-11)  # worst deviation seen 8e-14


def test_sweeps_that_do_not_converge_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(8)
    effects = [generator.integers(0, 9, 40) for _ in range(3)]
    monkeypatch.setattr(absorption, "SWEEPS", 2)
    with pytest.raises(EstimationError, match="did not converge in 2 sweeps over 3 effects and 40 rows"):
        absorb(generator.normal(size=(40, 1)), effects, np.ones(40))


@pytest.mark.parametrize(
    ("effects", "rank"),
    [
        ([[0, 0, 1, 1]], 2),
        ([[0, 0, 1, 1], [0, 1, 0, 1]], 3),  # one component: 2 + 2 - 1
        ([[0, 0, 1, 1], [0, 0, 1, 1]], 2),  # two components: 2 + 2 - 2
        ([[0, 1, 2, 2], [0, 0, 1, 2]], 4),  # {0, 1 | 0} and {2 | 1, 2}: 3 + 3 - 2
        ([], 0),
    ],
)
def test_absorbed_parameters_are_levels_less_components(effects: list[list[int]], rank: int) -> None:
    assert absorbed_rank([np.array(codes) for codes in effects]) == rank


def test_the_rank_of_three_effects_is_not_guessed() -> None:
    with pytest.raises(EstimationError, match="rank of 3 absorbed effects is not known"):
        absorbed_rank([np.array([0, 1])] * 3)


def test_codes_number_the_combinations_that_occur() -> None:
    unit, year = np.array([7, 3, 7, 3]), np.array([2020, 2018, 2018, 2018])
    np.testing.assert_array_equal(dense_codes(unit), [1, 0, 1, 0])
    np.testing.assert_array_equal(dense_codes(unit, year), [2, 0, 1, 0])


# --- the second engine -----------------------------------------------------------------------------------------

PAIRS = np.array([0, 0, 1, 1, 2, 2])
REGRESSION = Regression(outcome=np.array([1.0, 3, 5, 7, 0, 4]), cluster=PAIRS, nested=[PAIRS])
DOSES = columns([0, 1, 0, 2, 0, 1], [0, 3, 1, 0, 2, 2])


def test_a_fit_that_the_second_engine_repeats_is_confirmed() -> None:
    second_engine.confirm(REGRESSION, DOSES, solve(REGRESSION, DOSES, ("a", "b")))


def test_a_weighted_fit_with_controls_and_crossed_effects_is_confirmed() -> None:
    generator = np.random.default_rng(3)
    unit, year = np.repeat(np.arange(8), 4), np.tile(np.arange(4), 8)
    regression = Regression(
        outcome=generator.normal(size=32),
        cluster=unit // 2,
        nested=[unit],
        crossed=[year],
        controls=np.column_stack([generator.normal(size=32), np.ones(32)]),
        weights=generator.uniform(1, 9, 32),
    )
    dose = generator.normal(size=(32, 1))
    second_engine.confirm(regression, dose, solve(regression, dose, ("dose",)))


def test_a_fit_that_the_second_engine_does_not_repeat_is_named_with_both_numbers() -> None:
    found = solve(REGRESSION, DOSES, ("a", "b"))
    wrong = replace(found, coefficients=found.coefficients * np.array([1.0, 1 + 1e-4]))
    with pytest.raises(EnginesDisagree, match=rf"gives {wrong.coefficients[1]:.10g} for b, pyfixest"):
        second_engine.confirm(REGRESSION, DOSES, wrong)


def test_a_coefficient_that_the_second_engine_does_not_find_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    found = solve(REGRESSION, DOSES, ("a", "b"))
    lost = np.array([found.coefficients[0], np.nan])
    monkeypatch.setattr(second_engine, "_coefficients", lambda *_: lost)
    with pytest.raises(EnginesDisagree, match=rf"gives {found.coefficients[1]:.10g} for b, pyfixest nan;"):
        second_engine.confirm(REGRESSION, DOSES, found)
