"""What a truth says about planted effects. Expectations are by hand from the definition slope x mean ramp."""

from __future__ import annotations

import dataclasses

import pytest

from stoeval.errors import CatalogueError
from stoeval.panel.simulation import DEFAULT_TRUTH, PlantedEffect, Truth
from stoeval.panel.twin.truth import SUPPORTED

SHARED = PlantedEffect(exposure="dose_line_2", indicator="shared_facilities", slope=0.8)


def test_a_pair_that_the_twin_cannot_plant_is_refused_with_the_pairs_that_it_can() -> None:
    with pytest.raises(CatalogueError, match=r"dose_line_9 -> motivation") as error:
        PlantedEffect(exposure="dose_line_9", indicator="motivation", slope=1.0)
    for exposure, indicator in SUPPORTED:
        assert f"{exposure} -> {indicator}" in str(error.value)


@pytest.mark.parametrize(("exposure", "indicator"), SUPPORTED)
def test_every_supported_pair_can_be_planted_and_asked_for(exposure: str, indicator: str) -> None:
    effect = PlantedEffect(exposure=exposure, indicator=indicator, slope=-0.25)
    assert Truth(effects=(effect,)).slope(exposure, indicator) == -0.25


def test_a_pair_that_is_not_planted_has_no_effect() -> None:
    assert Truth.none().slope("dose_line_2", "shared_facilities") == 0
    assert Truth.none().true_effect("dose_line_2", "shared_facilities", (2022, 2023)) == 0


def test_asking_for_a_pair_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(CatalogueError, match="cannot plant"):
        DEFAULT_TRUTH.slope("dose_line_2", "motivation")


def test_the_true_effect_is_the_slope_times_the_mean_ramp() -> None:
    truth = Truth(effects=(SHARED,))
    assert truth.true_effect("dose_line_2", "shared_facilities", (2022, 2023)) == pytest.approx(0.8)
    assert truth.true_effect("dose_line_2", "shared_facilities", (2020, 2021)) == pytest.approx(0.8 * 0.625)
    assert truth.true_effect("dose_line_2", "shared_facilities", (2018, 2019)) == 0


def test_the_true_effect_subtracts_what_was_already_there_in_the_baseline() -> None:
    effect = PlantedEffect(exposure="aanloop_dose", indicator="facility_satisfaction", slope=0.06)
    truth = Truth(effects=(effect,))
    late = truth.true_effect("aanloop_dose", "facility_satisfaction", (2022, 2023), baseline=(2018,))
    assert late == pytest.approx(0.06 * (1 - 0.5))


@pytest.mark.parametrize(
    ("exposure", "indicator", "weights"),
    [
        ("regional_dose", "technical_share_entrants", {2019: 0, 2020: 0.5, 2021: 0.75, 2022: 1, 2023: 1}),
        ("dose_line_5_po", "entrants", {2021: 0, 2022: 1, 2023: 1}),
        ("aanloop_dose", "facility_satisfaction", {2017: 0, 2018: 0.5, 2019: 1, 2023: 1}),
    ],
)
def test_without_a_ramp_the_exposure_brings_its_own(exposure: str, indicator: str, weights: dict[int, float]) -> None:
    effect = PlantedEffect(exposure=exposure, indicator=indicator, slope=2.0)
    assert {year: effect.at(year) for year in weights} == {year: 2 * weight for year, weight in weights.items()}


@pytest.mark.parametrize(
    ("exposure", "indicator", "year"),
    [
        ("regional_dose", "technical_share_entrants", 2018),
        ("dose_line_5_po", "entrants", 2021),
        ("aanloop_dose", "facility_satisfaction", 2017),
    ],
)
def test_an_effect_cannot_come_before_its_cause(exposure: str, indicator: str, year: int) -> None:
    with pytest.raises(CatalogueError, match=f"starts in {year}"):
        PlantedEffect(exposure=exposure, indicator=indicator, slope=1.0, ramp=((year, 1.0), (2023, 1.0)))


def test_a_ramp_names_each_year_once() -> None:
    with pytest.raises(CatalogueError, match="twice"):
        PlantedEffect(exposure="dose_line_2", indicator="shared_facilities", slope=1.0, ramp=((2022, 1.0), (2022, 0.5)))


def test_small_profiles_can_merge_and_not_multiply() -> None:
    with pytest.raises(CatalogueError, match="only fall"):
        PlantedEffect(exposure="dose_line_1", indicator="overlap_profiles", slope=0.6)


def test_a_truth_holds_one_effect_for_each_pair() -> None:
    with pytest.raises(CatalogueError, match="twice: dose_line_2 -> shared_facilities"):
        Truth(effects=(SHARED, SHARED))


def test_a_truth_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEFAULT_TRUTH.effects = ()  # type: ignore[misc]


def test_the_default_truth_holds_effects_nulls_and_one_contrary_effect() -> None:
    slopes = {effect.indicator: effect.slope for effect in DEFAULT_TRUTH.effects}
    assert slopes["shared_facilities"] > 0
    assert slopes["teacher_fte"] == 0
    assert slopes["knowledge_sharing"] < 0
