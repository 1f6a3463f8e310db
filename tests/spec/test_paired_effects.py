"""Two effects tested together: by hand, and against one regression that holds both."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import contrast, crv3, leave_one_out, wald
from stoeval.inference.least_squares import fit
from stoeval.inference.paired_effects import Jackknifed, paired_effects

ONE = np.ones(1)


def by_hand(effect: float, std_error: float, p_value: float, moves: list[float], clusters: list[int]) -> Jackknifed:
    """Return an effect whose value without each cluster lies this far off."""
    return Jackknifed(
        effect=effect,
        std_error=std_error,
        p_value=p_value,
        without=effect + np.array(moves),
        clusters=np.array(clusters),
    )


def test_correlation_and_wald_by_hand() -> None:
    first = by_hand(2.0, 1.0, 0.10, [3.0, 0.0, 4.0], [1, 2, 3])
    second = by_hand(-3.0, 1.5, 0.20, [0.0, 1.0, 2.0, 2.0], [2, 4, 3, 5])
    # Of both: cluster 2 (0 x 0) and 3 (4 x 2) = 8; lengths 5 and 3; t = 2 and -2.
    correlation = 8 / 15
    statistic = (4 + 4 - 2 * correlation * 2 * -2) / (1 - correlation**2) / 2
    found = paired_effects(first, second)
    assert found.correlation == pytest.approx(correlation, rel=1e-12)
    assert found.df == 2.0
    assert found.p_value == pytest.approx(stats.f.sf(statistic, 2, 2), rel=1e-12)


def test_signs_say_what_is_gain() -> None:
    first = by_hand(2.0, 1.0, 0.01, [3.0, 0.0, 4.0], [1, 2, 3])
    second = by_hand(-3.0, 1.5, 0.03, [0.0, 1.0, 2.0], [1, 2, 3])
    opposite, both = paired_effects(first, second), paired_effects(first, second, (1, -1))
    assert (opposite.p_opposite, opposite.p_both) == (0.03, 1.0)
    assert (both.p_opposite, both.p_both) == (1.0, 0.03)
    assert paired_effects(first, second, (-1, 1)).p_both == 1.0


def test_it_is_the_joint_test_of_one_regression_that_holds_both() -> None:
    generator = np.random.default_rng(3)
    cluster = np.repeat(np.arange(20), 6)
    dose = generator.normal(size=20)[cluster]
    shock = generator.normal(size=(20, 2))
    outcomes = [shock[cluster, j] + 0.4 * shock[cluster, 0] + generator.normal(size=120) + 0.3 * dose for j in (0, 1)]
    ends = []
    for outcome in outcomes:
        own = fit(outcome, dose, cluster=cluster)
        effect = contrast(own.coefficients, crv3(own), ONE)
        ends.append(
            Jackknifed(
                effect=effect.effect,
                std_error=effect.std_error,
                p_value=effect.p_value,
                without=leave_one_out(own)[:, 0],
                clusters=np.arange(20),
            )
        )
    second = np.repeat([0, 1], 120)
    columns = np.column_stack([np.tile(dose, 2) * (second == j) for j in (0, 1)])
    stacked = fit(np.concatenate(outcomes), columns, cluster=np.tile(cluster, 2), crossed=[second])
    together = crv3(stacked)
    matrix = together.matrix
    found = paired_effects(*ends)
    assert found.correlation == pytest.approx(matrix[0, 1] / np.sqrt(matrix[0, 0] * matrix[1, 1]), rel=1e-9)
    # worst seen 2e-14
    assert found.p_value == pytest.approx(wald(stacked.coefficients, together, [0, 1]).p_value, rel=1e-9)


def test_what_cannot_be_tested_together_is_refused() -> None:
    first = by_hand(2.0, 1.0, 0.01, [3.0, 0.0, 4.0], [1, 2, 3])
    with pytest.raises(NotIdentified, match="move as one"):
        paired_effects(first, first)
    with pytest.raises(EstimationError, match="signs"):
        paired_effects(first, by_hand(1.0, 1.0, 0.5, [0.0, 1.0, 2.0], [1, 2, 3]), (0, 1))
    with pytest.raises(EstimationError, match="each cluster once"):
        paired_effects(first, by_hand(1.0, 1.0, 0.5, [0.0, 1.0, 2.0], [1, 2, 2]))


def test_effects_without_a_shared_cluster_are_uncorrelated() -> None:
    first = by_hand(2.0, 1.0, 0.01, [3.0, 0.0, 4.0], [1, 2, 3])
    assert paired_effects(first, by_hand(1.0, 1.0, 0.5, [0.0, 1.0, 2.0], [4, 5, 6])).correlation == 0.0
