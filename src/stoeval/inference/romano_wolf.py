"""Step-down adjustment of p-values that uses how the statistics of a family hang together.

Romano and Wolf (2005, Econometrica 73(4)): the largest statistic is compared with draws of the largest of all,
the next with draws of the largest of those that remain, and so on; p-values as in Romano and Wolf (2016, Statistics
and Probability Letters 113). Statistics that move together cost less than under Holm, which allows for every kind
of dependence. All draws come from one set of cluster weights, so that dependence between outcomes, coefficients
and samples is kept. The family-wise error rate is controlled where the joint draws of true nulls do not depend on
which other nulls are true, as under restricted draws of each statistic in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.wild_bootstrap import Counting, joint_wild_bootstrap, share_beyond
from stoeval.inference.wild_draws import Variant, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stoeval.inference.least_squares import Fit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDown:
    """Two-sided p-values of a family, single and adjusted, in the order given."""

    statistics: tuple[float, ...]
    p_values: tuple[float, ...]
    adjusted: tuple[float, ...]
    draws: int
    enumerated: bool
    method: str


def romano_wolf(  # noqa: PLR0913 - the choices of a bootstrap
    fits: Sequence[Fit],
    combinations: Sequence[Floats],
    generator: np.random.Generator,
    *,
    nulls: Sequence[float] | None = None,
    labels: Sequence[Integers] | None = None,
    draws: int = 9_999,
    variant: Variant = Variant.CLASSIC,
    restricted: bool = True,
    weights: Weights | None = None,
    counting: Counting = Counting.WITH_SAMPLE,
) -> StepDown:
    """Test a combination (k,) of each of J fits and adjust the p-values over the family.

    The arguments are those of `joint_wild_bootstrap`. Raises EstimationError for arguments that make no sense,
    NotIdentified where a sample has no statistic.
    """
    joint = joint_wild_bootstrap(
        fits,
        combinations,
        generator=generator,
        nulls=nulls,
        labels=labels,
        draws=draws,
        variant=variant,
        restricted=restricted,
        weights=weights,
        counting=counting,
    )
    adjusted = step_down(joint.statistics, joint.drawn, counting=joint.counting, enumerated=joint.enumerated)
    return StepDown(
        statistics=joint.statistics,
        p_values=joint.p_values,
        adjusted=adjusted,
        draws=len(joint.drawn),
        enumerated=joint.enumerated,
        method=f"Romano-Wolf, {joint.method}",
    )


def step_down(
    statistics: Sequence[float], drawn: Floats, *, counting: Counting = Counting.WITH_SAMPLE, enumerated: bool = False
) -> tuple[float, ...]:
    """Return adjusted p-values of two-sided statistics (J,) from joint draws (draws, J) under the nulls.

    `enumerated` says that the sample is one of the draws. Raises EstimationError where sizes do not fit or a
    value is not a number.
    """
    observed = np.abs(np.asarray(statistics, dtype=np.float64))
    if drawn.ndim != 2 or drawn.shape[1] != len(observed) or not len(drawn):
        message = f"{len(observed)} statistics need draws of shape (draws, {len(observed)}), not {drawn.shape}"
        raise EstimationError(message)
    missing = int(np.isnan(drawn).sum() + np.isnan(observed).sum())
    if missing:
        message = f"{missing} statistics are not numbers; leave out the hypotheses that have none"
        raise EstimationError(message)
    order = np.argsort(-observed, kind="stable")
    largest = np.maximum.accumulate(np.abs(drawn)[:, order[::-1]], axis=1)[:, ::-1]
    shares = share_beyond(largest, observed[order], counting, enumerated=enumerated)
    adjusted = np.empty(len(observed))
    adjusted[order] = np.maximum.accumulate(shares)
    return tuple(adjusted.tolist())
