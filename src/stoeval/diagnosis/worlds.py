"""The countries in which the rule is tried: what is true in them, and the norms that hold there.

An effect of one reference size is about what one country shows clearly; effects are planted at multiples of it.
Effects that would move each other's outcomes live in countries of their own. The norms are those of this exercise:
the smallest relevant effect is the reference effect, so that *geen relevant effect* is false at a multiple of one and
beyond, and hardest to avoid at one. The commission's own norms take precedence. Of the two lines of H5, which move one
outcome together, only the one within vmbo is planted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoeval.panel.simulation import PlantedEffect, Truth
from stoeval.vocabulary import Norm

if TYPE_CHECKING:
    from stoeval.vocabulary import Catalogue, Link, Measurement

MULTIPLES = (0.25, 0.5, 1.0)
PROVENANCE = "uitsluitend voor de beproeving van de beslisregel; niet van de begeleidingscommissie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An effect that the twin can plant, and the link that estimates it."""

    exposure: str
    planted: str
    """The indicator as the twin names it."""
    slope: float
    indicator: str
    """The indicator as the link names it."""
    recovered: bool = True
    """Whether the link estimates the slope itself; False where it estimates a part of it, or another unit."""


APART = (
    Reference(exposure="dose_line_2", planted="shared_facilities", slope=0.5, indicator="shared_facilities"),
    Reference(exposure="dose_line_3", planted="teacher_fte", slope=1.2, indicator="teacher_fte"),
    Reference(exposure="dose_line_4", planted="good_prospects_share", slope=1.0, indicator="good_prospects_share"),
    Reference(
        exposure="aanloop_dose",
        planted="investment_per_technical_pupil",
        slope=0.2,
        indicator="investment_per_technical_pupil",
    ),
    Reference(exposure="dose_line_6", planted="facility_satisfaction", slope=0.6, indicator="facility_satisfaction"),
    Reference(exposure="dose_line_7", planted="knowledge_sharing", slope=0.5, indicator="knowledge_sharing"),
    Reference(exposure="dose_line_8", planted="share_trained", slope=0.8, indicator="share_trained"),
    Reference(exposure="dose_line_8", planted="share_from_industry", slope=0.6, indicator="share_from_industry"),
    Reference(exposure="dose_line_8", planted="share_qualified", slope=0.6, indicator="share_qualified"),
)
CHOICES = (
    Reference(
        exposure="regional_dose",
        planted="technical_share_entrants",
        slope=0.1,
        indicator="entrants_share_by_leerweg",
    ),
    Reference(
        exposure="regional_dose",
        planted="technical_share_entrants",
        slope=0.1,
        indicator="technical_share_entrants",
        recovered=False,
    ),
)
"""The slope goes by entitlement, so that over all leerwegen less than the slope is seen."""
SUPPLY = (
    Reference(exposure="dose_line_1", planted="overlap_profiles", slope=-9.0, indicator="overlap_profiles"),
    Reference(
        exposure="dose_line_5_breed", planted="entrants", slope=3.0, indicator="entrants_by_group", recovered=False
    ),
)
"""The twin plants on entrants what has come about in a year; their link asks for the effect of a year of exposure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true in a country: nothing, or effects of a multiple of their reference size."""

    multiple: float
    references: tuple[Reference, ...] = ()

    @property
    def truth(self) -> Truth:
        """The effects of this world."""
        slopes = {(one.exposure, one.planted): one.slope * self.multiple for one in self.references}
        return Truth(
            effects=tuple(
                PlantedEffect(exposure=exposure, indicator=planted, slope=slope)
                for (exposure, planted), slope in slopes.items()
                if slope
            )
        )

    def hypotheses(self, catalogue: Catalogue) -> tuple[int, ...]:
        """Return the hypotheses of which this world says something: all without effects, else those it plants."""
        planted = {(one.exposure, one.indicator) for one in self.references}
        return tuple(
            hypothesis.number
            for hypothesis in catalogue.hypotheses
            if not planted or planted & {(link.cause.name, link.effect.name) for link in hypothesis.primary}
        )

    def true_effect(self, link: Link, measurement: Measurement) -> float | None:
        """Return what a link should find at a measurement; None where this world does not say."""
        if not self.multiple:
            return 0.0
        ends = (link.cause.name, link.effect.name)
        found = next((one for one in self.references if (one.exposure, one.indicator) == ends), None)
        if found is None or not found.recovered:
            return None
        window = measurement.window(link.timing)
        outcome, baseline = ([year.start for year in years] for years in (window.outcome, window.baseline))
        return self.truth.true_effect(found.exposure, found.planted, outcome, baseline=baseline)


NOTHING = World(multiple=0.0)


def planted_worlds(multiples: tuple[float, ...] = MULTIPLES) -> tuple[World, ...]:
    """Return the worlds with effects, at every multiple those that leave each other's outcomes alone together."""
    return tuple(
        World(multiple=multiple, references=together)
        for multiple in multiples
        for together in ((*APART, *CHOICES), SUPPLY)
    )


def with_norms(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the norms of this exercise for primary indicators that have none."""
    sizes: dict[str, float] = {}
    for one in (*APART, *CHOICES, *SUPPLY):
        sizes[one.indicator] = min(abs(one.slope), sizes.get(one.indicator, abs(one.slope)))
    own = {norm.indicator for norm in catalogue.norms if norm.smallest_relevant_effect is not None}
    declared = {one.name for one in catalogue.indicators}
    added = tuple(
        Norm(
            indicator=indicator,
            smallest_relevant_effect=size,
            non_inferiority_margin=None,
            provenance=PROVENANCE,
        )
        for indicator, size in sizes.items()
        if indicator in declared - own
    )
    kept = tuple(norm for norm in catalogue.norms if norm.indicator not in {one.indicator for one in added})
    return replace(catalogue, norms=(*kept, *added))
