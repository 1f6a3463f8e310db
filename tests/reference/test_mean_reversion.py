"""Schools with many technical candidates fall back: the same data, regressed two ways, give opposite signs.

Published in the domain file of the project, section 3.3, from DUO's exam candidates of 2019/20 to 2023/24: the change
of the technical share over the four years has slope -.058 (SE .016) on the share at the start; for vestigingen that
were technical in all years -.084 (.022), and for those +.031 (.017) on the mean share of the years in between. All
years lie after the first payments, so this is how falling back works and says nothing of the programme.

The definition that gives these numbers: beroepsgerichte leerwegen with leerwerktraject (inspectiecodes 30 to 45),
sector techniek (30, 34, 38, 42), candidates in total as published with "<5" taken as 2, vestigingen with ten or more
candidates in each of the five years (451), of which technical in each year 232; least squares without weights and
HC1 standard errors. On all 451 the second slope is +.006 (.013): the published +.031 is that of the 232. Every number
is met to the digits that were published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval.inference.clustering import crv1
from stoeval.inference.least_squares import fit

if TYPE_CHECKING:
    from pathlib import Path

YEARS = tuple(f"{year}-{year + 1}" for year in range(2019, 2024))
TECHNICAL, LEERWEGEN, MASKED, FEWEST = (30, 34, 38, 42), range(30, 46), "2", 10


@pytest.fixture(scope="module")
def share(duo: Path) -> pd.DataFrame:
    """Return the technical share of candidates by vestiging and year, of vestigingen with enough candidates."""
    (path,) = duo.rglob("examenkandidaten-en-geslaagden-2019-2024.csv")
    rows = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8")
    rows = rows[rows["INSPECTIECODE"].astype(int).isin(LEERWEGEN)]
    published = rows[[f"EXAMENKANDIDATEN SCHOOLJAAR {year} - TOTAAL" for year in YEARS]].set_axis(YEARS, axis=1)
    candidates = published.replace("<5", MASKED).astype(float).fillna(0.0)
    by = rows["VESTIGINGSCODE"]
    everyone = candidates.groupby(by).sum()
    technical = candidates[rows["INSPECTIECODE"].astype(int).isin(TECHNICAL)].groupby(by).sum()
    found = technical.reindex(everyone.index, fill_value=0.0) / everyone
    return found[(everyone >= FEWEST).all(axis=1)]


def slope(change: pd.Series[float], on: pd.Series[float]) -> tuple[float, float]:
    """Return a slope with its HC1 standard error: CRV1 with every vestiging a cluster."""
    found = fit(change.to_numpy(), on.to_numpy(), names=("share",))
    return float(found.coefficients[0]), float(np.sqrt(crv1(found).matrix[0, 0]))


def test_the_sample_is_the_published_one(share: pd.DataFrame) -> None:
    assert (len(share), int((share > 0).all(axis=1).sum())) == (451, 232)


@pytest.mark.parametrize(
    ("population", "on", "expected", "error"),
    [
        ("all", "start", -0.058, 0.016),
        ("technical", "start", -0.084, 0.022),
        ("technical", "between", 0.031, 0.017),
    ],
)
def test_the_sign_turns_with_the_year_that_the_share_is_taken_from(
    share: pd.DataFrame, population: str, on: str, expected: float, error: float
) -> None:
    rows = share[(share > 0).all(axis=1)] if population == "technical" else share
    regressor = rows[YEARS[0]] if on == "start" else rows[list(YEARS[1:-1])].mean(axis=1)
    found = slope(rows[YEARS[-1]] - rows[YEARS[0]], regressor)
    assert found == pytest.approx((expected, error), abs=0.0005)  # worst deviation seen .0005, the rounding
