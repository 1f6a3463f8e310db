"""Rates, intervals, worlds and draws of operating characteristics, by hand and by published numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from joblib import parallel_config

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.measurements import FINAL, INTERIM
from stoeval.diagnosis import draws as made
from stoeval.diagnosis.characteristics import (
    OperatingCharacteristic,
    interval,
    pooled,
    read_characteristics,
    write_characteristics,
)
from stoeval.diagnosis.draws import SELDOM, Draw, diagnose, observe, planned_draws
from stoeval.diagnosis.thrifty_rule import Reading
from stoeval.diagnosis.workers import Backend, workers
from stoeval.diagnosis.worlds import APART, CHOICES, MULTIPLES, NOTHING, SUPPLY, World, planted_worlds, with_norms
from stoeval.errors import EstimationError, VerificationError
from stoeval.vocabulary import Conclusion, Norm
from toy_catalogue import finding

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Catalogue, Measurement, MonitorPanel

EFFECTS = World(multiple=0.5, references=(*APART, *CHOICES))


def record(**changes: object) -> OperatingCharacteristic:
    """Return one of twenty draws in which H4 was found supported, or another by changes."""
    parts: dict[str, object] = {
        "hypothesis": 4,
        "measurement": "final",
        "multiple": 0.0,
        "outcome": "ondersteund",
        "link": "",
        "draws": 20,
        "count": 1,
        "rate": 0.05,
        "ci_low": 0.001,
        "ci_high": 0.249,
        "seed": 7,
        "first": 0,
        "last": 19,
        "version": "1",
        "catalogue_sha256": "ab",
    }
    return OperatingCharacteristic(**(parts | changes))  # type: ignore[arg-type]


# --- intervals -----------------------------------------------------------------------------------------------------


def test_the_interval_of_none_in_n_is_the_rule_of_three_made_exact() -> None:
    """With no events the upper end solves (1 - p)^n = 0.025."""
    low, high = interval(0, 100)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.025 ** (1 / 100), rel=1e-12)  # seen 1e-16
    assert interval(100, 100) == pytest.approx((0.025 ** (1 / 100), 1.0), rel=1e-12)


def test_the_interval_of_ten_in_a_hundred_is_the_published_one() -> None:
    """R's binom.test(10, 100) prints 0.04900469 0.17622260."""
    assert interval(10, 100) == pytest.approx((0.04900469, 0.17622260), abs=5e-9)


# --- records -------------------------------------------------------------------------------------------------------


def test_rates_over_other_draws_pool_to_a_rate_over_all() -> None:
    (whole,) = pooled([record(first=20, last=99, draws=80, count=9), record()])
    assert (whole.draws, whole.count, whole.rate) == (100, 10, 0.1)
    assert (whole.ci_low, whole.ci_high) == interval(10, 100)
    assert (whole.first, whole.last) == (0, 99)


def test_draws_that_stand_in_two_files_are_refused() -> None:
    with pytest.raises(VerificationError, match="draws 10 to 19 of seed 7"):
        pooled([record(), record(first=10, last=29)])


@pytest.mark.parametrize("change", [{"seed": 8}, {"catalogue_sha256": "cd"}, {"version": "2"}, {"link": "a"}])
def test_rates_of_another_program_seed_or_link_stay_apart(change: dict[str, object]) -> None:
    assert len(pooled([record(), record(**change)])) == 2


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    records = (record(), record(outcome="dekking", link="prospects", rate=1 / 3))
    path = write_characteristics(records, tmp_path / "new" / "rates.csv")
    assert read_characteristics(path) == records
    assert [one.name for one in path.parent.iterdir()] == ["rates.csv"]


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_characteristics([record(), "no record"], tmp_path / "rates.csv")  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["hypothesis,draws\n4,many\n", "name\nH4\n"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VerificationError, match="holds no operating characteristics"):
        read_characteristics(path)


# --- worlds --------------------------------------------------------------------------------------------------------


