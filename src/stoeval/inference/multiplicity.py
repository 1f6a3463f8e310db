"""Adjustment of p-values over a family of hypotheses; pure functions on p-values, order kept.

Holm's step-down within a family, a split of alpha over measurements, intersection-union for chains and serial
gatekeeping between families. None of them knows how the p-values depend on each other: they hold for every
dependence. `romano_wolf` uses it where joint draws exist; `alpha_spending` where looks share their data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted by the step-down method of Holm (1979, Scandinavian Journal of Statistics 6).

    The order is kept. Raises EstimationError where a value is not a probability.
    """
    p = _probabilities(p_values)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return tuple(float(value) for value in adjusted)


def split_alpha(p_values: Sequence[float], alphas: Sequence[float]) -> tuple[float, ...]:
    """Return p-values of several measurements, to be held against the sum of the alphas they were registered with.

    A p-value is multiplied by the sum of alphas over its own: with .01 and .04 an interim p of .01 and a final
    p of .04 both become .05. The chance of any false rejection stays below the sum (Bonferroni with unequal
    weights), whatever the dependence. Raises EstimationError where a value is not a probability or an alpha not
    positive.
    """
    p, shares = _probabilities(p_values), np.asarray(alphas, dtype=np.float64)
    if len(shares) != len(p) or not ((shares > 0) & (shares < 1)).all() or shares.sum() >= 1:
        message = f"{len(p)} p-values take as many positive alphas that sum to less than 1, not {list(alphas)}"
        raise EstimationError(message)
    return tuple(float(value) for value in np.minimum(p * shares.sum() / shares, 1.0))


def intersection_union(p_values: Sequence[float]) -> float:
    """Return the p-value of the claim that every link of a chain holds: the largest of its p-values.

    Each link is tested at full alpha and all must reject (Berger 1982, Technometrics 24(4)). Raises
    EstimationError for a chain without links or a value that is not a probability.
    """
    p = _probabilities(p_values)
    if not len(p):
        message = "a chain without links has no p-value; give the p-value of at least one link"
        raise EstimationError(message)
    return float(p.max())


def serial_gatekeeping(families: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """Return p-values of families tested in order, each opened only if all of the one before passes.

    The p-values are already adjusted within their family, by Holm or Romano-Wolf. One counts no lower than the
    largest of the families before it, so that a secondary never passes where a primary fails (Bauer, Röhmel,
    Maurer and Hothorn 1998, Statistics in Medicine 17(18)). Raises EstimationError for an empty family before
    the last or a value that is not a probability.
    """
    gate, opened = 0.0, []
    for number, family in enumerate(families, start=1):
        p = np.maximum(_probabilities(family), gate)
        if not len(p) and number < len(families):
            message = f"family {number} of {len(families)} is empty, so that nothing guards the next; leave it out"
            raise EstimationError(message)
        gate = max(gate, *p.tolist(), 0.0)
        opened.append(tuple(float(value) for value in p))
    return tuple(opened)


def _probabilities(p_values: Sequence[float]) -> Floats:
    p = np.asarray(p_values, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        message = f"{int((~((p >= 0) & (p <= 1))).sum())} of {len(p)} p-values lie outside [0, 1]"
        raise EstimationError(message)
    return p
