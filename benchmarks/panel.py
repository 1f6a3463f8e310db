"""A panel of vestigingen, profielen and years in uneven regions, and the same panel on disk.

Its size is that of the comparison in docs/explanation/speed.md: with 22,223 vestigingen, 222,230 units and
1.94 million rows in 78 regions. A policy starts in each region in one of four years or never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PROFIELEN, YEARS, REGIONS = 10, 9, 78
VESTIGINGEN = 22_223
"""So many give 1.94 million rows; 600 give 52,000."""
KEPT = 0.97
"""Share of rows that is there: the panel is not balanced."""
NEVER = 99

Panel = dict[str, "NDArray[np.float64] | NDArray[np.int64]"]


def make(vestigingen: int = VESTIGINGEN, *, seed: int = 20_260) -> Panel:
    """Return columns y, d, x1, x2 and codes unit, year, region, vestiging_year, profiel_year."""
    generator = np.random.default_rng(seed)
    share = generator.lognormal(0.0, 0.8, REGIONS)
    region_of = np.sort(generator.choice(REGIONS, vestigingen, p=share / share.sum()))
    starts = generator.choice([3, 4, 5, 6, NEVER], REGIONS)
    cells = vestigingen * PROFIELEN * YEARS
    kept = np.flatnonzero(generator.random(cells) < KEPT)
    unit, year = np.divmod(kept, YEARS)
    vestiging, profiel = np.divmod(unit, PROFIELEN)
    region = region_of[vestiging]
    rows = len(kept)
    d = (year >= starts[region]) * 1.0
    x1, x2 = generator.normal(size=rows) + 0.3 * d, generator.normal(size=rows)
    level = generator.normal(size=vestigingen * PROFIELEN)[unit]
    shock = 0.1 * generator.normal(size=(REGIONS, YEARS))[region, year]
    y = 0.2 * d + 0.5 * x1 - 0.3 * x2 + level + 0.05 * year + shock + generator.normal(size=rows)
    return {
        "y": y,
        "d": d,
        "x1": x1,
        "x2": x2,
        "unit": unit,
        "year": year,
        "region": region,
        "vestiging_year": vestiging * YEARS + year,
        "profiel_year": profiel * YEARS + year,
    }


def write(panel: Panel, directory: Path) -> None:
    """Write each column to a file of its own."""
    for name, column in panel.items():
        np.save(directory / f"{name}.npy", column)


def read(directory: Path, *names: str) -> Panel:
    """Return the named columns."""
    return {name: np.load(directory / f"{name}.npy") for name in names}
