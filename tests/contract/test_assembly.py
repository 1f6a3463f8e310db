"""Assembly from small deliveries written here: what joins, what stands in, and what is refused."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from stoeval.errors import PanelError
from stoeval.panel.assembly import build_panel
from stoeval.panel.contract import violations

if TYPE_CHECKING:
    from pathlib import Path

EXAM_KEYS = "INSTELLINGSCODE;VESTIGINGSCODE;GEMEENTENAAM;ONDERWIJSTYPE VO;INSPECTIECODE;OPLEIDINGSNAAM"
ADDRESS_KEYS = "BRIN NUMMER;VESTIGINGSNUMMER;POSTCODE;PLAATSNAAM;GEMEENTENAAM;PROVINCIE;RMC-REGIO CODE;RMC-REGIO NAAM"
ENROLMENT_KEYS = (
    "BRIN NUMMER;VESTIGINGSNUMMER;PLAATSNAAM VESTIGING;PROVINCIE VESTIGING;"
    "ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR;VMBO SECTOR;AFDELING;OPLEIDINGSNAAM"
)
SUCCESSION_KEYS = "NR_ADMIN_VAN,CODE_WET_VAN,NR_ADMIN_NAAR,CODE_WET_NAAR,DT_OVERGANG,CODE_OVERGANG,IND_VOLLEDIG"
GEO_KEYS = "vestigingscode,peiljaar,postcode,plaats,gemeente,lon,lat"


def _write(directory: Path, name: str, *lines: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def _exams(directory: Path, name: str, years: list[int], *rows: str) -> Path:
    columns = [
        f"{one} SCHOOLJAAR {year}-{year + 1} - TOTAAL" for year in years for one in ("EXAMENKANDIDATEN", "GESLAAGDEN")
    ]
    return _write(directory, name, ";".join([EXAM_KEYS, *columns]), *rows)


@pytest.fixture
def deliveries(tmp_path: Path) -> Path:
    """Three vestigingen: two of the register, one that merged away before it was made."""
    root = tmp_path / "duo"
    _exams(
        root / "examens",
        "examenkandidaten-en-geslaagden-2015-2018.csv",
        [2015, 2016, 2017],
        "01AA;01AA00;ASSEN;VMBO;34;VMBO B - techniek;20;19;0;0;<5;<5",
        "02BB;02BB00;EMMEN;VMBO;36;VMBO B - economie;0;0;0;0;30;28",
        "03CC;03CC00;ASSEN;VMBO;34;VMBO B - techniek;10;9;0;0;0;0",
    )
    counts = ";".join(f"LEER- OF VERBLIJFSJAAR {year} - {sex}" for year in (3, 4) for sex in ("MAN", "VROUW"))
    _write(
        root,
        "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-2016-2017.csv",
        f"{ENROLMENT_KEYS};{counts}",
        "02BB;0;EMMEN;Drenthe;VMBO BL lj 3-4;Techniek;Bouwen, wonen en interieur;VMBO BB BWI;5;1;6;2",
    )
    _write(
        root,
        "alle-vestigingen-vo.csv",
        ADDRESS_KEYS,
        "01AA;01AA00;9401 AA;ASSEN;ASSEN;Drenthe;07;Noord",
        "02BB;02BB00;7811 AA;EMMEN;EMMEN;Drenthe;08;Zuid",
    )
    _write(root, "OVERGANGEN.csv", SUCCESSION_KEYS, "03CC00,WVO,01AA00,WVO,1-8-2016,F,J")
    _write(tmp_path / "geo", "vo_vestigingen_geo.csv", GEO_KEYS, "01AA00,2022,9401AA,Assen,ASSEN,6.5,53.0")
    _write(root, "iets-anders.csv", "A;B", "1;2")
    return root


def test_deliveries_join_into_a_panel_that_keeps_its_contract(deliveries: Path) -> None:
    said: list[str] = []
    panel = build_panel(deliveries, progress=said.append)
    assert violations(panel) == ()
    offers = panel.tables["offers"]
    columns = ["vestiging", "profile", "school_year", "pupils_low", "entrants_low", "candidates_low", "candidates_high"]
    assert offers[columns].astype(object).where(offers[columns].notna(), None).to_numpy().tolist() == [
        ["01AA00", "S_TECHNIEK", 2015, None, None, 20, 20],
        ["01AA00", "S_TECHNIEK", 2017, None, None, 1, 4],
        ["02BB00", "BWI", 2016, 14, 6, None, None],
        ["02BB00", "S_ECONOMIE", 2017, None, None, 30, 30],
        ["03CC00", "S_TECHNIEK", 2015, None, None, 10, 10],
    ]
    assert "leest vo_vestigingen_geo.csv" in said


def test_a_vestiging_has_a_row_a_year_from_first_to_last_and_is_open_when_seen(deliveries: Path) -> None:
    vestigingen = build_panel(deliveries).tables["vestigingen"]
    assert vestigingen[["vestiging", "school_year", "open"]].to_numpy().tolist() == [
        ["01AA00", 2015, True],
        ["01AA00", 2016, False],
        ["01AA00", 2017, True],
        ["02BB00", 2016, True],
        ["02BB00", 2017, True],
        ["03CC00", 2015, True],
    ]


def test_a_vestiging_outside_the_register_takes_the_region_of_its_gemeente_and_merges_by_footprint(
    deliveries: Path,
) -> None:
    panel = build_panel(deliveries)
    merged = panel.tables["vestigingen"].set_index("vestiging").loc["03CC00"]
    assert (merged["region"], merged["gemeente"], merged["footprint"]) == ("RMC 07 Noord", "ASSEN", "01AA00")
    assert (merged["longitude"], merged["latitude"]) == (6.5, 53.0)
    assert panel.provenance.regions == "RMC stand-in"
    assert len(panel.tables["regions"]) == 0


def test_provenance_names_every_file_by_its_fingerprint_and_notes_what_was_filled_in(deliveries: Path) -> None:
    provenance = build_panel(deliveries).provenance
    names = [name for name, _ in provenance.sources]
    assert names == sorted(names)
    assert len(names) == 5
    register = (deliveries / "alle-vestigingen-vo.csv").read_bytes()
    assert ("alle-vestigingen-vo.csv", hashlib.sha256(register).hexdigest()) in provenance.sources
    assert "Leerlingen: 2016/17." in provenance.notes
    assert "Cijfers: niet geleverd." in provenance.notes
    assert "Afgeschermde aantallen kandidaten: 1 van 4 cellen." in provenance.notes
    assert any("1 zijn geplaatst via de gemeente" in note for note in provenance.notes)


def test_the_same_deliveries_under_other_names_are_recognised_by_their_header(deliveries: Path) -> None:
    before = build_panel(deliveries).tables["offers"]
    (deliveries / "examens" / "examenkandidaten-en-geslaagden-2015-2018.csv").rename(deliveries / "export 1.csv")
    (deliveries / "alle-vestigingen-vo.csv").rename(deliveries / "adressen.csv")
    assert build_panel(deliveries).tables["offers"].equals(before)


def test_a_region_table_names_the_regions_and_leaves_out_who_is_in_none(deliveries: Path, tmp_path: Path) -> None:
    table = _write(tmp_path, "regios.csv", "region;vestiging;budget", "STO1;01AA00;4300000", "STO9;99ZZ99;1")
    panel = build_panel(deliveries, regions=table)
    vestigingen = panel.tables["vestigingen"]
    assert set(zip(vestigingen["vestiging"], vestigingen["region"], strict=True)) == {
        ("01AA00", "STO1"),
        ("03CC00", "STO1"),
    }
    assert panel.tables["regions"][["region", "budget"]].to_numpy().tolist() == [["STO1", 4_300_000.0]]
    assert panel.provenance.regions == "STO"
    note = panel.provenance.notes[-1]
    assert "1 vestigingen volgen een vestiging waarmee zij fuseerden" in note
    assert "1 vestigingen staan in geen regio en blijven buiten het panel (02BB00)" in note
    assert "1 vestigingen uit de tabel komen in de DUO-bestanden niet voor (99ZZ99)" in note


def test_a_later_delivery_of_exams_corrects_earlier_years(deliveries: Path) -> None:
    row = "01AA;01AA00;ASSEN;VMBO;34;VMBO B - techniek;8;8;21;20"
    _exams(deliveries, "examenkandidaten-en-geslaagden-2017-2019.csv", [2017, 2018], row)
    offers = build_panel(deliveries).tables["offers"]
    mine = offers[(offers["vestiging"] == "01AA00") & offers["candidates_low"].notna()]
    found = dict(zip(mine["school_year"], mine["candidates_low"], strict=True))
    assert found == {2015: 20, 2017: 8, 2018: 21}


def test_two_enrolment_files_of_one_year_are_refused(deliveries: Path) -> None:
    source = deliveries / "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-2016-2017.csv"
    (deliveries / "leerlingen-vo-per-vestiging-naar-onderwijstype-2016.csv").write_bytes(source.read_bytes())
    with pytest.raises(PanelError, match=r"school year 2016/17 is also in 01\.-leerlingen"):
        build_panel(deliveries)


def test_two_address_registers_are_refused(deliveries: Path) -> None:
    (deliveries / "02.-alle-vestigingen-vo.csv").write_bytes((deliveries / "alle-vestigingen-vo.csv").read_bytes())
    with pytest.raises(
        PanelError, match=r"2 files of addresses: 02\.-alle-vestigingen-vo\.csv, alle-vestigingen-vo\.csv"
    ):
        build_panel(deliveries)


def test_a_delivery_with_a_broken_header_is_refused_and_not_passed_over(deliveries: Path) -> None:
    (deliveries / "alle-vestigingen-vo.csv").write_text("A;B\n1;2\n", encoding="utf-8")
    with pytest.raises(PanelError, match=r"alle-vestigingen-vo\.csv, line 1: not the DUO address register"):
        build_panel(deliveries)


def test_a_directory_without_deliveries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="0 files with exam candidates or enrolment"):
        build_panel(tmp_path)
    with pytest.raises(PanelError, match="no such directory"):
        build_panel(tmp_path / "weg")


def test_without_register_and_region_table_no_region_can_stand_in(deliveries: Path) -> None:
    (deliveries / "alle-vestigingen-vo.csv").unlink()
    with pytest.raises(PanelError, match="no address register"):
        build_panel(deliveries)
