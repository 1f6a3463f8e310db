"""Which inference decides: by how many regions of equal weight an effect rests on.

The jackknife against t(G-1) keeps its size where the effective number of regions is at least `ENOUGH`; below it the
restricted bootstrap with jackknifed scores does, and below `FEW` permutation alone. The limits are read from
2,000 simulated samples a cell (docs/explanation/size_and_coverage.md) and stand between simulated points.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.errors import NotIdentified
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.clustering import contrast

if TYPE_CHECKING:
    from stoeval.designs.robustness import Study
    from stoeval.inference.clustering import Contrast
    from stoeval.vocabulary import Robustness

ENOUGH, FEW = 15.0, 5.0


def decisive(study: Study, found: Robustness) -> tuple[Contrast, str]:
    """Return effect, error, interval and p-value of the inference that decides, and its convention.

    Without draws, and where the effective number of regions is not known, that is the covariance of the study. With
    few regions the error is CRV2 with degrees of freedom of its own.
    """
    own = contrast(study.fit.coefficients, study.covariance, study.combination)
    regions = found.effective_clusters
    if found.wild_p is None or regions is None or regions >= ENOUGH:
        return own, study.covariance.convention
    try:
        covariance = crv2(study.fit)
        second = contrast(study.fit.coefficients, covariance, study.combination)
    except NotIdentified:
        covariance, second = study.covariance, own
    convention = f"{covariance.convention.partition(', t(')[0]}, t({second.df:.1f})"
    if regions >= FEW and found.wild_low is not None and found.wild_high is not None:
        decided = replace(second, p_value=found.wild_p, ci_low=found.wild_low, ci_high=found.wild_high)
        return decided, f"{convention}; p and interval {found.wild_method}"
    if regions < FEW and found.permutation_p is not None:
        return replace(second, p_value=found.permutation_p), f"{convention}; p by permutation"
    return second, convention
