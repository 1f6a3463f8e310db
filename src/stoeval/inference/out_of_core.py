"""Least squares on a Parquet file that does not fit in memory: its cross-products by cluster, made in SQL.

The file holds one unit effect nested in clusters and one crossed effect, such as school years. DuckDB takes the
means of each unit, then the products of what they leave of the columns, by cluster and level of the crossed effect;
beyond its memory it spills to disk. What comes back is one small table a cluster, from which the coefficients
follow by Cholesky factor. Columns are first taken from their overall means, so that products of large numbers do
not cancel.

There are no rows, so no residuals, no masking bounds and no correction on the residuals: columns that are nearly
combinations of each other lose digits that `fit` would keep.
"""
# ruff: noqa: S608 - the SQL is made of numbers and of names in quotes

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
from scipy.linalg import cho_factor, cho_solve

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.elimination import EMPTY, independent
from stoeval.inference.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

MEMORY = "400MB"
"""What DuckDB may hold; what it holds beside that is about as much again."""
THREADS = 2
ROWS_AT_ONCE = 4_000_000
"""The units of so many rows are taken together."""
LEVELS = 60
"""Levels of the crossed effect, above which the sums of a unit are too wide."""
SINGULAR = 1e-11
"""A regressor that keeps less than this share of its squared length repeats others, as far as products can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """What has to be known of the file before its products can be taken."""

    source: duckdb.DuckDBPyConnection
    names: tuple[str, ...]
    rows: int
    means: tuple[float, ...]
    """Overall means of the columns."""
    levels: tuple[object, ...]
    clusters: tuple[object, ...]

    @property
    def width(self) -> int:
        """Return how many columns there are, regressors and outcome."""
        return len(self.means)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Products:
    """Cross-products by cluster of K columns, regressors then outcome, and T levels, after absorption."""

    columns: Floats
    """(G, K, K)"""
    mixed: Floats
    """(G, K, T)"""
    levels: Floats
    """(G, T, T)"""
    weight: Floats
    """(T,) weight of each level."""
    squares: Floats
    """(K,) squared lengths of the columns around their means."""
    units: int


def fit_parquet(  # noqa: PLR0913 - the parts of a regression
    files: str | Path,
    *,
    outcome: str,
    regressors: Sequence[str],
    unit: str,
    crossed: str,
    cluster: str,
    weights: str | None = None,
) -> Moments:
    """Fit an outcome on regressors with unit and crossed effects, by cluster, from the named columns of files.

    `files` is a Parquet file or a pattern such as `rows/*.parquet`. The cross-products are those of
    `fit(..., nested=[unit], crossed=[crossed])`. Raises EstimationError where files or columns cannot be read, a
    value is missing or not finite, a weight is not positive or a unit lies in two clusters, and NotIdentified where
    a regressor cannot be told apart from the effects or there is nothing to explain.
    """
    with tempfile.TemporaryDirectory() as directory, duckdb.connect() as source:
        source.execute(f"SET memory_limit = '{MEMORY}'; SET threads = {THREADS}")
        source.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        source.execute("SET temp_directory = ?", [directory])
        try:
            _name_columns(source, str(files), [*regressors, outcome], unit, crossed, cluster, weights)
            sample = _sample(source, tuple(regressors))
            made = _products(sample)
        except duckdb.Error as error:
            message = f"{files} cannot be reduced to cross-products: {error}"
            raise EstimationError(message) from error
    return _solve(sample, made)


def _name_columns(  # noqa: PLR0913, PLR0917 - the parts of a regression
    source: duckdb.DuckDBPyConnection,
    files: str,
    columns: Sequence[str],
    unit: str,
    crossed: str,
    cluster: str,
    weights: str | None,
) -> None:
    """Make a view `given` of the files with columns x0, x1, … (outcome last), w, unit, level and cluster."""
    chosen = [f"{_quoted(column)}::DOUBLE AS x{j}" for j, column in enumerate(columns)]
    chosen.append("1.0::DOUBLE AS w" if weights is None else f"{_quoted(weights)}::DOUBLE AS w")
    codes = {"unit": unit, "level": crossed, "cluster": cluster}
    chosen += [f"{_quoted(column)} AS {name}" for name, column in codes.items()]
    source.read_parquet(files).project(", ".join(chosen)).create_view("given")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sample(source: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> _Sample:
    """Check the rows and return their means, levels and clusters."""
    columns = [f"x{j}" for j in range(len(names) + 1)]
    missing = " + ".join(
        [f"count(*) FILTER (WHERE {name} IS NULL OR NOT isfinite({name}))" for name in [*columns, "w"]]
        + [f"count(*) FILTER (WHERE {name} IS NULL)" for name in ("unit", "level", "cluster")]
    )
    rows, bad, light = _row(source, f"SELECT count(*), {missing}, count(*) FILTER (WHERE w <= 0) FROM given")
    if not rows:
        message = "the sample has 0 rows; widen the population or the years"
        raise NotIdentified(message)
    if bad or light:
        message = f"{bad} values are missing or not finite and {light} weights are not positive; drop these rows first"
        raise EstimationError(message)
    means = _row(source, f"SELECT {', '.join(f'sum(w * {name}) / sum(w)' for name in columns)} FROM given")
    levels, clusters = (
        tuple(value for (value,) in source.execute(f"SELECT DISTINCT {name} FROM given ORDER BY 1").fetchall())
        for name in ("level", "cluster")
    )
    if len(levels) > LEVELS:
        message = f"the crossed effect has {len(levels)} levels, more than {LEVELS}; fit it in memory"
        raise EstimationError(message)
    return _Sample(source=source, names=names, rows=int(rows), means=means, levels=levels, clusters=clusters)


def _row(source: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    """Return the only row of an answer."""
    return tuple(source.execute(query).fetchall()[0])


def _products(sample: _Sample) -> _Products:
    """Take the products of one part of the units after the other."""
    G, K, T = len(sample.clusters), sample.width, len(sample.levels)
    columns, mixed, levels = np.zeros((G, K, K)), np.zeros((G, K, T)), np.zeros((G, T, T))
    weight, squares, units = np.zeros(T), np.zeros(K), 0
    parts = sample.rows // ROWS_AT_ONCE + 1
    _number(sample)
    for part in range(parts):
        units += _take_units(sample, part, parts)
        for row in sample.source.execute(_of_columns(sample, part, parts)).fetchall():
            (g, t), values = row[:2], np.array(row[2:])
            columns[g][np.triu_indices(K)] += values[1 + 2 * K :]
            mixed[g, :, t] += values[1 : 1 + K]
            levels[g, t, t] += values[0]
            weight[t] += values[0]
            squares += values[1 + K : 1 + 2 * K]
        for row in sample.source.execute(_of_levels(T)).fetchall():
            shared = np.zeros((T, T))
            shared[np.triu_indices(T)] = row[1:]
            levels[row[0]] -= shared + np.triu(shared, 1).T
    columns += np.triu(columns, 1).swapaxes(1, 2)
    return _Products(columns=columns, mixed=mixed, levels=levels, weight=weight, squares=squares, units=units)


def _number(sample: _Sample) -> None:
    """Give clusters and levels numbers in sorted order, in tables of their own."""
    for name in ("cluster", "level"):
        numbered = f"SELECT {name}, row_number() OVER (ORDER BY {name}) - 1 AS number"
        sample.source.execute(f"CREATE TABLE {name}_numbers AS {numbered} FROM (SELECT DISTINCT {name} FROM given)")
    sample.source.execute(
        "CREATE VIEW numbered AS SELECT given.*, c.number AS g, t.number AS t FROM given"
        " JOIN cluster_numbers c USING (cluster) JOIN level_numbers t USING (level)"
    )


def _take_units(sample: _Sample, part: int, parts: int) -> int:
    """Put means, weight and weight by level of one part of the units in a table, and return how many there are."""
    means = [f"sum(w * (x{j} - {mean!r})) / sum(w) AS m{j}" for j, mean in enumerate(sample.means)]
    counts = [f"coalesce(sum(w) FILTER (t = {t}), 0) AS s{t}" for t in range(len(sample.levels))]
    sample.source.execute(
        f"CREATE OR REPLACE TABLE units AS SELECT unit, min(g) AS first, max(g) AS last, sum(w) AS n,"
        f" {', '.join([*means, *counts])} FROM numbered WHERE hash(unit) % {parts} = {part} GROUP BY unit"
    )
    found, crossing = _row(sample.source, "SELECT count(*), count(*) FILTER (WHERE first <> last) FROM units")
    if crossing:
        message = (
            f"{crossing:.0f} units lie in more than one cluster, so that no cluster can be taken out; cluster at a "
            "higher level"
        )
        raise EstimationError(message)
    return int(found)


def _of_columns(sample: _Sample, part: int, parts: int) -> str:
    """Return the query of weight, sums, squares and products of the columns by cluster and level."""
    K = sample.width
    left = [f"(x{j} - {mean!r} - m{j})" for j, mean in enumerate(sample.means)]
    sums = [f"kahan_sum(w * {column})" for column in left]
    squares = [f"kahan_sum(w * (x{j} - {mean!r}) ** 2)" for j, mean in enumerate(sample.means)]
    products = [f"kahan_sum(w * {left[i]} * {left[j]})" for i in range(K) for j in range(i, K)]
    return (
        f"SELECT g, t, kahan_sum(w), {', '.join([*sums, *squares, *products])} FROM numbered"
        f" JOIN (SELECT * FROM units) USING (unit) WHERE hash(unit) % {parts} = {part} GROUP BY g, t ORDER BY g, t"
    )


def _of_levels(T: int) -> str:
    """Return the query of what the units hold of the products of levels, by cluster."""
    products = [f"kahan_sum(s{i} * s{j} / n)" for i in range(T) for j in range(i, T)]
    return f"SELECT first, {', '.join(products)} FROM units GROUP BY first ORDER BY first"


def _solve(sample: _Sample, made: _Products) -> Moments:
    """Return the solution of the normal equations and the cross-products it was made of."""
    k = sample.width - 1
    kept = _independent(sample.names, made)
    mixed = made.mixed[:, :, kept]
    levels = made.levels[:, kept[:, None], kept]
    gram = np.block([[made.columns[:, :k, :k], mixed[:, :k]], [mixed[:, :k].swapaxes(1, 2), levels]])
    moment = np.hstack([made.columns[:, :k, k], mixed[:, k]])
    total = gram.sum(axis=0)
    scale = 1 / np.sqrt(np.diag(total))
    factor = cho_factor(total * np.outer(scale, scale))
    solution = cho_solve(factor, moment.sum(axis=0) * scale) * scale
    return Moments(
        coefficients=solution[:k],
        names=sample.names,
        bread=cho_solve(factor, np.eye(len(total))) * np.outer(scale, scale),
        cluster_gram=gram,
        cluster_moment=moment,
        cluster_score=moment - gram @ solution,
        n_obs=sample.rows,
        n_clusters=len(gram),
        n_effects=1,
        n_nested_effects=made.units,
        n_controls=0,
        n_crossed_levels=len(sample.levels),
        jackknife_exact=True,
    )


def _independent(names: Sequence[str], made: _Products) -> Integers:
    """Return the levels that can be told apart; refuse an outcome or a regressor that effects hold."""
    T, k = len(made.weight), len(names)
    columns, mixed, levels = (part.sum(axis=0) for part in (made.columns, made.mixed, made.levels))
    gram = np.block([[levels, mixed.T], [mixed, columns]])
    # One threshold serves both kinds: a level may keep less of its weight than a column of its length.
    weight = np.concatenate([made.weight, made.squares * (SINGULAR / EMPTY)])
    outcome, regressors, candidates = [T + k], list(range(T, T + k)), list(range(1, T))
    if outcome[0] not in independent(gram, weight, np.array([*candidates, *outcome]))[0]:
        message = "the effects leave nothing of the outcome: it does not vary between the rows to compare"
        raise NotIdentified(message)
    kept, _ = independent(gram, weight, np.array([*candidates, *regressors]))
    lost = [name for name, place in zip(names, regressors, strict=True) if place not in kept]
    if lost:
        message = f"{len(lost)} regressors cannot be told apart from the effects or from each other: {', '.join(lost)}"
        raise NotIdentified(message)
    return kept[kept < T]
