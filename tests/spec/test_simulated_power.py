"""Power by simulation, beside the noncentral t, the formula, and full samples drawn and refitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError
from stoeval.inference.clustering import contrast, crv3
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.power import SimulatedPower, minimum_detectable_effect, simulated_power
from stoeval.inference.wild_draws import Weights

ALONE = np.array([1.0])


def panel(clusters: int = 200, seed: int = 5) -> Fit:
    """Return clusters of one unit in four years with independent normal errors and a normal dose."""
    generator = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(clusters), 4), np.tile(np.arange(4), clusters)
    dose = generator.normal(size=clusters)[unit] * (year > 1)
    outcome = generator.normal(size=len(unit))
    return fit(outcome, dose[:, None], names=("dose",), cluster=unit, nested=[unit], crossed=[year])


def error_of(found: Fit) -> float:
    return contrast(found.coefficients, crv3(found), ALONE).std_error


def run(found: Fit, *, seed: int = 1, effects: tuple[float, ...] = (0.0, 0.1), **choices: Any) -> SimulatedPower:  # noqa: ANN401 - passes options on
    return simulated_power(found, ALONE, effects, np.random.default_rng(seed), **choices)


@pytest.mark.parametrize("weights", [Weights.RADEMACHER, Weights.NORMAL])
def test_with_many_alike_clusters_power_is_that_of_the_noncentral_t(weights: Weights) -> None:
    """Theory: within five Monte-Carlo errors and 0.02 for errors that are not quite normal; 0.018 seen."""
    found, df = panel(), 199
    sizes = np.array([0.0, 1.0, 2.0, 2.8, 4.0])
    critical = stats.t.ppf(0.975, df)
    expected = stats.nct.sf(critical, df, sizes) + stats.nct.cdf(-critical, df, sizes)
    power = run(found, effects=tuple(sizes * error_of(found)), weights=weights, simulations=10_000)
    np.testing.assert_allclose(power.power, expected, atol=5 * np.sqrt(0.25 / 10_000) + 0.02)
    np.testing.assert_allclose(power.power_errors, [np.sqrt(p * (1 - p) / 10_000) for p in power.power], rtol=1e-12)


@pytest.mark.parametrize(
    "choices", [{"simulations": 10_000}, {"simulations": 500, "bootstrap_draws": 199}], ids=["CRV3 t", "wild bootstrap"]
)
def test_with_many_alike_clusters_the_detectable_effect_is_that_of_the_formula(choices: dict[str, Any]) -> None:
    """Within four Monte-Carlo errors and 2 %; 1.2 % seen in both, of errors of 0.5 % and 2.2 %."""
    found = panel()
    power = run(found, **choices)
    expected = minimum_detectable_effect(error_of(found), 199)
    assert power.minimum_detectable_effect is not None
    assert power.minimum_detectable_effect_error is not None
    allowed = 4 * power.minimum_detectable_effect_error + 0.02 * expected
    assert power.minimum_detectable_effect == pytest.approx(expected, abs=allowed)


def test_power_is_that_of_samples_drawn_anew() -> None:
    """400 panels of 40 clusters, each tested at one effect; simulated from 20 of them. Three errors of 0.025."""
    drawn = [panel(40, seed) for seed in range(400)]
    effect = 2 * float(np.mean([error_of(found) for found in drawn]))
    tests = [contrast(found.coefficients + effect, crv3(found), ALONE).p_value <= 0.05 for found in drawn]
    simulated = [run(found, effects=(effect,), simulations=500).power[0] for found in drawn[:20]]
    assert np.mean(simulated) == pytest.approx(np.mean(tests), abs=0.075)  # 0.058 seen


def test_the_detectable_effect_has_the_power_that_was_asked_for() -> None:
    found = panel(30)
    first = run(found, power=0.7)
    assert first.minimum_detectable_effect is not None
    again = run(found, effects=(first.minimum_detectable_effect,), power=0.7)
    assert again.power[0] == pytest.approx(0.7, abs=1e-3)


def test_without_effect_the_bootstrap_rejects_alpha_of_the_time() -> None:
    """Uneven clusters: the count in 400 simulations lies in the central 99.9 % of Binomial(400, 0.1)."""
    power = run(panel(20), effects=(0.0,), bootstrap_draws=99, simulations=400, alpha=0.1)
    low, high = stats.binom.interval(0.999, 400, 0.1)
    assert low <= power.power[0] * 400 <= high


@pytest.mark.parametrize(
    "choice",
    [
        {"effects": (0.0, 0.2)},
        {"simulations": 500},
        {"weights": Weights.WEBB},
        {"bootstrap_draws": 99},
        {"alpha": 0.1},
        {"power": 0.9},
        {"seed": 2},
    ],
    ids=lambda choice: next(iter(choice)),
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    found = panel(20)
    default, other = run(found, simulations=400), run(found, **({"simulations": 400} | choice))
    assert (default.power, default.minimum_detectable_effect) != (other.power, other.minimum_detectable_effect)


def test_an_effect_that_no_bootstrap_finds_has_no_number_but_a_reason() -> None:
    """Three clusters: 6 of the 216 combinations of Webb's weights repeat the sample, 2.8 % against an alpha of 1 %."""
    power = run(panel(3), bootstrap_draws=199, simulations=100, alpha=0.01)
    assert power.minimum_detectable_effect is None
    assert power.minimum_detectable_effect_error is None
    assert "no effect up to" in power.reason


@pytest.mark.parametrize(
    "choices",
    [
        {"effects": (np.nan,)},
        {"simulations": 99},
        {"alpha": 0.0},
        {"power": 0.05},
        {"power": 1.0},
        {"bootstrap_draws": 18},
    ],
    ids=lambda choices: next(iter(choices)),
)
def test_choices_that_make_no_sense_are_refused(choices: dict[str, Any]) -> None:
    with pytest.raises(EstimationError):
        run(panel(20), **choices)


def test_a_combination_takes_one_weight_a_coefficient() -> None:
    with pytest.raises(EstimationError, match="combination of 1"):
        simulated_power(panel(20), np.ones(2), [0.1], np.random.default_rng(1))


@pytest.mark.parametrize("bootstrap_draws", [None, 99])
def test_effects_that_link_clusters_are_refused(bootstrap_draws: int | None) -> None:
    """The jackknife and the bootstrap take clusters out of cross-products that do not come apart."""
    unit, year = np.repeat(np.arange(20), 4), np.tile(np.arange(4), 20)
    columns = np.random.default_rng(8).normal(size=(2, len(unit)))
    linked = fit(columns[0], columns[1], cluster=unit, absorbed=[unit, year])
    with pytest.raises(EstimationError, match="no cluster can be taken out"):
        run(linked, simulations=100, bootstrap_draws=bootstrap_draws)
