"""Intervals by inversion of the permutation test of a dose: the constant effects that it does not reject.

A value b is tested by taking b D Z h from the outcome, with h the path of an effect that is the same for every
unit of dose, and permuting the dose (Rosenbaum 2002, Observational Studies, section 2.4.3). Estimates are linear
in b and variances quadratic, so that a permutation is as extreme as the sample where a polynomial of degree four
is not negative. Its roots are all the values at which the p-value moves; no value is tested twice.

It holds for effects proportional to the dose and equal over units: an assumption about effects, beside that
of the assignment. Values not rejected may leave gaps; the interval is the smallest that holds them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.assignments import assignments
from stoeval.inference.permuted_doses import Compared, estimates, parts, refuse_mismatch
from stoeval.inference.randomization import refuse_level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.permuted_doses import DoseMoments

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

REAL = 1e-9
"""A root whose imaginary part is below this share of its size is real."""
COUNTS = 1e-6
"""Rounding in a number of assignments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationInterval:
    """The constant effects that the permutation test does not reject."""

    effect: float
    ci_low: float
    ci_high: float
    ci_level: float
    draws: int
    enumerated: bool
    """Whether the draws are all assignments, so that no chance is left."""


def permutation_interval(  # noqa: PLR0913 - the choices of a test
    moments: DoseMoments,
    dose: Floats,
    *,
    combination: Floats,
    generator: np.random.Generator,
    path: Floats | None = None,
    strata: Integers | None = None,
    compared: Compared = Compared.STUDENTISED,
    draws: int = 9_999,
    level: float = 0.95,
) -> PermutationInterval:
    """Return the interval of the combination (q,) of coefficients, over assignments of a dose (A,) within strata.

    `path` (q,) is how the effect spreads over the columns: by default equal in those of positive weight and nil in
    the others. Raises EstimationError for arguments that make no sense, and NotIdentified where an assignment has
    no estimate or no value is rejected on one side.
    """
    refuse_level(level)
    refuse_mismatch(moments, dose, combination)
    path = _unit_path(combination, np.where(combination > 0, 1.0, 0.0) if path is None else path)
    blocks, enumerated = assignments(dose, strata, draws, generator)
    effect, score = estimates(moments, dose[None], combination, moments.moment, moments.nuisance_moment)
    std_error = float(np.sqrt(moments.factor * (score**2).sum()))
    shifted = partial(_shifted, moments, dose, combination, path, float(effect[0]), std_error)
    pieces = [(shifted(part), (part == dose).all(axis=1)) for part in parts(moments, blocks)]
    lines, sample = (np.concatenate(each) for each in zip(*pieces, strict=True))
    if compared is Compared.ESTIMATE:
        lines[:, 2:] = 1.0, 0.0, 0.0
    unseen = 0 if enumerated else 1
    rejected = (1 - level) * (len(lines) + unseen) - unseen - int(sample.sum())
    low, high = _ends(lines[~sample], rejected + COUNTS)
    return PermutationInterval(
        effect=float(effect[0]),
        ci_low=float(effect[0]) + low * std_error,
        ci_high=float(effect[0]) + high * std_error,
        ci_level=level,
        draws=len(lines),
        enumerated=enumerated,
    )


def _shifted(  # noqa: PLR0913, PLR0917 - what a shift of the outcome depends on
    moments: DoseMoments,
    dose: Floats,
    combination: Floats,
    path: Floats,
    effect: float,
    std_error: float,
    doses: Floats,
) -> Floats:
    """Return n0, n1, v0, v01, v11 (B, 5) of each assignment (B, A), in standard errors of the sample.

    With x the distance from the effect, estimates are n0 - x n1 and variances v0 - 2 x v01 + x^2 v11 when
    effect + x std_error is taken from the outcome.
    """
    found, score = estimates(moments, doses, combination, moments.moment, moments.nuisance_moment)
    along, along_score = estimates(moments, doses, combination, *_outcome_of(moments, dose, path))
    found, score = (found - effect * along) / std_error, (score - effect * along_score) / std_error
    variances = [(one * other).sum(axis=1) for one, other in ((score, score), (score, along_score), (along_score,) * 2)]
    return np.column_stack([found, along, *(moments.factor * each for each in variances)])


def _outcome_of(moments: DoseMoments, dose: Floats, path: Floats) -> tuple[Floats, Floats]:
    """Return the cross-products with the outcome that a constant effect of one makes, by unit and by cluster."""
    dose = dose - dose.mean() if moments.shiftable else dose
    beside = np.einsum("a,aqp,q->ap", dose, moments.link, path)
    members = moments.home == np.arange(len(moments.nuisance_gram))[:, None]
    total = beside.sum(axis=0)
    by_unit = dose[:, None] * (moments.gram @ path) - moments.link @ total
    return by_unit, members @ beside - moments.nuisance_gram @ total


def _ends(lines: Floats, rejected: float) -> tuple[float, float]:
    """Return the least and the largest distance at which more than `rejected` assignments are extreme.

    An assignment (5,) is extreme where (n0 - x n1)^2 >= x^2 (v0 - 2 x v01 + x^2 v11).
    """
    n0, n1, v0, v01, v11 = lines.T
    roots = _real_roots([n0**2, -2 * n0 * n1, n1**2 - v0, 2 * v01, -v11])
    far = (v11 <= 0) & (n1**2 >= v0)
    ends = []
    for sign in (-1, 1):
        # From far away towards the effect, an assignment changes sides at each of its roots.
        outermost = np.sort(np.where(np.isnan(roots), -np.inf, sign * roots), axis=1)[:, ::-1]
        step = np.where(far, -1, 1)[:, None] * (-1) ** np.arange(outermost.shape[1])
        real = np.isfinite(outermost)
        places, steps = outermost[real], step[real]
        order = np.argsort(-places, kind="stable")
        reached = np.flatnonzero(int(far.sum()) + np.cumsum(steps[order]) > rejected)
        if far.sum() > rejected or not len(reached):
            message = f"{len(lines)} assignments reject no effect on one side, however large; lower the level"
            raise NotIdentified(message)
        ends.append(sign * float(places[order][reached[0]]))
    return ends[0], ends[1]


def _real_roots(coefficients: list[Floats]) -> Floats:
    """Return the real roots (B, 4) of polynomials, constant first; NaN in the place of the others."""
    # The constant is never nil but the leading coefficient may be: solved for 1/x, roots at infinity are zeros.
    constant = np.maximum(coefficients[0], np.finfo(float).tiny)
    companion = np.zeros((len(constant), 4, 4))
    companion[:, [1, 2, 3], [0, 1, 2]] = 1.0
    companion[:, 0, :] = -np.column_stack(coefficients[1:]) / constant[:, None]
    inverse = np.linalg.eigvals(companion)
    size = np.abs(inverse)
    real = (np.abs(inverse.imag) <= REAL * size) & (size > REAL**2)
    return np.where(real, 1 / np.where(real, inverse.real, 1.0), np.nan)


def _unit_path(combination: Floats, path: Floats) -> Floats:
    """Return the path of an effect of one; raise where it has none."""
    effect = float(combination @ path) if path.shape == combination.shape else 0.0
    if not np.isfinite(effect) or effect == 0:
        message = f"a path {path.shape} has no effect by the combination {combination.shape}; give one value a column"
        raise EstimationError(message)
    return path / effect
