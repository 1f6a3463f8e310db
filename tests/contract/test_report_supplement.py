"""Estimates that decide nothing: shown in full where a hypothesis has no others, and never more than they are."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from report_pages import page_of, parsed, supplementary
from stoeval import checks
from stoeval.report import build_report
from stoeval.report.stored import read_runs
from stoeval.report.supplement import peak_year
from stoeval.report.wording import LANGUAGES, load_wording
from stoeval.vocabulary import Robustness, SchoolYear
from stored_runs import estimate, path_of, supplementary_run, toy_catalogue

if TYPE_CHECKING:
    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Check


def test_estimates_that_decide_nothing_are_open_only_where_a_hypothesis_has_no_others() -> None:
    folded = [one for one in page_of()[1].named("caption") if one.attributes["id"] == "h1-further-caption"]
    shown = [one for one in parsed(supplementary()).named("caption") if one.attributes["id"] == "h1-further-caption"]
    assert ["details" in one.inside for one in (*folded, *shown)] == [True, False]


def test_estimates_that_decide_nothing_say_so_in_lead_table_and_figure() -> None:
    chapter = supplementary().chapters[0]
    assert chapter.further is not None
    assert "beslissen niet over het oordeel" in chapter.further.lead
    assert "beslissen niet over het oordeel" in chapter.further.tables[0].note
    assert all(
        figure.note.endswith("Deze schatting beslist niet over het oordeel.") for figure in chapter.further.figures
    )
    assert chapter.findings == (("Beide metingen", ("Voor deze hypothese is geen primaire schatting gemaakt.",)),)


def test_estimates_that_decide_nothing_speak_in_the_words_of_their_class() -> None:
    further = supplementary().chapters[0].further
    assert further is not None
    by_class_c, by_class_d, in_time, dosed = further.findings
    assert by_class_c.startswith("Er is geen duidelijke aanwijzing voor een effect van")
    assert by_class_d.startswith("Er is geen duidelijke samenhang tussen")
    assert by_class_d.endswith("zij zegt niets over STO.")
    assert "placebo in de tijd" in in_time
    assert dosed.startswith("De uitkomst beweegt ook mee met een placebodosis")


def test_the_naive_estimate_stands_beside_the_one_it_repeats_and_says_where_it_peaks() -> None:
    further = supplementary().chapters[0].further
    assert further is not None
    with_input, naive = further.figures
    assert naive.title == "Aandeel techniek, zonder invoer van de geldformule, per schooljaar"
    assert "terugval naar het gemiddelde" in naive.note
    assert "het hoogst in 2018/19, rond die telling" in naive.note
    assert "terugval" not in with_input.note


def test_a_naive_estimate_without_a_peak_does_not_claim_one() -> None:
    rising = {year: 0.002 * (year - 2013) for year in range(2013, 2024)}
    further = build_report([supplementary_run(shape=rising)], toy_catalogue(), "nl").chapters[0].further
    assert further is not None
    assert "terugval naar het gemiddelde" in further.figures[1].note
    assert "hoogst" not in further.figures[1].note


@pytest.mark.parametrize(
    ("effects", "peak"),
    [
        ({2015: -4.0, 2016: -2.0, 2017: 0.0, 2018: 0.3, 2019: -1.0}, 2018),
        ({2015: -4.0, 2016: -2.0, 2017: 0.0, 2018: -0.3, 2019: -1.0}, 2017),
        ({2015: 1.0, 2016: -2.0, 2017: 0.0, 2018: 0.3, 2019: -1.0}, None),
        ({2015: -1.0, 2016: -2.0, 2017: 0.0, 2018: 0.3, 2019: 1.0}, None),
        ({2015: -1.0, 2016: -2.0, 2017: 0.0, 2018: 0.3}, None),
        ({2015: -1.0, 2016: -2.0, 2017: 0.0, 2018: 0.3, 2019: 1.0, 2020: 0.0}, None),
    ],
)
def test_a_peak_lies_at_the_count_or_next_to_it_with_lower_years_on_both_sides(
    effects: dict[int, float], peak: int | None
) -> None:
    run = read_runs([supplementary_run(shape=effects)], toy_catalogue())[0]
    naive = next(row for row in run.estimates if row.link == "candidates-naive")
    found = peak_year(run.path(naive), SchoolYear(start=2017))
    assert found == (None if peak is None else SchoolYear(start=peak))


def test_a_chapter_draws_at_most_three_figures_of_a_dose_and_none_of_a_bare_change() -> None:
    dosed = ["first", "second", "third"]
    run = with_secondary(supplementary_run(), {"bare": "pupils", "rounds": "pupils per round"} | dict.fromkeys(dosed))
    further = build_report([run], toy_catalogue(), "nl").chapters[0].further
    assert further is not None
    assert [figure.anchor for figure in further.figures] == ["h1-final-first", "h1-final-second", "h1-final-third"]


def test_figures_of_one_outcome_and_exposure_stand_beside_each_other() -> None:
    run = with_secondary(supplementary_run(), {"other": None})
    rows = run.estimates.set_index("link").loc[["candidates", "other", "candidates-naive"]].reset_index()
    further = build_report([replace(run, estimates=rows)], toy_catalogue(), "nl").chapters[0].further
    assert further is not None
    assert [figure.anchor.removeprefix("h1-final-") for figure in further.figures] == [
        "candidates",
        "candidates-naive",
        "other",
    ]


def test_a_figure_names_its_exposure_where_the_outcome_has_two() -> None:
    run = with_secondary(supplementary_run(), {"first": None, "second": None})
    exposures = ["unused" if name == "second" else "dose" for name in run.estimates["link"]]
    run = replace(run, estimates=run.estimates.assign(exposure=exposures))
    further = build_report([run], toy_catalogue(), "nl").chapters[0].further
    assert further is not None
    assert [figure.title for figure in further.figures[:2]] == [
        "Leerlingen per profiel (Budget per leerling), per schooljaar",
        "Leerlingen per profiel (Niet gebruikt), per schooljaar",
    ]


def with_secondary(run: StoredRun, units: dict[str, str | None]) -> StoredRun:
    """Return a run with more secondary estimates of pupils before its own, in these units or per euro."""
    rows = [
        estimate("final", name, "secondary", "pupils", unit=unit or "log points per EUR 1,000 per pupil")
        for name, unit in units.items()
    ]
    return replace(
        run,
        estimates=pd.concat([pd.DataFrame(rows), run.estimates]),
        event_study=pd.concat([*(path_of(2023, link=name) for name in units), run.event_study]),
    )


def test_checks_stand_by_estimate_with_the_measurements_beside_each_other() -> None:
    further = supplementary().chapters[0].further
    assert further is not None
    table = further.tables[2]
    assert [column.heading for column in table.columns] == ["Controle", "Tussenmeting", "Eindmeting"]
    rows = {row.header.words: row.cells for row in table.groups[1].rows}
    assert [cell.words for cell in rows["Invoer van de geldformule"]] == ["voldoet niet", "voldoet niet"]
    first = {row.header.words: row for row in table.groups[0].rows}
    assert first["Placebodosis"].cells[0].note == "p < 0,001"
    assert first["Ontwikkeling vóór de basisjaren"].cells[0].note == "p = 0,412"


def test_a_check_says_what_it_asks_once_in_a_table() -> None:
    further = supplementary().chapters[0].further
    assert further is not None
    notes = [row.header.note for group in further.tables[2].groups for row in group.rows]
    assert sum("Liep de ontwikkeling" in note for note in notes) == 1
    assert "Budget op de telling van 2016/17" in "".join(notes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_its_words(language: str) -> None:
    texts = load_wording(language).texts
    tree = ast.parse(Path(str(checks.__file__)).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    values = [word.value for call in calls for word in call.keywords if word.arg == "name"]
    names = {first_words(value) for value in values}
    assert len(names) >= 7
    for group in ("check", "check_asks", "check_found", "check_absent"):
        assert names <= set(texts[group])


def first_words(value: ast.expr) -> str:
    """Return a check's name as far as it is written in the source."""
    return (ast.unparse(value).lstrip("f").strip("'").partition("{")[0]).strip()


