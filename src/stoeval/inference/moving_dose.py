"""Whether a path moves with the count that its dose was built from.

Say the dose that was paid is D and the same rule at the count of year c gives D^c. Where the programme works, the
outcome of a year depends on D and on the year:

    Y_is = a_i + l_s + b_s D_i + m_s (mean of D^c)_i + k sum over c of -|s - c| D_i^c + e_is,   k = 0.

Where units that were high at a count fall back to where they belong, outcome and count of one year share what was
passing in that year, so that D^c says most about the years near c and k is not zero (Galton 1886, Journal of the
Anthropological Institute 15, for the falling back). Years enter twice: m_s takes out whatever goes with all counts
alike, such as a trend of large schools, and the effects of units take out what differs between counts for good. The
dose that was paid is exact, so that k is zero however badly another count stands for it.

Two counts beside the one that was paid on are needed: with one, D^c and its mean are the same. It does not tell a
falling back from an effect that differs between units by what a later count says of them; give it counts that the
programme cannot have moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.clustering import SINGULAR, contrast, crv3
from stoeval.inference.least_squares import fit
from stoeval.inference.permuted_doses import dose_moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stoeval.inference.clustering import Contrast
    from stoeval.inference.permuted_doses import DoseMoments

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearRows:
    """The rows of a linear regression, or of the last step of a Poisson one, without the columns of the dose."""

    outcome: Floats
    cluster: Integers
    nested: Sequence[Integers]
    crossed: Sequence[Integers]
    weights: Floats | None


def mean_and_closeness(columns: Mapping[int, Floats], years: Sequence[int], reference: int) -> tuple[Floats, Floats]:
    """Return the mean (n, S) of doses times year, and their sum (n,) by closeness of the year to the count.

    `columns` holds, by the year of the count, the dose times each of the S years (n, S); the reference year has none,
    so that closeness is measured from there.
    """
    if not columns:
        message = "no count is at hand to rebuild the dose from"
        raise NotIdentified(message)
    mean = np.mean(list(columns.values()), axis=0)
    at = np.array(years)
    near = [wide @ (abs(reference - count) - np.abs(at - count)) for count, wide in columns.items()]
    return np.asarray(mean), np.asarray(np.sum(near, axis=0), dtype=np.float64)


def moving(rows: LinearRows, closeness: Floats, beside: Floats) -> Contrast:
    """Return k with its cluster-jackknife interval, CRV3 against t(G-1).

    `closeness` (n,) is that of `mean_and_closeness`; `beside` (n, q) holds the dose that was paid and the mean of the
    others, both times year, and whatever else enters. Raises NotIdentified where nothing of closeness is left, as
    with fewer than two counts beside the one that was paid on.
    """
    fitted = fit(
        rows.outcome,
        closeness,
        names=("closeness",),
        cluster=rows.cluster,
        nested=rows.nested,
        crossed=rows.crossed,
        controls=beside,
        weights=rows.weights,
    )
    return contrast(fitted.coefficients, crv3(fitted), np.ones(1))


def paths(rows: LinearRows, unit: Integers, columns: Floats, doses: Floats) -> Floats:
    """Return the path (C, S) of the outcome on each dose times columns (n, S), beside the other doses of its count.

    `doses` (C, m, A) holds m doses by count, of which the first has the path, and `unit` (n,) their positions. Every
    path is that of a regression of its own, from the same cross-products. Raises NotIdentified where the doses of a
    count cannot be told apart.
    """
    moments = dose_moments(
        rows.outcome,
        columns,
        unit=unit,
        cluster=rows.cluster,
        nested=rows.nested,
        crossed=rows.crossed,
        weights=rows.weights,
    )
    if moments.shiftable:
        doses = doses - doses.mean(axis=2, keepdims=True)
    return np.stack([_path(moments, together) for together in doses])


def _path(moments: DoseMoments, doses: Floats) -> Floats:
    """Return the coefficients (S,) of the first of doses (m, A), with the others beside it."""
    size = len(doses) * moments.gram.shape[1]
    gram = np.einsum("ia,ja,aqr->iqjr", doses, doses, moments.gram, optimize=True).reshape(size, size)
    link = np.einsum("ia,aqp->iqp", doses, moments.link).reshape(size, -1)
    partial = gram - link @ link.T
    scale = np.sqrt(np.diag(gram))
    scaled = partial / np.outer(scale, scale)
    if not (scale > 0).all() or np.linalg.cond(scaled) > SINGULAR:
        message = "a dose at one of the counts cannot be told apart from the effects or from what stands beside it"
        raise NotIdentified(message)
    target = (doses @ moments.moment).reshape(size) / scale
    return np.asarray((np.linalg.solve(scaled, target) / scale)[: moments.gram.shape[1]])


def peaks(paths_by_count: Mapping[int, Mapping[int, float]], reference: int, *, highest: bool) -> dict[int, int]:
    """Return the year in which the path of each count is highest, or lowest; the reference year is zero."""
    sign = 1.0 if highest else -1.0
    return {
        count: max({**path, reference: 0.0}.items(), key=lambda point: sign * point[1])[0]
        for count, path in paths_by_count.items()
    }
