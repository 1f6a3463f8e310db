"""Every layout, year, encoding and way of masking that DUO documents, on small files; expectations by hand.

The same two rows of pupils are written in each form; however they are written, they read the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from duo_files import written
from stoeval.errors import PanelError
from stoeval.panel.masking import DUO_API, DUO_FILE, OPEN
from stoeval.panel.sources.addresses import read_addresses
from stoeval.panel.sources.enrolment import read_enrolment
from stoeval.panel.sources.exam_candidates import read_exam_candidates
from stoeval.panel.sources.exam_results import read_exam_results
from stoeval.panel.sources.keys import DUO_TABLE, compared_year_in_name, masking_of, school_years

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {
    "to 2021": "BRIN NUMMER;VESTIGINGSNUMMER",
    "from 2021": "INSTELLINGSCODE;VESTIGINGSCODE",
    "one year": "INSTELLING;VESTIGINGSNUMMER",
}
COUNTS = ";".join(f"LEER- OF VERBLIJFSJAAR {year} - {sex}" for year in range(1, 7) for sex in ("MAN", "VROUW"))
NAMED = "INSTELLINGSNAAM VESTIGING;PLAATSNAAM VESTIGING;PROVINCIE VESTIGING"
TYPE = "ONDERWIJSTYPE VO EN LEER- OF VERBLIJFSJAAR"
WITH_PARTNERSHIP = (
    f"{{}};{NAMED};SAMENWERKINGSVERBAND PASSEND ONDERWIJS VO;{TYPE};VMBO SECTOR;AFDELING;ERKENDE OPLEIDINGSCODE;"
    f"OPLEIDINGSNAAM;{COUNTS}"
)
WITH_ELEMENT = f"{{}};{NAMED};{TYPE};VMBO SECTOR;AFDELING;ELEMENTCODE;OPLEIDINGSNAAM;{COUNTS}"
PIE = "Techniek;Produceren, installeren en energie"
STEM = "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-"


def _bounds(rows: pd.DataFrame, *names: str) -> list[tuple[object, ...]]:
    return list(
        rows[[f"{name}_{side}" for name in names for side in ("low", "high")]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize(
    ("year", "encoding", "quoted"),
    [
        (2020, "cp1252", False),
        (2021, "utf-8", True),
        (2022, "utf-8-sig", False),
        (2023, "utf-8-sig", True),
        (2024, "cp1252", True),
        (2025, "utf-8", False),
    ],
)
def test_enrolment_from_2020_reads_the_same_however_it_is_written(
    tmp_path: Path, year: int, keys: str, encoding: str, *, quoted: bool
) -> None:
    start = "00AH;07;Cölle Café;SÚDWEST;Fryslân;VO2302;VMBO KL lj 3-4"
    path = written(
        tmp_path,
        f"{STEM}{year}.csv",
        WITH_PARTNERSHIP.format(keys),
        f"{start};{PIE};O1234;VMBO KB PIE;0;0;0;0;14;<5;1.012;0;0;0;0;0",
        f"{start.replace('KL', 'TL')};N.v.t.;N.v.t.;O0400;VMBO TL;0;0;0;0;<5;<5;<5;0;0;0;0;0",
        encoding=encoding,
        quoted=quoted,
    )
    delivered = read_enrolment(path)
    assert delivered.rows[["vestiging", "profile", "leerweg", "school_year"]].to_numpy().tolist() == [
        ["00AH07", "PIE", "KB", year],
        ["00AH07", "TL", "TL", year],
    ]
    assert _bounds(delivered.rows, "pupils", "entrants") == [(1027, 1030, 15, 18), (3, 12, 2, 8)]
    assert delivered.places[["place", "province"]].to_numpy().tolist() == [["SÚDWEST", "FRYSLÂN"]]


@pytest.mark.parametrize(("year", "number"), [("2018-2019", "7"), ("2019", "07"), ("2018", "00AH07")])
def test_enrolment_without_lwoo_and_with_a_number_of_any_length(tmp_path: Path, year: str, number: str) -> None:
    row = f"00AH;{number};X;E;O;VMBO BL lj 3-4;{PIE};6111;VMBO BB PIE;0;0;0;0;3;2;4;0;0;0;0;0"
    rows = read_enrolment(written(tmp_path, f"{STEM}{year}.csv", WITH_ELEMENT.format(KEYS["to 2021"]), row)).rows
    assert rows["vestiging"].tolist() == ["00AH07"]
    assert rows["school_year"].tolist() == [int(year[:4])]
    assert _bounds(rows, "pupils") == [(9, 9)]


def test_a_table_of_duo_hides_by_minus_one_and_by_four_in_every_year(tmp_path: Path) -> None:
    header = "SCHOOLJAAR;" + WITH_ELEMENT.format(KEYS["to 2021"])
    row = f"{{}};00AH;07;X;E;O;VMBO BL lj 3-4;{PIE};6111;VMBO BB PIE;0;0;0;0;4;-1;5;0;0;0;0;0"
    lines = (header, row.format("2016-2017"), row.format("2018"))
    rows = read_enrolment(written(tmp_path, "01voins.csv", *lines)).rows
    assert rows["school_year"].tolist() == [2016, 2018]
    assert _bounds(rows, "pupils", "entrants") == [(7, 13, 2, 8)] * 2


def test_a_four_is_a_four_before_the_year_from_which_the_source_hides(tmp_path: Path) -> None:
    header = "SCHOOLJAAR;" + WITH_ELEMENT.format(KEYS["to 2021"])
    row = f"{{}};00AH;07;X;E;O;VMBO BL lj 3-4;{PIE};6111;VMBO BB PIE;0;0;0;0;4;0;0;0;0;0;0;0"
    path = written(tmp_path, "leerlingen.csv", header, row.format(2019), row.format(2020))
    assert _bounds(read_enrolment(path, masking=DUO_API).rows, "pupils") == [(4, 4), (1, 4)]
    assert _bounds(read_enrolment(path, masking=DUO_FILE).rows, "pupils") == [(4, 4), (4, 4)]


def test_the_name_of_a_file_tells_how_it_hides(tmp_path: Path) -> None:
    for name in ("01voins.csv", "02voins.csv", "03_voex.csv", "04_voex-2018.csv", "brin4_prognosesvo.csv"):
        assert masking_of(tmp_path / name) == DUO_TABLE
    for name in (f"{STEM}2020.csv", "geslaagden-gezakten-en-cijfers-2022-2023.csv"):
        assert masking_of(tmp_path / name) == DUO_FILE


@pytest.mark.parametrize("mark", ["-1", "<5"])
def test_the_symbol_of_another_source_is_refused_and_not_read_as_a_count(tmp_path: Path, mark: str) -> None:
    name = {"-1": f"{STEM}2019.csv", "<5": "01voins-2019.csv"}[mark]
    row = f"00AH;07;X;E;O;VMBO BL lj 3-4;{PIE};6111;VMBO BB PIE;0;0;0;0;{mark};0;0;0;0;0;0;0"
    path = written(tmp_path, name, WITH_ELEMENT.format(KEYS["to 2021"]), row)
    with pytest.raises(
        PanelError, match=f"1 of 1 counts are neither a whole number nor one of .*'{mark}' in data row 1"
    ):
        read_enrolment(path)
    if mark == "<5":
        assert _bounds(read_enrolment(path, masking=DUO_FILE).rows, "pupils") == [(1, 4)]
    with pytest.raises(PanelError):
        read_enrolment(path, masking=OPEN)


CANDIDATE_KEYS = "INSTELLINGSNAAM VESTIGING;{};ONDERWIJSTYPE VO;INSPECTIECODE;OPLEIDINGSNAAM"


def _candidate_header(first: int, gemeente: str) -> str:
    measures = [
        f"{one} SCHOOLJAAR {year}-{year + 1} - {kind}"
        for year in range(first, first + 5)
        for kind in ("MAN", "VROUW", "TOTAAL")
        for one in ("EXAMENKANDIDATEN", "GESLAAGDEN", "SLAAGPERC")
    ]
    return ";".join([KEYS["from 2021"], CANDIDATE_KEYS.format(gemeente), *measures])


@pytest.mark.parametrize("first", [2019, 2020, 2021])
@pytest.mark.parametrize("gemeente", ["GEMEENTENAAM", "GEMEENTENAAM VESTIGING"])
def test_exam_candidates_of_any_five_years(tmp_path: Path, first: int, gemeente: str) -> None:
    year = "<5;<5;100;12;11;91.7;{};13;92.9"
    cells = ";".join(year.format(total) for total in ("14", "15", "<5", "0", "1.016"))
    row = f"00AH;00AH07;X;ENSCHEDE;VMBO;38;VMBO K - techniek;{cells}"
    name = f"examenkandidaten-en-geslaagden-{first}-{first + 5}.csv"
    rows = read_exam_candidates(written(tmp_path, name, _candidate_header(first, gemeente), row, quoted=True)).rows
    assert rows["school_year"].tolist() == list(range(first, first + 5))
    assert _bounds(rows, "candidates") == [(14, 14), (15, 15), (1, 4), (0, 0), (1016, 1016)]
    assert set(rows["profile"]) == {"S_TECHNIEK"}


RESULT_HEADER = (
    "{};INSTELLINGSNAAM VESTIGING;GEMEENTENAAM VESTIGING;PROVINCIE VESTIGING;ONDERWIJSTYPE VO;LEERWEG VMBO;VMBO SECTOR;"
    "AFDELING;EXAMENKANDIDATEN;GESLAAGDEN;GEZAKTEN;GEMIDDELD CIJFER SCHOOLEXAMEN;GEMIDDELD CIJFER CENTRAAL EXAMEN;"
    "GEMIDDELD CIJFER CIJFERLIJST"
)


@pytest.mark.parametrize(
    ("name", "school_year"),
    [
        ("07.-geslaagden,-gezakten-en-cijfers-2016-2017.csv", 2016),
        ("geslaagden-gezakten-en-cijfers-2017-2018.csv", 2017),
        ("geslaagden,-gezakten-en-cijfers-2021-2022.csv", 2021),
        ("geslaagden-gezakten-en-cijfers-2024-2025.csv", 2024),
    ],
)
@pytest.mark.parametrize("point", [",", "."])
@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_exam_results_of_every_year_with_comma_and_point(
    tmp_path: Path, name: str, school_year: int, point: str, keys: str
) -> None:
    start = "00AH;00AH07;X;E;O;VMBO;KB;Techniek"
    lines = (f"{start};PIE;<5;<5;0;6,4;6,0;6,2", f"{start};Metaaltechniek;10;9;<5;7,0;0,0;6,8")
    path = written(tmp_path, name, RESULT_HEADER.format(keys), *(line.replace(",", point) for line in lines))
    rows = read_exam_results(path).rows
    assert rows[["vestiging", "profile", "leerweg", "school_year"]].to_numpy().tolist() == [
        ["00AH07", "PIE", "KB", school_year]
    ]
    # A masked count weighs 2.5: (2.5 x 6.4 + 10 x 7.0) / 12.5 = 6.88; the central mark 0.0 is no mark.
    assert rows[["mark_school", "mark_central", "mark_list"]].to_numpy(dtype=float).tolist() == [
        pytest.approx([6.88, 6.0, 6.68], rel=1e-12)
    ]


def test_results_of_an_unknown_leerweg_are_refused(tmp_path: Path) -> None:
    line = "00AH;00AH07;X;E;O;VMBO;XL;Techniek;PIE;10;9;<5;7,0;0,0;6,8"
    path = written(
        tmp_path, "geslaagden-gezakten-en-cijfers-2017-2018.csv", RESULT_HEADER.format(KEYS["to 2021"]), line
    )
    with pytest.raises(PanelError, match="1 rows of an unknown leerweg: XL; extend"):
        read_exam_results(path)


def test_a_table_of_results_weighs_a_hidden_four_as_the_middle_of_its_bounds(tmp_path: Path) -> None:
    start = "{};00AH;00AH07;X;E;O;VMBO;KB;Techniek"
    lines = [f"{start.format(year)};PIE;4;4;0;6,0;6,0;6,0" for year in ("2017-2018", "2018-2019")]
    lines += [f"{start.format(year)};Metaaltechniek;10;9;-1;7,0;-1;7,0" for year in ("2017-2018", "2018-2019")]
    rows = read_exam_results(
        written(tmp_path, "03_voex.csv", "SCHOOLJAAR;" + RESULT_HEADER.format(KEYS["to 2021"]), *lines)
    ).rows
    assert rows["school_year"].tolist() == [2017, 2018]
    assert rows["mark_school"].tolist() == pytest.approx([(2.5 * 6 + 10 * 7) / 12.5] * 2, rel=1e-12)
    assert rows["mark_central"].tolist() == pytest.approx([6.0, 6.0], rel=1e-12)


def test_a_column_of_school_years_must_hold_years(tmp_path: Path) -> None:
    frame = pd.DataFrame({"year": ["2017", "schooljaar"]}, dtype="string")
    with pytest.raises(PanelError, match=r"t\.csv: 1 rows have no school year; first is 'schooljaar' in data row 2"):
        school_years(frame, tmp_path / "t.csv")
    with pytest.raises(PanelError, match="1 rows have no school year"):
        school_years(pd.DataFrame({"year": ["20171"]}, dtype="string"), tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("05.-zittenblijven-vo-brinvest-1516-tov-1617.csv", 2015),
        ("05-zittenblijvers-niveau-vestiging-2017-2018-tov-2018-2019.csv", 2017),
        ("05.-zittenblijvers-niveau-vestiging-2023-2024-tov-2024-2025.csv", 2023),
    ],
)
def test_a_file_that_compares_two_school_years_counts_the_first(tmp_path: Path, name: str, first: int) -> None:
    assert compared_year_in_name(tmp_path / name) == first


@pytest.mark.parametrize("name", ["05.-zittenblijvers-2023-2024.csv", "zitten-1516-tov-1718.csv", "1517-tov-1718.csv"])
def test_a_name_without_two_school_years_in_a_row_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PanelError, match="no two school years in a row in the file name"):
        compared_year_in_name(tmp_path / name)


@pytest.mark.parametrize("keys", ["BRIN NUMMER;VESTIGINGSNUMMER", "INSTELLINGSCODE;VESTIGINGSCODE"])
def test_the_register_of_addresses_has_old_and_new_keys_and_blanks(tmp_path: Path, keys: str) -> None:
    header = f"PROVINCIE;BEVOEGD GEZAG NUMMER;{keys};POSTCODE;PLAATSNAAM;GEMEENTENAAM;RMC-REGIO CODE;RMC-REGIO NAAM"
    row = "Fryslân;10053;01AA;01AA00;8601 AA;SNEEK;SÚDWEST-FRYSLÂN;5;        "
    rows = read_addresses(written(tmp_path, "02.-alle-vestigingen-vo.csv", header, row, encoding="cp1252")).rows
    assert rows[["vestiging", "postcode", "gemeente", "rmc_code"]].to_numpy().tolist() == [
        ["01AA00", "8601AA", "SÚDWEST-FRYSLÂN", "05"]
    ]
    assert rows["rmc_name"].isna().all()
