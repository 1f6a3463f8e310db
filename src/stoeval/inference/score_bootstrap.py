"""Score bootstrap of a Poisson model: the null imposed by a refit, then random weights on the scores of clusters.

Kline and Santos (2012, Journal of Econometric Methods 1(1)): scores at estimates restricted under the null are
multiplied by random weights of the clusters, which needs no refit in a draw. Under the null c'b = x the model is
fitted with the restriction in its offset; the statistic of the sample is the Newton step away from that fit over
its CRV1 standard error, and that of a draw the same step under weighted scores. Each statistic is studentised by
the scores one step on, v_g s_g - H_g H^-1 (sum of v_h s_h), which makes the test of a linear model its restricted
wild cluster bootstrap (variant 11).

The interval inverts the test with a refit at each value tried, started from the last one. It does not choose the
sample: rows that carry no information are those of `fit_poisson`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import contrast, crv1
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.poisson import STANDSTILL, STEPS, fit_poisson
from stoeval.inference.weighted_steps import WeightedSteps
from stoeval.inference.wild_bootstrap import BootstrapTest, Counting, refuse_choices, share_beyond
from stoeval.inference.wild_draws import TIE, Resampling, Variant, Weights, draw, draw_weights, resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

CLOSE = 1e-3
"""The ends of the interval are found to this share of the standard error, well below what the draws blur."""
DOUBLINGS = 12
"""How often the search for an end of the interval doubles its distance."""


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """What a Poisson model is fitted on."""

    outcome: Floats
    regressors: Floats
    controls: Floats
    offset: Floats
    names: Sequence[str]
    cluster: Integers
    nested: Sequence[Integers]
    crossed: Sequence[Integers]

    def fitted(self) -> Fit:
        """Return the fit without any restriction."""
        return fit_poisson(
            self.outcome,
            self.regressors,
            names=self.names,
            cluster=self.cluster,
            nested=self.nested,
            crossed=self.crossed,
            offset=self.offset,
            controls=self.controls,
        )

    def chosen(self, kept: Integers) -> _Rows:
        """Return the rows at these positions."""
        return _Rows(
            self.outcome[kept],
            self.regressors[kept],
            self.controls[kept],
            self.offset[kept],
            self.names,
            self.cluster[kept],
            [codes[kept] for codes in self.nested],
            [codes[kept] for codes in self.crossed],
        )

    def weighted(self, outcome: Floats, weights: Floats) -> Fit:
        """Fit another outcome on these rows by weighted least squares."""
        return fit(
            outcome,
            self.regressors,
            names=self.names,
            cluster=self.cluster,
            nested=self.nested,
            crossed=self.crossed,
            controls=self.controls,
            weights=weights,
        )


def score_bootstrap(  # noqa: PLR0913 - the parts of a regression and the choices of a bootstrap
    outcome: Floats,
    regressors: Floats,
    combination: Floats,
    *,
    names: Sequence[str],
    cluster: Integers,
    nested: Sequence[Integers],
    crossed: Sequence[Integers],
    offset: Floats,
    generator: np.random.Generator,
    controls: Floats | None = None,
    null: float = 0.0,
    draws: int = 9_999,
    weights: Weights | None = None,
    counting: Counting = Counting.WITH_SAMPLE,
    level: float = 0.95,
    interval: bool = True,
    fitted: Fit | None = None,
) -> BootstrapTest:
    """Test that a combination (k,) of Poisson coefficients, on the log scale, equals `null`; invert the test.

    The arguments of the model are those of `fit_poisson`, of which `fitted` is the result where it is at hand; the
    others are those of `wild_cluster_bootstrap`. Raises EstimationError for arguments that make no sense and
    NotIdentified where a likelihood has no maximum, the sample no statistic or the interval no end.
    """
    refuse_choices([null], draws, level if interval else None)
    if combination.shape != (regressors.shape[1],) or not np.isfinite(combination).all() or not combination.any():
        message = f"a combination takes {regressors.shape[1]} finite weights, not all zero: {combination}"
        raise EstimationError(message)
    controls = np.empty((len(outcome), 0)) if controls is None else controls
    rows = _Rows(outcome, regressors, controls, offset, names, cluster, nested, crossed)
    free = fitted or rows.fitted()
    null_at = _nulls(rows.chosen(free.rows), combination)
    drawn, enumerated, distribution = draw_weights(free.n_clusters, draws, weights, generator)

    def tested(value: float) -> tuple[float, float]:
        prepared = null_at(value)
        statistic = prepared.effect / prepared.std_error
        each = draw(drawn, prepared).statistics(prepared.effect)
        share = share_beyond(np.abs(each)[:, None], np.array([abs(statistic)]), counting, enumerated=enumerated)
        return statistic, float(share[0])

    statistic, p_value = tested(null)
    estimate = contrast(free.coefficients, crv1(free), combination)
    ends: list[float | None] = [None, None]
    if interval:
        ends = [_end(lambda v: tested(v)[1], estimate.effect, s * estimate.std_error, 1 - level + TIE) for s in (-1, 1)]
    return BootstrapTest(
        effect=estimate.effect,
        null=null,
        statistic=statistic,
        p_value=p_value,
        ci_low=ends[0],
        ci_high=ends[1],
        ci_level=level if interval else None,
        draws=len(drawn),
        enumerated=enumerated,
        method=f"restricted score, {distribution}, {counting}",
    )


def _nulls(rows: _Rows, combination: Floats) -> Callable[[float], Resampling]:
    """Return the function from a null to the Newton step away from the fit restricted under it."""
    linear = np.log(0.9 * rows.outcome + 0.1 * rows.outcome.mean())
    pivot = int(np.argmax(np.abs(combination)))
    others = np.delete(np.arange(len(combination)), pivot)
    along = rows.regressors[:, pivot] / combination[pivot]
    rest = np.column_stack([rows.regressors[:, others] - np.outer(along, combination[others]), rows.controls])
    steps = WeightedSteps(rest, rows.nested, rows.crossed)

    def step_from(value: float) -> Resampling:
        nonlocal linear
        linear = _restricted(rows.outcome, steps, rows.offset + value * along, linear)
        mean = np.exp(linear)
        step = rows.weighted((rows.outcome - mean) / mean, mean)
        return resampling(step, combination, variant=Variant.CLASSIC, restricted=True)

    return step_from


def _restricted(outcome: Floats, steps: WeightedSteps, offset: Floats, linear: Floats) -> Floats:
    """Return the log means of the fit on the nuisance alone, by Newton steps from `linear`."""
    for _ in range(STEPS):
        mean = np.exp(linear)
        working = linear - offset + (outcome - mean) / mean
        moved = offset + working - steps.residual(working, mean)
        if not np.isfinite(np.exp(moved)).all():
            break
        if np.abs(moved - linear).max() < STANDSTILL:
            return np.asarray(moved)
        linear = moved
    message = "the Poisson likelihood under the null has no maximum: the null lies too far from the estimate"
    raise NotIdentified(message)


def _end(p_value: Callable[[float], float], effect: float, step: float, alpha: float) -> float:
    """Return the value in the direction of `step`, a standard error, where the p-value falls to alpha."""
    inside, outside = effect, effect + 2 * step
    for _ in range(DOUBLINGS):
        if p_value(outside) <= alpha:
            break
        inside, outside = outside, effect + 2 * (outside - effect)
    else:
        message = (
            f"no value is rejected at {alpha:.3g}: the interval has no end, because too few clusters carry the effect; "
            "use Webb weights, more clusters or a lower level, or do without (`interval=False`)"
        )
        raise NotIdentified(message)
    while abs(outside - inside) > CLOSE * abs(step):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if p_value(middle) <= alpha else (middle, outside)
    return outside
