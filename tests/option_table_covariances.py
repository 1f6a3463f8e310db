"""Calls of every public function that makes a covariance or compares groups, with other values of every argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from option_cases import Case
from option_samples import (
    BOTH,
    BY_UNIT,
    CLUSTER,
    CLUSTERS,
    COHORT,
    CONTROLS,
    FAR,
    FIRM,
    FIT,
    LATITUDE,
    LINKING,
    LONGITUDE,
    OTHER_FIT,
    OTHER_Y,
    PLAIN,
    QUARTER,
    UNIT,
    WEIGHTS,
    YEAR,
    YEARS,
    X,
    Y,
)
from stoeval.inference import bell_mccaffrey, clustering, leverage
from stoeval.inference.cluster_robust import crv
from stoeval.inference.clustering import Convention, Kind, crv1
from stoeval.inference.definiteness import Indefinite, settle
from stoeval.inference.design_based import design_based
from stoeval.inference.doubly_robust import doubly_robust_difference
from stoeval.inference.group_time import (
    Aggregation,
    Comparison,
    Reference,
    aggregate,
    group_time_effects,
    influence_covariance,
)
from stoeval.inference.spatial import Kernel, conley
from stoeval.inference.two_way import scores_by, two_way

PANEL = group_time_effects(Y, unit=UNIT, period=YEAR, cohort=COHORT)
INDEFINITE = np.array([[1.0, 1.5], [1.5, 1.0]])
CODES: dict[str, Any] = {"first": CLUSTER, "second": YEAR, "crossed": [YEAR]}
COVARIANCES: dict[str, Case] = {
    "bell_mccaffrey.crv2": Case(function=bell_mccaffrey.crv2, given={"fit": FIT}),
    "bell_mccaffrey.satterthwaite": Case(
        function=bell_mccaffrey.satterthwaite,
        given={"fit": FIT, "combination": BOTH, "kind": Kind.CRV2},
        changed={"fit": (BY_UNIT,)},
    ),
    "bell_mccaffrey.influences": Case(function=bell_mccaffrey.influences, given={"fit": FIT, "kind": Kind.CRV2}),
    "cluster_robust.crv": Case(function=crv, given={"fit": FIT, "kind": Kind.CRV3, "convention": Convention.SUMMCLUST}),
    "cluster_robust.crv of scores": Case(
        function=crv, given={"fit": FIT, "kind": Kind.CRV1, "convention": Convention.FIXEST}
    ),
    "clustering.crv1": Case(function=crv1, given={"fit": FIT, "convention": Convention.FIXEST}),
    "clustering.crv3": Case(function=clustering.crv3, given={"fit": FIT, "convention": Convention.SUMMCLUST}),
    "clustering.leave_one_out": Case(function=clustering.leave_one_out, given={"fit": FIT}),
    "clustering.contrast": Case(
        function=clustering.contrast,
        given={"coefficients": FIT.coefficients, "covariance": crv1(FIT), "weights": BOTH, "level": 0.95},
        changed={"covariance": (crv1(OTHER_FIT),), "level": (0.9, 0.0, 1.0, 95.0)},
    ),
    "clustering.wald": Case(
        function=clustering.wald,
        given={"coefficients": FIT.coefficients, "covariance": crv1(FIT), "tested": [0, 1]},
        changed={"covariance": (crv1(OTHER_FIT),), "tested": ([0], [])},
    ),
    "clustering.refuse_inexact": Case(
        function=clustering.refuse_inexact, given={"fit": FIT}, changed={"fit": (LINKING,)}
    ),
    "clustering.refuse_few_clusters": Case(
        function=clustering.refuse_few_clusters, given={"count": 3}, changed={"count": (2,)}
    ),
    "clustering.refuse_saturated": Case(
        function=clustering.refuse_saturated,
        given={"rows": 5, "parameters": 4},
        changed={"rows": (4,), "parameters": (5,)},
    ),
    "definiteness.settle": Case(function=settle, given={"matrix": INDEFINITE, "choice": Indefinite.TRUNCATE}),
    "design_based.design_based": Case(
        function=design_based,
        given={"fit": FIT, "attributes": np.sin(np.arange(CLUSTERS))[:, None], "share": 0.5, "kind": Kind.CRV2},
    ),
    "leverage.diagnose": Case(function=leverage.diagnose, given={"fit": FIT, "combination": BOTH}),
    "leverage.effective_number": Case(
        function=leverage.effective_number,
        given={"fit": FIT, "combination": BOTH},
        changed={"fit": (PLAIN,), "combination": (BOTH[::-1],)},
    ),
    "leverage.effective_clusters": Case(
        function=leverage.effective_clusters, given={"variances": np.array([1.0, 2.0, 4.0])}
    ),
    "spatial.conley": Case(
        function=conley,
        given={
            "fit": FIT,
            "latitude": LATITUDE,
            "longitude": LONGITUDE,
            "cutoff_km": 60.0,
            "kernel": Kernel.BARTLETT,
            "period": YEAR,
            "unit": UNIT,
            "lags": 1,
            "indefinite": Indefinite.TRUNCATE,
        },
        changed={
            "latitude": (LATITUDE + np.sin(UNIT), LATITUDE + 90),
            "period": (YEAR // 2, None),
            "unit": (CLUSTER, None),
            "lags": (2, 0),
        },
        elsewhere=("indefinite",),
    ),
    "spatial.conley of an indefinite covariance": Case(
        function=conley,
        given={
            "fit": FIT,
            "latitude": LATITUDE,
            "longitude": LONGITUDE,
            "cutoff_km": FAR,
            "kernel": Kernel.UNIFORM,
            "period": YEAR,
            "unit": UNIT,
            "lags": 1,
            "indefinite": Indefinite.TRUNCATE,
        },
        only=("indefinite",),
    ),
    "two_way.two_way": Case(
        function=two_way,
        given={
            "fit": FIT,
            **CODES,
            "convention": Convention.FIXEST,
            "indefinite": Indefinite.TRUNCATE,
        },
        changed={"second": (FIRM,), "crossed": ([FIRM], ())},
        elsewhere=("indefinite",),
    ),
    "two_way.two_way of an indefinite covariance": Case(
        function=two_way,
        given={
            "fit": PLAIN,
            "first": CLUSTER,
            "second": QUARTER,
            "crossed": (),
            "convention": Convention.FIXEST,
            "indefinite": Indefinite.TRUNCATE,
        },
        only=("indefinite",),
    ),
    "two_way.scores_by": Case(function=scores_by, given={"fit": FIT, "groups": YEAR}),
    "doubly_robust.doubly_robust_difference": Case(
        function=doubly_robust_difference,
        given={
            "change": Y[:40],
            "treated": np.arange(40) % 3 == 0,
            "covariates": CONTROLS[:40] + X[:40, 1:],
            "weights": WEIGHTS[:40],
        },
        changed={"covariates": (None, X[:40, 1:]), "weights": (None,)},
    ),
    "group_time.group_time_effects": Case(
        function=group_time_effects,
        given={
            "outcome": Y,
            "unit": UNIT,
            "period": YEAR,
            "cohort": COHORT,
            "covariates": CONTROLS,
            "weights": WEIGHTS,
            "comparison": Comparison.NEVER_TREATED,
            "reference": Reference.PREVIOUS,
        },
        changed={"covariates": (None,), "weights": (None,), "cohort": (np.array([0, 3, 2])[CLUSTER % 3],)},
    ),
    "group_time.aggregate": Case(
        function=aggregate,
        given={"found": PANEL, "by": Aggregation.SIMPLE},
        changed={"found": (group_time_effects(OTHER_Y, unit=UNIT, period=YEAR, cohort=COHORT),)},
    ),
    "group_time.influence_covariance": Case(
        function=influence_covariance,
        given={"influence": PANEL.influence, "cluster": CLUSTER[::YEARS]},
        changed={"cluster": (None, CLUSTER[::YEARS] // 2)},
    ),
}
