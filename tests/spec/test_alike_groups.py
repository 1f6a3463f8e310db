"""Whether groups are alike is told by flipping the signs of their units."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.alike_groups import alike_groups

GENERATOR = np.random.default_rng(3)
GROUP = np.repeat(np.arange(4), 3)
EVEN = np.ones(12)
VALUES = GENERATOR.normal(size=12) + np.array([0.0, 1.5, -0.5, 0.4])[GROUP]
MANY = np.repeat(np.arange(12), 4)
LINE = np.column_stack([np.ones(12), GENERATOR.normal(size=12)])
LONG = GENERATOR.normal(size=48)
PRECISIONS = GENERATOR.uniform(0.5, 3, 48)


def p_value(values: np.ndarray, *, seed: int = 1, **options: object) -> float:
    own = {"precisions": PRECISIONS, "group": MANY, "design": LINE, "draws": 400} | options
    return alike_groups(values, generator=np.random.default_rng(seed), **own).p_value  # type: ignore[arg-type]


def test_the_p_value_is_the_share_of_all_sign_flips() -> None:
    """With groups of equal size and weight Q is the variance of their means, whatever the weights are scaled by."""
    deviation = VALUES - VALUES.mean()
    flipped = np.array(list(product((-1.0, 1.0), repeat=12))) * deviation / np.sqrt(1 - 1 / 12)
    spread = flipped.reshape(-1, 4, 3).mean(axis=2).var(axis=1)
    share = np.mean(spread >= VALUES.reshape(4, 3).mean(axis=1).var())
    # Squares of these units do not tell groups of different noise, so that all groups weigh alike.
    found = alike_groups(VALUES, EVEN, GROUP, generator=np.random.default_rng(1), draws=40_000)
    assert found.p_value == pytest.approx(share, abs=0.008)  # three standard errors of the draws


def test_what_the_design_explains_is_no_difference() -> None:
    moved = LONG + (LINE @ [3.0, -2.0])[MANY]
    assert p_value(moved) == pytest.approx(p_value(LONG), abs=1e-12)


def test_the_scale_and_the_order_of_units_do_not_matter() -> None:
    assert p_value(1e3 * LONG) == p_value(LONG)
    order = np.random.default_rng(5).permutation(48)
    shuffled = p_value(LONG[order], precisions=PRECISIONS[order], group=MANY[order])
    assert shuffled == pytest.approx(p_value(LONG), abs=0.08)  # other draws of 400


def test_groups_that_differ_are_told_apart() -> None:
    assert p_value(LONG + 4.0 * np.random.default_rng(6).normal(size=12)[MANY]) < 0.01


def test_parameters_that_each_group_spent_make_the_test_more_cautious() -> None:
    assert p_value(LONG + MANY / 12, nuisances=1) > p_value(LONG + MANY / 12)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"draws": 0}, EstimationError, "draws of one or more"),
        ({"design": LINE[:-1]}, EstimationError, "need as many rows"),
        ({"design": np.ones((12, 2))}, NotIdentified, "leave nothing to differ"),
        ({"design": np.eye(12)}, NotIdentified, "leave nothing to differ"),
        ({"group": np.where(np.arange(48) == 0, 12, MANY), "design": None, "nuisances": 1}, NotIdentified, "1 groups"),
    ],
)
def test_what_cannot_be_tested_is_refused(options: dict[str, object], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        p_value(LONG, **options)
