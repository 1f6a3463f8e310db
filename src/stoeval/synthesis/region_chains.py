"""Where the chain breaks by region: up to which step a region's own developments go along with a mechanism.

For one region no link can be estimated. What can be said is whether its indicators moved along the mechanism: for
each step in order, whether the change from the baseline to the outcome years lies on the expected side of the median
region. A region changes by the weighted mean of the units that are seen both before and after; for outcomes by group
those are the entitled groups. It is a description (class E) and knows no uncertainty: by chance alone half of the
regions follow each step, and one in two to the power of the steps follows all.

A step of a region that rests on fewer than ten units is left out, as the gate of outputs asks of an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.samples import sample
from stoeval.synthesis.chain_steps import in_order
from stoeval.vocabulary import FEWEST_UNITS, Direction, Estimand, Level, Programme, RegionChain, Timing, Untestable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stoeval.vocabulary import Catalogue, Exposure, Hypothesis, Link, Measurement, MonitorPanel, Sample, Window

_DESCRIBED = (
    "beschrijving (klasse E): eigen verandering tegen die van de mediane regio; bij louter toeval volgt een op de "
    "{odds} regio's alle {steps} stappen"
)
_FEW = "geen enkele stap rust hier op ten minste {fewest} vestigingen of scholen; niet getoond"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionChange:
    """How far an indicator moved in one region, and on how many units that rests."""

    change: float
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Which regions followed one step, of those that may be shown."""

    link: str
    follows: Mapping[str, bool]


def region_chains(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, *, fewest_units: int = FEWEST_UNITS
) -> tuple[RegionChain, ...]:
    """Return for each mechanism and region up to which step it goes along, in the order of their names.

    A step of a region that rests on fewer units than `fewest_units` is left out. A mechanism of which no step was
    observed has no rows.
    """
    programme = next((one for one in catalogue.exposures if isinstance(one.rule, Programme)), None)
    if programme is None:
        return ()
    regions = sorted({str(one) for one in panel.tables["vestigingen"]["region"].dropna()})
    found: list[RegionChain] = []
    for hypothesis in catalogue.hypotheses:
        steps = [
            _step(panel, measurement, link, changes, fewest_units)
            for link in steps_in_order(hypothesis, measurement)
            if (changes := _changes(panel, measurement, catalogue, link, programme))
        ]
        if steps:
            found += [_region_chain(hypothesis.number, region, steps, fewest_units) for region in regions]
    return tuple(found)


def steps_in_order(hypothesis: Hypothesis, measurement: Measurement) -> tuple[Link, ...]:
    """Return the links of a chain that can respond and be tested, one for each indicator, from cause to effect."""
    links: dict[str, Link] = {}
    for link in in_order(hypothesis):
        responds = link.expected.at(measurement.phase) is not Direction.NO_RESPONSE
        if responds and not isinstance(link.design, Untestable):
            links.setdefault(link.effect.name, link)
    return tuple(links.values())


def regional_changes(rows: Sample, window: Window) -> dict[str, RegionChange]:
    """Return by region the weighted mean change of the entitled units that are seen before and after."""
    entitled = rows.entitlement > 0
    once, key = np.unique(rows.unit * (int(rows.group.max()) + 1) + rows.group, return_inverse=True)
    means = []
    for years in (window.baseline, window.outcome):
        chosen = entitled & np.isin(rows.period, [year.start for year in years])
        count = np.bincount(key[chosen], minlength=len(once))
        total = np.bincount(key[chosen], rows.outcome[chosen], minlength=len(once))
        means.append(np.divide(total, count, out=np.full(len(once), np.nan), where=count > 0))
    change = means[1] - means[0]
    first = np.unique(key, return_index=True)[1]
    weight, cluster, unit = rows.weight[first], rows.cluster[first], rows.unit[first]
    found = {}
    for code, name in enumerate(rows.cluster_names):
        own = (cluster == code) & np.isfinite(change)
        if own.any():
            mean = float(np.average(change[own], weights=weight[own]))
            found[name] = RegionChange(change=mean, units=len(np.unique(unit[own])))
    return found


def _changes(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, link: Link, programme: Exposure
) -> dict[str, RegionChange]:
    """Return how far the indicator of a step moved by region; empty where it was not observed."""
    window = measurement.window(link.timing)
    estimand = Estimand(cause=programme, effect=link.effect, population=link.population, window=window)
    rows = sample(panel, estimand, catalogue)
    return {} if isinstance(rows, Untestable) else regional_changes(rows, window)


def _step(
    panel: MonitorPanel, measurement: Measurement, link: Link, changes: Mapping[str, RegionChange], fewest: int
) -> Step:
    """Return which regions followed a step, of those with enough units."""
    median = float(np.median([one.change for one in changes.values()]))
    expected = link.expected.at(measurement.phase)
    units = {region: one.units for region, one in changes.items()}
    if link.effect.level is Level.REGION:
        units = _vestigingen(panel, max(measurement.window(Timing.STOCK).baseline).start)
    shown = {region: one.change for region, one in changes.items() if units.get(region, 0) >= fewest}
    return Step(link=link.name, follows={name: _goes_along(one - median, expected) for name, one in shown.items()})


def _goes_along(beyond: float, expected: Direction) -> bool:
    """Say whether a change beyond that of the median region lies on the expected side."""
    if expected is Direction.NOT_LOWER:
        return beyond >= 0
    return beyond < 0 if expected is Direction.FALL else beyond > 0


def _vestigingen(panel: MonitorPanel, year: int) -> dict[str, int]:
    """Return how many vestigingen of each region are open in a year."""
    places = panel.tables["vestigingen"]
    there = (places["school_year"] == year) & places["open"].fillna(value=False).astype(bool)
    counted = places[there].dropna(subset=["region"]).groupby("region")["vestiging"].nunique()
    return {str(region): int(count) for region, count in counted.items()}


def _region_chain(hypothesis: int, region: str, steps: Sequence[Step], fewest: int) -> RegionChain:
    seen = [(step.link, step.follows[region]) for step in steps if region in step.follows]
    goes_along = [follows for _, follows in seen]
    followed = goes_along.index(False) if False in goes_along else len(seen)
    because = _DESCRIBED.format(odds=2 ** len(seen), steps=len(seen)) if seen else _FEW.format(fewest=fewest)
    return RegionChain(
        hypothesis=hypothesis,
        region=region,
        steps=len(seen),
        followed=followed,
        breaks_at="" if followed == len(seen) else seen[followed][0],
        because=because,
    )
