"""The primary links that were tested, with their rows in the years of the window.

Questions of for whom and where look at the change over the window. On a balanced panel with an effect for every year
the other years do not enter it, and without them a model with many columns is solved in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from stoeval.panel.genealogy import Genealogy, followed
from stoeval.panel.kept import kept
from stoeval.panel.measures import measured
from stoeval.panel.samples import sample
from stoeval.vocabulary import Finding, Role, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.designs.reporting import DoseDesign, DoseQuestion
    from stoeval.vocabulary import Catalogue, Estimand, Integers, Link, Measurement, MonitorPanel, Result, Sample


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrimaryRows:
    """A primary link with a finding, what it asks, and its rows in the years of its window."""

    hypothesis: int
    link: Link
    finding: Finding
    estimand: Estimand
    rows: Sample
    groups: tuple[str, ...]
    """Names of the groups of a unit, by their code."""

    @property
    def asks_of_dose(self) -> bool:
        """Whether the design of the link can say what it asks of a dose."""
        return hasattr(self.link.design, "ask")

    def ask(self, keep: Integers | None = None) -> DoseQuestion:
        """Return what the design asks of these rows, or of some of them by position."""
        rows = self.rows if keep is None else self.rows.rows(keep)
        return cast("DoseDesign", self.link.design).ask(self.estimand, rows)


def primary_rows(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, results: Sequence[Result]
) -> tuple[PrimaryRows, ...]:
    """Return every primary link with a finding, in the order of the results."""
    found = []
    for result in results:
        if result.link.role is not Role.PRIMARY or not isinstance(result.finding, Finding):
            continue
        estimand = result.link.estimand(measurement)
        rows = _window(panel, estimand, catalogue)
        if isinstance(rows, Untestable):
            continue
        found.append(
            PrimaryRows(
                hypothesis=result.hypothesis,
                link=result.link,
                finding=result.finding,
                estimand=estimand,
                rows=rows,
                groups=_groups(panel, estimand, catalogue),
            )
        )
    return tuple(found)


@kept(32)
def _window(panel: MonitorPanel, estimand: Estimand, catalogue: Catalogue) -> Sample | Untestable:
    """Return the rows of an estimand in the years of its window, without other doses."""
    rows = sample(panel, estimand, catalogue)
    if isinstance(rows, Untestable):
        return rows
    years = [year.start for year in (*estimand.window.baseline, *estimand.window.outcome)]
    bare = replace(rows, placebo_doses=(), recounted_doses=(), recounted_inputs=())
    return bare.rows(np.flatnonzero(np.isin(rows.period, years)))


def _groups(panel: MonitorPanel, estimand: Estimand, catalogue: Catalogue) -> tuple[str, ...]:
    frame = measured(followed(panel, Genealogy.FOOTPRINTS), estimand.effect.name, catalogue.technical)
    return () if frame is None else tuple(map(str, sorted(frame["group"].unique())))
