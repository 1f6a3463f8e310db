"""deliveries.toml: written once, read back the same, and every file that is not what it says is told."""

from __future__ import annotations

import os
import string
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.delivery_list import (
    FILE_NAME,
    DeliveryList,
    ListedFile,
    Status,
    file_sha256,
    init_deliveries,
    list_fetched,
    quoted,
    read_delivery_list,
    unlisted_files,
    write_delivery_list,
)
from stoeval.panel.fetch import Fetched
from stoeval.panel.provisional import provisional_note, provisional_years
from stoeval.vocabulary import SchoolYear

if TYPE_CHECKING:
    from pathlib import Path

PLANS = "region;activity_line;share\nSTO1;1;0,5\n"
PLANS_SHA256 = "9f0a7e64c7f5b8f1c4d8a1d1b6f0f4b0"
"""Not the fingerprint of the plans: a wrong one, in the tests of a changed file."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a plan, a survey response file and a letter."""
    directory = tmp_path / "map"
    (directory / "sto").mkdir(parents=True)
    (directory / "sto" / "regional-plans.csv").write_text(PLANS, encoding="utf-8")
    (directory / "eigen naam.csv").write_text("kind;region;wave;invited;answered\n", encoding="utf-8")
    (directory / "brief.txt").write_text("Beste", encoding="utf-8")
    (directory / ".verborgen").write_text("x", encoding="utf-8")
    stamp = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    for path in directory.rglob("*"):
        os.utime(path, (stamp, stamp))
    return directory


def test_a_list_is_written_by_recognising_names_and_headers(folder: Path) -> None:
    listed = init_deliveries(folder)
    assert [(one.file, one.source, one.status, one.date) for one in listed.files] == [
        ("eigen naam.csv", "survey response", Status.PROVISIONAL, date(2026, 3, 1)),
        ("sto/regional-plans.csv", "regional plans", Status.PROVISIONAL, date(2026, 3, 1)),
    ]
    assert [name for name, _ in listed.unknown] == ["brief.txt"]
    assert listed.files[1].licence == "confidential"
    assert len({one.sha256 for one in listed.files}) == 2


def test_what_was_written_is_what_is_read(folder: Path) -> None:
    listed = init_deliveries(folder)
    assert read_delivery_list(folder) == listed
    assert not [path for path in folder.iterdir() if path.name.endswith(".partial")]


def test_the_list_is_toml_with_one_table_a_file(folder: Path) -> None:
    init_deliveries(folder)
    content = tomllib.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    assert list(content) == ["delivery", "unknown"]
    assert content["delivery"][1]["source"] == "regional plans"
    assert content["delivery"][1]["date"] == date(2026, 3, 1)


def test_the_provisional_years_of_a_file_come_back(folder: Path) -> None:
    listed = init_deliveries(folder)
    years = (SchoolYear(start=2022), SchoolYear(start=2023))
    named = replace(listed, files=(replace(listed.files[0], provisional_years=years), *listed.files[1:]))
    write_delivery_list(named)
    assert 'provisional_years = ["2022/23", "2023/24"]' in listed.path.read_text(encoding="utf-8")
    assert read_delivery_list(folder) == named


def test_a_list_is_never_overwritten_without_being_asked(folder: Path) -> None:
    (folder / FILE_NAME).write_text("# van mij\n", encoding="utf-8")
    with pytest.raises(PanelError, match="there is a list already, 1 file; nothing was written"):
        init_deliveries(folder)
    assert (folder / FILE_NAME).read_text(encoding="utf-8") == "# van mij\n"
    assert len(init_deliveries(folder, replace=True).files) == 2


def test_a_folder_without_a_list_has_none(folder: Path, tmp_path: Path) -> None:
    assert read_delivery_list(folder) is None
    with pytest.raises(PanelError, match="no such directory"):
        init_deliveries(tmp_path / "weg")
    (tmp_path / "leeg").mkdir()
    with pytest.raises(PanelError, match="0 files to list"):
        init_deliveries(tmp_path / "leeg")


