"""The tables of a monitor panel: each column declared once, with unit, constraint and source.

The same declaration checks real data, documents it and shapes the simulated twin. A count that may be
masked is an interval and takes two columns, `<name>_low` and `<name>_high`; the two are equal where the
count is known. An empty cell means that no delivery gave the value, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column is stored."""

    TEXT = "string"
    INTEGER = "Int64"
    NUMBER = "Float64"
    TRUTH = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its kind, its unit, what it may hold, and where it comes from."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One tidy table: its key, its columns and the delivery that fills it."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in their stored order."""
        return tuple(column.name for column in self.columns)


HARD_TECHNICAL = ("BWI", "PIE", "MT")
SOFT_TECHNICAL = ("MVI", "MAT")
OTHER_PROFILES = ("DP", "EO", "HBR", "ZW", "GROEN")
PROFILES = (*HARD_TECHNICAL, *SOFT_TECHNICAL, *OTHER_PROFILES)
SECTORS = ("S_TECHNIEK", "S_ECONOMIE", "S_ZORG", "S_LANDBOUW", "S_INTERSECTORAAL", "S_ONBEKEND")
"""Exam candidates are published by sector, not by profile; S_ONBEKEND is TL before 2018/19."""
PROFESSIONAL_LEERWEGEN = ("BB", "KB", "GL", "LWT")
"""The beroepsgerichte leerwegen; LWT is the leerwerktraject, which DUO files report apart."""
LEERWEGEN = (*PROFESSIONAL_LEERWEGEN, "TL")
ACTIVITY_LINES = ("1", "2", "3", "4", "5_po", "5_breed", "6", "7", "8", "9")
SUBJECT_GROUPS = ("technical", "other")
RESPONDENTS = ("school leader", "teacher", "pupil", "programme leader")
ITEMS = (
    "shared_facilities",
    "facility_satisfaction",
    "investment_per_technical_pupil",
    "innovation_satisfaction",
    "knowledge_sharing",
    "cooperation_vmbo",
    "cooperation_mbo",
    "cooperation_business",
    "education_judgement",
    "preparation_judgement",
    "motivation",
    "teacher_expertise",
)
"""Registered survey items: a share or a mean on a scale from 0 to 1, the investment in euro 1,000."""
OTHER_PROGRAMMES = ("TiB", "RIF", "NPO", "nieuwe leerweg")
"""Programmes that ran before or beside STO: Toptechniek in bedrijf, Regionaal investeringsfonds mbo, and two more."""
BUDGET_YEARS = (2020, 2021, 2022, 2023)
"""Calendar years over which the subsidy of a regional plan is paid."""


def _text(name: str, description: str, categories: tuple[str, ...] = (), pattern: str = "") -> Column:
    return Column(name=name, kind=Kind.TEXT, description=description, categories=categories, pattern=pattern)


def _optional(name: str, description: str, kind: Kind = Kind.TEXT, pattern: str = "") -> Column:
    return Column(name=name, kind=kind, description=description, pattern=pattern, required=False)


def _year(name: str, description: str, *, required: bool = True) -> Column:
    return Column(
        name=name,
        kind=Kind.INTEGER,
        description=description,
        unit="start year",
        minimum=2000,
        maximum=2100,
        required=required,
    )


def _number(  # noqa: PLR0913 - a column has this many properties
    name: str,
    description: str,
    unit: str,
    *,
    minimum: float | None = 0,
    maximum: float | None = None,
    required: bool = False,
    kind: Kind = Kind.NUMBER,
) -> Column:
    return Column(
        name=name,
        kind=kind,
        description=description,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        required=required,
    )


def _masked(name: str, description: str, unit: str = "pupils") -> tuple[Column, Column]:
    return (
        _number(f"{name}_low", f"{description}, lowest admissible", unit, kind=Kind.INTEGER),
        _number(f"{name}_high", f"{description}, highest admissible", unit, kind=Kind.INTEGER),
    )


_VESTIGING = _text("vestiging", "BRIN and two digits of the vestiging", pattern=r"[0-9]{2}[A-Z]{2}[0-9]{2}")
_REGION = _text("region", "region, by registration number or by the name of what stands in")
_SCHOOL_YEAR = _year("school_year", "school year, by the year in which it starts")
_LEERWEG = _text("leerweg", "leerweg", LEERWEGEN)

OFFERS = Table(
    name="offers",
    key=("vestiging", "profile", "leerweg", "school_year"),
    source="DUO enrolment (profile rows), exam candidates (sector rows) and exam results (marks)",
    columns=(
        _VESTIGING,
        _text("profile", "profile; TL where there is none; a sector for exam counts", (*PROFILES, "TL", *SECTORS)),
        _LEERWEG,
        _SCHOOL_YEAR,
        *_masked("pupils", "pupils in leerjaar 3 and 4 on 1 October"),
        *_masked("entrants", "pupils in leerjaar 3 on 1 October"),
        *_masked("entrants_girls", "of whom girls"),
        *_masked("entrants_boys", "of whom boys"),
        *_masked("candidates", "exam candidates of the school year"),
        *_masked("passes", "candidates who passed"),
        _number("mark_school", "mean mark of the school exam", "mark", minimum=1, maximum=10),
        _number("mark_central", "mean mark of the central exam", "mark", minimum=1, maximum=10),
        _number("mark_list", "mean final mark", "mark", minimum=1, maximum=10),
    ),
)

VESTIGINGEN = Table(
    name="vestigingen",
    key=("vestiging", "school_year"),
    source="DUO addresses and successions, region table, coordinates",
    columns=(
        _VESTIGING,
        _SCHOOL_YEAR,
        _text("brin", "school, by BRIN", pattern=r"[0-9]{2}[A-Z]{2}"),
        _REGION,
        _text("gemeente", "gemeente, geography of the base year"),
        _text("footprint", "vestigingen that belong together through mergers, by the first of them"),
        _number("longitude", "longitude", "degrees", minimum=3, maximum=8),
        _number("latitude", "latitude", "degrees", minimum=50, maximum=54),
        Column(name="open", kind=Kind.TRUTH, description="has pupils or candidates in vmbo this year"),
    ),
)

REGIONS = Table(
    name="regions",
    key=("region",),
    source="STO region table: Kamerbrieven of 1-7-2019 and 17-12-2019, DUS-I",
    columns=(
        _REGION,
        _number(
            "approval_round",
            "1: July 2019, 2: December 2019, 3: September 2020",
            "round",
            minimum=1,
            maximum=3,
            kind=Kind.INTEGER,
        ),
        _number("budget", "subsidy 2020-2023", "euro"),
        _number("cofinancing_share", "co-financing as a share of the budget", "share", maximum=1),
        _optional("techniekarm", "below 10 % technical at the count", Kind.TRUTH),
        _optional("prior_cooperation", "took part in TiB or RIF", Kind.TRUTH),
        _optional("shrinking", "krimpregio", Kind.TRUTH),
        _optional("name", "name of the region"),
        _optional("penvoerder", "school that applied for the region"),
        _optional("approval_date", "day on which the plan was approved", pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}"),
        _number("members", "vestigingen in the region table", "vestigingen", kind=Kind.INTEGER),
        *(_number(f"budget_{year}", f"subsidy for {year}", "euro") for year in BUDGET_YEARS),
    ),
)

PLANS = Table(
    name="plans",
    key=("region", "activity_line"),
    source="regional plans, coded by two coders",
    columns=(
        _REGION,
        _text("activity_line", "line of activity, by hypothesis", ACTIVITY_LINES),
        _number("share", "share of the plan budget, first coder", "share", maximum=1, required=True),
        _number("share_second_coder", "share of the plan budget, second coder", "share", maximum=1),
        _number("realised", "share of the planned activity that was carried out", "share", maximum=1),
    ),
)

STAFF = Table(
    name="staff",
    key=("brin", "subject_group", "school_year"),
    source="staff by school and subject, restricted delivery",
    columns=(
        _text("brin", "school, by BRIN", pattern=r"[0-9]{2}[A-Z]{2}"),
        _text("subject_group", "technical or other vmbo subjects", SUBJECT_GROUPS),
        _SCHOOL_YEAR,
        _number("fte", "teachers", "fte", required=True),
        _number("pupils", "pupils taught in these subjects", "pupils", required=True),
        _number("inflow", "teachers who started", "fte"),
        _number("outflow", "teachers who left", "fte"),
        _number("share_55_plus", "teachers of 55 and older", "share", maximum=1),
        _number("share_trained", "teachers with the registered hours of training", "share", maximum=1),
        _number("share_from_industry", "teachers who came from a company", "share", maximum=1),
        _number("share_qualified", "teachers with a full qualification", "share", maximum=1),
    ),
)

SURVEYS = Table(
    name="surveys",
    key=("respondent", "wave", "item"),
    source="STO surveys among school leaders, teachers, pupils and programme leaders",
    columns=(
        _text("respondent", "respondent"),
        _text("kind", "kind of respondent", RESPONDENTS),
        _optional("vestiging", "vestiging; empty for programme leaders"),
        _REGION,
        _year("wave", "school year of the wave"),
        _text("item", "registered item", ITEMS),
        _number("value", "answer, from 0 to 1; investment in euro 1,000", "scale"),
        _number("weight", "response weight", "weight", required=True),
    ),
)

FLOWS = Table(
    name="flows",
    key=("vestiging", "leerweg", "origin", "school_year"),
    source="flows vmbo to mbo by exam cohort, CBS or DUO, as cells",
    columns=(
        _VESTIGING,
        _text("leerweg", "leerweg", ("BB", "KB", "GL", "TL")),
        _text("origin", "technical or other profile at the exam", ("technical", "other")),
        _SCHOOL_YEAR,
        *_masked("leavers", "graduates of the exam cohort"),
        *_masked("mbo_entrants", "of whom entered mbo the next October"),
        *_masked("mbo_technical", "of whom in a technical programme"),
        *_masked("good_prospects", "mbo entrants in a programme with good job prospects, vintage 2017"),
        *_masked("switched", "mbo entrants who changed programme within a year"),
        *_masked("dropped_out", "mbo entrants who left without a diploma within a year"),
        *_masked("technical_level_34", "mbo entrants in a technical programme at level 3 or 4"),
        *_masked("qualified", "mbo entrants with an mbo diploma four years after the exam"),
        *_masked(
            "good_prospects_current",
            "mbo entrants in a programme with good job prospects, vintage of the year in which they entered",
        ),
    ),
)

INITIATIVES = Table(
    name="initiatives",
    key=("initiative",),
    source="cooperation initiatives, validated submissions",
    columns=(
        _text("initiative", "identifier"),
        _REGION,
        _text("name", "name"),
        _text("partners", "partners, separated by semicolons"),
        _text("content", "content"),
        _text("goal", "goal: duurzaam, dekkend or kwalitatief hoogstaand"),
        _text("place", "place"),
        _year("started", "year of start"),
    ),
)

RESPONSE = Table(
    name="response",
    key=("kind", "region", "wave"),
    source="STO surveys: who was asked, and who answered",
    columns=(
        _text("kind", "kind of respondent", RESPONDENTS),
        _REGION,
        _year("wave", "school year of the wave"),
        _number("invited", "vestigingen asked; one for a programme leader", "places", required=True, kind=Kind.INTEGER),
        _number("answered", "of which anyone answered", "places", required=True, kind=Kind.INTEGER),
    ),
)

PROSPECTS = Table(
    name="prospects",
    key=("programme", "school_year"),
    source="job prospects of mbo programmes, one vintage a school year of publication",
    columns=(
        _text("programme", "mbo programme, by crebo code", pattern=r"[0-9]{5}"),
        _year("school_year", "vintage: school year in which the prospects were published"),
        _optional("name", "name of the programme"),
        _number("level", "mbo level", "level", minimum=1, maximum=4, kind=Kind.INTEGER),
        _optional("sector", "sector of the programme"),
        _optional("technical", "technical programme", Kind.TRUTH),
        _number("prospect", "from 1, poor, to 5, very good", "score", minimum=1, maximum=5, required=True),
    ),
)

CONTEXT = Table(
    name="context",
    key=("gemeente", "school_year"),
    source="population, forecasts and employment by gemeente",
    columns=(
        _text("gemeente", "gemeente, geography of the base year"),
        _SCHOOL_YEAR,
        _number(
            "population_12_16", "inhabitants of 12 up to and including 16 on 1 January in the school year", "persons"
        ),
        _number("forecast_12_16", "the same number as a forecast expected it", "persons"),
        _year("forecast_made", "school year in which the forecast was made", required=False),
        _number("jobs", "jobs in the gemeente", "jobs"),
        _number("jobs_technical", "of which in technical occupations", "jobs"),
    ),
)

PROGRAMMES = Table(
    name="programmes",
    key=("vestiging", "programme", "school_year"),
    source="participation in programmes beside STO: TiB, RIF, NPO, pilot of the nieuwe leerweg",
    columns=(
        _VESTIGING,
        _text("programme", "programme", OTHER_PROGRAMMES),
        _SCHOOL_YEAR,
        _number("amount", "money for the vestiging in this school year", "euro"),
        _optional("drawn_by_lot", "won the draw for a place; false: asked for a place and lost", Kind.TRUTH),
    ),
)

TABLES = (
    OFFERS,
    VESTIGINGEN,
    REGIONS,
    PLANS,
    STAFF,
    SURVEYS,
    FLOWS,
    INITIATIVES,
    RESPONSE,
    PROSPECTS,
    CONTEXT,
    PROGRAMMES,
)
