"""Print robust intervals by moderndid as JSON: the numbers in `honest_did_by_moderndid.json`.

Needs moderndid[didhonest] 0.4.1, pandas, and this package with its tests on the path:

    PYTHONPATH=src:tests python tests/reference/recipes/honest_did_by_moderndid.py VALIDATION > FILE

Each interval is sought on a wide grid and again, finer, around the ends found. The simulated least-favourable value
takes 2,000 draws instead of the 1,000 that moderndid writes down as a default argument. Where there is one later
period the moments on earlier periods alone are kept, as the R package does and moderndid does only when told so.
"""

from __future__ import annotations

import inspect
import json
import platform
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from moderndid.didhonest import arp_nuisance, create_sensitivity_results_sm
from moderndid.didhonest.delta.rm.rm import compute_conditional_cs_rm
from moderndid.didhonest.delta.sdrm.sdrm import compute_conditional_cs_sdrm

from event_studies import event_studies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from event_studies import EventStudy

    Floats = NDArray[np.float64]

DRAWS = 2_000
COARSE, FINE = 150, 600
COMBINATIONS = {
    "single": [[1]],
    "growing": [[0, 0.5, 0.5], [-1, 0, 1]],
    "medicaid": [[1, 0], [0.5, 0.5]],
    "benzarti_carloni": [[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]],
}
RELATIVE = {"relative magnitudes": compute_conditional_cs_rm, "relative smoothness": compute_conditional_cs_sdrm}
MBARS = [0.5, 1.0]
SMOOTHNESS = {
    "medicaid": [0.0, 0.005, 0.02],
    "benzarti_carloni": [0.0, 0.05, 0.2],
    "growing": [0.0, 0.01, 0.05],
    "single": [0.0, 0.1, 0.5],
}


def main() -> None:
    """Print every case with its engine."""
    warnings.simplefilter("ignore")
    for function in (arp_nuisance.compute_least_favorable_cv, arp_nuisance._compute_least_favorable_cv):  # noqa: SLF001 - the draws are no argument
        _set_default(function, "sims", DRAWS)
    studies = event_studies(Path(sys.argv[1]))
    cases = [case for name in COMBINATIONS for case in _cases(name, studies[name])]
    engine = {name: version(name) for name in ("moderndid", "numpy", "scipy", "highspy", "cvxpy")}
    engine["python"] = platform.python_version()
    lines = ",\n".join(json.dumps(case) for case in cases)
    print(f'{{"engine": {json.dumps(engine)}, "draws": {DRAWS}, "cases": [\n{lines}\n]}}')  # noqa: T201 - a script


def _cases(name: str, study: EventStudy) -> list[dict[str, Any]]:
    """Return the intervals of one study under all restrictions."""
    parts = (study.betahat, study.sigma, study.n_pre, study.n_post)
    found: list[dict[str, Any]] = []
    for l_vec in COMBINATIONS[name]:
        weights = np.array(l_vec, dtype=float)
        case = {"study": name, "l_vec": l_vec}
        for restriction in RELATIVE:
            for mbar in MBARS:
                low, high, step = _relative(study, weights, restriction, mbar)
                ends = {"low": low, "high": high, "step": step}
                found.append({"restriction": restriction, **case, "bound": mbar, **ends})
        table = create_sensitivity_results_sm(*parts, method="FLCI", m_vec=SMOOTHNESS[name], l_vec=weights)
        for m, low, high in zip(SMOOTHNESS[name], table["lb"], table["ub"], strict=True):
            ends = {"low": round(low, 8), "high": round(high, 8), "step": 0.0}
            found.append({"restriction": "smoothness", **case, "bound": m, **ends})
        print(name, l_vec, file=sys.stderr, flush=True)  # noqa: T201 - a script
    return found


def _relative(study: EventStudy, l_vec: Floats, restriction: str, mbar: float) -> tuple[float, float, float]:
    """Return both ends, and the step of the grid they lie on."""
    centre = l_vec @ study.betahat[study.n_pre :]
    spread = np.sqrt(l_vec @ study.sigma[study.n_pre :, study.n_pre :] @ l_vec)
    order = {"relative magnitudes": 1, "relative smoothness": 2}[restriction]
    share = l_vec
    for _ in range(order):
        share = np.cumsum(share[::-1])[::-1]
    largest = np.abs(np.diff([*study.betahat[: study.n_pre], 0.0], n=order)).max()
    half = 20 * spread + 2 * (mbar + order - 1) * np.abs(share).sum() * largest
    grid = centre - half, centre + half
    low, high, step = _ends(study, l_vec, restriction, mbar, grid, COARSE)
    if low == grid[0] or high == grid[1]:
        message = f"the grid {grid} does not hold the interval"
        raise RuntimeError(message)
    low, high, step = _ends(study, l_vec, restriction, mbar, (low - step, high + step), FINE)
    return round(low, 8), round(high, 8), round(step, 8)


def _ends(  # noqa: PLR0917 - a study, a restriction and a grid
    study: EventStudy, l_vec: Floats, restriction: str, mbar: float, grid: tuple[float, float], points: int
) -> tuple[float, float, float]:
    """Return both ends on one grid, and its step."""
    found = RELATIVE[restriction](
        study.betahat,
        study.sigma,
        study.n_pre,
        study.n_post,
        l_vec,
        mbar,
        post_period_moments_only=study.n_post > 1,
        grid_points=points,
        grid_lb=grid[0],
        grid_ub=grid[1],
    )
    accepted = found["grid"][np.flatnonzero(found["accept"])]
    return float(accepted[0]), float(accepted[-1]), (grid[1] - grid[0]) / (points - 1)


def _set_default(function: Any, name: str, value: int) -> None:  # noqa: ANN401 - a function of moderndid
    """Change what an argument is when it is not given."""
    parameters = inspect.signature(function).parameters.values()
    defaults = [(each.name, each.default) for each in parameters if each.default is not inspect.Parameter.empty]
    function.__defaults__ = tuple(value if each == name else default for each, default in defaults)


if __name__ == "__main__":
    main()
