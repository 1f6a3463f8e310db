"""From a file and a question to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.estimate.answer import Answer, Inference, answer
from stoeval.estimate.by_design import Columns, answer_by_design
from stoeval.estimate.rows import read_rows

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
    rows = read_rows(path, question, beside.named)
    return answer_by_design(rows, question, design, beside, np.random.default_rng(seed))
