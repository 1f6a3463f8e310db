"""The contract against a small panel written here that keeps it, broken in one way at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.contract import check, conform, empty, violations
from stoeval.panel.tables import OFFERS, REGIONS, SURVEYS, TABLES, VESTIGINGEN, Kind
from stoeval.vocabulary import MonitorPanel, Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping


def _panel(changes: Mapping[str, pd.DataFrame]) -> MonitorPanel:
    offers = pd.DataFrame(
        {
            "vestiging": ["00AH07", "00AH07"],
            "profile": ["PIE", "S_TECHNIEK"],
            "leerweg": ["BB", "BB"],
            "school_year": [2017, 2017],
            "pupils_low": [12, None],
            "pupils_high": [12, None],
            "candidates_low": [None, 1],
            "candidates_high": [None, 4],
            "mark_central": [6.4, None],
        }
    )
    vestigingen = pd.DataFrame(
        {
            "vestiging": ["00AH07"],
            "school_year": [2017],
            "brin": ["00AH"],
            "region": ["Twente"],
            "gemeente": ["ENSCHEDE"],
            "footprint": ["00AH07"],
            "open": [True],
        }
    )
    tables = {table.name: empty(table) for table in TABLES}
    tables |= {"offers": conform(offers, OFFERS), "vestigingen": conform(vestigingen, VESTIGINGEN)}
    return MonitorPanel(tables={**tables, **changes}, provenance=Provenance(synthetic=True, regions="test"))


def _offers(**columns: object) -> dict[str, pd.DataFrame]:
    frame = _panel({}).tables["offers"].copy()
    for name, value in columns.items():
        frame.loc[0, name] = value
    return {"offers": frame}


def _vestigingen(*rows: tuple[str, int, str]) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(rows, columns=["vestiging", "school_year", "region"])
    frame = frame.assign(brin="00AH", gemeente="ENSCHEDE", footprint="00AH07", open=True)
    return {"vestigingen": conform(frame, VESTIGINGEN)}


def _survey(vestiging: str) -> dict[str, pd.DataFrame]:
    row = {"respondent": "r1", "kind": "programme leader", "vestiging": vestiging, "region": "Twente", "wave": 2019}
    return {"surveys": conform(pd.DataFrame([row | {"item": "motivation", "value": 0.5, "weight": 1.0}]), SURVEYS)}


def test_a_panel_that_keeps_its_contract_passes() -> None:
    panel = _panel({})
    assert violations(panel) == ()
    check(panel)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"extra": pd.DataFrame()}, "extra: 1 table unknown to the contract"),
        (
            _offers(profile="XYZ"),
            "offers: 1 rows with profile of no known category; first vestiging 00AH07, profile XYZ",
        ),
        (_offers(vestiging="0AH07"), "offers: 1 rows with vestiging of the wrong form; first vestiging 0AH07"),
        (_offers(vestiging="99ZZ99"), "offers: 1 rows with a vestiging that its own table does not know"),
        (_offers(leerweg=pd.NA), "offers: 1 rows with empty leerweg"),
        (_offers(pupils_low=13), "offers: 1 rows with pupils with low above high"),
        (_offers(pupils_low=-1), "offers: 1 rows with pupils_low outside its range"),
        (_offers(pupils_high=pd.NA), "offers: 1 rows with pupils with one bound empty"),
        (_offers(mark_central=0.5), "mark_central outside its range; .* give mark from 1 to 10"),
        (_offers(mark_central=float("inf")), "mark_central that is no finite number"),
        (_offers(school_year=1999), "school_year outside its range"),
        (_offers(profile="S_TECHNIEK"), "offers: 1 rows with doubled keys; .* keep one row a key"),
        (
            _vestigingen(("00AH07", 2017, "A"), ("00AH07", 2017, "B")),
            "1 rows with vestigingen in two regions in one year",
        ),
        (_survey("99ZZ99"), "surveys: 1 rows with a vestiging that its own table does not know"),
        (
            {"regions": conform(pd.DataFrame({"region": ["Elders"]}), REGIONS)},
            "vestigingen: 1 rows with a region that its own table does not know; .* use the names of the table regions",
        ),
    ],
)
def test_each_kind_of_violation_says_what_how_many_where_and_what_to_do(
    changes: dict[str, pd.DataFrame], expected: str
) -> None:
    with pytest.raises(ContractViolated, match=expected):
        check(_panel(changes))


def test_a_missing_table_and_missing_unknown_or_mistyped_columns_are_violations() -> None:
    panel = _panel({})
    tables = dict(panel.tables)
    tables["offers"] = tables["offers"].drop(columns="passes_low").assign(extra=1).astype({"school_year": "float64"})
    del tables["flows"]
    found = violations(MonitorPanel(tables=tables, provenance=panel.provenance))
    assert found == (
        "offers: 1 columns are missing; first passes_low; add them empty",
        "offers: 1 columns are unknown; first extra; drop them or declare them",
        "offers.school_year: holds float64, not whole numbers (Int64); conform the table first",
        "flows: 1 table is missing; first flows; add it, empty where not delivered",
    )


def test_all_violations_come_at_once() -> None:
    changes = _offers(profile="XYZ", pupils_low=13, mark_central=99) | _vestigingen(("00AH08", 2017, "A"))
    with pytest.raises(ContractViolated) as caught:
        check(_panel(changes))
    assert len(caught.value.violations) == 4
    assert str(caught.value).startswith("4 violations in the panel\n  offers: ")


def test_a_respondent_without_vestiging_has_an_empty_text_and_that_is_no_violation() -> None:
    assert violations(_panel(_survey(""))) == ()


def test_a_blank_key_is_a_violation() -> None:
    blank = {"regions": conform(pd.DataFrame({"region": ["", "Twente"]}), REGIONS)}
    assert violations(_panel(blank)) == ("regions: 1 rows with blank region; first region ; a key needs a text",)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_undelivered_table_is_empty_and_has_every_declared_column_and_kind(table: object) -> None:
    declared = next(one for one in TABLES if one is table)
    frame = empty(declared)
    assert len(frame) == 0
    assert [(name, str(dtype)) for name, dtype in frame.dtypes.items()] == [
        (column.name, str(column.kind)) for column in declared.columns
    ]


def test_conforming_adds_empty_columns_orders_them_and_sorts_rows_by_key() -> None:
    frame = conform(pd.DataFrame({"budget": [2.0, 1.0], "region": ["b", "a"]}, index=[7, 3]), REGIONS)
    assert frame.columns.tolist() == list(REGIONS.names)
    assert frame["region"].tolist() == ["a", "b"]
    assert frame["budget"].tolist() == [1.0, 2.0]
    assert frame["techniekarm"].isna().all()
    assert frame.index.tolist() == [0, 1]


def test_conforming_refuses_what_a_column_cannot_hold_and_columns_that_nobody_declared() -> None:
    with pytest.raises(PanelError, match=r"regions\.approval_round: cannot be read as whole numbers"):
        conform(pd.DataFrame({"region": ["a"], "approval_round": [1.5]}), REGIONS)
    with pytest.raises(PanelError, match=r"regions\.budget: cannot be read as numbers"):
        conform(pd.DataFrame({"region": ["a"], "budget": ["veel"]}), REGIONS)
    with pytest.raises(PanelError, match="regions: 1 undeclared columns: euro"):
        conform(pd.DataFrame({"region": ["a"], "euro": [1]}), REGIONS)


def test_each_masked_count_is_declared_with_two_whole_bounds() -> None:
    for table in TABLES:
        kinds = {column.name: column.kind for column in table.columns}
        bounds = {name for name in kinds if name.endswith(("_low", "_high"))}
        assert {kinds[name] for name in bounds} <= {Kind.INTEGER}
        assert {name.removesuffix("_low") for name in bounds if name.endswith("_low")} == {
            name.removesuffix("_high") for name in bounds if name.endswith("_high")
        }
