"""Partial pooling: effects of groups drawn towards what the groups have in common, as far as each is uncertain.

    y_r = x_r' b + u_r + e_r,    u_r ~ N(0, tau^2),    e_r ~ N(0, v_r) with v_r known

(Fay and Herriot 1979, Journal of the American Statistical Association 74; without x the random-effects model of
meta-analysis). tau^2 comes from restricted likelihood, or from the moment equation of Paule and Mandel (1982). The
drawn effect is x'b + (1 - B)(y - x'b) with B = v / (v + tau^2). Its interval is that of Morris (1983, Journal of the
American Statistical Association 78), which carries that b and tau^2 are estimated: without that, intervals of groups
that are almost wholly drawn in are too short.

`group_means` makes y_r and v_r from units within groups. The noise of a unit is a part that all share and a part
that falls with its precision, both from the spread of units around their own group. Groups may differ in noise beside
that: the variance of each is moderated by its own units (`moderated_variances`) and has degrees of freedom, which the
intervals take.

It assumes that groups differ normally: the one group that is truly different is drawn in too far.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.moderated_variances import moderated_variances, refuse_df

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stoeval.inference.moderated_variances import ModeratedVariances

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

LEAST, MOST, POINTS = 1e-6, 1e6, 97
"""Values of tau^2 at which the restricted likelihood is looked at first, as shares of the mean variance."""
ROUNDS = 20
"""Of the weights of the equations that give the noise of units."""


class Between(StrEnum):
    """How the variance between groups is estimated."""

    REML = "restricted maximum likelihood"
    PAULE_MANDEL = "Paule and Mandel"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled:
    """Effects of n groups, drawn in, with what they have in common."""

    coefficients: Floats
    """(q,) b"""
    covariance: Floats
    """(q, q) of b"""
    variance: float
    """tau^2"""
    expected: Floats
    """(n,) x'b"""
    residual: Floats
    """(n,) y - x'b"""
    effects: Floats
    """(n,) drawn towards x'b"""
    low: Floats
    high: Floats
    deviations: Floats
    """(n,) of groups from x'b, drawn towards zero"""
    deviation_low: Floats
    deviation_high: Floats
    residual_covariance: Floats
    """(n, n) of y - x'b from noise alone"""
    heterogeneity: float
    """Q of Cochran, chi-squared with n - q degrees of freedom where tau^2 is zero and the variances are known."""
    p_alike: float | None
    """Of Q; None with variances that were estimated, for which it is too small: `alike_groups` is the test there."""
    level: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupMeans:
    """Weighted means of units by group, in the order of the codes, and the variance that noise of units gives them."""

    means: Floats
    variances: Floats
    df: Floats
    """Degrees of freedom of each variance."""
    units: Integers
    largest: Floats
    """Share of the weight of a group that its heaviest unit has."""
    shared_noise: float
    """Variance of a unit of infinite precision around its group."""
    noise_by_precision: float
    """What a unit of precision one has on top of it."""


def pool(  # noqa: PLR0913 - estimates, what is known of them, and the choices of a model
    estimates: Floats,
    variances: Floats,
    design: Floats | None = None,
    *,
    df: Floats | float | None = None,
    between: Between = Between.REML,
    level: float = 0.95,
) -> Pooled:
    """Draw estimates (n,) with known variances (n,) towards their regression on the design (n, q), or their mean.

    With degrees of freedom of variances that were estimated, (n,) or one for all, intervals take t in place of the
    normal. Raises EstimationError for arguments that make no sense, and NotIdentified for a design whose columns are
    combinations of each other and for fewer than q + 3 groups.
    """
    X = np.ones((len(estimates), 1)) if design is None else design
    _refuse(estimates, variances, X, level)
    refuse_df(df, len(X))
    tau2 = (_reml if between is Between.REML else _paule_mandel)(estimates, variances, X)
    weights = 1 / (variances + tau2)
    b, covariance = _weighted(estimates, X, weights)
    expected = X @ b
    rest, share = estimates - expected, variances * weights
    spread = _morris(variances, weights, share, rest, X, covariance)
    critical = stats.norm.ppf(0.5 + level / 2) if df is None else stats.t.ppf(0.5 + level / 2, df)
    fixed, _ = _weighted(estimates, X, 1 / variances)
    Q = float((estimates - X @ fixed) ** 2 @ (1 / variances))
    makes_residual = np.eye(len(X)) - X @ covariance @ (X * weights[:, None]).T
    effects, deviations = expected + (1 - share) * rest, (1 - share) * rest
    half, half_deviation = critical * spread[0], critical * spread[1]
    return Pooled(
        coefficients=b,
        covariance=covariance,
        variance=tau2,
        expected=expected,
        residual=rest,
        effects=effects,
        low=effects - half,
        high=effects + half,
        deviations=deviations,
        deviation_low=deviations - half_deviation,
        deviation_high=deviations + half_deviation,
        residual_covariance=makes_residual * variances @ makes_residual.T,
        heterogeneity=Q,
        p_alike=float(stats.chi2.sf(Q, len(X) - X.shape[1])) if df is None else None,
        level=level,
    )


