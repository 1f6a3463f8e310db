"""Truth: which effects are planted in a simulated twin, and on which scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoeval.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable

Ramp = tuple[tuple[int, float], ...]

TRANSITION_RAMP: Ramp = ((2020, 0.5), (2021, 0.75), (2022, 1.0), (2023, 1.0))
"""Regional plans start in January 2020 and are in full swing from 2022/23."""
PRIMARY_SCHOOL_RAMP: Ramp = ((2022, 1.0), (2023, 1.0))
"""Primary pupils of 2020 reach leerjaar 3 in 2022/23 at the earliest."""
AANLOOP_RAMP: Ramp = ((2018, 0.5), *((year, 1.0) for year in range(2019, 2024)))
"""School money since August 2018; half a year of it in the first school year."""

SUPPORTED = (
    ("regional_dose", "technical_share_entrants"),
    ("dose_line_5_breed", "entrants"),
    ("dose_line_5_po", "entrants"),
    ("dose_line_1", "overlap_profiles"),
    ("aanloop_dose", "investment_per_technical_pupil"),
    ("aanloop_dose", "facility_satisfaction"),
    ("dose_line_2", "shared_facilities"),
    ("dose_line_3", "teacher_fte"),
    ("dose_line_4", "good_prospects_share"),
    ("dose_line_6", "facility_satisfaction"),
    ("dose_line_7", "knowledge_sharing"),
    ("dose_line_8", "share_trained"),
    ("dose_line_8", "share_from_industry"),
    ("dose_line_8", "share_qualified"),
)
"""Pairs of exposure and indicator that the twin can plant."""

FIRST_YEAR_AFTER_COUNT = 2019
"""The regional dose is fixed by the count of 1 October 2018, so nothing it does can come before."""


def _default_ramp(exposure: str) -> Ramp:
    if exposure == "aanloop_dose":
        return AANLOOP_RAMP
    return PRIMARY_SCHOOL_RAMP if exposure == "dose_line_5_po" else TRANSITION_RAMP


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedEffect:
    """One effect: `slope` x exposure x entitlement or technical flag x ramp of the school year.

    The scale is that of the indicator's primary model: share points for shares and survey items, euro
    1,000 for the investment, log-odds of technical against other for entrants, log points for teachers
    and for the expected number of near small pairs. An empty ramp takes the ramp of the exposure; a
    year that a ramp does not name counts zero. Sites without technique have nothing to lose: a negative
    effect on the technical share reaches about half of the pupils.
    """

    exposure: str
    indicator: str
    slope: float
    ramp: Ramp = ()

    def __post_init__(self) -> None:
        if (self.exposure, self.indicator) not in SUPPORTED:
            raise CatalogueError(_unsupported(self.exposure, self.indicator))
        if not self.ramp:
            object.__setattr__(self, "ramp", _default_ramp(self.exposure))
        years = [year for year, weight in self.ramp if weight]
        if len(set(years)) < len(years):
            message = f"ramp of {self.exposure} -> {self.indicator} names a year twice: {years}"
            raise CatalogueError(message)
        self._check_first_year(years)
        if self.indicator == "overlap_profiles" and self.slope * max(dict(self.ramp).values()) > 0:
            message = "overlap_profiles can only fall in the twin: give dose_line_1 a slope of at most zero"
            raise CatalogueError(message)

    def _check_first_year(self, years: list[int]) -> None:
        first = {"aanloop_dose": 2018, "dose_line_5_po": 2022}.get(self.exposure, FIRST_YEAR_AFTER_COUNT)
        if years and min(years) < first:
            message = (
                f"{self.exposure} -> {self.indicator} starts in {min(years)}, before it can act;"
                f" let its ramp start in {first} or later"
            )
            raise CatalogueError(message)

    def at(self, year: int) -> float:
        """Return slope times ramp in a school year, by its start."""
        return self.slope * dict(self.ramp).get(year, 0.0)


def _unsupported(exposure: str, indicator: str) -> str:
    pairs = ", ".join(f"{one} -> {other}" for one, other in SUPPORTED)
    return f"the twin cannot plant {exposure} -> {indicator}; choose one of: {pairs}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The effects that hold in a simulated world; a pair that is not named has no effect."""

    effects: tuple[PlantedEffect, ...]

    def __post_init__(self) -> None:
        pairs = [(effect.exposure, effect.indicator) for effect in self.effects]
        twice = sorted({f"{one} -> {other}" for one, other in pairs if pairs.count((one, other)) > 1})
        if twice:
            message = f"a truth holds one effect for each pair; twice: {', '.join(twice)}"
            raise CatalogueError(message)

    @classmethod
    def none(cls) -> Truth:
        """Return the world in which nothing has an effect."""
        return cls(effects=())

    def slope(self, exposure: str, indicator: str) -> float:
        """Return the planted slope; zero where the pair is supported and not planted."""
        found = self._find(exposure, indicator)
        return found.slope if found else 0.0

    def at(self, exposure: str, indicator: str, year: int) -> float:
        """Return slope times ramp in a school year."""
        found = self._find(exposure, indicator)
        return found.at(year) if found else 0.0

    def true_effect(
        self, exposure: str, indicator: str, years: Iterable[int], *, baseline: Iterable[int] = ()
    ) -> float:
        """Return slope x mean ramp over the outcome years, minus the same over the baseline years.

        Years are start years. Without baseline years nothing is subtracted, which is the estimand
        wherever the baseline lies before the ramp.
        """
        return self._mean(exposure, indicator, tuple(years)) - self._mean(exposure, indicator, tuple(baseline))

    def _mean(self, exposure: str, indicator: str, years: tuple[int, ...]) -> float:
        return sum(self.at(exposure, indicator, year) for year in years) / max(len(years), 1)

    def _find(self, exposure: str, indicator: str) -> PlantedEffect | None:
        if (exposure, indicator) not in SUPPORTED:
            raise CatalogueError(_unsupported(exposure, indicator))
        matching = (one for one in self.effects if (one.exposure, one.indicator) == (exposure, indicator))
        return next(matching, None)


DEFAULT_TRUTH = Truth(
    effects=(
        PlantedEffect(exposure="dose_line_1", indicator="overlap_profiles", slope=-6.0),
        PlantedEffect(exposure="dose_line_2", indicator="shared_facilities", slope=0.8),
        PlantedEffect(exposure="dose_line_3", indicator="teacher_fte", slope=0.0),
        PlantedEffect(exposure="dose_line_4", indicator="good_prospects_share", slope=0.0),
        PlantedEffect(exposure="dose_line_5_breed", indicator="entrants", slope=1.0),
        PlantedEffect(exposure="dose_line_5_po", indicator="entrants", slope=0.0),
        PlantedEffect(exposure="aanloop_dose", indicator="investment_per_technical_pupil", slope=0.2),
        PlantedEffect(exposure="aanloop_dose", indicator="facility_satisfaction", slope=0.06),
        PlantedEffect(exposure="dose_line_7", indicator="knowledge_sharing", slope=-0.8),
        PlantedEffect(exposure="dose_line_8", indicator="share_trained", slope=0.8),
        PlantedEffect(exposure="dose_line_8", indicator="share_from_industry", slope=0.6),
        PlantedEffect(exposure="regional_dose", indicator="technical_share_entrants", slope=0.0),
    )
)
"""Some effects true, some null, and one contrary: knowledge sharing falls."""
