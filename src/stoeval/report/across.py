"""What is said over hypotheses: what cannot be told apart, trade-offs, other specifications, and euros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.report.grids import cause_of, grid, number, place_of, state, yes_or_no
from stoeval.report.model import Cell, Passage, Row, Text
from stoeval.report.wording import sentence
from stoeval.vocabulary import WHOLE, ActivityLine

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import MeasuredRun
    from stoeval.vocabulary import BudgetStatement, Separation, SpecificationCurve, TradeOffFinding


def across(edition: Edition) -> tuple[Passage, ...]:
    """Return the passages over hypotheses that the runs have something for."""
    made = (separability(edition), trade_offs(edition), specifications(edition), euros(edition))
    return tuple(passage for passage in made if passage)


def separability(edition: Edition) -> Passage | None:
    """Say which hypotheses cannot be told apart in these data."""
    say = edition.wording.say

    def row(run: MeasuredRun, one: Separation) -> Row:
        del run
        return Row(
            header=Cell(words=_line(one.line, edition), note=say("across.beside_all")),
            cells=(
                number(one.inflation, edition, 1),
                number(one.kappa, edition, 2),
                Cell(words=edition.wording.listing(_entangled(one, edition))),
                Cell(
                    words=yes_or_no(one.separate, edition),
                    note=one.because,
                    note_language=edition.dutch("").language,
                ),
            ),
        )

    last = edition.runs[-1]
    whole = tuple(one for one in last.synthesis.separations if not one.other)
    if not whole:
        return None
    names = ("line", "inflation", "kappa", "entangled", "separate")
    table = grid("separations", names, [(last, [row(last, one) for one in whole])], edition)
    said = (say("across.separability"), *separable(edition))
    return Passage(heading=say("heading.separability"), paragraphs=said, tables=(table,))


def separable(edition: Edition) -> tuple[str, ...]:
    """Say how many lines can be told apart at the last measurement; nothing where no run knows."""
    whole = [one for one in edition.runs[-1].synthesis.separations if not one.other]
    apart, total = sum(one.separate is True for one in whole), edition.wording.numeral(len(whole))
    return (sentence(edition.wording.counted("across.separable", apart, total=total)),) if whole else ()


def _entangled(one: Separation, edition: Edition) -> list[str]:
    """Return the lines from which this line cannot be told."""
    pairs = edition.runs[-1].synthesis.separations
    others = [pair.other for pair in pairs if pair.line == one.line and pair.other and pair.separate is False]
    return [_line(other, edition) for other in others]


def _line(line: str, edition: Edition) -> str:
    if line == WHOLE:
        return edition.wording.say("across.whole")
    for exposure in edition.catalogue.exposures:
        if isinstance(exposure.rule, ActivityLine) and exposure.rule.line == line:
            return edition.wording.label(exposure)
    return line


def trade_offs(edition: Edition) -> Passage | None:
    """Say whether one end was served at the cost of another."""
    say, wording = edition.wording.say, edition.wording
    labels = {one.name: wording.label(one) for one in edition.catalogue.trade_offs}

    def row(one: TradeOffFinding) -> Row:
        moved = [
            "" if effect is None or error is None else f"{wording.numbers.estimate(effect, error)}"
            for effect, error in ((one.first_effect, one.first_error), (one.second_effect, one.second_error))
        ]
        return Row(
            header=Cell(words=labels.get(one.trade_off, one.trade_off), note=f"H{one.hypothesis}"),
            cells=(
                Cell(words=moved[0], note=edition.label(one.first)),
                Cell(words=moved[1], note=edition.label(one.second)),
                number(one.correlation, edition, 2),
                Cell(words="" if one.p_value is None else wording.numbers.p_value(one.p_value)),
                Cell(words="" if one.p_trade_off is None else wording.numbers.p_value(one.p_trade_off)),
                Cell(words=state(one.conclusion, edition), note=one.because, note_language=edition.dutch("").language),
            ),
        )

    rows = [(run, [row(one) for one in run.synthesis.trade_offs]) for run in edition.runs]
    if not any(found for _, found in rows):
        return None
    names = ("trade_off", "first", "second", "correlation", "p_joint", "p_trade_off", "conclusion")
    table = grid("trade_offs", names, rows, edition)
    return Passage(heading=say("heading.trade_offs"), paragraphs=(say("across.trade_offs"),), tables=(table,))


def specifications(edition: Edition) -> Passage | None:
    """Say what other defensible choices give, estimand-preserving and estimand-changing apart."""
    say, wording = edition.wording.say, edition.wording

    def row(run: MeasuredRun, one: SpecificationCurve) -> Row:
        row = edition.row_of(run, one.hypothesis, one.link)
        scale = edition.reading(row) if row and one.unit == row.unit else 1.0
        error = edition.shown(row).std_error if row and one.unit == row.unit else 0.0
        ends = None if one.lowest is None or one.highest is None else (one.lowest * scale, one.highest * scale)
        share = [
            "" if part is None else wording.numbers.fixed(100 * part, 0) + wording.numbers.percent
            for part in (one.share_same_sign, one.share_significant)
        ]
        return Row(
            header=Cell(
                words=place_of(run, one.hypothesis, one.link, edition),
                note=cause_of(run, one.hypothesis, one.link, state(one.kind, edition), edition),
            ),
            cells=(
                Cell(words=str(one.estimated), note=say("across.of", count=one.specifications)),
                Cell(words="" if one.median is None else wording.numbers.estimate(one.median * scale, error)),
                Cell(words="" if ends is None else wording.numbers.interval(*ends, error)),
                Cell(words=share[0]),
                Cell(words=share[1]),
                Cell(
                    words="" if one.joint_p is None else wording.numbers.p_value(one.joint_p),
                    note=one.because,
                    note_language=edition.dutch("").language,
                ),
            ),
        )

    rows = [(run, [row(run, one) for one in run.synthesis.specification_curves]) for run in edition.runs]
    if not any(found for _, found in rows):
        return None
    names = ("link", "specifications_column", "median", "range", "same_sign", "significant", "p_joint")
    table = grid("specification_curves", names, rows, edition)
    said = (say("across.specifications"), say("across.disclaimer"))
    return Passage(heading=say("heading.specifications"), paragraphs=said, tables=(table,))


def euros(edition: Edition) -> Passage | None:
    """Say what an effect comes to per million euro."""
    say, wording = edition.wording.say, edition.wording

    def row(run: MeasuredRun, one: BudgetStatement) -> Row:
        error = (one.high - one.low) / 4 if one.high is not None and one.low is not None else 1.0
        interval = "" if one.low is None or one.high is None else wording.numbers.interval(one.low, one.high, error)
        letter = one.identification_class
        return Row(
            header=Cell(
                words=place_of(run, one.hypothesis, one.link, edition),
                note=cause_of(run, one.hypothesis, one.link, state(one.unit, edition), edition),
            ),
            cells=(
                Cell(words="" if one.detectable is None else wording.numbers.estimate(one.detectable, error)),
                Cell(words="" if one.per_million is None else wording.numbers.estimate(one.per_million, error)),
                Cell(words=interval),
                Cell(words=letter, note=wording.name("class_word", letter) if letter else ""),
                Cell(words=one.because, language=edition.dutch("").language),
            ),
        )

    rows = [(run, [row(run, one) for one in run.synthesis.budget_statements]) for run in edition.runs]
    if not any(found for _, found in rows):
        return None
    names = ("link", "detectable", "per_million", "interval", "class", "remark")
    table = grid("budget_statements", names, rows, edition)
    return Passage(
        heading=say("heading.euros"),
        paragraphs=(say("across.euros"),),
        points=tuple(Text(words=line) for line in wording.lines("across.euros_caution")),
        tables=(table,),
    )
