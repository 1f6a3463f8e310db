"""What the report says once, what it waits for, and how it accounts for its numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from report_pages import parsed, supplementary
from stoeval.report import build_report
from stoeval.report.model import Because, Text
from stoeval.report.reasons import said_once
from stoeval.vocabulary import Direction, Expected
from stored_runs import stored_run, supplementary_run, toy_catalogue

if TYPE_CHECKING:
    from stoeval.report.model import Report


def test_what_two_measurements_say_alike_is_said_once() -> None:
    same, first, second = (Text(words=words) for words in ("alike", "early", "late"))
    assert said_once([("Interim", (same, first)), ("Final", (second, same))], "Both") == (
        Because(measurement="Both", reasons=(same,)),
        Because(measurement="Interim", reasons=(first,)),
        Because(measurement="Final", reasons=(second,)),
    )
    assert said_once([("Interim", (same,)), ("Final", ())], "Both") == (
        Because(measurement="Interim", reasons=(same,)),
    )
    assert said_once([("Final", (same,))], "Both") == (Because(measurement="Final", reasons=(same,)),)


def test_the_verdict_table_says_a_shared_reason_once_and_what_there_is_besides() -> None:
    first, second = supplementary().verdicts.entries
    assert [(one.measurement, [text.words for text in one.reasons]) for one in first.because] == [
        ("Beide metingen", ["hoeveel geld naar deze activiteit ging, is niet geleverd"]),
        ("Tussenmeting", ["de uitkomst is niet waargenomen in 2020/21"]),
        ("Eindmeting", ["de uitkomst is niet waargenomen in 2022/23 en 2023/24"]),
        ("Daarnaast", ["drie aanvullende schattingen, hoogstens klasse C; zij beslissen niets"]),
    ]
    assert [one.measurement for one in second.because] == ["Beide metingen"]


def test_the_chain_says_once_what_both_measurements_expect() -> None:
    catalogue = toy_catalogue()
    first, second = catalogue.hypotheses
    alike = Expected(interim=Direction.RISE, final=Direction.RISE)
    risen = replace(second, primary=(replace(second.primary[0], expected=alike),))
    runs = [supplementary_run("interim"), supplementary_run("final")]
    chapter = build_report(runs, replace(catalogue, hypotheses=(first, risen)), "nl").chapters[1]
    assert [(one.measurement, one.direction) for one in chapter.chain[0].expected] == [("Beide metingen", "stijging")]
    chapter = supplementary().chapters[1]
    assert [one.measurement for one in chapter.chain[0].expected] == ["Tussenmeting", "Eindmeting"]


def test_the_chain_says_once_why_neither_measurement_could_test() -> None:
    chapters = supplementary().chapters
    size = next(step for step in chapters[0].chain if step.effect == "Leerlingen per profiel")
    assert [(one.measurement, [text.words for text in one.reasons]) for one in size.because] == [
        ("Beide metingen", ["de uitkomst is niet geleverd"])
    ]


def test_what_is_missing_stands_by_delivery_with_the_links_that_wait_for_it() -> None:
    first, second = supplementary().chapters
    assert [one.delivery for one in first.waiting] == [
        "DUO leerlingen per vestiging en profiel",
        "Gecodeerde regioplannen",
    ]
    ((cause, effects),) = first.waiting[1].links
    assert cause == "Budget per leerling"
    assert [pieces[0].words for pieces in effects] == ["Aandeel techniek", "Leerlingen per profiel"]
    ((_, waits),) = second.waiting[0].links
    assert [text.words for text in waits[0]] == ["Keuzevakken", "(keuzevakken per leerling zijn niet geregistreerd)"]
    assert [gap.words for gap in first.gaps] == ["D&P telt niet als technisch."]


def test_a_link_that_was_closed_at_one_measurement_only_says_at_which() -> None:
    runs = [stored_run("interim"), supplementary_run("final")]
    waiting = build_report(runs, toy_catalogue(), "nl").chapters[0].waiting
    effects = [pieces for _, each in waiting[1].links for pieces in each]
    assert [text.words for text in effects[0]] == ["Aandeel techniek", "(alleen bij eindmeting)"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            ("tussenmeting 0,01 en eindmeting 0,04", "methode van Holm", "houdt haar plaats", "CRV3 is de"),
        ),
        (
            "en",
            ("interim measurement 0.01 and final measurement 0.04", "of Holm", "keeps its place", "CRV3 is the"),
        ),
    ],
)
def test_the_account_states_error_rates_family_and_standard_errors(language: str, words: tuple[str, ...]) -> None:
    said = account(supplementary(language))
    assert [one for one in words if one not in said] == []


@pytest.mark.parametrize(
    "words",
    [
        "gelden alle jaren als afgeschermd",
        "het midden van het interval",
        "tussen welke grenzen",
        "De begeleidingscommissie heeft geen normen vastgesteld",
        "hard: BWI, PIE en M&T",
        "hoeveel keer zo sterk de trend na de start mag afwijken",
        "Deze grens is in deze runs voor geen enkele schatting te berekenen.",
    ],
)
def test_the_account_states_norms_masking_technical_and_breakdown(words: str) -> None:
    assert words in account(supplementary())


def test_a_breakdown_value_that_was_computed_is_not_said_to_be_absent() -> None:
    run = stored_run()
    run = replace(run, checks=run.checks.assign(statistic=run.checks["statistic"].fillna(0.7)))
    said = account(build_report([run], toy_catalogue(), "nl"))
    assert "mag afwijken" in said
    assert "nog niet berekend" not in said
    run = replace(run, checks=pd.concat([run.checks, stored_run().checks]))
    assert "nog niet berekend" not in account(build_report([run], toy_catalogue(), "nl"))


def account(report: Report) -> str:
    return " ".join(" ".join((*one.paragraphs, *(point.words for point in one.points))) for one in report.method)


def test_the_account_defines_what_the_shown_estimates_use_and_nothing_else() -> None:
    report = supplementary("en")
    folded = [(words, table) for passage in report.method for words, table in passage.folded]
    assert [words for words, _ in folded] == ["3 exposures, with definition and source", "1 indicator, with source"]
    exposures = {row.header.words: row.cells[0] for row in folded[0][1].groups[0].rows}
    assert set(exposures) == {
        "Budget per pupil",
        "Aandeel bij de telling (English)",
        "Budget op de telling van 2016/17 (English)",
    }
    assert (exposures["Budget per pupil"].words, exposures["Budget per pupil"].language) == (
        "budget gedeeld door leerlingen",
        "nl",
    )
    inside = [one for one in parsed(report).named("caption") if one.attributes["id"] == "exposures-caption"]
    assert ["details" in one.inside for one in inside] == [True]


def test_sources_that_both_runs_share_stand_there_once() -> None:
    tables = {table.anchor: table for passage in supplementary().method for table in passage.tables}
    assert [group.heading for group in tables["sources"].groups] == ["Beide metingen"]


def test_a_provisional_year_stands_in_every_caption_of_its_run() -> None:
    runs = [supplementary_run("interim"), supplementary_run("final")]
    runs[1] = replace(runs[1], manifest=runs[1].manifest | {"provisional": ["2022/23", "2023/24"]})
    captions = parsed(build_report(runs, toy_catalogue(), "nl")).named("caption", "figcaption")
    said = [one.words for one in captions if "Voorlopige cijfers in 2022/23 en 2023/24." in one.words]
    assert len(said) == len(captions)
