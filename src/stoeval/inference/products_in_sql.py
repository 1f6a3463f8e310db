"""Cross-products by cluster in plain SQL, the same text for DuckDB, Spark and whatever else accepts it.

y = x beta + unit effect + level effect, units nested in clusters. The queries take unit means out of the columns and
give, by cluster, the products of what is left with itself and with the levels; these are the cross-products of
`out_of_core.fit_parquet`, which is the faster way where DuckDB is at hand. `rows` runs a query: a function that an
engine lends. Values have to be there and finite; that is checked before anything is multiplied.
"""
# ruff: noqa: S608 - the SQL is made of names in quotes

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stoeval.errors import EstimationError, NotIdentified

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = Callable[[str], list[tuple[Any, ...]]]

HUGE = 1.7976931348623157e308


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterProducts:
    """Cross-products of K columns and T levels by G clusters, unit means taken out."""

    columns: Floats
    """(G, K, K)"""
    mixed: Floats
    """(G, K, T) of columns with levels."""
    levels: Floats
    """(G, T, T)"""
    cluster_names: tuple[object, ...]
    level_names: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductQueries:
    """The three texts: what is wrong with the rows, the products of columns, the products of levels."""

    faults: str
    columns: str
    levels: str


def product_queries(  # noqa: PLR0913 - the parts of a regression
    relation: str, *, columns: Sequence[str], unit: str, crossed: str, cluster: str, weights: str | None = None
) -> ProductQueries:
    """Return the queries over a named relation; `columns` are regressors and outcome, in the order of the products."""
    x = [f"x{j}" for j in range(len(columns))]
    given = ", ".join(f"CAST({column} AS DOUBLE) AS {name}" for column, name in zip(columns, x, strict=True))
    weight = "1" if weights is None else weights
    rows = (
        f"given AS (SELECT {given}, CAST({weight} AS DOUBLE) AS w, {unit} AS unit, {crossed} AS level, "
        f"{cluster} AS cluster FROM {relation})"
    )
    bad = " OR ".join(
        [f"{name} IS NULL OR NOT (abs({name}) <= {HUGE!r})" for name in [*x, "w"]]
        + [f"{name} IS NULL" for name in ("unit", "level", "cluster")]
    )
    means = ", ".join(f"sum(w * {name}) / sum(w) AS m{name}" for name in x)
    left = ", ".join(f"{name} - m{name} AS {name}" for name in x)
    K = len(x)
    pairs = [f"sum(w * {x[i]} * {x[j]})" for i in range(K) for j in range(i, K)]
    sums = ", ".join(["sum(w)", *(f"sum(w * {name})" for name in x), *pairs])
    return ProductQueries(
        faults=(
            f"WITH {rows}, units AS (SELECT unit FROM given GROUP BY unit HAVING min(cluster) <> max(cluster)) "
            f"SELECT count(*), count(*) FILTER (WHERE {bad}), count(*) FILTER (WHERE w <= 0), "
            "(SELECT count(*) FROM units) FROM given"
        ),
        columns=(
            f"WITH {rows}, units AS (SELECT unit AS one, {means} FROM given GROUP BY unit), "
            f"remains AS (SELECT cluster, level, w, {left} FROM given JOIN units ON unit = one) "
            f"SELECT cluster, level, {sums} FROM remains GROUP BY cluster, level ORDER BY cluster, level"
        ),
        levels=(
            f"WITH {rows}, shares AS (SELECT unit, cluster, level, sum(w) AS s FROM given "
            "GROUP BY unit, cluster, level), units AS (SELECT unit AS one, sum(s) AS n FROM shares GROUP BY unit) "
            "SELECT a.cluster, a.level, b.level, sum(a.s * b.s / n) FROM shares a JOIN shares b ON a.unit = b.unit "
            "JOIN units ON a.unit = one GROUP BY a.cluster, a.level, b.level ORDER BY a.cluster, a.level, b.level"
        ),
    )


def cluster_products(  # noqa: PLR0913 - the parts of a regression
    rows: Rows,
    relation: str,
    *,
    columns: Sequence[str],
    unit: str,
    crossed: str,
    cluster: str,
    weights: str | None = None,
) -> ClusterProducts:
    """Return the cross-products that an engine makes of the rows of a relation.

    Raises NotIdentified where there are no rows, EstimationError where a value is missing or not finite, a weight is
    not positive or a unit lies in two clusters.
    """
    asked = product_queries(relation, columns=columns, unit=unit, crossed=crossed, cluster=cluster, weights=weights)
    _require_sound(*rows(asked.faults)[0])
    found, shared = rows(asked.columns), rows(asked.levels)
    clusters, levels = (sorted({row[place] for row in found}) for place in (0, 1))
    place_of = {name: place for place, name in enumerate(clusters)}, {name: place for place, name in enumerate(levels)}
    G, K, T = len(clusters), len(columns), len(levels)
    made = np.zeros((G, K, K)), np.zeros((G, K, T)), np.zeros((G, T, T))
    for name, level, *values in found:
        g, t = place_of[0][name], place_of[1][level]
        made[2][g, t, t] += values[0]
        made[1][g, :, t] = values[1 : 1 + K]
        made[0][g][np.triu_indices(K)] += values[1 + K :]
    for name, one, other, value in shared:
        made[2][place_of[0][name], place_of[1][one], place_of[1][other]] -= value
    return ClusterProducts(
        columns=made[0] + np.triu(made[0], 1).swapaxes(1, 2),
        mixed=made[1],
        levels=made[2],
        cluster_names=tuple(clusters),
        level_names=tuple(levels),
    )


def _require_sound(rows: int, bad: int, light: int, crossing: int) -> None:
    if not rows:
        message = "the sample has 0 rows; widen the population or the years"
        raise NotIdentified(message)
    if bad or light:
        message = f"{bad} rows lack a finite value and {light} weights are not positive; drop these rows first"
        raise EstimationError(message)
    if crossing:
        message = f"{crossing} units lie in more than one cluster; cluster at a higher level"
        raise EstimationError(message)
