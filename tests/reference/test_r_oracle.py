"""Covariances beside those of R: clubSandwich, sandwich, plm and estimatr.

The numbers are stored in r/covariances.csv, made by r/covariances.R; r/session.txt names the versions. Where R with
these packages is at hand everything is compared a second time, with numbers computed anew.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stoeval.inference.bell_mccaffrey import satterthwaite
from stoeval.inference.cluster_robust import crv
from stoeval.inference.clustering import Convention, Covariance, Kind, wald
from stoeval.inference.least_squares import Fit, fit

RECIPE = Path(__file__).with_name("r")
MEDICAID_YEARS = (2008, 2009, 2010, 2011, 2012, 2014, 2015)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One regression, as the R script has it under the same name."""

    file: str
    outcome: str
    terms: tuple[str, ...]
    cluster: str
    unit: str | None = None
    time: str | None = None
    weights: str | None = None


FIRM, EXPANSION = ("value", "capital"), tuple(f"d{year}" for year in MEDICAID_YEARS)
CASES = {
    "grunfeld-one-way": Case(file="plm_Grunfeld.csv", outcome="inv", terms=FIRM, cluster="firm", unit="firm"),
    "grunfeld-two-way": Case(
        file="plm_Grunfeld.csv", outcome="inv", terms=FIRM, cluster="firm", unit="firm", time="year"
    ),
    "kielmc": Case(file="kielmc.csv", outcome="rprice", terms=("y81", "nearinc", "y81nrinc"), cluster="nbh"),
    "base-did": Case(
        file="base_did.csv", outcome="y", terms=("treat_post", "x1"), cluster="id", unit="id", time="period"
    ),
    "base-stagg": Case(
        file="base_stagg.csv", outcome="y", terms=("active", "x1"), cluster="id", unit="id", time="year"
    ),
    **{
        f"medicaid{suffix}": Case(
            file="ehec_data.csv",
            outcome="dins",
            terms=EXPANSION,
            cluster="stfips",
            unit="stfips",
            time="year",
            weights=weights,
        )
        for suffix, weights in (("", None), ("-weighted", "W"))
    },
    **{
        name: Case(
            file="mpdta.csv",
            outcome="lemp",
            terms=("treated",),
            cluster=cluster,
            unit="countyreal",
            time="year",
            weights=weights,
        )
        for name, cluster, weights in (
            ("mpdta", "countyreal", None),
            ("mpdta-states", "state", None),
            ("mpdta-states-weighted", "state", "size"),
        )
    },
    **{
        name: Case(
            file="", outcome="sold", terms=("dose", "rain"), cluster="group", unit=unit, time=time, weights=weights
        )
        for name, unit, time, weights in (
            ("uneven", None, None, None),
            ("uneven-weighted", None, None, "size"),
            ("uneven-units", "unit", "year", None),
            ("uneven-units-weighted", "unit", "year", "size"),
        )
    },
}

OURS = {
    ("clubSandwich", "CR1"): (Kind.CRV1, Convention.CLUBSANDWICH),
    ("clubSandwich", "CR1S"): (Kind.CRV1, Convention.STATA),
    ("clubSandwich", "CR2"): (Kind.CRV2, Convention.CLUBSANDWICH),
    ("clubSandwich", "CR3"): (Kind.CRV3, Convention.CLUBSANDWICH),
    ("sandwich", "HC0"): (Kind.CRV1, Convention.CLUBSANDWICH),
    ("sandwich", "HC1"): (Kind.CRV1, Convention.STATA),
    ("sandwich", "HC2"): (Kind.CRV2, Convention.CLUBSANDWICH),
    ("sandwich", "HC3"): (Kind.CRV3, Convention.CLUBSANDWICH),
    ("estimatr", "stata"): (Kind.CRV1, Convention.STATA),
    ("estimatr", "CR2"): (Kind.CRV2, Convention.CLUBSANDWICH),
}
"""What each covariance of R is here. sandwich multiplies each type by G/(G-1), and HC3 by (G-1)/G again."""
PLAIN = {("clubSandwich", "CR0"), ("estimatr", "CR0"), ("plm", "arellano HC0")}
"""Sandwiches without any factor: (G-1)/G times CRV1 of clubSandwich."""
DEGREES_OF = {"CR0": Kind.CRV1, "CR2": Kind.CRV2, "CR3": Kind.CRV3}


