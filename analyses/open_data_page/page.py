"""The page on what open data show: tables and sentences from two stored runs, in the words that each class allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from open_data_page.numbers import LEAST, interval, numbered, probability, school_years
from open_data_page.trap import trap

from stoeval.vocabulary import IdentificationClass, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from open_data_page.recounts import Recounts

    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Catalogue, Measurement

LEVEL = 0.05
COMMAND = "python analyses/open_data.py --page docs/explanation/open_data_results.md"
NOT_TOLD_APART = "not told from zero"
INTRODUCTION = (
    f"Made by `{COMMAND}` from the public DUO files; the numbers are those of its runs. An estimate with a dose "
    "compares schools or regions that got more run-up money per pupil with those that got less; one of *the programme "
    "as a whole* only says how an indicator developed. STO's own regions are not public: RMC regions stand in for them."
)
MOVED = (
    "- The naive picture, in which technical shares fell off where the formula paid most, moves with the year of the "
    "count that the dose is built from. It is regression to the mean: what goes together between run-up money and the "
    "technical share of exam candidates is a *samenhang*, and no effect is shown in either direction."
)
STOOD = "- The naive picture does not move with the year of the count that the dose is built from."
EXPLAINED = (
    "*Detectable* is the smallest effect that would be found in four of five cases; *over masked counts* is the range "
    "of the estimate over all values that masked counts can have."
)
FORKED = (
    "Every declared way through the forks of a link. Ways that preserve the estimand and ways that change it are never "
    "pooled; *joint p* is the probability, under no effect anywhere, of a median as far from zero."
)
HEAD = (
    "",
    "link",
    "outcome",
    "compared over",
    "expected",
    "estimate [95 %]",
    "unit",
    "p",
    "detectable",
    "over masked counts",
    "class",
    "may be called",
)


def page(runs: Sequence[StoredRun], catalogue: Catalogue, found: Recounts, notes: Sequence[str]) -> str:
    """Return the page; the last run is the final measurement."""
    measurements = {one.name: one for one in catalogue.measurements}
    names = [str(run.manifest["measurement"]) for run in runs]
    parts = [
        "# What open data show, and what they cannot",
        INTRODUCTION,
        "## In short",
        _lines([_reach(runs[-1]), _told(runs[-1]), MOVED if found.alone.p_value < LEVEL else STOOD]),
        *(
            part
            for run, name in zip(reversed(runs), reversed(names), strict=True)
            for part in _estimated(run, measurements[name], catalogue)
        ),
        trap(found),
        "## Checks that were not passed",
        "Each may lower the class of its estimate; none raises it.",
        _lowered(runs[-1]),
        "## Other ways to the same numbers",
        FORKED,
        _forks(runs[-1]),
        "## What open data cannot say",
        _missing(runs[-1]),
        "## What the panel was built from",
        _lines(f"- {note}" for note in notes),
    ]
    return "\n\n".join(parts) + "\n"


def _reach(run: StoredRun) -> str:
    """Return how many links open data reach, and which verdicts follow."""
    verdicts = run.verdicts["conclusion"].value_counts()
    said = ", ".join(f"*{conclusion}* ({count})" for conclusion, count in verdicts.items())
    return (
        f"- {int(run.links['testable'].sum())} of {len(run.links)} links give an estimate at the final measurement. "
        f"The verdicts on the hypotheses are {said}."
    )


def _told(run: StoredRun) -> str:
    """Return how many estimates differ from zero, and what those with a dose may be called."""
    told = run.estimates[run.estimates["p_value"] < LEVEL]
    causal = told[told["identification_class"] != IdentificationClass.E]
    named = [
        f"H{row.hypothesis} {row.link} ({_words(row.effect, row.p_value, row.identification_class)})"
        for row in causal.itertuples()
    ]
    return (
        f"- {len(told)} of {len(run.estimates)} estimates differ from zero at 5 % by themselves, before any "
        f"correction for their number; of those with a dose {', '.join(named) or 'none'}. Nothing stronger than the "
        "word of its class may be said of any of them."
    )


def _estimated(run: StoredRun, measurement: Measurement, catalogue: Catalogue) -> list[str]:
    """Return the heading and table of the estimates of a measurement."""
    labels = {one.name: one.label_en for one in (*catalogue.indicators, *catalogue.exposures)}
    windows = "; ".join(
        f"{timing}: {school_years(window.outcome)} against {school_years(window.baseline)}"
        for timing, window in measurement.windows
    )
    rows = [
        (
            f"H{row.hypothesis}",
            row.link if row.role == Role.SECONDARY else f"{row.link} ({row.role})",
            labels.get(row.outcome, row.outcome),
            labels.get(row.exposure, row.exposure),
            row.expected,
            f"{numbered(row.effect)} {interval(row.ci_low, row.ci_high)}",
            row.unit,
            probability(row.p_value),
            numbered(row.mde),
            interval(row.bound_low, row.bound_high) if row.n_masked else "",
            row.identification_class,
            _words(row.effect, row.p_value, row.identification_class),
        )
        for row in run.estimates.itertuples()
    ]
    return [
        f"## Estimates at the {measurement.name} measurement",
        f"Windows: {windows}. {EXPLAINED}",
        _table(HEAD, rows),
    ]


def _words(effect: float, p_value: float, letter: str) -> str:
    if p_value >= LEVEL:
        return NOT_TOLD_APART
    return f"*{IdentificationClass(letter).word}*, {'positive' if effect > 0 else 'negative'}"


def _lowered(run: StoredRun) -> str:
    """Return the checks that were not passed, by link."""
    failed = run.checks[run.checks["passed"].eq(False)]  # noqa: FBT003 - a value in a column
    rows = [
        (f"H{row.hypothesis}", row.link, row.check, _statistic(row.statistic), row.detail)
        for row in failed.itertuples()
    ]
    return _table(("", "link", "check", "statistic", "what was seen"), rows)


def _forks(run: StoredRun) -> str:
    """Return the specification curves of the links that open data reach."""
    curves = run.synthesis["specification_curves"]
    rows = [
        (
            f"H{row.hypothesis}",
            row.link,
            row.kind,
            f"{row.estimated} of {row.specifications}",
            numbered(row.median),
            interval(row.lowest, row.highest),
            row.unit,
            _percent(row.share_significant),
            probability(row.joint_p),
        )
        for row in curves[curves["estimated"] > 0].itertuples()
    ]
    head = ("", "link", "kind", "estimated", "median", "lowest to highest", "unit", "significant", "joint p")
    return _table(head, rows)


def _statistic(value: float) -> str:
    """Return the number of a check; a p-value below what is printed is bounded."""
    return probability(value) if 0 < value < LEAST else numbered(value)


def _percent(share: float) -> str:
    return "" if pd.isna(share) else f"{share:.0%}"


def _missing(run: StoredRun) -> str:
    """Return each hypothesis with its verdict, and what its primary links lack."""
    links = run.links[run.links["role"] == "primary"]
    rows = []
    for verdict in run.verdicts.itertuples():
        own = links[(links["hypothesis"] == verdict.hypothesis) & ~links["testable"].astype(bool)]
        missing = dict.fromkeys(part for cell in own["missing"] for part in str(cell).split("; ") if part)
        rows.append((f"H{verdict.hypothesis}", f"*{verdict.conclusion}*", ", ".join(own["link"]), "; ".join(missing)))
    return _table(("", "verdict", "primary links without an estimate", "deliveries that would give one"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None or value != value else str(value).replace("|", "\\|")  # noqa: PLR0124 - NaN alone


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
