"""Any file put to any design: columns become a sample, the finding becomes the tables of a run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, get_type_hints

import numpy as np
import pandas as pd

from stoeval.designs.discovery import dashed, known_designs
from stoeval.errors import EstimationError
from stoeval.estimate.answer import Answer, left_out, robustness_row, sample_of
from stoeval.estimate.first_periods import first_periods
from stoeval.estimate.taken import TAKES, Exposed
from stoeval.estimate.wording import in_words_of_the_file
from stoeval.runs.tables import CHECKS, ESTIMATES
from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    ApprovalRound,
    Delivery,
    Estimand,
    Exposure,
    Indicator,
    Level,
    Programme,
    RegionalBudget,
    SchoolYear,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.estimate.question import Question
    from stoeval.estimate.rows import Rows
    from stoeval.vocabulary import Check, Design, ExposureRule, Finding, Integers, Sample

OF_A_FILE: dict[str, dict[str, object]] = {"delayed-approval": {"first_years": ()}, "ordered-outcome": {"cuts": ()}}
"""Options that are something else in a file: the exposure is the first year itself, and values are categories."""
WITH_CONTROLS: dict[str, dict[str, object]] = {"staggered-adoption": {"conditions": True}}
"""Options that follow from a control."""
UNITS = (Level.VESTIGING, Level.REGION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns that only some designs ask for."""

    low: str = ""
    high: str = ""
    """Lowest and highest admissible outcome, where counts are masked."""
    stratum: str = ""
    mediator: str = ""
    others: tuple[str, ...] = ()
    """Doses of other lines beside the exposure."""
    placebos: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = field(default=())
    """Fields of the design, as text."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is used."""
        one = (self.low, self.high, self.stratum, self.mediator)
        return tuple(dict.fromkeys(name for name in (*one, *self.others, *self.placebos) if name))


def needs_first_period(design: Design) -> bool:
    """Say whether the exposure is the first treated period of a unit, which may be empty for never."""
    takes = TAKES.get(dashed(design))
    return takes is not None and takes.exposure is Exposed.FIRST and not getattr(design, "first_years", ())


def answer_by_design(
    rows: Rows, question: Question, design: Design, columns: Columns, generator: np.random.Generator
) -> Answer:
    """Estimate what a design finds in the rows of a file, with its checks and second opinion.

    Raises EstimationError where columns do not fit, and NotIdentified where the rows cannot answer.
    """
    notes: list[Check] = []
    if needs_first_period(design):
        rows, note = first_periods(rows, question)
        notes.append(note)
    sample = _sample(rows, question, columns)
    _refuse_misplaced(sample, question, dashed(design))
    estimand = _estimand(question, design, sample, rows)
    found = design.find(estimand, sample, generator=generator, confirm=True)
    told = partial(in_words_of_the_file, rows=rows, question=question)
    checks = pd.DataFrame(
        [{name: getattr(one, name, one.name) for name in CHECKS[2:]} for one in (*found.checks, *notes)]
    )
    opinion = robustness_row(found.robustness)
    return Answer(
        estimates=pd.DataFrame([_estimate(found, question, design)], columns=list(ESTIMATES)),
        covariances=pd.DataFrame(),
        robustness=pd.DataFrame([opinion | {"absent": told(str(opinion["absent"]))}]),
        event_study=_path(found),
        honest=pd.DataFrame(),
        checks=checks.assign(detail=[told(detail) for detail in checks["detail"]]),
        left_out=left_out(rows),
    )


def _refuse_misplaced(sample: Sample, question: Question, name: str) -> None:
    """Raise where units lie in several clusters, or have several doses, and the design takes them for one."""
    takes = TAKES.get(name)
    if takes is None:
        return
    units = int(sample.unit.max()) + 1
    spread = _several(sample.unit, sample.cluster)
    if takes.once and spread:
        message = (
            f"column {question.unit}: {spread} of {units} units lie in several clusters of {question.cluster}; "
            f"{name} takes a unit out with its cluster; cluster at the unit or above it, or ask for twfe"
        )
        raise EstimationError(message)
    if "group" in takes.needs and not _several(sample.unit, sample.group):
        message = (
            f"column {question.group}: each of {units} units lies in one group; {name} compares groups within units"
        )
        raise EstimationError(message)
    moving = _several(sample.unit, np.unique(sample.dose, return_inverse=True)[1])
    if takes.exposure is Exposed.FIXED and moving:
        message = (
            f"column {question.exposure}: the exposure moves within {moving} of {units} units; {name} takes one value "
            "a unit, such as its dose or whether it is ever treated; use panel-regression or twfe for one that moves"
        )
        raise EstimationError(message)


