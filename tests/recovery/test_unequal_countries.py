"""What is said of regions and circumstances holds where regions differ in vestigingen and in noise.

The whole grid is in docs/explanation/for_whom_and_where.md, by `unequal_countries`; here a few cells of it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats
from unequal_countries import Noise, Said, Shape, Split, Vestigingen, said, split

from stoeval.inference.alike_groups import alike_groups
from stoeval.inference.partial_pooling import group_means, pool

SAMPLES = 300
ALIKE = (
    (78, "panel", "small"),
    (78, "panel", "by region"),
    (40, "eight", "equal"),
    (12, "few", "heavy"),
)
"""Regions, vestigingen and noise; seen .043, .033, .050 and .023."""


def units(regions: int, sizes: str, noise: str, luck: float, seed: int) -> tuple[np.ndarray, ...]:
    """Return values, precisions and regions of units, and a design of regions."""
    generator = np.random.default_rng([regions, seed])
    each = {
        "panel": np.clip(generator.lognormal(np.log(6), 0.6, regions).round().astype(int), 2, 31),
        "eight": np.full(regions, 8),
        "few": generator.integers(2, 6, regions),
    }[sizes]
    region = np.repeat(np.arange(regions), each)
    precisions = generator.uniform(0.3, 3, len(region))
    scale = {
        "by region": generator.lognormal(0, 0.5, regions),
        "small": np.where(each < np.median(each), 2.0, 1.0),
    }.get(noise, np.ones(regions))
    chance = generator.normal(size=len(region)) if noise != "heavy" else generator.standard_t(5, len(region))
    X = np.column_stack([np.ones(regions), generator.lognormal(-1, 0.5, regions), generator.uniform(size=regions)])
    own = X @ [0.1, 0.5, 0.3] + luck * generator.normal(size=regions)
    return own[region] + scale[region] * np.sqrt(0.3 + 1 / precisions) * chance, precisions, region, X


@cache
def p_values(regions: int, sizes: str, noise: str, luck: float, samples: int = SAMPLES) -> np.ndarray:
    found = []
    for seed in range(samples):
        generator = np.random.default_rng([seed, 1])
        found.append(alike_groups(*units(regions, sizes, noise, luck, seed), generator=generator, draws=199).p_value)
    return np.array(found)


@pytest.mark.parametrize(("regions", "sizes", "noise"), ALIKE)
def test_regions_that_are_alike_are_said_to_differ_as_often_as_the_level(regions: int, sizes: str, noise: str) -> None:
    size = np.mean(p_values(regions, sizes, noise, 0.0) <= 0.05)
    assert 0.05 - 3 * 0.0126 < size < 0.05 + 3 * 0.0126  # the standard error of .05 in 300 samples


def test_q_with_one_noise_for_all_regions_against_chi_squared_would_say_so_too_often() -> None:
    found = []
    for seed in range(60):
        values, precisions, region, X = units(78, "panel", "small", 0.0, seed)
        means = group_means(values, precisions, region)
        share = precisions / np.bincount(region, precisions)[region]
        common = np.bincount(region, share**2 * (means.shared_noise + means.noise_by_precision / precisions))
        found.append(stats.chi2.sf(pool(means.means, common, X).heterogeneity, 75) < 0.05)
    assert np.mean(found) > 0.6  # seen .82


def test_welch_would_say_so_in_half_of_countries() -> None:
    found = []
    for seed in range(60):
        values, _, region, X = units(78, "panel", "equal", 0.0, seed)
        rest = values - (X @ [0.1, 0.5, 0.3])[region]
        groups = [rest[region == one] for one in range(78)]
        found.append(stats.f_oneway(*groups, equal_var=False).pvalue < 0.05)
    assert np.mean(found) > 0.25  # seen .43, and .51 in 400


def test_little_power_is_lost_to_the_f_test_where_that_is_right() -> None:
    """With equal noise of equal precision the F test of one-way variance analysis is exact and best."""
    own, exact = [], []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        region = np.repeat(np.arange(40), 8)
        values = 0.3 * generator.normal(size=40)[region] + generator.normal(size=320)
        own.append(alike_groups(values, np.ones(320), region, generator=generator, draws=199).p_value <= 0.05)
        exact.append(stats.f_oneway(*values.reshape(40, 8)).pvalue <= 0.05)
    assert np.mean(own) > np.mean(exact) - 0.1  # seen .70 and .71


def test_luck_is_seen_where_a_few_noisy_regions_might_hide_it() -> None:
    assert np.mean(p_values(78, "panel", "by region", 0.3, 60) <= 0.05) > 0.7  # seen .88


SHAPE = Shape(regions=40, vestigingen=Vestigingen.PANEL, noise=Noise.BY_REGION)
FEW = 40


@cache
def countries(luck: float) -> tuple[Said, ...]:
    return tuple(said(SHAPE, luck, seed) for seed in range(FEW))


@pytest.mark.parametrize("luck", [0.0, 0.015, 0.05])
def test_intervals_and_ranks_hold_where_regions_differ_in_noise(luck: float) -> None:
    assert np.mean([one.covered for one in countries(luck)]) > 0.92  # seen .999, .985 and .966
    assert np.mean([one.ranked for one in countries(luck)]) > 0.86  # .95 claimed; seen .95, 1 and 1


@pytest.mark.parametrize("shape", [Split(few=8), Split(few=10, ratio=2.0), Split(few=13, by_dose=True)])
def test_a_circumstance_of_few_regions_is_said_to_matter_no_more_often_than_the_level(shape: Split) -> None:
    found = [split(shape, seed).p_difference for seed in range(80)]
    tested = np.array([p for p in found if p is not None])
    assert len(tested) > 20
    # Seen .07 of 27, .02 of 51 and .02 of 62.
    assert np.mean(tested < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(tested))
