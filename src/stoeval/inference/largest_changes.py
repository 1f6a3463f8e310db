"""The moments of a restriction in relative magnitudes, one set for each earlier change that may have been the largest.

A change is the difference between one period and the next (`order` 1), or between one such difference and the
next, a change of slope (`order` 2). Where the s-th change before the start was the largest, with a given sign, every
change since the start lies within mbar times it, and these inequalities are tested with the differences in trends
since the start as nuisance: min eta such that y - X delta <= eta sd. The vertices of the dual programme are known in
closed form, so that no programme is solved. The inequalities come in pairs, a rise and a fall for each period, and X
is what keeps the effect in place; a nonnegative weight orthogonal to X is therefore a sum of three kinds: rises and
falls in the proportions that add up to the effect, the same with rises and falls exchanged, and rise and fall of one
period together. That makes n_post + 2 vertices, and eta is the largest of the moments at them (Rambachan and Roth
2023, section 2.4, for the restrictions; Andrews, Roth and Pakes 2023 for the dual).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from stoeval.inference.moment_inequalities import Moments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def largest_changes(sigma: Floats, n_pre: int, l_vec: Floats, mbar: float, order: int = 1) -> Iterator[Moments]:
    """Yield the moments for each earlier change (n_pre + 1 - order) taken as the largest, with either sign.

    The first two moments of each set bound the effect from below and from above.
    """
    periods = np.insert(np.eye(len(sigma)), n_pre, 0.0, axis=0)
    changes = np.diff(periods, n=order, axis=0)
    before, since = np.split(changes, [n_pre + 1 - order])
    share = np.linalg.solve(since[:, n_pre:].T, l_vec).astype(np.float64)
    for s, sign in product(range(len(before)), (1.0, -1.0)):
        yield _moments(sigma, before, since, sign * before[s], share, mbar)


def _moments(  # noqa: PLR0913, PLR0917 - the parts of a restriction
    sigma: Floats, before: Floats, since: Floats, largest: Floats, share: Floats, mbar: float
) -> Moments:
    """Return the moments where `largest` (p,) is the largest of the changes before (b, p).

    The effect is `share` (n_post,) of the changes since the start.
    """
    rises, falls = since - mbar * largest, -since - mbar * largest
    rise_scale, fall_scale = _spread(rises, sigma), _spread(falls, sigma)
    up, down = np.maximum(share, 0), np.maximum(-share, 0)
    low = up @ rises + down @ falls, up @ rise_scale + down @ fall_scale
    high = down @ rises + up @ falls, down @ rise_scale + up @ fall_scale
    if len(since) == 1:
        further = np.vstack([before - largest, -before - largest])
        further = further[np.abs(further).max(axis=1) > 0]
        further_scale = _spread(further, sigma)
    else:
        further, further_scale = rises + falls, rise_scale + fall_scale
    scale = np.array([low[1], high[1], *further_scale])
    directions = np.vstack([low[0], high[0], further])
    slopes = np.array([1.0, -1.0, *np.zeros(len(further))])
    return Moments(directions=directions / scale[:, None], slopes=slopes / scale)


def _spread(rows: Floats, sigma: Floats) -> Floats:
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", rows, sigma, rows)))
