"""Where DUO publishes each file of each school year.

Names as they stand on duo.nl/open_onderwijsdata; they differ between years, so a file may have several. A
file is fetched from the first of its addresses that serves it. An address with a fragment is that of a page
of DUO's catalogue, which names the address of the file after the `#`. OVERGANGEN (register BRIN),
coordinates and early school leavers have no address that is known here; they are delivered by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IMAGES = "https://duo.nl/open_onderwijsdata/images/"
CATALOGUE = "https://onderwijsdata.duo.nl/api/3/action/package_show?id="


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One file: the source that it belongs to, its addresses, and the school years that it covers."""

    source: str
    addresses: tuple[str, ...]
    """In the order in which they are tried."""
    covers: tuple[int, ...] = ()
    """Empty for a register without years, which is always wanted."""
    part: str = ""
    """Which part of the source, where one year takes several files."""


def wanted(years: Iterable[int], published: Sequence[Published]) -> tuple[Published, ...]:
    """Return the files that the school years need, each year of a source from the first file that covers it.

    Raises PanelError where there are no years, and at a year that no file covers.
    """
    asked = set(years)
    known = {year for one in published for year in one.covers}
    if not asked or asked - known:
        unknown = ", ".join(map(str, sorted(asked - known))) or "none given"
        message = (
            f"school years {unknown}: DUO publishes {min(known, default=0)} to {max(known, default=0)}; "
            "give first years, such as 2017 for 2017/18"
        )
        raise PanelError(message)
    open_years = {(one.source, one.part): set(asked) for one in published}
    chosen = []
    for one in published:
        left = open_years[one.source, one.part]
        if not one.covers or left & set(one.covers):
            chosen.append(one)
            left -= set(one.covers)
    return tuple(chosen)


def _each_year(source: str, years: range, *names: str) -> tuple[Published, ...]:
    return tuple(
        Published(
            source=source,
            addresses=tuple(IMAGES + name.format(year=year, next=year + 1, after=year + 2) for name in names),
            covers=(year,),
        )
        for year in reversed(years)
    )


def _window(first: int, last: int) -> Published:
    name = f"examenkandidaten-en-geslaagden-{first}-{last}.csv"
    return Published(source="exam candidates", addresses=(IMAGES + name,), covers=tuple(range(first, last)))


def _staff(part: str, stem: str) -> Published:
    return Published(
        source="school staff",
        addresses=tuple(f"{IMAGES}{stem}-2011-{last}.xlsx" for last in (2025, 2024)),
        covers=tuple(range(2011, 2026)),
        part=part,
    )


def _inflow(year: int) -> Published:
    name = f"{year}-nieuw-instromende-studenten-per-instelling-hoofdgroep-leerweg-beroepsopleiding-niveau-vooro.csv"
    address = f"{CATALOGUE}instromende-mbo-studenten#{name}"
    return Published(source="mbo inflow", addresses=(address,), covers=(year,))


PUBLISHED = (
    *_each_year(
        "enrolment",
        range(2019, 2026),
        "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-{year}.csv",
        "leerlingen-vo-per-vestiging-naar-onderwijstype-{year}.csv",
    ),
    *_each_year(
        "enrolment",
        range(2014, 2019),
        "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-{year}-{next}.csv",
        "01.-leerlingen-vo-per-vestiging-naar-onderwijstype-{year}.csv",
    ),
    *(_window(first, last) for first, last in ((2020, 2025), (2019, 2024), (2014, 2019))),
    *_each_year(
        "exam results",
        range(2015, 2025),
        "geslaagden-gezakten-en-cijfers-{year}-{next}.csv",
        "geslaagden,-gezakten-en-cijfers-{year}-{next}.csv",
        "07.-geslaagden,-gezakten-en-cijfers-{year}-{next}.csv",
    ),
    Published(source="addresses", addresses=(IMAGES + "02.-alle-vestigingen-vo.csv",)),
    *_each_year(
        "zittenblijven",
        range(2017, 2024),
        "05.-zittenblijvers-niveau-vestiging-{year}-{next}-tov-{next}-{after}.csv",
        "05-zittenblijvers-niveau-vestiging-{year}-{next}-tov-{next}-{after}.csv",
    ),
    *_each_year("zittenblijven", range(2015, 2016), "05.-zittenblijven-vo-brinvest-1516-tov-1617.csv"),
    _staff("persons", "01.-onderwijspersoneel-vo-in-personen"),
    _staff("fte", "02.-onderwijspersoneel-vo-in-fte"),
    *_each_year("subject marks", range(2015, 2025), "examenkandidaten-vmbo-en-examencijfers-{year}-{next}.csv"),
    *(_inflow(year) for year in range(2025, 2020, -1)),
    Published(source="forecasts", addresses=(f"{CATALOGUE}voprognoses#brin4_prognosesvo.csv",)),
)
