"""Every design by `stoeval estimate --design` beside sums that use nothing of this package, on a panel of hospitals.

The other side is least squares on dummies (numpy), Poisson, binomial and ordered models of statsmodels, entropy
weights by scipy, and a jackknife that refits without each region. Worst relative deviation seen: linear designs 3e-14,
errors 2e-14, ends of the refits 5e-14; entropy weights 2e-10 and 6e-10; nonlinear 3e-9 and 9e-9. The errors of Poisson
models are one step from the optimum and lie 2e-3 from refits; the weights of synthetic difference-in-differences
are steps of Frank-Wolfe, as published, and end 4e-5 from the minimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize
from statsmodels.miscmodels.ordinal_model import OrderedModel
from typer.testing import CliRunner

from hospital_panels import (
    AFTER,
    BEFORE,
    OTHERS,
    YEARS,
    by_year,
    dummies,
    fitted,
    hospitals,
    jackknife,
    ragged,
    without_each,
)
from stoeval.cli import app

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {"outcome": "Y", "exposure": "DOSE", "unit": "Hospital Name", "time": "YEAR", "cluster": "Region"}
LINEAR, WEIGHTED, NONLINEAR, STEPS = 1e-11, 1e-8, 1e-7, 1e-3
ONE_STEP = 0.005
POSITIONS = [OTHERS.index(year) for year in AFTER]


def asked(frame: pd.DataFrame, place: Path, design: str, *words: str, **named: str) -> dict[str, pd.DataFrame]:
    """Return the tables that the command writes of a frame."""
    frame.to_csv(place / "hospitals.csv", index=False)
    given = COLUMNS | {"design": design, "reference": str(BEFORE)} | named
    options = [word for name, value in given.items() for word in (f"--{name}", value)]
    out = place / "answer"
    found = CliRunner().invoke(app, ["estimate", str(place / "hospitals.csv"), *options, *words, "--out", str(out)])
    assert found.exception is None, found.exception
    return {path.stem: pd.read_csv(path) for path in out.iterdir()}


def agrees(tables: dict[str, pd.DataFrame], effect: float, std_error: float | None, tolerance: float = LINEAR) -> None:
    estimate = tables["estimates"].iloc[0]
    assert estimate["effect"] == pytest.approx(effect, rel=tolerance)
    if std_error is not None:
        assert estimate["std_error"] == pytest.approx(std_error, rel=10 * tolerance)


def agrees_without_each_region(tables: dict[str, pd.DataFrame], refits: dict[str, float], effect: float) -> None:
    """Few regions carry these, so that the error is CRV2; the jackknife shows in its lowest and highest refit."""
    estimate, second = tables["estimates"].iloc[0], tables["robustness"].iloc[0]
    assert estimate["effect"] == pytest.approx(effect, rel=LINEAR)
    assert estimate["convention"].startswith("CRV2 clubsandwich")
    ends = (min(refits.values()), max(refits.values()))
    assert (second["leave_out_low"], second["leave_out_high"]) == pytest.approx(ends, rel=LINEAR)


def mean_after(coefficients: np.ndarray) -> float:
    return float(coefficients[POSITIONS].mean())


def line(frame: pd.DataFrame, *beside: str, outcome: str = "Y", weights: bool = False) -> float:
    """Return the mean over later years of the dose x year, with hospital and year effects."""
    columns = [by_year(frame, name) for name in ("DOSE", *beside)]
    effects = dummies(frame, ["Hospital Name"], ["YEAR"])
    weight = frame["Beds"].to_numpy() if weights else None
    return mean_after(fitted(frame[outcome].to_numpy(), np.column_stack([*columns, effects]), weight))


def changes(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return the mean of later years less the last year before, by hospital."""
    wide = frame.pivot(index="Hospital Name", columns="YEAR", values=column)  # noqa: PD010 - one value a cell
    return (wide[list(AFTER)].mean(axis=1) - wide[BEFORE]).dropna()


