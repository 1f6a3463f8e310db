"""Validation sets with published numbers, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def _directory(variable: str, beside: str, what: str) -> Path:
    """Return the directory that a variable names, else the one beside the project; without either, skip."""
    directory = Path(os.environ.get(variable, str(PROJECT.parent / "shared" / "data" / beside)))
    if not directory.is_dir():
        reason = f"no {what} at {directory}; set {variable} to their directory"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return directory


@pytest.fixture(scope="session")
def validation() -> Path:
    """Return the directory of validation sets: STOEVAL_VALIDATION, else the one beside the project."""
    return _directory("STOEVAL_VALIDATION", "validation", "validation sets")


@pytest.fixture(scope="session")
def nist() -> Path:
    """Return the directory of NIST's linear sets: STOEVAL_NIST, else the one beside the project."""
    return _directory("STOEVAL_NIST", "nist", "sets of NIST")
