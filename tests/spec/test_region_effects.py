"""What is said of regions: deviations or slopes, in the order of names, and only where enough units stand behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from primary_panels import BY_LEERWEG, COUNTS, Country, primary, primary_sample
from stoeval.errors import NotIdentified
from stoeval.synthesis.region_effects import region_effects, region_study, unit_changes
from toy_catalogue import FINAL, link, toy_catalogue
from toy_samples import toy_panel

if TYPE_CHECKING:
    from stoeval.synthesis.primary_rows import PrimaryRows
    from stoeval.vocabulary import RegionEffect, RegionSpread, Sample

SAMPLE, LUCK = primary_sample(Country(regions=20, each=10, slopes=0.3, luck=0.2, noise=0.02), 4)


def said(
    monkeypatch: pytest.MonkeyPatch, rows: PrimaryRows, **options: int
) -> tuple[tuple[RegionEffect, ...], tuple[RegionSpread, ...]]:
    monkeypatch.setattr("stoeval.synthesis.region_effects.primary_rows", lambda *_: (rows,))
    generator = np.random.default_rng(1)
    return region_effects(toy_panel(), FINAL, toy_catalogue(), [], generator=generator, **options)


def test_a_deviation_is_the_own_change_beyond_dose_formula_and_country(monkeypatch: pytest.MonkeyPatch) -> None:
    effects, spreads = said(monkeypatch, primary(SAMPLE))
    once = np.unique(SAMPLE.cluster, return_index=True)[1]
    beside = np.column_stack([np.ones(20), SAMPLE.dose[once], SAMPLE.conditioning[once]])
    luck = LUCK - beside @ np.linalg.lstsq(beside, LUCK, rcond=None)[0]
    for one, true in zip(effects, luck, strict=True):
        assert one.effect is not None
        assert one.std_error is not None
        assert abs(one.effect - true) < 4 * one.std_error  # worst seen 2.4
        assert one.because.startswith("afwijking")
    assert spreads[0].mean is None
    assert spreads[0].spread == pytest.approx(0.2, rel=0.5)  # of twenty draws
    assert spreads[0].regions == 20


def test_the_national_change_and_the_effect_of_the_dose_are_no_deviation(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, _ = said(monkeypatch, primary(SAMPLE))
    after = SAMPLE.period > 2017
    moved = SAMPLE.outcome + after * (5.0 + 2.0 * SAMPLE.dose + 3.0 * SAMPLE.conditioning[:, 0])
    other, _ = said(monkeypatch, primary(replace(SAMPLE, outcome=moved)))
    for one, same in zip(plain, other, strict=True):
        assert one.effect == pytest.approx(same.effect, abs=1e-8)


def test_a_region_that_did_more_ranks_before_one_that_did_less(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = SAMPLE.outcome + 3.0 * ((SAMPLE.cluster == 7) & (SAMPLE.period > 2017))
    effects, _ = said(monkeypatch, primary(replace(SAMPLE, outcome=raised)))
    best = next(one for one in effects if one.region == "r07")
    assert (best.rank_low, best.rank_high) == (1, 1)
    assert all((one.rank_low or 0) > 1 for one in effects if one is not best)


def test_rows_stand_in_the_order_of_names_and_not_of_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(reversed(SAMPLE.cluster_names))
    effects, _ = said(monkeypatch, primary(replace(SAMPLE, cluster_names=names)))
    assert [one.region for one in effects] == sorted(names)


def thinned(keep: int) -> Sample:
    """Return the sample with a few vestigingen of the first region only."""
    return SAMPLE.rows(np.flatnonzero((SAMPLE.cluster > 0) | (SAMPLE.unit < keep)))


@pytest.mark.parametrize("keep", [1, 9])
def test_a_region_with_too_few_units_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, keep: int) -> None:
    effects, spreads = said(monkeypatch, primary(thinned(keep)))
    hidden = effects[0]
    assert hidden.region == "r00"
    numbers = (hidden.effect, hidden.std_error, hidden.pooled, hidden.pooled_low, hidden.rank_low, hidden.rank_high)
    assert numbers == (None,) * 6
    assert hidden.because
    assert all(one.effect is not None for one in effects[1:])
    assert spreads[0].regions == (20 if keep > 1 else 19)


def test_a_region_may_be_shown_with_fewer_units_where_the_caller_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    effects, _ = said(monkeypatch, primary(thinned(9)), fewest_units=9)
    assert effects[0].effect is not None


def test_a_region_that_one_unit_dominates_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = np.where(SAMPLE.unit == 3, 50_000.0, SAMPLE.weight)
    effects, _ = said(monkeypatch, primary(replace(SAMPLE, weight=heavy)))
    assert effects[0].effect is None
    assert effects[0].because.startswith("rust op 10 eenheden")


def test_slopes_within_regions_are_found_where_vestigingen_differ_in_dose(monkeypatch: pytest.MonkeyPatch) -> None:
    slopes = tuple(0.2 + 0.3 * np.random.default_rng(2).normal(size=20))
    sample, _ = primary_sample(Country(regions=20, each=12, slopes=slopes, luck=0.3, noise=0.03, within=True), 4)
    effects, spreads = said(monkeypatch, primary(sample))
    for one, true in zip(effects, slopes, strict=True):
        assert one.effect is not None
        assert one.std_error is not None
        assert abs(one.effect - true) < 4 * one.std_error  # worst seen 2.3
        assert one.because.startswith("helling")
    assert spreads[0].mean == pytest.approx(np.mean(slopes), abs=0.05)
    assert spreads[0].spread == pytest.approx(np.std(slopes, ddof=1), rel=0.3)


def test_of_a_gap_the_own_change_of_the_gap_is_followed() -> None:
    country = Country(regions=20, each=10, slopes=0.3, luck=0.2, noise=0.02, entitled=(1.0, 0.5, 0.0))
    sample, luck = primary_sample(country, 4)
    everyone = sample.outcome + 7.0 * (sample.period > 2017) * (sample.cluster == 3)
    found, moved = (
        region_study(primary(replace(sample, outcome=outcome), BY_LEERWEG), np.random.default_rng(1)).pooled.residual
        for outcome in (sample.outcome, everyone)
    )
    assert np.corrcoef(found, luck)[0, 1] > 0.9  # seen .98; dose and formula take a part
    assert moved == pytest.approx(found, abs=1e-8)  # what moves all groups of a vestiging is no gap


def test_counts_deviate_on_the_log_scale() -> None:
    counts = np.random.default_rng(1).poisson(200 * np.exp(SAMPLE.outcome)) * 1.0
    rows = primary(replace(SAMPLE, outcome=counts, outcome_low=counts, outcome_high=counts), COUNTS)
    found = region_study(rows, np.random.default_rng(1)).pooled.residual
    assert np.corrcoef(found, LUCK)[0, 1] > 0.9  # seen .97


def test_one_number_a_region_says_nothing_of_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    sample, _ = primary_sample(Country(regions=20, each=1), 1)
    effects, spreads = said(monkeypatch, primary(sample))
    assert effects == ()
    assert spreads[0].spread is None
    assert spreads[0].because.startswith("de uitkomst is één getal per regio")


def test_a_design_that_asks_nothing_of_a_dose_has_no_regions() -> None:
    rows = replace(primary(SAMPLE), link=link())
    with pytest.raises(NotIdentified, match="geen regressie op een dosis"):
        region_study(rows, np.random.default_rng(1))


def test_changes_of_units_average_to_the_change_of_their_region() -> None:
    asked = primary(SAMPLE).ask()
    changes = unit_changes(asked)
    residual = asked.study().fit.residual
    first = SAMPLE.unit == 0
    after, before = (residual[first & chosen] for chosen in (SAMPLE.period > 2017, SAMPLE.period == 2017))
    assert changes.values[0] == pytest.approx(after.mean() - before[0])  # equal weights in all years of a unit
    assert changes.region[:10].tolist() == [0] * 10
