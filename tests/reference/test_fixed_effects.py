"""Least squares with absorbed effects, and what follows from it, against other engines and published numbers.

How the numbers were made, what agrees and how closely, is in README.md beside this file. Every tolerance
stands beside the worst deviation seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import linearmodels
import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels.api as sm
from scipy import stats
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
            regressors=("treated", "x1"),
            cluster="id",
            nested=("id",),
            crossed=("year",),
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
