"""What statistics say of periods and clusters, in the words of the file."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.vocabulary import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoeval.estimate.question import Question
    from stoeval.estimate.rows import Rows

LONE = "the jackknife has no value"
"""How a message ends that does not yet say what to do."""
INSTEAD = (
    "leave out what that cluster alone has, such as its first period or its dose, take other clusters, or ask twfe or "
    "event-study for --covariance CRV1"
)


def in_words_of_the_file(text: str, rows: Rows, question: Question) -> str:
    """Return a text with periods and clusters as the file spells them, not as school years and codes."""
    names = rows.labels(question.cluster)

    def named(found: re.Match[str]) -> str:
        code, total = map(int, found.groups())
        return f"cluster {names[code]} ({total} in all)" if total == len(names) and code < total else found.group()

    for period in np.unique(rows.periods(question.time)).tolist():
        text = re.sub(rf"(?<![\d/]){re.escape(str(SchoolYear(start=period)))}(?![\d/])", str(period), text)
    told = re.sub(r"cluster (\d+) of (\d+)", named, text)
    return f"{told}; {INSTEAD}" if LONE in told else told


@contextmanager
def errors_in_words_of_the_file(rows: Rows, question: Question) -> Iterator[None]:
    """Have errors about the rows of a file say periods and clusters as the file does."""
    try:
        yield
    except EstimationError as error:
        try:
            told = in_words_of_the_file(str(error), rows, question)
        except EstimationError:  # the error is about the periods themselves
            raise error from None
        raise type(error)(told) from error
