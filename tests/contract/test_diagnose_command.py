"""`stoeval diagnose`: options that make no sense are refused before anything is simulated; a small run is whole."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from stoeval.cli import main; main()", "diagnose"]


def diagnose(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verb as a user would."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=600)  # noqa: S603 - our own


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["H12"], 10, "known are H1, H2"),
        (["--draws", "0", "--planted", "0"], 10, "give at least one"),
        (["--draws", "-1"], 10, "give at least one"),
        (["--draws", "1", "--scheduler", "tcp://somewhere"], 12, "ask for the backend dask"),
        (["--draws", "1", "--add", "nowhere.csv"], 13, "holds no operating characteristics"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], code: int, said: str, tmp_path: Path) -> None:
    out = tmp_path / "rates.csv"
    failed = diagnose(*arguments, "--out", str(out))
    assert failed.returncode == code, failed.stderr
    assert said in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not out.exists()


@pytest.mark.slow
def test_one_hypothesis_over_two_processes_gives_what_one_gives(tmp_path: Path) -> None:
    paths = {jobs: tmp_path / f"rates-{jobs}.csv" for jobs in ("1", "2")}
    for jobs, path in paths.items():
        done = diagnose("H6", "--draws", "2", "--planted", "0", "--jobs", jobs, "--out", str(path), "--json")
        assert done.returncode == 0, done.stderr
        assert {row["hypothesis"] for row in json.loads(done.stdout)} == {"H6"}
    assert paths["1"].read_bytes() == paths["2"].read_bytes()
    with paths["1"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["draws"] for row in rows} == {"2"}
    assert {"ondersteund", "op koers", "dekking"} <= {row["outcome"] for row in rows}


@pytest.mark.slow
def test_an_interruption_leaves_nothing_and_ends_with_130(tmp_path: Path) -> None:
    out = tmp_path / "rates.csv"
    arguments = ["H6", "--draws", "50", "--planted", "0", "--jobs", "2", "--out", str(out)]
    process = subprocess.Popen(  # noqa: S603 - our own
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(20)  # long enough for draws to be under way
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
