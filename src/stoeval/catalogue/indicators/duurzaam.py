"""Indicators of a durable supply: class size, nearby supply, teachers, and what is expected of both."""

from __future__ import annotations

from dataclasses import replace

from stoeval.vocabulary import Delivery, Indicator, Level

_PLACE = "Achtergrondschets, paragraaf 4.2 (vanaf p. 26), duurzaam"
_PROFILE_SIZE = f"{_PLACE} 1, leerlingen per profiel per vestiging"
_BY_LEERWEG = f"{_PLACE} 1, waar mogelijk per leerweg"
_BY_REGION = f"{_PLACE} 1, waar mogelijk per regio"
_NEARBY = f"{_PLACE} 2, scholen dicht bij elkaar met dezelfde profielen en weinig leerlingen"
_TEACHERS = f"{_PLACE} 3, aantal techniekdocenten"
_COUNT = "DUO-leerlingentelling van 1 oktober"
_EXAM = "DUO-examenkandidaten naar leerweg en sector"
_STAFF = "personeelslevering per school en vakgroep (technisch of overig)"

TECHNICAL_PROFILE_SIZE = Indicator(
    name="technical_profile_size",
    label="Leerlingen per aangeboden technisch profiel",
    label_en="Pupils per technical profile on offer",
    goal="duurzaam 1",
    unit="pupils",
    level=Level.VESTIGING,
    source=f"{_PROFILE_SIZE}; {_COUNT}, technische leerlingen in leerjaar 3 en 4 gedeeld door technische profielen",
    delivery=Delivery.ENROLMENT,
)
TECHNICAL_PUPILS = replace(
    TECHNICAL_PROFILE_SIZE,
    name="technical_pupils",
    label="Leerlingen in technische profielen",
    label_en="Pupils in technical profiles",
    source=f"{_PROFILE_SIZE}; {_COUNT}, leerjaar 3 en 4, vestigingen die er ooit een hadden",
)
TECHNICAL_CANDIDATES = replace(
    TECHNICAL_PROFILE_SIZE,
    name="technical_candidates",
    label="Examenkandidaten in de sector techniek",
    label_en="Exam candidates in the technical sector",
    unit="candidates",
    source=f"{_PROFILE_SIZE}; {_EXAM}, sector techniek, vestigingen die er ooit een hadden",
    delivery=Delivery.EXAM_CANDIDATES,
)
TECHNICAL_SHARE_ENTRANTS = Indicator(
    name="technical_share_entrants",
    label="Aandeel derdeklassers met een technisch profiel",
    label_en="Share of pupils in leerjaar 3 with a technical profile",
    goal="duurzaam 1",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PROFILE_SIZE}; {_COUNT}, leerjaar 3 van de beroepsgerichte leerwegen",
    delivery=Delivery.ENROLMENT,
)
TECHNICAL_SHARE_HARD = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_hard",
    label="Aandeel derdeklassers in BWI, PIE of M&T",
    label_en="Share of pupils in leerjaar 3 in BWI, PIE or M&T",
)
TECHNICAL_SHARE_HARD_AND_SOFT = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_hard_and_soft",
    label="Aandeel derdeklassers in BWI, PIE, M&T, MVI of MaT",
    label_en="Share of pupils in leerjaar 3 in BWI, PIE, M&T, MVI or MaT",
)
TECHNICAL_SHARE_WITH_DP = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_with_dp",
    label="Aandeel derdeklassers in een technisch profiel of in D&P",
    label_en="Share of pupils in leerjaar 3 in a technical profile or in D&P",
)
TECHNICAL_SHARE_GIRLS = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_girls",
    label="Aandeel meisjes in leerjaar 3 met een technisch profiel",
    label_en="Share of girls in leerjaar 3 with a technical profile",
)
TECHNICAL_SHARE_BOYS = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_boys",
    label="Aandeel jongens in leerjaar 3 met een technisch profiel",
    label_en="Share of boys in leerjaar 3 with a technical profile",
)
DP_SHARE = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="dp_share_entrants",
    label="Aandeel derdeklassers in D&P",
    label_en="Share of pupils in leerjaar 3 in D&P",
    source=f"{_PROFILE_SIZE}, ook de niet-technische; {_COUNT}, leerjaar 3 van de beroepsgerichte leerwegen",
)
BB_SHARE = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="bb_share_entrants",
    label="Aandeel van alle derdeklassers in de basisberoepsgerichte leerweg",
    label_en="Share of all pupils in leerjaar 3 in bb",
    source=f"{_BY_LEERWEG}; {_COUNT}, leerjaar 3 van alle leerwegen, het leerwerktraject bij bb",
)
KB_SHARE = replace(
    BB_SHARE,
    name="kb_share_entrants",
    label="Aandeel van alle derdeklassers in de kaderberoepsgerichte leerweg",
    label_en="Share of all pupils in leerjaar 3 in kb",
)
GL_SHARE = replace(
    BB_SHARE,
    name="gl_share_entrants",
    label="Aandeel van alle derdeklassers in de gemengde leerweg",
    label_en="Share of all pupils in leerjaar 3 in gl",
)
TL_SHARE = replace(
    BB_SHARE,
    name="tl_share_entrants",
    label="Aandeel van alle derdeklassers in de theoretische leerweg",
    label_en="Share of all pupils in leerjaar 3 in tl",
)
TECHNICAL_SHARE_PUPILS = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_pupils",
    label="Aandeel leerlingen met een technisch profiel",
    label_en="Share of pupils with a technical profile",
    source=f"{_PROFILE_SIZE}; {_COUNT}, leerjaar 3 en 4 van de beroepsgerichte leerwegen",
)
TECHNICAL_SHARE_CANDIDATES = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_candidates",
    label="Aandeel examenkandidaten in de sector techniek",
    label_en="Share of exam candidates in the technical sector",
    source=f"{_PROFILE_SIZE}; {_EXAM}, beroepsgerichte leerwegen",
    delivery=Delivery.EXAM_CANDIDATES,
)
ENTRANTS_BY_GROUP = Indicator(
    name="entrants_by_group",
    label="Derdeklassers in technische en overige profielen",
    label_en="Pupils in leerjaar 3 in technical and other profiles",
    goal="duurzaam 1",
    unit="pupils",
    level=Level.PROFILE_GROUP,
    source=f"{_PROFILE_SIZE}, ook de niet-technische; {_COUNT}, leerjaar 3",
    delivery=Delivery.ENROLMENT,
)
CANDIDATES_BY_GROUP = replace(
    ENTRANTS_BY_GROUP,
    name="candidates_by_group",
    label="Examenkandidaten in de sector techniek en in overige sectoren",
    label_en="Exam candidates in the technical and in other sectors",
    unit="candidates",
    source=f"{_PROFILE_SIZE}, ook de niet-technische; {_EXAM}",
    delivery=Delivery.EXAM_CANDIDATES,
)
ENTRANTS_SHARE_BY_LEERWEG = Indicator(
    name="entrants_share_by_leerweg",
    label="Aandeel derdeklassers met een technisch profiel, per leerweg",
    label_en="Share of pupils in leerjaar 3 with a technical profile, by leerweg",
    goal="duurzaam 1",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_BY_LEERWEG}; {_COUNT}, leerjaar 3",
    delivery=Delivery.ENROLMENT,
)
CANDIDATES_SHARE_BY_LEERWEG = replace(
    ENTRANTS_SHARE_BY_LEERWEG,
    name="candidates_share_by_leerweg",
    label="Aandeel examenkandidaten in de sector techniek, per leerweg",
    label_en="Share of exam candidates in the technical sector, by leerweg",
    source=f"{_BY_LEERWEG}; {_EXAM}",
    delivery=Delivery.EXAM_CANDIDATES,
)
TECHNICAL_SHARE_REGION = replace(
    TECHNICAL_SHARE_ENTRANTS,
    name="technical_share_region",
    label="Aandeel derdeklassers met een technisch profiel, per regio",
    label_en="Share of pupils in leerjaar 3 with a technical profile, by region",
    level=Level.REGION,
    source=f"{_BY_REGION}; {_COUNT}, leerjaar 3 van de beroepsgerichte leerwegen",
)
CANDIDATES_SHARE_REGION = replace(
    TECHNICAL_SHARE_REGION,
    name="candidates_share_region",
    label="Aandeel examenkandidaten in de sector techniek, per regio",
    label_en="Share of exam candidates in the technical sector, by region",
    source=f"{_BY_REGION}; {_EXAM}, beroepsgerichte leerwegen",
    delivery=Delivery.EXAM_CANDIDATES,
)

