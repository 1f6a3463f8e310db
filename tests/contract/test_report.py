"""What the report promises: one file, no network, readable by everyone, and never louder than its evidence."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import string
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from report_pages import both, page_of, parsed, supplementary
from stoeval.catalogue import CATALOGUE
from stoeval.errors import CatalogueError, VerificationError
from stoeval.report import build_report, write_report
from stoeval.report.drawing import ACCENT, BAND, INK, PAPER, QUIET
from stoeval.report.edition import Edition
from stoeval.report.figures import SHADES, coefficient_svg, event_study_svg
from stoeval.report.reasons import absences
from stoeval.report.wording import LANGUAGES, load_wording
from stoeval.vocabulary import Exposure, Indicator, Untestable
from stored_runs import HOSTILE, STATEMENT, stored_run, toy_catalogue


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_refers_to_nothing_outside_itself(language: str) -> None:
    html, page = page_of(language)
    assert not [one.name for one in page.named("script", "link", "img", "iframe", "object", "base", "form")]
    assert not re.search(r"https?:|url\(|@import|src=", html)
    identifiers = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(identifiers) == len(set(identifiers))
    targets = [one.attributes["href"] for one in page.elements if "href" in one.attributes]
    assert {target.removeprefix("#") for target in targets} <= set(identifiers)
    pointed = " ".join(one.attributes.get("aria-labelledby", "") for one in page.elements).split()
    assert pointed
    assert set(pointed) <= set(identifiers)


def test_the_policy_allows_only_the_style_of_this_page() -> None:
    html, page = page_of()
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(one.attributes["content"] for one in page.named("meta") if "http-equiv" in one.attributes)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not [one for one in page.elements if "style" in one.attributes]


def placeholders(text: object) -> set[str]:
    lines = text if isinstance(text, list) else [text]
    return {name for line in lines for _, name, _, _ in string.Formatter().parse(str(line)) if name}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    dutch, english = (load_wording(language).texts for language in ("nl", "en"))
    shape = [
        {group: {key: placeholders(text) for key, text in words.items()} for group, words in texts.items()}
        for texts in (dutch, english)
    ]
    assert shape[0] == shape[1]


def test_every_text_is_used() -> None:
    report = Path(__file__).resolve().parents[2] / "src" / "stoeval" / "report"
    source = "".join(
        path.read_text(encoding="utf-8") for path in (*report.glob("*.py"), *report.glob("templates/*.j2"))
    )
    by_code = {"title", "conclusion", "class_demand", "class_word", "direction", "role", "delivery", "population"}
    by_code |= {"design", "unit", "unit_of_cause", "place", "because", "absence", "technical", "regions"}
    by_code |= {"state", "threat", "check", "check_asks", "check_found", "check_absent"}
    texts = load_wording("nl").texts
    stems = {key.removesuffix("_one").removesuffix("_many") for group in set(texts) - by_code for key in texts[group]}
    unused = {stem for stem in stems if stem not in source and not stem.startswith(tuple(KINDS))}
    assert unused == set()


KINDS = ("effect_", "indication_", "association_", "development_", "simulated_", "stand_in_", "legend_", "caption_")
KINDS += ("note_", "exposures_", "indicators_", "placebo_", "control_")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_catalogue_has_its_word(language: str) -> None:
    texts = load_wording(language).texts
    links = [link for hypothesis in CATALOGUE.hypotheses for link in hypothesis.links]
    assert {hypothesis.slug for hypothesis in CATALOGUE.hypotheses} <= set(texts["title"])
    assert {link.design.name for link in links if not isinstance(link.design, Untestable)} <= set(texts["design"])
    units = {link.effect.unit for link in links} | {
        link.cause.unit for link in links if isinstance(link.cause, Exposure)
    }
    assert units - {""} <= set(texts["unit"])
    causes = {link.cause.unit for link in links if isinstance(link.cause, Indicator)}
    assert causes <= set(texts["unit_of_cause"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_in_the_catalogue_has_its_words(language: str) -> None:
    edition = Edition(wording=load_wording(language), catalogue=CATALOGUE, runs=())
    designs = [link.design for hypothesis in CATALOGUE.hypotheses for link in hypothesis.links]
    closed = [design.reason for design in designs if isinstance(design, Untestable)]
    assert len(closed) >= 8
    assert [reason for reason in closed if any(text.language for text in absences(reason, edition))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_never_skip_a_level(language: str) -> None:
    levels = [int(one.name[1]) for one in page_of(language)[1].named("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language_and_lets_a_keyboard_skip_to_the_content(language: str) -> None:
    page = page_of(language)[1]
    assert page.named("html")[0].attributes["lang"] == language
    assert page.named("a")[0].attributes == {"class": "skip", "href": "#main"}
    assert [one.attributes["tabindex"] for one in page.elements if one.attributes.get("class") == "scroll"] != []


def test_every_table_has_a_caption_and_headers_with_a_scope() -> None:
    page = page_of()[1]
    assert len(page.named("table")) == len([one for one in page.named("caption") if one.words.strip()])
    assert {one.attributes["scope"] for one in page.named("th")} == {"col", "row", "rowgroup"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_regions_of_the_page_have_the_same_name(language: str) -> None:
    for page in (page_of(language)[1], parsed(supplementary(language))):
        words = {one.attributes["id"]: one.words.strip() for one in page.elements if "id" in one.attributes}
        named = [one for one in page.elements if one.name == "section" or one.attributes.get("role") == "region"]
        names = [words[one.attributes["aria-labelledby"]] for one in named if "aria-labelledby" in one.attributes]
        assert len(names) > 15
        assert len(names) == len(set(names))


def test_nothing_hidden_for_sighted_readers_makes_a_narrow_page_scroll_sideways() -> None:
    assert ".scroll { position: relative; overflow-x: auto;" in page_of()[0]


def test_every_figure_names_and_describes_itself_and_has_its_data_beside_it() -> None:
    page = page_of()[1]
    drawings = [one for one in page.named("svg") if one.attributes.get("role") == "img"]
    assert (
        len(drawings)
        == len(page.named("figure"))
        == len([one for one in page.named("details") if "figure" in one.inside])
    )
    assert len(drawings) == 2
    assert len([one for one in page.named("title") if "svg" in one.inside and one.words]) == 2
    assert len([one for one in page.named("desc") if one.words]) == 2
    assert all(one.attributes.get("aria-hidden") == "true" for one in page.named("svg") if one not in drawings)


def test_a_figure_is_small_and_marks_reference_phases_and_outcome_years() -> None:
    report = build_report(both(), toy_catalogue(), "nl")
    figure = report.chapters[0].figures[0]
    drawn = event_study_svg(figure, report.numbers)
    assert len(drawn.encode()) < 20_000
    assert report.coefficients is not None
    assert len(coefficient_svg(report.coefficients, report.numbers).encode()) < 20_000
    assert [point.label for point in figure.points if point.kind == "reference"] == ["2017/18"]
    assert [point.label for point in figure.points if point.kind == "outcome"] == ["2022/23", "2023/24"]
    assert all(words in drawn for words in ("2017/18", "aanloop", "transitie", "corona", "referentie"))
    assert drawn.count("rotate(45") == 2


def test_the_reference_year_is_drawn_at_zero() -> None:
    report = build_report(both(), toy_catalogue(), "nl")
    drawn = event_study_svg(report.chapters[0].figures[0], report.numbers)
    centre = re.search(r"rotate\(45 [\d.]+ ([\d.]+)\)", drawn)
    zero = re.search(rf'<line x1="58" y1="([\d.]+)"[^>]*stroke="{INK}"', drawn)
    assert centre is not None
    assert zero is not None
    assert centre[1] == zero[1]


def test_the_same_runs_give_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from stored_runs import stored_run, toy_catalogue; from stoeval.report import *;"
        "runs = [stored_run('interim', conclusion='te vroeg'), stored_run('final')];"
        "print(hashlib.sha256(render_html(build_report(runs, toy_catalogue(), 'nl')).encode()).hexdigest())"
    )
    tests = Path(__file__).resolve().parents[1]
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(tests)}
        ran = subprocess.run(  # noqa: S603 - the code is the literal above
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
        )
        found.add(ran.stdout.strip())
    assert found == {hashlib.sha256(page_of()[0].encode()).hexdigest()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ["D", "E"])
def test_findings_of_weak_classes_never_speak_of_an_effect(language: str, letter: str) -> None:
    report = build_report(both(identification_class=letter), toy_catalogue(), language)
    found = [words for chapter in report.chapters for _, sentences in chapter.findings for words in sentences]
    found += [point.words for passage in report.minutes[:1] for point in passage.points]
    assert len(found) >= 5
    assert not [words for words in found if "effect" in words.lower()]


def test_hostile_names_are_shown_and_never_obeyed() -> None:
    html, page = page_of(label=HOSTILE)
    assert not page.named("script", "img")
    assert not [one for one in page.elements if "onerror" in one.attributes]
    assert any(HOSTILE in one.words for one in page.named("td"))
    assert any(HOSTILE in one.words for one in page.named("title") if "svg" in one.inside)
    assert "49" not in re.findall(r"&gt;(\d+)", html)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"synthetic": True}, "geen enkel getal zegt iets over STO"),
        ({"synthetic": False, "regions": "RMC stand-in"}, "in dit rapport zijn niet de STO-regio"),
    ],
)
def test_simulated_and_stand_in_numbers_say_so_on_top_and_in_every_caption(
    status: dict[str, object], words: str
) -> None:
    page = page_of(**status)[1]
    banner = [one for one in page.elements if one.attributes.get("class") == "banner"]
    assert len(banner) == 1
    assert words in banner[0].words
    note = "Gesimuleerde gegevens: dit zegt niets over STO." if status["synthetic"] else "een proef van de methode."
    captions = page.named("caption", "figcaption")
    assert len(captions) == 16
    assert all(one.words.endswith(note) for one in captions)


@pytest.mark.parametrize(("language", "note"), [("nl", "een proef van de methode."), ("en", "a trial of the method.")])
def test_a_report_of_supplementary_estimates_carries_the_caution_in_every_caption(language: str, note: str) -> None:
    captions = parsed(supplementary(language)).named("caption", "figcaption")
    assert len(captions) == 14
    assert all(one.words.endswith(note) for one in captions)


def test_real_numbers_carry_no_warning() -> None:
    page = page_of(synthetic=False, regions="STO")[1]
    assert not [one for one in page.elements if one.attributes.get("class") == "banner"]


def test_verdicts_stand_side_by_side_with_what_could_be_seen_before_what_was_seen() -> None:
    report = build_report(both()[::-1], toy_catalogue(), "nl")
    table = report.verdicts
    assert [column.heading for column in table.columns] == [
        "Hypothese",
        "Tussenmeting",
        "Eindmeting",
        "Uitkomstmaat",
        "Klasse",
        "Minimaal aantoonbaar",
        "Schatting [95%-interval]",
    ]
    first, second = table.entries
    assert [badge.text for badge in first.badges] == ["te vroeg", "deels ondersteund"]
    seen = first.lines[0]
    assert (seen.letter, seen.mde, seen.estimate, seen.interval) == ("C", "0,114", "0,120", "[0,040; 0,200]")
    assert second.lines[0].remark == "niet geschat"


def test_five_minutes_say_what_could_not_be_known_and_what_it_waits_for() -> None:
    found, certain, unknown = build_report(both(), toy_catalogue(), "nl").minutes
    assert "deels ondersteund (1) en niet toetsbaar (1)" in found.paragraphs[1]
    assert "is C" in certain.paragraphs[0]
    assert "stelt dit rapport nergens vast" in certain.paragraphs[1]
    assert [point.words for point in unknown.points] == ["Keuzevakregistratie: één schakel"]


def test_masked_counts_come_with_the_bounds_of_the_estimate() -> None:
    chapter = build_report(both(), toy_catalogue(), "nl").chapters[0]
    masked = chapter.tables[0].groups[-1].rows[0].cells[7]
    assert (masked.words, masked.note) == ("312 cellen", "schatting tussen 0,100 en 0,140")
    assert chapter.further is not None
    assert chapter.further.tables[0].groups[0].rows[0].cells[7].note == "grens niet bekend"


def test_statements_stay_dutch_word_for_word_in_the_english_report() -> None:
    page = page_of("en")[1]
    quoted = [one for one in page.named("p") if "blockquote" in one.inside]
    assert quoted[0].words == STATEMENT
    assert {one.attributes["lang"] for one in quoted} == {"nl"}


def test_the_command_to_recompute_names_the_run_and_no_directory() -> None:
    page = page_of()[1]
    commands = [one.words for one in page.named("pre")]
    assert commands == ["stoeval verify interim-1 --panel PANEL", "stoeval verify final-1 --panel PANEL"]


def test_one_measurement_alone_makes_a_report() -> None:
    report = build_report([stored_run("interim", conclusion="te vroeg")], toy_catalogue(), "nl")
    assert [column.heading for column in report.verdicts.columns][1] == "Tussenmeting"


def test_an_interval_that_leaves_the_figure_ends_in_an_arrowhead() -> None:
    report = build_report([stored_run(ci_high=0.09)], toy_catalogue(), "nl")
    inside = build_report([stored_run()], toy_catalogue(), "nl")
    assert report.coefficients is not None
    assert inside.coefficients is not None
    assert coefficient_svg(report.coefficients, report.numbers).count("<polygon") == 1
    assert coefficient_svg(inside.coefficients, inside.numbers).count("<polygon") == 0


def darkened(shade: str) -> str:
    """Return a shade under the veil over the corona years, which is 5% of the ink."""
    pairs = [(int(shade[at : at + 2], 16), int(INK[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(0.95 * under + 0.05 * ink):02x}" for under, ink in pairs)


@pytest.mark.parametrize(
    ("front", "back"),
    [
        *((QUIET, shade) for shade in (PAPER, "#f3f6f7", *SHADES.values())),
        *((QUIET, darkened(shade)) for shade in SHADES.values()),
        (ACCENT, PAPER),
        (INK, "#fff4d6"),
        (PAPER, ACCENT),
    ],
)
def test_text_has_enough_contrast(front: str, back: str) -> None:
    assert contrast(front, back) >= 4.5


@pytest.mark.parametrize(("front", "back"), [(ACCENT, BAND), (QUIET, BAND), (QUIET, SHADES["transition"])])
def test_marks_have_enough_contrast(front: str, back: str) -> None:
    assert contrast(front, back) >= 3


def contrast(front: str, back: str) -> float:
    """Return the contrast ratio of WCAG 2.2, success criterion 1.4.3."""
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_style_uses_the_colours_that_were_tested() -> None:
    html = page_of()[0]
    assert f"--ink: {INK};" in html
    assert f"--quiet: {QUIET};" in html
    assert f"--accent: {ACCENT};" in html


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = write_report(both(), toy_catalogue(), "nl", tmp_path / "new" / "report.html")
    before = path.read_bytes()
    assert before.decode() == page_of()[0]
    with pytest.raises(CatalogueError, match="at least one stored run"):
        write_report([], toy_catalogue(), "nl", path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["report.html"]


def test_a_run_of_another_catalogue_is_refused() -> None:
    run = stored_run()
    run.verdicts.loc[0, "hypothesis"] = 12
    with pytest.raises(CatalogueError, match=r"final-1 holds hypotheses \[12\], unknown to this catalogue"):
        build_report([run], toy_catalogue(), "nl")


def test_a_missing_number_where_one_is_required_is_refused() -> None:
    with pytest.raises(
        VerificationError, match="EstimateRow holds a value that cannot be read: a required cell is empty"
    ):
        build_report([stored_run(mde=float("nan"))], toy_catalogue(), "nl")


def test_a_missing_column_is_named() -> None:
    run = stored_run()
    run = replace(run, checks=run.checks.drop(columns="threshold"))
    with pytest.raises(VerificationError, match="CheckRow lacks columns threshold"):
        build_report([run], toy_catalogue(), "nl")