# --- linear --------------------------------------------------------------------------------------------------------


def test_a_dose_event_study_is_the_weighted_regression_on_dummies_with_holes_in_the_panel(tmp_path: Path) -> None:
    frame = ragged(hospitals())
    tables = asked(frame, tmp_path, "dose-event-study", control="need", weights="Beds")
    seen = frame.dropna(subset="Y")

    def estimate(rows: pd.DataFrame) -> float:
        return line(rows, "need", weights=True)

    agrees(tables, estimate(seen), jackknife(seen, estimate))
    assert tables["left_out"].to_numpy().tolist() == [["Y", 3], ["any of these", 3]]
    assert tables["estimates"]["n_obs"][0] == len(seen)


def test_a_survey_panel_is_the_same_regression_and_what_was_kept_a_combination_of_it(tmp_path: Path) -> None:
    frame = hospitals()
    kept = ("--option", "kept_share=0.5", "--option", "since=2007")
    tables = asked(frame, tmp_path, "survey-panel", *kept, window="2010")

    def estimate(rows: pd.DataFrame) -> float:
        columns = np.column_stack([by_year(rows, "DOSE"), dummies(rows, ["Hospital Name"], ["YEAR"])])
        found = fitted(rows["Y"].to_numpy(), columns)
        return float(found[OTHERS.index(2010)] - 0.5 * found[OTHERS.index(2007)])

    agrees(tables, estimate(frame), jackknife(frame, estimate))


def test_a_joint_dose_has_the_coefficient_beside_the_other_dose(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "joint-dose-event-study", other="other dose")

    def estimate(rows: pd.DataFrame) -> float:
        return line(rows, "other dose")

    agrees(tables, estimate(frame), jackknife(frame, estimate))


def test_an_aanloop_dose_has_an_effect_for_each_stratum_and_year_up_to_the_window(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "aanloop-dose", stratum="kind", window="2007")
    seen = frame[frame["YEAR"] <= 2007]

    def estimate(rows: pd.DataFrame) -> float:
        columns = by_year(rows, "DOSE", [2001, 2002, 2007])
        effects = dummies(rows, ["Hospital Name"], ["kind", "YEAR"])
        return float(fitted(rows["Y"].to_numpy(), np.column_stack([columns, effects]))[2])

    agrees(tables, estimate(seen), jackknife(seen, estimate))


def test_a_panel_regression_is_the_two_way_coefficient(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "panel-regression", exposure="moves", weights="Beds")

    def estimate(rows: pd.DataFrame) -> float:
        columns = np.column_stack([rows["moves"], dummies(rows, ["Hospital Name"], ["YEAR"])])
        return float(fitted(rows["Y"].to_numpy(), columns, rows["Beds"].to_numpy())[0])

    agrees(tables, estimate(frame), jackknife(frame, estimate))


def test_the_change_since_the_baseline_is_the_mean_of_changes(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "change-since-baseline")

    def estimate(rows: pd.DataFrame) -> float:
        return float(changes(rows, "Y").mean())

    agrees(tables, estimate(frame), jackknife(frame, estimate))


def test_a_causal_chain_is_the_product_of_two_regressions_on_changes(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "causal-chain", mediator="mediator")

    def estimate(rows: pd.DataFrame) -> float:
        once = rows.drop_duplicates("Hospital Name").set_index("Hospital Name")
        outcome, mediator = changes(rows, "Y"), changes(rows, "mediator")
        dose = once["DOSE"].loc[outcome.index].to_numpy()
        ones = np.ones(len(dose))
        a = fitted(mediator.to_numpy(), np.column_stack([dose, ones]))[0]
        b = fitted(outcome.to_numpy(), np.column_stack([mediator, dose, ones]))[0]
        return float(a * b)

    agrees(tables, estimate(frame), jackknife(frame, estimate))


