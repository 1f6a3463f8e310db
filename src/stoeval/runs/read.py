"""A run read back from disk."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.errors import VerificationError
from stoeval.runs.tables import CHECKS, ESTIMATES, EVENT_STUDY, LINKS, ROBUSTNESS, SYNTHESES, VERDICTS

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "estimates": ESTIMATES,
    "robustness": ROBUSTNESS,
    "event_study": EVENT_STUDY,
    "checks": CHECKS,
    "verdicts": VERDICTS,
    "links": LINKS,
    **SYNTHESES,
}
TEXTS = {
    "reason",
    "missing",
    "detail",
    "because",
    "identification_class",
    "absent",
    "wild_method",
    "permutation_method",
    "choices",
    "kind",
    "conclusion",
    "category",
    "other",
    "breaks_at",
    "region",
    "unit",
}
"""Columns where an empty cell is an empty text."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredRun:
    """A run as it stands on disk."""

    path: Path
    manifest: dict[str, object]
    estimates: pd.DataFrame
    robustness: pd.DataFrame
    event_study: pd.DataFrame
    checks: pd.DataFrame
    verdicts: pd.DataFrame
    links: pd.DataFrame
    synthesis: dict[str, pd.DataFrame] = field(default_factory=dict)
    """What is said over links, by the name of the file."""

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by the name of its file."""
        return self.synthesis[name] if name in SYNTHESES else getattr(self, name)


def read_run(path: Path) -> StoredRun:
    """Read a run directory.

    Raises VerificationError where a file is missing, cannot be read, or lacks columns.
    """
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = (
            f"{path} is not a run: manifest.json cannot be read ({error}); give a directory that `stoeval run` made"
        )
        raise VerificationError(message) from error
    frames = {name: _frame(path / f"{name}.csv", columns) for name, columns in FILES.items()}
    synthesis = {name: frames.pop(name) for name in SYNTHESES}
    return StoredRun(path=path, manifest=manifest, **frames, synthesis=synthesis)


def _frame(file: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(file, encoding="utf-8", dtype=dict.fromkeys(TEXTS & set(columns), "object"))
    except (OSError, ValueError) as error:
        message = f"{file} cannot be read: {error}; run `stoeval run` again"
        raise VerificationError(message) from error
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        message = f"{file} lacks {len(missing)} columns: {', '.join(missing)}; run `stoeval run` again"
        raise VerificationError(message)
    texts = [name for name in columns if name in TEXTS]
    return frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), "") for name in texts})