OVERLAP_PROFILES = Indicator(
    name="overlap_profiles",
    label="Paren vestigingen met hetzelfde kleine technische profiel binnen 10 kilometer",
    label_en="Pairs of vestigingen with the same small technical profile within 10 kilometres",
    goal="duurzaam 2",
    unit="pairs",
    level=Level.REGION,
    source=f"{_NEARBY}; {_COUNT}, hetzelfde technische profiel, beide met minder dan 30 leerlingen in leerjaar 3 en 4 "
    "samen, vijftien per leerjaar",
    delivery=Delivery.ENROLMENT,
)
OVERLAP_PROFILES_5KM = replace(
    OVERLAP_PROFILES,
    name="overlap_profiles_5km",
    label="Paren vestigingen met hetzelfde kleine technische profiel binnen 5 kilometer",
    label_en="Pairs of vestigingen with the same small technical profile within 5 kilometres",
)
OVERLAP_PROFILES_15KM = replace(
    OVERLAP_PROFILES,
    name="overlap_profiles_15km",
    label="Paren vestigingen met hetzelfde kleine technische profiel binnen 15 kilometer",
    label_en="Pairs of vestigingen with the same small technical profile within 15 kilometres",
)
OVERLAP_CANDIDATES = replace(
    OVERLAP_PROFILES,
    name="overlap_candidates",
    label="Paren vestigingen met weinig technische examenkandidaten binnen 10 kilometer",
    label_en="Pairs of vestigingen with few technical exam candidates within 10 kilometres",
    source=f"{_NEARBY}; {_EXAM}, aan beide kanten 1 tot en met 14 kandidaten in de sector techniek",
    delivery=Delivery.EXAM_CANDIDATES,
)
ELECTIVE_SIZE = Indicator(
    name="elective_size",
    label="Leerlingen per technisch keuzevak",
    label_en="Pupils per technical elective",
    goal="duurzaam 2",
    unit="pupils",
    level=Level.VESTIGING,
    source=f"{_PLACE} 2, leerlingen per keuzevak per profiel per vestiging; keuzevakregistratie",
    delivery=Delivery.ELECTIVES,
)
OVERLAP_ELECTIVES = Indicator(
    name="overlap_electives",
    label="Paren vestigingen met hetzelfde kleine technische keuzevak binnen 10 kilometer",
    label_en="Pairs of vestigingen with the same small technical elective within 10 kilometres",
    goal="duurzaam 2",
    unit="pairs",
    level=Level.REGION,
    source=f"{_PLACE} 2, scholen dicht bij elkaar met dezelfde keuzevakken en weinig leerlingen; keuzevakregistratie",
    delivery=Delivery.ELECTIVES,
)

