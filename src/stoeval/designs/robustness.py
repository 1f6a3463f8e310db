"""The second opinion on an estimate: other inference, other assumptions, from the same cross-products.

Every dose design reports the same things, so that no design can leave out the one that hurts. What cannot be
computed is absent with the reason; it never becomes a number.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from stoeval.designs.assignment import assignment
from stoeval.designs.few_clusters import ENOUGH, FEW
from stoeval.designs.masked_outcomes import masked_interval
from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference import honest_did
from stoeval.inference.bands import Band, simultaneous_band
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.clustering import contrast
from stoeval.inference.equivalence import equivalence_bound
from stoeval.inference.leverage import diagnose, effective_number
from stoeval.inference.permuted_counts import poisson_null
from stoeval.inference.permuted_doses import dose_moments, permuted_doses
from stoeval.inference.pre_trends import explaining_trend
from stoeval.inference.score_bootstrap import score_bootstrap
from stoeval.inference.wild_bootstrap import wild_cluster_bootstrap
from stoeval.inference.wild_draws import Variant
from stoeval.vocabulary import Robustness

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.designs.event_time import EventTime
    from stoeval.inference.clustering import Covariance
    from stoeval.inference.least_squares import Fit
    from stoeval.inference.randomization import RandomizationTest
    from stoeval.inference.regression import Regression
    from stoeval.inference.wild_bootstrap import BootstrapTest
    from stoeval.vocabulary import Floats, Sample

Found = TypeVar("Found")

VARIANTS = (Variant.JACKKNIFE_SCORES, Variant.CLASSIC)
DRAWS = 9_999
"""Of the bootstrap and of permutations."""
LEVEL = 0.95
MAGNITUDES = (0.5, 1.0, 1.5, 2.0)
"""Bounds of intervals under violations: times the largest earlier change, and standard errors a period."""
BREAKDOWN_UPPER = 2.0
"""No claim asks for more than one, so the search ends soon after it."""
BREAKDOWN_DRAWS = 2_000
POWER_DRAWS = 1_000
"""The power that is reported is exact; draws only serve what is not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A solved regression and the combination (k,) of its coefficients that is the effect."""

    sample: Sample
    regression: Regression
    columns: Floats
    """(n, k) the columns of interest."""
    fit: Fit
    covariance: Covariance
    combination: Floats
    years: EventTime | None = None
    """The years of the first coefficients; None where there is no path."""
    spread: Callable[[Floats], Floats] | None = None
    """Turns a dose (n,) into the columns of the regression; None where the cause is no dose."""


def robustness(
    study: Study, generator: np.random.Generator | None, *, draws: int = DRAWS, level: float = LEVEL
) -> Robustness:
    """Return what other inference and other assumptions say about the effect of a study.

    `draws` are those of the bootstrap and of permutations, `level` that of the bootstrap's interval and of the
    breakdown value. Without a generator nothing is drawn, and what needs draws is absent.
    """
    own = [None] * 4 if generator is None else generator.spawn(4)
    absent: list[tuple[str, str]] = []
    effect = contrast(study.fit.coefficients, study.covariance, study.combination)
    wild = _given("wild bootstrap", lambda: _wild(study, _drawn(own[0]), draws, level), absent)
    permuted = _given("permutation", lambda: permuted_dose(study, _drawn(own[1]), draws), absent)
    broken = _given("breakdown", lambda: _breakdown(study, _drawn(own[2]), level), absent)
    power = _given("pre-test power", lambda: _pre_test_power(study, _drawn(own[3])), absent)
    covered = _given("masked interval", lambda: masked_interval(study, level), absent)
    regions = _given("leave one out", lambda: _without_each_region(study), absent)
    found = Robustness(
        breakdown=broken.mbar if broken else None,
        pre_test_power=power,
        leave_out_low=regions[0] if regions else None,
        leave_out_high=regions[1] if regions else None,
        effective_clusters=regions[2] if regions else None,
        masked_low=covered[0] if covered else None,
        masked_high=covered[1] if covered else None,
        equivalence_bound=equivalence_bound(effect.effect, effect.std_error, effect.df),
        absent=tuple(absent),
    )
    return _with_permutation(_with_wild(found, wild), permuted)


def deciding(study: Study, generator: np.random.Generator | None, *, for_checks: bool = False) -> Robustness:
    """Return the part of `robustness` on which the inference that decides rests, from the same draws.

    Where the effect rests on enough regions that is their effective number alone. `for_checks` adds what checks read:
    breakdown value and power of the pre-test.
    """
    own = [None] * 4 if generator is None else generator.spawn(4)
    absent: list[tuple[str, str]] = []
    effective = effective_number(study.fit, study.combination)
    found = Robustness(effective_clusters=effective)
    if effective < ENOUGH:
        found = _with_wild(found, _given("wild bootstrap", lambda: _wild(study, _drawn(own[0]), DRAWS, LEVEL), absent))
    if effective < FEW:
        permuted = _given("permutation", lambda: permuted_dose(study, _drawn(own[1]), DRAWS), absent)
        found = _with_permutation(found, permuted)
    if for_checks:
        broken = _given("breakdown", lambda: _breakdown(study, _drawn(own[2]), LEVEL), absent)
        power = _given("pre-test power", lambda: _pre_test_power(study, _drawn(own[3])), absent)
        found = replace(found, breakdown=broken.mbar if broken else None, pre_test_power=power)
    return replace(found, absent=tuple(absent))


def _with_wild(found: Robustness, wild: BootstrapTest | None) -> Robustness:
    if wild is None:
        return found
    return replace(found, wild_p=wild.p_value, wild_low=wild.ci_low, wild_high=wild.ci_high, wild_method=wild.method)


def _with_permutation(found: Robustness, permuted: tuple[RandomizationTest, str] | None) -> Robustness:
    if permuted is None:
        return found
    test, words = permuted
    return replace(
        found,
        permutation_p=test.p_value,
        permutation_p_low=test.p_low,
        permutation_p_high=test.p_high,
        permutation_method=words,
    )


def band(study: Study, generator: np.random.Generator | None, *, level: float = 0.95) -> Band | None:
    """Return the simultaneous band of the path; None without draws, or where the years have no joint distribution."""
    if study.years is None or generator is None:
        return None
    k = len(study.years.years)
    try:
        covariance, df = _steady(study, k)
        return simultaneous_band(
            study.fit.coefficients[:k], covariance.matrix[:k, :k], generator=generator, df=df, level=level
        )
    except EstimationError:
        return None


def _steady(study: Study, k: int) -> tuple[Covariance, float]:
    """Return the covariance that gives bands their level: CRV2, with the fewest degrees of freedom of any year."""
    try:
        covariance = crv2(study.fit)
        return covariance, min(covariance.df_of(weights) for weights in np.eye(study.fit.k)[:k])
    except NotIdentified:
        return study.covariance, study.covariance.df


def _drawn(generator: np.random.Generator | None) -> np.random.Generator:
    if generator is None:
        message = "no draws were asked for"
        raise NotIdentified(message)
    return generator


def _given(name: str, part: Callable[[], Found], absent: list[tuple[str, str]]) -> Found | None:
    """Return a part, or None with the reason written down."""
    try:
        return part()
    except EstimationError as error:
        absent.append((name, str(error)))
        return None


def honest_intervals(study: Study, generator: np.random.Generator, *, level: float = 0.95) -> pd.DataFrame:
    """Return the intervals of the effect under violations of parallel trends, one row a restriction and bound.

    Raises NotIdentified where the study has no path that starts before the effect.
    """
    event_study, alpha = _event_study(study), 1 - level
    rows = [honest_did.original(*event_study, alpha)]
    rows += [
        honest_did.relative_magnitudes(*event_study[:4], mbar, event_study[4], alpha, generator=generator)
        for mbar in MAGNITUDES
    ]
    if event_study[2] > 1:
        spread = float(np.sqrt(np.diag(event_study[1])).mean())
        rows += [honest_did.smoothness(*event_study[:4], m * spread, event_study[4], alpha) for m in MAGNITUDES]
    return pd.DataFrame([asdict(row) for row in rows])


def _wild(study: Study, generator: np.random.Generator, draws: int, level: float) -> BootstrapTest:
    """Return the restricted bootstrap of the effect, with jackknifed scores.

    Where a region cannot be left out the scores are plain; where the interval has no end there is a p-value only. A
    Poisson model has the p-value of its score bootstrap, and the interval of its last step: refits for every value
    that an interval tries would cost a hundred times the estimate.
    """
    attempts = [(variant, interval) for variant in VARIANTS for interval in (True, False)]
    last: NotIdentified | None = None
    for (variant, interval), child in zip(attempts, generator.spawn(len(attempts)), strict=True):
        try:
            found = wild_cluster_bootstrap(
                study.fit,
                study.combination,
                generator=child,
                variant=variant,
                draws=draws,
                level=level,
                interval=interval,
            )
        except NotIdentified as error:
            last = error
            continue
        return _by_score(study, found, generator, draws) if study.regression.logarithmic else found
    message = f"no bootstrap of the effect exists: {last}"
    raise NotIdentified(message)


def _by_score(study: Study, linear: BootstrapTest, generator: np.random.Generator, draws: int) -> BootstrapTest:
    """Return the score bootstrap of a Poisson model with the interval of its last step."""
    model = study.regression
    if model.offset is None:
        return linear
    score = score_bootstrap(
        model.outcome,
        study.columns,
        study.combination,
        names=study.fit.names,
        cluster=model.cluster,
        nested=model.nested,
        crossed=model.crossed,
        offset=model.offset,
        controls=model.controls,
        generator=generator,
        draws=draws,
        interval=False,
        fitted=study.fit,
    )
    method = f"{score.method}; interval of the last step by {linear.method}"
    return replace(linear, p_value=score.p_value, statistic=score.statistic, method=method)


def _without_each_region(study: Study) -> tuple[float, float, float]:
    """Return the lowest and highest effect without each region, and how many regions the effect rests on."""
    found = diagnose(study.fit, study.combination)
    if found.without is None:
        message = "one region alone identifies the effect"
        raise NotIdentified(message)
    return float(found.without.min()), float(found.without.max()), found.effective_clusters


def _breakdown(study: Study, generator: np.random.Generator, level: float) -> honest_did.Breakdown:
    """Return the breakdown value of the mean effect over the window."""
    return honest_did.breakdown(
        *_event_study(study), 1 - level, generator=generator, upper=BREAKDOWN_UPPER, draws=BREAKDOWN_DRAWS
    )


def _event_study(study: Study) -> tuple[Floats, Floats, int, int, Floats]:
    """Return the event study of a study; raise NotIdentified without one."""
    years = _years_of_dose(study)
    return event_study_of(years, study.fit.coefficients, study.covariance, study.combination)


def event_study_of(
    years: EventTime, effects: Floats, covariance: Covariance, combination: Floats
) -> tuple[Floats, Floats, int, int, Floats]:
    """Return coefficients, covariance, how many lie before and after the reference, and the effect in the latter.

    The first of the `effects` are those of the years. Raises NotIdentified where later changes cannot be held
    against earlier ones.
    """
    n_pre, k = len(years.before), len(years.years)
    if not n_pre:
        message = "no year before the baseline is observed, so nothing bounds how far trends may have parted"
        raise NotIdentified(message)
    gaps = np.diff(sorted((*years.years, years.reference))) > 1
    if gaps.any():
        message = f"{int(gaps.sum())} gaps between the observed years: changes over them cannot be compared"
        raise NotIdentified(message)
    if combination[:n_pre].any():
        message = "the baseline is a mean of several years, so the effect is no combination of later coefficients"
        raise NotIdentified(message)
    return effects[:k], covariance.matrix[:k, :k], n_pre, k - n_pre, combination[n_pre:k]


def _years_of_dose(study: Study) -> EventTime:
    if study.years is None or study.spread is None:
        message = "the cause is no dose with a path of years"
        raise NotIdentified(message)
    return study.years


def permuted_dose(study: Study, generator: np.random.Generator, draws: int) -> tuple[RandomizationTest, str]:
    """Return the test that permutes the dose over whoever was assigned it, and in words over whom."""
    if study.spread is None:
        message = "the cause is no dose that could have been assigned otherwise"
        raise NotIdentified(message)
    model, columns = study.regression, study.spread(np.ones(len(study.sample.dose)))
    outcome, weights, rows = model.outcome, model.weights, np.arange(len(model.outcome))
    if model.offset is not None:
        null = poisson_null(
            outcome,
            nested=model.nested,
            crossed=model.crossed,
            offset=model.offset,
            controls=model.controls,
        )
        outcome, weights, rows = null.outcome, null.weights, null.rows
    assigned = assignment(study.sample.rows(rows))
    moments = dose_moments(
        outcome,
        columns[rows],
        unit=assigned.unit,
        cluster=model.cluster[rows],
        nested=[codes[rows] for codes in model.nested],
        crossed=[codes[rows] for codes in model.crossed],
        controls=None if model.controls is None else model.controls[rows],
        weights=weights,
    )
    test = permuted_doses(
        moments,
        assigned.dose,
        combination=study.combination,
        strata=assigned.stratum,
        generator=generator,
        draws=draws,
    )
    return test, assigned.words


def _pre_test_power(study: Study, generator: np.random.Generator) -> float:
    """Return how likely the joint pre-test sees the linear trend that would produce the whole effect."""
    coefficients, covariance, n_pre, _, weights = _event_study(study)
    years = _years_of_dose(study)
    times = np.array(years.years, dtype=np.float64) - years.reference
    window = times[n_pre:][weights != 0]
    found = explaining_trend(coefficients, covariance, times, window, generator=generator, draws=POWER_DRAWS)
    return found.power_joint
