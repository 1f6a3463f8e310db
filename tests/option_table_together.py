"""Calls of every public function on several estimates or counts together, with other values of each argument."""

from __future__ import annotations

import numpy as np

from option_cases import Case, Seed
from option_samples import (
    BOTH,
    CLUSTER,
    CLUSTERS,
    CONTROLS,
    DOSE,
    FIT,
    OTHER_FIT,
    OTHER_Y,
    STEEPER,
    UNIT,
    WEIGHTS,
    YEAR,
    Y,
)
from stoeval.inference.clustering import leave_one_out
from stoeval.inference.collinearity import variance_inflation
from stoeval.inference.leverage import effective_number
from stoeval.inference.moving_dose import LinearRows, mean_and_closeness, moving, paths, peaks
from stoeval.inference.paired_effects import Jackknifed, paired_effects
from stoeval.inference.specification_test import drawable, specification_test
from stoeval.inference.wild_draws import Weights

CHANCE = np.random.default_rng(8)
NAMES = np.arange(CLUSTERS)
SPECIFICATIONS = [drawable(one, BOTH, NAMES, critical) for one, critical in ((FIT, 0.1), (OTHER_FIT, 0.1))]
OTHERS = [drawable(FIT, np.array([0.1, 0.9]), NAMES, 0.1), *SPECIFICATIONS]
UNITS = int(UNIT.max()) + 1
DOSES = np.stack([DOSE[np.arange(UNITS) * CLUSTERS // UNITS] + CHANCE.uniform(0, 1, UNITS) for _ in range(3)])
BY_YEAR = (YEAR[:, None] == [0, 1, 3, 4]) * 1.0
BY_COUNT = {count: DOSES[place][UNIT][:, None] * BY_YEAR for place, count in enumerate((0, 1, 3))}
MEAN, CLOSENESS = mean_and_closeness(BY_COUNT, (0, 1, 3, 4), 2)
ROWS = LinearRows(outcome=Y, cluster=CLUSTER, nested=[UNIT], crossed=[YEAR], weights=WEIGHTS)
OTHER_ROWS = LinearRows(outcome=OTHER_Y, cluster=CLUSTER, nested=[UNIT], crossed=[YEAR], weights=WEIGHTS)


def jackknifed(outcome: np.ndarray, p_value: float) -> Jackknifed:
    fitted = FIT if outcome is Y else OTHER_FIT
    effect = float(BOTH @ fitted.coefficients)
    return Jackknifed(
        effect=effect, std_error=abs(effect) / 2, p_value=p_value, without=leave_one_out(fitted) @ BOTH, clusters=NAMES
    )


ONE, TWO = jackknifed(Y, 0.02), jackknifed(OTHER_Y, 0.03)

TOGETHER: dict[str, Case] = {
    "collinearity.variance_inflation": Case(
        function=variance_inflation, given={"column": DOSE, "beside": CHANCE.normal(size=(CLUSTERS, 2)) + DOSE[:, None]}
    ),
    "leverage.effective_number": Case(
        function=effective_number, given={"fit": FIT, "combination": BOTH}, changed={"fit": (STEEPER,)}
    ),
    "specification_test.drawable": Case(
        function=drawable,
        given={"fit": FIT, "combination": BOTH, "clusters": NAMES, "critical": 2.0},
        changed={"clusters": (NAMES + 1,)},
    ),
    "specification_test.specification_test": Case(
        function=specification_test,
        given={"specifications": SPECIFICATIONS, "generator": Seed(1), "draws": 99, "weights": Weights.RADEMACHER},
        changed={"specifications": (OTHERS,), "weights": (Weights.WEBB,)},
    ),
    "paired_effects.paired_effects": Case(
        function=paired_effects,
        given={"first": ONE, "second": TWO, "signs": (1, 1)},
        changed={"first": (jackknifed(Y, 0.5),), "second": (jackknifed(OTHER_Y, 0.5),), "signs": ((1, -1), (-1, 1))},
    ),
    "moving_dose.mean_and_closeness": Case(
        function=mean_and_closeness,
        given={"columns": BY_COUNT, "years": (0, 1, 3, 4), "reference": 2},
        changed={
            "columns": ({count: 2 * wide for count, wide in BY_COUNT.items()},),
            "years": ((0, 1, 3, 6),),
            "reference": (5,),
        },
    ),
    "moving_dose.moving": Case(
        function=moving,
        given={"rows": ROWS, "closeness": CLOSENESS, "beside": np.column_stack([MEAN, CONTROLS])},
        changed={"rows": (OTHER_ROWS,)},
    ),
    "moving_dose.paths": Case(
        function=paths,
        given={"rows": ROWS, "unit": UNIT, "columns": BY_YEAR, "doses": DOSES[:, None, :]},
        changed={"rows": (OTHER_ROWS,)},
    ),
    "moving_dose.peaks": Case(
        function=peaks,
        given={"paths_by_count": {2016: {2015: -0.1, 2018: -0.3}}, "reference": 2017, "highest": True},
        read=lambda found: list(found.items()),
        changed={"paths_by_count": ({2016: {2015: 0.4, 2018: -0.3}},), "reference": (2018,)},
    ),
}
