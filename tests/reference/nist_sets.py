"""The linear sets of NIST as they stand in their files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class NistSet:
    """Data and certified values of one set."""

    outcome: Floats
    columns: Floats
    """(n, p) a constant first where the model has one, then predictors or powers of the predictor."""
    certified: Floats
    std_errors: Floats


def read(path: Path) -> NistSet:
    text = path.read_text(encoding="ascii")
    lines = text.splitlines()
    certified = [
        (name, float(estimate), float(error))
        for line in lines[_lines(text, "Certified Values")]
        for name, estimate, error in re.findall(r"^\s+B(\d+)\s+(\S+)\s+(\S+)\s*$", line)
    ]
    data = np.array([[float(value) for value in line.split()] for line in lines[_lines(text, "Data ")] if line.strip()])
    powers = [int(name) for name, _, _ in certified]
    predictors = data[:, 1:]
    if predictors.shape[1] > 1:
        columns = np.column_stack([np.ones(len(data))] * (0 in powers) + [predictors])
    else:
        columns = predictors ** np.array(powers, dtype=float)
    return NistSet(
        outcome=data[:, 0],
        columns=columns,
        certified=np.array([estimate for _, estimate, _ in certified]),
        std_errors=np.array([error for _, _, error in certified]),
    )


def _lines(text: str, part: str) -> slice:
    found = re.search(rf"{part}\s*\(lines (\d+) to (\d+)\)", text)
    if found is None:
        message = f"the header names no lines of {part}"
        raise ValueError(message)
    return slice(int(found[1]) - 1, int(found[2]))


def correct_digits(found: Floats, certified: Floats) -> float:
    """Return the fewest correct digits: minus the log of the relative error, absolute where zero is certified."""
    scale = np.where(certified == 0, 1.0, np.abs(certified))
    error = float((np.abs(found - certified) / scale).max())
    return 15.0 if error == 0 else min(15.0, -float(np.log10(error)))
