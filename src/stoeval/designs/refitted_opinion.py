"""The second opinion on an average effect, and its range over masked outcomes, by refits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from stoeval.designs.event_time import event_time
from stoeval.designs.robustness import (
    BREAKDOWN_DRAWS,
    BREAKDOWN_UPPER,
    DRAWS,
    POWER_DRAWS,
    Study,
    event_study_of,
    permuted_dose,
)
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference import honest_did
from stoeval.inference.absorption import dense_codes
from stoeval.inference.bounds import imbens_manski
from stoeval.inference.clustering import contrast, crv3
from stoeval.inference.equivalence import equivalence_bound
from stoeval.inference.pre_trends import explaining_trend
from stoeval.inference.regression import Regression, solve
from stoeval.vocabulary import Check, IdentificationClass, Robustness

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.designs.eras import Eras
    from stoeval.designs.event_time import EventTime
    from stoeval.designs.refits import Refits
    from stoeval.inference.clustering import Contrast
    from stoeval.inference.jackknife import Jackknife
    from stoeval.inference.randomization import RandomizationTest
    from stoeval.vocabulary import Floats, Sample, Window

Found = TypeVar("Found")

LINEAR_ONLY = "an average effect of a probability model has no cross-products to draw from"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRange:
    """The range of an effect over fills of masked outcomes, the interval around it, and what it says of the claim."""

    count: int
    low: float | None
    """None where a fill gives no estimate."""
    high: float | None
    ci_low: float | None
    ci_high: float | None
    check: Check


def fill_range(solved: Refits, combination: Floats, sample: Sample, effect: Contrast) -> FillRange:
    """Return the range of an effect over masked outcomes, as far as a search finds it."""
    count = int((sample.outcome_low != sample.outcome_high).sum())
    if not count:
        value = effect.effect
        check = _masking(value, value, value, 0)
        return FillRange(count=0, low=value, high=value, ci_low=None, ci_high=None, check=check)
    try:
        found = [solved.furthest(combination, sign).jackknife() for sign in (-1, 1)]
        ends = [contrast(one.estimate, one.covariance, combination) for one in found]
    except NotIdentified as error:
        check = Check(
            name="masked counts",
            passed=None,
            statistic=None,
            threshold=None,
            detail=f"{count} rows rest on a masked count; a fill of them gives no estimate: {error}",
            cap=IdentificationClass.C,
        )
        return FillRange(count=count, low=None, high=None, ci_low=None, ci_high=None, check=check)
    low, high = ends[0].effect, ends[1].effect
    covered = imbens_manski(low, high, ends[0].std_error, ends[1].std_error, effect.df, effect.ci_level)
    return FillRange(
        count=count,
        low=low,
        high=high,
        ci_low=covered.ci_low,
        ci_high=covered.ci_high,
        check=_masking(effect.effect, low, high, count),
    )


def _masking(effect: float, low: float, high: float, count: int) -> Check:
    """Look whether a fill of masked counts that a search finds turns the sign; a search proves no bound."""
    kept = low * high > 0 or count == 0
    found = "by the furthest fills that a search finds" if count else "and no fill moves it"
    cap = IdentificationClass.B if count else IdentificationClass.A
    return Check(
        name="masked counts",
        passed=kept,
        statistic=low if effect > 0 else high,
        threshold=0.0,
        detail=f"{count} rows rest on a masked count; the estimate goes from {low:.6g} to {high:.6g}, {found}",
        cap=cap if kept else IdentificationClass.C,
    )


def opinion(  # noqa: PLR0913, PLR0917 - what an opinion rests on
    eras: Eras,
    line: Study | NotIdentified,
    found: Jackknife,
    effect: Contrast,
    filled: FillRange,
    generator: np.random.Generator | None,
) -> Robustness:
    """Return what other inference and other assumptions say about an average effect.

    `line` is the straight line whose permutation test is taken, or why there is none.
    """
    own: list[np.random.Generator | None] = [None] * 3 if generator is None else list(generator.spawn(3))
    absent = [("wild bootstrap", LINEAR_ONLY), ("effective regions", LINEAR_ONLY)]
    permuted = _given("permutation", lambda: _permuted(line, own[0]), absent)
    broken = _given("breakdown", lambda: _breakdown(eras, found, own[1], effect.ci_level), absent)
    power = _given("pre-test power", lambda: _pre_test_power(eras, found, own[2]), absent)
    without = found.without @ eras.combination
    if filled.ci_low is None:
        absent.append(("masked interval", "no count is masked, or a fill gives no estimate"))
    return Robustness(
        permutation_p=permuted[0].p_value if permuted else None,
        permutation_p_low=permuted[0].p_low if permuted else None,
        permutation_p_high=permuted[0].p_high if permuted else None,
        permutation_method=f"{permuted[1]}; of the straight line" if permuted else "",
        breakdown=broken,
        pre_test_power=power,
        leave_out_low=float(without.min()),
        leave_out_high=float(without.max()),
        masked_low=filled.ci_low,
        masked_high=filled.ci_high,
        equivalence_bound=equivalence_bound(effect.effect, effect.std_error, effect.df),
        absent=tuple(absent),
    )


def _given(name: str, part: Callable[[], Found], absent: list[tuple[str, str]]) -> Found | None:
    """Return a part, or None with the reason written down."""
    try:
        return part()
    except EstimationError as error:
        absent.append((name, str(error)))
        return None


def _drawn(generator: np.random.Generator | None) -> np.random.Generator:
    if generator is None:
        message = "no draws were asked for"
        raise NotIdentified(message)
    return generator


def _years(eras: Eras) -> EventTime:
    if eras.years is None:
        message = "the years are pooled, so that there is no path to compare changes of"
        raise NotIdentified(message)
    return eras.years


def _breakdown(eras: Eras, found: Jackknife, generator: np.random.Generator | None, level: float) -> float:
    study = event_study_of(_years(eras), found.estimate, found.covariance, eras.combination)
    return honest_did.breakdown(
        *study, 1 - level, generator=_drawn(generator), upper=BREAKDOWN_UPPER, draws=BREAKDOWN_DRAWS
    ).bound


def _pre_test_power(eras: Eras, found: Jackknife, generator: np.random.Generator | None) -> float:
    """Return how likely the joint pre-test sees the linear trend that would produce the whole effect."""
    years = _years(eras)
    coefficients, covariance, n_pre, _, weights = event_study_of(
        years, found.estimate, found.covariance, eras.combination
    )
    times = np.array(years.years, dtype=np.float64) - years.reference
    window = times[n_pre:][weights != 0]
    return explaining_trend(
        coefficients, covariance, times, window, generator=_drawn(generator), draws=POWER_DRAWS
    ).power_joint


def _permuted(line: Study | NotIdentified, generator: np.random.Generator | None) -> tuple[RandomizationTest, str]:
    drawn = _drawn(generator)
    if isinstance(line, NotIdentified):
        raise line
    return permuted_dose(line, drawn, DRAWS)


def straight_line(sample: Sample, window: Window, *, formula_input: bool) -> Study:
    """Return the linear regression of the outcome on dose x year, with unit and year effects."""
    years = event_time(sample.period, window)
    columns = years.columns(sample.dose, sample.period)
    regression = Regression(
        outcome=sample.outcome,
        cluster=sample.cluster,
        nested=[dense_codes(sample.unit, sample.group)],
        crossed=[sample.period],
        controls=years.columns(sample.conditioning, sample.period) if formula_input else None,
        weights=sample.weight,
    )
    fitted = solve(regression, columns, tuple(f"dose x {year}" for year in years.years))
    return Study(
        sample=sample,
        regression=regression,
        columns=columns,
        fit=fitted,
        covariance=crv3(fitted),
        combination=years.combination(window),
        years=years,
        spread=lambda values: years.columns(values, sample.period),
    )
