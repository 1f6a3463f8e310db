"""The nouns: frozen values that say what is claimed, estimated and concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.vocabulary.claims import (
    Catalogue,
    CausalChain,
    Design,
    Estimand,
    Expected,
    Hypothesis,
    Indicator,
    Link,
    Measurement,
    Norm,
    Untestable,
    Window,
)
from stoeval.vocabulary.evidence import (
    Check,
    Estimate,
    Finding,
    Manifest,
    MonitorPanel,
    PeriodEstimate,
    Provenance,
    Result,
    Run,
    Sample,
    Verdict,
)
from stoeval.vocabulary.exposures import (
    AanloopFormula,
    ActivityLine,
    ApprovalRound,
    Entitlement,
    Exposure,
    ExposureRule,
    FormulaInput,
    Payment,
    Programme,
    RegionalBudget,
    RegionalFormula,
)
from stoeval.vocabulary.words import (
    Conclusion,
    Delivery,
    Direction,
    IdentificationClass,
    Level,
    Phase,
    Role,
    SchoolYear,
    TechnicalDefinition,
    Timing,
)

if TYPE_CHECKING:
    from stoeval.vocabulary.evidence import Floats as Floats
    from stoeval.vocabulary.evidence import Integers as Integers

__all__ = [
    "AanloopFormula",
    "ActivityLine",
    "ApprovalRound",
    "Catalogue",
    "CausalChain",
    "Check",
    "Conclusion",
    "Delivery",
    "Design",
    "Direction",
    "Entitlement",
    "Estimand",
    "Estimate",
    "Expected",
    "Exposure",
    "ExposureRule",
    "Finding",
    "FormulaInput",
    "Hypothesis",
    "IdentificationClass",
    "Indicator",
    "Level",
    "Link",
    "Manifest",
    "Measurement",
    "MonitorPanel",
    "Norm",
    "Payment",
    "PeriodEstimate",
    "Phase",
    "Programme",
    "Provenance",
    "RegionalBudget",
    "RegionalFormula",
    "Result",
    "Role",
    "Run",
    "Sample",
    "SchoolYear",
    "TechnicalDefinition",
    "Timing",
    "Untestable",
    "Verdict",
    "Window",
]
