"""Wild cluster bootstrap with an interval: 9,999 draws, 78 clusters, 31,000 rows, against three engines.

`python -m benchmarks.wild_bootstrap [DRAWS]`. The first table starts from a fit, the second from the rows. Ours
gives p-value and interval with unit effects absorbed; pyfixest and wildboottest give a p-value only and have no
unit effects here (they would be 3,100 dummies), diff-diff gives both. OPENBLAS_NUM_THREADS holds for all of them.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from benchmarks.timing import measure, show

DRAWS = 9_999
CLUSTERS, UNITS, YEARS = 78, 3_100, 10


def make(draws: int) -> dict[str, Any]:
    """Return units in clusters over ten years, each cluster dosed to its own height in the last four."""
    generator = np.random.default_rng(20_264)
    unit, year = np.repeat(np.arange(UNITS), YEARS), np.tile(np.arange(YEARS), UNITS)
    home = np.sort(np.append(np.arange(CLUSTERS), generator.integers(0, CLUSTERS, UNITS - CLUSTERS)))
    cluster = home[unit]
    dose = generator.lognormal(size=CLUSTERS)[cluster] * (year > 5)
    shock = generator.normal(size=(CLUSTERS, YEARS))[cluster, year]
    outcome = shock + generator.normal(size=UNITS)[unit] + generator.normal(size=len(unit))
    return {"y": outcome, "d": dose, "cluster": cluster, "unit": unit, "year": year, "draws": draws}


def columns(given: dict[str, Any]) -> np.ndarray:
    """Return dose, constant and years as columns."""
    return np.column_stack([given["d"], np.ones(len(given["d"])), np.eye(YEARS)[given["year"]][:, 1:]])


def ready(draws: int, engine: str) -> dict[str, Any]:
    """Return the input with the engine imported and its fit made."""
    given = make(draws)
    if engine in {"stoeval", "stoeval, without unit effects"}:
        import stoeval.inference.wild_bootstrap  # noqa: F401, PLC0415 - in the measured process only

        given["nested"] = [given["unit"]] if engine == "stoeval" else []
        given["fit"] = our_fit(given)
    if engine == "pyfixest":
        import pandas as pd  # noqa: PLC0415 - in the measured process only
        import wildboottest  # noqa: PLC0415 - in the measured process only

        given["frame"] = pd.DataFrame({name: given[name] for name in ("y", "d", "cluster", "year")})
        given["fit"] = pyfixest_fit(given)
    if engine == "wildboottest":
        import wildboottest.wildboottest  # noqa: F401, PLC0415 - in the measured process only

        given["X"] = columns(given)
    if engine == "diff-diff":
        import diff_diff  # noqa: F401, PLC0415 - in the measured process only

        given["X"] = columns(given)
    return given


def our_fit(given: dict[str, Any]) -> Any:  # noqa: ANN401 - a fit
    """Return our fit, with unit effects where they are given."""
    from stoeval.inference.least_squares import fit  # noqa: PLC0415 - in the measured process only

    return fit(
        given["y"],
        given["d"][:, None],
        names=("dose",),
        cluster=given["cluster"],
        nested=given["nested"],
        crossed=[given["year"]],
    )


def pyfixest_fit(given: dict[str, Any]) -> Any:  # noqa: ANN401 - a fit
    """Return the fit of pyfixest, years as dummies."""
    import pyfixest  # noqa: PLC0415 - in the measured process only

    return pyfixest.feols("y ~ d + C(year)", given["frame"], vcov={"CRV1": "cluster"})


def ours(given: dict[str, Any]) -> tuple[float, float, float]:
    """Return p-value and interval from a fit."""
    from stoeval.inference.wild_bootstrap import wild_cluster_bootstrap  # noqa: PLC0415 - measured process only

    test = wild_cluster_bootstrap(given["fit"], np.ones(1), generator=np.random.default_rng(1), draws=given["draws"])
    return test.p_value, test.ci_low or 0.0, test.ci_high or 0.0


def ours_from_rows(given: dict[str, Any]) -> tuple[float, float, float]:
    """Return p-value and interval from rows."""
    return ours(given | {"fit": our_fit(given)})


def pyfixest_boot(given: dict[str, Any]) -> tuple[float]:
    """Return the p-value from a fit."""
    found = given["fit"].wildboottest(reps=given["draws"], cluster="cluster", param="d", seed=1)
    return (float(found["Pr(>|t|)"]),)


def pyfixest_from_rows(given: dict[str, Any]) -> tuple[float]:
    """Return the p-value from rows."""
    return pyfixest_boot(given | {"fit": pyfixest_fit(given)})


def wildboottest_boot(given: dict[str, Any]) -> tuple[float]:
    """Return the p-value from columns; the engine has no fit to start from."""
    from wildboottest.wildboottest import WildboottestCL  # noqa: PLC0415 - measured process only

    X = given["X"]
    engine = WildboottestCL(
        X=X, Y=given["y"], cluster=given["cluster"], R=np.eye(X.shape[1])[0], B=given["draws"], seed=1
    )
    engine.get_scores(bootstrap_type="11", impose_null=True)
    engine.get_weights(weights_type="rademacher")
    engine.get_numer()
    engine.get_denom()
    engine.get_tboot()
    engine.get_vcov()
    engine.get_tstat()
    engine.get_pvalue(pval_type="two-tailed")
    return (float(engine.pvalue),)


def diff_diff_boot(given: dict[str, Any]) -> tuple[float, float, float]:
    """Return p-value and interval from columns."""
    from diff_diff import wild_bootstrap_se  # noqa: PLC0415 - measured process only

    found = wild_bootstrap_se(
        given["X"], given["y"], 0 * given["y"], given["cluster"], 0, n_bootstrap=given["draws"], seed=1
    )
    return found.p_value, found.ci_lower, found.ci_upper


def main() -> None:
    """Write both tables."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    bare = "stoeval, without unit effects"

    def table(title: str, own: Any, pyfixest_work: Any) -> None:  # noqa: ANN401 - pieces of work
        others = [("wildboottest", wildboottest_boot, 3), ("diff-diff", diff_diff_boot, 1)]
        rows = [measure(name, own, prepare=ready, arguments=(draws, name), repeats=40) for name in ("stoeval", bare)]
        rows.append(measure("pyfixest", pyfixest_work, prepare=ready, arguments=(draws, "pyfixest"), repeats=5))
        rows.extend(measure(n, work, prepare=ready, arguments=(draws, n), repeats=r) for n, work, r in others)
        show(title, rows, answers=lambda answer: ", ".join(f"{value:.4f}" for value in answer))

    size = f"{UNITS * YEARS} rows, {CLUSTERS} clusters, {draws} draws"
    table(f"from a fit: {size}", ours, pyfixest_boot)
    table(f"from rows: {size}", ours_from_rows, pyfixest_from_rows)


if __name__ == "__main__":
    main()
