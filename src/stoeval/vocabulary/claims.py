"""Claims: indicators, links, chains, hypotheses, and the catalogue that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, ClassVar, Protocol

from stoeval.errors import CatalogueError
from stoeval.vocabulary.words import Phase, Role

if TYPE_CHECKING:
    import numpy as np

    from stoeval.vocabulary.evidence import Finding, Sample
    from stoeval.vocabulary.exposures import Exposure
    from stoeval.vocabulary.questions import Fork, Moderator, TradeOff
    from stoeval.vocabulary.words import (
        Delivery,
        Direction,
        IdentificationClass,
        Level,
        SchoolYear,
        TechnicalDefinition,
        Threat,
        Timing,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """Something the monitor measures, by its column in a measured frame."""

    name: str
    label: str
    label_en: str
    goal: str
    """The place in section 4.2 of the background sketch, such as "duurzaam 2"."""
    unit: str
    level: Level
    source: str
    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Baseline years against outcome years; the baseline ends first."""

    baseline: tuple[SchoolYear, ...]
    outcome: tuple[SchoolYear, ...]

    def __post_init__(self) -> None:
        if not self.baseline or not self.outcome or max(self.baseline) >= min(self.outcome):
            years = " ".join(map(str, self.baseline)), " ".join(map(str, self.outcome))
            message = f"baseline [{years[0]}] must end before outcome [{years[1]}] begins"
            raise CatalogueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """An interim or final effect measurement: the only place for windows."""

    name: str
    phase: Phase
    alpha: float
    windows: tuple[tuple[Timing, Window], ...]

    def window(self, timing: Timing) -> Window:
        """Return the window of outcomes with this timing."""
        return dict(self.windows)[timing]

    @property
    def last_year(self) -> SchoolYear:
        """The last year that this measurement may see."""
        return max(year for _, window in self.windows for year in window.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The sign that a link expects at each measurement."""

    interim: Direction
    final: Direction

    def at(self, phase: Phase) -> Direction:
        """Return the sign expected in a phase."""
        return self.interim if phase is Phase.INTERIM else self.final


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimand:
    """Which number, for whom, when; silent on how."""

    cause: Exposure | Indicator
    effect: Indicator
    population: str
    window: Window
    mediator: Indicator | None = None
    """What the cause is thought to work through, where that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untestable:
    """An honest answer where no number exists, with its reason."""

    reason: str
    missing: tuple[Delivery, ...] = ()


class Design(Protocol):
    """A way to identify an effect; a frozen dataclass in a file of its own under `designs/`."""

    name: ClassVar[str]
    levels: ClassVar[tuple[Level, ...]]
    """Outcomes it takes, by the unit that is followed."""
    causes: ClassVar[tuple[type, ...]]
    """Causes it takes: rules of exposures, or Indicator."""
    timings: ClassVar[tuple[Timing, ...]]
    """Windows it takes."""
    ceiling: ClassVar[IdentificationClass]

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        """Estimate the estimand on a sample; `confirm` has an independent engine compute it again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Cause to effect, with the expected sign, and the design that answers for it."""

    name: str
    cause: Exposure | Indicator
    effect: Indicator
    expected: Expected
    design: Design | Untestable
    timing: Timing
    role: Role
    population: str = "all"
    mediator: Indicator | None = None
    threats: tuple[Threat, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.design, Untestable):
            return
        cause = type(self.cause) if isinstance(self.cause, Indicator) else type(self.cause.rule)
        refused = [
            *([f"outcomes at level {self.effect.level}"] if self.effect.level not in self.design.levels else []),
            *([f"{cause.__name__} as a cause"] if cause not in self.design.causes else []),
            *([f"the window {self.timing}"] if self.timing not in self.design.timings else []),
        ]
        if refused:
            message = f"link {self.name}: design {self.design.name} does not take {' nor '.join(refused)}"
            raise CatalogueError(message)

    @property
    def minimal_data(self) -> tuple[Delivery, ...]:
        """The deliveries without which this link cannot be tested."""
        cause = (self.cause.delivery,) if isinstance(self.cause, Indicator) else self.cause.deliveries
        beside = () if self.mediator is None else (self.mediator.delivery,)
        return tuple(dict.fromkeys((self.effect.delivery, *cause, *beside)))

    def estimand(self, measurement: Measurement) -> Estimand:
        """Return which number this link asks for at a measurement."""
        return Estimand(
            cause=self.cause,
            effect=self.effect,
            population=self.population,
            window=measurement.window(self.timing),
            mediator=self.mediator,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalChain:
    """The mechanism: an acyclic graph of links, not always a line."""

    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for link in self.links:
            sorter.add(link.effect.name, link.cause.name)
        try:
            sorter.prepare()
        except CycleError as error:
            message = f"a causal chain cannot run in a circle: {' -> '.join(error.args[1])}"
            raise CatalogueError(message) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One claim of the background sketch, its primary links and its mechanism."""

    number: int
    slug: str
    statement: str
    reference: str
    goal: str
    primary: tuple[Link, ...]
    chain: CausalChain
    further: tuple[Link, ...] = ()
    gaps: tuple[str, ...] = ()
    """What the indicators of the background sketch cannot show, in Dutch."""

    def __post_init__(self) -> None:
        wrong = [link.name for link in self.primary if link.role is not Role.PRIMARY]
        wrong += [link.name for link in (*self.chain.links, *self.further) if link.role is Role.PRIMARY]
        if wrong or not self.primary:
            message = f"H{self.number}: primary links, and only those, have the role primary; see {wrong or 'none'}"
            raise CatalogueError(message)
        names = [link.name for link in self.links]
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            message = f"H{self.number}: link names must differ; twice: {', '.join(twice)}"
            raise CatalogueError(message)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links: primary first, then the chain, then the rest."""
        return (*self.primary, *self.chain.links, *self.further)


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """What the commission holds relevant for one indicator; unset until it says so."""

    indicator: str
    smallest_relevant_effect: float | None
    non_inferiority_margin: float | None
    provenance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything that is claimed and measured; its text is its fingerprint."""

    hypotheses: tuple[Hypothesis, ...]
    measurements: tuple[Measurement, ...]
    indicators: tuple[Indicator, ...]
    exposures: tuple[Exposure, ...]
    technical: TechnicalDefinition
    norms: tuple[Norm, ...] = ()
    forks: tuple[Fork, ...] = ()
    moderators: tuple[Moderator, ...] = ()
    trade_offs: tuple[TradeOff, ...] = ()

    def norm(self, indicator: Indicator) -> Norm:
        """Return the norm of an indicator; unset where the commission gave none."""
        unset = Norm(
            indicator=indicator.name,
            smallest_relevant_effect=None,
            non_inferiority_margin=None,
            provenance="begeleidingscommissie: nog niet vastgesteld",
        )
        return next((norm for norm in self.norms if norm.indicator == indicator.name), unset)
