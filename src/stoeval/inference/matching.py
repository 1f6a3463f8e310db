"""Nearest neighbours: for every treated unit the others that were most like it, with replacement.

Distance is Mahalanobis', in the covariance of characteristics within the two groups (Rubin 1980, Biometrics 36(2)).
Others at the same distance share their place, so that the order of units does not matter (Abadie and Imbens 2006,
Econometrica 74(1)). It does not correct for what is left of differences within a match, nor balance what was not
matched on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

TIED = 1e-9
"""Distances that differ by less than this share are the same."""
FLAT = 1e-9
"""Share of the largest spread below which a direction holds no variation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """What treated units and others weigh; each group sums to one."""

    treated: Floats
    """(n1,) zero where nobody lies within the calliper."""
    others: Floats
    """(n0,)"""
    nearest: Floats
    """(n1,) distance to the nearest other."""


def mahalanobis(treated: Floats, others: Floats) -> Floats:
    """Return the distances (n1, n0) between characteristics (n1, q) and (n0, q), by the covariance within the groups.

    Directions in which nothing varies within the groups are left out where they do not tell the groups apart. Raises
    NotIdentified where they do, and where nothing varies.
    """
    if treated.ndim != 2 or others.ndim != 2 or treated.shape[1] != others.shape[1]:
        message = f"characteristics of shapes {treated.shape} and {others.shape} do not fit"
        raise EstimationError(message)
    within = np.vstack([treated - treated.mean(axis=0), others - others.mean(axis=0)])
    everyone = np.vstack([treated, others])
    scale = np.maximum(np.abs(everyone).max(axis=0), 1e-300)
    _, lengths, directions = np.linalg.svd(within / scale, full_matrices=False)
    kept = lengths > FLAT * np.sqrt(len(within))
    if not kept.any() or treated.shape[1] == 0:
        message = "no characteristic varies within the groups, so that nobody is nearer than another"
        raise NotIdentified(message)
    along = directions[kept].T / lengths[kept] * np.sqrt(max(len(within) - 2, 1))
    gap = (treated.mean(axis=0) - others.mean(axis=0)) / scale
    if np.abs(gap - directions[kept].T @ (directions[kept] @ gap)).max() > np.sqrt(FLAT):
        message = "a characteristic sets the groups apart and varies within neither: nobody can be matched on it"
        raise NotIdentified(message)
    one, other = (treated / scale) @ along, (others / scale) @ along
    return np.asarray(cdist(one, other))


def nearest_neighbours(distance: Floats, neighbours: int, *, weights: Floats, calliper: float | None = None) -> Matches:
    """Return the weights of matches by distances (n1, n0); treated units weigh `weights` (n1,), as do their matches.

    Others beyond the calliper are no match. Raises NotIdentified for fewer others than neighbours, and where nobody is
    matched.
    """
    if neighbours < 1 or (calliper is not None and not calliper > 0):
        message = f"{neighbours} neighbours within a calliper of {calliper}: both have to be positive"
        raise EstimationError(message)
    if distance.ndim != 2 or len(distance) != len(weights):
        message = f"distances of shape {distance.shape} for {len(weights)} treated units"
        raise EstimationError(message)
    if distance.shape[1] < neighbours:
        message = f"{distance.shape[1]} units to match with, and {neighbours} neighbours are asked"
        raise NotIdentified(message)
    furthest = np.partition(distance, neighbours - 1, axis=1)[:, neighbours - 1]
    chosen = distance <= furthest[:, None] * (1 + TIED)
    if calliper is not None:
        chosen &= distance <= calliper
    count = chosen.sum(axis=1)
    own = np.where(count > 0, weights, 0.0)
    if not own.sum() > 0:
        message = (
            f"none of {len(weights)} units has a match within {calliper}; the nearest lies at {distance.min():.4g}"
        )
        raise NotIdentified(message)
    own = own / own.sum()
    shared = (chosen / np.maximum(count, 1)[:, None]) * own[:, None]
    return Matches(treated=own, others=np.asarray(shared.sum(axis=0)), nearest=np.asarray(distance.min(axis=1)))
