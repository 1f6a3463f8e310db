"""Calls of every public function on comparable groups and synthetic mixes, with other values of every argument."""

from __future__ import annotations

import numpy as np

from option_cases import Case
from stoeval.inference import entropy_balancing, matching, synthetic_difference
from stoeval.inference.synthetic_difference import Solver

CHANCE = np.random.default_rng(11)
LOW, HIGH = CHANCE.normal(size=(40, 3)), CHANCE.normal(0.3, 1, (12, 3))
GIVEN = CHANCE.uniform(0.5, 2, 40)
DISTANCE = CHANCE.uniform(0.5, 3, (12, 40))
PATHS = CHANCE.normal(size=(9, 14)).cumsum(axis=0)
PANEL = CHANCE.normal(size=(14, 9)).cumsum(axis=1)
TREATED, AFTER = np.arange(14) < 3, np.arange(9) >= 6
OTHER_TREATED, OTHER_AFTER = np.arange(14) < 4, np.arange(9) >= 5

GROUPS: dict[str, Case] = {
    "entropy_balancing.entropy_balance": Case(
        function=entropy_balancing.entropy_balance,
        given={"characteristics": LOW, "target": HIGH.mean(axis=0), "given": GIVEN},
    ),
    "matching.mahalanobis": Case(function=matching.mahalanobis, given={"treated": HIGH, "others": LOW}),
    "matching.nearest_neighbours": Case(
        function=matching.nearest_neighbours,
        given={"distance": DISTANCE, "neighbours": 2, "weights": np.ones(12), "calliper": 0.6},
        changed={"calliper": (None, 0.55)},
    ),
    "synthetic_difference.simplex_weights": Case(
        function=synthetic_difference.simplex_weights,
        given={
            "paths": PATHS,
            "target": PATHS[:, :4].mean(axis=1) + 0.3,
            "ridge": 0.5,
            "stop": 0.05,
            "solver": Solver.FRANK_WOLFE,
        },
        changed={"stop": (1e-6,)},
    ),
    "synthetic_difference.synthetic_difference": Case(
        function=synthetic_difference.synthetic_difference,
        given={"outcome": PANEL, "treated": TREATED, "after": AFTER, "solver": Solver.FRANK_WOLFE, "noise": 0.9},
        changed={"treated": (OTHER_TREATED,), "after": (OTHER_AFTER,)},
    ),
    "synthetic_difference.placebo_effects": Case(
        function=synthetic_difference.placebo_effects,
        given={
            "outcome": PANEL,
            "after": AFTER,
            "assigned": np.eye(14, dtype=bool)[:4],
            "solver": Solver.EXACT,
            "noise": 0.9,
        },
        changed={"after": (OTHER_AFTER,), "assigned": (np.eye(14, dtype=bool)[4:8],)},
    ),
}
