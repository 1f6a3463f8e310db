"""Ten thousand damaged files, and every reader among those that read them: rows or one typed error, nothing else."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, NoReturn

import damages
import pytest
import workbook_damages
from campaign import Campaign
from damages import Draft
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from targets import YEARS, drawn_rows, targets

from stoeval.panel import sources
from stoeval.panel.recognition import CSV, SOURCES
from stoeval.panel.templates import SHEET

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.declaration import Source

EXECUTIONS = 10_000
SEED = 2_026
BESIDE = {"recognition", "deliveries.toml", "stored panel", "file to estimate"}
LISTED = (
    *(*damages.OF_CELLS, *damages.OF_FORM, *damages.OF_BYTES),
    *(*workbook_damages.OF_PARTS, *workbook_damages.OF_ZIP),
)
NAMES = (*(source.name for source in SOURCES), *sorted(BESIDE))


def test_every_module_that_declares_a_source_is_fuzzed(tmp_path: Path) -> None:
    """The folder is the other account of what readers there are."""
    declared = {
        getattr(import_module(f"{sources.__name__}.{module.name}"), "SOURCE", None)
        for module in pkgutil.iter_modules(sources.__path__)
    }
    fuzzed = {target.name: target.read for target in targets(tmp_path)}
    assert {source.name: source.read for source in declared if source}.items() <= fuzzed.items()
    assert set(fuzzed) == set(NAMES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
def test_what_is_damaged_was_whole(source: Source, tmp_path: Path) -> None:
    """Damage to a file that is refused anyway would test nothing."""
    path = tmp_path / f"{source.name}-{YEARS}.{source.template}"
    for seed in range(5):
        rows = drawn_rows(source, Random(seed))  # noqa: S311 - repeatable on purpose
        parts = workbook_damages.workbook(SHEET, rows, shared=seed > 2)
        path.write_bytes(Draft(lines=rows).written() if source.template == CSV else workbook_damages.packed(parts))
        delivered = source.read(path)
        assert delivered.name == path.name


@pytest.mark.slow
def test_ten_thousand_damaged_files_leave_only_typed_errors(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, SEED)
    campaign.run(EXECUTIONS)
    assert campaign.findings == {}
    assert campaign.done == sum(campaign.outcomes.values()) == EXECUTIONS
    assert {name.partition("|")[0] for name in campaign.outcomes} == set(NAMES)
    assert {damage.__name__ for damage in LISTED} <= set(campaign.damages)


@pytest.mark.parametrize("name", NAMES)
def test_damage_that_hypothesis_chooses_leaves_only_typed_errors(name: str, tmp_path: Path) -> None:
    """The same damages, with choices that hypothesis makes and can shrink to the least that fails."""
    campaign = Campaign(tmp_path, SEED)
    (target,) = (one for one in campaign.targets if one.name == name)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(draw=st.randoms(use_true_random=False))
    def holds(draw: Random) -> None:
        campaign.attempt(target, draw, 0)
        assert campaign.findings == {}

    holds()


def test_a_reader_that_lets_an_error_through_is_found(tmp_path: Path) -> None:
    """The net holds what it is made for."""
    campaign = Campaign(tmp_path, SEED)
    target = replace(campaign.targets[0], read=_unguarded)
    campaign.attempt(target, Random(1), 7)  # noqa: S311 - repeatable on purpose
    (found,) = campaign.findings.values()
    assert (found["times"], found["first"]) == (1, 7)
    assert campaign.outcomes == {f"{target.name}|untyped": 1}


def _unguarded(path: Path) -> NoReturn:
    raise UnicodeError(path.name)
