"""Extended two-way fixed effects (Wooldridge 2021, 2023) from this package's own fits, against the R package etwfe.

Source: inst/tinytest/test_emfx.R of etwfe, county employment with log population as covariate. Effects of cohort and
year with slopes for each cohort and year; standard errors by county. What etwfe leaves to derivatives by
differences and to the stopping rule of its Poisson fit is not exact there, and sets the tolerances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from county_employment import Counties, read_counties
from stoeval.inference.absorption import dense_codes
from stoeval.inference.clustering import crv1
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.poisson import fit_poisson

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def counties(validation: Path) -> Counties:
    return read_counties(validation)


TREATED_CELLS = [(cohort, year) for cohort in (2004, 2006, 2007) for year in range(cohort, 2008)]
ETWFE = [
    ("simple", None, -0.0506270331228907, 0.0124972546529842),
    ("event", 0, -0.0332122037837542, 0.0133659635774059),
    ("event", 1, -0.0573456479257483, 0.0171496442892364),
    ("event", 2, -0.137870386660852, 0.0307883597041053),
    ("event", 3, -0.10953945536511, 0.0323152785480507),
    ("year", 2004, -0.0212480022225509, 0.0217240109737018),
    ("year", 2005, -0.0818499992698648, 0.0273693827216135),
    ("year", 2006, -0.0442655912990223, 0.0173733625406716),
    ("year", 2007, -0.0524323095862384, 0.015015825012757),
    ("cohort", 2004, -0.0876269608795944, 0.0230474099815232),
    ("cohort", 2006, -0.0212783329358987, 0.0185912208081438),
    ("cohort", 2007, -0.0459545277368072, 0.0179714452432232),
]


def treated_columns(counties: Counties) -> np.ndarray:
    """Return each treated cell, and each times population around its cohort's mean (2,500, 14)."""
    cells = [(counties.cohort == cohort) & (counties.year == year) for cohort, year in TREATED_CELLS]
    codes = dense_codes(counties.cohort)
    mean = np.bincount(codes, weights=counties.log_population) / np.bincount(codes)
    dummies = np.column_stack(cells) * 1.0
    return np.column_stack([dummies, dummies * (counties.log_population - mean[codes])[:, None]])


def slopes(counties: Counties) -> np.ndarray:
    """Return population times each cohort and each year, without one of either."""
    of_cohort = counties.cohort[:, None] == np.unique(counties.cohort)
    of_year = counties.year[:, None] == np.unique(counties.year)[1:]
    return np.column_stack([of_cohort, of_year]) * counties.log_population[:, None]


def chosen_rows(counties: Counties, kind: str, value: int | None) -> np.ndarray:
    """Return which treated rows are averaged."""
    treated = (counties.cohort > 0) & (counties.year >= counties.cohort)
    by = {"event": counties.year - counties.cohort, "year": counties.year, "cohort": counties.cohort}
    return treated if value is None else treated & (by[kind] == value)


@pytest.mark.parametrize(("kind", "value", "effect", "std_error"), ETWFE)
def test_extended_two_way_effects_are_those_of_etwfe(
    counties: Counties, kind: str, value: int | None, effect: float, std_error: float
) -> None:
    """The standard errors of etwfe come from numerical derivatives, good for seven digits."""
    columns = treated_columns(counties)
    found = fit(
        counties.log_employment,
        columns,
        names=[f"column {number}" for number in range(14)],
        cluster=counties.county,
        crossed=[counties.cohort, counties.year],
        controls=slopes(counties),
    )
    weights = columns[chosen_rows(counties, kind, value)].mean(axis=0)
    assert weights @ found.coefficients == pytest.approx(effect, rel=1e-11)  # worst deviation seen 7e-13
    own_error = float(np.sqrt(weights @ crv1(found).matrix @ weights))
    assert own_error == pytest.approx(std_error, rel=1e-6)  # worst deviation seen 3e-7


COUNTS = [
    (0, -25.3497484355494, 15.8862762958862, -0.0325653634930092, 0.0128503810792558),
    (1, 1.09175116997388, 40.2952222352926, -0.0675071046997911, 0.0183966910997271),
    (2, -75.1246321552693, 23.1541376499351, -0.132971344933511, 0.0237253182969748),
    (3, -101.823979344829, 27.0877431076141, -0.117022779216096, 0.0225005664705109),
]
"""Event time; effect on employment and its standard error; effect on the log of its mean and its standard error."""


def fit_employment(counties: Counties) -> tuple[Fit, np.ndarray]:
    """Return the Poisson model with its effects as columns, constant last, and these columns."""
    of_cohort = counties.cohort[:, None] == np.unique(counties.cohort)[1:]
    of_year = counties.year[:, None] == np.unique(counties.year)[1:]
    columns = np.column_stack([treated_columns(counties), of_cohort, of_year, slopes(counties)])
    found = fit_poisson(
        np.exp(counties.log_employment),
        columns,
        names=[f"column {number}" for number in range(columns.shape[1])],
        cluster=counties.county,
        nested=[],
        crossed=[],
        offset=np.zeros(len(columns)),
    )
    return found, np.column_stack([columns, np.ones(len(columns))])


@pytest.mark.parametrize("published", COUNTS, ids=lambda published: f"event {published[0]}")
def test_poisson_effects_on_the_mean_are_those_of_etwfe(
    counties: Counties, published: tuple[int, float, float, float, float]
) -> None:
    """The iterations of etwfe stop at a change of 1e-8 of the deviance, which its standard errors show."""
    event, effect, std_error, log_effect, log_error = published
    found, columns = fit_employment(counties)
    covariance = crv1_with_all(found)
    mean = np.exp(counties.log_employment) / (1 + found.residual)
    untreated = columns.copy()
    untreated[:, :14] = 0
    without = mean * np.exp(-columns[:, :14] @ found.coefficients[:14])
    rows = chosen_rows(counties, "event", event)
    slope = (mean[:, None] * columns - without[:, None] * untreated)[rows].mean(axis=0)
    assert (mean - without)[rows].mean() == pytest.approx(effect, rel=1e-7)  # worst deviation seen 3e-8
    own_error = float(np.sqrt(slope @ covariance @ slope))
    assert own_error == pytest.approx(std_error, rel=1e-5)  # worst deviation seen 3e-6
    weights = columns[rows].mean(axis=0) * (np.arange(columns.shape[1]) < 14)
    assert weights[:14] @ found.coefficients[:14] == pytest.approx(log_effect, rel=1e-7)  # seen 1e-9
    own_error = float(np.sqrt(weights @ covariance @ weights))
    assert own_error == pytest.approx(log_error, rel=3e-5)  # worst deviation seen 1e-5


def crv1_with_all(found: Fit) -> np.ndarray:
    """Return CRV1 of all columns, the constant among them, under the factor of fixest."""
    sandwich = found.bread @ found.cluster_score.T @ found.cluster_score @ found.bread
    of_interest = crv1(found).matrix
    return sandwich * of_interest[0, 0] / sandwich[0, 0]
