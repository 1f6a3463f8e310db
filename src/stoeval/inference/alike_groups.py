"""Whether groups are alike, from units within them: chance from flipped signs.

Q of Cochran sums the squared means of groups over their variances. With variances estimated from few units it is not
chi-squared: it rejects too often, and where small groups are the noisier ones nearly always. The corrections of Welch
(1951) and James (1951, both Biometrika 38) need many units in each group; with many groups of a few units Welch's
test fails worse. In that case a test has to set the products of *different* units of a group against zero (Akritas
and Papadatos 2004, Journal of the American Statistical Association 99): where groups are alike these have mean
zero, whatever the variance of each unit.

Here the sign of what each unit deviates from the regression is drawn anew, and Q computed again: the restricted wild
bootstrap with units as clusters. Squares of units stay as they are, so that only the products count. Weights of
groups depend on the squares alone and are the same in every draw, which makes the test exact for symmetric errors of
any size, but for what the regression takes: the deviations that are drawn are those freed from the leverage of their
unit (HC2). The weights carry that groups may differ in noise (`moderated_variances`), so that a few noisy ones do not
hide the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.moderated_variances import moderated_variances
from stoeval.inference.partial_pooling import group_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.partial_pooling import GroupMeans

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

TIE = 1e-10
"""Share of the statistic within which a draw counts as equal."""
LEAST = 1e-9
"""Of what the regression leaves of a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeTest:
    """A test that groups do not differ beyond their regression."""

    statistic: float
    p_value: float
    draws: int


def alike_groups(  # noqa: PLR0913 - units, their groups, what is expected of groups, and the draws
    values: Floats,
    precisions: Floats,
    group: Integers,
    design: Floats | None = None,
    *,
    generator: np.random.Generator,
    nuisances: int = 0,
    draws: int = 1_999,
) -> AlikeTest:
    """Test that means of values (n,) by group (n,) lie on their regression on the design (groups, q), or are equal.

    Units are weighted by precision (n,); `nuisances` are parameters of each group that the values were already freed
    from. Raises EstimationError for arguments that make no sense, and NotIdentified where noise cannot be told or
    groups are not more than columns.
    """
    found = group_means(values, precisions, group, nuisances=nuisances)
    X = np.ones((len(found.means), 1)) if design is None else design
    _refuse(found, X, nuisances, draws)
    order = np.argsort(group, kind="stable")
    values, precisions, group = values[order], precisions[order], group[order]
    share = precisions / np.bincount(group, precisions)[group]
    noise = found.shared_noise + found.noise_by_precision / precisions
    working = np.bincount(group, share**2 * noise).astype(np.float64)
    fitted, leverage = _projection(X, working)
    left = np.maximum(1 - leverage[group] * share, LEAST) * (1 - nuisances / found.units[group])
    deviation = (values - (fitted @ found.means)[group]) / np.sqrt(left)
    squares = np.bincount(group, deviation**2 / noise) / found.units
    weights = 1 / (working * moderated_variances(squares, found.units.astype(np.float64)).variances)
    fitted, _ = _projection(X, 1 / weights)
    statistic = _statistic(found.means[None, :], fitted, weights)[0]
    drawn = _statistic(_flipped(share * deviation, group, draws, generator), fitted, weights)
    beyond = int((drawn >= statistic * (1 - TIE)).sum())
    return AlikeTest(statistic=float(statistic), p_value=(1 + beyond) / (1 + draws), draws=draws)


def _flipped(parts: Floats, group: Integers, draws: int, generator: np.random.Generator) -> Floats:
    """Return sums of parts (n,) by sorted group (draws, groups), with signs of their own in every draw."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    signs = 2.0 * generator.integers(0, 2, (draws, len(parts)), dtype=np.int8) - 1.0
    return np.add.reduceat(signs * parts, starts, axis=1)


def _projection(X: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Return the matrix (n, n) that gives the weighted regression of means, and its diagonal."""
    weighted = X / variances[:, None]
    fitted = X @ np.linalg.solve(X.T @ weighted, weighted.T)
    return fitted, np.diag(fitted).copy()


def _statistic(means: Floats, fitted: Floats, weights: Floats) -> Floats:
    """Return Q (draws,) of means (draws, groups) around their regression."""
    return np.asarray(((means - means @ fitted.T) ** 2) @ weights)


def _refuse(found: GroupMeans, X: Floats, nuisances: int, draws: int) -> None:
    if draws < 1 or len(X) != len(found.means):
        message = f"{len(found.means)} groups need as many rows, not {len(X)}, and draws of one or more, not {draws}"
        raise EstimationError(message)
    if (found.units <= nuisances).any():
        few = int((found.units <= nuisances).sum())
        message = f"{few} groups have no more units than the {nuisances} parameters that each spent; leave them out"
        raise NotIdentified(message)
    rank = int(np.linalg.matrix_rank(X / np.linalg.norm(X, axis=0).clip(np.finfo(float).tiny)))
    if rank < X.shape[1] or len(X) <= rank:
        message = f"{len(X)} groups beside {X.shape[1]} columns of rank {rank} leave nothing to differ"
        raise NotIdentified(message)
