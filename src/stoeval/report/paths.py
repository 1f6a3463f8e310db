"""What the figures show: estimates year by year, and all primary links on one page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stoeval.report.model import (
    Cell,
    CoefficientFigure,
    CoefficientMark,
    CoefficientRow,
    Column,
    EventPoint,
    EventStudyFigure,
    Phase,
    Row,
    RowGroup,
    Table,
)
from stoeval.report.tables import level_of, variants

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun, PeriodRow
    from stoeval.vocabulary import Hypothesis, Window

PHASES = (("runup", 2018, 2019), ("transition", 2020, 2023), ("corona", 2019, 2020))
"""Money by formula, money by regional plan, and schools closed for corona, by the start of the school year."""

MARKS = ("outcome", "other", "reference")


def event_study_figure(row: EstimateRow, run: MeasuredRun, edition: Edition, note: str = "") -> EventStudyFigure | None:
    """Return the years of an estimate; None where its design has no years."""
    periods = [edition.shown_year(one, row) for one in run.path(row)]
    if len(periods) < 2:
        return None
    window = edition.window(run, edition.link(row))
    unit, level = edition.unit(row), level_of((row,), edition)
    anchor = f"h{row.hypothesis}-{run.measurement.phase.value}-{_slug(row.link)}"
    say = edition.wording.say
    return EventStudyFigure(
        anchor=anchor,
        title=say("figure.event_title", outcome=_named(row, run, edition)),
        description=_description(periods, window, unit, level, edition),
        caption=edition.caption(_caption(row, run, periods, edition), (run,)),
        axis=unit,
        points=tuple(_point(one, window) for one in periods),
        phases=tuple(
            Phase(label=say(f"figure.{kind}"), first=first, last=last, kind=kind) for kind, first, last in PHASES
        ),
        legend=_legend(periods, level, edition),
        table=_event_table(row, run, anchor, periods, edition),
        note=note,
    )


def _named(row: EstimateRow, run: MeasuredRun, edition: Edition) -> str:
    """Name an estimate by its outcome, by its exposure where the outcome has several, and by its variant."""
    alike = {one.exposure for one in run.estimates if _place(one) == _place(row)}
    exposure = f" ({edition.label(row.exposure)})" if len(alike) > 1 else ""
    return ", ".join([edition.label(row.outcome) + exposure, *variants(run, row, edition)])


def _place(row: EstimateRow) -> tuple[int, str, str, str]:
    return row.hypothesis, row.role, row.outcome, row.unit


def _caption(row: EstimateRow, run: MeasuredRun, periods: list[PeriodRow], edition: Edition) -> str:
    letter = row.identification_class.value
    return edition.wording.say(
        "figure.event_caption",
        outcome=_named(row, run, edition),
        reference=next((one.school_year for one in periods if one.reference), periods[0].school_year),
        measurement=edition.within(run),
        role=edition.wording.name("role", row.role),
        letter=letter,
        word=edition.wording.name("class_word", letter),
    )


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def _kind(row: PeriodRow, window: Window) -> str:
    if row.reference:
        return "reference"
    return "outcome" if row.school_year in window.outcome else "other"


def _point(row: PeriodRow, window: Window) -> EventPoint:
    return EventPoint(
        year=row.school_year.start,
        label=str(row.school_year),
        effect=row.effect,
        low=row.ci_low,
        high=row.ci_high,
        kind=_kind(row, window),
        band=None if row.band_low is None or row.band_high is None or row.reference else (row.band_low, row.band_high),
    )


def _legend(periods: list[PeriodRow], level: str, edition: Edition) -> tuple[tuple[str, str], ...]:
    marks = (*MARKS, "together") if any(one.band_low is not None for one in periods) else MARKS
    return tuple((mark, edition.wording.say(f"figure.legend_{mark}", level=level)) for mark in marks)


def _description(periods: list[PeriodRow], window: Window, unit: str, level: str, edition: Edition) -> str:
    numbers = edition.wording.numbers
    last = [one for one in periods if one.school_year in window.outcome] or periods[-1:]
    written = [numbers.estimate(one.effect, one.std_error) for one in sorted(last, key=lambda one: one.effect)]
    return edition.wording.say(
        "figure.event_description",
        level=level,
        first=periods[0].school_year,
        last=periods[-1].school_year,
        unit=unit,
        reference=next((one.school_year for one in periods if one.reference), max(window.baseline)),
        outcomes=edition.wording.listing([str(one.school_year) for one in last]),
        low=written[0],
        high=written[-1],
    )


def _event_table(row: EstimateRow, run: MeasuredRun, anchor: str, periods: list[PeriodRow], edition: Edition) -> Table:
    say, numbers = edition.wording.say, edition.wording.numbers
    window = edition.window(run, edition.link(row))
    rows = []
    for one in periods:
        kind = {"reference": "reference", "outcome": "outcome_year"}.get(_kind(one, window))
        early = one.school_year <= max(window.baseline)
        role = say(f"figure.{kind or ('before' if early else 'during')}")
        estimate = numbers.estimate(one.effect, one.std_error)
        interval = "" if one.reference else numbers.interval(one.ci_low, one.ci_high, one.std_error)
        together = ""
        if one.band_low is not None and one.band_high is not None and not one.reference:
            together = numbers.interval(one.band_low, one.band_high, one.std_error)
        words = (role, "0" if one.reference else estimate, interval, together)
        cells = tuple(Cell(words=one) for one in words)
        rows.append(Row(header=Cell(words=str(one.school_year)), cells=cells))
    return Table(
        anchor=f"{anchor}-table",
        caption=edition.caption(say("figure.event_table", outcome=_named(row, run, edition)), (run,)),
        columns=(
            Column(heading=say("figure.year")),
            Column(heading=say("figure.marker")),
            Column(heading=say("figure.estimate"), numeric=True),
            Column(heading=say("figure.interval", level=level_of((row,), edition)), numeric=True),
            Column(heading=say("figure.together"), numeric=True),
        ),
        groups=(RowGroup(heading="", rows=tuple(rows)),),
    )


def coefficient_figure(edition: Edition) -> CoefficientFigure | None:
    """Return all primary links beside their minimum detectable effects; None where nothing was estimated."""
    rows = [
        (hypothesis, marks) for hypothesis in edition.catalogue.hypotheses for marks in _estimated(hypothesis, edition)
    ]
    if not rows:
        return None
    say = edition.wording.say
    estimates = tuple(row for _, marks in rows for _, row in marks)
    level = level_of(estimates, edition)
    return CoefficientFigure(
        anchor="coefficients",
        title=say("figure.coefficients_title"),
        description=say("figure.coefficients_description", count=edition.wording.numbers.count(len(estimates))),
        caption=edition.caption(say("figure.coefficients_caption", level=level), edition.runs),
        rows=tuple(_coefficient_row(hypothesis, marks, edition) for hypothesis, marks in rows),
        legend=(
            *(("last" if run is edition.runs[-1] else "earlier", edition.measurement(run)) for run in edition.runs),
            ("band", say("figure.band")),
        ),
        table=_coefficient_table(rows, level, edition),
    )


Marked = list[tuple["MeasuredRun", "EstimateRow"]]


def _estimated(hypothesis: Hypothesis, edition: Edition) -> list[Marked]:
    """Return the estimates of each primary link that has one and could have detected something."""
    by_link = [
        [
            (run, row)
            for run in edition.runs
            for row in run.primary(hypothesis.number)
            if row.link == link.name and 0 < row.mde < math.inf
        ]
        for link in hypothesis.primary
    ]
    return [marks for marks in by_link if marks]


def _coefficient_label(hypothesis: Hypothesis, row: EstimateRow, edition: Edition) -> str:
    """Name an estimate by its outcome, and by its exposure where the hypothesis has the outcome twice."""
    twice = [link.effect.name for link in hypothesis.primary].count(row.outcome) > 1
    exposure = f" ({edition.label(row.exposure)})" if twice else ""
    return (
        f"{edition.wording.say('label.hypothesis_short')}{hypothesis.number} · {edition.label(row.outcome)}{exposure}"
    )


def _coefficient_row(hypothesis: Hypothesis, marks: Marked, edition: Edition) -> CoefficientRow:
    last = marks[-1][1]
    return CoefficientRow(
        label=_coefficient_label(hypothesis, last, edition),
        unit=edition.unit(last),
        marks=tuple(_mark(run, row, edition) for run, row in marks),
    )


def _mark(run: MeasuredRun, row: EstimateRow, edition: Edition) -> CoefficientMark:
    numbers, shown = edition.wording.numbers, edition.shown(row)
    estimate = numbers.estimate(shown.effect, shown.std_error)
    interval = numbers.interval(shown.ci_low, shown.ci_high, shown.std_error)
    return CoefficientMark(
        effect=row.effect / row.mde,
        low=row.ci_low / row.mde,
        high=row.ci_high / row.mde,
        words=f"{estimate} {interval}",
        last=run is edition.runs[-1],
    )


def _coefficient_table(rows: list[tuple[Hypothesis, Marked]], level: str, edition: Edition) -> Table:
    say, numbers = edition.wording.say, edition.wording.numbers
    lines = []
    for hypothesis, marks in rows:
        for run, row in marks:
            shown = edition.shown(row)
            detectable, comes_to = edition.detectable(row)
            cells = (
                Cell(words=edition.measurement(run)),
                Cell(words=detectable, note=comes_to),
                Cell(words=numbers.estimate(shown.effect, shown.std_error)),
                Cell(words=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error)),
                Cell(words=edition.unit(row)),
            )
            lines.append(Row(header=Cell(words=_coefficient_label(hypothesis, row, edition)), cells=cells))
    names = ("outcome", "measurement", "mde", "estimate", "interval", "unit")
    return Table(
        anchor="coefficients-table",
        caption=edition.caption(say("figure.coefficients_table"), edition.runs),
        columns=tuple(
            Column(heading=say(f"column.{name}", level=level), numeric=name in {"mde", "estimate", "interval"})
            for name in names
        ),
        groups=(RowGroup(heading="", rows=tuple(lines)),),
    )
