"""Binomial regression through four links, beside statsmodels, by hand and at its edges."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from stoeval.errors import EnginesDisagree, EstimationError, NotIdentified
from stoeval.inference.binomial_regression import Link, fit_binomial, outcome_pull, response
from stoeval.inference.other_engines import confirm_binomial

GENERATOR = np.random.default_rng(5)
ROWS = 400
COLUMNS = np.column_stack([GENERATOR.normal(size=(ROWS, 2)), np.ones(ROWS)])
SHARES = GENERATOR.beta(2, 3, ROWS)
CLOSED = (GENERATOR.random(ROWS) < 0.3) * 1.0
WEIGHTS = GENERATOR.uniform(0.5, 3, ROWS)
LINKS = sm.families.links
THEIRS = {Link.LOGIT: LINKS.Logit(), Link.PROBIT: LINKS.Probit(), Link.COMPLEMENTARY_LOG_LOG: LINKS.CLogLog()}


@pytest.mark.parametrize("link", THEIRS)
@pytest.mark.parametrize("outcome", [SHARES, CLOSED], ids=["shares", "yes and no"])
def test_coefficients_are_those_of_statsmodels(link: Link, outcome: np.ndarray) -> None:
    found = fit_binomial(outcome, COLUMNS, weights=WEIGHTS, link=link, leading=2)
    model = sm.GLM(outcome, COLUMNS, family=sm.families.Binomial(THEIRS[link]), var_weights=WEIGHTS)
    theirs = model.fit(tol=1e-13, tol_criterion="params", maxiter=100)
    np.testing.assert_allclose(found.coefficients, theirs.params, rtol=1e-8)  # worst deviation seen 3e-11
    np.testing.assert_allclose(found.mean, theirs.fittedvalues, rtol=1e-8)  # worst deviation seen 4e-12


def test_the_linear_link_is_weighted_least_squares() -> None:
    found = fit_binomial(SHARES, COLUMNS, weights=WEIGHTS, link=Link.LINEAR, leading=2)
    theirs = np.linalg.lstsq(COLUMNS * np.sqrt(WEIGHTS)[:, None], SHARES * np.sqrt(WEIGHTS), rcond=None)[0]
    np.testing.assert_allclose(found.coefficients, theirs, rtol=1e-10)  # worst deviation seen 5e-15


@pytest.mark.parametrize("link", Link)
def test_the_slope_is_the_derivative_of_the_mean(link: Link) -> None:
    index, step = np.linspace(-3, 1.2, 43), 1e-6
    slope = (response(index + step, link)[0] - response(index - step, link)[0]) / (2 * step)
    np.testing.assert_allclose(response(index, link)[1], slope, rtol=1e-8)  # worst deviation seen 5e-10


def test_without_columns_the_hazard_is_the_share_that_closes() -> None:
    """One of four closes: log(-log(3/4)) by hand."""
    found = fit_binomial(
        np.array([1.0, 0, 0, 0]),
        np.ones((4, 1)),
        weights=np.ones(4),
        link=Link.COMPLEMENTARY_LOG_LOG,
        leading=1,
    )
    assert found.coefficients[0] == pytest.approx(np.log(-np.log(0.75)), rel=1e-9)


@pytest.mark.parametrize("link", Link)
def test_the_pull_of_an_outcome_is_what_moving_it_does(link: Link) -> None:
    gradient, step, row = np.array([0.4, -1.0, 0.2]), 1e-5, 17
    ends = []
    for sign in (1, -1):
        moved = SHARES.copy()
        moved[row] += sign * step
        ends.append(fit_binomial(moved, COLUMNS, weights=WEIGHTS, link=link, leading=2).coefficients @ gradient)
    found = fit_binomial(SHARES, COLUMNS, weights=WEIGHTS, link=link, leading=2)
    pull = outcome_pull(found, COLUMNS, WEIGHTS, gradient)
    # Expected information stands for observed information, which for the logit and the line are the same.
    exact = link in {Link.LOGIT, Link.LINEAR}
    assert pull[row] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5 if exact else 0.1)


def test_columns_that_repeat_others_leave_the_leading_ones_as_they_are() -> None:
    once = fit_binomial(SHARES, COLUMNS, weights=WEIGHTS, link=Link.LOGIT, leading=2)
    twice = np.column_stack([COLUMNS, 3 * COLUMNS[:, 2], np.zeros(ROWS)])
    again = fit_binomial(SHARES, twice, weights=WEIGHTS, link=Link.LOGIT, leading=2)
    np.testing.assert_allclose(again.coefficients[:2], once.coefficients[:2], rtol=1e-9)  # worst seen 2e-15
    with pytest.raises(NotIdentified, match="cannot be told apart"):
        fit_binomial(SHARES, twice, weights=WEIGHTS, link=Link.LOGIT, leading=3)


@pytest.mark.parametrize("link", [Link.LOGIT, Link.PROBIT, Link.COMPLEMENTARY_LOG_LOG])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_year_in_which_nothing_or_everything_closes_tells_nothing_of_the_rest(link: Link, value: float) -> None:
    quiet = np.zeros((ROWS, 2))
    quiet[:40, 0], quiet[40:, 1] = 1.0, 1.0
    outcome = np.where(quiet[:, 0] > 0, value, CLOSED)
    columns = np.column_stack([COLUMNS[:, :2], quiet])
    found = fit_binomial(outcome, columns, weights=WEIGHTS, link=link, leading=2)
    rest = fit_binomial(CLOSED[40:], COLUMNS[40:], weights=WEIGHTS[40:], link=link, leading=2)
    np.testing.assert_allclose(found.coefficients[:2], rest.coefficients[:2], rtol=1e-6)  # worst deviation seen 2e-11
    confirm_binomial(outcome, columns, weights=WEIGHTS, link=link, leading=2, coefficients=found.coefficients)


def test_a_column_that_predicts_perfectly_is_not_identified() -> None:
    columns = np.column_stack([CLOSED, np.ones(ROWS)])
    with pytest.raises(NotIdentified, match="predicted perfectly"):
        fit_binomial(CLOSED, columns, weights=WEIGHTS, link=Link.LOGIT, leading=1)


def test_outcomes_outside_zero_to_one_and_outcomes_that_never_vary_are_refused() -> None:
    for outcome in (SHARES + 1, np.full(ROWS, 0.3)):
        with pytest.raises(NotIdentified):
            fit_binomial(outcome, COLUMNS, weights=WEIGHTS, link=Link.LOGIT, leading=2)
    with pytest.raises(EstimationError, match="zero or less"):
        fit_binomial(SHARES, COLUMNS, weights=0 * WEIGHTS, link=Link.LOGIT, leading=2)


@pytest.mark.parametrize("link", Link)
def test_another_engine_that_ends_elsewhere_stops_the_run(link: Link) -> None:
    found = fit_binomial(SHARES, COLUMNS, weights=WEIGHTS, link=link, leading=2)
    confirm_binomial(SHARES, COLUMNS, weights=WEIGHTS, link=link, leading=2, coefficients=found.coefficients)
    with pytest.raises(EnginesDisagree, match="statsmodels"):
        confirm_binomial(SHARES, COLUMNS, weights=WEIGHTS, link=link, leading=2, coefficients=found.coefficients + 1e-5)
