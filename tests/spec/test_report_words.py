"""Which words a number may carry; the classes and their words are those of the design, section 2."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from stoeval.errors import StoevalError
from stoeval.report.edition import Edition
from stoeval.report.findings import certainty, control_sentence, finding_sentence
from stoeval.report.reasons import absences, reasons
from stoeval.report.stored import EstimateRow, read_runs
from stoeval.report.units import reading_scale
from stoeval.report.wording import LANGUAGES, load_wording
from stoeval.vocabulary import (
    Conclusion,
    Delivery,
    Direction,
    IdentificationClass,
    Level,
    Phase,
    Role,
    TechnicalDefinition,
)
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
        "0,120 procentpunt per €\u00a0100 per leerling (95%-interval [0,040; 0,200]). "
        "Of het een door het ander komt, is hiermee niet gezegd."
    )


def test_an_unclear_sentence_says_what_could_have_been_seen() -> None:
    assert "Pas een effect vanaf 0,114 was" in said("nl", "B", "unclear")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bare_change_says_since_when_and_over_what_it_is_an_average(language: str) -> None:
    words = {"nl": "sinds de basisjaren is gemiddeld per vestiging", "en": "on average by vestiging"}[language]
    assert words in said(language, "E", "clear")


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


@pytest.mark.parametrize(
    ("key", "moved", "total", "begins"),
    [
        ("placebo", 0, 1, "De placebo in de tijd"),
        ("placebo", 0, 3, "De drie placebo"),
        ("placebo", 1, 1, "De placebo in de tijd"),
        ("placebo", 1, 3, "Eén van de drie placebo"),
        ("placebo", 2, 3, "Twee van de drie placebo"),
        ("control", 0, 1, "De negatieve controle"),
        ("control", 0, 3, "De drie negatieve controles"),
        ("control", 1, 1, "De negatieve controle"),
        ("control", 1, 3, "Eén van de drie negatieve controles"),
        ("control", 2, 3, "Twee van de drie negatieve controles"),
    ],
)
def test_a_sentence_on_controls_counts_and_warns_only_where_one_moved(
    key: str, moved: int, total: int, begins: str
) -> None:
    words = control_sentence(key, moved, total, edition_of("nl"))
    assert words.startswith(begins)
    assert ("minder geloofwaardig" in words) == (moved > 0)


@pytest.mark.parametrize(
    ("effect", "expected", "against"),
    [
        (0.012, "rise", False),
        (-0.012, "rise", True),
        (0.012, "fall", True),
        (-0.012, "fall", False),
        (-0.012, "not lower", True),
        (0.012, "not lower", False),
    ],
)
def test_a_clear_estimate_against_expectation_says_so(effect: float, *, expected: str, against: bool) -> None:
    ends = sorted((effect / 3, effect * 5 / 3))
    row = {"effect": effect, "ci_low": ends[0], "ci_high": ends[1], "expected": expected, "p_adjusted": 0.009}
    sentence = finding(edition_of("nl", **row))
    assert ("tegen de verwachting in" in sentence) == against


def test_an_unclear_estimate_is_not_said_to_be_against_expectation() -> None:
    sentence = finding(edition_of("nl", effect=-0.012, ci_low=-0.030, ci_high=0.006))
    assert "tegen de verwachting" not in sentence


def finding(edition: Edition) -> str:
    row = edition.runs[0].primary(1)[0]
    return finding_sentence(row, row.identification_class, 0.04, edition)


@pytest.mark.parametrize(
    ("unit", "cause", "scale"),
    [
        ("share per EUR 1,000 per pupil", "", 10.0),
        ("log points per EUR 1,000 per pupil", "", 0.1),
        ("EUR 1,000 per EUR 1,000 per pupil", "", 100.0),
        ("share", "", 100.0),
        ("share", "share", 1.0),
        ("scale 0-1", "scale 0-1", 1.0),
        ("scale 0-1", "EUR 1,000", 0.1),
        ("share per full entitlement", "", 100.0),
    ],
)
def test_a_reader_sees_percentage_points_euros_and_doses_of_a_hundred_euros(
    unit: str, cause: str, scale: float
) -> None:
    assert reading_scale(unit, cause) == pytest.approx(scale)


def test_an_indicator_that_causes_gives_its_unit_to_the_estimate() -> None:
    edition = edition_of("nl", exposure="share", unit="share", effect=0.38, std_error=0.03)
    row = edition.runs[0].primary(1)[0]
    assert edition.unit(row) == "procentpunt per procentpunt"
    assert edition.shown(row).effect == pytest.approx(0.38)


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({"unit": "log points per EUR 1,000 per pupil", "mde": 10.3, "std_error": 3.6}, ("1,03", "factor 2,80")),
        ({"unit": "log points per EUR 1,000 per pupil", "mde": 25.0, "std_error": 9.0}, ("2,50", "factor 12")),
        ({"unit": "log points", "mde": 18.0, "std_error": 6.4}, ("18,0", "meer dan factor 100")),
        ({"mde": 0.0114}, ("0,114", "")),
        ({"mde": 2.57, "std_error": 0.9}, ("25,7", "meer dan de uitgangswaarde, 21,4%")),
    ],
)
def test_what_could_be_seen_is_readable_also_where_it_is_large(
    changes: dict[str, object], written: tuple[str, str]
) -> None:
    edition = edition_of("nl", **changes)
    assert edition.detectable(edition.runs[0].primary(1)[0]) == written


def test_a_sentence_says_what_a_large_detectable_size_comes_to() -> None:
    sentence = said("nl", "D", "unclear", unit="log points", mde=18.0, std_error=6.4)
    assert "Pas een verschil vanaf 18,0 (meer dan factor 100) was" in sentence


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
        ("place", Level),
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
    assert (piece.words, piece.language) == ("keuzevakken zijn niet geregistreerd", "nl")


@pytest.mark.parametrize(
    ("stored", "dutch", "english"),
    [
        (
            "de inzet op activiteitenlijn 5_breed is niet geleverd",
            "hoeveel geld naar deze activiteit ging, is niet geleverd",
            "how much money went to this activity was not delivered",
        ),
        (
            "de uitkomst is niet waargenomen in 2022/23, 2023/24",
            "de uitkomst is niet waargenomen in 2022/23 en 2023/24",
            "the outcome was not observed in 2022/23 and 2023/24",
        ),
        (
            "de telling van 1 oktober in 2018/19 is niet geleverd, dus de formule is niet te berekenen",
            "de telling van 1 oktober in 2018/19 is niet geleverd, dus de formule is niet te berekenen",
            "the count of 1 October in 2018/19 was not delivered, so the formula cannot be computed",
        ),
    ],
)
def test_a_reason_for_absence_reads_in_the_language_of_the_report(stored: str, dutch: str, english: str) -> None:
    for language, words in (("nl", dutch), ("en", english)):
        (piece,) = absences(stored, edition_of(language))
        assert (piece.words, piece.language) == (words, "")


def test_each_part_of_a_reason_for_absence_stands_apart() -> None:
    said = absences("de uitkomst is niet geleverd; iets onbekends", edition_of("en"))
    assert [(one.words, one.language) for one in said] == [
        ("the outcome was not delivered", ""),
        ("iets onbekends", "nl"),
    ]


def test_links_with_the_same_reason_are_named_together() -> None:
    edition = edition_of("nl")
    hypothesis = edition.catalogue.hypotheses[0]
    other = replace(hypothesis, primary=(*hypothesis.primary, replace(hypothesis.primary[0], name="third")))
    because = "size: de uitkomst is niet geleverd | choice: de uitkomst is niet geleverd"
    verdict = replace(edition.runs[0].verdicts[0], because=because)
    assert [one.words for one in reasons(verdict, hypothesis, edition)] == ["de uitkomst is niet geleverd"]
    assert [one.words for one in reasons(verdict, other, edition)] == [
        f"{quoted('Leerlingen per profiel')} en {quoted('Aandeel techniek')}: de uitkomst is niet geleverd"
    ]


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(StoevalError, match="choose one of: nl, en"):
        load_wording("fy")


def test_a_row_of_estimates_keeps_its_types() -> None:
    row: EstimateRow = edition_of("nl").runs[0].primary(1)[0]
    assert row.effect == estimate("final", "choice", "primary", "share")["effect"]
    assert row.identification_class is IdentificationClass.C
