"""Unit means of what moves over time (Mundlak 1978, Econometrica 46(1)), in place of unit effects.

On a balanced panel they repeat the levels of dose and conditions; where units are missing in some years they carry
which ones (Wooldridge 2019, Journal of Econometrics 211(1)). Years are pooled into eras for this: single years would
give a column to every pattern of absence, and a likelihood without a maximum to some.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.eras import pooled
from stoeval.inference.absorption import dense_codes

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Sample, Window


def unit_means(sample: Sample, window: Window, given: Floats) -> Floats:
    """Return the means over each unit of era, and of dose and conditions (n, q) x era, as columns (n, *)."""
    eras = pooled(sample.period, window)
    columns = np.hstack([eras.member, eras.times(sample.dose), eras.times(given)])
    unit = dense_codes(sample.unit, sample.group)
    weight = np.bincount(unit)
    means = np.column_stack([np.bincount(unit, column) / weight for column in columns.T])
    return np.asarray(means[unit], dtype=np.float64)
