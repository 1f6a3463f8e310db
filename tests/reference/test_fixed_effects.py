"""Least squares with absorbed effects, and what follows from it, against other engines and published numbers.

How the numbers were made, what agrees and how closely, is in README.md beside this file. Every tolerance
stands beside the worst deviation seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING

import linearmodels
import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels.api as sm
from pyfixest.demeaners import MapDemeaner
from scipy import linalg, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from stoeval.inference.absorption import dense_codes
from stoeval.inference.bounds import masking_bounds
from stoeval.inference.clustering import Convention, crv1, crv3, leave_one_out, wald
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.multiplicity import holm
from stoeval.inference.poisson import fit_poisson
from stoeval.inference.power import minimum_detectable_effect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stoeval.vocabulary import Floats, Integers

COEFFICIENT = 1e-10  # worst deviation seen 4e-12, relative
STD_ERROR = 1e-8  # worst deviation seen 2e-10, relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One regression on one validation set."""

    name: str
    file: str
    outcome: str
    regressors: tuple[str, ...]
    cluster: str
    nested: tuple[str, ...]
    crossed: tuple[str, ...] = ()
    weights: str | None = None
    made: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame
    """What has to be computed or selected first."""

    @property
    def effects(self) -> tuple[str, ...]:
        return (*self.nested, *self.crossed)


def _mpdta(frame: pd.DataFrame) -> pd.DataFrame:
    began = frame["first.treat"]
    return frame.assign(treated=((began > 0) & (frame["year"] >= began)) * 1.0, size=np.exp(frame["lpop"]))


MEDICAID_YEARS = (2008, 2009, 2010, 2011, 2012, 2014, 2015)
"""Event years of the expansion of 2014; 2013 is the reference."""


