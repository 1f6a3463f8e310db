"""A run made again and compared number by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import VerificationError
from stoeval.runs.read import FILES, TEXTS
from stoeval.runs.tables import tables

if TYPE_CHECKING:
    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Run

TOLERANCE = 1e-8
"""Largest relative difference that another processor may cause; on the same machine there is none."""

FIXED = ("panel_sha256", "catalogue_sha256", "measurement", "technical", "seed")
"""What must be the same before numbers can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How many values were compared, and how many came back to the last digit."""

    compared: int
    identical: int


def verify(stored: StoredRun, again: Run, *, tolerance: float = TOLERANCE) -> Verification:
    """Compare a stored run with the same run made again.

    Raises VerificationError with every difference: manifest first, then table, row and column.
    """
    differences = [
        f"manifest {name}: {stored.manifest.get(name)!r} against {getattr(again.manifest, name)!r}"
        for name in FIXED
        if stored.manifest.get(name) != getattr(again.manifest, name)
    ]
    compared, identical = 0, 0
    for name, table in tables(again).items():
        before = stored.table(name)
        if len(before) != len(table):
            differences.append(f"{name}.csv: {len(before)} rows stored, {len(table)} made again")
            continue
        for column in FILES[name]:
            same, close = _compare(before[column], table[column], tolerance)
            compared, identical = compared + len(same), identical + int(same.sum())
            for row in np.flatnonzero(~close):
                values = f"{before[column].iloc[row]!r} stored, {table[column].iloc[row]!r} made again"
                differences.append(f"{name}.csv row {row + 2} {column}: {values}")
    if differences:
        shown = [f"  {line}" for line in differences[:50]]
        more = [f"  and {len(differences) - 50} more"] if len(differences) > 50 else []
        message = "\n".join([f"{len(differences)} differences in {stored.path.name}", *shown, *more])
        raise VerificationError(message)
    return Verification(compared=compared, identical=identical)


def _compare(before: pd.Series, after: pd.Series, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where two columns are the same, and where they are the same within the tolerance."""
    if before.name in TEXTS:
        same = before.fillna("").astype(str).to_numpy() == after.fillna("").astype(str).to_numpy()
        return same, same
    left, right = pd.to_numeric(before, errors="coerce"), pd.to_numeric(after, errors="coerce")
    numeric = left.notna() & right.notna()
    texts = before.astype("string").fillna("").to_numpy() == after.astype("string").fillna("").to_numpy()
    a, b = left.to_numpy(dtype=float), right.to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= tolerance * np.maximum(np.abs(a), np.abs(b))
    same = np.where(numeric, a == b, texts)
    return same, np.where(numeric, near, texts)
