"""What is asked of a file, in the names of its own columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Model(StrEnum):
    """The regressions that any file can be put to."""

    TWFE = "twfe"
    """Outcome on exposure with unit and time effects; the exposure moves over time."""
    EVENT_STUDY = "event-study"
    """Exposure times each period except the reference; the exposure is fixed within units."""
    DDD = "ddd"
    """Exposure times entitlement times each period except the reference, with unit x time, unit x group and
    group x time effects."""
    PPML = "ppml"
    """As twfe, by Poisson pseudo maximum likelihood."""


WITH_PATH = (Model.EVENT_STUDY, Model.DDD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One estimate that is asked of a file."""

    outcome: str
    exposure: str
    unit: str
    time: str
    cluster: str
    model: Model | None = Model.TWFE
    """None where a design of the evaluation is asked, which is given beside the question."""
    controls: tuple[str, ...] = ()
    absorb: tuple[str, ...] = ()
    """Further fixed effects; `a:b` is the combination of two columns."""
    weights: str = ""
    offset: str = ""
    """A column whose logarithm enters a Poisson model with coefficient one."""
    group: str = ""
    """The groups within units of a triple difference."""
    entitlement: str = ""
    """How much each group is entitled to, from 0 to 1; it multiplies the exposure of a triple difference."""
    reference: int | None = None
    """The period that the path is measured from."""
    window: tuple[int, ...] = ()
    """The periods whose mean is the effect; all after the reference where empty."""

    def __post_init__(self) -> None:
        self._check_window()
        if self.model is None:
            if self.absorb:
                message = f"a design brings its own effects; {', '.join(self.absorb)} cannot be absorbed beside them"
                raise EstimationError(message)
            return
        path = self.model in WITH_PATH
        asked = {
            "reference period": (self.reference is not None, path),
            "window": (bool(self.window), path and bool(self.window)),
            "group and entitlement": (bool(self.group and self.entitlement), self.model is Model.DDD),
            "offset": (bool(self.offset), self.model is Model.PPML and bool(self.offset)),
        }
        for what, (given, wanted) in asked.items():
            if given != wanted:
                message = f"{self.model} {'needs a' if wanted else 'takes no'} {what}"
                raise EstimationError(message)
        if (self.group or self.entitlement) and self.model is not Model.DDD:
            message = f"{self.model} takes no group and no entitlement; a triple difference does"
            raise EstimationError(message)
        if self.weights and self.model is Model.PPML:
            message = "ppml takes no weights here; give an offset, or weigh the counts"
            raise EstimationError(message)

    def _check_window(self) -> None:
        if self.reference is not None and any(period <= self.reference for period in self.window):
            message = f"the window {list(self.window)} must lie after the reference {self.reference}"
            raise EstimationError(message)

    @property
    def columns(self) -> Iterator[str]:
        """Every column of the file that is used, effects taken apart."""
        named = (self.outcome, self.exposure, self.weights, self.offset, self.entitlement, *self.controls)
        effects = (self.unit, self.time, self.cluster, self.group, *self.absorb)
        yield from dict.fromkeys(name for name in named if name)
        yield from dict.fromkeys(part for name in effects if name for part in name.split(":"))
