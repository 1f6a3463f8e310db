"""A small panel on which every option of the inference has something to change."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from stoeval.inference.least_squares import Fit, fit

CLUSTERS, UNITS, YEARS = 14, 3, 5
ROWS = CLUSTERS * UNITS * YEARS
CHANCE = np.random.default_rng(3)

UNIT = np.repeat(np.arange(CLUSTERS * UNITS), YEARS)
CLUSTER = UNIT // UNITS
YEAR = np.tile(np.arange(YEARS), CLUSTERS * UNITS)
FIRM = CHANCE.integers(0, 8, ROWS)
WEIGHTS = CHANCE.uniform(0.5, 3, ROWS)
DOSE = CHANCE.lognormal(size=CLUSTERS)
STRATA = np.repeat([0, 1], CLUSTERS // 2)
X = np.column_stack([DOSE[CLUSTER] * (YEAR > 2), CHANCE.normal(size=ROWS)])
CONTROLS = CHANCE.normal(size=(ROWS, 1)) + YEAR[:, None]
Y = X @ [0.4, -0.2] + CLUSTER % 3 * 0.5 * YEAR + CHANCE.normal(size=ROWS)
OTHER_Y = Y + CHANCE.normal(size=ROWS)
OFFSET = CHANCE.normal(size=ROWS) * 0.2
COUNTS = CHANCE.poisson(np.exp(1 + 0.2 * X[:, 0] + 0.1 * YEAR)) * 1.0
LATITUDE = (51 + CHANCE.uniform(0, 2, CLUSTERS * UNITS))[UNIT]
LONGITUDE = (4 + CHANCE.uniform(0, 2, CLUSTERS * UNITS))[UNIT]
COHORT = np.array([0, 2, 3])[CLUSTER % 3]
BOTH = np.array([0.7, 0.3])
QUARTER = np.random.default_rng(14).integers(0, 4, ROWS)
"""Clusters that beside those of the panel give a covariance that is indefinite."""
FAR = 400.0
"""Kilometres at which a uniform kernel gives one too."""


def fitted(outcome: np.ndarray = Y, cluster: np.ndarray = CLUSTER) -> Fit:
    """Return the fit of the panel with unit and year effects and a control."""
    return fit(outcome, X, cluster=cluster, nested=[UNIT], crossed=[YEAR], controls=CONTROLS, weights=WEIGHTS)


FIT, OTHER_FIT = fitted(), fitted(OTHER_Y)
BY_UNIT = fitted(cluster=UNIT)
STEEPER = fit(Y, X, cluster=CLUSTER, nested=[UNIT], crossed=[YEAR], controls=CONTROLS, weights=WEIGHTS**2)
PLAIN = fit(Y, X, cluster=CLUSTER, nested=[UNIT], weights=WEIGHTS)
LINKING = fit(Y, X, cluster=CLUSTER, absorbed=[UNIT, FIRM])

N_PRE, N_POST = 3, 3
TIMES = np.array([-4.0, -3.0, -2.0, 1.0, 2.0, 3.0])
SPREAD = np.array([0.020, 0.018, 0.015, 0.016, 0.019, 0.023])
SIGMA = np.outer(SPREAD, SPREAD) * 0.6 ** np.abs(TIMES[:, None] - TIMES)
BETAHAT = np.array([-0.021, 0.014, -0.008, 0.06, 0.11, 0.15])
L_VEC = np.array([0.5, 0.3, 0.2])
STUDY = {"betahat": BETAHAT, "sigma": SIGMA, "n_pre": N_PRE, "n_post": N_POST, "l_vec": L_VEC, "alpha": 0.05}


@cache
def directory() -> tempfile.TemporaryDirectory[str]:
    """Return the directory of files, kept as long as the tests run."""
    return tempfile.TemporaryDirectory()


def frame() -> pd.DataFrame:
    """Return the panel as a table."""
    return pd.DataFrame(
        {
            "y": Y,
            "other": OTHER_Y,
            "x": X[:, 0],
            "z": X[:, 1],
            "unit": UNIT,
            "firm": FIRM,
            "year": YEAR,
            "half": YEAR // 2,
            "cluster": CLUSTER,
            "weight": WEIGHTS,
            "dose": DOSE[CLUSTER],
            "log_dose": np.log(DOSE)[CLUSTER],
            "count": COUNTS,
            "size": np.exp(OFFSET),
        }
    )


@cache
def parquet(seed: int) -> str:
    """Return the path of the panel as Parquet, its outcome moved by chance."""
    path = Path(directory().name) / f"{seed}.parquet"
    table = frame()
    table["y"] += np.random.default_rng(seed).normal(size=ROWS)
    table.to_parquet(path)
    return str(path)
