"""The jackknife of any statistic, by hand and beside the jackknife of a regression."""

from __future__ import annotations

import numpy as np
import pytest

from option_samples import CLUSTER, WEIGHTS, X, Y
from stoeval.errors import NotIdentified
from stoeval.inference.clustering import crv3, leave_one_out
from stoeval.inference.jackknife import jackknife
from stoeval.inference.least_squares import fit


def test_the_mean_of_three_by_hand() -> None:
    """Without each: 2.5, 2, 1.5; V = 2/3 (0.25 + 0 + 0.25)."""
    values = np.array([1.0, 2.0, 3.0])
    found = jackknife(lambda rows: np.array([values[rows].mean()]), np.arange(3))
    assert found.estimate.tolist() == [2.0]
    assert found.without.tolist() == [[2.5], [2.0], [1.5]]
    assert found.covariance.matrix[0, 0] == pytest.approx(1 / 3, rel=1e-14)
    assert (found.covariance.df, found.covariance.convention) == (2, "CRV3 (G-1)/G, exact refits, t(2)")


def test_of_least_squares_it_is_crv3() -> None:
    columns = np.column_stack([X, np.ones(len(Y))])
    root = np.sqrt(WEIGHTS)[:, None]

    def slopes(rows: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(columns[rows] * root[rows], Y[rows] * root[rows, 0], rcond=None)[0][:2]

    found = jackknife(slopes, CLUSTER)
    whole = fit(Y, X, cluster=CLUSTER, nested=[], crossed=[np.zeros(len(Y), dtype=np.int64)], weights=WEIGHTS)
    np.testing.assert_allclose(found.without, leave_one_out(whole), rtol=1e-9)  # worst deviation seen 2e-15
    np.testing.assert_allclose(found.covariance.matrix, crv3(whole).matrix, rtol=1e-9)  # worst deviation seen 9e-15


def test_a_statistic_that_needs_one_cluster_says_which() -> None:
    values = np.array([0.0, 0.0, 1.0, 0.0])

    def one_of_the_positive(rows: np.ndarray) -> np.ndarray:
        if not values[rows].any():
            message = "nothing is positive"
            raise NotIdentified(message)
        return values[rows][:1]

    with pytest.raises(NotIdentified, match="not identified without cluster 2 of 4: nothing is positive"):
        jackknife(one_of_the_positive, np.arange(4))
    with pytest.raises(NotIdentified, match="at least 3"):
        jackknife(one_of_the_positive, np.array([0, 0, 1, 1]))
