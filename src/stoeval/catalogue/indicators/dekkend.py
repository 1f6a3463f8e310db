"""Indicators of a covering supply: profiles and electives on offer, and the fit with labour market and mbo."""

from __future__ import annotations

from dataclasses import replace

from stoeval.vocabulary import Delivery, Indicator, Level

_PLACE = "Achtergrondschets, paragraaf 4.2 (vanaf p. 26), dekkend"
_OFFER = f"{_PLACE} 1, aangeboden profielen per vestiging"
_REGIONAL_OFFER = f"{_PLACE} 1, aangeboden profielen per regio"
_MBO = f"{_PLACE} 4, aandeel dat doorstroomt naar technische mbo-opleidingen"
_COUNT = "DUO-leerlingentelling van 1 oktober"
_EXAM = "DUO-examenkandidaten naar leerweg en sector"
_FLOW = "doorstroom van het examencohort naar het mbo in oktober daarna"

TECHNICAL_PROFILES_OFFERED = Indicator(
    name="technical_profiles_offered",
    label="Aantal aangeboden technische profielen",
    label_en="Number of technical profiles on offer",
    goal="dekkend 1",
    unit="profiles",
    level=Level.VESTIGING,
    source=f"{_OFFER}; {_COUNT}, technische profielen met leerlingen in leerjaar 3 of 4",
    delivery=Delivery.ENROLMENT,
)
TECHNICAL_PROFILE_CLOSED = Indicator(
    name="technical_profile_closed",
    label="Aandeel vestigingen waar het technische profielaanbod eindigde",
    label_en="Share of vestigingen where the technical profiles closed",
    goal="dekkend 1",
    unit="share",
    level=Level.REGION,
    source=f"{_OFFER}; {_COUNT}, vestigingen met technische leerlingen in het vorige jaar en nu niet meer, per regio",
    delivery=Delivery.ENROLMENT,
)
TECHNICAL_OFFER_CLOSED = Indicator(
    name="technical_offer_closed",
    label="Aandeel vestigingen waar het technische examenaanbod eindigde",
    label_en="Share of vestigingen where the technical exams closed",
    goal="dekkend 1",
    unit="share",
    level=Level.REGION,
    source=f"{_OFFER}; {_EXAM}, vestigingen waar het aantal technische kandidaten van enkele naar nul gaat, per regio",
    delivery=Delivery.EXAM_CANDIDATES,
)
TECHNICAL_OFFER_REARRANGED = Indicator(
    name="technical_offer_rearranged",
    label="Aandeel technische profielen dat eindigde terwijl het profiel binnen 10 kilometer bleef",
    label_en="Share of technical profiles that ended while the profile stayed within 10 kilometres",
    goal="dekkend 1",
    unit="share",
    level=Level.REGION,
    source=f"{_REGIONAL_OFFER}; {_COUNT}, profielen per vestiging van het vorige jaar die er niet meer zijn, per regio",
    delivery=Delivery.ENROLMENT,
)
REACHABILITY_PROFILES = Indicator(
    name="reachability_profiles",
    label="Aandeel leerlingen met BWI, PIE en M&T binnen 10 kilometer",
    label_en="Share of pupils with BWI, PIE and M&T within 10 kilometres",
    goal="dekkend 1",
    unit="share",
    level=Level.REGION,
    source=f"{_REGIONAL_OFFER}; {_COUNT} en afstanden tussen vestigingen, leerlingen in de beroepsgerichte leerwegen",
    delivery=Delivery.ENROLMENT,
)
REACHABILITY_BWI = replace(
    REACHABILITY_PROFILES,
    name="reachability_bwi",
    label="Aandeel leerlingen met BWI binnen 10 kilometer",
    label_en="Share of pupils with BWI within 10 kilometres",
)
REACHABILITY_PIE = replace(
    REACHABILITY_PROFILES,
    name="reachability_pie",
    label="Aandeel leerlingen met PIE binnen 10 kilometer",
    label_en="Share of pupils with PIE within 10 kilometres",
)
REACHABILITY_MT = replace(
    REACHABILITY_PROFILES,
    name="reachability_mt",
    label="Aandeel leerlingen met M&T binnen 10 kilometer",
    label_en="Share of pupils with M&T within 10 kilometres",
)
REACHABILITY_PROFILES_5KM = replace(
    REACHABILITY_PROFILES,
    name="reachability_profiles_5km",
    label="Aandeel leerlingen met BWI, PIE en M&T binnen 5 kilometer",
    label_en="Share of pupils with BWI, PIE and M&T within 5 kilometres",
)
REACHABILITY_PROFILES_15KM = replace(
    REACHABILITY_PROFILES,
    name="reachability_profiles_15km",
    label="Aandeel leerlingen met BWI, PIE en M&T binnen 15 kilometer",
    label_en="Share of pupils with BWI, PIE and M&T within 15 kilometres",
)
REACHABILITY_CANDIDATES = Indicator(
    name="reachability_candidates",
    label="Aandeel examenkandidaten met technisch examenaanbod binnen 10 kilometer",
    label_en="Share of exam candidates with a technical exam on offer within 10 kilometres",
    goal="dekkend 1",
    unit="share",
    level=Level.REGION,
    source=f"{_REGIONAL_OFFER}; {_EXAM} en afstanden tussen vestigingen, beroepsgerichte leerwegen",
    delivery=Delivery.EXAM_CANDIDATES,
)

