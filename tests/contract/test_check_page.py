"""The page about a panel: whole, in two languages, for a good, a broken and a hostile panel."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from report_pages import Page
from small_panels import small_panel
from stoeval.errors import StoevalError
from stoeval.panel.contract import conform
from stoeval.panel.tables import OFFERS, REGIONS, TABLES, VESTIGINGEN
from stoeval.report.check_page import write_check_page
from stoeval.vocabulary import Provenance
from stored_runs import HOSTILE
from toy_catalogue import UNMEASURED, hypothesis, link, toy_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Catalogue, MonitorPanel

NOTHING = "\N{EN DASH}geen waarde"
SOURCE = Provenance(
    synthetic=True, regions="RMC stand-in", sources=(("bron.csv", "ab" * 32),), notes=("Eén noot van de bouw.",)
)


def page_of(
    directory: Path, language: str = "nl", panel: MonitorPanel | None = None, catalogue: Catalogue | None = None
) -> tuple[str, Page]:
    written = write_check_page(
        panel or small_panel(SOURCE), catalogue or toy_catalogue(), language, directory / "page.html"
    )
    text = written.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    return text, page


def words_of(page: Page, *names: str) -> list[str]:
    return [" ".join(one.words.split()) for one in page.named(*names)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "nl",
            [
                "Het panel voldoet aan zijn contract.",
                "Van de 12 tabellen hebben er 6 rijen.",
                "Van de geleverde leerlingtellingen is 66,7% afgeschermd: die tellen als interval.",
                "Tussenmeting: 0 van de 4 schakels zijn te toetsen.",
                "Eindmeting: 0 van de 4 schakels zijn te toetsen.",
            ],
        ),
        (
            "en",
            [
                "The panel keeps its contract.",
                "Of the 12 tables, 6 have rows.",
                "Of the delivered counts of pupils, 66.7% are masked and count as an interval.",
                "Interim measurement: 0 of the 4 links can be tested.",
                "Final measurement: 0 of the 4 links can be tested.",
            ],
        ),
    ],
)
def test_a_good_panel_is_told_in_short(tmp_path: Path, language: str, expected: list[str]) -> None:
    text, page = page_of(tmp_path, language)
    said = words_of(page, "li")
    assert said[: len(expected)] == expected
    assert said[-1] == "Eén noot van de bouw."
    assert page.named("html")[0].attributes["lang"] == language
    assert ("gesimuleerd" if language == "nl" else "simulated") in text
    assert page.named("ol") == []


def test_coverage_is_a_table_with_a_row_a_table_and_a_column_a_school_year(tmp_path: Path) -> None:
    _, page = page_of(tmp_path)
    heads = [one.words for one in page.named("th") if one.attributes.get("scope") == "col"]
    assert heads[:5] == ["Tabel", "2017/18", "2018/19", "Zonder jaar", "Aandeel afgeschermd"]
    rows = ["|".join(one.words.split("\n")).replace(NOTHING, "-") for one in page.named("tr")]
    assert "Leerlingen, kandidaten en cijfers per profieloffers|2in 1|1in 1|-|66,7%" in map(tidy, rows)
    assert "Doorstroom naar het mboflows; niet geleverd|-|-|-|-" in map(tidy, rows)
    assert "Zeeland|-|1|100,0%" in map(tidy, rows)
    assert "regio onbekend|1|-" in map(tidy, rows)


def tidy(row: str) -> str:
    return "|".join(part.strip() for part in row.split("|") if part.strip())


def test_a_link_that_cannot_be_tested_says_why_and_what_would_open_it(tmp_path: Path) -> None:
    _, page = page_of(tmp_path)
    rows = [" ".join(one.words.split()) for one in page.named("tr")]
    refused = [row for row in rows if "niet te toetsen" in row]
    assert len(refused) == 4
    assert any("praten is niet gemeten" in row for row in refused)
    assert any(row.startswith("STO-enquêtes ") for row in rows)


def test_reasons_that_have_no_translation_stay_dutch_and_say_so(tmp_path: Path) -> None:
    catalogue = toy_catalogue(hypothesis(primary=(link(design=UNMEASURED),)))
    _, page = page_of(tmp_path, "en", catalogue=catalogue)
    said = [one.attributes.get("lang") for one in page.named("small") if one.words == UNMEASURED.reason]
    assert said
    assert set(said) == {"nl"}


def test_a_broken_panel_lists_every_violation_and_tests_nothing(tmp_path: Path) -> None:
    offers = conform(small_panel().tables["offers"].assign(leerweg="HAVO", school_year=1999), OFFERS)
    text, page = page_of(tmp_path, panel=small_panel(SOURCE, offers=offers))
    listed = next(one for one in page.named("ol"))
    assert listed.attributes["lang"] == "en"
    lines = [one.words for one in page.named("li") if one.inside[-1] == "ol"]
    assert [line.partition(";")[0] for line in lines] == [
        "offers: 3 rows with leerweg of no known category",
        "offers: 3 rows with school_year outside its range",
    ]
    assert "schendt zijn contract op twee punten" in text
    assert "Wat te toetsen is, wordt pas bepaald" in text
    assert "niet te toetsen" not in text


def test_hostile_texts_of_a_panel_are_shown_and_never_run(tmp_path: Path) -> None:
    tables = small_panel().tables
    hostile = Provenance(synthetic=False, regions=HOSTILE, sources=((HOSTILE, HOSTILE),), notes=(HOSTILE,))
    panel = small_panel(
        hostile,
        vestigingen=conform(tables["vestigingen"].assign(region=HOSTILE, gemeente=HOSTILE), VESTIGINGEN),
        regions=conform(tables["regions"].assign(region=HOSTILE)[:1], REGIONS),
        offers=conform(tables["offers"].assign(profile=HOSTILE), OFFERS),
    )
    text, page = page_of(tmp_path, panel=panel)
    assert "<script" not in text
    assert "<img" not in text
    assert "{{ 7*7 }}" in text
    assert sum(HOSTILE in one.words for one in page.named("th")) >= 3
    assert any(HOSTILE in one.words for one in page.named("li"))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_needs_nothing_else_and_every_table_has_a_caption_and_headers(tmp_path: Path, language: str) -> None:
    text, page = page_of(tmp_path, language)
    assert not re.search(r"(src|href)=\"(?!#)", text)
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert len(page.named("table")) == len(page.named("caption")) >= 9
    assert all(one.attributes.get("scope") in {"col", "row", "rowgroup"} for one in page.named("th"))
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    labels = {one.attributes["aria-labelledby"] for one in page.elements if "aria-labelledby" in one.attributes}
    assert labels <= set(ids)
    assert [one.name for one in page.named("h1")] == ["h1"]


def test_both_languages_have_a_text_for_everything_and_a_name_for_every_table() -> None:
    texts = [
        tomllib.loads(files("stoeval.report").joinpath("texts", f"check_{one}.toml").read_text(encoding="utf-8"))
        for one in ("nl", "en")
    ]
    for group in ("check", "check_table"):
        assert list(texts[0][group]) == list(texts[1][group])
    assert list(texts[0]["check_table"]) == [table.name for table in TABLES]


def test_a_page_is_the_same_bytes_each_time_and_replaced_as_a_whole(tmp_path: Path) -> None:
    first, _ = page_of(tmp_path)
    again, _ = page_of(tmp_path)
    assert first == again
    with pytest.raises(StoevalError, match="no language 'fr'"):
        page_of(tmp_path, "fr")
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == first