def test_a_dose_curve_is_the_mean_slope_of_a_cubic_beside_the_zeros(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "dose-curve")
    doses = frame.drop_duplicates("Hospital Name")["DOSE"]
    positive = doses[doses > 0].to_numpy()
    steps = np.array([1.0, 2 * positive.mean(), 3 * (positive**2).mean()])

    def estimate(rows: pd.DataFrame) -> float:
        curve = rows.assign(any=(rows["DOSE"] > 0) * 1.0, square=rows["DOSE"] ** 2, cube=rows["DOSE"] ** 3)
        columns = np.column_stack([by_year(curve, name) for name in ("DOSE", "square", "cube", "any")])
        effects = dummies(rows, ["Hospital Name"], ["YEAR"])
        found = fitted(rows["Y"].to_numpy(), np.column_stack([columns, effects]))
        powers = found[: 3 * len(OTHERS)].reshape(3, len(OTHERS))
        return float(steps @ powers[:, POSITIONS].mean(axis=1))

    agrees_without_each_region(tables, without_each(frame, estimate), estimate(frame))


def test_heterogeneous_adoption_is_the_mean_change_less_its_limit_where_doses_begin(tmp_path: Path) -> None:
    frame = hospitals().assign(DOSE=lambda rows: 0.2 + rows["need"].rank(pct=True) * 3)
    tables = asked(frame, tmp_path, "heterogeneous-adoption", "--option", "bandwidth=1.4")
    lowest, once = frame["DOSE"].min(), frame.drop_duplicates("Hospital Name").set_index("Hospital Name")
    scale = once["DOSE"].mean() - lowest  # the doses are as they are, in refits too

    def estimate(rows: pd.DataFrame) -> float:
        change = changes(rows, "Y")
        beyond = once["DOSE"].loc[change.index].to_numpy() - lowest
        kernel = np.maximum(1 - (beyond / 1.4) ** 2, 0)
        near = kernel > 0
        curve = np.column_stack([np.ones(near.sum()), beyond[near], beyond[near] ** 2])
        limit = fitted(change.to_numpy()[near], curve, kernel[near])[0]
        return float((change.mean() - limit) / scale)

    agrees_without_each_region(tables, without_each(frame, estimate), estimate(frame))


