"""Rows that stand in several comparisons: a stack of them is one regression, whose finding counts each row once."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from stoeval import checks
from stoeval.designs import reporting
from stoeval.inference.bounds import imbens_manski, outcome_weights
from stoeval.inference.clustering import contrast, crv3
from stoeval.inference.regression import solve
from stoeval.vocabulary import IdentificationClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Check, Estimand, Finding, Floats, Integers, Robustness, Sample


def exact(sample: Sample) -> Sample:
    """Return a sample as if no count were masked, so that a stack of it does not bound the same count twice."""
    return replace(sample, outcome_low=sample.outcome, outcome_high=sample.outcome, placebo_doses=())


def path_finding(  # noqa: PLR0913 - a stack and what is known of it
    estimand: Estimand,
    sample: Sample,
    rows: Integers,
    study: Study,
    opinion: Robustness,
    *,
    further_checks: Sequence[Check] = (),
    ceiling: IdentificationClass,
    generator: np.random.Generator | None,
) -> Finding:
    """Assemble the finding of a stack that has a path of years, with the checks that every path reports.

    `rows` (s,) is the position in the sample of each row of the stack.
    """
    before = [] if study.years is None else study.years.before
    found = reporting.finding(
        estimand=estimand,
        study=study,
        found=opinion,
        found_checks=[
            checks.pre_trend(study.fit, study.covariance, before),
            checks.pre_test_power(opinion),
            checks.leave_one_region_out(study.fit, study.combination, sample.cluster_names),
            checks.breakdown(opinion),
            *further_checks,
        ],
        ceiling=ceiling,
        generator=generator,
    )
    return with_baseline(counted_once(found, study, sample, rows, ceiling=ceiling), estimand, sample)


def counted_once(
    found: Finding, study: Study, sample: Sample, rows: Integers, *, ceiling: IdentificationClass
) -> Finding:
    """Return the finding of a stack with the rows, masked counts and sharp bounds of the sample under it.

    `rows` (s,) is the position in the sample of each row of the stack.
    """
    used = rows[study.fit.rows]
    weights = np.bincount(used, outcome_weights(study.fit, study.combination), minlength=len(sample.outcome))
    fills = [np.where(sign * weights > 0, sample.outcome_low, sample.outcome_high) for sign in (1, -1)]
    low, high = (float(weights @ fill) for fill in fills)
    once = np.unique(used)
    masked = int((sample.outcome_low[once] != sample.outcome_high[once]).sum())
    seen = [check for check in found.checks if check.name != "masked counts"]
    seen.append(checks.masking(found.estimate.effect, low, high, masked))
    opinion = found.robustness
    if masked:
        ends = [_error_at(study, fill[rows]) for fill in fills]
        covered = imbens_manski(low, high, ends[0], ends[1], study.covariance.df, found.estimate.ci_level)
        absent = tuple(one for one in opinion.absent if one[0] != "masked interval")
        opinion = replace(opinion, masked_low=covered.ci_low, masked_high=covered.ci_high, absent=absent)
    return replace(
        found,
        estimate=replace(found.estimate, n_obs=len(once), n_masked=masked, bound_low=low, bound_high=high),
        checks=tuple(seen),
        identification_class=reduce(IdentificationClass.at_most, (check.cap for check in seen), ceiling),
        robustness=opinion,
    )


def _error_at(study: Study, outcome: Floats) -> float:
    """Return the standard error of the effect at one fill (s,) of the masked counts."""
    fitted = solve(replace(study.regression, outcome=outcome), study.columns, study.fit.names)
    return contrast(fitted.coefficients, crv3(fitted), study.combination).std_error


def with_baseline(found: Finding, estimand: Estimand, sample: Sample) -> Finding:
    """Return a finding with the mean of the baseline years over the rows of the sample itself."""
    baseline = np.isin(sample.period, [year.start for year in estimand.window.baseline])
    mean = float(np.average(sample.outcome[baseline], weights=sample.weight[baseline]))
    return replace(found, estimate=replace(found.estimate, baseline_mean=mean))
