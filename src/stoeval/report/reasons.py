"""Why a verdict is what it is, in the reader's language and with labels for names of links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stoeval.report.model import Text

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import VerdictRow
    from stoeval.vocabulary import Hypothesis

REASON = re.compile(r"(?P<head>[^:]+?)(: (?P<names>[\w, -]+?)( \((?P<why>.+)\))?)?", re.DOTALL)


def reasons(verdict: VerdictRow, hypothesis: Hypothesis, edition: Edition) -> tuple[Text, ...]:
    """Return the reasons of a verdict; what has no translation stays Dutch and is marked as such."""
    return tuple(part for words in verdict.reasons for part in _parts(words, hypothesis, edition))


def _parts(words: str, hypothesis: Hypothesis, edition: Edition) -> list[Text]:
    dutch = {link.name: link.effect.label for link in hypothesis.links}
    labels = {link.name: edition.wording.label(link.effect) for link in hypothesis.links}
    known = edition.wording.texts["because"]
    name, _, rest = words.partition(": ")
    if words in known:
        return [Text(words=str(known[words]))]
    if name in dutch:
        return [edition.dutch(f"{edition.quoted(dutch[name])}: {rest}")]
    found = REASON.fullmatch(words)
    names = found["names"].split(", ") if found and found["names"] else []
    if not found or found["head"] not in known or not names or not set(names) <= set(labels):
        return [edition.dutch(words)]
    listed = edition.wording.listing([edition.quoted(labels[one]) for one in dict.fromkeys(names)])
    said = [Text(words=f"{known[found['head']]}: {listed}")]
    return [*said, edition.dutch(found["why"])] if found["why"] else said
