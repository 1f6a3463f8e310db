"""Indicators of high quality: innovation, facilities, teachers, cooperation, pupils and their results."""

from __future__ import annotations

from stoeval.vocabulary import Delivery, Indicator, Level

_PLACE = "Achtergrondschets, paragraaf 4.2 (vanaf p. 26), kwalitatief hoogstaand"
_COOPERATION = f"{_PLACE} 4, samenwerking met vmbo, mbo en bedrijfsleven"
_SURVEY = "STO-enquêtes, gewogen gemiddelde van de antwoorden per vestiging, op een schaal van 0 tot 1"
_BY_LEADERS_AND_TEACHERS = f"{_SURVEY}, van schoolleiders en docenten"
_BY_LEADERS = f"{_SURVEY}, van schoolleiders"
_BY_TEACHERS = f"{_SURVEY}, van docenten"
_BY_PUPILS = f"{_SURVEY}, van leerlingen"
_STAFF = "personeelslevering per school en vakgroep (technisch of overig)"
_FLOW = "doorstroom van het examencohort naar het mbo in oktober daarna"
_MARKS = "DUO geslaagden en cijfers per afdeling"

INNOVATION_SATISFACTION = Indicator(
    name="innovation_satisfaction",
    label="Tevredenheid over het innovatief vermogen",
    label_en="Satisfaction with the capacity to innovate",
    goal="kwalitatief 1",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_PLACE} 1, tevredenheid over innovatief vermogen; {_BY_LEADERS}",
    delivery=Delivery.SURVEY,
)

FACILITY_SATISFACTION = Indicator(
    name="facility_satisfaction",
    label="Tevredenheid over faciliteiten en apparatuur",
    label_en="Satisfaction with facilities and equipment",
    goal="kwalitatief 2",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_PLACE} 2, tevredenheid over faciliteiten en apparatuur; {_BY_LEADERS_AND_TEACHERS}",
    delivery=Delivery.SURVEY,
)
INVESTMENT_PER_TECHNICAL_PUPIL = Indicator(
    name="investment_per_technical_pupil",
    label="Investering in faciliteiten en apparatuur per technische leerling",
    label_en="Investment in facilities and equipment per technical pupil",
    goal="kwalitatief 2",
    unit="EUR 1,000",
    level=Level.VESTIGING,
    source=f"{_PLACE} 2, investeringen in faciliteiten en apparatuur; investeringsadministratie van de vestiging",
    delivery=Delivery.INVESTMENT,
)
DUPLICATED_INVESTMENT = Indicator(
    name="duplicated_investment",
    label="Aandeel van de investering in apparatuur die een vestiging binnen 10 kilometer ook koopt",
    label_en="Share of investment in equipment that a vestiging within 10 kilometres buys as well",
    goal="kwalitatief 2",
    unit="share",
    level=Level.REGION,
    source=f"Afgeleid van {_PLACE} 2, investeringen; investeringsadministratie naar klasse van apparatuur",
    delivery=Delivery.INVESTMENT,
)

