"""Published numbers by the command `stoeval estimate`, from the files as they are or with one column made.

Sources: the walkthrough of pyfixest on county employment (mpdta) with the convention of each package; the README of
HonestDiD (Medicaid); Wooldridge, Introductory Econometrics, example 13.3 (kielmc); plm 2.6 of R, two-way within
(Grunfeld). Half of the last printed digit is the tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from stoeval.cli import app

if TYPE_CHECKING:
    from pathlib import Path


def asked(file: Path, *options: str) -> dict[str, pd.DataFrame]:
    """Return the tables that the command writes."""
    out = file.parent / "answer"
    found = CliRunner().invoke(app, ["estimate", str(file), *options, "--bootstrap", "99", "--out", str(out)])
    assert found.exception is None, found.exception
    return {path.stem: pd.read_csv(path) for path in out.iterdir()}


def half(digits: int) -> float:
    return 0.5000001 * 10.0**-digits


def test_county_employment_has_the_standard_error_of_each_convention(validation: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(validation / "mpdta.csv")
    frame["treated"] = ((frame["first.treat"] > 0) & (frame["year"] >= frame["first.treat"])) * 1
    frame.to_csv(tmp_path / "mpdta.csv", index=False)
    columns = ("--outcome", "lemp", "--exposure", "treated", "--unit", "countyreal", "--time", "year")
    tables = asked(tmp_path / "mpdta.csv", *columns, "--cluster", "countyreal", "--covariance", "CRV1:stata")
    estimate = tables["estimates"].iloc[0]
    assert estimate["effect"] == pytest.approx(-0.0365489, abs=half(7))
    assert estimate["std_error"] == pytest.approx(0.0148316, abs=half(7))
    kinds = tables["covariances"].set_index(["kind", "convention"])["std_error"]
    assert kinds["CRV1", "fixest"] == pytest.approx(0.0132652, abs=half(7))
    assert kinds["CRV1", "linearmodels"] == pytest.approx(0.0148198, abs=half(7))
    assert kinds["CRV3", "fixest"] == pytest.approx(0.0133290, abs=half(7))


def test_the_medicaid_expansion_has_its_published_path_and_robust_interval(validation: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(validation / "ehec_data.csv")
    kept = frame[(frame["year"] < 2016) & ((frame["yexp2"] == 2014) | ~(frame["yexp2"] < 2016))]
    kept.assign(expanded=(kept["yexp2"] == 2014) * 1).to_csv(tmp_path / "medicaid.csv", index=False)
    columns = ("--outcome", "dins", "--exposure", "expanded", "--unit", "stfips", "--time", "year")
    path = ("--design", "event-study", "--reference", "2013", "--window", "2014", "--honest")
    tables = asked(tmp_path / "medicaid.csv", *columns, "--cluster", "stfips", *path, "--covariance", "CRV1:fixest")
    years = tables["event_study"].set_index("period")
    for year, effect, std_error in ((2014, 0.046447, 0.009152), (2015, 0.069206, 0.010350)):
        assert years.loc[year, "effect"] == pytest.approx(effect, abs=half(6))
        assert years.loc[year, "std_error"] == pytest.approx(std_error, abs=half(6))
    assert tables["estimates"]["effect"][0] == years.loc[2014, "effect"]
    magnitudes = tables["honest"][tables["honest"]["method"].str.startswith("relative")].set_index("bound")
    published = {0.5: (0.0241, 0.0673), 1: (0.0171, 0.0720), 1.5: (0.00859, 0.0796), 2: (-0.00107, 0.0883)}
    for mbar, ends in published.items():  # worst deviation seen 4e-4; theirs is a grid, and both draw
        assert tuple(magnitudes.loc[mbar, ["ci_low", "ci_high"]]) == pytest.approx(ends, abs=1e-3)
    assert tables["robustness"]["breakdown"][0] == pytest.approx(2.0, abs=0.1)


def test_house_prices_near_the_incinerator_fall_as_published(validation: Path, tmp_path: Path) -> None:
    """Two groups and two years: the effects of group and year are the dummies of the published regression."""
    (tmp_path / "kielmc.csv").write_bytes((validation / "kielmc.csv").read_bytes())
    columns = ("--outcome", "rprice", "--exposure", "y81nrinc", "--unit", "nearinc", "--time", "year")
    tables = asked(tmp_path / "kielmc.csv", *columns, "--cluster", "nbh")
    assert tables["estimates"]["effect"][0] == pytest.approx(-11_863.9, abs=half(1))
    assert tables["estimates"]["n_obs"][0] == 321


@pytest.mark.parametrize(
    ("exposure", "control", "effect"), [("value", "capital", 0.117716), ("capital", "value", 0.357916)]
)
def test_investment_of_firms_has_the_two_way_coefficients_of_plm(
    validation: Path, tmp_path: Path, exposure: str, control: str, effect: float
) -> None:
    (tmp_path / "firms.csv").write_bytes((validation / "plm_Grunfeld.csv").read_bytes())
    columns = ("--outcome", "inv", "--exposure", exposure, "--control", control, "--unit", "firm", "--time", "year")
    tables = asked(tmp_path / "firms.csv", *columns, "--cluster", "firm")
    assert tables["estimates"]["effect"][0] == pytest.approx(effect, abs=half(6))
