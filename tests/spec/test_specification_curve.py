"""Specifications of a link: each is what its own design finds, and the curve is their summary by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.catalogue.forks import SUCCESSORS, SURVIVORS, UNITS, WINDOW_ONLY
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.errors import CatalogueError, EstimationError
from stoeval.panel.genealogy import Genealogy
from stoeval.synthesis import forked_links
from stoeval.synthesis.forked_links import Specified, specified
from stoeval.synthesis.specification_curve import specifications
from stoeval.vocabulary import (
    Catalogue,
    Fork,
    ForkKind,
    Link,
    Measurement,
    Phase,
    Result,
    Sample,
    SchoolYear,
    Timing,
    Untestable,
)
from toy_catalogue import FixedAnswer, link, toy_catalogue
from toy_samples import MONEY, OUTCOME, RESULT, WINDOW, toy_estimand, toy_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Estimand

MEASUREMENT = Measurement(
    name="toy", phase=Phase.FINAL, alpha=0.05, windows=tuple((timing, WINDOW) for timing in Timing)
)
LINK: Link = link("made", cause=MONEY, effect=RESULT, design=DoseEventStudy())
WITHOUT_INPUT = replace(
    UNITS,
    name="without-formula-input",
    dimension="formula input",
    weighting=None,
    design=DoseEventStudy(formula_input=False),
)
LAST_YEAR = replace(
    UNITS,
    name="last-year",
    kind=ForkKind.CHANGING,
    dimension="outcome years",
    weighting=None,
    without=(SchoolYear(start=OUTCOME[0]),),
)
OTHER_YEAR = replace(LAST_YEAR, name="unseen-year", without=(SchoolYear(start=2050),))
NO_YEAR = replace(LAST_YEAR, name="no-year", without=tuple(SchoolYear(start=year) for year in OUTCOME))
FIXED = replace(WITHOUT_INPUT, name="fixed", design=FixedAnswer(effect=0.4))
SAMPLE = toy_sample("units", effect=0.3)


def given(*way: Fork, sample: Sample = SAMPLE, of: Link = LINK) -> Specified | Untestable:
    return specified(lambda _estimand, _way: sample, MEASUREMENT, of, way)


def by_design(design: DoseEventStudy, sample: Sample = SAMPLE, estimand: Estimand | None = None) -> tuple[float, float]:
    """Return effect and plain error as the design itself finds them without draws."""
    found = design.find(estimand or toy_estimand("units"), sample).estimate
    return found.effect, found.std_error


def assert_found(own: Specified | Untestable, expected: tuple[float, float]) -> None:
    assert isinstance(own, Specified)
    assert (own.effect.effect, own.effect.std_error) == pytest.approx(expected, rel=1e-12)  # worst seen 0


def test_a_specification_is_what_the_design_finds_on_the_changed_link() -> None:
    assert_found(given(), by_design(DoseEventStudy()))
    assert_found(given(WITHOUT_INPUT), by_design(DoseEventStudy(formula_input=False)))


def test_units_alike_is_the_design_with_equal_weights() -> None:
    alike = replace(SAMPLE, weight=np.full(len(SAMPLE.weight), 7.0))
    assert_found(given(UNITS), by_design(DoseEventStudy(), alike))
    assert_found(given(UNITS, WITHOUT_INPUT), by_design(DoseEventStudy(formula_input=False), alike))
    same = given(UNITS, sample=alike)
    assert isinstance(same, Untestable)
    assert "even zwaar" in same.reason


def test_years_are_left_out_of_rows_and_window() -> None:
    kept = SAMPLE.rows(np.flatnonzero(SAMPLE.period != OUTCOME[0]))
    window = replace(WINDOW, outcome=WINDOW.outcome[1:])
    assert_found(given(LAST_YEAR), by_design(DoseEventStudy(), kept, replace(toy_estimand("units"), window=window)))
    for fork, words in ((OTHER_YEAR, "niet waargenomen"), (NO_YEAR, "geen uitkomstjaar")):
        nothing = given(fork)
        assert isinstance(nothing, Untestable)
        assert words in nothing.reason


def test_window_only_keeps_the_years_of_baseline_and_outcome() -> None:
    inside = SAMPLE.rows(np.flatnonzero(np.isin(SAMPLE.period, [2017, *OUTCOME])))
    assert_found(given(WINDOW_ONLY), by_design(DoseEventStudy(), inside))
    again = given(WINDOW_ONLY, sample=inside)
    assert isinstance(again, Untestable)


def test_a_poisson_model_takes_no_weights() -> None:
    counted = replace(LINK, design=DoseEventStudy(outcome_model=OutcomeModel.POISSON))
    with pytest.raises(CatalogueError, match="takes no weights"):
        given(UNITS, sample=toy_sample("counts"), of=counted)


def test_a_design_without_one_regression_gives_its_own_estimate_and_no_draws() -> None:
    fixed = given(FIXED)
    assert isinstance(fixed, Specified)
    assert (fixed.effect.effect, fixed.drawn, fixed.unit) == (0.4, None, "share per coin")


def test_each_sample_is_made_once_and_asks_for_its_own_genealogy(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Genealogy] = []

    def sample(
        _panel: object, _estimand: object, _catalogue: object, *, genealogy: Genealogy, for_checks: bool
    ) -> Sample:
        assert not for_checks
        made.append(genealogy)
        return SAMPLE

    monkeypatch.setattr(forked_links, "sample", sample)
    rows = forked_links.rows_once(None, catalogue())  # type: ignore[arg-type]
    for way in ((), (UNITS,), (SURVIVORS,), (SURVIVORS, UNITS), (SUCCESSORS,)):
        specified(rows, MEASUREMENT, LINK, way)
    assert made == [Genealogy.FOOTPRINTS, Genealogy.SURVIVORS, Genealogy.SUCCESSOR]


# --- curves --------------------------------------------------------------------------------------------------------


def catalogue(*forks: Fork) -> Catalogue:
    return replace(toy_catalogue(), forks=tuple(replace(fork, hypothesis=1, link="made") for fork in forks))


def curves(monkeypatch: pytest.MonkeyPatch, forks: Sequence[Fork], sample: Sample = SAMPLE, seed: int = 1):  # type: ignore[no-untyped-def] # noqa: ANN201
    """Return the specifications and curves of the link with forks, on one sample."""
    monkeypatch.setattr(forked_links, "sample", lambda *_, **__: sample)
    finding = DoseEventStudy().find(toy_estimand("units"), sample)
    results = [Result(hypothesis=1, link=LINK, finding=finding)]
    return specifications(None, MEASUREMENT, catalogue(*forks), results, np.random.default_rng(seed))  # type: ignore[arg-type]


def test_a_curve_is_the_summary_of_its_specifications_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    records, (preserving, changing) = curves(monkeypatch, (UNITS, WITHOUT_INPUT, LAST_YEAR))
    assert [(one.kind, one.choices) for one in records] == [
        ("estimand-preserving", ""),
        ("estimand-preserving", "without-formula-input"),
        ("estimand-preserving", "units-alike"),
        ("estimand-preserving", "units-alike + without-formula-input"),
        ("estimand-changing", "last-year"),
    ]
    effects = [one.effect for one in records[:4]]
    assert preserving.median == pytest.approx((sorted(effects)[1] + sorted(effects)[2]) / 2, rel=1e-12)
    assert (preserving.lowest, preserving.highest) == (min(effects), max(effects))
    assert preserving.median_t == pytest.approx(np.median([one.effect / one.std_error for one in records[:4]]))
    assert preserving.share_same_sign == np.mean([effect > 0 for effect in effects])
    assert preserving.share_significant == np.mean([one.p_value < 0.05 for one in records[:4]])
    assert (preserving.specifications, preserving.estimated, preserving.unit) == (4, 4, "share per coin")
    assert (changing.specifications, changing.median) == (1, records[4].effect)
    assert preserving.joint_p < 0.05
    assert "999 draws, 24 clusters" in preserving.method


def test_what_cannot_be_estimated_is_counted_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    records, (preserving, changing) = curves(monkeypatch, (FIXED, OTHER_YEAR, LAST_YEAR))
    assert (changing.specifications, changing.estimated) == (2, 1)
    assert "1 van 2 specificaties zijn niet te schatten" in changing.because
    assert records[2].effect is None
    assert records[2].because
    assert "1 van 2 specificaties doen niet mee aan de gezamenlijke toets" in preserving.because


def test_without_changing_forks_there_is_no_number_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    _, (_, changing) = curves(monkeypatch, (UNITS,))
    assert (changing.specifications, changing.median, changing.joint_p) == (0, None, None)
    assert changing.because == "er zijn geen keuzes van deze soort vastgelegd"


def test_the_same_seed_gives_the_same_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = toy_sample("units", effect=0.005)
    forks = (UNITS, WITHOUT_INPUT, LAST_YEAR)
    assert curves(monkeypatch, forks, quiet) == curves(monkeypatch, forks, quiet)
    assert curves(monkeypatch, forks, quiet) != curves(monkeypatch, forks, quiet, seed=2)


def test_a_primary_specification_that_is_not_the_finding_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_links, "sample", lambda *_, **__: SAMPLE)
    other = DoseEventStudy(formula_input=False).find(toy_estimand("units"), SAMPLE)
    for finding in (other, Untestable(reason="niets")):
        results = [Result(hypothesis=1, link=LINK, finding=finding)]
        with pytest.raises(EstimationError, match="they must be one"):
            specifications(None, MEASUREMENT, catalogue(UNITS), results, np.random.default_rng(1))  # type: ignore[arg-type]


def test_forks_of_a_link_that_was_not_evaluated_are_left_out() -> None:
    found = specifications(None, MEASUREMENT, catalogue(UNITS), [], np.random.default_rng(1))  # type: ignore[arg-type]
    assert found == ((), ())
