"""A panel as strangers keep them, and the sums that any program could make of it.

Forty health regions with three hospitals each, seen in 2001, 2002, 2004, 2007 and 2010; something happens after 2004.
Names have spaces and capitals, years are decimals, units and regions are text, a weight goes along, one hospital is
seen once only and some outcomes are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

YEARS, BEFORE = (2001, 2002, 2004, 2007, 2010), 2004
AFTER = tuple(year for year in YEARS if year > BEFORE)
OTHERS = tuple(year for year in YEARS if year != BEFORE)
REGIONS, EACH = 40, 3
EFFECT = 0.5


def hospitals(seed: int = 11) -> pd.DataFrame:
    """Return one row a hospital and year."""
    generator = np.random.default_rng(seed)
    region, place, when = (
        axis.ravel() for axis in np.meshgrid(np.arange(REGIONS), np.arange(EACH), np.arange(len(YEARS)), indexing="ij")
    )
    unit, year = EACH * region + place, np.array(YEARS)[when]
    count = REGIONS * EACH
    dose = np.where(np.arange(count) % 3 == 0, 0.0, generator.uniform(0.5, 2.5, count))[unit]
    other = generator.uniform(0, 2, count)[unit]
    need = (generator.normal(size=count) + 0.3 * dose[:: len(YEARS)])[unit]
    kind = (np.arange(count) // 2 % 3)[unit]
    later = year > BEFORE
    noise = generator.normal(0, 0.4, len(unit))
    level = generator.normal(size=count)[unit]
    mediator = level + 0.8 * dose * later + generator.normal(0, 0.5, len(unit))
    moved = EFFECT * dose * later + 0.2 * other * later + 0.1 * need * (year - BEFORE) / 3 + 0.2 * kind * when
    outcome = level + moved + noise
    rows = {
        "Hospital Name": np.char.add("St. ", np.char.zfill(unit.astype(str), 3)),
        "Region": np.char.add("Region ", np.char.zfill(region.astype(str), 2)),
        "YEAR": year.astype(float),
        "Y": outcome,
        "DOSE": dose,
        "other dose": other,
        "need": need,
        "kind": np.array(["public", "private", "teaching"])[kind],
        "Beds": generator.uniform(20, 200, count)[unit],
        "mediator": mediator,
        "moves": dose * later + generator.normal(size=len(unit)),
        "share": 1 / (1 + np.exp(-0.5 * (level + moved) - noise)),
        "grade": np.digitize(level + moved + generator.logistic(size=len(unit)), [-0.5, 0.8, 2.0]) + 1,
        "closed": (generator.uniform(size=len(unit)) < 0.15 + 0.1 * dose * later) * 1,
        "visits": generator.poisson(np.exp(1.5 + 0.3 * level + 0.2 * dose * later)),
    }
    return pd.DataFrame(rows)


def ragged(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a panel with missing outcomes and a hospital that is seen once."""
    holes = frame.copy()
    holes.loc[[7, 33, 210], "Y"] = np.nan
    return holes[(holes["Hospital Name"] != "St. 005") | (holes["YEAR"] == YEARS[0])]


def by_year(frame: pd.DataFrame, column: str, years: Sequence[int] = OTHERS) -> Floats:
    """Return a column times each year (n, years)."""
    found: Floats = frame[column].to_numpy(dtype=np.float64)[:, None] * (frame["YEAR"].to_numpy()[:, None] == years)
    return found


def dummies(frame: pd.DataFrame, *effects: Sequence[str]) -> Floats:
    """Return the dummies of effects, each a list of columns that make it together."""
    codes = [frame.groupby(list(effect), sort=False).ngroup().to_numpy() for effect in effects]
    return np.column_stack([np.eye(int(code.max()) + 1)[code] for code in codes])


def fitted(outcome: Floats, columns: Floats, weights: Floats | None = None) -> Floats:
    """Return least-squares coefficients (k,), weighted by the root of the weights on both sides."""
    root = np.ones(len(outcome)) if weights is None else np.sqrt(weights)
    return np.asarray(np.linalg.lstsq(columns * root[:, None], outcome * root, rcond=None)[0], dtype=np.float64)


def without_each(frame: pd.DataFrame, estimate: Callable[[pd.DataFrame], float]) -> dict[str, float]:
    """Return an estimate without each region."""
    return {name: estimate(frame[frame["Region"] != name]) for name in frame["Region"].unique()}


def jackknife(frame: pd.DataFrame, estimate: Callable[[pd.DataFrame], float]) -> float:
    """Return the root of (G-1)/G times the squared moves of an estimate without each region, around the estimate."""
    moves = np.array(list(without_each(frame, estimate).values())) - estimate(frame)
    return float(np.sqrt((len(moves) - 1) / len(moves) * np.square(moves).sum()))
