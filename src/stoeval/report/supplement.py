"""Estimates that do not decide a verdict: in full where a hypothesis has no others, folded where it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.findings import FORMULA_INPUT, further_sentences
from stoeval.report.model import Further
from stoeval.report.paths import event_study_figure
from stoeval.report.second_opinion import second_opinion_table
from stoeval.report.tables import check_table, estimate_table
from stoeval.report.units import DOSES, split_unit
from stoeval.vocabulary import FormulaInput

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.model import EventStudyFigure
    from stoeval.report.stored import EstimateRow, MeasuredRun, PeriodRow
    from stoeval.vocabulary import Hypothesis, SchoolYear

MOST_FIGURES = 3
DRAWN = {"secondary", "robustness"}


def further(hypothesis: Hypothesis, edition: Edition) -> Further | None:
    """Return the estimates of a hypothesis that decide nothing; None where there are none."""
    number = hypothesis.number
    made = [make(number, "further", edition) for make in (estimate_table, second_opinion_table, check_table)]
    tables = tuple(table for table in made if table)
    if not tables:
        return None
    last = [run for run in edition.runs if run.further(number)][-1]
    shown = not any(run.primary(number) for run in edition.runs)
    return Further(
        shown=shown,
        lead=edition.wording.say("further.lead", measurement=edition.within(last)),
        findings=further_sentences(last, number, edition) if shown else (),
        figures=_figures(last, number, edition) if shown else (),
        tables=tables,
    )


def _figures(run: MeasuredRun, number: int, edition: Edition) -> tuple[EventStudyFigure, ...]:
    """Draw the paths of estimates of a dose, those of one outcome and exposure beside each other."""
    rows = [row for row in run.further(number) if row.role in DRAWN and split_unit(row.unit)[1] in DOSES]
    order = list(dict.fromkeys((row.outcome, row.exposure) for row in rows))
    rows.sort(key=lambda row: order.index((row.outcome, row.exposure)))
    drawn = [event_study_figure(row, run, edition, note=_note(row, run, edition)) for row in rows]
    return tuple(figure for figure in drawn if figure)[:MOST_FIGURES]


def _note(row: EstimateRow, run: MeasuredRun, edition: Edition) -> str:
    """Say what an estimate without the input of the formula shows, and that it decides nothing."""
    say = edition.wording.say
    decides = say("further.decides_nothing")
    if not run.failed(row, FORMULA_INPUT):
        return decides
    counted = _counted(row, run, edition)
    said = [say("further.naive", counted=counted)]
    peak = peak_year(run.path(row), counted)
    if peak is not None:
        said.append(say("further.naive_peak", peak=peak))
    return " ".join([*said, decides])


def _counted(row: EstimateRow, run: MeasuredRun, edition: Edition) -> SchoolYear:
    """Return the year whose count fixed the dose, or the baseline where the catalogue does not say."""
    link = edition.link(row)
    given = getattr(link.cause, "formula_input", None) if link else None
    rule = given.rule if given else None
    return rule.counted if isinstance(rule, FormulaInput) else max(edition.window(run, link).baseline)


def peak_year(path: tuple[PeriodRow, ...], counted: SchoolYear) -> SchoolYear | None:
    """Return the highest year where it lies at the count or next to it, with lower years on both sides; else None."""
    highest = max(path, key=lambda one: one.effect, default=None)
    years = [one.school_year for one in path]
    if highest is None or highest.school_year in {min(years), max(years)}:
        return None
    near = abs(highest.school_year.start - counted.start) <= 1
    return highest.school_year if near else None
