"""Conley standard errors: a double loop over all rows, and the limits of no distance and of every distance."""

from __future__ import annotations

from itertools import product
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import Convention, crv1
from stoeval.inference.definiteness import Indefinite
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.spatial import EARTH_KM, Kernel, conley

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers

EXACT = 1e-10  # worst deviation seen 1e-13


class Schools:
    """Eighteen schools over the Netherlands in five years with gaps; two of them share a building."""

    def __init__(self) -> None:
        generator = np.random.default_rng(12)
        self.school = np.repeat(np.arange(18), 5)
        self.year = np.tile(2017 + np.arange(5), 18)
        where = np.column_stack([generator.uniform(50.8, 53.4, 18), generator.uniform(3.5, 7.1, 18)])
        where[17] = where[16]
        kept = generator.uniform(size=90) > 0.1
        self.school, self.year = self.school[kept], self.year[kept]
        self.latitude, self.longitude = where[self.school].T
        n = len(self.school)
        self.x = generator.normal(size=(n, 2)) + where[self.school] * (self.year[:, None] - 2017) / 10
        self.outcome = generator.normal(size=n) + self.x[:, 0]

    def fitted(self, cluster: Integers | None = None) -> Fit:
        groups = self.school if cluster is None else cluster
        return fit(self.outcome, self.x, names=("a", "b"), cluster=groups, absorbed=[self.school, self.year])

    def conley(self, **choices: Any) -> Floats:  # noqa: ANN401 - the choices of the function under test
        found = self.fitted()
        covariance = conley(found, self.latitude, self.longitude, indefinite=Indefinite.TRUNCATE, **choices)
        return covariance.matrix