def tracks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return two wards in each hospital, of which one is entitled."""
    generator = np.random.default_rng(3)
    wards = [frame.assign(ward=name, entitled=value) for name, value in (("surgery", 1.0), ("other", 0.0))]
    found = pd.concat(wards, ignore_index=True)
    later = found["YEAR"] > BEFORE
    found["Y"] = found["Y"] + found["entitled"] * (0.5 * found["DOSE"] * later) + generator.normal(0, 0.3, len(found))
    found["visits"] = generator.poisson(np.exp(2 + 0.2 * found["entitled"] * found["DOSE"] * later))
    return found


def test_a_triple_difference_is_the_regression_with_three_pairs_of_effects(tmp_path: Path) -> None:
    frame = tracks(hospitals())
    tables = asked(frame, tmp_path, "entitlement-triple-difference", group="ward", entitlement="entitled")

    def estimate(rows: pd.DataFrame) -> float:
        wide = rows.pivot(index=["Region", "Hospital Name", "YEAR"], columns="ward", values="Y")  # noqa: PD010
        gap = (wide["surgery"] - wide["other"]).rename("gap").reset_index()
        dose = rows.drop_duplicates("Hospital Name")[["Hospital Name", "DOSE"]]
        return line(gap.merge(dose, on="Hospital Name"), outcome="gap")  # two groups: the regression of the gap

    agrees(tables, estimate(frame), jackknife(frame, estimate))


# --- staggered -----------------------------------------------------------------------------------------------------

NEVER = {"zero": 0.0, "empty": np.nan, "infinite": np.inf, "far": 9999.0, "negative": -1.0}


def staggered(never: float = 0.0) -> pd.DataFrame:
    """Return hospitals that start in 2004, in 2007 or never."""
    frame = hospitals()
    number = frame["Region"].str[-2:].astype(int)
    start = np.array([2004.0, 2007.0, np.nan])[number % 3]
    frame["Y"] += 0.6 * (frame["YEAR"] >= start)
    return frame.assign(start=np.where(np.isnan(start), never, start))


def cell(rows: pd.DataFrame, start: int, year: int, base: int) -> float:
    """Return the change of who starts then less that of who had not started by that year."""
    wide = rows.pivot(index="Hospital Name", columns="YEAR", values="Y")  # noqa: PD010 - one value a cell
    first = rows.drop_duplicates("Hospital Name").set_index("Hospital Name")["start"].replace(0.0, np.inf)
    change = wide[year] - wide[base]
    return float(change[first == start].mean() - change[first > year].mean())


def put_together(rows: pd.DataFrame, base_of: dict[int, int]) -> float:
    """Return the mean over later years of cells by how many start when."""
    first = rows.drop_duplicates("Hospital Name")["start"]
    years = []
    for year in (2004, 2007, 2010):
        starts = [start for start in (2004, 2007) if start <= year]
        sizes = [int((first == start).sum()) for start in starts]
        years.append(np.average([cell(rows, start, year, base_of[start]) for start in starts], weights=sizes))
    return float(np.mean(years))


@pytest.mark.parametrize("spelling", NEVER)
def test_staggered_adoption_is_the_mean_of_two_by_twos_however_never_is_written(spelling: str, tmp_path: Path) -> None:
    tables = asked(staggered(NEVER[spelling]), tmp_path, "staggered-adoption", exposure="start", reference="2002")
    agrees(tables, put_together(staggered(), {2004: 2002, 2007: 2004}), None)
    note = tables["checks"].set_index("check")["detail"]["never treated"]
    assert note.startswith("39 of 120 units are never treated by 2010")


def test_the_error_of_staggered_adoption_is_that_of_its_influences_by_region(tmp_path: Path) -> None:
    """One cohort and two periods: the effect is a difference of means, and so is its influence."""
    frame = staggered()
    frame = frame[frame["YEAR"].isin([2002, 2004]) & (frame["start"] != 2007)]
    tables = asked(frame, tmp_path, "staggered-adoption", exposure="start", reference="2002")
    wide = frame.pivot(index=["Region", "Hospital Name"], columns="YEAR", values="Y")  # noqa: PD010
    change = (wide[2004] - wide[2002]).rename("change").reset_index()
    change["treated"] = change["Hospital Name"].map(frame.groupby("Hospital Name")["start"].first()) == 2004
    means, counts = change.groupby("treated")["change"].mean(), change.groupby("treated")["change"].size()
    sign = np.where(change["treated"], 1.0, -1.0)
    influence = (change["change"] - change["treated"].map(means)) * sign / change["treated"].map(counts)
    by_region = influence.groupby(change["Region"]).sum()
    agrees(tables, means[True] - means[False], float(np.sqrt((by_region**2).sum())))


@pytest.mark.parametrize("spelling", NEVER)
def test_delayed_approval_measures_every_round_from_the_baseline(spelling: str, tmp_path: Path) -> None:
    tables = asked(staggered(NEVER[spelling]), tmp_path, "delayed-approval", exposure="start", reference="2002")
    frame = staggered()
    weights = {start: int((frame["start"] == start).sum()) for start in (2004, 2007)}

    def estimate(rows: pd.DataFrame) -> float:
        later = [
            np.average([cell(rows, one, year, 2002) for one in (2004, 2007)], weights=list(weights.values()))
            for year in (2007, 2010)
        ]
        return float((cell(rows, 2004, 2004, 2002) + sum(later)) / 3)

    agrees(tables, estimate(frame), jackknife(frame, estimate))


# --- reweighted ----------------------------------------------------------------------------------------------------


def entropy(traits: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return the weights nearest to equal ones with these means, by the dual."""
    centred = traits - means

    def dual(multipliers: np.ndarray) -> tuple[float, np.ndarray]:
        exponent = centred @ multipliers
        top = exponent.max()
        weights = np.exp(exponent - top)
        return float(np.log(weights.sum()) + top), weights @ centred / weights.sum()

    found = optimize.minimize(dual, np.zeros(traits.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-12})
    weights = np.exp(centred @ found.x)
    return np.asarray(weights / weights.sum())


