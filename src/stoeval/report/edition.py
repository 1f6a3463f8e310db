"""What every part of one report shares: its words, its catalogue, its runs and the reader's units."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoeval.report.model import Text
from stoeval.report.units import LOG_POINTS, OUTCOMES, reading_scale, split_unit
from stoeval.vocabulary import Indicator, Timing

if TYPE_CHECKING:
    from stoeval.diagnosis.characteristics import OperatingCharacteristic
    from stoeval.report.stored import EstimateRow, MeasuredRun, PeriodRow, RobustnessRow
    from stoeval.report.wording import Wording
    from stoeval.vocabulary import Catalogue, Exposure, Hypothesis, Link, SchoolYear, Window

LARGEST_FACTOR = 100.0
"""A change beyond this factor is not given a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One report in the making."""

    wording: Wording
    catalogue: Catalogue
    runs: tuple[MeasuredRun, ...]
    characteristics: tuple[OperatingCharacteristic, ...] = ()
    """How often the decision rule is wrong, under any catalogue."""

    def measurement(self, run: MeasuredRun) -> str:
        """Name a run by its measurement, and by what counts as technical where that differs."""
        name = self.wording.name("measurement", run.measurement.phase.value)
        if len({one.facts.technical for one in self.runs}) == 1:
            return name
        technical = run.facts.technical
        return self.wording.say("measurement.with_technical", measurement=name, technical=technical)

    @property
    def every_measurement(self) -> str:
        """Name all runs together."""
        return self.wording.say("measurement.both" if len(self.runs) == 2 else "measurement.all")

    def within(self, run: MeasuredRun) -> str:
        """Name a run inside a sentence."""
        name = self.measurement(run)
        return name[:1].lower() + name[1:]

    def label(self, name: str) -> str:
        """Return the label of an indicator or exposure, or its name where the catalogue has none."""
        noun = self.nouns.get(name)
        return self.wording.label(noun) if noun else name

    @property
    def nouns(self) -> dict[str, Indicator | Exposure]:
        """All indicators and exposures by name."""
        nouns: dict[str, Indicator | Exposure] = {}
        for exposure in self.catalogue.exposures:
            nouns |= {one.name: one for one in (*exposure.placebos, exposure)}
        nouns |= {indicator.name: indicator for indicator in self.catalogue.indicators}
        for hypothesis in self.catalogue.hypotheses:
            nouns |= {noun.name: noun for link in hypothesis.links for noun in (link.cause, link.effect)}
        return nouns

    def quoted(self, label: str) -> str:
        """Set a label apart inside a sentence."""
        return self.wording.say("label.quoted", words=label)

    def dutch(self, words: str) -> Text:
        """Mark words that the catalogue or a run has in Dutch only."""
        return Text(words=words, language="" if self.wording.language == "nl" else "nl")

    def link(self, row: EstimateRow) -> Link | None:
        """Return the link of an estimate, None where the catalogue has none of that name."""
        links = (link for one in self.catalogue.hypotheses if one.number == row.hypothesis for link in one.links)
        return next((link for link in links if link.name == row.link), None)

    def unit(self, row: EstimateRow) -> str:
        """Return the reader's unit in words: the outcome's, then that of the exposure or of the causing indicator."""
        outcome, exposure = split_unit(row.unit)
        known = [self.wording.name("unit", part) for part in (outcome, exposure) if part]
        cause = self._cause_unit(row)
        return " ".join([*known, self.wording.name("unit_of_cause", cause)] if cause else known)

    def shown(self, row: EstimateRow) -> EstimateRow:
        """Return an estimate in the reader's unit; its baseline mean stays in the outcome's."""
        scale = self._scale(row)
        return replace(
            row,
            effect=row.effect * scale,
            std_error=row.std_error * scale,
            ci_low=row.ci_low * scale,
            ci_high=row.ci_high * scale,
            mde=row.mde * scale,
            bound_low=_times(row.bound_low, scale),
            bound_high=_times(row.bound_high, scale),
        )

    def shown_year(self, year: PeriodRow, row: EstimateRow) -> PeriodRow:
        """Return a year of an estimate in the reader's unit."""
        scale = self._scale(row)
        return replace(
            year,
            effect=year.effect * scale,
            std_error=year.std_error * scale,
            ci_low=year.ci_low * scale,
            ci_high=year.ci_high * scale,
            band_low=_times(year.band_low, scale),
            band_high=_times(year.band_high, scale),
        )

    def shown_robustness(self, found: RobustnessRow, row: EstimateRow) -> RobustnessRow:
        """Return the second opinion on an estimate in the reader's unit."""
        scale = self._scale(row)
        return replace(
            found,
            wild_low=_times(found.wild_low, scale),
            wild_high=_times(found.wild_high, scale),
            leave_out_low=_times(found.leave_out_low, scale),
            leave_out_high=_times(found.leave_out_high, scale),
            equivalence_bound=_times(found.equivalence_bound, scale),
        )

    def baseline(self, row: EstimateRow) -> str:
        """Write the mean of the outcome in the baseline years."""
        mean, numbers = self._baseline(row), self.wording.numbers
        return (
            numbers.fixed(mean, 1) + numbers.percent
            if self._outcome_unit(row) == "share"
            else numbers.significant(mean)
        )

    def place(self, row: EstimateRow) -> str:
        """Say what an average change is taken over: the level of the outcome and, of groups, those that count."""
        noun = self.nouns.get(row.outcome)
        return self.wording.name("place", noun.level.value) if isinstance(noun, Indicator) else ""

    def detectable(self, row: EstimateRow) -> tuple[str, str]:
        """Write the minimum detectable effect, and what it comes to where the number alone does not say so."""
        shown, numbers, note = self.shown(row), self.wording.numbers, ""
        if split_unit(row.unit)[0] == LOG_POINTS:
            beyond = shown.mde >= math.log(LARGEST_FACTOR)
            factor = LARGEST_FACTOR if beyond else math.exp(shown.mde)
            key = "detectable.factor_beyond" if beyond else "detectable.factor"
            note = self.wording.say(key, factor=numbers.fixed(factor, 2 if factor < 10 else 0))
        elif shown.mde > self._baseline(row) > 0:
            note = self.wording.say("detectable.beyond_baseline", baseline=self.baseline(row))
        return numbers.estimate(shown.mde, shown.std_error), note

    def _outcome_unit(self, row: EstimateRow) -> str:
        noun = self.nouns.get(row.outcome)
        return noun.unit if noun else ""

    def _baseline(self, row: EstimateRow) -> float:
        return row.baseline_mean * OUTCOMES.get(self._outcome_unit(row), 1.0)

    def _cause_unit(self, row: EstimateRow) -> str:
        cause = self.nouns.get(row.exposure)
        return cause.unit if isinstance(cause, Indicator) else ""

    def _scale(self, row: EstimateRow) -> float:
        return reading_scale(row.unit, self._cause_unit(row))

    def row_of(self, run: MeasuredRun, hypothesis: int, link: str) -> EstimateRow | None:
        """Return the estimate of a link, None where there is none."""
        return next((row for row in run.estimates if (row.hypothesis, row.link) == (hypothesis, link)), None)

    def reading(self, row: EstimateRow) -> float:
        """Return what turns a number in the stored unit of an estimate into the reader's."""
        return self._scale(row)

    def title(self, hypothesis: Hypothesis) -> str:
        """Return the short title of a hypothesis."""
        plain = hypothesis.slug.replace("_", " ").replace("-", " ")
        return str(self.wording.texts["title"].get(hypothesis.slug, plain[:1].upper() + plain[1:]))

    def window(self, run: MeasuredRun, link: Link | None) -> Window:
        """Return the window of a link, or that of stocks where the link is unknown."""
        windows = dict(run.measurement.windows)
        timing = link.timing if link else Timing.STOCK
        return windows.get(timing, run.measurement.windows[0][1])

    def years(self, years: tuple[SchoolYear, ...]) -> str:
        """Write school years as a list, or as a mean of several."""
        listed = self.wording.listing([str(year) for year in years])
        return self.wording.say("report.mean_of", years=listed) if len(years) > 1 else listed

    def caution(self, runs: tuple[MeasuredRun, ...]) -> str:
        """Return the notes that captions of simulated, stand-in or provisional numbers carry."""
        notes = [
            self.wording.say(f"banner.{status}_caption", regions=self.wording.name("regions", regions))
            for status, regions in cautious(runs)
        ]
        years = dict.fromkeys(year for run in runs for year in run.facts.provisional)
        if years:
            notes.append(self.wording.say("banner.provisional_caption", years=self.wording.listing(list(years))))
        return " ".join(notes)

    def caption(self, text: str, runs: tuple[MeasuredRun, ...]) -> str:
        """Add the notes of simulated, stand-in or provisional numbers to a caption."""
        return f"{text.rstrip('.')}. {self.caution(runs)}".strip()


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def cautious(runs: tuple[MeasuredRun, ...]) -> list[tuple[str, str]]:
    """Return status and regions of the runs that say nothing about STO, each once."""
    found = [(run.facts.status, run.facts.regions) for run in runs if run.facts.status != "real"]
    return list(dict.fromkeys(found))
