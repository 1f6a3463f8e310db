"""`stoeval estimate --design` puts a file to any design and gives what the design itself gives."""

from __future__ import annotations

from dataclasses import fields, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from design_shapes import SHAPES
from stoeval.cli import app
from stoeval.designs.discovery import known_designs
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.errors import EstimationError
from stoeval.estimate.by_design import made
from stoeval.estimate.taken import TAKES
from toy_samples import BASELINE, OUTCOME, toy_estimand, toy_sample

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Design, Finding, Sample

WINDOW = ",".join(map(str, OUTCOME))
NEEDED = ("--outcome", "y", "--exposure", "dose", "--unit", "unit", "--time", "year", "--cluster", "region")
EXACT = 1e-9  # relative; worst deviation seen 2e-13: the file holds every digit


def written(sample: Sample, place: Path, design: str = "") -> tuple[Path, list[str]]:
    """Write a sample to a file and return it with the words that name the columns that a design takes."""
    frame = pd.DataFrame(
        {
            "y": sample.outcome,
            "low": sample.outcome_low,
            "high": sample.outcome_high,
            "dose": sample.dose,
            "unit": sample.unit,
            "year": sample.period,
            "region": [f"r{code:02d}" for code in sample.cluster],
            "stratum": sample.stratum,
            "weight": sample.weight,
            "group": sample.group,
            "entitled": sample.entitlement,
        }
    )
    named = {"low": "low", "high": "high", "stratum": "stratum", "weights": "weight"}
    named |= {"group": "group", "entitlement": "entitled"}
    pairs = list(named.items())
    for number, column in enumerate(sample.formula_input.T):
        frame[f"input{number}"] = column
        pairs.append(("control", f"input{number}"))
    for number, column in enumerate(() if sample.other_lines is None else sample.other_lines.T):
        frame[f"line{number}"] = column
        pairs.append(("other", f"line{number}"))
    for name, values in sample.placebo_doses:
        frame[name] = values
        pairs.append(("placebo", name))
    if sample.mediator is not None:
        frame["mediator"] = sample.mediator
        pairs.append(("mediator", "mediator"))
    if len(np.unique(sample.group)) == 1:
        pairs = [(option, name) for option, name in pairs if option not in {"group", "entitlement"}]
    if design:
        # Controls of staggered adoption mean another estimate, which the reference tests hold.
        taken = {*TAKES[design].needs, *TAKES[design].may} - ({"control"} if design == "staggered-adoption" else set())
        pairs = [(option, name) for option, name in pairs if option in taken]
    words = [*NEEDED, *(word for option, name in pairs for word in (f"--{option}", name))]
    frame.to_csv(place / "rows.csv", index=False, float_format="%.17g")
    return place / "rows.csv", words


def as_words(design: Design) -> list[str]:
    """Return the options of a design that differ from those of a file, as words."""
    words = []
    plain = made(design.name.replace(" ", "-"), ())
    for one in fields(design):  # type: ignore[arg-type]
        value = getattr(design, one.name)
        if value != getattr(plain, one.name):
            words += ["--option", f"{one.name}={_text(value)}"]
    return words


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(str(getattr(part, "start", part)) for part in value)
    return str(value.value if isinstance(value, Enum) else value)


def called(words: list[str], place: Path) -> dict[str, pd.DataFrame]:
    found = CliRunner().invoke(app, ["estimate", *words, "--out", str(place / "answer")])
    assert found.exception is None, found.exception
    return {path.stem: pd.read_csv(path) for path in (place / "answer").iterdir()}


def test_every_design_can_be_named() -> None:
    assert {type(one) for one in SHAPES} == set(known_designs().values())


