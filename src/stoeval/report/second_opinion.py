"""Tables of the second opinion: the same estimates by other inference and under other assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.model import Cell, Column, Row, RowGroup, Table
from stoeval.report.tables import about, level_of, rows_of

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import EstimateRow, MeasuredRun, RobustnessRow

NAMES = ("outcome", "bootstrap", "permutation", "breakdown", "pre_test", "without", "effective", "equivalence")


def second_opinion_table(hypothesis: int, part: str, edition: Edition) -> Table | None:
    """Return the second opinion on the `primary` or the `further` estimates; None where there is none."""
    found = [
        (run, [(row, second) for row in rows_of(hypothesis, part, run) if (second := run.second_opinion(row))])
        for run in edition.runs
    ]
    found = [(run, rows) for run, rows in found if rows]
    if not found:
        return None
    say = edition.wording.say
    level = level_of((row for _, rows in found for row, _ in rows), edition)
    return Table(
        anchor=f"h{hypothesis}-{part}-second-opinion",
        caption=edition.caption(say(f"second.caption_{part}", number=hypothesis), tuple(run for run, _ in found)),
        columns=tuple(Column(heading=say(f"second.{name}", level=level), numeric=name != "outcome") for name in NAMES),
        groups=tuple(
            RowGroup(heading=edition.measurement(run), rows=tuple(_row(run, *pair, edition) for pair in rows))
            for run, rows in found
        ),
        note=say("second.note"),
    )


def _row(run: MeasuredRun, row: EstimateRow, second: RobustnessRow, edition: Edition) -> Row:
    numbers, shown = edition.wording.numbers, edition.shown_robustness(second, row)
    error = edition.shown(row).std_error
    power = "" if shown.pre_test_power is None else numbers.fixed(100 * shown.pre_test_power, 0) + numbers.percent
    return Row(
        header=Cell(words=edition.label(row.outcome), note=about((run, row), edition)),
        cells=(
            Cell(words=_p(shown.wild_p, edition), note=_between(shown.wild_low, shown.wild_high, error, edition)),
            Cell(words=_p(shown.permutation_p, edition)),
            Cell(words="" if shown.breakdown is None else numbers.fixed(shown.breakdown, 2)),
            Cell(words=power),
            Cell(words=_between(shown.leave_out_low, shown.leave_out_high, error, edition)),
            Cell(words="" if shown.effective_clusters is None else numbers.fixed(shown.effective_clusters, 0)),
            Cell(words="" if shown.equivalence_bound is None else numbers.estimate(shown.equivalence_bound, error)),
        ),
    )


def _p(value: float | None, edition: Edition) -> str:
    return "" if value is None else edition.wording.numbers.p_value(value)


def _between(low: float | None, high: float | None, error: float, edition: Edition) -> str:
    return "" if low is None or high is None else edition.wording.numbers.interval(low, high, error)
