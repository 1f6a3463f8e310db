"""Least squares with absorbed effects, and what follows from it, against other engines and published numbers.

How the numbers were made, what agrees and how closely, is in README.md beside this file. Every tolerance
stands beside the worst deviation seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

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

from stoeval.errors import NotIdentified
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

COEFFICIENT = 1e-10  # worst deviation seen 2e-12, relative, against dummies
STD_ERROR = 1e-8  # worst deviation seen 7e-12, relative, against pyfixest


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
    """Insurance since 2003 for one sector in one county; beside it a dose that every county has."""
    after = frame["sector"] * (frame["year"] >= 2003) * 1.0
    schooling = frame.groupby("county")["educ_scale"].transform("mean")
    return frame.assign(
        insured=frame["treatment"] * after,
        schooling=schooling * after,
        county_year=frame["county"] * 10_000 + frame["year"],
        county_sector=frame["county"] * 10 + frame["sector"],
        sector_year=frame["sector"] * 10_000 + frame["year"],
    )


def case(  # noqa: PLR0917 - one row in a table
    name: str,
    file: str,
    formula: str,
    cluster: str,
    nested: tuple[str, ...],
    crossed: tuple[str, ...] = (),
    **further: Any,  # noqa: ANN401 - the rest of a case
) -> Case:
    outcome, right = formula.split(" ~ ")
    return Case(
        name=name,
        file=file,
        outcome=outcome,
        regressors=tuple(right.split(" + ")),
        cluster=cluster,
        nested=nested,
        crossed=crossed,
        **further,
    )


FIRMS, COUNTIES, CROPS = "plm_Grunfeld.csv", "mpdta.csv", "cai2016.csv.gz"
EXPANSION = " + ".join(f"d{year}" for year in MEDICAID_YEARS)
CASES = {
    one.name: one
    for one in (
        case("grunfeld-one-way", FIRMS, "inv ~ value + capital", "firm", ("firm",)),
        case("grunfeld-two-way", FIRMS, "inv ~ value + capital", "firm", ("firm",), ("year",)),
        case("mpdta", COUNTIES, "lemp ~ treated", "countyreal", ("countyreal",), ("year",), made=_mpdta),
        case(
            "mpdta-weighted",
            COUNTIES,
            "lemp ~ treated",
            "countyreal",
            ("countyreal",),
            ("year",),
            weights="size",
            made=_mpdta,
        ),
        case("medicaid", "ehec_data.csv", f"dins ~ {EXPANSION}", "stfips", ("stfips",), ("year",), made=_medicaid),
        case("kielmc", "kielmc.csv", "rprice ~ y81 + nearinc + y81nrinc", "nbh", ()),
        case("base-did", "base_did.csv", "y ~ treat_post + x1", "id", ("id",), ("period",), made=_base_did),
        case("base-stagg", "base_stagg.csv", "y ~ active + x1", "id", ("id",), ("year",), made=_base_stagg),
        case(
            "crop-insurance",
            CROPS,
            "checksaving_ratio ~ insured + age + hhsize",
            "county",
            ("county_year", "county_sector"),
            ("sector_year",),
            made=_crop_insurance,
        ),
        case(
            "crop-insurance-households",
            CROPS,
            "checksaving_ratio ~ schooling + hhsize",
            "county",
            ("county_year", "hhno"),
            ("sector_year",),
            made=_crop_insurance,
        ),
    )
}
TWO_WAY = [one.name for one in CASES.values() if len(one.nested) == 1 and one.weights is None]
"""Cases that PanelOLS can express: one nested effect, with or without years."""
WITH_DUMMIES = [name for name in CASES if name != "crop-insurance-households"]
"""Cases whose dummies fit in memory; 3,659 households do not."""
SURVIVES = [name for name in CASES if name != "crop-insurance"]
"""Cases that every cluster can be left out of; one county alone has the crop insurance."""
ENGINES = {"pyfixest": list(CASES), "dummies": WITH_DUMMIES, "linearmodels": TWO_WAY, "jackknife": SURVIVES}
COMPARED = [(engine, name) for engine, names in ENGINES.items() for name in names]


@pytest.fixture
def data_of(validation: Path) -> Callable[[Case], pd.DataFrame]:
    return lambda one: _read(validation, one.name)


@cache
def _read(validation: Path, name: str) -> pd.DataFrame:
    one = CASES[name]
    return one.made(pd.read_csv(validation / one.file)).reset_index(drop=True)


def codes(frame: pd.DataFrame, column: str) -> Integers:
    return dense_codes(pd.factorize(frame[column])[0].astype(np.int64))


def own(frame: pd.DataFrame, one: Case) -> Fit:
    return fit(
        frame[one.outcome].to_numpy(float),
        frame[list(one.regressors)].to_numpy(float),
        names=one.regressors,
        cluster=codes(frame, one.cluster),
        nested=[codes(frame, effect) for effect in one.nested],
        crossed=[codes(frame, effect) for effect in one.crossed],
        weights=None if one.weights is None else frame[one.weights].to_numpy(float),
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


def from_pyfixest(frame: pd.DataFrame, one: Case, vcov: str) -> tuple[Floats, Floats]:
    names = set_ordered_names(len(one.effects))
    renamed = frame.assign(**{name: codes(frame, effect) for name, effect in zip(names, one.effects, strict=True)})
    formula = " | ".join([f"{one.outcome} ~ {' + '.join(one.regressors)}", " + ".join(names)][: 1 + bool(names)])
    model = pyfixest.feols(
        formula,
        renamed.assign(cluster_=codes(frame, one.cluster)),
        vcov={vcov: "cluster_"},
        weights=one.weights,
        demeaner=MapDemeaner(fixef_tol=1e-12),
        fixef_rm="none",
    )
    wanted = list(one.regressors)
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
def test_published_numbers_come_back_in_all_printed_digits(  # noqa: PLR0917 - one row of published numbers
    data_of: Callable[[Case], pd.DataFrame],
    name: str,
    regressor: str,
    coefficient: float,
    std_error: float,
    kind: str,
    digits: int,
) -> None:
    one = CASES[name]
    fitted = own(data_of(one), one)
    position = one.regressors.index(regressor)
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
        "jackknife": 9,
    }
    assert len(COMPARED) == 34
    assert sum(len(one.regressors) for one in CASES.values()) == 25
    assert len(PUBLISHED) == 9


@pytest.mark.parametrize("name", ENGINES["pyfixest"])
def test_coefficients_and_crv1_are_those_of_pyfixest(data_of: Callable[[Case], pd.DataFrame], name: str) -> None:
    one = CASES[name]
    frame = data_of(one)
    fitted = own(frame, one)
    coefficients, errors = from_pyfixest(frame, one, "CRV1")
    np.testing.assert_allclose(fitted.coefficients, coefficients, rtol=COEFFICIENT)
    np.testing.assert_allclose(std_errors(fitted, Convention.FIXEST), errors, rtol=STD_ERROR)


@pytest.mark.parametrize("name", ENGINES["dummies"])
def test_coefficients_and_crv1_are_those_of_least_squares_with_dummies(
    data_of: Callable[[Case], pd.DataFrame], name: str
) -> None:
    one = CASES[name]
    frame = data_of(one)
    fitted = own(frame, one)
    columns = np.column_stack([frame[list(one.regressors)].to_numpy(float), dummies(frame, one.effects)])
    columns = columns[:, independent(columns)]
    weights = 1.0 if one.weights is None else frame[one.weights]
    model = sm.WLS(frame[one.outcome], columns, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": codes(frame, one.cluster)}
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
    one = CASES[name]
    frame = data_of(one)
    fitted = own(frame, one)
    years = next((column for column in ("year", "period") if column in frame), "")
    indexed = frame.set_index([one.cluster, years])
    model = linearmodels.PanelOLS(
        indexed[one.outcome],
        indexed[list(one.regressors)],
        entity_effects=True,
        time_effects=bool(one.crossed),
    ).fit(cov_type="clustered", cluster_entity=True)
    np.testing.assert_allclose(fitted.coefficients, model.params, rtol=COEFFICIENT)
    np.testing.assert_allclose(std_errors(fitted, Convention.LINEARMODELS), model.std_errors, rtol=STD_ERROR)


@pytest.mark.parametrize("name", ENGINES["jackknife"])
def test_the_jackknife_is_what_refits_without_each_cluster_give(
    data_of: Callable[[Case], pd.DataFrame], name: str
) -> None:
    one = CASES[name]
    frame = data_of(one)
    frame = frame[codes(frame, one.cluster) < 110]
    clusters = codes(frame, one.cluster)
    fitted = own(frame, one)
    refits = np.array([own(frame[clusters != cluster], one).coefficients for cluster in range(fitted.n_clusters)])
    moved = refits - fitted.coefficients
    expected = (fitted.n_clusters - 1) / fitted.n_clusters * moved.T @ moved
    np.testing.assert_allclose(leave_one_out(fitted), refits, rtol=1e-9)  # worst deviation seen 6e-12
    np.testing.assert_allclose(np.diag(crv3(fitted).matrix), np.diag(expected), rtol=1e-9)  # worst deviation seen 6e-12


@pytest.mark.parametrize("name", ["grunfeld-two-way", "medicaid", "kielmc"])
def test_crv3_of_pyfixest_is_ours_under_its_own_factor(data_of: Callable[[Case], pd.DataFrame], name: str) -> None:
    one = CASES[name]
    frame = data_of(one)
    fitted = own(frame, one)
    _, errors = from_pyfixest(frame, one, "CRV3")
    np.testing.assert_allclose(as_pyfixest_scales(fitted), errors, rtol=STD_ERROR)


def test_a_jackknife_without_the_only_county_that_identifies_is_refused(
    data_of: Callable[[Case], pd.DataFrame],
) -> None:
    one = CASES["crop-insurance"]
    fitted = own(data_of(one), one)
    with pytest.raises(NotIdentified, match="not identified without cluster"):
        crv3(fitted)


# --- counts --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shops() -> pd.DataFrame:
    """Return customers of 60 shops in 12 towns over six years: small counts, some shops without any."""
    generator = np.random.default_rng(20_240_917)
    shop, year = np.repeat(np.arange(60), 6), np.tile(np.arange(6), 60)
    dose = generator.gamma(2.0, 0.4, 60)[shop] * (year >= 3)
    rain = generator.normal(size=360)
    size = generator.uniform(0.5, 3.0, 360)
    mean = np.exp(generator.normal(0.2, 0.9, 60)[shop] + 0.1 * year - 0.4 * dose + 0.15 * rain) * size
    counted = generator.poisson(mean) * (shop != 7)
    frame = {"shop": shop, "year": year, "town": shop // 5, "dose": dose, "rain": rain, "log_size": np.log(size)}
    return pd.DataFrame({"customers": counted * 1.0, **frame})


def own_counts(shops: pd.DataFrame) -> Fit:
    return fit_poisson(
        shops["customers"].to_numpy(),
        shops[["dose", "rain"]].to_numpy(),
        names=("dose", "rain"),
        cluster=shops["town"].to_numpy(),
        nested=[shops["shop"].to_numpy()],
        crossed=[shops["year"].to_numpy()],
        offset=shops["log_size"].to_numpy(),
    )


def test_poisson_coefficients_and_crv1_are_those_of_pyfixest(shops: pd.DataFrame) -> None:
    fitted = own_counts(shops)
    shop, year = set_ordered_names(2)
    model = pyfixest.fepois(
        f"customers ~ dose + rain | {shop} + {year}",
        shops.assign(**{shop: shops["shop"], year: shops["year"]}).iloc[fitted.rows],
        vcov={"CRV1": "town"},
        offset="log_size",
        iwls_tol=1e-13,
        demeaner=MapDemeaner(fixef_tol=1e-12),
        fixef_rm="none",
        separation_check=[],
    )
    np.testing.assert_allclose(fitted.coefficients, model.coef(), rtol=1e-10)  # worst deviation seen 2e-15
    np.testing.assert_allclose(
        std_errors(fitted, Convention.FIXEST), model.se(), rtol=1e-8
    )  # worst deviation seen 2e-12


def test_poisson_coefficients_and_crv1_are_those_of_a_generalised_linear_model_with_dummies(
    shops: pd.DataFrame,
) -> None:
    fitted = own_counts(shops)
    kept = shops.iloc[fitted.rows]
    assert len(kept) == len(shops) - 6 * int((shops.groupby("shop")["customers"].sum() == 0).sum())
    columns = np.column_stack([kept[["dose", "rain"]].to_numpy(), dummies(kept, ("shop", "year"))])
    model = sm.GLM(
        kept["customers"].to_numpy(), columns, family=sm.families.Poisson(), offset=kept["log_size"].to_numpy()
    ).fit(tol=1e-14, maxiter=100, cov_type="cluster", cov_kwds={"groups": kept["town"].to_numpy()})
    np.testing.assert_allclose(fitted.coefficients, model.params[:2], rtol=1e-10)  # worst deviation seen 2e-14
    np.testing.assert_allclose(
        std_errors(fitted, Convention.STATA), model.bse[:2], rtol=1e-8
    )  # worst deviation seen 6e-15


def test_the_one_step_jackknife_of_a_poisson_model_is_near_full_refits(shops: pd.DataFrame) -> None:
    fitted = own_counts(shops)
    refits = np.array([own_counts(shops[shops["town"] != town]).coefficients for town in range(12)])
    moved, linearised = refits - fitted.coefficients, leave_one_out(fitted) - fitted.coefficients
    full, one_step = (np.sqrt((11 / 12) * (each**2).sum(axis=0)) for each in (moved, linearised))
    np.testing.assert_allclose(one_step, full, rtol=0.02)  # worst deviation seen 0.005, by linearisation


# --- tests, bounds, power and multiplicity -------------------------------------------------------------------


def test_the_wald_test_is_that_of_statsmodels(data_of: Callable[[Case], pd.DataFrame]) -> None:
    """Under the convention of dummies the covariances are the same, and F(restrictions, G-1) is asked for."""
    one = CASES["medicaid"]
    frame = data_of(one)
    fitted = own(frame, one)
    before = [position for position, year in enumerate(MEDICAID_YEARS) if year < 2013]
    found = wald(fitted.coefficients, crv1(fitted, Convention.STATA), before)
    columns = np.column_stack([frame[list(one.regressors)].to_numpy(float), dummies(frame, one.effects)])
    model = sm.OLS(frame[one.outcome].to_numpy(), columns).fit(
        cov_type="cluster", cov_kwds={"groups": codes(frame, "stfips"), "df_correction": True}, use_t=True
    )
    restrictions = np.eye(columns.shape[1])[before]
    expected = model.f_test(restrictions)
    assert found.statistic == pytest.approx(float(expected.fvalue), rel=1e-9)  # deviation seen 4e-14
    assert (found.restrictions, found.df) == (5, fitted.n_clusters - 1)
    assert found.p_value == pytest.approx(float(expected.pvalue), rel=1e-8)  # deviation seen 3e-14


@pytest.mark.parametrize("weighted", [False, True])
def test_masking_bounds_are_the_extremes_over_every_fill_of_the_masked_counts(*, weighted: bool) -> None:
    generator = np.random.default_rng(3)
    unit, year = np.repeat(np.arange(6), 3), np.tile(np.arange(3), 6)
    dose = np.repeat(generator.uniform(0, 2, 6), 3) * (year == 2)
    low = generator.integers(5, 20, 18).astype(float)
    masked = [1, 5, 8, 10, 14]
    low[masked] = 1.0
    high = low.copy()
    high[masked] = 4.0
    weights = generator.uniform(1, 9, 6)[unit] if weighted else np.ones(18)

    def effect(outcome: Floats) -> Fit:
        return fit(
            outcome, dose[:, None], names=("dose",), cluster=unit // 2, nested=[unit], crossed=[year], weights=weights
        )

    estimates = []
    for fill in product((1.0, 2.0, 3.0, 4.0), repeat=len(masked)):
        outcome = low.copy()
        outcome[masked] = fill
        estimates.append(float(effect(outcome).coefficients[0]))
    bounds = masking_bounds(effect((low + high) / 2), np.ones(1), low, high)
    assert len(estimates) == 4**5
    assert bounds == pytest.approx((min(estimates), max(estimates)), rel=1e-11)  # worst deviation seen 6e-15


@pytest.mark.parametrize(("df", "power"), [(77, 0.8), (11, 0.8), (77, 0.9)])
def test_the_minimum_detectable_effect_has_the_power_that_it_promises(df: int, power: float) -> None:
    """Against the noncentral t of statsmodels: one mean over df + 1 observations has df degrees of freedom."""
    effect = minimum_detectable_effect(1.0, df, power=power)
    exact = TTestPower().power(effect_size=effect / np.sqrt(df + 1), nobs=df + 1, alpha=0.05, df=df)
    assert exact == pytest.approx(power, abs=0.002)  # worst deviation seen 5e-4: Bloom approximates


def test_the_minimum_detectable_effect_by_hand() -> None:
    """1.959964 + 0.841621 standard errors for endless clusters (Bloom 1995)."""
    assert minimum_detectable_effect(0.01, 1e9) == pytest.approx(0.02801585, abs=5e-9)  # deviation seen 2e-9
    assert minimum_detectable_effect(0.01, 77, alpha=0.01) == pytest.approx(
        (stats.t.ppf(0.995, 77) + stats.t.ppf(0.8, 77)) / 100, rel=1e-14
    )


def test_holm_is_that_of_statsmodels() -> None:
    generator = np.random.default_rng(5)
    for p_values in ([0.01, 0.04, 0.03, 0.005], [1.0, 0.2, 0.2, 1.0], list(generator.uniform(0, 0.2, 9))):
        expected = multipletests(p_values, method="holm")[1]
        np.testing.assert_allclose(holm(p_values), expected, rtol=1e-14)  # no deviation seen
