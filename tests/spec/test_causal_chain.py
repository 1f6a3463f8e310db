"""What an effect through a mediator is, on chains planted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import statsmodels.api as sm

from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.long_differences import long_differences
from stoeval.errors import CatalogueError, EstimationError, NotIdentified
from stoeval.inference.mediation import sensitivity
from stoeval.vocabulary import IdentificationClass
from toy_samples import OUTCOME, toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Finding, Sample

ESTIMAND = toy_estimand("chain")


def found(sample: Sample, **options: object) -> Finding:
    return MediatedEffect(**options).find(ESTIMAND, sample)  # type: ignore[arg-type]


def statistic(finding: Finding, name: str) -> float:
    value = next(check.statistic for check in finding.checks if check.name == name)
    assert value is not None
    return value


def moved(sample: Sample, by: np.ndarray) -> Sample:
    y = sample.outcome + by
    return replace(sample, outcome=y, outcome_low=y, outcome_high=y)


def test_the_effect_is_the_product_of_the_paths_by_another_engine() -> None:
    """Both equations by weighted least squares of statsmodels on the changes."""
    sample = moved(
        toy_sample("chain", effect=0.4), 0.1 * toy_sample("chain").dose * (toy_sample("chain").period > 2019)
    )
    rows = long_differences(sample, ESTIMAND.window)
    mediator, outcome = rows.of(sample.mediator), rows.of(sample.outcome)
    one = sample.rows(rows.once)
    beside = np.column_stack([one.dose, np.ones(len(one.dose)), one.conditioning[:, 0]])
    a = sm.WLS(mediator, beside, weights=one.weight).fit().params[0]
    second = sm.WLS(outcome, np.column_stack([mediator, beside]), weights=one.weight).fit()
    result = found(sample)
    assert result.estimate.effect == pytest.approx(a * second.params[0], rel=1e-9)  # worst deviation seen 6e-16
    direct = next(check for check in result.checks if check.name == "direct effect")
    assert f"c' = {second.params[1]:.6g}" in direct.detail
    assert second.params[1] == pytest.approx(0.1, abs=0.03)  # worst deviation seen 0.01


def test_what_goes_past_the_mediator_is_not_in_the_effect() -> None:
    sample = toy_sample("chain", effect=0.4)
    past = moved(sample, 0.5 * sample.dose * (sample.period >= min(OUTCOME)))
    assert found(past).estimate.effect == pytest.approx(found(sample).estimate.effect, abs=1e-9)  # seen 6e-17


def test_a_broken_path_breaks_the_chain() -> None:
    whole = found(toy_sample("chain", effect=0.4))
    assert statistic(whole, "both paths") < 1e-6
    nothing = found(toy_sample("chain", effect=0.0))
    assert statistic(nothing, "path a") < 1e-6
    assert statistic(nothing, "path b") > 0.05
    assert statistic(nothing, "both paths") == statistic(nothing, "path b")
    sample = toy_sample("chain", effect=0.4)
    noise = np.random.default_rng(2).normal(size=len(sample.dose))
    deaf = found(replace(sample, mediator=noise))
    assert statistic(deaf, "path a") > 0.05


def test_a_mediator_that_comes_first_is_read_in_its_own_years() -> None:
    """The mediator moved in 2019 and 2020, the outcome a year later; nothing of it is left to see in 2021."""
    sample = toy_sample("chain", effect=0.0)
    generator = np.random.default_rng(3)
    own = generator.normal(0, 0.3, sample.unit.max() + 1)[sample.unit]
    early = np.isin(sample.period, [2019, 2020])
    mediator = early * (sample.dose + own) + generator.normal(0, 0.01, len(own))
    after = moved(sample, 0.4 * (sample.dose + own) * (sample.period >= min(OUTCOME)))
    made = replace(after, mediator=mediator)
    first = found(made, years_earlier=1)
    assert first.estimate.effect == pytest.approx(0.4, abs=0.03)  # worst deviation seen 0.01
    assert statistic(first, "both paths") < 1e-6


def test_a_common_cause_looks_like_a_chain_and_rho_says_how_strong_it_is() -> None:
    """Errors that correlate at 0.4 and a mediator that does nothing: the effect vanishes at about 0.4."""
    generator = np.random.default_rng(4)
    dose = generator.normal(size=20_000)
    error = generator.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 20_000)
    mediator, outcome = dose + error[:, 0], 0.3 * dose + error[:, 1]
    result = sensitivity(outcome, mediator, dose)
    assert result.at(0.0) == pytest.approx(0.4, abs=0.03)  # worst deviation seen 0.002
    assert result.vanishing == pytest.approx(0.4, abs=0.02)  # worst deviation seen 0.002
    assert result.at(result.vanishing) == pytest.approx(0, abs=1e-12)


def test_the_formula_of_imai_keele_and_yamamoto_by_hand() -> None:
    """a = 2, spreads 3 and 1, r = 0.5: at rho = 0.3 the effect is 6 (0.5 - 0.3 sqrt(0.75 / 0.91))."""
    generator = np.random.default_rng(5)
    drawn = np.linalg.qr(np.column_stack([np.ones(50), generator.normal(size=(50, 3))]))[0] * np.sqrt(50)
    dose, first, second = drawn[:, 1:].T
    mediator = 2 * dose + first
    outcome = dose + 3 * (0.5 * first + np.sqrt(0.75) * second)
    result = sensitivity(outcome, mediator, dose)
    expected = 6 * (0.5 - 0.3 * np.sqrt(0.75 / 0.91))
    assert result.at(0.3) == pytest.approx(expected, rel=1e-9)  # worst deviation seen 5e-16
    assert result.at(0.0) == pytest.approx(2 * 1.5, rel=1e-9)  # a b
    with pytest.raises(EstimationError, match="between -1 and 1"):
        result.at(1.0)


def test_weights_and_conditions_enter_the_sensitivity() -> None:
    generator = np.random.default_rng(6)
    dose, beside = generator.normal(size=(2, 400))
    mediator = dose + 2 * beside + generator.normal(size=400)
    outcome = mediator + 2 * beside + generator.normal(size=400)
    plain = sensitivity(outcome, mediator, dose).vanishing
    given = sensitivity(outcome, mediator, dose, beside=beside[:, None]).vanishing
    heavy = sensitivity(outcome, mediator, dose, weights=np.where(dose > 0, 9.0, 1.0)).vanishing
    assert given < plain - 0.1
    assert abs(heavy - plain) > 1e-4


def test_a_chain_is_never_more_than_an_association() -> None:
    """The mediator's own noise of 0.1 enters at 0.4 beside 0.005 of the outcome: they correlate at 0.992."""
    sample = toy_sample("chain", effect=0.4)
    result = found(sample)
    assert result.identification_class is IdentificationClass.D
    assert statistic(result, "unseen common cause") == pytest.approx(0.992, abs=0.01)  # worst deviation seen 0.006
    assert result.estimate.n_obs == result.estimate.n_units == 96
    assert result.path == ()


