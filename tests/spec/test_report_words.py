"""Which words a number may carry; the classes and their words are those of the design, section 2."""

from __future__ import annotations

import re
from itertools import product

import pytest

from stoeval.errors import StoevalError
from stoeval.report.edition import Edition
from stoeval.report.findings import certainty, finding_sentence, placebo_sentence
from stoeval.report.reasons import reasons
from stoeval.report.stored import EstimateRow, read_runs
from stoeval.report.wording import LANGUAGES, load_wording
from stoeval.vocabulary import Conclusion, Delivery, Direction, IdentificationClass, Phase, Role, TechnicalDefinition
from stored_runs import estimate, stored_run, toy_catalogue

STATES = {
    "clear": {"ci_low": 0.004, "ci_high": 0.020, "p_adjusted": 0.009},
    "weak": {"ci_low": 0.004, "ci_high": 0.020, "p_adjusted": 0.300},
    "unclear": {"ci_low": -0.004, "ci_high": 0.020, "p_adjusted": 0.300},
}
ALLOWED = re.compile(r"minimaal aantoonbare? effect|minimum detectable effect", re.IGNORECASE)


def quoted(words: str) -> str:
    return f"\N{LEFT SINGLE QUOTATION MARK}{words}\N{RIGHT SINGLE QUOTATION MARK}"


def edition_of(language: str, **changes: object) -> Edition:
    catalogue = toy_catalogue()
    run = stored_run("final", **changes)
    return Edition(wording=load_wording(language), catalogue=catalogue, runs=read_runs([run], catalogue))


def said(language: str, letter: str, state: str, **changes: object) -> str:
    edition = edition_of(language, identification_class=letter, **STATES[state], **changes)
    row = edition.runs[0].primary(1)[0]
    return finding_sentence(row, row.identification_class, 0.04, edition)


@pytest.mark.parametrize(("language", "letter", "state"), list(product(LANGUAGES, "DE", STATES)))
def test_no_sentence_of_class_d_or_e_speaks_of_an_effect(language: str, letter: str, state: str) -> None:
    assert "effect" not in ALLOWED.sub("", said(language, letter, state)).lower()


@pytest.mark.parametrize(("language", "letter", "state"), list(product(LANGUAGES, "AB", STATES)))
def test_classes_a_and_b_may_say_effect(language: str, letter: str, state: str) -> None:
    assert "effect" in said(language, letter, state).lower()


@pytest.mark.parametrize(("language", "state"), list(product(LANGUAGES, STATES)))
def test_class_c_speaks_of_an_effect_only_as_an_indication(language: str, state: str) -> None:
    phrase = {"nl": "aanwijzing voor een effect", "en": "indication of an effect"}[language]
    sentence = said(language, "C", state).lower()
    assert phrase in sentence
    assert "effect" not in sentence.replace(phrase, "")


@pytest.mark.parametrize("letter", "ABCDE")
def test_dutch_words_are_those_of_the_vocabulary(letter: str) -> None:
    assert load_wording("nl").name("class_word", letter) == IdentificationClass(letter).word


def test_a_dutch_sentence_reads_in_percentage_points_with_its_interval() -> None:
    assert said("nl", "D", "clear") == (
        f"Er is een samenhang tussen {quoted('Budget per leerling')} en {quoted('Aandeel techniek')}: "
        "1,20 procentpunt per €\u00a01.000 per leerling (95%-interval [0,40; 2,00]). "
        "Of het een door het ander komt, is hiermee niet gezegd."
    )


def test_an_unclear_sentence_says_what_could_have_been_seen() -> None:
    assert "1,14" in said("nl", "B", "unclear")


@pytest.mark.parametrize(("language", "letter"), list(product(LANGUAGES, "ABCDE")))
def test_an_outcome_that_cannot_respond_yet_gives_no_finding_in_any_class(language: str, letter: str) -> None:
    sentence = said(language, letter, "clear", expected="no response")
    assert {"nl": "kan bij deze meting nog niet reageren", "en": "cannot respond"}[language] in sentence
    assert "effect" not in sentence.lower()


def test_clear_needs_an_interval_without_zero_and_an_adjusted_p_value_below_alpha() -> None:
    found = {
        state: certainty(edition_of("nl", **changes).runs[0].primary(1)[0], 0.04) for state, changes in STATES.items()
    }
    assert found == {state: state for state in STATES}


def test_an_estimate_outside_the_family_is_clear_by_its_interval_alone() -> None:
    row = next(row for row in edition_of("nl").runs[0].estimates if row.role == "secondary")
    assert row.p_adjusted is None
    assert certainty(row, 0.04) == "clear"


@pytest.mark.parametrize("language", LANGUAGES)
def test_placebos_that_move_are_a_warning(language: str) -> None:
    edition = edition_of(language)
    assert placebo_sentence(0, 2, edition) != placebo_sentence(1, 2, edition)
    assert edition.wording.numeral(1) in placebo_sentence(1, 2, edition).lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("conclusion", Conclusion),
        ("direction", Direction),
        ("role", Role),
        ("delivery", Delivery),
        ("technical", TechnicalDefinition),
        ("measurement", Phase),
        ("class_word", IdentificationClass),
        ("class_demand", IdentificationClass),
    ],
)
def test_every_word_of_the_vocabulary_has_its_word(language: str, group: str, words: type) -> None:
    assert {one.value for one in words} <= set(load_wording(language).texts[group])


def test_reasons_are_translated_and_name_outcomes_instead_of_links() -> None:
    edition = edition_of("en")
    hypothesis = edition.catalogue.hypotheses[0]
    pieces = reasons(edition.runs[0].verdicts[0], hypothesis, edition)
    assert [piece.words for piece in pieces] == [
        "significant in the expected direction",
        f"not every link of the mechanism is shown: {quoted('Leerlingen per profiel (English)')}",
    ]
    assert {piece.language for piece in pieces} == {""}


def test_a_reason_without_translation_stays_dutch_and_is_marked() -> None:
    edition = edition_of("en")
    piece = reasons(edition.runs[0].verdicts[1], edition.catalogue.hypotheses[1], edition)[0]
    assert (piece.words, piece.language) == (f"{quoted('Keuzevakken')}: keuzevakken zijn niet geregistreerd", "nl")


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(StoevalError, match="choose one of: nl, en"):
        load_wording("fy")


def test_a_row_of_estimates_keeps_its_types() -> None:
    row: EstimateRow = edition_of("nl").runs[0].primary(1)[0]
    assert row.effect == estimate("final", "choice", "primary", "share")["effect"]
    assert row.identification_class is IdentificationClass.C
