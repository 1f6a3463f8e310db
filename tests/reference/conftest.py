"""Validation sets with published numbers, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def validation() -> Path:
    """Return the directory of validation sets: STOEVAL_VALIDATION, else the one beside the project."""
    beside = PROJECT.parent / "shared" / "data" / "validation"
    directory = Path(os.environ.get("STOEVAL_VALIDATION", str(beside)))
    if not directory.is_dir():
        reason = f"no validation sets at {directory}; set STOEVAL_VALIDATION to their directory"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return directory