def test_every_file_that_is_not_what_the_list_says_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    listed = init_deliveries(folder)
    response, plans = listed.files
    (tmp_path / "geheim.csv").write_text(PLANS, encoding="utf-8")
    (folder / "koppeling.csv").symlink_to(tmp_path / "geheim.csv")
    wrong = (
        replace(response, sha256=PLANS_SHA256),
        plans,
        replace(plans, file="sto/../sto/regional-plans.csv"),
        replace(plans, file="weg.csv"),
        replace(plans, file="../geheim.csv"),
        replace(plans, file=str(tmp_path / "geheim.csv")),
        replace(plans, file="koppeling.csv"),
        replace(plans, file="brief.txt", source="horoscoop", sha256=listed.unknown[0][1]),
        replace(plans, file="x" * 5000),
    )
    write_delivery_list(replace(listed, files=wrong))
    with pytest.raises(ContractViolated) as caught:
        read_delivery_list(folder)
    assert caught.value.exit_code == 11
    told = [(line.split(": ")[0][-22:], line.split(": ")[1].split(";")[0]) for line in caught.value.violations]
    assert told[:7] == [
        ("eigen naam.csv", "1 file changed since it was listed"),
        ("sto/regional-plans.csv", "1 file is listed 2 times"),
        ("sto/regional-plans.csv", "1 file is listed 2 times"),
        ("weg.csv", "1 file is missing"),
        ("../geheim.csv", "1 file lies outside the folder"),
        (str(tmp_path / "geheim.csv")[-22:], "1 file lies outside the folder"),
        ("koppeling.csv", "1 file lies outside the folder"),
    ]
    assert told[7][1].startswith("1 unknown source 'horoscoop'")
    assert told[8][1] == "1 file is missing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[delivery]\n", r"no TOML \(.*line 1"),
        ("delivery = 3\n", "delivery: 1 table of the wrong kind"),
        ("[[delivery]]\nfile = 'a.csv'\n", "4 keys are missing; first source; add it"),
        ("[[levering]]\nfile = 'a.csv'\n", "levering: 1 unknown table; leave it out"),
        ("[[unknown]]\nfile = 3\n", "1 values of the wrong kind; first file"),
        ("[[delivery]]\nstatus = 'bijna'\n", "1 unknown status 'bijna'; write provisional or final"),
        ("[[delivery]]\nprovisional_years = ['2023/25']\n", "1 values of the wrong kind; first provisional_years"),
        ("[[delivery]]\nprovisional_years = '2023/24'\n", "1 values of the wrong kind; first provisional_years"),
        ("[[delivery]]\nstatus = 'final'\nprovisional_years = ['2023/24']\n", "1 final file with provisional years"),
        ("[[delivery]]\nkleur = 'rood'\n", "1 keys are unknown; first kleur"),
        ("[[delivery]]\ndate = '2026-11-22'\n", "1 values of the wrong kind; first date"),
    ],
)
def test_a_list_of_the_wrong_form_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(PanelError, match=message):
        read_delivery_list(folder)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a = " + b"[" * 100_000, b"\0", b"#" * 4_000_001])
def test_a_list_that_is_no_text_or_too_much_of_it_is_refused(folder: Path, raw: bytes) -> None:
    (folder / FILE_NAME).write_bytes(raw)
    with pytest.raises(PanelError, match=FILE_NAME):
        read_delivery_list(folder)


def test_a_path_with_a_nul_leads_nowhere(folder: Path) -> None:
    listed = init_deliveries(folder)
    write_delivery_list(replace(listed, files=(replace(listed.files[0], file="a\0b"),)))
    with pytest.raises(ContractViolated, match="1 file lies outside the folder"):
        read_delivery_list(folder)


def test_a_link_that_leads_out_of_the_folder_is_never_listed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "geheim.csv").write_text(PLANS, encoding="utf-8")
    (folder / "koppeling.csv").symlink_to(tmp_path / "geheim.csv")
    with pytest.raises(PanelError, match=r"1 files lie outside the folder, or lead out of it; first koppeling\.csv"):
        init_deliveries(folder)
    assert not (folder / FILE_NAME).exists()


