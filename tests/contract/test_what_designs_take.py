"""What `stoeval estimate --help` says of a design holds: what it takes changes what is said, the rest is refused."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from design_shapes import SHAPES
from stoeval.cli import app
from stoeval.designs.discovery import known_designs
from stoeval.errors import EstimationError, NotIdentified
from stoeval.estimate.by_design import Columns, answer_by_design, made
from stoeval.estimate.question import Question
from stoeval.estimate.rows import read_rows
from stoeval.estimate.taken import MODELS, TAKES, Exposed
from stoeval.vocabulary import ApprovalRound
from toy_samples import BASELINE, OUTCOME, toy_sample

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Design

EVERY = ("control", "weights", "offset", "group", "entitlement")
BESIDE = ("low", "high", "stratum", "mediator", "other", "placebo")
WORDS = {"control": "controls", "other": "others", "placebo": "placebos"}
"""Fields of the records by the options that fill them."""
SEVERAL = ("control", "other", "placebo")
SHAPE = {design.name.replace(" ", "-"): shape for design, shape in reversed(SHAPES.items())}
COUNTS = {"dose-event-study": "counts", "joint-dose-event-study": "lines of counts"}


def shaped(shape: str) -> pd.DataFrame:
    """Return a sample of a shape as a file has it, with a column for every option."""
    sample = toy_sample(shape, effect=0.02, regions=12, noise=0.05)
    generator, n = np.random.default_rng(5), len(sample.dose)
    of_unit = generator.uniform(size=(int(sample.unit.max()) + 1, 5))[sample.unit]
    counted = np.array_equal(sample.outcome, np.round(sample.outcome))
    width = np.where(generator.uniform(size=n) < 0.2, 1.0 if counted else 0.002, 0.0)
    return pd.DataFrame(
        {
            "y": sample.outcome,
            "dose": np.array([0, 2020, 2021, 2023])[sample.dose.astype(int)] if shape == "rounds" else sample.dose,
            "unit": sample.unit,
            "year": sample.period,
            "region": sample.cluster,
            "low": np.maximum(sample.outcome - width, 0) if counted else sample.outcome - width,
            "high": sample.outcome + width,
            "stratum": sample.unit % 2,
            "weights": 20 + 100 * of_unit[:, 0],
            "control": of_unit[:, 1] + 0.3 * sample.dose,
            "placebo": of_unit[:, 2] + 0.3 * sample.dose,
            "other": of_unit[:, 3],
            "offset": 1 + generator.uniform(size=n),
            "mediator": generator.normal(size=n) if sample.mediator is None else sample.mediator,
            "group": sample.group,
            "entitlement": sample.entitlement if sample.group.any() else 0.5 + 0.5 * of_unit[:, 4],
            "less": sample.entitlement * (0.5 + 0.5 * of_unit[:, 4]),
        }
    )


def said(frame: pd.DataFrame, place: Path, design: Design, given: dict[str, str], *, permuted: bool) -> str:
    """Return everything that a design says of a frame, given columns by option."""
    frame.to_csv(place / "rows.csv", index=False, float_format="%.17g")
    question, beside = (
        {WORDS.get(one, one): (given[one],) if one in SEVERAL else given[one] for one in names if one in given}
        for names in (EVERY, BESIDE)
    )
    asked = Question(
        outcome="y",
        exposure="dose",
        unit="unit",
        time="year",
        cluster="region",
        model=None,
        reference=BASELINE,
        window=OUTCOME,
        **question,  # type: ignore[arg-type]
    )
    columns = Columns(**beside)  # type: ignore[arg-type]
    rows = read_rows(place / "rows.csv", asked, columns.named)
    # Strata show in permutations only; without draws the rest takes a tenth of the time.
    draws = np.random.default_rng(1) if "stratum" in given or permuted else None
    found = answer_by_design(rows, asked, design, columns, draws)  # type: ignore[arg-type]
    return "".join(str(getattr(found, one.name).to_json()) for one in fields(found))


READ = [(name, option) for name, own in TAKES.items() for option in (*own.needs, *own.may)]
OF_ITS_OWN = ("comparable-groups", "group")
"""A test of its own below."""


@pytest.mark.parametrize(("name", "option"), [one for one in READ if one != OF_ITS_OWN])
def test_a_column_that_a_design_takes_changes_what_it_says(name: str, option: str, tmp_path: Path) -> None:
    own = TAKES[name]
    frame, options = _asked_of(name, option)
    needed = {one: one for one in own.needs}
    given = needed | {one: one for one in ({option, *own.together} if option in own.together else {option})}
    first, second = (frame, needed), (frame, given)
    if option in own.needs:
        first, second = (frame, given), (frame.assign(**{option: _other(frame, option)}), given)
    design, without = made(name, options, controls=option == "control"), made(name, options)
    told = [
        said(rows, tmp_path, kind, columns, permuted=option == "stratum")
        for (rows, columns), kind in ((first, without), (second, design))
    ]
    assert told[0] != told[1]


def _asked_of(name: str, option: str) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Return a frame in which an option of a design can show, and what else is asked of the design."""
    if option == "offset" and name in COUNTS:
        return shaped(COUNTS[name]), (("outcome_model", "poisson"),)
    frame = shaped("gaps" if option in {"group", "entitlement"} and not TAKES[name].needs else SHAPE[name])
    if name == "joint-dose-event-study" and option in {"group", "entitlement"}:
        return shaped("gaps"), ()
    if name == "change-since-baseline":  # in a balanced panel effects of groups change nothing
        return frame.sample(frac=0.9, random_state=1), ()
    if name == "comparable-groups":
        return frame.drop_duplicates(["unit", "year"]) if option != "group" else frame, (("neighbours", "2"),)
    return frame, (("cuts", "0.4,0.5,0.6"),) if name == "ordered-outcome" else ()


