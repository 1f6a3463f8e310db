"""The arithmetic of the moving-dose test, against sums by hand and regressions written out."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from stoeval.errors import NotIdentified
from stoeval.inference.least_squares import fit
from stoeval.inference.moving_dose import LinearRows, mean_and_closeness, moving, paths, peaks

YEARS, REFERENCE = (2015, 2016, 2018), 2017
UNITS, REGIONS = 24, 8
EVERY = np.array(sorted((*YEARS, REFERENCE)))
unit, when = (code.ravel() for code in np.indices((UNITS, len(EVERY))))
PERIOD = EVERY[when]
GENERATOR = np.random.default_rng(5)
DOSES = {count: GENERATOR.uniform(0, 2, UNITS) for count in (2015, 2016, 2018)}
PAID = GENERATOR.uniform(0, 2, UNITS)
OUTCOME = GENERATOR.normal(size=len(unit)) + GENERATOR.normal(size=UNITS)[unit]
WEIGHT = GENERATOR.uniform(1, 5, UNITS)[unit]
ROWS = LinearRows(outcome=OUTCOME, cluster=unit // 3, nested=[unit], crossed=[when], weights=WEIGHT)


def by_year(values: np.ndarray) -> np.ndarray:
    """Return values by unit times each year but the reference."""
    return values[unit][:, None] * (PERIOD[:, None] == YEARS)


def test_mean_and_closeness_by_hand() -> None:
    """One unit with dose 1 at the count of 2016 and 10 at that of 2018, seen in 2015, 2016 and 2018.

    Closeness less that of 2017: for 2016 -1+1, -0+1, -2+1; for 2018 -3+1, -2+1, -0+1, times ten.
    """
    columns = {2016: np.eye(3), 2018: 10 * np.eye(3)}
    mean, closeness = mean_and_closeness(columns, YEARS, REFERENCE)
    assert np.array_equal(mean, 5.5 * np.eye(3))
    assert np.array_equal(closeness, [0 - 20, 1 - 10, -1 + 10])


def test_the_test_is_the_regression_that_is_written_out() -> None:
    """Against statsmodels with a dummy for every unit and year, closeness as -|year - count| in every year."""
    mean, closeness = mean_and_closeness({count: by_year(one) for count, one in DOSES.items()}, YEARS, REFERENCE)
    found = moving(ROWS, closeness, np.column_stack([by_year(PAID), mean]))
    near = sum(-np.abs(PERIOD - count) * one[unit] for count, one in DOSES.items())
    dummies = np.column_stack([unit[:, None] == np.arange(UNITS), when[:, None] == np.arange(1, len(EVERY))])
    written = np.column_stack([near, by_year(PAID), by_year(sum(DOSES.values()) / 3), dummies])
    assert found.effect == pytest.approx(sm.WLS(OUTCOME, written, WEIGHT).fit().params[0], rel=1e-9)
    root = np.sqrt(WEIGHT)
    left_out = [
        np.linalg.lstsq((root[:, None] * written)[keep], (root * OUTCOME)[keep], rcond=None)[0][0]
        for keep in (unit // 3 != region for region in range(REGIONS))
    ]
    jackknife = np.sqrt((REGIONS - 1) / REGIONS * np.sum((np.array(left_out) - found.effect) ** 2))
    assert found.std_error == pytest.approx(jackknife, rel=1e-7)
    assert found.df == REGIONS - 1


def test_counts_enter_alike_in_whatever_order() -> None:
    orders = (DOSES, dict(reversed(DOSES.items())))
    found = [
        mean_and_closeness({count: by_year(one) for count, one in order.items()}, YEARS, REFERENCE) for order in orders
    ]
    assert np.allclose(found[0][0], found[1][0])
    assert np.allclose(found[0][1], found[1][1])


def test_a_trend_that_goes_with_all_counts_alike_changes_nothing() -> None:
    columns = {count: by_year(one) for count, one in DOSES.items()}
    mean, closeness = mean_and_closeness(columns, YEARS, REFERENCE)
    beside = np.column_stack([by_year(PAID), mean])
    bent = LinearRows(
        outcome=OUTCOME + 3 * (PERIOD - REFERENCE) * (sum(DOSES.values()) + PAID)[unit],
        cluster=ROWS.cluster,
        nested=ROWS.nested,
        crossed=ROWS.crossed,
        weights=ROWS.weights,
    )
    assert moving(bent, closeness, beside).effect == pytest.approx(moving(ROWS, closeness, beside).effect, abs=1e-9)


@pytest.mark.parametrize("counts", [(2016,), (2016, 2018)])
def test_two_counts_beside_the_paid_one_are_needed(counts: tuple[int, ...]) -> None:
    """With the count that was paid on among two, the other one alone is left."""
    doses = {count: PAID if count == 2018 else DOSES[count] for count in counts}
    mean, closeness = mean_and_closeness({count: by_year(one) for count, one in doses.items()}, YEARS, REFERENCE)
    with pytest.raises(NotIdentified, match="cannot be told apart"):
        moving(ROWS, closeness, np.column_stack([by_year(PAID), mean]))


def test_without_counts_there_is_nothing_to_rebuild_from() -> None:
    with pytest.raises(NotIdentified, match="no count"):
        mean_and_closeness({}, YEARS, REFERENCE)


@pytest.mark.parametrize("beside", [0, 1])
def test_each_path_is_that_of_a_regression_of_its_own(beside: int) -> None:
    """Worst deviation seen 2e-15."""
    inputs = [np.random.default_rng(count).uniform(size=UNITS) for count in DOSES]
    doses = np.array([[one, *[other] * beside] for one, other in zip(DOSES.values(), inputs, strict=True)])
    found = paths(ROWS, unit, by_year(np.ones(UNITS)), doses)
    for path, together in zip(found, doses, strict=True):
        refit = fit(
            OUTCOME,
            np.column_stack([by_year(one) for one in together]),
            cluster=ROWS.cluster,
            nested=ROWS.nested,
            crossed=ROWS.crossed,
            weights=WEIGHT,
        )
        assert path == pytest.approx(refit.coefficients[: len(YEARS)], abs=1e-10)


def test_a_path_beside_the_same_dose_does_not_exist() -> None:
    with pytest.raises(NotIdentified, match="cannot be told apart"):
        paths(ROWS, unit, by_year(np.ones(UNITS)), np.array([[PAID, 2 * PAID]]))


def test_peaks_count_the_reference_year_as_zero() -> None:
    found = {2015: {2015: 0.3, 2016: 0.1, 2018: -0.2}, 2017: {2015: -0.3, 2016: -0.1, 2018: -0.2}}
    assert peaks(found, REFERENCE, highest=True) == {2015: 2015, 2017: 2017}
    assert peaks(found, REFERENCE, highest=False) == {2015: 2018, 2017: 2015}
