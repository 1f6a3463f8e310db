"""The nine statements are those of the background sketch, word for word.

Source: Achtergrondschets Sterk Techniekonderwijs (SEO-rapport 2020-30), paragraph 4.1. The digests were taken
from the text of the report, not from the catalogue. Where the report stands beside the repository, the
statements are compared with the report itself.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoeval.catalogue import CATALOGUE

if TYPE_CHECKING:
    from stoeval.vocabulary import Hypothesis

DIGESTS = {
    1: "53f2b860244c7a61e6d2f14d76dd8741deba824b4367dfe446fadc9c869daa7d",
    2: "32d48539a1baa4ae0ee4016b2ff0f9122f2e71fbc055b821a807c4377f026038",
    3: "ffc65defefe8758114adaf91520aabe908cbe1dd1b5f60068197c15c4aec2c5b",
    4: "4a778d792c1a4ab4c00aa772781159444b3b6593991b93479d50ff4154d61bf2",
    5: "9226cf598b228ca2cb2429a33f29b7abee144e3a770d4134cb3c011638175c86",
    6: "7f77d637d6f792ce456540ee5bc5ad8c91eeecafc064c16d6c1ef971265b81fa",
    7: "6f1ff8d6180e4eda59f11fae4674ad9bb3d59c80103ec7e2e4c790cf7ffd090a",
    8: "efa48ba1951f6166422e72a573c1979c0c96673b00023e8d3f2eeaeaee1494c2",
    9: "8a6570129a5f7a1c9f3650dba17870c1c36ea62f508ae9ccf1d3f34bfee4f596",
}
FIRST_AND_LAST = {
    1: ("Doordat vmbo-scholen regionaal afspraken maken", "(blijven) kiezen voor techniek."),
    2: ("Middels regionale samenwerking worden er afspraken", "voor leerlingen mogelijk te maken."),
    3: ("Als gevolg van een grotere en blijvende inzet", "voor leerlingen mogelijk te maken."),
    4: ("Middels regionale samenwerking wordt het techniekaanbod", "met voldoende arbeidsmarktperspectief."),
    5: ("Doordat leerlingen eerder (vanaf primair onderwijs)", "naar een technische mbo-opleiding."),
    6: ("Door regionale beschikbaarheid van moderne inventaris", "onderwijs tot stand brengt."),
    7: ("Als gevolg van regionale samenwerking, komt er", "zich kan blijven vernieuwen."),
    8: ("Door professionalisering van docenten/instructeurs", "techniekdocenten/-instructeurs toe."),
    9: ("Door het aanbieden van kwalitatief hoogstaand", "richting technische vervolgopleidingen toe."),
}
LIST_LENGTHS = {"Duurzaam": 5, "Dekkend": 4, "Kwalitatief hoogstaand": 6}
"""Numbered indicators a goal, counted by hand in paragraph 4.2."""

REPORTS = [
    text
    for path in sorted((Path(__file__).parents[2].parent / "shared" / "seeds").glob("*.txt"))
    if "### 4.1 Hypothesen" in (text := path.read_text(encoding="utf-8"))
]
with_the_report = pytest.mark.skipif(not REPORTS, reason="the background sketch is not beside the repository")


@pytest.mark.parametrize("hypothesis", CATALOGUE.hypotheses, ids=lambda one: f"H{one.number}")
def test_a_statement_has_the_digest_of_the_printed_one(hypothesis: Hypothesis) -> None:
    assert hashlib.sha256(hypothesis.statement.encode()).hexdigest() == DIGESTS[hypothesis.number]


@pytest.mark.parametrize("hypothesis", CATALOGUE.hypotheses, ids=lambda one: f"H{one.number}")
def test_a_statement_begins_and_ends_as_printed(hypothesis: Hypothesis) -> None:
    first, last = FIRST_AND_LAST[hypothesis.number]
    assert hypothesis.statement.startswith(first)
    assert hypothesis.statement.endswith(last)


@pytest.mark.parametrize("hypothesis", CATALOGUE.hypotheses, ids=lambda one: f"H{one.number}")
def test_a_reference_names_the_report_the_paragraph_and_the_number(hypothesis: Hypothesis) -> None:
    assert hypothesis.reference.startswith("Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1")
    assert hypothesis.reference.endswith(f"hypothese {hypothesis.number}")


@with_the_report
def test_the_statements_are_those_of_paragraph_4_1() -> None:
    paragraph = REPORTS[0].split("### 4.1 Hypothesen")[1].split("## 4.2 Vervolgonderzoek")[0]
    printed = {int(number): text for number, text in re.findall(r"^(\d)\. (.+)$", paragraph, re.MULTILINE)}
    assert {one.number: one.statement for one in CATALOGUE.hypotheses} == printed


@with_the_report
@pytest.mark.parametrize(("heading", "length"), LIST_LENGTHS.items())
def test_the_catalogue_covers_every_numbered_indicator_of_paragraph_4_2(heading: str, length: int) -> None:
    paragraph = REPORTS[0].split("### Te meten indicatoren")[1].split("## Bijlage A")[0]
    _, _, section = paragraph.partition(f"### {heading}\n")
    printed = re.findall(r"^(\d)\. ", section.partition("\n### ")[0], re.MULTILINE)
    assert [int(number) for number in printed] == list(range(1, length + 1))
    goal = heading.split(maxsplit=1)[0].lower()
    declared = {indicator.goal for indicator in CATALOGUE.indicators if indicator.goal.startswith(goal)}
    assert declared == {f"{goal} {number}" for number in printed}
