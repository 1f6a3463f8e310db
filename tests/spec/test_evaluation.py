"""What a run does with links, families and missing data, in Toyland on the twin's vestigingen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from stoeval.errors import EnginesDisagree, NotIdentified
from stoeval.evaluation import evaluate
from stoeval.inference.multiplicity import holm
from stoeval.panel.samples import cut
from stoeval.runs.manifest import catalogue_sha256, run_name
from stoeval.vocabulary import (
    DOSES,
    Conclusion,
    Delivery,
    Finding,
    IdentificationClass,
    Indicator,
    Level,
    MonitorPanel,
    Programme,
    Role,
    SchoolYear,
    TechnicalDefinition,
    Timing,
    Untestable,
)
from toy_catalogue import BAKERS, FINAL, INTERIM, UNMEASURED, FixedAnswer, hypothesis, link, toy_catalogue

if TYPE_CHECKING:
    import numpy as np

    from stoeval.vocabulary import Estimand, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A design that fails in a chosen way."""

    error: type[Exception] = NotIdentified

    name: ClassVar[str] = "broken"
    levels: ClassVar[tuple[Level, ...]] = tuple(Level)
    causes: ClassVar[tuple[type, ...]] = (*DOSES, Programme, Indicator)
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.A

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        del estimand, sample, generator, confirm
        message = "by design"
        raise self.error(message)


def test_every_link_has_a_result_and_every_hypothesis_a_verdict(twin: MonitorPanel) -> None:
    run = evaluate(twin, FINAL, toy_catalogue(), seed=1)
    assert [(one.hypothesis, one.link.name) for one in run.results] == [
        (1, "bakers"),
        (1, "mechanism"),
        (2, "talk"),
        (2, "mechanism"),
    ]
    assert [one.conclusion for one in run.verdicts] == [Conclusion.SUPPORTED, Conclusion.NOT_TESTABLE]


def test_an_untestable_hypothesis_keeps_its_place_in_holm(twin: MonitorPanel) -> None:
    run = evaluate(twin, FINAL, toy_catalogue(), seed=1)
    first = run.results[0]
    assert isinstance(first.finding, Finding)
    assert first.p_adjusted == holm([first.finding.estimate.p_value, 1.0])[0]
    assert first.p_adjusted == pytest.approx(2 * first.finding.estimate.p_value, rel=1e-12)


def test_only_primary_links_with_an_estimate_carry_an_adjusted_p(twin: MonitorPanel) -> None:
    run = evaluate(twin, FINAL, toy_catalogue(), seed=1)
    carried = [one.p_adjusted is not None for one in run.results]
    assert carried == [True, False, False, False]


def test_a_link_that_the_data_cannot_identify_is_untestable_with_the_reason(twin: MonitorPanel) -> None:
    one = hypothesis(primary=(link(design=Broken()),))
    run = evaluate(twin, FINAL, toy_catalogue(one), seed=1)
    finding = run.results[0].finding
    assert isinstance(finding, Untestable)
    assert "by design" in finding.reason


def test_engines_that_disagree_stop_the_run_and_say_where(twin: MonitorPanel) -> None:
    one = hypothesis(primary=(link(design=Broken(error=EnginesDisagree)),))
    with pytest.raises(EnginesDisagree, match=r"H1 bakers \(broken, final\): by design"):
        evaluate(twin, FINAL, toy_catalogue(one), seed=1)


def test_an_indicator_that_nobody_delivered_names_its_delivery(twin: MonitorPanel) -> None:
    unmeasured = replace(BAKERS, name="electives", delivery=Delivery.ELECTIVES)
    one = hypothesis(primary=(link(effect=unmeasured),))
    run = evaluate(twin, FINAL, toy_catalogue(one), seed=1)
    finding = run.results[0].finding
    assert isinstance(finding, Untestable)
    assert finding.missing == (Delivery.ELECTIVES,)


def test_progress_names_every_link(twin: MonitorPanel) -> None:
    heard: list[str] = []
    evaluate(twin, FINAL, toy_catalogue(), seed=1, progress=heard.append)
    assert heard[:4] == ["H1 bakers", "H1 mechanism", "H2 talk", "H2 mechanism"]


def test_the_interim_sees_nothing_after_its_last_year(twin: MonitorPanel) -> None:
    seen = cut(twin, SchoolYear(start=2020))
    for table in seen.tables.values():
        for column in {"school_year", "wave", "started"} & set(table.columns):
            assert int(table[column].max()) <= 2020


def test_the_name_of_a_run_follows_from_what_it_is_made_of(twin: MonitorPanel) -> None:
    manifest = evaluate(twin, FINAL, toy_catalogue(), seed=1).manifest
    assert run_name(manifest).startswith("final-")
    for change in (
        replace(manifest, seed=2),
        replace(manifest, panel_sha256="0"),
        replace(manifest, catalogue_sha256="0"),
        replace(manifest, technical="with-dp"),
    ):
        assert run_name(change) != run_name(manifest)


def test_the_fingerprint_of_a_catalogue_changes_with_every_claim() -> None:
    catalogue = toy_catalogue()
    changed = [
        toy_catalogue(hypothesis(statement="Geld maakt slagers.")),
        toy_catalogue(hypothesis(primary=(link(design=FixedAnswer(effect=2.0)),))),
        toy_catalogue(hypothesis(primary=(link(design=UNMEASURED),))),
        replace(catalogue, technical=TechnicalDefinition.WITH_DP),
        replace(catalogue, measurements=(INTERIM,)),
    ]
    prints = {catalogue_sha256(one) for one in (catalogue, *changed)}
    assert len(prints) == 1 + len(changed)


def test_a_secondary_link_never_decides(twin: MonitorPanel) -> None:
    against = link("against", design=FixedAnswer(effect=-9.0), role=Role.SECONDARY)
    with_it = evaluate(twin, FINAL, toy_catalogue(hypothesis(further=(against,))), seed=1)
    assert with_it.verdicts[0].conclusion is Conclusion.SUPPORTED


def test_linear_algebra_has_one_thread_while_a_measurement_is_evaluated(twin: MonitorPanel) -> None:
    """The last digits of a sum hang on how many threads share it; afterwards the process has its own again."""
    during: list[int] = []

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    with threadpool_limits(limits=2, user_api="blas"):
        evaluate(twin, FINAL, toy_catalogue(), seed=1, progress=lambda _: during.extend(threads()))
        after = threads()
    assert set(during) == {1}
    assert set(after) == {2}
