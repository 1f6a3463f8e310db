"""Calls of every public function that pools and ranks groups, with other values of every argument."""

from __future__ import annotations

import numpy as np

from option_cases import Case, Seed
from stoeval.inference.partial_pooling import Between, group_means, pool
from stoeval.inference.rank_confidence import rank_confidence_sets

CHANCE = np.random.default_rng(5)
GROUPS = 14
VARIANCES = CHANCE.uniform(0.1, 1.0, GROUPS)
LINE = np.column_stack([np.ones(GROUPS), CHANCE.normal(size=GROUPS)])
ESTIMATES = LINE @ [1.0, 0.5] + 1.5 * CHANCE.normal(size=GROUPS)
GROUP = np.repeat(np.arange(GROUPS), 4)
VALUES = CHANCE.normal(size=len(GROUP)) + ESTIMATES[GROUP]
STEPS = np.array([0.0, 2.9, 5.9, 9.0, 12.2, 15.5])
NEAR = np.diag(np.linspace(0.9, 1.2, 6))

POOLING: dict[str, Case] = {
    "partial_pooling.pool": Case(
        function=pool,
        given={
            "estimates": ESTIMATES,
            "variances": VARIANCES,
            "design": LINE,
            "between": Between.REML,
            "level": 0.95,
        },
        changed={"design": (None, LINE**2)},
    ),
    "partial_pooling.group_means": Case(
        function=group_means,
        given={"values": VALUES, "precisions": CHANCE.uniform(0.5, 2, len(GROUP)), "group": GROUP, "nuisances": 0},
    ),
    "rank_confidence.rank_confidence_sets": Case(
        function=rank_confidence_sets,
        given={
            "effects": STEPS,
            "covariance": NEAR,
            "generator": Seed(1),
            "level": 0.95,
            "draws": 20,
        },
        changed={"effects": (STEPS / 2,), "level": (0.5,), "draws": (2_000,)},
    ),
}
