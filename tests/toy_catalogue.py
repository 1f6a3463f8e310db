"""An invented province with two hypotheses, so that the machinery is tested apart from the content.

In Toyland 24 regions teach baking. H1 says that money raises the share of bakers; H2 says that talking does,
which nobody measured. Sizes and effects are chosen by hand; nothing here is about STO.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import stats

from stoeval.vocabulary import (
    DOSES,
    Catalogue,
    CausalChain,
    Check,
    Delivery,
    Direction,
    Estimand,
    Estimate,
    Expected,
    Exposure,
    Finding,
    Hypothesis,
    IdentificationClass,
    Indicator,
    Level,
    Link,
    Measurement,
    Norm,
    PeriodEstimate,
    Phase,
    Programme,
    Result,
    Robustness,
    Role,
    Sample,
    SchoolYear,
    TechnicalDefinition,
    Timing,
    Untestable,
    Window,
)

YEARS = {start: SchoolYear(start=start) for start in range(2012, 2030)}

INTERIM = Measurement(
    name="interim",
    phase=Phase.INTERIM,
    alpha=0.01,
    windows=tuple((timing, Window(baseline=(YEARS[2017],), outcome=(YEARS[2020],))) for timing in Timing),
)
FINAL = Measurement(
    name="final",
    phase=Phase.FINAL,
    alpha=0.04,
    windows=tuple((timing, Window(baseline=(YEARS[2017],), outcome=(YEARS[2022], YEARS[2023]))) for timing in Timing),
)

BAKERS = Indicator(
    name="technical_share_candidates",
    label="Aandeel bakkers",
    label_en="Share of bakers",
    goal="duurzaam 1",
    unit="share",
    level=Level.VESTIGING,
    source="Toyland",
    delivery=Delivery.EXAM_CANDIDATES,
)
MONEY = Exposure(
    name="money",
    label="Geld",
    label_en="Money",
    unit="per coin",
    definition="Een munt per leerling.",
    source="Toyland",
    rule=Programme(),
)
RISE = Expected(interim=Direction.RISE, final=Direction.RISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAnswer:
    """A design that returns what it was told, to test what is done with an answer."""

    effect: float = 1.0
    std_error: float = 0.1
    grade: IdentificationClass = IdentificationClass.B

    name: ClassVar[str] = "fixed answer"
    levels: ClassVar[tuple[Level, ...]] = tuple(Level)
    causes: ClassVar[tuple[type, ...]] = (*DOSES, Programme, Indicator)
    timings: ClassVar[tuple[Timing, ...]] = tuple(Timing)
    ceiling: ClassVar[IdentificationClass] = IdentificationClass.A

    def find(
        self, estimand: Estimand, sample: Sample, *, generator: np.random.Generator | None = None, confirm: bool = False
    ) -> Finding:
        del estimand, sample, generator, confirm
        return finding(self.effect, self.std_error, self.grade)


def finding(effect: float, std_error: float, grade: IdentificationClass, df: float = 77.0) -> Finding:
    """Return a finding with a t interval, as a design would."""
    half = float(stats.t.ppf(0.975, df)) * std_error
    estimate = Estimate(
        effect=effect,
        std_error=std_error,
        ci_low=effect - half,
        ci_high=effect + half,
        ci_level=0.95,
        p_value=float(2 * stats.t.sf(abs(effect) / std_error, df)),
        df=df,
        n_obs=240,
        n_units=24,
        n_clusters=78,
        unit="share per coin",
        baseline_mean=0.2,
        mde=2.8 * std_error,
        convention="by hand",
        bound_low=effect - 0.01,
        bound_high=effect + 0.01,
        n_masked=3,
    )
    check = Check(name="by hand", passed=True, statistic=0.5, threshold=0.05, detail="a check, by hand")
    point = PeriodEstimate(
        period=YEARS[2020], effect=effect, std_error=std_error, ci_low=effect, ci_high=effect, reference=False
    )
    robustness = Robustness(
        wild_p=0.02, wild_low=effect - 0.2, wild_high=effect + 0.2, absent=(("breakdown", "by hand"),)
    )
    return Finding(estimate=estimate, path=(point,), checks=(check,), identification_class=grade, robustness=robustness)


def link(name: str = "bakers", **changes: object) -> Link:
    """Return a primary link, or another one by changes."""
    parts: dict[str, object] = {
        "name": name,
        "cause": MONEY,
        "effect": BAKERS,
        "expected": RISE,
        "design": FixedAnswer(),
        "timing": Timing.STOCK,
        "role": Role.PRIMARY,
    }
    return Link(**(parts | changes))  # type: ignore[arg-type]


def hypothesis(number: int = 1, **changes: object) -> Hypothesis:
    """Return a hypothesis with one primary link and one link in its chain."""
    parts: dict[str, object] = {
        "number": number,
        "slug": "toy",
        "statement": "Geld maakt bakkers.",
        "reference": "Toyland, p. 1",
        "goal": "duurzaam",
        "primary": (link(),),
        "chain": CausalChain(links=(link("mechanism", role=Role.SECONDARY),)),
    }
    return Hypothesis(**(parts | changes))  # type: ignore[arg-type]


UNMEASURED = Untestable(reason="praten is niet gemeten", missing=(Delivery.SURVEY,))


def toy_catalogue(*hypotheses: Hypothesis, norms: tuple[Norm, ...] = ()) -> Catalogue:
    """Return a catalogue of Toyland."""
    talk = hypothesis(2, primary=(link("talk", design=UNMEASURED),))
    return Catalogue(
        hypotheses=hypotheses or (hypothesis(), talk),
        measurements=(INTERIM, FINAL),
        indicators=(BAKERS,),
        exposures=(MONEY,),
        technical=TechnicalDefinition.HARD,
        norms=norms,
    )


def result(one: Link, found: Finding | Untestable, number: int = 1) -> Result:
    """Return the result of a link."""
    return Result(hypothesis=number, link=one, finding=found)


def toy_sample(seed: int = 1, regions: int = 24, effect: float = 0.5) -> Sample:
    """Return a balanced sample of two units a region, four years, with a planted linear effect from 2020 on."""
    generator = np.random.default_rng(seed)
    years = np.array([2016, 2017, 2020, 2022, 2023])
    units = 2 * regions
    unit = np.repeat(np.arange(units), len(years))
    period = np.tile(years, units)
    dose = np.repeat(generator.uniform(0, 1, units), len(years))
    outcome = generator.normal(0, 0.1, len(unit)) + effect * dose * (period >= 2020) + 0.3 * dose
    return Sample(
        outcome=outcome,
        outcome_low=outcome,
        outcome_high=outcome,
        unit=unit,
        group=np.zeros_like(unit),
        period=period,
        cluster=unit // 2,
        stratum=np.zeros_like(unit),
        dose=dose,
        entitlement=np.ones(len(unit)),
        conditioning=np.empty((len(unit), 0)),
        weight=np.ones(len(unit)),
        offset=np.zeros(len(unit)),
        placebo_doses=(),
        unit_names=tuple(map(str, range(units))),
        cluster_names=tuple(map(str, range(regions))),
    )
