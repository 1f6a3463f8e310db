"""Any file put to any design: columns become a sample, the finding becomes the tables of a run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, cast, get_type_hints

import numpy as np
import pandas as pd

from stoeval import designs
from stoeval.errors import EstimationError
from stoeval.estimate.answer import Answer, robustness_row, sample_of
from stoeval.runs.tables import CHECKS, ESTIMATES
from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    ApprovalRound,
    Delivery,
    Estimand,
    Exposure,
    Indicator,
    Programme,
    RegionalBudget,
    SchoolYear,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.estimate.question import Question
    from stoeval.estimate.rows import Rows
    from stoeval.vocabulary import Design, ExposureRule, Finding, Sample

OF_A_FILE: dict[str, dict[str, object]] = {"delayed-approval": {"first_years": ()}}
"""Options that mean something else in a file: the exposure of a delayed approval is the first year itself."""


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


def known_designs() -> dict[str, type[Design]]:
    """Return every design by its name with dashes."""
    found: dict[str, type[Design]] = {}
    for module in iter_modules(designs.__path__, f"{designs.__name__}."):
        one: Any
        for _, one in getmembers(import_module(module.name), isclass):
            if one.__module__ == module.name and hasattr(one, "find") and hasattr(one, "ceiling"):
                found[str(one.name).replace(" ", "-")] = cast("type[Design]", one)
    return dict(sorted(found.items()))


def answer_by_design(
    rows: Rows, question: Question, design: Design, columns: Columns, generator: np.random.Generator
) -> Answer:
    """Estimate what a design finds in the rows of a file, with its checks and second opinion.

    Raises EstimationError where columns do not fit, and NotIdentified where the rows cannot answer.
    """
    sample = _sample(rows, question, columns)
    estimand = _estimand(question, design, sample, rows)
    found = design.find(estimand, sample, generator=generator, confirm=True)
    return Answer(
        estimates=pd.DataFrame([_estimate(found, question, design)], columns=list(ESTIMATES)),
        covariances=pd.DataFrame(),
        robustness=pd.DataFrame([robustness_row(found.robustness)]),
        event_study=_path(found),
        honest=pd.DataFrame(),
        checks=pd.DataFrame([{name: getattr(one, name, one.name) for name in CHECKS[2:]} for one in found.checks]),
    )


def made(name: str, options: tuple[tuple[str, str], ...]) -> Design:
    """Return a design by its name, with options given as text.

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
    return kind(**(OF_A_FILE.get(name, {}) | values))


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
    effect = _indicator(question.outcome, design, rows)
    rules = [rule for rule in (_rule(kind, question) for kind in design.causes) if rule is not None]
    cause = _exposure(question.exposure, rules[0]) if rules else _indicator(question.exposure, design, rows)
    return Estimand(
        cause=cause,
        effect=effect,
        population="all",
        window=Window(
            baseline=(SchoolYear(start=question.reference),), outcome=tuple(SchoolYear(start=one) for one in outcome)
        ),
        mediator=None if sample.mediator is None else _indicator("mediator", design, rows),
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
    return Exposure(
        name=name, label=name, label_en=name, unit=f"per unit of {name}", definition=name, source="file", rule=rule
    )


def _indicator(name: str, design: Design, rows: Rows) -> Indicator:
    return Indicator(
        name=name,
        label=name,
        label_en=name,
        goal="",
        unit=name,
        level=design.levels[0],
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
