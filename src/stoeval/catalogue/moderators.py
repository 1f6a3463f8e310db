"""For whom and where: the circumstances, registered beforehand, in which an effect may differ.

Paragraph 2.3 of the background sketch names them; methods of the evaluation add the tercile of the dose, the leerweg
and the sex of pupils. What is not in this list is not looked at.
"""

from __future__ import annotations

from stoeval.vocabulary import Moderator

_SKETCH = "Achtergrondschets Sterk Techniekonderwijs, paragraaf 2.3"
_YES_NO = (("yes", "ja", "yes"), ("no", "nee", "no"))
_TERCILES = (
    ("low", "laagste derde", "lowest third"),
    ("middle", "middelste derde", "middle third"),
    ("high", "hoogste derde", "highest third"),
)

SHRINKING = Moderator(
    name="shrinking",
    label="Krimpregio",
    label_en="Shrinking region",
    unit="region",
    source=f"{_SKETCH} (krimp); STO-regiotabel",
    categories=_YES_NO,
)
TEACHER_SHORTAGE = Moderator(
    name="teacher_shortage",
    label="Techniekdocenten per leerling in het nuljaar",
    label_en="Technical teachers per pupil in the baseline year",
    unit="region",
    source=f"{_SKETCH} (lerarentekort); personeel per school en vak. Vacatures zijn niet geleverd: minder fte per "
    "leerling dan in de mediane regio staat voor een tekort",
    categories=(
        ("few", "minder dan de mediane regio", "fewer than the median region"),
        ("many", "ten minste de mediane regio", "at least the median region"),
    ),
)
PRIOR_COOPERATION = Moderator(
    name="prior_cooperation",
    label="Eerdere samenwerking in TiB of RIF",
    label_en="Earlier cooperation in TiB or RIF",
    unit="region",
    source=f"{_SKETCH} (lessen uit TiB en RIF); STO-regiotabel, anders deelname van vestigingen voor het nuljaar",
    categories=_YES_NO,
)
NETWORK_FORM = Moderator(
    name="network_form",
    label="Vorm van het netwerk",
    label_en="Form of the network",
    unit="region",
    source=f"{_SKETCH} (Kluster: een externe coördinator werkt beter dan een leidende partij of gedeelde leiding)",
    categories=(
        ("lead", "een leidende partij", "a lead organisation"),
        ("shared", "gedeelde leiding", "shared participants"),
        ("external", "een externe coördinator", "an external coordinator"),
    ),
)
TECHNIEKARM = Moderator(
    name="techniekarm",
    label="Techniekarme regio",
    label_en="Region with little technology",
    unit="region",
    source="Subsidieregeling Sterk Techniekonderwijs 2020-2023: minder dan tien procent technisch bij de telling",
    categories=_YES_NO,
)
URBANITY = Moderator(
    name="urbanity",
    label="Vestigingen binnen tien kilometer in het nuljaar",
    label_en="Vestigingen within ten kilometres in the baseline year",
    unit="region",
    source="Coördinaten van vestigingen; de stedelijkheid van het CBS is niet geleverd. Het gemiddelde aantal andere "
    "vmbo-vestigingen binnen tien kilometer staat ervoor in",
    categories=_TERCILES,
)
DOSE_TERCILE = Moderator(
    name="dose_tercile",
    label="Hoogte van het bedrag",
    label_en="Size of the amount",
    unit="region",
    source="Het bedrag per leerling van de schakel zelf, gemiddeld over de regio",
    categories=_TERCILES,
)
LEERWEG = Moderator(
    name="leerweg",
    label="Leerweg",
    label_en="Leerweg",
    unit="leerweg",
    source="DUO; de theoretische leerweg heeft geen recht op de middelen en is de vergelijking",
    categories=(
        ("BB", "basisberoepsgericht", "basic vocational"),
        ("KB", "kaderberoepsgericht", "middle-management vocational"),
        ("GL", "gemengd", "combined"),
    ),
)
SEX = Moderator(
    name="sex",
    label="Geslacht van leerlingen",
    label_en="Sex of pupils",
    unit="pupil",
    source="DUO-leerlingentelling",
    categories=(("girls", "meisjes", "girls"), ("boys", "jongens", "boys")),
)

ALL = (
    SHRINKING,
    TEACHER_SHORTAGE,
    PRIOR_COOPERATION,
    NETWORK_FORM,
    TECHNIEKARM,
    URBANITY,
    DOSE_TERCILE,
    LEERWEG,
    SEX,
)
