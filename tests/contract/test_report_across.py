"""What the report says over hypotheses: from hand-written records to words, in both languages."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from report_pages import parsed
from stoeval.diagnosis.characteristics import COVERAGE, SEEN, OperatingCharacteristic
from stoeval.report import build_report
from stoeval.runs.tables import SYNTHESES
from stoeval.vocabulary import (
    BudgetStatement,
    ChainStep,
    ContextRow,
    Moderation,
    Moderator,
    RegionChain,
    RegionEffect,
    RegionSpread,
    Separation,
    SpecificationCurve,
    TradeOff,
    TradeOffFinding,
)
from stored_runs import stored_run, toy_catalogue

if TYPE_CHECKING:
    from stoeval.report.model import Passage, Report
    from stoeval.vocabulary import Catalogue

LINK = {"hypothesis": 1, "link": "choice"}
CURVE = SpecificationCurve(
    **LINK,
    kind="estimand-preserving",
    specifications=12,
    estimated=11,
    unit="share per EUR 1,000 per pupil",
    median=0.010,
    lowest=-0.002,
    highest=0.014,
    median_t=2.1,
    share_same_sign=10 / 11,
    share_significant=0.5,
    joint_p=0.031,
    joint_p_significant=0.04,
    method="wild bootstrap",
    because="",
)
RECORDS: dict[str, list[object]] = {
    "specification_curves": [CURVE],
    "separations": [
        Separation(
            hypothesis=1, line="1", other="", correlation=None, inflation=14.2, kappa=0.71, separate=False, because="x"
        ),
        Separation(
            hypothesis=2, line="2", other="", correlation=None, inflation=1.3, kappa=0.8, separate=True, because=""
        ),
        Separation(
            hypothesis=1,
            line="1",
            other="budget",
            correlation=0.95,
            inflation=None,
            kappa=None,
            separate=False,
            because="",
        ),
    ],
    "trade_offs": [
        TradeOffFinding(
            trade_off="one-or-two",
            hypothesis=1,
            first="share",
            second="pupils",
            first_effect=0.02,
            first_error=0.005,
            second_effect=-0.3,
            second_error=0.1,
            correlation=-0.25,
            p_value=0.002,
            p_trade_off=0.004,
            identification_class="C",
            conclusion="afruil zichtbaar",
            because="de eerste wint en de tweede verliest",
        )
    ],
    "moderations": [
        Moderation(
            **LINK,
            moderator="shrinking",
            category=category,
            effect=effect,
            std_error=error,
            ci_low=None if effect is None else effect - 2 * error,
            ci_high=None if effect is None else effect + 2 * error,
            n_units=300,
            n_clusters=39,
            p_difference=0.01,
            p_adjusted=0.02,
            identification_class="C",
            because="" if effect else "minder dan tien regio's",
        )
        for category, effect, error in (("yes", 0.02, 0.004), ("no", None, None))
    ],
    "region_effects": [
        RegionEffect(
            **LINK,
            region=region,
            effect=0.01,
            std_error=0.02,
            pooled=0.008,
            pooled_low=-0.01,
            pooled_high=0.03,
            rank_low=1,
            rank_high=64,
            because="",
        )
        for region in ("Achterhoek", "Zeeland")
    ],
    "region_spreads": [RegionSpread(**LINK, regions=78, mean=0.01, spread=0.004, p_alike=0.21, because="")],
    "chain_steps": [
        ChainStep(
            hypothesis=1, position=1, link="choice", state="aangetoond", p_value=0.01, first_break=False, because=""
        ),
        ChainStep(
            hypothesis=1, position=2, link="size", state="niet aangetoond", p_value=0.4, first_break=True, because=""
        ),
    ],
    "region_chains": [
        RegionChain(hypothesis=1, region=region, steps=2, followed=followed, breaks_at="size", because="")
        for region, followed in (("Achterhoek", 1), ("Zeeland", 0))
    ],
    "context_rows": [
        ContextRow(
            hypothesis=1,
            context="Krimpregio: ja",
            mechanism="Aandeel techniek",
            mechanism_state="breekt bij stap 2",
            outcome="Aandeel techniek",
            outcome_state="samenhang in de verwachte richting",
            identification_class="C",
        )
    ],
    "budget_statements": [
        BudgetStatement(
            **LINK,
            unit="technical pupils in leerjaar 3 and 4 per EUR 1 million a year",
            per_million=12.0,
            low=4.0,
            high=20.0,
            detectable=11.4,
            identification_class="C",
            because="",
        )
    ],
}


def catalogue() -> Catalogue:
    plain = toy_catalogue()
    links = plain.hypotheses[0].links
    shrinking = Moderator(
        name="shrinking",
        label="Krimpregio",
        label_en="Shrinking region",
        unit="region",
        source="regiotabel",
        categories=(("yes", "ja", "yes"), ("no", "nee", "no")),
    )
    ends = TradeOff(
        name="one-or-two",
        label="Kost het een het ander?",
        label_en="Does one cost the other?",
        reference="paragraaf 2.2",
        hypothesis=1,
        first=links[0],
        second=links[1],
    )
    return replace(plain, moderators=(shrinking,), trade_offs=(ends,))


def counted(sha: str, **changes: object) -> tuple[OperatingCharacteristic, ...]:
    one = OperatingCharacteristic(
        hypothesis=1,
        measurement="final",
        multiple=0.0,
        outcome="ondersteund",
        link="",
        draws=1000,
        count=8,
        rate=0.008,
        ci_low=0.0035,
        ci_high=0.0157,
        seed=1,
        first=0,
        last=999,
        version="0",
        catalogue_sha256=sha,
    )
    family = replace(one, hypothesis=0, count=15, rate=0.015)
    planted = replace(one, multiple=2.0, outcome=SEEN, rate=0.61)
    return tuple(
        replace(each, **changes)
        for each in (one, family, planted, replace(one, outcome=COVERAGE, link="choice", rate=0.94))
    )


def report(language: str = "nl", records: dict[str, list[object]] | None = None, sha: str = "") -> Report:
    tables = {
        name: pd.DataFrame([asdict(one) for one in given], columns=list(SYNTHESES[name]))
        for name, given in (RECORDS if records is None else records).items()
    }
    run = replace(stored_run("final"), synthesis=tables)
    known = counted(sha or str(run.manifest["catalogue_sha256"]))
    return build_report([run], catalogue(), language, known)


def passage(title: str, language: str = "nl", **parts: object) -> Passage:
    (found,) = (one for one in report(language, **parts).across if one.heading == title)
    return found


def cells(shown: Passage, place: int = 0) -> list[list[str]]:
    return [
        [row.header.words, *(cell.words for cell in row.cells)]
        for group in shown.tables[place].groups
        for row in group.rows
    ]


def test_every_passage_has_its_place_and_language() -> None:
    dutch = [one.heading for one in report("nl").across]
    english = [one.heading for one in report("en").across]
    assert dutch[0] == "Welke hypothesen niet uit elkaar te houden zijn"
    assert english[0] == "Which hypotheses cannot be told apart"
    assert len(dutch) == len(english) == 9


def test_lines_that_cannot_be_told_apart_are_named_and_counted() -> None:
    shown = passage("Welke hypothesen niet uit elkaar te houden zijn")
    assert shown.paragraphs[-1] == "Eén van de twee lijnen is in deze gegevens te onderscheiden van de andere."
    assert cells(shown) == [["1", "14,2", "0,71", "het hele budget", "nee"], ["2", "1,3", "0,80", "", "ja"]]
    assert "te onderscheiden" in report().minutes[-1].paragraphs[0]


def test_a_trade_off_shows_both_ends() -> None:
    assert cells(passage("Afruilen")) == [
        [
            "Kost het een het ander?",
            "0,0200",
            "\N{MINUS SIGN}0,30",
            "\N{MINUS SIGN}0,25",
            "0,002",
            "0,004",
            "afruil zichtbaar",
        ]
    ]
    assert cells(passage("Trade-offs", "en"))[0][-1] == "trade-off visible"


def test_other_specifications_stand_in_the_unit_of_the_reader() -> None:
    """By hand: 0.010 of a share per EUR 1,000 is 0.10 percentage points per EUR 100."""
    (row,) = cells(passage("Andere verdedigbare keuzes"))
    assert row[1:3] == ["11", "0,100"]
    assert row[3] == "[\N{MINUS SIGN}0,020; 0,140]"
    assert row[4:] == ["91%", "50%", "0,031"]


def test_a_curve_of_several_units_has_no_scale() -> None:
    mixed = replace(CURVE, unit="", median=None, lowest=None, highest=None)
    (row,) = cells(passage("Andere verdedigbare keuzes", records={"specification_curves": [mixed]}))
    assert row[2:4] == ["", ""]


def test_a_category_without_an_estimate_says_why() -> None:
    (heading, table), *_ = passage("Voor wie").folded
    assert heading == "H1 · Aandeel techniek"
    yes, no = table.groups[0].rows
    assert [cell.words for cell in yes.cells[:2]] == ["0,200", "[0,120; 0,280]"]
    assert (no.header.words, no.cells[0].words, no.cells[-1].note) == ("nee", "", "minder dan tien regio's")


def test_regions_stand_by_name_with_ranks_and_no_raw_effect() -> None:
    shown = passage("Waar")
    assert "geen ranglijst" in shown.paragraphs[0]
    (_, table), *_ = shown.folded
    rows = table.groups[0].rows
    assert [row.header.words for row in rows] == ["Achterhoek", "Zeeland"]
    assert rows[0].cells[-1].words == "1-64"


def test_the_first_break_is_marked_and_regions_are_only_counted() -> None:
    shown = passage("Waar de keten breekt")
    assert [row[1:4] for row in cells(shown)] == [["aangetoond", "0,010", ""], ["niet aangetoond", "0,400", "hier"]]
    (_, table), *_ = shown.folded
    (row,) = table.groups[0].rows
    assert [cell.words for cell in row.cells] == ["2", "1 en 0"]
    assert "Achterhoek" not in str(table)


def test_euros_carry_the_class_and_the_word() -> None:
    (row,) = passage("Per miljoen euro").tables[0].groups[0].rows
    assert [cell.words for cell in row.cells[:4]] == ["11,4", "12,0", "[4,0; 20,0]", "C"]
    assert row.cells[3].note == "aanwijzing voor een effect"


def test_how_often_the_rule_is_wrong_stands_beside_the_verdict() -> None:
    found = report()
    said = [reason.words for line in found.verdicts.entries[0].because for reason in line.reasons]
    assert any("0,8% van de gesimuleerde landen" in words for words in said)
    shown = passage("Hoe vaak de beslisregel zich vergist")
    assert "1,5% van de landen" in shown.paragraphs[-1]
    none, twice = cells(shown)
    assert none[1:] == ["geen effect", "0,8%", "", "94,0%"]
    assert twice[1:] == ["2 keer de referentie", "", "61,0%", ""]


def test_rates_of_another_catalogue_are_not_printed() -> None:
    found = report(sha="0" * 64)
    said = [reason.words for line in found.verdicts.entries[0].because for reason in line.reasons]
    assert not any("gesimuleerde landen" in words for words in said)
    assert "stoeval diagnose all" in found.across[-1].paragraphs[-1]


def test_a_run_without_syntheses_has_only_the_rule() -> None:
    assert len(report(records={}).across) == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_holds_every_passage_under_one_heading(language: str) -> None:
    page = parsed(report(language))
    (section,) = (one for one in page.named("section") if one.attributes.get("id") == "across")
    assert all(one.heading in section.words for one in report(language).across)
    identifiers = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(identifiers) == len(set(identifiers))
