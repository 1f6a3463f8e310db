"""Calls of every public function that pools and ranks groups, with other values of every argument."""

from __future__ import annotations

import numpy as np

from option_cases import Case, Seed
from stoeval.inference.alike_groups import alike_groups
from stoeval.inference.moderated_variances import moderated_variances, refuse_df
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
            "df": np.full(GROUPS, 5.0),
            "between": Between.REML,
            "level": 0.95,
        },
        changed={"design": (None, LINE**2), "df": (None, np.full(GROUPS, 9.0))},
    ),
    "alike_groups.alike_groups": Case(
        function=alike_groups,
        given={
            "values": VALUES - 0.9 * ESTIMATES[GROUP],
            "precisions": CHANCE.uniform(0.5, 2, len(GROUP)),
            "group": GROUP,
            "design": LINE,
            "generator": Seed(1),
            "nuisances": 0,
            "draws": 200,
        },
        changed={"design": (None, LINE**2), "draws": (350,)},
    ),
    "partial_pooling.group_means": Case(
        function=group_means,
        given={"values": VALUES, "precisions": CHANCE.uniform(0.5, 2, len(GROUP)), "group": GROUP, "nuisances": 0},
    ),
    "moderated_variances.refuse_df": Case(
        function=refuse_df,
        given={"df": np.array([3.0, 4.0]), "n": 2},
        changed={"df": (np.array([0.0, 4.0]),), "n": (3,)},
    ),
    "moderated_variances.moderated_variances": Case(
        function=moderated_variances,
        given={"variances": np.array([0.2, 0.5, 1.0, 4.0, 9.0, 0.1]), "df": np.array([3.0, 4.0, 5.0, 6.0, 7.0, 8.0])},
    ),
    "rank_confidence.rank_confidence_sets": Case(
        function=rank_confidence_sets,
        given={
            "effects": STEPS,
            "covariance": NEAR,
            "generator": Seed(1),
            "df": np.full(6, 30.0),
            "level": 0.95,
            "draws": 20,
        },
        changed={"df": (None, np.full(6, 3.0)), "effects": (STEPS / 2,), "level": (0.5,), "draws": (2_000,)},
    ),
}
