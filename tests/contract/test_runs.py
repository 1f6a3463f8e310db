"""Runs on disk: whole, exact, read back, and checked number by number."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stoeval.errors import VerificationError
from stoeval.evaluation import evaluate
from stoeval.panel.provisional import provisional_note
from stoeval.runs.manifest import manifest_of
from stoeval.runs.read import FILES, read_run
from stoeval.runs.tables import ESTIMATES, tables
from stoeval.runs.verify import verify
from stoeval.runs.write import write_run
from toy_catalogue import FINAL, INTERIM, FixedAnswer, hypothesis, link, toy_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel, Run

ASKED = [
    "measurement",
    "hypothesis",
    "link",
    "role",
    "outcome",
    "exposure",
    "design",
    "population",
    "effect",
    "std_error",
    "ci_low",
    "ci_high",
    "ci_level",
    "p_value",
    "p_adjusted",
    "df",
    "n_obs",
    "n_units",
    "n_clusters",
    "unit",
    "baseline_mean",
    "mde",
    "identification_class",
    "convention",
]
"""The columns that estimates.csv has at least, in this order."""


@pytest.fixture(scope="module")
def run(twin: MonitorPanel) -> Run:
    return evaluate(twin, FINAL, toy_catalogue(), seed=1)


def test_estimates_begin_with_the_columns_that_were_asked() -> None:
    assert list(ESTIMATES[: len(ASKED)]) == ASKED


def test_a_run_is_a_manifest_and_six_tables(run: Run, tmp_path: Path) -> None:
    place = write_run(run, tmp_path)
    assert {file.name for file in place.iterdir()} == {"manifest.json", *(f"{name}.csv" for name in FILES)}
    assert [entry.name for entry in tmp_path.iterdir()] == [place.name]


def test_a_run_written_twice_is_the_same_to_the_byte(run: Run, tmp_path: Path) -> None:
    first, second = write_run(run, tmp_path / "a"), write_run(run, tmp_path / "b")
    assert first.name == second.name
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()
    again = write_run(run, tmp_path / "a")
    assert again == first


def test_numbers_come_back_to_the_last_digit(run: Run, tmp_path: Path) -> None:
    stored = read_run(write_run(run, tmp_path))
    for name in ("effect", "std_error", "p_value", "ci_low", "mde"):
        assert stored.estimates[name].tolist() == tables(run)["estimates"][name].tolist()


def test_no_estimate_holds_a_number_that_is_not_one(run: Run, tmp_path: Path) -> None:
    stored = read_run(write_run(run, tmp_path))
    optional = {"p_adjusted", "bound_low", "bound_high"}
    filled = stored.estimates[[name for name in ESTIMATES if name not in optional]]
    assert not filled.isna().any().any()


def test_a_run_that_comes_back_identical_is_verified(run: Run, tmp_path: Path) -> None:
    result = verify(read_run(write_run(run, tmp_path)), run)
    assert result.compared == result.identical > 50


def change_a_number(text: str) -> str:
    return text.replace("0.1,", "0.1000001,", 1)


def drop_a_row(text: str) -> str:
    return "\n".join(text.splitlines()[:-1]) + "\n"


def change_a_word(text: str) -> str:
    return text.replace("share per coin", "share per note", 1)


@pytest.mark.parametrize("tamper", [change_a_number, drop_a_row, change_a_word])
def test_a_tampered_table_is_found(run: Run, tmp_path: Path, tamper: object) -> None:
    place = write_run(run, tmp_path)
    file = place / "estimates.csv"
    before = file.read_text(encoding="utf-8")
    after = tamper(before)  # type: ignore[operator]
    assert after != before
    file.write_text(after, encoding="utf-8")
    with pytest.raises(VerificationError, match=r"differences? in final-"):
        verify(read_run(place), run)


def test_a_tampered_manifest_is_found(run: Run, tmp_path: Path) -> None:
    place = write_run(run, tmp_path)
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    (place / "manifest.json").write_text(json.dumps(manifest | {"seed": 2}), encoding="utf-8")
    with pytest.raises(VerificationError, match="manifest seed: 2 against 1"):
        verify(read_run(place), run)


def test_many_differences_are_counted_and_the_first_are_shown(twin: MonitorPanel, tmp_path: Path) -> None:
    links = tuple(link(f"bakers-{number}", design=FixedAnswer(effect=2.0)) for number in range(20))
    others = tuple(link(f"bakers-{number}", design=FixedAnswer(effect=1.0)) for number in range(20))
    stored = read_run(write_run(evaluate(twin, FINAL, toy_catalogue(hypothesis(primary=links)), seed=1), tmp_path))
    again = evaluate(twin, FINAL, toy_catalogue(hypothesis(primary=others)), seed=1)
    with pytest.raises(VerificationError, match=r"and \d+ more"):
        verify(stored, again)


def test_another_processor_may_differ_in_the_last_digits(run: Run, tmp_path: Path) -> None:
    stored = read_run(write_run(run, tmp_path))
    nudged = replace(stored, estimates=stored.estimates.assign(effect=stored.estimates["effect"] * (1 + 1e-12)))
    result = verify(nudged, run)
    assert result.identical < result.compared


def test_a_directory_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="is not a run"):
        read_run(tmp_path)


def test_a_missing_or_shortened_table_is_refused(run: Run, tmp_path: Path) -> None:
    place = write_run(run, tmp_path)
    checks = place / "checks.csv"
    checks.write_text("hypothesis,link\n1,bakers\n", encoding="utf-8")
    with pytest.raises(VerificationError, match=r"lacks 5 columns: check, passed, statistic"):
        read_run(place)
    checks.unlink()
    with pytest.raises(VerificationError, match=r"checks\.csv cannot be read"):
        read_run(place)


def test_an_interrupted_write_leaves_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pandas.DataFrame.to_csv", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_run(run, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_names_the_provisional_years_that_its_measurement_sees(twin: MonitorPanel) -> None:
    notes = (*twin.provenance.notes, provisional_note("offers", [2019, 2021, 2022, 2024]))
    panel = replace(twin, provenance=replace(twin.provenance, notes=notes))
    assert manifest_of(panel, FINAL, toy_catalogue(), seed=1).provisional == ("2019/20", "2021/22", "2022/23")
    assert manifest_of(panel, INTERIM, toy_catalogue(), seed=1).provisional == ("2019/20",)
