"""What a curve of the dose takes over from the straight line: permutation test, placebo and recounted doses.

Under the sharp null of no effect on anyone every statistic has a permutation distribution, that of the slope of a
straight line too; so the test is valid for a curve. It sees a curve as far as it has a slope.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoeval.vocabulary import Check, Finding, Robustness

PERMUTATION = "permutation"


def permuted_as(line: Robustness, own: Robustness) -> Robustness:
    """Return a second opinion with the permutation test of the straight line in place of its own."""
    absent = [one for one in own.absent if one[0] != PERMUTATION]
    absent += [one for one in line.absent if one[0] == PERMUTATION]
    return replace(
        own,
        permutation_p=line.permutation_p,
        permutation_p_low=line.permutation_p_low,
        permutation_p_high=line.permutation_p_high,
        permutation_method=f"{line.permutation_method}; of the straight line" if line.permutation_method else "",
        absent=tuple(absent),
    )


def placebo_checks(line: Finding) -> tuple[Check, ...]:
    """Return the checks of the straight line on doses of other counts: placebo doses, and the path that moves."""
    return tuple(check for check in line.checks if check.name.startswith(("placebo dose", "moving dose")))
