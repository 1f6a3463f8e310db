"""Joint test of specifications: against the bootstrap of one, by hand, and its size where no effect exists."""

from __future__ import annotations

import numpy as np
import pytest

from stoeval.errors import EstimationError
from stoeval.inference.clustering import contrast, crv3
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.specification_test import Drawable, drawable, specification_test
from stoeval.inference.wild_bootstrap import Variant, wild_cluster_bootstrap

CLUSTERS, EACH = 30, 8
ONE = np.ones(1)
CRITICAL = 2.045
"""97.5 % of t(29), Student's table."""


def rows(seed: int, effect: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return outcome, dose of a cluster in the second half, a control and clusters, with shocks that clusters share."""
    generator = np.random.default_rng(seed)
    cluster, after = np.repeat(np.arange(CLUSTERS), EACH), np.tile(np.arange(EACH) >= EACH // 2, CLUSTERS)
    dose, shock = generator.normal(size=(2, CLUSTERS))
    control = generator.normal(size=len(cluster))
    outcome = (effect * dose + shock)[cluster] * after + 0.5 * control + generator.normal(size=len(cluster))
    return outcome, dose[cluster] * after, control, cluster


def fits(seed: int, effect: float = 0.0) -> list[Fit]:
    """Return four defensible regressions of the same outcome, with an effect for each cluster and for time."""
    outcome, dose, control, cluster = rows(seed, effect)
    weights, both = np.where(cluster % 2 == 0, 2.0, 1.0), control[:, None]
    time = np.tile(np.arange(EACH), CLUSTERS)
    return [
        fit(outcome, dose, cluster=cluster, nested=[cluster], crossed=[time], controls=controls, weights=given)
        for controls in (None, both)
        for given in (None, weights)
    ]


def ready(made: list[Fit]) -> list[Drawable]:
    return [drawable(one, ONE, np.arange(CLUSTERS), CRITICAL) for one in made]


def test_the_statistic_is_the_effect_over_its_jackknife_error() -> None:
    for one, prepared in zip(fits(1), ready(fits(1)), strict=True):
        plain = contrast(one.coefficients, crv3(one), ONE)
        assert prepared.statistic == pytest.approx(plain.effect / plain.std_error, rel=1e-9)  # worst seen 4e-14


def test_one_specification_has_the_p_value_of_its_own_bootstrap() -> None:
    alone = wild_cluster_bootstrap(
        fits(2)[1],
        ONE,
        generator=np.random.default_rng(9),
        draws=499,
        variant=Variant.JACKKNIFE_VARIANCE,
        interval=False,
    )
    joint = specification_test(ready(fits(2))[1:2], generator=np.random.default_rng(9), draws=499)
    assert joint.p_median == alone.p_value
    assert joint.median == pytest.approx(alone.statistic, rel=1e-12)


def test_a_specification_counted_twice_says_no_more_than_once() -> None:
    once = specification_test(ready(fits(3))[:1], generator=np.random.default_rng(5), draws=199)
    twice = specification_test(ready(fits(3))[:1] * 2, generator=np.random.default_rng(5), draws=199)
    assert (twice.p_median, twice.p_significant) == (once.p_median, once.p_significant)


def test_clusters_keep_their_weight_where_specifications_lose_some() -> None:
    outcome, dose, _, cluster = rows(4)
    inside = cluster >= 10
    part = fit(outcome[inside], dose[inside], cluster=cluster[inside], nested=[cluster[inside]])
    named = drawable(part, ONE, np.array([f"r{code:02d}" for code in range(10, 30)]), CRITICAL)
    coded = drawable(part, ONE, np.arange(10, 30), CRITICAL)
    whole = ready(fits(4))[0]
    with_names = drawable(fits(4)[0], ONE, np.array([f"r{code:02d}" for code in range(30)]), CRITICAL)
    by_name = specification_test([with_names, named], generator=np.random.default_rng(6), draws=199)
    by_code = specification_test([whole, coded], generator=np.random.default_rng(6), draws=199)
    misplaced = drawable(part, ONE, np.arange(20), CRITICAL)
    elsewhere = specification_test([whole, misplaced], generator=np.random.default_rng(6), draws=199)
    assert by_name == by_code
    assert by_code.p_median != elsewhere.p_median


def test_a_large_effect_in_all_specifications_is_seen() -> None:
    found = specification_test(ready(fits(5, effect=3.0)), generator=np.random.default_rng(7), draws=199)
    assert found.significant == 1.0
    assert found.p_median == pytest.approx(1 / 200)
    assert found.p_significant <= 0.05


def test_without_effect_the_joint_p_values_reject_at_their_level() -> None:
    found = [
        specification_test(ready(fits(100 + seed)), generator=np.random.default_rng(seed), draws=99)
        for seed in range(150)
    ]
    by_median = np.mean([one.p_median <= 0.1 for one in found])
    by_share = np.mean([one.p_significant <= 0.1 for one in found])
    # Binomial with n = 150: 0.1 +- 2.6 x 0.0245. Shares are discrete, so that theirs may lie below.
    assert 0.036 <= by_median <= 0.164, by_median
    assert by_share <= 0.164, by_share


def test_what_makes_no_test_is_refused() -> None:
    with pytest.raises(EstimationError, match="0 specifications and 99 draws"):
        specification_test([], generator=np.random.default_rng(1), draws=99)
    with pytest.raises(EstimationError, match="and 0 draws"):
        specification_test(ready(fits(1)), generator=np.random.default_rng(1), draws=0)
    with pytest.raises(EstimationError, match="29 names for 30 clusters"):
        drawable(fits(1)[0], ONE, np.arange(29), CRITICAL)
    with pytest.raises(EstimationError, match="rising"):
        drawable(fits(1)[0], ONE, np.arange(30)[::-1], CRITICAL)
