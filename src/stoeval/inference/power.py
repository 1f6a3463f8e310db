"""Power: what an estimate could have found, by formula and by simulation.

The formula takes a t statistic with known degrees of freedom. The simulation takes the design as it is, uneven
clusters and all: it multiplies the residual scores of the clusters, each at the coefficients estimated without it,
by random weights, adds an effect, and runs the test. It holds the design fixed and needs the residuals of the fit
to look like its errors; it says nothing about a sample that has yet to be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from stoeval.errors import EstimationError
from stoeval.inference.wild_draws import TIE, Draws, Variant, Weights, draw, draw_weights, resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit
    from stoeval.inference.wild_draws import Resampling

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

DOUBLINGS = 12
"""How often the search for the detectable effect doubles a standard error."""
HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPower:
    """Power of a two-sided test at some effects, and the effect found with a given power; errors are Monte-Carlo."""

    effects: tuple[float, ...]
    power: tuple[float, ...]
    power_errors: tuple[float, ...]
    minimum_detectable_effect: float | None
    """None where no effect is found with the power that was asked for; `reason` says why."""
    minimum_detectable_effect_error: float | None
    simulations: int
    method: str
    reason: str = ""


def minimum_detectable_effect(std_error: float, df: float, *, alpha: float = 0.05, power: float = 0.80) -> float:
    """Return the effect that a two-sided t-test would find with this power.

    (t[1 - alpha/2] + t[power]) times the standard error, about 2.8 standard errors for many clusters
    (Bloom 1995, Evaluation Review 19(5)). Raises EstimationError for arguments that make no sense.
    """
    if not (0 < alpha < power < 1 and df > 0 and np.isfinite(std_error) and std_error > 0):
        message = (
            f"alpha {alpha} and power {power} must rise between 0 and 1; df {df} and standard error {std_error} "
            "must be positive"
        )
        raise EstimationError(message)
    return float(stats.t.ppf(1 - alpha / 2, df) + stats.t.ppf(power, df)) * std_error


def simulated_power(  # noqa: PLR0913 - the choices of a simulation
    fit: Fit,
    combination: Floats,
    effects: Sequence[float],
    generator: np.random.Generator,
    *,
    simulations: int = 2_000,
    weights: Weights = Weights.RADEMACHER,
    bootstrap_draws: int | None = None,
    alpha: float = 0.05,
    power: float = 0.80,
) -> SimulatedPower:
    """Simulate the power of the test that a combination (k,) is zero, at each of the effects.

    The test is CRV3 with t(G - 1); with `bootstrap_draws` it is the restricted wild bootstrap 11 with so many
    draws in each simulation. Weights are those of the clusters in the simulated samples. Scores are scaled so that
    the simulated estimates have the CRV3 variance of the fit.
    Raises EstimationError for arguments that make no sense and NotIdentified where the sample has no statistic.
    """
    _refuse(effects, simulations, bootstrap_draws, alpha, power)
    rejects, std_error = _test(fit, combination, generator, simulations, weights, bootstrap_draws, alpha)
    shares = [float(rejects(effect).mean()) for effect in effects]
    errors = [float(np.sqrt(share * (1 - share) / simulations)) for share in shares]
    blur = float(np.sqrt(power * (1 - power) / simulations))
    found, lower, upper = (_detectable(rejects, std_error, power + shift) for shift in (0.0, -blur, blur))
    test = "CRV3 t" if bootstrap_draws is None else f"WCR-11, {bootstrap_draws} draws"
    return SimulatedPower(
        effects=tuple(float(effect) for effect in effects),
        power=tuple(shares),
        power_errors=tuple(errors),
        minimum_detectable_effect=found,
        minimum_detectable_effect_error=None if lower is None or upper is None else (upper - lower) / 2,
        simulations=simulations,
        method=f"{test}, {weights} clusters",
        reason="" if found is not None else f"no effect up to {2**DOUBLINGS} standard errors has power {power}",
    )


def _refuse(effects: Sequence[float], simulations: int, draws: int | None, alpha: float, power: float) -> None:
    if not np.isfinite(np.asarray(effects, dtype=np.float64)).all() or simulations < 100:
        message = f"effects must be finite and simulations at least 100, not {simulations}: {list(effects)}"
        raise EstimationError(message)
    if not 0 < alpha < 1 or not alpha < power < 1:
        message = f"alpha {alpha} must lie between 0 and 1, and power {power} between alpha and 1"
        raise EstimationError(message)
    if draws is not None and (1 + draws) * alpha < 1 - TIE:
        message = f"{draws} draws cannot reject at alpha {alpha}; take at least {np.ceil(1 / alpha) - 1:.0f}"
        raise EstimationError(message)


def _test(  # noqa: PLR0913, PLR0917 - the choices of a simulation
    fit: Fit,
    combination: Floats,
    generator: np.random.Generator,
    simulations: int,
    weights: Weights,
    bootstrap_draws: int | None,
    alpha: float,
) -> tuple[Callable[[float], Bools], float]:
    """Return the function from an effect to which simulations reject, and the standard error of the sample."""
    plain = resampling(fit, combination, variant=Variant.JACKKNIFE_BOTH, restricted=False)
    G = fit.n_clusters
    errors = replace(plain, scores=plain.scores * np.sqrt((G - 1) / G))
    # More simulations than combinations repeat them, as draws by chance do.
    drawn = _by_chance(G, simulations, weights, generator)
    if bootstrap_draws is None:
        noise = draw(drawn, errors).parts
        critical = float(stats.t.ppf(1 - alpha / 2, G - 1))
        return lambda effect: np.abs(effect + noise[0]) > critical * np.sqrt(noise[2]), plain.std_error
    prepared = resampling(fit, combination, variant=Variant.CLASSIC, restricted=True)
    samples = [_resampled(fit, combination, prepared, errors.scores * v[:, None]) for v in drawn]
    inner = [draw_weights(G, bootstrap_draws, None, generator) for _ in samples]
    tests = [draw(w, sample) for (w, _, _), sample in zip(inner, samples, strict=True)]
    added = int(not inner[0][1])
    return _bootstrap_rejects(samples, tests, added, alpha), plain.std_error


def _by_chance(clusters: int, draws: int, weights: Weights, generator: np.random.Generator) -> Floats:
    if weights is Weights.RADEMACHER:
        return generator.choice([-1.0, 1.0], size=(draws, clusters))
    return draw_weights(clusters, draws, weights, generator)[0]


def _resampled(fit: Fit, combination: Floats, prepared: Resampling, scores: Floats) -> Resampling:
    """Return the resampling of a simulated sample without effect, from the scores of its errors."""
    moved = fit.bread @ scores.sum(axis=0)
    residual = scores - fit.cluster_gram @ moved
    variance = prepared.spread.factor * float(((residual @ prepared.spread.direction) ** 2).sum())
    return replace(
        prepared, effect=float(combination @ moved[: fit.k]), std_error=float(np.sqrt(variance)), scores=residual
    )


def _bootstrap_rejects(
    samples: Sequence[Resampling], tests: Sequence[Draws], added: int, alpha: float
) -> Callable[[float], Bools]:
    """Return the function from an effect to which simulations reject."""
    n0, n1, q0, q1, q2 = np.stack([test.parts for test in tests], axis=1)
    noise = np.array([sample.effect for sample in samples])[:, None]
    scale = np.array([sample.std_error for sample in samples])[:, None]

    def rejects(effect: float) -> Bools:
        x = effect + noise
        threshold = (x / scale) ** 2 * (q0 + x * (2 * q1 + x * q2))
        beyond = ((n0 + x * n1) ** 2 >= threshold * (1 - TIE)).sum(axis=1)
        return np.asarray((beyond + added) / (n0.shape[1] + added) <= alpha + TIE)

    return rejects


def _detectable(rejects: Callable[[float], Bools], std_error: float, power: float) -> float | None:
    """Return the smallest effect found with this power, None where there is none."""
    inside, outside = 0.0, std_error
    for _ in range(DOUBLINGS):
        if rejects(outside).mean() >= power:
            break
        inside, outside = outside, 2 * outside
    else:
        return None
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if rejects(middle).mean() >= power else (middle, outside)
    return outside