@pytest.mark.parametrize(("language", "class_word"), [("nl", "klasse"), ("en", "class")])
@pytest.mark.parametrize(
    "check",
    [
        checks.breakdown(Robustness()),
        checks.pre_test_power(Robustness()),
        checks.masking_unbounded(3),
        checks.placebo_dose_not_separable("dose_2016", "collinear"),
        checks.endogenous_intensity(),
        checks.formula_input_left_out(),
    ],
)
def test_a_check_without_a_number_says_how_far_it_lowers_the_class(
    language: str, class_word: str, check: Check
) -> None:
    absent = load_wording(language).texts["check_absent"]
    words = next(str(absent[name]) for name in absent if check.name.startswith(name))
    assert f"{class_word} {check.cap.value}" in words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            "Wel zijn er drie andere schattingen gemaakt, bij H1. De sterkste klasse daarvan is C; het sterkste woord",
        ),
        ("en", "There are three other estimates, for H1. The strongest class among them is C; the strongest word"),
    ],
)
def test_five_minutes_without_primary_estimates_say_what_there_is_and_that_it_decides_nothing(
    language: str, words: str
) -> None:
    found, certain, _ = supplementary(language).minutes
    said = found.paragraphs[-1]
    assert words in said
    assert load_wording(language).name("class_word", "C") in said
    assert {"nl": "beslissen over geen enkele hypothese", "en": "decide about no hypothesis"}[language] in said
    assert not found.points
    assert {"nl": "nergens vast", "en": "nowhere states"}[language] in certain.paragraphs[-1]


def test_five_minutes_count_the_other_estimates_that_differ_from_zero() -> None:
    run = supplementary_run()
    run = replace(run, estimates=run.estimates.assign(ci_low=[0.004, -0.004, -0.007]))
    said = build_report([run], toy_catalogue(), "nl").minutes[0].paragraphs[-1]
    assert "Eén daarvan verschilt duidelijk van nul (klasse C), zonder correctie" in said
    assert "Geen daarvan verschilt duidelijk van nul." in supplementary().minutes[0].paragraphs[-1]


def test_the_second_opinion_stands_between_estimates_and_checks() -> None:
    further = supplementary().chapters[0].further
    assert further is not None
    table = further.tables[1]
    assert [column.heading for column in table.columns][:4] == [
        "Uitkomstmaat en blootstelling",
        "Wild bootstrap: p en 95%-interval",
        "Permutatie: p",
        "Breakdown",
    ]
    known, absent = table.groups[0].rows[0], table.groups[0].rows[-1]
    assert [cell.words for cell in known.cells][:4] == ["0,031", "0,044", "0,62", "71%"]
    assert absent.cells[2].words == ""


def test_a_drawing_has_the_simultaneous_band_where_the_run_has_one() -> None:
    further = supplementary().chapters[0].further
    assert further is not None
    figure = further.figures[0]
    assert [mark for mark, _ in figure.legend] == ["outcome", "other", "reference", "together"]
    assert all(point.band is not None and point.band[0] < point.low for point in figure.points if point.year != 2017)
