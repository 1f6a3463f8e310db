"""The wild cluster bootstrap beside wildboottest, alone and through pyfixest, which run in the test itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyfixest
import pytest
from wildboottest.wildboottest import WildboottestCL

from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.wild_bootstrap import (
    Counting,
    Variant,
    Weights,
    joint_wild_bootstrap,
    wild_cluster_bootstrap,
)

ALONE = np.array([1.0])
STATISTIC = 1e-9  # worst deviation seen 1e-14
BOTH_RUN = [Variant.CLASSIC, Variant.JACKKNIFE_SCORES]
"""Variants 13 and 33 of wildboottest 0.3.2 stop with a ValueError under numpy 2.4 and later."""


@dataclass(frozen=True)
class Rows:
    outcome: np.ndarray
    dose: np.ndarray
    cluster: np.ndarray
    unit: np.ndarray
    year: np.ndarray

    def fitted(self, *, units: bool = False) -> Fit:
        return fit(
            self.outcome,
            self.dose[:, None],
            names=("dose",),
            cluster=self.cluster,
            nested=[self.unit] if units else [],
            crossed=[self.year],
        )

    def columns(self) -> np.ndarray:
        """Return dose, constant and years as columns, since wildboottest absorbs nothing."""
        return np.column_stack([self.dose, np.ones(len(self.dose)), np.eye(5)[self.year][:, 1:]])


def rows(clusters: int, seed: int = 7) -> Rows:
    """Return clusters of one to four units in five years, each cluster dosed to its own height."""
    generator = np.random.default_rng(seed)
    home = np.repeat(np.arange(clusters), 1 + np.arange(clusters) % 4)
    unit, year = np.repeat(np.arange(len(home)), 5), np.tile(np.arange(5), len(home))
    cluster = home[unit]
    dose = generator.lognormal(size=clusters)[cluster] * (year > 2)
    shock = generator.normal(size=(clusters, 5))[cluster, year]
    outcome = 0.25 * dose + shock + generator.normal(size=len(unit)) + generator.normal(size=len(home))[unit]
    return Rows(outcome=outcome, dose=dose, cluster=cluster, unit=unit, year=year)


def of_wildboottest(panel: Rows, variant: Variant, draws: int, *, restricted: bool) -> tuple[float, np.ndarray]:
    """Return t of the sample and of the draws."""
    columns = panel.columns()
    engine = WildboottestCL(
        X=columns,
        Y=panel.outcome,
        cluster=panel.cluster,
        R=np.eye(columns.shape[1])[0],
        B=draws,
        seed=11,
        parallel=False,
    )
    engine.get_scores(bootstrap_type=variant.value, impose_null=restricted)
    engine.get_weights(weights_type="rademacher")
    engine.get_numer()
    engine.get_denom()
    engine.get_tboot()
    engine.get_vcov()
    engine.get_tstat()
    return float(np.ravel(engine.t_stat)[0]), np.asarray(engine.t_boot)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("variant", BOTH_RUN)
def test_under_all_combinations_every_draw_and_the_p_value_are_those_of_wildboottest(
    variant: Variant, *, restricted: bool
) -> None:
    """Nine clusters: 512 draws. Draws of wildboottest count where they are farther than rounding from the sample."""
    panel = rows(9)
    sample, drawn = of_wildboottest(panel, variant, 9_999, restricted=restricted)
    joint = joint_wild_bootstrap(
        [panel.fitted()],
        [ALONE],
        generator=np.random.default_rng(1),
        variant=variant,
        restricted=restricted,
        weights=Weights.RADEMACHER,
        counting=Counting.STRICT,
    )
    assert joint.enumerated
    assert len(drawn) == len(joint.drawn) == 512
    assert joint.statistics[0] == pytest.approx(sample, rel=STATISTIC)
    np.testing.assert_allclose(np.sort(joint.drawn[:, 0]), np.sort(drawn), rtol=STATISTIC, atol=STATISTIC)
    assert joint.p_values[0] == (np.abs(drawn) > abs(sample) * (1 + 1e-8)).mean()


@pytest.mark.parametrize("variant", BOTH_RUN)
def test_with_many_clusters_the_p_value_is_that_of_wildboottest_within_monte_carlo_error(variant: Variant) -> None:
    """40 clusters, 9,999 draws each: within four standard errors of the difference; 1.1 seen."""
    panel = rows(40)
    sample, drawn = of_wildboottest(panel, variant, 9_999, restricted=True)
    expected = (np.abs(drawn) > abs(sample)).mean()
    found = wild_cluster_bootstrap(
        panel.fitted(), ALONE, generator=np.random.default_rng(2), variant=variant, counting=Counting.STRICT
    )
    assert 0.02 < expected < 0.98
    assert found.p_value == pytest.approx(expected, abs=4 * np.sqrt(2 * expected * (1 - expected) / 9_999))
    assert found.statistic == pytest.approx(sample, rel=STATISTIC)


@pytest.mark.parametrize("variant", BOTH_RUN)
def test_absorbed_units_give_the_draws_that_pyfixest_makes_with_their_dummies(variant: Variant) -> None:
    """Ten clusters, 1,024 draws; its factor counts the unit dummies, ours does not, so that shapes are compared."""
    panel = rows(10)
    frame = pd.DataFrame(
        {"y": panel.outcome, "d": panel.dose, "c": panel.cluster, "unit": panel.unit, "year": panel.year}
    )
    found = pyfixest.feols("y ~ d | unit + year", frame, vcov={"CRV1": "c"})
    with pytest.warns(UserWarning, match="full_enumeration"):
        summary, drawn = found.wildboottest(
            reps=9_999, cluster="c", param="d", bootstrap_type=variant.value, return_bootstrapped_t_stats=True
        )
    joint = joint_wild_bootstrap(
        [panel.fitted(units=True)],
        [ALONE],
        generator=np.random.default_rng(1),
        variant=variant,
        weights=Weights.RADEMACHER,
        counting=Counting.STRICT,
    )
    sample = float(summary["t value"])
    factor = joint.statistics[0] / sample
    assert factor > 1
    np.testing.assert_allclose(np.sort(joint.drawn[:, 0]), factor * np.sort(drawn), rtol=STATISTIC, atol=STATISTIC)
    assert joint.p_values[0] == (np.abs(drawn) > abs(sample) * (1 + 1e-8)).mean()
