"""Covariance for errors that correlate over short distances, and over years within a unit.

V = M (sum over i, j of w_ij s_i s_j') M with scores s of the rows and weights from a kernel of distance: rows of
the same period by their distance over the earth (Conley 1999, Journal of Econometrics 92(1)), rows of the same unit
in different periods by their years apart (Newey and West 1987; combined as in Hsiang 2010, PNAS 107(35)). Scores
come from the rows of design and residual that the fit holds. No small-sample factor; against t(places - 1), where
each pair of coordinates is one place, because places bound the information.

It does not see correlation beyond the cutoff, nor between different units in different periods, and treats the
great circle as the distance that matters.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.spatial import KDTree

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.clustering import Covariance
from stoeval.inference.definiteness import Indefinite, settle
from stoeval.inference.two_way import scores_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""


class Kernel(StrEnum):
    """How the weight of a pair falls with the share of the cutoff that lies between them."""

    UNIFORM = "uniform"
    """One up to and including the cutoff; the covariance can be indefinite."""
    BARTLETT = "bartlett"
    """From one to zero in a straight line; over years 1 - years / (lags + 1)."""


def conley(  # noqa: PLR0913 - where, when and how far
    fit: Fit,
    latitude: Floats,
    longitude: Floats,
    *,
    cutoff_km: float,
    kernel: Kernel = Kernel.BARTLETT,
    period: Integers | None = None,
    unit: Integers | None = None,
    lags: int = 0,
    indefinite: Indefinite = Indefinite.REFUSE,
) -> Covariance:
    """Return the covariance for rows at latitude and longitude (n_obs,), in degrees, of the rows used.

    Without `period` (n_obs,) all rows are of one period. `lags` counts periods, and takes `period` and `unit`
    (n_obs,). Rows at the same place have distance zero. Raises EstimationError for arrays of another length,
    impossible coordinates, a negative cutoff, and lags without units and periods or the reverse; NotIdentified
    for fewer than three places and, as `indefinite` says, for an indefinite covariance.
    """
    _refuse_impossible(fit, latitude, longitude, cutoff_km, period)
    _refuse_lags(fit, period, unit, lags)
    places, place = np.unique(np.column_stack([latitude, longitude]), axis=0, return_inverse=True)
    if len(places) < 3:
        message = f"{len(places)} places: correlation over distance needs at least 3"
        raise NotIdentified(message)
    when = np.zeros(fit.n_obs, dtype=np.int64) if period is None else dense_codes(period)
    weights = _weights(places, cutoff_km, kernel)
    meat = np.zeros_like(fit.bread)
    for scores in _by_period(fit, place, when, len(places)):
        meat += scores.T @ (weights @ scores)
    if lags and period is not None and unit is not None:
        meat += _serial(fit, unit, period, lags, kernel)
    matrix = settle((fit.bread @ meat @ fit.bread)[: fit.k, : fit.k], indefinite)
    years = f", {lags} lags" if lags else ""
    name = f"Conley {kernel}, {cutoff_km:g} km{years}, t({len(places) - 1})"
    return Covariance(matrix=matrix, df=len(places) - 1, convention=name)


def _by_period(fit: Fit, place: Integers, when: Integers, places: int) -> list[Floats]:
    """Return the scores (places, P) of each period."""
    rows = fit.design * fit.residual[:, None]
    spread = sparse.csr_array((np.ones(fit.n_obs), (when * places + place, np.arange(fit.n_obs))))
    spread.resize(((int(when.max()) + 1) * places, fit.n_obs))
    return list((spread @ rows).reshape(-1, places, rows.shape[1]))


def _weights(places: Floats, cutoff_km: float, kernel: Kernel) -> sparse.csr_array | Floats:
    """Return the weight of each pair of places within the cutoff, from chords of the unit sphere."""
    latitude, longitude = np.radians(places).T
    level = np.cos(latitude)
    points = np.column_stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)])
    angle = min(cutoff_km / EARTH_KM, np.pi)
    # A hair longer than the chord of the cutoff, for the rounding; what lies beyond goes by its distance.
    pairs = KDTree(points).query_pairs(2 * np.sin(angle / 2) + 1e-9, output_type="ndarray")
    chord = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    distance = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0))
    pairs, distance = pairs[distance <= cutoff_km], distance[distance <= cutoff_km]
    falls = kernel is Kernel.BARTLETT and cutoff_km > 0
    weight = 1 - distance / cutoff_km if falls else np.ones(len(distance))
    half = sparse.coo_array((weight, (pairs[:, 0], pairs[:, 1])), shape=(len(places), len(places)))
    return sparse.csr_array(half + half.T + sparse.eye_array(len(places)))


def _serial(fit: Fit, unit: Integers, period: Integers, lags: int, kernel: Kernel) -> Floats:
    """Return the weighted products of scores of the same unit, one to `lags` periods apart."""
    keys = dense_codes(unit, period)
    _, rows = np.unique(keys, return_index=True)
    scores = scores_by(fit, keys)
    whose, when = dense_codes(unit)[rows], period[rows]
    span = int(when.max() - when.min()) + lags + 1
    cell = whose * span + (when - when.min())
    meat = np.zeros_like(fit.bread)
    for lag in range(1, min(lags, span) + 1):
        _, earlier, later = np.intersect1d(cell + lag, cell, assume_unique=True, return_indices=True)
        product = scores[earlier].T @ scores[later]
        weight = 1 - lag / (lags + 1) if kernel is Kernel.BARTLETT else 1.0
        meat += weight * (product + product.T)
    return meat


def _refuse_impossible(
    fit: Fit, latitude: Floats, longitude: Floats, cutoff_km: float, period: Integers | None
) -> None:
    lengths = {len(values) for values in (latitude, longitude, period) if values is not None}
    if lengths != {fit.n_obs}:
        message = f"places and periods have {sorted(lengths)} rows and the fit {fit.n_obs}; give the rows it used"
        raise EstimationError(message)
    wrong = int((~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180))).sum())
    if wrong:
        message = f"{wrong} rows lie outside 90 degrees of latitude and 180 of longitude; give degrees, latitude first"
        raise EstimationError(message)
    if not cutoff_km >= 0:
        message = f"a cutoff of {cutoff_km} km is no distance; give zero or more"
        raise EstimationError(message)


def _refuse_lags(fit: Fit, period: Integers | None, unit: Integers | None, lags: int) -> None:
    if lags < 0:
        message = f"{lags} lags cannot be counted; give zero or more"
        raise EstimationError(message)
    if lags and (period is None or unit is None):
        message = f"{lags} lags need the unit and the period of each row"
        raise EstimationError(message)
    if unit is not None and not lags:
        message = "units without lags change nothing; give lags, or leave the units out"
        raise EstimationError(message)
    if unit is not None and len(unit) != fit.n_obs:
        message = f"units have {len(unit)} rows and the fit {fit.n_obs}; give the rows it used"
        raise EstimationError(message)