@cache
def frame_of(validation: Path, file: str) -> pd.DataFrame:
    if not file:
        return _uneven()
    frame = pd.read_csv(validation / file)
    if file == "ehec_data.csv":
        expanded = frame["yexp2"] == 2014
        frame = frame[(frame["year"] < 2016) & (expanded | ~(frame["yexp2"] < 2016))].reset_index(drop=True)
        for year in MEDICAID_YEARS:
            frame[f"d{year}"] = ((frame["yexp2"] == 2014) & (frame["year"] == year)) * 1.0
        return frame
    made = {
        "mpdta.csv": {
            "treated": lambda rows: ((rows["first.treat"] > 0) & (rows["year"] >= rows["first.treat"])) * 1.0,
            "size": lambda rows: np.exp(rows["lpop"]),
            "state": lambda rows: rows["countyreal"] // 1000,
        },
        "base_did.csv": {"treat_post": lambda rows: rows["treat"] * rows["post"]},
        "base_stagg.csv": {"active": lambda rows: rows["treated"] * (rows["time_to_treatment"] >= 0)},
    }
    return frame.assign(**made.get(file, {}))


def _uneven() -> pd.DataFrame:
    """Return the rows that the R script makes, by the same integers."""
    sizes = np.array([2, 3, 5, 8, 13, 21, 34, 40])
    row, group = np.arange(sizes.sum()), np.repeat(np.arange(8), sizes)
    return pd.DataFrame(
        {
            "group": group,
            "unit": group * 100 + row // 3,
            "year": row % 4,
            "dose": ((row * row * 7 + row * 13) % 101) / 4 + group % 3,
            "size": (row * 5) % 7 + 1.0,
            "rain": ((row * row * 11 + row * 3) % 89) / 8,
            "sold": ((row * row * 31 + row * 17) % 97) / 2 + group * 3 + (row % 4) * ((group * 5) % 3),
        }
    )


@cache
def own(validation: Path, name: str) -> Fit:
    one = CASES[name]
    frame = frame_of(validation, one.file)

    def codes(column: str) -> np.ndarray:
        return pd.factorize(frame[column])[0].astype(np.int64)

    return fit(
        frame[one.outcome].to_numpy(float),
        frame[list(one.terms)].to_numpy(float),
        names=one.terms,
        cluster=codes(one.cluster),
        nested=[] if one.unit is None else [codes(one.unit)],
        crossed=[] if one.time is None else [codes(one.time)],
        weights=None if one.weights is None else frame[one.weights].to_numpy(float),
    )


@dataclass(frozen=True, slots=True)
class Number:
    """One stored number of R."""

    case: str
    engine: str
    kind: str
    quantity: str
    term: str
    value: float

    @property
    def key(self) -> tuple[str, ...]:
        return (self.case, self.engine, self.kind, self.quantity, self.term)


def numbers(path: Path) -> list[Number]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return [Number(**{**row, "value": float(row["value"])}) for row in rows]


PACKAGES = ("clubSandwich", "sandwich", "plm", "estimatr")


def _has_r() -> bool:
    """Say whether R is at hand with every package of the recipe."""
    program = shutil.which("Rscript")
    if program is None:
        return False
    listed = ", ".join(f"'{package}'" for package in PACKAGES)
    question = f"cat(all(nzchar(sapply(c({listed}), function(name) system.file(package = name)))))"
    answer = subprocess.run([program, "-e", question], capture_output=True, text=True, check=True)  # noqa: S603 - which
    return answer.stdout == "TRUE"


SOURCES = ["stored", *([pytest.param("recomputed", marks=pytest.mark.slow)] if _has_r() else [])]


