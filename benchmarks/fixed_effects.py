"""Fixed-effects fits beside other engines: `python -m benchmarks.fixed_effects [two] [three] [jackknife] [linear]`.

Without a word the first two tables are made. All engines run with one thread of OpenBLAS, as the command line of the
package does, unless OPENBLAS_NUM_THREADS says otherwise: threads that wait for each other count as work. `jackknife`
lets pyfixest make its own CRV3, which takes minutes and 13 GB; `linear` fits from a hundred thousand to ten million
rows.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import panel
from benchmarks.timing import measure, show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REGRESSORS = {"two": ("d", "x1", "x2"), "three": ("x1", "x2")}
"""The policy of a region and year is held by the three crossed effects."""
EFFECTS = {"two": ("unit", "year"), "three": ("unit", "vestiging_year", "profiel_year")}
"""Unit and year; or vestiging x profiel, vestiging x year and profiel x year."""
NAMES = ("y", "d", "x1", "x2", "unit", "year", "region", "vestiging_year", "profiel_year")


def arrays(directory: Path, model: str) -> dict[str, Any]:
    """Read what own least squares takes."""
    found: dict[str, Any] = panel.read(directory, "y", "region", *EFFECTS[model])
    return found | {"X": np.column_stack([np.load(directory / f"{name}.npy") for name in REGRESSORS[model]])}


def frame(directory: Path, model: str) -> Any:  # noqa: ANN401 - a pandas frame
    """Read what the other engines take."""
    import pandas as pd  # noqa: PLC0415 - only where needed

    return pd.DataFrame(panel.read(directory, "y", "region", *REGRESSORS[model], *EFFECTS[model]))


def own(given: dict[str, Any], *, model: str, jackknife: bool = False) -> tuple[float, float]:
    """Fit by this package; return the first coefficient and its standard error."""
    from stoeval.inference.clustering import crv1, crv3  # noqa: PLC0415 - counts as warming up
    from stoeval.inference.least_squares import fit  # noqa: PLC0415 - counts as warming up

    *nested, crossed = EFFECTS[model]
    found = fit(
        given["y"],
        given["X"],
        cluster=given["region"],
        nested=[given[name] for name in nested],
        crossed=[given[crossed]],
    )
    covariance = crv3(found) if jackknife else crv1(found)
    return float(found.coefficients[0]), float(np.sqrt(covariance.matrix[0, 0]))


def pyfixest(given: Any, *, model: str, vcov: str = "CRV1") -> tuple[float, float]:  # noqa: ANN401 - a pandas frame
    """Fit by pyfixest as it comes."""
    from pyfixest.estimation import feols  # noqa: PLC0415 - takes seconds to import

    formula = f"y ~ {' + '.join(REGRESSORS[model])} | {' + '.join(EFFECTS[model])}"
    found = feols(formula, given, vcov={vcov: "region"})
    return float(found.coef().iloc[0]), float(found.se().iloc[0])


def econhdfe(given: Any, *, model: str) -> tuple[float, float]:  # noqa: ANN401 - a pandas frame
    """Fit by econhdfe."""
    from econhdfe import reghdfe  # noqa: PLC0415 - not a dependency

    found = reghdfe(data=given, y="y", x=list(REGRESSORS[model]), absorb=list(EFFECTS[model]), cluster="region")
    return float(np.asarray(found.params)[0]), float(np.asarray(found.stderr)[0])


def linearmodels(given: Any, *, model: str) -> tuple[float, float]:  # noqa: ANN401 - a pandas frame
    """Fit by AbsorbingLS of linearmodels."""
    from linearmodels.iv.absorbing import AbsorbingLS  # noqa: PLC0415 - takes seconds to import

    absorbed = given[list(EFFECTS[model])].astype("category")
    found = AbsorbingLS(given["y"], given[list(REGRESSORS[model])], absorb=absorbed).fit(
        cov_type="clustered", clusters=given["region"], debiased=True
    )
    return float(found.params.iloc[0]), float(found.std_errors.iloc[0])


def answer(found: tuple[float, float]) -> str:
    """Return coefficient and standard error as a row prints them."""
    return f"{found[0]:.10f} ({found[1]:.10f})"


def compare(directory: Path, model: str, engines: Mapping[str, Callable[..., Any]], *, repeats: int = 3) -> None:
    """Measure engines on one model and show the table."""
    rows = [
        measure(
            name,
            work,
            prepare=arrays if name.startswith("stoeval") else frame,
            arguments=(directory, model),
            repeats=repeats,
        )
        for name, work in engines.items()
    ]
    show(f"{model} effects: {' + '.join(EFFECTS[model])}", rows, answers=answer)


def jackknife(directory: Path) -> None:
    """Compare CRV3 with pyfixest's."""
    compare(directory, "two", {"stoeval CRV3": partial(own, model="two", jackknife=True)})
    compare(directory, "two", {"pyfixest CRV3": partial(pyfixest, model="two", vcov="CRV3")}, repeats=1)


def linear() -> None:
    """Show that time and memory grow as the rows do."""
    rows = []
    for vestigingen in (1_146, 11_456, 114_560):
        with tempfile.TemporaryDirectory() as name:
            made = panel.make(vestigingen)
            count = len(made["y"])
            panel.write(made, Path(name))
            del made
            work = partial(own, model="two")
            rows.append(measure(f"{count} rows", work, prepare=arrays, arguments=(Path(name), "two")))
    show("unit + year by stoeval", rows, answers=answer)


def main(arguments: list[str]) -> None:
    """Run the comparisons that are named."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    named = arguments or ["two", "three"]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        panel.write(panel.make(), directory)
        for model in ("two", "three"):
            engines = {"stoeval": partial(own, model=model), "pyfixest": partial(pyfixest, model=model)}
            others = {"econhdfe": partial(econhdfe, model=model), "AbsorbingLS": partial(linearmodels, model=model)}
            if model in named:
                compare(directory, model, engines | (others if model == "two" else {}))
        if "jackknife" in named:
            jackknife(directory)
    if "linear" in named:
        linear()


if __name__ == "__main__":
    main(sys.argv[1:])
