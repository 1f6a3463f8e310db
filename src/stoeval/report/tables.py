"""Tables of estimates and checks, for any hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.edition import for_reader, scale_of
from stoeval.report.model import Badge, Cell, Column, Row, RowGroup, Table
from stoeval.report.wording import sentence

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import CheckRow, EstimateRow

ROLES = ("primary", "secondary", "placebo", "robustness")


def level_of(rows: tuple[EstimateRow, ...], edition: Edition) -> str:
    """Return the level or levels of intervals, such as 95%."""
    levels = sorted({row.ci_level for row in rows}) or [0.95]
    return " / ".join(edition.wording.numbers.share(level) for level in levels)


def estimate_table(hypothesis: int, part: str, edition: Edition) -> Table | None:
    """Return the `primary` or the `further` estimates of a hypothesis by measurement; None where there are none."""
    groups, runs, all_rows = [], [], []
    for run in edition.runs:
        own = [row for row in run.estimates if row.hypothesis == hypothesis]
        rows = [row for row in own if (row.role == "primary") == (part == "primary")]
        rows.sort(key=lambda row: ROLES.index(row.role))
        if rows:
            shown = tuple(_estimate_row(row, edition) for row in rows)
            groups.append(RowGroup(heading=edition.measurement(run), rows=shown))
            runs.append(run)
            all_rows += rows
    if not groups:
        return None
    say = edition.wording.say
    names = ("outcome", "mde", "estimate", "interval", "p", "class", "baseline", "size", "masked")
    level = level_of(tuple(all_rows), edition)
    return Table(
        anchor=f"h{hypothesis}-{part}",
        caption=edition.caption(say(f"table.caption_{part}", number=hypothesis), tuple(runs)),
        columns=(
            *(Column(heading=say(f"table.{name}", level=level), numeric=name in _NUMERIC) for name in names),
            Column(heading=say("table.design")),
        ),
        groups=tuple(groups),
        note=say("table.note"),
    )


_NUMERIC = {"mde", "estimate", "interval", "p", "baseline"}


def _estimate_row(row: EstimateRow, edition: Edition) -> Row:
    wording, numbers = edition.wording, edition.wording.numbers
    shown = for_reader(row)
    strongest = row.identification_class
    sized = numbers.estimate(shown.effect, shown.std_error)
    error = numbers.estimate(shown.std_error, shown.std_error)
    return Row(
        header=Cell(words=edition.label(row.outcome), note=_exposure_note(row, edition)),
        cells=(
            Cell(words=numbers.estimate(shown.mde, shown.std_error)),
            Cell(words=f"{sized} ({error})", note=edition.unit(row.unit)),
            Cell(words=numbers.interval(shown.ci_low, shown.ci_high, shown.std_error)),
            Cell(words=numbers.p_value(row.p_value), note=_adjusted(row, edition)),
            Cell(words=strongest.value, note=wording.name("class_word", strongest.value)),
            Cell(words=_baseline(row, edition)),
            Cell(words=wording.count("table.regions", row.n_clusters), note=wording.count("table.units", row.n_units)),
            _masked(row, edition),
            Cell(words=sentence(wording.name("design", row.design)), note=row.convention),
        ),
    )


def _exposure_note(row: EstimateRow, edition: Edition) -> str:
    wording = edition.wording
    parts = [wording.name("role", row.role), edition.label(row.exposure)]
    if row.population not in {"", "all"}:
        parts.append(wording.name("population", row.population))
    return " · ".join(parts)


def _adjusted(row: EstimateRow, edition: Edition) -> str:
    if row.p_adjusted is None:
        return ""
    return edition.wording.say("table.p_adjusted", p=edition.wording.numbers.p_value(row.p_adjusted))


def _baseline(row: EstimateRow, edition: Edition) -> str:
    noun = edition.nouns.get(row.outcome)
    numbers = edition.wording.numbers
    if noun is not None and noun.unit == "share":
        return numbers.fixed(row.baseline_mean * scale_of("share"), 1) + numbers.percent
    return numbers.significant(row.baseline_mean)


def _masked(row: EstimateRow, edition: Edition) -> Cell:
    wording = edition.wording
    if row.n_masked == 0:
        return Cell(words=wording.say("table.masked_none"))
    words = wording.count("table.masked_cells", row.n_masked)
    shown = for_reader(row)
    if shown.bound_low is None or shown.bound_high is None:
        return Cell(words=words, note=wording.say("table.masked_unbounded"))
    low = wording.numbers.estimate(shown.bound_low, shown.std_error)
    high = wording.numbers.estimate(shown.bound_high, shown.std_error)
    return Cell(words=words, note=wording.say("table.masked_bounds", low=low, high=high))


def check_table(hypothesis: int, edition: Edition) -> Table | None:
    """Return the checks of the primary links of a hypothesis; None where there are none."""
    groups, runs = [], []
    for run in edition.runs:
        outcomes = {row.link: edition.label(row.outcome) for row in run.primary(hypothesis)}
        checks = [row for row in run.checks if row.hypothesis == hypothesis and row.link in outcomes]
        if checks:
            rows = tuple(_check_row(row, outcomes[row.link], edition) for row in checks)
            groups.append(RowGroup(heading=edition.measurement(run), rows=rows))
            runs.append(run)
    if not groups:
        return None
    say = edition.wording.say
    return Table(
        anchor=f"h{hypothesis}-checks",
        caption=edition.caption(say("checks.caption", number=hypothesis), tuple(runs)),
        columns=tuple(Column(heading=say(f"checks.{name}")) for name in ("check", "result", "meaning", "link")),
        groups=tuple(groups),
    )


def _check_row(row: CheckRow, outcome: str, edition: Edition) -> Row:
    wording = edition.wording
    result = {True: "passed", False: "failed", None: "informs"}[row.passed]
    judged = Badge(text=wording.say(f"checks.{result}"), kind=result)
    known = next((name for name in wording.texts["check"] if row.check.startswith(name)), "")
    name = wording.name("check", known) if known else row.check
    about = edition.label(row.check.removeprefix(known).strip()) if known else ""
    return Row(
        header=Cell(words=name, note=about, language="" if known else "en"),
        cells=(
            Cell(words=judged.text, badge=judged),
            _check_meaning(row, known, edition),
            Cell(words=outcome),
        ),
    )


def _check_meaning(row: CheckRow, known: str, edition: Edition) -> Cell:
    wording, numbers = edition.wording, edition.wording.numbers
    if not known:
        return Cell(words=row.detail, language="en")
    if row.statistic is None:
        return Cell(words=wording.say(f"check_absent.{known}"))
    statistic = numbers.significant(row.statistic, 2)
    threshold = "" if row.threshold is None else numbers.plain(row.threshold)
    return Cell(words=wording.say(f"check_meaning.{known}", statistic=statistic, threshold=threshold))