def test_comparable_groups_are_means_under_entropy_weights(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "comparable-groups", "--option", "split=zero")

    def estimate(rows: pd.DataFrame) -> float:
        wide = rows.pivot(index="Hospital Name", columns="YEAR", values="Y")  # noqa: PD010 - one value a cell
        dose = rows.drop_duplicates("Hospital Name").set_index("Hospital Name")["DOSE"].loc[wide.index]
        high = (dose > 0).to_numpy()
        traits = wide[[year for year in YEARS if year <= BEFORE]].to_numpy()
        change = (wide[list(AFTER)].mean(axis=1) - wide[BEFORE]).to_numpy()
        weights = entropy(traits[~high], traits[high].mean(axis=0))
        return float((change[high].mean() - weights @ change[~high]) / dose[high].mean())

    agrees(tables, estimate(frame), jackknife(frame, estimate), WEIGHTED)


def test_one_treated_state_is_beside_the_mix_that_minimises_the_published_criterion(tmp_path: Path) -> None:
    """A column of whether a unit is ever treated, true or false, as panels of one treated state have it."""
    frame = hospitals().assign(Region=lambda rows: rows["Hospital Name"])
    frame = frame[frame["Hospital Name"].str[-3:].astype(int).between(1, 20)]
    frame["ever"] = frame["Hospital Name"] == "St. 004"
    frame.loc[frame["ever"] & (frame["YEAR"] > BEFORE), "Y"] += 3
    tables = asked(frame, tmp_path, "synthetic-difference-in-differences", exposure="ever")
    wide = frame.pivot(index="Hospital Name", columns="YEAR", values="Y")  # noqa: PD010 - one value a cell
    others, own = wide.drop(index="St. 004").to_numpy(), wide.loc["St. 004"].to_numpy()
    start = 3
    noise = np.diff(others[:, :start], axis=1).std(ddof=1)
    ridge = (1 * (len(YEARS) - start)) ** 0.25 * noise
    omega = simplex(others[:, :start].T, own[:start], ridge**2 * start)
    time = simplex(others[:, :start], others[:, start:].mean(axis=1), (1e-6 * noise) ** 2 * len(others))
    gaps = own - omega @ others
    agrees(tables, float(gaps[start:].mean() - time @ gaps[:start]), None, STEPS)


def simplex(columns: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
    """Return weights that are shares, nearest to the target up to a constant, by SLSQP."""
    columns, target = columns - columns.mean(axis=0), target - target.mean()
    count = columns.shape[1]

    def loss(weights: np.ndarray) -> float:
        return float(((columns @ weights - target) ** 2).sum() + ridge * (weights**2).sum())

    found = optimize.minimize(
        loss,
        np.full(count, 1 / count),
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 1_000},
    )
    return np.asarray(found.x)


# --- nonlinear -----------------------------------------------------------------------------------------------------


def average_effect(rows: pd.DataFrame, coefficients: np.ndarray, slope: np.ndarray) -> float:
    """Return the mean over later years of the coefficient of dose x year times the mean slope in that year."""
    found = [coefficients[OTHERS.index(year)] * slope[rows["YEAR"].to_numpy() == year].mean() for year in AFTER]
    return float(np.mean(found))


def with_levels(rows: pd.DataFrame) -> np.ndarray:
    """Return dose x year, the dose itself and years: what a balanced panel has beside its means."""
    return np.column_stack([by_year(rows, "DOSE"), rows["DOSE"], dummies(rows, ["YEAR"])])


def with_units(rows: pd.DataFrame) -> np.ndarray:
    """Return dose x year beside hospitals and years."""
    return np.column_stack([by_year(rows, "DOSE"), dummies(rows, ["Hospital Name"]), dummies(rows, ["YEAR"])[:, 1:]])


