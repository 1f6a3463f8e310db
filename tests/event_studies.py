"""Event studies on which robust intervals are compared: two published, two made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.inference.clustering import crv1
from stoeval.inference.least_squares import fit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MEDICAID_YEARS = (2008, 2009, 2010, 2011, 2012, 2014, 2015)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStudy:
    """Coefficients in order of time without the reference period, and their covariance."""

    betahat: Floats
    sigma: Floats
    n_pre: int
    n_post: int


def event_studies(validation: Path) -> dict[str, EventStudy]:
    """Return the studies by name; `validation` is the directory of published sets."""
    return {
        "medicaid": medicaid(validation),
        "benzarti_carloni": benzarti_carloni(validation),
        "growing": growing(),
        "single": single(),
    }


def medicaid(validation: Path) -> EventStudy:
    """Return the expansion of 2014 against none before 2016, reference 2013, CRV1 by state (README of HonestDiD)."""
    frame = pd.read_csv(validation / "ehec_data.csv")
    kept = frame[(frame["year"] < 2016) & ((frame["yexp2"] == 2014) | ~(frame["yexp2"] < 2016))]
    state, year = (pd.factorize(kept[column])[0].astype(np.int64) for column in ("stfips", "year"))
    expanded = (kept["yexp2"] == 2014).to_numpy()
    treated = np.column_stack([expanded & (kept["year"] == each).to_numpy() for each in MEDICAID_YEARS])
    fitted = fit(
        kept["dins"].to_numpy(float),
        treated.astype(float),
        names=[str(each) for each in MEDICAID_YEARS],
        cluster=state,
        nested=[state],
        crossed=[year],
    )
    return EventStudy(betahat=fitted.coefficients, sigma=crv1(fitted).matrix, n_pre=5, n_post=2)


def benzarti_carloni(validation: Path) -> EventStudy:
    """Return the study of Benzarti and Carloni (2019) with which HonestDiD is delivered."""
    betahat = pd.read_csv(validation / "BCdata_EventStudy_betahat.csv")["beta"].to_numpy(float)
    sigma = pd.read_csv(validation / "BCdata_EventStudy_sigma.csv", header=None).to_numpy(float)
    return EventStudy(betahat=betahat, sigma=sigma, n_pre=4, n_post=4)


def growing() -> EventStudy:
    """Return a growing effect after a wavering start: three periods on either side, correlation 0.6 a period."""
    periods = np.array([-3, -2, -1, 1, 2, 3])
    spread = np.array([0.020, 0.018, 0.015, 0.016, 0.019, 0.023])
    sigma = np.outer(spread, spread) * 0.6 ** np.abs(periods[:, None] - periods)
    return EventStudy(betahat=np.array([-0.021, 0.014, -0.008, 0.06, 0.11, 0.15]), sigma=sigma, n_pre=3, n_post=3)


def single() -> EventStudy:
    """Return one period after four, all correlated by a half as a shared reference period makes them."""
    spread = np.array([0.4, 0.35, 0.3, 0.3, 0.3])
    sigma = np.outer(spread, spread) * (0.5 + 0.5 * np.eye(5))
    return EventStudy(betahat=np.array([-0.7, -0.25, -0.4, 0.1, 2.2]), sigma=sigma, n_pre=4, n_post=1)
