"""The command `stoeval estimate` on files made here: known answers, another engine, options, and what it refuses."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from stoeval.cli import app
from stoeval.errors import EstimationError, NotIdentified, StoevalError
from stoeval.estimate.answer import Inference
from stoeval.estimate.question import Question
from stoeval.runs.tables import ESTIMATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

REGIONS, YEARS = 15, np.arange(2016, 2022)
COLUMNS = {"outcome": "y", "exposure": "dose", "unit": "school", "time": "year", "cluster": "region"}
PATH = {"design": "event-study", "reference": "2018"}
TRIPLE = {"design": "ddd", "reference": "2018", "group": "track", "entitlement": "entitled"}
COUNTED = {"design": "ppml", "outcome": "pupils", "exposure": "paid"}
EXACT = 1e-9  # relative; worst deviation seen 1e-12


def schools() -> pd.DataFrame:
    """Return two schools a region with two tracks in six years; the dose raises the entitled track from 2019 on."""
    generator = np.random.default_rng(21)
    region, school, track, year = (
        axis.ravel() for axis in np.meshgrid(np.arange(REGIONS), [0, 1], [0, 1], YEARS, indexing="ij")
    )
    school = 2 * region + school
    dose, entitled = generator.lognormal(size=REGIONS)[region], 1.0 - 0.8 * track
    size = generator.uniform(20, 90, 2 * REGIONS)[school]
    paid = dose * np.maximum(year - 2018, 0)
    y = 0.2 * paid * entitled + 0.1 * school + 0.05 * (year - 2016) * (1 + track) + generator.normal(0, 0.3, len(year))
    pupils = generator.poisson(size * np.exp(0.03 * paid - 0.02 * (year - 2016)))
    other = generator.normal(size=len(year))
    table = {"region": region, "school": school, "track": track, "year": year, "dose": dose, "entitled": entitled}
    further = {"paid": paid, "y": y, "pupils": pupils, "size": size, "other": other, "place": (region + year) % 4}
    further |= {"rooms": size + 9 * (year > 2017), "half": entitled / 2 + 0.1 * (region % 2)}
    return pd.DataFrame(table | further)


def call(file: Path, **options: str) -> Result:
    named = COLUMNS | {"bootstrap": "99"} | options
    words = [word for name, value in named.items() if value for word in (f"--{name}", value)]
    return CliRunner().invoke(app, ["estimate", str(file), *words])


def asked(file: Path, **options: str) -> dict[str, pd.DataFrame]:
    """Return the tables that the command writes."""
    out = file.parent / f"answer{len(list(file.parent.iterdir()))}"
    found = call(file, out=str(out), **options)
    assert found.exception is None, found.exception
    return {path.stem: pd.read_csv(path) for path in out.iterdir()}


def refused(file: Path, **options: str) -> StoevalError:
    found = call(file, **options)
    assert isinstance(found.exception, StoevalError), found.exception
    return found.exception


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "schools.csv"
    schools().to_csv(path, index=False)
    return path


def on_dummies(frame: pd.DataFrame, columns: np.ndarray, *effects: list[str]) -> np.ndarray:
    """Return the coefficients of columns beside dummies of effects, by least squares."""
    codes = [frame.groupby(effect, sort=False).ngroup().to_numpy() for effect in effects]
    dummies = [np.eye(int(code.max()) + 1)[code] for code in codes]
    return np.linalg.lstsq(np.column_stack([columns, *dummies]), frame["y"].to_numpy(), rcond=None)[0]


# --- answers -------------------------------------------------------------------------------------------------------


def test_the_estimates_have_the_columns_of_a_run(file: Path) -> None:
    tables = asked(file, exposure="paid")
    assert tuple(tables["estimates"].columns) == ESTIMATES
    assert len(tables["estimates"]) == 1
    assert set(tables) == {"estimates", "covariances", "robustness"}


def test_a_path_has_a_row_a_period_and_its_mean_is_the_effect(file: Path) -> None:
    tables = asked(file, **PATH)
    frame = schools()
    others = [year for year in YEARS if year != 2018]
    columns = frame["dose"].to_numpy()[:, None] * (frame["year"].to_numpy()[:, None] == others)
    expected = on_dummies(frame, columns, ["school"], ["year"])[: len(others)]
    assert tables["event_study"]["period"].tolist() == others
    assert tables["event_study"]["effect"].tolist() == pytest.approx(expected, rel=EXACT)
    assert tables["estimates"]["effect"][0] == pytest.approx(expected[2:].mean(), rel=EXACT)
    assert (tables["event_study"]["band_low"] < tables["event_study"]["ci_low"]).all()


def test_a_triple_difference_is_the_regression_with_three_pairs_of_effects(file: Path) -> None:
    tables = asked(file, **TRIPLE)
    frame = schools()
    others = [year for year in YEARS if year != 2018]
    gap = (frame["dose"] * frame["entitled"]).to_numpy()[:, None]
    columns = gap * (frame["year"].to_numpy()[:, None] == others)
    pairs = [["school", "year"], ["school", "track"], ["track", "year"]]
    expected = on_dummies(frame, columns, *pairs)[: len(others)]
    assert tables["event_study"]["effect"].tolist() == pytest.approx(expected, rel=EXACT)
    # The planted slope is 0.2 a year, so 0.4 on average over the three years since 2019.
    estimate = tables["estimates"].iloc[0]
    assert abs(estimate["effect"] - 0.4) < 3 * estimate["std_error"]


def test_a_poisson_model_is_that_of_pyfixest(file: Path) -> None:
    from pyfixest.estimation import fepois  # noqa: PLC0415 - takes seconds to import

    estimate = asked(file, **COUNTED, offset="rooms", covariance="CRV1:fixest")["estimates"].iloc[0]
    frame = schools().assign(log_rooms=lambda table: np.log(table["rooms"]))
    theirs = fepois("pupils ~ paid | school + year", frame, vcov={"CRV1": "region"}, offset="log_rooms", iwls_tol=1e-12)
    assert estimate["effect"] == pytest.approx(theirs.coef()["paid"], rel=1e-8)  # worst deviation seen 1e-10
    assert estimate["std_error"] == pytest.approx(theirs.se()["paid"], rel=1e-6)  # worst deviation seen 1e-8
    assert estimate["unit"] == "log points"


def test_semicolons_gzip_and_parquet_give_the_same_estimate(file: Path) -> None:
    first = asked(file, exposure="paid")["estimates"]["effect"][0]
    schools().to_csv(file.parent / "semicolons.csv", sep=";", index=False)
    schools().to_csv(file.parent / "packed.csv.gz", index=False)
    schools().to_parquet(file.parent / "schools.parquet")
    for name in ("semicolons.csv", "packed.csv.gz", "schools.parquet"):
        assert asked(file.parent / name, exposure="paid")["estimates"]["effect"][0] == first


def test_rows_with_an_empty_cell_in_a_used_column_are_left_out(file: Path) -> None:
    frame = schools()
    frame.loc[:4, "y"] = np.nan
    frame.loc[:90, "other"] = np.nan
    frame.to_csv(file, index=False)
    assert asked(file, exposure="paid")["estimates"]["n_obs"][0] == len(frame) - 5
    assert asked(file, exposure="paid", control="other")["estimates"]["n_obs"][0] == len(frame) - 91


def test_the_order_of_the_rows_changes_nothing(file: Path) -> None:
    first = asked(file, **PATH)
    schools().sample(frac=1, random_state=1).to_csv(file, index=False)
    again = asked(file, **PATH)
    for name in ("effect", "std_error", "n_units", "baseline_mean"):
        assert again["estimates"][name][0] == pytest.approx(first["estimates"][name][0], rel=EXACT)


# --- options -------------------------------------------------------------------------------------------------------

CHANGES = [
    ({}, {"outcome": "other"}),
    ({}, {"exposure": "other"}),
    ({}, {"unit": "region"}),
    ({}, {"time": "place"}),
    ({}, {"cluster": "school"}),
    ({}, {"control": "other"}),
    ({}, {"absorb": "place:track"}),
    ({}, {"weights": "size"}),
    ({}, {"covariance": "CRV1:stata"}),
    ({}, {"covariance": "CRV3:fixest"}),
    ({}, {"level": "0.9"}),
    ({}, {"bootstrap": "199"}),
    ({}, {"seed": "5"}),
    (COUNTED, {"offset": "rooms"}),
    (PATH, {"reference": "2017"}),
    (PATH, {"window": "2021"}),
    (PATH, {"design": "ddd", "group": "track", "entitlement": "entitled"}),
    (TRIPLE, {"group": "place"}),
    (TRIPLE, {"entitlement": "half"}),
]


def numbers(tables: dict[str, pd.DataFrame]) -> list[list[object]]:
    """Return what the tables say, without the columns that repeat an option."""
    echoes = ["link", "outcome", "exposure", "design", "unit", "ci_level", "convention"]
    tables = {name: table for name, table in tables.items() if name != "covariances"}
    return [
        tables[name].drop(columns=echoes, errors="ignore").round(10).fillna("").to_numpy().tolist()
        for name in sorted(tables)
    ]


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str]], list[list[object]]]:
    """Return the numbers of a call without the option that is tested, each call made once."""
    file = tmp_path_factory.mktemp("unchanged") / "schools.csv"
    schools().to_csv(file, index=False)
    known: dict[str, list[list[object]]] = {}

    def found(base: dict[str, str]) -> list[list[object]]:
        if str(base) not in known:
            known[str(base)] = numbers(asked(file, **base))
        return known[str(base)]

    return found


@pytest.mark.parametrize(("base", "changed"), CHANGES)
def test_every_option_changes_a_number(
    file: Path,
    unchanged: Callable[[dict[str, str]], list[list[object]]],
    base: dict[str, str],
    changed: dict[str, str],
) -> None:
    base = base or {"exposure": "paid"}
    assert numbers(asked(file, **(base | changed))) != unchanged(base)


def test_honest_adds_intervals_and_widens_with_the_bound(file: Path) -> None:
    words = [word for name, value in (COLUMNS | PATH).items() for word in (f"--{name}", value)]
    out = file.parent / "answer"
    found = CliRunner().invoke(app, ["estimate", str(file), *words, "--bootstrap", "99", "--honest", "--out", str(out)])
    assert found.exception is None
    honest = pd.read_csv(out / "honest.csv")
    magnitudes = honest[honest["method"].str.startswith("relative")]
    assert magnitudes["bound"].tolist() == [0.5, 1.0, 1.5, 2.0]
    assert magnitudes["ci_low"].is_monotonic_decreasing
    assert magnitudes["ci_high"].is_monotonic_increasing


def test_every_option_of_the_command_is_tested() -> None:
    tested = {name for _, changed in CHANGES for name in changed} | {"honest", "out"}
    (command,) = (one for one in app.registered_commands if one.name == "estimate")
    assert command.callback is not None
    of_designs = {"low", "high", "stratum", "mediator", "other", "placebo", "option"}  # test_estimate_by_design.py
    assert tested | of_designs == set(command.callback.__annotations__) - {"file", "return"}
    shorter = {"model": "design", "controls": "control", "draws": "bootstrap"}
    shorter |= {"kind": "covariance", "convention": "covariance"}
    asks = {one.name for record in (Question, Inference) for one in fields(record)}
    assert {shorter.get(name, name) for name in asks} == tested - {"seed", "out"}


# --- what it refuses -----------------------------------------------------------------------------------------------

REFUSED = {
    "a missing column": ({"outcome": "absent"}, "1 columns are missing: absent"),
    "text in numbers": ({"outcome": "name"}, "column name: 360 of 360 values are no finite number; first is 'a'"),
    "periods that are no whole numbers": ({"time": "other"}, "periods must be whole numbers"),
    "an exposure that moves in an event study": (PATH | {"exposure": "paid"}, "use twfe for an exposure that moves"),
    "a reference that is not observed": (PATH | {"reference": "1999"}, "reference 1999 is not observed"),
    "a window that is not observed": (PATH | {"window": "2020,2031"}, r"not observed: \[2031\]"),
    "a window before the reference": (PATH | {"window": "2017"}, "must lie after the reference"),
    "a window of words": (PATH | {"window": "later"}, "no list of whole numbers"),
    "no reference": ({"design": "event-study"}, "needs a reference period"),
    "a reference without a path": ({"reference": "2018"}, "twfe takes no reference period"),
    "a group without a triple difference": ({"group": "track"}, "takes no group"),
    "a triple difference without a group": (TRIPLE | {"group": ""}, "needs a group and entitlement"),
    "an offset of a linear model": ({"offset": "size"}, "twfe takes no offset"),
    "weights of a Poisson model": (COUNTED | {"weights": "size"}, "takes no weights"),
    "negative counts": (COUNTED | {"outcome": "other"}, "outcomes are negative"),
    "an unknown covariance": ({"exposure": "paid", "covariance": "CRV9"}, "covariance 'CRV9' is unknown"),
    "an unknown convention": ({"exposure": "paid", "covariance": "CRV1:excel"}, "known are CRV1, CRV2, CRV3"),
    "a convention of another kind": ({"exposure": "paid", "covariance": "CRV2:stata"}, "has no CRV2"),
    "a level that is no probability": ({"exposure": "paid", "level": "95"}, "level 95.0 must lie between 0 and 1"),
    "no draws": ({"exposure": "paid", "bootstrap": "0"}, "draws 0 must be at least 1"),
    "an exposure within the effects": ({"exposure": "dose"}, "cannot be told apart from the effects"),
    "weights that are not positive": ({"exposure": "paid", "weights": "track"}, "weights are zero or negative"),
    "an offset without a logarithm": (COUNTED | {"offset": "track"}, "180 of 360 offsets are not positive"),
    "an entitlement that is no share": (TRIPLE | {"entitlement": "size"}, "360 of 360 entitlements lie outside 0 to 1"),
    "two clusters": ({"exposure": "paid", "cluster": "track"}, "2 clusters"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses_and_says_why(file: Path, what: str) -> None:
    schools().assign(name="a").to_csv(file, index=False)
    options, message = REFUSED[what]
    out = file.parent / "answer"
    error = refused(file, **options, out=str(out))
    assert isinstance(error, EstimationError)
    with pytest.raises(EstimationError, match=message):
        raise error
    assert not out.exists()


def test_a_directory_that_is_not_empty_is_left_alone(file: Path) -> None:
    out = file.parent / "taken"
    out.mkdir()
    (out / "mine.txt").write_text("kept", encoding="utf-8")
    error = refused(file, exposure="paid", out=str(out))
    assert "not empty" in str(error)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_files_that_are_no_table_are_refused(file: Path) -> None:
    assert "cannot be read" in str(refused(file.parent / "nowhere.csv", exposure="paid"))
    broken = file.parent / "broken.parquet"
    broken.write_text("no parquet", encoding="utf-8")
    assert "cannot be read" in str(refused(broken, exposure="paid"))
    schools().assign(y=np.nan).to_csv(file, index=False)
    assert "none of 360 rows has a value" in str(refused(file, exposure="paid"))


def test_an_effect_across_clusters_with_many_levels_is_refused(file: Path) -> None:
    frame = schools()
    pd.concat([frame.assign(day=day) for day in (1, 2)]).assign(pupil=lambda table: np.arange(len(table)) % 450).to_csv(
        file, index=False
    )
    error = refused(file, exposure="paid", absorb="pupil")
    assert isinstance(error, NotIdentified)
    assert "at most 400" in str(error)
