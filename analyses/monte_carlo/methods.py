"""What each method says of one simulated country: whether it rejects no effect, and whether its interval holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from monte_carlo.simulated_regions import EFFECTS, FIRST_DOSED, OTHER_YEARS, REFERENCE

from stoeval.errors import EstimationError
from stoeval.inference.bands import simultaneous_band
from stoeval.inference.bell_mccaffrey import satterthwaite
from stoeval.inference.cluster_robust import crv
from stoeval.inference.clustering import Covariance, Kind, contrast, wald
from stoeval.inference.least_squares import fit_many
from stoeval.inference.leverage import diagnose
from stoeval.inference.permutation_intervals import permutation_interval
from stoeval.inference.permuted_counts import poisson_null
from stoeval.inference.permuted_doses import dose_moments, permuted_doses
from stoeval.inference.poisson import fit_poisson
from stoeval.inference.romano_wolf import romano_wolf
from stoeval.inference.score_bootstrap import score_bootstrap
from stoeval.inference.wild_bootstrap import wild_cluster_bootstrap
from stoeval.inference.wild_draws import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monte_carlo.simulated_regions import Country
    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]

ALPHA = 0.05
DRAWS = 399
"""Of each bootstrap and permutation: alpha (draws + 1) is whole, so that draws by chance leave the size as it is."""
BAND_DRAWS = 5_000
ONE = np.ones(1)
BEFORE = np.flatnonzero(OTHER_YEARS < REFERENCE).tolist()
DOSED = np.asarray(OTHER_YEARS >= FIRST_DOSED, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one method says; None where it gives no such answer, or could not in this country."""

    rejects: bool | None = None
    """No effect, where there is none."""
    holds: bool | None = None
    """The interval, the effect that there is."""
    width: float | None = None
    """Of that interval."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examined:
    """One country: the estimate where there is an effect, the regions it rests on, and the answer of each method."""

    effect: float
    effective_clusters: float
    answers: dict[str, Answer]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Subject:
    """A country and its fits."""

    country: Country
    truth: float
    null: Fit
    effect: Fit
    family: tuple[Fit, ...]
    """The first without an effect, and two others."""

    @cached_property
    def paths(self) -> tuple[Fit, ...]:
        """Return the event studies without and with the effect."""
        return fit_many(
            np.column_stack([self.country.null_outcome, self.country.outcome]),
            self.country.path,
            cluster=self.country.region,
            nested=[self.country.vestiging],
            crossed=[self.country.year],
        )


Method = Callable[[_Subject, np.random.Generator], Answer]


def examine(country: Country, model: str, methods: Mapping[str, Method], generator: np.random.Generator) -> Examined:
    """Put a country before methods; each has random numbers of its own."""
    null, effect, *others = _fit_shares(country) if model == "linear" else _fit_counts(country)
    subject = _Subject(country=country, truth=EFFECTS[model], null=null, effect=effect, family=(null, *others))
    return Examined(
        effect=float(effect.coefficients[0]),
        effective_clusters=diagnose(effect, ONE).effective_clusters,
        answers={
            name: _given(method, subject, child)
            for (name, method), child in zip(methods.items(), generator.spawn(len(methods)), strict=True)
        },
    )


def _given(method: Method, subject: _Subject, generator: np.random.Generator) -> Answer:
    try:
        return method(subject, generator)
    except EstimationError:
        return Answer()


def _fit_shares(country: Country) -> tuple[Fit, ...]:
    return fit_many(
        np.column_stack([country.null_outcome, country.outcome, country.others]),
        country.exposure,
        cluster=country.region,
        nested=[country.vestiging],
        crossed=[country.year],
    )


def _fit_counts(country: Country) -> tuple[Fit, ...]:
    return tuple(
        fit_poisson(
            outcome,
            country.exposure[:, None],
            names=["dose"],
            cluster=country.region,
            nested=[country.vestiging],
            crossed=[country.year],
            offset=np.zeros(len(country.year)),
        )
        for outcome in (country.null_outcome, country.outcome)
    )


def _interval(p_value: float, low: float, high: float, truth: float) -> Answer:
    return Answer(rejects=p_value <= ALPHA, holds=low <= truth <= high, width=high - low)


def _by_t(subject: _Subject, _: np.random.Generator, *, covariance_of: Callable[[Fit], Covariance]) -> Answer:
    null, effect = (contrast(fit.coefficients, covariance_of(fit), ONE) for fit in (subject.null, subject.effect))
    return _interval(null.p_value, effect.ci_low, effect.ci_high, subject.truth)


def _jackknife_with_satterthwaite(fit: Fit) -> Covariance:
    found = crv(fit, Kind.CRV3)
    return Covariance(matrix=found.matrix, df=satterthwaite(fit, ONE, Kind.CRV3), convention=found.convention)


def _wild(subject: _Subject, generator: np.random.Generator, *, variant: Variant, restricted: bool) -> Answer:
    test = partial(
        wild_cluster_bootstrap,
        combination=ONE,
        generator=generator,
        draws=DRAWS,
        variant=variant,
        restricted=restricted,
    )
    null, effect = test(subject.null, interval=False), test(subject.effect)
    if effect.ci_low is None or effect.ci_high is None:
        return Answer(rejects=null.p_value <= ALPHA)
    return _interval(null.p_value, effect.ci_low, effect.ci_high, subject.truth)


def _permutation(subject: _Subject, generator: np.random.Generator) -> Answer:
    country = subject.country
    null, effect = (
        dose_moments(
            outcome,
            (country.year >= FIRST_DOSED)[:, None].astype(np.float64),
            unit=country.region,
            cluster=country.region,
            nested=[country.vestiging],
            crossed=[country.year],
        )
        for outcome in (country.null_outcome, country.outcome)
    )
    test = permuted_doses(null, country.dose, combination=ONE, generator=generator, draws=DRAWS)
    interval = permutation_interval(effect, country.dose, combination=ONE, generator=generator, draws=DRAWS)
    return _interval(test.p_value, interval.ci_low, interval.ci_high, subject.truth)


def _permutation_of_counts(subject: _Subject, generator: np.random.Generator) -> Answer:
    def rejects(outcome: Floats, effect: float) -> bool:
        country = subject.country
        null = poisson_null(
            outcome,
            nested=[country.vestiging],
            crossed=[country.year],
            offset=effect * country.exposure,
        )
        moments = dose_moments(
            null.outcome,
            (country.year[null.rows] >= FIRST_DOSED)[:, None].astype(np.float64),
            unit=country.region[null.rows],
            cluster=country.region[null.rows],
            nested=[country.vestiging[null.rows]],
            crossed=[country.year[null.rows]],
            weights=null.weights,
        )
        test = permuted_doses(moments, country.dose, combination=ONE, generator=generator, draws=DRAWS)
        return test.p_value <= ALPHA

    country = subject.country
    return Answer(rejects=rejects(country.null_outcome, 0.0), holds=not rejects(country.outcome, subject.truth))


def _score(subject: _Subject, generator: np.random.Generator) -> Answer:
    def rejects(outcome: Floats, null: float) -> bool:
        country = subject.country
        test = score_bootstrap(
            outcome,
            country.exposure[:, None],
            ONE,
            names=["dose"],
            cluster=country.region,
            nested=[country.vestiging],
            crossed=[country.year],
            offset=np.zeros(len(outcome)),
            generator=generator,
            null=null,
            draws=DRAWS,
            interval=False,
        )
        return test.p_value <= ALPHA

    country = subject.country
    return Answer(rejects=rejects(country.null_outcome, 0.0), holds=not rejects(country.outcome, subject.truth))


def _band(subject: _Subject, generator: np.random.Generator, *, kind: Kind) -> Answer:
    inside, width = [], 0.0
    for fit, truth in zip(subject.paths, (0.0, subject.truth), strict=True):
        found = crv(fit, kind)
        df = min(found.df_of(single) for single in np.eye(fit.k))
        band = simultaneous_band(fit.coefficients, found.matrix, generator=generator, df=df, draws=BAND_DRAWS)
        inside.append(bool(((band.low <= truth * DOSED) & (truth * DOSED <= band.high)).all()))
        width = float((band.high - band.low).mean())
    return Answer(rejects=not inside[0], holds=inside[1], width=width)


def _pre_test(subject: _Subject, _: np.random.Generator, *, kind: Kind) -> Answer:
    fit = subject.paths[0]
    return Answer(rejects=wald(fit.coefficients, crv(fit, kind), BEFORE).p_value <= ALPHA)


def _largest_before(subject: _Subject, generator: np.random.Generator) -> Answer:
    fit = subject.paths[0]
    single = [np.eye(fit.k)[place] for place in BEFORE]
    found = romano_wolf([fit] * len(single), single, generator, draws=DRAWS, variant=Variant.JACKKNIFE_SCORES)
    return Answer(rejects=min(found.adjusted) <= ALPHA)


def _family(subject: _Subject, generator: np.random.Generator) -> Answer:
    found = romano_wolf(subject.family, [ONE] * len(subject.family), generator, draws=DRAWS)
    return Answer(rejects=min(found.adjusted) <= ALPHA)


BY_COVARIANCE = {
    "CRV1, t(G-1)": partial(_by_t, covariance_of=lambda fit: crv(fit, Kind.CRV1)),
    "CRV2, t(Satterthwaite)": partial(_by_t, covariance_of=lambda fit: crv(fit, Kind.CRV2)),
    "CRV3, t(G-1)": partial(_by_t, covariance_of=lambda fit: crv(fit, Kind.CRV3)),
    "CRV3, t(Satterthwaite)": partial(_by_t, covariance_of=_jackknife_with_satterthwaite),
}
METHODS: dict[str, dict[str, Method]] = {
    "linear": {
        **BY_COVARIANCE,
        "wild WCR-11": partial(_wild, variant=Variant.CLASSIC, restricted=True),
        "wild WCR-31": partial(_wild, variant=Variant.JACKKNIFE_SCORES, restricted=True),
        "wild WCU-11": partial(_wild, variant=Variant.CLASSIC, restricted=False),
        "permutation": _permutation,
        "sup-t band, CRV3 t(G-1)": partial(_band, kind=Kind.CRV3),
        "pre-test, CRV2 HTZ": partial(_pre_test, kind=Kind.CRV2),
        "pre-test, CRV3 F": partial(_pre_test, kind=Kind.CRV3),
        "Romano-Wolf of three": _family,
        "sup-t band, CRV2 t(least Satterthwaite)": partial(_band, kind=Kind.CRV2),
        "pre-test, wild max-t": _largest_before,
    },
    "poisson": {**BY_COVARIANCE, "score bootstrap": _score, "permutation": _permutation_of_counts},
    "limits": {**BY_COVARIANCE, "wild WCR-31": partial(_wild, variant=Variant.JACKKNIFE_SCORES, restricted=True)},
}
"""The methods of each part of the grid, by their names in the tables."""
