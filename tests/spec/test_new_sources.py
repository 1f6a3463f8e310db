"""Zittenblijven, early leavers, forecasts, mbo inflow, marks by subject and staff; files and expectations by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from duo_files import workbook, written
from stoeval.errors import PanelError
from stoeval.panel.masking import OPEN
from stoeval.panel.sources.early_school_leaving import read_early_school_leaving
from stoeval.panel.sources.forecasts import read_forecasts
from stoeval.panel.sources.keys import DUO_TABLE
from stoeval.panel.sources.mbo_inflow import read_mbo_inflow
from stoeval.panel.sources.school_staff import read_school_staff
from stoeval.panel.sources.subject_marks import read_subject_marks
from stoeval.panel.sources.zittenblijven import read_zittenblijven

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.panel.sources.delimited import Delivered

NAMED = (
    "INSTELLINGSNAAM VESTIGING;PLAATSNAAM VESTIGING;GEMEENTENUMMER VESTIGING;GEMEENTENAAM VESTIGING;PROVINCIE VESTIGING"
)
SPACED = "TOTAAL LEERLINGEN;AANTAL ZITTENBLIJVERS;AANTAL AFSTROMERS;AANTAL OPSTROMERS;PERCENTAGE ZITTENBLIJVERS"
SHORT = "AANTAL_LEERLINGEN;AANTAL_ZITTENBLIJVERS;AANTAL_AFSTROMERS;AANTAL_OPSTROMERS"
OLD_NAME = "05.-zittenblijven-vo-brinvest-1516-tov-1617.csv"
NEW_NAME = "05.-zittenblijvers-niveau-vestiging-2023-2024-tov-2024-2025.csv"


def _bounds(delivered: Delivered, *names: str) -> list[tuple[object, ...]]:
    columns = [f"{name}_{side}" for name in names for side in ("low", "high")]
    return list(delivered.rows[columns].itertuples(index=False, name=None))


def test_zittenblijven_with_thousands_points_and_lost_zeros(tmp_path: Path) -> None:
    header = f"BRINNUMMER;VESTIGINGSNUMMER;{NAMED};{SPACED}"
    row = "00AH;0;Lyceum;ENSCHEDE;153;ENSCHEDE;Overijssel;1.001;84;25;139;8,39"
    delivered = read_zittenblijven(written(tmp_path, OLD_NAME, header, row, encoding="cp1252"))
    assert delivered.rows[["vestiging", "school_year"]].to_numpy().tolist() == [["00AH00", 2015]]
    assert _bounds(delivered, "pupils", "repeaters", "moved_down", "moved_up") == [
        (1001, 1001, 84, 84, 25, 25, 139, 139)
    ]
    assert delivered.places["gemeente"].tolist() == ["ENSCHEDE"]


def test_zittenblijven_with_underscores_new_keys_and_hidden_counts(tmp_path: Path) -> None:
    path = written(tmp_path, NEW_NAME, f"INSTELLINGSCODE;VESTIGINGSCODE;{SHORT}", "00AH;07;800;12;<5;0", quoted=True)
    delivered = read_zittenblijven(path)
    assert delivered.rows["school_year"].tolist() == [2023]
    assert _bounds(delivered, "repeaters", "moved_down", "moved_up") == [(12, 12, 1, 4, 0, 0)]
    with pytest.raises(PanelError, match=r"AANTAL_AFSTROMERS: 1 of 1 counts .* first is '<5'"):
        read_zittenblijven(path, masking=OPEN)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["00AH;07;80;1;1;1", "00AH;7;90;1;1;1"], "1 vestigingen occur twice; first 00AH07"),
        (["00AH;07;80;81;0;0"], "1 vestigingen have more zittenblijvers, afstromers or opstromers than pupils; first"),
        (["00AH;07;<5;0;0;5"], "check the order of the columns"),
        (["AH;07;80;1;1;1"], "1 vestigingen are no BRIN with two digits"),
        (["00AH;07;80;1,5;1;1"], "AANTAL_ZITTENBLIJVERS: 1 of 1 counts are neither a whole number"),
    ],
)
def test_zittenblijven_that_cannot_be_are_refused(tmp_path: Path, rows: list[str], message: str) -> None:
    path = written(tmp_path, NEW_NAME, f"INSTELLINGSCODE;VESTIGINGSCODE;{SHORT}", *rows)
    with pytest.raises(PanelError, match=message):
        read_zittenblijven(path)


LEAVING = (
    "SAMENWERKINGSVERBAND_NUMMER;brin_nummer;vestigings_nummer;aantal_leerlingen;vsv_totaal;vsv_vmbo;vsv_mbo;vsv_overig"
)


def test_early_leavers_add_up_to_all_of_them(tmp_path: Path) -> None:
    path = written(tmp_path, "vsv-per-swv-2015.csv", LEAVING, "VO0001;00PG;00;1714;6;<5;0;<5")
    delivered = read_early_school_leaving(path)
    assert delivered.rows[["vestiging", "partnership", "year"]].to_numpy().tolist() == [["00PG00", "VO0001", 2015]]
    assert _bounds(delivered, "pupils", "leavers", "leavers_vmbo", "leavers_other") == [(1714, 1714, 6, 6, 1, 4, 1, 4)]


@pytest.mark.parametrize("cells", ["6;1;0;4", "6;<5;0;0", "3;0;0;5"])
def test_early_leavers_that_cannot_add_up_are_refused(tmp_path: Path, cells: str) -> None:
    path = written(tmp_path, "vsv-per-swv-2015.csv", LEAVING, f"VO0001;00PG;00;1714;{cells}")
    with pytest.raises(PanelError, match="1 rows where vmbo, mbo and other leavers are not all leavers; first 00PG00"):
        read_early_school_leaving(path)


FORECAST = "INSTELLINGSCODE,ONDERWIJSNIVEAU,JAAR,PROGNOSEAANTALLEN"


def test_forecasts_per_school_level_and_year(tmp_path: Path) -> None:
    lines = ('"00AH","VMBO BL",2026,312', '"00AH","VMBO BL",2027,4', '"00AH","VMBO TL",2027,-1')
    delivered = read_forecasts(written(tmp_path, "brin4_prognosesvo.csv", FORECAST, *lines))
    assert delivered.rows[["brin", "level", "school_year"]].to_numpy().tolist() == [
        ["00AH", "VMBO BL", 2026],
        ["00AH", "VMBO BL", 2027],
        ["00AH", "VMBO TL", 2027],
    ]
    assert _bounds(delivered, "pupils") == [(312, 312), (1, 4), (1, 4)]
    assert len(delivered.places) == 0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["00AH,VMBO BL,2026,3", "00AH,VMBO BL,2026,3"], "1 rows occur twice; first 00AH VMBO BL 2026"),
        (["00AH,VMBO BL,jaar,3"], "JAAR: 1 values are no year; first is 'jaar' in data row 1"),
        (["AH,VMBO BL,2026,3"], "1 schools are no BRIN; first is 'AH' in data row 1"),
        (["00AH,VMBO BL,2026,12.5"], "PROGNOSEAANTALLEN: 1 of 1 counts are neither a whole number"),
    ],
)
def test_forecasts_that_cannot_be_are_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(PanelError, match=message):
        read_forecasts(written(tmp_path, "brin4_prognosesvo.csv", FORECAST, *lines))


INFLOW = (
    "VOOROPLEIDING VO;VOOROPLEIDING MBO;INDICATIE KLEINE OPLEIDING;INSTELLINGSCODE;INSTELLINGSNAAM;HOOFDGROEP CODE;"
    "HOOFDGROEP NAAM;NIVEAU;LEERWEG;BEROEPSOPLEIDING CODE;BEROEPSOPLEIDING NAAM;TOTAAL MBO;INSTROOM MBO;"
    "INSTROOM OPLEIDING"
)
INFLOW_NAME = "2023-nieuw-instromende-studenten-per-instelling-hoofdgroep-leerweg-beroepsopleiding-niveau-vooro.csv"


def test_mbo_inflow_by_prior_education(tmp_path: Path) -> None:
    row = "VMBO BL;Geen;N;25LH;ROC;12;Metaal;2;BBL;25342;Monteur;{}"
    path = written(tmp_path, INFLOW_NAME, INFLOW, row.format("48;<5;21"), row.replace("BBL", "BOLVT").format("-1;0;7"))
    delivered = read_mbo_inflow(path)
    names = ["school_year", "prior_vo", "institution", "level", "leerweg", "programme_code"]
    assert delivered.rows[names].to_numpy().tolist() == [
        [2023, "VMBO BL", "25LH", "2", "BBL", "25342"],
        [2023, "VMBO BL", "25LH", "2", "BOLVT", "25342"],
    ]
    assert _bounds(delivered, "students", "entrants_mbo", "entrants_programme") == [
        (48, 48, 1, 4, 21, 21),
        (1, 4, 0, 0, 7, 7),
    ]
    with pytest.raises(PanelError, match="INSTROOM MBO: 1 of 2 counts"):
        read_mbo_inflow(path, masking=DUO_TABLE)


def test_the_other_file_of_mbo_inflow_is_refused_by_its_missing_columns(tmp_path: Path) -> None:
    header = INFLOW.replace("VOOROPLEIDING VO;VOOROPLEIDING MBO;", "")
    path = written(tmp_path, INFLOW_NAME, header, "N;25LH;ROC;12;Metaal;2;BBL;25342;Monteur;1;1;1")
    with pytest.raises(PanelError, match=r"2 columns of a DUO file of new mbo students .* VOOROPLEIDING VO"):
        read_mbo_inflow(path)


def test_doubled_rows_of_mbo_inflow_are_refused(tmp_path: Path) -> None:
    row = "VMBO BL;Geen;N;25LH;ROC;12;Metaal;2;BBL;25342;Monteur;{}"
    path = written(tmp_path, INFLOW_NAME, INFLOW, row.format("48;1;21"), row.format("49;1;21"))
    with pytest.raises(PanelError, match="1 rows occur twice; first 2023 VMBO BL Geen N 25LH"):
        read_mbo_inflow(path)


SUBJECT = (
    "KEYS;INSTELLINGSNAAM VESTIGING;ONDERWIJSTYPE VO;LEERWEG;VAKCODE;AFKORTING VAKNAAM;VAKNAAM;"
    "SCHOOLEXAMEN BEOORDELING;TOTAAL AANTAL SCHOOLEXAMENS MET CIJFER;"
    "AANTAL SCHOOLEXAMENS MET CIJFER MEETELLEND VOOR DIPLOMA;"
    "GEM{0} CIJFER SCHOOLEXAMENS MET CIJFER MEETELLEND VOOR DIPLOMA;AANTAL CENTRALE EXAMENS MEETELLEND VOOR DIPLOMA;"
    "GEM{0} CIJFER CENTRALE EXAMENS MET CIJFER MEETELLEND VOOR DIPLOMA;GEM{0} CIJFER CIJFERLIJST"
)


@pytest.mark.parametrize(
    ("keys", "stop", "point"),
    [("BRIN NUMMER;VESTIGINGSNUMMER", ".", ","), ("INSTELLINGSCODE;VESTIGINGSCODE", " ", ".")],
)
def test_marks_by_subject_in_both_spellings(tmp_path: Path, keys: str, stop: str, point: str) -> None:
    header = SUBJECT.format(stop).replace("KEYS", keys)
    start = "00AH;00AH07;X;VMBO;BL"
    lines = (
        f"{start};0153;wi;wiskunde;;31;30;6.1;28;5.9;6.0",
        f"{start};0163;nask1;nask 1;;3;<5;6.4;<5;0.0;",
        f"{start};0011;ckv;kunst;V;;;;;;",
        f"{start};0012;lo;gym;V;;;;12;;",
    )
    path = written(
        tmp_path,
        "examenkandidaten-vmbo-en-examencijfers-2018-2019.csv",
        header,
        *(line.replace(".", point) for line in lines),
        encoding="cp1252",
    )
    delivered = read_subject_marks(path)
    rows = delivered.rows
    assert rows[["vestiging", "leerweg", "school_year", "subject_code", "judgement"]].to_numpy().tolist() == [
        ["00AH07", "BB", 2018, "0153", ""],
        ["00AH07", "BB", 2018, "0163", ""],
        ["00AH07", "BB", 2018, "0012", "V"],
    ]
    assert _bounds(delivered, "candidates_school", "candidates_central") == [
        (30, 30, 28, 28),
        (1, 4, 1, 4),
        (0, 0, 12, 12),
    ]
    assert rows["mark_central"].isna().tolist() == [False, True, True]
    assert rows.loc[0, ["mark_school", "mark_central", "mark_list"]].tolist() == [6.1, 5.9, 6.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("BL", "XL"), "1 rows of an unknown leerweg: XL"),
        (("6.1", "zes"), "1 of 1 values are no number; first is 'zes'"),
    ],
)
def test_marks_by_subject_that_cannot_be_are_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    header = SUBJECT.format(".").replace("KEYS", "INSTELLINGSCODE;VESTIGINGSCODE")
    line = "00AH;00AH07;X;VMBO;BL;0153;wi;wiskunde;;31;30;6.1;28;5.9;6.0"
    name = "examenkandidaten-vmbo-en-examencijfers-2018-2019.csv"
    with pytest.raises(PanelError, match=message):
        read_subject_marks(written(tmp_path, name, header, line.replace(*change)))
    with pytest.raises(PanelError, match="1 rows occur twice; first 00AH07 BB 0153"):
        read_subject_marks(written(tmp_path, name, header, line, line))


PERSONS = "01.-onderwijspersoneel-vo-in-personen-2011-2025.xlsx"
FTE = "02.-onderwijspersoneel-vo-in-fte-2011-2018.xlsx"


def test_staff_in_persons_by_function_a_row_a_year(tmp_path: Path) -> None:
    header = ["ONDERWIJSTYPE", "BEVOEGD GEZAG", "INSTELLINGSCODE", "FUNCTIEGROEP", "PERSONEN 2024", "MANNEN 2024"]
    header += ["GEMIDDELDE LEEFTIJD 2024", "PERSONEN IN VASTE DIENST 2024", "PERSONEN 2025"]
    sheet = [
        header,
        ["VO", 10053, "00AH", "Onderwijsgevend personeel", 48, 20, 44.1, "*", "<5"],
        ["VO", 10053, "00AH", "Directie", "**", "*", "*", None, None],
        ["VO", 10053, "bovenschools", "Directie", 0, 0, None, None, None],
        ["VO", 10054, "01AA", "Directie", None, None, None, None, None],
    ]
    sheets = {
        "Toelichting": [["uitleg"]],
        "owtype-best-instelling": [header, sheet[1]],
        "owtype-best-instelling-functie": sheet,
    }
    for shared in (True, False):
        delivered = read_school_staff(workbook(tmp_path, PERSONS, sheets, shared=shared))
        rows = delivered.rows
        assert rows[["board", "brin", "function", "school_year"]].fillna("").to_numpy().tolist() == [
            ["10053", "00AH", "Onderwijsgevend personeel", 2024],
            ["10053", "00AH", "Directie", 2024],
            ["10053", "", "Directie", 2024],
            ["10053", "00AH", "Onderwijsgevend personeel", 2025],
        ]
        assert _bounds(delivered, "persons") == [(48, 48), (1, 4), (0, 0), (1, 4)]
        assert rows["permanent_high"].fillna(-1).tolist() == [4, -1, -1, -1]
        assert rows["mean_age"].fillna(-1).tolist() == [44.1, -1, -1, -1]
        assert rows[["fte_low", "fte_high"]].isna().all(axis=None)


def test_staff_in_fte_of_the_older_sheets(tmp_path: Path) -> None:
    header = ["BEVOEGD GEZAG", "BRIN NUMMER", "FUNCTIEGROEP", "FTE'S 2017", "FTE\N{RIGHT SINGLE QUOTATION MARK}S 2018"]
    sheet = [header, ["10053", "00AH", "Directie", "2,5", "*"]]
    rows = read_school_staff(workbook(tmp_path, FTE, {"per owtype-bestuur-brin-functie": sheet})).rows
    assert rows[["school_year", "fte_low", "fte_high"]].to_numpy(dtype=float).tolist() == [
        [2017, 2.5, 2.5],
        [2018, 0, 4],
    ]
    assert rows["persons_low"].isna().all()


def test_staff_without_functions_counts_all_together(tmp_path: Path) -> None:
    sheet = [["BEVOEGD GEZAG", "BRIN NUMMER", "PERSONEN 2016"], [10053, "00AH", 51.0]]
    rows = read_school_staff(workbook(tmp_path, PERSONS, {"per owtype-bestuur-brin": sheet})).rows
    assert rows[["function", "persons_low", "persons_high"]].to_numpy().tolist() == [["Alle functies", 51, 51]]


@pytest.mark.parametrize(
    ("sheet", "rows", "message"),
    [
        (
            "Blad1",
            [["a"], ["b"]],
            "no sheet owtype-best-instelling-functie or .*; found Blad1; expected a DUO workbook",
        ),
        (
            "owtype-best-instelling",
            [["BRIN NUMMER", "PERSONEN 2016"], ["00AH", 1]],
            "columns .* missing: BEVOEGD GEZAG",
        ),
        ("owtype-best-instelling", [["BEVOEGD GEZAG", "BRIN NUMMER"], [1, "00AH"]], "no column PERSONEN or FTE'S"),
        (
            "owtype-best-instelling",
            [["BEVOEGD GEZAG", "BRIN NUMMER", "PERSONEN 2016"], [1, "0AH", 1]],
            "1 schools are no BRIN; first is '0AH'",
        ),
        (
            "owtype-best-instelling",
            [["BEVOEGD GEZAG", "BRIN NUMMER", "PERSONEN 2016"], [1, "00AH", "veel"]],
            "PERSONEN 2016: 1 of 1 counts are neither a whole number",
        ),
        (
            "owtype-best-instelling",
            [["BEVOEGD GEZAG", "BRIN NUMMER", "FTE'S 2016"], [1, "00AH", 1.5], [1, "00AH", 1.5]],
            "1 rows occur twice",
        ),
    ],
)
def test_staff_workbooks_that_cannot_be_read_are_refused(
    tmp_path: Path, sheet: str, rows: list[list[object]], message: str
) -> None:
    with pytest.raises(PanelError, match=message):
        read_school_staff(workbook(tmp_path, PERSONS, {sheet: rows}))


def test_every_hidden_count_stays_an_interval_of_whole_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, NEW_NAME, f"INSTELLINGSCODE;VESTIGINGSCODE;{SHORT}", "00AH;07;800;12;<5;0")
    types = read_zittenblijven(path).rows.filter(regex="_(low|high)$").dtypes
    assert all(pd.api.types.is_integer_dtype(one) for one in types)
