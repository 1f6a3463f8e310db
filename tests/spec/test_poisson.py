"""Poisson models whose maximum has a closed form, and everything that has none.

With effects for units and one dummy for the second year the slope is the log of the total after over the
total before, whatever the units: 8, 6, 6 become 4, 7, 19, so 30 over 20. Of each unit's total a share
p = 30/50 is expected after; its score is what it had more, and the information is the sum of total p (1 - p).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.errors import EnginesDisagree, EstimationError, NotIdentified
from stoeval.inference import second_engine
from stoeval.inference.clustering import Convention, crv1
from stoeval.inference.poisson import fit_poisson
from stoeval.inference.regression import Regression, solve

if TYPE_CHECKING:
    from stoeval.inference.least_squares import Fit

UNIT = np.repeat(np.arange(3), 2)
AFTER = np.tile([0.0, 1.0], 3)
COUNTS = np.array([8.0, 4, 6, 7, 6, 19])
CLOSE = 1e-9  # worst deviation seen 2e-10, in a standard error


def counted(outcome: np.ndarray, x: np.ndarray = AFTER, **further: object) -> Fit:
    rows = len(outcome)
    settings: dict[str, object] = {
        "names": ("x",),
        "cluster": UNIT,
        "nested": [UNIT],
        "crossed": [],
        "offset": np.zeros(rows),
        **further,
    }
    return fit_poisson(outcome, x.reshape(rows, -1), **settings)


# --- by hand ---------------------------------------------------------------------------------------------------


def test_the_slope_within_units_is_the_log_of_total_after_over_total_before() -> None:
    assert counted(COUNTS).coefficients[0] == pytest.approx(np.log(30 / 20), rel=CLOSE)


def test_without_effects_the_slope_is_the_log_of_mean_over_mean() -> None:
    outcome, x = np.array([1.0, 3, 5, 9, 0, 2]), np.array([0.0, 0, 1, 1, 1, 0])
    found = counted(outcome, x, nested=[], cluster=np.arange(6))
    assert found.coefficients[0] == pytest.approx(np.log((14 / 3) / (6 / 3)), rel=CLOSE)


def test_an_offset_turns_counts_into_rates() -> None:
    """Twice as many people before: 20 over 100 becomes 30 over 50."""
    people = np.array([40.0, 10, 30, 15, 30, 25])
    totals = np.array([20 / 100, 30 / 50])
    found = counted(COUNTS, nested=[], offset=np.log(people))
    assert found.coefficients[0] == pytest.approx(np.log(totals[1] / totals[0]), rel=CLOSE)


def test_crv1_of_the_slope_by_hand() -> None:
    """Totals 12, 13, 25; scores 4 - 7.2, 7 - 7.8, 19 - 15; information 50 x 0.24."""
    scores = np.array([4 - 12 * 0.6, 7 - 13 * 0.6, 19 - 25 * 0.6])
    sandwich = (scores**2).sum() / (50 * 0.6 * 0.4) ** 2
    fitted = counted(COUNTS)
    assert crv1(fitted, Convention.FIXEST).matrix[0, 0] == pytest.approx(3 / 2 * 5 / 4 * sandwich, rel=CLOSE)
    assert crv1(fitted, Convention.STATA).matrix[0, 0] == pytest.approx(3 / 2 * 5 / 2 * sandwich, rel=CLOSE)


def test_a_control_takes_its_part_out() -> None:
    """The counts are exp(1 + 0.5 x - 0.25 c) exactly, so that is where the maximum lies."""
    x, c = np.array([0.0, 1, 2, 0, 1, 3]), np.array([1.0, 0, 2, 3, 1, 0])
    found = counted(np.exp(1 + 0.5 * x - 0.25 * c), x, nested=[], controls=c[:, None])
    assert found.coefficients[0] == pytest.approx(0.5, rel=CLOSE)


# --- rows without information ------------------------------------------------------------------------------------


def test_a_unit_without_any_positive_outcome_is_left_out_and_changes_nothing() -> None:
    unit, after = np.repeat(np.arange(4), 2), np.tile([0.0, 1.0], 4)
    outcome = np.insert(COUNTS, 2, [0.0, 0.0])
    found = counted(outcome, after, nested=[unit], cluster=unit)
    np.testing.assert_array_equal(found.rows, [0, 1, 4, 5, 6, 7])
    assert (found.n_obs, found.n_clusters) == (6, 3)
    assert found.coefficients[0] == pytest.approx(np.log(30 / 20), rel=CLOSE)


def test_leaving_out_a_year_can_leave_a_unit_without_positive_outcomes() -> None:
    """The last year is empty everywhere; unit 3 has nothing else, and goes with it."""
    unit, year = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    outcome = np.array([8.0, 4, 0, 6, 7, 0, 6, 19, 0, 0, 0, 0])
    found = counted(outcome, (year == 1) * np.arange(12.0), nested=[unit], crossed=[year], cluster=unit)
    np.testing.assert_array_equal(found.rows, [0, 1, 3, 4, 6, 7])


def test_nothing_but_zeros_cannot_be_fitted() -> None:
    with pytest.raises(NotIdentified, match="only 0 of 6 rows lie in groups with a positive outcome"):
        counted(np.zeros(6))


# --- refusals --------------------------------------------------------------------------------------------------


def test_negative_outcomes_are_counted_and_refused() -> None:
    with pytest.raises(EstimationError, match=r"^2 outcomes are negative"):
        counted(np.array([8.0, -1, 6, 7, -0.5, 19]))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["outcome", "regressor", "control", "offset"])
def test_values_that_are_not_finite_are_refused_and_never_dropped(where: str, value: float) -> None:
    arrays = {"outcome": COUNTS, "regressor": AFTER, "control": AFTER * UNIT, "offset": np.zeros(6)}
    arrays = {name: array.copy() for name, array in arrays.items()}
    arrays[where][3] = value
    with pytest.raises(EstimationError, match=r"^1 values are not finite"):
        counted(arrays["outcome"], arrays["regressor"], controls=arrays["control"][:, None], offset=arrays["offset"])


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(EstimationError, match="outcome has 4 rows"):
        fit_poisson(COUNTS[:4], AFTER[:, None], names=("x",), cluster=UNIT, nested=[UNIT], crossed=[], offset=AFTER)


def separated(rows: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return counts that are always zero where a dummy is one, in units that have other counts too."""
    generator = np.random.default_rng(6)
    unit, x = np.repeat(np.arange(rows // 5), 5), generator.normal(size=rows)
    never = (np.tile(np.arange(5), rows // 5) == 3) & (unit % 2 == 0)
    outcome = generator.poisson(3, rows) * ~never + 0.0
    return outcome, x, never * 1.0, unit


def test_a_regressor_that_predicts_zeros_perfectly_has_no_estimate() -> None:
    outcome, x, never, unit = separated()
    with pytest.raises(NotIdentified, match=r"separation|cannot be told apart"):
        counted(outcome, np.column_stack([x, never]), names=("x", "never"), nested=[unit], cluster=unit)


def test_a_control_that_predicts_zeros_perfectly_stops_the_fit() -> None:
    outcome, x, never, unit = separated()
    with pytest.raises(NotIdentified, match=r"no maximum: some outcomes are predicted perfectly \(separation\)"):
        counted(outcome, x, controls=never[:, None], nested=[unit], cluster=unit)


def test_a_collinear_regressor_is_named() -> None:
    with pytest.raises(NotIdentified, match=r"from each other: twice$"):
        counted(COUNTS, np.column_stack([AFTER, 2 * AFTER]), names=("once", "twice"))


def test_a_poisson_fit_is_confirmed_on_the_rows_that_it_used() -> None:
    unit, after = np.repeat(np.arange(4), 2), np.tile([0.0, 1.0], 4)
    regression = Regression(
        outcome=np.insert(COUNTS, 2, [0.0, 0.0]), cluster=unit, nested=[unit], offset=np.linspace(0, 1, 8)
    )
    found = solve(regression, after[:, None], ("x",))
    assert len(found.rows) == 6
    second_engine.confirm(regression, after[:, None], found)
    wrong = replace(found, coefficients=found.coefficients + 1e-5)
    with pytest.raises(EnginesDisagree, match="for x, pyfixest"):
        second_engine.confirm(regression, after[:, None], wrong)
