"""Where: what each region did, drawn towards what the regions have in common, and which ranks the data allow.

What "the effect in one region" can mean depends on the dose. Where the dose differs between the vestigingen of a
region, a region has a slope of its own: how much more the vestigingen with more money changed than those with less,
beside its own development. Where the whole region has one dose, no comparison within it holds the dose, and an effect
of one region is not identified. What is reported then is the *deviation* of a region: its own change over the window
(of the gap between groups, where the design compares groups) minus what is expected of a region with its dose, its
formula input and the country. It answers where more or less happened than money explains; it is a description, and
the luck of a region is part of it.

Either is a weighted mean over units of the residuals of the primary model, whose noise is told from the differences
between the units of a region (`group_means`). The regions are then pooled (`pool`): deviations beside the dose and the
conditioning, slopes around their mean. Rows are in the order of the names of regions, never in that of effects; the
rank sets say which order the data allow.

A region is shown if it rests on ten units, none of which weighs more than half. All regions with two units count in
what they have in common. Whether they are alike is told by flipped signs of units (`alike_groups`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.alike_groups import alike_groups
from stoeval.inference.least_squares import fit as least_squares
from stoeval.inference.partial_pooling import group_means, pool
from stoeval.inference.rank_confidence import rank_confidence_sets
from stoeval.inference.regression import solve
from stoeval.synthesis.primary_rows import primary_rows
from stoeval.vocabulary import FEWEST_UNITS, RegionEffect, RegionSpread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.designs.reporting import DoseQuestion
    from stoeval.inference.alike_groups import AlikeTest
    from stoeval.inference.least_squares import Fit
    from stoeval.inference.partial_pooling import GroupMeans, Pooled
    from stoeval.inference.rank_confidence import RankSets
    from stoeval.synthesis.primary_rows import PrimaryRows
    from stoeval.vocabulary import Catalogue, Floats, Integers, Measurement, MonitorPanel, Result

LARGEST_SHARE = 0.5
"""Of the weight of a region that one unit may have in a row that is shown."""
NOTHING = 1e-9
"""Share of the largest precision below which a unit tells nothing."""
_DEVIATION = (
    "afwijking: eigen verandering van de regio min wat bij haar dosis, formule-invoer en het land past; geen effect"
)
_SLOPE = "helling binnen de regio: vestigingen met meer tegen vestigingen met minder dosis"
_FEW = "rust op {units} eenheden, waarvan de zwaarste {share:.0%} weegt; te weinig om te tonen"
_UNKNOWN = "te weinig waarnemingen in deze regio voor een eigen verandering"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitChanges:
    """What each unit did over the window beside the model, with its precision, by region."""

    values: Floats
    precisions: Floats
    region: Integers
    """Codes into `regions`."""
    regions: tuple[int, ...]
    """Cluster codes of the regions with two units or more."""
    common: float
    """What is added to each value: the slope of all regions; zero for deviations."""
    nuisances: int
    slopes: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionStudy:
    """The regions of one link: their own values, drawn values and ranks."""

    regions: tuple[int, ...]
    means: GroupMeans
    pooled: Pooled
    ranks: RankSets
    alike: AlikeTest
    slopes: bool


def region_effects(  # noqa: PLR0913 - what is asked, of what, by which draws and what may be shown
    panel: MonitorPanel,
    measurement: Measurement,
    catalogue: Catalogue,
    results: Sequence[Result],
    *,
    generator: np.random.Generator,
    fewest_units: int = FEWEST_UNITS,
) -> tuple[tuple[RegionEffect, ...], tuple[RegionSpread, ...]]:
    """Return what each region did by primary link, in the order of their names, and how far regions differ.

    A region with fewer units than `fewest_units` is named and not shown.
    """
    effects: list[RegionEffect] = []
    spreads: list[RegionSpread] = []
    every = primary_rows(panel, measurement, catalogue, results)
    for rows, own in zip(every, generator.spawn(len(every)), strict=True):
        try:
            study = region_study(rows, own)
        except NotIdentified as error:
            spreads.append(_no_spread(rows, str(error)))
            continue
        effects += _effects(rows, study, fewest_units)
        spreads.append(_spread(rows, study))
    return tuple(effects), tuple(spreads)


def region_study(rows: PrimaryRows, generator: np.random.Generator) -> RegionStudy:
    """Return what the regions of a link did; raise NotIdentified, in Dutch, where a region has no uncertainty."""
    if not rows.asks_of_dose:
        message = "het ontwerp van de schakel is geen regressie op een dosis"
        raise NotIdentified(message)
    asked = rows.ask()
    sample = asked.sample
    if len(np.unique(sample.unit)) == len(np.unique(sample.cluster)):
        message = "de uitkomst is één getal per regio, zodat toeval niet van verschil tussen regio's te scheiden is"
        raise NotIdentified(message)
    try:
        changes = unit_changes(asked)
        means = group_means(changes.values, changes.precisions, changes.region, nuisances=changes.nuisances)
        design = None if changes.slopes else _beside(asked, changes.regions)
        pooled = pool(changes.common + means.means, means.variances, design, df=means.df)
        values = changes.common + means.means - (0.0 if changes.slopes else pooled.expected)
        noise = np.diag(means.variances) if changes.slopes else pooled.residual_covariance
        ranks = rank_confidence_sets(values, noise, generator=generator, df=means.df)
        alike = alike_groups(
            changes.values,
            changes.precisions,
            changes.region,
            design,
            generator=generator,
            nuisances=changes.nuisances,
        )
    except EstimationError as error:
        message = f"niet te schatten per regio: {error}"
        raise NotIdentified(message) from error
    return RegionStudy(
        regions=changes.regions, means=means, pooled=pooled, ranks=ranks, alike=alike, slopes=changes.slopes
    )


def unit_changes(asked: DoseQuestion) -> UnitChanges:
    """Return what each unit of a question did over the window, freed from the primary model."""
    slopes = _differs_within_regions(asked)
    fit, across = _slopes(asked) if slopes else _deviations(asked)
    weights = fit.made_of.source.weights
    unit, count = asked.sample.unit[fit.rows], len(asked.sample.unit_names)
    squares = across**2 if weights is None else across**2 / weights
    precisions = np.bincount(unit, squares, minlength=count).astype(np.float64)
    moved = np.bincount(unit, across * fit.residual, minlength=count)
    region = np.zeros(count, dtype=np.int64)
    region[asked.sample.unit] = asked.sample.cluster
    told = precisions > NOTHING * precisions.max()
    some = np.flatnonzero(np.bincount(region[told], minlength=region.max() + 1) >= 2)
    kept = np.flatnonzero(told & np.isin(region, some))
    return UnitChanges(
        values=moved[kept] / precisions[kept],
        precisions=precisions[kept],
        region=np.searchsorted(some, region[kept]).astype(np.int64),
        regions=tuple(int(one) for one in some),
        common=float(fit.coefficients[0]) if slopes else 0.0,
        nuisances=int(slopes),
        slopes=slopes,
    )


def _slopes(asked: DoseQuestion) -> tuple[Fit, Floats]:
    """Return the fit of one slope beside the years of every region, and the dose freed from the rest, weighted."""
    model, sample = asked.regression, asked.sample
    own = replace(model, nested=[*model.nested, dense_codes(sample.cluster, sample.period)])
    fit = solve(own, _after(asked, sample.dose)[:, None], ("dose",))
    return fit, np.asarray(fit.design[:, 0])


def _deviations(asked: DoseQuestion) -> tuple[Fit, Floats]:
    """Return the fit of the link itself, and the change over the window freed from the effects of units, weighted."""
    fit, model = asked.study().fit, asked.regression
    alone = least_squares(
        fit.residual,
        _after(asked, np.ones(len(asked.sample.dose)))[fit.rows],
        cluster=model.cluster[fit.rows],
        nested=[codes[fit.rows] for codes in model.nested],
        weights=fit.made_of.source.weights,
    )
    return fit, np.asarray(alone.design[:, 0])


def _after(asked: DoseQuestion, values: Floats) -> Floats:
    """Return values (n,) in the outcome years, and zero before."""
    after = asked.years.combination(asked.estimand.window) > 0
    return np.asarray(asked.spread(values)[:, after].sum(axis=1))


def _differs_within_regions(asked: DoseQuestion) -> bool:
    """Say whether units of one region have different doses, in most regions."""
    regions = np.unique(asked.sample.cluster)
    doses = [asked.sample.dose[asked.sample.cluster == one] for one in regions]
    return bool(np.mean([np.ptp(one) > 0 for one in doses]) > 0.5)


def _beside(asked: DoseQuestion, regions: tuple[int, ...]) -> Floats:
    """Return a constant, the mean dose and the conditioning of regions, without what repeats other columns."""
    sample = asked.sample
    parts = np.column_stack([sample.dose, sample.conditioning])
    total = np.bincount(sample.cluster, minlength=max(regions) + 1)
    means = [np.bincount(sample.cluster, part, minlength=len(total)) / np.maximum(total, 1) for part in parts.T]
    columns = [np.ones(len(regions))]
    for mean in means:
        column = mean[list(regions)]
        wide = np.column_stack([*columns, column / max(float(np.abs(column).max()), np.finfo(float).tiny)])
        if np.linalg.matrix_rank(wide) == wide.shape[1]:
            columns.append(wide[:, -1])
    return np.column_stack(columns)


# --- records ---------------------------------------------------------------------------------------------------------


def _effects(rows: PrimaryRows, study: RegionStudy, fewest: int) -> list[RegionEffect]:
    """Return one record a region of the sample, in the order of their names."""
    place = {region: position for position, region in enumerate(study.regions)}
    order = sorted(range(len(rows.rows.cluster_names)), key=lambda code: rows.rows.cluster_names[code])
    present = set(np.unique(rows.rows.cluster).tolist())
    return [_effect(rows, study, code, place.get(code), fewest) for code in order if code in present]


def _effect(rows: PrimaryRows, study: RegionStudy, code: int, place: int | None, fewest: int) -> RegionEffect:
    bare = RegionEffect(
        hypothesis=rows.hypothesis,
        link=rows.link.name,
        region=rows.rows.cluster_names[code],
        effect=None,
        std_error=None,
        pooled=None,
        pooled_low=None,
        pooled_high=None,
        rank_low=None,
        rank_high=None,
        because=_UNKNOWN,
    )
    if place is None:
        return bare
    units, share = int(study.means.units[place]), float(study.means.largest[place])
    if units < fewest or share > LARGEST_SHARE:
        return replace(bare, because=_FEW.format(units=units, share=share))
    pooled = study.pooled
    raw = float(pooled.expected[place] if study.slopes else 0.0) + float(pooled.residual[place])
    low, high = (pooled.low, pooled.high) if study.slopes else (pooled.deviation_low, pooled.deviation_high)
    noise = study.means.variances[place] if study.slopes else pooled.residual_covariance[place, place]
    return replace(
        bare,
        effect=raw,
        std_error=float(np.sqrt(noise)),
        pooled=float((pooled.effects if study.slopes else pooled.deviations)[place]),
        pooled_low=float(low[place]),
        pooled_high=float(high[place]),
        rank_low=int(study.ranks.best[place]),
        rank_high=int(study.ranks.worst[place]),
        because=_SLOPE if study.slopes else _DEVIATION,
    )


def _spread(rows: PrimaryRows, study: RegionStudy) -> RegionSpread:
    return RegionSpread(
        hypothesis=rows.hypothesis,
        link=rows.link.name,
        regions=len(study.regions),
        mean=float(study.pooled.coefficients[0]) if study.slopes else None,
        spread=float(np.sqrt(study.pooled.variance)),
        p_alike=study.alike.p_value,
        because=_SLOPE if study.slopes else f"{_DEVIATION}; afwijkingen zijn gemiddeld nul",
    )


def _no_spread(rows: PrimaryRows, because: str) -> RegionSpread:
    return RegionSpread(
        hypothesis=rows.hypothesis,
        link=rows.link.name,
        regions=0,
        mean=None,
        spread=None,
        p_alike=None,
        because=because,
    )
