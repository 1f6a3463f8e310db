"""Indicators that the background sketch does not list, and that the mechanism of a hypothesis cannot do without.

Those that no delivery gives stand here too, so that the links to them say what they wait for.
"""

from __future__ import annotations

from dataclasses import replace

from stoeval.catalogue.indicators import kwalitatief
from stoeval.vocabulary import Delivery, Indicator, Level

COOPERATION_VMBO_REGION = replace(
    kwalitatief.COOPERATION_VMBO,
    name="cooperation_vmbo_region",
    label="Samenwerking met ander vmbo, per regio",
    label_en="Cooperation with other vmbo, by region",
    level=Level.REGION,
    source="hypothese 1, afspraken; STO-enquêtes, gewogen gemiddelde van de antwoorden van schoolleiders per regio, op "
    "een schaal van 0 tot 1",
)
MOVES_ANNOUNCED = Indicator(
    name="moves_announced",
    label="Aangekondigde verplaatsingen en samenvoegingen van technische profielen",
    label_en="Announced moves and mergers of technical profiles",
    goal="dekkend 1",
    unit="profiles",
    level=Level.REGION,
    source="hypothese 1, afspraken over wie welk profiel aanbiedt; regioplannen, aankondigingen per profiel gecodeerd",
    delivery=Delivery.PLANS,
)
TEACHER_VACANCIES = Indicator(
    name="teacher_vacancies",
    label="Openstaande vacatures voor docenten",
    label_en="Open vacancies for teachers",
    goal="duurzaam 3",
    unit="fte",
    level=Level.SUBJECT_GROUP,
    source="hypothese 3, voldoende docenten; personeelslevering met vacatures per school en vakgroep",
    delivery=Delivery.STAFF,
)
NETWORK_DENSITY = Indicator(
    name="network_density",
    label="Dichtheid van het netwerk: aandeel van de mogelijke banden tussen scholen en partners dat er is",
    label_en="Density of the network: share of the possible ties between schools and partners that exist",
    goal="kwalitatief 4",
    unit="share",
    level=Level.REGION,
    source="hypothese 7, samenwerking; STO-enquêtes met de vraag wie met wie samenwerkt, in elke golf",
    delivery=Delivery.SURVEY,
)
SHARE_QUALIFIED_REGION = replace(
    kwalitatief.SHARE_QUALIFIED,
    name="share_qualified_region",
    label="Aandeel bevoegde techniekdocenten, per regio",
    label_en="Share of qualified technical teachers, by region",
    level=Level.REGION,
    source="hypothese 8, kwalificatie; personeelslevering per school en vakgroep, alleen technische vakken",
)
TECHNICAL_PUPILS_FROM_ELSEWHERE = Indicator(
    name="technical_pupils_from_elsewhere",
    label="Aandeel leerlingen in technische profielen dat in een andere regio woont",
    label_en="Share of pupils in technical profiles who live in another region",
    goal="duurzaam 1",
    unit="share",
    level=Level.VESTIGING,
    source="hypothese 9, uitstraling naar andere regio's; leerlingentelling met de woongemeente van leerlingen",
    delivery=Delivery.ENROLMENT,
)

ALL = (
    COOPERATION_VMBO_REGION,
    MOVES_ANNOUNCED,
    TEACHER_VACANCIES,
    NETWORK_DENSITY,
    SHARE_QUALIFIED_REGION,
    TECHNICAL_PUPILS_FROM_ELSEWHERE,
)
