"""Synthetic difference-in-differences on California's Proposition 99, against what R printed.

Packs of cigarettes sold per head in 39 states, 1970 to 2000 (Orzechowski and Walker, The Tax Burden on Tobacco; Abadie,
Diamond and Hainmueller 2010, Journal of the American Statistical Association 105(490)), to the digit that is published;
`prop99.csv` holds the table. The vignette of the R package synthdid prints -15.60383, 16.4 effective states of 38 and
2.8 effective years of 19. The other numbers are diff-diff 3.13.0's on the same table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from stoeval.cli import app
from stoeval.inference.leverage import effective_clusters
from stoeval.inference.synthetic_difference import (
    Solver,
    placebo_effects,
    synthetic_difference,
)

TABLE = pd.read_csv(Path(__file__).parent / "prop99.csv", index_col="State")
PACKS = TABLE.to_numpy(dtype=np.float32).astype(np.float64)
"""As R's file holds them: in single precision."""
YEARS = TABLE.columns.astype(int).to_numpy()
CALIFORNIA, AFTER = (TABLE.index == "California"), YEARS >= 1989


def test_california_has_the_published_effect_and_weights() -> None:
    found = synthetic_difference(PACKS, CALIFORNIA, AFTER)
    assert found.effect == pytest.approx(-15.60383, abs=5e-6)  # printed by R
    assert found.effect == pytest.approx(-15.603827872733866, rel=1e-7)  # diff-diff; deviation seen 1e-9
    assert effective_clusters(found.unit_weights[~CALIFORNIA]) == pytest.approx(16.4, abs=0.05)
    assert effective_clusters(found.time_weights[~AFTER]) == pytest.approx(2.8, abs=0.05)
    assert effective_clusters(found.unit_weights[~CALIFORNIA]) == pytest.approx(16.388188065047313, rel=1e-6)
    assert effective_clusters(found.time_weights[~AFTER]) == pytest.approx(2.783051915267281, rel=1e-6)


def test_the_steps_of_r_end_a_little_short_of_the_minimum() -> None:
    """Ten thousand steps leave the ridged mean square at 9.3739; the least is 9.3579, with an effect of -15.6054."""
    steps, exact = (synthetic_difference(PACKS, CALIFORNIA, AFTER, solver=solver) for solver in Solver)
    assert exact.effect == pytest.approx(-15.6053979, abs=1e-6)
    assert abs(exact.effect - steps.effect) < 0.002  # seen 0.00157


def test_placebos_over_states_give_a_standard_error_like_the_printed_ones() -> None:
    """Random placebos print 9.6, 10.05 and 10.9 in three packages; every state once has no chance in it."""
    donors = PACKS[~CALIFORNIA]
    noise = synthetic_difference(PACKS, CALIFORNIA, AFTER).noise
    found = placebo_effects(donors, AFTER, np.eye(38, dtype=bool), solver=Solver.EXACT, noise=noise)
    assert found.std() == pytest.approx(9.6, rel=0.1)  # seen 9.371
    assert (np.abs(found) >= 15.6038).sum() == 1


@pytest.mark.parametrize(
    ("start", "effect", "units", "years"),
    [
        (1989, -3.4279819071684634, 19.127283095889286, 2.3830898624275005),
        (1985, 8.853757581400895, 18.18978838100877, 1.0),
    ],
)
def test_three_treated_states_are_those_of_another_package(
    start: int, effect: float, units: float, years: float
) -> None:
    """Nevada, Ohio and Utah as if treated, without California."""
    rest, treated = PACKS[~CALIFORNIA], TABLE.index[~CALIFORNIA].isin(["Nevada", "Ohio", "Utah"])
    late = np.isin(YEARS, range(start, 2001))
    found = synthetic_difference(rest, treated, late)
    assert found.effect == pytest.approx(effect, rel=1e-7)  # worst deviation seen 5e-9
    assert effective_clusters(found.unit_weights[~treated]) == pytest.approx(units, rel=1e-6)
    assert effective_clusters(found.time_weights[~late]) == pytest.approx(years, rel=1e-6)


def test_the_command_gives_the_published_effect(tmp_path: Path) -> None:
    long = TABLE.reset_index().melt("State", var_name="year", value_name="packs")
    long["taxed"] = (long["State"] == "California") * 1
    file, out = tmp_path / "prop99.csv", tmp_path / "answer"
    long.to_csv(file, index=False)
    asked = ["--outcome", "packs", "--exposure", "taxed", "--unit", "State", "--cluster", "State", "--time", "year"]
    window = ["--window", ",".join(map(str, range(1989, 2001)))]
    design = ["--design", "synthetic-difference-in-differences", "--reference", "1988", "--out", str(out)]
    found = CliRunner().invoke(app, ["estimate", str(file), *asked, *window, *design])
    assert found.exception is None, found.exception
    estimate = pd.read_csv(out / "estimates.csv").iloc[0]
    assert estimate["effect"] == pytest.approx(-15.60383, abs=5e-6)
    assert estimate["p_value"] == pytest.approx(2 / 39)
