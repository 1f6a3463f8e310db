"""Every trap that DUO's files hold, on small files written here; names and values by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stoeval.errors import PanelError
from stoeval.panel.sources.addresses import read_addresses
from stoeval.panel.sources.coordinates import read_coordinates
from stoeval.panel.sources.crosswalks import (
    INSPECTION_CODES,
    PROFILE_OF_AFDELING,
    PROFILE_OF_TECHNOLOGIE_ORIENTATIE,
)
from stoeval.panel.sources.enrolment import read_enrolment
from stoeval.panel.sources.exam_candidates import read_exam_candidates
from stoeval.panel.sources.exam_results import read_exam_results
from stoeval.panel.sources.keys import folded, school_year_in_name, vestiging_keys
from stoeval.panel.sources.region_table import read_region_table
from stoeval.panel.sources.successions import read_successions
from stoeval.panel.tables import HARD_TECHNICAL, PROFILES

if TYPE_CHECKING:
    from pathlib import Path

OLD_KEYS = (
    "BRIN NUMMER;VESTIGINGSNUMMER;INSTELLINGSNAAM VESTIGING;GEMEENTENAAM;ONDERWIJSTYPE VO;INSPECTIECODE;OPLEIDINGSNAAM"
)
NEW_KEYS = OLD_KEYS.replace("BRIN NUMMER;VESTIGINGSNUMMER", "INSTELLINGSCODE;VESTIGINGSCODE")
ENROLMENT_KEYS = (
    "BRIN NUMMER;VESTIGINGSNUMMER;INSTELLINGSNAAM VESTIGING;PLAATSNAAM VESTIGING;PROVINCIE VESTIGING;"
    "ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR;LWOO INDICATIE;VMBO SECTOR;AFDELING;ELEMENTCODE;OPLEIDINGSNAAM"
)
ENROLMENT_KEYS_2020 = (
    "INSTELLINGSCODE;VESTIGINGSCODE;INSTELLINGSNAAM VESTIGING;PLAATSNAAM VESTIGING;PROVINCIE VESTIGING;"
    "SAMENWERKINGSVERBAND PASSEND ONDERWIJS VO;ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR;VMBO SECTOR;AFDELING;"
    "ERKENDE OPLEIDINGSCODE;OPLEIDINGSNAAM"
)
ENROLMENT_COUNTS = ";".join(
    f"LEER- OF VERBLIJFSJAAR {year} - {sex}" for year in range(1, 7) for sex in ("MAN", "VROUW")
)
RESULT_KEYS = (
    "BRIN NUMMER;VESTIGINGSNUMMER;INSTELLINGSNAAM VESTIGING;GEMEENTENAAM VESTIGING;PROVINCIE VESTIGING;"
    "ONDERWIJSTYPE VO;LEERWEG VMBO;VMBO SECTOR;AFDELING;EXAMENKANDIDATEN;GESLAAGDEN;GEZAKTEN;"
    "GEMIDDELD CIJFER SCHOOLEXAMEN;GEMIDDELD CIJFER CENTRAAL EXAMEN;GEMIDDELD CIJFER CIJFERLIJST"
)


def _written(tmp_path: Path, name: str, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def _exam_columns(years: list[str], kinds: list[str]) -> str:
    measures = ("EXAMENKANDIDATEN", "GESLAAGDEN", "SLAAGPERC")
    return ";".join(f"{one} SCHOOLJAAR {year} - {kind}" for year in years for kind in kinds for one in measures)


def _old_exams(tmp_path: Path, *rows: str) -> Path:
    header = f"{OLD_KEYS};{_exam_columns(['2014-2015'], ['MAN', 'VROUW', 'ONBEKEND', 'TOTAAL'])}"
    return _written(tmp_path, "examenkandidaten-en-geslaagden-2014-2019.csv", header, *rows, encoding="cp1252")


def _new_exams(tmp_path: Path, *rows: str) -> Path:
    header = f"{NEW_KEYS};{_exam_columns(['2019-2020', '2020-2021'], ['MAN', 'VROUW', 'TOTAAL'])}"
    quoted = ['"' + line.replace(";", '";"') + '"' for line in (header, *rows)]
    return _written(tmp_path, "examenkandidaten-en-geslaagden-2019-2024.csv", *quoted)


def _records(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_the_old_exam_layout_gives_totals_by_leerweg_and_sector(tmp_path: Path) -> None:
    path = _old_exams(
        tmp_path,
        "00AH;00AH07;Café;SÚDWEST;VMBO;34;VMBO B - techniek;20;19;95,0%;3;3;100,0%;1;0;,0%;24;22;91,7%",
        "00AH;00AH07;Café;SÚDWEST;VMBO;26;VMBO LWT - intersectoraal;2;2;100,0%;0;0;,0%;0;0;,0%;2;2;100,0%",
        "00AH;00AH07;Café;SÚDWEST;VMBO;46;VMBO T;0;0;,0%;0;0;,0%;0;0;,0%;0;0;,0%",
        "00AH;00AH07;Café;SÚDWEST;HAVO;1;HAVO;9;9;100,0%;9;9;100,0%;0;0;,0%;18;18;100,0%",
    )
    delivered = read_exam_candidates(path)
    columns = ("vestiging", "profile", "leerweg", "school_year", "candidates_low", "candidates_high", "passes_low")
    assert _records(delivered.rows, *columns) == [
        ("00AH07", "S_TECHNIEK", "BB", 2014, 24, 24, 22),
        ("00AH07", "S_INTERSECTORAAL", "LWT", 2014, 2, 2, 2),
    ]
    assert delivered.places["gemeente"].tolist() == ["SÚDWEST"]


def test_the_new_exam_layout_hides_small_totals_and_nothing_rebuilds_them(tmp_path: Path) -> None:
    path = _new_exams(
        tmp_path, "00AH;00AH07;X;ENSCHEDE;VMBO;38;VMBO K - techniek;5;5;100;<5;<5;100;8;<5;50.0;0;0;0;<5;<5;100;<5;0;0"
    )
    bounds = ("school_year", "candidates_low", "candidates_high", "passes_low", "passes_high")
    assert _records(read_exam_candidates(path).rows, *bounds) == [(2019, 8, 8, 1, 4), (2020, 1, 4, 0, 0)]


def test_an_exam_code_that_contradicts_its_name_is_refused(tmp_path: Path) -> None:
    path = _old_exams(tmp_path, "00AH;00AH07;X;Y;VMBO;34;VMBO K - techniek;1;1;1;1;1;1;1;1;1;1;1;1")
    with pytest.raises(PanelError, match=r"INSPECTIECODE '34' with OPLEIDINGSNAAM 'VMBO K - techniek' in 1 rows"):
        read_exam_candidates(path)


def test_an_unknown_exam_code_is_refused(tmp_path: Path) -> None:
    path = _old_exams(tmp_path, "00AH;00AH07;X;Y;VMBO;95;VMBO G - ruimtevaart;1;1;1;1;1;1;1;1;1;1;1;1")
    with pytest.raises(PanelError, match=r"add the code to sources/crosswalks\.py"):
        read_exam_candidates(path)


def test_doubled_exam_rows_are_refused(tmp_path: Path) -> None:
    row = "00AH;00AH07;X;Y;VMBO;34;VMBO B - techniek;1;1;1;1;1;1;1;1;1;1;1;1"
    with pytest.raises(PanelError, match="1 rows occur twice; first 00AH07 S_TECHNIEK BB 2014"):
        read_exam_candidates(_old_exams(tmp_path, row, row))


def test_exam_files_without_totals_are_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, "examen.csv", OLD_KEYS, "00AH;00AH07;X;Y;VMBO;34;VMBO B - techniek")
    with pytest.raises(PanelError, match="no column EXAMENKANDIDATEN SCHOOLJAAR"):
        read_exam_candidates(path)


def test_inspection_codes_are_those_of_the_published_files() -> None:
    assert INSPECTION_CODES["30"] == ("LWT", "S_TECHNIEK")
    assert INSPECTION_CODES["34"] == ("BB", "S_TECHNIEK")
    assert INSPECTION_CODES["39"] == ("KB", "S_ZORG")
    assert INSPECTION_CODES["44"] == ("GL", "S_ECONOMIE")
    assert INSPECTION_CODES["93"] == ("TL", "S_LANDBOUW")
    assert INSPECTION_CODES["27"] == ("BB", "S_INTERSECTORAAL")
    assert INSPECTION_CODES["46"] == ("TL", "S_ONBEKEND")


def _enrolment(tmp_path: Path, *rows: str, year: str = "2016-2017", keys: str = ENROLMENT_KEYS) -> pd.DataFrame:
    name = f"01.-leerlingen-vo-per-vestiging-naar-onderwijstype-{year}.csv"
    return read_enrolment(_written(tmp_path, name, f"{keys};{ENROLMENT_COUNTS}", *rows, encoding="cp1252")).rows


def test_enrolment_sums_sexes_lwoo_twins_and_old_and_new_programmes_of_one_profile(tmp_path: Path) -> None:
    prefix = "00AH;7;X;ENSCHEDE;Overijssel;VMBO BL lj 3-4"
    rows = _enrolment(
        tmp_path,
        f"{prefix};N;Techniek;Produceren, installeren en energie;6111;VMBO BB Produceren;9;9;9;9;5;1;6;0;9;9;9;9",
        f"{prefix};J;Techniek;Produceren, installeren en energie;6155;LWOO BB Produceren;0;0;0;0;2;0;1;1;0;0;0;0",
        f"{prefix};N;Techniek;Metaaltechniek;2912;VMBO Basisbg Lw Tech Metaal;0;0;0;0;0;0;4;0;0;0;0;0",
        f"{prefix};N;Techniek;Produceren, installeren en energie;7111;VMBO BB LWT Produceren;0;0;0;0;1;0;0;0;0;0;0;0",
        f"{prefix};N;Techniek;Bouwtechniek;2911;VMBO Basisbg Lw Tech Bouw;0;0;0;0;0;0;0;0;0;0;0;0",
    )
    columns = ("vestiging", "profile", "leerweg", "school_year", "pupils_low", "pupils_high", "entrants_low")
    assert _records(rows, *columns) == [
        ("00AH07", "PIE", "BB", 2016, 20, 20, 8),
        ("00AH07", "PIE", "LWT", 2016, 1, 1, 1),
    ]


def test_enrolment_keeps_girls_and_boys_of_leerjaar_3_apart_too(tmp_path: Path) -> None:
    """Columns run man, vrouw from year 1 on; a hidden cell is 1 to 4."""
    key = "00AH;07;X;Y;Z;PO2302;VMBO KL lj 3-4;Techniek;Mobiliteit en transport;O123;VMBO KB M&T"
    rows = _enrolment(tmp_path, f"{key};0;0;0;0;9;<5;7;<5;0;0;0;0", year="2021", keys=ENROLMENT_KEYS_2020)
    columns = ("entrants_boys_low", "entrants_boys_high", "entrants_girls_low", "entrants_girls_high")
    assert _records(rows, *columns) == [(9, 9, 1, 4)]


def test_a_vestiging_number_without_zeros_gets_them_back(tmp_path: Path) -> None:
    row = "00AH;0;X;Y;Z;VMBO TL lj 3-4;N;N.v.t.;N.v.t.;400;MAVO;0;0;0;0;1;1;1;1;0;0;0;0"
    rows = _enrolment(tmp_path, row)
    assert _records(rows, "vestiging", "profile", "leerweg", "pupils_low") == [("00AH00", "TL", "TL", 4)]


def test_enrolment_leaves_out_vavo_the_vm2_experiment_and_other_school_types(tmp_path: Path) -> None:
    counts = "0;0;0;0;9;9;9;9;0;0;0;0"
    kinds = ("VMBO uitbest. aan VAVO", "VMBO-MBO2 lj 3-6", "HAVO lj 4-5", "Brugjaar 1-2", "Praktijkonderwijs alle vj")
    rows = _enrolment(
        tmp_path,
        *(f"00AH;07;X;Y;Z;{kind};N;Economie;N.v.t.;1;naam;{counts}" for kind in kinds),
        f"00AH;07;X;Y;Z;VMBO GL lj 3-4;N;Intersect. programma;Dienstverlening en producten;6931;naam;{counts}",
    )
    assert _records(rows, "profile", "leerweg", "pupils_low") == [("DP", "GL", 36)]


def test_the_layout_from_2020_has_other_codes_and_hides_small_counts(tmp_path: Path) -> None:
    key = "00AH;07;X;Y;Z;PO2302;VMBO KL lj 3-4;Techniek;Mobiliteit en transport;O123;VMBO KB M&T"
    row = f"{key};0;0;0;0;<5;0;7;<5;0;0;0;0"
    rows = _enrolment(tmp_path, row, year="2021", keys=ENROLMENT_KEYS_2020)
    columns = ("profile", "school_year", "pupils_low", "pupils_high", "entrants_low", "entrants_high")
    assert _records(rows, *columns) == [("MT", 2021, 9, 15, 1, 4)]


def test_technologie_orientatie_follows_its_sector(tmp_path: Path) -> None:
    sectors = ("Techniek", "Economie", "Zorg & Welzijn", "Intersect. programma")
    counts = "0;0;0;0;1;0;0;0;0;0;0;0"
    rows = _enrolment(
        tmp_path, *(f"00AH;07;X;Y;Z;VMBO GL lj 3-4;N;{one};Technologie Orientatie;1;naam;{counts}" for one in sectors)
    )
    assert rows["profile"].tolist() == ["DP", "EO", "MVI", "ZW"]


def test_an_unknown_afdeling_or_kind_of_vmbo_is_refused_by_name(tmp_path: Path) -> None:
    row = "00AH;07;X;Y;Z;{};N;Techniek;Ruimtevaart;1;naam;0;0;0;0;1;0;0;0;0;0;0;0"
    with pytest.raises(PanelError, match="1 rows have an afdeling without a profile: Ruimtevaart"):
        _enrolment(tmp_path, row.format("VMBO BL lj 3-4"))
    with pytest.raises(PanelError, match="1 rows of an unknown kind of vmbo: VMBO XL lj 3-4"):
        _enrolment(tmp_path, row.format("VMBO XL lj 3-4"))


def test_the_crosswalk_knows_each_profile_and_the_old_afdelingen_that_the_regulation_pays_for() -> None:
    assert set(PROFILE_OF_AFDELING.values()) == set(PROFILES)
    paid = (
        "Bouwtechniek",
        "Bouwbreed -ISP",
        "Transport en Logistiek",
        "Voertuigentechniek",
        "Metaaltechniek",
        "Elektrotechniek",
        "Installatietechniek",
        "Metalectro -ISP",
        "Instalektro -ISP",
        "Techniek Breed -ISP",
    )
    profiles_now = {"Bouwen, wonen en interieur", "Produceren, installeren en energie", "Mobiliteit en transport"}
    hard = {name for name, profile in PROFILE_OF_AFDELING.items() if profile in HARD_TECHNICAL}
    assert hard == {*paid, *profiles_now, "BWI", "PIE", "MTR"}
    assert set(PROFILE_OF_TECHNOLOGIE_ORIENTATIE.values()).isdisjoint(HARD_TECHNICAL)


def test_marks_are_weighted_by_candidates_within_a_profile(tmp_path: Path) -> None:
    prefix = "00AH;00AH07;X;ENSCHEDE;Overijssel;VMBO"
    path = _written(
        tmp_path,
        "07.-geslaagden,-gezakten-en-cijfers-2015-2016.csv",
        RESULT_KEYS,
        f"{prefix};BL;Techniek;Metaaltechniek;30;28;2;6,0;5,8;6,1",
        f"{prefix};BL;Techniek;Elektrotechniek;10;10;0;7,0;6,2;6,5",
        f"{prefix};TL;;;12;12;0;6,5;6,5;6,5",
        "00AH;00AH07;X;ENSCHEDE;Overijssel;HAVO;;;Cultuur en Maatschappij;33;31;2;6,6;6,1;6,7",
        encoding="cp1252",
    )
    rows = read_exam_results(path).rows
    assert _records(rows, "profile", "leerweg", "school_year") == [("PIE", "BB", 2015), ("TL", "TL", 2015)]
    assert rows["mark_school"].tolist() == pytest.approx([6.25, 6.5], rel=1e-12)
    assert rows["mark_central"].tolist() == pytest.approx([5.9, 6.5], rel=1e-12)


def test_a_mark_of_zero_or_a_blank_means_that_there_was_no_such_exam(tmp_path: Path) -> None:
    header = RESULT_KEYS.replace("BRIN NUMMER;VESTIGINGSNUMMER", "INSTELLINGSCODE;VESTIGINGSCODE")
    row = "00AH;00AH07;X;E;O;VMBO;KL;Techniek;PIE;<5;<5;0;6,0;{};6,1"
    for shown in ("0,0", "", "<5"):
        path = _written(tmp_path, "geslaagden-gezakten-en-cijfers-2019-2020.csv", header, row.format(shown))
        rows = read_exam_results(path).rows
        assert rows["mark_central"].isna().tolist() == [True]
        assert rows["mark_school"].tolist() == [6.0]


def test_keys_that_are_no_vestiging_are_refused() -> None:
    with pytest.raises(PanelError, match=r"x: 1 vestigingen are no BRIN with two digits; first is '0AH00'"):
        vestiging_keys(pd.Series(["00AH", "0AH"]), pd.Series(["07", "0"]), where="x")
    assert vestiging_keys(pd.Series(["00AH"]), pd.Series(["00AH07"]), where="x").tolist() == ["00AH07"]


def test_the_school_year_is_the_first_year_in_the_file_name(tmp_path: Path) -> None:
    assert school_year_in_name(tmp_path / "01.-leerlingen-2016-2017.csv") == 2016
    assert school_year_in_name(tmp_path / "leerlingen-2019.csv") == 2019
    with pytest.raises(PanelError, match="no school year in the file name"):
        school_year_in_name(tmp_path / "leerlingen.csv")


def test_place_names_compare_without_accents_marks_case_and_province() -> None:
    names = pd.Series(["Súdwest-Fryslân", "SUDWEST-FRYSLAN", "'s-Gravenhage", "S GRAVENHAGE", "HENGELO OV", "Hengelo"])
    assert folded(names).tolist() == ["SUDWESTFRYSLAN"] * 2 + ["SGRAVENHAGE"] * 2 + ["HENGELO"] * 2


def test_addresses_give_postcode_and_rmc_region(tmp_path: Path) -> None:
    header = "PROVINCIE;BRIN NUMMER;VESTIGINGSNUMMER;POSTCODE;PLAATSNAAM;GEMEENTENAAM;RMC-REGIO CODE;RMC-REGIO NAAM"
    row = "Drenthe;01AA;01AA00;9401 AA;ASSEN;ASSEN;7;Noord- en Midden Drenthe"
    rows = read_addresses(_written(tmp_path, "alle-vestigingen-vo.csv", header, row, encoding="cp1252")).rows
    assert _records(rows, "vestiging", "postcode", "rmc_code") == [("01AA00", "9401AA", "07")]


def test_successions_keep_vo_and_read_dutch_dates(tmp_path: Path) -> None:
    header = (
        "NR_ADMIN_VAN,CODE_FUNCTIE_VAN,CODE_SOORT_VAN,CODE_WET_VAN,NR_ADMIN_NAAR,CODE_FUNCTIE_NAAR,CODE_SOORT_NAAR,"
        "CODE_WET_NAAR,DT_OVERGANG,CODE_OVERGANG,NAAM_OVERGANG,IND_VOLLEDIG,CODE_STAND_RECORD"
    )
    kept = '"01AA00","D","VST","WVO","02BB00","D","VST","WVO",1-8-2018,"F","Fusie","J","H"'
    other = '"03CC","O","SBD","WPO","04DD","O","SBD","WPO",1-8-2016,"V","Overdracht","N","H"'
    path = _written(tmp_path, "OVERGANGEN_20250113.csv", header, kept, other, encoding="utf-8-sig")
    rows = read_successions(path).rows
    assert _records(rows, "predecessor", "successor", "complete") == [("01AA00", "02BB00", True)]
    assert rows["date"].tolist() == [pd.Timestamp(2018, 8, 1)]
    wrong = _written(tmp_path, "OVERGANGEN_x.csv", header, kept.replace("1-8-2018", "2018/08/01"), encoding="utf-8-sig")
    with pytest.raises(PanelError, match="1 dates are not day-month-year; first is '2018/08/01'"):
        read_successions(wrong)


def test_coordinates_take_the_first_year_and_average_its_locations(tmp_path: Path) -> None:
    header = "vestigingscode,peiljaar,naam,postcode,plaats,gemeente,lon,lat"
    rows = ("00AH07,2024,X,7511AA,Enschede,ENSCHEDE,6.9,52.9", "00AH07,2022,X,7511AA,Enschede,ENSCHEDE,6.8,52.2")
    extra = "00AH07,2022,X,7511AB,Enschede,ENSCHEDE,6.6,52.4"
    found = read_coordinates(_written(tmp_path, "geo.csv", header, *rows, extra)).rows
    assert found[["longitude", "latitude"]].to_numpy(dtype=float).tolist() == [pytest.approx([6.7, 52.3], rel=1e-12)]
    swapped = _written(tmp_path, "geo.csv", header, "00AH07,2022,X,7511AA,Enschede,ENSCHEDE,52.2,6.8")
    with pytest.raises(
        PanelError, match=r"longitude: 1 values are not between 3\.0 and 8\.0 degrees; first for 00AH07"
    ):
        read_coordinates(swapped)


def test_a_region_table_needs_only_membership(tmp_path: Path) -> None:
    rows = read_region_table(_written(tmp_path, "regios.csv", "region;vestiging", "STO19001;00AH07")).rows
    assert _records(rows, "region", "vestiging") == [("STO19001", "00AH07")]


def test_a_region_table_may_describe_its_regions(tmp_path: Path) -> None:
    header = "region;vestiging;approval_round;budget;cofinancing_share;techniekarm;prior_cooperation;shrinking"
    row = "STO19001;{};2;4.300.000;0,13;nee;JA;"
    rows = read_region_table(_written(tmp_path, "regios.csv", header, row.format("00AH07"), row.format("00AH08"))).rows
    first = rows.iloc[0]
    assert (first["approval_round"], first["budget"], first["cofinancing_share"]) == (2.0, 4_300_000.0, 0.13)
    assert (first["techniekarm"], first["prior_cooperation"]) == (False, True)
    assert rows["shrinking"].isna().all()


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("region;vestiging", ["A;00AH07", "B;00AH07"], "1 vestigingen are in two regions; first 00AH07 in A and B"),
        ("region;vestiging", ["A;00AH7"], "1 vestigingen are no BRIN with two digits; first is '00AH7'"),
        ("region;vestiging", [";00AH07"], "region: 1 values are blank; first is '' in data row 1"),
        ("regio;school", ["A;00AH07"], "1 columns of a delivery of STO regions .* vestigingscode or vestiging"),
        ("region;vestiging;budget", ["A;00AH07;1", "A;00AH08;2"], "1 regions have rows that differ in budget; first A"),
        ("region;vestiging;approval_round", ["A;00AH07;4"], "approval_round: 1 values are not between 1 and 3"),
        ("region;vestiging;approval_round", ["A;00AH07;1,5"], "approval_round: 1 values are not between 1 and 3"),
        ("region;vestiging;cofinancing_share", ["A;00AH07;13"], "cofinancing_share: 1 values are not between 0 and 1"),
        ("region;vestiging;techniekarm", ["A;00AH07;soms"], "techniekarm: 1 values are neither ja nor nee"),
    ],
)
def test_a_wrong_region_table_is_refused(tmp_path: Path, header: str, rows: list[str], message: str) -> None:
    with pytest.raises(PanelError, match=message):
        read_region_table(_written(tmp_path, "regios.csv", header, *rows))
