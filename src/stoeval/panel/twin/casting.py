"""Casting: bring a frame into the declared columns, kinds and order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.contract import conform

if TYPE_CHECKING:
    from stoeval.panel.tables import Table
    from stoeval.panel.twin.calendar import Truths
    from stoeval.vocabulary import Integers

LOWEST_MASKED, HIGHEST_MASKED = 1, 4


def cast(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the declared columns in the declared kinds, sorted by key; a missing column is empty."""
    return conform(frame, table)


def masked(name: str, count: Integers, hidden: Truths) -> dict[str, pd.Series[int]]:
    """Return the lowest and highest admissible count; 1 to 4 become an interval where hidden."""
    secret = hidden & (count >= LOWEST_MASKED) & (count <= HIGHEST_MASKED)
    return {
        f"{name}_low": pd.Series(np.where(secret, LOWEST_MASKED, count)),
        f"{name}_high": pd.Series(np.where(secret, HIGHEST_MASKED, count)),
    }
