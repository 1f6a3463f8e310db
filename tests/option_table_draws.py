"""Calls of every public function that draws, with other values of every argument."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

import dose_panels
from option_cases import Case, Seed
from option_samples import (
    BOTH,
    CLUSTER,
    CLUSTERS,
    CONTROLS,
    COUNTS,
    DOSE,
    FIT,
    OFFSET,
    OTHER_FIT,
    STEEPER,
    STRATA,
    UNIT,
    WEIGHTS,
    YEAR,
    X,
    Y,
)
from stoeval.inference import (
    wild_draws,
)
from stoeval.inference.assignments import assignments
from stoeval.inference.permutation_intervals import permutation_interval
from stoeval.inference.permuted_doses import Compared, dose_moments, estimates, parts, permuted_doses, refuse_mismatch
from stoeval.inference.randomization import randomization_test, refuse_level, studentised_slope, tally
from stoeval.inference.romano_wolf import romano_wolf, step_down
from stoeval.inference.score_bootstrap import score_bootstrap
from stoeval.inference.wild_bootstrap import (
    Counting,
    joint_wild_bootstrap,
    refuse_choices,
    share_beyond,
    wild_cluster_bootstrap,
)
from stoeval.inference.wild_draws import Variant, Weights

CHANCE = np.random.default_rng(4)
DRAWN = CHANCE.normal(size=(60, 3))
OBSERVED = np.array([1.0, 1.5, 2.0])
LABELS = (np.arange(CLUSTERS), np.arange(CLUSTERS) + 3)
PERMUTED = dose_panels.event_study()
MOMENTS = PERMUTED.moments()
OTHER_MOMENTS = PERMUTED.moments(outcome=PERMUTED.outcome**2)
PERMUTED_DOSE = dose_panels.lognormal(PERMUTED)
GAP = dose_panels.gap_within_vestigingen()
GAP_DOSE = dose_panels.lognormal(GAP)
GROUPS = np.arange(dose_panels.REGIONS) % 2
WINDOW = dose_panels.WINDOW
RESAMPLED = wild_draws.resampling(FIT, BOTH, variant=Variant.CLASSIC, restricted=True)
OTHER_RESAMPLED = wild_draws.resampling(OTHER_FIT, BOTH, variant=Variant.CLASSIC, restricted=True)
SIGNS = np.where(CHANCE.random((9, CLUSTERS)) < 0.5, -1.0, 1.0)
BOOTSTRAP: dict[str, Any] = {
    "generator": Seed(1),
    "draws": 199,
    "variant": Variant.CLASSIC,
    "restricted": True,
    "weights": Weights.RADEMACHER,
    "counting": Counting.WITH_SAMPLE,
}
INTERVAL: dict[str, Any] = {"null": 0.0, "level": 0.9, "interval": True}
OTHER_BOOTSTRAP: dict[str, tuple[Any, ...]] = {"null": (0.1,), "nulls": ([0.1, 0.0],), "labels": (None,)}
FAMILY: dict[str, Any] = {"fits": [FIT, OTHER_FIT], "combinations": [BOTH, BOTH], "nulls": [0.0, 0.0], "labels": LABELS}

DRAWS: dict[str, Case] = {
    "assignments.assignments": Case(
        function=assignments, given={"dose": DOSE, "strata": STRATA, "draws": 20, "generator": Seed(1)}
    ),
    "randomization.randomization_test": Case(
        function=randomization_test,
        given={
            "dose": DOSE,
            "statistic": studentised_slope(Y[::5], CLUSTER[::5]),
            "generator": Seed(1),
            "strata": STRATA,
            "draws": 99,
            "level": 0.95,
        },
        changed={
            "generator": (Seed(3),),
            "statistic": (studentised_slope(Y[1::5], CLUSTER[::5]),),
            "strata": (None, np.arange(CLUSTERS) // 3),
        },
    ),
    "randomization.tally": Case(
        function=tally,
        given={"sample": 1.0, "drawn": DRAWN[:, 0], "level": 0.95, "enumerated": False},
        changed={"sample": (0.5,), "drawn": (DRAWN[:, 1],)},
    ),
    "randomization.refuse_level": Case(function=refuse_level, given={"level": 0.95}, changed={"level": (0.0, 1.0)}),
    "randomization.studentised_slope": Case(
        function=studentised_slope,
        given={"change": Y[::5], "cluster": CLUSTER[::5], "strata": STRATA, "weights": WEIGHTS[::5]},
        changed={"strata": (None, np.arange(CLUSTERS) // 5), "weights": (None,)},
        read=lambda statistic: statistic(DOSE),
    ),
    "permuted_doses.dose_moments": Case(
        function=dose_moments,
        given={name: getattr(PERMUTED, name) for name in PERMUTED.__slots__},
        changed={
            "cluster": (PERMUTED.cluster // 2, PERMUTED.nested[0]),
            "nested": ([], [PERMUTED.unit]),
            "crossed": ([], [PERMUTED.crossed[0] // 2]),
            "controls": (None,),
            "weights": (None,),
        },
    ),
    "permuted_doses.permuted_doses": Case(
        function=permuted_doses,
        given={
            "moments": MOMENTS,
            "dose": PERMUTED_DOSE,
            "combination": WINDOW,
            "generator": Seed(1),
            "strata": GROUPS,
            "compared": Compared.STUDENTISED,
            "draws": 99,
            "level": 0.95,
        },
        changed={
            "generator": (Seed(3),),
            "moments": (OTHER_MOMENTS,),
            "strata": (None, GROUPS * np.arange(len(GROUPS)) // 5),
        },
    ),
    "permutation_intervals.permutation_interval": Case(
        function=permutation_interval,
        given={
            "moments": GAP.moments(),
            "dose": GAP_DOSE,
            "combination": WINDOW,
            "generator": Seed(1),
            "path": np.array([0.0, 0.0, 1.0, 1.0]),
            "strata": np.arange(len(GAP_DOSE)) % 2,
            "compared": Compared.STUDENTISED,
            "draws": 199,
            "level": 0.9,
        },
        changed={
            "moments": (GAP.moments(outcome=GAP.outcome**2),),
            "strata": (None,),
            "path": (np.array([0.0, 0.0, 1.0, 2.0]),),
        },
    ),
    "permuted_doses.parts": Case(
        function=parts,
        given={"moments": MOMENTS, "blocks": (np.ones((4, 2)),)},
        changed={"moments": (OTHER_MOMENTS,)},
        free={"moments": "they only say in how many parts a block is cut, to fit in memory"},
    ),
    "permuted_doses.estimates": Case(
        function=estimates,
        given={
            "moments": MOMENTS,
            "doses": PERMUTED_DOSE[None],
            "combination": WINDOW,
            "moment": MOMENTS.moment,
            "nuisance_moment": MOMENTS.nuisance_moment,
        },
        changed={
            "moments": (PERMUTED.moments(weights=None),),
            "doses": (PERMUTED_DOSE[None] ** 2,),
        },
    ),
    "permuted_doses.refuse_mismatch": Case(
        function=refuse_mismatch,
        given={"moments": MOMENTS, "dose": PERMUTED_DOSE, "combination": WINDOW},
        changed={
            "moments": (dose_panels.years_only().moments(),),
            "dose": (PERMUTED_DOSE[:3],),
            "combination": (np.zeros(4),),
        },
    ),
    "wild_bootstrap.wild_cluster_bootstrap": Case(
        function=wild_cluster_bootstrap,
        given={"fit": FIT, "combination": BOTH, **BOOTSTRAP, **INTERVAL},
        changed=OTHER_BOOTSTRAP | {"counting": (Counting.STRICT,), "level": (0.8, 1.5)},
    ),
    "wild_bootstrap.joint_wild_bootstrap": Case(
        function=joint_wild_bootstrap,
        given=FAMILY | BOOTSTRAP,
        changed=OTHER_BOOTSTRAP | {"counting": (Counting.STRICT,)},
    ),
    "wild_bootstrap.share_beyond": Case(
        function=share_beyond,
        given={"drawn": np.abs(DRAWN), "observed": OBSERVED, "counting": Counting.WITH_SAMPLE, "enumerated": False},
        changed={"observed": (OBSERVED / 2,), "drawn": (np.abs(DRAWN) / 2,)},
    ),
    "wild_bootstrap.refuse_choices": Case(
        function=refuse_choices,
        given={"nulls": [0.0], "draws": 99, "level": 0.95},
        changed={"nulls": ([inf],), "draws": (0, 9), "level": (1.0, 0.999)},
    ),
    "wild_draws.draw_weights": Case(
        function=wild_draws.draw_weights,
        given={"clusters": 14, "draws": 20, "weights": Weights.RADEMACHER, "generator": Seed(1)},
    ),
    "wild_draws.resampling": Case(
        function=wild_draws.resampling,
        given={"fit": FIT, "combination": BOTH, "variant": Variant.CLASSIC, "restricted": True},
    ),
    "wild_draws.draw": Case(
        function=wild_draws.draw,
        given={"drawn": SIGNS, "prepared": RESAMPLED},
        changed={"prepared": (OTHER_RESAMPLED,)},
    ),
    "wild_draws.spread_of": Case(
        function=wild_draws.spread_of,
        given={"fit": FIT, "combination": np.append(BOTH, np.zeros(len(FIT.bread) - 2)), "jackknife": True},
        changed={"fit": (STEEPER,)},
    ),
    "romano_wolf.romano_wolf": Case(
        function=romano_wolf, given=FAMILY | BOOTSTRAP, changed=OTHER_BOOTSTRAP | {"counting": (Counting.STRICT,)}
    ),
    "romano_wolf.step_down": Case(
        function=step_down,
        given={"statistics": tuple(OBSERVED), "drawn": DRAWN, "counting": Counting.WITH_SAMPLE, "enumerated": False},
        changed={"statistics": ((0.5, 1.5, 2.0),), "drawn": (DRAWN / 2,)},
    ),
    "score_bootstrap.score_bootstrap": Case(
        function=score_bootstrap,
        given={
            "outcome": COUNTS,
            "regressors": X,
            "combination": BOTH,
            "names": ("a", "b"),
            "cluster": CLUSTER,
            "nested": [UNIT],
            "crossed": [YEAR],
            "offset": OFFSET,
            "controls": CONTROLS,
            **{name: value for name, value in BOOTSTRAP.items() if name not in {"variant", "restricted"}},
            "null": 0.0,
            "level": 0.8,
            "interval": False,
            "draws": 199,
            "fitted": None,
        },
        changed={
            "fitted": (FIT,),
            "names": (("a",),),
            "cluster": (UNIT,),
            "nested": ([CLUSTER],),
            "crossed": ([],),
            "controls": (None, CONTROLS**2),
            "null": (0.1,),
            "counting": (Counting.STRICT,),
        },
        elsewhere=("level",),
    ),
    "score_bootstrap.score_bootstrap with an interval": Case(
        function=score_bootstrap,
        given={
            "outcome": COUNTS,
            "regressors": X,
            "combination": BOTH,
            "names": ("a", "b"),
            "cluster": CLUSTER,
            "nested": [UNIT],
            "crossed": [YEAR],
            "offset": OFFSET,
            "controls": CONTROLS,
            **{name: value for name, value in BOOTSTRAP.items() if name not in {"variant", "restricted"}},
            "null": 0.0,
            "level": 0.8,
            "interval": True,
            "fitted": None,
            "draws": 49,
        },
        changed={"level": (0.7, 1.5)},
        only=("level",),
    ),
}