@pytest.mark.parametrize("design", SHAPES, ids=repr)
def test_a_design_finds_in_a_file_what_it_finds_in_a_sample(design: Design, tmp_path: Path) -> None:
    sample = toy_sample(SHAPES[design], effect=0.3)
    name = design.name.replace(" ", "-")
    file, words = written(sample, tmp_path, name)
    path = ["--design", name, "--reference", str(BASELINE), "--window", WINDOW]
    tables = called([str(file), *words, *path, *as_words(design)], tmp_path)
    direct = _directly(design, sample)
    estimate = tables["estimates"].iloc[0]
    assert estimate["design"] == design.name
    for column in ("effect", "std_error", "ci_low", "ci_high", "n_obs", "n_clusters"):
        assert estimate[column] == pytest.approx(getattr(direct.estimate, column), rel=EXACT), column
    beside = {"chosen exposure"} if isinstance(design, JointDoseEventStudy) else set()
    assert set(tables["checks"]["check"]) == {check.name for check in direct.checks} | beside


def _directly(design: Design, sample: Sample) -> Finding:
    return design.find(toy_estimand(SHAPES[design]), sample, generator=np.random.default_rng(20180801))


@pytest.mark.parametrize(
    ("design", "shape", "left_out"),
    [
        ("dose-event-study", "units", ("--low", "low")),
        ("dose-event-study", "units", ("--high", "high")),
        ("dose-event-study", "units", ("--placebo", "luck")),
        ("aanloop-dose", "zeros", ("--stratum", "stratum")),
        ("causal-chain", "chain", ("--mediator", "mediator")),
        ("joint-dose-event-study", "lines", ("--other", "line0")),
        ("dose-event-study", "units", ("--option", "formula_input=false")),
    ],
)
def test_every_column_of_a_design_changes_what_it_says(
    design: str, shape: str, left_out: tuple[str, str], tmp_path: Path
) -> None:
    sample = toy_sample(shape, effect=0.3)
    shaken = np.random.default_rng(5).permutation(len(sample.dose))
    sample = replace(
        sample,
        outcome_low=sample.outcome - 0.01 * (shaken % 7 == 0),
        outcome_high=sample.outcome + 0.01 * (shaken % 5 == 0),
        mediator=None if sample.mediator is None else sample.mediator + 0.05 * (shaken % 3),
    )
    file, words = written(sample, tmp_path, design)
    path = ["--design", design, "--reference", str(BASELINE), "--window", WINDOW]
    with_it = [*words, *left_out] if left_out[0] == "--option" else words
    place = with_it.index(left_out[1])
    without = with_it[: place - 1] + with_it[place + 1 :]
    told = [CliRunner().invoke(app, ["estimate", str(file), *one, *path]) for one in (with_it, without)]
    assert told[0].exception is None
    assert (told[0].output, str(told[0].exception)) != (told[1].output, str(told[1].exception))


def test_an_unknown_design_option_or_value_is_refused_with_what_is_known() -> None:
    with pytest.raises(EstimationError, match="design 'magic' is unknown; known are aanloop-dose"):
        made("magic", ())
    with pytest.raises(EstimationError, match="has no option wand; it has outcome_model, formula_input"):
        made("dose-event-study", (("wand", "1"),))
    with pytest.raises(EstimationError, match="does not take 'cubic'; it takes linear, poisson"):
        made("dose-event-study", (("outcome_model", "cubic"),))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--design", "twfe", "--mediator", "dose"], "belong|design's"),
        (["--design", "dose-event-study", "--reference", "2017", "--honest"], "brings its own inference"),
        (["--design", "dose-event-study", "--reference", "2017", "--absorb", "stratum"], "cannot be absorbed"),
        (["--design", "dose-event-study"], "needs a reference period"),
        (["--design", "dose-event-study", "--reference", "1999"], "not observed: \\[1999\\]"),
        (["--design", "dose-event-study", "--reference", "2017", "--option", "poisson"], "no name=value"),
        (["--design", "causal-chain", "--reference", "2017", "--mediator", "mood"], "columns are missing: mood"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    file, _ = written(toy_sample("units"), tmp_path)
    found = CliRunner().invoke(app, ["estimate", str(file), *NEEDED, *words])
    assert isinstance(found.exception, EstimationError)
    with pytest.raises(EstimationError, match=said):
        raise found.exception
