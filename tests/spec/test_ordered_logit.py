"""Ordered logit beside statsmodels, the plain logit and small changes of its answers."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from stoeval.errors import EnginesDisagree, EstimationError, NotIdentified
from stoeval.inference.binomial_regression import Link, fit_binomial
from stoeval.inference.ordered_logit import category_pull, fit_ordered
from stoeval.inference.other_engines import confirm_ordered

GENERATOR = np.random.default_rng(6)
ROWS, CATEGORIES = 500, 4
COLUMNS = GENERATOR.normal(size=(ROWS, 3))
ANSWER = np.digitize(COLUMNS @ [0.5, -0.3, 0.2] + GENERATOR.logistic(size=ROWS), [-1.0, 0.0, 1.5])
COUNTS = np.eye(CATEGORIES)[ANSWER]
WEIGHTED = COUNTS * GENERATOR.uniform(0.5, 3, (ROWS, 1))


def test_coefficients_thresholds_and_likelihood_are_those_of_statsmodels() -> None:
    found = fit_ordered(COUNTS, COLUMNS, leading=3)
    theirs = OrderedModel(ANSWER, COLUMNS, distr="logit").fit(method="newton", disp=0, tol=1e-12)
    thresholds = theirs.model.transform_threshold_params(theirs.params)[1:-1]
    np.testing.assert_allclose(found.coefficients, theirs.params[:3], rtol=1e-6)  # worst deviation seen 9e-10
    np.testing.assert_allclose(found.thresholds, thresholds, rtol=1e-6)  # worst deviation seen 4e-9
    assert found.log_likelihood == pytest.approx(theirs.llf, rel=1e-12)


def test_two_categories_are_the_plain_logit() -> None:
    weights = WEIGHTED.sum(axis=1)
    high = (ANSWER >= 2) * 1.0
    found = fit_ordered(np.column_stack([1 - high, high]) * weights[:, None], COLUMNS, leading=3)
    columns = np.column_stack([COLUMNS, np.ones(ROWS)])
    plain = fit_binomial(high, columns, weights=weights, link=Link.LOGIT, leading=3)
    np.testing.assert_allclose(found.coefficients, plain.coefficients[:3], rtol=1e-9)  # worst deviation seen 3e-13
    assert found.thresholds[0] == pytest.approx(-plain.coefficients[3], rel=1e-9)
    np.testing.assert_allclose(found.top, plain.mean, rtol=1e-9)


def test_weights_count_answers() -> None:
    repeated = np.repeat(np.arange(ROWS), 1 + np.arange(ROWS) % 3)
    counted = COUNTS * (1 + np.arange(ROWS) % 3)[:, None]
    found, again = fit_ordered(counted, COLUMNS, leading=3), fit_ordered(COUNTS[repeated], COLUMNS[repeated], leading=3)
    np.testing.assert_allclose(found.coefficients, again.coefficients, rtol=1e-9)


def test_it_starts_anywhere_and_ends_in_the_one_maximum() -> None:
    found = fit_ordered(WEIGHTED, COLUMNS, leading=3)
    start = np.concatenate([[3.0, -2.0, 1.0], [-4.0, 1.0, 1.5]])
    again = fit_ordered(WEIGHTED, COLUMNS, leading=3, start=start)
    np.testing.assert_allclose(again.coefficients, found.coefficients, rtol=1e-8)


def test_the_pull_of_an_answer_is_what_adding_a_little_of_it_does() -> None:
    gradient, step = np.array([0.4, -1.0, 0.2, 0.3, 0.0, -0.5]), 1e-5
    found = fit_ordered(WEIGHTED, COLUMNS, leading=3)
    pull = category_pull(found, COLUMNS, gradient)
    parameters = np.concatenate([found.coefficients, found.thresholds])
    for row, category in ((3, 0), (40, 1), (77, 2), (123, 3)):
        counts = WEIGHTED.copy()
        counts[row, category] += step
        one = fit_ordered(counts, COLUMNS, leading=3)
        slope = (np.concatenate([one.coefficients, one.thresholds]) - parameters) @ gradient / step
        assert pull[row, category] == pytest.approx(slope, rel=1e-3, abs=1e-7)  # worst deviation seen 3e-7


def test_years_that_add_up_to_a_constant_leave_the_leading_columns_as_they_are() -> None:
    years = np.eye(4)[np.arange(ROWS) % 4]
    whole = fit_ordered(WEIGHTED, np.column_stack([COLUMNS, years]), leading=3)
    fewer = fit_ordered(WEIGHTED, np.column_stack([COLUMNS, years[:, 1:]]), leading=3)
    np.testing.assert_allclose(whole.coefficients[:3], fewer.coefficients[:3], rtol=1e-8)
    np.testing.assert_allclose(whole.top, fewer.top, rtol=1e-8)
    with pytest.raises(NotIdentified, match="cannot be told apart"):
        fit_ordered(WEIGHTED, np.column_stack([COLUMNS, years]), leading=4)


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(NotIdentified, match="hold no answer"):
        fit_ordered(np.column_stack([COUNTS, np.zeros(ROWS)]), COLUMNS, leading=3)
    with pytest.raises(EstimationError, match="at least two categories"):
        fit_ordered(COUNTS[:, :1], COLUMNS, leading=3)
    with pytest.raises(EstimationError, match="none negative"):
        fit_ordered(-COUNTS, COLUMNS, leading=3)
    with pytest.raises(NotIdentified, match=r"predicted perfectly|cannot be told apart"):
        fit_ordered(COUNTS, ANSWER[:, None] * 1.0, leading=1)


def test_another_engine_whose_likelihood_peaks_elsewhere_stops_the_run() -> None:
    found = fit_ordered(WEIGHTED, COLUMNS, leading=3)
    parameters = np.concatenate([found.coefficients, found.thresholds])
    confirm_ordered(WEIGHTED, COLUMNS, leading=3, parameters=parameters)
    with pytest.raises(EnginesDisagree, match="statsmodels"):
        confirm_ordered(WEIGHTED, COLUMNS, leading=3, parameters=parameters + 1e-5)
