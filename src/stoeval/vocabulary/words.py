"""The words: enumerations that every part of the package shares, and the school year."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """What a hypothesis expects of an effect in one window."""

    RISE = "rise"
    FALL = "fall"
    NOT_LOWER = "not lower"
    """Non-inferiority: no worse than a margin below zero."""
    NO_RESPONSE = "no response"
    """The cohort cannot have been reached yet, so any effect is a warning."""


class Role(StrEnum):
    """What a link is for; only primary links decide a verdict."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    PLACEBO = "placebo"
    ROBUSTNESS = "robustness"
    NEGATIVE_CONTROL = "negative control"
    """An outcome or exposure that the programme cannot have moved."""


class Timing(StrEnum):
    """Which window of a measurement an outcome belongs to."""

    STOCK = "stock"
    """Pupils, offers and staff on 1 October."""
    FLOW = "flow"
    """Exam cohorts and what they do next."""
    RUN_UP = "run-up"
    """The aanloop of 2018 and 2019, paid by formula."""
    WAVE = "wave"
    """Survey waves, the first of which lies in the run-up."""
    BEFORE = "before"
    """Years that ended before the first payment, in which nothing can have responded."""


class Level(StrEnum):
    """The unit that is followed through time."""

    VESTIGING = "vestiging"
    REGION = "region"
    LEERWEG = "vestiging x leerweg"
    PROFILE_GROUP = "vestiging x profile group"
    SUBJECT_GROUP = "school x subject group"


class Threat(StrEnum):
    """What could make a link look like, or hide, an effect of the programme."""

    REGRESSION_TO_THE_MEAN = "regression to the mean"
    CHOSEN_BY_REGIONS = "chosen by regions"
    SHRINKING_REGION = "shrinking region"
    SURVIVORSHIP = "survivorship"
    SPILLOVER = "spillover"
    COMPOSITION = "composition"
    RELABELLING = "relabelling of profiles"
    SUBSTITUTION = "substitution between offers"
    LABOUR_MARKET = "labour market"
    OTHER_PROGRAMMES = "other programmes"
    COVID = "covid years"
    SELF_REPORT = "self-report"
    NON_RESPONSE = "non-response"
    COMMON_SOURCE = "common source"
    REGISTRATION = "registration"
    CROWDING_OUT = "crowding out"
    CEILING = "ceiling"
    ANTICIPATION = "anticipation"


class Phase(StrEnum):
    """Which expectation of a link and which words a measurement uses."""

    INTERIM = "interim"
    FINAL = "final"


class TechnicalDefinition(StrEnum):
    """Which profiles count as technical."""

    HARD = "hard"
    """BWI, PIE and M&T, as the regulation of 2018 pays for."""
    HARD_AND_SOFT = "hard-and-soft"
    """With MVI and MaT, as Techniekpact and DUO's sector techniek count."""
    WITH_DP = "with-dp"
    """With D&P, to see relabelling between D&P and the technical profiles."""


class Delivery(StrEnum):
    """A data source that a link needs, named as the evaluators name it."""

    ENROLMENT = "DUO leerlingen per vestiging en profiel"
    EXAM_CANDIDATES = "DUO examenkandidaten per vestiging en sector"
    EXAM_RESULTS = "DUO geslaagden en cijfers per afdeling"
    ADDRESSES = "DUO adressen van vestigingen"
    REGIONS = "STO-regiotabel"
    PLANS = "gecodeerde regioplannen"
    STAFF = "personeel per school en vak"
    SURVEY = "STO-enquetes"
    FLOWS = "doorstroom vmbo-mbo"
    ELECTIVES = "keuzevakregistratie"
    FORECASTS = "leerlingprognoses per profiel"
    INVESTMENT = "investeringsadministratie"
    CONTEXT = "bevolking en banen per gemeente"


class IdentificationClass(StrEnum):
    """How far a number may be read as an effect; A is the strongest."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def word(self) -> str:
        """The strongest Dutch word that this class may use."""
        words = {"A": "effect", "B": "effect", "C": "aanwijzing voor een effect", "D": "samenhang"}
        return words.get(self.value, "ontwikkeling")

    def at_most(self, cap: IdentificationClass) -> IdentificationClass:
        """Lower this class to a cap; never raise it."""
        return max(self, cap, key=lambda one: one.value)


class Conclusion(StrEnum):
    """What a measurement may say about a hypothesis."""

    SUPPORTED = "ondersteund"
    PARTLY_SUPPORTED = "deels ondersteund"
    NO_RELEVANT_EFFECT = "geen relevant effect"
    CONTRARY = "tegengesteld"
    UNDECIDED = "onbeslist"
    NOT_TESTABLE = "niet toetsbaar"
    ON_COURSE = "op koers"
    OFF_COURSE = "niet op koers"
    TOO_EARLY = "te vroeg"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SchoolYear:
    """A school year, by the calendar year in which it starts."""

    start: int

    def __str__(self) -> str:
        return f"{self.start}/{(self.start + 1) % 100:02d}"
