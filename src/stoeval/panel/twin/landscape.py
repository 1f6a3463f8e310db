"""Land: regions, gemeenten and the places of schools, in Dutch-like coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers

N_REGIONS = 78
N_SHRINKING = 15
KM_PER_DEGREE = 111.2

_OUTLINE = (
    (3.55, 51.45),
    (4.25, 51.38),
    (4.75, 51.48),
    (5.05, 51.45),
    (5.40, 51.27),
    (5.75, 51.20),
    (5.65, 50.88),
    (6.00, 50.82),
    (6.05, 51.10),
    (6.20, 51.40),
    (5.98, 51.75),
    (6.70, 51.92),
    (6.80, 52.10),
    (7.00, 52.25),
    (6.75, 52.60),
    (7.02, 52.85),
    (7.05, 53.20),
    (6.80, 53.38),
    (6.20, 53.38),
    (5.45, 53.20),
    (5.40, 52.85),
    (5.10, 52.75),
    (4.75, 52.88),
    (4.55, 52.40),
    (4.10, 52.00),
    (3.90, 51.75),
)
"""A coarse outline of the mainland, in degrees; it needs the shape and no more."""
_DENSE_AT = (4.75, 52.0)
_MIDDLE = (5.15, 52.1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landscape:
    """Regions and sites. A site is a place where a school teaches, whatever its number."""

    shrinking: Integers
    """One for a krimpregio, by region."""
    region: Integers
    gemeente: Integers
    brin: Integers
    longitude: Floats
    latitude: Floats

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.region)

    def distances(self, sites: Integers, others: Integers) -> Floats:
        """Return the distance in km between each of the sites and each of the others."""
        return distances(self.longitude[sites], self.latitude[sites], self.longitude[others], self.latitude[others])


def distances(longitude: Floats, latitude: Floats, to_longitude: Floats, to_latitude: Floats) -> Floats:
    """Return great-circle distances in km, rows by columns."""
    a, b = np.radians(latitude)[:, None], np.radians(to_latitude)[None, :]
    turn = np.radians(longitude)[:, None] - np.radians(to_longitude)[None, :]
    haversine = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2) ** 2
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(haversine)))


def draw_landscape(generator: np.random.Generator, sites_by_kind: tuple[int, ...]) -> Landscape:
    """Place sites in regions; `sites_by_kind` counts sites that are spread over regions kind by kind."""
    centres = _region_centres(generator)
    weight = generator.lognormal(0, 0.40, N_REGIONS)
    kinds = [_spread(generator, count, weight) for count in sites_by_kind]
    region = np.concatenate(kinds)
    gemeente, longitude, latitude = _settle(generator, region, centres)
    remoteness = distances(centres[:, 0], centres[:, 1], np.array(_MIDDLE[:1]), np.array(_MIDDLE[1:]))[:, 0]
    shrinking = np.zeros(N_REGIONS, dtype=np.int64)
    shrinking[np.argsort(-remoteness)[:N_SHRINKING]] = 1
    return Landscape(
        shrinking=shrinking,
        region=region,
        gemeente=gemeente,
        brin=_brins(generator, region),
        longitude=longitude,
        latitude=latitude,
    )


def _inside(points: Floats) -> Integers:
    corners = np.array(_OUTLINE)
    crossings = np.zeros(len(points), dtype=np.int64)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (y1 > points[:, 1]) != (y2 > points[:, 1])
        rise = y2 - y1 if y2 != y1 else 1.0
        crossings += spans & (points[:, 0] < (x2 - x1) * (points[:, 1] - y1) / rise + x1)
    return np.asarray(crossings % 2)


def _region_centres(generator: np.random.Generator) -> Floats:
    """Draw centres that keep their distance, denser around the Randstad."""
    low, high = np.min(_OUTLINE, axis=0), np.max(_OUTLINE, axis=0)
    points = generator.uniform(low, high, (12_000, 2))
    from_dense = distances(points[:, 0], points[:, 1], np.array(_DENSE_AT[:1]), np.array(_DENSE_AT[1:]))[:, 0]
    accepted = generator.random(len(points)) < 0.35 + 0.65 * np.exp(-((from_dense / 60) ** 2))
    points = points[accepted & (_inside(points) == 1)]
    chosen = [0]
    for start in range(1, N_REGIONS):
        candidates = np.arange(1 + (start - 1) * 12, 1 + start * 12)
        gaps = distances(*points[candidates].T, *points[chosen].T).min(axis=1)
        chosen.append(int(candidates[np.argmax(gaps)]))
    return np.asarray(points[chosen])


def _spread(generator: np.random.Generator, count: int, weight: Floats) -> Integers:
    """Give each region three sites where that is possible and the rest by weight."""
    certain = np.repeat(np.arange(N_REGIONS), 3) if count >= 6 * N_REGIONS else np.array([], dtype=np.int64)
    rest = generator.choice(N_REGIONS, count - len(certain), p=weight / weight.sum())
    return np.asarray(np.concatenate([certain, rest]), dtype=np.int64)


def _settle(generator: np.random.Generator, region: Integers, centres: Floats) -> tuple[Integers, Floats, Floats]:
    """Give each site a gemeente of its region and coordinates near its middle."""
    gemeenten = np.maximum(1, np.bincount(region, minlength=N_REGIONS) // 4)
    first = np.cumsum(gemeenten) - gemeenten
    # Squaring favours the first gemeente, which stands for the largest town.
    own = np.floor(generator.random(len(region)) ** 1.5 * gemeenten[region]).astype(np.int64)
    gemeente = first[region] + own
    owner = np.repeat(np.arange(N_REGIONS), gemeenten)
    town = _jitter(generator, centres[owner], np.where(np.arange(len(owner)) == first[owner], 1.5, 7.5))
    place = _jitter(generator, town[gemeente], np.full(len(region), 1.8))
    longitude = np.clip(place[:, 0], 3.42, 7.18).round(5)
    latitude = np.clip(place[:, 1], 50.76, 53.48).round(5)
    return gemeente, longitude, latitude


def _jitter(generator: np.random.Generator, points: Floats, km: Floats) -> Floats:
    step = generator.normal(size=points.shape) * (km / KM_PER_DEGREE)[:, None]
    step[:, 0] /= np.cos(np.radians(points[:, 1]))
    return np.asarray(points + step)


def _brins(generator: np.random.Generator, region: Integers) -> Integers:
    """Group the sites of a region into schools of one to three sites."""
    brin = np.empty(len(region), dtype=np.int64)
    order = np.lexsort((generator.random(len(region)), region))
    number, left, previous = -1, 0, -1
    sizes = generator.choice([1, 2, 3], len(region), p=[0.45, 0.35, 0.2])
    for site in order:
        if left == 0 or region[site] != previous:
            number += 1
            left, previous = int(sizes[number]), int(region[site])
        brin[site] = number
        left -= 1
    return np.asarray(generator.permutation(number + 1)[brin])