def group_means(values: Floats, precisions: Floats, group: Integers, *, nuisances: int = 0) -> GroupMeans:
    """Return means of units' values (n,) by group (n,), weighted by precision (n,), and their variances.

    `nuisances` are parameters of each group that the values were already freed from, such as its own trend; the
    variances grow by what these took. Raises NotIdentified where no group holds enough units to tell noise.
    """
    if not (len(values) == len(precisions) == len(group)) or not (precisions > 0).all() or nuisances < 0:
        message = f"{len(values)} values need as many positive precisions and groups, and nuisances of zero or more"
        raise EstimationError(message)
    units = np.bincount(group)
    total = np.bincount(group, precisions)
    if not total.all():
        message = f"{int((total == 0).sum())} of {len(total)} groups have no unit; number groups without gaps"
        raise EstimationError(message)
    means = np.bincount(group, precisions * values) / total
    share = precisions / total[group]
    noise = _noise(values - means[group], precisions, share, group)
    freedom = len(values) - len(total) * (1 + nuisances)
    if freedom <= 0:
        message = f"{len(values)} units in {len(total)} groups leave no degree of freedom to tell noise within groups"
        raise NotIdentified(message)
    variance = noise[0] + noise[1] / precisions
    own = _own_noise(values - means[group], share, variance, group, nuisances)
    grown = (len(values) - len(total)) / freedom
    return GroupMeans(
        means=means,
        variances=grown * own.variances * np.bincount(group, share**2 * variance),
        df=own.df,
        units=units.astype(np.int64),
        largest=_largest(share, group),
        shared_noise=float(grown * noise[0]),
        noise_by_precision=float(grown * noise[1]),
    )


def _own_noise(
    deviation: Floats, share: Floats, variance: Floats, group: Integers, nuisances: int
) -> ModeratedVariances:
    """Return how many times as large the variance of each group is as its units' noise lets expect."""
    expected = variance * (1 - 2 * share) + np.bincount(group, share**2 * variance)[group]
    together = np.bincount(group, expected / variance)
    squares = np.bincount(group, deviation**2 / variance)
    ratios = np.divide(squares, together, out=np.ones(len(together)), where=np.bincount(group) > 1)
    return moderated_variances(ratios, np.maximum(np.bincount(group) - 1.0 - nuisances, 0.0))


def _largest(share: Floats, group: Integers) -> Floats:
    largest = np.zeros(int(group.max()) + 1)
    np.maximum.at(largest, group, share)
    return largest


def _noise(deviation: Floats, precisions: Floats, share: Floats, group: Integers) -> Floats:
    """Return the two parts of a unit's noise, from squared deviations from weighted means and what they expect.

    E(d_i^2) = s_i (1 - 2 p_i) + sum over the group of p_j^2 s_j, with s_i = a + b / precision and p the shares.
    """
    columns = []
    for part in (np.ones(len(share)), 1 / precisions):
        together = np.bincount(group, share**2 * part)[group]
        columns.append(part * (1 - 2 * share) + together)
    wide, squares = np.column_stack(columns), deviation**2
    told = np.bincount(group)[group] > 1
    if not told.any() or not squares[told].any():
        message = "units do not differ within any group, so that noise cannot be told from differences between groups"
        raise NotIdentified(message)
    wide, squares, precisions = wide[told], squares[told], precisions[told]
    fit = np.array([0.0, float(squares.sum() / wide[:, 1].sum())])
    for _ in range(ROUNDS):
        scale = fit[0] + fit[1] / precisions
        found, _ = optimize.nnls(wide / scale[:, None], squares / scale)
        if not found.any() or np.allclose(found, fit, rtol=1e-8, atol=0):
            break
        fit = found
    return fit


