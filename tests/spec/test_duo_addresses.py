"""Which of DUO's files the school years need; names by hand from the lists on duo.nl and of DUO's catalogue."""

from __future__ import annotations

import pytest

from stoeval.errors import PanelError
from stoeval.panel.duo_addresses import PUBLISHED, Published, wanted


def test_the_years_choose_the_files() -> None:
    chosen = wanted(range(2018, 2024), PUBLISHED)
    windows = [one.addresses[0].rpartition("/")[2] for one in chosen if one.source == "exam candidates"]
    assert windows == [
        f"examenkandidaten-en-geslaagden-{years}.csv" for years in ("2020-2025", "2019-2024", "2014-2019")
    ]
    assert [one.covers for one in chosen if one.source == "enrolment"] == [(year,) for year in range(2023, 2017, -1)]
    assert {one.source for one in chosen} == {one.source for one in PUBLISHED}
    assert [
        one.addresses[0].rpartition("/")[2] for one in wanted((2023,), PUBLISHED) if one.source == "exam candidates"
    ] == ["examenkandidaten-en-geslaagden-2020-2025.csv"]


@pytest.mark.parametrize(
    ("years", "message"), [((), "none given"), ((1999, 2020), "school years 1999: DUO publishes 2011")]
)
def test_years_that_are_not_published_are_refused(years: tuple[int, ...], message: str) -> None:
    with pytest.raises(PanelError, match=message):
        wanted(years, PUBLISHED)


def test_every_declared_address_is_one_of_duo_and_names_a_file_that_can_be_told() -> None:
    for one in PUBLISHED:
        for address in one.addresses:
            assert address.startswith(("https://duo.nl/open_onderwijsdata/images/", "https://onderwijsdata.duo.nl/"))
            assert address.endswith((".csv", ".xlsx"))
            assert "{" not in address


def test_files_that_are_parts_of_one_source_are_both_wanted() -> None:
    names = [one.addresses[0].rpartition("/")[2] for one in wanted((2023,), PUBLISHED) if one.source == "school staff"]
    assert names == [
        f"{stem}-2011-2025.xlsx"
        for stem in ("01.-onderwijspersoneel-vo-in-personen", "02.-onderwijspersoneel-vo-in-fte")
    ]
    once = (Published(source="a", addresses=("https://a.nl/1.csv",), covers=(2023,)),) * 2
    assert wanted((2023,), once) == once[:1]


def test_mbo_inflow_is_looked_up_in_the_catalogue() -> None:
    found = [one.addresses for one in wanted((2021,), PUBLISHED) if one.source == "mbo inflow"]
    name = "2021-nieuw-instromende-studenten-per-instelling-hoofdgroep-leerweg-beroepsopleiding-niveau-vooro.csv"
    page = "https://onderwijsdata.duo.nl/api/3/action/package_show?id=instromende-mbo-studenten"
    assert found == [(f"{page}#{name}",)]