def test_every_reference_is_a_link_of_the_catalogue() -> None:
    """So that a renamed indicator cannot drop out of the exercise unseen."""
    links = {(link.cause.name, link.effect.name) for one in CATALOGUE.hypotheses for link in one.links}
    assert {(one.exposure, one.indicator) for one in (*APART, *CHOICES, *SUPPLY)} <= links


def test_a_world_knows_the_true_effect_of_what_it_plants() -> None:
    """Half a reference effect of 1 on job prospects; regional plans are half-way at the interim."""
    prospects = next(one for one in CATALOGUE.hypotheses if one.number == 4).primary[0]
    assert EFFECTS.true_effect(prospects, FINAL) == pytest.approx(0.5, rel=1e-12)
    assert EFFECTS.true_effect(prospects, INTERIM) == pytest.approx(0.25, rel=1e-12)
    assert NOTHING.true_effect(prospects, FINAL) == 0.0
    assert World(multiple=1.0, references=SUPPLY).true_effect(prospects, FINAL) is None


def test_a_world_speaks_of_the_hypotheses_whose_effects_it_plants() -> None:
    assert NOTHING.hypotheses(CATALOGUE) == tuple(range(1, 10))
    assert EFFECTS.hypotheses(CATALOGUE) == (2, 3, 4, 6, 7, 8, 9)
    assert World(multiple=1.0, references=SUPPLY).hypotheses(CATALOGUE) == (1, 5)


def test_norms_of_the_exercise_leave_those_of_the_commission_alone() -> None:
    own = Norm(
        indicator="share_trained", smallest_relevant_effect=0.3, non_inferiority_margin=0.1, provenance="besluit"
    )
    catalogue = with_norms(replace(CATALOGUE, norms=(own,)))
    assert [norm for norm in catalogue.norms if norm.indicator == "share_trained"] == [own]
    sizes = {norm.indicator: norm.smallest_relevant_effect for norm in catalogue.norms}
    assert sizes["good_prospects_share"] == 1.0
    assert sizes["overlap_profiles"] == 9.0


# --- draws ---------------------------------------------------------------------------------------------------------


def test_a_draw_shares_its_luck_between_worlds_and_with_no_other_draw() -> None:
    countries = {Draw(world=NOTHING, number=number, seed=1).country for number in range(1000)}
    assert len(countries) == 1000
    assert Draw(world=EFFECTS, number=5, seed=1).country == Draw(world=NOTHING, number=5, seed=1).country
    assert Draw(world=NOTHING, number=5, seed=2).country not in countries


def test_the_seed_of_a_draw_is_that_of_the_spawned_sequence() -> None:
    """As numpy documents spawning; a draw can be made without those before it."""
    words = np.random.SeedSequence(1).spawn(6)[5].generate_state(2)
    assert Draw(world=NOTHING, number=5, seed=1).country == (int(words[0]) << 32) + int(words[1])


def test_draws_are_planned_for_the_world_without_effects_and_for_each_with() -> None:
    planned = planned_draws(3, 2, first=10, seed=1)
    assert [one.number for one in planned if one.world == NOTHING] == [10, 11, 12]
    assert len(planned) == 3 + 2 * len(planted_worlds())
    assert {one.world.multiple for one in planned} == {0.0, *MULTIPLES}


def told(*conclusions: tuple[int, Conclusion]) -> object:
    """Return a rule that says the same at every draw, with an interval from 0.8 to 1.2 for each primary link."""
    estimate = finding(1.0, 0.1, next(iter(type(CATALOGUE.hypotheses[0].primary[0].design.ceiling)))).estimate

    def rule(
        panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, *, seed: int, wanted: list[int]
    ) -> tuple[Reading, ...]:
        del panel, seed
        said = dict(conclusions)
        silent = Conclusion.UNDECIDED if measurement.name == "final" else Conclusion.TOO_EARLY
        return tuple(
            Reading(
                hypothesis=one.number,
                conclusion=said.get(one.number, silent) if measurement.name == "final" else silent,
                seen=one.number in said,
                estimates=tuple((link, estimate) for link in one.primary),
            )
            for one in catalogue.hypotheses
            if one.number in wanted
        )

    return rule