ELECTIVES_OFFERED = Indicator(
    name="electives_offered",
    label="Aantal aangeboden technische keuzevakken",
    label_en="Number of technical electives on offer",
    goal="dekkend 2",
    unit="electives",
    level=Level.VESTIGING,
    source=f"{_PLACE} 2, aanbod keuzevakken per vestiging; keuzevakregistratie",
    delivery=Delivery.ELECTIVES,
)
ELECTIVES_REGION = Indicator(
    name="electives_region",
    label="Aantal technische keuzevakken in de regio",
    label_en="Number of technical electives in the region",
    goal="dekkend 2",
    unit="electives",
    level=Level.REGION,
    source=f"{_PLACE} 2, aanbod keuzevakken per regio; keuzevakregistratie",
    delivery=Delivery.ELECTIVES,
)
ELECTIVE_FOLLOWERS = Indicator(
    name="elective_followers",
    label="Aandeel leerlingen buiten de technische profielen met een technisch keuzevak",
    label_en="Share of pupils outside the technical profiles with a technical elective",
    goal="dekkend 2",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PLACE} 2, wie volgt keuzevakken; keuzevakregistratie",
    delivery=Delivery.ELECTIVES,
)
TL_ELECTIVE_FOLLOWERS = Indicator(
    name="tl_elective_followers",
    label="Aandeel tl-leerlingen met een technisch keuzevak",
    label_en="Share of tl pupils with a technical elective",
    goal="dekkend 2",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PLACE} 2, wie volgt keuzevakken, ook vanuit tl; keuzevakregistratie",
    delivery=Delivery.ELECTIVES,
)

