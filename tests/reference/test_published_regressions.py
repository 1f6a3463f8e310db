"""Published estimates under staggered adoption and triple differences, from this package's own fits.

Sources: the R package did 2.5.1 of Callaway and Sant'Anna (county employment; numbers without bootstrap), the
documentation of moderndid (Medicaid, crop insurance), the walkthrough of the R package fixest and its issue 287 (Sun
and Abraham). Half of the last printed digit is the tolerance, unless the test says why it is not.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from county_employment import Counties, read_counties
from stoeval.inference.clustering import crv1
from stoeval.inference.doubly_robust import doubly_robust_difference
from stoeval.inference.group_time import (
    Aggregation,
    Comparison,
    GroupTimeEffects,
    Reference,
    aggregate,
    group_time_effects,
    influence_covariance,
)
from stoeval.inference.least_squares import fit

DATA = {
    1: "mpdta.csv",
    2: "mpdta.csv",
    3: "base_stagg.csv",
    4: "ehec_data.csv",
    5: "california_prop99.csv",
    6: "castle.csv",
    7: "favara_imbs.csv",
    8: "HeAndWangResults.csv",
    9: "trade.csv",
    10: "voters.csv",
    11: "ehec_data.csv",
    12: "cai2016.csv.gz",
    13: "colombia.csv",
    14: "plm_Grunfeld.csv",
    15: "mpdta.csv",
}
"""The published results worth reproducing and the set that each needs."""
COVERED = {
    1: "test_effects_by_cohort_and_period_are_those_of_did",
    2: "test_extended_two_way_effects_are_those_of_etwfe",
    3: "test_cohort_weighted_event_studies_are_those_of_fixest",
    4: "test_relative_magnitudes_are_those_published",
    11: "test_staggered_medicaid_is_that_of_moderndid",
    12: "test_doubly_robust_triple_differences_are_those_of_moderndid",
    14: "test_published_numbers_come_back_in_all_printed_digits",
    15: "test_published_numbers_come_back_in_all_printed_digits",
}


def test_every_published_result_whose_data_are_at_hand_is_covered(validation: Path) -> None:
    assert {row for row, file in DATA.items() if (validation / file).is_file()} == set(COVERED)
    sources = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("test_*.py")]
    tests = {node.name for tree in sources for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert set(COVERED.values()) <= tests


def half(digits: int) -> float:
    return 0.5000001 * 10.0**-digits


def standard_error(influence: np.ndarray, cluster: np.ndarray | None = None) -> float:
    return float(np.sqrt(influence_covariance(influence[:, None], cluster).matrix[0, 0]))


# --- cohorts and periods ------------------------------------------------------------------------------------------


@pytest.fixture
def counties(validation: Path) -> Counties:
    return read_counties(validation)


def effects_of(
    counties: Counties, comparison: Comparison = Comparison.NEVER_TREATED, covariates: np.ndarray | None = None
) -> GroupTimeEffects:
    return group_time_effects(
        counties.log_employment,
        unit=counties.county,
        period=counties.year,
        cohort=counties.cohort,
        comparison=comparison,
        covariates=covariates,
    )


DID = {
    Aggregation.SIMPLE: (-0.03995128, 0.01203401),
    Aggregation.COHORT: (-0.03101828, 0.01244606),
    Aggregation.EVENT_TIME: (-0.07723982, 0.01996499),
    Aggregation.PERIOD: (-0.04170043, 0.01597185),
}


@pytest.mark.parametrize("by", DID)
def test_effects_by_cohort_and_period_are_those_of_did(counties: Counties, by: Aggregation) -> None:
    effect, std_error = DID[by]
    found = aggregate(effects_of(counties), by)
    assert found.overall == pytest.approx(effect, abs=half(8))
    assert standard_error(found.overall_influence) == pytest.approx(std_error, abs=half(8))


def test_the_cell_and_the_pre_test_that_did_prints(counties: Counties) -> None:
    """ATT(2004, 2006) and the Wald test of the cells before treatment against chi-squared."""
    found = effects_of(counties)
    cell = (found.cohort == 2004) & (found.period == 2006)
    assert found.effect[cell] == pytest.approx(-0.1373, abs=half(4))
    before = found.period < found.cohort
    covariance = influence_covariance(found.influence[:, before]).matrix
    wald = found.effect[before] @ np.linalg.solve(covariance, found.effect[before])
    assert stats.chi2.sf(wald, before.sum()) == pytest.approx(0.16812, abs=half(5))


def test_clusters_of_states_give_the_standard_error_of_did(counties: Counties) -> None:
    cells = effects_of(counties)
    state = cells.unit // 1000
    found = aggregate(cells, Aggregation.SIMPLE)
    assert len(np.unique(state)) == 29
    assert standard_error(found.overall_influence, state) == pytest.approx(0.01515946, abs=half(8))


def test_with_a_covariate_the_comparison_is_doubly_robust_as_in_did(counties: Counties) -> None:
    """A term divided by the number of treated in place of the sum of weights would make the cell -.0004654."""
    found = effects_of(counties, covariates=counties.log_population)
    simple = aggregate(found, Aggregation.SIMPLE)
    assert simple.overall == pytest.approx(-0.0417517721, abs=half(10))
    assert standard_error(simple.overall_influence) == pytest.approx(0.0115028382, abs=half(10))
    cell = (found.cohort == 2006) & (found.period == 2004)
    assert found.effect[cell] == pytest.approx(-0.0004721461, abs=half(10))


@pytest.mark.parametrize("comparison", Comparison)
def test_every_cell_is_a_regression_of_two_groups_in_two_periods(counties: Counties, comparison: Comparison) -> None:
    found = effects_of(counties, comparison)
    never = counties.cohort == 0
    assert len(found.effect) == 12
    for cohort, period, effect in zip(found.cohort, found.period, found.effect, strict=True):
        before = cohort - 1 if period >= cohort else period - 1
        later = counties.cohort > max(period, before)
        beside = never | (later & (comparison is Comparison.NOT_YET_TREATED))
        rows = ((counties.cohort == cohort) | beside) & np.isin(counties.year, [before, period])
        treated = ((counties.cohort == cohort) & (counties.year == period))[rows] * 1.0
        own = fit(
            counties.log_employment[rows],
            treated[:, None],
            names=("treated",),
            cluster=counties.county[rows],
            nested=[counties.county[rows]],
            crossed=[counties.year[rows]],
        )
        assert effect == pytest.approx(own.coefficients[0], abs=1e-11)  # worst deviation seen 3e-16


def test_staggered_medicaid_is_that_of_moderndid(validation: Path) -> None:
    """46 states, those that expanded later among the comparison; overall, in the first year and in the sixth."""
    frame = pd.read_csv(validation / "ehec_data.csv")
    found = group_time_effects(
        frame["dins"].to_numpy(),
        unit=pd.factorize(frame["stfips"])[0],
        period=frame["year"].to_numpy(),
        cohort=frame["yexp2"].fillna(0).to_numpy().astype(np.int64),
        comparison=Comparison.NOT_YET_TREATED,
        reference=Reference.LAST_UNTREATED,
    )
    path = aggregate(found, Aggregation.EVENT_TIME)
    errors = np.sqrt(np.diag(influence_covariance(path.influence).matrix))
    assert path.overall == pytest.approx(0.0688, abs=half(4))
    assert standard_error(path.overall_influence) == pytest.approx(0.0080, abs=half(4))
    for year, effect, std_error in ((0, 0.0453, 0.0060), (5, 0.0803, 0.0103)):
        assert path.effect[path.at == year] == pytest.approx(effect, abs=half(4))
        assert errors[path.at == year] == pytest.approx(std_error, abs=half(4))


# --- cohort-weighted event studies ---------------------------------------------------------------------------------

SUN_ABRAHAM = [
    ("covariate", "all", -1.133749, 0.205070),
    ("covariate", "x1", 0.994678, 0.018378),
    ("none", -9, 2.343297, 1.122482),
    ("none", -8, -0.866391, 1.186767),
    ("none", -7, -0.345837, 0.713641),
    ("none", -6, -0.471113, 0.731894),
    ("none", -5, -0.796544, 0.527162),
    ("none", -4, -0.280033, 0.429222),
    ("none", -3, -0.315766, 0.528401),
    ("none", -2, 0.241325, 0.457825),
]


@pytest.mark.parametrize(("model", "what", "effect", "std_error"), SUN_ABRAHAM)
def test_cohort_weighted_event_studies_are_those_of_fixest(
    validation: Path, model: str, what: str | int, effect: float, std_error: float
) -> None:
    """Cohort times event time, averaged with shares of cohorts that count as known."""
    frame = pd.read_csv(validation / "base_stagg.csv")
    cohort, year = frame["year_treated"].to_numpy().astype(int), frame["year"].to_numpy().astype(int)
    event = year - cohort
    pairs = sorted({(g, e) for g, e in zip(cohort, event, strict=True) if g <= 10 and e != -1})
    columns = np.column_stack([(cohort == g) & (event == e) for g, e in pairs]) * 1.0
    size = columns.sum(axis=0)
    if model == "covariate":
        columns = np.column_stack([columns, frame["x1"]])
    found = fit(
        frame["y"].to_numpy(),
        columns,
        names=[f"column {number}" for number in range(columns.shape[1])],
        cluster=frame["id"].to_numpy(),
        nested=[frame["id"].to_numpy()],
        crossed=[year],
    )
    weights = np.zeros(columns.shape[1])
    if what == "x1":
        weights[-1] = 1
    else:
        used = np.array([e >= 0 if what == "all" else e == what for _, e in pairs])
        weights[: len(pairs)][used] = size[used] / size[used].sum()
    assert found.n_obs == 950
    assert weights @ found.coefficients == pytest.approx(effect, abs=half(6))
    assert float(np.sqrt(weights @ crv1(found).matrix @ weights)) == pytest.approx(std_error, abs=half(6))


# --- triple differences --------------------------------------------------------------------------------------------

CROPS = {
    2000: (-0.0545, 0.0197),
    2001: (-0.0321, 0.0203),
    2003: (0.0070, 0.0205),
    2004: (0.0317, 0.0199),
    2005: (0.0484, 0.0247),
    2006: (0.0422, 0.0205),
    2007: (0.0684, 0.0262),
    2008: (0.1309, 0.0234),
}


def triple_difference(frame: pd.DataFrame, year: int) -> tuple[float, pd.Series]:
    """Return the triple difference of a year with 2002, and the influence of the households of both years."""
    before, now = (frame[frame["year"] == one].set_index("hhno") for one in (2002, year))
    both = before.index.intersection(now.index)
    before, now = before.loc[both], now.loc[both]
    change = (now["checksaving_ratio"] - before["checksaving_ratio"]).to_numpy()
    insured = ((now["treatment"] == 1) & (now["sector"] == 1)).to_numpy()
    effect, influence = 0.0, np.zeros(len(both))
    for region, sector, sign in ((1, 0, 1), (0, 1, 1), (0, 0, -1)):
        used = insured | ((now["treatment"] == region) & (now["sector"] == sector)).to_numpy()
        part, of_part = doubly_robust_difference(change[used], insured[used], now[["hhsize", "age"]].to_numpy()[used])
        effect += sign * part
        influence[used] += sign * of_part * len(both) / used.sum()
    return effect, pd.Series(influence / len(both), index=both)


def test_doubly_robust_triple_differences_are_those_of_moderndid(validation: Path) -> None:
    """Household size and age of the later year. The printed errors are of one bootstrap, 999 draws."""
    frame = pd.read_csv(validation / "cai2016.csv.gz")
    found = {year: triple_difference(frame, year) for year in CROPS}
    for year, (effect, std_error) in CROPS.items():
        assert found[year][0] == pytest.approx(effect, abs=half(4))
        assert float(np.sqrt((found[year][1] ** 2).sum())) == pytest.approx(std_error, rel=0.15)  # seen 0.13
    insured = [found[year] for year in CROPS if year >= 2003]
    assert np.mean([effect for effect, _ in insured]) == pytest.approx(0.0548, abs=half(4))
    together = pd.concat([influence for _, influence in insured], axis=1).fillna(0).mean(axis=1)
    assert float(np.sqrt((together**2).sum())) == pytest.approx(0.0137, rel=0.15)  # seen 0.08