SHARE_QUALIFIED = Indicator(
    name="share_qualified",
    label="Aandeel bevoegde docenten",
    label_en="Share of fully qualified teachers",
    goal="kwalitatief 3",
    unit="share",
    level=Level.SUBJECT_GROUP,
    source=f"{_PLACE} 3, opleidingsniveau docenten; {_STAFF}",
    delivery=Delivery.STAFF,
)
SHARE_TRAINED = Indicator(
    name="share_trained",
    label="Aandeel docenten met de geregistreerde uren bijscholing",
    label_en="Share of teachers with the registered hours of training",
    goal="kwalitatief 3",
    unit="share",
    level=Level.SUBJECT_GROUP,
    source=f"{_PLACE} 3, bijscholing en professionalisering docenten; {_STAFF}",
    delivery=Delivery.STAFF,
)
SHARE_FROM_INDUSTRY = Indicator(
    name="share_from_industry",
    label="Aandeel docenten uit het bedrijfsleven",
    label_en="Share of teachers who came from a company",
    goal="kwalitatief 3",
    unit="share",
    level=Level.SUBJECT_GROUP,
    source=f"{_PLACE} 3, aantal docenten dat afkomstig is uit het bedrijfsleven; {_STAFF}",
    delivery=Delivery.STAFF,
)
TEACHER_INDEX = Indicator(
    name="teacher_index",
    label="Bijscholing en herkomst van docenten (gemiddelde van twee aandelen)",
    label_en="Training and origin of teachers (mean of two shares)",
    goal="kwalitatief 3",
    unit="share",
    level=Level.SUBJECT_GROUP,
    source=f"Afgeleid van {_PLACE} 3, het aandeel met bijscholing en dat uit het bedrijfsleven, even zwaar; {_STAFF}",
    delivery=Delivery.STAFF,
)
TEACHER_INDEX_REGION = Indicator(
    name="teacher_index_region",
    label="Bijscholing en herkomst van techniekdocenten, per regio",
    label_en="Training and origin of technical teachers, by region",
    goal="kwalitatief 3",
    unit="share",
    level=Level.REGION,
    source=f"Afgeleid van {_PLACE} 3, het aandeel met bijscholing en dat uit het bedrijfsleven, even zwaar; {_STAFF}, "
    "alleen technische vakken",
    delivery=Delivery.STAFF,
)
TEACHER_EXPERTISE = Indicator(
    name="teacher_expertise",
    label="Vakbekwaamheid van de techniekdocent volgens leerlingen",
    label_en="Expertise of the technical teacher according to pupils",
    goal="kwalitatief 3",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_PLACE} 3, goed toegeruste techniekdocenten; {_BY_PUPILS}",
    delivery=Delivery.SURVEY,
)

COOPERATION_VMBO = Indicator(
    name="cooperation_vmbo",
    label="Samenwerking met ander vmbo",
    label_en="Cooperation with other vmbo schools",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_COOPERATION}; {_BY_LEADERS}",
    delivery=Delivery.SURVEY,
)
COOPERATION_MBO = Indicator(
    name="cooperation_mbo",
    label="Samenwerking met het mbo",
    label_en="Cooperation with mbo",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_COOPERATION}; {_BY_LEADERS}",
    delivery=Delivery.SURVEY,
)
COOPERATION_BUSINESS = Indicator(
    name="cooperation_business",
    label="Samenwerking met het bedrijfsleven",
    label_en="Cooperation with companies",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_COOPERATION}; {_BY_LEADERS}",
    delivery=Delivery.SURVEY,
)
KNOWLEDGE_SHARING = Indicator(
    name="knowledge_sharing",
    label="Kennisdeling in de regio volgens docenten",
    label_en="Knowledge sharing in the region according to teachers",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_COOPERATION}; {_BY_TEACHERS}",
    delivery=Delivery.SURVEY,
)
COOPERATION_BY_PROGRAMME_LEADER = Indicator(
    name="cooperation_by_programme_leader",
    label="Samenwerking in de regio volgens de programmaleider",
    label_en="Cooperation in the region according to the programme leader",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.REGION,
    source=f"{_COOPERATION}; STO-enquêtes onder programmaleiders, gemiddelde van drie vragen op een schaal van 0 tot 1",
    delivery=Delivery.SURVEY,
)
SHARED_FACILITIES = Indicator(
    name="shared_facilities",
    label="Gebruik van faciliteiten van een andere school, het mbo of een bedrijf",
    label_en="Use of facilities of another school, an mbo institution or a company",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_COOPERATION}, het dichtst bij benutting van faciliteiten; {_BY_LEADERS}",
    delivery=Delivery.SURVEY,
)
SHARED_FACILITIES_REGION = Indicator(
    name="shared_facilities_region",
    label="Gebruik van faciliteiten van een ander, per regio",
    label_en="Use of facilities of another, by region",
    goal="kwalitatief 4",
    unit="scale 0-1",
    level=Level.REGION,
    source=f"{_COOPERATION}, het dichtst bij benutting van faciliteiten; STO-enquêtes, gewogen gemiddelde van de "
    "antwoorden van schoolleiders per regio, op een schaal van 0 tot 1",
    delivery=Delivery.SURVEY,
)

