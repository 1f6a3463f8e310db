"""The documents say what is: links resolve, commands exist, generated pages follow the declarations."""

from __future__ import annotations

import re
import shlex
import textwrap
import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import stoeval
import stoeval.designs
from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.discovery import discover, require_consistent
from stoeval.cli import INTERRUPTED, app
from stoeval.designs.discovery import known_designs
from stoeval.panel.assembly import USED
from stoeval.panel.own_tables import REGION_TABLE
from stoeval.panel.recognition import SOURCES, source_named
from stoeval.panel.simulation import DEFAULT_TRUTH
from stoeval.panel.tables import TABLES
from stoeval.plan import planned_estimates
from stoeval.reference_pages import pages
from stoeval.runs.read import FILES
from stoeval.vocabulary import Role

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REFERENCE = pages(CATALOGUE, known_designs().values(), app)
WRITTEN = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
BY_HAND = [path for path in WRITTEN if path.parent != DOCS / "reference"]
DECISIONS = sorted((DOCS / "decisions").iterdir())
COMMANDS: dict[str, Any] = {
    f"{name} {inner}".strip(): each
    for name, command in vars(get_command(app))["commands"].items()
    for inner, each in vars(command).get("commands", {"": command}).items()
}
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
README = (ROOT / "README.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"^make ([a-z-]+)", re.MULTILINE)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_in(text: str) -> list[str]:
    """Return every fenced block and every piece of code within a line."""
    blocks = [block for _, block in FENCE.findall(text)]
    return [*blocks, *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))]