GOOD_PROSPECTS_SHARE = Indicator(
    name="good_prospects_share",
    label="Aandeel mbo-instromers in een opleiding met een goede baankans",
    label_en="Share of mbo entrants in a programme with good job prospects",
    goal="dekkend 3",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_PLACE} 3, baankans van de gekozen mbo-opleiding; {_FLOW}, baankans vastgehouden op jaargang 2017",
    delivery=Delivery.FLOWS,
)
GOOD_PROSPECTS_CURRENT = replace(
    GOOD_PROSPECTS_SHARE,
    name="good_prospects_current",
    label="Aandeel mbo-instromers in een opleiding met een goede baankans in het jaar van instroom",
    label_en="Share of mbo entrants in a programme with good job prospects in the year of entry",
    source=f"{_PLACE} 3, baankans van de gekozen mbo-opleiding; {_FLOW}, baankans volgens de jaargang van de instroom",
)
GOOD_PROSPECTS_RERATED = replace(
    GOOD_PROSPECTS_SHARE,
    name="good_prospects_rerated",
    label="Deel van de goede baankansen dat van een andere arbeidsmarkt komt",
    label_en="Part of the good job prospects that comes from another labour market",
    source=f"{_PLACE} 3, baankans; {_FLOW}, aandeel volgens de jaargang van de instroom min dat volgens jaargang 2017",
)
GOOD_PROSPECTS_REGION = replace(
    GOOD_PROSPECTS_SHARE,
    name="good_prospects_region",
    label="Aandeel mbo-instromers in een opleiding met een goede baankans, per regio",
    label_en="Share of mbo entrants in a programme with good job prospects, by region",
    level=Level.REGION,
)
REGIONAL_MATCH = Indicator(
    name="regional_match",
    label="Aansluiting van mbo-instromers op de vraag naar technisch personeel in de regio",
    label_en="Match of mbo entrants with regional demand for technical staff",
    goal="dekkend 3",
    unit="share",
    level=Level.REGION,
    source=f"Afgeleid van {_PLACE} 3; {_FLOW} tegenover het aandeel technische banen in de regio in 2017",
    delivery=Delivery.FLOWS,
)

TECHNICAL_MBO_SHARE = Indicator(
    name="technical_mbo_share",
    label="Aandeel gediplomeerden dat naar een technische mbo-opleiding gaat",
    label_en="Share of graduates who enter a technical mbo programme",
    goal="dekkend 4",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_MBO}; {_FLOW}, alle leerwegen samen",
    delivery=Delivery.FLOWS,
)
TECHNICAL_MBO_BY_LEERWEG = Indicator(
    name="technical_mbo_by_leerweg",
    label="Aandeel gediplomeerden dat naar een technische mbo-opleiding gaat, per leerweg",
    label_en="Share of graduates who enter a technical mbo programme, by leerweg",
    goal="dekkend 4",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_MBO}, rekening houdend met niveaus; {_FLOW}",
    delivery=Delivery.FLOWS,
)
TECHNICAL_MBO_BY_LEVEL = Indicator(
    name="technical_mbo_by_level",
    label="Aandeel gediplomeerden dat naar een technische mbo-opleiding op niveau 3 of 4 gaat",
    label_en="Share of graduates who enter a technical mbo programme at level 3 or 4",
    goal="dekkend 4",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_MBO}, rekening houdend met niveaus; {_FLOW}, met het niveau van de mbo-opleiding",
    delivery=Delivery.FLOWS,
)
TL_TECHNICAL_MBO_SHARE = Indicator(
    name="tl_technical_mbo_share",
    label="Aandeel tl-gediplomeerden dat naar een technische mbo-opleiding gaat",
    label_en="Share of tl graduates who enter a technical mbo programme",
    goal="dekkend 4",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_MBO}, ook vanuit tl; {_FLOW}",
    delivery=Delivery.FLOWS,
)

ALL = (
    TECHNICAL_PROFILES_OFFERED,
    TECHNICAL_PROFILE_CLOSED,
    TECHNICAL_OFFER_CLOSED,
    TECHNICAL_OFFER_REARRANGED,
    REACHABILITY_PROFILES,
    REACHABILITY_BWI,
    REACHABILITY_PIE,
    REACHABILITY_MT,
    REACHABILITY_PROFILES_5KM,
    REACHABILITY_PROFILES_15KM,
    REACHABILITY_CANDIDATES,
    ELECTIVES_OFFERED,
    ELECTIVES_REGION,
    ELECTIVE_FOLLOWERS,
    TL_ELECTIVE_FOLLOWERS,
    GOOD_PROSPECTS_SHARE,
    GOOD_PROSPECTS_CURRENT,
    GOOD_PROSPECTS_RERATED,
    GOOD_PROSPECTS_REGION,
    REGIONAL_MATCH,
    TECHNICAL_MBO_SHARE,
    TECHNICAL_MBO_BY_LEERWEG,
    TECHNICAL_MBO_BY_LEVEL,
    TL_TECHNICAL_MBO_SHARE,
)
