"""Years of exposure: the matrix of hypothesis 5, and what the share model makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.catalogue.cohort_exposure import ALL, BREADTH_EXPOSURE, PRIMARY_SCHOOL_EXPOSURE
from stoeval.catalogue.exposures import DOSE_LINE_5_BREED, DOSE_LINE_5_PO
from stoeval.designs.share_model import ShareModel
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.vocabulary import ActivityLine, SchoolYear, Window
from toy_samples import toy_estimand, toy_sample

FIRST, SECOND = SchoolYear(start=2020), SchoolYear(start=2021)
"""The outcome years of the toy sample, in both of which the planted effect is whole."""
EXACT = 1e-9  # worst deviation seen 1e-15


def years(*pairs: tuple[SchoolYear, float]) -> ShareModel:
    return ShareModel(exposure_years=pairs)


# --- the matrix ----------------------------------------------------------------------------------------------------


def reached(entrants_of: int, leerjaar: int) -> float:
    """Return the part of a school year that lay after 1 January 2020, by where a cohort of leerjaar 3 then was."""
    school_year = entrants_of - (3 - leerjaar)
    return 0.0 if school_year < 2019 else 0.5 if school_year == 2019 else 1.0


@pytest.mark.parametrize("entrants_of", range(2018, 2024))
def test_exposure_counts_the_school_years_since_the_plans_began(entrants_of: int) -> None:
    """Leerjaar 1 and 2 are the breadth channel; groep 8 is leerjaar 0 and groep 7 leerjaar -1 in this count."""
    year = SchoolYear(start=entrants_of)
    breadth, primary = dict(BREADTH_EXPOSURE.years), dict(PRIMARY_SCHOOL_EXPOSURE.years)
    assert breadth.get(year, 0.0) == reached(entrants_of, 1) + reached(entrants_of, 2)
    assert primary.get(year, 0.0) == reached(entrants_of, 0) + reached(entrants_of, -1)


def test_each_channel_belongs_to_its_line_and_says_where_it_comes_from() -> None:
    rules = [one.rule for one in (DOSE_LINE_5_BREED, DOSE_LINE_5_PO)]
    assert [one.line for one in ALL] == [rule.line for rule in rules if isinstance(rule, ActivityLine)]
    assert all(one.derivation.endswith(".") and "1 januari 2020" in one.source for one in ALL)


def test_the_primary_school_channel_begins_when_its_line_can_respond() -> None:
    assert min(year for year, _ in PRIMARY_SCHOOL_EXPOSURE.years) == DOSE_LINE_5_PO.responds_from


# --- what the share model makes of it ------------------------------------------------------------------------------


def test_the_effect_of_one_year_is_divided_by_its_years_of_exposure() -> None:
    sample, estimand = toy_sample("choices", effect=0.3), toy_estimand("choices")
    one_year = replace(estimand, window=replace(estimand.window, outcome=(FIRST,)))
    plain = ShareModel().find(one_year, sample).estimate
    half = years((FIRST, 0.5)).find(one_year, sample).estimate
    assert half.effect == pytest.approx(plain.effect / 0.5, rel=EXACT)
    assert half.std_error == pytest.approx(plain.std_error / 0.5, rel=EXACT)
    assert half.p_value == pytest.approx(plain.p_value, rel=EXACT)


def test_two_years_give_the_slope_through_zero_on_exposure() -> None:
    """Minimum distance with equal weights: (1 b + 3 c) / (1 + 9) of the two coefficients b and c of the path."""
    sample, estimand = toy_sample("choices", effect=0.3), toy_estimand("choices")
    found = years((FIRST, 1.0), (SECOND, 3.0)).find(estimand, sample)
    path = {point.period: point.effect for point in found.path}
    assert found.estimate.effect == pytest.approx((path[FIRST] + 3 * path[SECOND]) / 10, rel=EXACT)
    assert found.path == ShareModel().find(estimand, sample).path


def test_a_year_without_exposure_does_not_count_and_equal_exposure_gives_the_mean() -> None:
    sample, estimand = toy_sample("choices", effect=0.3), toy_estimand("choices")
    found = years((SECOND, 2.0)).find(estimand, sample)
    path = {point.period: point.effect for point in found.path}
    assert found.estimate.effect == pytest.approx(path[SECOND] / 2, rel=EXACT)
    mean = ShareModel().find(estimand, sample).estimate
    assert years((FIRST, 1.0), (SECOND, 1.0)).find(estimand, sample).estimate.effect == pytest.approx(
        mean.effect, rel=EXACT
    )


def test_without_exposure_in_the_window_the_mean_stays_as_a_placebo() -> None:
    """The primary-school channel at the interim: no cohort has met it, so the plain effect should be zero."""
    sample, estimand = toy_sample("choices", effect=0.3), toy_estimand("choices")
    found = years((SchoolYear(start=2022), 0.5)).find(estimand, sample)
    assert found == ShareModel().find(estimand, sample)
    assert not found.estimate.unit.endswith("exposure")


def test_the_unit_says_that_the_effect_is_per_year_of_exposure() -> None:
    sample, estimand = toy_sample("choices"), toy_estimand("choices")
    plain, per_year = (one.find(estimand, sample).estimate.unit for one in (ShareModel(), years((FIRST, 1.0))))
    assert per_year == f"{plain} and year of exposure"


def test_exposure_is_planted_and_found() -> None:
    """With an effect of 0.3 in each year and exposures of 1 and 2 years: 0.3 (1 + 2) / (1 + 4)."""
    sample, estimand = toy_sample("choices", effect=0.3, noise=0.01), toy_estimand("choices")
    found = years((FIRST, 1.0), (SECOND, 2.0)).find(estimand, sample).estimate
    assert abs(found.effect - 0.18) < 3 * found.std_error  # seen 0.9
    assert found.p_value < 0.001  # seen 2e-7


def test_a_baseline_that_was_exposed_is_refused() -> None:
    sample, estimand = toy_sample("choices"), toy_estimand("choices")
    window = Window(baseline=(SchoolYear(start=2016), SchoolYear(start=2017)), outcome=(SECOND,))
    with pytest.raises(NotIdentified, match="the baseline 2016/17 had years of exposure; take an earlier one"):
        years((SchoolYear(start=2016), 1.0)).find(replace(estimand, window=window), sample)


@pytest.mark.parametrize("pairs", [((FIRST, 0.0),), ((FIRST, -1.0),), ((FIRST, 1.0), (FIRST, 2.0))])
def test_exposure_is_above_zero_and_given_once_a_year(pairs: tuple[tuple[SchoolYear, float], ...]) -> None:
    with pytest.raises(CatalogueError, match="above zero, one for each school year; given are 2020/21"):
        years(*pairs)


def test_more_baseline_years_are_taken_as_their_mean() -> None:
    sample, estimand = toy_sample("choices", effect=0.3), toy_estimand("choices")
    window = Window(baseline=(SchoolYear(start=2016), SchoolYear(start=2017)), outcome=(FIRST, SECOND))
    found = years((FIRST, 1.0), (SECOND, 3.0)).find(replace(estimand, window=window), sample)
    path = {point.period.start: point.effect for point in found.path}
    before = np.mean([path[2016], path[2017]])
    expected = ((path[2020] - before) + 3 * (path[2021] - before)) / 10
    assert found.estimate.effect == pytest.approx(expected, rel=EXACT)
