"""High and low doses: where a dose is split, for designs that compare two groups."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.vocabulary import Check, IdentificationClass

if TYPE_CHECKING:
    from stoeval.inference.matching import Truths
    from stoeval.vocabulary import Floats, Integers


class Split(StrEnum):
    """Which doses are called high and which low."""

    MEDIAN = "median"
    """Above the median against the rest."""
    ZERO = "zero"
    """Any dose against none."""
    THIRDS = "thirds"
    """The highest third against the lowest; whoever lies between is left out."""


_SHARES = {Split.MEDIAN: (0.5, 0.5), Split.THIRDS: (1 / 3, 2 / 3)}


def dose_groups(dose: Floats, split: Split) -> tuple[Truths, Truths]:
    """Return who has a high and who a low dose (n,).

    Where a cut falls on a dose that many share, whoever lies above it is high, or where nobody does, whoever lies
    below it is low. Raises NotIdentified where either group is empty.
    """
    if split is Split.ZERO:
        high, low = dose > 0, dose == 0
    else:
        first, second = (float(np.quantile(dose, share)) for share in _SHARES[split])
        high, low = dose >= second, dose <= first
        if first == second:
            high = dose > second if (dose > second).any() else dose >= second
            low = ~high
    if not high.any() or not low.any():
        message = f"{int(high.sum())} high and {int(low.sum())} low doses by {split}: two groups are needed to compare"
        raise NotIdentified(message)
    return high, low


def refuse_one_region(groups: tuple[Truths, ...], cluster: Integers, total: int) -> None:
    """Raise NotIdentified where a group lies in one region, so that the jackknife has no value."""
    for group in groups:
        regions = np.unique(cluster[group])
        if len(regions) == 1:
            words = f"cluster {regions[0]} of {total}"
            message = f"a group of doses is not identified without {words}: the jackknife has no value"
            raise NotIdentified(message)


def dose_gap(gap: float, high: int, low: int, middle: int, split: Split) -> Check:
    """Say how far apart the doses are that are compared."""
    return Check(
        name="dose gap",
        passed=None,
        statistic=gap,
        threshold=None,
        detail=f"{high} high and {low} low doses by {split}, {middle} between or left out; the effect is for one unit",
        cap=IdentificationClass.B,
    )