def _several(unit: Integers, values: Integers) -> int:
    """Count the units that have more than one value."""
    pairs = np.unique(np.column_stack([unit, values]), axis=0)
    return int((np.unique(pairs[:, 0], return_counts=True)[1] > 1).sum())


def made(name: str, options: tuple[tuple[str, str], ...], *, controls: bool = False) -> Design:
    """Return a design by its name, with options given as text; `controls` says that the file gives some.

    Raises EstimationError at a name or an option that no design has, and at a value that does not fit.
    """
    known = known_designs()
    if name not in known:
        message = f"design {name!r} is unknown; known are {', '.join(known)}"
        raise EstimationError(message)
    kind, given = known[name], dict(options)
    hints = get_type_hints(kind)
    own = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(given) - set(own))
    if unknown:
        message = f"{name} has no option {', '.join(unknown)}; it has {', '.join(own) or 'none'}"
        raise EstimationError(message)
    values = {option: _value(name, option, text, hints[option]) for option, text in given.items()}
    follows = WITH_CONTROLS.get(name, {}) if controls else {}
    return kind(**(OF_A_FILE.get(name, {}) | follows | values))


def options_of(name: str) -> tuple[str, ...]:
    """Return the options of a design that text can give, with the values of those that are words."""
    kind = known_designs()[name]
    hints = get_type_hints(kind)
    plain = made(name, ())
    return tuple(_option(one.name, hints[one.name], getattr(plain, one.name)) for one in fields(plain))  # type: ignore[arg-type]


