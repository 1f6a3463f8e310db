"""Exposures: what the policy changed unevenly, with the rule that computes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoeval.vocabulary.words import Delivery

if TYPE_CHECKING:
    from stoeval.vocabulary.words import SchoolYear


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of the aanloop regulation, in euro a technical pupil."""

    year: int
    counted: SchoolYear
    per_bk: float
    per_gl: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AanloopFormula:
    """Euro 1,000 a beroepsgericht pupil from payments by count of hard-technical pupils."""

    payments: tuple[Payment, ...]
    per_technical_pupil: bool = False
    """Euro 1,000 a hard-technical pupil and payment instead: what a yearly amount a technical pupil compares with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalBudget:
    """Euro 1,000 a beroepsgericht pupil and year from a region's budget."""

    counted: SchoolYear


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """Regional dose times the share of the plan that goes to one line of activity."""

    line: str
    counted: SchoolYear


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaInput:
    """Share of beroepsgericht pupils in a hard-technical profile at a count."""

    counted: SchoolYear


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalFormula:
    """Euro 1,000 a beroepsgericht pupil from a region's count of hard-technical pupils, at one amount for each."""

    counted: SchoolYear
    per_pupil: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One for every unit: the programme as a whole, which no region went without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRound:
    """Which of the three approval rounds admitted a region's plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Weight of each leerweg in the formula."""

    bb: float
    kb: float
    gl: float
    tl: float


ExposureRule = (
    AanloopFormula
    | RegionalBudget
    | RegionalFormula
    | ActivityLine
    | FormulaInput
    | ApprovalRound
    | Entitlement
    | Programme
)


DOSES = (AanloopFormula, RegionalBudget, RegionalFormula, ActivityLine, FormulaInput)
"""Rules that give an amount which differs between units and stays as it is."""


def counted_in(rule: ExposureRule, year: SchoolYear) -> ExposureRule:
    """Return a rule as if its pupils had been counted in another year, all of them in that one.

    Raises TypeError for a rule that counts no pupils.
    """
    if isinstance(rule, AanloopFormula):
        return replace(rule, payments=tuple(replace(payment, counted=year) for payment in rule.payments))
    if isinstance(rule, (RegionalBudget, ActivityLine, FormulaInput, RegionalFormula)):
        return replace(rule, counted=year)
    message = f"{type(rule).__name__} counts no pupils, so that there is no other year to count them in"
    raise TypeError(message)


_NEEDS: dict[type, tuple[Delivery, ...]] = {
    AanloopFormula: (Delivery.ENROLMENT,),
    FormulaInput: (Delivery.ENROLMENT,),
    RegionalFormula: (Delivery.ENROLMENT,),
    RegionalBudget: (Delivery.ENROLMENT, Delivery.REGIONS),
    ActivityLine: (Delivery.ENROLMENT, Delivery.REGIONS, Delivery.PLANS),
    ApprovalRound: (Delivery.REGIONS,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Something the policy changed, unevenly, and the rule that says how much."""

    name: str
    label: str
    label_en: str
    unit: str
    definition: str
    source: str
    rule: ExposureRule
    formula_input: Exposure | None = None
    """What the dose is a function of; dose models carry it times year."""
    responds_from: SchoolYear | None = None
    """First outcome year that can respond; None where every later year can."""
    placebos: tuple[Exposure, ...] = ()
    """The same dose built from other counts; always reported."""
    circumstances: tuple[str, ...] = ()
    """What of a region drives dose and outcome alike; dose models carry it times year where it is delivered."""

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The data sources without which this exposure cannot be computed."""
        return _NEEDS.get(type(self.rule), ())
