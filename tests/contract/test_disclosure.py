"""The last gate stops what could identify a school, and lets the rest through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stoeval.disclosure import release, violations
from stoeval.errors import DisclosureError
from stoeval.evaluation import evaluate
from stoeval.report import write_report
from stoeval.runs.read import StoredRun, read_run
from stoeval.runs.write import write_run
from toy_catalogue import FINAL, toy_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel


@pytest.fixture(scope="module")
def stored(twin: MonitorPanel, tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    return read_run(write_run(evaluate(twin, FINAL, toy_catalogue(), seed=1), tmp_path_factory.mktemp("runs")))


def with_counts(stored: StoredRun, **counts: int) -> StoredRun:
    return replace(stored, estimates=stored.estimates.assign(**counts))


def test_a_run_on_enough_schools_passes(stored: StoredRun) -> None:
    assert violations(with_counts(stored, n_units=10, n_clusters=11)) == ()
    release(with_counts(stored, n_units=10, n_clusters=11))


@pytest.mark.parametrize(("column", "count"), [("n_units", 9), ("n_clusters", 10)])
def test_one_below_the_limit_is_stopped_and_every_estimate_named(stored: StoredRun, column: str, count: int) -> None:
    few = with_counts(stored, **{column: count})
    assert len(violations(few)) == len(stored.estimates)
    with pytest.raises(DisclosureError, match=rf"H1 bakers: {column} is {count}") as caught:
        release(few)
    assert caught.value.exit_code == 14


def test_no_report_is_written_on_what_may_not_be_shown(stored: StoredRun, tmp_path: Path) -> None:
    with pytest.raises(DisclosureError):
        write_report([with_counts(stored, n_units=3)], toy_catalogue(), "nl", tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []
