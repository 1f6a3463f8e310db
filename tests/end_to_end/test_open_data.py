"""The real DUO files, from raw to verdicts: what open data can say, and what they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.evaluation import evaluate
from stoeval.report import write_report
from stoeval.runs.read import StoredRun, read_run
from stoeval.runs.write import write_run
from stoeval.vocabulary import Delivery

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel


@pytest.fixture(scope="module")
def stored(open_panel: MonitorPanel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StoredRun]:
    """Run both measurements on the real files."""
    out = tmp_path_factory.mktemp("open")
    return {
        one.name: read_run(write_run(evaluate(open_panel, one, CATALOGUE, seed=1), out))
        for one in CATALOGUE.measurements
    }


@pytest.mark.parametrize("measurement", ["interim", "final"])
def test_supply_choice_and_share_give_estimates(stored: dict[str, StoredRun], measurement: str) -> None:
    """H1 on size, overlap within 10 km and closure; H5 on technical choice; H9 on the technical share."""
    found = set(zip(stored[measurement].estimates["hypothesis"], stored[measurement].estimates["outcome"], strict=True))
    assert {
        (1, "technical_candidates"),
        (1, "overlap_candidates"),
        (1, "technical_offer_closed"),
        (5, "candidates_by_group"),
        (9, "technical_share_candidates"),
        (9, "candidates_share_by_leerweg"),
    } <= found


DOSE_OF_A_LINE = {Delivery.PLANS, Delivery.REGIONS, Delivery.ENROLMENT}
"""Plans for the share, the region table for the budget, enrolment of 2018/19 for the pupils it is divided by."""


@pytest.mark.parametrize(
    ("hypothesis", "link", "deliveries"),
    [
        (2, "shared-use", {Delivery.SURVEY, *DOSE_OF_A_LINE}),
        (3, "teachers", {Delivery.STAFF, *DOSE_OF_A_LINE}),
        (4, "prospects", {Delivery.FLOWS, *DOSE_OF_A_LINE}),
        (7, "knowledge-sharing", {Delivery.SURVEY, *DOSE_OF_A_LINE}),
        (8, "training", {Delivery.STAFF, *DOSE_OF_A_LINE}),
        (9, "total", {Delivery.ENROLMENT, Delivery.REGIONS}),
    ],
)
def test_a_link_on_a_delivery_that_is_not_public_names_it(
    stored: dict[str, StoredRun], hypothesis: int, link: str, deliveries: set[Delivery]
) -> None:
    links = stored["final"].links
    row = links[(links["hypothesis"] == hypothesis) & (links["link"] == link)].iloc[0]
    assert not row["testable"]
    assert set(row["missing"].split("; ")) == {one.value for one in deliveries}
    assert row["reason"]


def test_no_verdict_is_reached_without_the_registered_primary_outcomes(stored: dict[str, StoredRun]) -> None:
    assert set(stored["final"].verdicts["conclusion"]) == {"niet toetsbaar"}


def test_the_manifest_says_that_other_regions_stand_in(stored: dict[str, StoredRun]) -> None:
    for run in stored.values():
        assert run.manifest["regions"] == "RMC stand-in"
        assert run.manifest["synthetic"] is False
        assert any("RMC-regio" in note for note in run.manifest["notes"])  # type: ignore[attr-defined]


def test_regression_to_the_mean_is_seen_and_claims_no_effect(stored: dict[str, StoredRun]) -> None:
    """A naive event study on the dose of October 2017 peaks around 2018-2019 and falls off on both sides.

    Project issue on the open-data run: about -.06 in 2015 and -.04 in 2024 per EUR 1,000, CRV3 SE about .02, RMC
    clusters, equal weights. Here schools weigh by size: -.052 and -.043.
    """
    run = stored["final"]
    naive = "candidates-without-formula-input"
    path = run.event_study[(run.event_study["hypothesis"] == 9) & (run.event_study["link"] == naive)]
    effects = path.set_index("school_year")["effect"]
    assert -0.08 < effects["2014/15"] < -0.03
    assert -0.07 < effects["2023/24"] < -0.01
    row = run.estimates[(run.estimates["hypothesis"] == 9) & (run.estimates["link"] == naive)].iloc[0]
    assert row["identification_class"] == "D"
    assert row["std_error"] == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize("measurement", ["interim", "final"])
def test_the_moving_dose_lowers_the_naive_claim_and_nothing_is_contradicted(
    stored: dict[str, StoredRun], measurement: str
) -> None:
    run = stored[measurement]
    naive = (run.checks["hypothesis"] == 9) & (run.checks["link"] == "candidates-without-formula-input")
    check = run.checks[naive & (run.checks["check"] == "moving dose")].iloc[0]
    assert not check["passed"]
    assert "2016/17 in 2016/17, 2017/18 in 2018/19, 2019/20 in 2019/20" in check["detail"]
    assert "tegengesteld" not in set(run.verdicts["conclusion"])


def test_masked_candidates_give_bounds_around_the_estimate(stored: dict[str, StoredRun]) -> None:
    estimates = stored["final"].estimates
    bounded = estimates[estimates["bound_low"].notna() & (estimates["n_masked"] > 0)]
    assert len(bounded) >= 4
    assert ((bounded["bound_low"] <= bounded["effect"]) & (bounded["effect"] <= bounded["bound_high"])).all()


@pytest.mark.parametrize(("language", "words"), [("nl", "RMC"), ("en", "RMC")])
def test_the_report_of_such_a_run_says_so_on_every_table(
    stored: dict[str, StoredRun], tmp_path: Path, language: str, words: str
) -> None:
    text = write_report(list(stored.values()), CATALOGUE, language, tmp_path / "report.html").read_text("utf-8")
    captions = [part.split("</caption>")[0] for part in text.split("<caption")[1:]]
    assert len(captions) > 9
    marked = [caption for caption in captions if words in caption]
    assert len(marked) >= len(captions) - 5
