"""Tables of estimates and checks, for any hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.findings import FORMULA_INPUT
from stoeval.report.model import Badge, Cell, Column, Row, RowGroup, Table
from stoeval.report.wording import sentence
from stoeval.vocabulary import IdentificationClass, Level, Timing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoeval.report.edition import Edition
    from stoeval.report.stored import CheckRow, EstimateRow, MeasuredRun

ROLES = ("primary", "secondary", "robustness", "placebo", "negative control")
GROUPED = {Level.LEERWEG, Level.PROFILE_GROUP, Level.SUBJECT_GROUP}
"""Levels where a bare change follows the entitled groups only."""
Measured = tuple["MeasuredRun", "EstimateRow"]


def level_of(rows: Iterable[EstimateRow], edition: Edition) -> str:
    """Return the level or levels of intervals, such as 95%."""
    levels = sorted({row.ci_level for row in rows}) or [0.95]
    return " / ".join(edition.wording.numbers.share(level) for level in levels)


def rows_of(hypothesis: int, part: str, run: MeasuredRun) -> list[EstimateRow]:
    """Return the `primary` or the `further` estimates of a hypothesis, those with one role together."""
    rows = run.primary(hypothesis) if part == "primary" else run.further(hypothesis)
    return sorted(rows, key=lambda row: ROLES.index(row.role))


def estimate_table(hypothesis: int, part: str, edition: Edition) -> Table | None:
    """Return the `primary` or the `further` estimates of a hypothesis by measurement; None where there are none."""
    found = [(run, rows) for run in edition.runs if (rows := rows_of(hypothesis, part, run))]
    if not found:
        return None
    say = edition.wording.say
    names = ("outcome", "mde", "estimate", "interval", "p", "class", "baseline", "size", "masked", "design")
    level = level_of((row for _, rows in found for row in rows), edition)
    return Table(
        anchor=f"h{hypothesis}-{part}",
        caption=edition.caption(say(f"table.caption_{part}", number=hypothesis), tuple(run for run, _ in found)),
        columns=tuple(Column(heading=say(f"table.{name}", level=level), numeric=name in _NUMERIC) for name in names),
        groups=tuple(
            RowGroup(heading=edition.measurement(run), rows=tuple(_estimate_row((run, row), edition) for row in rows))
            for run, rows in found
        ),
        note=say(f"table.note_{part}"),
    )


_NUMERIC = {"mde", "estimate", "interval", "p", "baseline"}


def _estimate_row(measured: Measured, edition: Edition) -> Row:
    row = measured[1]
    wording, numbers, shown = edition.wording, edition.wording.numbers, edition.shown(row)
    letter = row.identification_class.value
    detectable, comes_to = edition.detectable(row)
    sized = numbers.estimate(shown.effect, shown.std_error)
    error = numbers.estimate(shown.std_error, shown.std_error)
    return Row(
        header=Cell(words=edition.label(row.outcome), note=f"{about(measured, edition)} · {_expected(row, edition)}"),
        cells=(
            Cell(words=detectable, note=comes_to),
            Cell(words=f"{sized} ({error})", note=edition.unit(row)),
            Cell(words=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error)),
            Cell(words=numbers.p_value(row.p_value), note=_adjusted(row, edition)),
            Cell(words=letter, note=wording.name("class_word", letter)),
            Cell(words=edition.baseline(row)),
            Cell(words=wording.count("table.regions", row.n_clusters), note=wording.count("table.units", row.n_units)),
            _masked(row, edition),
            Cell(words=sentence(wording.name("design", row.design)), note=row.convention),
        ),
    )


def about(measured: Measured, edition: Edition) -> str:
    """Say what an estimate is for, of what, and in what it differs from others of the same outcome."""
    run, row = measured
    wording = edition.wording
    parts = [wording.name("role", row.role), edition.label(row.exposure)]
    if row.population not in {"", "all"}:
        parts.append(wording.name("population", row.population))
    return " · ".join([*parts, *variants(run, row, edition)])


def variants(run: MeasuredRun, row: EstimateRow, edition: Edition) -> list[str]:
    """Say in what an estimate differs from the one that its outcome usually has."""
    found = [edition.wording.say("variant.naive")] if run.failed(row, FORMULA_INPUT) else []
    link = edition.link(row)
    if link and row.identification_class is IdentificationClass.E and link.effect.level in GROUPED:
        found.append(edition.place(row))
    if link and link.timing in {Timing.BEFORE, Timing.RUN_UP}:
        years = edition.window(run, link).outcome
        listed = edition.wording.listing([str(year) for year in years])
        found.append(edition.wording.say("variant.run_up", years=listed))
    return found


def _expected(row: EstimateRow, edition: Edition) -> str:
    return edition.wording.say("table.expected", direction=edition.wording.name("direction", row.expected.value))


def _adjusted(row: EstimateRow, edition: Edition) -> str:
    if row.p_adjusted is None:
        return ""
    return edition.wording.say("table.p_adjusted", p=edition.wording.numbers.p_value(row.p_adjusted))


def _masked(row: EstimateRow, edition: Edition) -> Cell:
    wording, shown = edition.wording, edition.shown(row)
    if row.n_masked == 0:
        return Cell(words=wording.say("table.masked_none"))
    words = wording.count("table.masked_cells", row.n_masked)
    if shown.bound_low is None or shown.bound_high is None:
        return Cell(words=words, note=wording.say("table.masked_unbounded"))
    low = wording.numbers.estimate(shown.bound_low, shown.std_error)
    high = wording.numbers.estimate(shown.bound_high, shown.std_error)
    return Cell(words=words, note=wording.say("table.masked_bounds", low=low, high=high))


def check_table(hypothesis: int, part: str, edition: Edition) -> Table | None:
    """Return the checks of the `primary` or the `further` estimates, the measurements beside each other.

    What a check asks stands beside its first result in the table.
    """
    first: dict[str, Measured] = {}
    for run in edition.runs:
        for row in rows_of(hypothesis, part, run):
            if run.checks_of(row):
                first.setdefault(row.link, (run, row))
    runs = [run for run in edition.runs if any(run.checks_of(row) for row in rows_of(hypothesis, part, run))]
    if not first:
        return None
    say, asked = edition.wording.say, set[str]()
    return Table(
        anchor=f"h{hypothesis}-{part}-checks",
        caption=edition.caption(say(f"checks.caption_{part}", number=hypothesis), tuple(runs)),
        columns=(Column(heading=say("checks.check")), *(Column(heading=edition.measurement(run)) for run in runs)),
        groups=tuple(_check_group(measured, runs, asked, edition) for measured in first.values()),
    )


def _check_group(measured: Measured, runs: Sequence[MeasuredRun], asked: set[str], edition: Edition) -> RowGroup:
    row = measured[1]
    by_run = [{one.check: one for one in run.checks_of(row)} for run in runs]
    names = dict.fromkeys(name for checks in by_run for name in checks)
    return RowGroup(
        heading=f"{edition.label(row.outcome)} · {about(measured, edition)}",
        rows=tuple(_check_row([checks.get(name) for checks in by_run], asked, edition) for name in names),
    )


def _check_row(found: Sequence[CheckRow | None], asked: set[str], edition: Edition) -> Row:
    wording = edition.wording
    check = next(one for one in found if one is not None)
    known = next((name for name in wording.texts["check"] if check.check.startswith(name)), "")
    cells = tuple(_result(one, known, edition) for one in found)
    if not known:
        return Row(header=Cell(words=check.check, language="en"), cells=cells)
    about_what = edition.label(check.check.removeprefix(known).strip())
    question = "" if known in asked else _question(check, known, edition)
    asked.add(known)
    note = "\n".join(one for one in (about_what, question) if one)
    return Row(header=Cell(words=wording.name("check", known), note=note), cells=cells)


def _question(check: CheckRow, known: str, edition: Edition) -> str:
    threshold = "" if check.threshold is None else edition.wording.numbers.plain(check.threshold)
    return edition.wording.say(f"check_asks.{known}", threshold=threshold)


def _result(check: CheckRow | None, known: str, edition: Edition) -> Cell:
    if check is None:
        return Cell(words="")
    wording = edition.wording
    kind = {True: "passed", False: "failed", None: "informs"}[check.passed]
    judged = Badge(text=wording.say(f"checks.{kind}"), kind=kind)
    if not known:
        return Cell(words=judged.text, badge=judged, note=check.detail, note_language="en")
    if check.statistic is None:
        return Cell(words=judged.text, badge=judged, note=wording.say(f"check_absent.{known}"))
    write = wording.numbers.p_relation if known in _WITH_P else wording.numbers.significant
    note = wording.say(f"check_found.{known}", statistic=write(check.statistic))
    places = check.detail.partition(_BY_COUNT)[2]
    note = f"{note}\n{wording.say('checks.by_count', places=places)}" if places else note
    return Cell(words=judged.text, badge=judged, note=note)


_WITH_P = {"pre-trend", "placebo dose", "moving dose"}
_BY_COUNT = "by count: "
"""After this the detail of a moving dose names school years only."""
