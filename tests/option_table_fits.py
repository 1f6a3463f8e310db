"""Calls of every public function that fits or absorbs, with other values of every argument."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
from scipy import sparse

from option_cases import Case, Fresh
from option_samples import (
    CLUSTER,
    CONTROLS,
    COUNTS,
    FIRM,
    OFFSET,
    OTHER_Y,
    ROWS,
    UNIT,
    WEIGHTS,
    YEAR,
    X,
    Y,
    parquet,
)
from stoeval.inference import absorption, blocks, elimination, exact, linked_effects, products_in_sql
from stoeval.inference.least_squares import fit, fit_many
from stoeval.inference.out_of_core import fit_parquet
from stoeval.inference.permuted_counts import poisson_null
from stoeval.inference.poisson import fit_poisson
from stoeval.inference.regression import Regression, solve
from stoeval.inference.regression_rows import RegressionRows, finer, refuse_bad_rows, regression_rows
from stoeval.inference.second_engine import confirm

NOT_FINITE = np.where(np.arange(ROWS) == 5, np.nan, Y)
REGRESSION: dict[str, Any] = {
    "names": ("a", "b"),
    "cluster": CLUSTER,
    "nested": [UNIT],
    "crossed": [YEAR],
    "absorbed": (),
    "controls": CONTROLS,
    "weights": WEIGHTS,
    "intercept": True,
}
OTHER_PARTS: dict[str, tuple[Any, ...]] = {
    "names": (("a", "c"), ("a",), None),
    "cluster": (UNIT, None),
    "nested": ([], [CLUSTER]),
    "crossed": ([], [YEAR // 2]),
    "absorbed": ([FIRM],),
    "controls": (None, CONTROLS**2),
    "weights": (None, WEIGHTS**2),
}
POISSON: dict[str, Any] = {
    "nested": [UNIT],
    "crossed": [YEAR],
    "offset": OFFSET,
    "controls": CONTROLS,
}
OTHER_POISSON = {name: OTHER_PARTS[name] for name in ("names", "cluster", "nested", "crossed", "controls")} | {
    "names": (("a", "c"), ("a",)),
    "cluster": (UNIT,),
}
MADE = Regression(outcome=Y, cluster=CLUSTER, nested=[UNIT], crossed=[YEAR], controls=CONTROLS, weights=WEIGHTS)
SOLVED = solve(MADE, X, ("a", "b"))


def rows(outcome: np.ndarray = Y) -> RegressionRows:
    parts = {name: value for name, value in REGRESSION.items() if name != "names"}
    return regression_rows(np.column_stack([outcome, OTHER_Y]), X, **parts)


def table(seed: int) -> str:
    return f"read_parquet('{parquet(seed)}')"


IN_SQL: dict[str, Any] = {
    "columns": ("x", "z", "y"),
    "unit": "unit",
    "crossed": "year",
    "cluster": "cluster",
    "weights": "weight",
}
OTHER_IN_SQL: dict[str, tuple[Any, ...]] = {
    "columns": (("x", "other", "y"),),
    "unit": ("firm", "cluster"),
    "crossed": ("half",),
    "cluster": ("unit",),
    "weights": (None, "dose"),
}


class Eliminated:
    """The steps of an elimination up to where one argument is wanted."""

    def __init__(self, outcome: np.ndarray = Y) -> None:
        self.accumulated = elimination.accumulate(rows(outcome))
        self.within = elimination.residualise(self.accumulated)
        self.parts = self.accumulated.parts
        self.columns = np.arange(3)
        self.triangle = elimination.triangle_of(self.parts)[:3, :3]
        self.coefficients = np.full((3, 2), 0.1)
        self.residuals = elimination.residuals(self.parts, self.columns, self.coefficients, self.triangle)


def fresh(name: str, outcome: np.ndarray = Y) -> Fresh:
    return Fresh(lambda: getattr(Eliminated(outcome), name))


def accumulated(outcome: np.ndarray = Y) -> Fresh:
    return Fresh(lambda: elimination.accumulate(rows(outcome)))


def removed(remover: Any) -> np.ndarray:  # noqa: ANN401 - what takes effects out
    columns = np.ascontiguousarray(X.T)
    remover.remove(columns)
    return columns


FITTING: dict[str, Case] = {
    "least_squares.fit": Case(function=fit, given={"outcome": Y, "regressors": X, **REGRESSION}, changed=OTHER_PARTS),
    "least_squares.fit without effects": Case(
        function=fit,
        given={"outcome": Y, "regressors": X, **REGRESSION, "nested": (), "crossed": ()},
        changed=OTHER_PARTS | {"nested": ([UNIT],), "crossed": ([YEAR],)},
    ),
    "least_squares.fit_many": Case(
        function=fit_many,
        given={"outcomes": np.column_stack([Y, OTHER_Y]), "regressors": X, **REGRESSION},
        changed=OTHER_PARTS,
    ),
    "regression_rows.regression_rows": Case(
        function=regression_rows,
        given={"outcomes": Y, "regressors": X} | {name: REGRESSION[name] for name in list(REGRESSION)[1:]},
        changed=OTHER_PARTS,
    ),
    "regression_rows.finer": Case(function=finer, given={"values": Y}, changed={"values": (Y.astype(object),)}),
    "regression_rows.refuse_bad_rows": Case(
        function=refuse_bad_rows,
        given={"outcome": Y, "others": (X, UNIT)},
        changed={"outcome": (NOT_FINITE, Y[:5]), "others": ((NOT_FINITE,), (X[:5],))},
    ),
    "poisson.fit_poisson": Case(
        function=fit_poisson,
        given={"outcome": COUNTS, "regressors": X, "names": ("a", "b"), "cluster": CLUSTER, **POISSON},
        changed=OTHER_POISSON,
    ),
    "permuted_counts.poisson_null": Case(
        function=poisson_null, given={"outcome": COUNTS, **POISSON}, changed=OTHER_POISSON
    ),
    "regression.solve": Case(
        function=solve,
        given={"regression": MADE, "columns": X, "names": ("a", "b")},
        changed={
            "regression": (Regression(outcome=OTHER_Y, cluster=CLUSTER, nested=[UNIT]),),
            "names": (("a", "c"), ("a",)),
        },
    ),
    "second_engine.confirm": Case(
        function=confirm,
        given={"regression": MADE, "columns": X, "found": SOLVED},
        changed={"regression": (Regression(outcome=OTHER_Y, cluster=CLUSTER, nested=[UNIT]),)},
    ),
    "out_of_core.fit_parquet": Case(
        function=fit_parquet,
        given={
            "files": parquet(0),
            "outcome": "y",
            "regressors": ("x", "z"),
            "unit": "unit",
            "crossed": "year",
            "cluster": "cluster",
            "weights": "weight",
        },
        changed={
            "files": (parquet(1), "nowhere.parquet"),
            "outcome": ("other", "absent"),
            "regressors": (("x",),),
            "unit": ("cluster",),
            "crossed": ("half",),
            "cluster": ("unit",),
            "weights": (None, "dose"),
        },
    ),
    "products_in_sql.product_queries": Case(
        function=products_in_sql.product_queries,
        given={"relation": table(0), **IN_SQL},
        changed=OTHER_IN_SQL | {"relation": (table(1),)},
        read=lambda queries: [duckdb.sql(one).fetchall() for one in (queries.columns, queries.levels)],
    ),
    "products_in_sql.cluster_products": Case(
        function=products_in_sql.cluster_products,
        given={"rows": lambda query: duckdb.sql(query).fetchall(), "relation": table(0), **IN_SQL},
        changed=OTHER_IN_SQL | {"relation": (table(1),), "rows": (lambda query: duckdb.sql(query).fetchall()[:9],)},
    ),
    "exact.affordable": Case(
        function=exact.affordable,
        given={"rows": 100, "columns": 10},
        changed={"rows": (10_000,), "columns": (16,)},
    ),
    "exact.solve_exactly": Case(
        function=exact.solve_exactly,
        given={"outcomes": Y[:8, None], "columns": X[:8], "weights": WEIGHTS[:8]},
        changed={"weights": (None, WEIGHTS[1:9])},
    ),
}
MACHINERY: dict[str, Case] = {
    "absorption.removal": Case(
        function=absorption.removal,
        given={"effects": [UNIT, YEAR], "weights": WEIGHTS},
        changed={"effects": ([UNIT], [UNIT, YEAR, FIRM]), "weights": (None,)},
        read=removed,
    ),
    "absorption.absorb": Case(
        function=absorption.absorb,
        given={"columns": X, "effects": [UNIT, YEAR], "weights": WEIGHTS},
        changed={"effects": ([UNIT],), "weights": (None, WEIGHTS**2)},
    ),
    "absorption.dense_codes": Case(function=absorption.dense_codes, given={"keys": (UNIT, YEAR)}),
    "absorption.absorbed_rank": Case(
        function=absorption.absorbed_rank,
        given={"effects": [UNIT, FIRM]},
        changed={"effects": ([UNIT], [UNIT, CLUSTER], [UNIT, YEAR, FIRM])},
    ),
    "linked_effects.components": Case(
        function=linked_effects.components,
        given={"links": sparse.csr_array(np.eye(4))},
        changed={"links": (sparse.csr_array(np.eye(4)[:, [0, 0, 1, 2]]),)},
    ),
    "blocks.blocks_of": Case(
        function=blocks.blocks_of,
        given={"cluster": CLUSTER, "nested": [UNIT]},
        changed={"nested": ([CLUSTER], [])},
    ),
    "blocks.whole": Case(
        function=blocks.whole, given={"cluster": CLUSTER, "effects": [FIRM]}, changed={"effects": ([YEAR],)}
    ),
    "blocks.products": Case(
        function=blocks.products,
        given={"left": X.T, "right": CONTROLS.T, "starts": np.array([0, 50, 90])},
        changed={"starts": (np.array([0, 40, 90]),), "left": (X.T**2,), "right": (CONTROLS.T**2,)},
    ),
    "elimination.accumulate": Case(
        function=elimination.accumulate, given={"rows": rows()}, changed={"rows": (rows(Y**2),)}
    ),
    "elimination.independent": Case(
        function=elimination.independent,
        given={"gram": np.eye(3) + 0.2, "weight": np.ones(3), "candidates": np.arange(3)},
        changed={"weight": (np.array([1.0, 1.0, 1e14]),), "candidates": (np.arange(2),)},
    ),
    "elimination.residualise": Case(
        function=elimination.residualise,
        given={"accumulated": accumulated()},
        changed={"accumulated": (accumulated(Y**2),)},
    ),
    "elimination.triangle_of": Case(
        function=elimination.triangle_of, given={"parts": fresh("parts")}, changed={"parts": (fresh("parts", Y**2),)}
    ),
    "elimination.residuals": Case(
        function=elimination.residuals,
        given={
            "parts": fresh("parts"),
            "design": np.arange(3),
            "coefficients": Fresh(lambda: np.full((3, 2), 0.1)),
            "triangle": fresh("triangle"),
        },
        changed={
            "parts": (fresh("parts", Y**2),),
            "design": (np.array([0, 2, 1]),),
            "triangle": (Fresh(lambda: 2 * Eliminated().triangle),),
        },
        free={"coefficients": "a start: one exact correction leads to the same residuals from everywhere"},
    ),
    "elimination.scores": Case(
        function=elimination.scores,
        given={
            "accumulated": fresh("accumulated"),
            "design": np.arange(3),
            "within": Fresh(lambda: Eliminated().within[:, :3]),
            "residuals": fresh("residuals"),
        },
        changed={
            "accumulated": (Fresh(lambda: elimination.accumulate(rows(Y))),),
            "design": (np.array([0, 2, 1]),),
            "within": (Fresh(lambda: Eliminated().within[:, :3] * 2),),
            "residuals": (fresh("residuals", Y**2),),
        },
    ),
}
FITS = FITTING | MACHINERY
