"""A whole delivery folder, from the twin's own files to hypotheses that can be tested."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stoeval.panel.deliveries
from duo_folder import COORDINATES, ENROLMENT, FIRST_MASKED, write_duo_folder
from stoeval.catalogue import CATALOGUE
from stoeval.errors import PanelError
from stoeval.panel.assembly import build_panel
from stoeval.panel.contract import violations
from stoeval.panel.delivery_list import FILE_NAME, Status, init_deliveries, write_delivery_list
from stoeval.panel.provisional import provisional_years
from stoeval.panel.samples import sample
from stoeval.panel.storage import read_panel, write_panel
from stoeval.panel.tables import TABLES
from stoeval.panel.written_deliveries import write_own_deliveries
from stoeval.vocabulary import Role, SchoolYear, Untestable

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel

STATUSES = (Status.FINAL, Status.PROVISIONAL)
EQUAL = ("plans", "staff", "surveys", "flows", "initiatives", "response", "prospects", "programmes")


@pytest.fixture(scope="module")
def folder(twin: MonitorPanel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every file that the twin can give."""
    directory = tmp_path_factory.mktemp("leveringen") / "map"
    write_duo_folder(twin, directory / "duo")
    write_own_deliveries(twin, directory / "sto")
    return directory


@pytest.fixture(scope="module")
def built(folder: Path) -> MonitorPanel:
    """Return the panel that is built from the folder."""
    return build_panel(folder)


def test_the_panel_of_a_full_folder_keeps_its_contract_and_leaves_no_table_empty(built: MonitorPanel) -> None:
    assert violations(built) == ()
    assert [table.name for table in TABLES if built.tables[table.name].empty] == []
    assert built.provenance.regions == "STO"
    assert len(built.provenance.sources) == 12 + 2 + 13


@pytest.mark.parametrize("name", EQUAL)
def test_a_table_comes_back_as_the_twin_wrote_it(twin: MonitorPanel, built: MonitorPanel, name: str) -> None:
    pd.testing.assert_frame_equal(built.tables[name], twin.tables[name])


def test_regions_come_back_with_their_members_counted(twin: MonitorPanel, built: MonitorPanel) -> None:
    before, after = twin.tables["regions"], built.tables["regions"]
    pd.testing.assert_frame_equal(after.drop(columns="members"), before.drop(columns="members"))
    assert after["members"].sum() == twin.tables["vestigingen"]["vestiging"].nunique()


def test_context_comes_back_under_the_names_of_the_gemeenten_in_capitals(
    twin: MonitorPanel, built: MonitorPanel
) -> None:
    before = twin.tables["context"].assign(gemeente=twin.tables["context"]["gemeente"].str.upper())
    pd.testing.assert_frame_equal(built.tables["context"], before)


def test_open_school_years_of_enrolment_come_back_exactly(twin: MonitorPanel, built: MonitorPanel) -> None:
    columns = ["vestiging", "profile", "leerweg", "school_year", "pupils_low", "pupils_high", "entrants_low"]
    shown = [
        panel.tables["offers"].query("school_year < @FIRST_MASKED and pupils_high > 0")[columns]
        for panel in (twin, built)
    ]
    assert FIRST_MASKED > 2018
    pd.testing.assert_frame_equal(shown[1].reset_index(drop=True), shown[0].reset_index(drop=True))


@pytest.mark.parametrize("hypothesis", CATALOGUE.hypotheses[1:8], ids=lambda one: f"H{one.number}")
def test_a_full_folder_makes_every_primary_link_of_h2_to_h8_testable(built: MonitorPanel, hypothesis: object) -> None:
    final = next(one for one in CATALOGUE.measurements if one.name == "final")
    links = next(one for one in CATALOGUE.hypotheses if one is hypothesis).links
    primary = [link for link in links if link.role is Role.PRIMARY and not isinstance(link.design, Untestable)]
    assert primary
    for link in primary:
        assert not isinstance(sample(built, link.estimand(final), CATALOGUE), Untestable), link.name


def test_the_notes_tell_how_well_the_coders_of_the_plans_agree(built: MonitorPanel) -> None:
    told = [
        note for note in built.provenance.notes if note.startswith("Codering van de regioplannen: gewogen kappa 0,")
    ]
    assert len(told) == 1
    assert told[0].endswith("78 regio's.")


@pytest.fixture
def small(twin: MonitorPanel, tmp_path: Path) -> Path:
    """Return a folder with the files of one school year and the own deliveries beside it."""
    directory = tmp_path / "map"
    write_duo_folder(twin, directory, range(2018, 2019))
    return directory


