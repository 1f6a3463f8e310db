"""One model of the report: everything a reader sees, in words and rounded figures, and in no output format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoeval.report.numbers import NumberFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A short judgement, told by text and symbol together."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A warning that nobody may miss."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words with their language, empty where it is that of the report."""

    words: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table; empty words mean that there is no value."""

    words: str
    note: str = ""
    language: str = ""
    note_language: str = ""
    badge: Badge | None = None
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table, its first cell a header."""

    header: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Rows that belong together; an empty heading where the table has one group."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    heading: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a caption; the first column holds the row headers."""

    anchor: str
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """One primary link in the verdict table: what could be seen before what was seen."""

    outcome: str
    exposure: str
    letter: str
    word: str
    mde: str
    mde_note: str
    estimate: str
    interval: str
    unit: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """What was said at one measurement, or at all of them alike."""

    measurement: str
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictEntry:
    """One hypothesis in the verdict table."""

    number: int
    anchor: str
    title: str
    badges: tuple[Badge, ...]
    lines: tuple[VerdictLine, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictTable:
    """The verdicts of all measurements side by side."""

    caption: str
    note: str
    columns: tuple[Column, ...]
    entries: tuple[VerdictEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPoint:
    """One school year of an event study, in the reader's unit."""

    year: int
    label: str
    effect: float
    low: float
    high: float
    kind: str
    """`reference`, `outcome` or `other`."""
    band: tuple[float, float] | None = None
    """Its part of the simultaneous band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of school years, by the years in which they start."""

    label: str
    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudyFigure:
    """Year by year estimates of one link at one measurement."""

    anchor: str
    title: str
    description: str
    caption: str
    axis: str
    points: tuple[EventPoint, ...]
    phases: tuple[Phase, ...]
    legend: tuple[tuple[str, str], ...]
    """Kind of mark and what it means."""
    table: Table
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientMark:
    """One estimate as a multiple of what could be detected, with its own numbers in words."""

    effect: float
    low: float
    high: float
    words: str
    last: bool
    """Whether it belongs to the last measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientRow:
    """One primary link in the coefficient figure."""

    label: str
    unit: str
    marks: tuple[CoefficientMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientFigure:
    """All primary links on one scale: the minimum detectable effect of each is one."""

    anchor: str
    title: str
    description: str
    caption: str
    rows: tuple[CoefficientRow, ...]
    legend: tuple[tuple[str, str], ...]
    table: Table
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a link expects at a measurement, or at all alike, and whether it was estimated."""

    measurement: str
    symbol: str
    direction: str
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStep:
    """One link of a mechanism."""

    cause: str
    effect: str
    role: str
    primary: bool
    expected: tuple[Expectation, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A heading with paragraphs, points and tables under it."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[Text, ...] = ()
    commands: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    folded: tuple[tuple[str, Table], ...] = ()
    """Tables that open on request, each with the words that announce it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """Estimates that do not decide a verdict; open where a hypothesis has no others."""

    shown: bool
    lead: str
    findings: tuple[str, ...]
    figures: tuple[EventStudyFigure, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for one delivery, or for no delivery at all."""

    delivery: str
    links: tuple[tuple[str, tuple[tuple[Text, ...], ...]], ...]
    """Each cause with its effects; an effect is its label and what else has to be said about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Everything about one hypothesis."""

    number: int
    anchor: str
    title: str
    statement: str
    reference: str
    badges: tuple[tuple[str, Badge], ...]
    chain: tuple[ChainStep, ...]
    findings: tuple[tuple[str, tuple[str, ...]], ...]
    """Measurement and what it found, in sentences."""
    figures: tuple[EventStudyFigure, ...]
    tables: tuple[Table, ...]
    further: Further | None
    gaps: tuple[Text, ...]
    """What the indicators cannot show."""
    waiting: tuple[Waiting, ...]
    """What was not there, by delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untreated:
    """Why nobody is untreated, and which words each class allows."""

    lead: str
    traps: tuple[tuple[str, str], ...]
    classes: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report in one language."""

    language: str
    numbers: NumberFormat
    labels: Mapping[str, str]
    title: str
    subtitle: tuple[str, ...]
    about: tuple[str, ...]
    banners: tuple[Banner, ...]
    minutes: tuple[Passage, ...]
    verdicts: VerdictTable
    coefficients: CoefficientFigure | None
    untreated: Untreated
    across: tuple[Passage, ...]
    """What is said over hypotheses; empty where no run says anything."""
    chapters: tuple[Chapter, ...]
    method: tuple[Passage, ...]
