"""Calls of every public function on probabilities and answers not given, with other values of every argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from option_cases import Case
from option_samples import CLUSTER, CONTROLS, ROWS, WEIGHTS, X
from stoeval.inference import binomial_regression, jackknife, non_response, ordered_logit, other_engines
from stoeval.inference.binomial_regression import Link

CHANCE = np.random.default_rng(15)
WIDE = np.column_stack([X, CONTROLS, np.ones(ROWS), X[:, 1]])
"""Columns of which the last repeats the second, so that it matters how many lead."""
SHARES = CHANCE.beta(2, 3, ROWS)
BINOMIAL: dict[str, Any] = {
    "outcome": SHARES,
    "columns": WIDE,
    "weights": WEIGHTS,
    "link": Link.LOGIT,
    "leading": 1,
}
START = np.array([0.1, -0.2, 0.05, -0.3, 0.0])
FOUND = binomial_regression.fit_binomial(**BINOMIAL)
OTHER = binomial_regression.fit_binomial(**BINOMIAL | {"outcome": SHARES**2})
ANSWER = np.digitize(X @ [0.3, -0.4] + CHANCE.logistic(size=ROWS), [-1.0, 0.5])
COUNTS = np.eye(3)[ANSWER] * WEIGHTS[:, None]
OTHER_COUNTS = np.eye(3)[np.roll(ANSWER, 1)] * WEIGHTS[:, None]
COLUMNS = WIDE[:, [0, 1, 2, 4]]
ORDERED: dict[str, Any] = {"counts": COUNTS, "columns": COLUMNS, "leading": 1}
ORDERED_FOUND = ordered_logit.fit_ordered(**ORDERED)
ORDERED_OTHER = ordered_logit.fit_ordered(**ORDERED | {"counts": OTHER_COUNTS})
PARAMETERS = np.concatenate([ORDERED_FOUND.coefficients, ORDERED_FOUND.thresholds])
SINGULAR = np.array([[2.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
UNITS = 60
EXPOSURE = CHANCE.uniform(0, 2, UNITS)
BEFORE = CHANCE.uniform(0.2, 0.6, UNITS)
AFTER = np.clip(BEFORE[:, None] + CHANCE.normal(0.1, 0.1, (UNITS, 2)), 0.01, 0.99)
ANSWERED = CHANCE.random((UNITS, 2)) < 0.8
COMPARED: dict[str, Any] = {
    "cluster": np.arange(UNITS) // 5,
    "weights": CHANCE.uniform(0.5, 2, UNITS),
    "level": 0.95,
}


def means(rows: np.ndarray) -> np.ndarray:
    """Return a statistic of rows."""
    return X[rows].mean(axis=0)


def squares(rows: np.ndarray) -> np.ndarray:
    """Return another statistic of rows."""
    return (X[rows] ** 2).mean(axis=0)


PROBABILITIES: dict[str, Case] = {
    "binomial_regression.fit_binomial": Case(
        function=binomial_regression.fit_binomial,
        given=BINOMIAL | {"start": START},
        free={"start": "the likelihood of these links has one maximum, wherever the steps begin"},
    ),
    "binomial_regression.outcome_pull": Case(
        function=binomial_regression.outcome_pull,
        given={"fit": FOUND, "columns": WIDE, "weights": WEIGHTS, "gradient": START},
        changed={"fit": (OTHER,)},
    ),
    "binomial_regression.response": Case(
        function=binomial_regression.response, given={"index": np.linspace(-2, 1, 7), "link": Link.LOGIT}
    ),
    "binomial_regression.independent_columns": Case(
        function=binomial_regression.independent_columns,
        given={"columns": COLUMNS, "leading": 1},
        changed={"columns": (COLUMNS[:, :2],), "leading": (4,)},
    ),
    "binomial_regression.pseudo_inverse": Case(
        function=binomial_regression.pseudo_inverse,
        given={"information": SINGULAR, "leading": 1},
    ),
    "ordered_logit.fit_ordered": Case(
        function=ordered_logit.fit_ordered,
        given=ORDERED | {"start": np.array([0.0, 0, 0, 0, -1, 1])},
        changed={"counts": (OTHER_COUNTS,)},
        free={"start": "the likelihood has one maximum, wherever the steps begin"},
    ),
    "ordered_logit.category_pull": Case(
        function=ordered_logit.category_pull,
        given={"fit": ORDERED_FOUND, "columns": COLUMNS, "gradient": np.array([0.3, -1.0, 0.5, 0, 0.2, 0.1])},
        changed={"fit": (ORDERED_OTHER,)},
    ),
    "other_engines.confirm_binomial": Case(
        function=other_engines.confirm_binomial,
        given=BINOMIAL | {"coefficients": FOUND.coefficients},
    ),
    "other_engines.confirm_ordered": Case(
        function=other_engines.confirm_ordered,
        given=ORDERED | {"parameters": PARAMETERS},
        changed={"counts": (OTHER_COUNTS,)},
    ),
    "jackknife.jackknife": Case(
        function=jackknife.jackknife,
        given={"statistic": means, "cluster": CLUSTER},
        changed={"statistic": (squares,)},
    ),
    "non_response.worst_case": Case(
        function=non_response.worst_case,
        given=COMPARED
        | {
            "before": BEFORE,
            "after": AFTER,
            "answered": ANSWERED,
            "exposure": EXPOSURE,
            "controls": CHANCE.normal(size=(UNITS, 1)),
            "scale": (0.0, 1.0),
        },
        changed={"after": (AFTER * 0.9,), "scale": ((-0.5, 1.0), (0.0, 1.5)), "controls": (None,)},
    ),
    "non_response.trimming_bounds": Case(
        function=non_response.trimming_bounds,
        given=COMPARED | {"outcome": AFTER[:, 0] - BEFORE, "answered": ANSWERED[:, 0], "exposed": EXPOSURE > 1},
    ),
    "non_response.weighted_median": Case(
        function=non_response.weighted_median,
        given={"values": EXPOSURE, "weights": COMPARED["weights"]},
        changed={"weights": (COMPARED["weights"] * (1 + EXPOSURE),)},
    ),
}
