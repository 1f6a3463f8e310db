"""Published effects by `stoeval estimate --design`, from the files as they are or with one column made.

Sources: the R package did 2.5.1 on county employment (mpdta), no covariates and with log population; moderndid's
guide on Medicaid (46 states, those that expanded later among the comparison). Half of the last printed digit is the
tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from stoeval.cli import app

if TYPE_CHECKING:
    from pathlib import Path

COUNTIES = ("--outcome", "lemp", "--exposure", "first.treat", "--unit", "countyreal", "--time", "year")


def asked(file: Path, *options: str) -> dict[str, pd.DataFrame]:
    """Return the tables that the command writes."""
    out = file.parent / "answer"
    words = ("--design", "staggered-adoption", "--out", str(out))
    found = CliRunner().invoke(app, ["estimate", str(file), *options, *words])
    assert found.exception is None, found.exception
    return {path.stem: pd.read_csv(path) for path in out.iterdir()}


def half(digits: int) -> float:
    return 0.5000001 * 10.0**-digits


@pytest.mark.parametrize(
    ("aggregation", "effect", "std_error"),
    [
        ("simple", -0.03995128, 0.01203401),
        ("cohort", -0.03101828, 0.01244606),
        ("event time", -0.07723982, 0.01996499),
    ],
)
def test_county_employment_has_the_aggregates_of_did(
    aggregation: str, effect: float, std_error: float, validation: Path, tmp_path: Path
) -> None:
    (tmp_path / "mpdta.csv").write_bytes((validation / "mpdta.csv").read_bytes())
    path = ("--cluster", "countyreal", "--reference", "2003", "--option", "comparison=never treated")
    found = asked(tmp_path / "mpdta.csv", *COUNTIES, *path, "--option", f"aggregation={aggregation}")["estimates"]
    assert found["effect"][0] == pytest.approx(effect, abs=half(8))
    assert found["std_error"][0] == pytest.approx(std_error, abs=half(8))


def test_the_mean_over_years_is_the_calendar_aggregate_of_did(validation: Path, tmp_path: Path) -> None:
    (tmp_path / "mpdta.csv").write_bytes((validation / "mpdta.csv").read_bytes())
    path = ("--cluster", "countyreal", "--reference", "2003", "--option", "comparison=never treated")
    found = asked(tmp_path / "mpdta.csv", *COUNTIES, *path, "--window", "2004,2005,2006,2007")["estimates"]
    assert found["effect"][0] == pytest.approx(-0.04170043, abs=half(8))
    assert found["std_error"][0] == pytest.approx(0.01597185, abs=half(8))


def test_with_log_population_the_comparison_is_doubly_robust(validation: Path, tmp_path: Path) -> None:
    (tmp_path / "mpdta.csv").write_bytes((validation / "mpdta.csv").read_bytes())
    path = ("--cluster", "countyreal", "--reference", "2003", "--option", "comparison=never treated")
    given = ("--control", "lpop", "--option", "conditions=true", "--option", "aggregation=simple")
    found = asked(tmp_path / "mpdta.csv", *COUNTIES, *path, *given)["estimates"]
    assert found["effect"][0] == pytest.approx(-0.0417517721, abs=half(10))
    assert found["std_error"][0] == pytest.approx(0.0115028382, abs=half(10))


def test_medicaid_has_the_path_that_moderndid_prints(validation: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(validation / "ehec_data.csv")
    frame.assign(first=frame["yexp2"].fillna(0)).to_csv(tmp_path / "medicaid.csv", index=False)
    columns = ("--outcome", "dins", "--exposure", "first", "--unit", "stfips", "--time", "year", "--cluster", "stfips")
    path = ("--reference", "2013", "--option", "aggregation=event time")
    tables = asked(tmp_path / "medicaid.csv", *columns, *path)
    estimate, years = tables["estimates"].iloc[0], tables["event_study"].set_index("period")
    assert (estimate["effect"], estimate["std_error"]) == pytest.approx((0.0688, 0.0080), abs=half(4))
    for year, effect, std_error in ((0, 0.0453, 0.0060), (5, 0.0803, 0.0103)):
        assert years.loc[year, "effect"] == pytest.approx(effect, abs=half(4))
        assert years.loc[year, "std_error"] == pytest.approx(std_error, abs=half(4))