def _add(directory: Path, name: str, *lines: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def _member(twin: MonitorPanel) -> str:
    offers = twin.tables["offers"]
    return str(offers.loc[(offers["school_year"] == 2018) & (offers["pupils_low"] > 0), "vestiging"].iloc[0])


def test_a_provisional_file_marks_its_school_years_in_notes_and_in_the_data_package(
    small: Path, twin: MonitorPanel, tmp_path: Path
) -> None:
    _add(small, "regios.csv", "region;vestiging", f"STO1;{_member(twin)}")
    _add(small, "regional-plans.csv", "region;activity_line;share", "STO1;1;0,5")
    listed = init_deliveries(small)
    open_still = {"enrolment", "regional plans"}
    files = (replace(one, status=STATUSES[one.source in open_still]) for one in listed.files)
    write_delivery_list(replace(listed, files=tuple(files)))
    panel = build_panel(small)
    assert provisional_years(panel.provenance.notes) == {"offers": (SchoolYear(start=2018),), "plans": ()}
    write_panel(panel, tmp_path / "panel")
    package = json.loads((tmp_path / "panel" / "datapackage.json").read_text(encoding="utf-8"))
    flags = {one["name"]: one.get("provisionalSchoolYears") for one in package["resources"] if "provisional" in one}
    assert flags == {"offers": ["2018/19"], "plans": []}
    assert provisional_years(read_panel(tmp_path / "panel").provenance.notes).keys() == flags.keys()


@pytest.mark.parametrize(("named", "told"), [(2018, {"offers": (SchoolYear(start=2018),)}), (2019, {})])
def test_only_the_named_years_of_a_provisional_file_are_marked(
    small: Path, named: int, told: dict[str, tuple[SchoolYear, ...]]
) -> None:
    listed = init_deliveries(small)
    files = (
        replace(one, provisional_years=(SchoolYear(start=named),))
        if one.source == "enrolment"
        else replace(one, status=Status.FINAL)
        for one in listed.files
    )
    write_delivery_list(replace(listed, files=tuple(files)))
    assert provisional_years(build_panel(small).provenance.notes) == told


def test_a_file_that_changes_while_it_is_read_is_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init_deliveries(small)
    checked = stoeval.panel.deliveries.read_delivery_list

    def touched(directory: Path) -> object:
        found = checked(directory)
        with (directory / "alle-vestigingen-vo.csv").open("a", encoding="utf-8") as stream:
            stream.write("\n")
        return found

    monkeypatch.setattr(stoeval.panel.deliveries, "read_delivery_list", touched)
    with pytest.raises(PanelError, match=r"alle-vestigingen-vo\.csv: 1 file changed while it was read"):
        build_panel(small)


def test_a_file_that_the_list_does_not_name_is_not_read_and_is_told(small: Path) -> None:
    init_deliveries(small)
    _add(small / "duo", "late-levering.csv", "region;activity_line;share", "R01;1;0,1")
    notes = build_panel(small).provenance.notes
    assert f"Niet in {FILE_NAME} en daarom niet gelezen: 1 bestanden (duo/late-levering.csv)." in notes


def test_a_file_that_no_table_uses_is_named_and_not_read(small: Path) -> None:
    _add(small, "vsv-per-swv-2015.csv", "geen; geldige", "levering;x")
    notes = build_panel(small).provenance.notes
    assert "Herkend, maar in geen tabel van het panel gebruikt: 1 bestanden (vsv-per-swv-2015.csv)." in notes


def test_the_same_folder_gives_the_same_panel(small: Path) -> None:
    one, other = build_panel(small), build_panel(small)
    assert one.provenance == other.provenance
    for table in TABLES:
        pd.testing.assert_frame_equal(one.tables[table.name], other.tables[table.name])


def test_a_plan_of_a_region_that_no_table_names_is_refused(small: Path, twin: MonitorPanel) -> None:
    _add(small, "regional-plans.csv", "region;activity_line;share", "STO1;1;0,5")
    with pytest.raises(
        PanelError, match=r"plans: 1 rows name a region .* first STO1; deliver STO regions, since other"
    ):
        build_panel(small)
    _add(small, "regios.csv", "region;vestiging", f"STO2;{_member(twin)}")
    with pytest.raises(PanelError, match=r"plans: 1 rows name a region .* first STO1; use the names of STO regions"):
        build_panel(small)


def test_rows_of_places_outside_the_panel_are_left_out_and_counted(small: Path, twin: MonitorPanel) -> None:
    member = _member(twin)
    _add(small, "regios.csv", "region;vestiging", f"STO1;{member}", "STO2;99ZZ99")
    _add(small, "regional-plans.csv", "region;activity_line;share", "STO1;1;0,5", "STO2;1;0,5")
    header = "vestiging;programme;school_year;amount"
    _add(small, "other-programmes.csv", header, f"{member};NPO;2021;1.000", "99ZZ99;NPO;2021;5")
    survey = "respondent;kind;vestiging;wave;item;value;weight"
    _add(small, "surveys.csv", survey, f"L1;school leader;{member};2018/19;shared_facilities;0,5;1")
    panel = build_panel(small)
    assert panel.tables["plans"]["region"].tolist() == ["STO1"]
    assert panel.tables["programmes"][["vestiging", "amount"]].to_numpy().tolist() == [[member, 1000.0]]
    assert panel.tables["surveys"]["region"].tolist() == ["STO1"]
    notes = " ".join(panel.provenance.notes)
    assert "Weggelaten uit plans: 1 van 2 rijen, waarvan region niet in het panel voorkomt; de eerste is STO2." in notes
    assert "Weggelaten uit programmes: 1 van 2 rijen, waarvan vestiging niet in het panel voorkomt" in notes


def test_the_same_row_in_two_files_is_refused(small: Path, twin: MonitorPanel) -> None:
    _add(small, "regios.csv", "region;vestiging", f"STO1;{_member(twin)}")
    for name in ("regional-plans-1.csv", "regional-plans-2.csv"):
        _add(small, name, "region;activity_line;share", "STO1;1;0,5")
    with pytest.raises(PanelError, match=r"regional-plans-1\.csv and regional-plans-2\.csv: 2 rows for plans have the"):
        build_panel(small)


def test_a_second_region_table_beside_the_folder_is_refused(small: Path, twin: MonitorPanel, tmp_path: Path) -> None:
    _add(small, "regios.csv", "region;vestiging", f"STO1;{_member(twin)}")
    _add(tmp_path, "andere.csv", "region;vestiging", f"STO2;{_member(twin)}")
    with pytest.raises(PanelError, match=r"andere\.csv: a second table of STO regions, beside regios\.csv"):
        build_panel(small, regions=tmp_path / "andere.csv")
    panel = build_panel(small, regions=small / "regios.csv")
    assert panel.provenance.regions == "STO"
    assert [name for name, _ in panel.provenance.sources].count("regios.csv") == 1


def test_gemeenten_of_the_context_are_spelt_as_in_the_panel(tmp_path: Path) -> None:
    """Three vestigingen; the population file writes accents and lower case, and forgets one gemeente."""
    header = "BRIN NUMMER;VESTIGINGSNUMMER;POSTCODE;PLAATSNAAM;GEMEENTENAAM;PROVINCIE;RMC-REGIO CODE;RMC-REGIO NAAM"
    names = ("SUDWEST-FRYSLAN", "'S-GRAVENHAGE", "EMMEN")
    rows = [f"0{number}AA;0{number}AA00;1000 AA;P;{name};Q;01;Noord" for number, name in enumerate(names)]
    _add(tmp_path, "alle-vestigingen-vo.csv", header, *rows)
    pupils = [f"0{number}AA;00;P;Q;VMBO KL lj 3-4;Techniek;PIE;VMBO KB PIE;9;0;9;0" for number in range(3)]
    _add(tmp_path, "leerlingen-vo-per-vestiging-naar-onderwijstype-2018.csv", ENROLMENT, *pupils)
    points = [f"0{number}AA00;2022;1000AA;P;{name};6,5;53,1" for number, name in enumerate(names)]
    _add(tmp_path, "vo_vestigingen_geo.csv", COORDINATES, *points)
    young = ("Súdwest-Fryslân;2018;1", "s Gravenhage;2018;2", "Ergens;2018;3")
    _add(tmp_path, "population.csv", "gemeente;school_year;population_12_16", *young)
    _add(tmp_path, "werkgelegenheid.csv", "gemeente;school_year;jobs;jobs_technical", "SÚDWEST FRYSLÂN;2018;9;1")
    panel = build_panel(tmp_path)
    context = panel.tables["context"].set_index("gemeente")
    assert context["population_12_16"].to_dict() == {"'S-GRAVENHAGE": 2.0, "ERGENS": 3.0, "SUDWEST-FRYSLAN": 1.0}
    assert context.loc["SUDWEST-FRYSLAN", "jobs"] == 9.0
    assert "Zonder context: 1 gemeenten met vestigingen; de eerste is EMMEN." in panel.provenance.notes
