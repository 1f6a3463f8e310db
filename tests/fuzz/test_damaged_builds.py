"""A build from a folder with one damaged file ends with exit code 11 and leaves no panel, or the older one whole."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from duo_folder import write_duo_folder
from stoeval.panel.delivery_list import FILE_NAME, init_deliveries
from stoeval.panel.storage import write_panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel

YEARS = range(2017, 2019)
ADDRESSES = "alle-vestigingen-vo.csv"
ENROLMENT = "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-2018-2019.csv"


@pytest.fixture(scope="module")
def whole(twin: MonitorPanel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a small folder that builds."""
    folder = tmp_path_factory.mktemp("whole")
    write_duo_folder(twin, folder, YEARS)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(whole: dict[str, bytes], tmp_path: Path) -> Path:
    """Write the folder anew."""
    place = tmp_path / "deliveries"
    place.mkdir()
    for name, content in whole.items():
        (place / name).write_bytes(content)
    return place


def stoeval(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    command = [sys.executable, "-c", "from stoeval.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 - our own


def _cut(folder: Path) -> str:
    """Cut a file in the middle of a row."""
    path = folder / ENROLMENT
    raw = path.read_bytes()
    path.write_bytes(raw[: raw.rindex(b";", 0, len(raw) // 2)])
    return f"{ENROLMENT}, line "


def _nul(folder: Path) -> str:
    path = folder / ADDRESSES
    path.write_bytes(path.read_bytes().replace(b"Noord", b"No\0rd", 1))
    return f"{ADDRESSES}, line 2: 1 NUL bytes"


def _outside(folder: Path) -> str:
    """List a file outside the folder, beside those inside."""
    init_deliveries(folder)
    path = folder / FILE_NAME
    path.write_text(path.read_text(encoding="utf-8").replace(f'"{ENROLMENT}"', f'"../{ENROLMENT}"'), encoding="utf-8")
    (folder / ENROLMENT).rename(folder.parent / ENROLMENT)
    return f"../{ENROLMENT}: 1 file lies outside the folder"


def _changed(folder: Path) -> str:
    """Change a figure after the list was made."""
    init_deliveries(folder)
    path = folder / ENROLMENT
    path.write_bytes(path.read_bytes().replace(b";0\n", b";1\n", 1))
    return f"{ENROLMENT}: 1 file changed since it was listed"


@pytest.mark.parametrize("damage", [_cut, _nul, _outside, _changed], ids=lambda one: one.__name__.strip("_"))
def test_a_damaged_delivery_leaves_no_panel(damage: Callable[[Path], str], folder: Path) -> None:
    said = damage(folder)
    out = folder.parent / "panel"
    before = sorted(path.name for path in folder.parent.iterdir())
    done = stoeval("build", "--deliveries", str(folder), "--out", str(out))
    assert done.returncode == 11
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.parent.iterdir()) == before


def test_a_damaged_delivery_leaves_the_older_panel_as_it_was(folder: Path) -> None:
    out = folder.parent / "panel"
    assert stoeval("build", "--deliveries", str(folder), "--out", str(out)).returncode == 0
    older = {path.name: path.read_bytes() for path in out.iterdir()}
    said = _nul(folder)
    done = stoeval("build", "--deliveries", str(folder), "--out", str(out))
    assert (done.returncode, said in done.stderr) == (11, True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == older
    assert sorted(path.name for path in folder.parent.iterdir()) == ["deliveries", "panel"]


@pytest.mark.parametrize("name", ["offers.parquet", "datapackage.json"])
def test_a_cut_panel_is_refused(name: str, twin: MonitorPanel, tmp_path: Path) -> None:
    write_panel(twin, tmp_path / "panel")
    path = tmp_path / "panel" / name
    path.write_bytes(path.read_bytes()[:-100])
    done = stoeval("check", str(tmp_path / "panel"))
    assert done.returncode == 11
    assert f"panel/{name}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_file_to_estimate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"y,x,u,t\n1,2,a,1\n\xff\xfe,\0\n")
    columns = ("--outcome", "y", "--exposure", "x", "--unit", "u", "--time", "t", "--cluster", "u")
    done = stoeval("estimate", str(path), *columns, "--out", str(tmp_path / "answer"))
    assert done.returncode == 12
    assert "rows.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]
