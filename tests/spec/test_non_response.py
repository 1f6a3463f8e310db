"""Bounds over answers that were not given: every fill, a trimming by hand, and what they assume."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.non_response import trimming_bounds, weighted_median, worst_case

GENERATOR = np.random.default_rng(8)
UNITS = 30
CLUSTER = np.arange(UNITS) // 3
EXPOSURE = GENERATOR.uniform(0, 2, UNITS)
CONTROLS = GENERATOR.normal(size=(UNITS, 1))
WEIGHTS = GENERATOR.uniform(0.5, 2, UNITS)
BEFORE = GENERATOR.uniform(0.2, 0.6, UNITS)
AFTER = np.clip(BEFORE[:, None] + 0.1 * EXPOSURE[:, None] + GENERATOR.normal(0, 0.05, (UNITS, 2)), 0, 1)
ANSWERED = np.ones((UNITS, 2), dtype=bool)
ANSWERED[[1, 4, 9, 20], [0, 1, 1, 0]] = False
ANSWERED[13] = False


def slope(after: np.ndarray) -> float:
    columns = np.column_stack([EXPOSURE, CONTROLS, np.ones(UNITS)]) * np.sqrt(WEIGHTS)[:, None]
    change = (after.mean(axis=1) - BEFORE) * np.sqrt(WEIGHTS)
    return float(np.linalg.lstsq(columns, change, rcond=None)[0][0])


def test_the_worst_case_is_the_lowest_and_highest_slope_of_every_fill() -> None:
    found = worst_case(
        BEFORE, AFTER, ANSWERED, EXPOSURE, cluster=CLUSTER, weights=WEIGHTS, controls=CONTROLS, scale=(0.0, 1.0)
    )
    slopes = []
    for fill in product((0.0, 1.0), repeat=int((~ANSWERED).sum())):
        after = AFTER.copy()
        after[~ANSWERED] = fill
        slopes.append(slope(after))
    assert len(slopes) == 64
    assert found.low == pytest.approx(min(slopes), rel=1e-12)  # worst deviation seen 2e-16
    assert found.high == pytest.approx(max(slopes), rel=1e-12)  # worst deviation seen none
    assert (found.missing, found.units) == (5, UNITS)
    assert found.interval.ci_low < found.low < slope(AFTER) < found.high < found.interval.ci_high


def test_answers_that_were_not_given_are_not_looked_at() -> None:
    given = {"cluster": CLUSTER, "weights": WEIGHTS}
    hidden = np.where(ANSWERED, AFTER, np.nan)
    assert worst_case(BEFORE, hidden, ANSWERED, EXPOSURE, **given) == worst_case(
        BEFORE, AFTER, ANSWERED, EXPOSURE, **given
    )


def test_where_everybody_answered_both_bounds_are_the_slope() -> None:
    found = worst_case(
        BEFORE, AFTER, np.ones((UNITS, 2), dtype=bool), EXPOSURE, cluster=CLUSTER, weights=WEIGHTS, controls=CONTROLS
    )
    assert found.low == found.high == pytest.approx(slope(AFTER), rel=1e-12)
    assert found.missing == 0


def test_a_longer_scale_widens_the_worst_case_and_a_scale_too_short_is_refused() -> None:
    given = {"cluster": CLUSTER, "weights": WEIGHTS}
    usual = worst_case(BEFORE, AFTER, ANSWERED, EXPOSURE, **given)
    longer = worst_case(BEFORE, AFTER, ANSWERED, EXPOSURE, scale=(-1.0, 2.0), **given)
    assert longer.low < usual.low < usual.high < longer.high
    with pytest.raises(EstimationError, match="does not hold all of them"):
        worst_case(BEFORE, AFTER, ANSWERED, EXPOSURE, scale=(0.0, 0.5), **given)


OUTCOME = np.array([1.0, 2, 3, 4, 5, 6, 0, 1, 2, 9, 9, 9])
EXPOSED = np.arange(12) < 6
GAVE = np.arange(12) < 9
CLUSTERS = np.array([0, 1, 1, 2, 2, 3, 0, 1, 2, 3, 3, 0])


def test_trimming_by_hand() -> None:
    """All six exposed answer 1 to 6 and three of six others 0 to 2: half is cut, so 2 - 1 and 5 - 1."""
    found = trimming_bounds(OUTCOME, GAVE, EXPOSED, cluster=CLUSTERS, weights=np.ones(12))
    assert (found.share_exposed, found.share_other, found.trimmed) == (1.0, 0.5, 0.5)
    assert (found.low, found.high) == (1.0, 4.0)


def test_the_group_that_answers_more_is_cut_whichever_it_is() -> None:
    found = trimming_bounds(OUTCOME, GAVE, ~EXPOSED, cluster=CLUSTERS, weights=np.ones(12))
    assert (found.low, found.high) == (-4.0, -1.0)


def test_a_boundary_unit_is_cut_in_part() -> None:
    """Weights of 3 on the first exposed: 4 of 8 are kept, so low (3*1 + 2)/4 and high (6+5+4+3)/4, less 1."""
    weights = np.array([3.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    found = trimming_bounds(OUTCOME, GAVE, EXPOSED, cluster=CLUSTERS, weights=weights)
    assert (found.low, found.high) == pytest.approx((0.25, 3.5))
    weights[1] = 1.5
    again = trimming_bounds(OUTCOME, GAVE, EXPOSED, cluster=CLUSTERS, weights=weights)
    assert again.low == pytest.approx((3 * 1 + 1.25 * 2) / 4.25 - 1)


def test_equal_shares_leave_the_plain_difference() -> None:
    answered = np.array([True] * 3 + [False] * 3 + [True] * 3 + [False] * 3)
    found = trimming_bounds(OUTCOME, answered, EXPOSED, cluster=CLUSTERS, weights=np.ones(12))
    assert found.low == found.high == 1.0
    assert found.trimmed == 0.0


def test_the_bounds_hold_the_effect_on_who_always_answers() -> None:
    """Exposure makes 20 % more answer, who answer low; on those who always answer its effect is 0.5."""
    size = 20_000
    generator = np.random.default_rng(2)
    exposed = generator.random(size) < 0.5
    kind = generator.random(size)
    answered = (kind < 0.6) | ((kind < 0.8) & exposed)
    outcome = generator.normal(np.where(kind < 0.6, 0.0, -1.0) + 0.5 * exposed)
    found = trimming_bounds(outcome, answered, exposed, cluster=np.arange(size) // 500, weights=np.ones(size))
    naive = outcome[answered & exposed].mean() - outcome[answered & ~exposed].mean()
    assert found.trimmed == pytest.approx(0.25, abs=0.02)  # 1 - 0.6 / 0.8; worst deviation seen 0.003
    assert found.low < 0.5 < found.high
    assert naive < 0.3
    assert found.interval.ci_low < found.low < found.high < found.interval.ci_high


def test_the_error_of_a_bound_is_that_of_the_article() -> None:
    """Lee (2009, proposition 3): variance of the trimmed mean, of its quantile and share, and of the other mean."""
    size = 20_000
    generator = np.random.default_rng(3)
    exposed = np.arange(size) % 2 == 0
    answered = generator.random(size) < np.where(exposed, 0.9, 0.6)
    outcome = generator.normal(size=size)
    found = trimming_bounds(outcome, answered, exposed, cluster=np.arange(size) // 100, weights=np.ones(size))
    share, other = 0.9, 0.6
    p = 1 - other / share
    y = np.sort(outcome[answered & exposed])
    cut = np.quantile(y, p)
    kept = y[y >= cut]
    top = kept.mean()
    n, half = size, 0.5
    spread = kept.var() / (half * share * (1 - p)) + (cut - top) ** 2 * p / (half * share * (1 - p))
    shares = ((cut - top) / (1 - p)) ** 2 * (1 - p) ** 2 * ((1 - other) / (half * other) + (1 - share) / (half * share))
    rest = outcome[answered & ~exposed].var() / (half * other)
    article = np.sqrt((spread + shares + rest) / n)
    # The jackknife of 200 clusters is itself known to 5 %.
    own = (found.interval.ci_high - found.high) / found.interval.critical
    assert own == pytest.approx(article, rel=0.15)  # worst deviation seen 0.03


def test_where_a_group_never_answers_there_are_no_bounds() -> None:
    with pytest.raises(NotIdentified, match="nobody answered"):
        trimming_bounds(OUTCOME, GAVE & ~EXPOSED, EXPOSED, cluster=CLUSTERS, weights=np.ones(12))


def test_the_weighted_median_by_hand() -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.ones(3)) == 2.0
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([5.0, 1.0, 1.0])) == 3.0
