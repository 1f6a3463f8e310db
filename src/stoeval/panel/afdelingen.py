"""Old afdelingen and the profiles that took over their content, for the years before the profiles of 2016/17.

Profiles exist in leerjaar 3 since 2016/17 and in exams since 2017/18; before, and beside them until 2018/19, DUO
names afdelingen. The crosswalk itself is `sources/crosswalks.py`; here stands why each old afdeling goes where it
goes, and what the regulation of 2018 counted as hard technique. Sources: DUO's names of 2015/16 to 2018/19; the
questions and answers on the regulation (sterktechniekonderwijs.nl/veelgestelde-vragen). An afdeling goes whole to
one profile: what its pupils would have chosen is not known, so a history that crosses 2016/17 carries an
assumption and is a second history beside the one of profiles alone, never in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from stoeval.panel.sources.crosswalks import (
    PROFILE_OF_AFDELING,
    PROFILE_OF_TECHNOLOGIE_ORIENTATIE,
    TECHNOLOGIE_ORIENTATIE,
)
from stoeval.panel.tables import HARD_TECHNICAL, SOFT_TECHNICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Afdeling:
    """One old afdeling: the profile that stands for it, whether it was paid for, and on what assumption."""

    name: str
    profile: str
    paid: bool
    """On the regulation's list of hard technique."""
    assumption: str


PAID = {
    "Bouwtechniek": "bouwtechniek: timmeren, metselen, schilderen, fijnhout",
    "Bouwbreed -ISP": "bouwtechniek breed",
    "Metaaltechniek": "metaaltechniek",
    "Elektrotechniek": "elektrotechniek",
    "Installatietechniek": "installatietechniek",
    "Metalectro -ISP": "metalektro",
    "Instalektro -ISP": "instalektro",
    "Techniek Breed -ISP": "techniek breed",
    "Voertuigentechniek": "voertuigentechniek",
    "Transport en Logistiek": "transport en logistiek",
}
"""Old afdelingen that the regulation of 2018 counts as hard technique, by their names in DUO and in the regulation."""

SAME_CONTENT = "de inhoud ging over in dit profiel"
PART = "deel van dit profiel; de andere delen gingen naar hetzelfde profiel"
BROAD = "breed programma; telt bij het profiel waarin de meeste inhoud terugkomt"
ROUTE = "route zonder eigen inhoud; telt in de sector waaronder DUO haar plaatst, buiten harde techniek"
ORIENTATION = "programma van de gemengde leerweg in elke sector; telt in de sector waaronder DUO het plaatst"
ASSUMPTIONS = {
    "Bouwtechniek": PART,
    "Bouwbreed -ISP": SAME_CONTENT,
    "Metaaltechniek": PART,
    "Elektrotechniek": PART,
    "Installatietechniek": PART,
    "Metalectro -ISP": PART,
    "Instalektro -ISP": PART,
    "Techniek Breed -ISP": BROAD,
    "Voertuigentechniek": PART,
    "Transport en Logistiek": PART,
    "Grafische Techniek": SAME_CONTENT,
    "Vakmanschapsroute Techniek": ROUTE,
    "Beroepsroute Techniek": ROUTE,
    "Maritiem en Techniek": SAME_CONTENT,
    "Kust-, Rijn- en Binnenvaart": SAME_CONTENT,
    "Haven- en Vervoerschool": BROAD,
    "Dienstverlening & Commercie": BROAD,
    "ICT -route": BROAD,
    "Sport, Dienstverlening en Veiligheid": BROAD,
    "Techniek & Commercie": BROAD,
    "Techniek & Dienstverlening": BROAD,
    "Vakmanschapsroute Intersectoraal": ROUTE,
    "Administratie": PART,
    "Handel en Administratie -ISP": SAME_CONTENT,
    "Handel en Verkoop": PART,
    "Mode en Commercie": PART,
    "Vakmanschapsroute Economie": ROUTE,
    "Beroepsroute Economie": ROUTE,
    "Consumptief": SAME_CONTENT,
    "Consumptief Breed -ISP": SAME_CONTENT,
    "Zorg en Welzijn -ISP": SAME_CONTENT,
    "Verzorging": PART,
    "Uiterlijke Verzorging": PART,
    "Vakmanschapsroute Zorg en Welzijn": ROUTE,
    "Landbouw Breed -ISP": SAME_CONTENT,
    "Landbouw en Natuurlijke Omgeving": SAME_CONTENT,
    "Vakmanschapsroute Landbouw": ROUTE,
    "Beroepsroute Landbouw": ROUTE,
}
"""Why each old afdeling goes to its profile; names of profiles themselves need no assumption."""

OLD = (
    *(
        Afdeling(name=name, profile=PROFILE_OF_AFDELING[name], paid=name in PAID, assumption=assumption)
        for name, assumption in ASSUMPTIONS.items()
    ),
    *(
        Afdeling(name=f"{TECHNOLOGIE_ORIENTATIE} ({sector})", profile=profile, paid=False, assumption=ORIENTATION)
        for sector, profile in PROFILE_OF_TECHNOLOGIE_ORIENTATIE.items()
    ),
)
"""Every old afdeling that DUO names in the years that the package reads."""


def assumed() -> tuple[Afdeling, ...]:
    """Return the afdelingen on which a technical history before 2016/17 rests beyond the regulation's own list.

    They are in a technical profile and were not paid for, or the reverse.
    """
    technical = (*HARD_TECHNICAL, *SOFT_TECHNICAL)
    return tuple(one for one in OLD if one.paid != (one.profile in technical))


def as_table() -> str:
    """Return the crosswalk as a table in Markdown, in the order of the profiles."""
    lines = ["| profile | afdeling | paid as hard technique | assumption |", "| --- | --- | --- | --- |"]
    ordered = sorted(OLD, key=lambda one: (list(PROFILE_OF_AFDELING.values()).index(one.profile), one.name))
    lines += [f"| {one.profile} | {one.name} | {'ja' if one.paid else 'nee'} | {one.assumption} |" for one in ordered]
    return "\n".join(lines) + "\n"
