"""Publication: a count as a source shows it, 1 to 4 hidden since the source began to hide, and codes as names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.masking import HIGHEST_MASKED, LOWEST_MASKED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.panel.twin.calendar import Truths
    from stoeval.vocabulary import Integers


def masked(name: str, count: Integers, hidden: Truths) -> dict[str, Integers]:
    """Return the lowest and highest admissible count; 1 to 4 become an interval where hidden."""
    secret = hidden & (count >= LOWEST_MASKED) & (count <= HIGHEST_MASKED)
    return {
        f"{name}_low": np.where(secret, LOWEST_MASKED, count),
        f"{name}_high": np.where(secret, HIGHEST_MASKED, count),
    }


def named(names: Sequence[str], code: Integers) -> pd.Series[str]:
    """Return the name of each code as a table holds it, converted once a name and not once a row."""
    return pd.Series(pd.array(list(names), dtype="string").take(code))
