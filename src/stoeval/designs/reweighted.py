"""What a comparison by estimated weights reports: a jackknife that estimates them again, and what it cannot say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.designs.robustness import Study, robustness
from stoeval.designs.stacking import with_baseline
from stoeval.inference import second_engine
from stoeval.inference.clustering import Covariance, refuse_few_clusters
from stoeval.inference.regression import solve
from stoeval.vocabulary import Check, IdentificationClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.inference.randomization import RandomizationTest
    from stoeval.inference.regression import Regression
    from stoeval.vocabulary import Estimand, Finding, Floats, Robustness, Sample

LEVEL = 0.05
ABSENT = (
    ("wild bootstrap", "weights are estimated from the outcomes; a bootstrap at fixed weights would leave that out"),
    ("breakdown", "weights make the years before the start alike, so that they bound no later change"),
    ("pre-test power", "weights make the years before the start alike, so that they test nothing"),
)


def jackknife_covariance(coefficients: Floats, without: Floats, words: str) -> Covariance:
    """Return the covariance (k, k) of coefficients (k,) by those without each region (G, k)."""
    G = len(without)
    refuse_few_clusters(G)
    deviation = without - coefficients
    matrix = (G - 1) / G * deviation.T @ deviation
    return Covariance(matrix=matrix, df=G - 1, convention=f"CRV3 (G-1)/G, {words}, t({G - 1})")


def weighted_study(
    sample: Sample, regression: Regression, column: Floats, covariance: Covariance, *, confirm: bool
) -> Study:
    """Fit a weighted regression on one column (n,) and return it as a study with a covariance of its own."""
    fitted = solve(regression, column[:, None], ("effect",))
    if confirm:
        second_engine.confirm(regression, column[:, None], fitted)
    return Study(
        sample=sample,
        regression=regression,
        columns=column[:, None],
        fit=fitted,
        covariance=covariance,
        combination=np.ones(1),
    )


def reweighted_opinion(study: Study, without: Floats, permuted: tuple[RandomizationTest, str] | str) -> Robustness:
    """Return the second opinion of a study of estimated weights; `without` (G,) is the effect without each region.

    `permuted` is the permutation test and in words over whom, or why there is none.
    """
    own = robustness(study, None)
    known = {name for name, _ in ABSENT} | {"permutation", "leave one out"}
    absent = [*(one for one in own.absent if one[0] not in known), *ABSENT]
    found = replace(own, leave_out_low=float(without.min()), leave_out_high=float(without.max()))
    if isinstance(permuted, str):
        return replace(found, absent=(*absent, ("permutation", permuted)))
    test, words = permuted
    return replace(
        found,
        permutation_p=test.p_value,
        permutation_p_low=test.p_low,
        permutation_p_high=test.p_high,
        permutation_method=words,
        absent=tuple(absent),
    )


def leave_one_out_check(effect: float, without: Floats, names: Sequence[str]) -> Check:
    """Look whether the sign survives without each region in turn, all else estimated again."""
    kept = bool((np.sign(without) == np.sign(effect)).all())
    furthest = int(np.abs(without - effect).argmax())
    return Check(
        name="leave-one-region-out",
        passed=kept,
        statistic=float(without[furthest]),
        threshold=0.0,
        detail=f"from {without.min():.6g} to {without.max():.6g}; most moved without {names[furthest]}",
        cap=IdentificationClass.A if kept else IdentificationClass.C,
    )


def backdated(p_value: float | None, detail: str) -> Check:
    """Look whether a start one year earlier would have shown an effect too."""
    passed = None if p_value is None else p_value >= LEVEL
    caps = {True: IdentificationClass.A, False: IdentificationClass.D, None: IdentificationClass.C}
    return Check(
        name="backdated start", passed=passed, statistic=p_value, threshold=LEVEL, detail=detail, cap=caps[passed]
    )


def carried_by(number: float, fewest: float, of: int) -> Check:
    """Look whether enough units of equal weight stand on the other side of a comparison."""
    passed = number >= fewest
    return Check(
        name="effective comparison",
        passed=passed,
        statistic=number,
        threshold=fewest,
        detail=f"{of} units are compared with, which weigh as much as {number:.3g} equal ones",
        cap=IdentificationClass.A if passed else IdentificationClass.D,
    )


def whole_panel(  # noqa: PLR0913 - what a finding counts
    found: Finding, estimand: Estimand, sample: Sample, *, units: int, rows: int, regions: int
) -> Finding:
    """Return a finding with the baseline mean of the whole sample, and what it was made from."""
    done = with_baseline(found, estimand, sample)
    return replace(done, estimate=replace(done.estimate, n_units=units, n_obs=rows, n_clusters=regions))