def test_a_fractional_outcome_is_the_binomial_model_of_statsmodels(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "fractional-outcome", outcome="share")

    def estimate(rows: pd.DataFrame) -> float:
        found = sm.GLM(rows["share"], with_levels(rows), family=sm.families.Binomial()).fit(tol=1e-12)
        mean = found.fittedvalues.to_numpy()
        return average_effect(rows, found.params.to_numpy(), mean * (1 - mean))

    agrees(tables, estimate(frame), jackknife(frame, estimate), NONLINEAR)


def test_a_hazard_is_the_complementary_log_log_model_of_statsmodels(tmp_path: Path) -> None:
    frame = hospitals()
    tables = asked(frame, tmp_path, "closure-hazard", "--option", "every_year=true", outcome="closed", stratum="kind")
    family = sm.families.Binomial(link=sm.families.links.CLogLog())

    def estimate(rows: pd.DataFrame) -> float:
        strata = dummies(rows, ["kind"])[:, 1:]
        found = sm.GLM(rows["closed"], np.hstack([with_levels(rows), strata]), family=family).fit(tol=1e-12)
        index = found.model.exog @ found.params.to_numpy()
        return average_effect(rows, found.params.to_numpy(), np.exp(index - np.exp(index)))

    agrees(tables, estimate(frame), jackknife(frame, estimate), NONLINEAR)


def test_grades_are_the_ordered_logit_of_statsmodels(tmp_path: Path) -> None:
    """Categories are the values of a file, unless cuts are given."""
    frame = hospitals()
    tables = asked(frame, tmp_path, "ordered-outcome", outcome="grade")
    columns = np.column_stack([by_year(frame, "DOSE"), frame["DOSE"], dummies(frame, ["YEAR"])[:, 1:]])
    found = OrderedModel(frame["grade"], columns, distr="logit").fit(method="bfgs", disp=0, maxiter=1_000, gtol=1e-8)
    highest = np.asarray(found.predict())[:, -1]
    agrees(tables, average_effect(frame, found.params.to_numpy(), highest * (1 - highest)), None, NONLINEAR)


def test_counts_of_two_groups_are_the_logit_of_one_against_the_other(tmp_path: Path) -> None:
    """With two groups the effects of hospital x year leave the binomial model of the first among both."""
    frame = tracks(hospitals())
    tables = asked(frame, tmp_path, "share-model", outcome="visits", group="ward", entitlement="entitled")
    wide = frame.pivot(index=["Region", "Hospital Name", "YEAR", "DOSE"], columns="ward", values="visits")  # noqa: PD010
    rows = wide.reset_index()

    def estimate(rows: pd.DataFrame) -> float:
        both = rows[["surgery", "other"]].to_numpy()
        return mean_after(sm.GLM(both, with_units(rows), family=sm.families.Binomial()).fit(tol=1e-12).params)

    agrees(tables, estimate(rows), None, NONLINEAR)
    assert tables["estimates"]["std_error"][0] == pytest.approx(jackknife(rows, estimate), rel=ONE_STEP)


def test_a_poisson_event_study_is_the_model_of_statsmodels(tmp_path: Path) -> None:
    frame = hospitals()
    words = ("--option", "outcome_model=poisson", "--offset", "Beds")
    tables = asked(frame, tmp_path, "dose-event-study", *words, outcome="visits")

    def estimate(rows: pd.DataFrame) -> float:
        offset, family = np.log(rows["Beds"].to_numpy()), sm.families.Poisson()
        model = sm.GLM(rows["visits"].to_numpy(), with_units(rows), family=family, offset=offset)
        return mean_after(model.fit(tol=1e-12).params)

    agrees(tables, estimate(frame), None, NONLINEAR)
    assert tables["estimates"]["std_error"][0] == pytest.approx(jackknife(frame, estimate), rel=ONE_STEP)
