"""Two-way clustered standard errors beside those of pyfixest and of statsmodels with dummies.

pyfixest is `fixest`: the smaller number of clusters in all three factors. statsmodels is `stata`: each part its own.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels.api as sm
from pyfixest.demeaners import MapDemeaner
from test_r_oracle import CASES, Case, frame_of, own

from stoeval.errors import NotIdentified
from stoeval.inference.clustering import Convention
from stoeval.inference.two_way import two_way

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.vocabulary import Floats, Integers

STD_ERROR = 1e-8  # worst deviation seen 6e-13, relative
SECOND = [
    ("grunfeld-one-way", "year"),
    ("grunfeld-two-way", "year"),
    ("base-did", "period"),
    ("base-stagg", "year"),
    ("base-stagg", "year_treated"),
    ("mpdta", "year"),
    ("mpdta-states", "year"),
    ("mpdta-states-weighted", "year"),
    ("uneven", "year"),
    ("uneven-units-weighted", "size"),
]
"""Case and second cluster: years that are an effect of the model, years that are not, and other codes."""
INDEFINITE = [("kielmc", "rooms"), ("medicaid", "year"), ("uneven-units", "size")]
"""Few clusters one way give a covariance with negative eigenvalues, whose diagonal the engines print all the same."""


def codes(frame: pd.DataFrame, column: str) -> Integers:
    return pd.factorize(frame[column])[0].astype(np.int64)


def effects_of(one: Case) -> list[str]:
    return [effect for effect in (one.unit, one.time) if effect is not None]


def std_errors(validation: Path, name: str, second: str, convention: Convention) -> Floats:
    one = CASES[name]
    frame = frame_of(validation, one.file)
    covariance = two_way(
        own(validation, name),
        codes(frame, one.cluster),
        codes(frame, second),
        crossed=[] if one.time is None else [codes(frame, one.time)],
        convention=convention,
    )
    return np.sqrt(np.diag(covariance.matrix))


def from_pyfixest(frame: pd.DataFrame, one: Case, second: str) -> Floats:
    """Hand pyfixest names that a set holds in order, as it keeps effects in one and then mixes them up."""
    effects = effects_of(one)
    candidates = permutations([f"effect{number}" for number in range(40)], len(effects))
    names = next(each for each in candidates if list(set(each)) == list(each))
    renamed = {name: codes(frame, effect) for name, effect in zip(names, effects, strict=True)}
    model = pyfixest.feols(
        " | ".join([f"{one.outcome} ~ {' + '.join(one.terms)}", " + ".join(names)][: 1 + bool(names)]),
        frame.assign(**renamed, first_=codes(frame, one.cluster), second_=codes(frame, second)),
        vcov={"CRV1": "first_ + second_"},
        weights=one.weights,
        demeaner=MapDemeaner(fixef_tol=1e-12),
        fixef_rm="none",
    )
    return model.se()[list(one.terms)].to_numpy(float)


def from_statsmodels(frame: pd.DataFrame, one: Case, second: str) -> Floats:
    dummies = [
        pd.get_dummies(frame[effect], drop_first=number > 0).to_numpy(float)
        for number, effect in enumerate(effects_of(one))
    ]
    columns = np.column_stack([frame[list(one.terms)].to_numpy(float), *(dummies or [np.ones(len(frame))])])
    weights = 1.0 if one.weights is None else frame[one.weights].to_numpy(float)
    groups = np.column_stack([codes(frame, one.cluster), codes(frame, second)])
    model = sm.WLS(frame[one.outcome].to_numpy(float), columns, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}
    )
    # Not `bse`: it takes the root of the variances of the dummies too, and some of those are negative.
    return np.sqrt(np.diag(np.asarray(model.cov_params()))[: len(one.terms)])


def test_the_grid_of_cases_is_complete() -> None:
    assert len(SECOND) == len(set(SECOND)) == 10
    assert sum(len(CASES[name].terms) for name, _ in SECOND) == 17


@pytest.mark.parametrize(("name", "second"), SECOND)
def test_under_fixest_they_are_those_of_pyfixest(validation: Path, name: str, second: str) -> None:
    one = CASES[name]
    expected = from_pyfixest(frame_of(validation, one.file), one, second)
    np.testing.assert_allclose(std_errors(validation, name, second, Convention.FIXEST), expected, rtol=STD_ERROR)


@pytest.mark.parametrize(("name", "second"), SECOND)
def test_under_stata_they_are_those_of_dummies(validation: Path, name: str, second: str) -> None:
    one = CASES[name]
    expected = from_statsmodels(frame_of(validation, one.file), one, second)
    np.testing.assert_allclose(std_errors(validation, name, second, Convention.STATA), expected, rtol=STD_ERROR)


@pytest.mark.parametrize(("name", "second"), INDEFINITE)
def test_an_indefinite_covariance_is_refused_instead(validation: Path, name: str, second: str) -> None:
    with pytest.raises(NotIdentified, match="eigenvalues of the covariance are negative"):
        std_errors(validation, name, second, Convention.FIXEST)
