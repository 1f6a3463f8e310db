"""A panel on disk: the same bytes for the same panel, whole or not at all, and every damage told."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import pytest

from stoeval.errors import PanelError
from stoeval.panel.contract import conform, empty, violations
from stoeval.panel.storage import panel_sha256, read_panel, write_panel
from stoeval.panel.tables import REGIONS, TABLES
from stoeval.vocabulary import MonitorPanel, Provenance

if TYPE_CHECKING:
    from pathlib import Path

HOLLOW = (
    b'{"name": "stoeval-monitor-panel", "resources": [{}], "synthetic": 1, "regions": "", "sources": [], "notes": []}'
)
KILLED_WRITE = """
import os, sys
from pathlib import Path
from stoeval.panel.storage import read_panel, write_panel
directory, moment = Path(sys.argv[1]), int(sys.argv[2])
panel = read_panel(directory)
rename, calls = Path.rename, []
def dying(self, target):
    calls.append(target)
    if len(calls) == moment:
        os._exit(9)
    return rename(self, target)
Path.rename = dying
write_panel(panel, directory)
"""


def _panel(budget: float = 4.3e6, order: tuple[str, ...] = ("Twente", "Zeeland")) -> MonitorPanel:
    regions = pd.DataFrame({"region": list(order), "budget": [budget if name == "Twente" else None for name in order]})
    tables = {table.name: empty(table) for table in TABLES} | {"regions": conform(regions, REGIONS)}
    provenance = Provenance(
        synthetic=True, regions="STO", sources=(("bron.csv", "ab" * 32), ("simulation", "seed 1")), notes=("Één noot.",)
    )
    return MonitorPanel(tables=tables, provenance=provenance)


def _content(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_a_panel_comes_back_as_it_was_written(tmp_path: Path) -> None:
    panel = _panel()
    write_panel(panel, tmp_path / "panel")
    found = read_panel(tmp_path / "panel")
    assert found.provenance == panel.provenance
    assert violations(found) == ()
    for table in TABLES:
        pd.testing.assert_frame_equal(found.tables[table.name], panel.tables[table.name])


def test_equal_panels_give_equal_bytes_whatever_the_order_of_rows(tmp_path: Path) -> None:
    write_panel(_panel(), tmp_path / "one")
    write_panel(_panel(order=("Zeeland", "Twente")), tmp_path / "other")
    assert _content(tmp_path / "one") == _content(tmp_path / "other")
    assert sorted(_content(tmp_path / "one")) == sorted(
        ["datapackage.json", *(f"{one.name}.parquet" for one in TABLES)]
    )


def test_the_files_hold_no_metadata_of_a_library(tmp_path: Path) -> None:
    write_panel(_panel(), tmp_path / "panel")
    assert not pq.read_metadata(tmp_path / "panel" / "regions.parquet").metadata


def test_the_data_package_describes_each_column_as_declared(tmp_path: Path) -> None:
    write_panel(_panel(), tmp_path / "panel")
    package = json.loads((tmp_path / "panel" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["synthetic"] is True
    assert package["sources"] == [
        {"title": "bron.csv", "hash": "sha256:" + "ab" * 32},
        {"title": "simulation", "hash": "seed 1"},
    ]
    offers = next(resource for resource in package["resources"] if resource["name"] == "offers")
    assert offers["schema"]["primaryKey"] == ["vestiging", "profile", "leerweg", "school_year"]
    fields = {field["name"]: field for field in offers["schema"]["fields"]}
    assert fields["mark_list"]["unit"] == "mark"
    assert fields["mark_list"]["constraints"] == {"required": False, "minimum": 1, "maximum": 10}
    assert fields["leerweg"]["constraints"]["enum"] == ["BB", "KB", "GL", "LWT", "TL"]
    assert fields["vestiging"]["constraints"]["pattern"] == "[0-9]{2}[A-Z]{2}[0-9]{2}"


def test_the_fingerprint_is_the_same_in_another_process_and_after_storage(tmp_path: Path) -> None:
    panel = _panel()
    write_panel(panel, tmp_path / "panel")
    code = (
        "import sys; from pathlib import Path; from stoeval.panel.storage import panel_sha256, read_panel; "
        "print(panel_sha256(read_panel(Path(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "panel")]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    other = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - our own code
    assert other.stdout.strip() == panel_sha256(panel)


def test_the_fingerprint_follows_the_tables_and_nothing_else() -> None:
    panel = _panel()
    renamed = MonitorPanel(tables=panel.tables, provenance=Provenance(synthetic=False, regions="RMC"))
    assert panel_sha256(renamed) == panel_sha256(panel) == panel_sha256(_panel(order=("Zeeland", "Twente")))
    assert panel_sha256(_panel(budget=4.3e6 + 1)) != panel_sha256(panel)


def test_the_fingerprint_can_be_computed_by_hand_from_json_lines() -> None:
    # SHA-256 of one JSON line a column, written out here without the package's code.
    lines = []
    for table in TABLES:
        for column in table.columns:
            values: list[object] = []
            if table.name == "regions":
                values = {"region": ["Twente", "Zeeland"], "budget": [4300000.0, None]}.get(column.name, [None, None])
            lines.append(json.dumps([table.name, column.name, column.kind.value, values], separators=(",", ":")) + "\n")
    assert panel_sha256(_panel()) == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_a_newer_panel_replaces_an_older_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_panel(_panel(budget=1.0), tmp_path / "panel")
    write_panel(_panel(budget=2.0), tmp_path / "panel")
    assert read_panel(tmp_path / "panel").tables["regions"]["budget"].tolist()[0] == 2.0
    assert [path.name for path in tmp_path.iterdir()] == ["panel"]


@pytest.mark.parametrize("moment", [1, 2])
def test_a_write_that_is_killed_leaves_the_old_panel_whole(tmp_path: Path, moment: int) -> None:
    write_panel(_panel(budget=1.0), tmp_path / "panel")
    before = _content(tmp_path / "panel")
    command = [sys.executable, "-c", KILLED_WRITE, str(tmp_path / "panel"), str(moment)]
    assert subprocess.run(command, check=False).returncode == 9  # noqa: S603 - our own code
    assert read_panel(tmp_path / "panel").tables["regions"]["budget"].tolist()[0] == 1.0
    assert _content(tmp_path / "panel") == before
    write_panel(_panel(budget=2.0), tmp_path / "panel")
    assert [path.name for path in tmp_path.iterdir()] == ["panel"]


def test_a_write_that_fails_halfway_leaves_the_old_panel_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_panel(_panel(budget=1.0), tmp_path / "panel")
    before = _content(tmp_path / "panel")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        write_panel(_panel(budget=2.0), tmp_path / "panel")
    assert _content(tmp_path / "panel") == before


def test_something_that_is_not_a_panel_is_never_overwritten(tmp_path: Path) -> None:
    other = tmp_path / "documenten"
    other.mkdir()
    (other / "brief.txt").write_text("bewaren", encoding="utf-8")
    with pytest.raises(PanelError, match="exists and is not a panel; nothing was written"):
        write_panel(_panel(), other)
    file = tmp_path / "panel.txt"
    file.write_text("bewaren", encoding="utf-8")
    with pytest.raises(PanelError, match="exists and is not a panel"):
        write_panel(_panel(), file)
    assert [path.read_text(encoding="utf-8") for path in (other / "brief.txt", file)] == ["bewaren", "bewaren"]


def test_a_panel_without_one_of_its_tables_is_not_written(tmp_path: Path) -> None:
    panel = _panel()
    tables = {name: frame for name, frame in panel.tables.items() if name != "flows"}
    with pytest.raises(PanelError, match="the table flows is missing"):
        write_panel(MonitorPanel(tables=tables, provenance=panel.provenance), tmp_path / "panel")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_directory_may_become_a_panel(tmp_path: Path) -> None:
    (tmp_path / "panel").mkdir()
    write_panel(_panel(), tmp_path / "panel")
    assert violations(read_panel(tmp_path / "panel")) == ()


def _damaged(tmp_path: Path, name: str, content: bytes | None) -> Path:
    directory = tmp_path / "panel"
    write_panel(_panel(), directory)
    path = directory / name
    path.unlink() if content is None else path.write_bytes(content)
    return directory


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("datapackage.json", None, "not a panel, datapackage.json is missing"),
        ("datapackage.json", b"{", "panel/datapackage.json: no JSON"),
        ("datapackage.json", b"\xff\xfe", "panel/datapackage.json: no JSON"),
        ("datapackage.json", b"[]", "panel/datapackage.json: no monitor panel"),
        ("datapackage.json", b'{"name": "iets"}', "no monitor panel; lacks"),
        ("datapackage.json", HOLLOW, "panel/datapackage.json: 'name' is missing or of the wrong kind"),
        ("flows.parquet", None, "panel/flows.parquet: the file is missing"),
        ("flows.parquet", b"PAR1", "panel/flows.parquet: the content is not what datapackage.json declares"),
    ],
)
def test_a_damaged_panel_is_refused_with_the_file_that_is_wrong(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    with pytest.raises(PanelError, match=message):
        read_panel(_damaged(tmp_path, name, content))


def test_a_file_that_is_declared_but_no_parquet_is_refused(tmp_path: Path) -> None:
    directory = _damaged(tmp_path, "flows.parquet", b"PAR1")
    package = json.loads((directory / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["name"] == "flows":
            resource["hash"] = "sha256:" + hashlib.sha256(b"PAR1").hexdigest()
    (directory / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(PanelError, match=r"panel/flows\.parquet: no Parquet file"):
        read_panel(directory)


def test_a_panel_may_be_moved(tmp_path: Path) -> None:
    write_panel(_panel(), tmp_path / "panel")
    shutil.move(tmp_path / "panel", tmp_path / "elders")
    assert panel_sha256(read_panel(tmp_path / "elders")) == panel_sha256(_panel())
