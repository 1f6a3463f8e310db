"""Agreement of two coders: by hand, against another engine, and where there is nothing to agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from stoeval.errors import PanelError
from stoeval.panel.plan_coding import coding_agreement

if TYPE_CHECKING:
    from stoeval.vocabulary import MonitorPanel


def _plans(first: list[float], second: list[float | None], regions: int = 2) -> pd.DataFrame:
    lines = len(first) // regions
    return pd.DataFrame(
        {
            "region": np.repeat([f"R{number}" for number in range(regions)], lines),
            "activity_line": [str(number + 1) for number in range(lines)] * regions,
            "share": pd.array(first, dtype="Float64"),
            "share_second_coder": pd.array(second, dtype="Float64"),
        }
    )


def test_kappa_and_agreed_budget_by_hand() -> None:
    # Two regions, two lines. Differences: 0, 0, .2, -.2; mean square .02. Both coders have mean .5; the variances
    # are (.3^2 + .3^2 + .1^2 + .1^2)/4 = .05 and (.3^2 * 4)/4 = .09. Kappa = 1 - .02/.14.
    # The coders share .2 + .8 of the first plan and .4 + .4 of the second, so .9 on average.
    found = coding_agreement(_plans([0.2, 0.8, 0.4, 0.6], [0.2, 0.8, 0.2, 0.8]))
    assert found.kappa == pytest.approx(1 - 0.02 / 0.14, rel=1e-12)
    assert found.agreed_budget == pytest.approx(0.9, rel=1e-12)
    assert (found.n_regions, found.n_pairs) == (2, 4)
    # Line 1: .2 and .4 against .2 and .2, mean square .02, variances .01 and 0, means .3 and .2.
    assert dict(found.by_line)["1"] == pytest.approx(1 - 0.02 / (0.01 + 0 + 0.01), abs=1e-12)


def test_kappa_equals_that_of_statsmodels_on_shares_in_fortieths(twin: MonitorPanel) -> None:
    """Worst deviation seen 0, on seeds 1, 2 and 3; the twin's second coder allots 40 posts, the first is rounded."""
    plans = twin.tables["plans"]
    posts = (plans[["share", "share_second_coder"]].astype(float) * 40).round().astype(int)
    table = np.zeros((41, 41))
    np.add.at(table, (posts["share"].to_numpy(), posts["share_second_coder"].to_numpy()), 1)
    expected = cohens_kappa(table, wt="quadratic", return_results=True).kappa
    rounded = plans.assign(share=posts["share"] / 40, share_second_coder=posts["share_second_coder"] / 40)
    assert coding_agreement(rounded).kappa == pytest.approx(expected, rel=1e-12)


def test_the_same_choice_agrees_wholly_and_an_exchange_of_lines_disagrees() -> None:
    assert coding_agreement(_plans([0.2, 0.8, 0.4, 0.6], [0.2, 0.8, 0.4, 0.6])).kappa == 1
    assert coding_agreement(_plans([0.2, 0.8, 0.4, 0.6], [0.8, 0.2, 0.6, 0.4])).kappa == pytest.approx(-1, rel=1e-12)


def test_rows_without_a_second_coder_do_not_count() -> None:
    whole = coding_agreement(_plans([0.2, 0.8], [0.2, 0.8], regions=1))
    found = coding_agreement(_plans([0.2, 0.8, 0.4, 0.6], [0.2, 0.8, None, None]))
    assert (found.kappa, found.n_regions) == (whole.kappa, 1)


def test_a_line_on_which_nobody_varies_has_no_kappa() -> None:
    found = coding_agreement(_plans([0.5, 0.5, 0.5, 0.5], [0.5, 0.4, 0.5, 0.6]))
    assert dict(found.by_line)["1"] is None
    assert dict(found.by_line)["2"] is not None


def test_nothing_to_agree_on_is_an_error() -> None:
    with pytest.raises(PanelError, match="0 of 2 rows have a second coder"):
        coding_agreement(_plans([0.5, 0.5], [None, None]))
    with pytest.raises(PanelError, match="agreement needs two that differ"):
        coding_agreement(_plans([0.5, 0.5], [0.5, 0.5]))
