"""For whom: the effect of each primary link in every category of the registered moderators.

One regression a link and moderator, on the years of the window: the model of the link's own design, with the dose
times year times category in place of the dose times year,

    ... + sum over c of sum over s of b_sc D_i 1[c(i) = c] 1[t = s] + sum over c, s of m_sc 1[c(i) = c] 1[t = s]

so that categories may develop differently for reasons of their own. The input of the formula times year is common to
the categories: by category it would leave most of them without a contrast. Standard errors are CRV3 over all regions,
against t with as many degrees of freedom as the category has regions, less one. That effects are alike is tested by
Wald's F on the smallest of these, and adjusted over the moderators of the link by Holm.

Moderators were not assigned. That an effect differs between categories does not say that the category makes it
differ, so no row claims more than class C. A category needs ten regions, and as many as five of equal weight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.clustering import Covariance, contrast, crv3, wald
from stoeval.inference.leverage import effective_clusters
from stoeval.inference.multiplicity import holm
from stoeval.inference.regression import solve
from stoeval.panel.circumstances import circumstance
from stoeval.synthesis.primary_rows import primary_rows
from stoeval.vocabulary import IdentificationClass, Moderation, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.designs.reporting import DoseQuestion
    from stoeval.inference.clustering import Contrast
    from stoeval.inference.least_squares import Fit
    from stoeval.synthesis.primary_rows import PrimaryRows
    from stoeval.vocabulary import Catalogue, Floats, Integers, Measurement, Moderator, MonitorPanel, Result

FEWEST_REGIONS = 10
FEWEST_EFFECTIVE = 5.0
"""Below so many regions of equal weight no test by regions keeps its size (docs/explanation/size_and_coverage.md)."""
HIGHEST = IdentificationClass.C
_HOW = "dosis x jaar per omstandigheid in een model; CRV3 over regio's"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InCategory:
    """The effect in one category, or why there is none."""

    category: str
    n_units: int
    n_clusters: int
    effect: Contrast | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderated:
    """The effects in all categories of one moderator, and the test that they are alike."""

    each: tuple[InCategory, ...]
    p_difference: float | None


def moderations(
    panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, results: Sequence[Result]
) -> tuple[Moderation, ...]:
    """Return the effect of every primary link in every category of the registered moderators."""
    found: list[Moderation] = []
    for rows in primary_rows(panel, measurement, catalogue, results):
        answers = [(one, _answer(panel, measurement, rows, one)) for one in catalogue.moderators]
        tested = [answer.p_difference for _, answer in answers if answer.p_difference is not None]
        adjusted = iter(holm(tested))
        for moderator, answer in answers:
            p_adjusted = None if answer.p_difference is None else next(adjusted)
            found += _records(rows, moderator, answer, p_adjusted)
    return tuple(found)


def _records(rows: PrimaryRows, moderator: Moderator, answer: Moderated, p_adjusted: float | None) -> list[Moderation]:
    """Return one record a category."""
    return [
        Moderation(
            hypothesis=rows.hypothesis,
            link=rows.link.name,
            moderator=moderator.name,
            category=one.category,
            effect=None if one.effect is None else one.effect.effect,
            std_error=None if one.effect is None else one.effect.std_error,
            ci_low=None if one.effect is None else one.effect.ci_low,
            ci_high=None if one.effect is None else one.effect.ci_high,
            n_units=one.n_units,
            n_clusters=one.n_clusters,
            p_difference=answer.p_difference,
            p_adjusted=p_adjusted,
            identification_class=str(rows.finding.identification_class.at_most(HIGHEST)),
            because=one.because,
        )
        for one in answer.each
    ]


def _answer(panel: MonitorPanel, measurement: Measurement, rows: PrimaryRows, moderator: Moderator) -> Moderated:
    """Return the effects of one link in the categories of one moderator, or why there are none."""
    if not rows.asks_of_dose:
        return _without(moderator, "het ontwerp van de schakel is geen regressie op een dosis")
    categories = circumstance(panel, moderator, rows.link, measurement)
    if isinstance(categories, Untestable):
        return _without(moderator, categories.reason)
    names = tuple(value for value, _, _ in moderator.categories)
    rank = {name: position for position, name in enumerate(names)}
    by_leerweg = categories.index.name == "leerweg"
    if by_leerweg and (rows.rows.entitlement > 0).all():
        return _without(
            moderator, "elke leerweg van deze uitkomst heeft recht op middelen; er is er geen om mee te vergelijken"
        )
    known = rows.groups if by_leerweg else rows.rows.cluster_names
    lookup = np.array([rank.get(str(categories.get(one)), -1) for one in known], dtype=np.int64)
    category = lookup[rows.rows.group if by_leerweg else rows.rows.cluster]
    if by_leerweg:
        # Rows without entitlement carry no dose: they are the comparison of every leerweg.
        category = np.where((category < 0) & (rows.rows.entitlement == 0), len(names), category)
    return by_category(rows, category, names)


def _without(moderator: Moderator, reason: str) -> Moderated:
    each = tuple(
        InCategory(category=value, n_units=0, n_clusters=0, effect=None, because=reason)
        for value, _, _ in moderator.categories
    )
    return Moderated(each=each, p_difference=None)


def by_category(
    rows: PrimaryRows, category: Integers, names: Sequence[str], *, fewest_regions: int = FEWEST_REGIONS
) -> Moderated:
    """Return the effect in each category of rows; a code (n,) beyond the names is the comparison of all.

    Rows with a negative code are left out, and so are those of a category with fewer regions than `fewest_regions`.
    """
    counts = [_counts(rows, category == code) for code in range(len(names))]
    kept = [code for code, (_, regions) in enumerate(counts) if regions >= fewest_regions]
    keep = np.flatnonzero(np.isin(category, [*kept, len(names)]))
    found: dict[int, Contrast | str] = {}
    p_difference = None
    if kept:
        try:
            asked = rows.ask(keep)
            fit, weights = _interacted(asked, category[keep], kept)
            found, p_difference = _effects(fit, weights, {code: counts[code][1] for code in kept})
        except NotIdentified as error:
            found = dict.fromkeys(kept, f"niet te schatten per omstandigheid: {error}")
    each = []
    for code, name in enumerate(names):
        few = f"{counts[code][1]} regio's in deze omstandigheid; er zijn er ten minste {fewest_regions} nodig"
        answer = found.get(code, few)
        effect = None if isinstance(answer, str) else answer
        because = answer if isinstance(answer, str) else f"{_HOW}, t({answer.df:.0f})"
        units, regions = counts[code]
        each.append(InCategory(category=name, n_units=units, n_clusters=regions, effect=effect, because=because))
    return Moderated(each=tuple(each), p_difference=p_difference)


def _rests_on(carried: float) -> str:
    """Say on how few regions an effect rests; rounded down, so that it never reads as enough."""
    shown = f"{np.floor(10 * carried) / 10:.1f}".replace(".", ",")
    return f"het effect rust op {shown} regio's van gelijk gewicht; er zijn er {FEWEST_EFFECTIVE:.0f} nodig"


def _counts(rows: PrimaryRows, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, int]:
    """Return how many units and regions have rows in a category."""
    return len(np.unique(rows.rows.unit[chosen])), len(np.unique(rows.rows.cluster[chosen]))


def _interacted(asked: DoseQuestion, category: Integers, kept: Sequence[int]) -> tuple[Fit, dict[int, Floats]]:
    """Return the fit with the dose by category, and the combination that is the effect in each."""
    own, one = asked.spread(asked.sample.dose), asked.spread(np.ones(len(category)))
    inside = {code: (category == code)[:, None] for code in kept}
    trends = [one * inside[code] for code in kept[1:]]
    controls = [part for part in (asked.regression.controls, *trends) if part is not None]
    regression = replace(asked.regression, controls=np.hstack(controls) if controls else None)
    names = [f"{name} in {code}" for code in kept for name in asked.names]
    fit = solve(regression, np.hstack([own * inside[code] for code in kept]), names)
    combination = asked.years.combination(asked.estimand.window)
    places: Floats = np.kron(np.eye(len(kept)), combination).astype(np.float64)
    return fit, dict(zip(kept, places, strict=True))


def _effects(
    fit: Fit, weights: dict[int, Floats], regions: dict[int, int]
) -> tuple[dict[int, Contrast | str], float | None]:
    """Return the effect in each category or why there is none, and the p-value that those that exist are alike."""
    covariance = crv3(fit)
    found: dict[int, Contrast | str] = {}
    for code, combination in weights.items():
        direction = fit.bread[:, : fit.k] @ combination
        carried = effective_clusters(np.einsum("i,gij,j->g", direction, fit.cluster_gram, direction))
        if carried < FEWEST_EFFECTIVE:
            found[code] = _rests_on(carried)
            continue
        found[code] = contrast(fit.coefficients, replace(covariance, df=regions[code] - 1), combination)
    told = [code for code, answer in found.items() if not isinstance(answer, str)]
    if len(told) < 2:
        return found, None
    between = np.array([weights[code] - weights[told[0]] for code in told[1:]])
    df = min(regions[code] for code in told) - 1
    matrix = Covariance(matrix=between @ covariance.matrix @ between.T, df=df, convention=covariance.convention)
    return found, wald(between @ fit.coefficients, matrix, list(range(len(between)))).p_value
