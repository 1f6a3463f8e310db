"""What every part of one report shares: its words, its catalogue, its runs and the reader's units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoeval.report.model import Text
from stoeval.vocabulary import Timing

if TYPE_CHECKING:
    from stoeval.report.stored import EstimateRow, MeasuredRun, PeriodRow
    from stoeval.report.wording import Wording
    from stoeval.vocabulary import Catalogue, Exposure, Hypothesis, Indicator, Link, SchoolYear, Window

SCALES = {"share": 100.0}
"""A reader sees shares as percentages and their differences in percentage points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One report in the making."""

    wording: Wording
    catalogue: Catalogue
    runs: tuple[MeasuredRun, ...]

    def measurement(self, run: MeasuredRun) -> str:
        """Name a run by its measurement, and by what counts as technical where that differs."""
        name = self.wording.name("measurement", run.measurement.phase.value)
        if len({one.facts.technical for one in self.runs}) == 1:
            return name
        technical = run.facts.technical
        return self.wording.say("measurement.with_technical", measurement=name, technical=technical)

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

    def link(self, hypothesis: Hypothesis, name: str) -> Link | None:
        """Return a link of a hypothesis by name."""
        return next((link for link in hypothesis.links if link.name == name), None)

    def unit(self, unit: str) -> str:
        """Return a unit in words: the outcome's, then the exposure's."""
        head = _head(unit, tuple(self.wording.texts["unit"]))
        rest = unit.removeprefix(head).strip()
        known = [self.wording.name("unit", part) for part in (head, rest) if part]
        return " ".join(known)

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
        """Return the note that captions of simulated or stand-in numbers carry."""
        notes = [
            self.wording.say(f"banner.{status}_caption", regions=self.wording.name("regions", regions))
            for status, regions in cautious(runs)
        ]
        return " ".join(notes)

    def caption(self, text: str, runs: tuple[MeasuredRun, ...]) -> str:
        """Add the note of simulated or stand-in numbers to a caption."""
        return f"{text.rstrip('.')}. {self.caution(runs)}".strip()


def cautious(runs: tuple[MeasuredRun, ...]) -> list[tuple[str, str]]:
    """Return status and regions of the runs that say nothing about STO, each once."""
    found = [(run.facts.status, run.facts.regions) for run in runs if run.facts.status != "real"]
    return list(dict.fromkeys(found))


def scale_of(unit: str) -> float:
    """Return what turns a number in a stored unit into the reader's."""
    return SCALES.get(_head(unit, tuple(SCALES)), 1.0)


def for_reader(row: EstimateRow) -> EstimateRow:
    """Return an estimate in the reader's unit; its baseline mean stays in the outcome's."""
    scale = scale_of(row.unit)
    return replace(
        row,
        effect=row.effect * scale,
        std_error=row.std_error * scale,
        ci_low=row.ci_low * scale,
        ci_high=row.ci_high * scale,
        mde=row.mde * scale,
        bound_low=None if row.bound_low is None else row.bound_low * scale,
        bound_high=None if row.bound_high is None else row.bound_high * scale,
    )


def period_for_reader(row: PeriodRow, scale: float) -> PeriodRow:
    """Return a year of an event study in the reader's unit."""
    return replace(
        row,
        effect=row.effect * scale,
        std_error=row.std_error * scale,
        ci_low=row.ci_low * scale,
        ci_high=row.ci_high * scale,
    )


def _head(unit: str, heads: tuple[str, ...]) -> str:
    fitting = [head for head in heads if unit == head or unit.startswith(f"{head} ")]
    return max(fitting, key=len, default=unit)