def _medicaid(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the years before 2016, and states that expanded in 2014 or not before 2016."""
    kept = frame[(frame["year"] < 2016) & ((frame["yexp2"] == 2014) | ~(frame["yexp2"] < 2016))].copy()
    for year in MEDICAID_YEARS:
        kept[f"d{year}"] = ((kept["yexp2"] == 2014) & (kept["year"] == year)) * 1.0
    return kept


def _base_did(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(treat_post=frame["treat"] * frame["post"])


def _base_stagg(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(active=frame["treated"] * (frame["time_to_treatment"] >= 0))


def _crop_insurance(frame: pd.DataFrame) -> pd.DataFrame:
    """Insurance since 2003 for one sector in some counties; year and sector effects by number."""
    return frame.assign(
        dose=frame["treatment"] * frame["sector"] * (frame["year"] >= 2003) * 1.0,
        county_year=frame["county"] * 10_000 + frame["year"],
        county_sector=frame["county"] * 10 + frame["sector"],
        sector_year=frame["sector"] * 10_000 + frame["year"],
    )


CASES = {
    case.name: case
    for case in (
        Case(
            name="grunfeld-one-way",
            file="plm_Grunfeld.csv",
            outcome="inv",
            regressors=("value", "capital"),
            cluster="firm",
            nested=("firm",),
        ),
        Case(
            name="grunfeld-two-way",
            file="plm_Grunfeld.csv",
            outcome="inv",
            regressors=("value", "capital"),
            cluster="firm",
            nested=("firm",),
            crossed=("year",),
        ),
        Case(
            name="mpdta",
            file="mpdta.csv",
            outcome="lemp",
            regressors=("treated",),
            cluster="countyreal",
            nested=("countyreal",),
            crossed=("year",),
            made=_mpdta,
        ),
        Case(
            name="mpdta-weighted",
            file="mpdta.csv",
            outcome="lemp",
            regressors=("treated",),
            cluster="countyreal",
            nested=("countyreal",),
            crossed=("year",),
            weights="size",
            made=_mpdta,
        ),
        Case(
            name="medicaid",
            file="ehec_data.csv",
            outcome="dins",
            regressors=tuple(f"d{year}" for year in MEDICAID_YEARS),
            cluster="stfips",
            nested=("stfips",),
            crossed=("year",),
            made=_medicaid,
        ),
        Case(
            name="kielmc",
            file="kielmc.csv",
            outcome="rprice",
            regressors=("y81", "nearinc", "y81nrinc"),
            cluster="nbh",
            nested=(),
        ),
        Case(
            name="base-did",
            file="base_did.csv",
            outcome="y",
            regressors=("treat_post", "x1"),
            cluster="id",
            nested=("id",),
            crossed=("period",),
            made=_base_did,
        ),
        Case(
            name="base-stagg",
            file="base_stagg.csv",
            outcome="y",
            regressors=("active", "x1"),
            cluster="id",
            nested=("id",),
            crossed=("year",),
            made=_base_stagg,
        ),
        Case(
            name="crop-insurance",
            file="cai2016.csv.gz",
            outcome="checksaving_ratio",
            regressors=("dose", "age", "hhsize"),
            cluster="county",
            nested=("county_year", "county_sector"),
            crossed=("sector_year",),
            made=_crop_insurance,
        ),
        Case(
            name="crop-insurance-households",
            file="cai2016.csv.gz",
            outcome="checksaving_ratio",
            regressors=("dose", "hhsize"),
            cluster="county",
            nested=("county_year", "hhno"),
            crossed=("sector_year",),
            made=_crop_insurance,
        ),
    )
}


TWO_WAY = [case.name for case in CASES.values() if len(case.nested) == 1 and case.weights is None]
"""Cases that PanelOLS can express: one nested effect, with or without years."""
WITH_DUMMIES = [name for name in CASES if name != "crop-insurance-households"]
"""Cases whose dummies fit in memory; 3,659 households do not."""
ENGINES = {"pyfixest": list(CASES), "dummies": WITH_DUMMIES, "linearmodels": TWO_WAY, "jackknife": list(CASES)}
COMPARED = [(engine, name) for engine, names in ENGINES.items() for name in names]


@pytest.fixture
def data_of(validation: Path) -> Callable[[Case], pd.DataFrame]:
    return lambda case: _read(validation, case.name)


@cache
def _read(validation: Path, name: str) -> pd.DataFrame:
    case = CASES[name]
    return case.made(pd.read_csv(validation / case.file)).reset_index(drop=True)


def codes(frame: pd.DataFrame, column: str) -> Integers:
    return dense_codes(pd.factorize(frame[column])[0].astype(np.int64))


def own(frame: pd.DataFrame, case: Case) -> Fit:
    return fit(
        frame[case.outcome].to_numpy(float),
        frame[list(case.regressors)].to_numpy(float),
        names=case.regressors,
        cluster=codes(frame, case.cluster),
        nested=[codes(frame, effect) for effect in case.nested],
        crossed=[codes(frame, effect) for effect in case.crossed],
        weights=None if case.weights is None else frame[case.weights].to_numpy(float),
    )


def std_errors(fitted: Fit, convention: Convention) -> Floats:
    return np.sqrt(np.diag(crv1(fitted, convention).matrix))


def dummies(frame: pd.DataFrame, effects: tuple[str, ...]) -> Floats:
    """Return a column for each level, the first of every further effect left out; a constant without effects."""
    blocks = [pd.get_dummies(frame[effect], drop_first=number > 0) for number, effect in enumerate(effects)]
    return np.column_stack([block.to_numpy(float) for block in blocks]) if blocks else np.ones((len(frame), 1))


def set_ordered_names(count: int) -> tuple[str, ...]:
    """Return names that a set holds in this order: pyfixest 0.60 keeps effects in one and then mixes them up."""
    candidates = permutations([f"effect{number}" for number in range(40)], count)
    return next(names for names in candidates if list(set(names)) == list(names))


def from_pyfixest(frame: pd.DataFrame, case: Case, vcov: str) -> tuple[Floats, Floats]:
    names = set_ordered_names(len(case.effects))
    renamed = frame.assign(**{name: codes(frame, effect) for name, effect in zip(names, case.effects, strict=True)})
    formula = " | ".join([f"{case.outcome} ~ {' + '.join(case.regressors)}", " + ".join(names)][: 1 + bool(names)])
    model = pyfixest.feols(
        formula,
        renamed.assign(cluster_=codes(frame, case.cluster)),
        vcov={vcov: "cluster_"},
        weights=case.weights,
        demeaner=MapDemeaner(fixef_tol=1e-12),
    )
    wanted = list(case.regressors)
    return model.coef()[wanted].to_numpy(float), model.se()[wanted].to_numpy(float)


# --- published numbers ---------------------------------------------------------------------------------------

PUBLISHED = [
    # case, regressor, coefficient, standard error, convention of the standard error, printed digits behind the dot
    ("grunfeld-one-way", "value", 0.110124, 0.011857, "classical", 6),
    ("grunfeld-one-way", "capital", 0.310065, 0.017355, "classical", 6),
    ("mpdta", "treated", -0.0365489, 0.0132652, "fixest", 7),
    ("mpdta", "treated", -0.0365489, 0.0148316, "stata", 7),
    ("mpdta", "treated", -0.0365489, 0.0148198, "linearmodels", 7),
    ("mpdta", "treated", -0.0365489, 0.0133290, "pyfixest CRV3", 7),
    ("medicaid", "d2014", 0.046447, 0.009152, "fixest", 6),
    ("medicaid", "d2015", 0.069206, 0.010350, "fixest", 6),
    ("kielmc", "y81nrinc", -11_863.9, 7_456.6, "classical", 1),
]


def classical(fitted: Fit) -> Floats:
    parameters = len(fitted.bread) + fitted.n_nested_effects
    variance = float(fitted.residual @ fitted.residual) / (fitted.n_obs - parameters)
    return np.sqrt(variance * np.diag(fitted.bread)[: fitted.k])


def as_pyfixest_scales(fitted: Fit) -> Floats:
    """Return CRV3 with G/(G-1) (N-1)/(N-K) in the place of (G-1)/G (MacKinnon, Nielsen and Webb 2023)."""
    G, N = fitted.n_clusters, fitted.n_obs
    K = fitted.k + fitted.n_crossed_levels
    return np.sqrt(np.diag(crv3(fitted).matrix)) * G / (G - 1) * np.sqrt((N - 1) / (N - K))


def published_kind(fitted: Fit, kind: str) -> Floats:
    if kind == "classical":
        return classical(fitted)
    return as_pyfixest_scales(fitted) if kind == "pyfixest CRV3" else std_errors(fitted, Convention(kind))


@pytest.mark.parametrize(("name", "regressor", "coefficient", "std_error", "kind", "digits"), PUBLISHED)
def test_published_numbers_come_back_in_all_printed_digits(
    data_of: Callable[[Case], pd.DataFrame],
    name: str,
    regressor: str,
    coefficient: float,
    std_error: float,
    kind: str,
    digits: int,
) -> None:
    case = CASES[name]
    fitted = own(data_of(case), case)
    position = case.regressors.index(regressor)
    half = 0.5000001 * 10.0**-digits  # half of the last printed digit
    assert fitted.coefficients[position] == pytest.approx(coefficient, abs=half)
    assert published_kind(fitted, kind)[position] == pytest.approx(std_error, abs=half)


def test_mpdta_is_counted_as_its_published_standard_errors_say(data_of: Callable[[Case], pd.DataFrame]) -> None:
    fitted = own(data_of(CASES["mpdta"]), CASES["mpdta"])
    counted = (fitted.n_obs, fitted.n_clusters, fitted.k + fitted.n_crossed_levels, fitted.n_nested_effects)
    assert counted == (2500, 500, 1 + 5, 500)


# --- other engines -------------------------------------------------------------------------------------------


def test_the_grid_of_comparisons_is_complete() -> None:
    assert len(CASES) == 10
    assert {engine: len(names) for engine, names in ENGINES.items()} == {
        "pyfixest": 10,
        "dummies": 9,
        "linearmodels": 6,
        "jackknife": 10,
    }
    assert len(COMPARED) == 35
    assert len({(name, regressor) for name, case in CASES.items() for regressor in case.regressors}) == 23
    assert len(PUBLISHED) == 9


@pytest.mark.parametrize("name", ENGINES["pyfixest"])
def test_coefficients_and_crv1_are_those_of_pyfixest(data_of: Callable[[Case], pd.DataFrame], name: str) -> None:
    case = CASES[name]
    frame = data_of(case)
    fitted = own(frame, case)
    coefficients, errors = from_pyfixest(frame, case, "CRV1")
    np.testing.assert_allclose(fitted.coefficients, coefficients, rtol=COEFFICIENT)
    np.testing.assert_allclose(std_errors(fitted, Convention.FIXEST), errors, rtol=STD_ERROR)


@pytest.mark.parametrize("name", ENGINES["dummies"])
def test_coefficients_and_crv1_are_those_of_least_squares_with_dummies(
    data_of: Callable[[Case], pd.DataFrame], name: str
) -> None:
    case = CASES[name]
    frame = data_of(case)
    fitted = own(frame, case)
    columns = np.column_stack([frame[list(case.regressors)].to_numpy(float), dummies(frame, case.effects)])
    columns = columns[:, independent(columns)]
    weights = 1.0 if case.weights is None else frame[case.weights]
    model = sm.WLS(frame[case.outcome], columns, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": codes(frame, case.cluster)}
    )
    wanted = slice(0, fitted.k)
    np.testing.assert_allclose(fitted.coefficients, np.asarray(model.params)[wanted], rtol=COEFFICIENT)
    np.testing.assert_allclose(std_errors(fitted, Convention.STATA), np.asarray(model.bse)[wanted], rtol=STD_ERROR)


def independent(columns: Floats) -> list[int]:
    """Return columns that no earlier column repeats, as Stata leaves them out."""
    R = np.abs(np.diag(linalg.qr(columns, mode="r", pivoting=False)[0]))
    return [column for column, length in enumerate(R) if length > 1e-8 * R.max()]


@pytest.mark.parametrize("name", ENGINES["linearmodels"])
def test_coefficients_and_clustered_errors_are_those_of_panel_ols(
    data_of: Callable[[Case], pd.DataFrame], name: str
) -> None:
    case = CASES[name]
    frame = data_of(case)
    fitted = own(frame, case)
    years = next((column for column in ("year", "period") if column in frame), "")
    indexed = frame.set_index([case.cluster, years])
    model = linearmodels.PanelOLS(
        indexed[case.outcome],
        indexed[list(case.regressors)],
        entity_effects=True,
        time_effects=bool(case.crossed),
    ).fit(cov_type="clustered", cluster_entity=True)
    np.testing.assert_allclose(fitted.coefficients, model.params, rtol=COEFFICIENT)
    np.testing.assert_allclose(std_errors(fitted, Convention.LINEARMODELS), model.std_errors, rtol=STD_ERROR)


@pytest.mark.parametrize("name", ENGINES["jackknife"])
def test_the_jackknife_is_what_refits_without_each_cluster_give(
    data_of: Callable[[Case], pd.DataFrame], name: str
) -> None:
    case = CASES[name]
    frame = data_of(case)
    fitted = own(frame, case)
    clusters = codes(frame, case.cluster)
    left_out = range(0, fitted.n_clusters, max(1, fitted.n_clusters // 50))
    refits = np.array([own(frame[clusters != cluster], case).coefficients for cluster in left_out])
    found = leave_one_out(fitted)
    scale = np.abs(fitted.coefficients)
    assert np.abs((found[left_out] - refits) / scale).max() < 1e-9  # worst deviation seen 3e-11
    deviation = found - fitted.coefficients
    expected = (fitted.n_clusters - 1) / fitted.n_clusters * deviation.T @ deviation
    np.testing.assert_allclose(crv3(fitted).matrix, expected, rtol=1e-12)  # worst deviation seen 0


@pytest.mark.parametrize("name", ["grunfeld-two-way", "medicaid", "base-did", "kielmc"])
def test_crv3_of_pyfixest_is_ours_under_its_own_factor(data_of: Callable[[Case], pd.DataFrame], name: str) -> None:
    case = CASES[name]
    frame = data_of(case)
    fitted = own(frame, case)
    _, errors = from_pyfixest(frame, case, "CRV3")
    np.testing.assert_allclose(as_pyfixest_scales(fitted), errors, rtol=STD_ERROR)