def test_masked_counts_are_bounded_once() -> None:
    """Bounds are attained: filling every mask against its weight gives them."""
    sample = toy_sample("chain", effect=0.3)
    masked = (sample.unit % 6 == 0) & (sample.period == 2020)
    low = sample.outcome - 0.1 * masked
    result = found(replace(sample, outcome_low=low)).estimate
    low_ends = [
        found(moved(sample, -0.1 * (masked & (sample.unit == unit)))).estimate.effect - result.effect
        for unit in np.unique(sample.unit[masked])
    ]
    assert result.n_masked == 16
    assert result.bound_low == pytest.approx(result.effect + np.minimum(low_ends, 0).sum(), abs=1e-9)  # seen 3e-15
    assert result.bound_high == pytest.approx(result.effect + np.maximum(low_ends, 0).sum(), abs=1e-9)


def test_units_that_miss_a_year_are_left_out() -> None:
    sample = toy_sample("chain", effect=0.4)
    gone = sample.rows(np.flatnonzero((sample.unit != 5) | (sample.period != 2020)))
    assert found(gone).estimate.n_units == 95


def test_what_cannot_mediate_is_refused() -> None:
    sample = toy_sample("chain")
    with pytest.raises(NotIdentified, match="holds no mediator"):
        found(replace(sample, mediator=None))
    with pytest.raises(NotIdentified, match="still at its baseline"):
        found(sample, years_earlier=3)
    with pytest.raises(CatalogueError, match="after the outcome"):
        MediatedEffect(years_earlier=-1)
