"""Calls of every public function on doses, curves and mediators, with other values of every argument."""

from __future__ import annotations

import numpy as np

from option_cases import Case
from option_samples import CONTROLS, ROWS, WEIGHTS, X, Y
from stoeval.inference import dose_basis, heterogeneous_adoption, mediation

CHANCE = np.random.default_rng(5)
UNITS = 80
UNIT_DOSE = CHANCE.uniform(0.5, 3, UNITS)
CHANGE = 2 * np.sin(2 * UNIT_DOSE) + CHANCE.normal(size=UNITS) / 3
OTHER_DOSE = CHANCE.uniform(0.5, 3, UNITS)

DOSES: dict[str, Case] = {
    "dose_basis.dose_basis": Case(
        function=dose_basis.dose_basis,
        given={"dose": UNIT_DOSE, "degree": 3, "knots": 1},
        read=lambda basis: [basis.lowest, basis.highest, basis.values(np.array([1.0, 2.0]))],
    ),
    "heterogeneous_adoption.epanechnikov": Case(
        function=heterogeneous_adoption.epanechnikov, given={"distance": np.linspace(-1.2, 1.2, 9)}
    ),
    "heterogeneous_adoption.boundary_bandwidth": Case(
        function=heterogeneous_adoption.boundary_bandwidth, given={"dose": UNIT_DOSE, "change": CHANGE}
    ),
    "heterogeneous_adoption.quasi_untreated_test": Case(
        function=heterogeneous_adoption.quasi_untreated_test,
        given={"dose": UNIT_DOSE},
        changed={"dose": (OTHER_DOSE, -UNIT_DOSE)},
    ),
    "heterogeneous_adoption.linearity_test": Case(
        function=heterogeneous_adoption.linearity_test,
        given={"dose": UNIT_DOSE, "change": CHANGE},
        changed={"dose": (OTHER_DOSE,)},
    ),
    "mediation.sensitivity": Case(
        function=mediation.sensitivity,
        given={
            "outcome": Y,
            "mediator": X[:, 1] + X[:, 0] + CHANCE.normal(size=ROWS),
            "cause": X[:, 0],
            "beside": CONTROLS,
            "weights": WEIGHTS,
        },
        changed={"beside": (None, CONTROLS**2), "weights": (None, WEIGHTS**2)},
    ),
}