def _refuse(estimates: Floats, variances: Floats, X: Floats, level: float) -> None:
    if not 0 < level < 1 or len(variances) != len(estimates) or len(X) != len(estimates):
        message = f"{len(estimates)} estimates need as many variances and rows, and a level between 0 and 1"
        raise EstimationError(message)
    if not (np.isfinite(estimates).all() and np.isfinite(variances).all() and (variances > 0).all()):
        message = "estimates must be finite and their variances positive; leave the others out"
        raise EstimationError(message)
    n, q = X.shape
    if n < q + 3:
        message = f"{n} groups beside {q} columns: at least {q + 3} are needed to see how far groups differ"
        raise NotIdentified(message)
    if np.linalg.matrix_rank(X / np.linalg.norm(X, axis=0).clip(np.finfo(float).tiny)) < q:
        message = f"the {q} columns of the design are combinations of each other; leave some out"
        raise NotIdentified(message)


def _weighted(estimates: Floats, X: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return weighted least-squares coefficients and their covariance."""
    covariance: Floats = np.linalg.inv((X * weights[:, None]).T @ X).astype(np.float64)
    return covariance @ (X.T @ (weights * estimates)), covariance


def _excess(tau2: float, estimates: Floats, variances: Floats, X: Floats) -> float:
    """Return the weighted sum of squares under tau^2, minus its expectation."""
    weights = 1 / (variances + tau2)
    b, _ = _weighted(estimates, X, weights)
    n, q = X.shape
    return float(((estimates - X @ b) ** 2 * weights).sum() - (n - q))


def _paule_mandel(estimates: Floats, variances: Floats, X: Floats) -> float:
    if _excess(0.0, estimates, variances, X) <= 0:
        return 0.0
    upper = float(np.ptp(estimates) ** 2 + variances.max())
    while _excess(upper, estimates, variances, X) > 0:
        upper *= 2
    found = optimize.brentq(_excess, 0.0, upper, args=(estimates, variances, X), xtol=1e-14 * upper)
    return float(found)


def _reml(estimates: Floats, variances: Floats, X: Floats) -> float:
    """Return the tau^2 of the largest restricted likelihood: the best of a grid, then where its slope is zero."""
    grid = np.concatenate([[0.0], float(variances.mean()) * np.geomspace(LEAST, MOST, POINTS)])
    best = int(np.argmax(_heights(grid, estimates, variances, X)))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, POINTS)])
    if _slope(low, estimates, variances, X) <= 0 or _slope(high, estimates, variances, X) >= 0:
        return float(grid[best])
    found = optimize.brentq(_slope, low, high, args=(estimates, variances, X), xtol=1e-15 * high, rtol=1e-14)
    return float(found)


def _heights(grid: Floats, estimates: Floats, variances: Floats, X: Floats) -> Floats:
    """Return the restricted log likelihood (t,) at values (t,) of tau^2."""
    weights = 1 / (variances + grid[:, None])
    gram = np.einsum("ni,tn,nj->tij", X, weights, X, optimize=True)
    moment = (weights * estimates) @ X
    explained = np.einsum("ti,ti->t", moment, np.linalg.solve(gram, moment[..., None])[..., 0])
    height = np.log(weights).sum(axis=1) - np.linalg.slogdet(gram)[1] - weights @ estimates**2 + explained
    return np.asarray(height / 2)


def _slope(tau2: float, estimates: Floats, variances: Floats, X: Floats) -> float:
    """Return the slope of the restricted log likelihood in tau^2."""
    weights = 1 / (variances + tau2)
    b, covariance = _weighted(estimates, X, weights)
    trace = weights.sum() - np.trace(covariance @ (X * weights[:, None] ** 2).T @ X)
    return float((((estimates - X @ b) * weights) ** 2).sum() - trace) / 2


def _morris(  # noqa: PLR0917, PLR0913 - everything that an interval of Morris is made of
    variances: Floats, weights: Floats, share: Floats, rest: Floats, X: Floats, covariance: Floats
) -> tuple[Floats, Floats]:
    """Return the standard errors of drawn effects and of drawn deviations."""
    n, q = X.shape
    reduced = share * (n - q - 2) / (n - q)
    leverage = weights * np.einsum("ij,jk,ik->i", X, covariance, X)
    average = float(weights @ variances / weights.sum())
    of_tau = 2 / (n - q - 2) * reduced**2 * rest**2 * (average + 1 / weights - variances) * weights
    own = variances * (1 - (1 - leverage) * reduced)
    deviation = variances * (1 - reduced) + (1 - share) ** 2 * leverage / weights
    return np.sqrt(own + of_tau), np.sqrt(deviation + of_tau)
