"""The score bootstrap of a Poisson model, beside refits on dummies and the bootstrap of a linear model."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.least_squares import fit
from stoeval.inference.score_bootstrap import score_bootstrap
from stoeval.inference.wild_bootstrap import BootstrapTest, Counting, Weights, wild_cluster_bootstrap

ALONE = np.array([1.0])
SMALL = 1e-6


def panel(clusters: int, seed: int, effect: float = 0.0) -> dict[str, Any]:
    """Return counts of three units a cluster in four years, with a shock a cluster and year."""
    generator = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(3 * clusters), 4), np.tile(np.arange(4), 3 * clusters)
    cluster = unit // 3
    dose = generator.uniform(0.2, 1.8, size=clusters)[cluster] * (year > 1)
    shock = 0.2 * generator.normal(size=(clusters, 4))[cluster, year]
    outcome = generator.poisson(np.exp(1.5 + 0.3 * generator.normal(size=3 * clusters)[unit] + shock + effect * dose))
    return {
        "outcome": outcome.astype(float),
        "regressors": np.column_stack([dose, generator.normal(size=len(unit))]),
        "cluster": cluster,
        "nested": [unit],
        "crossed": [year],
        "offset": 0.1 * generator.normal(size=len(unit)),
    }


def run(given: dict[str, Any], **choices: Any) -> BootstrapTest:  # noqa: ANN401 - passes options on
    """Run the test; `combination` and `seed` are choices too."""
    combination, seed = choices.pop("combination", (1.0, 0.0)), choices.pop("seed", 1)
    names = tuple("ab"[: given["regressors"].shape[1]])
    return score_bootstrap(
        combination=np.array(combination), names=names, generator=np.random.default_rng(seed), **given, **choices
    )


def restricted_means(X: np.ndarray, y: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Return the means of a Poisson fit, by plain Newton steps on all columns."""
    b = np.linalg.lstsq(X, np.log(y + 0.5) - offset, rcond=None)[0]
    for _ in range(50):
        mean = np.exp(offset + X @ b)
        b = b + np.linalg.solve(X.T @ (mean[:, None] * X), X.T @ (y - mean))
    return np.asarray(np.exp(offset + X @ b))


@pytest.mark.parametrize(("combination", "null"), [((1.0, 0.0), 0.0), ((1.0, 0.0), 0.3), ((0.5, -2.0), 0.1)])
def test_all_combinations_of_weights_give_the_p_value_of_a_loop_over_draws(
    combination: tuple[float, float], null: float
) -> None:
    """Seven clusters, all dummies as columns, the restriction solved for the first coefficient, 128 draws."""
    given = panel(7, seed=3)
    y, R, cluster = given["outcome"], given["regressors"], given["cluster"]
    dummies = np.column_stack([np.eye(21)[given["nested"][0]], np.eye(4)[given["crossed"][0]][:, 1:]])
    along = R[:, 0] / combination[0]
    rest = np.column_stack([R[:, 1] - combination[1] * along, dummies])
    mean = restricted_means(rest, y, given["offset"] + null * along)
    X = np.column_stack([R, dummies])
    bread = np.linalg.inv(X.T @ (mean[:, None] * X))
    weights = np.array([*combination, *[0.0] * dummies.shape[1]])
    scores = np.array([X[cluster == g].T @ (y - mean)[cluster == g] for g in range(7)])
    grams = np.array([X[cluster == g].T @ (mean[:, None] * X)[cluster == g] for g in range(7)])

    def t_of(drawn: np.ndarray) -> float:
        step = bread @ drawn.sum(axis=0)
        after = drawn - grams @ step
        return float(weights @ step / np.sqrt(((after @ bread @ weights) ** 2).sum()))

    every = np.array([t_of(np.array(v)[:, None] * scores) for v in product([-1.0, 1.0], repeat=7)])
    found = run(given, combination=combination, null=null, weights=Weights.RADEMACHER, interval=False)
    assert found.enumerated
    assert found.p_value == (np.abs(every) >= abs(t_of(scores)) * (1 - 1e-8)).mean()


