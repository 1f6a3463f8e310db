"""On the twin the truth is known: effects that were planted are found, and only those.

Estimates leave out the placebo doses, which do not enter them. Where one country cannot show an effect (pairs of
small offers, and the regional dose beside its own formula input), the mean over several countries is tested. The
technical share is tested upwards only: a vestiging without technique has nothing to lose, so that in the twin a
negative effect reaches half of the pupils. The number of near small pairs can only fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.measurements import FINAL, INTERIM
from stoeval.designs.share_model import ShareModel
from stoeval.evaluation import evaluate
from stoeval.panel.samples import cut, sample
from stoeval.panel.simulation import PlantedEffect, Truth, simulate
from stoeval.runs.tables import tables
from stoeval.vocabulary import CausalChain, MonitorPanel, Sample, Untestable

if TYPE_CHECKING:
    from stoeval.vocabulary import Estimate, Link, Measurement

LARGEST_DEVIATION = 3
"""In standard errors: a right estimate passes 997 times in 1,000; the worst seen stands beside each use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A link of a hypothesis and an effect that is large enough for one country to show it."""

    hypothesis: int
    link: str
    exposure: str
    indicator: str
    slope: float

    def effect(self, sign: int) -> PlantedEffect:
        return PlantedEffect(exposure=self.exposure, indicator=self.indicator, slope=sign * self.slope)


def planted(hypothesis: int, link: str, exposure: str, indicator: str, slope: float) -> Planted:
    return Planted(hypothesis=hypothesis, link=link, exposure=exposure, indicator=indicator, slope=slope)


APART = (
    planted(2, "shared-use", "dose_line_2", "shared_facilities", 0.5),
    planted(3, "teachers", "dose_line_3", "teacher_fte", 1.2),
    planted(4, "prospects", "dose_line_4", "good_prospects_share", 1.0),
    planted(6, "investment", "aanloop_dose", "investment_per_technical_pupil", 0.2),
    planted(6, "satisfaction", "dose_line_6", "facility_satisfaction", 0.6),
    planted(7, "knowledge-sharing", "dose_line_7", "knowledge_sharing", 0.5),
    planted(8, "training", "dose_line_8", "share_trained", 0.8),
    planted(8, "from-industry", "dose_line_8", "share_from_industry", 0.6),
    planted(8, "qualification", "dose_line_8", "share_qualified", 0.6),
)
"""Effects on different outcomes, which one country can hold together."""
BREADTH = planted(5, "breadth", "dose_line_5_breed", "entrants", 3.0)
PRIMARY_SCHOOL = planted(5, "primary-school", "dose_line_5_po", "entrants", 3.0)
PER_YEAR_OF_EXPOSURE = {BREADTH: (2.0 + 2.0) / (4.0 + 4.0), PRIMARY_SCHOOL: (0.5 + 1.5) / (0.25 + 2.25)}
"""What a whole effect in both final years is per year of exposure: two and two years, a half and one and a half."""
OVERLAP = planted(1, "overlap", "dose_line_1", "overlap_profiles", -9.0)
WITHIN = planted(9, "within", "regional_dose", "technical_share_entrants", 0.1)
TOTAL = replace(WITHIN, link="total")
COUNTRIES: dict[Planted, tuple[Planted, ...]] = {
    **dict.fromkeys(APART, APART),
    **{one: (one,) for one in (BREADTH, PRIMARY_SCHOOL, OVERLAP, WITHIN)},
    TOTAL: (WITHIN,),
}
"""Which effects are planted together with each."""


@lru_cache(maxsize=8)
def country(effects: tuple[PlantedEffect, ...], seed: int, measurement: Measurement) -> MonitorPanel:
    """Return what a measurement may see of a country in which these effects are planted."""
    return cut(simulate(Truth(effects=effects), seed=seed), measurement.last_year)


def link_of(one: Planted) -> Link:
    hypothesis = next(each for each in CATALOGUE.hypotheses if each.number == one.hypothesis)
    return next(link for link in hypothesis.links if link.name == one.link)


def estimated(panel: MonitorPanel, link: Link, measurement: Measurement) -> Estimate:
    estimand = link.estimand(measurement)
    rows = sample(panel, estimand, CATALOGUE)
    assert isinstance(rows, Sample), rows
    return link.design.find(estimand, replace(rows, placebo_doses=())).estimate


def found_and_true(one: Planted, sign: int, seed: int, measurement: Measurement) -> tuple[Estimate, float]:
    """Return what the link of an effect finds in a country where it holds, and what it should find."""
    effects = tuple(each.effect(sign) for each in COUNTRIES[one])
    link = link_of(one)
    return estimated(country(effects, seed, measurement), link, measurement), asked(one, link, effects, measurement)


def asked(one: Planted, link: Link, effects: tuple[PlantedEffect, ...], measurement: Measurement) -> float:
    """Return the mean effect over the window, or its slope on years of exposure where the design takes those."""
    window, truth = link.estimand(measurement).window, Truth(effects=effects)
    baseline = [year.start for year in window.baseline]
    path = [truth.true_effect(one.exposure, one.indicator, [year.start], baseline=baseline) for year in window.outcome]
    met = dict(link.design.exposure_years) if isinstance(link.design, ShareModel) else {}
    exposure = [met.get(year, 0.0) for year in window.outcome]
    if not any(exposure):
        return float(np.mean(path))
    return float(np.dot(exposure, path) / np.dot(exposure, exposure))


# --- effects that one country shows ------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1], ids=["up", "down"])
@pytest.mark.parametrize("one", [*APART, BREADTH, PRIMARY_SCHOOL], ids=lambda one: f"H{one.hypothesis}-{one.link}")
def test_a_planted_effect_is_found_at_the_final_measurement(one: Planted, sign: int) -> None:
    found, true = found_and_true(one, sign, 1, FINAL)
    assert true == pytest.approx(sign * one.slope * PER_YEAR_OF_EXPOSURE.get(one, 1.0), rel=1e-12)
    assert abs(found.effect - true) < LARGEST_DEVIATION * found.std_error  # worst seen 1.6
    assert found.p_value < 0.001  # worst seen 5e-5
    assert np.sign(found.effect) == sign


@pytest.mark.parametrize("one", APART, ids=lambda one: f"H{one.hypothesis}-{one.link}")
def test_at_the_interim_measurement_half_of_the_ramp_is_found(one: Planted) -> None:
    """The run-up money is at full strength by then; the regional plans are half-way."""
    found, true = found_and_true(one, 1, 1, INTERIM)
    assert true == pytest.approx(one.slope * (1.0 if one.exposure == "aanloop_dose" else 0.5), rel=1e-12)
    assert abs(found.effect - true) < LARGEST_DEVIATION * found.std_error  # worst seen 1.4


@pytest.mark.parametrize("name", ["breadth", "primary-school", "breadth-too-early"])
def test_an_effect_that_comes_later_is_not_found_before(name: str) -> None:
    """Primary pupils reach leerjaar 3 after the interim: no line of hypothesis 5 sees them by then."""
    panel = country((PRIMARY_SCHOOL.effect(1),), 1, INTERIM)
    found = estimated(panel, link_of(replace(PRIMARY_SCHOOL, link=name)), INTERIM)
    assert abs(found.effect) < LARGEST_DEVIATION * found.std_error  # worst seen 1.9
    assert found.p_value > 0.01  # worst seen 0.07


# --- effects that several countries show together ------------------------------------------------------------------


def pooled(one: Planted, seeds: tuple[int, ...]) -> tuple[float, float, float]:
    """Return mean estimate, its standard error over independent countries, and the truth."""
    pairs = [found_and_true(one, 1, seed, FINAL) for seed in seeds]
    spread = float(np.sqrt(sum(found.std_error**2 for found, _ in pairs)) / len(pairs))
    return float(np.mean([found.effect for found, _ in pairs])), spread, pairs[0][1]


@pytest.mark.slow
def test_fewer_near_small_pairs_are_found_over_five_countries() -> None:
    """Without countries in which a control predicts zero pairs perfectly: those have no estimate."""
    mean, std_error, true = pooled(OVERLAP, (1, 2, 3, 5, 8))
    assert abs(mean - true) < LARGEST_DEVIATION * std_error  # seen 1.4
    assert mean / std_error < stats.norm.ppf(0.005)  # seen -3.4


@pytest.mark.slow
def test_a_higher_technical_share_is_found_over_six_countries() -> None:
    """Between leerwegen the effect is the slope itself; on the whole share it is that times the mean entitlement."""
    seeds = (1, 2, 3, 4, 5, 6)
    mean, std_error, true = pooled(WITHIN, seeds)
    assert abs(mean - true) < LARGEST_DEVIATION * std_error  # seen 0.05
    assert mean / std_error > stats.norm.ppf(0.95)  # seen 2.4
    mean, std_error, true = pooled(TOTAL, seeds)
    entitled = mean_entitlement(country((WITHIN.effect(1),), 1, FINAL))
    assert 0.8 < entitled < 0.95
    assert abs(mean - true * entitled) < LARGEST_DEVIATION * std_error  # seen 0.1
    assert mean / std_error > stats.norm.ppf(0.995)  # seen 5.9


def mean_entitlement(panel: MonitorPanel) -> float:
    """Return the mean over entrants of 1 for BB and KB and 1/2 for GL, as the regulation has it."""
    offers = panel.tables["offers"]
    rows = offers[offers["entrants_low"].notna() & (offers["leerweg"] != "TL") & (offers["school_year"] == 2017)]
    entitlement = np.where(rows["leerweg"] == "GL", 0.5, 1.0)
    return float(np.average(entitlement, weights=rows["entrants_low"].astype(float)))


# --- nothing where nothing is --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_where_nothing_is_planted_few_primary_links_find_anything() -> None:
    """At 5 % with as many tests as there are, a binomial exceeds its 99.9 % quantile once in a thousand suites."""
    links = [link for hypothesis in CATALOGUE.hypotheses for link in hypothesis.primary]
    seeds = (101, 102, 103, 104)
    p_values = [estimated(country((), seed, FINAL), link, FINAL).p_value for seed in seeds for link in links]
    rejected = sum(p < 0.05 for p in p_values)
    assert len(p_values) >= 4 * 12
    assert rejected <= stats.binom.ppf(0.999, len(p_values), 0.05)  # seen 3 of 56


def test_a_world_with_effects_leaves_links_to_other_outcomes_alone() -> None:
    """Everything but the choices of pupils is moved, and those are what these links look at."""
    panel = country(tuple(each.effect(1) for each in APART), 1, FINAL)
    for one in (WITHIN, TOTAL, BREADTH):
        found = estimated(panel, link_of(one), FINAL)
        assert abs(found.effect) < LARGEST_DEVIATION * found.std_error  # worst seen 0.9


# --- nothing of what comes later -----------------------------------------------------------------------------------

DATED = ("school_year", "wave", "started")


def poisoned(panel: MonitorPanel, last: int) -> MonitorPanel:
    """Return a panel whose every table is nonsense after a year: other numbers, other places, rows gone."""
    changed = {}
    for name, table in panel.tables.items():
        dated = [column for column in DATED if column in table.columns]
        if not dated:
            changed[name] = table
            continue
        later = (table[dated[0]] > last).to_numpy(bool)
        assert later.any(), name
        changed[name] = pd.concat([table[~later], nonsense(table[later], dated[0])], ignore_index=True)
    return MonitorPanel(tables=changed, provenance=panel.provenance)


def nonsense(later: pd.DataFrame, dated: str) -> pd.DataFrame:
    """Return half of the rows, in other order, with every value but the year another."""
    half = later.iloc[::-2].copy()
    for column in half.columns.drop(dated):
        values = half[column]
        if str(values.dtype) == "string":
            half[column] = values.to_numpy()[::-1]
        elif str(values.dtype) == "boolean":
            half[column] = ~values
        else:
            half[column] = values * 7 + 3
    return half


def test_no_link_sees_anything_after_the_last_year_of_the_interim(twin: MonitorPanel) -> None:
    last = INTERIM.last_year
    clean, dirty = cut(twin, last), cut(poisoned(twin, last.start), last)
    links = [link for hypothesis in CATALOGUE.hypotheses for link in hypothesis.links]
    compared = 0
    for link in links:
        if isinstance(link.design, Untestable):
            continue
        estimand = link.estimand(INTERIM)
        one, other = sample(clean, estimand, CATALOGUE), sample(dirty, estimand, CATALOGUE)
        if isinstance(one, Untestable):
            assert other == one, link.name
            continue
        assert isinstance(other, Sample)
        for name in ("outcome", "outcome_low", "outcome_high", "unit", "group", "period", "cluster", "stratum"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=link.name)
        for name in ("dose", "entitlement", "conditioning", "weight", "offset"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=link.name)
        assert (one.unit_names, one.cluster_names, one.dropped) == (
            other.unit_names,
            other.cluster_names,
            other.dropped,
        )
        for (_, values), (_, others) in zip(one.placebo_doses, other.placebo_doses, strict=True):
            np.testing.assert_array_equal(values, others, err_msg=link.name)
        compared += 1
    assert compared > 80


@pytest.mark.slow
def test_an_interim_run_is_the_same_to_the_last_digit_whatever_comes_later(twin: MonitorPanel) -> None:
    hypotheses = (replace(one, chain=CausalChain(links=()), further=()) for one in CATALOGUE.hypotheses)
    primary = replace(CATALOGUE, hypotheses=tuple(hypotheses))
    clean = evaluate(twin, INTERIM, primary, seed=1)
    dirty = evaluate(poisoned(twin, INTERIM.last_year.start), INTERIM, primary, seed=1)
    assert clean.manifest.panel_sha256 != dirty.manifest.panel_sha256
    assert replace(clean.manifest, panel_sha256="") == replace(dirty.manifest, panel_sha256="")
    one, other = tables(clean), tables(dirty)
    assert len(one["estimates"]) >= 12
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], check_exact=True)