@pytest.fixture(scope="module", params=SOURCES)
def results(request: pytest.FixtureRequest, validation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the numbers: the stored ones and, with R at hand, those of the recipe run anew."""
    if request.param == "stored":
        return RECIPE
    directory = tmp_path_factory.mktemp("r")
    subprocess.run(  # noqa: S603 - the recipe of this directory
        [shutil.which("Rscript") or "", str(RECIPE / "covariances.R"), str(directory)],
        env={**os.environ, "STOEVAL_VALIDATION": str(validation)},
        capture_output=True,
        check=True,
    )
    return directory


def covariance(fitted: Fit, number: Number) -> Covariance:
    kind, convention = OURS[number.engine, number.kind]
    return crv(fitted, kind, convention)


def computed(fitted: Fit, number: Number) -> float:
    """Return our number in the place of one of R."""
    if number.kind == "HTZ":
        joint = wald(fitted.coefficients, crv(fitted, Kind.CRV2), [0, 1])
        return joint.statistic if number.quantity == "statistic" else joint.df
    position = fitted.names.index(number.term)
    if number.quantity == "coefficient":
        return float(fitted.coefficients[position])
    if number.quantity == "df":
        return satterthwaite(fitted, np.eye(fitted.k)[position], DEGREES_OF[number.kind])
    if (number.engine, number.kind) in PLAIN:
        variance = crv(fitted, Kind.CRV1, Convention.CLUBSANDWICH).matrix[position, position]
        return float(np.sqrt(variance * (fitted.n_clusters - 1) / fitted.n_clusters))
    return float(np.sqrt(covariance(fitted, number).matrix[position, position]))


# --- the grid, and what agrees -------------------------------------------------------------------------------

GRID = {
    ("clubSandwich", "CR0", "std_error"): 36,
    ("clubSandwich", "CR0", "df"): 36,
    ("clubSandwich", "CR1", "std_error"): 36,
    ("clubSandwich", "CR1S", "std_error"): 36,
    ("clubSandwich", "CR2", "std_error"): 36,
    ("clubSandwich", "CR2", "df"): 36,
    ("clubSandwich", "CR3", "std_error"): 36,
    ("clubSandwich", "CR3", "df"): 36,
    ("clubSandwich", "HTZ", "statistic"): 11,
    ("clubSandwich", "HTZ", "df"): 11,
    ("sandwich", "lm", "coefficient"): 36,
    ("sandwich", "HC0", "std_error"): 36,
    ("sandwich", "HC1", "std_error"): 36,
    ("sandwich", "HC2", "std_error"): 5,
    ("sandwich", "HC3", "std_error"): 5,
    ("estimatr", "CR0", "std_error"): 24,
    ("estimatr", "stata", "std_error"): 24,
    ("estimatr", "CR2", "std_error"): 20,
    ("estimatr", "CR2", "df"): 20,
    ("plm", "individual", "coefficient"): 2,
    ("plm", "twoways", "coefficient"): 14,
    ("plm", "arellano HC0", "std_error"): 16,
}
"""How many numbers each engine gave: 36 coefficients in 14 cases, 24 of them in 10 cases without weights.

CR2 of estimatr leaves out the 108 units of base-did and the 500 counties; HC2 and HC3 are taken where there are no
effects; plm clusters by unit.
"""
TOLERANCES = {
    "coefficient": 1e-10,  # worst deviation seen 5e-12, relative
    "std_error": 1e-8,  # worst deviation seen 8e-12, estimatr; 4e-13 clubSandwich
    "df": 1e-8,  # worst deviation seen 3e-13
    "statistic": 1e-8,  # worst deviation seen 9e-13
}


def test_the_grid_of_numbers_is_complete(results: Path) -> None:
    found = numbers(results / "covariances.csv")
    assert Counter((number.engine, number.kind, number.quantity) for number in found) == GRID
    assert {number.case for number in found} == set(CASES)
    assert sum(len(one.terms) for one in CASES.values()) == 36
    assert len(found) == len({number.key for number in found}) == sum(GRID.values()) == 548
    session = (results / "session.txt").read_text(encoding="utf-8")
    assert all(name in session for name in ("R version", *PACKAGES))


@pytest.mark.parametrize("name", CASES)
def test_coefficients_standard_errors_and_degrees_of_freedom_are_those_of_r(
    validation: Path, results: Path, name: str
) -> None:
    fitted = own(validation, name)
    given = [number for number in numbers(results / "covariances.csv") if number.case == name]
    wrong = [
        (number, ours)
        for number in given
        for ours in [computed(fitted, number)]
        if ours != pytest.approx(number.value, rel=TOLERANCES[number.quantity])
    ]
    assert len(given) >= 11
    assert wrong == []
