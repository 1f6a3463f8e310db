"""The second opinion on an estimate: each part is the number of its own method, or absent with a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval import checks
from stoeval.designs.assignment import assignment
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.event_time import event_time
from stoeval.designs.few_clusters import decisive
from stoeval.designs.masked_outcomes import masked_interval, masked_range
from stoeval.designs.reporting import solved
from stoeval.designs.robustness import BREAKDOWN_DRAWS, BREAKDOWN_UPPER, Study, robustness
from stoeval.errors import NotIdentified
from stoeval.inference import honest_did
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.clustering import contrast, leave_one_out
from stoeval.inference.regression import Regression
from stoeval.inference.romano_wolf import romano_wolf
from stoeval.inference.wild_bootstrap import Variant, wild_cluster_bootstrap
from stoeval.vocabulary import IdentificationClass, Robustness
from toy_samples import toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Sample


def study_of(sample: Sample) -> Study:
    """Return the linear dose event study of a sample, as the design makes it."""
    years = event_time(sample.period, toy_estimand("units").window)
    regression = Regression(
        outcome=sample.outcome,
        cluster=sample.cluster,
        nested=[sample.unit],
        crossed=[sample.period],
        controls=years.columns(sample.conditioning, sample.period),
        weights=sample.weight,
    )
    columns = years.columns(sample.dose, sample.period)
    names = [str(year) for year in years.years]
    found = solved(sample, regression, columns, names, years.combination(toy_estimand("units").window), confirm=False)
    return replace(found, years=years, spread=lambda dose: years.columns(dose, sample.period))


@pytest.fixture(scope="module")
def study() -> Study:
    return study_of(toy_sample("units", effect=0.3))


@pytest.fixture(scope="module")
def opinion(study: Study) -> Robustness:
    return robustness(study, np.random.default_rng(5))


def test_every_part_of_a_plain_dose_is_there(opinion: Robustness) -> None:
    assert [name for name, _ in opinion.absent] == ["masked interval"]
    numbers = [opinion.wild_p, opinion.permutation_p, opinion.breakdown, opinion.pre_test_power]
    assert all(number is not None for number in numbers)


def test_the_bootstrap_is_that_of_the_same_draws(study: Study, opinion: Robustness) -> None:
    child = np.random.default_rng(5).spawn(4)[0].spawn(4)[0]
    alone = wild_cluster_bootstrap(study.fit, study.combination, generator=child, variant=Variant.JACKKNIFE_SCORES)
    assert (opinion.wild_p, opinion.wild_low, opinion.wild_high) == (alone.p_value, alone.ci_low, alone.ci_high)


def test_the_breakdown_value_is_that_of_the_window(study: Study, opinion: Robustness) -> None:
    assert study.years is not None
    before, k = len(study.years.before), len(study.years.years)
    alone = honest_did.breakdown(
        study.fit.coefficients[:k],
        study.covariance.matrix[:k, :k],
        before,
        k - before,
        study.combination[before:],
        generator=np.random.default_rng(5).spawn(4)[2],
        upper=BREAKDOWN_UPPER,
        draws=BREAKDOWN_DRAWS,
    )
    assert opinion.breakdown == alone.mbar


def test_the_range_without_each_region_is_that_of_the_jackknife(study: Study, opinion: Robustness) -> None:
    without = leave_one_out(study.fit) @ study.combination
    assert opinion.leave_out_low == pytest.approx(without.min(), rel=1e-9)  # worst deviation seen 1e-14
    assert opinion.leave_out_high == pytest.approx(without.max(), rel=1e-9)
    assert opinion.effective_clusters is not None
    assert 1 < opinion.effective_clusters <= study.fit.n_clusters


def test_without_a_generator_nothing_is_drawn_and_the_claim_stays_low() -> None:
    sample = toy_sample("units", effect=0.3)
    found = DoseEventStudy().find(toy_estimand("units"), sample)
    absent = dict(found.robustness.absent)
    assert {absent[name] for name in ("wild bootstrap", "permutation", "breakdown", "pre-test power")} == {
        "no draws were asked for"
    }
    assert found.identification_class.value >= IdentificationClass.C.value
    assert all(point.band_low is None for point in found.path)


def test_the_band_is_wider_than_each_interval_and_nothing_at_the_reference() -> None:
    found = DoseEventStudy().find(toy_estimand("units"), toy_sample("units"), generator=np.random.default_rng(5))
    for point in found.path:
        assert point.band_low is not None
        assert point.band_high is not None
        if point.reference:
            assert (point.band_low, point.band_high) == (0.0, 0.0)
        else:
            assert point.band_low < point.ci_low < point.ci_high < point.band_high


def test_a_gap_between_years_leaves_no_breakdown_value() -> None:
    sample = toy_sample("units", effect=0.3)
    holed = study_of(sample.rows(np.flatnonzero(sample.period != 2015)))
    absent = dict(robustness(holed, np.random.default_rng(5)).absent)
    assert "1 gaps between the observed years" in absent["breakdown"]


def test_a_change_without_a_dose_has_no_permutation_and_no_breakdown() -> None:
    found = ChangeSinceBaseline().find(
        toy_estimand("everyone"), toy_sample("everyone", effect=0.3), generator=np.random.default_rng(5)
    )
    assert {"permutation", "breakdown", "pre-test power"} <= {name for name, _ in found.robustness.absent}
    assert found.robustness.wild_p is not None


def test_a_poisson_model_has_the_score_bootstrap_with_the_interval_of_its_last_step() -> None:
    design = DoseEventStudy(outcome_model=OutcomeModel.POISSON)
    found = design.find(toy_estimand("counts"), toy_sample("counts", effect=0.3), generator=np.random.default_rng(5))
    method = found.robustness.wild_method
    assert method.startswith("restricted score")
    assert "interval of the last step by WCR-31" in method
    assert found.robustness.permutation_p is not None


# --- few regions ---------------------------------------------------------------------------------------------------


def test_the_jackknife_decides_where_the_effect_rests_on_enough_regions(study: Study) -> None:
    own = contrast(study.fit.coefficients, study.covariance, study.combination)
    for opinion in (Robustness(), Robustness(effective_clusters=15.0, wild_p=0.9, wild_low=-1.0, wild_high=1.0)):
        assert decisive(study, opinion) == (own, study.covariance.convention)


def test_the_bootstrap_decides_between_five_and_fifteen_regions(study: Study) -> None:
    opinion = Robustness(effective_clusters=14.9, wild_p=0.123, wild_low=0.1, wild_high=0.4, wild_method="WCR-31")
    found, convention = decisive(study, opinion)
    covariance = crv2(study.fit)
    error = contrast(study.fit.coefficients, covariance, study.combination)
    assert (found.p_value, found.ci_low, found.ci_high) == (0.123, 0.1, 0.4)
    assert (found.std_error, found.df) == (error.std_error, error.df)
    assert convention.startswith("CRV2")
    assert convention.endswith("p and interval WCR-31")


def test_permutation_decides_below_five_regions(study: Study) -> None:
    opinion = Robustness(effective_clusters=4.9, wild_p=0.123, permutation_p=0.321)
    found, convention = decisive(study, opinion)
    assert found.p_value == 0.321
    assert convention.endswith("p by permutation")


def test_without_a_permutation_few_regions_have_their_own_degrees_of_freedom(study: Study) -> None:
    found, convention = decisive(study, Robustness(effective_clusters=4.9, wild_p=0.123))
    assert found == contrast(study.fit.coefficients, crv2(study.fit), study.combination)
    assert convention == f"CRV2 clubsandwich, t({found.df:.1f})"


def test_the_pre_test_with_draws_is_the_largest_t_of_the_bootstrap(study: Study) -> None:
    assert study.years is not None
    before = study.years.before
    check = checks.pre_trend(study.fit, study.covariance, before, np.random.default_rng(7))
    each = list(np.eye(study.fit.k)[before])
    alone = romano_wolf(
        [study.fit] * len(before), each, np.random.default_rng(7).spawn(1)[0], variant=Variant.JACKKNIFE_SCORES
    )
    assert check.statistic == min(alone.adjusted)
    assert "wild bootstrap" in check.detail
    assert "F(" in checks.pre_trend(study.fit, study.covariance, before).detail


# --- assignment ---------------------------------------------------------------------------------------------------


def test_a_dose_of_regions_is_permuted_over_regions() -> None:
    sample = toy_sample("units")
    by_region = np.arange(1.0, sample.cluster.max() + 2)[sample.cluster]
    flag = (sample.cluster % 2).astype(float)
    found = assignment(replace(sample, dose=by_region, conditioning=flag[:, None]))
    assert found.dose.tolist() == sorted(set(by_region.tolist()))
    assert "regions" in found.words
    assert len(set(found.stratum.tolist())) <= 3 * 2
    strata_of = dict(zip(range(len(found.dose)), found.stratum.tolist(), strict=True))
    assert all(strata_of[one] != strata_of[one + 1] for one in range(len(found.dose) - 1)), "the flag alternates"


def test_a_dose_of_vestigingen_is_permuted_within_compositions() -> None:
    sample = toy_sample("units")
    found = assignment(replace(sample, stratum=sample.unit % 3))
    assert len(found.dose) == len(np.unique(sample.unit))
    assert "vestigingen" in found.words
    assert len(set(found.stratum.tolist())) == 3


def test_a_dose_that_moves_within_vestigingen_is_nobodys() -> None:
    sample = toy_sample("units")
    with pytest.raises(NotIdentified, match="moves within vestigingen"):
        assignment(replace(sample, dose=sample.dose + sample.period))


# --- masked counts ------------------------------------------------------------------------------------------------


def test_the_interval_over_masked_counts_holds_the_range_and_every_fill() -> None:
    sample = toy_sample("units", effect=0.3)
    masked = np.arange(len(sample.outcome)) % 7 == 0
    wide = study_of(
        replace(sample, outcome_low=sample.outcome - 0.1 * masked, outcome_high=sample.outcome + 0.1 * masked)
    )
    effect = float(wide.combination @ wide.fit.coefficients)
    found = masked_range(wide, effect)
    low, high = masked_interval(wide, 0.95)
    assert found.low is not None
    assert found.high is not None
    assert low < found.low < effect < found.high < high
    generator = np.random.default_rng(3)
    for _ in range(20):
        fill = sample.outcome + 0.1 * masked * generator.uniform(-1, 1, len(masked))
        there = study_of(replace(sample, outcome=fill, outcome_low=fill, outcome_high=fill))
        assert found.low <= float(there.combination @ there.fit.coefficients) <= found.high


# --- what the numbers do to a claim ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "passed", "cap"),
    [(None, None, "C"), (0.0, None, "C"), (0.49, False, "D"), (0.5, False, "C"), (0.99, False, "C"), (1.0, True, "A")],
)
def test_a_breakdown_value_caps_a_claim_by_the_design_brief(
    *, value: float | None, passed: bool | None, cap: str
) -> None:
    check = checks.breakdown(Robustness(breakdown=value))
    assert (check.passed, check.cap.value) == (passed, cap)


@pytest.mark.parametrize(("power", "passed", "cap"), [(None, None, "C"), (0.49, False, "C"), (0.5, True, "A")])
def test_a_weak_pre_test_caps_a_claim(*, power: float | None, passed: bool | None, cap: str) -> None:
    check = checks.pre_test_power(Robustness(pre_test_power=power))
    assert (check.passed, check.cap.value) == (passed, cap)
