"""What a panel covers, counted by hand, and what it can test, as an evaluation finds it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from small_panels import small_panel
from stoeval import CATALOGUE
from stoeval.evaluation import evaluate
from stoeval.panel.coverage import Coverage, panel_coverage
from stoeval.vocabulary import MonitorPanel, Untestable
from toy_catalogue import FixedAnswer, toy_catalogue

if TYPE_CHECKING:
    from stoeval.vocabulary import Catalogue, Hypothesis, Link


def cells(coverage: Coverage, table: str) -> list[tuple[object, ...]]:
    return [
        (cell.school_year.start if cell.school_year else None, cell.region, cell.rows, cell.counts, cell.masked)
        for cell in coverage.cells
        if cell.table == table
    ]


def test_rows_are_counted_by_table_school_year_and_region() -> None:
    found = panel_coverage(small_panel(), toy_catalogue())
    assert found.violations == ()
    assert found.regions == ("Twente", "Zeeland")
    assert {name: cells(found, name) for name in ("offers", "vestigingen", "regions", "flows")} == {
        "offers": [(2017, "Twente", 2, 2, 1), (2018, "Zeeland", 1, 1, 1)],
        "vestigingen": [(year, region, 1, 0, 0) for year in (2017, 2018) for region in ("Twente", "Zeeland")],
        "regions": [(None, "Twente", 1, 0, 0), (None, "Zeeland", 1, 0, 0)],
        "flows": [],
    }
    assert found.masked_share == 2 / 3


def test_rows_lie_where_their_school_or_gemeente_lies_and_nowhere_where_nobody_knows() -> None:
    found = panel_coverage(small_panel(), toy_catalogue())
    assert cells(found, "staff") == [(2018, "Zeeland", 1, 0, 0)]
    assert cells(found, "context") == [(2017, "", 1, 0, 0), (2017, "Zeeland", 1, 0, 0)]
    assert cells(found, "prospects") == [(2017, "", 1, 0, 0)]


def test_a_panel_without_counts_has_no_masked_share() -> None:
    panel = small_panel()
    bare = small_panel(offers=panel.tables["offers"][:0])
    assert panel_coverage(bare, toy_catalogue()).masked_share is None


def test_a_broken_panel_is_described_as_far_as_its_tables_are_whole_and_tests_nothing() -> None:
    tables = small_panel().tables
    broken = small_panel(
        offers=tables["offers"].drop(columns="passes_low"), vestigingen=tables["vestigingen"].assign(open="ja")
    )
    found = panel_coverage(broken, toy_catalogue())
    assert len(found.violations) == 2
    assert found.links is None
    assert found.regions == ()
    assert {cell.table for cell in found.cells} == {"regions", "staff", "context", "prospects"}
    assert cells(found, "staff") == [(2018, "", 1, 0, 0)]


def without(panel: MonitorPanel, *names: str) -> MonitorPanel:
    tables = {name: table[:0] if name in names else table for name, table in panel.tables.items()}
    return MonitorPanel(tables=tables, provenance=panel.provenance)


def answered(link: Link) -> Link:
    """Return a link of which the design estimates nothing, so that only the rows can keep it from being tested."""
    return link if isinstance(link.design, Untestable) else replace(link, design=FixedAnswer())


def quick(hypotheses: tuple[Hypothesis, ...]) -> Catalogue:
    """Return the catalogue at the final measurement with these hypotheses, each with quick designs."""
    chosen = tuple(
        replace(
            one,
            primary=tuple(map(answered, one.primary)),
            chain=replace(one.chain, links=tuple(map(answered, one.chain.links))),
            further=tuple(map(answered, one.further)),
        )
        for one in hypotheses
    )
    return replace(CATALOGUE, hypotheses=chosen, measurements=CATALOGUE.measurements[-1:])


@pytest.mark.parametrize("absent", [(), ("plans", "flows"), ("regions", "staff", "surveys")])
def test_links_are_untestable_for_the_reasons_of_an_evaluation(twin: MonitorPanel, absent: tuple[str, ...]) -> None:
    panel = without(twin, *absent)
    catalogue = quick(CATALOGUE.hypotheses[2:4])
    run = evaluate(panel, catalogue.measurements[0], catalogue, seed=1)
    expected = [
        (one.hypothesis, one.link.name, one.finding if isinstance(one.finding, Untestable) else None)
        for one in run.results
    ]
    found = panel_coverage(panel, catalogue).links
    assert found is not None
    assert [(one.hypothesis, one.link.name, one.untestable) for one in found] == expected
    assert any(one.untestable for one in found)
    assert any(one.untestable is None for one in found) or "regions" in absent


def test_each_measurement_sees_no_later_year(twin: MonitorPanel) -> None:
    catalogue = replace(quick(CATALOGUE.hypotheses[3:4]), measurements=CATALOGUE.measurements)
    flows = twin.tables["flows"]
    late = {**twin.tables, "flows": flows[flows["school_year"] != 2020]}
    found = panel_coverage(MonitorPanel(tables=late, provenance=twin.provenance), catalogue).links
    assert found is not None
    reasons = {(one.measurement, one.link.name): one.untestable.reason if one.untestable else "" for one in found}
    name = next(one.name for one in CATALOGUE.hypotheses[3].primary)
    assert reasons["interim", name] == "de uitkomst is niet waargenomen in 2020/21"
    assert reasons["final", name] == ""
