"""From a file and a question to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.discovery import dashed
from stoeval.errors import EstimationError
from stoeval.estimate.answer import Answer, Inference, answer
from stoeval.estimate.by_design import Columns, answer_by_design, needs_first_period
from stoeval.estimate.rows import read_rows
from stoeval.estimate.taken import refuse_unread
from stoeval.estimate.wording import errors_in_words_of_the_file

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.estimate.question import Question
    from stoeval.vocabulary import Design


def estimate_file(path: Path, question: Question, inference: Inference | None = None, *, seed: int) -> Answer:
    """Estimate what a question asks of a file; `seed` fixes every draw.

    Raises EstimationError where the file or its columns do not fit the question, and NotIdentified where the rows
    cannot answer it.
    """
    rows = read_rows(path, question)
    with errors_in_words_of_the_file(rows, question):
        return answer(rows, question, inference or Inference(), np.random.default_rng(seed))


def estimate_by_design(
    path: Path, question: Question, design: Design, columns: Columns | None = None, *, seed: int
) -> Answer:
    """Estimate what a design of the evaluation finds in a file; `seed` fixes every draw.

    The model of the question is None: a design brings its own effects and its own inference. `columns` names what
    only designs use. Raises EstimationError where the file or its columns do not fit, and NotIdentified where the
    rows cannot answer.
    """
    if question.model is not None:
        message = f"a design is no {question.model}; ask with a question whose model is None"
        raise EstimationError(message)
    beside = columns or Columns()
    refuse_unread(dashed(design), question, beside)
    if question.controls and getattr(design, "conditions", None) is False:
        message = f"{dashed(design)} reads {', '.join(question.controls)} with the option conditions=true only"
        raise EstimationError(message)
    may_be_empty = question.exposure if needs_first_period(design) else ""
    rows = read_rows(path, question, beside.named, may_be_empty=may_be_empty)
    with errors_in_words_of_the_file(rows, question):
        return answer_by_design(rows, question, design, beside, np.random.default_rng(seed))
