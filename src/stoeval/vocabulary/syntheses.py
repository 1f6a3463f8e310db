"""Syntheses: what the links of a measurement say together, as flat records, one file of a run each.

Every field is a text, a number, a truth or None; a number that does not exist is None, and `because` says why.
"""

from __future__ import annotations

from dataclasses import dataclass

FEWEST_UNITS = 10
"""Behind a number that is shown (ESSnet guidelines for output checking)."""
WHOLE = "budget"
"""The whole budget, where a line of activity is held against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One way through the forks of a link, and what it gives."""

    hypothesis: int
    link: str
    kind: str
    choices: str
    """Names of the forks that were taken, joined by ` + `; empty for the primary estimate."""
    effect: float | None
    std_error: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    unit: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationCurve:
    """All ways of one kind through the forks of a link, together.

    Those that preserve the estimand hold the primary estimate; those that change it do not.
    """

    hypothesis: int
    link: str
    kind: str
    specifications: int
    estimated: int
    unit: str
    """Of median, lowest and highest; empty where the specifications differ in it, which then have none."""
    median: float | None
    lowest: float | None
    highest: float | None
    median_t: float | None
    """Median of the effects, each in its own standard errors."""
    share_same_sign: float | None
    """With the sign of the primary estimate."""
    share_significant: float | None
    """With p < .05 on the side where most of them are."""
    joint_p: float | None
    """Probability, under no effect anywhere, of a median t this far from zero; from one set of draws for all."""
    joint_p_significant: float | None
    """Probability, in the same draws, of as many significant specifications on one side."""
    method: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """Whether the money for one hypothesis can be told apart from that for another."""

    hypothesis: int
    line: str
    other: str
    """The other line of activity, or `WHOLE`; empty for the line beside all others."""
    correlation: float | None
    inflation: float | None
    """Variance inflation factor of the line beside all others."""
    kappa: float | None
    """Agreement of two coders on the line."""
    separate: bool | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOffFinding:
    """Two ends tested together."""

    trade_off: str
    hypothesis: int
    first: str
    second: str
    first_effect: float | None
    first_error: float | None
    second_effect: float | None
    second_error: float | None
    correlation: float | None
    """Of the two estimates, from the same regions left out."""
    p_value: float | None
    """Joint p-value that neither moves."""
    p_trade_off: float | None
    """p-value that one gains while the other loses (intersection-union)."""
    identification_class: str
    """The weaker of the two ends."""
    conclusion: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """The effect of a link in one circumstance, from a model with all circumstances of the moderator."""

    hypothesis: int
    link: str
    moderator: str
    category: str
    effect: float | None
    std_error: float | None
    ci_low: float | None
    ci_high: float | None
    n_units: int
    n_clusters: int
    p_difference: float | None
    """That the effect is alike in all circumstances of the moderator."""
    p_adjusted: float | None
    """The same over all moderators of the link (Holm)."""
    identification_class: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEffect:
    """The effect in one region, alone and drawn towards the others."""

    hypothesis: int
    link: str
    region: str
    effect: float | None
    std_error: float | None
    pooled: float | None
    pooled_low: float | None
    pooled_high: float | None
    rank_low: int | None
    """Lowest and highest rank that the data allow at 95 %, jointly over regions; one is the largest effect."""
    rank_high: int | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSpread:
    """How far effects differ between regions beyond what chance gives."""

    hypothesis: int
    link: str
    regions: int
    mean: float | None
    spread: float | None
    """Standard deviation of true effects between regions."""
    p_alike: float | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStep:
    """One step of a mechanism and whether it was seen; `first_break` is the first that was not."""

    hypothesis: int
    position: int
    link: str
    state: str
    p_value: float | None
    first_break: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionChain:
    """Up to which step the regions' own developments follow a mechanism."""

    hypothesis: int
    region: str
    steps: int
    followed: int
    breaks_at: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRow:
    """What was seen of a mechanism and an outcome, in which context."""

    hypothesis: int
    context: str
    mechanism: str
    mechanism_state: str
    outcome: str
    outcome_state: str
    identification_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStatement:
    """An effect per pupil and euro as a number per million euro."""

    hypothesis: int
    link: str
    unit: str
    per_million: float | None
    low: float | None
    high: float | None
    detectable: float | None
    """The minimum detectable effect, per million euro."""
    identification_class: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """Everything that is said over links at one measurement."""

    specifications: tuple[Specification, ...] = ()
    specification_curves: tuple[SpecificationCurve, ...] = ()
    separations: tuple[Separation, ...] = ()
    trade_offs: tuple[TradeOffFinding, ...] = ()
    moderations: tuple[Moderation, ...] = ()
    region_effects: tuple[RegionEffect, ...] = ()
    region_spreads: tuple[RegionSpread, ...] = ()
    chain_steps: tuple[ChainStep, ...] = ()
    region_chains: tuple[RegionChain, ...] = ()
    context_rows: tuple[ContextRow, ...] = ()
    budget_statements: tuple[BudgetStatement, ...] = ()


RECORDS: dict[str, type] = {
    "specifications": Specification,
    "specification_curves": SpecificationCurve,
    "separations": Separation,
    "trade_offs": TradeOffFinding,
    "moderations": Moderation,
    "region_effects": RegionEffect,
    "region_spreads": RegionSpread,
    "chain_steps": ChainStep,
    "region_chains": RegionChain,
    "context_rows": ContextRow,
    "budget_statements": BudgetStatement,
}
"""The record of each file of a synthesis."""