TEACHER_FTE = Indicator(
    name="teacher_fte",
    label="Docenten in technische en overige vakken",
    label_en="Teachers in technical and other subjects",
    goal="duurzaam 3",
    unit="fte",
    level=Level.SUBJECT_GROUP,
    source=f"{_TEACHERS}; {_STAFF}",
    delivery=Delivery.STAFF,
)
TEACHER_INFLOW_SHARE = Indicator(
    name="teacher_inflow_share",
    label="Aandeel docenten dat dit jaar begon",
    label_en="Share of teachers who started this year",
    goal="duurzaam 3",
    unit="share",
    level=Level.SUBJECT_GROUP,
    source=f"{_TEACHERS}; {_STAFF}, instroom in fte gedeeld door fte",
    delivery=Delivery.STAFF,
)
TEACHER_OUTFLOW_SHARE = replace(
    TEACHER_INFLOW_SHARE,
    name="teacher_outflow_share",
    label="Aandeel docenten dat dit jaar vertrok",
    label_en="Share of teachers who left this year",
    source=f"{_TEACHERS}; {_STAFF}, uitstroom in fte gedeeld door fte",
)
TEACHERS_PER_PUPIL = Indicator(
    name="teachers_per_pupil",
    label="Docenten per honderd leerlingen in technische en overige vakken",
    label_en="Teachers per hundred pupils in technical and other subjects",
    goal="duurzaam 3",
    unit="fte a hundred pupils",
    level=Level.SUBJECT_GROUP,
    source=f"{_TEACHERS}; {_STAFF}, gedeeld door de leerlingen in die vakken",
    delivery=Delivery.STAFF,
)
TEACHER_EXITS = replace(
    TEACHER_FTE,
    name="teacher_exits",
    label="Vertrokken docenten, op het aantal van een jaar eerder",
    label_en="Teachers who left, on the number of a year before",
    source=f"{_TEACHERS}, behoud; {_STAFF}, uitstroom in fte tegenover de fte van het jaar ervoor",
)
SHARE_55_PLUS = replace(
    TEACHER_INFLOW_SHARE,
    name="share_55_plus",
    label="Aandeel docenten van 55 jaar en ouder",
    label_en="Share of teachers of 55 and older",
    source=f"{_PLACE} 3, leeftijdsopbouw; {_STAFF}",
)
TEACHER_FTE_BY_LEERWEG = replace(
    TEACHER_FTE,
    name="teacher_fte_by_leerweg",
    label="Techniekdocenten per leerweg",
    label_en="Technical teachers by leerweg",
    level=Level.LEERWEG,
    source=f"{_PLACE} 3, waar mogelijk per leerweg; vraagt personeel naar leerweg, dat de registratie niet kent",
)
TEACHER_FTE_BY_PROFILE = replace(
    TEACHER_FTE,
    name="teacher_fte_by_profile",
    label="Docenten per technisch profiel",
    label_en="Teachers by technical profile",
    level=Level.PROFILE_GROUP,
    source=f"{_PLACE} 3, waar mogelijk per profiel; vraagt personeel naar profiel, dat de registratie niet kent",
)
TEACHER_FTE_REGION = replace(
    TEACHER_FTE,
    name="teacher_fte_region",
    label="Techniekdocenten per regio",
    label_en="Technical teachers by region",
    level=Level.REGION,
    source=f"{_PLACE} 3, waar mogelijk per regio; {_STAFF}, opgeteld over de scholen van de regio",
)
TEACHERS_PER_PUPIL_REGION = replace(
    TEACHER_FTE_REGION,
    name="teachers_per_pupil_region",
    label="Techniekdocenten per honderd technische leerlingen, per regio",
    label_en="Technical teachers per hundred technical pupils, by region",
    unit="fte a hundred pupils",
)
TEACHER_INFLOW_REGION = replace(
    TEACHER_FTE_REGION,
    name="teacher_inflow_region",
    label="Aandeel techniekdocenten dat dit jaar begon, per regio",
    label_en="Share of technical teachers who started this year, by region",
    unit="share",
)
TEACHER_OUTFLOW_REGION = replace(
    TEACHER_FTE_REGION,
    name="teacher_outflow_region",
    label="Aandeel techniekdocenten dat dit jaar vertrok, per regio",
    label_en="Share of technical teachers who left this year, by region",
    unit="share",
)

