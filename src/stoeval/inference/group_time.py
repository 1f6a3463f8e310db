"""Effects by cohort and period under staggered adoption, with influence functions (Callaway and Sant'Anna 2021).

    ATT(g, t) = E[Y_t - Y_b | cohort g] - E[Y_t - Y_b | comparison]

with b the last period before g, and the comparison never treated or not yet treated by t (Journal of Econometrics
225(2)). Assumes parallel paths of cohort and comparison from b to t, no anticipation, and treatment that
lasts. No cell is ever compared with units that were treated before. Aggregates weigh cohorts by their numbers of
units; their influence functions carry the uncertainty of these weights.

With covariates, as they are in period b, the comparison is doubly robust (`doubly_robust`). The panel is
balanced. Variances are those of influence functions by cluster,
without a small-sample factor, as in the R package did; simultaneous bands follow from `bands.simultaneous_band`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.clustering import Covariance
from stoeval.inference.doubly_robust import doubly_robust_difference
from stoeval.inference.regression_rows import refuse_bad_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class Comparison(StrEnum):
    """Whom a cohort is compared with."""

    NEVER_TREATED = "never treated"
    NOT_YET_TREATED = "not yet treated"
    """Units that are treated after both periods of the comparison, or never."""


class Reference(StrEnum):
    """The period that a period before treatment is compared with."""

    PREVIOUS = "previous"
    """The one before it: steps of the path."""
    LAST_UNTREATED = "last untreated"
    """The last before treatment, as after treatment: one path; that period itself has no effect."""


class Aggregation(StrEnum):
    """How effects by cohort and period are put together."""

    SIMPLE = "simple"
    """All treated cells, by numbers of units."""
    COHORT = "cohort"
    """The mean over periods of each cohort; overall by numbers of units."""
    EVENT_TIME = "event time"
    """Periods since treatment; overall the mean from zero on."""
    PERIOD = "period"
    """Treated cohorts in each period; overall the mean over periods."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupTimeEffects:
    """One effect a cell of cohort and period, over n units."""

    cohort: Integers
    """(k,) first treated period."""
    period: Integers
    """(k,)"""
    effect: Floats
    """(k,)"""
    influence: Floats
    """(n, k) influence of each unit."""
    unit: Integers
    """(n,) code of each unit that is compared."""
    cohort_of_unit: Integers
    """(n,) first treated period, or none within the panel."""
    weight: Floats
    """(n,) of each unit, with mean one."""
    cells_left_out: tuple[tuple[int, int], ...]
    """Cohort and period of cells without a comparison."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aggregate:
    """Effects put together, and their overall."""

    at: Integers
    """(m,) cohort, event time or period; none for the simple aggregation."""
    effect: Floats
    """(m,)"""
    influence: Floats
    """(n, m)"""
    overall: float
    overall_influence: Floats
    """(n,)"""


def group_time_effects(  # noqa: PLR0913 - a panel and how it is compared
    outcome: Floats,
    *,
    unit: Integers,
    period: Integers,
    cohort: Integers,
    covariates: Floats | None = None,
    weights: Floats | None = None,
    comparison: Comparison = Comparison.NEVER_TREATED,
    reference: Reference = Reference.PREVIOUS,
) -> GroupTimeEffects:
    """Return the effect of each cohort in each period, from a balanced panel as rows (n,).

    `cohort` (n,) is the first treated period; 0 or a period after the panel is never. `covariates` is (n, q),
    `weights` (n,) counts in the first period of a unit. Cohorts treated in the first period are left out, units and
    all. Raises EstimationError for a panel that is not balanced, NotIdentified where no cell can be compared.
    """
    beside = [] if covariates is None else [covariates]
    refuse_bad_rows(outcome, unit, period, cohort, *beside)
    order, periods = _balanced(unit, period, cohort)
    first = cohort[order[:, 0]].astype(np.int64)
    first = np.where((first <= 0) | (first > periods[-1]), np.iinfo(np.int64).max, first)
    kept = first > periods[0]
    order, first = order[kept], first[kept]
    paths, size = outcome[order], _sizes(weights, order[:, 0])
    given = np.column_stack([np.empty((len(outcome), 0)), *beside])[order]
    cells, left_out = [], []
    for g, now, before in _comparisons(np.unique(first), periods, reference):
        latest = periods[max(now, before)] if comparison is Comparison.NOT_YET_TREATED else periods[-1]
        treated = first == g
        used = treated | (first > latest)
        if treated[used].all():
            left_out.append((g, int(periods[now])))
            continue
        influence, change = np.zeros(len(first)), paths[used, now] - paths[used, before]
        effect, influence[used] = doubly_robust_difference(change, treated[used], given[used, before], size[used])
        cells.append((g, int(periods[now]), effect, influence * len(first) / used.sum()))
    if not cells:
        message = f"none of {len(left_out)} cells of cohort and period has a comparison that is {comparison}"
        raise NotIdentified(message)
    cohorts, times, effects, influences = zip(*cells, strict=True)
    return GroupTimeEffects(
        cohort=np.array(cohorts),
        period=np.array(times),
        effect=np.array(effects),
        influence=np.column_stack(influences),
        unit=np.unique(unit)[kept],
        cohort_of_unit=first,
        weight=size,
        cells_left_out=tuple(left_out),
    )


def aggregate(found: GroupTimeEffects, by: Aggregation) -> Aggregate:
    """Put effects by cohort and period together.

    Raises NotIdentified where there is no treated cell.
    """
    after = found.period >= found.cohort
    if not after.any():
        message = "no treated cell could be compared; there is nothing to put together"
        raise NotIdentified(message)
    if by is Aggregation.SIMPLE:
        effect, influence = _weighted(found, found.effect, found.influence, after, found.cohort)
        none = np.empty(0, dtype=np.int64)
        return Aggregate(
            at=none,
            effect=np.empty(0),
            influence=influence[:, None][:, none],
            overall=effect,
            overall_influence=influence,
        )
    label = {
        Aggregation.COHORT: found.cohort,
        Aggregation.EVENT_TIME: found.period - found.cohort,
        Aggregation.PERIOD: found.period,
    }[by]
    used = np.ones(len(label), dtype=bool) if by is Aggregation.EVENT_TIME else after
    at = np.unique(label[used])
    parts = [_weighted(found, found.effect, found.influence, used & (label == value), found.cohort) for value in at]
    effects, influences = np.array([one for one, _ in parts]), np.column_stack([one for _, one in parts])
    if by is Aggregation.COHORT:
        overall, influence = _weighted(found, effects, influences, np.ones(len(at), dtype=bool), at)
    else:
        treated = at >= 0
        overall, influence = float(effects[treated].mean()), influences[:, treated].mean(axis=1)
    return Aggregate(at=at, effect=effects, influence=influences, overall=overall, overall_influence=influence)


def influence_covariance(influence: Floats, cluster: Integers | None = None) -> Covariance:
    """Return the covariance of effects with influences (n, k), by cluster (n,) or with each unit its own.

    Raises NotIdentified for fewer than three clusters.
    """
    codes = np.arange(len(influence)) if cluster is None else dense_codes(cluster)
    if len(codes) != len(influence):
        message = f"{len(codes)} clusters for the influence of {len(influence)} units; give one cluster a unit"
        raise EstimationError(message)
    G = int(codes.max()) + 1
    if G < 3:
        message = f"{G} clusters: a cluster-robust standard error needs at least 3"
        raise NotIdentified(message)
    sums = np.zeros((G, influence.shape[1]))
    np.add.at(sums, codes, influence)
    return Covariance(matrix=sums.T @ sums / len(influence) ** 2, df=G - 1, convention=f"influence, t({G - 1})")


def _sizes(weights: Floats | None, first_row: Integers) -> Floats:
    """Return the weights (n,) of units in their first row, with mean one."""
    size = np.ones(len(first_row)) if weights is None else weights[first_row].astype(np.float64)
    return size * (len(size) / size.sum()) if len(size) else size


def _comparisons(cohorts: Integers, periods: Integers, reference: Reference) -> Iterator[tuple[int, int, int]]:
    """Yield each cohort with the positions of the periods that are compared."""
    for g in (int(cohort) for cohort in cohorts if cohort <= periods[-1]):
        last_untreated = int(np.flatnonzero(periods < g)[-1])
        for now in range(len(periods)):
            before = last_untreated if periods[now] >= g or reference is Reference.LAST_UNTREATED else now - 1
            if before not in {-1, now}:
                yield g, now, before


def _weighted(
    found: GroupTimeEffects, effects: Floats, influences: Floats, chosen: NDArray[np.bool_], cohort: Integers
) -> tuple[float, Floats]:
    """Return the mean of chosen effects by numbers of units in their cohorts (m,), and its influence (n,)."""
    belongs = (found.cohort_of_unit[:, None] == cohort[chosen]) * found.weight[:, None]
    share = belongs.mean(axis=0)
    total = float(share.sum())
    mean = float(effects[chosen] @ share) / total
    of_weights = (belongs - share) @ (effects[chosen] - mean)
    return mean, (influences[:, chosen] @ share + of_weights) / total


def _balanced(unit: Integers, period: Integers, cohort: Integers) -> tuple[Integers, Integers]:
    """Return the position of the row of each unit and period (units, periods), and the periods."""
    rows, columns = dense_codes(unit), dense_codes(period)
    U, T = int(rows.max()) + 1, int(columns.max()) + 1
    cells = np.bincount(rows * T + columns, minlength=U * T)
    if (cells != 1).any():
        message = (
            f"{int((cells == 0).sum())} cells of unit and period have no row, {int((cells > 1).sum())} have several; "
            "keep the units that are observed once in every period"
        )
        raise EstimationError(message)
    order = np.lexsort((columns, rows)).reshape(U, T)
    moving = int((cohort[order] != cohort[order[:, :1]]).any(axis=1).sum())
    if moving:
        message = f"{moving} units change their first treated period; give one a unit"
        raise EstimationError(message)
    return order, np.unique(period)