EDUCATION_JUDGEMENT = Indicator(
    name="education_judgement",
    label="Oordeel van leerlingen over de gevolgde vmbo-opleiding",
    label_en="Judgement of pupils about their vmbo programme",
    goal="kwalitatief 5",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_PLACE} 5, oordelen over de gevolgde vmbo-opleiding; {_BY_PUPILS}",
    delivery=Delivery.SURVEY,
)
PREPARATION_JUDGEMENT = Indicator(
    name="preparation_judgement",
    label="Oordeel van leerlingen over voorbereiding op en aansluiting bij het vervolgonderwijs",
    label_en="Judgement of pupils about preparation for further education",
    goal="kwalitatief 5",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_PLACE} 5, oordelen over voorbereiding en aansluiting op vervolgonderwijs; {_BY_PUPILS}",
    delivery=Delivery.SURVEY,
)
MOTIVATION = Indicator(
    name="motivation",
    label="Motivatie van leerlingen",
    label_en="Motivation of pupils",
    goal="kwalitatief 5",
    unit="scale 0-1",
    level=Level.VESTIGING,
    source=f"{_PLACE} 5, enthousiaste leerlingen; {_BY_PUPILS}",
    delivery=Delivery.SURVEY,
)

QUALITY_COMPOSITE = Indicator(
    name="quality_composite",
    label="Kwaliteit van het techniekonderwijs (faciliteiten, vernieuwing en docenten, per regio)",
    label_en="Quality of technical education (facilities, renewal and teachers, by region)",
    goal="kwalitatief 5",
    unit="scale 0-1",
    level=Level.REGION,
    source=f"Afgeleid van {_PLACE} 1, 2 en 3, drie oordelen die even zwaar tellen; STO-enquêtes, gewogen gemiddelde "
    "van de antwoorden per regio, op een schaal van 0 tot 1",
    delivery=Delivery.SURVEY,
)

VMBO_SWITCH_SHARE = Indicator(
    name="vmbo_switch_share",
    label="Aandeel leerlingen dat binnen het vmbo van profiel wisselt",
    label_en="Share of pupils who change profile within vmbo",
    goal="kwalitatief 6",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_PLACE} 6, uitval en switch op het vmbo; leerlingen gevolgd van leerjaar 3 naar 4",
    delivery=Delivery.FLOWS,
)
VMBO_DROPOUT_SHARE = Indicator(
    name="vmbo_dropout_share",
    label="Aandeel leerlingen dat het vmbo zonder diploma verlaat",
    label_en="Share of pupils who leave vmbo without a diploma",
    goal="kwalitatief 6",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_PLACE} 6, uitval en switch op het vmbo; leerlingen gevolgd vanaf leerjaar 3",
    delivery=Delivery.FLOWS,
)
CENTRAL_MARK_TECHNICAL = Indicator(
    name="central_mark_technical",
    label="Gemiddeld cijfer van het centraal examen in technische afdelingen, buiten de coronajaren",
    label_en="Mean mark of the central exam in technical programmes, outside the covid years",
    goal="kwalitatief 6",
    unit="mark",
    level=Level.VESTIGING,
    source=f"{_PLACE} 6, eindexamencijfers, met het voorbehoud van voetnoot 33; {_MARKS}",
    delivery=Delivery.EXAM_RESULTS,
)
CENTRAL_MARK_SCIENCE = Indicator(
    name="central_mark_science",
    label="Gemiddeld examencijfer wiskunde en nask",
    label_en="Mean exam mark in mathematics and physics",
    goal="kwalitatief 6",
    unit="mark",
    level=Level.VESTIGING,
    source=f"{_PLACE} 6, eindexamencijfers wiskunde en nask, met voorbehoud in voetnoot 33; vraagt cijfers per vak",
    delivery=Delivery.EXAM_RESULTS,
)
TECHNICAL_PASS_RATE = Indicator(
    name="technical_pass_rate",
    label="Slagingspercentage in de sector techniek, buiten de coronajaren",
    label_en="Pass rate in the technical sector, outside the covid years",
    goal="kwalitatief 6",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PLACE} 6, studieresultaten; DUO-examenkandidaten en geslaagden naar leerweg en sector",
    delivery=Delivery.EXAM_CANDIDATES,
)
MBO_ENTRY_SHARE = Indicator(
    name="mbo_entry_share",
    label="Aandeel gediplomeerden dat naar het mbo gaat",
    label_en="Share of graduates who enter mbo",
    goal="kwalitatief 6",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_PLACE} 6, doorstroom naar mbo, ook vanuit tl; {_FLOW}",
    delivery=Delivery.FLOWS,
)
NONTECHNICAL_TECHNICAL_MBO_SHARE = Indicator(
    name="nontechnical_technical_mbo_share",
    label="Aandeel gediplomeerden uit niet-technische profielen dat naar een technische mbo-opleiding gaat",
    label_en="Share of graduates from non-technical profiles who enter a technical mbo programme",
    goal="kwalitatief 6",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PLACE} 6, doorstroom naar mbo; hypothese 9, ook vanuit niet-technische profielen; {_FLOW}",
    delivery=Delivery.FLOWS,
)
MBO_SWITCH_SHARE = Indicator(
    name="mbo_switch_share",
    label="Aandeel mbo-instromers dat binnen een jaar van opleiding wisselt",
    label_en="Share of mbo entrants who change programme within a year",
    goal="kwalitatief 6",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_PLACE} 6, uitval en switch op het mbo; {_FLOW} en een jaar later",
    delivery=Delivery.FLOWS,
)
MBO_DROPOUT_SHARE = Indicator(
    name="mbo_dropout_share",
    label="Aandeel mbo-instromers dat binnen een jaar zonder diploma vertrekt",
    label_en="Share of mbo entrants who leave without a diploma within a year",
    goal="kwalitatief 6",
    unit="share",
    level=Level.LEERWEG,
    source=f"{_PLACE} 6, uitval en switch op het mbo; {_FLOW} en een jaar later",
    delivery=Delivery.FLOWS,
)