EXPECTED_PUPILS = Indicator(
    name="expected_pupils",
    label="Verwacht aantal leerlingen in technische profielen",
    label_en="Expected number of pupils in technical profiles",
    goal="duurzaam 4",
    unit="pupils",
    level=Level.VESTIGING,
    source=f"{_PLACE} 4; leerlingprognoses per vestiging en profiel",
    delivery=Delivery.FORECASTS,
)
EXPECTED_TEACHERS = Indicator(
    name="expected_teachers",
    label="Verwacht aantal docenten",
    label_en="Expected number of teachers",
    goal="duurzaam 5",
    unit="fte",
    level=Level.SUBJECT_GROUP,
    source=f"{_PLACE} 5; arbeidsmarktprognose op leeftijd, instroom en uitstroom uit de personeelslevering",
    delivery=Delivery.STAFF,
)

ALL = (
    TECHNICAL_PROFILE_SIZE,
    TECHNICAL_PUPILS,
    TECHNICAL_CANDIDATES,
    TECHNICAL_SHARE_ENTRANTS,
    TECHNICAL_SHARE_HARD,
    TECHNICAL_SHARE_HARD_AND_SOFT,
    TECHNICAL_SHARE_WITH_DP,
    TECHNICAL_SHARE_GIRLS,
    TECHNICAL_SHARE_BOYS,
    DP_SHARE,
    BB_SHARE,
    KB_SHARE,
    GL_SHARE,
    TL_SHARE,
    TECHNICAL_SHARE_PUPILS,
    TECHNICAL_SHARE_CANDIDATES,
    ENTRANTS_BY_GROUP,
    CANDIDATES_BY_GROUP,
    ENTRANTS_SHARE_BY_LEERWEG,
    CANDIDATES_SHARE_BY_LEERWEG,
    TECHNICAL_SHARE_REGION,
    CANDIDATES_SHARE_REGION,
    OVERLAP_PROFILES,
    OVERLAP_PROFILES_5KM,
    OVERLAP_PROFILES_15KM,
    OVERLAP_CANDIDATES,
    ELECTIVE_SIZE,
    OVERLAP_ELECTIVES,
    TEACHER_FTE,
    TEACHER_INFLOW_SHARE,
    TEACHER_OUTFLOW_SHARE,
    TEACHERS_PER_PUPIL,
    TEACHER_EXITS,
    SHARE_55_PLUS,
    TEACHER_FTE_BY_LEERWEG,
    TEACHER_FTE_BY_PROFILE,
    TEACHER_FTE_REGION,
    TEACHERS_PER_PUPIL_REGION,
    TEACHER_INFLOW_REGION,
    TEACHER_OUTFLOW_REGION,
    EXPECTED_PUPILS,
    EXPECTED_TEACHERS,
)
