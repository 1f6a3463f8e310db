"""Supply near by: pairs of small offers of one kind (naburig aanbod), and who can reach an offer.

Points are in degrees and distances in kilometres as the crow flies. Sizes are intervals, so that what is small
is certain, possible or out of the question; an offer with a masked count has somebody, so it exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.geography import distance_km, nearest, pairs_within

if TYPE_CHECKING:
    from stoeval.panel.masking import Intervals, Truths
    from stoeval.vocabulary import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearPairs:
    """Pairs of offers within a radius of which both may be small, by position, the lower first."""

    first: Integers
    second: Integers
    certain: Truths
    """Both are small whatever the masks hide."""
    middle: Truths
    """Both are small at the middle of their bounds."""

    def each(self, n_offers: int, which: Truths) -> Floats:
        """Return half the number of chosen pairs that each offer is in, so that a pair counts once in all."""
        ends = np.concatenate([self.first[which], self.second[which]])
        return np.bincount(ends, minlength=n_offers) / 2


def near_small_pairs(longitudes: Floats, latitudes: Floats, sizes: Intervals, *, km: float, small: float) -> NearPairs:
    """Return pairs of offers at most `km` apart that may both be smaller than `small`.

    The number of certain pairs and that of all pairs are the sharp bounds of the number of pairs, since every
    size can take its lowest, and every size its highest value at once. Raises PanelError where a coordinate is
    no number.
    """
    first, second = pairs_within(longitudes, latitudes, km)

    def both(size: Floats | Integers) -> Truths:
        return np.asarray((size[first] < small) & (size[second] < small))

    possible = both(sizes.low)
    certain, middle = both(sizes.high)[possible], both((sizes.low + sizes.high) / 2)[possible]
    return NearPairs(first=first[possible], second=second[possible], certain=certain, middle=middle)


def reachable(
    longitudes: Floats, latitudes: Floats, offered_longitudes: Floats, offered_latitudes: Floats, *, km: float
) -> Truths:
    """Return for each point whether an offer lies within `km`; no offers reach nobody.

    Points are homes, by postcode, or the schools of pupils where homes are not known. Raises PanelError where a
    coordinate is no number.
    """
    if not len(offered_longitudes) or not len(longitudes):
        return np.zeros(len(longitudes), dtype=bool)
    closest = nearest(longitudes, latitudes, offered_longitudes, offered_latitudes)
    away = distance_km(longitudes, latitudes, offered_longitudes[closest], offered_latitudes[closest])
    return np.asarray(away <= km)
