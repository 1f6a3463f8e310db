"""Checks of the assumptions behind an estimate: they lower a claim, never raise it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.clustering import leave_one_out, wald
from stoeval.inference.romano_wolf import romano_wolf
from stoeval.inference.wild_draws import Variant
from stoeval.vocabulary import Check, IdentificationClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.inference.clustering import Contrast, Covariance
    from stoeval.inference.least_squares import Fit
    from stoeval.vocabulary import Floats, Robustness

CAUSAL_BREAKDOWN, INDICATIVE_BREAKDOWN = 1.0, 0.5
"""Breakdown values from which a result may be called an effect, and an indication of one."""
FAIR_POWER = 0.5
"""A pre-test that sees the trend it should see less often than this says little."""
PRE_TREND_LEVEL = 0.05
"""A pre-trend is seen below this p-value. Passing is not proof: the test has little power here."""

MOVING_LEVEL = 0.05
"""A path moves with the count of its dose below this p-value."""


def pre_trend(
    fit: Fit, covariance: Covariance, before: Sequence[int], generator: np.random.Generator | None = None
) -> Check:
    """Test jointly that the coefficients of the years before the baseline are zero.

    With draws by the largest |t| of the wild bootstrap, which keeps its size; without them by an F test on the
    covariance, which rejects parallel trends too often (docs/explanation/size_and_coverage.md).
    """
    if not before:
        return _nothing_before()
    return _parted_before(*_pre_trend_p(fit, covariance, list(before), generator))


def pre_trend_of_effects(effects: Floats, covariance: Covariance, before: Sequence[int]) -> Check:
    """Test jointly, by an F test on their covariance, that the effects (k,) before the baseline are zero."""
    return _parted_before(*_by_wald(effects, covariance, list(before))) if before else _nothing_before()


def _parted_before(p_value: float, detail: str) -> Check:
    passed = p_value >= PRE_TREND_LEVEL
    return Check(
        name="pre-trend",
        passed=passed,
        statistic=p_value,
        threshold=PRE_TREND_LEVEL,
        detail=detail,
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def _nothing_before() -> Check:
    return Check(
        name="pre-trend",
        passed=None,
        statistic=None,
        threshold=PRE_TREND_LEVEL,
        detail="no year before the baseline is observed, so a pre-trend cannot be seen",
        cap=IdentificationClass.C,
    )


def _pre_trend_p(
    fit: Fit, covariance: Covariance, before: list[int], generator: np.random.Generator | None
) -> tuple[float, str]:
    """Return the p-value of the years before the baseline together, and how it was made."""
    if generator is not None:
        try:
            found = romano_wolf(
                [fit] * len(before),
                list(np.eye(fit.k)[before]),
                generator.spawn(1)[0],
                variant=Variant.JACKKNIFE_SCORES,
            )
        except NotIdentified:
            pass
        else:
            return min(found.adjusted), f"p of the largest |t| of {len(before)} years, by the wild bootstrap"
    return _by_wald(fit.coefficients, covariance, before)


def _by_wald(effects: Floats, covariance: Covariance, before: list[int]) -> tuple[float, str]:
    test = wald(effects, covariance, before)
    statistic = f"F({test.restrictions}, {test.df:.0f}) = {test.statistic:.3f}"
    return test.p_value, f"p of {statistic} over the years before the baseline"


def leave_one_region_out(fit: Fit, combination: Floats, names: Sequence[str]) -> Check:
    """Look whether the sign survives without each region in turn."""
    return sign_without_each_region(leave_one_out(fit) @ combination, float(combination @ fit.coefficients), names)


def sign_without_each_region(effects: Floats, whole: float, names: Sequence[str]) -> Check:
    """Look whether the effects (G,) without each region have the sign of the whole."""
    kept = bool((np.sign(effects) == np.sign(whole)).all())
    furthest = int(np.abs(effects - whole).argmax())
    return Check(
        name="leave-one-region-out",
        passed=kept,
        statistic=float(effects[furthest]),
        threshold=0.0,
        detail=f"from {effects.min():.6g} to {effects.max():.6g}; most moved without {names[furthest]}",
        cap=IdentificationClass.A if kept else IdentificationClass.C,
    )


def placebo_dose(name: str, found: Contrast) -> Check:
    """Look whether the dose of another count moves the outcome beside the dose that was paid."""
    passed = found.p_value >= PRE_TREND_LEVEL
    return Check(
        name=f"placebo dose {name}",
        passed=passed,
        statistic=found.p_value,
        threshold=PRE_TREND_LEVEL,
        detail=f"effect {found.effect:.6g} (SE {found.std_error:.6g}) beside the dose that was paid",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def placebo_dose_not_separable(name: str, reason: str) -> Check:
    """Say that a placebo dose cannot be told apart from the dose that was paid."""
    return Check(
        name=f"placebo dose {name}",
        passed=None,
        statistic=None,
        threshold=PRE_TREND_LEVEL,
        detail=f"cannot be told apart from the dose that was paid: {reason}",
        cap=IdentificationClass.C,
    )


def moves(found: Contrast) -> bool:
    """Say whether a path moves with the count that its dose is built from."""
    return found.p_value < MOVING_LEVEL


def moving_dose(found: Contrast, turns: Sequence[tuple[str, str]], *, formula_input: bool) -> Check:
    """Look whether the path of a dose moves with the count that it is built from, as falling back to the mean does.

    `turns` holds each count and the year in which its path peaks, or is lowest where `found` is negative.
    """
    passed = not moves(found)
    beside = " beside the input of its formula, recounted too" if formula_input else ""
    places = ", ".join(f"{count} in {year}" for count, year in turns)
    lies = f"; {'peak' if found.effect > 0 else 'lowest point'} of the path by count: {places}" if turns else ""
    return Check(
        name="moving dose",
        passed=passed,
        statistic=found.p_value,
        threshold=MOVING_LEVEL,
        detail=f"{found.effect:.6g} (SE {found.std_error:.6g}) for a count one year nearer{beside}{lies}",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def moving_dose_not_seen(reason: str) -> Check:
    """Say that it cannot be seen whether the path moves with the count."""
    return Check(
        name="moving dose",
        passed=None,
        statistic=None,
        threshold=MOVING_LEVEL,
        detail=reason,
        cap=IdentificationClass.C,
    )


def moving_dose_within_formula_input() -> Check:
    """Say that a count enters the dose through the input of its formula alone, so that nothing is left to move."""
    return Check(
        name="moving dose within formula input",
        passed=None,
        statistic=None,
        threshold=None,
        detail="what a count says of this dose is the input of its formula, which enters in every year",
        cap=IdentificationClass.A,
    )


def masking(effect: float, low: float, high: float, masked: int, *, outer: bool = False) -> Check:
    """Look whether any admissible value of the masked counts turns the sign; `outer` bounds may be too wide."""
    kept = low * high > 0 or masked == 0
    return Check(
        name="masked counts",
        passed=kept,
        statistic=low if effect > 0 else high,
        threshold=0.0,
        detail=f"{masked} rows rest on a masked count; the estimate lies between {low:.6g} and {high:.6g}"
        f"{', by an outer bound' if outer else ''}",
        cap=IdentificationClass.A if kept else IdentificationClass.C,
    )


def masking_unbounded(masked: int) -> Check:
    """Say that masked counts were filled and that no bound is known for this model."""
    return Check(
        name="masked counts",
        passed=None,
        statistic=None,
        threshold=None,
        detail=f"{masked} rows rest on a masked count, filled at the middle; no bound is known for this model",
        cap=IdentificationClass.C,
    )


def breakdown(found: Robustness) -> Check:
    """Look how strong a break of trends the effect survives; a result that is not there has none to survive."""
    value, passed, cap = found.breakdown, None, IdentificationClass.C
    if value is None:
        detail = dict(found.absent).get("breakdown", "not computed")
    elif value == 0:
        detail = "zero is not rejected under parallel trends either, so there is nothing to break"
    else:
        passed = value >= CAUSAL_BREAKDOWN
        detail = f"zero is rejected while later changes are at most {value:.3g} times the largest one before"
        fragile = IdentificationClass.D if value < INDICATIVE_BREAKDOWN else IdentificationClass.C
        cap = IdentificationClass.A if passed else fragile
    return Check(name="breakdown", passed=passed, statistic=value, threshold=CAUSAL_BREAKDOWN, detail=detail, cap=cap)


def pre_test_power(found: Robustness) -> Check:
    """Look whether the pre-test would have seen the trend that explains the whole effect away."""
    power = found.pre_test_power
    if power is None:
        passed, detail = None, dict(found.absent).get("pre-test power", "the power of the pre-test is not known")
    else:
        passed = power >= FAIR_POWER
        detail = f"a linear trend that explains the whole effect would be seen in {power:.0%} of samples"
    return Check(
        name="power of the pre-test",
        passed=passed,
        statistic=power,
        threshold=FAIR_POWER,
        detail=detail,
        cap=IdentificationClass.A if passed else IdentificationClass.C,
    )


def formula_input_left_out() -> Check:
    """Say that the dose stands without what it is a function of, so that it repeats the baseline outcome."""
    return Check(
        name="formula input",
        passed=False,
        statistic=None,
        threshold=None,
        detail="the dose is computed from an earlier outcome, and its own input x year is left out",
        cap=IdentificationClass.D,
    )


def endogenous_intensity() -> Check:
    """Say that the regions chose this exposure themselves."""
    return Check(
        name="chosen exposure",
        passed=False,
        statistic=None,
        threshold=None,
        detail="regions chose how much of their plan went to this line of activity",
        cap=IdentificationClass.D,
    )
