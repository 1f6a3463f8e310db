"""What an effect per pupil and euro comes to per million euro.

The regional dose is D = B / (1,000 N): budget B in euro a year over N pupils in leerjaar 3 and 4 of the
beroepsgerichte leerwegen. An effect b on the technical share of those pupils, as a fraction per EUR 1,000 per pupil and
year, moves b D N of them. A million a year more is D = 1,000 / N, so that

    extra technical pupils = b (1,000 / N) N = 1,000 b

whatever N is: pupils of leerjaar 3 and 4 together who are in a technical profile in an outcome year, where the region
has had a million a year since 2020. The same b is found among those who enter leerjaar 3; as a choice is kept for two
years, half of these pupils are new in each year. Money of earlier years does not enter: the number is that of a
lasting amount, reached in the outcome years, and not that of one million paid once. Over the four years of the
subsidy the region has then been paid up to four million.

Where dose and outcome are both euro per technical pupil and year, an effect is euro spent for each euro received, and
a million received is a million times that. Other outcomes have no number here: counts in log points need the number
of pupils at the start, exam candidates and gaps between leerwegen are not the pupils whom the dose is divided over.

The effect is assumed proportional to the dose and alike over pupils; the interval is that of the estimate times the
same factor. The words follow from the class of the finding: below B it is no effect of the money.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    BudgetStatement,
    Direction,
    Exposure,
    IdentificationClass,
    RegionalBudget,
    Role,
    Untestable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Finding, Link, Measurement, Result

LEVEL = 0.05
MILLION, PER_PUPIL = 1_000_000, 1_000
SHARES_OF_THE_PAID = (
    "technical_share_entrants",
    "technical_share_pupils",
    "technical_share_region",
)
"""Shares of the pupils over whom the regional dose is divided."""
SPENDING = ("investment_per_technical_pupil",)
PUPILS = "technical pupils in leerjaar 3 and 4 per EUR 1 million a year"
EUROS = "EUR invested per EUR 1 million received"
STATED = (Role.PRIMARY, Role.SECONDARY)


def budget_statements(measurement: Measurement, results: Sequence[Result]) -> tuple[BudgetStatement, ...]:
    """Return the effect per million euro of every link whose unit allows it, primary or secondary.

    A link whose outcome cannot respond yet at the measurement has no statement.
    """
    found = []
    for result in results:
        scale = per_million(result.link)
        if scale is None or result.link.role not in STATED:
            continue
        if result.link.expected.at(measurement.phase) is not Direction.NO_RESPONSE:
            found.append(_statement(result, *scale))
    return tuple(found)


def per_million(link: Link) -> tuple[float, str] | None:
    """Return what turns an effect into a number per million euro, and its unit; None where nothing does."""
    if not isinstance(link.cause, Exposure):
        return None
    rule, outcome = link.cause.rule, link.effect.name
    if isinstance(rule, (RegionalBudget, ActivityLine)) and outcome in SHARES_OF_THE_PAID:
        return MILLION / PER_PUPIL, PUPILS
    if isinstance(rule, AanloopFormula) and rule.per_technical_pupil and outcome in SPENDING:
        return float(MILLION), EUROS
    return None


def _statement(result: Result, factor: float, unit: str) -> BudgetStatement:
    blank = BudgetStatement(
        hypothesis=result.hypothesis,
        link=result.link.name,
        unit=unit,
        per_million=None,
        low=None,
        high=None,
        detectable=None,
        identification_class="",
        because="",
    )
    if isinstance(result.finding, Untestable):
        return replace(blank, because=result.finding.reason)
    estimate = result.finding.estimate
    return replace(
        blank,
        per_million=factor * estimate.effect,
        low=factor * estimate.ci_low,
        high=factor * estimate.ci_high,
        detectable=factor * estimate.mde,
        identification_class=result.finding.identification_class,
        because=_because(result.link, result.finding),
    )


def _because(link: Link, finding: Finding) -> str:
    """Return how the number may be read."""
    grade = finding.identification_class
    said = [f"{grade.word} (klasse {grade})"]
    if grade not in {IdentificationClass.A, IdentificationClass.B}:
        said.append("niet te lezen als opbrengst van het geld")
    if isinstance(link.cause, Exposure) and isinstance(link.cause.rule, ActivityLine):
        said.append("het gaat om geld dat bij een gelijk budget naar deze lijn verschuift")
    if finding.estimate.p_value < LEVEL:
        said.append("het interval sluit nul uit")
    else:
        said.append("niet te onderscheiden van nul; wat kleiner is dan het aantoonbare kan onopgemerkt zijn gebleven")
    return "; ".join(said)
