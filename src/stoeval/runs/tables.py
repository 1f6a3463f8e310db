"""A run as tidy tables with machine names: full precision, nothing rounded."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from stoeval.vocabulary import RECORDS, Finding, Untestable

if TYPE_CHECKING:
    from stoeval.vocabulary import Result, Run

ESTIMATES = (
    "measurement",
    "hypothesis",
    "link",
    "role",
    "outcome",
    "exposure",
    "design",
    "population",
    "effect",
    "std_error",
    "ci_low",
    "ci_high",
    "ci_level",
    "p_value",
    "p_adjusted",
    "df",
    "n_obs",
    "n_units",
    "n_clusters",
    "unit",
    "baseline_mean",
    "mde",
    "identification_class",
    "convention",
    "expected",
    "bound_low",
    "bound_high",
    "n_masked",
)
ROBUSTNESS = (
    "measurement",
    "hypothesis",
    "link",
    "wild_p",
    "wild_low",
    "wild_high",
    "wild_method",
    "permutation_p",
    "permutation_p_low",
    "permutation_p_high",
    "permutation_method",
    "breakdown",
    "pre_test_power",
    "leave_out_low",
    "leave_out_high",
    "effective_clusters",
    "masked_low",
    "masked_high",
    "equivalence_bound",
    "absent",
)
EVENT_STUDY = (
    "hypothesis",
    "link",
    "school_year",
    "effect",
    "std_error",
    "ci_low",
    "ci_high",
    "reference",
    "band_low",
    "band_high",
)
CHECKS = ("hypothesis", "link", "check", "passed", "statistic", "threshold", "detail")
VERDICTS = ("measurement", "hypothesis", "conclusion", "identification_class", "because")
LINKS = (
    "measurement",
    "hypothesis",
    "link",
    "role",
    "cause",
    "effect",
    "expected",
    "testable",
    "reason",
    "missing",
)
SYNTHESES = {name: tuple(one.name for one in fields(record)) for name, record in RECORDS.items()}
"""Columns of the file of each kind of synthesis: the fields of its record."""
COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""First characters of a text that a spreadsheet takes for a formula."""
SEPARATOR = " | "
"""Between the reasons of a verdict, and of numbers that do not exist."""


def tables(run: Run) -> dict[str, pd.DataFrame]:
    """Return the tables of a run by file name without ending."""
    findings = [(result, result.finding) for result in run.results if isinstance(result.finding, Finding)]
    return {
        "estimates": pd.DataFrame([_estimate(run, *pair) for pair in findings], columns=list(ESTIMATES)),
        "robustness": pd.DataFrame([_robustness(run, *pair) for pair in findings], columns=list(ROBUSTNESS)),
        "event_study": pd.DataFrame([row for pair in findings for row in _path(*pair)], columns=list(EVENT_STUDY)),
        "checks": pd.DataFrame([row for pair in findings for row in _checks(*pair)], columns=list(CHECKS)),
        "verdicts": pd.DataFrame(_verdicts(run), columns=list(VERDICTS)),
        "links": pd.DataFrame([_link(run, result) for result in run.results], columns=list(LINKS)),
        **{
            name: pd.DataFrame([_plain(one) for one in getattr(run.synthesis, name)], columns=list(columns))
            for name, columns in SYNTHESES.items()
        },
    }


def _plain(record: Any) -> dict[str, object]:  # noqa: ANN401 - any record of a synthesis
    """Return a record as a row; a name from a delivery that a spreadsheet would compute gets an apostrophe."""
    return {
        name: f"'{value}" if isinstance(value, str) and value.startswith(COMPUTED) else value
        for name, value in asdict(record).items()
    }


def _estimate(run: Run, result: Result, finding: Finding) -> dict[str, object]:
    link, estimate = result.link, finding.estimate
    design = "" if isinstance(link.design, Untestable) else link.design.name
    own = {
        "measurement": run.measurement.name,
        "hypothesis": result.hypothesis,
        "link": link.name,
        "role": link.role.value,
        "outcome": link.effect.name,
        "exposure": link.cause.name,
        "design": design,
        "population": link.population,
        "p_adjusted": result.p_adjusted,
        "identification_class": finding.identification_class.value,
        "expected": link.expected.at(run.measurement.phase).value,
    }
    return own | {name: getattr(estimate, name) for name in ESTIMATES if name not in own}


def _robustness(run: Run, result: Result, finding: Finding) -> dict[str, object]:
    own = {
        "measurement": run.measurement.name,
        "hypothesis": result.hypothesis,
        "link": result.link.name,
        "absent": SEPARATOR.join(f"{name}: {reason}" for name, reason in finding.robustness.absent),
    }
    return own | {name: getattr(finding.robustness, name) for name in ROBUSTNESS if name not in own}


def _path(result: Result, finding: Finding) -> list[dict[str, object]]:
    return [
        {
            "hypothesis": result.hypothesis,
            "link": result.link.name,
            "school_year": str(point.period),
            "effect": point.effect,
            "std_error": point.std_error,
            "ci_low": point.ci_low,
            "ci_high": point.ci_high,
            "reference": point.reference,
            "band_low": point.band_low,
            "band_high": point.band_high,
        }
        for point in finding.path
    ]


def _checks(result: Result, finding: Finding) -> list[dict[str, object]]:
    return [
        {
            "hypothesis": result.hypothesis,
            "link": result.link.name,
            "check": check.name,
            "passed": check.passed,
            "statistic": check.statistic,
            "threshold": check.threshold,
            "detail": check.detail,
        }
        for check in finding.checks
    ]


def _verdicts(run: Run) -> list[dict[str, object]]:
    return [
        {
            "measurement": run.measurement.name,
            "hypothesis": verdict.hypothesis,
            "conclusion": verdict.conclusion.value,
            "identification_class": None
            if verdict.identification_class is None
            else verdict.identification_class.value,
            "because": SEPARATOR.join(verdict.because),
        }
        for verdict in run.verdicts
    ]


def _link(run: Run, result: Result) -> dict[str, object]:
    untestable = result.finding if isinstance(result.finding, Untestable) else None
    return {
        "measurement": run.measurement.name,
        "hypothesis": result.hypothesis,
        "link": result.link.name,
        "role": result.link.role.value,
        "cause": result.link.cause.name,
        "effect": result.link.effect.name,
        "expected": result.link.expected.at(run.measurement.phase).value,
        "testable": untestable is None,
        "reason": "" if untestable is None else untestable.reason,
        "missing": "" if untestable is None else "; ".join(delivery.value for delivery in untestable.missing),
    }
