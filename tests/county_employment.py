"""County employment around minimum wages: the set of the R package did, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Counties:
    """500 counties in five years, as rows."""

    log_employment: np.ndarray
    county: np.ndarray
    year: np.ndarray
    cohort: np.ndarray
    """First year of a higher minimum wage; 0 is never."""
    log_population: np.ndarray
    """The same in every year."""


@cache
def read_counties(validation: Path) -> Counties:
    frame = pd.read_csv(validation / "mpdta.csv")
    return Counties(
        log_employment=frame["lemp"].to_numpy(),
        county=frame["countyreal"].to_numpy(),
        year=frame["year"].to_numpy(),
        cohort=frame["first.treat"].to_numpy().astype(np.int64),
        log_population=frame["lpop"].to_numpy(),
    )
