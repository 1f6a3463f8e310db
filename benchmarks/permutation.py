"""Permutation of regional doses in an event study: cross-products against a refit a permutation.

`python -m benchmarks.permutation [DRAWS]`. Refits are timed over a few permutations and multiplied; the row says so.
ritest of pyfixest permutes one column that is constant within its clusters, so that it cannot permute a dose times
year; it is given what it can do, the regression of one change a vestiging on the dose.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.timing import Measured, measure, show

DRAWS = 9_999
REFITS = 50
REGIONS, YEARS, REFERENCE = 78, 10, 5
WINDOW = np.array([0.0, 0, 0, 0, -1, 0, 0.5, 0.5, 0.0])
SIZES = {"600 vestigingen, 10 years": (600, 1), "775 vestigingen with 4 leerwegen, 10 years": (775, 4)}


def make(vestigingen: int, leerwegen: int, draws: int) -> dict[str, Any]:
    """Return an event study on a regional dose with the formula's own input, five strata of regions."""
    generator = np.random.default_rng(20_261)
    region_of = np.sort(np.append(np.arange(REGIONS), generator.integers(0, REGIONS, vestigingen - REGIONS)))
    unit, year = (
        np.repeat(np.arange(vestigingen * leerwegen), YEARS),
        np.tile(np.arange(YEARS), vestigingen * leerwegen),
    )
    region = region_of[unit // leerwegen]
    dose = generator.lognormal(size=REGIONS)
    shock = 0.3 * generator.normal(size=(REGIONS, YEARS))[region, year]
    formula_input = generator.lognormal(size=vestigingen)[unit // leerwegen]
    return {
        "outcome": 0.05 * dose[region] * (year > 6) + shock + generator.normal(size=len(unit)),
        "columns": (year[:, None] == np.delete(np.arange(YEARS), REFERENCE)) * 1.0,
        "formula_input": formula_input,
        "unit": unit,
        "year": year,
        "region": region,
        "dose": dose,
        "strata": np.arange(REGIONS) % 5,
        "draws": draws,
    }


def with_imports(*arguments: int) -> dict[str, Any]:
    """Return the input with the engines imported, so that no import is timed."""
    import pyfixest  # noqa: F401, PLC0415 - in the measured process only

    from stoeval.inference import permuted_doses  # noqa: F401, PLC0415 - in the measured process only

    return make(*arguments)


def from_cross_products(given: dict[str, Any]) -> float:
    """Return the p-value of the whole test, from rows to result."""
    from stoeval.inference.permuted_doses import dose_moments, permuted_doses  # noqa: PLC0415 - measured process only

    moments = dose_moments(
        given["outcome"],
        given["columns"],
        unit=given["region"],
        cluster=given["region"],
        nested=[given["unit"]],
        crossed=[given["year"]],
        controls=given["formula_input"][:, None] * given["columns"],
    )
    return permuted_doses(
        moments,
        given["dose"],
        combination=WINDOW,
        generator=np.random.default_rng(1),
        strata=given["strata"],
        draws=given["draws"],
    ).p_value


def with_interval(given: dict[str, Any]) -> tuple[float, float]:
    """Return the interval by inversion of the test, from rows to result."""
    from stoeval.inference.permutation_intervals import permutation_interval  # noqa: PLC0415 - measured process only
    from stoeval.inference.permuted_doses import dose_moments  # noqa: PLC0415 - measured process only

    moments = dose_moments(
        given["outcome"],
        given["columns"],
        unit=given["region"],
        cluster=given["region"],
        nested=[given["unit"]],
        crossed=[given["year"]],
        controls=given["formula_input"][:, None] * given["columns"],
    )
    found = permutation_interval(
        moments,
        given["dose"],
        combination=WINDOW,
        generator=np.random.default_rng(1),
        strata=given["strata"],
        draws=given["draws"],
    )
    return found.ci_low, found.ci_high


def by_refits(given: dict[str, Any]) -> float:
    """Return the p-value of the loop that a user would write, over a few permutations."""
    import pandas as pd  # noqa: PLC0415 - in the measured process only
    import pyfixest  # noqa: PLC0415 - in the measured process only

    plain = ("outcome", "formula_input", "unit", "year", "region")
    frame = pd.DataFrame({name: given[name] for name in plain})
    generator, statistics = np.random.default_rng(1), []
    formula = f"outcome ~ i(year, dose, ref={REFERENCE}) + i(year, formula_input, ref={REFERENCE}) | unit + year"
    for number in range(REFITS + 1):
        dose = given["dose"].copy()
        for stratum in np.unique(given["strata"]) if number else ():
            members = given["strata"] == stratum
            dose[members] = generator.permutation(dose[members])
        model = pyfixest.feols(formula, frame.assign(dose=dose[given["region"]]), vcov={"CRV1": "region"})
        of_dose = [position for position, name in enumerate(model.coef().index) if ":dose" in name]
        effect = WINDOW @ model.coef().to_numpy()[of_dose]
        statistics.append(effect / np.sqrt(WINDOW @ model._vcov[np.ix_(of_dose, of_dose)] @ WINDOW))  # noqa: SLF001 - there is no public covariance
    return float((np.abs(statistics) >= abs(statistics[0])).mean())


def changes(given: dict[str, Any]) -> tuple[Any, Any]:
    """Return one change a unit, from the years before to those after, and its region."""
    wide = given["outcome"].reshape(-1, YEARS)
    return wide[:, REFERENCE + 1 :].mean(axis=1) - wide[:, : REFERENCE + 1].mean(axis=1), given["region"][::YEARS]


def changes_from_cross_products(given: dict[str, Any]) -> float:
    """Return the p-value of the studentised regression of changes on the dose."""
    from stoeval.inference.permuted_doses import dose_moments, permuted_doses  # noqa: PLC0415 - measured process only

    change, region = changes(given)
    moments = dose_moments(change, np.ones((len(change), 1)), unit=region, cluster=region)
    return permuted_doses(
        moments, given["dose"], combination=np.ones(1), generator=np.random.default_rng(1), draws=given["draws"]
    ).p_value


def changes_by_ritest(given: dict[str, Any]) -> float:
    """Return the p-value of ritest, with t statistics, over a few permutations."""
    import pandas as pd  # noqa: PLC0415 - in the measured process only
    import pyfixest  # noqa: PLC0415 - in the measured process only

    change, region = changes(given)
    frame = pd.DataFrame({"change": change, "region": region, "dose": given["dose"][region]})
    model = pyfixest.feols("change ~ dose", frame, vcov={"CRV1": "region"})
    return float(
        model.ritest(
            "dose",
            cluster="region",
            reps=REFITS,
            type="randomization-t",
            choose_algorithm="slow",
            rng=np.random.default_rng(1),
        )["Pr(>|t|)"]
    )


def extrapolated(timed: Measured, permutations: int, draws: int) -> Measured:
    """Return the measurement of a few permutations as that of all."""
    if timed.seconds is None or timed.first_seconds is None:
        return timed
    times = draws / permutations
    name = f"{timed.engine} ({permutations} done)"
    return replace(timed, engine=name, seconds=timed.seconds * times, first_seconds=timed.first_seconds * times)


def main() -> None:
    """Print a table for each size."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    for title, size in SIZES.items():
        arguments = (*size, draws)
        one = {"prepare": with_imports, "arguments": arguments}
        loop = measure("loop of pyfixest feols", by_refits, **one, repeats=1)
        show(
            f"event study, {title}, {draws} permutations of {REGIONS} regional doses in 5 strata",
            [
                measure("stoeval", from_cross_products, **one),
                measure("stoeval, interval", with_interval, **one),
                extrapolated(loop, REFITS + 1, draws),
            ],
            answers=str,
        )
    arguments = (600, 1, draws)
    one = {"prepare": with_imports, "arguments": arguments}
    ritest = measure("pyfixest ritest, t", changes_by_ritest, **one, repeats=1)
    show(
        f"changes of 600 vestigingen, {draws} permutations of {REGIONS} regional doses",
        [measure("stoeval", changes_from_cross_products, **one), extrapolated(ritest, REFITS, draws)],
        answers=str,
    )


if __name__ == "__main__":
    main()
