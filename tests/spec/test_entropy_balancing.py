"""Entropy balancing against weights by hand, its own conditions and a second solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.entropy_balancing import entropy_balance


def drawn(seed: int, units: int = 120, traits: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return (
        generator.normal(size=(units, traits)),
        generator.normal(0, 0.3, traits),
        generator.uniform(0.5, 3, units),
    )


def test_two_units_are_weighted_as_the_mean_says() -> None:
    found = entropy_balance(np.array([[0.0], [1.0]]), np.array([0.75]), np.ones(2))
    assert found.weights == pytest.approx([0.25, 0.75], abs=1e-11)  # worst deviation seen 8e-14
    assert found.divergence == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5), rel=1e-9)


def test_three_units_are_tilted_by_the_root_of_a_square() -> None:
    """Weights 1 : t : t^2 with mean 1.5 over 0, 1, 2: t^2 - t - 3 = 0."""
    t = (1 + np.sqrt(13)) / 2
    found = entropy_balance(np.array([[0.0], [1.0], [2.0]]), np.array([1.5]), np.full(3, 7.0))
    assert found.weights == pytest.approx(np.array([1, t, t**2]) / (1 + t + t**2), abs=1e-11)  # seen 5e-13


@pytest.mark.parametrize("seed", range(5))
def test_means_are_as_asked_and_weights_as_near_as_another_solver_finds(seed: int) -> None:
    """The dual by BFGS of scipy; at the minimum log(w / b) is a straight line in the characteristics."""
    traits, target, given = drawn(seed)
    found = entropy_balance(traits, target, given)
    assert found.weights @ traits == pytest.approx(target, abs=1e-9)  # worst deviation seen 6e-12
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    start = given / given.sum()
    other = minimize(lambda z: np.log(start @ np.exp((traits - target) @ z)), np.zeros(4), options={"gtol": 1e-9})
    assert found.divergence == pytest.approx(-other.fun, abs=1e-9)  # worst deviation seen 5e-12
    line = np.column_stack([np.ones(len(given)), traits])
    ratio = np.log(found.weights / start)
    left = ratio - line @ np.linalg.lstsq(line, ratio, rcond=None)[0]
    assert np.abs(left).max() < 1e-9  # worst deviation seen 2e-15


def test_weights_exist_where_linear_programming_says_so() -> None:
    generator, possible = np.random.default_rng(3), 0
    for _ in range(60):
        units, traits = int(generator.integers(5, 40)), int(generator.integers(1, 5))
        x, target = generator.normal(size=(units, traits)) ** 3, 2 * generator.normal(size=traits)
        rows, means = np.vstack([x.T, np.ones(units)]), np.append(target, 1)
        exists = linprog(np.zeros(units), A_eq=rows, b_eq=means, bounds=(1e-6, None)).status == 0
        possible += exists
        if exists:
            assert entropy_balance(x, target, np.ones(units)).weights @ x == pytest.approx(
                target, abs=1e-8
            )  # seen 2e-10
        else:
            with pytest.raises(NotIdentified, match="no positive weights"):
                entropy_balance(x, target, np.ones(units))
    assert 15 < possible < 45  # seen 38


def test_given_weights_that_balance_are_left_as_they_are() -> None:
    traits, _, given = drawn(1)
    found = entropy_balance(traits, given @ traits / given.sum(), given)
    assert found.weights == pytest.approx(given / given.sum(), abs=1e-12)
    assert found.divergence == pytest.approx(0, abs=1e-12)


def test_units_of_measurement_and_repeated_characteristics_change_nothing() -> None:
    traits, target, given = drawn(2)
    plain = entropy_balance(traits, target, given).weights
    scale, more = np.array([1e-6, 1.0, 1e3, 5.0]), traits[:, :1] - 2 * traits[:, 1:2]
    assert entropy_balance(traits * scale + 9, target * scale + 9, given).weights == pytest.approx(
        plain, abs=1e-9
    )  # seen 1e-11
    wide = np.column_stack([traits, more, np.ones(len(given))])
    asked = np.concatenate([target, [target[0] - 2 * target[1], 1.0]])
    assert entropy_balance(wide, asked, given).weights == pytest.approx(plain, abs=1e-10)  # seen 1e-17


@pytest.mark.parametrize(("change", "words"), [((0.5, 0.0), "break an identity"), ((0.0, 0.5), "do not vary")])
def test_means_that_no_unit_could_have_are_named(change: tuple[float, float], words: str) -> None:
    traits, target, given = drawn(2)
    wide = np.column_stack([traits, traits[:, 0] + traits[:, 1], np.ones(len(given))])
    asked = np.concatenate([target, [target[0] + target[1] + change[0], 1.0 + change[1]]])
    with pytest.raises(NotIdentified, match=words):
        entropy_balance(wide, asked, given)


def test_arrays_that_do_not_fit_are_refused() -> None:
    traits, target, given = drawn(2)
    with pytest.raises(EstimationError, match="for 119 weights and 4 means"):
        entropy_balance(traits, target, given[1:])
    with pytest.raises(EstimationError, match="have to be positive"):
        entropy_balance(traits, target, np.where(given > 1, given, 0.0))
