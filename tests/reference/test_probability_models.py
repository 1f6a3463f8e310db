"""Average effects of three designs beside R: glm, MASS::polr and a jackknife by region of their own.

The numbers are stored in r/probability_models.csv, made by r/probability_models.R from r/probability_panel.csv, which
holds drawn numbers. Two published fits stand beside them: the beetles of Bliss (Agresti 2002, Categorical Data
Analysis, section 6.6) and the housing satisfaction of Venables and Ripley (2002, Modern Applied Statistics with S).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.fractional_outcome import Curve, FractionalOutcome
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.inference.binomial_regression import Link, fit_binomial
from stoeval.inference.ordered_logit import fit_ordered
from stoeval.vocabulary import Design, Sample, SchoolYear, Window
from toy_samples import toy_estimand

RECIPE = Path(__file__).with_name("r")
PANEL = pd.read_csv(RECIPE / "probability_panel.csv")
R = pd.read_csv(RECIPE / "probability_models.csv").set_index(["model", "quantity"])["value"].astype(float)
WINDOW = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2018), SchoolYear(start=2019)))
CASES: dict[str, tuple[Design, str]] = {
    "fractional logit": (FractionalOutcome(), "share"),
    "fractional probit": (FractionalOutcome(curve=Curve.PROBIT), "share"),
    "hazard complementary log-log": (ClosureHazard(), "closed"),
    "hazard linear": (ClosureHazard(link=Link.LINEAR), "closed"),
    "ordered logit": (OrderedOutcome(cuts=(1.0, 2.0, 3.0)), "answer"),
}


def sample(column: str) -> Sample:
    """Return the panel as a sample; offers leave after closing."""
    rows = PANEL.dropna(subset=[column])
    outcome = rows[column].to_numpy(dtype=float)
    return Sample(
        outcome=outcome,
        outcome_low=outcome,
        outcome_high=outcome,
        unit=rows["unit"].to_numpy(),
        group=np.zeros(len(rows), dtype=np.int64),
        period=rows["year"].to_numpy(),
        cluster=rows["region"].to_numpy(),
        stratum=rows["stratum"].to_numpy(),
        dose=rows["dose"].to_numpy(),
        entitlement=np.ones(len(rows)),
        conditioning=rows[["formula"]].to_numpy(),
        weight=rows["weight"].to_numpy(),
        offset=np.zeros(len(rows)),
        placebo_doses=(),
        unit_names=tuple(map(str, range(150))),
        cluster_names=tuple(map(str, range(15))),
    )


@pytest.mark.parametrize("name", CASES)
def test_average_effect_and_its_jackknife_are_those_of_r(name: str) -> None:
    design, column = CASES[name]
    estimand = replace(toy_estimand("units"), window=WINDOW)
    found = design.find(estimand, sample(column), confirm=True).estimate
    assert found.effect == pytest.approx(R[name, "effect"], rel=1e-6)  # worst deviation seen 6e-10
    assert found.std_error == pytest.approx(R[name, "std_error"], rel=1e-6)  # worst deviation seen 1e-8
    assert (found.n_clusters, found.df) == (15, 14)


def test_beetles_through_the_complementary_log_log() -> None:
    """Agresti prints -39.57 and 22.04."""
    dose = np.array([1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839])
    number = np.array([59.0, 60, 62, 56, 63, 59, 62, 60])
    killed = np.array([6.0, 13, 18, 28, 52, 53, 61, 60])
    found = fit_binomial(
        killed / number,
        np.column_stack([dose, np.ones(8)]),
        weights=number,
        link=Link.COMPLEMENTARY_LOG_LOG,
        leading=1,
    ).coefficients
    assert found.round(2).tolist() == [22.04, -39.57]
    assert found[0] == pytest.approx(R["beetles", "dose"], rel=1e-6)  # worst deviation seen 5e-15
    assert found[1] == pytest.approx(R["beetles", "(Intercept)"], rel=1e-6)  # worst deviation seen 5e-15


LOW = [21, 34, 10, 61, 43, 26, 13, 8, 6, 18, 15, 7, 14, 17, 3, 78, 48, 15, 20, 10, 7, 57, 31, 5]
MEDIUM = [21, 22, 11, 23, 35, 18, 9, 8, 7, 6, 13, 5, 19, 23, 5, 46, 45, 25, 23, 22, 10, 23, 21, 6]
HIGH = [28, 36, 36, 17, 40, 54, 10, 12, 9, 7, 13, 11, 37, 40, 23, 43, 86, 62, 20, 24, 21, 13, 13, 13]


def test_satisfaction_with_housing_is_that_of_polr() -> None:
    """Venables and Ripley print 0.566, 1.289, -0.572, -0.366, -1.091, 0.360 and thresholds -0.496, 0.691."""
    contact, kind, influence = np.indices((2, 4, 3)).reshape(3, 24)
    columns = np.column_stack([influence == 1, influence == 2, kind == 1, kind == 2, kind == 3, contact == 1]).astype(
        float
    )
    counts = np.column_stack([LOW, MEDIUM, HIGH]).astype(float)
    found = fit_ordered(counts, columns, leading=6)
    assert found.coefficients.round(3).tolist() == [0.566, 1.289, -0.572, -0.366, -1.091, 0.360]
    assert found.thresholds.round(3).tolist() == [-0.496, 0.691]
    np.testing.assert_allclose(
        [*found.coefficients, *found.thresholds], R["housing"].to_numpy(), rtol=1e-5
    )  # worst deviation seen 1e-9
    assert -2 * found.log_likelihood == pytest.approx(3479.149, abs=5e-4)
