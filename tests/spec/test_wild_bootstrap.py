"""What the wild cluster bootstrap promises; its numbers are held to refits in tests/reference/test_resampling.py."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.clustering import contrast, crv1
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.wild_bootstrap import (
    BootstrapTest,
    Counting,
    Variant,
    Weights,
    wild_cluster_bootstrap,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ALONE = np.array([1.0])


def panel(clusters: int, seed: int = 1, effect: float = 0.0, *, treated: int | None = None) -> Fit:
    """Return clusters of one to five units in six years; the dose starts halfway, at its own height a cluster."""
    generator = np.random.default_rng(seed)
    home = np.repeat(np.arange(clusters), 1 + np.arange(clusters) % 5)
    unit, year = np.repeat(np.arange(len(home)), 6), np.tile(np.arange(6), len(home))
    height = generator.lognormal(size=clusters)
    if treated is not None:
        height = (np.arange(clusters) < treated).astype(float)
    dose = height[home[unit]] * (year > 2)
    outcome = effect * dose + generator.normal(size=(clusters, 6))[home[unit], year] + generator.normal(size=len(unit))
    return fit(outcome, dose[:, None], names=("dose",), cluster=home[unit], nested=[unit], crossed=[year])


def run(found: Fit, *, seed: int = 1, **choices: Any) -> BootstrapTest:  # noqa: ANN401 - passes options on
    return wild_cluster_bootstrap(found, ALONE, generator=np.random.default_rng(seed), **choices)


# --- the interval is the inverted test -------------------------------------------------------------------------


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("variant", list(Variant))
def test_values_just_inside_the_interval_are_not_rejected_and_those_at_its_ends_are(
    variant: Variant, *, restricted: bool
) -> None:
    found = panel(15)
    test = run(found, variant=variant, restricted=restricted, draws=999)
    inward = 1e-6 * (test.ci_high - test.ci_low)

    def p_value(null: float) -> float:
        return run(found, variant=variant, restricted=restricted, draws=999, null=null).p_value

    assert p_value(test.ci_low + inward) > 0.05
    assert p_value(test.ci_high - inward) > 0.05
    assert p_value(test.ci_low) <= 0.05 + 1e-9
    assert p_value(test.ci_high) <= 0.05 + 1e-9
    assert test.ci_low < test.effect < test.ci_high


def test_at_the_estimate_itself_the_p_value_is_one() -> None:
    found = panel(15)
    assert run(found, null=float(found.coefficients[0])).p_value == 1


def test_with_many_alike_clusters_the_interval_is_that_of_crv1() -> None:
    """Theory: both are asymptotically normal; 200 clusters of one unit with a normal dose."""
    generator = np.random.default_rng(3)
    unit, year = np.repeat(np.arange(200), 4), np.tile(np.arange(4), 200)
    dose = generator.normal(size=200)[unit] * (year > 1)
    found = fit(generator.normal(size=800), dose[:, None], names=("dose",), cluster=unit, nested=[unit], crossed=[year])
    expected = contrast(found.coefficients, crv1(found), ALONE)
    test = run(found)
    width = expected.ci_high - expected.ci_low
    assert test.ci_low == pytest.approx(expected.ci_low, abs=0.05 * width)  # worst deviation seen 0.009
    assert test.ci_high == pytest.approx(expected.ci_high, abs=0.05 * width)  # worst deviation seen 0.021


# --- choices ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choice",
    [
        {"null": 0.4},
        {"draws": 499},
        {"variant": Variant.JACKKNIFE_VARIANCE},
        {"variant": Variant.JACKKNIFE_SCORES},
        {"variant": Variant.JACKKNIFE_BOTH},
        {"restricted": False},
        {"weights": Weights.WEBB},
        {"weights": Weights.NORMAL},
        {"interval": False},
        {"counting": Counting.STRICT},
        {"level": 0.8},
        {"seed": 2},
    ],
    ids=lambda choice: "-".join(f"{name}-{value}" for name, value in choice.items()),
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    found = panel(15)
    default, other = run(found, draws=999), run(found, **({"draws": 999} | choice))
    assert (default.p_value, default.ci_low, default.ci_high) != (other.p_value, other.ci_low, other.ci_high)


@pytest.mark.parametrize(
    ("clusters", "method", "enumerated"),
    [(11, "WCR-11, webb, with the sample", False), (12, "WCR-11, rademacher, with the sample", True)],
)
def test_below_twelve_clusters_the_weights_are_those_of_webb(clusters: int, method: str, *, enumerated: bool) -> None:
    test = run(panel(clusters))
    assert (test.method, test.enumerated) == (method, enumerated)


@pytest.mark.parametrize(
    ("draws", "taken", "enumerated"), [(4096, 4096, True), (4095, 4095, False), (9999, 4096, True)]
)
def test_all_combinations_are_taken_when_they_are_no_more_than_the_draws(
    draws: int, taken: int, *, enumerated: bool
) -> None:
    test = run(panel(12), draws=draws)
    assert (test.draws, test.enumerated) == (taken, enumerated)


def test_all_combinations_leave_nothing_to_chance() -> None:
    assert run(panel(12), seed=1) == run(panel(12), seed=2)


def test_draws_by_chance_count_the_sample_among_them() -> None:
    """With the sample: (1 + count) / (1 + draws); strictly: count / draws, which can be zero."""
    found = panel(15, effect=50)
    assert run(found, draws=999, restricted=False).p_value == 1 / 1000
    assert run(found, draws=999, restricted=False, counting=Counting.STRICT).p_value == 0


def test_one_seed_gives_one_result() -> None:
    assert run(panel(15), draws=999) == run(panel(15), draws=999)


# --- size ------------------------------------------------------------------------------------------------------


def even(seed: int) -> Fit:
    """Return 30 clusters of one unit in four years, with doses of like size."""
    generator = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(30), 4), np.tile(np.arange(4), 30)
    dose = generator.uniform(0, 1, size=30)[unit] * (year > 1)
    outcome = generator.normal(size=120)
    return fit(outcome, dose[:, None], names=("dose",), cluster=unit, nested=[unit], crossed=[year])


@pytest.mark.parametrize(
    ("sample", "choice"),
    [
        (partial(panel, 20), {"variant": Variant.JACKKNIFE_BOTH}),
        (partial(panel, 20), {"variant": Variant.CLASSIC}),
        (even, {"variant": Variant.JACKKNIFE_BOTH, "restricted": False}),
    ],
    ids=["restricted 33, uneven clusters", "restricted 11, uneven clusters", "unrestricted 33, even clusters"],
)
def test_under_the_null_one_test_in_twenty_rejects(sample: Callable[[int], Fit], choice: dict[str, Any]) -> None:
    """Theory: the count in 300 panels lies in the central 99.9 % of Binomial(300, 0.05).

    Draws around the estimate reject too often where clusters are few and uneven (MacKinnon, Nielsen and Webb
    2023), and are held to the level where they are even.
    """
    rejections = sum(run(sample(seed), draws=199, **choice).p_value <= 0.05 for seed in range(300))
    low, high = stats.binom.interval(0.999, 300, 0.05)
    assert low <= rejections <= high


# --- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"level": 1.0}, "level"),
        ({"level": 0.0}, "level"),
        ({"null": np.nan}, "null"),
        ({"draws": 18}, "take at least"),
        ({"draws": 0, "interval": False}, "at least 1"),
    ],
)
def test_choices_that_make_no_sense_are_refused(choice: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        run(panel(15), **choice)


@pytest.mark.parametrize("weights", [[1.0, 0.0], [0.0], [np.inf]])
def test_a_combination_takes_one_finite_weight_a_coefficient(weights: list[float]) -> None:
    with pytest.raises(EstimationError, match="combination of 1"):
        wild_cluster_bootstrap(panel(15), np.array(weights), generator=np.random.default_rng(1))


def test_an_interval_without_end_is_refused() -> None:
    """Four clusters: the sample and its mirror are 2 of 16 combinations, so that no p-value falls to 0.05."""
    with pytest.raises(NotIdentified, match="no end"):
        run(panel(4), weights=Weights.RADEMACHER)


def test_the_p_value_survives_an_interval_without_end() -> None:
    """Four clusters by hand: 16 combinations, of which the sample and its mirror are two."""
    found = panel(4, effect=50)
    test = run(found, weights=Weights.RADEMACHER, interval=False)
    assert test.p_value == 2 / 16
    assert (test.ci_low, test.ci_high, test.ci_level) == (None, None, None)


def test_without_interval_the_p_value_is_the_same() -> None:
    assert run(panel(15), interval=False).p_value == run(panel(15)).p_value


def test_two_clusters_have_no_statistic() -> None:
    with pytest.raises(NotIdentified, match="at least 3"):
        run(panel(2))


@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("slope", [1.0, 0.1])
def test_a_perfect_fit_has_no_standard_error(slope: float, variant: Variant) -> None:
    """Every unit rises by its dose times the slope; what is left of the outcome is rounding."""
    unit, dose = np.repeat(np.arange(15), 2), np.arange(30) % 2 * np.repeat(np.linspace(0.3, 2.7, 15), 2)
    found = fit(unit + slope * dose, dose[:, None], names=("dose",), cluster=unit, nested=[unit])
    with pytest.raises(NotIdentified, match="standard error is zero"):
        run(found, variant=variant)


@pytest.mark.parametrize("variant", [Variant.JACKKNIFE_VARIANCE, Variant.JACKKNIFE_SCORES, Variant.JACKKNIFE_BOTH])
def test_a_dose_in_one_cluster_alone_has_no_jackknife(variant: Variant) -> None:
    with pytest.raises(NotIdentified, match="cannot be left out of the regression; use variant 11"):
        run(panel(15, treated=1), variant=variant)


def test_a_control_that_lives_in_one_cluster_leaves_the_jackknife_of_the_dose() -> None:
    """Leaving that cluster out loses the control only: variants 11 and 13 have values, 31 and 33 do not."""
    generator = np.random.default_rng(6)
    unit, year = np.repeat(np.arange(15), 6), np.tile(np.arange(6), 15)
    dose = generator.lognormal(size=15)[unit] * (year > 2)
    found = fit(
        generator.normal(size=90),
        dose[:, None],
        names=("dose",),
        cluster=unit,
        nested=[unit],
        crossed=[year],
        controls=((unit == 0) * year.astype(float))[:, None],
    )
    for variant in (Variant.CLASSIC, Variant.JACKKNIFE_VARIANCE):
        assert 0 < run(found, variant=variant, draws=199).p_value <= 1
    for variant in (Variant.JACKKNIFE_SCORES, Variant.JACKKNIFE_BOTH):
        with pytest.raises(NotIdentified, match="1 of 15 clusters"):
            run(found, variant=variant, draws=199)
