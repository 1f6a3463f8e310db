"""What single regions say against a mix of others, by hand and in samples with a planted effect."""

from __future__ import annotations

from dataclasses import replace
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.designs.dose_groups import Split
from stoeval.designs.region_panel import region_panel
from stoeval.designs.synthetic_difference_in_differences import SyntheticDifferenceInDifferences
from stoeval.errors import NotIdentified
from stoeval.inference.synthetic_difference import synthetic_difference
from stoeval.vocabulary import IdentificationClass
from toy_samples import BASELINE, OUTCOME, WINDOW, toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Check, Finding, Sample

ESTIMAND = toy_estimand("zeros")
PLAIN = SyntheticDifferenceInDifferences(formula_input=False)
ONE = SyntheticDifferenceInDifferences(formula_input=False, regions=("r03",), split=Split.ZERO)


def check(found: Finding, name: str) -> Check:
    return next(one for one in found.checks if one.name == name)


def treated_once(effect: float = 0.0, seed: int = 1) -> Sample:
    """Return a sample in which region r03 alone has a dose, of one."""
    sample = toy_sample("zeros", seed=seed)
    dose = (sample.cluster == 3) * 1.0
    moved = sample.outcome + effect * dose * (sample.period >= min(OUTCOME))
    return replace(sample, outcome=moved, outcome_low=moved, outcome_high=moved, dose=dose)


def test_one_region_is_compared_with_the_mix_of_the_paper() -> None:
    """Means of vestigingen by region, the years up to the baseline and those of the window."""
    sample = treated_once(0.3)
    years = [*range(2014, BASELINE + 1), *OUTCOME]
    paths = np.array(
        [
            [
                np.average(sample.outcome[here], weights=sample.weight[here])
                for here in ((sample.cluster == region) & (sample.period == year) for year in years)
            ]
            for region in range(24)
        ]
    )
    own = synthetic_difference(paths, np.arange(24) == 3, np.array(years) > BASELINE)
    found = ONE.find(ESTIMAND, sample, confirm=True)
    assert found.estimate.effect == pytest.approx(own.effect, rel=1e-9)  # deviation seen 6e-16
    assert found.estimate.effect == pytest.approx(0.3, abs=0.03)  # deviation seen 0.009
    assert [point.period.start for point in found.path] == years
    assert [point.effect for point in found.path] == pytest.approx(own.path, rel=1e-9)


def test_one_region_has_the_p_value_of_its_placebos() -> None:
    """23 donors: the planted effect is larger than every placebo, so p is one in 24."""
    estimate = ONE.find(ESTIMAND, treated_once(0.3)).estimate
    assert estimate.p_value == pytest.approx(1 / 24)
    assert estimate.convention == "placebos over 23 donors, t(22); p by permutation"
    assert ONE.find(ESTIMAND, treated_once(0.3)).robustness.permutation_p == pytest.approx(1 / 24)
    assert ONE.find(ESTIMAND, treated_once()).estimate.p_value > 0.1  # seen 0.63


def test_each_region_by_itself_is_the_region_that_is_named() -> None:
    sample = toy_sample("zeros", effect=0.4)
    each = SyntheticDifferenceInDifferences().each(ESTIMAND, sample)
    assert len(each) == 8
    one = each[0]
    named = SyntheticDifferenceInDifferences(regions=(one.region,)).find(ESTIMAND, sample).estimate
    assert one.effect.effect == pytest.approx(named.effect, rel=1e-12)
    assert one.effect.p_value == named.p_value
    assert np.mean([region.effect.effect for region in each]) == pytest.approx(0.4, abs=0.05)


def test_an_effect_is_counted_in_units_of_dose() -> None:
    sample = toy_sample("zeros", effect=0.4)
    found, half = (PLAIN.find(ESTIMAND, replace(sample, dose=sample.dose * size)) for size in (1.0, 2.0))
    assert half.estimate.effect == pytest.approx(found.estimate.effect / 2, rel=1e-9)
    gaps = [check(one, "dose gap").statistic for one in (found, half)]
    assert gaps[1] == pytest.approx(2 * gaps[0], rel=1e-9)


