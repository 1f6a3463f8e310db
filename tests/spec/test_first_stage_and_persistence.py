"""Euro spent for each euro received, what is kept of an effect, and lines beside each other inside schools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.dose_event_study import OutcomeModel
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.share_model import ShareModel
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.errors import CatalogueError, NotIdentified
from stoeval.vocabulary import ActivityLine, Estimand, Level, Sample, SchoolYear, Window
from toy_samples import BASELINE, MONEY, RESULT, WINDOW, toy_estimand, toy_sample

ESTIMAND = toy_estimand("units")
FIRST, SECOND = (SchoolYear(start=year) for year in (2020, 2021))
EXACT = 1e-9  # worst deviation seen 4e-14


def planted(sample: Sample, slopes: dict[int, float]) -> Sample:
    """Return a sample without noise in which the dose has these slopes, by year."""
    slope = np.array([slopes.get(year, 0.0) for year in sample.period.tolist()])
    level = sample.unit * 0.01 + (sample.period - BASELINE) * 0.02
    outcome = level + slope * sample.dose * sample.entitlement
    return replace(sample, outcome=outcome, outcome_low=outcome, outcome_high=outcome)


def last_year_only(estimand: Estimand = ESTIMAND) -> Estimand:
    return replace(estimand, window=Window(baseline=WINDOW.baseline, outcome=(SECOND,)))


# --- euro for euro -----------------------------------------------------------------------------------------------


def test_a_yearly_amount_is_spent_over_all_years_since_the_baseline() -> None:
    """Of an amount a year 0.2, 0.4, 0.6 and 0.8 are spent in four years: 0.5 of what came in, and 0.8 in the last."""
    sample = planted(toy_sample("zeros"), {2018: 0.2, 2019: 0.4, 2020: 0.6, 2021: 0.8, 2022: 9.0})
    every = AanloopDose(every_year=True).find(last_year_only(), sample).estimate
    last = AanloopDose().find(last_year_only(), sample).estimate
    assert every.effect == pytest.approx(0.5, rel=EXACT)
    assert last.effect == pytest.approx(0.8, rel=EXACT)


def test_whoever_spends_what_he_got_spends_a_euro_for_a_euro() -> None:
    """Two payments of x are spent in two years as x each: received a year and spent a year are the same amount."""
    sample = toy_sample("zeros")
    years = {2020: 1.0, 2021: 1.0}
    window = Window(baseline=(SchoolYear(start=2019),), outcome=(SECOND,))
    found = AanloopDose(every_year=True).find(replace(ESTIMAND, window=window), planted(sample, years))
    assert found.estimate.effect == pytest.approx(1.0, rel=EXACT)


# --- what is kept ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("later", "left"), [(0.5, 0.1), (0.4, 0.0), (0.2, -0.2), (0.8, 0.4)])
def test_what_is_left_beyond_half_of_the_earlier_effect(later: float, left: float) -> None:
    """The effect was 0.8 in the earlier wave, so 0.4 has to be kept."""
    sample = planted(toy_sample("units"), {2020: 0.8, 2021: later})
    kept = SurveyPanel(kept_share=0.5, since=(FIRST,)).find(last_year_only(), sample).estimate
    assert kept.effect == pytest.approx(left, abs=1e-9)  # worst deviation seen 2e-14


def test_a_kept_effect_has_the_error_of_the_difference() -> None:
    """By the coefficients of the path: with independent noise the error is above that of the later effect alone."""
    sample = toy_sample("units", effect=0.3)
    alone = SurveyPanel().find(last_year_only(), sample).estimate
    kept = SurveyPanel(kept_share=0.5, since=(FIRST,)).find(last_year_only(), sample).estimate
    earlier = SurveyPanel().find(replace(ESTIMAND, window=replace(WINDOW, outcome=(FIRST,))), sample).estimate
    assert kept.effect == pytest.approx(alone.effect - 0.5 * earlier.effect, rel=EXACT)
    assert abs(kept.std_error - alone.std_error) > 1e-5


def test_it_is_too_early_for_what_was_kept_at_the_earlier_wave_itself() -> None:
    with pytest.raises(NotIdentified, match="2020/21 is no later than 2020/21: it is too early to see what was kept"):
        SurveyPanel(kept_share=0.5, since=(FIRST,)).find(ESTIMAND, toy_sample("units"))


def test_a_wave_that_was_not_held_had_no_effect_to_keep() -> None:
    sample = toy_sample("units")
    without = sample.rows(np.flatnonzero(sample.period != FIRST.start))
    with pytest.raises(NotIdentified, match="no effect in 2020/21 to keep a share of"):
        SurveyPanel(kept_share=0.5, since=(FIRST,)).find(last_year_only(), without)


@pytest.mark.parametrize("options", [{"kept_share": 0.5}, {"since": (FIRST,)}, {"kept_share": 0.0, "since": (FIRST,)}])
def test_a_share_and_the_waves_it_is_of_go_together(options: dict[str, object]) -> None:
    with pytest.raises(CatalogueError, match="give a share above zero and waves"):
        SurveyPanel(**options)  # type: ignore[arg-type]


# --- a mediator in years of its own ------------------------------------------------------------------------------


def test_years_of_the_mediator_can_be_named_instead_of_counted_back() -> None:
    asked, sample = toy_estimand("chain"), toy_sample("chain", effect=0.4)
    named = tuple(SchoolYear(start=year.start - 1) for year in WINDOW.outcome)
    by_name = MediatedEffect(mediator_years=named).find(asked, sample)
    counted = MediatedEffect(years_earlier=1).find(asked, sample)
    assert by_name == counted


def test_a_mediator_comes_before_its_outcome() -> None:
    asked, sample = toy_estimand("chain"), toy_sample("chain")
    with pytest.raises(NotIdentified, match="read in 2021/22, after the outcome of 2020/21"):
        MediatedEffect(mediator_years=(SECOND,)).find(asked, sample)
    with pytest.raises(CatalogueError, match="give one of both"):
        MediatedEffect(years_earlier=1, mediator_years=(FIRST,))


# --- lines beside each other, inside schools ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "level", "joint", "alone"),
    [
        ("gaps", Level.SUBJECT_GROUP, JointDoseEventStudy(), EntitlementTripleDifference()),
        ("choices", Level.PROFILE_GROUP, JointDoseEventStudy(outcome_model=OutcomeModel.POISSON), ShareModel()),
    ],
)
def test_inside_a_school_the_other_lines_stand_beside_as_conditions_would(
    shape: str, level: Level, joint: JointDoseEventStudy, alone: EntitlementTripleDifference | ShareModel
) -> None:
    """The design without other lines, told that the other line is a condition, is the same regression."""
    sample = toy_sample(shape, effect=0.2)
    other = np.random.default_rng(3).uniform(0, 1, sample.unit.max() + 1)[sample.unit]
    whole = np.column_stack([sample.conditioning, sample.dose + other])
    line = replace(MONEY, rule=ActivityLine(line="1", counted=SchoolYear(start=2018)))
    asked = replace(toy_estimand(shape), cause=line, effect=replace(RESULT, level=level))
    beside = joint.find(asked, replace(sample, conditioning=whole, other_lines=other[:, None])).estimate
    condition = np.column_stack([sample.conditioning, other])
    told = alone.find(asked, replace(sample, conditioning=condition)).estimate
    assert beside.effect == pytest.approx(told.effect, rel=1e-7)  # worst deviation seen 2e-10
    assert beside.std_error == pytest.approx(told.std_error, rel=1e-7)  # worst deviation seen 3e-10
