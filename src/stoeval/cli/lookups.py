"""What the verbs look up: catalogue, hypothesis, measurement and panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import stoeval
from stoeval.cli.printing import Progress
from stoeval.errors import CatalogueError
from stoeval.vocabulary import Phase, TechnicalDefinition

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Catalogue, Hypothesis, Measurement, MonitorPanel


def catalogue(technical: TechnicalDefinition = TechnicalDefinition.HARD) -> Catalogue:
    """Return the catalogue under a definition of technical."""
    return stoeval.assemble_catalogue(technical)


def hypothesis(name: str) -> Hypothesis:
    """Return a hypothesis by its name, such as H4."""
    known = {f"H{one.number}": one for one in catalogue().hypotheses}
    if name.upper() not in known:
        message = f"no hypothesis is called {name!r}; known are {', '.join(known)}"
        raise CatalogueError(message)
    return known[name.upper()]


def measurement(catalogue: Catalogue, phase: Phase) -> Measurement:
    """Return the measurement of a phase."""
    return next(one for one in catalogue.measurements if one.phase is phase)


def twin(seed: int) -> MonitorPanel:
    """Return the simulated twin."""
    with Progress("Simulating", None):
        return stoeval.simulate(seed=seed)


def panel(directory: Path | None, seed: int) -> MonitorPanel:
    """Return a panel that keeps its contract; the twin where no directory is given."""
    if directory is None:
        return twin(seed)
    found = stoeval.read_panel(directory)
    stoeval.check_panel(found)
    return found


def links(catalogue: Catalogue) -> int:
    """Return how many links a catalogue has."""
    return sum(len(one.links) for one in catalogue.hypotheses)