def test_the_input_of_the_formula_is_taken_out_beside_the_dose() -> None:
    """The outcome moves with the input by itself, more every year; the planted effect of the dose is 0.4."""
    sample = toy_sample("zeros", effect=0.4)
    drift = 0.3 * sample.conditioning[:, 0] * np.maximum(sample.period - BASELINE, 0)
    moved = replace(sample, outcome=sample.outcome + drift)
    with_input, without = (
        SyntheticDifferenceInDifferences(formula_input=used).find(ESTIMAND, moved) for used in (True, False)
    )
    assert with_input.estimate.effect == pytest.approx(0.4, abs=0.03)  # deviation seen 0.012
    assert abs(without.estimate.effect - 0.4) > 0.1  # seen 0.21
    assert check(without, "formula input").cap is IdentificationClass.D


def test_without_each_region_everything_is_estimated_again() -> None:
    sample = toy_sample("zeros", effect=0.4)
    found = PLAIN.find(ESTIMAND, sample)
    panel = region_panel(sample, WINDOW)
    cut = np.quantile(panel.dose, [1 / 3, 2 / 3])
    kept = np.flatnonzero((panel.dose <= cut[0]) | (panel.dose >= cut[1]))[1:]
    part = panel.only(kept)
    own = synthetic_difference(part.outcome, part.dose >= cut[1], part.after)
    low, high = found.robustness.leave_out_low, found.robustness.leave_out_high
    assert low is not None
    assert high is not None
    assert low - 1e-4 <= own.effect / (own.unit_weights @ part.dose) <= high + 1e-4
    assert found.estimate.df == 15


def test_a_trend_before_the_start_shows_when_the_start_is_moved_back() -> None:
    sample = toy_sample("zeros")
    early = replace(sample, outcome=sample.outcome + 0.2 * sample.dose * (sample.period >= BASELINE))
    moved = check(PLAIN.find(ESTIMAND, early), "backdated start")
    assert (moved.passed, moved.cap) == (False, IdentificationClass.D)
    short = sample.rows(np.flatnonzero(sample.period >= BASELINE - 1))
    alone = check(PLAIN.find(ESTIMAND, short), "backdated start")
    assert (alone.passed, alone.cap) == (None, IdentificationClass.C)


def test_treatment_is_dealt_to_donors_where_there_are_enough() -> None:
    few = replace(PLAIN, regions=("r02", "r05", "r14"), split=Split.MEDIAN)
    found = few.find(ESTIMAND, toy_sample("zeros", effect=0.4), generator=np.random.default_rng(1)).robustness
    assert found.permutation_p == pytest.approx(1 / (1 + comb(12, 3)))
    all_of_them = PLAIN.find(ESTIMAND, toy_sample("zeros"), generator=np.random.default_rng(1)).robustness
    assert dict(all_of_them.absent)["permutation"].startswith("8 donors cannot stand for 8 treated regions")


def test_a_path_that_no_mix_follows_is_seen() -> None:
    odd = np.random.default_rng(2).normal(0, 0.5, 9)
    sample = treated_once()
    moved = replace(sample, outcome=sample.outcome + (sample.cluster == 3) * odd[sample.period - 2014])
    missed = check(ONE.find(ESTIMAND, moved), "fit before the start")
    assert (missed.passed, missed.cap) == (False, IdentificationClass.D)
    assert check(ONE.find(ESTIMAND, sample), "fit before the start").passed


def test_what_cannot_be_compared_is_refused() -> None:
    sample = toy_sample("zeros")
    with pytest.raises(NotIdentified, match="2 regions are not in the sample in every year: Twente, Veluwe"):
        SyntheticDifferenceInDifferences(regions=("r03", "Twente", "Veluwe")).find(ESTIMAND, sample)
    panel = region_panel(sample, WINDOW)
    lowest = panel.names[int(panel.dose.argmin())]
    with pytest.raises(NotIdentified, match="more dose than their mix"):
        SyntheticDifferenceInDifferences(regions=(lowest,)).find(ESTIMAND, sample)
    line = sample.conditioning[:, 0]
    with pytest.raises(NotIdentified, match="straight line of its formula input"):
        SyntheticDifferenceInDifferences().find(ESTIMAND, replace(sample, dose=line))


def test_a_region_that_misses_a_year_is_left_out() -> None:
    sample = treated_once()
    holes = sample.rows(np.flatnonzero(~((sample.cluster == 7) & (sample.period == 2015))))
    assert "r07" not in region_panel(holes, WINDOW).names
    assert ONE.find(ESTIMAND, holes).estimate.df == 21
