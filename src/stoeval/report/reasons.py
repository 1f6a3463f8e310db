"""Why something is what it is, in the reader's language, with labels for names of links, and said once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from stoeval.report.model import Because, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoeval.report.edition import Edition
    from stoeval.report.stored import VerdictRow
    from stoeval.vocabulary import Hypothesis

REASON = re.compile(r"(?P<head>[^:]+?)(: (?P<names>[\w, -]+?)( \((?P<why>.+)\))?)?", re.DOTALL)
APART = "; "


def reasons(verdict: VerdictRow, hypothesis: Hypothesis, edition: Edition) -> tuple[Text, ...]:
    """Return the reasons of a verdict; what has no translation stays Dutch and is marked as such."""
    names = {link.name for link in hypothesis.links}
    pairs = [words.partition(": ") for words in verdict.reasons]
    by_reason: dict[tuple[Text, ...], list[str]] = {}
    for name, _, why in pairs:
        if name in names:
            by_reason.setdefault(absences(why, edition), []).append(name)
    said = [text for parts, links in by_reason.items() for text in _of_links(links, parts, hypothesis, edition)]
    others = [words for words, (name, _, _) in zip(verdict.reasons, pairs, strict=True) if name not in names]
    return (*said, *(text for words in others for text in _other(words, hypothesis, edition)))


def absences(why: str, edition: Edition) -> tuple[Text, ...]:
    """Return the parts of the reason why a link cannot be tested."""
    return tuple(_absence(part, edition) for part in why.split(APART) if part)


def said_once(said: Sequence[tuple[str, tuple[Text, ...]]], together: str) -> tuple[Because, ...]:
    """Return what all measurements say under one name, then what is said at one of them only."""
    if len(said) < 2:
        return tuple(Because(measurement=name, reasons=texts) for name, texts in said if texts)
    common = tuple(text for text in said[0][1] if all(text in texts for _, texts in said))
    own = [(name, tuple(text for text in texts if text not in common)) for name, texts in said]
    return tuple(Because(measurement=name, reasons=texts) for name, texts in [(together, common), *own] if texts)


def _of_links(names: list[str], parts: tuple[Text, ...], hypothesis: Hypothesis, edition: Edition) -> tuple[Text, ...]:
    """Say what keeps links from being tested, naming their outcomes where it does not keep all primary links."""
    if set(names) >= {link.name for link in hypothesis.primary}:
        return parts
    said = joined(parts)
    return (Text(words=f"{_outcomes(names, hypothesis, edition)}: {said.words}", language=said.language),)


def joined(parts: tuple[Text, ...]) -> Text:
    """Return parts as one text, in Dutch where any of them is left in Dutch."""
    return Text(
        words=APART.join(part.words for part in parts),
        language=next((part.language for part in parts if part.language), ""),
    )


def _other(words: str, hypothesis: Hypothesis, edition: Edition) -> list[Text]:
    known = edition.wording.texts["because"]
    if words in known:
        return [Text(words=str(known[words]))]
    found = REASON.fullmatch(words)
    names = found["names"].split(", ") if found and found["names"] else []
    if not found or found["head"] not in known or not names or not set(names) <= {one.name for one in hypothesis.links}:
        return [edition.dutch(words)]
    said = [Text(words=f"{known[found['head']]}: {_outcomes(names, hypothesis, edition)}")]
    return [*said, *absences(found["why"], edition)] if found["why"] else said


def _outcomes(names: Iterable[str], hypothesis: Hypothesis, edition: Edition) -> str:
    labels = {link.name: edition.wording.label(link.effect) for link in hypothesis.links}
    return edition.wording.listing([edition.quoted(label) for label in dict.fromkeys(labels[name] for name in names)])


def _absence(words: str, edition: Edition) -> Text:
    for pattern, text in edition.wording.texts["absence"].items():
        found = _pattern(pattern).fullmatch(words)
        if found:
            values = {name: edition.wording.listing(value.split(", ")) for name, value in found.groupdict().items()}
            return Text(words=str(text).format(**values))
    return edition.dutch(words)


@lru_cache(maxsize=64)
def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern that reads the values of a template such as `gemeten in {years}`."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(template)), re.DOTALL)
