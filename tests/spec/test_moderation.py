"""What is said of an effect in each category of a moderator, and when nothing may be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from primary_panels import BY_LEERWEG, COUNTS, LINK, WINDOW, Country, primary, primary_sample
from stoeval.inference.clustering import contrast, crv3
from stoeval.synthesis.moderation import FEWEST_REGIONS, by_category, moderations
from stoeval.vocabulary import IdentificationClass, Timing
from toy_catalogue import FINAL, finding, hypothesis, link, result, toy_catalogue
from toy_chain import SHRINKING
from toy_samples import place, toy_panel

COUNTRY = Country(slopes=0.3, luck=0.05)
SAMPLE, _ = primary_sample(COUNTRY, 5)
HALVES = SAMPLE.cluster % 2


def test_with_one_category_the_effect_is_that_of_the_design() -> None:
    rows = primary(SAMPLE)
    found = by_category(rows, np.zeros_like(HALVES), ("all",))
    own = LINK.design.find(rows.estimand, SAMPLE).estimate  # type: ignore[union-attr]
    effect = found.each[0].effect
    assert effect is not None
    assert effect.effect == pytest.approx(own.effect, rel=1e-10)
    assert effect.std_error == pytest.approx(own.std_error, rel=1e-10)
    assert found.p_difference is None


def test_categories_are_together_what_dummies_in_one_regression_give() -> None:
    """Two halves whose dose, year and formula input all differ are two regressions; here the input is common."""
    rows = primary(replace(SAMPLE, conditioning=np.empty((len(SAMPLE.dose), 0))))
    found = by_category(rows, HALVES, ("even", "odd"))
    for code, one in enumerate(found.each):
        alone = rows.ask(np.flatnonzero(code == HALVES)).study()
        own = contrast(alone.fit.coefficients, crv3(alone.fit), alone.combination)
        assert one.effect is not None
        assert one.effect.effect == pytest.approx(own.effect, rel=1e-9)
        # The jackknife of 39 regions carries 38/39, that of 78 carries 77/78.
        assert one.effect.std_error == pytest.approx(own.std_error * np.sqrt(77 / 78 * 39 / 38), rel=1e-9)
        assert one.effect.df == 38
        assert (one.n_units, one.n_clusters) == (234, 39)


def test_counts_are_compared_on_the_log_scale() -> None:
    counts = np.random.default_rng(1).poisson(50 * np.exp(SAMPLE.outcome)) * 1.0
    rows = primary(replace(SAMPLE, outcome=counts, outcome_low=counts, outcome_high=counts), COUNTS)
    found = by_category(rows, HALVES, ("even", "odd"))
    for one in found.each:
        assert one.effect is not None
        assert abs(one.effect.effect - 0.3) < 3 * one.effect.std_error  # worst seen 2.2


def test_a_category_with_too_few_regions_has_no_effect_and_does_not_touch_the_other() -> None:
    few = np.where(SAMPLE.cluster < FEWEST_REGIONS - 1, 1, 0)
    rows = primary(SAMPLE)
    found = by_category(rows, few, ("many", "few"))
    alone = by_category(primary(SAMPLE.rows(np.flatnonzero(few == 0))), few[few == 0], ("many",))
    assert found.each[0].effect == alone.each[0].effect
    assert found.each[1].effect is None
    assert found.each[1].because == "9 regio's in deze omstandigheid; er zijn er ten minste 10 nodig"
    assert found.p_difference is None


def test_an_effect_that_rests_on_few_regions_is_not_said() -> None:
    dose = SAMPLE.dose + 50.0 * (SAMPLE.cluster == 1)
    found = by_category(primary(replace(SAMPLE, dose=dose)), HALVES, ("even", "odd"))
    assert found.each[0].effect is not None
    assert found.each[1].effect is None
    assert "regio's van gelijk gewicht; er zijn er 5 nodig" in found.each[1].because


def test_a_dose_that_does_not_differ_within_a_category_has_no_effect() -> None:
    dose = np.where(HALVES == 1, 1.0, SAMPLE.dose)
    found = by_category(primary(replace(SAMPLE, dose=dose)), HALVES, ("even", "odd"))
    assert [one.effect for one in found.each] == [None, None]
    assert found.each[1].because.startswith("niet te schatten per omstandigheid")


def test_rows_without_a_known_category_are_left_out() -> None:
    unknown = np.where(SAMPLE.cluster >= 60, -1, HALVES)
    found = by_category(primary(SAMPLE), unknown, ("even", "odd"))
    assert [one.n_clusters for one in found.each] == [30, 30]


# --- records ---------------------------------------------------------------------------------------------------------

REGIONS = [{"region": f"r{number:02d}", "shrinking": number % 2 == 0, "techniekarm": None} for number in range(78)]


def test_a_primary_link_that_was_not_measured_gives_no_records() -> None:
    catalogue = replace(toy_catalogue(), moderators=(SHRINKING,))
    results = [result(link(), finding(1.0, 0.1, IdentificationClass.B))]
    panel = toy_panel(vestigingen=[place("01AA00", 2017, "A")])
    assert moderations(panel, FINAL, catalogue, results) == ()


@pytest.fixture
def on_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the primary rows be those of a drawn country, with an own link and one by leerweg."""
    by_leerweg, _ = primary_sample(Country(entitled=(1.0, 0.0)), 2)
    every = (
        primary(SAMPLE),
        replace(primary(by_leerweg, BY_LEERWEG, ("BB", "TL")), hypothesis=2),
        replace(primary(SAMPLE), hypothesis=3, link=link(design=replace(link().design))),
    )
    monkeypatch.setattr("stoeval.synthesis.moderation.primary_rows", lambda *_: every)


