"""From a file and a question to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.estimate.answer import Answer, Inference, answer
from stoeval.estimate.rows import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.estimate.question import Question


def estimate_file(path: Path, question: Question, inference: Inference | None = None, *, seed: int) -> Answer:
    """Estimate what a question asks of a file; `seed` fixes every draw.

    Raises EstimationError where the file or its columns do not fit the question, and NotIdentified where the rows
    cannot answer it.
    """
    rows = read_rows(path, question)
    return answer(rows, question, inference or Inference(), np.random.default_rng(seed))
