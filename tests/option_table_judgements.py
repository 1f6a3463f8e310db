"""Calls of every public function that bounds, adjusts or studies a path, with other values of every argument."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

import dose_panels
from option_cases import Case, Seed, Together
from option_samples import (
    BETAHAT,
    BOTH,
    CLUSTER,
    CONTROLS,
    COUNTS,
    FIT,
    L_VEC,
    LINKING,
    N_POST,
    N_PRE,
    OFFSET,
    ROWS,
    SIGMA,
    STUDY,
    TIMES,
    UNIT,
    YEAR,
    X,
    Y,
)
from stoeval.inference import (
    alpha_spending,
    bounds,
    equivalence,
    fixed_length,
    honest_did,
    moment_inequalities,
    multiplicity,
    power,
    pre_trends,
    trend_equivalence,
)
from stoeval.inference.bands import simultaneous_band
from stoeval.inference.event_study import event_study
from stoeval.inference.honest_did import Restriction
from stoeval.inference.largest_changes import largest_changes
from stoeval.inference.poisson_bounds import poisson_bounds
from stoeval.inference.pre_trends import PreTest
from stoeval.inference.wild_draws import Weights

CHANCE = np.random.default_rng(4)
LOW, HIGH = Y - 0.3, Y + CHANCE.uniform(0, 1, ROWS)
WHOLE = CHANCE.uniform(5, 9, ROWS)
RATIO: dict[str, Any] = {
    "numerator": (WHOLE - 3, WHOLE - CHANCE.uniform(0, 2, ROWS)),
    "denominator": (WHOLE - 1, WHOLE + 2),
    "part_of_whole": True,
}
DRAWN = CHANCE.normal(size=(60, 3))
WINDOW = dose_panels.WINDOW
GRID = np.vstack([np.linspace(-1, 4, 801), np.full(801, 0.2)])
NEAREST = moment_inequalities.Moments(directions=np.eye(2), slopes=np.array([1.0, -1.0]))
FARTHER = moment_inequalities.Moments(directions=2 * np.eye(2), slopes=np.array([1.0, -1.0]))
T_TEST: dict[str, Any] = {"effect": 0.2, "std_error": 0.1, "df": 20.0}
RELATIVE: dict[str, Any] = STUDY | {"mbar": 1.0, "generator": Seed(1), "draws": 2_000}
PRE_TEST: dict[str, Any] = {"generator": Seed(1), "alpha": 0.05, "draws": 1_000}
COEFFICIENTS = {"betahat": BETAHAT[:N_PRE], "sigma": SIGMA[:N_PRE, :N_PRE], "alpha": 0.05}
ONE_MORE_BEFORE = Together({"n_pre": N_PRE + 1, "n_post": N_POST - 1, "l_vec": L_VEC[:2]})
ONE_LESS_BEFORE = Together({"n_pre": N_PRE - 1, "l_vec": np.append(L_VEC, 0.1)})
OTHER_STUDY: dict[str, tuple[Any, ...]] = {
    "n_pre": (N_PRE + 1, ONE_MORE_BEFORE),
    "n_post": (N_POST + 1, ONE_MORE_BEFORE),
}

SHARP: dict[str, Case] = {
    "bounds.outcome_weights": Case(
        function=bounds.outcome_weights, given={"fit": FIT, "combination": BOTH}, changed={"fit": (LINKING,)}
    ),
    "bounds.masking_bounds": Case(
        function=bounds.masking_bounds,
        given={"fit": FIT, "combination": BOTH, "low": LOW, "high": HIGH},
        changed={"fit": (LINKING,)},
    ),
    "bounds.ratio_interval": Case(function=bounds.ratio_interval, given=RATIO),
    "bounds.ratio_bounds": Case(
        function=bounds.ratio_bounds, given={"fit": FIT, "combination": BOTH, **RATIO}, changed={"fit": (LINKING,)}
    ),
    "bounds.imbens_manski": Case(
        function=bounds.imbens_manski,
        given={"low": 0.1, "high": 0.3, "se_low": 0.1, "se_high": 0.2, "df": 20.0, "level": 0.95, "shrink": 0.0},
        changed={"shrink": (0.5,), "level": (0.9, 1.5)},
    ),
    "bounds.refuse_intervals": Case(
        function=bounds.refuse_intervals,
        given={"low": LOW, "high": HIGH},
        changed={"low": (HIGH + 1,), "high": (LOW - 1,)},
    ),
    "poisson_bounds.poisson_bounds": Case(
        function=poisson_bounds,
        given={
            "low": COUNTS,
            "high": COUNTS + (np.arange(ROWS) % 40 == 0),
            "regressors": X,
            "combination": BOTH,
            "unit": UNIT,
            "crossed": [YEAR],
            "controls": CONTROLS,
            "offset": OFFSET,
        },
        changed={
            "unit": (CLUSTER,),
            "crossed": ([],),
            "controls": (None, np.sin(CONTROLS)),
            "offset": (None, OFFSET * np.arange(ROWS) / ROWS),
        },
    ),
    "equivalence.equivalence_test": Case(
        function=equivalence.equivalence_test, given={**T_TEST, "low": -0.3, "high": 0.4, "alpha": 0.05}
    ),
    "equivalence.equivalence_bound": Case(
        function=equivalence.equivalence_bound, given={**T_TEST, "alpha": 0.05}, changed={"alpha": (0.1, 2.0)}
    ),
    "equivalence.equivalence_curve": Case(
        function=equivalence.equivalence_curve, given={**T_TEST, "alphas": (0.05, 0.1)}
    ),
    "equivalence.non_inferiority": Case(
        function=equivalence.non_inferiority,
        given={**T_TEST, "margin": 0.1, "higher_is_better": True, "alpha": 0.05},
    ),
    "multiplicity.holm": Case(function=multiplicity.holm, given={"p_values": (0.01, 0.04, 0.2)}),
    "multiplicity.split_alpha": Case(
        function=multiplicity.split_alpha, given={"p_values": (0.01, 0.04), "alphas": (0.01, 0.04)}
    ),
    "multiplicity.intersection_union": Case(
        function=multiplicity.intersection_union,
        given={"p_values": (0.04, 0.01)},
        changed={"p_values": ((0.05, 0.01), ())},
    ),
    "multiplicity.serial_gatekeeping": Case(
        function=multiplicity.serial_gatekeeping, given={"families": ((0.01, 0.02), (0.03,))}
    ),
    "alpha_spending.spent_alpha": Case(
        function=alpha_spending.spent_alpha,
        given={"fraction": 0.4, "alpha": 0.05, "spending": alpha_spending.Spending.POCOCK},
    ),
    "alpha_spending.spending_boundaries": Case(
        function=alpha_spending.spending_boundaries,
        given={"fractions": (0.4, 0.9), "alpha": 0.05, "spending": alpha_spending.Spending.POCOCK},
    ),
    "power.minimum_detectable_effect": Case(
        function=power.minimum_detectable_effect,
        given={"std_error": 0.1, "df": 20.0, "alpha": 0.05, "power": 0.8},
        changed={"std_error": (0.2, -0.1), "df": (10.0, 0.0), "alpha": (0.1, 2.0), "power": (0.9, 1.0, 80.0)},
    ),
    "power.simulated_power": Case(
        function=power.simulated_power,
        given={
            "fit": FIT,
            "combination": BOTH,
            "effects": (0.1, 0.3),
            "generator": Seed(1),
            "simulations": 200,
            "weights": Weights.RADEMACHER,
            "bootstrap_draws": None,
            "alpha": 0.05,
            "power": 0.8,
        },
        changed={"bootstrap_draws": (39,), "effects": ((0.2, 0.3),), "alpha": (0.1,), "simulations": (400,)},
    ),
}
PATHS: dict[str, Case] = {
    "bands.simultaneous_band": Case(
        function=simultaneous_band,
        given={"effects": BETAHAT, "covariance": SIGMA, "generator": Seed(1), "df": 20.0, "level": 0.9, "draws": 500},
        changed={"df": (inf, 10.0), "draws": (900,)},
    ),
    "event_study.event_study": Case(
        function=event_study, given=STUDY, changed=OTHER_STUDY, read=lambda study: [study, study.alpha]
    ),
    "honest_did.original": Case(function=honest_did.original, given=STUDY, changed=OTHER_STUDY),
    "honest_did.relative_magnitudes": Case(
        function=honest_did.relative_magnitudes, given=RELATIVE, changed=OTHER_STUDY | {"generator": (Seed(2), None)}
    ),
    "honest_did.relative_smoothness": Case(
        function=honest_did.relative_smoothness, given=RELATIVE, changed=OTHER_STUDY | {"generator": (Seed(2), None)}
    ),
    "honest_did.smoothness": Case(function=honest_did.smoothness, given=STUDY | {"m": 0.01}, changed=OTHER_STUDY),
    "honest_did.breakdown": Case(
        function=honest_did.breakdown,
        given=STUDY
        | {"restriction": Restriction.RELATIVE_MAGNITUDES, "upper": 5.0, "generator": Seed(1), "draws": 2_000},
        changed=OTHER_STUDY | {"upper": (0.1, -1.0), "draws": (3_000, None), "generator": (Seed(2), None)},
    ),
    "honest_did.breakdown under smoothness": Case(
        function=honest_did.breakdown,
        given=STUDY | {"restriction": Restriction.SMOOTHNESS, "upper": None, "generator": None, "draws": None},
        changed={"upper": (1e-4,), "generator": (Seed(1),), "draws": (2_000,)},
        only=("restriction", "upper", "generator", "draws"),
    ),
    "largest_changes.largest_changes": Case(
        function=largest_changes,
        given={"sigma": SIGMA, "n_pre": N_PRE, "l_vec": L_VEC, "mbar": 1.0, "order": 1},
        changed={"n_pre": (ONE_LESS_BEFORE,)},
    ),
    "moment_inequalities.least_favourable_limit": Case(
        function=moment_inequalities.least_favourable_limit,
        given={"moments": NEAREST, "draws": DRAWN[:, :2], "alpha": 0.05},
        changed={"moments": (FARTHER,)},
    ),
    "moment_inequalities.accepted": Case(
        function=moment_inequalities.accepted,
        given={"values": GRID, "covariance": np.array([[1.0, 0.3], [0.3, 1.0]]), "limit": 2.5, "alpha": 0.05},
    ),
    "fixed_length.folded_normal_quantile": Case(
        function=fixed_length.folded_normal_quantile, given={"bias": 0.5, "alpha": 0.05}
    ),
    "fixed_length.shortest_interval": Case(
        function=fixed_length.shortest_interval,
        given={"sigma": SIGMA, "n_pre": N_PRE, "l_vec": L_VEC, "m": 0.01, "alpha": 0.05},
        changed={"n_pre": (ONE_LESS_BEFORE,)},
    ),
    "fixed_length.penalty_path": Case(
        function=fixed_length.penalty_path, given={"H": SIGMA[:2, :2], "g": np.array([0.01, -0.02])}
    ),
    "pre_trends.explaining_trend": Case(
        function=pre_trends.explaining_trend,
        given={
            "coefficients": BETAHAT / 10,
            "covariance": SIGMA,
            "times": TIMES,
            "window": np.array([1.0, 2.0]),
            **PRE_TEST,
        },
        changed={"times": (TIMES - (TIMES < 0),), "window": (np.array([2.0]), np.array([9.0])), "draws": (1_500,)},
    ),
    "pre_trends.pre_trend_power": Case(
        function=pre_trends.pre_trend_power,
        given={"covariance": SIGMA, "times": TIMES, "slope": 0.004, "pre_test": PreTest.ANY, **PRE_TEST},
        changed={"times": (TIMES - (TIMES < 0),), "draws": (1_500,)},
    ),
    "pre_trends.slope_found_with": Case(
        function=pre_trends.slope_found_with,
        given={"power": 0.8, "covariance": SIGMA, "times": TIMES, "pre_test": PreTest.ANY, **PRE_TEST},
        changed={"times": (TIMES - (TIMES < 0),), "draws": (1_500,)},
    ),
    "trend_equivalence.equivalent_maximum": Case(function=trend_equivalence.equivalent_maximum, given=COEFFICIENTS),
    "trend_equivalence.equivalent_mean": Case(function=trend_equivalence.equivalent_mean, given=COEFFICIENTS),
    "trend_equivalence.equivalent_root_mean_square": Case(
        function=trend_equivalence.equivalent_root_mean_square,
        given=COEFFICIENTS | {"generator": Seed(1), "draws": 1_000},
        changed={"draws": (1_500,)},
    ),
}
JUDGEMENTS = SHARP | PATHS
