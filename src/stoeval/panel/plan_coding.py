"""How well two coders of the regional plans agree: weighted kappa on the shares of the budget.

Each pair is the share that the first and the second coder give to one line of activity of one region. Kappa with
quadratic weights on values that have a distance is one minus the mean squared difference over the one that
independent coders with the same means and variances would have: Fleiss and Cohen (1973), Educational and
Psychological Measurement 33, 613-619. The agreed budget is the share of a plan that both coders give to the same
lines, the sum over lines of the smaller of their shares, averaged over regions. It does not say which coder is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import PanelError

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.vocabulary import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingAgreement:
    """Agreement of two coders over all lines, and by line."""

    kappa: float
    agreed_budget: float
    n_regions: int
    n_pairs: int
    by_line: tuple[tuple[str, float | None], ...]
    """Kappa of each line; None where neither coder varies over regions."""


def coding_agreement(plans: pd.DataFrame) -> CodingAgreement:
    """Return the agreement of the two coders in the table `plans`.

    Rows without a second coder are left out. Raises PanelError where no row has one, or neither coder varies.
    """
    both = plans.dropna(subset=["share", "share_second_coder"])
    first, second = _shares(both, "share"), _shares(both, "share_second_coder")
    kappa = _weighted_kappa(first, second)
    if kappa is None:
        message = (
            f"plans: {len(both)} of {len(plans)} rows have a second coder, and agreement needs two that differ; "
            "deliver share_second_coder"
        )
        raise PanelError(message)
    smaller = both.assign(agreed=np.minimum(first, second))
    lines = both["activity_line"].astype(str)
    return CodingAgreement(
        kappa=kappa,
        agreed_budget=float(smaller.groupby("region")["agreed"].sum().mean()),
        n_regions=int(both["region"].nunique()),
        n_pairs=len(both),
        by_line=tuple(
            (line, _weighted_kappa(first[lines == line], second[lines == line])) for line in sorted(set(lines))
        ),
    )


def _shares(plans: pd.DataFrame, column: str) -> Floats:
    return plans[column].to_numpy(dtype=np.float64)


def _weighted_kappa(first: Floats, second: Floats) -> float | None:
    """Return kappa with quadratic weights; None where chance alone would give no difference."""
    if not len(first):
        return None
    by_chance = first.var() + second.var() + (first.mean() - second.mean()) ** 2
    observed = float(np.mean((first - second) ** 2))
    return 1 - observed / float(by_chance) if by_chance > 0 else None
