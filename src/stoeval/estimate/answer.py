"""The answer to a question: a fit, every covariance of it, and the second opinion of the evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.designs.event_time import EventTime
from stoeval.designs.robustness import Study, band, honest_intervals, robustness
from stoeval.errors import EstimationError, NotIdentified
from stoeval.estimate.question import WITH_PATH, Model
from stoeval.inference.absorption import dense_codes
from stoeval.inference.cluster_robust import crv
from stoeval.inference.clustering import Convention, Kind, contrast
from stoeval.inference.power import minimum_detectable_effect
from stoeval.inference.regression import Regression, solve
from stoeval.runs.tables import ESTIMATES
from stoeval.vocabulary import Robustness, Sample

if TYPE_CHECKING:
    from stoeval.estimate.question import Question
    from stoeval.estimate.rows import Rows
    from stoeval.inference.clustering import Contrast
    from stoeval.vocabulary import Floats, Integers

MOST_DUMMIES = 400
"""An effect across clusters enters as columns up to this many levels, and is absorbed beyond it."""
OFFERED = tuple(
    (kind, convention)
    for kind, conventions in {
        Kind.CRV1: (Convention.FIXEST, Convention.STATA, Convention.LINEARMODELS, Convention.CLUBSANDWICH),
        Kind.CRV2: (Convention.CLUBSANDWICH,),
        Kind.CRV3: (Convention.SUMMCLUST, Convention.CLUBSANDWICH, Convention.FIXEST),
    }.items()
    for convention in conventions
)
"""Every covariance that is printed, by kind and convention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """How the uncertainty of an estimate is made."""

    kind: Kind = Kind.CRV3
    convention: Convention | None = None
    level: float = 0.95
    draws: int = 9_999
    """Of the wild bootstrap and of permutations."""
    honest: bool = False
    """Whether intervals under violations of parallel trends are made."""

    def __post_init__(self) -> None:
        if not 0 < self.level < 1 or self.draws < 1:
            message = f"level {self.level} must lie between 0 and 1, and draws {self.draws} must be at least 1"
            raise EstimationError(message)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One estimate of a file, as tables with machine names."""

    estimates: pd.DataFrame
    """One row, with the columns of the same table of a run."""
    covariances: pd.DataFrame
    """The same estimate under every kind and convention that exists for it."""
    robustness: pd.DataFrame
    event_study: pd.DataFrame
    """Empty where the model has no path."""
    honest: pd.DataFrame
    """Intervals under violations of parallel trends; empty where they were not asked for."""
    checks: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The checks of a design; empty for a plain regression."""
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rows with an empty cell, by column and in all; empty where there are none."""


def answer(rows: Rows, question: Question, inference: Inference, generator: np.random.Generator) -> Answer:
    """Estimate what a question asks of the rows of a file.

    Raises EstimationError where columns do not fit the model, and NotIdentified where the rows cannot answer.
    """
    drawn = generator.spawn(3)
    study = _study(rows, question, inference)
    effect = contrast(study.fit.coefficients, study.covariance, study.combination, level=inference.level)
    found = robustness(study, drawn[0], draws=inference.draws, level=inference.level)
    return Answer(
        estimates=pd.DataFrame([_estimate(study, effect, question)], columns=list(ESTIMATES)),
        covariances=_covariances(study, inference.level),
        robustness=pd.DataFrame([robustness_row(found)]),
        event_study=_path(study, inference, drawn[1]),
        honest=honest_intervals(study, drawn[2], level=inference.level) if inference.honest else pd.DataFrame(),
        left_out=left_out(rows),
    )


def left_out(rows: Rows) -> pd.DataFrame:
    """Return how many rows each column leaves out by an empty cell, and all together."""
    lines = [*rows.empty, ("any of these", rows.dropped)] if rows.dropped else []
    return pd.DataFrame(lines, columns=["empty", "rows"])


def _study(rows: Rows, question: Question, inference: Inference) -> Study:
    sample = sample_of(rows, question)
    regression = _regression(rows, question, sample)
    years: EventTime | None = None
    spread, combination, names = _alone, np.ones(1), [question.exposure]
    if question.model in WITH_PATH:
        years, combination = _event_time(sample, question)
        spread, names = partial(_spread, sample, years), [f"{question.exposure} x {period}" for period in years.years]
    columns = spread(sample.dose)
    fitted = solve(regression, columns, names)
    return Study(
        sample=sample,
        regression=regression,
        columns=columns,
        fit=fitted,
        covariance=crv(fitted, inference.kind, inference.convention),
        combination=combination,
        years=years,
        spread=spread if years else None,
    )


def sample_of(rows: Rows, question: Question) -> Sample:
    """Return the columns that every model uses as a sample."""
    outcome = rows.numbers(question.outcome)
    ones, n = np.ones(len(outcome)), len(outcome)
    cluster = rows.codes(question.cluster)
    return Sample(
        outcome=outcome,
        outcome_low=outcome,
        outcome_high=outcome,
        unit=rows.codes(question.unit),
        group=rows.codes(question.group) if question.group else np.zeros(n, dtype=np.int64),
        period=rows.periods(question.time),
        cluster=cluster,
        stratum=np.zeros(n, dtype=np.int64),
        dose=rows.numbers(question.exposure),
        entitlement=_shares(rows, question.entitlement) if question.entitlement else ones,
        conditioning=np.empty((n, 0)),
        weight=rows.numbers(question.weights) if question.weights else ones,
        offset=_logarithm(rows, question.offset) if question.offset else 0 * ones,
        placebo_doses=(),
        unit_names=(),
        cluster_names=tuple(map(str, range(int(cluster.max()) + 1))),
        dropped=(("an empty cell", rows.dropped),),
    )


def _shares(rows: Rows, column: str) -> Floats:
    values = rows.numbers(column)
    wrong = int(((values < 0) | (values > 1)).sum())
    if wrong:
        message = f"column {column}: {wrong} of {len(values)} entitlements lie outside 0 to 1; give shares"
        raise EstimationError(message)
    return values


def _logarithm(rows: Rows, column: str) -> Floats:
    values = rows.numbers(column)
    wrong = int((values <= 0).sum())
    if wrong:
        message = f"column {column}: {wrong} of {len(values)} offsets are not positive; leave those rows out"
        raise EstimationError(message)
    return np.log(values)


def _regression(rows: Rows, question: Question, sample: Sample) -> Regression:
    """Sort the effects of a model into those nested in clusters, few levels across them, and many."""
    named = [question.unit, question.time]
    if question.model is Model.DDD:
        unit, time, group = question.unit, question.time, question.group
        named = [f"{unit}:{time}", f"{unit}:{group}", f"{group}:{time}"]
    effects = [rows.codes(name) for name in (*named, *question.absorb)]
    nested = [codes for codes in effects if _is_nested(codes, sample.cluster)]
    across = [codes for codes in effects if not _is_nested(codes, sample.cluster)]
    many = [codes for codes in across if codes.max() >= MOST_DUMMIES]
    if many:
        message = (
            f"{len(many)} effects run across the clusters with {int(max(codes.max() for codes in many)) + 1} levels; "
            f"at most {MOST_DUMMIES} are carried as columns; cluster at a level that holds them"
        )
        raise NotIdentified(message)
    poisson = question.model is Model.PPML
    return Regression(
        outcome=sample.outcome,
        cluster=sample.cluster,
        nested=nested,
        crossed=across,
        controls=np.column_stack([rows.numbers(name) for name in question.controls]) if question.controls else None,
        weights=None if poisson else sample.weight,
        offset=sample.offset if poisson else None,
    )


def _is_nested(codes: Integers, cluster: Integers) -> bool:
    return bool(dense_codes(codes, cluster).max() == codes.max())


def _event_time(sample: Sample, question: Question) -> tuple[EventTime, Floats]:
    """Return the periods around the reference, and the mean of the window as a combination of them."""
    observed = sorted({int(period) for period in sample.period})
    if question.reference not in observed:
        message = f"the reference {question.reference} is not observed; observed are {observed}"
        raise EstimationError(message)
    years = EventTime(reference=question.reference, years=tuple(one for one in observed if one != question.reference))
    window = question.window or tuple(one for one in years.years if one > question.reference)
    unseen = [period for period in window if period not in years.years]
    if unseen or not window:
        message = f"{len(unseen)} periods of the window are not observed: {unseen}; observed are {observed}"
        raise EstimationError(message)
    _refuse_moving(sample, question)
    return years, np.array([(period in window) / len(window) for period in years.years])


def _refuse_moving(sample: Sample, question: Question) -> None:
    """Raise where the exposure moves within a unit, whose event study would then use later exposure earlier."""
    values = np.unique(sample.dose, return_inverse=True)[1]
    moving = int(dense_codes(sample.unit, values).max()) - int(sample.unit.max())
    if moving:
        message = (
            f"column {question.exposure} takes {moving} further values within units; an event study takes one value "
            "a unit, such as the dose or whether the unit is ever treated; use twfe for an exposure that moves"
        )
        raise EstimationError(message)


def _alone(dose: Floats) -> Floats:
    return dose[:, None]


def _spread(sample: Sample, years: EventTime, dose: Floats) -> Floats:
    return years.columns(dose * sample.entitlement, sample.period)


def _estimate(study: Study, effect: Contrast, question: Question) -> dict[str, object]:
    before = study.sample.period == (question.reference if study.years else study.sample.period.min())
    own = {
        "link": f"{question.outcome} on {question.exposure}",
        "outcome": question.outcome,
        "exposure": question.exposure,
        "design": question.model or "",
        "effect": effect.effect,
        "std_error": effect.std_error,
        "ci_low": effect.ci_low,
        "ci_high": effect.ci_high,
        "ci_level": effect.ci_level,
        "p_value": effect.p_value,
        "df": effect.df,
        "n_obs": study.fit.n_obs,
        "n_units": len(np.unique(study.sample.unit[study.fit.rows])),
        "n_clusters": study.fit.n_clusters,
        "unit": "log points" if study.regression.logarithmic else question.outcome,
        "baseline_mean": float(np.average(study.sample.outcome[before], weights=study.sample.weight[before])),
        "mde": minimum_detectable_effect(effect.std_error, effect.df),
        "convention": study.covariance.convention,
        "n_masked": 0,
    }
    return dict.fromkeys(ESTIMATES) | own


def _covariances(study: Study, level: float) -> pd.DataFrame:
    lines = []
    for kind, convention in OFFERED:
        line: dict[str, object] = {"kind": kind.value, "convention": convention.value}
        try:
            found = contrast(study.fit.coefficients, crv(study.fit, kind, convention), study.combination, level=level)
        except EstimationError as error:
            lines.append(line | {"absent": str(error)})
            continue
        names = ("std_error", "df", "ci_low", "ci_high", "p_value")
        lines.append(line | {name: getattr(found, name) for name in names} | {"absent": ""})
    return pd.DataFrame(lines)


def robustness_row(found: Robustness) -> dict[str, object]:
    """Return a second opinion as a row."""
    absent = " | ".join(f"{name}: {reason}" for name, reason in found.absent)
    return {name: getattr(found, name) for name in Robustness.__slots__} | {"absent": absent}


def _path(study: Study, inference: Inference, generator: np.random.Generator) -> pd.DataFrame:
    if study.years is None:
        return pd.DataFrame()
    together = band(study, generator, level=inference.level)
    lines = []
    for position, period in enumerate(study.years.years):
        weights = np.zeros(study.fit.k)
        weights[position] = 1.0
        one = contrast(study.fit.coefficients, study.covariance, weights, level=inference.level)
        lines.append(
            {
                "period": period,
                "effect": one.effect,
                "std_error": one.std_error,
                "ci_low": one.ci_low,
                "ci_high": one.ci_high,
                "band_low": None if together is None else float(together.low[position]),
                "band_high": None if together is None else float(together.high[position]),
            }
        )
    return pd.DataFrame(lines)