@pytest.fixture
def rule_says(monkeypatch: pytest.MonkeyPatch) -> object:
    """Return a function that replaces the rule, and the simulation with nothing."""

    def replaced(*conclusions: tuple[int, Conclusion]) -> None:
        monkeypatch.setattr(made, "simulate", lambda truth, *, seed: (truth, seed))
        monkeypatch.setattr(made, "read_verdicts", told(*conclusions))

    return replaced


def rate(records: tuple[OperatingCharacteristic, ...], **wanted: object) -> OperatingCharacteristic:
    """Return the one record that has these values."""
    (found,) = [one for one in records if all(getattr(one, name) == value for name, value in wanted.items())]
    return found


def test_what_the_rule_says_is_counted_by_hypothesis_and_over_the_family(rule_says: object) -> None:
    rule_says((4, Conclusion.SUPPORTED))  # type: ignore[operator]
    records = diagnose(CATALOGUE, planned_draws(10, 0, seed=1))
    final = {"measurement": "final", "multiple": 0.0}
    assert rate(records, hypothesis=4, outcome="ondersteund", **final).rate == 1.0
    assert rate(records, hypothesis=0, outcome="ondersteund", **final).rate == 1.0
    assert rate(records, hypothesis=0, outcome="tegengesteld", **final).rate == 0.0
    assert rate(records, hypothesis=8, outcome="ondersteund", **final).draws == 10
    assert rate(records, hypothesis=4, outcome="op koers", measurement="interim").rate == 0.0


def test_a_hypothesis_that_cannot_be_decided_is_read_in_few_draws(rule_says: object) -> None:
    """H2 rests on a survey about an intensity that regions chose."""
    rule_says()  # type: ignore[operator]
    records = diagnose(CATALOGUE, planned_draws(2 * SELDOM, 0, seed=1))
    assert rate(records, hypothesis=2, outcome="significant", measurement="final").draws == 2
    assert rate(records, hypothesis=4, outcome="significant", measurement="final").draws == 2 * SELDOM


def test_an_interval_covers_what_is_planted_and_not_what_is_not(rule_says: object) -> None:
    """The interval from 0.8 to 1.2 holds the reference effect of 1 on job prospects, and not zero."""
    rule_says()  # type: ignore[operator]
    records = diagnose(CATALOGUE, planned_draws(2, 2, seed=1), wanted=(4,))
    final = {"measurement": "final", "outcome": "dekking"}
    assert rate(records, multiple=1.0, **final).count == 2
    assert rate(records, multiple=0.5, **final).count == 0
    assert rate(records, multiple=0.0, **final).count == 0
    assert {one.hypothesis for one in records} == {4}


def test_a_number_that_cannot_be_computed_stops_the_exercise_and_says_where(
    monkeypatch: pytest.MonkeyPatch, rule_says: object
) -> None:
    rule_says()  # type: ignore[operator]

    def broken(*_: object, **__: object) -> None:
        message = "by design"
        raise EstimationError(message)

    monkeypatch.setattr(made, "read_verdicts", broken)
    with pytest.raises(EstimationError, match="draw 3 with effects times 0: by design"):
        observe(Draw(world=NOTHING, number=3, seed=1), CATALOGUE, ())


def test_the_order_of_draws_changes_nothing(rule_says: object) -> None:
    rule_says((4, Conclusion.CONTRARY))  # type: ignore[operator]
    planned = planned_draws(6, 1, seed=1)
    with parallel_config(backend="threading"):
        assert diagnose(CATALOGUE, planned[::-1], jobs=2) == diagnose(CATALOGUE, planned)


# --- workers -------------------------------------------------------------------------------------------------------


def test_processes_of_this_machine_have_no_scheduler() -> None:
    with (
        pytest.raises(EstimationError, match="ask for the backend dask"),
        workers(Backend.PROCESSES, jobs=1, scheduler="tcp://somewhere"),
    ):
        pass