MBO_SWITCH_VESTIGING = Indicator(
    name="mbo_switch_vestiging",
    label="Aandeel mbo-instromers dat binnen een jaar van opleiding wisselt, alle leerwegen samen",
    label_en="Share of mbo entrants who change programme within a year, all leerwegen together",
    goal="kwalitatief 6",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PLACE} 6, uitval en switch op het mbo; {_FLOW} en een jaar later, alle leerwegen samen",
    delivery=Delivery.FLOWS,
)
MBO_DROPOUT_VESTIGING = Indicator(
    name="mbo_dropout_vestiging",
    label="Aandeel mbo-instromers dat binnen een jaar zonder diploma vertrekt, alle leerwegen samen",
    label_en="Share of mbo entrants who leave without a diploma within a year, all leerwegen together",
    goal="kwalitatief 6",
    unit="share",
    level=Level.VESTIGING,
    source=f"{_PLACE} 6, uitval en switch op het mbo; {_FLOW} en een jaar later, alle leerwegen samen",
    delivery=Delivery.FLOWS,
)

ALL = (
    INNOVATION_SATISFACTION,
    FACILITY_SATISFACTION,
    INVESTMENT_PER_TECHNICAL_PUPIL,
    DUPLICATED_INVESTMENT,
    SHARE_QUALIFIED,
    SHARE_TRAINED,
    SHARE_FROM_INDUSTRY,
    TEACHER_INDEX,
    TEACHER_INDEX_REGION,
    TEACHER_EXPERTISE,
    COOPERATION_VMBO,
    COOPERATION_MBO,
    COOPERATION_BUSINESS,
    KNOWLEDGE_SHARING,
    COOPERATION_BY_PROGRAMME_LEADER,
    SHARED_FACILITIES,
    SHARED_FACILITIES_REGION,
    EDUCATION_JUDGEMENT,
    PREPARATION_JUDGEMENT,
    MOTIVATION,
    QUALITY_COMPOSITE,
    VMBO_SWITCH_SHARE,
    VMBO_DROPOUT_SHARE,
    CENTRAL_MARK_TECHNICAL,
    CENTRAL_MARK_SCIENCE,
    TECHNICAL_PASS_RATE,
    MBO_ENTRY_SHARE,
    NONTECHNICAL_TECHNICAL_MBO_SHARE,
    MBO_SWITCH_SHARE,
    MBO_DROPOUT_SHARE,
    MBO_SWITCH_VESTIGING,
    MBO_DROPOUT_VESTIGING,
)
