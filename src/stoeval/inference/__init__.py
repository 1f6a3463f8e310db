"""Inference on plain arrays: fit once, and everything after it works on cross-products.

    fitted = inference.fit(y, d, cluster=region, nested=[school], crossed=[year])
    effect = inference.contrast(fitted.coefficients, inference.crv(fitted), np.ones(1))

Each module opens with its assumption, equation and source, and with what it does not do. Names are imported when
they are first asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoeval.inference import honest_did
    from stoeval.inference.absorption import dense_codes
    from stoeval.inference.alike_groups import AlikeTest, alike_groups
    from stoeval.inference.alpha_spending import Spending, spending_boundaries, spent_alpha
    from stoeval.inference.bands import Band, simultaneous_band
    from stoeval.inference.bell_mccaffrey import satterthwaite
    from stoeval.inference.bounds import (
        OuterBounds,
        PartialInterval,
        imbens_manski,
        masking_bounds,
        outcome_weights,
        ratio_bounds,
        ratio_interval,
    )
    from stoeval.inference.cluster_robust import crv
    from stoeval.inference.clustering import (
        Contrast,
        Convention,
        Covariance,
        Kind,
        WaldTest,
        contrast,
        leave_one_out,
        wald,
    )
    from stoeval.inference.collinearity import variance_inflation
    from stoeval.inference.definiteness import Indefinite
    from stoeval.inference.design_based import design_based
    from stoeval.inference.doubly_robust import doubly_robust_difference
    from stoeval.inference.entropy_balancing import EntropyBalance, entropy_balance
    from stoeval.inference.equivalence import (
        Equivalence,
        EquivalencePoint,
        NonInferiority,
        equivalence_bound,
        equivalence_curve,
        equivalence_test,
        non_inferiority,
    )
    from stoeval.inference.group_time import (
        Aggregate,
        Aggregation,
        Comparison,
        GroupTimeEffects,
        Reference,
        aggregate,
        group_time_effects,
        influence_covariance,
    )
    from stoeval.inference.least_squares import Fit, fit, fit_many
    from stoeval.inference.leverage import ClusterDiagnostics, diagnose, effective_clusters, effective_number
    from stoeval.inference.matching import Matches, mahalanobis, nearest_neighbours
    from stoeval.inference.moments import Moments
    from stoeval.inference.multiplicity import holm, intersection_union, serial_gatekeeping, split_alpha
    from stoeval.inference.out_of_core import fit_parquet
    from stoeval.inference.partial_pooling import Between, Pooled, pool
    from stoeval.inference.permutation_intervals import PermutationInterval, permutation_interval
    from stoeval.inference.permuted_counts import poisson_null
    from stoeval.inference.permuted_doses import Compared, DoseMoments, dose_moments, permuted_doses
    from stoeval.inference.poisson import fit_poisson
    from stoeval.inference.poisson_bounds import poisson_bounds
    from stoeval.inference.power import SimulatedPower, minimum_detectable_effect, simulated_power
    from stoeval.inference.pre_trends import (
        ExplainingTrend,
        PreTest,
        PreTrendPower,
        explaining_trend,
        pre_trend_power,
        slope_found_with,
    )
    from stoeval.inference.randomization import RandomizationTest, studentised_slope
    from stoeval.inference.randomization import randomization_test as randomization
    from stoeval.inference.rank_confidence import RankSets, rank_confidence_sets
    from stoeval.inference.romano_wolf import StepDown, romano_wolf, step_down
    from stoeval.inference.score_bootstrap import score_bootstrap
    from stoeval.inference.spatial import Kernel, conley
    from stoeval.inference.trend_equivalence import (
        TrendEquivalence,
        TrendMeasure,
        equivalent_maximum,
        equivalent_mean,
        equivalent_root_mean_square,
    )
    from stoeval.inference.two_way import two_way
    from stoeval.inference.wild_bootstrap import BootstrapTest, Counting, JointBootstrap, joint_wild_bootstrap
    from stoeval.inference.wild_bootstrap import wild_cluster_bootstrap as wild_bootstrap
    from stoeval.inference.wild_draws import Variant, Weights

_HOMES = {
    "absorption": "dense_codes",
    "alike_groups": "AlikeTest alike_groups",
    "alpha_spending": "Spending spending_boundaries spent_alpha",
    "bands": "Band simultaneous_band",
    "bell_mccaffrey": "satterthwaite",
    "bounds": ("OuterBounds PartialInterval imbens_manski masking_bounds outcome_weights ratio_bounds ratio_interval"),
    "cluster_robust": "crv",
    "clustering": "Contrast Convention Covariance Kind WaldTest contrast leave_one_out wald",
    "collinearity": "variance_inflation",
    "definiteness": "Indefinite",
    "design_based": "design_based",
    "doubly_robust": "doubly_robust_difference",
    "entropy_balancing": "EntropyBalance entropy_balance",
    "equivalence": (
        "Equivalence EquivalencePoint NonInferiority equivalence_bound "
        "equivalence_curve equivalence_test non_inferiority"
    ),
    "group_time": (
        "Aggregate Aggregation Comparison GroupTimeEffects Reference aggregate group_time_effects influence_covariance"
    ),
    "least_squares": "Fit fit fit_many",
    "leverage": "ClusterDiagnostics diagnose effective_clusters effective_number",
    "matching": "Matches mahalanobis nearest_neighbours",
    "moments": "Moments",
    "multiplicity": "holm intersection_union serial_gatekeeping split_alpha",
    "out_of_core": "fit_parquet",
    "partial_pooling": "Between Pooled pool",
    "permutation_intervals": "PermutationInterval permutation_interval",
    "permuted_counts": "poisson_null",
    "permuted_doses": "Compared DoseMoments dose_moments permuted_doses",
    "poisson": "fit_poisson",
    "poisson_bounds": "poisson_bounds",
    "power": "SimulatedPower minimum_detectable_effect simulated_power",
    "pre_trends": "ExplainingTrend PreTest PreTrendPower explaining_trend pre_trend_power slope_found_with",
    "randomization": "RandomizationTest studentised_slope",
    "rank_confidence": "RankSets rank_confidence_sets",
    "romano_wolf": "StepDown romano_wolf step_down",
    "score_bootstrap": "score_bootstrap",
    "spatial": "Kernel conley",
    "trend_equivalence": (
        "TrendEquivalence TrendMeasure equivalent_maximum equivalent_mean equivalent_root_mean_square"
    ),
    "two_way": "two_way",
    "wild_bootstrap": "BootstrapTest Counting JointBootstrap joint_wild_bootstrap",
    "wild_draws": "Variant Weights",
}
"""Public names by the module they live in."""
_RENAMED = {
    "randomization": ("randomization", "randomization_test"),
    "wild_bootstrap": ("wild_bootstrap", "wild_cluster_bootstrap"),
}
"""Public names that are shorter here than in their module."""
_PLACES = {name: (home, name) for home, names in _HOMES.items() for name in names.split()} | _RENAMED

__all__ = [
    "Aggregate",
    "Aggregation",
    "AlikeTest",
    "Band",
    "Between",
    "BootstrapTest",
    "ClusterDiagnostics",
    "Compared",
    "Comparison",
    "Contrast",
    "Convention",
    "Counting",
    "Covariance",
    "DoseMoments",
    "EntropyBalance",
    "Equivalence",
    "EquivalencePoint",
    "ExplainingTrend",
    "Fit",
    "GroupTimeEffects",
    "Indefinite",
    "JointBootstrap",
    "Kernel",
    "Kind",
    "Matches",
    "Moments",
    "NonInferiority",
    "OuterBounds",
    "PartialInterval",
    "PermutationInterval",
    "Pooled",
    "PreTest",
    "PreTrendPower",
    "RandomizationTest",
    "RankSets",
    "Reference",
    "SimulatedPower",
    "Spending",
    "StepDown",
    "TrendEquivalence",
    "TrendMeasure",
    "Variant",
    "WaldTest",
    "Weights",
    "aggregate",
    "alike_groups",
    "conley",
    "contrast",
    "crv",
    "dense_codes",
    "design_based",
    "diagnose",
    "dose_moments",
    "doubly_robust_difference",
    "effective_clusters",
    "effective_number",
    "entropy_balance",
    "equivalence_bound",
    "equivalence_curve",
    "equivalence_test",
    "equivalent_maximum",
    "equivalent_mean",
    "equivalent_root_mean_square",
    "explaining_trend",
    "fit",
    "fit_many",
    "fit_parquet",
    "fit_poisson",
    "group_time_effects",
    "holm",
    "honest_did",
    "imbens_manski",
    "influence_covariance",
    "intersection_union",
    "joint_wild_bootstrap",
    "leave_one_out",
    "mahalanobis",
    "masking_bounds",
    "minimum_detectable_effect",
    "nearest_neighbours",
    "non_inferiority",
    "outcome_weights",
    "permutation_interval",
    "permuted_doses",
    "poisson_bounds",
    "poisson_null",
    "pool",
    "pre_trend_power",
    "randomization",
    "rank_confidence_sets",
    "ratio_bounds",
    "ratio_interval",
    "romano_wolf",
    "satterthwaite",
    "score_bootstrap",
    "serial_gatekeeping",
    "simulated_power",
    "simultaneous_band",
    "slope_found_with",
    "spending_boundaries",
    "spent_alpha",
    "split_alpha",
    "step_down",
    "studentised_slope",
    "two_way",
    "variance_inflation",
    "wald",
    "wild_bootstrap",
]


class _Package(ModuleType):
    """A package whose functions go before its modules of the same name, such as `two_way`."""

    def __setattr__(self, name: str, value: object) -> None:
        # The import system sets every module on its package under its own name.
        if not (name in _PLACES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> object:
    """Import a public name."""
    if name == "honest_did":
        return import_module("stoeval.inference.honest_did")
    if name not in _PLACES:
        message = f"module 'stoeval.inference' has no attribute {name!r}"
        raise AttributeError(message)
    home, attribute = _PLACES[name]
    return getattr(import_module(f"stoeval.inference.{home}"), attribute)


sys.modules[__name__].__class__ = _Package
