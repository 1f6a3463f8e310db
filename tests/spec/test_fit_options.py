"""What each option of a fit does: several outcomes, effects that link clusters, blocks, names and clusters."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference import blocks
from stoeval.inference.absorption import dense_codes
from stoeval.inference.blocks import products
from stoeval.inference.bounds import outcome_weights
from stoeval.inference.clustering import Convention, crv1
from stoeval.inference.least_squares import Fit, fit, fit_many
from stoeval.inference.moments import Moments

EXACT = 1e-12  # worst deviation seen 2e-13
NUMBERS = ("coefficients", "bread", "cluster_gram", "cluster_moment", "cluster_score", "residual", "design")
COUNTS = [one.name for one in fields(Moments) if one.name.startswith("n_")]


class Panel:
    """Sixty units in seven uneven clusters, five years and three groups; a third of the rows lost."""

    def __init__(self, seed: int = 4) -> None:
        generator = np.random.default_rng(seed)
        kept = np.sort(generator.choice(60 * 5 * 3, 600, replace=False))
        self.unit, self.year, self.group = (np.asarray(codes) for codes in np.unravel_index(kept, (60, 5, 3)))
        self.cluster = (np.sqrt(self.unit) * 0.9).astype(np.int64)
        self.firm = generator.integers(0, 25, 600)
        self.x = generator.normal(size=(600, 2)) + self.unit[:, None] % 5 + 1e3
        self.control = generator.normal(size=(600, 1)) + self.year[:, None]
        self.weights = generator.uniform(0.3, 4, 600)
        self.y = self.x @ [0.4, -0.2] + self.unit % 7 + self.firm % 3 + generator.normal(size=600)
        self.other = generator.normal(size=600) * 100
        self.shuffled = generator.permutation(600)

    def fit(self, **further: object) -> Fit:
        return fit(self.y, self.x, **{"cluster": self.cluster, "controls": self.control, **further})


def dummies(*effects: np.ndarray) -> np.ndarray:
    return np.column_stack([np.eye(int(codes.max()) + 1)[codes] for codes in effects])


def projected(columns: np.ndarray, weights: np.ndarray, *effects: np.ndarray) -> np.ndarray:
    """Return what weighted least squares on dummies leaves of columns."""
    root = np.sqrt(weights)[:, None]
    held = dummies(*effects)
    return columns - held @ np.linalg.lstsq(held * root, columns * root, rcond=None)[0]


EFFECTS = {
    "none": ((), ()),
    "one nested": (("unit",), ()),
    "one nested, one crossed": (("unit",), ("year",)),
    "one nested, two crossed": (("unit",), ("year", "group")),
    "two nested, two crossed": (("unit", "cluster_year"), ("year", "group_year")),
    "three nested, one crossed": (("unit", "cluster_year", "cluster_group"), ("group_year",)),
    "crossed alone": ((), ("year", "group")),
}


def effects_of(panel: Panel, names: tuple[str, ...]) -> list[np.ndarray]:
    made = {
        "unit": panel.unit,
        "year": panel.year,
        "group": panel.group,
        "cluster_year": dense_codes(panel.cluster, panel.year),
        "cluster_group": dense_codes(panel.cluster, panel.group),
        "group_year": dense_codes(panel.group, panel.year),
    }
    return [made[name] for name in names]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", EFFECTS)
def test_products_by_cluster_are_those_of_rows_with_dummies(kind: str, *, weighted: bool) -> None:
    """The record is made of counts and sums; the rows of the design, made with dummies, must add up to it."""
    panel = Panel()
    nested, crossed = (effects_of(panel, names) for names in EFFECTS[kind])
    weights = panel.weights if weighted else np.ones(600)
    found = panel.fit(nested=nested, crossed=crossed, weights=panel.weights if weighted else None)
    columns = found.design / weights[:, None]
    if nested:
        np.testing.assert_allclose(projected(columns, weights, *nested), columns, atol=1e-9)  # seen 2e-11
        y = projected(panel.y[:, None], weights, *nested)[:, 0]
    else:
        y = panel.y
    everything = np.column_stack([panel.x, panel.control, np.ones(600), *[dummies(one) for one in (*nested, *crossed)]])
    root = np.sqrt(weights)
    solved = np.linalg.lstsq(everything * root[:, None], panel.y * root, rcond=None)[0]
    np.testing.assert_allclose(found.coefficients, solved[:2], rtol=1e-9)  # worst deviation seen 2e-11: lstsq
    np.testing.assert_allclose(found.residual, panel.y - everything @ solved, atol=1e-9)  # worst deviation seen 2e-11
    spread = np.sqrt(np.diag(found.bread))
    product = (found.bread / spread[:, None]) @ (found.design.T @ columns) * spread
    np.testing.assert_allclose(product, np.eye(len(found.bread)), atol=1e-8)  # worst deviation seen 2e-9
    for g in range(found.n_clusters):
        rows = panel.cluster == g
        left = found.design[rows].T
        scale = np.abs(left @ columns[rows]).max()
        np.testing.assert_allclose(found.cluster_gram[g], left @ columns[rows], atol=EXACT * scale)
        np.testing.assert_allclose(found.cluster_moment[g], left @ y[rows], atol=1e-10 * scale)
        np.testing.assert_allclose(found.cluster_score[g], left @ found.residual[rows], atol=1e-10 * scale)


@pytest.mark.parametrize("rows", [1, 40, 10_000])
def test_the_size_of_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    panel = Panel()
    settings = {"nested": [panel.unit], "crossed": [panel.year], "weights": panel.weights}
    expected = panel.fit(**settings)
    monkeypatch.setattr(blocks, "ROWS", rows)
    assert_equal(panel.fit(**settings), expected)


def test_the_order_of_rows_and_codes_changes_nothing_but_the_order() -> None:
    panel = Panel()
    names = np.random.default_rng(1).permutation(1_000)
    expected = panel.fit(nested=[panel.unit], crossed=[panel.year], weights=panel.weights)
    order = panel.shuffled
    found = fit(
        panel.y[order],
        panel.x[order],
        cluster=panel.cluster[order],
        controls=panel.control[order],
        nested=[names[panel.unit][order]],
        crossed=[panel.year[order] * 10**12 - 5],
        weights=panel.weights[order],
    )
    assert_equal(found, expected, order)


def test_many_small_clusters_give_what_large_ones_give() -> None:
    """Products of small clusters are taken in one pass, those of large ones cluster by cluster."""
    left, right = np.random.default_rng(2).normal(size=(2, 3, 400))
    small = np.arange(0, 400, 4)
    large = np.arange(0, 400, 100)
    np.testing.assert_allclose(
        products(left, right, small).reshape(4, 25, 3, 3).sum(axis=1), products(left, right, large), atol=1e-12
    )


def assert_equal(found: Fit, expected: Fit, order: np.ndarray | None = None) -> None:
    for name in NUMBERS:
        theirs = getattr(expected, name)
        theirs = theirs[order] if name in {"residual", "design"} and order is not None else theirs
        np.testing.assert_allclose(getattr(found, name), theirs, atol=1e-11 * np.abs(theirs).max(), err_msg=name)
    assert {name: getattr(found, name) for name in COUNTS} == {name: getattr(expected, name) for name in COUNTS}


# --- several outcomes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("effects", [{}, {"nested": True}])
def test_several_outcomes_at_once_are_the_fits_of_each(effects: dict[str, bool]) -> None:
    panel = Panel()
    settings = {"cluster": panel.cluster, "crossed": [panel.year], "weights": panel.weights, "names": ("a", "b")}
    settings |= {"nested": [panel.unit]} if effects else {}
    together = fit_many(np.column_stack([panel.y, panel.other]), panel.x, **settings)
    for found, outcome in zip(together, (panel.y, panel.other), strict=True):
        assert_equal(found, fit(outcome, panel.x, **settings))
        assert found.names == ("a", "b")
    assert together[0].cluster_gram is together[1].cluster_gram
    assert together[0].design is together[1].design


def test_one_outcome_that_effects_hold_stops_all() -> None:
    panel = Panel()
    outcomes = np.column_stack([panel.y, panel.unit * 0.5])
    with pytest.raises(NotIdentified, match="leave nothing of the outcome"):
        fit_many(outcomes, panel.x, cluster=panel.cluster, nested=[panel.unit])


# --- effects that link clusters ------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("firm",), ("firm", "year"), ("firm", "year", "group")])
def test_effects_that_link_clusters_give_the_crv1_of_dummies(names: tuple[str, ...]) -> None:
    panel = Panel()
    linking = [getattr(panel, name) for name in names]
    found = panel.fit(nested=[panel.unit], absorbed=linking, weights=panel.weights)
    as_columns = panel.fit(nested=[panel.unit], crossed=linking, weights=panel.weights)
    np.testing.assert_allclose(found.coefficients, as_columns.coefficients, rtol=1e-10)  # worst deviation seen 1e-12
    np.testing.assert_allclose(crv1(found).matrix, crv1(as_columns).matrix, rtol=1e-10)  # worst deviation seen 2e-12
    np.testing.assert_allclose(found.residual, as_columns.residual, atol=1e-10)
    assert (found.jackknife_exact, as_columns.jackknife_exact) == (False, True)
    assert len(found.bread) == 3
    assert found.n_nested_effects == (-1 if len(names) > 1 else 60 + 25 - 1)


def test_crossed_effects_are_absorbed_beside_effects_that_link_clusters() -> None:
    panel = Panel()
    found = panel.fit(absorbed=[panel.firm], crossed=[panel.year])
    both = panel.fit(absorbed=[panel.firm, panel.year])
    assert_equal(found, both)
    as_columns = panel.fit(crossed=[panel.firm, panel.year])
    for convention in (Convention.FIXEST, Convention.STATA):  # columns lie a thousand from zero
        theirs = crv1(as_columns, convention).matrix
        np.testing.assert_allclose(crv1(found, convention).matrix, theirs, rtol=1e-8)  # worst deviation seen 2e-10


# --- names, clusters, constant -------------------------------------------------------------------------------


def test_regressors_are_numbered_where_they_have_no_name() -> None:
    panel = Panel()
    assert panel.fit().names == ("x0", "x1")
    assert panel.fit(names=["a", "b"]).names == ("a", "b")
    with pytest.raises(EstimationError, match="1 names for 2 regressors"):
        panel.fit(names=["a"])


def test_one_regressor_may_be_given_without_a_second_dimension() -> None:
    panel = Panel()
    settings = {"cluster": panel.cluster, "nested": [panel.unit]}
    assert_equal(fit(panel.y, panel.x[:, 0], **settings), fit(panel.y, panel.x[:, :1], **settings))
    with pytest.raises(EstimationError, match=r"columns have the shape \(600, 2, 1\)"):
        fit(panel.y, panel.x[:, :, None])
    with pytest.raises(EstimationError, match=r"not \(600, 2\); use fit_many"):
        fit(panel.x, panel.y)


def test_without_clusters_each_row_is_its_own() -> None:
    panel = Panel()
    found = fit(panel.y, panel.x)
    assert_equal(found, fit(panel.y, panel.x, cluster=np.arange(600)))
    assert found.n_clusters == 600


def test_a_constant_among_the_regressors_takes_the_place_of_the_one_that_is_added() -> None:
    panel = Panel()
    added = fit(panel.y, panel.x)
    given = fit(panel.y, np.column_stack([panel.x, np.full(600, 2.0)]))
    without = fit(panel.y, np.column_stack([panel.x, np.full(600, 2.0)]), intercept=False)
    np.testing.assert_allclose(given.coefficients[:2], added.coefficients, rtol=EXACT)
    np.testing.assert_array_equal(given.coefficients, without.coefficients)
    np.testing.assert_allclose(crv1(given).matrix[:2, :2], crv1(added).matrix, rtol=1e-8)  # worst seen 4e-11
    origin = fit(panel.y, panel.x, intercept=False)
    assert abs(origin.coefficients[0] - added.coefficients[0]) > 1e-3


def test_the_design_says_how_the_coefficient_depends_on_the_outcome() -> None:
    panel = Panel()
    found = panel.fit(nested=[panel.unit], crossed=[panel.year], weights=panel.weights)
    assert outcome_weights(found, np.array([1.0, 0.0])) @ panel.y == pytest.approx(found.coefficients[0], rel=1e-11)
