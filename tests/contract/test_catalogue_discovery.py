"""The catalogue finds its hypotheses, one file each, and refuses what contradicts itself."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING

import pytest

from stoeval.catalogue import CATALOGUE, assemble_catalogue, exposures
from stoeval.catalogue.discovery import discover, require_consistent
from stoeval.errors import CatalogueError
from stoeval.vocabulary import Norm, TechnicalDefinition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

_PACKAGES = count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], ModuleType]:
    """Return a function that writes a package of hypothesis files and imports it."""

    def write(files: dict[str, str]) -> ModuleType:
        name = f"package_of_hypotheses_{next(_PACKAGES)}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text('"""Hypotheses of a test."""\n')
        for file, text in files.items():
            (folder / file).write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        return import_module(name)

    return write


def file_of(number: int, slug: str) -> str:
    return textwrap.dedent(
        f"""
        from dataclasses import replace
        from stoeval.catalogue.hypotheses.h1_profile_agreements import HYPOTHESIS as MODEL
        HYPOTHESIS = replace(MODEL, number={number}, slug="{slug}")
        """
    )


def test_a_tenth_hypothesis_is_one_more_file(package: Callable[[dict[str, str]], ModuleType]) -> None:
    folder = package({"h10_parents.py": file_of(10, "parents"), "h9_girls.py": file_of(9, "girls")})
    assert [(one.number, one.slug) for one in discover(folder)] == [(9, "girls"), (10, "parents")]


@pytest.mark.parametrize("name", ["parents.py", "h10.py", "h_parents.py", "h01_parents.py", "H10_parents.py"])
def test_a_file_with_another_name_is_refused(package: Callable[[dict[str, str]], ModuleType], name: str) -> None:
    folder = package({name: file_of(10, "parents")})
    with pytest.raises(CatalogueError, match=r"h<number>_<slug>\.py"):
        discover(folder)


def test_a_file_without_a_hypothesis_is_refused(package: Callable[[dict[str, str]], ModuleType]) -> None:
    folder = package({"h10_parents.py": "HYPOTHESIS = 10\n"})
    with pytest.raises(CatalogueError, match="h10_parents: define HYPOTHESIS as a Hypothesis; found int"):
        discover(folder)


@pytest.mark.parametrize("text", [file_of(11, "parents"), file_of(10, "ouders")])
def test_a_file_that_disagrees_with_its_name_is_refused(
    package: Callable[[dict[str, str]], ModuleType], text: str
) -> None:
    folder = package({"h10_parents.py": text})
    with pytest.raises(CatalogueError, match="file name, number and slug must agree"):
        discover(folder)


def test_two_hypotheses_with_one_number_are_refused(package: Callable[[dict[str, str]], ModuleType]) -> None:
    folder = package({"h10_parents.py": file_of(10, "parents"), "h10_girls.py": file_of(10, "girls")})
    with pytest.raises(CatalogueError, match=r"1 hypothesis numbers occur twice \(10\)"):
        discover(folder)


def test_a_link_to_something_undeclared_is_refused() -> None:
    some = tuple(one for one in CATALOGUE.indicators if one.name != "shared_facilities")
    ends = [(link.cause, link.effect, link.mediator) for one in CATALOGUE.hypotheses for link in one.links]
    used = sum(end is not None and end.name == "shared_facilities" for link in ends for end in link)
    assert used >= 3
    match = rf"in {used} places:(\n  H2 .*: shared_facilities is undeclared.*){{{used}}}"
    with pytest.raises(CatalogueError, match=match):
        require_consistent(replace(CATALOGUE, indicators=some))


def test_a_second_declaration_of_a_name_is_refused() -> None:
    with pytest.raises(CatalogueError, match="regional_dose is declared twice"):
        require_consistent(replace(CATALOGUE, exposures=(*CATALOGUE.exposures, exposures.REGIONAL_DOSE)))


def test_a_norm_for_an_unknown_indicator_is_refused() -> None:
    norm = Norm(indicator="happiness", smallest_relevant_effect=0.1, non_inferiority_margin=None, provenance="toets")
    with pytest.raises(CatalogueError, match="norm for happiness: there is no such indicator"):
        require_consistent(replace(CATALOGUE, norms=(norm,)))


def test_a_norm_for_a_known_indicator_is_kept() -> None:
    norm = Norm(indicator="teacher_fte", smallest_relevant_effect=0.1, non_inferiority_margin=0.05, provenance="toets")
    kept = require_consistent(replace(CATALOGUE, norms=(norm,)))
    assert [kept.norm(one) for one in kept.indicators if one.name == "teacher_fte"] == [norm]


@pytest.mark.parametrize("technical", TechnicalDefinition)
def test_another_definition_of_technical_changes_nothing_else(technical: TechnicalDefinition) -> None:
    assert assemble_catalogue(technical) == replace(CATALOGUE, technical=technical)
