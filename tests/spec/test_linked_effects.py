"""Two effects removed together equal least squares on their dummies, whichever way the equations are solved."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stoeval.inference import linked_effects
from stoeval.inference.absorption import Solved, dense_codes
from stoeval.inference.least_squares import fit
from stoeval.inference.linked_effects import LinkedEffects

Integers = NDArray[np.int64]

VESTIGINGEN, PROFIELEN, YEARS = 30, 4, 5


def effects_of(seed: int) -> tuple[list[Integers], Integers]:
    """Return vestiging x year and vestiging x profiel of a table with holes, and the vestiging of each row."""
    generator = np.random.default_rng(seed)
    cells = np.flatnonzero(generator.random(VESTIGINGEN * PROFIELEN * YEARS) < 0.6)
    vestiging, rest = np.divmod(cells, PROFIELEN * YEARS)
    profiel, year = np.divmod(rest, YEARS)
    return [dense_codes(vestiging, year), dense_codes(vestiging, profiel)], vestiging


def dummies_of(effects: list[Integers]) -> NDArray[np.float64]:
    return np.hstack([np.eye(int(codes.max()) + 1)[codes] for codes in effects])


@pytest.mark.parametrize("small", [48, 0], ids=["stack", "sparse"])
@pytest.mark.parametrize("weighted", [False, True])
def test_removal_of_two_effects_is_projection_off_their_dummies(
    monkeypatch: pytest.MonkeyPatch, small: int, *, weighted: bool
) -> None:
    """Least squares by numpy; worst deviation seen 3e-14, without weights and with weights from .1 to 10."""
    monkeypatch.setattr(linked_effects, "SMALL", small)
    effects, _ = effects_of(1)
    generator = np.random.default_rng(2)
    columns = generator.normal(size=(3, len(effects[0])))
    weights = 10.0 ** generator.uniform(-1, 1, len(effects[0])) if weighted else None
    root = np.ones(columns.shape[1]) if weights is None else np.sqrt(weights)
    design = dummies_of(effects)
    solved = np.linalg.lstsq(design * root[:, None], (columns * root).T, rcond=None)[0]
    expected = columns - (design @ solved).T
    remover = Solved(effects, weights)
    remover.remove(columns)
    np.testing.assert_allclose(columns, expected, atol=1e-12)
    assert remover.rank == np.linalg.matrix_rank(design)


@pytest.mark.parametrize("small", [48, 0], ids=["stack", "sparse"])
def test_squares_are_what_the_effects_hold_of_columns_in_each_cluster(
    monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    """Projection matrix of each cluster by numpy; worst deviation seen 6e-14."""
    monkeypatch.setattr(linked_effects, "SMALL", small)
    effects, vestiging = effects_of(3)
    region = vestiging // 10
    columns = np.random.default_rng(4).normal(size=(2, len(region)))
    remover = Solved(effects, None)
    starts = [np.array([codes[region == g].min() for g in range(3)]) for codes in effects]
    pairs = remover.squares(remover.sums(columns), starts)
    for g in range(3):
        inside = region == g
        design = dummies_of(effects)[inside]
        expected = columns[:, inside] @ design @ np.linalg.pinv(design) @ columns[:, inside].T
        edges = [np.append(first, len(left)) for left, _, first in pairs]
        held = sum(
            left[edge[g] : edge[g + 1]].T @ right[edge[g] : edge[g + 1]]
            for (left, right, _), edge in zip(pairs, edges, strict=True)
        )
        np.testing.assert_allclose(held, expected, atol=1e-12)


def test_weights_beyond_the_digits_of_a_double_are_solved_in_the_sparse_way() -> None:
    """A link of weight 1e-20 beside links of 1: what is left of a level is less than rounding."""
    effects = [np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 2, 2])]
    linked = LinkedEffects(effects, np.array([1.0, 1e-20, 1.0, 1.0, 1.0]), [np.ones(3), np.ones(3)])
    values = linked.solve([np.ones((3, 1)), np.ones((3, 1))])
    assert all(np.isfinite(value).all() for value in values)


def test_levels_that_are_all_dropped_leave_the_means_of_the_other_effect() -> None:
    """Each vestiging has one profiel: its effect adds nothing to vestiging x year."""
    year, vestiging = np.arange(6) // 2, np.arange(6) // 2
    columns = np.array([[1.0, 3.0, 2.0, 2.0, 5.0, 1.0]])
    Solved([year, vestiging], None).remove(columns)
    np.testing.assert_array_equal(columns, [[-1.0, 1.0, 0.0, 0.0, 2.0, -2.0]])


@pytest.mark.parametrize("crossed", [False, True])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_fit_without_any_column_leaves_the_outcome_less_its_effects(number: int, *, crossed: bool) -> None:
    """Least squares on dummies by numpy; worst deviation seen 5e-14."""
    effects, vestiging = effects_of(5)
    generator = np.random.default_rng(6)
    outcome, year = generator.normal(size=len(vestiging)), generator.integers(0, 4, len(vestiging))
    nested, across = effects[:number], [year] * crossed
    found = fit(outcome, np.empty((len(outcome), 0)), cluster=vestiging // 10, nested=nested, crossed=across)
    design = dummies_of([*nested, *across, np.zeros(len(outcome), dtype=np.int64)])
    expected = outcome - design @ np.linalg.lstsq(design, outcome, rcond=None)[0]
    np.testing.assert_allclose(found.residual, expected, atol=1e-12)
    assert found.k == 0
    assert found.coefficients.shape == (0,)
