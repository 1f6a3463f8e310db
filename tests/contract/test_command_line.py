"""The command line: verbs, exit codes, data as JSON, and nothing slow before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stoeval.errors import (
    CatalogueError,
    DisclosureError,
    EstimationError,
    PanelError,
    StoevalError,
    VerificationError,
)

if TYPE_CHECKING:
    from pathlib import Path

VERBS = (
    "list",
    "show",
    "plan",
    "simulate",
    "deliveries",
    "fetch",
    "build",
    "check",
    "monitor",
    "run",
    "evaluate",
    "verify",
    "report",
    "compare",
    "estimate",
    "diagnose",
)


def stoeval(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    command = [sys.executable, "-c", "from stoeval.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 - our own


def test_help_names_every_verb() -> None:
    shown = stoeval("--help")
    assert shown.returncode == 0
    for verb in VERBS:
        assert verb in shown.stdout


def test_help_imports_nothing_slow() -> None:
    """The imports that were measured to take seconds; `--help` has a third of one."""
    code = (
        "import sys\nsys.argv = ['stoeval', '--help']\nfrom stoeval.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "slow = {'numpy', 'pandas', 'scipy', 'statsmodels', 'linearmodels', 'pyfixest', 'matplotlib', 'duckdb'}\n"
        "slow |= {'joblib', 'distributed'}\n"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr.strip() == "[]"


def test_every_class_of_error_has_its_exit_code() -> None:
    codes = {
        CatalogueError: 10,
        PanelError: 11,
        EstimationError: 12,
        VerificationError: 13,
        DisclosureError: 14,
    }
    assert {error: error.exit_code for error in codes} == codes
    assert len({error.exit_code for error in StoevalError.__subclasses__()}) == len(StoevalError.__subclasses__())


def test_list_gives_nine_hypotheses_as_data() -> None:
    rows = json.loads(stoeval("list", "--json").stdout)
    assert [row["hypothesis"] for row in rows] == [f"H{number}" for number in range(1, 10)]


def test_show_gives_the_statement_and_the_links() -> None:
    shown = json.loads(stoeval("show", "h4", "--json").stdout)
    assert shown["statement"].startswith("Middels regionale samenwerking wordt het techniekaanbod afgestemd")
    assert {"link", "role", "cause", "effect", "interim", "final", "design"} == set(shown["links"][0])


def test_an_unknown_hypothesis_ends_with_ten_and_says_which_are_known() -> None:
    failed = stoeval("show", "H12")
    assert failed.returncode == 10
    assert "known are H1, H2" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("measurement", ["interim", "final"])
def test_plan_gives_every_estimate_and_the_fingerprint(measurement: str) -> None:
    plan = json.loads(stoeval("plan", measurement, "--json").stdout)
    assert len(plan["catalogue_sha256"]) == 64
    assert {row["hypothesis"] for row in plan["estimates"]} == set(range(1, 10))


def test_another_definition_of_technical_is_another_plan() -> None:
    prints = {
        json.loads(stoeval("plan", "final", "--technical", one, "--json").stdout)["catalogue_sha256"]
        for one in ("hard", "hard-and-soft", "with-dp")
    }
    assert len(prints) == 3


def test_a_directory_that_is_no_panel_ends_with_eleven(tmp_path: Path) -> None:
    for arguments in (["check", str(tmp_path)], ["run", "final", "--panel", str(tmp_path), "--out", str(tmp_path)]):
        failed = stoeval(*arguments)
        assert failed.returncode == 11, failed.stderr
        assert "Traceback" not in failed.stderr


def test_an_empty_delivery_ends_with_eleven_and_writes_nothing(tmp_path: Path) -> None:
    deliveries = tmp_path / "deliveries"
    deliveries.mkdir()
    failed = stoeval("build", "--deliveries", str(deliveries), "--out", str(tmp_path / "panel"))
    assert failed.returncode == 11
    assert not (tmp_path / "panel").exists()


def test_a_directory_that_is_no_run_ends_with_thirteen(tmp_path: Path) -> None:
    for verb in ("verify", "report"):
        failed = stoeval(verb, str(tmp_path))
        assert failed.returncode == 13, failed.stderr
    assert stoeval("compare", str(tmp_path), str(tmp_path)).returncode == 13


def test_a_word_that_is_no_measurement_is_refused_by_the_parser() -> None:
    assert stoeval("run", "halfway").returncode == 2


def test_a_template_is_written_and_then_recognised(tmp_path: Path) -> None:
    place = tmp_path / "regional-plans.csv"
    assert stoeval("deliveries", "template", "regional plans", "--out", str(place)).returncode == 0
    assert place.read_text(encoding="utf-8").startswith("region;activity_line;share")
    listed = stoeval("deliveries", "init", str(tmp_path))
    assert listed.returncode == 0
    assert 'source = "regional plans"' in (tmp_path / "deliveries.toml").read_text(encoding="utf-8")
    again = stoeval("deliveries", "init", str(tmp_path))
    assert (again.returncode, "Traceback" in again.stderr) == (11, False)


def test_every_template_has_a_name_that_the_command_prints() -> None:
    names = stoeval("deliveries", "template", "list").stdout.splitlines()
    assert {"enrolment", "surveys", "school staff"} <= set(names)


def test_years_that_are_no_range_end_with_eleven(tmp_path: Path) -> None:
    failed = stoeval("fetch", "duo", "--years", "lately", "--to", str(tmp_path))
    assert failed.returncode == 11
    assert "write 2016-2025" in failed.stderr


def test_the_monitor_of_the_twin_is_written_without_norms(tmp_path: Path) -> None:
    assert stoeval("simulate", "--out", str(tmp_path / "panel")).returncode == 0
    place = tmp_path / "monitor.parquet"
    done = stoeval("monitor", str(tmp_path / "panel"), "--out", str(place))
    assert done.returncode == 0, done.stderr
    frame = pd.read_parquet(place)
    assert {"indicator", "school_year", "low", "value", "high", "change"} <= set(frame.columns)
    assert not [name for name in frame.columns if "norm" in name]
