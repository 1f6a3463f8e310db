"""Questions over links: other ways to the same number, for whom it holds, and what it costs elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoeval.vocabulary.claims import Design, Indicator, Link
    from stoeval.vocabulary.exposures import Exposure
    from stoeval.vocabulary.words import SchoolYear, TechnicalDefinition


class ForkKind(StrEnum):
    """Whether another way still asks for the same number."""

    PRESERVING = "estimand-preserving"
    CHANGING = "estimand-changing"


class Weighting(StrEnum):
    """Whose average an estimate is."""

    PUPILS = "pupils"
    UNITS = "units"


class Following(StrEnum):
    """How vestigingen are followed through mergers and new numbers."""

    FOOTPRINTS = "footprints"
    SUCCESSORS = "successors"
    SURVIVORS = "survivors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """One defensible choice that departs from the primary estimate of a link; None leaves a part as it is."""

    name: str
    label: str
    label_en: str
    kind: ForkKind
    hypothesis: int
    link: str
    dimension: str
    """Choices of one dimension exclude each other; those of different dimensions combine."""
    design: Design | None = None
    cause: Exposure | None = None
    effect: Indicator | None = None
    population: str | None = None
    following: Following | None = None
    weighting: Weighting | None = None
    technical: TechnicalDefinition | None = None
    without: tuple[SchoolYear, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderator:
    """A circumstance, registered beforehand, in which an effect may differ."""

    name: str
    label: str
    label_en: str
    unit: str
    """What has the circumstance: region, vestiging or leerweg."""
    source: str
    categories: tuple[tuple[str, str, str], ...]
    """Value, Dutch and English label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOff:
    """Two ends that one programme may not serve at once."""

    name: str
    label: str
    label_en: str
    reference: str
    hypothesis: int
    first: Link
    second: Link
