"""A catalogue of two hypotheses and stored runs of it, written by hand, for tests of what is read from disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from stoeval.runs.read import StoredRun
from stoeval.runs.tables import ROBUSTNESS
from stoeval.vocabulary import (
    DOSES,
    Catalogue,
    CausalChain,
    Delivery,
    Direction,
    Expected,
    Exposure,
    FormulaInput,
    Hypothesis,
    IdentificationClass,
    Indicator,
    Level,
    Link,
    Measurement,
    Phase,
    Programme,
    Role,
    SchoolYear,
    TechnicalDefinition,
    Timing,
    Untestable,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from stoeval.vocabulary import Estimand, Finding, Sample

HOSTILE = '<script>alert("1")</script>\'"><img src=x onerror=alert(2)>{{ 7*7 }}'
STATEMENT = "Doordat leerlingen eerder kennismaken met techniek, kiezen meer leerlingen voor techniek."
RISES = Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToyDesign:
    """A design that is only ever named."""

    name: ClassVar[str] = "dose event study"
    levels: ClassVar[tuple[Level, ...]] = tuple(Level)
    causes: ClassVar[tuple[type, ...]] = (*DOSES, Programme, Indicator)
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.A

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        raise NotImplementedError


def indicator(name: str, label: str, unit: str = "share") -> Indicator:
    return Indicator(
        name=name,
        label=label,
        label_en=f"{label} (English)",
        goal="dekkend 1",
        unit=unit,
        level=Level.VESTIGING,
        source="DUO",
        delivery=Delivery.ENROLMENT,
    )


def exposure(name: str, label: str, *, definition: str, counted: int, **parts: object) -> Exposure:
    return Exposure(
        name=name,
        label=label,
        label_en=f"{label} (English)",
        unit="per EUR 1,000 per pupil",
        definition=definition,
        source="regeling",
        rule=FormulaInput(counted=SchoolYear(start=counted)),
        **parts,
    )


INPUT = exposure("input", "Aandeel bij de telling", definition="technisch gedeeld door alle leerlingen", counted=2017)
PLACEBO = exposure("dose_2016", "Budget op de telling van 2016/17", definition="telling van 2016", counted=2016)
DOSE = replace(
    exposure("dose", "Budget per leerling", definition="budget gedeeld door leerlingen", counted=2017),
    label_en="Budget per pupil",
    formula_input=INPUT,
    placebos=(PLACEBO,),
)
UNUSED = exposure("unused", "Niet gebruikt", definition="staat in geen enkele schatting", counted=2019)


def toy_catalogue(label: str = "Aandeel techniek") -> Catalogue:
    share, pupils = indicator("share", label), indicator("pupils", "Leerlingen per profiel", unit="pupils")
    electives = indicator("electives", "Keuzevakken")
    first = Hypothesis(
        number=1,
        slug="toy",
        statement=STATEMENT,
        reference="Achtergrondschets, p. 25",
        goal="dekkend",
        primary=(link("choice", share, Role.PRIMARY),),
        chain=CausalChain(links=(link("size", pupils, Role.SECONDARY),)),
        further=(
            link("candidates", share, Role.SECONDARY),
            link("candidates-naive", share, Role.ROBUSTNESS),
            link("choice-too-early", share, Role.PLACEBO, timing=Timing.RUN_UP),
        ),
        gaps=("D&P telt niet als technisch.",),
    )
    waiting = Untestable(reason="keuzevakken zijn niet geregistreerd", missing=(Delivery.ELECTIVES,))
    second = Hypothesis(
        number=2,
        slug="early_encounter",
        statement="Leerlingen kiezen vaker een technisch keuzevak.",
        reference="Achtergrondschets, p. 25",
        goal="dekkend",
        primary=(link("electives", electives, Role.PRIMARY, design=waiting),),
        chain=CausalChain(links=()),
    )
    return Catalogue(
        hypotheses=(first, second),
        measurements=(measurement("interim", Phase.INTERIM, 0.01, 2020), measurement("final", Phase.FINAL, 0.04, 2022)),
        indicators=(share, pupils, electives),
        exposures=(DOSE, INPUT, UNUSED),
        technical=TechnicalDefinition.HARD,
    )


def link(
    name: str,
    effect: Indicator,
    role: Role,
    *,
    timing: Timing = Timing.STOCK,
    design: ToyDesign | Untestable | None = None,
) -> Link:
    return Link(
        name=name,
        cause=DOSE,
        effect=effect,
        expected=RISES,
        design=design or ToyDesign(),
        timing=timing,
        role=role,
    )


def measurement(name: str, phase: Phase, alpha: float, year: int) -> Measurement:
    baseline = (SchoolYear(start=2017),)
    outcome = tuple(SchoolYear(start=start) for start in ((year,) if phase is Phase.INTERIM else (year, year + 1)))
    return Measurement(
        name=name,
        phase=phase,
        alpha=alpha,
        windows=(
            (Timing.STOCK, Window(baseline=baseline, outcome=outcome)),
            (Timing.RUN_UP, Window(baseline=baseline, outcome=(SchoolYear(start=2019),))),
        ),
    )


def estimate(measured: str, name: str, role: str, outcome: str, **changes: object) -> dict[str, object]:
    """Return one row of estimates: 1.2 percentage points with a standard error of 0.4 unless changed."""
    row: dict[str, object] = {
        "measurement": measured,
        "hypothesis": 1,
        "link": name,
        "role": role,
        "outcome": outcome,
        "exposure": "dose",
        "design": "dose event study",
        "population": "all",
        "effect": 0.012,
        "std_error": 0.004,
        "ci_low": 0.004,
        "ci_high": 0.020,
        "ci_level": 0.95,
        "p_value": 0.003,
        "p_adjusted": 0.009 if role == "primary" else None,
        "df": 77.0,
        "n_obs": 5120,
        "n_units": 1640,
        "n_clusters": 78,
        "unit": "share per EUR 1,000 per pupil",
        "baseline_mean": 0.214,
        "mde": 0.0114,
        "identification_class": "C",
        "convention": "CRV3 (G-1)/G, t(77)",
        "expected": "rise" if role != "placebo" else "no response",
        "bound_low": 0.010,
        "bound_high": 0.014,
        "n_masked": 312,
    }
    return row | changes


def stored_run(
    measured: str = "final",
    *,
    synthetic: bool = True,
    regions: str = "STO (gesimuleerd)",
    conclusion: str = "deels ondersteund",
    **changes: object,
) -> StoredRun:
    """Return a run of the toy catalogue; `changes` go into its primary estimate."""
    primary = estimate(measured, "choice", "primary", "share", **changes)
    rows = [
        primary,
        estimate(measured, "size", "secondary", "pupils", unit="log points per EUR 1,000 per pupil", bound_low=None),
        estimate(measured, "choice-too-early", "placebo", "share", effect=0.001, ci_low=-0.007, ci_high=0.009),
    ]
    because = "significant in de verwachte richting | niet elke schakel van het mechanisme is aangetoond: size"
    verdicts = [
        (measured, 1, conclusion, primary["identification_class"], because),
        (measured, 2, "niet toetsbaar", None, "electives: keuzevakken zijn niet geregistreerd"),
    ]
    links = [(measured, 1, row["link"], row["role"], "dose", row["outcome"], "rise", True, "", "") for row in rows]
    closed = ("dose", "electives", "rise", False, "keuzevakken zijn niet geregistreerd", "keuzevakregistratie")
    links.append((measured, 2, "electives", "primary", *closed))
    return StoredRun(
        path=Path("runs") / f"{measured}-1",
        manifest=manifest(measured, synthetic=synthetic, regions=regions),
        estimates=pd.DataFrame(rows),
        robustness=second_opinions(rows),
        event_study=path_of(2020 if measured == "interim" else 2023),
        checks=checks(),
        verdicts=pd.DataFrame(
            verdicts, columns=["measurement", "hypothesis", "conclusion", "identification_class", "because"]
        ),
        links=pd.DataFrame(links, columns=LINK_COLUMNS),
    )


LINK_COLUMNS = [
    "measurement",
    "hypothesis",
    "link",
    "role",
    "cause",
    "effect",
    "expected",
    "testable",
    "reason",
    "missing",
]


def supplementary_run(
    measured: str = "final", *, shape: dict[int, float] | None = None, regions: str = "RMC stand-in"
) -> StoredRun:
    """Return a run without primary estimates: one secondary, one without the formula input, one placebo in time."""
    rows = [
        estimate(measured, "candidates", "secondary", "share", ci_low=-0.004),
        estimate(measured, "candidates-naive", "robustness", "share", identification_class="D", ci_low=-0.004),
        estimate(measured, "choice-too-early", "placebo", "share", effect=0.001, ci_low=-0.007, ci_high=0.009),
    ]
    year = {"interim": "2020/21", "final": "2022/23, 2023/24"}[measured]
    unseen = f"de uitkomst is niet waargenomen in {year}; de inzet op activiteitenlijn 5_breed is niet geleverd"
    missing = "DUO leerlingen per vestiging en profiel; gecodeerde regioplannen"
    unasked = "keuzevakken per leerling zijn niet geregistreerd"
    links = [(measured, 1, row["link"], row["role"], "dose", row["outcome"], "rise", True, "", "") for row in rows]
    links += [
        (measured, 1, "choice", "primary", "dose", "share", "rise", False, unseen, missing),
        (measured, 1, "size", "secondary", "dose", "pupils", "rise", False, "de uitkomst is niet geleverd", missing),
        (measured, 2, "electives", "primary", "dose", "electives", "rise", False, unasked, "keuzevakregistratie"),
    ]
    verdicts = [
        (measured, 1, "niet toetsbaar", None, f"choice: {unseen}"),
        (measured, 2, "niet toetsbaar", None, f"electives: {unasked}"),
    ]
    columns = ["measurement", "hypothesis", "conclusion", "identification_class", "because"]
    naive = shape or {year: -0.002 * abs(year - 2018) for year in range(2013, 2024)}
    return StoredRun(
        path=Path("runs") / f"{measured}-2",
        manifest=manifest(measured, synthetic=False, regions=regions),
        estimates=pd.DataFrame(rows),
        robustness=second_opinions(rows),
        event_study=pd.concat([path_of(2023, link="candidates"), shaped("candidates-naive", naive)]),
        checks=supplementary_checks(),
        verdicts=pd.DataFrame(verdicts, columns=columns),
        links=pd.DataFrame(links, columns=LINK_COLUMNS),
    )


def second_opinions(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return a second opinion on each estimate, the last of them without a breakdown value."""
    found = [
        {
            "hypothesis": row["hypothesis"],
            "link": row["link"],
            "wild_p": 0.031,
            "wild_low": -0.011,
            "wild_high": 0.019,
            "wild_method": "WCR-31",
            "permutation_p": 0.044,
            "permutation_p_low": 0.04,
            "permutation_p_high": 0.048,
            "permutation_method": "doses of regions",
            "breakdown": 0.62,
            "pre_test_power": 0.71,
            "leave_out_low": 0.001,
            "leave_out_high": 0.009,
            "effective_clusters": 41.3,
            "masked_low": -0.004,
            "masked_high": 0.021,
            "equivalence_bound": 0.017,
            "absent": "",
        }
        for row in rows
    ]
    if found:
        found[-1] |= {"breakdown": None, "absent": "breakdown: by hand"}
    return pd.DataFrame(found, columns=list(ROBUSTNESS))


