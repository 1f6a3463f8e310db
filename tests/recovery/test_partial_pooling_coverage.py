"""What partial pooling and rank sets claim holds in samples whose truth is known.

Frequencies over simulated samples; the limits stand beside what was seen, at a distance of at least three standard
errors of the simulation.
"""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.inference.partial_pooling import group_means, pool
from stoeval.inference.rank_confidence import rank_confidence_sets

GROUPS, SAMPLES = 40, 200
GENERATOR = np.random.default_rng(7)
VARIANCES = GENERATOR.uniform(0.1, 2.0, GROUPS)
X = np.column_stack([np.ones(GROUPS), GENERATOR.normal(size=GROUPS)])
LINE = X @ np.array([0.3, 0.5])


def drawn(tau: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return true deviations of groups, and estimates of their effects."""
    generator = np.random.default_rng(seed)
    deviation = tau * generator.normal(size=GROUPS)
    return deviation, LINE + deviation + np.sqrt(VARIANCES) * generator.normal(size=GROUPS)


@pytest.mark.parametrize(("tau", "expected"), [(0.0, 0.04), (0.5, 0.25), (1.0, 1.0)])
def test_the_spread_between_groups_is_recovered(tau: float, expected: float) -> None:
    found = [pool(drawn(tau, seed)[1], VARIANCES, X).variance for seed in range(SAMPLES)]
    # At zero the estimate cannot be negative, so its mean lies above: seen .04, .23 and .95.
    assert np.mean(found) == pytest.approx(expected, abs=0.07)


@pytest.mark.parametrize("tau", [0.0, 0.3, 1.0])
def test_intervals_of_drawn_effects_and_deviations_cover(tau: float) -> None:
    covered = []
    for seed in range(SAMPLES):
        deviation, estimates = drawn(tau, seed)
        found = pool(estimates, VARIANCES, X)
        covered.append((found.low <= LINE + deviation) & (LINE + deviation <= found.high))
        covered.append((found.deviation_low <= deviation) & (deviation <= found.deviation_high))
    assert np.mean(covered) > 0.935  # seen .999, .958 and .949


def test_drawn_effects_lie_nearer_to_the_truth_than_the_estimates() -> None:
    errors = []
    for seed in range(SAMPLES):
        deviation, estimates = drawn(0.5, seed)
        drawn_in = pool(estimates, VARIANCES, X).effects
        errors.append([((one - LINE - deviation) ** 2).mean() for one in (estimates, drawn_in)])
    plain, pooled = np.mean(errors, axis=0)
    assert pooled < 0.3 * plain  # seen .22


def test_the_test_that_groups_are_alike_keeps_its_size_and_sees_a_spread() -> None:
    p = {tau: [pool(drawn(tau, seed)[1], VARIANCES, X).p_alike for seed in range(300)] for tau in (0.0, 1.0)}
    assert np.mean(np.array(p[0.0]) < 0.05) < 0.09  # seen .073
    assert np.mean(np.array(p[1.0]) < 0.05) > 0.95  # seen .99


def test_noise_of_units_is_recovered_from_their_spread_within_groups() -> None:
    shared, by_precision, ratio = [], [], []
    for seed in range(SAMPLES):
        generator = np.random.default_rng(seed)
        sizes = generator.integers(2, 12, 60)
        group = np.repeat(np.arange(60), sizes)
        precision = generator.lognormal(0, 1, len(group))
        truth = generator.normal(size=60)
        values = truth[group] + generator.normal(size=len(group)) * np.sqrt(0.5 + 0.8 / precision)
        found = group_means(values, precision, group)
        shared.append(found.shared_noise)
        by_precision.append(found.noise_by_precision)
        ratio.append(((found.means - truth) ** 2 / found.variances).mean())
    assert np.mean(shared) == pytest.approx(0.5, abs=0.05)  # seen .508
    assert np.mean(by_precision) == pytest.approx(0.8, abs=0.05)  # seen .79
    assert np.mean(ratio) == pytest.approx(1.0, abs=0.1)  # seen .997


def places(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best and worst place of each effect; those that tie share theirs."""
    larger = (effects[None, :] > effects[:, None]).sum(axis=1)
    smaller = (effects[None, :] < effects[:, None]).sum(axis=1)
    return 1 + larger, len(effects) - smaller


@pytest.mark.parametrize(
    "truth", [np.zeros(12), np.linspace(0, 3, 12), np.repeat([0.0, 1.0, 4.0], 4)], ids=["ties", "line", "steps"]
)
def test_rank_sets_hold_all_true_places_together(truth: np.ndarray) -> None:
    variances = np.linspace(0.05, 0.5, 12)
    best, worst = places(truth)
    held = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        estimates = truth + np.sqrt(variances) * generator.normal(size=12)
        found = rank_confidence_sets(estimates, np.diag(variances), generator=generator, draws=300)
        held.append(((found.best <= best) & (found.worst >= worst)).all())
    assert np.mean(held) > 0.9  # at least .95 claimed; seen .95 for ties, 1 and .98


def test_a_rank_by_itself_would_not_hold() -> None:
    """The first of a league table of twelve equal effects is the first by luck."""
    firsts = {int(np.random.default_rng(seed).normal(size=12).argmax()) for seed in range(200)}
    assert firsts == set(range(12))
