"""Partial pooling beside metafor 3.8-1 of R and statsmodels.

The numbers of metafor are stored in r/random_effects.csv, made by r/random_effects.R from r/random_effects_data.csv:
thirty estimates drawn from a known model. metafor iterates until tau^2 stands still at 1e-14.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from stoeval.inference.partial_pooling import Between, Pooled, pool

STORED = Path(__file__).with_name("r")
DATA = pd.read_csv(STORED / "random_effects_data.csv")
METAFOR = pd.read_csv(STORED / "random_effects.csv")
NAMES = {"REML": Between.REML, "PM": Between.PAULE_MANDEL}
TOLERANCE = 1e-11
"""Relative; worst seen 4e-14, of a drawn effect."""


def ours(method: str, model: str) -> Pooled:
    y, v, x = (DATA[name].to_numpy() for name in ("y", "v", "x"))
    design = None if model == "mean" else np.column_stack([np.ones(len(x)), x])
    return pool(y, v, design, between=NAMES[method])


@pytest.mark.parametrize("model", ["mean", "line"])
@pytest.mark.parametrize("method", NAMES)
def test_tau_coefficients_and_drawn_effects_are_those_of_metafor(method: str, model: str) -> None:
    found = ours(method, model)
    values = {
        "variance": np.array([found.variance]),
        "coefficient": found.coefficients,
        "std_error": np.sqrt(np.diag(found.covariance)),
        "heterogeneity": np.array([found.heterogeneity, found.p_alike]),
        "drawn": found.effects,
    }
    stored = METAFOR[(METAFOR["method"] == method) & (METAFOR["model"] == model)]
    assert set(stored["quantity"]) == set(values)
    for quantity, value in values.items():
        theirs = stored.loc[stored["quantity"] == quantity, "value"].to_numpy()
        assert value == pytest.approx(theirs, rel=TOLERANCE, abs=1e-12), quantity


def test_the_spread_of_paule_and_mandel_is_that_of_statsmodels() -> None:
    y, v = DATA["y"].to_numpy(), DATA["v"].to_numpy()
    theirs = combine_effects(y, v, method_re="iterated", atol=1e-14)
    assert ours("PM", "mean").variance == pytest.approx(theirs.tau2, rel=1e-12)  # worst seen 2e-16
    assert ours("PM", "mean").coefficients[0] == pytest.approx(theirs.mean_effect_re, rel=1e-12)  # worst seen 7e-16
