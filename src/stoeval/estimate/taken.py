"""What a file has to give each design: how the exposure may vary, which columns it needs, and which it may have.

What a design would not read is refused: a column that is given and ignored reads as one that was used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from stoeval.estimate.by_design import Columns
    from stoeval.estimate.question import Question


class Exposed(StrEnum):
    """What the exposure is."""

    FIXED = "one value a unit"
    MOVING = "moves over time"
    FIRST = "first treated period of the unit, where zero, empty, inf or after the last is never"
    UNUSED = "any column; it is not used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """What one design reads of a file, beside outcome, unit, time and cluster."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    exposure: Exposed = Exposed.FIXED
    together: tuple[str, ...] = ()
    """Columns that go all together, or none of them."""
    once: bool = True
    """Whether a unit lies in one cluster, with which it is taken out."""


_MASKED = ("low", "high")
_GROUPS = ("group", "entitlement")
_LINE = ("control", "weights", "stratum", *_MASKED, "placebo")
_GAP = ("control", *_MASKED, "placebo")
TAKES: dict[str, Takes] = {
    "aanloop-dose": Takes(may=("weights", "stratum", *_MASKED, "placebo")),
    "causal-chain": Takes(needs=("mediator",), may=("control", "weights", *_MASKED)),
    "change-since-baseline": Takes(exposure=Exposed.UNUSED, may=("weights", *_GROUPS, *_MASKED)),
    "closure-hazard": Takes(may=_LINE, once=False),
    "comparable-groups": Takes(may=("control", "weights", "group", "stratum", *_MASKED)),
    "delayed-approval": Takes(exposure=Exposed.FIRST, may=("weights", *_MASKED)),
    "dose-curve": Takes(may=_LINE),
    "dose-event-study": Takes(may=(*_LINE, "offset")),
    "entitlement-triple-difference": Takes(needs=_GROUPS, may=("weights", *_GAP)),
    "fractional-outcome": Takes(may=_LINE, once=False),
    "heterogeneous-adoption": Takes(may=_LINE),
    "joint-dose-event-study": Takes(needs=("other",), may=(*_LINE, "offset", *_GROUPS), together=_GROUPS),
    "ordered-outcome": Takes(may=_LINE, once=False),
    "panel-regression": Takes(exposure=Exposed.MOVING, may=("weights", *_MASKED)),
    "share-model": Takes(needs=_GROUPS, may=(*_GAP, "offset")),
    "staggered-adoption": Takes(exposure=Exposed.FIRST, may=("control", "weights", *_MASKED)),
    "survey-panel": Takes(may=_LINE),
    "synthetic-difference-in-differences": Takes(may=("control", "weights", *_MASKED)),
}
"""By the name of the design with dashes; each needs a reference too."""
_MODEL = ("control", "absorb", "weights")
MODELS: dict[str, Takes] = {
    "twfe": Takes(exposure=Exposed.MOVING, may=_MODEL, once=False),
    "event-study": Takes(needs=("reference",), may=("window", *_MODEL), once=False),
    "ddd": Takes(needs=("reference", *_GROUPS), may=("window", *_MODEL), once=False),
    "ppml": Takes(exposure=Exposed.MOVING, may=("control", "absorb", "offset"), once=False),
}
"""The plain regressions, which check the same of a question themselves."""


def refuse_unread(name: str, question: Question, columns: Columns) -> None:
    """Raise EstimationError where a design misses a column that it needs, or is given one that it would not read."""
    if name not in TAKES:
        return
    own, given = TAKES[name], _given(question, columns)
    missing = [f"--{option}" for option in own.needs if option not in given]
    if missing:
        message = f"{name} needs {' and '.join(missing)}; stoeval estimate --help says what each design takes"
        raise EstimationError(message)
    if own.together and 0 < len(set(own.together) & set(given)) < len(own.together):
        message = f"{name} takes {' and '.join(f'--{option}' for option in own.together)} together, or none of them"
        raise EstimationError(message)
    unread = [f"--{option}" for option in given if option not in (*own.needs, *own.may)]
    if unread:
        may = ", ".join(f"--{option}" for option in (*own.needs, *own.may))
        message = f"{name} would not read {', '.join(unread)}; it takes {may}"
        raise EstimationError(message)


def _given(question: Question, columns: Columns) -> list[str]:
    """Return the options that name a column, in the words of the command line."""
    found = {
        "control": question.controls,
        "weights": question.weights,
        "offset": question.offset,
        "group": question.group,
        "entitlement": question.entitlement,
        "low": columns.low,
        "high": columns.high,
        "stratum": columns.stratum,
        "mediator": columns.mediator,
        "other": columns.others,
        "placebo": columns.placebos,
    }
    return [option for option, value in found.items() if value]
