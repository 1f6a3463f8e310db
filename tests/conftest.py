"""Fixtures that every test folder shares: the real DUO files, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoeval.panel.assembly import build_panel
from stoeval.panel.simulation import simulate

if TYPE_CHECKING:
    from stoeval.vocabulary import MonitorPanel

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def duo() -> Path:
    """Return the directory of real DUO files: STOEVAL_DUO, else the one beside the project."""
    directory = Path(os.environ.get("STOEVAL_DUO", str(PROJECT.parent / "shared" / "data" / "duo")))
    if not directory.is_dir():
        reason = f"no DUO files at {directory}; set STOEVAL_DUO to their directory"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return directory


@pytest.fixture(scope="session")
def open_panel(duo: Path) -> MonitorPanel:
    """Return the panel built from the real DUO files, RMC regions standing in."""
    return build_panel(duo)


@pytest.fixture(scope="session")
def twin() -> MonitorPanel:
    """Return the simulated twin with its default effects."""
    return simulate(seed=1)