def _fetched(path: Path, source: str) -> Fetched:
    address = f"https://duo.nl/open_onderwijsdata/images/{path.name}"
    day, digest = date(2026, 11, 22), file_sha256(path)
    size = path.stat().st_size
    return Fetched(
        source=source, name=path.name, path=path, sha256=digest, address=address, date=day, size=size, kept=False
    )


def test_fetched_files_join_the_list_and_leave_what_was_listed_alone(folder: Path, tmp_path: Path) -> None:
    before = init_deliveries(folder)
    path = folder / "alle-vestigingen-vo.csv"
    path.write_text("x;y\n", encoding="utf-8")
    after = list_fetched(folder, [_fetched(path, "addresses"), _fetched(folder / before.files[0].file, "addresses")])
    assert read_delivery_list(folder) == after
    added = [file for file in after.files if file not in before.files]
    assert set(before.files) <= set(after.files)
    assert [(one.file, one.source, one.status, one.date) for one in added] == [
        ("alle-vestigingen-vo.csv", "addresses", Status.PROVISIONAL, date(2026, 11, 22))
    ]
    assert added[0].address.endswith("/images/alle-vestigingen-vo.csv")
    assert added[0].licence == "CC0-1.0"
    (tmp_path / "elders.csv").write_text("x", encoding="utf-8")
    with pytest.raises(PanelError, match=r"1 files lie outside the folder, or lead out of it; first \.\./elders\.csv"):
        list_fetched(folder, [_fetched(tmp_path / "elders.csv", "addresses")])


def test_fetched_files_start_a_list_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "alle-vestigingen-vo.csv"
    path.write_text("x;y\n", encoding="utf-8")
    assert [one.source for one in list_fetched(tmp_path, [_fetched(path, "addresses")]).files] == ["addresses"]
    assert read_delivery_list(tmp_path) is not None


def test_files_that_came_later_are_named(folder: Path) -> None:
    listed = init_deliveries(folder)
    assert unlisted_files(listed) == ()
    (folder / "sto" / "later.csv").write_text("x", encoding="utf-8")
    assert unlisted_files(listed) == ("sto/later.csv",)


def test_a_file_name_that_is_no_text_is_refused_and_nothing_is_left(folder: Path) -> None:
    listed = init_deliveries(folder)
    before = listed.path.read_bytes()
    with pytest.raises(PanelError, match="a file name is no text"):
        write_delivery_list(replace(listed, files=(replace(listed.files[0], file="a\udcff.csv"),)))
    assert listed.path.read_bytes() == before
    assert not [path for path in folder.iterdir() if path.name.endswith(".partial")]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(text=texts)
def test_every_text_comes_back_from_its_quotes(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


@given(name=st.text(string.ascii_letters + ' "\\\n\t#[]=é漢😀', min_size=1, max_size=30), day=st.dates())
def test_every_list_comes_back_through_tomllib(tmp_path_factory: pytest.TempPathFactory, name: str, day: date) -> None:
    path = tmp_path_factory.getbasetemp() / FILE_NAME
    file = ListedFile(file=name, source="surveys", sha256="ab", status=Status.FINAL, date=day, publisher=name)
    write_delivery_list(DeliveryList(path=path, files=(file,), unknown=((name, "cd"),)))
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert ListedFile(**(content["delivery"][0] | {"status": Status.FINAL})) == file
    assert content["unknown"] == [{"file": name, "sha256": "cd"}]


def test_a_note_on_provisional_years_can_be_read_back() -> None:
    note = provisional_note("offers", [2024, 2023, 2024])
    assert note == "Voorlopige cijfers in de tabel offers: 2023/24, 2024/25."
    years = (SchoolYear(start=2023), SchoolYear(start=2024))
    assert provisional_years([note, "Een andere noot.", provisional_note("plans", [])]) == {
        "offers": years,
        "plans": (),
    }
