"""The assignments of a dose that could have happened: its permutations over units within strata.

A dose of zeros and ones is thereby assigned to as many units of each stratum as it was. Assignments come in
blocks, so that memory does not grow with their number; the same generator gives the same assignments to whoever
asks for them.
"""

from __future__ import annotations

from itertools import islice, product
from math import comb, prod
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

BLOCK = 1_024
"""Assignments that are held at once."""


def assignments(
    dose: Floats, strata: Integers | None, draws: int, generator: np.random.Generator
) -> tuple[Iterator[Floats], bool]:
    """Return blocks (at most BLOCK, A) of assignments of a dose (A,) within strata (A,), and whether they are all.

    All distinct assignments are taken, the sample among them, where there are no more of them than `draws`; else
    `draws` are drawn. Raises EstimationError for arguments that make no sense, and NotIdentified where no other
    assignment exists.
    """
    strata = np.zeros(len(dose), dtype=np.int64) if strata is None else strata
    if dose.shape != strata.shape or dose.ndim != 1 or not np.isfinite(dose).all():
        message = f"{dose.shape} doses and {strata.shape} strata: give one finite dose and one stratum a cluster"
        raise EstimationError(message)
    if draws < 1:
        message = f"{draws} draws: take at least one draw"
        raise EstimationError(message)
    members = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    count = prod(_arrangements(dose[stratum]) for stratum in members)
    if count == 1:
        message = f"the dose is the same in all clusters of each of {len(members)} strata; take fewer strata"
        raise NotIdentified(message)
    if count <= draws:
        return _all_assignments(dose, members), True
    return _some_assignments(dose, members, draws, generator), False


def _arrangements(values: Floats) -> int:
    """Return in how many distinct orders the values can stand."""
    _, counts = np.unique(values, return_counts=True)
    return prod(comb(int(counts[: place + 1].sum()), int(count)) for place, count in enumerate(counts))


def _all_assignments(dose: Floats, members: list[Integers]) -> Iterator[Floats]:
    """Yield every distinct assignment within the strata, in blocks."""
    places = np.concatenate(members)
    orders = product(*([*_orders(sorted(dose[stratum]))] for stratum in members))
    while block := [[value for order in combined for value in order] for combined in islice(orders, BLOCK)]:
        assigned = np.empty((len(block), len(dose)))
        assigned[:, places] = block
        yield assigned


def _orders(values: list[float]) -> Iterator[tuple[float, ...]]:
    """Yield every distinct order of sorted values."""
    if not values:
        yield ()
    for place, value in enumerate(values):
        if place == 0 or value != values[place - 1]:
            for rest in _orders(values[:place] + values[place + 1 :]):
                yield (value, *rest)


def _some_assignments(
    dose: Floats, members: list[Integers], draws: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """Yield assignments drawn within the strata, in blocks."""
    for first in range(0, draws, BLOCK):
        assigned = np.tile(dose, (min(BLOCK, draws - first), 1))
        for stratum in members:
            assigned[:, stratum] = generator.permuted(assigned[:, stratum], axis=1)
        yield assigned