def anchors(text: str) -> set[str]:
    """Return the anchors that a reader of Markdown gives to headings: lower case, hyphens, no punctuation."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def calls(text: str) -> list[list[str]]:
    """Return the words after `stoeval` wherever code shows a call."""
    lines = [line.strip() for code in code_in(text) for line in code.splitlines()]
    shown = [re.sub(r"^\.venv/bin/", "", line) for line in lines]
    found = [shlex.split(line)[1:] for line in shown if re.match(r"stoeval [a-z]", line)]
    return [[" ".join(words[:2]), *words[2:]] if words[0] not in COMMANDS else words for words in found]


every_page = pytest.mark.parametrize("path", WRITTEN, ids=named)
every_page_by_hand = pytest.mark.parametrize("path", BY_HAND, ids=named)
every_decision = pytest.mark.parametrize("path", DECISIONS, ids=named)


# --- generated pages -----------------------------------------------------------------------------------------


def test_the_reference_holds_the_generated_pages_and_no_other() -> None:
    assert {path.name for path in (DOCS / "reference").iterdir()} == set(REFERENCE)


@pytest.mark.parametrize("name", REFERENCE)
def test_a_reference_page_equals_its_declarations(name: str) -> None:
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == REFERENCE[name], "run `python -m stoeval.reference_pages docs/reference`"


def test_the_pages_hold_every_declaration() -> None:
    for hypothesis in CATALOGUE.hypotheses:
        assert hypothesis.statement in REFERENCE["hypotheses.md"]
    for indicator in CATALOGUE.indicators:
        assert f"`{indicator.name}`" in REFERENCE["indicators.md"]
    for exposure in CATALOGUE.exposures:
        assert f"## `{exposure.name}`" in REFERENCE["exposures.md"]
    for column in (column for table in TABLES for column in table.columns):
        assert f"`{column.name}`" in REFERENCE["panel.md"]
    for source in SOURCES:
        assert f"## {source.name[0].upper()}{source.name[1:]}" in REFERENCE["deliveries.md"]
    for name in COMMANDS:
        assert f"## `stoeval {name}`" in REFERENCE["command_line.md"]
    designs = [
        path for path in Path(stoeval.designs.__file__).parent.glob("*.py") if "ceiling: ClassVar" in path.read_text()
    ]
    assert REFERENCE["designs.md"].count("\n## ") == len(designs)
    assert f"| {INTERRUPTED} |" in REFERENCE["errors.md"]


# --- links and commands --------------------------------------------------------------------------------------


@every_page
def test_every_relative_link_resolves(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in LINK.findall(FENCE.sub("", text)):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


@every_page
def test_every_command_shown_exists_with_its_options(path: Path) -> None:
    for verb, *words in calls(path.read_text(encoding="utf-8")):
        assert verb in COMMANDS
        options = {spelling for parameter in COMMANDS[verb].params for spelling in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options | {"--help"}


def test_the_documents_show_every_verb() -> None:
    shown = {verb for path in BY_HAND for verb, *_ in calls(path.read_text(encoding="utf-8"))}
    assert shown == set(COMMANDS)


def test_the_readme_states_exactly_the_make_commands() -> None:
    assert {target for code in code_in(README) for target in MAKE.findall(code)} == TARGETS


@every_page_by_hand
def test_a_page_names_no_make_command_that_does_not_exist(path: Path) -> None:
    shown = code_in(path.read_text(encoding="utf-8"))
    assert {target for code in shown for target in MAKE.findall(code)} <= TARGETS


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages_ = [path for path in WRITTEN if path.is_relative_to(DOCS) and path != DOCS / "README.md"]
    assert {str(path.relative_to(DOCS)) for path in pages_} <= {link.partition("#")[0] for link in LINK.findall(index)}


# --- decisions -----------------------------------------------------------------------------------------------


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]


@every_decision
def test_a_decision_has_its_parts_and_fits_on_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]}. ")
    assert re.search(r"^- status: (accepted|replaced by \d{4})$", text, re.MULTILINE)
    assert re.search(r"^- date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert re.search(r"^- changes estimates: (yes|no)$", text, re.MULTILINE)
    assert HEADING.findall(text)[1:] == ["Context", "Decision", "Alternatives", "Consequences"]
    assert len(text.splitlines()) <= 60


@every_decision
def test_the_index_repeats_title_and_weight_of_a_decision(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    title = HEADING.findall(text)[0].partition(". ")[2]
    weight = re.findall(r"^- changes estimates: (yes|no)$", text, re.MULTILINE)[0]
    row = f"| [{path.name[:4]}](decisions/{path.name}) | {title} | {weight} |"
    assert row in (DOCS / "README.md").read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    record = (DOCS / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| [a-z ]+ \| reason \|\n(?:\|.*\n)+", record, re.MULTILINE)
    stated = [
        {name for row in table.splitlines()[2:] for name in row.split("|")[1].strip().split(", ")} for table in tables
    ]
    needed = [project["dependencies"], project["optional-dependencies"]["dev"]]
    assert stated == [{re.split(r"[<>=[]", one)[0] for one in group} for group in needed]


# --- what the text claims ------------------------------------------------------------------------------------


def test_one_version_is_stated_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [version]
    assert re.findall(r"^## (\S+) - (\S+)$", changes, re.MULTILINE)[0][0] == version


def test_the_licence_is_the_declared_one() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    assert f"SPDX-License-Identifier: {declared}" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert f"license: {declared}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_readme_names_every_file_of_a_run() -> None:
    assert set(re.findall(r"`(\w+)\.csv`", README)) == set(FILES)


def test_the_hypotheses_that_cannot_be_decided_are_those_with_a_low_primary_link() -> None:
    """Classes D and E decide nothing, and the weakest primary link gives the class of a hypothesis."""
    final = next(one for one in CATALOGUE.measurements if one.name == "final")
    primary = [one for one in planned_estimates(final, CATALOGUE) if one.role == Role.PRIMARY]
    low = sorted({one.hypothesis for one in primary if one.highest_class in {"D", "E"}})
    rest = sorted({one.hypothesis for one in primary} - set(low))
    said = " ".join((DOCS / "explanation" / "verdicts.md").read_text(encoding="utf-8").split())
    assert f"That holds for {listed(low)}, so" in said
    assert f"{listed(rest)} can be decided" in said


def listed(numbers: list[int]) -> str:
    names = [f"H{number}" for number in numbers]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def test_the_tutorial_tells_the_truth_of_the_twin() -> None:
    """Line 8 raises trained teachers by 0.8, in full from 2022/23; line 7 lowers knowledge sharing."""
    assert DEFAULT_TRUTH.slope("dose_line_8", "share_trained") == 0.8
    assert DEFAULT_TRUTH.true_effect("dose_line_8", "share_trained", (2022, 2023)) == 0.8
    assert DEFAULT_TRUTH.slope("dose_line_7", "knowledge_sharing") < 0
    assert "raises the share of teachers with training by 0.8" in " ".join(
        (DOCS / "tutorial" / "first_run.md").read_text(encoding="utf-8").split()
    )


def test_the_page_on_deliveries_names_every_source_that_fills_a_table_and_every_column_of_the_region_table() -> None:
    text = (DOCS / "how-to" / "receive_a_delivery.md").read_text(encoding="utf-8")
    assert {column.name for column in source_named(REGION_TABLE).columns} <= set(re.findall(r"`(\w+)`", text))
    rows = re.findall(r"^\| ([A-Za-z ]+) \| `.+` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted(USED)


def test_the_example_of_a_tenth_hypothesis_enters_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (DOCS / "how-to" / "add_a_hypothesis.md").read_text(encoding="utf-8")
    package = tmp_path / "example_hypotheses"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "h10_company_ties.py").write_text(FENCE.findall(page)[0][1], encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    tenth = discover(import_module("example_hypotheses"))
    whole = require_consistent(replace(CATALOGUE, hypotheses=(*CATALOGUE.hypotheses, *tenth)))
    assert [one.number for one in whole.hypotheses] == list(range(1, 11))


@every_page_by_hand
def test_the_python_in_a_page_compiles(path: Path) -> None:
    for language, block in FENCE.findall(path.read_text(encoding="utf-8")):
        if language == "python":
            compile(textwrap.dedent(block), named(path), "exec")


def test_the_names_that_the_pages_use_are_public() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in BY_HAND)
    used = set(re.findall(r"\bstoeval\.([A-Za-z_]+)\(", text))
    assert used
    assert used <= set(stoeval.__all__)