def supplementary_checks() -> pd.DataFrame:
    rows = [
        (1, "candidates", "pre-trend", True, 0.412, 0.05, "p of F"),
        (1, "candidates", "placebo dose dose_2016", False, 0.0004, 0.05, "beside the dose"),
        (1, "candidates", "breakdown", None, None, 1.0, "not computed"),
        (1, "candidates", "masked counts", None, None, None, "no bound"),
        (1, "candidates-naive", "pre-trend", True, 0.112, 0.05, "p of F"),
        (1, "candidates-naive", "formula input", False, None, None, "left out"),
    ]
    return pd.DataFrame(rows, columns=CHECK_COLUMNS)


def shaped(name: str, effects: dict[int, float]) -> pd.DataFrame:
    """Return a path with these effects by start of the school year, relative to 2017/18."""
    path = path_of(max(effects), link=name, first=min(effects))
    values = [value - effects[2017] for _, value in sorted(effects.items())]
    return path.assign(effect=values, ci_low=[one - 0.008 for one in values], ci_high=[one + 0.008 for one in values])


def path_of(last: int, *, link: str = "choice", first: int = 2013) -> pd.DataFrame:
    years = [
        {
            "hypothesis": 1,
            "link": link,
            "school_year": str(SchoolYear(start=start)),
            "effect": 0.0 if start == 2017 else 0.002 * (start - 2017),
            "std_error": 0.0 if start == 2017 else 0.004,
            "ci_low": 0.0 if start == 2017 else 0.002 * (start - 2017) - 0.008,
            "ci_high": 0.0 if start == 2017 else 0.002 * (start - 2017) + 0.008,
            "reference": start == 2017,
            "band_low": 0.0 if start == 2017 else 0.002 * (start - 2017) - 0.011,
            "band_high": 0.0 if start == 2017 else 0.002 * (start - 2017) + 0.011,
        }
        for start in range(first, last + 1)
    ]
    return pd.DataFrame(years)


CHECK_COLUMNS = ["hypothesis", "link", "check", "passed", "statistic", "threshold", "detail"]


def checks() -> pd.DataFrame:
    rows = [
        (1, "choice", "pre-trend", True, 0.412, 0.05, "p of F"),
        (1, "choice", "breakdown", None, None, 1.0, "not computed"),
        (1, "choice", "something new", False, 2.0, None, "said by the check itself"),
    ]
    return pd.DataFrame(rows, columns=CHECK_COLUMNS)


def manifest(measured: str, *, synthetic: bool, regions: str) -> dict[str, object]:
    return {
        "measurement": measured,
        "panel_sha256": "3f" * 32,
        "catalogue_sha256": "a1" * 32,
        "technical": "hard",
        "synthetic": synthetic,
        "regions": regions,
        "seed": 20180801,
        "sources": [["leerlingen-2017-2018.csv", "9c" * 32]],
        "notes": ["schooljaar 2023/24 is voorlopig"],
        "versions": [["stoeval", "0.1.0"], ["numpy", "2.3.5"]],
    }