@pytest.fixture(scope="module")
def schools() -> Schools:
    return Schools()


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance by the haversine formula."""
    (north, east), (north2, east2) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def by_double_loop(schools: Schools, cutoff: float, kernel: Kernel, lags: int) -> Floats:
    found = schools.fitted()
    scores = found.design * found.residual[:, None]
    meat = np.zeros((2, 2))
    where = list(zip(schools.latitude, schools.longitude, strict=True))
    for i, j in product(range(len(scores)), repeat=2):
        apart = abs(int(schools.year[i] - schools.year[j]))
        weight = 0.0
        if apart == 0:
            distance = kilometres(where[i], where[j])
            near = 1.0 if kernel is Kernel.UNIFORM or cutoff == 0 else 1 - distance / cutoff
            weight = near * (distance <= cutoff)
        elif schools.school[i] == schools.school[j] and apart <= lags:
            weight = 1.0 if kernel is Kernel.UNIFORM else 1 - apart / (lags + 1)
        meat += weight * np.outer(scores[i], scores[j])
    return (found.bread @ meat @ found.bread)[:2, :2]


@pytest.mark.parametrize("lags", [0, 1, 3])
@pytest.mark.parametrize("cutoff", [0.0, 30.0, 120.0])
def test_it_is_the_double_loop_over_rows(schools: Schools, cutoff: float, lags: int) -> None:
    unit = schools.school if lags else None
    expected = by_double_loop(schools, cutoff, Kernel.BARTLETT, lags)
    found = conley(
        schools.fitted(),
        schools.latitude,
        schools.longitude,
        cutoff_km=cutoff,
        period=schools.year,
        unit=unit,
        lags=lags,
    )
    np.testing.assert_allclose(found.matrix, expected, rtol=EXACT)


@pytest.mark.parametrize(("cutoff", "lags"), [(0.0, 2), (40.0, 0), (40.0, 2)])
def test_the_uniform_kernel_is_the_double_loop_over_rows(schools: Schools, cutoff: float, lags: int) -> None:
    expected = by_double_loop(schools, cutoff, Kernel.UNIFORM, lags)
    assert np.linalg.eigvalsh(expected)[0] > 0
    found = conley(
        schools.fitted(),
        schools.latitude,
        schools.longitude,
        cutoff_km=cutoff,
        kernel=Kernel.UNIFORM,
        period=schools.year,
        unit=schools.school if lags else None,
        lags=lags,
    )
    np.testing.assert_allclose(found.matrix, expected, rtol=EXACT)


def test_without_distance_it_is_clustered_by_building_and_year(schools: Schools) -> None:
    """Cutoff zero leaves rows of the same place and year: the plain sandwich without a factor."""
    building = np.minimum(schools.school, 16) * 10_000 + schools.year
    found = schools.fitted(np.unique(building, return_inverse=True)[1])
    G = found.n_clusters
    expected = crv1(found, Convention.CLUBSANDWICH).matrix * (G - 1) / G
    for kernel in Kernel:
        np.testing.assert_allclose(
            schools.conley(cutoff_km=0.0, kernel=kernel, period=schools.year), expected, rtol=EXACT
        )


def test_with_every_distance_it_is_clustered_by_year() -> None:
    """The crossed years would make the scores of each year sum to zero, so there are none here."""
    schools = Schools()
    found = fit(schools.outcome, schools.x, names=("a", "b"), cluster=schools.year, absorbed=[schools.school])
    expected = crv1(found, Convention.CLUBSANDWICH).matrix * 4 / 5
    for kernel, cutoff in ((Kernel.UNIFORM, np.inf), (Kernel.BARTLETT, np.inf), (Kernel.UNIFORM, 20_016.0)):
        covariance = conley(
            found, schools.latitude, schools.longitude, cutoff_km=cutoff, kernel=kernel, period=schools.year
        )
        np.testing.assert_allclose(covariance.matrix, expected, rtol=EXACT)


def test_with_all_years_and_no_distance_it_is_clustered_by_school() -> None:
    schools = Schools()
    schools.longitude = schools.longitude + schools.school * 1e-4
    found = schools.fitted()
    expected = crv1(found, Convention.CLUBSANDWICH).matrix * 17 / 18
    covariance = conley(
        found,
        schools.latitude,
        schools.longitude,
        cutoff_km=0.0,
        kernel=Kernel.UNIFORM,
        period=schools.year,
        unit=schools.school,
        lags=4,
    )
    np.testing.assert_allclose(covariance.matrix, expected, rtol=EXACT)
    assert (covariance.df, covariance.convention) == (17, "Conley uniform, 0 km, 4 lags, t(17)")


def test_without_periods_all_rows_are_of_one(schools: Schools) -> None:
    one = np.zeros(len(schools.year), dtype=np.int64)
    plain, same = (schools.conley(cutoff_km=60.0, **choice) for choice in ({}, {"period": one}))
    np.testing.assert_array_equal(plain, same)
    assert not np.allclose(plain, schools.conley(cutoff_km=60.0, period=schools.year))


def test_opposite_ends_of_the_earth_are_half_its_girth_apart() -> None:
    """Three places on the equator at 0, 90 and 180 degrees: 10,008 and 20,015 km."""
    found = fit(np.array([1.0, 2.0, 5.0]), np.array([0.0, 1.0, 4.0]), names=("x",), cluster=np.arange(3))
    latitude, longitude = np.zeros(3), np.array([0.0, 90.0, 180.0])
    scores = found.design * found.residual[:, None]

    def expected(weights: Floats) -> float:
        return float((found.bread @ scores.T @ weights @ scores @ found.bread)[0, 0])

    cutoff = 30_000.0
    quarter, half = 1 - np.pi / 2 * EARTH_KM / cutoff, 1 - np.pi * EARTH_KM / cutoff
    weights = np.array([[1, quarter, half], [quarter, 1, quarter], [half, quarter, 1]])
    covariance = conley(found, latitude, longitude, cutoff_km=cutoff)
    assert covariance.matrix[0, 0] == pytest.approx(expected(weights), rel=EXACT)


def test_an_indefinite_covariance_is_refused_unless_it_may_be_truncated() -> None:
    """Neighbours on a line have opposite scores, so that a uniform kernel over neighbours is negative."""
    outcome = np.tile([1.0, -1.0], 10)
    found = fit(outcome, np.ones(20), names=("mean",), cluster=np.arange(20))
    places = (np.linspace(50.0, 51.9, 20), np.full(20, 5.0))
    choices = {"cutoff_km": 12.0, "kernel": Kernel.UNIFORM}
    with pytest.raises(NotIdentified, match="1 of 1 eigenvalues of the covariance are negative"):
        conley(found, *places, **choices)
    assert conley(found, *places, **choices, indefinite=Indefinite.TRUNCATE).matrix[0, 0] == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cutoff_km": -1.0}, "a cutoff of -1.0 km is no distance"),
        ({"cutoff_km": np.nan}, "a cutoff of nan km is no distance"),
        ({"lags": -1}, "-1 lags cannot be counted"),
        ({"lags": 2}, "2 lags need the unit and the period"),
        ({"unit": np.zeros(4, dtype=np.int64)}, "units without lags change nothing"),
        (
            {"unit": np.zeros(3, dtype=np.int64), "period": np.zeros(4, dtype=np.int64), "lags": 1},
            "units have 3 rows and the fit 4",
        ),
        ({"period": np.zeros(3, dtype=np.int64)}, r"places and periods have \[3, 4\] rows and the fit 4"),
        ({"latitude": np.array([51.0, 52, 95, 50])}, "1 rows lie outside 90 degrees"),
        ({"longitude": np.array([5.0, np.nan, 181, 4])}, "2 rows lie outside 90 degrees"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], message: str) -> None:
    found = fit(np.array([1.0, 3, 2, 6]), np.array([0.0, 1, 2, 3]), names=("x",), cluster=np.arange(4))
    given = {"latitude": np.array([51.0, 52, 53, 50]), "longitude": np.array([5.0, 6, 7, 4]), "cutoff_km": 10.0}
    with pytest.raises(EstimationError, match=message):
        conley(found, **{**given, **changed})


def test_two_places_are_too_few() -> None:
    found = fit(np.array([1.0, 3, 2, 6]), np.array([0.0, 1, 2, 3]), names=("x",), cluster=np.arange(4))
    with pytest.raises(NotIdentified, match="2 places: correlation over distance needs at least 3"):
        conley(found, np.array([51.0, 51, 52, 52]), np.full(4, 5.0), cutoff_km=10.0)