MEASUREMENT = replace(FINAL, windows=tuple((timing, WINDOW) for timing in Timing))


@pytest.mark.usefixtures("on_rows")
def test_records_hold_one_row_a_category_and_never_more_than_class_c() -> None:
    other = replace(SHRINKING, name="sex", categories=(("girls", "meisjes", "girls"),))
    catalogue = replace(toy_catalogue(hypothesis()), moderators=(SHRINKING, other))
    found = [one for one in moderations(toy_panel(regions=REGIONS), MEASUREMENT, catalogue, []) if one.hypothesis == 1]
    assert [(one.moderator, one.category) for one in found] == [
        ("shrinking", "yes"),
        ("shrinking", "no"),
        ("sex", "girls"),
    ]
    assert {one.identification_class for one in found} <= {"C", "D", "E"}
    assert found[0].p_adjusted == found[0].p_difference  # Holm over the one moderator that could be tested
    assert found[2].effect is None
    assert found[2].because.startswith("deze uitkomst is niet naar geslacht geteld")


@pytest.mark.usefixtures("on_rows")
def test_holm_counts_the_moderators_of_one_link() -> None:
    names = ("shrinking", "prior_cooperation")
    rows = [{**one, "prior_cooperation": number % 4 < 2} for number, one in enumerate(REGIONS)]
    catalogue = replace(toy_catalogue(), moderators=tuple(replace(SHRINKING, name=name) for name in names))
    found = [one for one in moderations(toy_panel(regions=rows), MEASUREMENT, catalogue, []) if one.hypothesis == 1]
    p = {one.moderator: one.p_difference for one in found}
    assert None not in p.values()
    smallest = min(p, key=lambda name: p[name] or 1.0)
    adjusted = {one.moderator: one.p_adjusted for one in found}
    assert adjusted[smallest] == pytest.approx(min(1.0, 2 * (p[smallest] or 0.0)))


@pytest.mark.usefixtures("on_rows")
def test_the_leerweg_without_entitlement_is_the_comparison_and_no_category() -> None:
    leerweg = replace(SHRINKING, name="leerweg", unit="leerweg", categories=(("BB", "bb", "bb"), ("KB", "kb", "kb")))
    found = moderations(toy_panel(), MEASUREMENT, replace(toy_catalogue(), moderators=(leerweg,)), [])
    by_leerweg = [one for one in found if one.hypothesis == 2]
    assert [one.category for one in by_leerweg] == ["BB", "KB"]
    assert by_leerweg[0].effect is not None
    assert by_leerweg[1].because == "0 regio's in deze omstandigheid; er zijn er ten minste 10 nodig"


@pytest.mark.usefixtures("on_rows")
def test_a_design_that_asks_nothing_of_a_dose_says_so() -> None:
    found = moderations(toy_panel(), MEASUREMENT, replace(toy_catalogue(), moderators=(SHRINKING,)), [])
    last = [one for one in found if one.hypothesis == 3]
    assert {one.because for one in last} == {"het ontwerp van de schakel is geen regressie op een dosis"}
