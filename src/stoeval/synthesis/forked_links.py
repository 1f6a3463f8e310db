"""One way through the forks of a link: what it asks, on which rows, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.designs.reporting import unit_of
from stoeval.errors import CatalogueError, EstimationError, NotIdentified
from stoeval.inference.specification_test import drawable
from stoeval.panel.genealogy import Genealogy
from stoeval.panel.samples import sample
from stoeval.synthesis.solving import solved
from stoeval.vocabulary import Following, Untestable, Weighting, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.inference.clustering import Contrast
    from stoeval.inference.specification_test import Drawable
    from stoeval.synthesis.solving import Solved
    from stoeval.vocabulary import Catalogue, Design, Estimand, Estimate, Fork, Link, Measurement, MonitorPanel, Sample

    Way = Sequence[Fork]
    Rows = Callable[[Estimand, Way], Sample | Untestable]

LEVEL = 0.05
"""A specification is significant below this p-value."""
JOINER = " + "
"""Stands between the names of the forks of a specification."""
LINK_PARTS = ("design", "cause", "effect", "population")
GENEALOGIES = {
    None: Genealogy.FOOTPRINTS,
    Following.FOOTPRINTS: Genealogy.FOOTPRINTS,
    Following.SUCCESSORS: Genealogy.SUCCESSOR,
    Following.SURVIVORS: Genealogy.SURVIVORS,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Specified:
    """What one way gives."""

    effect: Contrast | Estimate
    unit: str
    drawn: Drawable | None
    """What joint draws need; None where the design is not one regression."""


def rows_once(panel: MonitorPanel, catalogue: Catalogue) -> Rows:
    """Return the function from an estimand and a way to their sample, which makes each sample once."""
    made: dict[object, Sample | Untestable] = {}

    def rows(estimand: Estimand, way: Way) -> Sample | Untestable:
        following = next((fork.following for fork in way if fork.following is not None), None)
        technical = next((fork.technical for fork in way if fork.technical is not None), catalogue.technical)
        key = (estimand, following, technical)
        if key not in made:
            seen = replace(catalogue, technical=technical)
            made[key] = sample(panel, estimand, seen, genealogy=GENEALOGIES[following], for_checks=False)
        return made[key]

    return rows


def specified(rows: Rows, measurement: Measurement, link: Link, way: Way) -> Specified | Untestable:
    """Return what a link gives when a way through its forks is taken, or why it gives nothing.

    Raises CatalogueError where a design does not take what a fork asks, and EstimationError where the design would.
    """
    link = altered(link, way)
    whole = link.estimand(measurement)
    estimand = without_years(whole, way)
    if isinstance(link.design, Untestable):
        return link.design
    if isinstance(estimand, Untestable):
        return estimand
    seen = rows(whole, way)
    if isinstance(seen, Untestable) and estimand != whole:
        seen = rows(estimand, way)
    chosen = seen if isinstance(seen, Untestable) else _chosen(seen, estimand, way)
    if isinstance(chosen, Untestable):
        return chosen
    try:
        return _estimated(link.design, estimand, chosen, way)
    except NotIdentified as error:
        return Untestable(reason=f"niet te schatten met deze keuzes: {error}")
    except EstimationError as error:
        message = f"{link.name}, specification {JOINER.join(fork.name for fork in way) or 'primary'}: {error}"
        raise type(error)(message) from error


def altered(link: Link, way: Way) -> Link:
    """Return a link with the parts that a way sets; raise CatalogueError where its design does not take them."""
    parts = {part: getattr(fork, part) for fork in way for part in fork.parts if part in LINK_PARTS}
    return replace(link, **parts)


def without_years(estimand: Estimand, way: Way) -> Estimand | Untestable:
    """Return the estimand without the years that a way leaves out."""
    without = {year for fork in way for year in fork.without}
    baseline = tuple(year for year in estimand.window.baseline if year not in without)
    outcome = tuple(year for year in estimand.window.outcome if year not in without)
    if not baseline or not outcome:
        return Untestable(reason="zonder deze jaren blijft er geen nulmeting of geen uitkomstjaar over")
    return replace(estimand, window=Window(baseline=baseline, outcome=outcome))


def _chosen(rows: Sample, estimand: Estimand, way: Way) -> Sample | Untestable:
    """Return the rows of a sample, and their weights, that a way asks for; why not, where that changes nothing."""
    kept = rows
    if without := [year.start for fork in way for year in fork.without]:
        kept = kept.rows(np.flatnonzero(~np.isin(kept.period, without)))
        if len(kept.period) == len(rows.period):
            return Untestable(reason="de jaren die deze keuze weglaat zijn hier niet waargenomen")
    if any(fork.window_only for fork in way):
        inside = [year.start for year in (*estimand.window.baseline, *estimand.window.outcome)]
        kept, whole = kept.rows(np.flatnonzero(np.isin(kept.period, inside))), kept
        if len(kept.period) == len(whole.period):
            return Untestable(reason="er zijn geen jaren waargenomen buiten de nulmeting en de uitkomst")
    if any(fork.weighting is Weighting.UNITS for fork in way):
        if np.ptp(kept.weight) == 0:
            return Untestable(reason="alle eenheden wegen hier al even zwaar")
        kept = replace(kept, weight=np.ones_like(kept.weight))
    return kept


def _estimated(design: Design, estimand: Estimand, rows: Sample, way: Way) -> Specified:
    """Return the estimate of a design on rows, by its one regression where it has one."""
    answer = solved(design, estimand, rows)
    if answer is None:
        found = design.find(estimand, rows).estimate
        return Specified(effect=found, unit=found.unit, drawn=None)
    regression = answer.study.regression
    if regression.weights is None and any(fork.weighting is not None for fork in way):
        message = f"design {design.name} takes no weights; leave the fork on weights out"
        raise CatalogueError(message)
    unit = unit_of(estimand, logarithmic=regression.logarithmic)
    return Specified(effect=answer.effect, unit=unit, drawn=_drawable(answer))


def _drawable(answer: Solved) -> Drawable | None:
    """Return what joint draws need; None where a draw would have no jackknife."""
    critical = float(stats.t.isf(LEVEL / 2, answer.effect.df))
    try:
        return drawable(answer.study.fit, answer.study.combination, np.array(answer.regions), critical)
    except NotIdentified:
        return None
