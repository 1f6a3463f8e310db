"""A panel is built again exactly when something that it depends on is no longer the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stoeval.panel import incremental
from stoeval.panel.assembly import build_panel
from stoeval.panel.incremental import build_inputs, is_current
from stoeval.panel.storage import read_panel, recorded_inputs, write_panel
from stoeval.panel.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

ENROLMENT = """BRIN NUMMER;VESTIGINGSNUMMER;PLAATSNAAM VESTIGING;PROVINCIE VESTIGING;\
ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR;VMBO SECTOR;AFDELING;OPLEIDINGSNAAM;\
LEER- OF VERBLIJFSJAAR 3 - MAN;LEER- OF VERBLIJFSJAAR 3 - VROUW;\
LEER- OF VERBLIJFSJAAR 4 - MAN;LEER- OF VERBLIJFSJAAR 4 - VROUW
00AH;00AH07;P;Q;VMBO KL lj 3-4;Techniek;Produceren, installeren en energie;VMBO X;{pupils};0;9;0
"""
ADDRESSES = """BRIN NUMMER;VESTIGINGSNUMMER;POSTCODE;PLAATSNAAM;GEMEENTENAAM;PROVINCIE;RMC-REGIO CODE;RMC-REGIO NAAM
00AH;00AH07;1000 AA;P;ENSCHEDE;Q;01;Noord
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two deliveries."""
    directory = tmp_path / "duo"
    directory.mkdir()
    enrolment(directory)
    (directory / "alle-vestigingen-vo.csv").write_text(ADDRESSES, encoding="utf-8")
    return directory


def enrolment(directory: Path, pupils: int = 12) -> None:
    name = "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-2017-2018.csv"
    (directory / name).write_text(ENROLMENT.format(pupils=pupils), encoding="utf-8")


def built(folder: Path, out: Path) -> Path:
    write_panel(build_panel(folder), out, inputs=build_inputs(folder))
    return out


def content(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_a_panel_is_current_until_something_changes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "panel"
    assert not is_current(out, build_inputs(folder))
    built(folder, out)
    assert is_current(out, build_inputs(folder))
    enrolment(folder, pupils=13)
    assert not is_current(out, build_inputs(folder))
    enrolment(folder, pupils=12)
    assert is_current(out, build_inputs(folder))


def test_the_same_input_gives_the_same_bytes_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "copy"
    elsewhere.mkdir(parents=True)
    for path in folder.iterdir():
        (elsewhere / path.name).write_bytes(path.read_bytes())
    one, other = built(folder, tmp_path / "one"), built(elsewhere, tmp_path / "other")
    assert content(one) == content(other)
    assert sorted(content(one)) == sorted(["datapackage.json", *(f"{table.name}.parquet" for table in TABLES)])


def test_a_new_a_renamed_and_a_removed_file_count_as_changes(folder: Path, tmp_path: Path) -> None:
    out = built(folder, tmp_path / "panel")
    extra = folder / "nog-iets.csv"
    extra.write_text("a;b\n", encoding="utf-8")
    assert not is_current(out, build_inputs(folder))
    extra.unlink()
    assert is_current(out, build_inputs(folder))
    (folder / "alle-vestigingen-vo.csv").rename(folder / "vestigingen-vo.csv")
    assert not is_current(out, build_inputs(folder))


def test_coordinates_beside_the_folder_and_a_table_of_regions_elsewhere_count(folder: Path, tmp_path: Path) -> None:
    plain = build_inputs(folder)
    regions = tmp_path / "regions.csv"
    regions.write_text("vestiging;region\n00AH07;Twente\n", encoding="utf-8")
    with_regions = build_inputs(folder, regions)
    beside = folder.parent / "geo"
    beside.mkdir()
    (beside / "vo_vestigingen_geo.csv").write_text("VESTIGINGSCODE;LON;LAT\n", encoding="utf-8")
    with_both = build_inputs(folder, regions)
    assert [len(one) for one in (plain, with_regions, with_both)] == [3, 4, 5]
    regions.write_text("vestiging;region\n00AH07;Achterhoek\n", encoding="utf-8")
    assert build_inputs(folder, regions) != with_both


def test_another_version_of_the_package_or_of_its_readers_builds_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = built(folder, tmp_path / "panel")
    with monkeypatch.context() as later:
        later.setattr(incremental, "version", lambda _: "99.0")
        assert not is_current(out, build_inputs(folder))
    readers = tmp_path / "readers"
    readers.mkdir()
    (readers / "one.py").write_text("ONE = 1\n", encoding="utf-8")
    monkeypatch.setattr(incremental, "READERS", readers)
    assert not is_current(out, build_inputs(folder))


def test_a_panel_that_is_not_as_it_was_written_is_built_again(folder: Path, tmp_path: Path) -> None:
    inputs = build_inputs(folder)
    out = built(folder, tmp_path / "panel")
    assert recorded_inputs(out) == inputs
    table = out / "offers.parquet"
    kept = table.read_bytes()
    table.write_bytes(kept[:-1] + b"?")
    assert not is_current(out, inputs)
    table.unlink()
    assert not is_current(out, inputs)
    table.write_bytes(kept)
    assert is_current(out, inputs)
    (out / "datapackage.json").write_text("{", encoding="utf-8")
    assert not is_current(out, inputs)


def test_a_panel_written_without_inputs_is_never_current(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "panel"
    write_panel(build_panel(folder), out)
    assert recorded_inputs(out) == ()
    assert not is_current(out, build_inputs(folder))
    assert not is_current(out, ())


def test_inputs_are_recorded_by_name_and_hash_and_change_nothing_of_the_panel(folder: Path, tmp_path: Path) -> None:
    inputs = build_inputs(folder)
    out = built(folder, tmp_path / "panel")
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert package["inputs"] == [{"title": name, "hash": digest} for name, digest in inputs]
    assert [name for name, _ in inputs if name.startswith("stoeval ")]
    assert str(tmp_path) not in json.dumps(package)
    assert read_panel(out).provenance == build_panel(folder).provenance