def _option(name: str, kind: object, value: object) -> str:
    """Return an option with what it is unless said otherwise, that first where it is one of several words."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"{name}={'|'.join([str(value), *(one for one in kind if one != value)])}"
    if isinstance(value, bool):
        return f"{name}={str(value).lower()}|{str(not value).lower()}"
    return f"{name}={value if isinstance(value, (int, float)) else '...'}"


def _value(design: str, option: str, text: str, kind: object) -> object:
    """Return an option as its field takes it."""
    words = isinstance(kind, type) and issubclass(kind, StrEnum)
    reader = kind if words else READERS.get(kind)
    if not callable(reader):
        message = f"{design}: option {option} cannot be given on the command line; use the design in Python"
        raise EstimationError(message)
    try:
        return reader(text)
    except (ValueError, KeyError) as error:
        expected = ", ".join(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else kind
        message = f"{design}: option {option} does not take {text!r}; it takes {expected}"
        raise EstimationError(message) from error


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _amount_in_year(text: str) -> tuple[SchoolYear, float]:
    """Read an amount in a year, such as 2020:0.5."""
    year, amount = text.split(":")
    return SchoolYear(start=int(year)), float(amount)


READERS: dict[object, Callable[[str], object]] = {
    bool: lambda text: {"true": True, "false": False}[text.lower()],
    int: int,
    float: float,
    float | None: float,
    str: str,
    tuple[str, ...]: _parts,
    tuple[float, ...]: lambda text: tuple(map(float, _parts(text))),
    tuple[SchoolYear, ...]: lambda text: tuple(SchoolYear(start=int(part)) for part in _parts(text)),
    tuple[tuple[SchoolYear, float], ...]: lambda text: tuple(map(_amount_in_year, _parts(text))),
}
"""How each kind of field is read from text."""


def _sample(rows: Rows, question: Question, columns: Columns) -> Sample:
    """Return the columns of a file as a sample."""
    own = sample_of(rows, question)
    beside = [rows.numbers(name) for name in question.controls]
    others = [rows.numbers(name) for name in columns.others]
    if others:
        beside.append(own.dose + np.sum(others, axis=0))
    return replace(
        own,
        outcome_low=rows.numbers(columns.low) if columns.low else own.outcome,
        outcome_high=rows.numbers(columns.high) if columns.high else own.outcome,
        stratum=rows.codes(columns.stratum) if columns.stratum else own.stratum,
        conditioning=np.column_stack(beside) if beside else own.conditioning,
        placebo_doses=tuple((name, rows.numbers(name)) for name in columns.placebos),
        unit_names=rows.labels(question.unit),
        cluster_names=rows.labels(question.cluster),
        other_lines=np.column_stack(others) if others else None,
        mediator=rows.numbers(columns.mediator) if columns.mediator else None,
    )


def _estimand(question: Question, design: Design, sample: Sample, rows: Rows) -> Estimand:
    """Return what is asked, in the nouns of the evaluation."""
    observed = sorted({int(period) for period in sample.period})
    if question.reference is None:
        message = f"{design.name} needs a reference period; observed are {observed}"
        raise EstimationError(message)
    outcome = question.window or tuple(one for one in observed if one > question.reference)
    unseen = [one for one in (question.reference, *outcome) if one not in observed]
    if unseen or not outcome:
        message = f"{len(unseen)} periods are not observed: {unseen}; observed are {observed}"
        raise EstimationError(message)
    level = _level(design, by_group=bool(question.group))
    effect = _indicator(question.outcome, level, rows)
    rules = [rule for rule in (_rule(kind, question) for kind in design.causes) if rule is not None]
    cause = _exposure(question.exposure, rules[0]) if rules else _indicator(question.exposure, level, rows)
    return Estimand(
        cause=cause,
        effect=effect,
        population="all",
        window=Window(
            baseline=(SchoolYear(start=question.reference),), outcome=tuple(SchoolYear(start=one) for one in outcome)
        ),
        mediator=None if sample.mediator is None else _indicator("mediator", level, rows),
    )


def _rule(kind: type, question: Question) -> ExposureRule | None:
    """Return a rule of this kind; it is never computed, since the file holds the dose."""
    year = SchoolYear(start=question.reference or 0)
    rules: dict[type, ExposureRule] = {
        RegionalBudget: RegionalBudget(counted=year),
        AanloopFormula: AanloopFormula(payments=()),
        ActivityLine: ActivityLine(line=question.exposure, counted=year),
        ApprovalRound: ApprovalRound(),
        Programme: Programme(),
    }
    return rules.get(kind)


def _exposure(name: str, rule: ExposureRule) -> Exposure:
    unit = "" if isinstance(rule, (ApprovalRound, Programme)) else f"per unit of {name}"
    return Exposure(name=name, label=name, label_en=name, unit=unit, definition=name, source="file", rule=rule)


def _level(design: Design, *, by_group: bool) -> Level:
    """Return a level of outcomes that a design takes, one with groups within units where the file has them."""
    fitting = [one for one in design.levels if (one not in UNITS) is by_group]
    return (*fitting, design.levels[0])[0]


def _indicator(name: str, level: Level, rows: Rows) -> Indicator:
    return Indicator(
        name=name,
        label=name,
        label_en=name,
        goal="",
        unit=name,
        level=level,
        source=f"{len(rows.frame)} rows of a file",
        delivery=Delivery.ENROLMENT,
    )


def _estimate(found: Finding, question: Question, design: Design) -> dict[str, object]:
    own = {
        "link": f"{question.outcome} on {question.exposure}",
        "outcome": question.outcome,
        "exposure": question.exposure,
        "design": design.name,
        "identification_class": found.identification_class.value,
    }
    taken = {name: getattr(found.estimate, name) for name in ESTIMATES if hasattr(found.estimate, name)}
    return dict.fromkeys(ESTIMATES) | taken | own


def _path(found: Finding) -> pd.DataFrame:
    names = ("effect", "std_error", "ci_low", "ci_high", "band_low", "band_high")
    points = [point for point in found.path if not point.reference]
    return pd.DataFrame([{"period": one.period.start} | {name: getattr(one, name) for name in names} for one in points])
