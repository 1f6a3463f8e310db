"""Questions over links: other ways to the same number, for whom it holds, and what it costs elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from stoeval.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoeval.vocabulary.claims import Design, Indicator, Link
    from stoeval.vocabulary.exposures import Exposure
    from stoeval.vocabulary.words import SchoolYear, TechnicalDefinition


MOST_SPECIFICATIONS = 200
"""A hypothesis has no more ways through its forks: who declares more, searches."""


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


_PARTS = ("design", "cause", "effect", "population", "following", "weighting", "technical", "without", "window_only")
_REFUSED = {
    ForkKind.PRESERVING: {"cause", "effect", "population", "technical", "without"},
    ForkKind.CHANGING: {"following", "weighting", "window_only"},
}


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
    """Years that are left out of the rows and of the window."""
    window_only: bool = False
    """Whether years outside the window are left out of the rows."""

    def __post_init__(self) -> None:
        where = f"H{self.hypothesis} {self.link}, fork {self.name}"
        refused = _REFUSED[self.kind] & set(self.parts)
        if refused:
            message = f"{where}: {', '.join(sorted(refused))} cannot be {self.kind}; declare it of the other kind"
            raise CatalogueError(message)
        if not self.parts:
            message = f"{where} departs in nothing from the primary estimate; leave it out"
            raise CatalogueError(message)

    @property
    def parts(self) -> tuple[str, ...]:
        """What this fork sets, by the names of its fields."""
        return tuple(part for part in _PARTS if getattr(self, part) not in {None, (), False})


def routes(forks: Iterable[Fork], kind: ForkKind) -> tuple[tuple[Fork, ...], ...]:
    """Return every way to take at most one fork of each dimension of a kind, the way that takes none first."""
    by_dimension: dict[str, list[Fork | None]] = {}
    for fork in forks:
        if fork.kind is kind:
            by_dimension.setdefault(fork.dimension, [None]).append(fork)
    ways = product(*by_dimension.values())
    return tuple(tuple(fork for fork in way if fork is not None) for way in ways)


def require_few(forks: Sequence[Fork]) -> Sequence[Fork]:
    """Return forks unchanged; raise CatalogueError where two collide or a hypothesis has too many ways through them.

    The two kinds are counted apart and never combined; the primary estimate counts once for a link.
    """
    counted: Counter[int] = Counter()
    for hypothesis, link in dict.fromkeys((fork.hypothesis, fork.link) for fork in forks):
        own = [fork for fork in forks if (fork.hypothesis, fork.link) == (hypothesis, link)]
        _refuse_collisions(own)
        counted[hypothesis] += sum(len(routes(own, kind)) for kind in ForkKind) - 1
    many = [f"H{number}: {count}" for number, count in counted.items() if count > MOST_SPECIFICATIONS]
    if many:
        message = f"more than {MOST_SPECIFICATIONS} specifications ({', '.join(many)}); declare fewer forks"
        raise CatalogueError(message)
    return forks


def _refuse_collisions(forks: Sequence[Fork]) -> None:
    """Raise where forks of one link share a name, or two dimensions of a kind set the same part."""
    where = f"H{forks[0].hypothesis} {forks[0].link}"
    names = Counter(fork.name for fork in forks)
    if twice := [name for name, count in names.items() if count > 1]:
        message = f"{where}: two forks are named {', '.join(twice)}; give each a name of its own"
        raise CatalogueError(message)
    setters: dict[tuple[ForkKind, str], set[str]] = {}
    for fork in forks:
        for part in fork.parts:
            setters.setdefault((fork.kind, part), set()).add(fork.dimension)
    if shared := [part for (_, part), dimensions in setters.items() if len(dimensions) > 1]:
        message = f"{where}: forks of different dimensions both set {', '.join(shared)}; put them in one dimension"
        raise CatalogueError(message)


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
