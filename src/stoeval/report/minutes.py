"""The first page: warnings, and in five minutes what was found, how sure that is and what could not be known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stoeval.report.across import separable
from stoeval.report.edition import cautious
from stoeval.report.findings import certainty, finding_sentence
from stoeval.report.model import Banner, Passage, Text
from stoeval.report.wording import sentence
from stoeval.vocabulary import Conclusion, IdentificationClass

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import MeasuredRun

CAUSAL = (IdentificationClass.A, IdentificationClass.B)


def banners(edition: Edition) -> tuple[Banner, ...]:
    """Return a warning for every kind of run that says nothing about STO."""
    say = edition.wording.say
    return tuple(
        Banner(
            heading=say(f"banner.{status}_heading"),
            text=say(f"banner.{status}_text", regions=edition.wording.name("regions", regions)),
        )
        for status, regions in cautious(edition.runs)
    )


def minutes(edition: Edition) -> tuple[Passage, ...]:
    """Return what was found, how sure that is and what could not be known."""
    say, last = edition.wording.say, edition.runs[-1]
    clear = tuple(Text(words=words) for words in _clear_findings(last, edition))
    counts = [_counts(run, edition) for run in edition.runs]
    if last.decisive:
        counts.append(say("minutes.clear" if clear else "minutes.no_clear", measurement=edition.within(last)))
    else:
        counts += _others(last, edition)
    return (
        Passage(heading=say("heading.found"), paragraphs=tuple(counts), points=clear),
        Passage(heading=say("heading.certainty"), paragraphs=_certainty(edition)),
        _unknown(edition),
    )


def _counts(run: MeasuredRun, edition: Edition) -> str:
    wording = edition.wording
    counted = Counter(row.conclusion for row in run.verdicts)
    parts = [
        wording.say("minutes.count_part", count=counted[one], conclusion=wording.name("conclusion", one.value))
        for one in Conclusion
        if counted[one]
    ]
    return wording.say(
        "minutes.counts",
        measurement=edition.within(run),
        total=wording.numeral(len(run.verdicts)),
        parts=wording.listing(parts),
    )


def _others(run: MeasuredRun, edition: Edition) -> list[str]:
    """Say that there is no deciding estimate, and what the others are and cannot do."""
    wording, measurement = edition.wording, edition.within(run)
    said = [wording.say("minutes.none_decisive", measurement=measurement)]
    rows = [row for row in run.estimates if row.role != "primary"]
    if not rows:
        return said
    prefix = str(wording.texts["label"]["hypothesis_short"])
    letter = min(row.identification_class.value for row in rows)
    moved = [row for row in rows if certainty(row, run.measurement.alpha) == "clear"]
    others = wording.counted(
        "minutes.others",
        len(rows),
        measurement=measurement,
        hypotheses=wording.listing([f"{prefix}{number}" for number in sorted({row.hypothesis for row in rows})]),
        letter=letter,
        word=wording.name("class_word", letter),
    )
    letters = wording.listing(sorted({row.identification_class.value for row in moved}))
    clear = wording.counted("minutes.others_clear", len(moved), letters=letters) if moved else ""
    parts = (others, sentence(clear) or wording.say("minutes.others_unclear"), wording.say("minutes.others_decide"))
    return [*said, " ".join(parts)]


def _clear_findings(run: MeasuredRun, edition: Edition) -> list[str]:
    alpha = run.measurement.alpha
    prefix = edition.wording.texts["label"]["hypothesis_short"]
    return [
        f"{prefix}{row.hypothesis} · {finding_sentence(row, row.identification_class, alpha, edition)}"
        for row in run.decisive
        if certainty(row, alpha) == "clear"
    ]


def _certainty(edition: Edition) -> tuple[str, ...]:
    wording = edition.wording
    paragraphs = _classes_reached(edition)
    classes = [row.identification_class for run in edition.runs for row in run.decisive]
    causal = sum(one in CAUSAL for one in classes)
    key = "minutes.some_effect_word" if causal else "minutes.no_effect_word" if classes else "minutes.no_estimate_word"
    paragraphs.append(wording.say(key, count=wording.numeral(causal), total=wording.numeral(len(classes))))
    thin = [_power(run, edition) for run in edition.runs if run.decisive]
    if any(abs(row.effect) < row.mde for run in edition.runs for row in run.decisive):
        thin.append(wording.say("minutes.power_warning"))
    return (*paragraphs, " ".join(thin)) if thin else tuple(paragraphs)


def _classes_reached(edition: Edition) -> list[str]:
    """Say the strongest class of each measurement, those with the same class together."""
    wording = edition.wording
    by_letter: dict[str, list[str]] = {}
    for run in edition.runs:
        best = min((row.identification_class.value for row in run.decisive), default="")
        named = wording.say("minutes.the", measurement=edition.within(run))
        by_letter.setdefault(best, []).append(named)
    said = []
    for letter, together in by_letter.items():
        measurements = wording.listing(together)
        word = wording.name("class_word", letter)
        key = "minutes.class_reached" if letter else "minutes.class_none"
        said.append(wording.say(key, measurements=measurements, letter=letter, word=word))
    return said


def _power(run: MeasuredRun, edition: Edition) -> str:
    wording, measurement = edition.wording, edition.within(run)
    rows = run.decisive
    thin = sum(abs(row.effect) < row.mde for row in rows)
    if thin == 0:
        return wording.say("minutes.power_none", measurement=measurement)
    total = wording.numeral(len(rows))
    return wording.counted("minutes.power", thin, measurement=measurement, total=total)


def _unknown(edition: Edition) -> Passage:
    wording, last = edition.wording, edition.runs[-1]
    paragraphs = [*separable(edition), " ".join(_untestable(run, edition) for run in edition.runs)]
    waiting = Counter(delivery for row in last.links if not row.testable for delivery in row.deliveries)
    if waiting:
        paragraphs.append(wording.say("minutes.waiting", measurement=edition.within(last)))
    ordered = sorted(waiting.items(), key=lambda item: (-item[1], item[0]))
    points = [
        wording.counted("minutes.delivery", count, delivery=wording.name("delivery", delivery))
        for delivery, count in ordered
    ]
    return Passage(
        heading=wording.say("heading.unknown"),
        paragraphs=tuple(paragraphs),
        points=tuple(Text(words=sentence(point)) for point in points),
    )


def _untestable(run: MeasuredRun, edition: Edition) -> str:
    wording, measurement = edition.wording, edition.within(run)
    closed = sum(not row.testable for row in run.links)
    total = wording.numeral(len(run.links))
    if closed == 0:
        return wording.say("minutes.untestable_none", measurement=measurement, total=total)
    return wording.counted("minutes.untestable", closed, measurement=measurement, total=total)