def test_of_a_model_that_is_all_but_linear_it_is_the_restricted_wild_bootstrap() -> None:
    """Counts of 1 + z / 10^6 and no offset: exp is linear to within 10^-6 of its slope."""
    given = panel(14, seed=5)
    z = given["outcome"] - 4
    linear = fit(
        z,
        given["regressors"],
        names=("a", "b"),
        cluster=given["cluster"],
        nested=given["nested"],
        crossed=given["crossed"],
    )
    wild = wild_cluster_bootstrap(linear, np.array([1.0, 0.0]), generator=np.random.default_rng(1), draws=999)
    score = run(given | {"outcome": 1 + SMALL * z, "offset": 0 * z}, draws=999)
    assert score.p_value == wild.p_value
    assert wild.ci_low is not None
    assert wild.ci_high is not None
    ends = np.array([score.effect, score.ci_low, score.ci_high]) / SMALL
    width = wild.ci_high - wild.ci_low
    np.testing.assert_allclose(ends, [wild.effect, wild.ci_low, wild.ci_high], atol=1e-3 * width)  # 2.3e-4 seen


def test_values_inside_the_interval_are_not_rejected_and_those_at_its_ends_are() -> None:
    given = panel(14, seed=2)
    test = run(given, draws=499)
    assert test.ci_low is not None
    assert test.ci_high is not None
    assert test.ci_low < test.effect < test.ci_high
    inward = 2e-3 * (test.ci_high - test.ci_low)
    for end, side in ((test.ci_low, 1), (test.ci_high, -1)):
        assert run(given, draws=499, null=end, interval=False).p_value <= 0.05 + 1e-9
        assert run(given, draws=499, null=end + side * inward, interval=False).p_value > 0.05


def test_at_the_estimate_itself_the_p_value_is_one() -> None:
    given = panel(14, seed=2)
    assert run(given, null=run(given, interval=False).effect, interval=False).p_value == pytest.approx(1, abs=1e-3)


def test_under_the_null_one_test_in_twenty_rejects() -> None:
    """Theory: the count in 100 panels of 16 clusters lies in the central 99.9 % of Binomial(100, 0.05)."""
    rejections = sum(run(panel(16, seed), draws=199, interval=False).p_value <= 0.05 for seed in range(100))
    low, high = stats.binom.interval(0.999, 100, 0.05)
    assert low <= rejections <= high


def test_an_interval_covers_the_effect_that_was_put_in() -> None:
    test = run(panel(30, seed=8, effect=0.5), draws=499)
    assert test.ci_low is not None
    assert test.ci_high is not None
    assert 0 < test.ci_low < 0.5 < test.ci_high


@pytest.mark.parametrize(
    "choice",
    [
        {"null": 0.2},
        {"draws": 299},
        {"weights": Weights.WEBB},
        {"counting": Counting.STRICT},
        {"level": 0.8},
        {"interval": False},
        {"controls": np.random.default_rng(0).normal(size=(168, 1))},
        {"seed": 2},
    ],
    ids=lambda choice: next(iter(choice)),
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    given = panel(14, seed=1)
    default, other = run(given, draws=199), run(given, **({"draws": 199} | choice))
    assert (default.p_value, default.ci_low) != (other.p_value, other.ci_low)


@pytest.mark.parametrize("combination", [(1.0,), (0.0, 0.0), (np.nan, 1.0)])
def test_a_combination_takes_one_finite_weight_a_coefficient(combination: tuple[float, ...]) -> None:
    with pytest.raises(EstimationError, match="takes 2 finite weights"):
        run(panel(14, seed=1), combination=combination)


def test_an_interval_without_end_is_refused_and_the_p_value_survives() -> None:
    """Four clusters: the sample and its mirror are 2 of 16 combinations."""
    given = panel(4, seed=1)
    with pytest.raises(NotIdentified, match=r"no end|no maximum"):
        run(given, weights=Weights.RADEMACHER)
    assert 2 / 16 <= run(given, weights=Weights.RADEMACHER, interval=False).p_value <= 1
