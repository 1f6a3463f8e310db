"""From DUO's afdelingen and inspection codes to profile, leerweg and sector.

Sources: the names in DUO's own files of 2015-2024; for the old afdelingen that count as hard technical, the
questions and answers on the regulation of 2018 (sterktechniekonderwijs.nl/veelgestelde-vragen). An old
afdeling goes to the profile that took over its content, within the sector under which DUO publishes it, so
that hard and soft technical together are DUO's sector Techniek. Afdelingen of that sector that the
regulation does not pay for and that have no content of their own (vakmanschapsroute, beroepsroute and
technologie-orientatie) go to MVI, which keeps the hard technical count as the regulation counts it.
"""

from __future__ import annotations

PROFILE_OF_AFDELING = {
    "Bouwen, wonen en interieur": "BWI",
    "BWI": "BWI",
    "Bouwtechniek": "BWI",
    "Bouwbreed -ISP": "BWI",
    "Produceren, installeren en energie": "PIE",
    "PIE": "PIE",
    "Metaaltechniek": "PIE",
    "Elektrotechniek": "PIE",
    "Installatietechniek": "PIE",
    "Metalectro -ISP": "PIE",
    "Instalektro -ISP": "PIE",
    "Techniek Breed -ISP": "PIE",
    "Mobiliteit en transport": "MT",
    "MTR": "MT",
    "Voertuigentechniek": "MT",
    "Transport en Logistiek": "MT",
    "Media, vormgeving en ICT": "MVI",
    "MVI": "MVI",
    "Grafische Techniek": "MVI",
    "Vakmanschapsroute Techniek": "MVI",
    "Beroepsroute Techniek": "MVI",
    "Maritiem en Techniek": "MAT",
    "MTE": "MAT",
    "Kust-, Rijn- en Binnenvaart": "MAT",
    "Haven- en Vervoerschool": "MAT",
    "Dienstverlening en producten": "DP",
    "DP": "DP",
    "Dienstverlening & Commercie": "DP",
    "ICT -route": "DP",
    "Sport, Dienstverlening en Veiligheid": "DP",
    "Techniek & Commercie": "DP",
    "Techniek & Dienstverlening": "DP",
    "Vakmanschapsroute Intersectoraal": "DP",
    "Economie en ondernemen": "EO",
    "EO": "EO",
    "Administratie": "EO",
    "Handel en Administratie -ISP": "EO",
    "Handel en Verkoop": "EO",
    "Mode en Commercie": "EO",
    "Vakmanschapsroute Economie": "EO",
    "Beroepsroute Economie": "EO",
    "Horeca, bakkerij en recreatie": "HBR",
    "HBR": "HBR",
    "Consumptief": "HBR",
    "Consumptief Breed -ISP": "HBR",
    "Zorg en welzijn": "ZW",
    "ZWE": "ZW",
    "Zorg en Welzijn -ISP": "ZW",
    "Verzorging": "ZW",
    "Uiterlijke Verzorging": "ZW",
    "Vakmanschapsroute Zorg en Welzijn": "ZW",
    "Groen": "GROEN",
    "G": "GROEN",
    "Landbouw Breed -ISP": "GROEN",
    "Landbouw en Natuurlijke Omgeving": "GROEN",
    "Vakmanschapsroute Landbouw": "GROEN",
    "Beroepsroute Landbouw": "GROEN",
}

PROFILE_OF_TECHNOLOGIE_ORIENTATIE = {
    "Techniek": "MVI",
    "Economie": "EO",
    "Zorg & Welzijn": "ZW",
    "Intersect. programma": "DP",
}
"""By sector, since this programme of the gemengde leerweg was offered in each."""

TECHNOLOGIE_ORIENTATIE = "Technologie Orientatie"

LEERWEG_OF_LETTERS = {"BL": "BB", "BB": "BB", "KL": "KB", "KB": "KB", "GL": "GL", "TL": "TL"}

EXAM_LEERWEGEN = {"LWT": "LWT", "B": "BB", "K": "KB", "G": "GL", "T": "TL"}
EXAM_SECTORS = {
    "techniek": "S_TECHNIEK",
    "economie": "S_ECONOMIE",
    "zorg en welzijn": "S_ZORG",
    "zorg & welzijn": "S_ZORG",
    "landbouw": "S_LANDBOUW",
    "intersectoraal": "S_INTERSECTORAAL",
    "": "S_ONBEKEND",
}

_SECTORS_IN_ORDER = ("S_TECHNIEK", "S_ZORG", "S_ECONOMIE", "S_LANDBOUW")
INSPECTION_CODES = (
    {str(26 + place): (leerweg, "S_INTERSECTORAAL") for place, leerweg in enumerate(("LWT", "BB", "KB", "GL"))}
    | {
        str(first + place): (leerweg, sector)
        for first, leerweg in ((30, "LWT"), (34, "BB"), (38, "KB"), (42, "GL"), (90, "TL"))
        for place, sector in enumerate(_SECTORS_IN_ORDER)
    }
    | {"46": ("TL", "S_ONBEKEND")}
)
"""Leerweg and sector by INSPECTIECODE: four leerwegen of four sectors, TL by sector from 90."""
