"""`stoeval estimate` on files as strangers keep them: what is read, what is left out, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from hospital_panels import BEFORE, hospitals
from stoeval import inference
from stoeval.cli import app
from stoeval.errors import EstimationError
from stoeval.inference.wild_bootstrap import wild_cluster_bootstrap
from stoeval.inference.wild_draws import Variant

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

COLUMNS = {"outcome": "Y", "exposure": "moves", "unit": "Hospital Name", "time": "YEAR", "cluster": "Region"}


def call(file: Path, *words: str, **named: str) -> Result:
    options = [word for name, value in (COLUMNS | named).items() for word in (f"--{name}", value)]
    return CliRunner().invoke(app, ["estimate", str(file), *options, *words])


def asked(file: Path, *words: str, **named: str) -> dict[str, pd.DataFrame]:
    """Return the tables that the command writes."""
    out = file.parent / f"answer{len(list(file.parent.iterdir()))}"
    found = call(file, *words, "--out", str(out), **named)
    assert found.exception is None, found.exception
    return {path.stem: pd.read_csv(path) for path in out.iterdir()}


def refused(frame: pd.DataFrame, place: Path, *words: str, **named: str) -> str:
    frame.to_csv(place / "rows.csv", index=False)
    found = call(place / "rows.csv", *words, **named)
    assert isinstance(found.exception, EstimationError), found.exception
    return str(found.exception)


DESIGN = {"exposure": "DOSE", "design": "dose-event-study", "reference": str(BEFORE)}
START = {"exposure": "start", "design": "staggered-adoption", "reference": "2002"}


def started(spelling: object = 0) -> pd.DataFrame:
    """Return hospitals of which half start in 2004, and the others never."""
    number = hospitals()["Region"].str[-2:].astype(int)
    return hospitals().assign(start=[2004 if one % 2 else spelling for one in number])


# --- what is read --------------------------------------------------------------------------------------------------


def test_a_file_of_stata_with_labels_and_a_format_of_years_gives_the_same_numbers(tmp_path: Path) -> None:
    frame = hospitals().rename(columns=lambda name: name.replace(" ", "_"))
    frame.to_csv(tmp_path / "rows.csv", index=False)
    labelled = frame.assign(grade=frame["grade"].map({1: "low", 2: "fair", 3: "good", 4: "best"}).astype("category"))
    labelled["grade"] = labelled["grade"].cat.reorder_categories(["low", "fair", "good", "best"])
    labelled["YEAR"] = pd.to_datetime(labelled["YEAR"].astype(int).astype(str))
    labelled.to_stata(tmp_path / "rows.dta", write_index=False, convert_dates={"YEAR": "ty"})
    words = {"unit": "Hospital_Name", "bootstrap": "99"}
    for outcome in ("Y", "grade"):
        first, second = (
            asked(tmp_path / name, outcome=outcome, **words)["estimates"] for name in ("rows.csv", "rows.dta")
        )
        assert second["effect"][0] == pytest.approx(first["effect"][0], rel=1e-12)
        assert second["std_error"][0] == pytest.approx(first["std_error"][0], rel=1e-9)


def test_rows_left_out_are_counted_by_the_column_that_is_empty(tmp_path: Path) -> None:
    frame = hospitals().assign(more=1.0, moves=lambda rows: rows["moves"])
    frame["more"] = np.random.default_rng(2).normal(size=len(frame))
    frame.loc[[3, 4, 5], "Y"] = np.nan
    frame.loc[[5, 9], "more"] = np.nan
    frame.to_csv(tmp_path / "rows.csv", index=False)
    tables = asked(tmp_path / "rows.csv", bootstrap="99", control="more")
    assert tables["left_out"].to_numpy().tolist() == [["Y", 3], ["more", 2], ["any of these", 4]]
    said = call(tmp_path / "rows.csv", bootstrap="99", control="more").stderr
    assert "rows left out because Y is empty: 3" in said
    assert "rows left out because any of these is empty: 4" in said


def test_a_true_or_false_exposure_is_one_or_zero(tmp_path: Path) -> None:
    frame = hospitals().assign(on=lambda rows: (rows["moves"] > 0) * 1, off=lambda rows: rows["moves"] > 0)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    first, second = (asked(tmp_path / "rows.csv", exposure=one, bootstrap="99")["estimates"] for one in ("on", "off"))
    assert first["effect"][0] == second["effect"][0]


def test_the_effect_of_a_first_period_is_in_the_unit_of_the_outcome(tmp_path: Path) -> None:
    started().to_csv(tmp_path / "rows.csv", index=False)
    assert asked(tmp_path / "rows.csv", **START)["estimates"]["unit"][0] == "Y"


def test_a_control_of_staggered_adoption_is_used(tmp_path: Path) -> None:
    started().to_csv(tmp_path / "rows.csv", index=False)
    plain, given, without = (
        asked(tmp_path / "rows.csv", *words, **START)["estimates"]["effect"][0]
        for words in ((), ("--control", "need"), ("--option", "conditions=true"))
    )
    assert given != plain == without


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "said"),
    [
        ("never", "column start: 300 of 600 values are no period, first 'never'; give the first treated period"),
        (2004.5, "column start: 300 of 600 first periods are no whole number; give the first treated period"),
    ],
)
def test_first_periods_that_are_none_are_refused_with_what_to_give(spelling: object, said: str, tmp_path: Path) -> None:
    assert said in refused(started(spelling), tmp_path, **START)


def test_whether_instead_of_when_and_several_first_periods_are_refused(tmp_path: Path) -> None:
    frame = started()
    on = frame.assign(start=(frame["start"] > 0) * 1)
    assert "holds zeros and ones only, which say whether and not when" in refused(on, tmp_path, **START)
    since = frame.assign(start=frame["start"].where(frame["YEAR"] >= frame["start"], 0))
    assert "column start: 60 units have several first periods" in refused(since, tmp_path, **START)
    counted = frame.assign(YEAR=frame["YEAR"] - 2001, start=2)
    assert "periods start at 0, so that zero cannot be never" in refused(
        counted, tmp_path, **(START | {"reference": "1"})
    )


def test_an_exposure_that_moves_is_refused_by_designs_that_take_it_for_one(tmp_path: Path) -> None:
    said = refused(hospitals(), tmp_path, **(DESIGN | {"exposure": "moves"}))
    assert "column moves: the exposure moves within 120 of 120 units; dose-event-study takes one value a unit" in said


def test_units_in_several_clusters_are_refused_with_their_number(tmp_path: Path) -> None:
    said = refused(hospitals().assign(Region=lambda rows: rows["YEAR"]), tmp_path, **DESIGN)
    assert "column Hospital Name: 120 of 120 units lie in several clusters of Region" in said
    assert "cluster at the unit or above it, or ask for twfe" in said


def test_groups_that_are_not_within_units_are_refused(tmp_path: Path) -> None:
    options = {"design": "entitlement-triple-difference", "group": "kind", "entitlement": "share"}
    said = refused(hospitals(), tmp_path, **(DESIGN | options))
    assert "column kind: each of 120 units lies in one group" in said


@pytest.mark.parametrize("design", ["comparable-groups", "synthetic-difference-in-differences", "causal-chain"])
def test_a_unit_and_year_that_is_there_twice_is_refused(design: str, tmp_path: Path) -> None:
    frame = hospitals()
    words = ("--mediator", "mediator") if design == "causal-chain" else ()
    said = refused(
        pd.concat([frame, frame[frame["YEAR"] == BEFORE].head(2)]), tmp_path, *words, **(DESIGN | {"design": design})
    )
    assert "2 rows of 2004 repeat a unit; give one row for each unit" in said


@pytest.mark.parametrize("design", ["twfe", "dose-event-study"])
def test_a_region_without_which_nothing_is_left_is_named_as_in_the_file(design: str, tmp_path: Path) -> None:
    frame = hospitals()
    frame["DOSE"] = (frame["Region"] == "Region 07") * 1.0
    frame["moves"] = frame["DOSE"] * (frame["YEAR"] > BEFORE)
    said = refused(frame, tmp_path, **(DESIGN | {"design": design} if design != "twfe" else {}))
    assert "without cluster Region 07 (40 in all): the jackknife has no value; leave out what" in said


def test_periods_in_messages_are_those_of_the_file(tmp_path: Path) -> None:
    everyone = started(2007)
    said = refused(everyone, tmp_path, **START)
    assert said == "in 2007, 2010 there is nobody to compare with; end the window before"


def test_dates_are_refused_with_what_to_make_of_them(tmp_path: Path) -> None:
    frame = hospitals().assign(YEAR=lambda rows: pd.to_datetime(rows["YEAR"].astype(int).astype(str)))
    frame.to_parquet(tmp_path / "rows.parquet")
    found = call(tmp_path / "rows.parquet")
    assert isinstance(found.exception, EstimationError)
    assert str(found.exception) == "column YEAR: 600 values are dates; make a column of numbers, such as the year"


def test_infinite_numbers_are_shown_as_they_are_written(tmp_path: Path) -> None:
    frame = hospitals()
    frame.loc[3, "moves"] = np.inf
    assert "column moves: 1 of 600 values are no finite number; first is inf;" in refused(frame, tmp_path)


def test_answers_of_many_values_ask_for_cuts(tmp_path: Path) -> None:
    said = refused(hospitals(), tmp_path, **(DESIGN | {"design": "ordered-outcome"}))
    assert said == "the outcome takes 600 values; give 1 to 9 cuts, in rising order"


# --- what came to light --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("restricted", [True, False])
def test_a_bootstrap_over_all_combinations_never_has_a_p_of_zero(variant: Variant, *, restricted: bool) -> None:
    """Twelve regions, an effect of fifty standard errors; the sample is one of the draws, or is added to them."""
    generator = np.random.default_rng(4)
    cluster = np.repeat(np.arange(12), 10)
    dose = generator.normal(size=120)
    outcome = 5 * dose + generator.normal(size=120)
    fitted = inference.fit(outcome, dose[:, None], cluster=cluster, nested=[cluster], crossed=[])
    found = wild_cluster_bootstrap(
        fitted, np.ones(1), generator=generator, variant=variant, restricted=restricted, interval=False
    )
    assert found.enumerated
    assert 1 / 4097 <= found.p_value < 0.01
