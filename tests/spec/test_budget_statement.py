"""Effects per million euro, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.synthesis.budget import EUROS, PUPILS, budget_statements
from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    Direction,
    Expected,
    FormulaInput,
    IdentificationClass,
    Link,
    Role,
    SchoolYear,
    Untestable,
)
from toy_catalogue import BAKERS, FINAL, INTERIM, RISE, finding, link, result
from toy_samples import MONEY

SHARE = replace(BAKERS, name="technical_share_entrants")
TOTAL: Link = link("total", cause=MONEY, effect=SHARE)
COUNTED = SchoolYear(start=2018)


def test_a_million_a_year_is_a_thousand_times_the_effect_whatever_the_number_of_pupils() -> None:
    (one,) = budget_statements(FINAL, [result(TOTAL, finding(0.02, 0.005, IdentificationClass.B), number=9)])
    assert (one.hypothesis, one.link, one.unit) == (9, "total", PUPILS)
    assert one.per_million == pytest.approx(20.0)
    for pupils in (400.0, 25_000.0):
        dose = 1_000_000 / (1_000 * pupils)
        assert 0.02 * dose * pupils == pytest.approx(one.per_million)
    # t(77) at 97.5 %: 1.99125.
    assert (one.low, one.high) == pytest.approx((20 - 1.99125 * 5, 20 + 1.99125 * 5), rel=1e-5)
    assert one.detectable == pytest.approx(14.0)
    assert one.identification_class == "B"
    assert one.because == "effect (klasse B); het interval sluit nul uit"


def test_below_class_b_it_is_no_yield_and_without_a_difference_it_says_what_could_be_missed() -> None:
    (one,) = budget_statements(FINAL, [result(TOTAL, finding(0.002, 0.005, IdentificationClass.D))])
    assert one.because.startswith(
        "samenhang (klasse D); niet te lezen als opbrengst van het geld; niet te onderscheiden"
    )
    assert one.low < 0 < one.high


def test_money_of_a_line_is_money_that_moves_there() -> None:
    line = replace(TOTAL, cause=replace(MONEY, rule=ActivityLine(line="9", counted=COUNTED)))
    (one,) = budget_statements(FINAL, [result(line, finding(0.02, 0.005, IdentificationClass.D))])
    assert "bij een gelijk budget naar deze lijn verschuift" in one.because
    assert one.per_million == pytest.approx(20.0)


def test_investment_is_euro_for_euro() -> None:
    rule = AanloopFormula(payments=(), per_technical_pupil=True)
    spending = replace(BAKERS, name="investment_per_technical_pupil", unit="EUR 1,000")
    own = replace(TOTAL, cause=replace(MONEY, rule=rule), effect=spending)
    (one,) = budget_statements(FINAL, [result(own, finding(0.6, 0.1, IdentificationClass.A))])
    assert (one.unit, one.per_million) == (EUROS, pytest.approx(600_000))
    by_all = replace(own, cause=replace(MONEY, rule=AanloopFormula(payments=())))
    assert budget_statements(FINAL, [result(by_all, finding(0.6, 0.1, IdentificationClass.A))]) == ()


def test_what_was_not_estimated_says_why() -> None:
    (one,) = budget_statements(FINAL, [result(TOTAL, Untestable(reason="geen budget"))])
    assert (one.per_million, one.low, one.detectable, one.because) == (None, None, None, "geen budget")


def test_a_link_that_cannot_respond_yet_has_no_statement() -> None:
    later = replace(TOTAL, expected=Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE))
    found = [result(later, finding(0.02, 0.005, IdentificationClass.B))]
    assert budget_statements(INTERIM, found) == ()
    assert len(budget_statements(FINAL, found)) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(TOTAL, effect=BAKERS),
        replace(TOTAL, cause=replace(MONEY, rule=FormulaInput(counted=COUNTED))),
        replace(TOTAL, cause=SHARE),
        replace(TOTAL, role=Role.PLACEBO, expected=RISE),
    ],
    ids=["other pupils", "no money", "an indicator", "a placebo"],
)
def test_what_has_no_number_per_million_is_left_out(other: Link) -> None:
    assert budget_statements(FINAL, [result(other, finding(0.02, 0.005, IdentificationClass.B))]) == ()
