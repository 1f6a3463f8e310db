"""Who was assigned a dose, and between whom it could have been exchanged.

A dose of a region is permuted over regions, a dose of a vestiging over vestigingen, within strata: of regions,
terciles of size and every condition that takes two values, such as techniekarm; of vestigingen, the composition
of their profiles. Nobody drew lots, so this is a test of what exchangeable doses would have shown, not of a lottery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers, Sample

TERCILES = (1 / 3, 2 / 3)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """A dose by whoever was assigned it."""

    unit: Integers
    """(n,) code of the region or vestiging of each row."""
    dose: Floats
    """(A,)"""
    stratum: Integers
    """(A,)"""
    words: str


def assignment(sample: Sample) -> Assignment:
    """Return the dose of a sample by region where it is one there, else by vestiging.

    Raises NotIdentified where a dose moves within vestigingen.
    """
    region, vestiging = dense_codes(sample.cluster), dense_codes(sample.unit)
    if _constant(sample.dose, region):
        strata = dense_codes(_terciles(sample, region)[region], *_two_valued(sample, region))
        words = "doses of regions, within terciles of size and two-valued conditions"
        return _by_unit(sample, region, strata, words)
    if _constant(sample.dose, vestiging):
        words = "doses of vestigingen, within compositions of profiles"
        return _by_unit(sample, vestiging, sample.stratum, words)
    message = "the dose moves within vestigingen, so that it is nobody's one dose"
    raise NotIdentified(message)


def _by_unit(sample: Sample, unit: Integers, stratum: Integers, words: str) -> Assignment:
    first = np.unique(unit, return_index=True)[1]
    return Assignment(unit=unit, dose=sample.dose[first], stratum=dense_codes(stratum[first]), words=words)


def _constant(values: Floats, unit: Integers) -> bool:
    first = np.unique(unit, return_index=True)[1]
    return bool((values == values[first][unit]).all())


def _terciles(sample: Sample, region: Integers) -> Integers:
    """Return the tercile (G,) of the weight of each region."""
    size = np.bincount(region, weights=sample.weight)
    return np.searchsorted(np.quantile(size, TERCILES), size).astype(np.int64)


def _two_valued(sample: Sample, region: Integers) -> list[Integers]:
    """Return the conditions (n,) that take two values and one a region."""
    columns = [column for column in sample.conditioning.T if _constant(column, region)]
    coded = [np.unique(column, return_inverse=True)[1] for column in columns]
    return [codes.astype(np.int64) for codes in coded if codes.max() == 1]