def test_groups_make_several_rows_of_a_unit_several_cases(tmp_path: Path) -> None:
    frame, options = _asked_of("comparable-groups", "group")
    design = made("comparable-groups", options)
    with pytest.raises(NotIdentified, match="96 rows of 2014 repeat a unit; give one row for each unit, and group"):
        said(frame, tmp_path, design, {}, permuted=False)
    assert '"n_obs":{"0":' in said(frame, tmp_path, design, {"group": "group"}, permuted=False)


def _other(frame: pd.DataFrame, option: str) -> np.ndarray:
    """Return another column in place of one that a design cannot do without."""
    if option == "group":
        return ((frame["group"] + frame["unit"]) % 2).to_numpy()
    return frame[{"entitlement": "less", "mediator": "offset"}.get(option, "placebo")].to_numpy()


UNREAD = [(name, option) for name, own in TAKES.items() for option in (*EVERY, *BESIDE) if (name, option) not in READ]


@pytest.mark.parametrize(("name", "option"), UNREAD)
def test_a_column_that_a_design_would_not_read_is_refused(name: str, option: str, tmp_path: Path) -> None:
    words = [word for one in (*TAKES[name].needs, option) for word in (f"--{one}", one)]
    with pytest.raises(EstimationError, match=f"{name} would not read --{option}; it takes --"):
        ask(tmp_path, name, *words)


def test_columns_that_go_together_are_asked_for_together(tmp_path: Path) -> None:
    with pytest.raises(EstimationError, match="takes --group and --entitlement together"):
        ask(tmp_path, "joint-dose-event-study", "--other", "other", "--group", "group")


NEEDED = [(name, option) for name, own in TAKES.items() for option in own.needs]


@pytest.mark.parametrize(("name", "option"), NEEDED)
def test_a_column_that_a_design_needs_is_asked_for(name: str, option: str, tmp_path: Path) -> None:
    words = [word for one in TAKES[name].needs if one != option for word in (f"--{one}", one)]
    with pytest.raises(EstimationError, match=f"{name} needs --{option}; stoeval estimate --help"):
        ask(tmp_path, name, *words)


def ask(place: Path, name: str, *words: str) -> None:
    """Call the command on a file that is not there, and raise what it raises."""
    columns = ("--outcome", "y", "--exposure", "dose", "--unit", "unit", "--time", "year", "--cluster", "region")
    file = str(place / "rows.csv")
    found = CliRunner().invoke(app, ["estimate", file, *columns, "--design", name, "--reference", "2017", *words])
    assert found.exception is not None
    raise found.exception


def test_help_names_every_design_with_what_it_takes_and_every_option_of_it() -> None:
    assert set(TAKES) == set(known_designs())
    told = " ".join(CliRunner().invoke(app, ["estimate", "--help"], env={"COLUMNS": "400"}).output.split())
    for name, own in (MODELS | TAKES).items():
        assert f"{name} exposure: {own.exposure}" in told
    for kind in known_designs().values():
        for option in fields(kind):  # type: ignore[arg-type]
            assert f"--option {option.name}=" in told
    assert "aggregation=period|simple|cohort|event time" in told


def test_the_exposure_that_help_names_is_the_one_that_the_cause_of_a_design_has() -> None:
    first = {name for name, own in TAKES.items() if own.exposure is Exposed.FIRST}
    assert first == {name for name, kind in known_designs().items() if kind.causes == (ApprovalRound,)}
