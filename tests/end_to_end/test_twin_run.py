"""The README's command on the twin: one command from nothing to verdicts, the same every time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from stoeval.runs.read import FILES, read_run
from stoeval.vocabulary import Conclusion

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = (sys.executable, "-c", "from stoeval.cli import main; main()")
INTERIM = {Conclusion.ON_COURSE, Conclusion.OFF_COURSE, Conclusion.TOO_EARLY, Conclusion.NOT_TESTABLE}
FINAL = {
    Conclusion.SUPPORTED,
    Conclusion.PARTLY_SUPPORTED,
    Conclusion.NO_RELEVANT_EFFECT,
    Conclusion.CONTRARY,
    Conclusion.UNDECIDED,
    Conclusion.NOT_TESTABLE,
}


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run `stoeval evaluate`, as `make evaluate` does, and return where it wrote and what it said."""
    out = tmp_path_factory.mktemp("runs")
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "evaluate", "--out", str(out)], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return out, done.stdout + done.stderr


def directory_of(evaluated: tuple[Path, str], measurement: str) -> Path:
    return next(path for path in evaluated[0].iterdir() if path.name.startswith(f"{measurement}-"))


def test_it_writes_two_runs_and_a_report_and_says_where(evaluated: tuple[Path, str]) -> None:
    out, said = evaluated
    written = sorted(path.name for path in out.iterdir())
    assert [name.split("-")[0] for name in written] == ["final", "interim", "report"]
    assert str((out / "report-nl.html").resolve()) in said.replace("\n", "")
    assert "gesimuleerde gegevens" in said


@pytest.mark.parametrize(("measurement", "words"), [("interim", INTERIM), ("final", FINAL)])
def test_all_nine_hypotheses_get_a_verdict_in_the_words_of_the_measurement(
    evaluated: tuple[Path, str], measurement: str, words: set[Conclusion]
) -> None:
    verdicts = read_run(directory_of(evaluated, measurement)).verdicts
    assert verdicts["hypothesis"].tolist() == list(range(1, 10))
    assert set(verdicts["conclusion"]) <= {word.value for word in words}
    assert (verdicts["because"].str.len() > 0).all()


def test_every_estimate_carries_its_minimum_detectable_effect_and_class(evaluated: tuple[Path, str]) -> None:
    for measurement in ("interim", "final"):
        estimates = read_run(directory_of(evaluated, measurement)).estimates
        assert (estimates["mde"] > 0).all()
        assert set(estimates["identification_class"]) <= set("ABCDE")
        assert (estimates["ci_low"] < estimates["ci_high"]).all()


def test_a_claim_above_c_survives_a_break_of_trends_that_its_pre_test_would_see(evaluated: tuple[Path, str]) -> None:
    run = read_run(directory_of(evaluated, "final"))
    joined = run.estimates.merge(run.robustness, on=["hypothesis", "link"], validate="1:1")
    above = joined[joined["identification_class"].isin(["A", "B"])]
    assert len(above) > 0, "the twin plants an effect on investment that is large enough"
    assert (above["breakdown"] >= 1).all()
    assert (above["pre_test_power"] >= 0.5).all()


def test_every_primary_estimate_of_a_dose_has_its_second_opinion(evaluated: tuple[Path, str]) -> None:
    run = read_run(directory_of(evaluated, "final"))
    joined = run.estimates.merge(run.robustness, on=["hypothesis", "link"], validate="1:1")
    primary = joined[joined["role"] == "primary"]
    always = ["wild_p", "permutation_p", "leave_out_low", "leave_out_high", "effective_clusters", "equivalence_bound"]
    assert primary[always].notna().all(axis=None)
    unknown = primary["breakdown"].isna()
    assert primary.loc[unknown, "absent"].str.contains("breakdown: ").all()
    assert (primary["leave_out_low"] <= primary["effect"]).all()
    assert (primary["effect"] <= primary["leave_out_high"]).all()


def test_every_primary_hypothesis_of_the_twin_can_be_tested_at_the_end(evaluated: tuple[Path, str]) -> None:
    verdicts = read_run(directory_of(evaluated, "final")).verdicts
    assert Conclusion.NOT_TESTABLE.value not in set(verdicts["conclusion"])


@pytest.mark.slow
def test_the_same_command_writes_the_same_bytes(evaluated: tuple[Path, str], tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "run", "interim", "--out", str(tmp_path)], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr
    before, after = directory_of(evaluated, "interim"), next(tmp_path.iterdir())
    assert before.name == after.name
    for name in FILES:
        assert (before / f"{name}.csv").read_bytes() == (after / f"{name}.csv").read_bytes()


def test_a_run_comes_back_in_another_process_but_for_a_changed_word(
    evaluated: tuple[Path, str], tmp_path: Path
) -> None:
    place = directory_of(evaluated, "interim")
    copy = tmp_path / place.name
    copy.mkdir()
    for file in place.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    text = (copy / "verdicts.csv").read_text(encoding="utf-8")
    (copy / "verdicts.csv").write_text(text.replace("te vroeg", "op koers", 1), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "verify", str(copy)], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 13
    assert "1 differences in" in done.stderr, "every other value of every file is the same"
    assert "verdicts.csv row" in done.stderr


def test_an_interrupt_leaves_no_half_written_run(tmp_path: Path) -> None:
    started = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "run", "final", "--out", str(tmp_path)], stderr=subprocess.PIPE, text=True
    )
    time.sleep(6)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 130, said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
