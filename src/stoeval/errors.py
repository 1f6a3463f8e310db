"""Every error a user can cause, one exit code a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class StoevalError(Exception):
    """An error meant for the user: what, where, how many, and what to do."""

    exit_code = 1


class CatalogueError(StoevalError):
    """A hypothesis, indicator or design that contradicts itself or another."""

    exit_code = 10


class PanelError(StoevalError):
    """A delivery or panel that cannot be read or breaks its contract."""

    exit_code = 11


class ContractViolated(PanelError):  # noqa: N818 - reads as what happened
    """A panel that breaks its contract, with all violations at once."""

    def __init__(self, where: str, violations: Sequence[str]) -> None:
        self.violations = tuple(violations)
        count = len(self.violations)
        noun = "violation" if count == 1 else "violations"
        super().__init__("\n".join([f"{count} {noun} in {where}", *(f"  {line}" for line in self.violations)]))


class EstimationError(StoevalError):
    """A number that cannot be computed from these data by this design."""

    exit_code = 12


class NotIdentified(EstimationError):  # noqa: N818 - reads as what happened
    """An estimate that these data cannot give, however it is computed."""


class EnginesDisagree(EstimationError):  # noqa: N818 - reads as what happened
    """A primary estimate that an independent engine does not reproduce."""


class VerificationError(StoevalError):
    """A run that does not come back identical."""

    exit_code = 13


class DisclosureError(StoevalError):
    """An output that could identify a pupil or a school."""

    exit_code = 14
