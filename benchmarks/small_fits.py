"""Fits of the size that an evaluation makes by the thousand: `python -m benchmarks.small_fits`.

12,000 rows of vestigingen x profielen x years in 78 regions, with vestiging x year and vestiging x profiel nested,
profiel x year crossed and thirty controls: once linear, once Poisson.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks import panel
from benchmarks.timing import measure, show

VESTIGINGEN, CONTROLS = 140, 30


def make(vestigingen: int, controls: int) -> dict[str, Any]:
    """Return outcome, counts, columns and codes."""
    made: dict[str, Any] = dict(panel.make(vestigingen))
    generator = np.random.default_rng(1)
    return made | {
        "count": generator.poisson(np.exp(1 + 0.3 * made["y"])) * 1.0,
        "X": np.column_stack([made["x1"], made["x2"]]),
        "controls": generator.normal(size=(len(made["y"]), controls)),
    }


def _model(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "names": ("x1", "x2"),
        "cluster": given["region"],
        "nested": [given["unit"], given["vestiging_year"]],
        "crossed": [given["profiel_year"]],
        "controls": given["controls"],
    }


def linear(given: dict[str, Any]) -> float:
    """Return the first coefficient of the linear fit."""
    from stoeval.inference.least_squares import fit  # noqa: PLC0415 - counts as warming up

    return float(fit(given["y"], given["X"], **_model(given)).coefficients[0])


def poisson(given: dict[str, Any]) -> float:
    """Return the first coefficient of the Poisson fit."""
    from stoeval.inference.poisson import fit_poisson  # noqa: PLC0415 - counts as warming up

    offset = np.zeros(len(given["count"]))
    return float(fit_poisson(given["count"], given["X"], offset=offset, **_model(given)).coefficients[0])


def main() -> None:
    """Measure both fits."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = (VESTIGINGEN, CONTROLS)
    rows = [
        measure(name, work, prepare=make, arguments=arguments, repeats=10)
        for name, work in (("linear", linear), ("Poisson", poisson))
    ]
    show("12,000 rows, two nested effects and a crossed one", rows, answers=lambda found: f"{found:.10f}")


if __name__ == "__main__":
    main()
